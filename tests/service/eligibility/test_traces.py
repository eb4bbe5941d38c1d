"""Traces tell routes, connectors, jobs and queries, and hang together; nothing of a member is in any of them."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncGenerator, Generator
from typing import Any

import httpx
import pytest
from litestar import Litestar
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from service.app import create_app
from service.open_telemetry import OpenTelemetry
from service.settings import Settings
from service.store.database import ConstraintViolated, acquire
from service.traces import listen, span
from tests.conftest import alive
from tests.service.eligibility.test_checks import CHECKS, ended
from tests.service.eligibility.test_privacy import CSV, PLANTED, QUESTION

CALLER = "0af7651916cd43dd8448eb211c80319c"


@pytest.fixture
def spans() -> Generator[InMemorySpanExporter]:
    """Everything that is traced."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    listen(OpenTelemetry(provider))
    yield exporter
    listen(None)


@pytest.fixture
async def app(spans: InMemorySpanExporter, settings: Settings, secret: str) -> AsyncGenerator[Litestar]:
    """The service with its worker, traced from its first connection on."""
    assert spans
    assert secret
    app = create_app(settings)
    async with alive(app):
        yield app


def written(spans: InMemorySpanExporter) -> str:
    """All that would be sent, in one text."""
    return "\n".join(each.to_json() for each in spans.get_finished_spans()).lower()


def named(spans: InMemorySpanExporter, name: str) -> ReadableSpan:
    return next(each for each in spans.get_finished_spans() if each.name == name)


def attributes(found: ReadableSpan) -> dict[str, Any]:
    return dict(found.attributes or {})


async def test_a_whole_check_is_traced_without_a_word_of_the_member(
    spans: InMemorySpanExporter, office: httpx.AsyncClient
) -> None:
    await office.post(
        CHECKS,
        json=QUESTION,
        params={"nightingale": "florence"},
        headers={
            "traceparent": f"00-{CALLER}-b7ad6b7169203331-01",
            "tracestate": "who=nightingale",
            "baggage": "who=florence",
        },
    )
    made = await office.post(CHECKS, json=QUESTION)
    await ended(office, made.headers["location"])
    await office.post("/v1/eligibility/batches", content=CSV, headers={"Content-Type": "text/csv"})
    await office.get("/v1/payers/resolve", params={"name": "Florence Nightingale W987654321"})

    async with asyncio.timeout(20):
        while not [each for each in spans.get_finished_spans() if each.name == "eligibility.batch"]:  # noqa: ASYNC110
            await asyncio.sleep(0.05)

    request = named(spans, f"POST {CHECKS}")
    assert request.context is not None
    assert f"{request.context.trace_id:032x}" == CALLER
    assert attributes(request)["http.route"] == CHECKS
    assert attributes(request)["http.response.status_code"] == 422
    assert attributes(named(spans, "eligibility.batch")) == {"outlay.attempt": 1}
    exchange = named(spans, "submit")
    assert attributes(exchange) == {"outlay.connector": "sandbox", "outlay.outcome": "answered"}
    query = named(spans, "INSERT")
    assert query.parent is not None
    assert "$1" in str(attributes(query)["db.query.text"])
    told = written(spans)
    assert "eligibility" in told
    assert [word for word in (*PLANTED, "12.5.1820") if word in told] == []


async def test_a_fault_and_a_refused_row_are_told_by_their_kind(
    spans: InMemorySpanExporter, app: Litestar, office: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with span("test", "server", {}), pytest.raises(ConstraintViolated):
        async with acquire(app.state.wiring.pool) as connection:
            await connection.execute("INSERT INTO catalogue_versions (version) VALUES ($1)", "Florence Nightingale")

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("Florence Nightingale")

    monkeypatch.setattr("service.api.payers.search", fail)
    await office.get("/v1/payers")
    assert attributes(named(spans, "INSERT"))["error.type"].endswith("ViolationError")
    failed = named(spans, "GET /v1/payers")
    assert attributes(failed)["http.response.status_code"] == 500
    assert not failed.status.is_ok
    assert "nightingale" not in written(spans)
    assert all(not each.events for each in spans.get_finished_spans())


def loaded(**environment: str) -> str:
    """Which modules of OpenTelemetry a worker process loads, and what it logs."""
    program = """
import json, sys
from service.traces import listen_where_told
import service.app
listen_where_told()
print(json.dumps([name for name in sys.modules if name.startswith("opentelemetry.sdk")]))
"""
    own = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    run = subprocess.run(
        [sys.executable, "-c", program], env=own | environment, capture_output=True, text=True, check=True
    )
    return run.stdout


def test_nothing_is_loaded_unless_it_is_asked_for() -> None:
    endpoint = "http://127.0.0.1:9"
    assert json.loads(loaded()) == []
    assert json.loads(loaded(OTEL_EXPORTER_OTLP_ENDPOINT=endpoint, OTEL_SDK_DISABLED="true")) == []
    assert "opentelemetry.sdk.trace" in json.loads(loaded(OTEL_EXPORTER_OTLP_ENDPOINT=endpoint))
