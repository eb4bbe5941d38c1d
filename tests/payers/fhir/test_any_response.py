"""Whatever a payer says, the response is valid FHIR, and no figure stands in it that the payer did not say."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st

from payers.eligibility.codes import KINDS, PERIODS, kind_of, measure_of
from payers.eligibility.rejections import rejection
from payers.eligibility.response import Benefit, DatedFact, Member, Quantity, Related, Response, Status, Transaction
from payers.fhir.elements import encode
from payers.fhir.read_response import read_response
from payers.fhir.write_response import write_response
from tests.payers.fhir.building import CHECK, CREATED, ECHO, valid

FEW = st.sampled_from([0, 2_500, 50_000])
"""Few amounts, so that limits and remainders meet."""
CENTS = FEW | st.integers(0, 10**11)
TEXTS = st.text(max_size=12)
DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))
PERIOD_CODES = st.none() | st.sampled_from([*PERIODS, "ZZ"])


@st.composite
def rows(draw: st.DrawFn) -> Benefit:
    eb01, period = draw(st.sampled_from([*KINDS, "CB", "C", "C", "G", "F", "?"])), draw(PERIOD_CODES)
    return Benefit(
        n=draw(st.integers(1, 3)),
        segment=1,
        eb01=eb01,
        kind=kind_of(eb01),
        level=draw(st.sampled_from([None, "IND", "FAM", "ESP"])),
        service_types=draw(st.sampled_from([(), ("30",), ("MH", "98"), ("", "A B")])),
        plan=draw(st.none() | TEXTS),
        period_code=period,
        measure=measure_of(period, tells=True),
        amount_cents=draw(st.none() | CENTS),
        percent_bp=draw(st.none() | st.integers(0, 30_000)),
        quantity=draw(
            st.none() | st.builds(Quantity, qualifier=st.sampled_from([None, "VS", "DY"]), value=st.just("12") | TEXTS)
        ),
        authorization_required=draw(st.sampled_from([None, "Y", "N", "U"])),
        network=draw(st.sampled_from([None, "in", "out", "either", "unknown"])),
        procedure=draw(st.none() | st.sampled_from([("HC", "J3490"), ("HC", "99417", "25"), ("ZZ",), ("", "")])),
        places_of_service=draw(st.sampled_from([(), ("11",), ("02", "11")])),
        messages=draw(st.sampled_from([(), ("TIER 1",)]) | st.tuples(TEXTS)),
        dates=draw(st.sampled_from([()]) | st.tuples(DATES)),
        entities=draw(st.sampled_from([()]) | st.tuples(ENTITIES)),
        no_limit=draw(st.sampled_from([False, False, True])),
        malformed=draw(st.sampled_from([None, None, None, "", "EB07 is not an amount"])),
    )


DATES = st.builds(
    DatedFact,
    qualifier=st.sampled_from(["292", "348", ""]),
    date=st.none() | DAYS,
    start=st.none() | DAYS,
    end=st.none() | DAYS,
)
ENTITIES = st.builds(Related, entity=st.sampled_from(["PR", ""]), name=st.none() | TEXTS, id=st.none() | TEXTS)
REJECTIONS = st.lists(
    st.builds(
        rejection,
        loop=st.sampled_from(["2100C", "2110C"]),
        reason=st.sampled_from([None, "72", "??"]),
        follow_up=st.sampled_from([None, "C"]),
        valid_request=st.just("Y"),
        segment=st.just(1),
    ),
    max_size=2,
)


@st.composite
def answers(draw: st.DrawFn) -> Transaction:
    status: Status = draw(st.sampled_from(get_args(Status)))
    member = Member(
        level="subscriber",
        is_patient=True,
        segment=1,
        status=status,
        plan_name=draw(st.none() | TEXTS),
        coverage_start=draw(st.none() | DAYS),
        coverage_end=draw(st.none() | DAYS),
        rejections=tuple(draw(REJECTIONS)),
        benefits=tuple(draw(st.lists(rows(), max_size=6))),
    )
    members = draw(st.sampled_from([(), (member,), (member,), (member,)]))
    return Transaction(st02=None, st03=None, gs08=None, status=status, members=members)


def cents(money: dict[str, Any]) -> int:
    return int(Decimal(money["value"]) * 100)


def said(transaction: Transaction) -> dict[str, set[int]]:
    """Every amount by what the payer means by it; what is used may be the limit less what is left."""
    amounts: dict[str, set[int]] = {"limit": set(), "remaining": set(), "accumulated": set(), "exceeded": set()}
    for member in transaction.members:
        for row in member.benefits:
            if row.amount_cents is not None and row.malformed is None and not row.no_limit:
                is_share = row.kind in ("copay", "coinsurance")
                amounts["limit" if is_share else row.measure or "limit"].add(row.amount_cents)
    amounts["used"] = amounts["accumulated"] | {
        limit - left for limit in amounts["limit"] for left in amounts["remaining"] if left <= limit
    }
    return amounts


def figures(response: dict[str, Any]) -> Iterator[tuple[str, int]]:
    for insurance in response["insurance"]:
        for item in insurance.get("item", []):
            for benefit in item["benefit"]:
                for name, measure in (("allowedMoney", "limit"), ("usedMoney", "used")):
                    if name in benefit:
                        yield measure, cents(benefit[name])
                for extension in benefit.get("extension", []):
                    if "valueMoney" in extension:
                        yield extension["url"].rpartition(":")[2], cents(extension["valueMoney"])


@given(answers())
def test_a_response_is_valid_and_holds_no_amount_that_was_not_said(transaction: Transaction) -> None:
    response = valid(write_response(ECHO, CHECK, CREATED, transaction))
    amounts = said(transaction)
    for measure, number in figures(response):
        assert number in amounts[measure], measure


@given(answers())
def test_an_item_is_of_a_category_or_of_a_product(transaction: Transaction) -> None:
    """R4, ces-1."""
    for insurance in valid(write_response(ECHO, CHECK, CREATED, transaction))["insurance"]:
        for item in insurance.get("item", []):
            assert ("category" in item) != ("productOrService" in item)


@given(answers())
def test_what_is_read_again_was_said(transaction: Transaction) -> None:
    again = read_response(encode(write_response(ECHO, CHECK, CREATED, transaction)))
    assert isinstance(again, Response)
    amounts = said(transaction)
    amounts["remaining"] |= {limit - used for limit in amounts["limit"] for used in amounts["used"]}
    for member in again.transactions[0].patients:
        for row in member.benefits:
            if row.amount_cents is not None and not row.no_limit:
                assert row.amount_cents in amounts[row.measure or "limit"] | amounts["limit"]
