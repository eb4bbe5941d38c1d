"""The clinic's own rows lie above the release, survive a new one, and can be replayed as they once were."""

from datetime import date
from typing import Any

import asyncpg
import msgspec
import pytest

from payers.catalogue.clinic import (
    ClinicFee,
    ClinicLayer,
    ContractedRate,
    CourseServices,
    Discount,
    Package,
    PaymentPlan,
    PaymentPolicy,
    ServicePrice,
    SitePrice,
    SlidingBand,
)
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
    rates=(ContractedRate(id="rate", payer="aetna", treatment="spravato", dose_mg=84, allowed_cents=140_000),),
    rules=(RULE,),
)


def layer(**tables: Any) -> ClinicLayer:
    return ClinicLayer(**tables)


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


@pytest.mark.parametrize("table", ClinicLayer.__struct_fields__)
async def test_two_rows_for_one_question_on_one_day_are_refused(conn: Connection, table: str) -> None:
    await add_clinic_rows(conn, LAYER)
    (row,) = getattr(LAYER, table)
    second = layer(**{table: (msgspec.structs.replace(row, id="two"),)})
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
        await add_clinic_rows(conn, second)
    named = "clinic_rule_questions" if table == "rules" else f"clinic_{table}"
    assert refused.value.constraint_name == f"{named}_no_overlap"
    assert await read_clinic_layer(conn) == LAYER


@pytest.mark.parametrize("table", [table for table in ClinicLayer.__struct_fields__ if table not in ("rates", "rules")])
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
