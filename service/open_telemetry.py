"""Traces by OpenTelemetry, with the extra `otel`. Errors are told by their kind: their texts may name a person."""

import os
import time
from collections.abc import Generator
from contextlib import contextmanager

from asyncpg.connection import LoggedQuery
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from service.store.database import Connection
from service.traces import Attributes, Kind, Tell

_KINDS: dict[Kind, SpanKind] = {"server": SpanKind.SERVER, "client": SpanKind.CLIENT, "consumer": SpanKind.CONSUMER}
_SERVER_ERRORS = 500


class OpenTelemetry:
    """Traces to whatever a provider's processors hand spans to."""

    def __init__(self, provider: TracerProvider) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("outlay")
        self._propagator = TraceContextTextMapPropagator()

    @contextmanager
    def span(self, name: str, kind: Kind, attributes: Attributes, parent: str | None) -> Generator[Tell]:
        """Trace what happens inside."""
        context = self._propagator.extract({"traceparent": parent}) if parent else None
        with self._tracer.start_as_current_span(
            name,
            context,
            _KINDS[kind],
            attributes,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:

            def tell(attributes: Attributes, name: str | None = None) -> None:
                span.set_attributes(attributes)
                if name is not None:
                    span.update_name(name)
                if int(attributes.get("http.response.status_code", 0)) >= _SERVER_ERRORS:
                    span.set_status(StatusCode.ERROR)

            try:
                yield tell
            except Exception as error:
                _failed(span, error)
                raise

    def watch(self, connection: Connection) -> None:
        """Trace the queries of a connection, those of a request or a job: the text has no value in it."""
        connection.add_query_logger(self._queried)

    def flush(self) -> None:
        """Send what is left."""
        self._provider.force_flush()

    def _queried(self, query: LoggedQuery) -> None:
        # Called a moment later, in the context of whoever asked.
        if not trace.get_current_span().get_span_context().trace_flags.sampled:
            return
        end = time.time_ns()
        text = " ".join(query.query.split())
        span = self._tracer.start_span(
            text.partition(" ")[0].upper(),
            kind=SpanKind.CLIENT,
            attributes={"db.system.name": "postgresql", "db.query.text": text},
            start_time=end - round(query.elapsed * 1e9),
        )
        if query.exception is not None:
            _failed(span, query.exception)
        span.end(end)


def exported() -> OpenTelemetry:
    """Traces sent by OTLP over HTTP, as OpenTelemetry's own variables say: where to, with which headers, how many."""
    os.environ.setdefault("OTEL_SERVICE_NAME", "outlay")
    # The end of the process waits so long for a collector that is away.
    os.environ.setdefault("OTEL_EXPORTER_OTLP_TIMEOUT", "3")
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return OpenTelemetry(provider)


def _failed(span: Span, error: BaseException) -> None:
    span.set_attribute("error.type", type(error).__name__)
    span.set_status(StatusCode.ERROR)
