"""Questions side by side: the difference is a range, and less or more is said only where the ranges do not meet."""

from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.load import load_release
from payers.cost_share.money import Range, exactly
from payers.estimate import words
from payers.estimate.compare import CompareQuestion, Comparison, SideAnswer, compare
from payers.estimate.estimate import Refusal

CATALOGUE = Catalogue(load_release())
TODAY = date(2026, 11, 23)
KNOWN: dict[str, Any] = {
    "payer": "Aetna",
    "state": "CO",
    "line_of_business": "commercial",
    "treatment": "spravato",
    "dose_mg": 84,
    "indication": "trd",
    "start_on": "2026-12-01",
    "course": {"kind": "sessions", "count": 4, "every_days": 7},
    "network": "in",
    "lane": "medical",
    "authorization": "approved",
    "place_of_service": "11",
    "benefits": {
        "plan_year_start": "01-01",
        "deductible": {"individual_cents": 150_000, "individual_met_cents": 150_000},
        "out_of_pocket_max": {"individual_cents": 600_000, "individual_met_cents": 150_000},
        "cost_shares": {"default": {"patient_share_bp": 2_000}},
    },
    "prices": {
        "allowed_per_session": {"low_cents": 100_000, "high_cents": 100_000},
        "cash_per_session": {"low_cents": 150_000, "high_cents": 150_000},
    },
}
JANUARY = KNOWN | {"start_on": "2027-01-05"}
CASH: dict[str, Any] = {"payer": "Self-pay", "treatment": "iv-ketamine", "course": {"kind": "sessions", "count": 6}}


def cash(low_cents: int, high_cents: int) -> dict[str, Any]:
    return CASH | {"prices": {"cash_per_session": {"low_cents": low_cents, "high_cents": high_cents}}}


def compared(*questions: dict[str, Any], labels: list[str] | None = None) -> Comparison:
    asked = msgspec.convert({"questions": questions, "labels": labels}, CompareQuestion)
    return compare(CATALOGUE, asked, TODAY)


def test_a_start_after_the_reset_costs_the_deductible_more() -> None:
    found = compared(KNOWN, JANUARY, labels=["A start in December", "A start in January"])
    (difference,) = found.differences
    assert (difference.label, difference.against) == ("A start in January", "A start in December")
    # Four sessions at 20% of $1,000 against a new deductible of $1,500 and 20% of the remaining $2,500.
    assert difference.course == exactly(120_000)
    assert [(each.starts_on, each.patient_pays) for each in difference.by_plan_year] == [
        (date(2026, 1, 1), exactly(-80_000)),
        (date(2027, 1, 1), exactly(200_000)),
    ]
    assert difference.sentences == (
        "A start in January costs $1,200 more than A start in December over the whole course.",
        "A start in January costs $800 less than A start in December in the plan year that starts on January 1, 2026.",
        (
            "A start in January costs $2,000 more than A start in December "
            "in the plan year that starts on January 1, 2027."
        ),
    )


def test_one_plan_year_is_told_once() -> None:
    (difference,) = compared(KNOWN, KNOWN | {"course": {"kind": "sessions", "count": 5, "every_days": 7}}).differences
    assert difference.course == exactly(20_000)
    assert difference.by_plan_year == ()
    assert difference.sentences == ("Question 2 costs $200 more than Question 1 over the whole course.",)


def test_plan_years_that_start_on_other_days_are_not_set_against_each_other() -> None:
    july = KNOWN | {"benefits": KNOWN["benefits"] | {"plan_year_start": "07-01"}}
    (difference,) = compared(july, JANUARY).differences
    assert difference.by_plan_year == ()


@pytest.mark.parametrize(
    ("other", "course", "sentence"),
    [
        (cash(30_000, 30_000), (-60_000, -60_000), "B costs $600 less than A over the whole course."),
        (cash(20_000, 30_000), (-120_000, -60_000), "B costs $600 to $1,200 less than A over the whole course."),
        (cash(50_000, 60_000), (60_000, 120_000), "B costs $600 to $1,200 more than A over the whole course."),
        (cash(40_000, 40_000), (0, 0), "B costs the same as A over the whole course."),
        (
            cash(30_000, 60_000),
            (-60_000, 120_000),
            "B may cost less or more than A over the whole course: from $600 less to $1,200 more.",
        ),
        (
            cash(40_000, 50_000),
            (0, 60_000),
            "B may cost less or more than A over the whole course: from $0 less to $600 more.",
        ),
    ],
)
def test_less_or_more_is_said_only_where_it_is_certain(
    other: dict[str, Any], course: tuple[int, int], sentence: str
) -> None:
    (difference,) = compared(cash(40_000, 40_000), other, labels=["A", "B"]).differences
    assert difference.course == Range(low_cents=course[0], high_cents=course[1])
    assert difference.sentences == (sentence,)


def test_a_refused_question_stands_in_its_place_and_the_next_is_what_others_are_set_against() -> None:
    found = compared(CASH | {"payer": "Zzyzx"}, cash(40_000, 40_000), cash(30_000, 30_000), labels=["A", "B", "C"])
    refused, *answered = [side.found for side in found.sides]
    assert isinstance(refused, Refusal)
    assert all(isinstance(each, SideAnswer) for each in answered)
    (difference,) = found.differences
    assert (difference.label, difference.against, difference.course) == ("C", "B", exactly(-60_000))


def test_one_answer_alone_has_no_difference() -> None:
    assert compared(CASH | {"payer": "Zzyzx"}, CASH).differences == ()


def test_typical_answers_are_set_against_each_other_too() -> None:
    found = compared({"payer": "Aetna", "treatment": "spravato"}, CASH)
    first, second = (side.found for side in found.sides)
    assert isinstance(first, SideAnswer)
    assert isinstance(second, SideAnswer)
    assert found.differences[0].typical_cents == second.typical.course_cents - first.typical.course_cents


def test_the_language_is_that_of_the_first_question() -> None:
    (difference,) = compared(cash(40_000, 40_000) | {"lang": "es"}, cash(30_000, 30_000)).differences
    assert difference.sentences == ("Pregunta 2 cuesta $600 menos que Pregunta 1 en todo el ciclo de tratamiento.",)


def test_every_span_has_every_word() -> None:
    table = msgspec.toml.decode((Path(words.__file__).parent / "en.toml").read_bytes())["compare"]
    assert {f"{span}-{word}" for span in ("course", "year") for word in ("less", "more", "same", "open")} <= set(table)


@pytest.mark.parametrize("labels", [["only one"], ["a", "b", "c"], ["a", ""]])
def test_labels_are_as_many_as_questions(labels: list[str]) -> None:
    with pytest.raises(msgspec.ValidationError):
        compared(CASH, CASH, labels=labels)


@pytest.mark.parametrize("count", [1, 7])
def test_two_to_six_questions_are_compared(count: int) -> None:
    with pytest.raises(msgspec.ValidationError):
        compared(*[CASH] * count)
