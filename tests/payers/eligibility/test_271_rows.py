"""What a benefit row says: amounts, shares, periods, scopes, and what is told of an odd one."""

from datetime import date

import pytest

from payers.eligibility.response import Benefit, DatedFact, Quantity, Related
from tests.payers.eligibility.messages_271 import ACTIVE, member, odd_rows, row, rows


@pytest.mark.parametrize(
    ("sent", "cents"),
    [
        ("20", 20_00),
        ("20.5", 20_50),
        ("20.50", 20_50),
        (".5", 50),
        ("7.", 7_00),
        ("0", 0),
        ("0.00", 0),
        ("00500.00", 500_00),
        ("+12.34", 12_34),
        ("1.500", 1_50),
        ("123456789012.34", None),
        ("1.005", None),
        ("-1", None),
        ("NaN", None),
        ("Infinity", None),
        ("1_000", None),
        ("1,000", None),
        ("1e3", None),
        ("$20", None),
        ("٢٠", None),
        (".", None),
        ("1.2.3", None),
        ("9" * 5000, None),
    ],
)
def test_an_amount_is_whole_cents_or_absent(sent: str, cents: int | None) -> None:
    copay = row(f"EB*B*IND*98***27*{sent}")
    assert copay.amount_cents == cents
    assert (copay.malformed is None) == (cents is not None)


@pytest.mark.parametrize("sent", ["99999.99", "99999", "99999.00", "999999.99", "9999999"])
def test_a_filler_for_no_limit_is_marked(sent: str) -> None:
    maximum = row(f"EB*G*IND*30***23*{sent}")
    assert maximum.no_limit
    assert odd_rows(f"EB*G*IND*30***23*{sent}") == [(1, 'Its amount looks like a filler that means "no limit".')]


@pytest.mark.parametrize("sent", ["9999.99", "99998.99", "99999.95", "199999"])
def test_a_high_amount_is_no_filler(sent: str) -> None:
    assert not row(f"EB*G*IND*30***23*{sent}").no_limit


@pytest.mark.parametrize(
    ("sent", "bp", "odd"),
    [
        (".2", 2000, None),
        ("0.2", 2000, None),
        ("0", 0, None),
        (".00", 0, None),
        ("1", 10000, None),
        ("20", 2000, "Its percent (EB08) was sent as a whole number and read as percent."),
        ("100", 10000, "Its percent (EB08) was sent as a whole number and read as percent."),
        (".33333", 3333, "Its percent (EB08) is no whole number of basis points; it was rounded."),
        ("101", None, "Its EB08 is not between 0 and 100 percent."),
        ("-.2", None, "Its EB08 is not between 0 and 100 percent."),
        ("NaN", None, "Its EB08 is not a percent."),
        ("20%", None, "Its EB08 is not a percent."),
    ],
)
def test_a_share_is_a_fraction_or_a_whole_number(sent: str, bp: int | None, odd: str | None) -> None:
    coinsurance = row(f"EB*A*IND*98*****{sent}")
    assert coinsurance.percent_bp == bp
    assert (coinsurance.malformed is None) == (bp is not None)
    assert odd_rows(f"EB*A*IND*98*****{sent}") == ([(1, odd)] if odd else [])


def test_a_share_on_a_copay_row_is_kept_and_marked() -> None:
    copay = row("EB*B*IND*98****20*.1")
    assert (copay.amount_cents, copay.percent_bp) == (20_00, 1000)
    assert copay.percent_note == "a percent on a copay row"
    assert odd_rows("EB*B*IND*98****20*.1") == [
        (1, "A copay row has a percent (EB08), which X12 does not provide for.")
    ]


@pytest.mark.parametrize("kind", ["A", "B", "C", "G"])
def test_what_is_not_said_is_absent_and_never_zero(kind: str) -> None:
    bare = row(f"EB*{kind}*IND*98")
    assert (bare.amount_cents, bare.percent_bp, bare.quantity, bare.measure) == (None, None, None, None)
    assert (bare.period, bare.network, bare.authorization_required, bare.malformed) == (None, None, None, None)
    assert member(f"EB*{kind}*IND*30").plan_cost_share == {}


def test_shifted_elements_are_told_and_not_read() -> None:
    shifted = row("EB*F*IND*AE*MB***29*1840")
    assert (shifted.amount_cents, shifted.percent_bp, shifted.measure) == (None, None, "limit")
    assert shifted.malformed == "elements shifted by one: qualifier 29 is in EB07 and the amount 1840 in EB08"
    assert odd_rows("EB*F*IND*AE*MB***29*1840") == [
        (1, "Its elements are shifted by one; the amount was not read."),
    ]


def test_an_amount_that_looks_like_a_period_is_an_amount() -> None:
    assert row("EB*B*IND*98****25").amount_cents == 25_00
    assert row("EB*A*IND*98****25*.2").amount_cents == 25_00
    assert row("EB*C*IND*98***27*29*1840").amount_cents == 29_00


@pytest.mark.parametrize(
    ("code", "period", "measure"),
    [
        ("6", "hour", "limit"),
        ("7", "day", "limit"),
        ("13", "24_hours", "limit"),
        ("21", "years", "limit"),
        ("22", "service_year", "limit"),
        ("23", "calendar_year", "limit"),
        ("24", "year_to_date", "accumulated"),
        ("25", "contract", "limit"),
        ("26", "episode", "limit"),
        ("27", "visit", "limit"),
        ("28", "outlier", "limit"),
        ("29", "remaining", "remaining"),
        ("30", "exceeded", "exceeded"),
        ("31", "not_exceeded", "limit"),
        ("32", "lifetime", "limit"),
        ("33", "lifetime_remaining", "remaining"),
        ("34", "month", "limit"),
        ("35", "week", "limit"),
        ("36", "admission", "limit"),
        ("", None, "limit"),
        ("99", None, "limit"),
    ],
)
def test_the_period_tells_what_an_amount_means(code: str, period: str | None, measure: str) -> None:
    deductible = row(f"EB*C*IND*30***{code}*500")
    assert (deductible.period_code, deductible.period, deductible.measure) == (code or None, period, measure)
    unknown = [(1, "Its period (EB06) is not known.")] if code == "99" else []
    assert odd_rows(f"EB*C*IND*30***{code}*500") == unknown


@pytest.mark.parametrize(
    ("code", "network"), [("Y", "in"), ("N", "out"), ("W", "either"), ("U", "unknown"), ("", None), ("Q", None)]
)
def test_the_network_of_a_row(code: str, network: str | None) -> None:
    assert row(f"EB*C*IND*30***23*500*****{code}").network == network
    unknown = [(1, "Its network (EB12) is not known.")] if code == "Q" else []
    assert odd_rows(f"EB*C*IND*30***23*500*****{code}") == unknown


@pytest.mark.parametrize("answered", ["Y", "N", "U"])
def test_the_authorization_of_a_row(answered: str) -> None:
    assert row(f"EB*CB**7********{answered}").authorization_required == answered
    assert row("EB*CB**7").authorization_required is None


def test_every_element_of_a_row() -> None:
    told = row("EB*F*FAM*MH^A4*C1*GOLD*29*75*.1*VS*12*N*Y*HC:G2082:GT:95*1:2")
    assert told == Benefit(
        n=1,
        segment=12,
        eb01="F",
        kind="limitation",
        level="FAM",
        service_types=("MH", "A4"),
        insurance_type="C1",
        plan="GOLD",
        period_code="29",
        period="remaining",
        measure="remaining",
        amount_cents=75_00,
        percent_bp=1000,
        quantity=Quantity(qualifier="VS", value="12"),
        authorization_required="N",
        network="in",
        procedure=("HC", "G2082", "GT", "95"),
        diagnosis_pointers=("1", "2"),
    )


def test_everything_that_belongs_to_a_row() -> None:
    told = row(
        "EB*F*IND*MH",
        "HSD*VS*30***23",
        "REF*N6*7731*Tier 1",
        "DTP*292*RD8*20260101-99991231",
        "MSG*First.",
        "MSG* second ",
        "III*ZZ*11",
        "III*ZZ*02",
        "III*BK*F332",
        "LS*2120",
        "NM1*1P*1*JONES*MARCUS****XX*1999999984",
        "N3*1 MAIN ST",
        "N4*DENVER*CO*80202",
        "PER*IC**TE*3035550100",
        "PRV*PE*PXC*2084P0800X",
        "LE*2120",
    )
    assert told.deliveries == (("VS", "30", "", "", "23"),)
    assert told.refs == (("N6", "7731", "Tier 1"),)
    assert told.dates == (DatedFact(qualifier="292", start=date(2026, 1, 1), end=date(9999, 12, 31)),)
    assert told.messages == ("First.", "second")
    assert told.places_of_service == ("11", "02")
    assert told.diagnoses == ("F332",)
    assert told.entities == (Related(entity="1P", name="JONES", first="MARCUS", id_qualifier="XX", id="1999999984"),)


def test_rows_are_counted_and_keep_what_is_theirs() -> None:
    found = rows(ACTIVE, "MSG*of the first", "EB*B*IND*98***27*20", "EB*C*IND*30***23*500", "MSG*of the third")
    assert [(each.n, each.segment, each.messages) for each in found] == [
        (1, 12, ("of the first",)),
        (2, 14, ()),
        (3, 15, ("of the third",)),
    ]


def test_a_message_ends_where_its_element_ends() -> None:
    assert row(ACTIVE, "MSG*text**7", "III*ZZ*11*44*free").messages == ("text",)
    assert row(ACTIVE, "III*ZZ*11*44*free").places_of_service == ("11",)


def test_service_types_may_be_divided_by_another_character() -> None:
    assert row("EB*1**30>98>MH").service_types == ("30", "98", "MH")
    assert row("EB*1**30^^98^").service_types == ("30", "98")
    assert row("EB*1** 30 ^ 98 ").service_types == ("30", "98")
    assert odd_rows("EB*1**30>98>MH") == [
        (1, "Its service types (EB03) are divided by another character than the message names.")
    ]
    assert odd_rows("EB*1** 30 ^ 98 ") == []


def test_an_unknown_code_is_kept_as_it_is() -> None:
    assert (row("EB*ZZ*XYZ*ZZ9*QQ").eb01, row("EB*ZZ*XYZ*ZZ9*QQ").kind) == ("ZZ", "unknown")
    assert row("EB*ZZ*XYZ*ZZ9*QQ").level == "XYZ"
    assert odd_rows("EB*ZZ*XYZ*ZZ9*QQ") == [(1, "Its benefit code (EB01) is not known.")]


@pytest.mark.parametrize("sent", ["EB", "EB*", "EB**IND*30"])
def test_a_row_without_a_code_is_a_row(sent: str) -> None:
    assert [(each.eb01, each.kind) for each in rows(ACTIVE, sent)] == [("1", "active"), ("", "unknown")]
    assert odd_rows(ACTIVE, sent) == [(2, "The row has no benefit code (EB01).")]


@pytest.mark.parametrize(
    "sent",
    ["DTP*292*D8*20269999", "DTP*292*D8*soon", "DTP*292*RD8*-", "DTP*292", "NM1", "REF", "III*ZZ", "III*GR*1", "MSG",
     "MSG*", "XYZ*1", "DTP*292*D8*" + "2" * 500],
)  # fmt: skip
def test_what_cannot_be_read_of_a_row_is_told(sent: str) -> None:
    assert len(rows(ACTIVE, sent, "EB*B*IND*98***27*20")) == 2
    assert odd_rows(ACTIVE, sent, "EB*B*IND*98***27*20") == [(2, "This segment could not be read.")]


def test_the_plan_at_a_glance() -> None:
    told = member(
        "EB*C*IND*30***23*500*****Y",
        "EB*C*IND*30***23*500*****Y",
        "EB*C*IND*30***29*250.5*****Y",
        "EB*G*FAM****23*6000",
        "EB*A*IND*30^98*****.125****N",
        "EB*B*IND*30***27*20*****Y",
        "EB*B*IND*30***27*40*****Y",
        "EB*B*IND*98***27*15*****Y",
        "EB*B*IND*30***27*99*****Y*HC:G2082",
        "EB*B*IND*30***27*60*****Y",
        "III*ZZ*11",
    )
    assert told.plan_cost_share == {
        "deductible / IND / in / limit": "500.00",
        "deductible / IND / in / remaining": "250.50",
        "out_of_pocket_max / FAM / unstated / limit": "6000.00",
        "coinsurance / IND / out / limit": "12.5%",
        "copay / IND / in / limit": ("20.00", "40.00"),
    }
