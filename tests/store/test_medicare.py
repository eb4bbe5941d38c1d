"""Medicare's fees in the database: by file, quarter and locality, of two files the last one; replayed as they were."""

from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest

from payers.catalogue.clinic import ClinicLayer, MedicareFee, SiteLocality
from payers.price_files.medicare.fee import Amount, Place
from payers.rates.rate import Source
from service.store.catalogue import add_clinic_rows, current_catalogue, read_clinic_layer, read_version
from service.store.database import Connection
from service.store.medicare import stage_fees
from service.uuid7 import uuid7

CO, CA = Place("04112", "01"), Place("01112", "05")
JANUARY, JULY, LAST = date(2026, 1, 1), date(2026, 7, 1), date(2026, 12, 31)


def source(name: str = "PFALL26A.TXT", minutes: int = 0) -> Source:
    return Source(
        id=str(uuid7()),
        kind="medicare-pfs",
        name=name,
        last_updated_on=JANUARY,
        content_sha256="0" * 64,
        imported_at=datetime(2026, 1, 9, 12, tzinfo=UTC) + timedelta(minutes=minutes),
    )


def amount(place: Place, code: str, cents: int, modifier: str | None = None) -> Amount:
    return Amount(place, code, modifier, cents, None)


async def fees(conn: Connection) -> list[tuple[str, str, int | None, date, date]]:
    found = (await read_clinic_layer(conn)).medicare_fees
    return [(fee.carrier, fee.code, fee.nonfacility_cents, fee.valid_from, fee.valid_until) for fee in found]


async def test_fees_are_read_as_they_were_imported(conn: Connection) -> None:
    given = Amount(CO, "G2083", "26", 140_000, 3_500)
    await stage_fees(conn, source(), [given], JANUARY, LAST)
    assert (await read_clinic_layer(conn)).medicare_fees == (
        MedicareFee(
            carrier="04112",
            locality="01",
            code="G2083",
            modifier="26",
            nonfacility_cents=140_000,
            facility_cents=3_500,
            valid_from=JANUARY,
            valid_until=LAST,
            source="PFALL26A.TXT",
            imported_on=date(2026, 1, 9),
        ),
    )


async def test_a_quarter_ends_where_the_next_one_begins_whichever_was_imported_first(conn: Connection) -> None:
    later = [amount(CO, "G2083", 2)]
    await stage_fees(conn, source("PFREV26C.TXT"), later, JULY, LAST)
    await stage_fees(conn, source(minutes=5), [amount(CO, "G2083", 1), amount(CA, "G2083", 3)], JANUARY, LAST)
    assert await fees(conn) == [
        ("01112", "G2083", 3, JANUARY, LAST),
        ("04112", "G2083", 1, JANUARY, date(2026, 6, 30)),
        ("04112", "G2083", 2, JULY, LAST),
    ]


async def test_of_two_files_for_a_quarter_the_last_one_counts_whole_for_its_localities(conn: Connection) -> None:
    first = [amount(CO, "G2082", 1), amount(CO, "G2083", 1), amount(CA, "G2083", 1)]
    await stage_fees(conn, source(), first, JANUARY, LAST)
    await stage_fees(conn, source(minutes=1), [amount(CO, "G2083", 2)], JANUARY, LAST)
    assert await fees(conn) == [("01112", "G2083", 1, JANUARY, LAST), ("04112", "G2083", 2, JANUARY, LAST)]


async def test_what_was_estimated_before_is_replayed_with_the_fees_of_then(conn: Connection) -> None:
    await add_clinic_rows(conn, ClinicLayer(localities=(SiteLocality(id="x", carrier="04112", locality="01"),)))
    await stage_fees(conn, source(), [amount(CO, "G2083", 1)], JANUARY, LAST)
    before = await current_catalogue(conn)
    await stage_fees(conn, source(minutes=1), [amount(CO, "G2083", 2)], JANUARY, LAST)
    after = await current_catalogue(conn)
    assert before.version != after.version
    replayed = await read_version(conn, before.version)
    assert (replayed.version, replayed.clinic) == (before.version, before.clinic)
    [fee] = replayed.fees("G2083", JULY, "04112-01")
    assert (fee.nonfacility_cents, fee.sources) == (1, ("PFALL26A.TXT",))


async def test_an_import_wakes_the_service_and_is_on_record(conn: Connection) -> None:
    stamp = "SELECT value FROM stamps WHERE channel = 'outlay_catalogue'"
    before = await conn.fetchval(stamp)
    imported = source()
    await stage_fees(conn, imported, [amount(CO, "G2083", 1)], JANUARY, LAST)
    assert await conn.fetchval(stamp) != before
    recorded = await conn.fetchval("SELECT detail FROM audit WHERE subject_id = $1", imported.id)
    assert recorded == {"kind": "medicare-pfs", "payer": None, "replaces": None}


async def test_a_fee_that_says_nothing_leaves_nothing_behind(conn: Connection) -> None:
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await stage_fees(conn, source(), [amount(CO, "G2083", 1), Amount(CO, "G2082", None, None, None)], JANUARY, LAST)
    assert refused.value.constraint_name == "medicare_fees_says_something"
    assert await fees(conn) == []
    assert await conn.fetchval("SELECT count(*) FROM rate_sources") == 0
