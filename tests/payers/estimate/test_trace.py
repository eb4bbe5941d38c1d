"""Every amount names what made it: over a varied set of questions, and in words that a patient understands."""

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.clinic import ClinicLayer, ContractedRate, Discount, MedicareFee, SiteLocality, SitePrice
from payers.catalogue.load import load_release
from payers.catalogue.model import Rule
from payers.cost_share.money import Range, exactly
from payers.estimate import answer, words
from payers.estimate.answer import Answer, LineAnswer
from payers.estimate.question import Question
from payers.estimate.trace import Amount
from payers.estimate.trace.reason import Origin
from payers.estimate.trace.story import turnings
from payers.rates.on_file import Multiple, OnFile, Pin, Recorded
from tests.payers.rates.real import on_file, rate, source

CATALOGUE = Catalogue(load_release())
TODAY = date(2026, 11, 23)
AMOUNTS: tuple[str, ...] = get_args(Amount)

SPRAVATO = {"treatment": "spravato", "dose_mg": 84, "indication": "trd", "start_on": "2026-12-15"}
COURSE = {"course": {"kind": "sessions", "count": 6}}
PRICES = {
    "prices": {
        "allowed_per_session": {"low_cents": 124_000, "high_cents": 124_000},
        "visit_allowed_per_session": {"low_cents": 24_000, "high_cents": 24_000},
        "cash_per_session": {"low_cents": 150_000, "high_cents": 150_000},
    }
}
ALLOWED = {"prices": {"allowed_per_session": {"low_cents": 124_000, "high_cents": 124_000}}}
APPROVED = {"network": "in", "lane": "medical", "authorization": "approved"}
LIMITS = {
    "plan_year_start": "01-01",
    "deductible": {"individual_cents": 150_000, "individual_met_cents": 50_000},
    "out_of_pocket_max": {"individual_cents": 200_000, "individual_met_cents": 60_000},
}
SHARE = {"cost_shares": {"default": {"patient_share_bp": 2_000}}}
PLAN = {"payer": "aetna", "line_of_business": "commercial"} | SPRAVATO | COURSE | APPROVED
MEDICARE = {"payer": "medicare", "medicare_assignment": "accepted", "place_of_service": "11"} | SPRAVATO | COURSE
TRICARE = {"payer": "tricare-west"} | SPRAVATO | COURSE | {"authorization": "approved"}
CARD = {"program": "spravato-withme"}
GENEROUS = LIMITS | {"deductible": {"individual_cents": 0}, "cost_shares": {"default": {"patient_share_bp": 1_000}}}


def plan(terms: dict[str, Any], **asked: Any) -> dict[str, Any]:
    """A commercial plan with its price told, and these benefits."""
    return PLAN | PRICES | {"benefits": LIMITS | SHARE | terms} | asked


def share(**terms: Any) -> dict[str, Any]:
    return plan({"cost_shares": {"default": terms}})


QUESTIONS: dict[str, dict[str, Any]] = {
    "nothing told": {"payer": "aetna", "treatment": "spravato"},
    "all told": plan({}),
    "told limits, nothing met": plan(
        {name: {"individual_cents": cents} for name, cents in (("deductible", 50_000), ("out_of_pocket_max", 90_000))}
    ),
    "pharmacy": plan({"cost_shares": {"pharmacy_drug": {"copay_cents": 10_000}}}, lane="pharmacy"),
    "drug benefit apart": plan(
        {
            "pharmacy": {
                "deductible": {"individual_cents": 10_000, "individual_met_cents": 0},
                "out_of_pocket_max": {"individual_cents": 90_000, "individual_met_cents": 0},
            },
            "cost_shares": {"pharmacy_drug": {"patient_share_bp": 5_000}, "visit": {"copay_cents": 4_000}},
        },
        lane="pharmacy",
    ),
    "out of network": plan({}, network="out"),
    "out of network, own terms": plan(
        {
            "out_of_network": {
                "deductible": {"individual_cents": 100_000},
                "out_of_pocket_max": {"individual_cents": 150_000},
                "cost_shares": {"default": {"patient_share_bp": 4_000}},
            }
        },
        network="out",
    ),
    "out of network, price open": PLAN | {"network": "out", "benefits": LIMITS | SHARE},
    "family": plan(
        {
            "deductible": {"family_cents": 300_000, "family_rule": "aggregate"},
            "out_of_pocket_max": {"family_cents": 400_000, "family_rule": "aggregate", "family_met_cents": 380_000},
        }
    ),
    "copay alone": share(copay_cents=4_000, copay_timing="flat-no-deductible"),
    "copay after": share(copay_cents=4_000, copay_timing="after-deductible"),
    "copay before": share(copay_cents=4_000, copay_timing="before-deductible", patient_share_bp=1_000),
    "copay open": share(copay_cents=4_000),
    "deductible beside the maximum": plan({"deductible_counts_to_maximum": False}),
    "copay beside the maximum": share(
        copay_cents=4_000, copay_timing="flat-no-deductible", copay_counts_to_maximum=False
    ),
    "coinsurance of gross": share(
        copay_cents=4_000, copay_timing="after-deductible", patient_share_bp=2_000, coinsurance_base="gross-of-copay"
    ),
    "coinsurance bounded": share(patient_share_bp=2_000, coinsurance_min_cents=1_000, coinsurance_max_cents=20_000),
    "coinsurance maximum": plan({"coinsurance_max": {"individual_cents": 30_000, "individual_met_cents": 0}}),
    "preventive": share(preventive=True),
    "nothing asked": share(patient_share_bp=0),
    "service not covered": share(covered=False),
    "visit limit": plan({"visit_limit": {"visits": 3, "used": 1}}),
    "visit limit, use open": plan({"visit_limit": {"visits": 3}}),
    "carry-over": plan({"carry_over": "always"}),
    "tier change": plan(
        {
            "tier_change": {
                "on": "2026-12-20",
                "deductible": {"individual_cents": 250_000},
                "out_of_pocket_max": {"individual_cents": 300_000},
            }
        }
    ),
    "denied": plan({}, authorization="denied"),
    "denied, TRICARE beside it": plan({}, authorization="denied", other_coverage=[{"kind": "tricare"}]),
    "Medicare opted out, TRICARE For Life beside it": MEDICARE
    | {"medicare_assignment": "opted-out", "other_coverage": [{"kind": "tricare-for-life"}]},
    "the other plan first": plan(
        {},
        other_coverage=[
            {
                "kind": "commercial",
                "method": "standard",
                "benefits": GENEROUS,
                "facts": {"holder": "self"},
                "first_plan": {"holder": "other"},
            }
        ],
    ),
    "case by case": {"payer": "va-ccn", "treatment": "iv-ketamine"},
    "not covered": {"payer": "aetna", "treatment": "iv-ketamine", "line_of_business": "commercial"},
    "silent": {"payer": "enthea", "treatment": "spravato"} | COURSE,
    "line open": {"payer": "centene", "treatment": "spravato"} | COURSE,
    "no price on file": {"payer": "aetna", "treatment": "iv-ketamine", "authorization": "pending"} | COURSE,
    "self-pay": {"payer": "self-pay", "treatment": "iv-ketamine"},
    "Medicare": MEDICARE,
    "Medicare, place and assignment open": {"payer": "medicare", "treatment": "spravato"},
    "Medicare, drug from a pharmacy": MEDICARE,
    "medicare's fee of a locality": MEDICARE | {"dose_mg": 84},
    "Medicare, not accepted": MEDICARE | {"medicare_assignment": "not-accepted"},
    "Medicare, opted out": MEDICARE | {"medicare_assignment": "opted-out"},
    "Medicare Advantage": {"payer": "aetna-ma"} | SPRAVATO | COURSE,
    "Medicare Advantage, out": {"payer": "aetna-ma", "network": "out"} | SPRAVATO | COURSE,
    "Medicare Advantage, out, not accepted": {"payer": "aetna-ma", "network": "out"}
    | {"medicare_assignment": "not-accepted"}
    | SPRAVATO
    | COURSE,
    "TRICARE, open": {"payer": "tricare-west", "treatment": "spravato"},
    "TRICARE, active duty": TRICARE | {"tricare": {"category": "active-duty"}},
    "TRICARE For Life": {"payer": "tricare-for-life"} | SPRAVATO | COURSE,
    "TRICARE For Life, opted out": {"payer": "tricare-for-life", "medicare_assignment": "opted-out"}
    | SPRAVATO
    | COURSE,
    "CHAMPVA": {"payer": "champva"} | SPRAVATO | COURSE,
    "VA, open": {"payer": "va-ccn"} | SPRAVATO | COURSE,
    "VA, exempt": {"payer": "va-ccn", "va": {"service_connected_treatment": True}} | APPROVED | SPRAVATO | COURSE,
    "Medicaid": {"payer": "co-medicaid", "state": "CO", "authorization": "approved"} | SPRAVATO | COURSE,
    **{
        f"Medigap {letter}": MEDICARE | {"other_coverage": [{"kind": "medigap", "plan": letter}]}
        for letter in ("A", "G", "K", "L", "N")
    },
    "Medigap N, an office visit": MEDICARE
    | {"other_coverage": [{"kind": "medigap", "plan": "N", "office_visit": True}]},
    "Medigap G, high deductible": MEDICARE
    | {"other_coverage": [{"kind": "medigap", "plan": "G", "high_deductible": True}]},
    "QMB": MEDICARE | {"other_coverage": [{"kind": "qmb"}]},
    "Medicare, TRICARE For Life": MEDICARE | {"other_coverage": [{"kind": "tricare-for-life"}]},
    "Medicare, Medicaid": MEDICARE | {"other_coverage": [{"kind": "medicaid", "accepts_medicaid": True}]},
    "TRICARE second": plan({}, other_coverage=[{"kind": "tricare"}]),
    "TRICARE second, out": plan(
        {},
        network="out",
        other_coverage=[{"kind": "tricare"}],
        prices=PRICES["prices"] | {"cash_per_session": {"low_cents": 200_000, "high_cents": 200_000}},
    ),
    "Medicare second": plan({}, other_coverage=[{"kind": "medicare"}]),
    "Medicare second, not on file": plan({}, place_of_service="22", other_coverage=[{"kind": "medicare"}]),
    "Medicare beside a group plan": MEDICARE | {"other_coverage": [{"kind": "commercial"}]},
    "second plan": plan({}, other_coverage=[{"kind": "commercial"}]),
    **{
        f"second plan, {method}": plan(
            {}, other_coverage=[{"kind": "commercial", "method": method, "benefits": GENEROUS}]
        )
        for method in ("standard", "non-duplication", "carve-out", "maintenance-of-benefits")
    },
    "second plan, with an amount of its own behind visits that are used up": plan(
        {"visit_limit": {"visits": 1, "used": 1}},
        other_coverage=[{"kind": "commercial", "method": "standard", "benefits": GENEROUS} | ALLOWED["prices"]],
    ),
    "card, visit's price open": plan({}, assistance=[CARD]) | ALLOWED,
    "card, floor not seen": plan({}, assistance=[CARD]),
    **{
        f"card, {policy}": plan(
            {},
            assistance=[
                CARD
                | {"policy": policy, "remaining_cents": 300_000, "yearly_limit_cents": 500_000}
                | {"per_fill_limit_cents": 50_000}
            ],
        )
        for policy in ("counts", "accumulator", "maximizer")
    },
    "clinic's own prices": PLAN | {"authorization": "pending", "discounts": ["veteran"]},
    **{f"real rates, {name}": PLAN | {"payer": "uhc", "benefits": LIMITS | SHARE} for name in ("bundle", "remittance")},
    "real rates, hospital": PLAN | {"benefits": LIMITS | SHARE},
    "real rates, medians": PLAN | {"payer": "uhc", "benefits": LIMITS | SHARE},
    "real rates, pinned": PLAN | {"payer": "uhc", "benefits": LIMITS | SHARE},
    **{f"a share of Medicare's limit, {name}": PLAN | {"benefits": LIMITS | SHARE} for name in ("in force", "ended")},
    **{
        f"real rates, network {name}": PLAN | {"payer": "uhc", "benefits": LIMITS | SHARE, "plan_network": name}
        for name in ("PPO", "HMO")
    },
    "a share of Medicare's fee": PLAN | {"benefits": LIMITS | SHARE},
}
RELEASE = CATALOGUE.release
BUNDLE = (
    rate("G2083", 140_000),
    rate("G2083", 141_000, networks=()),
    rate("G2083", 1, networks=(), kind="fee schedule", expires_on="2026-11-30"),
    rate("G2083", 120_000, kind="fee schedule", group="2"),
    rate("G2083", 130_000, group="2"),
    rate("G2083", 1, kind="derived"),
    rate("G2083", 1, matched_by="npi"),
    rate("G2083", 1, setting="inpatient"),
    rate("G2083", 1, modifiers=("26",)),
    rate("G2083", 0),
    rate("CSTM-00", 1),
    rate("G2083", 1, code_type="LOCAL"),
    rate("G2083", 1, arrangement="bundle"),
)
MEDIANS = (
    rate(
        *("G2083", 140_000),
        kind="median",
        percentile_10_cents=110_000,
        percentile_90_cents=190_000,
        remittances="1 through 10",
    ),
    rate("G2083", 150_000, kind="median", networks=("PPO",)),
)
PIN = Pin(id="pin", payer="uhc", code="G2083", source_id="file", ordinal=1, valid_from=TODAY)
CLAIMS = [rate("G2083", 1, kind="allowed", serviced_on=day) for day in ("2026-11-02", "2026-01-02")]
COLORADO = ClinicLayer(
    localities=(SiteLocality(id="denver", carrier="04112", locality="01"),),
    medicare_fees=(
        MedicareFee(
            carrier="04112",
            locality="01",
            code="G2083",
            nonfacility_cents=140_000,
            valid_from=date(2026, 1, 1),
            valid_until=date(2026, 12, 31),
            source="PFALL26A.TXT",
            imported_on=date(2026, 1, 9),
        ),
    ),
)
"""A made-up amount."""
LIMIT = msgspec.structs.replace(source("asp", "medicare-asp"), payer=None)
CATALOGUES: dict[str, Catalogue] = {
    "real rates, bundle": Catalogue(RELEASE, rates=on_file((source(), BUNDLE))),
    "real rates, remittance": Catalogue(
        RELEASE, rates=on_file((source(), BUNDLE), (source("835", "remittance"), CLAIMS))
    ),
    "real rates, hospital": Catalogue(
        RELEASE,
        rates=on_file((source(kind="hospital-file", payer="aetna"), [rate("J0013", 1, expires_on="2024-12-31")])),
    ),
    "real rates, medians": Catalogue(RELEASE, rates=on_file((source(kind="hospital-file"), MEDIANS))),
    "a share of Medicare's fee": Catalogue(
        RELEASE,
        rates=OnFile(
            Recorded(multiples=(Multiple(id="1", payer="aetna", percent_bp=14_000, valid_from=date(2026, 1, 1)),)), {}
        ),
    ),
    **{
        f"real rates, network {name}": Catalogue(
            RELEASE, rates=on_file((source(), [rate("G2083", 140_000), rate("G2083", 150_000, networks=("PPO",))]))
        )
        for name in ("PPO", "HMO")
    },
    "real rates, pinned": Catalogue(RELEASE, rates=on_file((source(), BUNDLE), pins=(PIN,))),
    "clinic's own prices": Catalogue(
        RELEASE,
        ClinicLayer(
            prices=(SitePrice(id="own", treatment="spravato", price_cents=110_000),),
            discounts=(Discount(id="service", kind="veteran", off_bp=1_000),),
            rates=(ContractedRate(id="agreed", payer="aetna", treatment="spravato", allowed_cents=120_000),),
        ),
    ),
    **{
        f"a share of Medicare's limit, {name}": Catalogue(
            RELEASE,
            rates=OnFile(
                Recorded(
                    sources=(source(payer="aetna"), limit),
                    multiples=(Multiple(id="1", payer="aetna", percent_bp=14_000, valid_from=date(2026, 1, 1)),),
                ),
                {
                    "file": [rate("99215", 18_000)],
                    "asp": [rate("J0013", 1_300, kind="fee schedule", expires_on=ends, networks=())],
                },
            ),
        )
        for name, limit, ends in (("in force", LIMIT, None), ("ended", LIMIT, "2026-11-30"))
    },
    "medicare's fee of a locality": Catalogue(RELEASE, COLORADO),
    "no price on file": Catalogue(
        msgspec.structs.replace(
            RELEASE,
            price_ranges=(),
            rules=tuple(
                msgspec.structs.replace(rule, status="case-by-case", reason=None) if rule.payer == "aetna" else rule
                for rule in RELEASE.rules
            ),
        )
    ),
    "card, floor not seen": Catalogue(
        msgspec.structs.replace(
            RELEASE,
            programmes=tuple(
                msgspec.structs.replace(each, patient_floor_cents=None) if each.slug == CARD["program"] else each
                for each in RELEASE.programmes
            ),
        )
    ),
    "Medicare, drug from a pharmacy": Catalogue(
        RELEASE,
        ClinicLayer(
            rules=(
                Rule(
                    id="part-d",
                    payer="medicare",
                    line_of_business="medicare",
                    treatments=("spravato",),
                    indications=("trd",),
                    status="covered",
                    lane="pharmacy",
                    sources=("a letter of the plan",),
                    confidence="high",
                    verified_on=TODAY,
                    review_by=TODAY,
                ),
            )
        ),
    ),
}
"""Catalogues with something that the release does not have."""


@cache
def told(name: str, lang: str = "en", today: date = TODAY) -> Answer:
    question = msgspec.convert(QUESTIONS[name] | {"lang": lang}, Question, strict=False)
    found = answer(CATALOGUES.get(name, CATALOGUE), question, today, id="receipt", created_at="now")
    assert isinstance(found, Answer), found
    return found


def lines(found: Answer) -> Iterator[LineAnswer]:
    return (line for session in found.sessions for line in session.lines)


def sentences(found: Answer, session: int, amount: str) -> list[str]:
    """What the answer says of one amount of the first line of a session."""
    by_id = {reason.id: reason.sentence for reason in found.reasons}
    return [by_id[id] for id in found.sessions[session - 1].lines[0].because.get(amount, ())]


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_amount_has_a_reason_and_every_reason_is_used(name: str) -> None:
    assert_reasoned(told(name))


@pytest.mark.parametrize("payer", [payer.slug for payer in RELEASE.payers if payer.status == "active"])
def test_so_it_is_for_every_payer_and_lane(payer: str) -> None:
    for lane in ("medical", "pharmacy"):
        asked = (
            SPRAVATO | APPROVED | PRICES | {"payer": payer, "lane": lane, "course": {"kind": "sessions", "count": 2}}
        )
        found = answer(CATALOGUE, msgspec.convert(asked, Question, strict=False), TODAY, id="receipt", created_at="now")
        assert isinstance(found, Answer)
        assert_reasoned(found)


def assert_reasoned(found: Answer) -> None:
    ids = [reason.id for reason in found.reasons]
    assert len(set(ids)) == len(ids)
    used: dict[str, None] = {}
    for line in lines(found):
        assert set(line.because) <= set(AMOUNTS)
        for amount in AMOUNTS:
            cents: Range = getattr(line, amount)
            assert cents.high_cents == 0 or line.because.get(amount), (amount, cents)
        used |= {id: None for reasons in line.because.values() for id in reasons}
    assert list(used) == ids


@pytest.mark.parametrize("name", QUESTIONS)
def test_whoever_says_so_stands_beside_it(name: str) -> None:
    for reason in told(name).reasons:
        assert reason.origin in get_args(Origin)
        dated = (reason.verified_on, reason.age_days)
        if reason.origin == "catalogue" or (reason.id.startswith("rate-") and reason.origin != "unknown"):
            assert reason.citations
            assert None not in dated
        else:
            assert dated == (None, None)
            assert not reason.stale
            assert bool(reason.citations) == (reason.origin == "law")


def test_every_sentence_is_said_of_some_estimate_in_both_languages() -> None:
    keys: dict[str, dict[str, str]] = {
        lang: msgspec.toml.decode((Path(words.__file__).parent / f"{lang}.toml").read_bytes())["trace"]
        for lang in ("en", "es")
    }
    assert keys["en"].keys() == keys["es"].keys()
    said = {reason.id.partition(".")[0] for name in QUESTIONS for reason in told(name).reasons}
    inside = {key for key in keys["en"] if key.startswith("the-")} | {
        *("rate-any-network", "rate-limit-open", "rate-rule-modifier", "rate-claims-few", "rate-claims-untold")
    }
    assert said | inside == keys["en"].keys()


def test_a_deductible_then_coinsurance_read_like_a_story() -> None:
    medicare = told("Medicare")
    assert sentences(medicare, 1, "patient_pays") == [
        "You pay the first $283 each year yourself (Medicare Part B deductible 2026).",
        "How much of the deductible is already met is not known.",
        "Then you pay 20% of what Medicare approves.",
    ]
    assert sentences(medicare, 2, "deductible") == [
        "Your deductible is already met, so you pay nothing toward it here."
    ]


def test_a_maximum_is_named_when_it_ends_the_share_and_until_the_year_starts_again() -> None:
    plan = told("all told")
    assert sentences(plan, 1, "patient_pays") == [
        "You pay the first $1,500 each plan year yourself (your plan's deductible).",
        "$500 of the deductible had already been met before this course.",
        "You pay 20% of what is left after any deductible and copay (coinsurance).",
    ]
    assert sentences(plan, 3, "patient_pays")[-2:] == [
        "You pay at most $2,000 in a plan year (your plan's out-of-pocket maximum).",
        "$600 of the maximum had already been reached before this course.",
    ]
    assert "patient_pays" in plan.sessions[3].lines[0].because
    assert sentences(plan, 4, "patient_pays") == [
        (
            "You have reached the most that you pay in a plan year: "
            "covered care costs you nothing more until the next one begins."
        )
    ]
    assert sentences(plan, 6, "deductible") == [
        "You pay the first $1,500 each plan year yourself (your plan's deductible)."
    ]


def test_nothing_to_pay_has_a_reason_too() -> None:
    assert told("QMB").sessions[0].patient_pays.high_cents == 0
    assert "qmb" in told("QMB").sessions[0].lines[0].because["patient_pays"]
    for name, reason in {
        "preventive": "preventive",
        "TRICARE, active duty": "no-cost-share-tricare",
        "TRICARE For Life": "no-cost-share-tricare-for-life",
        "VA, exempt": "no-cost-share-va-community-care",
        "Medicaid": "medicaid-copay",
    }.items():
        (line,) = told(name).sessions[0].lines
        assert line.patient_pays.high_cents == 0
        assert line.because["patient_pays"] == (reason,), name


def test_every_world_held_in_a_range_has_its_reasons_beside_it() -> None:
    because = told("nothing told").sessions[0].lines[0].because
    assert {"allowed-published-range", "allowed-outside-network", "cash-published-range"} <= set(because["allowed"])
    assert because["not_covered"][0] == "authorization-denied"
    assert because["balance_bill"][0] == "out-of-network"


def test_ages_are_counted_from_the_day_of_the_estimate() -> None:
    then, later = told("Medicare"), told("Medicare", today=date(2027, 12, 1))
    for reason in then.reasons:
        if reason.verified_on:
            assert reason.age_days == (TODAY - reason.verified_on).days
            assert not reason.stale
    assert later.reasons[0].age_days == 374
    assert any(reason.stale for reason in later.reasons)


def test_the_same_reasons_are_told_in_spanish() -> None:
    for name in QUESTIONS:
        english, spanish = told(name), told(name, "es")
        assert [line.because for line in lines(english)] == [line.because for line in lines(spanish)]
        assert all(one.sentence != other.sentence for one, other in zip(english.reasons, spanish.reasons, strict=True))
    assert sentences(told("Medicare", "es"), 1, "coinsurance") == [
        "Después usted paga el 20% de lo que Medicare aprueba."
    ]


def test_a_drug_benefit_with_limits_of_its_own_tells_what_is_left_of_them() -> None:
    apart, shared = told("drug benefit apart").sessions[0], told("pharmacy").sessions[0]
    # of a drug of $1,000: the deductible of $100, then half of $900
    assert apart.drug_deductible_remaining == exactly(0)
    assert apart.drug_out_of_pocket_remaining == exactly(35_000)
    assert shared.drug_deductible_remaining is shared.drug_out_of_pocket_remaining is None


def test_the_clinics_own_prices_are_told_as_its_own() -> None:
    clinic = told("clinic's own prices")
    assert {reason.sentence for reason in clinic.reasons if reason.origin == "clinic"} == {
        "The amount for a session, $1,200, is what this clinic agreed on with the plan.",
        "The clinic's own price for a session is $990.",
    }


def test_a_persons_reading_starts_with_the_first_session_and_tells_what_is_new() -> None:
    read = {turning.session: [reason.id for reason in turning.reasons] for turning in turnings(told("all told"))}
    assert read[1][0] == "allowed-request"
    assert read[2] == ["deductible-met"]
    assert read[3] == ["maximum", "maximum-used"]
    assert read[4] == ["maximum-reached"]
    assert read[6] == ["deductible"]
    assert 5 not in read


def test_what_a_plan_does_not_cover_stands_apart_from_its_cost_share() -> None:
    (line,) = told("service not covered").sessions[0].lines
    assert line.not_covered == line.patient_pays == line.allowed
    assert line.because["not_covered"] == ("not-covered-by-plan",)
