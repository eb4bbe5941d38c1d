"""One readable case for each thing that a plan may do with given services."""

import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from payers.adjudication.adjudicate import adjudicate_services
from payers.adjudication.answer import AdjudicationAnswer, Amounts, ServiceAnswer
from payers.adjudication.question import AdjudicationQuestion
from payers.cost_share.money import ZERO, Range, exactly

TABLE: dict[str, Any] = tomllib.loads(Path(__file__).with_name("cases.toml").read_text(encoding="utf-8"))
ASKED = set(AdjudicationQuestion.__struct_fields__)


@pytest.mark.parametrize("case", TABLE["case"], ids=lambda case: case["name"])
def test_case(case: dict[str, Any]) -> None:
    answer = answered({name: value for name, value in case.items() if name in ASKED})
    expected = {name: value for name, value in case.items() if name not in {*ASKED, "name", "because", "total"}}
    assert {name: [_told(getattr(each, name)) for each in answer.services] for name in expected} == expected
    found = {f"{number} {why.key}" for number, each in enumerate(answer.services, 1) for why in each.because}
    assert set(case.get("because", [])) <= found
    if "total" in case:
        assert _told(answer.totals.patient_pays) == case["total"]
    for amounts in (*answer.services, answer.totals):
        _adds_up(amounts)


def answered(asked: dict[str, Any]) -> AdjudicationAnswer:
    """The answer to a question that differs from the table's plan."""
    whole = asked | {"benefits": TABLE["benefits"] | asked.get("benefits", {})}
    whole["benefits"]["cost_shares"] = TABLE["benefits"]["cost_shares"] | whole["benefits"]["cost_shares"]
    answer = adjudicate_services(msgspec.convert(whole, AdjudicationQuestion))
    assert isinstance(answer, AdjudicationAnswer), answer
    return answer


def _adds_up(amounts: Amounts | ServiceAnswer) -> None:
    """Where all is known, to the cent; else the charge lies between what the parts add up to at their ends."""
    parts = sum(
        (
            amounts.plan_pays,
            amounts.other_payers_pay,
            amounts.assistance,
            amounts.patient_pays,
            amounts.write_off,
        ),
        ZERO,
    )
    assert parts.low_cents <= amounts.charge.low_cents <= amounts.charge.high_cents <= parts.high_cents


def _told(value: Any) -> Any:
    if not isinstance(value, Range):
        return value
    low, high = (f"{cents / 100:.2f}" for cents in (value.low_cents, value.high_cents))
    return low if low == high else f"{low} to {high}"


def test_what_is_met_is_told_as_the_next_question_tells_it() -> None:
    """Of the last plan year: the patient's, each member's and the family's, and those of the drug benefit apart."""
    answer = answered(
        {
            "benefits": {
                "deductible": {"individual_cents": 100_000, "individual_met_cents": 5_000, "family_cents": 150_000},
                "out_of_pocket_max": {"individual_cents": 300_000, "individual_met_cents": 5_000},
                "pharmacy": {"deductible": {"individual_cents": 20_000, "individual_met_cents": 0}},
                "cost_shares": {"pharmacy_drug": {"patient_share_bp": 0}},
            },
            "members": {"Ana": {"deductible_met_cents": 1_000, "out_of_pocket_max_met_cents": 1_000}},
            "services": [
                {"label": "Visit", "allowed_cents": 30_000, "on": "2026-03-02"},
                {"label": "Ana's", "allowed_cents": 40_000, "member": "Ana", "on": "2026-03-02"},
                {"label": "Drug", "allowed_cents": 90_000, "kind": "pharmacy_drug", "on": "2026-03-02"},
            ],
        }
    )
    met = answer.met
    assert (met.patient.deductible, met.patient.out_of_pocket_max) == (exactly(35_000), exactly(55_000))
    assert met.patient.pharmacy
    assert met.patient.pharmacy.deductible == exactly(20_000)
    ana = met.members["Ana"]
    assert (ana.deductible, ana.out_of_pocket_max) == (exactly(41_000), exactly(41_000))
    assert ana.pharmacy
    assert ana.pharmacy.deductible is None
    assert (met.family.deductible, met.family.out_of_pocket_max) == (exactly(76_000), exactly(96_000))
    assert met.patient.coinsurance_max is None
    assert met.patient.out_of_network is None


def test_a_new_year_s_card_and_a_new_plan_year_s_limits_are_told_as_they_are_after_the_last_service() -> None:
    card = {"policy": "counts", "remaining_cents": 10_000, "yearly_limit_cents": 50_000}
    days = ("2026-12-30", "2027-01-05")
    services = [{"label": day, "kind": "drug", "allowed_cents": 8_000, "on": day} for day in days]
    answer = answered({"card": card, "services": services})
    assert answer.card_remaining == exactly(42_000)
    assert answer.met.patient.deductible == exactly(8_000)
    unknown = answered({"card": card | {"yearly_limit_cents": None}, "services": services})
    assert unknown.card_remaining is None
