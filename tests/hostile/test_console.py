"""The console against whoever wants to act as somebody else: forms of others, planted sessions, ways out, script."""

import csv
import io
import re
from html.parser import HTMLParser
from typing import Any, cast

import httpx
import pytest
from litestar.routes import HTTPRoute

from service.api.eligibility_batches import CSV
from service.spreadsheet import safe
from service.web.console.access import token_of
from service.web.console.sign_in import inside
from tests.console.person import Person
from tests.hostile.conftest import Front
from tests.hostile.ground import NOBODY

SCRIPT = "<script>alert(1)</script>"
OUT = "\"'></textarea></title><img src=x onerror=alert(1)>"
ELEMENTS = {"script", "style", "iframe", "object", "embed", "base", "svg", "img"}
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


class Seen(HTMLParser):
    """What a browser makes of a page: its elements with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    @property
    def alien(self) -> list[str]:
        """What no template of ours has: script inside, handlers, addresses elsewhere."""
        return [
            f"<{tag} {attributes}>"
            for tag, attributes in self.elements
            if any(name.startswith(("on", "hx-on", "style")) for name in attributes)
            or any("javascript:" in value.lower() for name, value in attributes.items() if name in ("href", "src"))
            or (tag in ELEMENTS and not attributes.get("src", "").startswith("/console/static/") and tag != "svg")
        ]


def state_changing(front: Front) -> list[str]:
    """Every POST of the console."""
    return [
        re.sub(r"{\w+:\w+}", NOBODY, route.path)
        for route in front.app.routes
        if isinstance(route, HTTPRoute) and route.path.startswith("/console") and "POST" in route.methods
    ]


async def test_no_form_of_somebody_else_changes_anything(front: Front) -> None:
    """A browser sends the cookie along with what another website makes it send; it cannot know the token."""
    paths = state_changing(front)
    assert len(paths) > 15
    another = token_of("the secret of another session")
    for path in paths:
        for form in ({}, {"csrf": ""}, {"csrf": another}, {"csrf": [another, another]}, {"CSRF": "x"}):
            refused = await front.console.post(path, data=cast("Any", form))
            assert refused.status_code == 403, path
        for content_type in ("text/plain", "application/json", "multipart/form-data; boundary=b"):
            headers = {"Content-Type": content_type}
            refused = await front.console.post(path, content=b'{"csrf": "x"}', headers=headers)
            assert refused.status_code in (400, 403), path
        refused = await front.console.post(f"{path}?csrf={another}")
        assert refused.status_code in (403, 422), path


async def test_reading_changes_nothing(front: Front) -> None:
    """What changes something takes a form: no address that a picture could name does."""
    for path in state_changing(front):
        answer = await front.console.get(path)
        assert answer.status_code in (200, 303, 404, 405, 422), path
    assert (await front.console.get("/console/people")).status_code == 200


async def test_a_session_that_was_planted_stays_worth_nothing(front: Front) -> None:
    for planted in ("planted", "", "a" * 4000, "%0d%0aSet-Cookie:%20forged=1", '"\\015\\012x"', "é"):
        headers = [(b"Cookie", f"outlay_console={planted}".encode())]
        page = await front.nobody.get("/console/sign-in", headers=headers)
        token = re.search(r'name="csrf" value="(\w+)"', page.text)
        assert token
        cookie = page.headers["set-cookie"].partition(";")[0]
        signed_in = await front.nobody.post(
            "/console/sign-in", data={"csrf": token[1], "key": front.key}, headers={"Cookie": cookie}
        )
        front.nobody.cookies.clear()
        assert signed_in.status_code == 303
        given = signed_in.headers["set-cookie"].partition(";")[0]
        assert given != cookie
        still = await front.nobody.get("/console/people", headers={"Cookie": cookie})
        assert (still.status_code, still.headers["location"][:16]) == (303, "/console/sign-in")


async def test_a_cookie_is_for_the_console_and_the_server_alone(front: Front) -> None:
    page = await front.nobody.get("/console/sign-in")
    front.nobody.cookies.clear()
    told = {each.strip().lower() for each in page.headers["set-cookie"].split(";")}
    assert {"httponly", "path=/console", "samesite=lax"} <= told
    person = Person(front.console)
    await person.open("/console/estimate")
    form = {**person.filled("/console/language"), "lang": "en"}
    told = (await front.console.post("/console/language", data=form)).headers["set-cookie"].lower()
    assert {"httponly", "path=/console", "samesite=lax"} <= {each.strip() for each in told.split(";")}


AWAY = (
    "//elsewhere.example",
    "///elsewhere.example",
    "/\\elsewhere.example",
    "\\\\elsewhere.example",
    "https://elsewhere.example",
    "https:elsewhere.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/console//elsewhere.example",
    "/console/\\elsewhere.example",
    "/consolex.elsewhere.example",
    "/console@elsewhere.example",
    "/console.elsewhere.example",
    "/console/\r\nSet-Cookie: forged=1",
    "/console/\tx",
    "/console/\x00",
    "/console/\u560d\u560aSet-Cookie: forged=1",
    "/console/ x",
    "\t/console",
    " //elsewhere.example",
    "/console/sign-in?return_to=/console/sign-in",
    "/\t/elsewhere.example",
    "/console/\u2215\u2215elsewhere.example",
)


@pytest.mark.parametrize("away", AWAY)
def test_nobody_is_sent_away(away: str) -> None:
    assert inside(away) == "/console"


@pytest.mark.parametrize("way", ["/console", "/console/estimate?lang=es", "/console/payers/aetna", "/console/%2f%2fx"])
def test_everybody_comes_back(way: str) -> None:
    assert inside(way) == way


async def test_a_way_out_is_not_taken_in_any_form(front: Front) -> None:
    person = Person(front.console)
    for away in AWAY:
        await person.open("/console/estimate")
        form = {**person.filled("/console/language"), "lang": "en", "return_to": away}
        answer = await front.console.post("/console/language", data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, "/console"), away


async def test_what_somebody_is_called_stays_text(front: Front) -> None:
    """Names of keys and people, typed text, a payer's own words: markup in them is text wherever they are shown."""
    person = Person(front.console)
    await person.open("/console/people/keys")
    await person.send("/console/people/keys", name=SCRIPT + OUT, purpose="reader", ends_on="")
    assert person.status == 200
    assert SCRIPT not in person.page
    message = X12.replace("@", (SCRIPT + OUT).replace(">", "&gt;"))
    pages = [person.page]
    for address, form in (
        ("/console/estimate", {"payer": OUT, "treatment": "spravato", "state": SCRIPT}),
        ("/console/estimate/271", {"payer": OUT, "treatment": "spravato", "x12": message}),
        ("/console/estimate/check", {"payer": "Aetna", "member_id": OUT, "last_name": SCRIPT, "first_name": OUT}),
    ):
        await person.open("/console/estimate")
        await person.send(address, form)
        pages.append(person.page)
    await person.open("/console/worklist")
    await person.send("/console/worklist", schedule=f"payer,last_name,date_of_service,{SCRIPT}\n{OUT},{SCRIPT},{OUT}\n")
    pages.append(person.page)
    for address in (
        "/console/people",
        "/console/audit",
        "/console/estimates",
        "/console/worklist",
        f"/console/payers?q={SCRIPT}",
        f"/console/audit?who={SCRIPT}&subject={SCRIPT}&since={SCRIPT}",
        f"/console/sign-in?return_to=/console/{OUT}",
        f"/widget/form?payer={SCRIPT}&treatment={OUT}&treatments={OUT}&deductible={SCRIPT}",
    ):
        response = await front.console.get(address)
        assert response.headers["content-security-policy"].startswith("default-src 'none'")
        assert response.headers["x-frame-options" if address.startswith("/console") else "x-content-type-options"]
        pages.append(response.text)
    for page in pages:
        assert not Seen(page).alien
        assert SCRIPT not in page
    assert sum("alert(1)" in page for page in pages) > 8


GOOD_FAITH = "/console/good-faith"
SELF_PAY: dict[str, Any] = {
    "payer": "Self-pay",
    "treatment": "iv-ketamine",
    "start_on": "2026-12-01",
    "course": {"kind": "sessions", "count": 2},
    "prices": {"cash_per_session": {"low_cents": 50_000, "high_cents": 50_000}},
}
NAMED: dict[str, Any] = {
    "patient": {
        "first_name": SCRIPT,
        "last_name": OUT,
        "birth_date": "1985-04-12",
        "address": {"line": OUT, "city": SCRIPT, "state": "CO", "postal_code": "80202"},
    },
    "clinic": {
        "name": SCRIPT + OUT,
        "npi": "1234567893",
        "tin": "84-1234567",
        "phone": "303-555-0100",
        "address": {"line": OUT, "city": SCRIPT, "state": "CO", "postal_code": "80202"},
    },
    "diagnoses": [{"code": "F33.2", "text": SCRIPT + OUT}],
    "co_providers": [
        {
            "name": OUT,
            "npi": "1679576722",
            "tin": "84-7654321",
            "state": "CO",
            "part": SCRIPT,
            "services": [{"description": OUT, "charge_cents": 5_000}],
        }
    ],
    "separate_services": [SCRIPT],
}


async def test_what_a_good_faith_estimate_says_of_anybody_stays_text(front: Front) -> None:
    """On its page, in the document in both languages, in what is billed, planned, listed, and typed again."""
    estimate = (await front.api.post("/v1/estimates", json=SELF_PAY)).json()["id"]
    issued = await front.api.post("/v1/good-faith-estimates", json=NAMED | {"estimate": estimate})
    assert issued.status_code == 201, issued.text
    here = f"{GOOD_FAITH}/{issued.json()['id']}"
    person = Person(front.console)
    await person.open(here)
    bill = {"billed__0__item": "session", "billed__0__on": "2026-11-23", "billed__0__quantity": "1"}
    await person.send(f"{here}/bills", bill | {"billed__0__npi": "1234567893", "billed__0__each_cents": "400"})
    assert person.status == 200, person.wrong
    pages = {"billed": person.page}
    await person.send(f"{here}/bills", bill | {"billed__0__each_cents": SCRIPT, "billed__0__npi": OUT})
    pages["a wrong bill"] = person.page
    await person.open(f"{here}/plan")
    await person.send(f"{here}/plan", {"planned__0__item": OUT, "planned__0__on": SCRIPT})
    pages["a wrong plan"] = person.page
    await person.open(f"{GOOD_FAITH}/new?estimate={estimate}")
    await person.send(f"{GOOD_FAITH}/new", {"patient__first_name": OUT, "patient__birth_date": SCRIPT, "lang": OUT})
    pages["a wrong form"] = person.page
    for address in (
        GOOD_FAITH,
        here,
        f"{here}.html?lang=en",
        f"{here}.html?lang=es",
        f"{here}/superbill.html",
        f"{here}/plan",
        f"{here}/replace",
        f"{GOOD_FAITH}/new?estimate={estimate}",
    ):
        response = await front.console.get(address)
        assert response.status_code == 200, (address, response.text[-500:])
        assert response.headers["content-security-policy"].startswith("default-src 'none'")
        pages[address] = response.text
    for where, page in pages.items():
        # A document is printed and sent on its own, with its look inside, which the policy knows by its hash.
        assert Seen(page).alien == (["<style {}>"] if ".html" in where else []), where
        assert SCRIPT not in page, where
    assert sum("alert(1)" in page for page in pages.values()) > 8


X12 = """ISA*00*          *00*          *ZZ*SANDBOX        *ZZ*CLINIC         *261201*1200*^*00501*000000001*0*T*:~
GS*HB*SANDBOX*CLINIC*20261201*1200*1*X*005010X279A1~ST*271*0001*005010X279A1~BHT*0022*11*1*20261201*1200~HL*1**20*1~
NM1*PR*2*@*****PI*60054~HL*2*1*21*1~NM1*1P*2*@*****XX*1234567893~HL*3*2*22*0~NM1*IL*1*@*@****MI*W1~
EB*1**30**@~MSG*@~EB*C*IND*30***23*1500*****Y~SE*13*0001~GE*1*1~IEA*1*000000001~"""


@pytest.mark.parametrize("begins", FORMULA)
def test_no_cell_begins_a_formula(begins: str) -> None:
    assert safe(f"{begins}1+1") == f"'{begins}1+1"


async def test_no_sheet_starts_a_formula(front: Front) -> None:
    """What a schedule, a key's name or a payer says comes back in a table that somebody opens in a spreadsheet."""
    bad = "=HYPERLINK(1)"
    text = f"payer,member_id,last_name,date_of_service\n{bad},@SUM(1),+1,2026-12-01\nAetna,SBX0001,-1,2026-12-01\n"
    made = await front.api.post("/v1/eligibility/batches", content=text, headers={"Content-Type": CSV})
    sheets = [await front.api.get(f"{made.headers['location']}/results.csv")]
    person = Person(front.console)
    await person.open("/console/people/keys")
    await person.send("/console/people/keys", name=bad, purpose="reader", ends_on="")
    batch = made.json()["id"]
    estimate = front.ground.ids["estimate"]
    for address in (
        "/console/audit.csv",
        f"/console/worklist/{batch}/results.csv",
        "/console/worklist/example.csv",
        f"/console/estimate/{estimate}/sessions.csv",
    ):
        sheets.append(await front.console.get(address))
        assert sheets[-1].headers["content-disposition"].startswith("attachment"), address
    for sheet in sheets:
        assert sheet.headers["content-type"].startswith("text/csv"), sheet.text
        cells = [cell for row in csv.reader(io.StringIO(sheet.text.removeprefix("\ufeff"))) for cell in row]
        assert not [cell for cell in cells if cell.startswith(FORMULA)]


async def test_somebody_whom_the_provider_calls_script_is_text(front: Front) -> None:
    async with front.app.state.wiring.pool.acquire() as connection:
        await connection.execute(
            "INSERT INTO people (id, issuer, subject, name, created_at, signed_in_at)"
            " VALUES ($1, 'https://login.example', $2, $3, now(), now())",
            NOBODY,
            OUT,
            SCRIPT + OUT,
        )
    for address in ("/console/people", f"/console/people/{NOBODY}"):
        page: httpx.Response = await front.console.get(address)
        assert page.status_code == 200
        assert not Seen(page.text).alien
        assert "alert(1)" in page.text
        assert SCRIPT not in page.text
