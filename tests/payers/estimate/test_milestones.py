"""When an authorization runs out along a course."""

from datetime import date

import msgspec
import pytest

from bench.questions import EVERYTHING_KNOWN
from payers.catalogue.catalogue import Catalogue
from payers.catalogue.load import load_release
from payers.cost_share.plan_calendar import months_later
from payers.estimate import answer
from payers.estimate.answer import Answer
from payers.estimate.question import Question


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 1), 6, date(2027, 6, 1)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
    ],
)
def test_months_later(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later


@pytest.mark.parametrize(
    ("payer", "plan", "indication", "ends"),
    [
        ("Cigna", None, "trd", []),  # six months hold the eight weeks
        (
            "bcbs-other",
            "CareFirst",
            "trd",
            [10],
        ),  # until 2026-04-02, and the tenth session is on April 6; three more months follow
        ("bcbs-other", "HCSC (BCBS Oklahoma)", "trd", []),
        ("Aetna", None, "trd", []),  # its first approval's length was not verified
    ],
)
def test_the_session_before_which_an_authorization_has_run_out(
    payer: str, plan: str | None, indication: str, ends: list[int]
) -> None:
    asked = {
        "payer": payer,
        "plan": plan,
        "treatment": "spravato",
        "indication": indication,
        "start_on": "2026-03-02",
        "course": {"kind": "sessions", "count": 12},
        "authorization": "approved",
    }
    question = msgspec.convert(asked, Question)
    told = answer(Catalogue(load_release()), question, date(2026, 3, 1), id="", created_at="")
    assert isinstance(told, Answer)
    assert [each.session for each in told.milestones if each.kind == "authorization-ends"] == ends


@pytest.mark.parametrize(
    ("payer", "count", "kinds", "text"),
    [
        ("Aetna", 12, ["authorization-first-open"], "hold 6 months each"),
        ("Cigna", 52, ["authorization-next-open"], "holds 6 months, and the course goes on"),
        ("Cigna", 12, [], ""),
        ("UnitedHealthcare", 12, [], ""),
    ],
)
def test_a_length_of_approval_that_is_not_on_file_is_said(payer: str, count: int, kinds: list[str], text: str) -> None:
    asked = {
        "payer": payer,
        "line_of_business": "commercial",
        "treatment": "spravato",
        "indication": "trd",
        "start_on": "2026-03-02",
        "course": {"kind": "sessions", "count": count, "every_days": 7},
        "authorization": "approved",
    }
    told = answer(Catalogue(load_release()), msgspec.convert(asked, Question), date(2026, 3, 1), id="", created_at="")
    assert isinstance(told, Answer)
    found = [each for each in told.notices if each.kind in ("authorization-first-open", "authorization-next-open")]
    assert [each.kind for each in found] == kinds
    assert all(text in each.text and each.citations for each in found)


@pytest.mark.parametrize("known", [{}, EVERYTHING_KNOWN])
def test_what_usually_happens_is_told_while_nothing_is_known_and_is_what_happens_once_all_is(
    known: dict[str, object],
) -> None:
    asked = {
        "payer": "Aetna",
        "treatment": "spravato",
        "start_on": "2026-12-01",
        "course": {"kind": "sessions", "count": 12},
    }
    question = msgspec.convert(asked | known, Question)
    told = answer(Catalogue(load_release()), question, date(2026, 11, 23), id="", created_at="")
    assert isinstance(told, Answer)
    kinds = ["deductible-met", "plan-year-reset", "deductible-met"]
    assert [each.kind for each in told.typical.milestones] == kinds
    assert all(each.session for each in told.typical.milestones)
    assert (told.milestones == told.typical.milestones) == bool(known)
