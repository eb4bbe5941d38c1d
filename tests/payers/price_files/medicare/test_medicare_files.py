"""Medicare's files are read by the names of their columns, and amounts are CMS's own to the cent."""

import io
import json
import tracemalloc
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payers.catalogue.load import load_release
from payers.price_files.medicare.drug_limits import read_drug_limits, read_drug_packages
from payers.price_files.medicare.fee import Amount, Factors, Place, amount_of
from payers.price_files.medicare.kind import kind_of
from payers.price_files.medicare.localities import read_localities
from payers.price_files.medicare.payment_amounts import begins_on, read_payment_amounts
from payers.price_files.medicare.relative_values import read_relative_values
from payers.price_files.opening import text_of
from payers.price_files.unreadable import Unreadable
from tests.payers.price_files.medicare import files
from tests.payers.price_files.medicare.files import COLORADO, NATION, SPRAVATO_2025, Values

Read = TypeVar("Read")
FACTS = Path(__file__).parents[5] / "shared/domain/pricing.json"
CO, US = Place("04112", "01"), Place("00000", "00")
CODES = frozenset({"G2082", "G2083", "99213"})
FEES = {
    (code.code, fee.locality, fee.valid_from.year): fee
    for code in load_release().codes
    for fee in code.fees
    if fee.valid_from and fee.valid_from != date(2024, 1, 1)
}


def opened(content: str | bytes, read: Callable[[TextIO], Read]) -> Read:
    with text_of(io.BytesIO(content.encode() if isinstance(content, str) else content)) as text:
        return read(text)


def priced(values: str, localities: str) -> dict[tuple[Place, str], Amount]:
    """Every amount of the codes at every place."""
    found = opened(values, lambda text: read_relative_values(text, CODES | {each["code"] for each in facts()}))
    places = opened(localities, read_localities).localities
    amounts = (amount_of(each, factors) for each in found.values for factors in places)
    return {(each.place, each.code): each for each in amounts if each and not each.modifier}


def facts() -> list[dict[str, Any]]:
    return json.loads(FACTS.read_text())["codes"] if FACTS.exists() else []


def test_amounts_of_a_locality_are_those_of_cms_to_the_cent() -> None:
    found = priced(files.relative_values(SPRAVATO_2025), files.localities(COLORADO, NATION))
    # What CMS's own payment amount file of Colorado has (PFCO25A).
    assert found[CO, "G2082"] == Amount(CO, "G2082", None, 86804, 3389)
    assert found[CO, "G2083"] == Amount(CO, "G2083", None, 123181, 3389)
    for code in ("G2082", "G2083"):
        fee = FEES[code, "national", 2025]
        assert (found[US, code].nonfacility_cents, found[US, code].facility_cents) == (
            fee.nonfacility_cents,
            fee.facility_cents,
        )
        assert found[CO, code].nonfacility_cents == FEES[code, "CO-01", 2025].nonfacility_cents


@pytest.mark.skipif(not FACTS.exists(), reason="the facts are not beside the repository")
@pytest.mark.parametrize(
    ("year", "factor"), [(2024, "33.2875"), (2025, "32.3465"), (2026, "33.4009"), (2026, "33.5675")]
)
def test_every_amount_on_file_follows_from_its_relative_values(year: int, factor: str) -> None:
    rows: list[Values] = []
    known = {each["code"]: each["fees"][str(year)] for each in facts() if str(year) in each.get("fees", {})}
    for code, fee in known.items():
        work, nonfacility, malpractice = (Decimal(str(fee[name])) for name in ("rvu_work", "rvu_nf_pe", "rvu_mp"))
        facility = Decimal(str(fee["fac_total_rvu"])) - work - malpractice
        rows.append(Values(code, *(f"{each:.2f}" for each in (work, nonfacility, facility, malpractice))))
    found = priced(files.relative_values(rows, factor, year=year), files.localities(COLORADO, NATION, year=year))
    checked = 0
    for code, fee in known.items():
        nonfacility = "nonfacility_usd" if factor != "33.5675" else "nonfacility_usd_qp_cf_33_5675"
        at_home = "colorado_locality_nonfacility_usd"
        for name, amount in ((nonfacility, found[US, code]), (at_home, found[CO, code])):
            if name in fee:
                assert amount.nonfacility_cents == int(Decimal(str(fee[name])) * 100), (code, name)
                checked += 1
        if "facility_usd" in fee and factor != "33.5675":
            assert found[US, code].facility_cents == int(Decimal(str(fee["facility_usd"])) * 100), code
    assert checked >= (1 if factor == "33.5675" else 30)


def test_a_relative_value_file_tells_its_quarter_and_its_factor_and_no_descriptor() -> None:
    content = files.relative_values(SPRAVATO_2025, "33.5675", year=2026, month="October")
    found = opened(content, lambda text: read_relative_values(text, CODES))
    assert (found.begins_on, found.released_on, found.rows) == (date(2026, 10, 1), date(2026, 6, 30), 3)
    assert found.conversion_factor == Decimal("33.5675")
    assert "descriptor" not in repr(found)
    assert (
        opened(content.replace("October", "Corrected"), lambda text: read_relative_values(text, CODES)).begins_on
        is None
    )


def test_codes_without_a_price_have_none() -> None:
    rows = [Values(code, "1", "2", "3", "4", status) for code, status in zip("BCNRIJX", "BCNRIJX", strict=True)]
    rows += [Values("A", "0", "0", "0", "0"), Values("T", "1", "0", "0", "0", "T", "26")]
    found = opened(files.relative_values(rows), lambda text: read_relative_values(text, "ABCNRIJXT"))
    one = Factors(US, "", Decimal(1), Decimal(1), Decimal(1))
    assert [(each.code, each.modifier) for row in found.values if (each := amount_of(row, one))] == [
        ("R", None),
        ("T", "26"),
    ]


@given(st.data())
def test_columns_may_stand_anywhere_under_names_of_several_lines(data: st.DataObject) -> None:
    rows = [line.split(",") for line in files.HEADER_2026.splitlines()]
    order = [0, 1, *data.draw(st.permutations(range(2, len(rows[-1]))))]
    order = order[: len(order)] if data.draw(st.booleans()) else order
    header = "".join(",".join(row[at] for at in order) + "\n" for row in rows)
    content = files.relative_values(SPRAVATO_2025, header=header)
    ends, encoding = (
        data.draw(st.sampled_from(["\n", "\r\n", "\r"])),
        data.draw(st.sampled_from(["utf-8-sig", "cp1252"])),
    )
    raw = content.replace("\n", ends).encode(encoding)
    assert opened(raw, kind_of) == "relative-values"
    found = opened(raw, lambda text: read_relative_values(text, CODES))
    assert [each[:8] for each in found.values] == [
        (
            row.code,
            None,
            "A",
            *map(Decimal, (row.work, row.nonfacility_pe, row.facility_pe, row.malpractice, "32.3465")),
        )
        for row in SPRAVATO_2025
    ]
    assert found.begins_on == date(2025, 7, 1)


@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_localities_have_the_zeros_that_spreadsheets_take_away(delimiter: str) -> None:
    content = files.localities(("4112", "CO", "1", "COLORADO*", "1", "1.053", ".827"), NATION, delimiter=delimiter)
    assert opened(content, kind_of) == "localities"
    found = opened(content, read_localities)
    assert found.year == 2025
    assert found.localities[0] == Factors(CO, "COLORADO", Decimal(1), Decimal("1.053"), Decimal("0.827"))
    assert str(found.localities[0].place) == "04112-01"


def test_of_two_factors_for_work_the_one_with_the_floor_is_taken() -> None:
    content = files.localities((*COLORADO, "0.9"))
    content = content.replace("2025 MP GPCI", "2025 MP GPCI,2025 PW GPCI (without 1.0 Floor)")
    assert opened(content, read_localities).localities[0].work == Decimal("1.008")


AMOUNTS = (
    ("04112", "01", "G2082", "", "868.04", "33.89", "A"),
    ("04112", "01", "G2083", "", "1231.81", "33.89", "A"),
    ("04112", "01", "99213", "26", "10", "0", "A"),
    ("04112", "01", "J0013", "", "5", "5", "N"),
    ("04112", "01", "G0000", "", "0", "0", "A"),
    ("01112", "05", "G2082", "", "999.99", "40", "A"),
)


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_payment_amounts_of_one_locality(ends: str) -> None:
    content = files.payment_amounts(AMOUNTS, ends=ends)
    assert opened(content, kind_of) == "payment-amounts"
    codes = {row[2] for row in AMOUNTS}
    found = opened(content, lambda text: read_payment_amounts(text, {CO}, codes))
    assert (found.year, found.rows) == (2025, 6)
    assert found.amounts == (
        Amount(CO, "G2082", None, 86804, 3389),
        Amount(CO, "G2083", None, 123181, 3389),
        Amount(CO, "99213", "26", 1000, None),
    )


@pytest.mark.parametrize(
    ("name", "first_day"),
    [
        ("PFALL26A.TXT", date(2026, 1, 1)), ("pfrev26d.txt", date(2026, 10, 1)), ("PFCO26B.TXT", date(2026, 4, 1)),
        ("PFALL25A.TXT", None), ("PFALL26R.TXT", None), ("amounts.txt", None),
    ],
)  # fmt: skip
def test_the_name_of_a_payment_file_tells_its_quarter(name: str, first_day: date | None) -> None:
    assert begins_on(name, 2026) == first_day


def test_memory_does_not_grow_with_the_payment_file(tmp_path: Path) -> None:
    path = tmp_path / "PFALL25A.TXT"
    content = files.payment_amounts(AMOUNTS)
    first = content.partition("\n")[0].replace("04112", "99999") + "\n"
    path.write_text(first * 30_000 + content)
    tracemalloc.start()
    with path.open("rb") as file, text_of(file) as text:
        found = read_payment_amounts(text, {CO}, {"G2082"})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (len(found.amounts), found.rows) == (1, 30_006)
    assert peak < 2**20


def test_limits_for_drugs_with_the_patient_s_percentage() -> None:
    raw = files.DRUG_LIMITS.encode("cp1252")
    assert opened(raw, kind_of) == "drug-limits"
    found = opened(raw, lambda text: read_drug_limits(text, {"J0013", "J3490", "J0171", "J2060"}))
    assert (found.begins_on, found.ends_on) == (date(2026, 7, 1), date(2026, 9, 30))
    assert [tuple(each) for each in found.limits] == [
        ("J0013", "1 MG", Decimal("5.417"), Decimal("18.5")),
        ("J2060", "2 MG", Decimal("1000.25"), Decimal(20)),
    ]
    assert (found.without_limit, found.rows) == (("J3490", "J0171"), 4)
    assert "Somebody" not in repr(found)


def test_limits_for_drugs_before_there_was_a_percentage() -> None:
    content = files.DRUG_LIMITS.replace("Co-insurance Percentage,", "").replace("5.417 ,18.5", "5.417")
    (limit,) = opened(content, lambda text: read_drug_limits(text, {"J0013"})).limits
    assert (limit.limit, limit.coinsurance_percent) == (Decimal("5.417"), None)


def test_packages_of_drugs_by_their_ndc() -> None:
    assert opened(files.DRUG_PACKAGES, kind_of) == "drug-packages"
    found = opened(files.DRUG_PACKAGES, lambda text: read_drug_packages(text, {"J0013", "J2060"}))
    assert [(each.ndc, each.billing_units) for each in found] == [
        ("50458002802", Decimal(56)),
        ("50458002803", Decimal(84)),
        ("00000000001", None),
    ]
    assert "Somebody" not in repr(found)


def values(text: TextIO) -> Any:
    return read_relative_values(text, CODES)


def amounts(text: TextIO) -> Any:
    return read_payment_amounts(text, {CO}, CODES)


def limits(text: TextIO) -> Any:
    return read_drug_limits(text, {"J0013"})


def packages(text: TextIO) -> Any:
    return read_drug_packages(text, {"J0013"})


VALUES, PLACES = files.relative_values(SPRAVATO_2025), files.localities(COLORADO)
PAID = files.payment_amounts(AMOUNTS)


@pytest.mark.parametrize(
    ("read", "content", "told"),
    [
        (kind_of, "<html>", "It is a web page"),
        (kind_of, "a,b\n1,2\n", "It is none of Medicare's price files"),
        (kind_of, "", "It is none of Medicare's price files"),
        (values, PLACES, "its columns are not named"),
        (values, VALUES.replace("WORK", "WERK"), "0 columns of the name 'WORK RVU'"),
        (values, VALUES.replace("FACILITY,PCTC", "MP,PCTC").replace("L,TOTAL", "L,RVU"), "2 columns of the name 'MP"),
        (values, VALUES.replace("24.76", "24,,76"), "several conversion factors: 0.00, 32.3465"),
        (values, VALUES.replace("24.76", "x"), "Line 10 has 'x' instead of a number"),
        (values, VALUES.replace("32.3465", "", 1), "Line 10 lacks a relative value or the factor"),
        (values, VALUES.replace("32.3465", "33.4009", 1), "several conversion factors: 32.3465, 33.4009"),
        (values, VALUES[:-40], "Line 12 lacks a relative value or the factor"),
        (values, VALUES[:-10], "The file breaks off in line 12"),
        (values, VALUES + '"', "Line 13 cannot be read"),
        (read_localities, PLACES.replace("1.053", ""), "Line 4 lacks a factor"),
        (amounts, PAID.partition('"TRL')[0], "does not end with TRL"),
        (amounts, PAID.replace('"0000868.04"', '"868"'), "Line 1 has '868' instead of an amount"),
        (amounts, PAID.replace('"2025","01112"', '"2024","01112"'), "not of one year"),
        (amounts, PAID + "x", "Line 9 is no record of sixteen fields"),
        (limits, files.DRUG_LIMITS.replace("5.417", "five"), "Line 6 has 'five' instead of a number"),
        (limits, files.DRUG_PACKAGES, "its columns are not named"),
        (packages, files.DRUG_PACKAGES.replace("50458-0028-02", "50458-28-02"), "'50458-28-02' instead of an NDC"),
    ],
)  # fmt: skip
def test_what_is_not_as_it_should_be_is_refused(read: Callable[[TextIO], Any], content: str, told: str) -> None:
    with pytest.raises(Unreadable) as refused:
        opened(content, read)
    assert told in str(refused.value)
