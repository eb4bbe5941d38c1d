"""A case that is not of the format is refused in one line, and other names for its keys are understood."""

from typing import Any

import pytest

from tests.conformance.adapter import compute
from tests.conformance.case_format import Unreadable, read

CASE: dict[str, Any] = {
    "id": "X-01",
    "category": "pharmacy",
    "title": "a drug plan",
    "model": "part_d",
    "source": {"url": None, "publisher": "a test", "evidence": "rule_derived"},
    "confidence": "high",
    "status": "rule_derived",
    "expected": {},
    "part_d": {"deductible": 10_000, "coinsurance_pct": 25, "oop_threshold": 30_000},
    "services": [{"allowed": 50_000}, {"allowed": 100_000}],
}


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"plan": {"moon_phase": 1}}, "unknown field moon_phase at plan"),
        ({"moon": {}}, "unknown field moon at the case"),
        ({"model": "astrology"}, "Invalid enum value 'astrology' at model"),
        ({"services": [{"allowed": "12"}]}, "Expected `int | null`, got `str` at services[0].allowed".replace("`", "")),
        ({"part_d": {"oop_cap": 1, "threshold": 1}}, "oop_threshold is told twice at part_d"),
    ],
)
def test_a_case_that_is_not_of_the_format_is_refused_in_one_line(change: dict[str, Any], wrong: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(CASE | change)
    assert str(refused.value) == wrong


@pytest.mark.parametrize(
    "part_d",
    [
        {"deductible_cents": 10_000, "coinsurance": 25, "oop_cap": 30_000},
        {"deductible": 10_000, "coinsurance_pct": 25, "out_of_pocket_cap": 30_000},
        {"annual_deductible": 10_000, "threshold": 30_000},
    ],
)
def test_other_names_for_a_key_are_understood(part_d: dict[str, int]) -> None:
    found = compute(read(CASE | {"part_d": part_d}))
    # 100 and a quarter of 400, then the last 100 below the cap
    assert [each["patient_pays"] for each in found["per_service"]] == [20_000, 10_000]


def test_other_names_in_the_models_of_which_no_case_is_published() -> None:
    stay: dict[str, Any] = CASE | {
        "model": "medigap_part_a",
        "part_d": None,
        "services": [],
        "medicare": {"inpatient_deductible": 167_600},
        "medigap": {"letter": "K"},
    }
    assert compute(read(stay)) == {"medigap_pays": 83_800, "patient_pays": 83_800}
    for_life: dict[str, Any] = CASE | {
        "model": "tricare_for_life",
        "part_d": None,
        "services": [{"charge": 100_000}],
        "tricare": {"allowable_charge": 100_000, "share_pct": 75},
        "other_coverage": {"medicare_pays": 80_000},
    }
    assert compute(read(for_life)) == {"tricare_pays": 20_000, "patient_pays": 0}
    carried: dict[str, Any] = CASE | {
        "model": "deductible_carryover",
        "part_d": None,
        "services": [],
        "plan": {"deductible_individual": 50_000},
        "carryover": {"q4_deductible": 20_000},
    }
    assert compute(read(carried)) == {"carryover_credit": 20_000, "deductible_remaining": 30_000}
    governs: dict[str, Any] = CASE | {
        "model": "effective_limit",
        "part_d": None,
        "services": [],
        "plan": {"deductible_individual": 50_000},
        "accumulators": {"deductible_met_individual": 20_000},
    }
    assert compute(read(governs))["deductible_remaining"] == 30_000
