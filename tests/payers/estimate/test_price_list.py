"""What the clinic's own price list does to an answer: the price list is the one of the documentation."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.clinic import ClinicLayer, ContractedRate, ServicePrice, SitePrice
from payers.catalogue.load import load_release
from payers.cost_share.money import Range, exactly
from payers.estimate import answer
from payers.estimate.answer import Answer
from payers.estimate.estimate import Refusal
from payers.estimate.question import Question

EXAMPLE = Path(__file__).parents[3] / "docs/examples/price-list.toml"
CATALOGUE = Catalogue(load_release(), msgspec.toml.decode(EXAMPLE.read_bytes(), type=ClinicLayer))
WITHOUT_LIST = Catalogue(CATALOGUE.release)
TODAY = date(2026, 11, 23)
IV: dict[str, Any] = {
    "payer": "Self-pay",
    "treatment": "iv-ketamine",
    "start_on": "2026-12-01",
    "course": {"kind": "sessions", "count": 6},
    "site": "denver",
    "session_minutes": 45,
}
SERVICES = {"evaluation": True, "integration_sessions": 3}
INSURED = IV | {"payer": "Aetna", "indication": "trd"}


def asked(question: dict[str, Any], catalogue: Catalogue = CATALOGUE) -> Answer | Refusal:
    return answer(catalogue, msgspec.convert(question, Question), TODAY, id="", created_at="")


def told(question: dict[str, Any], catalogue: Catalogue = CATALOGUE) -> Answer:
    found = asked(question, catalogue)
    assert isinstance(found, Answer)
    return found


def refused(question: dict[str, Any], catalogue: Catalogue = CATALOGUE) -> tuple[str, str]:
    found = asked(question, catalogue)
    assert isinstance(found, Refusal)
    return found.pointer, found.detail


def test_the_services_are_beside_the_course_and_never_in_it() -> None:
    alone, whole = told(IV), told(IV | {"services": SERVICES})
    assert alone.patient_pays.course == whole.patient_pays.course == exactly(6 * 50_000)
    assert alone.patient_pays.with_services is None
    # six sessions, one evaluation, three integration sessions, one month of membership
    assert whole.patient_pays.with_services == exactly(300_000 + 30_000 + 45_000 + 5_000)
    evaluation, integration = whole.services
    assert (evaluation.service, evaluation.when, evaluation.count) == ("evaluation", "before", 1)
    assert (integration.service, integration.when, integration.count) == ("integration", "after", 3)
    assert [code.code for code in (*evaluation.codes, *integration.codes)] == ["90792", "90837"]
    assert (evaluation.patient_pays, integration.patient_pays) == (exactly(30_000), exactly(45_000))


def test_without_a_number_a_listed_service_is_told_for_one_and_an_unlisted_one_is_not_invented() -> None:
    assert [(each.service, each.count, each.patient_pays) for each in told(IV).services] == [
        ("evaluation", None, exactly(30_000)),
        ("integration", None, exactly(15_000)),
    ]
    nowhere = {key: value for key, value in IV.items() if key != "site"}
    assert told(nowhere, WITHOUT_LIST).services == ()


def test_a_service_without_a_price_of_the_clinic_has_the_published_range_or_none() -> None:
    question = {key: value for key, value in IV.items() if key != "site"} | {
        "services": {"preparation_sessions": 2, "follow_ups": 1}
    }
    preparation, follow_up = told(question, WITHOUT_LIST).services
    assert (preparation.basis, preparation.price) == ("published-range", Range(low_cents=5_900, high_cents=20_000))
    assert preparation.patient_pays == Range(low_cents=11_800, high_cents=40_000)
    assert preparation.citations
    assert (follow_up.basis, follow_up.price, follow_up.patient_pays) == (None, None, None)
    whole = told(question, WITHOUT_LIST)
    assert whole.patient_pays.with_services == whole.patient_pays.course + Range(low_cents=11_800, high_cents=40_000)
    assert "service_price" in [each.name for each in whole.unknowns]
    assert [each.kind for each in whole.notices].count("service-not-in-totals") == 1
    priced = told(question | {"services": {"preparation_sessions": 2}}, WITHOUT_LIST)
    assert "service_price" in [each.name for each in priced.unknowns]
    assert "service-not-in-totals" not in [each.kind for each in priced.notices]


def test_a_plan_covers_talk_therapy_where_it_does_not_cover_ketamine() -> None:
    whole = told(INSURED | {"services": SERVICES})
    assert whole.coverage.status == "not-covered"
    assert whole.patient_pays.course == exactly(300_000)
    assert {service.status for service in whole.services} == {"covered"}
    assert [service.patient_pays for service in whole.services] == [
        Range(low_cents=0, high_cents=30_000),
        Range(low_cents=0, high_cents=45_000),
    ]


def test_monitoring_follows_the_treatment() -> None:
    (monitoring,) = told(INSURED | {"services": {"monitoring_sessions": 6}}).services
    assert (monitoring.when, monitoring.status, monitoring.price) == ("during", "not-covered", None)


@pytest.mark.parametrize(
    ("claims", "session_cents", "applied"),
    [
        ({"discounts": ["veteran"]}, 45_000, ["veteran"]),
        ({"discounts": ["veteran", "first-responder"]}, 40_000, ["first-responder"]),
        ({"sliding_scale": {"tier": "B"}}, 40_000, ["B"]),
        ({"sliding_scale": {"poverty_percent": 150}, "discounts": ["veteran"]}, 30_000, ["A"]),
        ({"sliding_scale": {"poverty_percent": 400}}, 50_000, []),
    ],
)
def test_what_a_patient_has_lowers_the_expected_charge(
    claims: dict[str, Any], session_cents: int, applied: list[str]
) -> None:
    found = told(IV | claims)
    assert found.price.basis == "site-price"
    assert found.patient_pays.first_session == exactly(session_cents)
    assert [each.name for each in found.reductions if each.applied] == applied
    assert [each.name for each in found.reductions] == ["veteran", "first-responder", "A", "B"]


def test_a_told_price_is_taken_as_it_is() -> None:
    prices = {"cash_per_session": {"low_cents": 42_000, "high_cents": 42_000}}
    found = told(IV | {"discounts": ["veteran"], "prices": prices})
    assert found.patient_pays.first_session == exactly(42_000)
    assert not any(each.applied for each in found.reductions)


def test_out_of_network_the_discount_lowers_the_charge() -> None:
    question = INSURED | {"treatment": "spravato", "dose_mg": 84, "network": "out", "authorization": "approved"}
    question |= {"lane": "medical"}  # a pharmacy's drug does not follow the clinic's price
    question = {key: value for key, value in question.items() if key != "session_minutes"}
    full, less = (told(question | claims) for claims in ({}, {"discounts": ["veteran"]}))
    assert full.patient_pays.first_session.high_cents == 120_000
    assert less.patient_pays.first_session.high_cents == 108_000


def test_a_package_says_what_it_saves_for_what_is_bought() -> None:
    (alone,) = told(IV).packages
    (whole,) = told(IV | {"services": SERVICES}).packages
    (longer,) = told(IV | {"course": {"kind": "sessions", "count": 8}}).packages
    assert (alone.saves, alone.total) == (exactly(30_000), exactly(270_000))
    assert (whole.saves, whole.total) == (exactly(60_000), exactly(320_000))  # the evaluation is in it
    assert (longer.saves, longer.total) == (exactly(30_000), exactly(370_000))
    (cheaper_without,) = told(IV | {"sliding_scale": {"tier": "A"}}).packages
    assert cheaper_without.saves == exactly(-90_000)
    for nothing_to_save in ({"course": {"kind": "sessions", "count": 5}}, {"course": None}):
        (package,) = told(IV | nothing_to_save).packages
        assert (package.saves, package.total, package.price_cents) == (None, None, 270_000)


def test_fees_with_their_rules_and_what_everybody_pays_of_them() -> None:
    deposit, no_show, membership = told(IV | {"course": {"kind": "sessions", "count": 9, "every_days": 7}}).clinic_fees
    assert (deposit.kind, deposit.credited, deposit.refundable, deposit.notice_hours) == ("deposit", True, True, 48)
    assert (no_show.kind, no_show.amount_cents, no_show.over_course) == ("no-show", 15_000, None)
    assert membership.over_course == exactly(10_000)  # December 1 to January 26
    (open_course,) = [fee for fee in told(IV | {"course": None}).clinic_fees if fee.kind == "membership"]
    assert open_course.over_course
    assert open_course.over_course.low_cents == 5_000 < open_course.over_course.high_cents


def test_payment_plans_are_for_the_whole_course() -> None:
    in_house, lender = told(IV | {"services": SERVICES}).payment_plans
    assert in_house.least == in_house.most
    assert (in_house.least.amount_cents, in_house.least.finance_charge_cents, in_house.least.apr_bp) == (380_000, 0, 0)
    assert lender.least.apr_bp > 1_490
    assert "annual percentage rate" in lender.sentence
    anywhere = {key: value for key, value in IV.items() if key != "site"}
    plan, _ = told(anywhere).payment_plans
    assert (plan.least.amount_cents, plan.most.amount_cents) == (270_000, 300_000)


def test_ways_to_pay_say_what_the_clinic_does_and_which_codes_stand_on_a_superbill() -> None:
    account, superbill = told(IV | {"services": SERVICES}).ways_to_pay
    assert (account.kind, account.accepted) == ("hsa-fsa", True)
    assert "letter of medical necessity" in account.text
    assert superbill.accepted
    assert [code.code for code in superbill.codes] == ["96365", "J3490", "90792", "90837"]
    assert account.citations
    assert superbill.citations
    nowhere = {key: value for key, value in IV.items() if key != "site"}
    assert [way.accepted for way in told(nowhere, WITHOUT_LIST).ways_to_pay] == [None, None]


def test_a_plan_that_the_clinic_bills_needs_no_superbill_and_a_government_takes_none() -> None:
    billed = INSURED | {"treatment": "spravato", "authorization": "approved", "network": "in"}
    assert [way.kind for way in told(billed).ways_to_pay] == ["hsa-fsa"]
    assert [way.kind for way in told(IV | {"payer": "Medicare"}).ways_to_pay] == ["hsa-fsa"]


@pytest.mark.parametrize("left_out", [("site",), ("session_minutes",), ("site", "session_minutes")])
@pytest.mark.parametrize("claims", [{}, {"discounts": ["veteran"]}, {"sliding_scale": {"tier": "A"}}])
def test_not_knowing_where_or_how_long_holds_every_answer(left_out: tuple[str, ...], claims: dict[str, Any]) -> None:
    question = IV | claims | {"services": SERVICES}
    wider = told({key: value for key, value in question.items() if key not in left_out})
    assert set(left_out) <= {unknown.name for unknown in wider.unknowns if unknown.worth_cents}
    assert "cash_per_session" not in {unknown.name for unknown in wider.unknowns}
    for minutes in (45, 240) if "session_minutes" in left_out else (45,):
        narrow = told(question | {"session_minutes": minutes})
        for name in ("first_session", "course", "with_services"):
            held, inside = getattr(wider.patient_pays, name), getattr(narrow.patient_pays, name)
            assert held.low_cents <= inside.low_cents <= inside.high_cents <= held.high_cents


MET = {"individual_cents": 500_000, "individual_met_cents": 500_000}
OUTSIDE: dict[str, Any] = INSURED | {
    "treatment": "spravato",
    "dose_mg": 84,
    "line_of_business": "commercial",
    "network": "out",
    "lane": "medical",
    "authorization": "approved",
    "site": None,
    "start_on": None,
    "benefits": {
        "plan_year_start": "01-01",
        "deductible": {"none": True},
        "out_of_pocket_max": MET,
        "cost_shares": {"default": {"patient_share_bp": 2_000}},
    },
}


def raised(since: date) -> Catalogue:
    """A list with one price that goes up on a day, from 600 to 1,000."""
    until = since - timedelta(days=1)
    before = SitePrice(id="before", treatment="spravato", price_cents=60_000, valid_until=until)
    after = SitePrice(id="after", treatment="spravato", price_cents=100_000, valid_from=since)
    return Catalogue(CATALOGUE.release, ClinicLayer(prices=(before, after)))


def test_outside_the_network_the_list_tells_what_is_asked_before_and_after_it_changes() -> None:
    """Six sessions within a week; after the third the list's price goes up and the plan covers no more visits."""
    days = [f"2026-12-{day:02}" for day in range(1, 7)]
    benefits = OUTSIDE["benefits"] | {"visit_limit": {"visits": 3, "used": 0}}
    question = OUTSIDE | {"course": {"kind": "dates", "dates": days}, "benefits": benefits}
    found = told(question, raised(date(2026, 12, 4)))
    assert "cash_per_session" not in {unknown.name for unknown in found.unknowns}
    assert found.patient_pays.course == Range(low_cents=3 * 100_000, high_cents=3 * 60_000 + 3 * 100_000)
    assert found.typical.course_cents == 3 * 100_000


def test_outside_the_network_a_start_that_nobody_told_may_find_the_list_changed() -> None:
    catalogue, one = raised(date(2027, 1, 1)), {"course": {"kind": "sessions", "count": 1}}
    assert told(OUTSIDE | one | {"start_on": "2027-01-01"}, catalogue).patient_pays.course.high_cents == 100_000
    assert told(OUTSIDE | one, catalogue).patient_pays.course.high_cents == 100_000


@pytest.mark.parametrize("network", ["in", "out"])
def test_of_two_doses_that_it_may_be_one_may_have_the_clinics_own_price_or_rate(network: str) -> None:
    prices = (SitePrice(id="price", treatment="spravato", dose_mg=84, price_cents=30_000),)
    rates = (ContractedRate(id="rate", payer="aetna", treatment="spravato", dose_mg=84, allowed_cents=50_000),)
    catalogue = Catalogue(CATALOGUE.release, ClinicLayer(prices=prices, rates=rates))
    one = OUTSIDE | {"network": network, "course": {"kind": "sessions", "count": 1}, "start_on": "2026-12-01"}
    none, whole = {"none": True}, {"default": {"patient_share_bp": 10_000}}
    one |= {
        "benefits": {"plan_year_start": "01-01", "deductible": none, "out_of_pocket_max": none, "cost_shares": whole}
    }
    for question in (one, one | {"payer": "Self-pay", "line_of_business": None}):
        known = told(question, catalogue).patient_pays.course
        open_dose = told(question | {"dose_mg": None}, catalogue).patient_pays.course
        assert open_dose.low_cents <= known.low_cents <= known.high_cents <= open_dose.high_cents


LISTED_IN_PART = {
    "at one site": (
        SitePrice(id="one", treatment="spravato", site="denver", price_cents=30_000),
        SitePrice(id="other", treatment="iv-ketamine", site="boulder", price_cents=40_000),
    ),
    "one length": (
        SitePrice(id="one", treatment="spravato", minutes=45, price_cents=30_000),
        SitePrice(id="other", treatment="spravato", minutes=120, site="denver", price_cents=40_000),
        SitePrice(id="elsewhere", treatment="iv-ketamine", site="boulder", price_cents=40_000),
    ),
    "for a while": (
        SitePrice(id="one", treatment="spravato", price_cents=30_000, valid_until=date(2027, 2, 28)),
        SitePrice(
            id="while",
            treatment="spravato",
            price_cents=40_000,
            valid_from=date(2027, 3, 1),
            valid_until=date(2027, 3, 31),
        ),
        SitePrice(id="other", treatment="spravato", price_cents=30_000, valid_from=date(2027, 4, 1)),
    ),
}


@pytest.mark.parametrize(
    ("listed", "more"),
    [
        ("at one site", {"site": "boulder"}),
        ("one length", {"site": "boulder", "session_minutes": 120}),
        ("for a while", {"start_on": "2027-03-10"}),
    ],
)
def test_what_is_not_told_may_be_what_the_list_has_no_price_or_another_price_for(
    listed: str, more: dict[str, Any]
) -> None:
    catalogue = Catalogue(CATALOGUE.release, ClinicLayer(prices=LISTED_IN_PART[listed]))
    question: dict[str, Any] = {"payer": "Self-pay", "treatment": "spravato", "dose_mg": 84, "start_on": "2026-12-01"}
    question |= {"course": {"kind": "sessions", "count": 1}}
    question = {key: value for key, value in question.items() if key not in more}
    wider, narrow = (told(question | each, catalogue).patient_pays.course for each in ({}, more))
    assert wider.low_cents == 30_000 < narrow.high_cents
    assert narrow.high_cents == wider.high_cents


def test_a_service_may_be_at_a_site_and_on_a_day_with_another_price_or_none() -> None:
    listed = ServicePrice(id="one", service="evaluation", site="denver", price_cents=1_000)
    other = SitePrice(id="other", treatment="iv-ketamine", site="boulder", price_cents=40_000)
    later = ServicePrice(
        id="later",
        service="integration",
        price_cents=100_000,
        valid_from=date(2027, 3, 1),
        valid_until=date(2027, 3, 1),
    )
    catalogue = Catalogue(CATALOGUE.release, ClinicLayer(services=(listed, later), prices=(other,)))
    question = {
        "payer": "Self-pay",
        "treatment": "spravato",
        "services": {"evaluation": True, "integration_sessions": 1},
    }
    evaluation, integration = told(question, catalogue).services
    for more in ({"site": "boulder"}, {"site": "denver"}, {"start_on": "2027-03-01"}):
        for wide, narrow in zip((evaluation, integration), told(question | more, catalogue).services, strict=True):
            assert wide.price
            assert narrow.price
            assert wide.price.low_cents <= narrow.price.low_cents
            assert narrow.price.high_cents <= wide.price.high_cents


@pytest.mark.parametrize(
    ("claim", "pointer", "known"),
    [
        ({"site": "boulder"}, "/site", "denver"),
        ({"discounts": ["veteran", "student"]}, "/discounts/1", "first-responder, veteran"),
        ({"sliding_scale": {"tier": "Z"}}, "/sliding_scale/tier", "A, B"),
        ({"start_on": "2025-12-31", "discounts": ["veteran"]}, "/discounts/0", "on 2025-12-31"),
    ],
)
def test_what_is_not_on_the_list_is_refused(claim: dict[str, Any], pointer: str, known: str) -> None:
    at, detail = refused(IV | claim)
    assert at == pointer
    assert known in detail


def test_an_income_means_nothing_without_a_scale() -> None:
    anywhere = {key: value for key, value in IV.items() if key != "site"} | {"sliding_scale": {"poverty_percent": 90}}
    assert refused(anywhere, WITHOUT_LIST)[0] == "/sliding_scale/poverty_percent"


def test_a_scale_is_asked_by_tier_or_by_income() -> None:
    for scale in ({}, {"tier": "A", "poverty_percent": 100}):
        with pytest.raises(msgspec.ValidationError, match="either tier or poverty_percent"):
            asked(IV | {"sliding_scale": scale})


def test_the_list_is_told_in_spanish() -> None:
    found = told(IV | {"services": SERVICES, "discounts": ["veteran"], "lang": "es"})
    parts = (found.services, found.reductions, found.packages, found.clinic_fees, found.payment_plans)
    english = told(IV | {"services": SERVICES, "discounts": ["veteran"]})
    others = (english.services, english.reductions, english.packages, english.clinic_fees, english.payment_plans)
    for spanish, same in zip(parts, others, strict=True):
        assert [each.sentence for each in spanish] != [each.sentence for each in same]
        assert len(spanish) == len(same) > 0
