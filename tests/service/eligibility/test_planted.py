"""Somebody's name, number and birth date, and everything that opens something, are planted wherever they may be sent.

Nothing of them is in a line of the log, a metric, a trace, an error, the listing of a backup or what `ps` shows:
neither when all goes well nor when a payer, the database or the service itself fails.
"""

import asyncio
import json
import re
import signal
import zipfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest
from litestar import Litestar
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from payers.catalogue.clinic import ClinicLayer
from service.app import create_app
from service.sandbox_process import free_port
from service.settings import Settings
from service.store.catalogue import add_clinic_rows
from service.store.database import connect, connect_as_owner
from service.store.keys import create_key
from service.store.vault import ensure_keys
from tests.cli.command import outlay
from tests.conftest import alive
from tests.console.conftest import browsing
from tests.console.person import Person
from tests.payers.good_faith.issued import EXAMPLE, IV, REQUEST
from tests.service import test_fhir as fhir
from tests.service.clearinghouse.network import http
from tests.service.eligibility.conftest import calling
from tests.service.eligibility.questions import TODAY
from tests.service.eligibility.test_checks import CHECKS
from tests.service.eligibility.test_traces import spans, written
from tests.service.eligibility.test_worker import serving

__all__ = ["spans"]

FAMILY, GIVEN, MEMBER, BORN = "Quillfeather", "Philomena", "ZQX99887766", "1931-07-19"
NAMED = (FAMILY, GIVEN, MEMBER, BORN, BORN.replace("-", ""), "07/19/1931", "19.7.1931")
PERSON = {"last_name": FAMILY, "first_name": GIVEN, "birth_date": BORN}
ABOUT: dict[str, Any] = {"payer": "Aetna", "member_id": MEMBER, "subscriber": PERSON, "date_of_service": TODAY}
SCHEDULE = f"""payer,member_id,last_name,first_name,birth_date,date_of_service,treatment
Aetna,{MEMBER},{FAMILY},{GIVEN},{BORN},{TODAY},
Aetna,{MEMBER},{FAMILY},{GIVEN},19.7.1931,{TODAY},
"""
X12 = f"ISA*00*          *00*          *ZZ*X~NM1*IL*1*{FAMILY}*{GIVEN}****MI*{MEMBER}~DMG*D8*19310719~"
PLACES = {"X-Who": FAMILY, "Referer": f"https://clinic.example/{MEMBER}", "User-Agent": GIVEN}
OF_THE_DATABASE, OF_THE_PAYER, OF_THE_PROVIDER = "hunter2-database", "hunter2-payer", "hunter2-provider"
REPEATS = """
[[connectors]]
kind = "stedi"
name = "repeats"
routes = ["cigna"]
url = "{url}"
secret_file = "{folder}/payer-secret"
per_second = 1000
payer_ids = {{cigna = "62308"}}
"""


class Clinic(NamedTuple):
    """A service whose settings are full of secrets, and what must be found nowhere."""

    app: Litestar
    api: httpx.AsyncClient
    person: Person
    settings: Settings
    planted: list[str]

    async def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Ask, and see that an error names nobody."""
        headers = PLACES | more.pop("headers", {})
        answer = await self.api.request(method, path, headers=headers, **more)
        if answer.is_error:
            self.see(f"the error of {method} {path}", answer.text + str(answer.headers))
        return answer

    async def open(self, address: str, form: dict[str, str] | None = None) -> None:
        """Open a page, or send the form of one, and see that an error names nobody."""
        await (self.person.open(address) if form is None else self.person.send(address, form))
        if self.person.status in (400, 403, 404, 405) or self.person.status >= 500:
            self.see(f"the error of {address}", self.person.page)

    def see(self, where: str, text: str) -> None:
        assert [each for each in self.planted if each.lower() in text.lower()] == [], where


@asynccontextmanager
async def repeating() -> AsyncGenerator[str]:
    """A payer that fails and repeats everything that it was asked."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head.lower())
        body = await reader.readexactly(int(length[1]) if length else 0)
        writer.write(http(500, "text/plain", head + body))
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(handle, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def with_repeating(url: str, connectors: Path, folder: Path) -> Path:
    """The connectors file with one more."""
    file = folder / "connectors.toml"
    file.write_text(connectors.read_text() + REPEATS.format(url=url, folder=folder))
    return file


@pytest.fixture
async def settings(database_url: str, connectors: Path, tmp_path: Path) -> AsyncGenerator[Settings]:
    """Every secret that there is to set. The server of the tests asks nobody for a password, and takes any."""
    ensure_keys(tmp_path / "member-data-keys")
    (tmp_path / "payer-secret").write_text(OF_THE_PAYER)
    (tmp_path / "provider-secret").write_text(OF_THE_PROVIDER)
    address = urlsplit(database_url)
    user, _, place = address.netloc.rpartition("@")
    async with repeating() as url:
        yield Settings(
            database_url=address._replace(netloc=f"{user}:{OF_THE_DATABASE}@{place}").geturl(),
            public_urls=("http://outlay",),
            member_data_keys=tmp_path / "member-data-keys",
            connectors=with_repeating(url, connectors, tmp_path),
            oidc_issuer=f"http://127.0.0.1:{free_port()}",
            oidc_client_id="outlay",
            oidc_client_secret_file=tmp_path / "provider-secret",
        )


@pytest.fixture
async def clinic(spans: InMemorySpanExporter, settings: Settings) -> AsyncGenerator[Clinic]:
    assert spans
    assert settings.database_url
    assert settings.member_data_keys
    connection = await connect(settings.database_url)
    await add_clinic_rows(connection, msgspec.toml.decode(EXAMPLE.read_bytes(), type=ClinicLayer))
    key = (await create_key(connection, name="office", scopes=("admin",))).secret
    await connection.close()
    sealing = settings.member_data_keys.read_text().strip()
    planted = [*NAMED, key, sealing, OF_THE_DATABASE, OF_THE_PAYER, OF_THE_PROVIDER]
    app = create_app(settings)
    async with alive(app), calling(app, key) as api, browsing(app, **PLACES) as person:
        await person.sign_in(key)
        planted.append(person.client.cookies["outlay_console"])
        yield Clinic(app, api, person, settings, planted)


async def ask_everything(clinic: Clinic) -> None:
    """Where a person may be named, and where they may not."""
    webhook = (await clinic.ask("POST", "/v1/webhooks", json={"url": f"http://127.0.0.1:{free_port()}/hook"})).json()
    clinic.planted.append(webhook["secret"])
    for more in ({}, {"connector": "availity"}, {"payer": FAMILY}, {"member_id": f"{MEMBER}~"}, {"born": BORN}):
        await clinic.ask("POST", CHECKS, json=ABOUT | {"wait_seconds": 0} | more, headers={"Idempotency-Key": MEMBER})
    await clinic.ask("POST", CHECKS, content=json.dumps(ABOUT)[:-9])
    await clinic.ask("POST", "/v1/eligibility/batches", content=SCHEDULE, headers={"Content-Type": "text/csv"})
    await clinic.ask("POST", "/v1/eligibility/parse", json={"x12": X12})
    content = fhir.about(MEMBER, GIVEN, BORN)
    await clinic.ask("POST", "/fhir/CoverageEligibilityRequest/$submit", content=content, headers=fhir.FHIR)

    made = await clinic.ask("POST", "/v1/estimates", json=IV | {"start_on": TODAY}, headers={"Idempotency-Key": MEMBER})
    asked = REQUEST | {"estimate": made.json()["id"], "patient": PERSON, "scheduled_on": TODAY}
    issued = await clinic.ask("POST", "/v1/good-faith-estimates", json=asked)
    assert issued.status_code == 201, issued.text
    await clinic.ask("GET", f"/v1/good-faith-estimates/{issued.json()['id']}")
    for wrong in (
        {"member": MEMBER},
        {"patient": PERSON | {"birth_date": "19310719"}},
        {"patient": PERSON | {"first": GIVEN}},
    ):
        await clinic.ask("POST", "/v1/good-faith-estimates", json=asked | wrong)

    for path in (f"/v1/payers/{FAMILY}", f"/v1/estimates/{MEMBER}", f"/{FAMILY}", f"/widget/{MEMBER}"):
        await clinic.ask("GET", path, params={"who": MEMBER})
    await clinic.ask("GET", "/v1/payers", params={"q": f"{GIVEN} {FAMILY}", "as_of": BORN, "state": MEMBER})
    await clinic.ask("GET", "/v1/estimates/x", headers={"Authorization": f"Bearer outlay_{MEMBER}"})

    form = {"payer": "Aetna", "treatment": "spravato", "member_id": MEMBER, **PERSON}
    for address, typed in (
        ("/console/estimate/check", form),
        ("/console/estimate/271", {"payer": "Aetna", "x12": X12}),
        ("/console/estimate", {"payer": FAMILY, "treatment": MEMBER}),
    ):
        await clinic.open("/console/estimate")
        await clinic.open(address, typed)
    await clinic.open(f"/console/payers/{FAMILY}?q={MEMBER}")
    await clinic.open("/console/sign-in/openid")
    assert clinic.person.status == 502


async def told(clinic: Clinic, spans: InMemorySpanExporter, capfd: pytest.CaptureFixture[str]) -> dict[str, str]:
    """All that operators can see, by where."""
    metrics = await clinic.api.get("/metrics")
    logged = capfd.readouterr()
    clinic.see("the log", logged.out + logged.err)
    clinic.see("a metric", metrics.text)
    clinic.see("a trace", written(spans))
    return {"log": logged.out + logged.err, "metrics": metrics.text, "traces": written(spans)}


async def test_while_all_is_well(
    clinic: Clinic, spans: InMemorySpanExporter, capfd: pytest.CaptureFixture[str]
) -> None:
    await ask_everything(clinic)
    seen = await told(clinic, spans, capfd)
    assert '"route": "/v1/eligibility/checks"' in seen["log"]
    assert "outlay_http_request_seconds" in seen["metrics"]
    assert "eligibility" in seen["traces"]


async def test_while_a_payer_fails(
    clinic: Clinic, spans: InMemorySpanExporter, capfd: pytest.CaptureFixture[str]
) -> None:
    made = await clinic.ask("POST", CHECKS, json=ABOUT | {"payer": "Cigna", "wait_seconds": 1})
    (attempt, *_) = made.json()["attempts"]
    assert (attempt["fault"], attempt["code"]) == ("payer-down", "HTTP 500")
    seen = await told(clinic, spans, capfd)
    assert 'connector="repeats"' in seen["metrics"]


async def test_while_the_service_crashes(
    clinic: Clinic, spans: InMemorySpanExporter, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault whose text holds everything, in a request, on a page and in a job."""

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(" ".join(clinic.planted))

    for crashing in ("service.api.payers.search", "service.jobs.checks.open_inquiry"):
        monkeypatch.setattr(crashing, fail)
    assert (await clinic.ask("GET", "/v1/payers", params={"q": FAMILY})).status_code == 500
    await clinic.ask("POST", CHECKS, json=ABOUT | {"wait_seconds": 1})
    seen = await told(clinic, spans, capfd)
    assert {"unexpected", "job.failed"} <= set(re.findall(r'"event": "([\w.]+)"', seen["log"]))
    assert seen["log"].count('"error": "RuntimeError"') > 1
    assert "Traceback" not in seen["log"]


async def test_while_the_database_fails(
    clinic: Clinic, spans: InMemorySpanExporter, capfd: pytest.CaptureFixture[str], database_url: str, server_url: str
) -> None:
    """It refuses a row and tells all that is in it; then it is away."""
    owner = await connect_as_owner(database_url)
    for table in ("estimates", "eligibility_checks"):
        await owner.execute(f"ALTER TABLE {table} ADD CONSTRAINT none_any_more CHECK (false) NOT VALID")
    await owner.close()
    naming = {"Idempotency-Key": f"{MEMBER}-{BORN}"}
    assert (await clinic.ask("POST", "/v1/estimates", json=IV | {"start_on": TODAY}, headers=naming)).is_server_error
    assert (await clinic.ask("POST", CHECKS, json=ABOUT, headers=naming)).is_server_error

    name = urlsplit(database_url).path.removeprefix("/")
    server = await connect_as_owner(server_url)
    await server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    try:
        await server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
        assert (await clinic.ask("POST", CHECKS, json=ABOUT, headers=naming)).status_code == 503
        await clinic.open("/console/people")
        ready = await clinic.ask("GET", "/health/ready")
        assert ready.status_code == 503
    finally:
        await server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        await server.close()
    seen = await told(clinic, spans, capfd)
    assert '"error": "ConstraintViolated"' in seen["log"]
    assert "checkviolationerror" in seen["traces"]


async def test_what_ps_shows_and_a_process_that_is_shot_down_leaves(
    clinic: Clinic, capfd: pytest.CaptureFixture[str]
) -> None:
    assert clinic.settings.connectors
    async with serving(clinic.settings, clinic.settings.connectors) as (process, url):
        headers = {"Authorization": clinic.api.headers["Authorization"]}
        async with httpx.AsyncClient(base_url=url, headers=headers) as elsewhere:
            assert (await elsewhere.post(CHECKS, json=ABOUT)).is_success
        shown = commands()
        process.send_signal(signal.SIGABRT)
        await process.wait()
    assert "service.cli serve" in shown
    clinic.see("ps", shown)
    left = capfd.readouterr()
    clinic.see("what the process left", left.out + left.err)


async def test_what_lists_a_backup(clinic: Clinic, tmp_path: Path) -> None:
    await ask_everything(clinic)
    file = tmp_path / "clinic.backup"
    given = {
        "OUTLAY_DATABASE_URL": clinic.settings.database_url or "",
        "OUTLAY_MEMBER_DATA_KEYS": str(clinic.settings.member_data_keys),
    }
    for command in (("backup", file), ("backup", "verify", file)):
        done = await asyncio.to_thread(outlay, *command, **given)
        assert done.returncode == 0, done.stderr
        clinic.see(" ".join(map(str, command)), done.stdout + done.stderr)
    with zipfile.ZipFile(file) as whole:
        names = whole.namelist()
        clinic.see("the listing", " ".join(names) + whole.read("manifest.json").decode())
    assert len(names) > 30


def commands() -> str:
    """The command lines of every process, as `ps` shows them."""
    found: list[str] = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
    return "\n".join(found)
