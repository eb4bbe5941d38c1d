"""Explicit services under explicit terms: the parts tie, agree with the plan-year fold, and name their terms."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payers.cost_share.accumulators import YearlyLimit, opening
from payers.cost_share.adjudicate import settled
from payers.cost_share.credit import Credit
from payers.cost_share.money import Range, exactly
from payers.cost_share.plan import Benefits, CostShare, CostShares, Limit
from payers.cost_share.plan_year import Book, Claim, Event, NewYear
from payers.cost_share.plan_year import run as fold
from payers.estimate import words
from payers.estimate.adjudication import (
    AdjudicationAnswer,
    AdjudicationQuestion,
    ServiceInput,
    Totals,
    adjudicate_services,
)

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
    return adjudicate_services(msgspec.convert(asked, AdjudicationQuestion))


def because(answer: AdjudicationAnswer, position: int = 0) -> list[tuple[str, str]]:
    return [(each.amount, each.key) for each in answer.services[position].because]


def test_a_deductible_is_finished_within_a_service() -> None:
    answer = adjudicated({"label": "Drug", "allowed_cents": 124_000, "charge_cents": 200_000, "kind": "drug"})
    (drug,) = answer.services
    assert (drug.deductible, drug.coinsurance) == (exactly(50_000), exactly(14_800))
    assert (drug.patient_pays, drug.plan_pays, drug.write_off) == (exactly(64_800), exactly(59_200), exactly(76_000))
    assert (drug.deductible_remaining, drug.out_of_pocket_remaining) == (exactly(0), exactly(135_200))
    assert [each.sentence for each in drug.because] == [
        "In the network the clinic writes off what the charge exceeds the allowed amount by.",
        "$500 of the deductible was left before this service.",
        "Coinsurance is 20% of what is left after deductible and copay.",
        "The plan pays the rest of the allowed amount.",
    ]


def test_each_kind_of_service_follows_its_own_terms() -> None:
    answer = adjudicated(
        {"label": "Visit", "allowed_cents": 20_000, "kind": "visit"},
        {"label": "Infusion", "allowed_cents": 20_000, "charge_cents": 45_000, "kind": "infusion"},
    )
    visit, infusion = answer.services
    assert (visit.copay, visit.patient_pays) == (exactly(4_000), exactly(4_000))
    assert because(answer)[:2] == [("deductible", "deductible-waived"), ("copay", "copay-flat-no-deductible")]
    assert (infusion.not_covered, infusion.patient_pays) == (exactly(45_000), exactly(45_000))
    assert infusion.out_of_pocket_remaining == visit.out_of_pocket_remaining == exactly(196_000)
    assert because(answer, 1) == [("not_covered", "not-covered")]


def test_outside_the_network_the_balance_is_the_patients() -> None:
    answer = adjudicated({"label": "Visit", "allowed_cents": 20_000, "charge_cents": 50_000, "network": "out"})
    (visit,) = answer.services
    assert (visit.balance_bill, visit.write_off, visit.patient_pays) == (exactly(30_000), exactly(0), exactly(50_000))
    assert visit.out_of_pocket_remaining == exactly(180_000)
    assert ("balance_bill", "balance-bill") in because(answer)


def test_the_maximum_ends_the_patients_share() -> None:
    answer = adjudicated(*({"label": f"Session {number}", "allowed_cents": 800_000} for number in (1, 2)))
    first, second = answer.services
    assert (first.patient_pays, second.patient_pays) == (exactly(200_000), exactly(0))
    assert ("patient_pays", "out-of-pocket-max") in because(answer)
    assert ("patient_pays", "out-of-pocket-max-met") in because(answer, 1)
    assert ("deductible", "deductible-met") in because(answer, 1)


def test_the_limits_start_again_with_the_plan_year() -> None:
    days = ("2026-12-31", "2027-01-01")
    answer = adjudicated(*({"label": day, "allowed_cents": 150_000, "on": day} for day in days))
    assert [each.plan_year for each in answer.services] == [1, 2]
    assert [each.deductible for each in answer.services] == [exactly(50_000), exactly(150_000)]


def test_a_charge_below_the_allowed_amount_counts() -> None:
    answer = adjudicated({"label": "Visit", "allowed_cents": 20_000, "charge_cents": 15_000})
    assert answer.services[0].allowed == exactly(15_000)
    assert ("allowed", "charge-below-allowed") in because(answer)


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
    assert {("copay", "copay-open"), ("patient_pays", "out-of-pocket-max-unknown")} <= set(because(answer))
    assert pharmacy.patient_pays == Range(low_cents=0, high_cents=100_000)
    assert ("coinsurance", "coinsurance-open") in because(answer, 1)


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
    table = msgspec.toml.decode((Path(words.__file__).parent / "en.toml").read_bytes())["adjudication"]
    timings = {f"copay-{timing}" for timing in ("flat-no-deductible", "after-deductible", "before-deductible", "open")}
    bases = {f"coinsurance-{base}" for base in ("net-of-copay", "gross-of-copay", "open", "min", "max")}
    assert timings | bases <= table.keys()


@pytest.mark.parametrize(
    ("services", "fault"),
    [
        ([], "length >= 1"),
        ([{"label": "a", "allowed_cents": -1}], ">= 0"),
        ([{"label": "", "allowed_cents": 1}], "length >= 1"),
        ([{"label": "a", "allowed_cents": 1, "network": "out"}], "needs charge_cents"),
        ([{"label": "a", "allowed_cents": 1, "on": "2026-01-01"}, {"label": "b", "allowed_cents": 1}], "every service"),
        ([{"label": day, "allowed_cents": 1, "on": day} for day in ("2026-02-01", "2026-01-01")], "order"),
        ([{"label": "a", "allowed_cents": 1}] * 61, "length <= 60"),
    ],
)
def test_services_that_make_no_sense_are_refused(services: list[dict[str, Any]], fault: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=fault):
        adjudicated(*services)


def test_dates_need_the_start_of_the_plan_year() -> None:
    with pytest.raises(msgspec.ValidationError, match="plan_year_start"):
        adjudicated({"label": "a", "allowed_cents": 1, "on": "2026-01-01"}, plan_year_start=None)


CENTS = st.integers(0, 300_000)
COST_SHARES = st.builds(
    CostShare,
    patient_share_bp=st.integers(0, 10_000),
    copay_cents=st.none() | st.integers(0, 20_000),
    copay_timing=st.sampled_from(["flat-no-deductible", "after-deductible", "before-deductible"]),
    coinsurance_base=st.sampled_from(["net-of-copay", "gross-of-copay"]),
    covered=st.sampled_from([True, True, True, False]),
)


@st.composite
def told(draw: st.DrawFn) -> AdjudicationQuestion:
    """Plans with every term told, and services over two plan years."""

    def limit() -> Limit:
        cents = draw(CENTS)
        return Limit(individual_cents=cents, individual_met_cents=draw(st.integers(0, cents)))

    def service(number: int, on: date) -> ServiceInput:
        return ServiceInput(
            label=f"Service {number}",
            allowed_cents=draw(CENTS),
            charge_cents=draw(CENTS),
            network=draw(st.sampled_from(["in", "out"])),
            kind=draw(st.sampled_from(["default", "drug", "visit"])),
            on=on,
        )

    days = sorted(draw(st.lists(st.dates(date(2026, 1, 1), date(2027, 12, 31)), min_size=1, max_size=6)))
    return AdjudicationQuestion(
        benefits=Benefits(
            plan_year_start="01-01",
            deductible=limit(),
            out_of_pocket_max=limit(),
            cost_shares=CostShares(default=draw(COST_SHARES), visit=draw(st.none() | COST_SHARES)),
        ),
        services=tuple(service(number, day) for number, day in enumerate(days)),
    )


@given(told())
@settings(max_examples=300, deadline=None)
def test_with_every_term_told_it_is_the_plan_year_fold_to_the_cent(asked: AdjudicationQuestion) -> None:
    answer, book = adjudicate_services(asked), fold(_book(asked.benefits), _events(asked))
    for service, line in zip(answer.services, book.lines, strict=True):
        money = line.money
        assert service.patient_pays == exactly(money.patient_pays_cents)
        assert service.plan_pays == exactly(money.plan_pays_cents)
        assert service.write_off == exactly(money.write_off_cents)
        assert service.balance_bill == exactly(money.balance_bill_cents)
        assert service.deductible == exactly(money.share.deductible_cents)
        assert service.not_covered == exactly(money.share.not_covered_cents)
        assert service.deductible_remaining == exactly(line.deductible_remaining_cents)
        assert service.out_of_pocket_remaining == exactly(line.out_of_pocket_remaining_cents)
    for name in Totals.__struct_fields__:
        assert getattr(answer.totals, name) == _sum(getattr(service, name) for service in answer.services), name


def _book(benefits: Benefits) -> Book:
    deductible, maximum = benefits.deductible or Limit(), benefits.out_of_pocket_max or Limit()
    met = Credit(deductible.individual_met_cents or 0, 0, maximum.individual_met_cents or 0)
    limits = (
        YearlyLimit("deductible", deductible.individual_cents),
        YearlyLimit("out-of-pocket-maximum", maximum.individual_cents),
    )
    return Book(limits=limits, postings=opening({"": met}))


def _events(asked: AdjudicationQuestion) -> Iterable[Event]:
    year = asked.days[0].year
    shares = asked.benefits.cost_shares or CostShares()
    for service, day in zip(asked.services, asked.days, strict=True):
        if day.year != year:
            year = day.year
            yield NewYear()
        share = (shares.visit if service.kind == "visit" else None) or shares.default or CostShare()
        yield Claim(
            service.allowed_cents, settled(share)[0], service.charge_cents, contracted=service.network == "in", on=day
        )


def _sum(ranges: Iterable[Range]) -> Range:
    return sum(ranges, exactly(0))
