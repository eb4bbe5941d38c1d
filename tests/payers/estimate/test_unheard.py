"""What was told and has no effect is named; what has an effect never is."""

from datetime import date
from typing import Any

import msgspec
import pytest

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.load import load_release
from payers.estimate import answer
from payers.estimate.answer import Answer
from payers.estimate.estimate import Estimate, estimate
from payers.estimate.question import Question
from payers.estimate.unheard import unheard

TODAY = date(2026, 2, 20)
CATALOGUE = Catalogue(load_release())
COURSE = {
    "treatment": "spravato",
    "indication": "trd",
    "state": "CO",
    "start_on": "2026-03-02",
    "course": {"kind": "sessions", "count": 4, "every_days": 7},
}
LIMIT = {"individual_cents": 150_000, "individual_met_cents": 0}
COPAY = {"copay_cents": 4_000, "copay_timing": "flat-no-deductible"}
NO_COPAY = {"cost_shares": {"default": {"patient_share_bp": 2_000, "copay_timing": "after-deductible"}}}
TIER = {"on": "2026-12-01", "deductible": {"individual_cents": 1}, "out_of_pocket_max": {"individual_cents": 2}}


def asked(payer: str, **more: Any) -> Question:
    return msgspec.convert(COURSE | {"payer": payer} | more, Question)


@pytest.mark.parametrize(
    ("question", "pointers"),
    [
        (asked("Medicare", benefits={"deductible": {"individual_met_cents": 0}}), []),
        (asked("Medicare", benefits={"deductible": LIMIT}), ["/benefits/deductible"]),
        (asked("Medicare", benefits={"deductible": {"family_met_cents": 0}}), ["/benefits/deductible"]),
        (
            asked("Medicare", benefits={"out_of_pocket_max": LIMIT, "plan_year_start": "07-01"}),
            ["/benefits/plan_year_start", "/benefits/out_of_pocket_max"],
        ),
        (asked("Colorado Medicaid", benefits={"cost_shares": {"default": COPAY}}), ["/benefits/cost_shares"]),
        (asked("CHAMPVA", benefits={"visit_limit": {"visits": 3}}), ["/benefits/visit_limit"]),
        (asked("CHAMPVA", benefits={"deductible": {"family_met_cents": 0}}), []),
        (asked("Medicare", network="in"), ["/network"]),
        (asked("Medicare", authorization="approved"), ["/authorization"]),
        (asked("Medicare", medicare_assignment="accepted"), []),
        (asked("Aetna", medicare_assignment="accepted"), ["/medicare_assignment"]),
        (asked("Aetna", other_coverage=[{"kind": "medicare"}], medicare_assignment="accepted"), []),
        (asked("Aetna", va={"priority_group": 5}), ["/va"]),
        (asked("Aetna", tricare={"plan": "prime"}), ["/tricare"]),
        (asked("Aetna", plan="No Such Plan"), ["/plan"]),
        (asked("Aetna", county="Nowhere"), ["/county"]),
        (asked("TRICARE", tricare={"plan": "select", "referral": True}), ["/tricare/referral"]),
        (asked("TRICARE", tricare={"plan": "prime", "junior_enlisted": True}), ["/tricare/junior_enlisted"]),
        (asked("TRICARE", lane="pharmacy"), ["/lane"]),
        (asked("Self-pay", treatment="iv-ketamine", dose_mg=56), ["/dose_mg"]),
        (asked("Self-pay", benefits={"deductible": LIMIT}), ["/benefits"]),
        (
            asked("Aetna", line_of_business="commercial", benefits={"deductible": {"family_met_cents": 1}}),
            ["/benefits/deductible/family_met_cents"],
        ),
        (
            asked("Aetna", line_of_business="commercial", benefits=NO_COPAY),
            ["/benefits/cost_shares/default/copay_timing"],
        ),
        (
            asked("Aetna", line_of_business="commercial", benefits={"plan_year_start": "01-01", "tier_change": TIER}),
            ["/benefits/tier_change"],
        ),
    ],
)
def test_inputs_without_effect_are_named(question: Question, pointers: list[str]) -> None:
    found = estimate(CATALOGUE, question, TODAY)
    assert isinstance(found, Estimate)
    assert list(unheard(found.case, found.outcomes)) == pointers


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "What was given here has no effect on this answer: the network, the deductible."),
        ("es", "Esto se indicó, pero no influye en esta respuesta: la red, el deducible."),
    ],
)
def test_the_notice_names_them_in_words(lang: str, text: str) -> None:
    question = asked("Medicare", network="in", benefits={"deductible": LIMIT}, lang=lang)
    found = answer(CATALOGUE, question, TODAY, id="receipt", created_at="now")
    assert isinstance(found, Answer)
    (notice,) = [each for each in found.notices if each.kind == "inputs-not-used"]
    assert notice.text == text
