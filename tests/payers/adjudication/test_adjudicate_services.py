"""Explicit services under explicit terms: the parts tie and name their terms."""

import re
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from payers.adjudication import adjudicate, because
from payers.adjudication.adjudicate import adjudicate_services
from payers.adjudication.answer import AdjudicationAnswer
from payers.adjudication.contradictions import Contradiction
from payers.adjudication.question import AdjudicationQuestion
from payers.cost_share.assistance import Policy
from payers.cost_share.coordination import Method
from payers.cost_share.money import Range, exactly
from payers.cost_share.plan import CoinsuranceBase, CopayTiming
from payers.estimate import words

PLAN: dict[str, Any] = {
    "plan_year_start": "01-01",
    "deductible": {"individual_cents": 150_000, "individual_met_cents": 100_000},
    "out_of_pocket_max": {"individual_cents": 300_000, "individual_met_cents": 100_000},
    "cost_shares": {
        "default": {"patient_share_bp": 2_000},
        "visit": {"copay_cents": 4_000, "copay_timing": "flat-no-deductible"},
        "infusion": {"covered": False},
    },
}


def adjudicated(*services: dict[str, Any], lang: str = "en", **benefits: Any) -> AdjudicationAnswer:
    asked = {"benefits": PLAN | benefits, "services": services, "lang": lang}
    answer = adjudicate_services(msgspec.convert(asked, AdjudicationQuestion))
    assert isinstance(answer, AdjudicationAnswer), answer
    return answer


def whys(answer: AdjudicationAnswer, position: int = 0) -> list[tuple[str, str]]:
    return [(each.amount, each.key) for each in answer.services[position].because]


def test_a_deductible_is_finished_within_a_service() -> None:
    answer = adjudicated({"label": "Drug", "allowed_cents": 124_000, "charge_cents": 200_000, "kind": "drug"})
    (drug,) = answer.services
    assert (drug.deductible, drug.coinsurance) == (exactly(50_000), exactly(14_800))
    assert (drug.patient_pays, drug.plan_pays, drug.write_off) == (exactly(64_800), exactly(59_200), exactly(76_000))
    assert (drug.deductible_remaining, drug.out_of_pocket_remaining) == (exactly(0), exactly(135_200))
    assert [each.sentence for each in drug.because] == [
        "In the network the clinic writes off the part of the charge that is above the allowed amount.",
        "$500 of the deductible was left before this service.",
        "Coinsurance is 20% of what is left after the deductible and the copay.",
        "The plan pays the rest of the allowed amount.",
    ]


def test_each_kind_of_service_follows_its_own_terms() -> None:
    answer = adjudicated(
        {"label": "Visit", "allowed_cents": 20_000, "kind": "visit"},
        {"label": "Infusion", "allowed_cents": 20_000, "charge_cents": 45_000, "kind": "infusion"},
    )
    visit, infusion = answer.services
    assert (visit.copay, visit.patient_pays) == (exactly(4_000), exactly(4_000))
    assert whys(answer)[:2] == [("deductible", "deductible-waived"), ("copay", "copay-flat-no-deductible")]
    assert (infusion.not_covered, infusion.patient_pays) == (exactly(45_000), exactly(45_000))
    assert infusion.out_of_pocket_remaining == visit.out_of_pocket_remaining == exactly(196_000)
    assert whys(answer, 1) == [("not_covered", "not-covered")]


def test_outside_the_network_the_balance_is_the_patients() -> None:
    answer = adjudicated({"label": "Visit", "allowed_cents": 20_000, "charge_cents": 50_000, "network": "out"})
    (visit,) = answer.services
    assert (visit.balance_bill, visit.write_off, visit.patient_pays) == (exactly(30_000), exactly(0), exactly(50_000))
    assert visit.out_of_pocket_remaining == exactly(180_000)
    assert ("balance_bill", "balance-bill") in whys(answer)


def test_the_maximum_ends_the_patients_share() -> None:
    answer = adjudicated(*({"label": f"Session {number}", "allowed_cents": 800_000} for number in (1, 2)))
    first, second = answer.services
    assert (first.patient_pays, second.patient_pays) == (exactly(200_000), exactly(0))
    assert ("patient_pays", "out-of-pocket-max") in whys(answer)
    assert ("patient_pays", "out-of-pocket-max-met") in whys(answer, 1)
    assert ("deductible", "deductible-met") in whys(answer, 1)


def test_the_limits_start_again_with_the_plan_year() -> None:
    days = ("2026-12-31", "2027-01-01")
    answer = adjudicated(*({"label": day, "allowed_cents": 150_000, "on": day} for day in days))
    assert [each.plan_year for each in answer.services] == [1, 2]
    assert [each.deductible for each in answer.services] == [exactly(50_000), exactly(150_000)]


def test_a_charge_below_the_allowed_amount_counts() -> None:
    answer = adjudicated({"label": "Visit", "allowed_cents": 20_000, "charge_cents": 15_000})
    assert answer.services[0].allowed == exactly(15_000)
    assert ("allowed", "charge-below-allowed") in whys(answer)


def test_what_is_not_told_is_a_range_and_says_so() -> None:
    answer = adjudicated(
        {"label": "Visit", "allowed_cents": 100_000},
        {"label": "Pharmacy", "allowed_cents": 100_000, "kind": "pharmacy_drug"},
        deductible={"individual_cents": 50_000},
        out_of_pocket_max=None,
        cost_shares={"default": {"copay_cents": 4_000}},
    )
    visit, pharmacy = answer.services
    assert visit.patient_pays == Range(low_cents=0, high_cents=54_000)
    assert visit.deductible_remaining == Range(low_cents=0, high_cents=50_000)
    assert visit.out_of_pocket_remaining is None
    assert {("copay", "copay-open"), ("patient_pays", "out-of-pocket-max-unknown")} <= set(whys(answer))
    assert pharmacy.patient_pays == Range(low_cents=0, high_cents=100_000)
    assert ("coinsurance", "coinsurance-open") in whys(answer, 1)


def test_a_sum_is_bounded_by_whole_courses() -> None:
    """The second service is dearest after a cheap first one and a dear one at once, which no course is."""
    answer = adjudicated(
        *({"label": f"Session {number}", "allowed_cents": 120_000} for number in (1, 2)),
        deductible={"individual_cents": 200_000},
        out_of_pocket_max={"individual_cents": 200_000, "individual_met_cents": 0},
        cost_shares={"default": {"patient_share_bp": 5_000}},
    )
    assert [each.patient_pays.high_cents for each in answer.services] == [120_000, 100_000]
    assert answer.totals.patient_pays == Range(low_cents=120_000, high_cents=200_000)
    assert answer.totals.plan_pays == Range(low_cents=40_000, high_cents=120_000)


def test_the_reasons_are_told_in_spanish() -> None:
    answer = adjudicated({"label": "Visita", "allowed_cents": 20_000}, lang="es")
    assert answer.services[0].because[0].sentence == "Antes de este servicio quedaban $500 del deducible."


def test_every_reason_has_words() -> None:
    """Keys that the code puts together: every one is there, and every sentence that is there has its key."""
    table = msgspec.toml.decode((Path(words.__file__).parent / "en.toml").read_bytes())["adjudication"]
    source = (Path(because.__file__)).read_text(encoding="utf-8") + (Path(adjudicate.__file__)).read_text(
        encoding="utf-8"
    )
    plain = set(re.findall(r'because\(\s*"\w+", "([a-z-]+)"', source))
    owners = {"", "-family", "-self-only"}
    made = {
        *(f"copay-{each}" for each in (*get_args(CopayTiming), "open")),
        *(f"coinsurance-{each}" for each in (*get_args(CoinsuranceBase), "base-open", "min", "max")),
        *(f"coinsurance-year-max{each}" for each in ("", "-met", "-open")),
        *(f"out-of-pocket-max{met}{owner}" for met in ("", "-met") for owner in owners),
        *(f"deductible{met}{owner}" for met in ("", "-met") for owner in ("", "-family")),
        *(f"other-plan-{each}" for each in (*get_args(Method), "open")),
        *(f"card-{each}" for each in (*get_args(Policy), "open")),
    }
    assert plain | made == set(table)


@pytest.mark.parametrize(
    ("services", "fault"),
    [
        ([], "length >= 1"),
        ([{"label": "a"}], "needs allowed_cents"),
        ([{"label": "a", "allowed_cents": -1}], ">= 0"),
        ([{"label": "", "allowed_cents": 1}], "length >= 1"),
        ([{"label": "a", "allowed_cents": 1, "network": "out"}], "needs charge_cents"),
        ([{"label": "a", "allowed_cents": 1, "reverses": "b"}], "no terms of its own"),
        ([{"label": "a", "allowed_cents": 1}] * 61, "length <= 60"),
    ],
)
def test_services_that_make_no_sense_are_refused(services: list[dict[str, Any]], fault: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=fault):
        adjudicated(*services)


A, B = {"label": "a", "allowed_cents": 1}, {"label": "b", "allowed_cents": 1}
ON, LATER, NEXT_YEAR = {"on": "2026-03-02"}, {"on": "2026-03-09"}, {"on": "2027-01-04"}
BACK = {"label": "back", "reverses": "a"}
TIER = {"individual_cents": 1}


@pytest.mark.parametrize(
    ("told", "pointer"),
    [
        ({"services": [A | ON, B]}, "/services/1/on"),
        ({"services": [A | LATER, B | ON]}, "/services/1/on"),
        ({"services": [A | ON], "benefits": PLAN | {"plan_year_start": None}}, "/benefits/plan_year_start"),
        ({"services": [A], "benefits": PLAN | {"carry_over": "unmet"}}, "/benefits/carry_over"),
        ({"services": [A], "benefits": PLAN | {"visit_limit": {"visits": 1}}}, "/benefits/visit_limit"),
        (
            {
                "services": [A],
                "benefits": PLAN | {"tier_change": {"on": "2026-06-01", "deductible": TIER, "out_of_pocket_max": TIER}},
            },
            "/benefits/tier_change",
        ),
        ({"services": [A], "card": {}}, "/card"),
        ({"services": [A], "other_coverage": {}}, "/other_coverage"),
        ({"services": [A | {"member": "Ana"}]}, "/services/0/member"),
        ({"services": [A], "members": {"Ana": {"deductible_met_cents": 150_001}}}, "/members/Ana/deductible_met_cents"),
        (
            {
                "services": [A],
                "members": {"A/n~a": {"pharmacy": {"deductible_met_cents": 2}}},
                "benefits": PLAN | {"pharmacy": {"deductible": {"individual_cents": 1}}},
            },
            "/members/A~1n~0a/pharmacy/deductible_met_cents",
        ),
        (
            {
                "services": [A | ON],
                "members": {"Ana": {"visits_used": 3}},
                "benefits": PLAN | {"visit_limit": {"visits": 2}},
            },
            "/members/Ana/visits_used",
        ),
        (
            {
                "services": [A],
                "members": {"Ana": {"deductible_met_cents": 100_000}},
                "benefits": PLAN
                | {
                    "deductible": {
                        "individual_cents": 150_000,
                        "individual_met_cents": 100_000,
                        "family_cents": 300_000,
                        "family_met_cents": 199_999,
                    }
                },
            },
            "/benefits/deductible/family_met_cents",
        ),
        ({"services": [A], "self_only_max_cents": 299_999}, "/self_only_max_cents"),
        ({"services": [BACK, A]}, "/services/0/reverses"),
        ({"services": [A, A, BACK]}, "/services/2/reverses"),
        ({"services": [A, BACK, BACK | {"label": "again"}]}, "/services/2/reverses"),
        ({"services": [A, BACK, {"label": "b", "reverses": "back"}]}, "/services/2/reverses"),
        ({"services": [A | ON, BACK | NEXT_YEAR]}, "/services/1/reverses"),
        ({"services": [A | ON, BACK | LATER], "other_coverage": {}}, "/services/1/reverses"),
    ],
)
def test_what_contradicts_itself_is_told_with_its_place(told: dict[str, Any], pointer: str) -> None:
    answer = adjudicate_services(msgspec.convert({"benefits": PLAN} | told, AdjudicationQuestion))
    assert isinstance(answer, Contradiction)
    assert answer.pointer == pointer


def test_many_open_terms_are_answered_soon_and_still_hold_everything() -> None:
    """Copays of five kinds in two networks, with nothing known of when they are due: more worlds than are run apart."""
    kinds = ("default", "drug", "visit", "infusion", "pharmacy_drug")
    shares = {kind: {"copay_cents": 4_000} for kind in kinds}
    services = [
        {
            "label": f"{kind} {network}",
            "kind": kind,
            "network": network,
            "allowed_cents": 20_000,
            "charge_cents": 20_000,
        }
        for kind in kinds
        for network in ("in", "out")
    ]
    answer = adjudicated(*services, cost_shares=shares)
    assert answer.services[0].patient_pays == Range(low_cents=4_000, high_cents=20_000)
    for patient_pays in [each.patient_pays for each in answer.services]:
        assert patient_pays.low_cents <= 4_000
        assert patient_pays.high_cents == 20_000
    assert answer.totals.patient_pays.low_cents <= 40_000
