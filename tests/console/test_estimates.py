"""The estimates on file without script: found again, set side by side, and computed again."""

import asyncio
import re
from collections.abc import AsyncGenerator

import pytest

from payers.catalogue.clinic import ClinicLayer, SitePrice
from service.app import create_app
from service.settings import Settings
from service.store.catalogue import add_clinic_rows
from service.store.database import Connection, connect
from service.store.keys import create_key
from tests.conftest import NOW, alive
from tests.console.conftest import browsing
from tests.console.person import Person
from tests.console.test_estimate import ALL_KNOWN, asked

HERE = "/console/estimates"


@pytest.fixture
async def clinic(database_url: str) -> AsyncGenerator[Connection]:
    """The database of a clinic that has estimated nothing yet."""
    connection = await connect(database_url)
    yield connection
    await connection.close()


@pytest.fixture
async def ana(clinic: Connection, database_url: str) -> AsyncGenerator[Person]:
    """Somebody at that clinic, who has its list of estimates for herself."""
    secret = (await create_key(clinic, name="Ana", scopes=("estimates:read", "estimates:write"))).secret
    await create_key(clinic, name="Bo", scopes=("estimates:read",))
    app = create_app(Settings(database_url=database_url), clock=lambda: NOW)
    async with alive(app), browsing(app) as person:
        await person.sign_in(secret)
        yield person


def rows(person: Person) -> list[str]:
    """The payers in the list."""
    return re.findall(r'<a href="/console/estimate/[0-9a-f-]{36}">([^<]*)</a>', person.page)


def ticks(person: Person) -> dict[str, bool]:
    """The ids that can be ticked, and whether they are."""
    return {each: bool(on) for each, on in re.findall(r'name="id" value="([0-9a-f-]{36})"( checked)?>', person.page)}


async def estimated(person: Person, payer: str, treatment: str = "spravato", **more: str) -> str:
    """The id of a new estimate."""
    await asked(person, payer=payer, treatment=treatment, **more)
    return person.at.rpartition("/")[2]


async def test_a_list_from_its_first_estimate_to_a_search_that_finds_nothing(ana: Person) -> None:
    assert "No estimate has been made yet" in await ana.open(HERE)
    assert 'class="button primary" href="/console/estimate"' in ana.page
    assert 'role="search"' not in ana.page

    aetna = await estimated(ana, "Meritain")
    medicare = await estimated(ana, "Medicare", "iv-ketamine")
    told = await ana.open(HERE)
    assert rows(ana) == ["Original Medicare (Part B)", "Aetna"]
    assert list(ticks(ana)) == [medicare, aetna]
    assert "asked as “Meritain”" in told
    assert "Nov 23, 2026 3:00 PM by Ana" in told
    assert "open" in told
    assert "Prior authorization" in told

    bo = re.findall(r'<option value="([0-9a-f-]{36})">Bo<', ana.page)[0]
    for query, found in {
        "payer=aetna": ["Aetna"],
        "payer=aetn": ["Aetna"],
        "payer=coventri": ["Aetna"],
        "treatment=iv-ketamine": ["Original Medicare (Part B)"],
        "payer=aetna&treatment=iv-ketamine": [],
        "from=2026-11-23&to=2026-11-23": ["Original Medicare (Part B)", "Aetna"],
        "from=2026-11-24": [],
        "to=2026-11-22": [],
        "by=mine": ["Original Medicare (Part B)", "Aetna"],
        f"by={bo}": [],
        f"id={aetna}": ["Aetna"],
        f"id={medicare[:30]}": ["Original Medicare (Part B)"],
        f"id={aetna.upper()}": ["Aetna"],
    }.items():
        await ana.open(f"{HERE}?{query}")
        assert (query, ana.status, rows(ana)) == (query, 200, found)

    told = await ana.open(f"{HERE}?payer=aetna&treatment=iv-ketamine&from=2026-11-24")
    assert "Nothing was found" in told
    assert "payer Aetna, Aetna Medicare Advantage; treatment IV ketamine; from November 24, 2026" in told
    assert f'href="{HERE}"' in ana.page
    assert ana.filled(HERE)["payer"] == "aetna", "what was looked for stays in the form"
    assert "No payer is known by the name “xyzzy”" in await ana.open(f"{HERE}?payer=xyzzy")


@pytest.mark.parametrize(
    ("query", "field", "told"),
    [
        ("from=yesterday", "from", "Write a date"),
        ("from=2026-12-02&to=2026-12-01", "to", "The last day is before the first."),
        ("id=receipt", "id", "An id has the digits"),
        ("id=" + "0" * 33, "id", "An id has the digits"),
        ("treatment=leeches", "treatment", "cannot be used here"),
        ("by=00000000-0000-7000-8000-000000000000", "by", "cannot be used here"),
    ],
)
async def test_a_search_that_cannot_be_meant_is_kept_and_told_beside_its_field(
    biller: Person, query: str, field: str, told: str
) -> None:
    await biller.open(f"{HERE}?payer=aetna&{query}")
    assert biller.status == 422
    assert told in biller.wrong[field]
    assert biller.filled(HERE)["payer"] == "aetna"
    assert 'role="alert"' in biller.page


async def test_the_list_goes_on_below_fifty(ana: Person, clinic: Connection) -> None:
    made = await estimated(ana, "Aetna")
    await clinic.execute(
        """
        INSERT INTO estimates (id, created_at, asked_on, key_id, question_hash, question, answer, catalogue_version)
        SELECT lpad(number::text, 32, '0')::uuid, created_at, asked_on, key_id, question_hash, question, answer,
          catalogue_version
        FROM estimates, generate_series(1, 50) AS number
        """
    )
    await ana.open(f"{HERE}?payer=aetna")
    assert (len(rows(ana)), next(iter(ticks(ana)))) == (50, made)
    more = re.findall(r'href="([^"]*)" rel="next"', ana.page)[0].replace("&amp;", "&")
    assert more.startswith(f"{HERE}?payer=aetna&after=")
    await ana.open(more)
    assert (len(rows(ana)), 'rel="next"' in ana.page) == (1, False)
    assert f'href="{HERE}?payer=aetna">Back to the newest' in ana.page


async def test_whoever_only_reads_begins_with_the_list(reader: Person, biller: Person) -> None:
    made = await estimated(biller, "Aetna")
    await reader.open("/console")
    assert (reader.at, reader.status) == (HERE, 200)
    assert "New case" not in reader.text
    await reader.open(f"/console/estimate/{made}")
    assert reader.status == 200
    for button in ("Estimate again", "New case", "What if"):
        assert button not in reader.text
    await reader.open(f"/console/estimate/{made}/replay")
    assert reader.status == 200
    assert "Estimate again today" not in reader.text


async def test_estimates_stand_side_by_side_as_they_were_given_out(biller: Person) -> None:
    await asked(biller, ALL_KNOWN)
    one = biller.at.rpartition("/")[2]
    await biller.send("/console/estimate", sessions="3", coinsurance="30", start_on="2027-01-05", lane="")
    two = biller.at.rpartition("/")[2]
    told = await biller.open(f"{HERE}/compare?id={one}&id={two}&list=payer%3Daetna")
    assert biller.status == 200
    first, second = re.findall(r'<li class="panel".*?</li>', biller.page, re.DOTALL)
    asked_of = [
        dict(
            re.findall(
                r"<dt>([^<]*)</dt><dd>(?:<span class=\"soft\">)?([^<]*)<",
                each.partition("asked differently")[2].partition("</dl>")[0],
            )
        )
        for each in (first, second)
    ]
    assert asked_of == [
        {
            "First visit": "Dec 1, 2026",
            "Visits": "12",
            "Coinsurance": "20%",
            "Drug is billed to": "Medical benefit",
        },
        {"First visit": "Jan 5, 2027", "Visits": "3", "Coinsurance": "30%", "Drug is billed to": "not told"},
    ]
    assert "Costs least" in second
    assert "Costs least" not in first
    assert "Estimate 2 costs" in told
    assert "$1,208" in first
    assert f'href="{HERE}?payer=aetna"' in biller.page, "the way back leads to what was looked for"
    assert f'href="/console/estimate/{two}"' in second


async def test_what_the_page_has_no_input_for_is_compared_too(biller: Person) -> None:
    aggregate = '{"benefits": {"deductible": {"family_rule": "aggregate"}}}'
    ids = [await estimated(biller, "Aetna", base=base) for base in ("{}", aggregate)]
    told = await biller.open(f"{HERE}/compare?id={ids[0]}&id={ids[1]}")
    assert re.findall(r"benefits / deductible / family rule (not told|\w+)", told) == ["not told", "aggregate"]
    assert "Costs least" not in told, "neither is cheaper"


@pytest.mark.parametrize(("count", "told"), [(0, "at least two"), (1, "at least two"), (5, "at most four")])
async def test_too_few_or_too_many_ticks_are_kept_and_said(biller: Person, count: int, told: str) -> None:
    for _ in range(5):
        await estimated(biller, "Aetna")
    await biller.open(f"{HERE}?payer=aetna&treatment=spravato")
    query = biller.filled(f"{HERE}/compare")["list"]
    chosen = list(ticks(biller))[:count]
    response = await biller.client.get(f"{HERE}/compare", params={"list": query, "id": chosen})
    assert response.status_code == 422
    await biller.open(str(response.url))
    assert told in biller.wrong["ticks"]
    assert [each for each, on in ticks(biller).items() if on] == chosen
    assert biller.filled(HERE)["payer"] == "aetna", "the search is kept"


async def test_an_estimate_that_is_not_there_cannot_be_compared(biller: Person) -> None:
    made = await estimated(biller, "Aetna")
    await biller.open(f"{HERE}/compare?id={made}&id=00000000-0000-7000-8000-000000000000")
    assert biller.status == 404


async def test_a_replay_says_that_the_receipt_holds_and_what_today_would_change(
    ana: Person, clinic: Connection
) -> None:
    made = await estimated(ana, "Self-pay", "im-ketamine", sessions="3")
    replay = f"/console/estimate/{made}/replay"
    assert f'href="{replay}"' in ana.page
    told = await ana.open(replay)
    assert "The receipt holds" in told
    assert "It is still the same catalogue: nothing would change." in told
    assert "differs" not in told

    await add_clinic_rows(
        clinic, ClinicLayer(prices=(SitePrice(id="im", treatment="im-ketamine", price_cents=31_400),))
    )
    for _ in range(100):
        await asyncio.sleep(0.02)
        told = await ana.open(replay)
        if "What would change today" in told:
            break
    assert "The receipt holds" in told
    changes = {
        name: (was, now)
        for name, was, now in re.findall(
            r"<th scope=\"row\">([^<]*)</th>\s*<td[^>]*>(.*?)</td><td[^>]*>(.*?)</td>", ana.page
        )
    }
    was, now = changes["First visit"]
    assert (was.count("$"), now.count("$314")) == (2, 1)
    assert "$942" in changes["Whole course"][1]
    assert {"Visit 1", "Visit 2", "Visit 3"} <= changes.keys()
    assert "<code>/patient_pays/first_session/low_cents</code>" in ana.page

    await ana.open(f"/console/estimate/{made}/again")
    form = ana.filled("/console/estimate")
    assert (form["payer"], form["sessions"], form["estimate"]) == ("Self-pay", "3", "")
    await ana.send("/console/estimate")
    assert "$314 a visit: $942 for 3 visits." in ana.text


async def test_a_replay_warns_where_the_bytes_are_not_the_same(ana: Person, clinic: Connection) -> None:
    made = await estimated(ana, "Aetna")
    await clinic.execute("RESET ROLE")  # the service may not
    await clinic.execute(
        "UPDATE estimates SET answer = replace(answer::text, $2, $3)::json WHERE id = $1",
        made,
        '"prior-authorization"',
        '"covered"',
    )
    told = await ana.open(f"/console/estimate/{made}/replay")
    assert "The receipt does not hold" in told
    assert "Coverage Covered Prior authorization" in told


async def test_the_pages_speak_spanish(biller: Person) -> None:
    one, two = await estimated(biller, "Aetna"), await estimated(biller, "Medicare")
    biller.client.headers["accept-language"] = "es"
    assert "Marque de dos a cuatro" in await biller.open(HERE)
    assert "23 nov 2026 3:00 p. m." in biller.text
    assert "Lo que paga el paciente" in await biller.open(f"{HERE}/compare?id={one}&id={two}")
    assert "El recibo es válido" in await biller.open(f"/console/estimate/{one}/replay")
