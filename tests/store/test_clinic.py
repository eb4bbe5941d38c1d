"""The clinic's own rows lie above the release, survive a new one, and can be replayed as they once were."""

from datetime import date

import asyncpg
import msgspec
import pytest

from payers.catalogue.clinic import ClinicLayer, ContractedRate, SitePrice
from payers.catalogue.load import load_release
from service.store.catalogue import (
    add_clinic_rows,
    current_catalogue,
    end_clinic_row,
    read_clinic_layer,
    read_version,
)
from service.store.database import Connection
from service.store.release import write_release

RELEASE = load_release()
RULE = msgspec.structs.replace(RELEASE.rules[0], id="clinic-rule", status="covered", valid_from=date(2026, 1, 1))
LAYER = ClinicLayer(
    prices=(SitePrice(id="price", treatment="iv-ketamine", price_cents=45_000, valid_from=date(2026, 1, 1)),),
    rates=(ContractedRate(id="rate", payer="aetna", treatment="spravato", dose_mg=84, allowed_cents=140_000),),
    rules=(RULE,),
)


async def test_rows_are_read_as_they_were_written(conn: Connection) -> None:
    await add_clinic_rows(conn, LAYER)
    assert await read_clinic_layer(conn) == LAYER


async def test_the_layer_survives_a_new_release_and_the_old_catalogue_can_be_replayed(conn: Connection) -> None:
    before = await current_catalogue(conn)
    await add_clinic_rows(conn, LAYER)
    priced = await current_catalogue(conn)
    await write_release(conn, msgspec.structs.replace(RELEASE, conflicts=()))
    after = await current_catalogue(conn)

    assert len({before.version, priced.version, after.version}) == 3
    assert after.clinic == priced.clinic == LAYER
    for catalogue in (before, priced, after):
        replayed = await read_version(conn, catalogue.version)
        assert replayed.version == catalogue.version
        assert (replayed.release, replayed.clinic) == (catalogue.release, catalogue.clinic)


async def test_a_catalogue_that_never_was_cannot_be_replayed(conn: Connection) -> None:
    with pytest.raises(LookupError):
        await read_version(conn, "0" * 64)


@pytest.mark.parametrize(
    ("second", "constraint"),
    [
        (ClinicLayer(prices=(msgspec.structs.replace(LAYER.prices[0], id="two"),)), "clinic_prices_no_overlap"),
        (ClinicLayer(rates=(msgspec.structs.replace(LAYER.rates[0], id="two"),)), "clinic_rates_no_overlap"),
        (ClinicLayer(rules=(msgspec.structs.replace(RULE, id="two"),)), "clinic_rule_questions_no_overlap"),
        (
            ClinicLayer(prices=(msgspec.structs.replace(LAYER.prices[0], dose_mg=1, price_cents=-1),)),
            "cents_not_negative",
        ),
    ],
)
async def test_two_rows_for_one_question_on_one_day_are_refused(
    conn: Connection, second: ClinicLayer, constraint: str
) -> None:
    await add_clinic_rows(conn, LAYER)
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
        await add_clinic_rows(conn, second)
    assert refused.value.constraint_name == constraint
    assert await read_clinic_layer(conn) == LAYER


async def test_a_row_that_ended_holds_until_that_day_and_makes_room_for_the_next(conn: Connection) -> None:
    await add_clinic_rows(conn, LAYER)
    before = await current_catalogue(conn)
    last = date(2026, 6, 30)
    for row in ("price", "rate", "clinic-rule"):
        assert await end_clinic_row(conn, row, last)
    ended = ClinicLayer(
        prices=(msgspec.structs.replace(LAYER.prices[0], valid_until=last),),
        rates=(msgspec.structs.replace(LAYER.rates[0], valid_until=last),),
        rules=(msgspec.structs.replace(RULE, valid_until=last),),
    )
    assert await read_clinic_layer(conn) == ended
    assert (await read_version(conn, before.version)).clinic == LAYER

    # The rule's questions ended with it, on the same day: the next day is free, and that day is not.
    successor = msgspec.structs.replace(RULE, id="successor", valid_from=last)
    with pytest.raises(asyncpg.ExclusionViolationError):
        await add_clinic_rows(conn, ClinicLayer(rules=(successor,)))
    await add_clinic_rows(conn, ClinicLayer(rules=(msgspec.structs.replace(successor, valid_from=date(2026, 7, 1)),)))


@pytest.mark.parametrize(
    ("row", "last_day"),
    [("nothing", date(2026, 6, 30)), ("price", date(2025, 12, 31)), ("price", date(2027, 1, 1))],
)
async def test_a_row_ends_on_one_of_its_days_or_stays(conn: Connection, row: str, last_day: date) -> None:
    layer = ClinicLayer(prices=(msgspec.structs.replace(LAYER.prices[0], valid_until=date(2026, 12, 31)),))
    await add_clinic_rows(conn, layer)
    assert not await end_clinic_row(conn, row, last_day)
    assert await read_clinic_layer(conn) == layer
