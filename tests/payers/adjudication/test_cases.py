"""One readable case for each thing that a plan may do with given services."""

import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from payers.adjudication.adjudicate import adjudicate_services
from payers.adjudication.answer import AdjudicationAnswer, Amounts, ServiceAnswer
from payers.adjudication.question import AdjudicationQuestion
from payers.cost_share.money import ZERO, Range

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
