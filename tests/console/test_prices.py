"""The prices without script: rows of every kind are added, change from a day on and end; what is typed is kept."""

import asyncio
import html
import re
from collections.abc import AsyncGenerator, Mapping
from datetime import date

import msgspec
import pytest
from litestar import Litestar

from payers.catalogue.clinic import (
    ENTERED,
    ClinicFee,
    ClinicLayer,
    ClinicRow,
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
    layer_of,
)
from payers.catalogue.load import load_release
from payers.price_files.medicare.fee import Amount, Place
from payers.rates.rate import Source
from service import testing
from service.app import create_app
from service.settings import Settings
from service.store.catalogue import add_clinic_rows, read_clinic_layer
from service.store.database import Connection, connect, connect_as_owner
from service.store.keys import create_key
from service.store.medicare import stage_fees
from service.uuid7 import uuid7
from tests.conftest import NOW, alive
from tests.console.conftest import browsing
from tests.console.person import Person

HERE = "/console/prices"
TABLES = ", ".join(f"clinic_{table}" for table in ENTERED)
ES = {"accept-language": "es"}
FROM, UNTIL = date(2026, 1, 1), date(2027, 12, 31)
DAYS = {"valid_from": "2026-01-01", "valid_until": "2027-12-31"}
RULE = msgspec.structs.replace(load_release().rules[0], id="clinic-rule", status="covered")
OLD = SitePrice(id="iv", site="Denver", treatment="iv-ketamine", minutes=45, price_cents=45_000, valid_from=FROM)


@pytest.fixture(scope="module")
async def prices_url(template_url: str) -> AsyncGenerator[str]:
    """A database whose prices belong to these tests."""
    async with testing.cloned_database(template_url) as url:
        yield url


@pytest.fixture(scope="module")
async def secrets(prices_url: str) -> dict[str, str]:
    """Keys by what they may do."""
    scopes = {"editor": ("estimates:read", "estimates:write", "catalogue:write"), "reader": ("estimates:read",)}
    connection = await connect(prices_url)
    try:
        return {name: (await create_key(connection, name=name, scopes=may)).secret for name, may in scopes.items()}
    finally:
        await connection.close()


@pytest.fixture(scope="module")
async def clinic_app(prices_url: str, secrets: dict[str, str]) -> AsyncGenerator[Litestar]:
    """The service of a clinic."""
    app = create_app(Settings(database_url=prices_url), clock=lambda: NOW)
    async with alive(app):
        yield app


@pytest.fixture
async def database(prices_url: str) -> AsyncGenerator[Connection]:
    """The clinic's database, without any prices yet."""
    connection = await connect_as_owner(prices_url)
    await connection.execute(f"TRUNCATE {TABLES}, clinic_rule_questions")
    yield connection
    await connection.close()


@pytest.fixture
async def editor(clinic_app: Litestar, secrets: dict[str, str], database: Connection) -> AsyncGenerator[Person]:
    """Somebody who keeps the prices."""
    async with browsing(clinic_app) as person:
        await person.sign_in(secrets["editor"])
        yield person


async def add(editor: Person, table: str, typed: Mapping[str, str]) -> str:
    await editor.open(f"{HERE}/new/{table}")
    return await editor.send(f"{HERE}/new/{table}", typed)


async def change(editor: Person, row_id: str, typed: Mapping[str, str]) -> str:
    await editor.open(f"{HERE}/change/{row_id}")
    return await editor.send(f"{HERE}/change/{row_id}", typed)


async def end(editor: Person, row_id: str, last_day: str) -> str:
    await editor.open(f"{HERE}/end/{row_id}")
    return await editor.send(f"{HERE}/end/{row_id}", last_day=last_day)


async def rows(database: Connection) -> list[ClinicRow]:
    return [row for _, row in (await read_clinic_layer(database)).rows() if isinstance(row, ClinicRow)]


async def audited(database: Connection) -> list[tuple[str, str, dict[str, str]]]:
    found = await database.fetch(
        "SELECT action, subject_id, detail FROM audit WHERE subject_kind = 'price' ORDER BY id"
    )
    return [(each["action"], each["subject_id"], each["detail"]) for each in found]


NEW = [
    (
        "prices",
        {"treatment": "spravato", "dose_mg": "84", "minutes": "120", "price": "$1,200.50", "site": "Denver", **DAYS},
        SitePrice(
            id="spravato-84-mg-120-min-denver-2026-01-01",
            site="Denver",
            treatment="spravato",
            dose_mg=84,
            minutes=120,
            price_cents=120_050,
            valid_from=FROM,
            valid_until=UNTIL,
        ),
        "until December 31, 2027, at Denver: Spravato (esketamine), 84 mg, 120 minutes, $1,200.50.",
    ),
    (
        "services",
        {"service": "evaluation", "price": "300", "codes": "90792, 90791 90792"},
        ServicePrice(id="evaluation", service="evaluation", codes=("90792", "90791"), price_cents=30_000),
        "Always, at every site: First evaluation, $300.",
    ),
    (
        "packages",
        {
            "package": "Six infusions",
            "treatment": "iv-ketamine",
            "sessions": "6",
            "price": "2700",
            "evaluation": "yes",
            "integration": "2",
            "refundable": "no",
        },
        Package(
            id="package-iv-ketamine-six-infusions",
            name="Six infusions",
            treatment="iv-ketamine",
            sessions=6,
            included=CourseServices(evaluation=True, integration_sessions=2),
            price_cents=270_000,
            refundable=False,
        ),
        "Always, at every site: Six infusions, $2,700.",
    ),
    (
        "discounts",
        {"for_whom": "veteran", "off_percent": "12.5", "applies_to": "treatment"},
        Discount(id="discount-veteran", kind="veteran", off_bp=1_250, applies_to=("treatment",)),
        "Always, at every site: Veterans, 12.5% off.",
    ),
    (
        "sliding_scale",
        {"tier": "A", "poverty_percent": "200", "off_amount": "50", "valid_from": "2026-01-01"},
        SlidingBand(id="tier-a-2026-01-01", tier="A", poverty_percent_max=200, off_cents=5_000, valid_from=FROM),
        "From January 1, 2026, at every site: Tier A, $50 off.",
    ),
    (
        "fees",
        {"fee": "no-show", "amount": "150", "per": "session", "credited": "no", "notice_hours": "24"},
        ClinicFee(id="no-show", kind="no-show", amount_cents=15_000, per="session", credited=False, notice_hours=24),
        "Always, at every site: Missed appointment, $150.",
    ),
    (
        "payment_plans",
        {"plan_name": "Lender", "instalments": "24", "annual_rate": "14.9", "start_fee": "50", "note": "By phone."},
        PaymentPlan(
            id="plan-lender", name="Lender", instalments=24, annual_rate_bp=1_490, fee_cents=5_000, note="By phone."
        ),
        "Always, at every site: Lender, 24 months.",
    ),
    (
        "payment_policies",
        {"hsa_fsa": "yes"},
        PaymentPolicy(id="payment", takes_hsa_fsa=True),
        "Always, at every site: HSA and FSA cards: yes, superbills: not said.",
    ),
    (
        "localities",
        {"carrier": "04112", "locality": "01", "site": "Denver", "valid_from": "2026-01-01"},
        SiteLocality(id="locality-denver-2026-01-01", site="Denver", carrier="04112", locality="01", valid_from=FROM),
        "From January 1, 2026, at Denver: Medicare locality 04112-01.",
    ),
    (
        "rates",
        {
            "payer": "aetna inc",
            "line_of_business": "commercial",
            "treatment": "spravato",
            "dose_mg": "84",
            "allowed": "1310",
            "valid_from": "2026-01-01",
        },
        ContractedRate(
            id="aetna-commercial-spravato-84-mg-2026-01-01",
            payer="aetna",
            line_of_business="commercial",
            treatment="spravato",
            dose_mg=84,
            allowed_cents=131_000,
            valid_from=FROM,
        ),
        "From January 1, 2026, Aetna: Spravato (esketamine), 84 mg, Employer or individual, $1,310.",
    ),
]


@pytest.mark.parametrize(("table", "typed", "row", "told"), NEW, ids=[each[0] for each in NEW])
async def test_a_row_of_each_kind_is_added_named_told_and_recorded(
    editor: Person, database: Connection, table: str, typed: dict[str, str], row: ClinicRow, told: str
) -> None:
    before = await audited(database)
    page = await add(editor, table, typed)
    assert (editor.status, editor.at) == (200, HERE)
    assert told in page
    assert await rows(database) == [row]
    assert (await audited(database))[len(before) :] == [("price.add", row.id, {"table": table})]


BAD = [
    ("prices", {"treatment": "", "price": "a lot"}, {"treatment": "fill this in", "price": "write dollars"}),
    ("prices", {"treatment": "leeches", "price": "-5"}, {"treatment": "choose one", "price": "write dollars"}),
    ("prices", {"dose_mg": "60", "minutes": "long"}, {"dose_mg": "choose one", "minutes": "whole number"}),
    ("prices", {"price": "1e99", "site": "a\tb"}, {"price": "write dollars", "site": "one line"}),
    ("prices", {"valid_from": "soon", "valid_until": "2026-02-30"}, dict.fromkeys(DAYS, "write a date")),
    ("prices", {"valid_from": "2026-02-01", "valid_until": "2026-01-31"}, {"valid_until": "before the first"}),
    ("prices", {"treatment": "iv-ketamine", "dose_mg": "84"}, {"dose_mg": "no doses to choose from"}),
    ("services", {"service": "leeches", "price": ""}, {"service": "choose one", "price": "fill this in"}),
    (
        "services",
        {"codes": "90799 12"},
        {"codes": "12 is not a code on file. Correct it or leave it out. 90799 is not"},
    ),
    ("packages", {"package": "", "sessions": "six"}, {"package": "fill this in", "sessions": "whole number"}),
    ("packages", {"sessions": "0"}, {"sessions": "at least one"}),
    ("packages", {"integration": "121"}, {"integration": "at most 120"}),
    ("packages", {"package": "x" * 121, "preparation": "two"}, {"package": "one line", "preparation": "whole number"}),
    ("discounts", {"for_whom": "", "off_percent": "120"}, {"for_whom": "fill this in", "off_percent": "0 to 100"}),
    ("discounts", {"off_percent": ""}, {"off_percent": "either the percent or the dollars"}),
    ("discounts", {"off_amount": "5"}, {"off_percent": "either the percent or the dollars"}),
    ("discounts", {"applies_to": "leeches"}, {"applies_to": "choose one"}),
    (
        "sliding_scale",
        {"tier": "", "poverty_percent": "low"},
        {"tier": "fill this in", "poverty_percent": "whole number"},
    ),
    ("fees", {"fee": "", "per": "", "amount": "?"}, {"fee": "fill", "per": "fill", "amount": "write dollars"}),
    ("fees", {"notice_hours": "a day", "refundable": "yes"}, {"notice_hours": "whole number"}),
    ("payment_plans", {"plan_name": "", "instalments": "0"}, {"plan_name": "fill this in"}),
    ("payment_plans", {"instalments": "121"}, {"instalments": "at most 120"}),
    (
        "payment_plans",
        {"annual_rate": "x", "start_fee": "y"},
        {"annual_rate": "0 to 100", "start_fee": "write dollars"},
    ),
    ("payment_policies", {"hsa_fsa": "", "note": "x" * 121}, {"note": "one line"}),
    ("payment_policies", {"hsa_fsa": ""}, {"hsa_fsa": "at least one of the two"}),
    ("localities", {"carrier": "4112"}, {"carrier": "five digits for the contractor"}),
    ("rates", {"payer": "", "allowed": "", "treatment": ""}, dict.fromkeys(("payer", "allowed", "treatment"), "fill")),
    ("rates", {"line_of_business": "x", "plan": "\x00"}, {"line_of_business": "choose one", "plan": "one line"}),
    ("rates", {"line_of_business": "medicare-advantage"}, {"line_of_business": "Name it as the payer"}),
    ("rates", {"payer": "Zzzyx"}, {"payer": "No payer has this name"}),
]


@pytest.mark.parametrize(("table", "bad", "told"), BAD)
async def test_bad_input_is_kept_and_told_beside_its_field(
    editor: Person, database: Connection, table: str, bad: dict[str, str], told: dict[str, str]
) -> None:
    good = next(typed for each, typed, _, _ in NEW if each == table)
    typed = {**good, **bad}
    await add(editor, table, typed)
    assert editor.status == 422
    assert editor.wrong.keys() == told.keys()
    assert [name for name, words in told.items() if words not in editor.wrong[name]] == []
    kept = editor.filled(f"{HERE}/new/{table}")
    shown = {name: text for name, text in typed.items() if name != "applies_to" and text not in ("leeches", "60", "x")}
    assert {name: kept[name] for name in shown} == shown
    assert await rows(database) == []


async def test_boxes_stay_ticked(editor: Person) -> None:
    await add(editor, "discounts", {"for_whom": "", "off_percent": "5", "applies_to": "evaluation"})
    assert re.search(r'value="evaluation"[^>]* checked', editor.page)
    assert not re.search(r'value="treatment"[^>]* checked', editor.page)


async def test_a_payer_that_means_several_is_asked_back(editor: Person, database: Connection) -> None:
    typed = {"payer": "Blue Cross", "treatment": "spravato", "allowed": "1310"}
    await add(editor, "rates", typed)
    assert editor.wrong["payer"].startswith("Which three characters begin the member id?")
    assert 'name="candidate" value="fep"' in editor.page
    await editor.send(f"{HERE}/new/rates", candidate="fep")
    (rate,) = await rows(database)
    assert isinstance(rate, ContractedRate)
    assert (rate.payer, rate.allowed_cents) == ("fep", 131_000)


async def test_a_row_that_holds_already_is_named_and_led_to(editor: Person, database: Connection) -> None:
    await add_clinic_rows(database, ClinicLayer(prices=(OLD,)))
    # The site is the one on file, whatever its capitals.
    typed = {"treatment": "iv-ketamine", "minutes": "45", "price": "475", "site": "DENVER", "valid_from": "2026-12-01"}
    await add(editor, "prices", typed)
    assert editor.status == 422
    assert editor.wrong == {
        "valid_from": "On these days another row holds already: From January 1, 2026, at Denver: "
        "IV ketamine, 45 minutes, $450. Change that one instead, or choose other days."
    }
    assert f'href="{HERE}/change/iv"' in editor.page
    assert await rows(database) == [OLD]


async def test_a_tier_for_an_income_that_has_one_is_refused(editor: Person, database: Connection) -> None:
    band = SlidingBand(id="a", tier="A", poverty_percent_max=200, off_bp=4_000)
    await add_clinic_rows(database, ClinicLayer(sliding_scale=(band,)))
    await add(editor, "sliding_scale", {"tier": "B", "poverty_percent": "200", "off_percent": "20"})
    assert "Tier A, 40% off" in editor.wrong["valid_from"]


async def test_a_change_keeps_everything_else_and_says_what_it_was(editor: Person, database: Connection) -> None:
    old = msgspec.structs.replace(OLD, valid_until=UNTIL, note="Paid on the day.")
    await add_clinic_rows(database, ClinicLayer(prices=(old,)))
    before = await audited(database)
    told = await change(editor, "iv", {"price": "475", "first_day": "2026-12-01"})
    new_id = "iv-ketamine-45-min-denver-2026-12-01"
    assert (editor.status, editor.at) == (200, HERE)
    assert (
        "From December 1, 2026 until December 31, 2027, at Denver: IV ketamine, 45 minutes, $475 instead of $450."
    ) in told
    assert await rows(database) == [
        msgspec.structs.replace(old, valid_until=date(2026, 11, 30)),
        msgspec.structs.replace(old, id=new_id, price_cents=47_500, valid_from=date(2026, 12, 1)),
    ]
    recorded = (await audited(database))[len(before) :]
    assert recorded == [("price.change", "iv", {"table": "prices", "by": new_id, "begins": "2026-12-01"})]


CHANGES = [
    (("services",), {"price": "320"}, {"price_cents": 32_000}),
    (("packages",), {"price": "2800"}, {"price_cents": 280_000}),
    (("discounts",), {"off_percent": "", "off_amount": "20"}, {"off_bp": None, "off_cents": 2_000}),
    (("sliding_scale",), {"off_amount": "60"}, {"off_cents": 6_000}),
    (("fees",), {"amount": "75"}, {"amount_cents": 7_500}),
    (("payment_plans",), {"annual_rate": "", "minimum_instalment": "50"}, None),
    (("payment_policies",), {"hsa_fsa": "no", "superbill": "yes"}, {"takes_hsa_fsa": False, "gives_superbill": True}),
    (("rates",), {"allowed": "1400"}, {"allowed_cents": 140_000}),
]


@pytest.mark.parametrize(("tables", "typed", "terms"), CHANGES, ids=[each[0][0] for each in CHANGES])
async def test_each_kind_changes_in_its_terms(
    editor: Person, database: Connection, tables: tuple[str], typed: dict[str, str], terms: dict[str, object] | None
) -> None:
    (table,) = tables
    row = next(row for each, _, row, _ in NEW if each == table)
    await add_clinic_rows(database, layer_of(table, row))
    await change(editor, row.id, {**typed, "first_day": "2026-12-01"})
    assert (editor.status, editor.wrong) == (200, {})
    (new,) = [each for each in await rows(database) if each.valid_from == date(2026, 12, 1)]
    terms = terms or {"annual_rate_bp": 0, "minimum_instalment_cents": 5_000}
    assert new == msgspec.structs.replace(row, id=new.id, valid_from=date(2026, 12, 1), **terms)


WRONG_CHANGES = [
    ({"price": "", "first_day": ""}, {"price": "fill this in", "first_day": "fill this in"}),
    ({"price": "much", "first_day": "soon"}, {"price": "write dollars", "first_day": "write a date"}),
    ({"price": "475", "first_day": "2026-01-01"}, {"first_day": "from January 2, 2026 until December 31, 2027"}),
    ({"price": "475", "first_day": "2028-01-01"}, {"first_day": "from January 2, 2026 until December 31, 2027"}),
    ({"price": "450", "first_day": "2026-12-01"}, {"price": "what it says already"}),
]


@pytest.mark.parametrize(("typed", "told"), WRONG_CHANGES)
async def test_a_change_that_cannot_be_keeps_what_was_typed(
    editor: Person, database: Connection, typed: dict[str, str], told: dict[str, str]
) -> None:
    old = msgspec.structs.replace(OLD, valid_until=UNTIL)
    await add_clinic_rows(database, ClinicLayer(prices=(old,)))
    await change(editor, "iv", typed)
    assert editor.status == 422
    assert editor.wrong.keys() == told.keys()
    assert [name for name, words in told.items() if words not in editor.wrong[name]] == []
    kept = editor.filled(f"{HERE}/change/iv")
    assert {name: kept[name] for name in typed} == typed
    assert await rows(database) == [old]


async def test_of_two_who_change_at_once_one_is_told_in_plain_words(
    editor: Person, clinic_app: Litestar, secrets: dict[str, str], database: Connection
) -> None:
    await add_clinic_rows(database, ClinicLayer(prices=(OLD,)))
    async with browsing(clinic_app) as other:
        await other.sign_in(secrets["editor"])
        both = [change(each, "iv", {"price": "475", "first_day": "2026-12-01"}) for each in (editor, other)]
        await asyncio.gather(*both)
        told = [each for each in (editor, other) if each.status == 422]
        assert len(told) == 1
        assert set(told[0].wrong) <= {"first_day"}
        assert "Please check this" in told[0].text
    assert len(await rows(database)) == 2


async def test_a_row_ends_and_what_follows_is_told(editor: Person, database: Connection) -> None:
    next_year = msgspec.structs.replace(OLD, id="next", price_cents=47_500, valid_from=date(2027, 1, 1))
    held = msgspec.structs.replace(OLD, valid_until=date(2026, 12, 31))
    await add_clinic_rows(database, ClinicLayer(prices=(held, next_year)))
    before = await audited(database)
    told = await end(editor, "next", "2027-06-30")
    assert "From January 1, 2027 until June 30, 2027, at Denver: IV ketamine, 45 minutes, $475." in told
    assert "From the next day on nothing of its own is on file" in told
    told = await end(editor, "iv", "2026-12-31")
    assert "From January 1, 2027 until June 30, 2027, at Denver: IV ketamine, 45 minutes, $475." in told
    assert [each[:2] for each in (await audited(database))[len(before) :]] == [
        ("price.end", "next"),
        ("price.end", "iv"),
    ]


@pytest.mark.parametrize(
    ("last_day", "told"), [("", "fill this in"), ("never", "write a date"), ("2025-12-31", "from January 1, 2026")]
)
async def test_a_row_ends_on_one_of_its_days(editor: Person, database: Connection, last_day: str, told: str) -> None:
    await add_clinic_rows(database, ClinicLayer(prices=(OLD,)))
    await end(editor, "iv", last_day)
    assert editor.status == 422
    assert told in editor.wrong["last_day"]
    assert editor.filled(f"{HERE}/end/iv")["last_day"] == last_day
    assert await rows(database) == [OLD]


async def test_what_has_ended_is_read_and_not_changed(editor: Person, database: Connection) -> None:
    await add_clinic_rows(database, ClinicLayer(prices=(msgspec.structs.replace(OLD, valid_until=date(2026, 11, 22)),)))
    assert "It has ended." in await editor.open(f"{HERE}/change/iv")
    assert f'action="{HERE}' not in editor.page


async def test_the_day_decides_what_holds(editor: Person, database: Connection) -> None:
    held = msgspec.structs.replace(OLD, valid_until=date(2026, 12, 31))
    coming = msgspec.structs.replace(OLD, id="next", price_cents=47_500, valid_from=date(2027, 1, 1))
    await add_clinic_rows(database, ClinicLayer(prices=(held, coming)))
    assert "$450 Change Later from January 1, 2027 $475" in await editor.open(HERE)
    told = await editor.open(f"{HERE}?as_of=2027-05-01")
    assert "Not today: as of May 1, 2027" in told
    assert re.search(r"\$475 Change .*Ended \(1\)", told)
    before = await editor.open(f"{HERE}?as_of=2025-05-01")
    assert "Later from January 1, 2026 until December 31, 2026 $450" in before
    await editor.open(f"{HERE}?as_of=yesterday")
    assert (editor.status, editor.wrong.keys()) == (422, {"as_of"})


async def test_without_prices_it_says_what_that_means(editor: Person, database: Connection) -> None:
    told = await editor.open(HERE)
    assert "estimates use published price ranges, and a good-faith estimate can only be issued with a price" in told
    assert f'href="{HERE}/new/prices"' in editor.page


async def test_a_reader_sees_the_prices_and_no_way_to_change_them(
    clinic_app: Litestar, secrets: dict[str, str], database: Connection
) -> None:
    await add_clinic_rows(database, ClinicLayer(prices=(OLD,)))
    async with browsing(clinic_app) as reader:
        await reader.sign_in(secrets["reader"])
        assert "IV ketamine, 45 minutes" in await reader.open(HERE)
        assert f"{HERE}/" not in reader.page
        for address in (f"{HERE}/new", f"{HERE}/new/prices", f"{HERE}/change/iv", f"{HERE}/end/iv"):
            await reader.open(address)
            assert reader.status == 403
        await reader.open(HERE)
        await reader.send(f"{HERE}/end/iv", csrf=reader.filled("/console/sign-out")["csrf"], last_day="2026-12-31")
        assert reader.status == 403
    assert await rows(database) == [OLD]


async def test_what_is_not_there_is_not_found_and_any_id_is(editor: Person, database: Connection) -> None:
    odd = msgspec.structs.replace(OLD, id="iv/2026 ?#ñ", valid_from=None)
    await add_clinic_rows(database, ClinicLayer(prices=(odd,), rules=(RULE,)))
    for address in (f"{HERE}/new/rules", f"{HERE}/change/other", f"{HERE}/change/{RULE.id}"):
        await editor.open(address)
        assert editor.status == 404
    await editor.open(HERE)
    (address,) = re.findall(rf'href="({HERE}/change/[^"]+)"', editor.page)
    await editor.open(address)
    assert editor.status == 200
    await editor.send(address, price="475", first_day="2026-12-01")
    assert (editor.status, editor.at) == (200, HERE)


async def test_the_clinic_s_rules_are_read(editor: Person, database: Connection) -> None:
    await add_clinic_rows(database, ClinicLayer(rules=(RULE,)))
    told = await editor.open(HERE)
    assert "Coverage rules of the clinic" in told
    assert "Covered" in told


async def test_it_speaks_spanish(clinic_app: Litestar, secrets: dict[str, str], database: Connection) -> None:
    await add_clinic_rows(database, ClinicLayer(prices=(OLD,)))
    async with browsing(clinic_app, **ES) as person:
        await person.sign_in(secrets["editor"])
        told = await change(person, "iv", {"price": "475", "first_day": "2026-12-01"})
        assert "Desde el 1 de diciembre de 2026, en Denver: Ketamina intravenosa, 45 minutos, $475 en lugar de" in told


async def test_an_estimate_for_who_pays_uses_a_price_within_a_second(editor: Person, database: Connection) -> None:
    asked = {"payer": "self-pay", "treatment": "iv-ketamine", "start_on": "2026-12-01", "sessions": "6"}

    async def estimated() -> str:
        await editor.open("/console/estimate")
        return await editor.send("/console/estimate", asked)

    assert "$2,850" not in await estimated()
    await add(editor, "prices", {"treatment": "iv-ketamine", "price": "450", "valid_from": "2026-01-01"})
    await change(editor, "iv-ketamine-2026-01-01", {"price": "475", "first_day": "2026-12-01"})
    told = ""
    for _ in range(20):
        if "$475 a visit: $2,850 for 6 visits" in (told := await estimated()):
            return
        await asyncio.sleep(0.1)
    raise AssertionError(told)


async def test_fees_that_were_imported_are_told_by_locality_and_file(database_url: str) -> None:
    connection = await connect(database_url)
    secret = (await create_key(connection, name="reader", scopes=("estimates:read",))).secret
    place = Place("04112", "01")
    fees = [Amount(place, code, None, 140_000, 3_500) for code in ("G2082", "G2083")]
    source = Source(id=str(uuid7()), kind="medicare-pfs", name="PFALL26A.TXT", content_sha256="0" * 64, imported_at=NOW)
    await stage_fees(connection, source, fees, FROM, date(2026, 12, 31))
    await connection.close()
    async with (
        alive(app := create_app(Settings(database_url=database_url), clock=lambda: NOW)),
        browsing(app) as person,
    ):
        await person.sign_in(secret)
        page = await person.open(HERE)
        assert "Medicare's fees by locality" in html.unescape(page)
        assert "Locality 04112-01" in page
        assert "from January 1, 2026 until December 31, 2026 · PFALL26A.TXT" in page
        assert "2 codes" in page
        assert "No prices are on file yet" not in page
        assert "Localidad 04112-01" in await person.open(HERE, **ES)
