"""A source is put in force whole, once; its successor leaves it on file for the estimates that were made with it."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from msgspec.structs import replace

from payers.rates.on_file import Pin
from payers.rates.rate import Rate, Source
from service.store.catalogue import current_catalogue, read_version
from service.store.database import Connection, connect
from service.store.keys import create_key
from service.store.rates import NoSuchRate, Placed, list_sources, pin, rates_of, stage, unpin
from service.uuid7 import uuid7


def source(name: str = "2026-11-01_ppo.json.gz", content: str = "a", **fields: Any) -> Source:
    found = Source(
        id=str(uuid7()),
        kind="payer-file",
        payer="aetna",
        name=name,
        last_updated_on=date(2026, 11, 1),
        entity="A payer",
        content_sha256=content * 64,
        imported_at=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
    )
    return replace(found, **fields)


RATES = (
    Rate(
        source_id="",
        code_type="HCPCS",
        code="G2082",
        modifiers=("95",),
        kind="negotiated",
        amount_cents=95_259,
        expires_on=date(2027, 12, 31),
        places_of_service=("11", "22"),
        billing_class="professional",
        setting="outpatient",
        networks=("Choice", "Open"),
        group="40",
        tin="845556677",
    ),
    Rate(source_id="", code_type="HCPCS", code="J0013", kind="fee schedule", amount_cents=133_744, units=100),
    Rate(source_id="", code_type="CPT", code="99214", kind="percentage", percent_bp=4_050, matched_by="npi"),
    Rate(
        source_id="",
        code_type="CPT",
        code="99215",
        kind="median",
        amount_cents=8_010,
        percentile_10_cents=6_000,
        percentile_90_cents=9_999,
        remittances="1 through 10",
        matched_by="npi",
    ),
)


async def test_rates_are_read_as_they_were_written(conn: Connection) -> None:
    file = source()
    staged = await stage(conn, file, RATES)
    assert (staged.rates, staged.replaced, staged.unchanged) == (4, None, False)
    assert await list_sources(conn) == [file]
    assert await rates_of(conn, [file.id]) == [replace(rate, source_id=file.id) for rate in RATES]
    recorded = await conn.fetchval("SELECT detail FROM audit WHERE subject_id = $1", file.id)
    assert recorded == {"kind": "payer-file", "payer": "aetna", "replaces": None}


async def test_a_newer_file_of_the_same_replaces_it_and_the_old_rates_stay(conn: Connection) -> None:
    older = await stage(conn, source("2026-10-01_ppo.json.gz", "a"), RATES)
    newer = await stage(conn, source("2026-11-01_ppo.json.gz", "b"), RATES[:1])
    assert newer.replaced == older.source
    assert await list_sources(conn, payer="aetna") == [newer.source]
    assert len(await rates_of(conn, [older.source.id])) == 4


async def test_other_files_and_other_payers_replace_nothing(conn: Connection) -> None:
    for each in (source(), source("hmo.json"), source(payer="cigna"), source(kind="hospital-file")):
        assert (await stage(conn, each, RATES)).replaced is None
    assert len(await list_sources(conn)) == 4
    assert [each.payer for each in await list_sources(conn, payer="cigna")] == ["cigna"]


async def test_the_same_again_is_not_written_twice_but_other_rates_of_the_same_file_are(conn: Connection) -> None:
    first = await stage(conn, source(), RATES)
    again = await stage(conn, source(), RATES)
    assert (again.source, again.unchanged) == (first.source, True)
    another_clinic = await stage(conn, source(), RATES[1:])
    assert (another_clinic.replaced, another_clinic.unchanged) == (first.source, False)


async def test_what_is_wrong_with_one_rate_leaves_the_predecessor_in_force(database_url: str) -> None:
    connection = await connect(database_url)
    first = await stage(connection, source(), RATES)
    wrong = replace(RATES[0], amount_cents=None)
    with pytest.raises(asyncpg.CheckViolationError) as refusal:
        await stage(connection, source(content="b"), [RATES[1], wrong])
    assert refusal.value.constraint_name == "rates_amount_or_percentage"
    assert await list_sources(connection) == [first.source]
    await connection.close()


async def test_two_imports_of_one_file_at_once_leave_one_in_force(database_url: str) -> None:
    several = [await connect(database_url) for _ in range(4)]
    staged = await asyncio.gather(*(stage(each, source(), RATES) for each in several))
    assert sorted(each.unchanged for each in staged) == [False, True, True, True]
    assert len(await list_sources(several[0])) == 1
    for each in several:
        await each.close()


async def test_the_service_is_told_and_nothing_on_file_can_be_changed(conn: Connection) -> None:
    before = await conn.fetchval("SELECT value FROM stamps WHERE channel = 'outlay_catalogue'")
    await stage(conn, source(), RATES)
    assert await conn.fetchval("SELECT value FROM stamps WHERE channel = 'outlay_catalogue'") > before
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await conn.execute("UPDATE rates SET amount_cents = 1")


async def test_an_old_estimate_finds_the_rates_of_then(conn: Connection) -> None:
    before = await current_catalogue(conn)
    older = await stage(conn, source("2026-10-01_ppo.json.gz", "a"), RATES)
    priced = await current_catalogue(conn, before)
    await stage(conn, source("2026-11-01_ppo.json.gz", "b"), RATES[:1])
    after = await current_catalogue(conn, priced)

    assert len({before.version, priced.version, after.version}) == 3
    assert [each.source for each in priced.rates.candidates("aetna", "J0013")] == [older.source]
    assert not after.rates.candidates("aetna", "J0013")
    for catalogue in (before, priced, after):
        replayed = await read_version(conn, catalogue.version)
        assert replayed.version == catalogue.version
        assert replayed.rates.by_source == catalogue.rates.by_source


async def test_what_was_read_of_a_source_is_not_read_again(conn: Connection) -> None:
    await stage(conn, source(), RATES)
    first = await current_catalogue(conn)
    again = await current_catalogue(conn, first)
    ((id, rates),) = again.rates.by_source.items()
    assert rates is first.rates.by_source[id]


async def test_somebodys_choice_holds_from_its_day_until_it_is_taken_back_and_is_on_record(conn: Connection) -> None:
    file = (await stage(conn, source(), RATES)).source
    key = await create_key(conn, name="desk", scopes=("catalogue:write",))
    chosen = await pin(conn, Placed(UUID(file.id), 0), date(2026, 12, 1), note="by phone", key_id=key.key.id)
    assert isinstance(chosen, Pin)
    taken_back = await unpin(conn, "aetna", "G2082", date(2026, 12, 20))
    rates = (await current_catalogue(conn)).rates
    days = [date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 19), date(2026, 12, 20)]
    assert [bool(rates.pinned("aetna", "G2082", day)) for day in days] == [False, True, True, False]
    recorded = await conn.fetch(
        "SELECT action, subject_id, key_id FROM audit WHERE action LIKE 'rates.%pin' ORDER BY id"
    )
    assert [tuple(each.values()) for each in recorded] == [
        ("rates.pin", chosen.id, key.key.id),
        ("rates.unpin", taken_back.id, None),
    ]


async def test_a_choice_outlives_its_file(conn: Connection) -> None:
    file = (await stage(conn, source("2026-10-01_ppo.json.gz"), RATES)).source
    await pin(conn, Placed(UUID(file.id), 0), date(2026, 12, 1))
    await stage(conn, source("2026-11-01_ppo.json.gz", "b"), RATES[1:])
    catalogue = await current_catalogue(conn)
    found = catalogue.rates.pinned("aetna", "G2082", date(2026, 12, 1))
    assert found
    assert found[1].source == file
    assert (await read_version(conn, catalogue.version)).version == catalogue.version


@pytest.mark.parametrize("ordinal", [4, -1])
async def test_what_is_not_on_file_cannot_be_chosen(conn: Connection, ordinal: int) -> None:
    file = (await stage(conn, source(), RATES)).source
    assert await pin(conn, Placed(UUID(file.id), ordinal), date(2026, 12, 1)) == NoSuchRate()
