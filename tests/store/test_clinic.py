"""The clinic's own rows lie above the release, survive a new one, and can be replayed as they once were."""

import asyncio
from datetime import date
from typing import Any

import asyncpg
import msgspec
import pytest

from payers.catalogue.clinic import (
    ENTERED,
    ClinicFee,
    ClinicLayer,
    ContractedRate,
    CourseServices,
    Discount,
    Package,
    PaymentPlan,
    PaymentPolicy,
    ServicePrice,
    SiteLocality,
    SitePrice,
    SlidingBand,
)
from payers.catalogue.load import load_release
from service.store.catalogue import (
    add_clinic_rows,
    broken,
    change_clinic_row,
    current_catalogue,
    end_clinic_row,
    read_clinic_layer,
    read_version,
)
from service.store.database import Connection, connect
from service.store.release import write_release
from service.uuid7 import uuid7

RELEASE = load_release()
RULE = msgspec.structs.replace(RELEASE.rules[0], id="clinic-rule", status="covered", valid_from=date(2026, 1, 1))
LAYER = ClinicLayer(
    prices=(SitePrice(id="price", treatment="iv-ketamine", price_cents=45_000, valid_from=date(2026, 1, 1)),),
    services=(ServicePrice(id="service", service="evaluation", codes=("90792",), price_cents=30_000),),
    packages=(
        Package(
            id="package",
            name="Six",
            treatment="iv-ketamine",
            sessions=6,
            included=CourseServices(evaluation=True, integration_sessions=2),
            price_cents=270_000,
        ),
    ),
    discounts=(Discount(id="discount", kind="veteran", off_bp=1_000, applies_to=("treatment", "evaluation")),),
    sliding_scale=(SlidingBand(id="band", tier="A", poverty_percent_max=200, off_cents=5_000),),
    fees=(ClinicFee(id="fee", site="denver", kind="no-show", amount_cents=15_000, notice_hours=24),),
    payment_plans=(PaymentPlan(id="plan", name="In house", instalments=12, annual_rate_bp=990),),
    payment_policies=(PaymentPolicy(id="policy", takes_hsa_fsa=True),),
    localities=(SiteLocality(id="locality", carrier="04112", locality="01"),),
    rates=(ContractedRate(id="rate", payer="aetna", treatment="spravato", dose_mg=84, allowed_cents=140_000),),
    rules=(RULE,),
)


def layer(**tables: Any) -> ClinicLayer:
    return ClinicLayer(**tables)


async def test_rows_are_read_as_they_were_written(conn: Connection) -> None:
    await add_clinic_rows(conn, LAYER)
    assert await read_clinic_layer(conn) == LAYER


async def test_the_layer_survives_a_new_release_and_the_old_catalogue_can_be_replayed(owner: Connection) -> None:
    before = await current_catalogue(owner)
    await add_clinic_rows(owner, LAYER)
    priced = await current_catalogue(owner, before)
    assert priced.release is before.release, "it is not read again for each price"
    await write_release(owner, msgspec.structs.replace(RELEASE, conflicts=()))
    after = await current_catalogue(owner, priced)
    assert after.release == msgspec.structs.replace(RELEASE, conflicts=())

    assert len({before.version, priced.version, after.version}) == 3
    assert after.clinic == priced.clinic == LAYER
    for catalogue in (before, priced, after):
        replayed = await read_version(owner, catalogue.version)
        assert replayed.version == catalogue.version
        assert (replayed.release, replayed.clinic) == (catalogue.release, catalogue.clinic)


async def test_a_catalogue_that_never_was_cannot_be_replayed(conn: Connection) -> None:
    with pytest.raises(LookupError):
        await read_version(conn, "0" * 64)


@pytest.mark.parametrize("table", ENTERED)
async def test_two_rows_for_one_question_on_one_day_are_refused(conn: Connection, table: str) -> None:
    await add_clinic_rows(conn, LAYER)
    (row,) = getattr(LAYER, table)
    second = layer(**{table: (msgspec.structs.replace(row, id="two"),)})
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
        await add_clinic_rows(conn, second)
    named = "clinic_rule_questions" if table == "rules" else f"clinic_{table}"
    assert refused.value.constraint_name == f"{named}_no_overlap"
    assert await read_clinic_layer(conn) == LAYER


@pytest.mark.parametrize("table", [table for table in ENTERED if table not in ("rates", "rules")])
async def test_another_site_has_rows_of_its_own(conn: Connection, table: str) -> None:
    await add_clinic_rows(conn, LAYER)
    (row,) = getattr(LAYER, table)
    elsewhere = msgspec.structs.replace(row, id="two", site="boulder")
    if isinstance(elsewhere, SlidingBand):
        same_income = msgspec.structs.replace(elsewhere, id="three", tier="B")
        with pytest.raises(asyncpg.ExclusionViolationError, match="clinic_sliding_scale_income_no_overlap"):
            await add_clinic_rows(conn, ClinicLayer(sliding_scale=(elsewhere, same_income)))
    await add_clinic_rows(conn, layer(**{table: (elsewhere,)}))
    assert elsewhere in getattr(await read_clinic_layer(conn), table)


@pytest.mark.parametrize(
    ("row", "constraint"),
    [
        ({"prices": (SitePrice(id="x", treatment="spravato", price_cents=-1),)}, "cents_not_negative"),
        ({"discounts": (Discount(id="x", kind="x"),)}, "reduction_one_of_two"),
        ({"discounts": (Discount(id="x", kind="x", off_bp=1, off_cents=1),)}, "reduction_one_of_two"),
        ({"localities": (SiteLocality(id="x", carrier="4112", locality="01"),)}, "clinic_localities_place_is_digits"),
        ({"payment_plans": (PaymentPlan(id="x", name="x", instalments=0),)}, "clinic_payment_plans_count_positive"),
        (
            {"packages": (Package(id="x", name="x", treatment="spravato", sessions=0, price_cents=1),)},
            "clinic_packages_count_positive",
        ),
    ],
)
async def test_a_row_that_says_nothing_or_too_much_is_refused(
    conn: Connection, row: dict[str, Any], constraint: str
) -> None:
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
        await add_clinic_rows(conn, layer(**row))
    assert refused.value.constraint_name == constraint


async def test_a_row_that_ended_holds_until_that_day_and_makes_room_for_the_next(conn: Connection) -> None:
    await add_clinic_rows(conn, LAYER)
    before = await current_catalogue(conn)
    last = date(2026, 6, 30)
    for _, row in LAYER.rows():
        assert await end_clinic_row(conn, row.id, last)
    ended = layer(
        **{table: (msgspec.structs.replace(row, valid_until=last),) for table, row in LAYER.rows()}  # one of each
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
    ends = ClinicLayer(prices=(msgspec.structs.replace(LAYER.prices[0], valid_until=date(2026, 12, 31)),))
    await add_clinic_rows(conn, ends)
    assert not await end_clinic_row(conn, row, last_day)
    assert await read_clinic_layer(conn) == ends


async def test_what_is_done_to_a_row_is_on_record_with_who_did_it(conn: Connection) -> None:
    key = uuid7()
    before = await conn.fetchval("SELECT max(id) FROM audit") or 0
    await add_clinic_rows(conn, ClinicLayer(fees=LAYER.fees, rules=LAYER.rules), key_id=key)
    await end_clinic_row(conn, "fee", date(2026, 6, 30), key_id=key)
    await end_clinic_row(conn, "clinic-rule", date(2026, 6, 30))
    await end_clinic_row(conn, "nothing", date(2026, 6, 30), key_id=key)
    recorded = await conn.fetch(
        "SELECT key_id, action, subject_kind, subject_id, detail FROM audit WHERE id > $1 ORDER BY id", before
    )
    assert [tuple(each) for each in recorded] == [
        (key, "price.add", "price", "fee", {"table": "fees"}),
        (key, "rule.add", "rule", "clinic-rule", {"table": "rules"}),
        (key, "price.end", "price", "fee", {"table": "fees", "until": "2026-06-30"}),
        (None, "rule.end", "rule", "clinic-rule", {"table": "rules", "until": "2026-06-30"}),
    ]


DECEMBER = date(2026, 12, 1)
LATER = msgspec.structs.replace(LAYER.prices[0], id="later", price_cents=47_500, valid_from=DECEMBER)


async def test_a_change_ends_the_row_the_day_before_and_begins_the_next(conn: Connection) -> None:
    await add_clinic_rows(conn, LAYER)
    (old,) = LAYER.prices
    assert await change_clinic_row(conn, "prices", old, LATER, key_id=uuid7())
    ended = msgspec.structs.replace(old, valid_until=date(2026, 11, 30))
    assert (await read_clinic_layer(conn)).prices == (LATER, ended)
    recorded = await conn.fetchrow("SELECT action, subject_id, detail FROM audit ORDER BY id DESC LIMIT 1")
    assert tuple(recorded or ()) == (
        "price.change",
        "price",
        {"table": "prices", "by": "later", "begins": "2026-12-01"},
    )


async def test_a_change_that_is_refused_leaves_the_row_as_it_was(conn: Connection) -> None:
    other = msgspec.structs.replace(LATER, id="other", valid_from=date(2027, 1, 1))
    old = msgspec.structs.replace(LAYER.prices[0], valid_until=date(2026, 12, 31))
    layer_on_file = ClinicLayer(prices=(other, old))
    await add_clinic_rows(conn, layer_on_file)
    with pytest.raises(asyncpg.ExclusionViolationError):
        await change_clinic_row(conn, "prices", old, LATER)
    assert await read_clinic_layer(conn) == layer_on_file


@pytest.mark.parametrize("first_day", [None, date(2026, 1, 1), date(2025, 12, 31), date(2027, 1, 1)])
async def test_a_change_begins_within_the_days_of_the_row(conn: Connection, first_day: date | None) -> None:
    old = msgspec.structs.replace(LAYER.prices[0], valid_until=date(2026, 12, 31))
    await add_clinic_rows(conn, ClinicLayer(prices=(old,)))
    with pytest.raises(ValueError, match=str(first_day)):
        await change_clinic_row(conn, "prices", old, msgspec.structs.replace(LATER, valid_from=first_day))


async def test_of_two_who_change_a_row_at_once_one_is_told(database_url: str) -> None:
    first, second = await connect(database_url), await connect(database_url)
    try:
        await add_clinic_rows(first, LAYER)
        (old,) = (await read_clinic_layer(second)).prices
        async with first.transaction():
            assert await change_clinic_row(first, "prices", old, LATER)
            same_day = msgspec.structs.replace(LATER, id="another", price_cents=50_000)
            waiting = asyncio.create_task(change_clinic_row(second, "prices", old, same_day))
            await asyncio.sleep(0.1)
            assert not waiting.done()
        assert not await waiting
        assert [price.id for price in (await read_clinic_layer(first)).prices] == ["later", "price"]
    finally:
        await first.close()
        await second.close()


async def test_what_a_row_can_break_is_known_by_the_name_of_its_constraint(conn: Connection) -> None:
    found = await conn.fetch(
        """
        SELECT DISTINCT constraints.conname AS name
        FROM pg_constraint AS constraints LEFT JOIN pg_class AS tables ON tables.oid = constraints.conrelid
        WHERE tables.relname LIKE 'clinic\\_%' AND constraints.contype <> 'n'
        """
    )
    # The decoder of the rows refuses first what these would.
    assert {record["name"] for record in found if broken(record["name"]) is None} == {
        "clinic_fees_kind_known",
        "clinic_fees_per_known",
        "clinic_rule_questions_rule_fkey",
        "rules_payer_named",
    }
