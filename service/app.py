"""The application: the only place where settings, database, catalogue, clock and endpoints meet."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

from litestar import Litestar

from service import logs
from service.api.adjudications import AdjudicationsController
from service.api.bodies import MAX_BODY_BYTES, StrictRequest
from service.api.claims import ClaimsController
from service.api.comparisons import ComparisonsController
from service.api.counting import Counts
from service.api.coverage import CoverageController
from service.api.document import OPENAPI
from service.api.eligibility import EligibilityController
from service.api.eligibility_batches import BatchesController
from service.api.envelope import Envelope
from service.api.estimates import EstimatesController
from service.api.explained import ProblemsController
from service.api.fhir import FhirController
from service.api.fhir_outcomes import HANDLERS_WITH_FHIR
from service.api.gate import Gate
from service.api.good_faith import GoodFaithController
from service.api.good_faith_bills import GoodFaithBillsController
from service.api.health import HealthController
from service.api.limits import Limiter
from service.api.measured import metrics
from service.api.parameters import only_known
from service.api.payers import PayersController
from service.api.problems import Refused
from service.api.treatments import TreatmentsController
from service.api.webhooks import WebhooksController
from service.api.widget import WidgetController
from service.api.widget_ahead import answering_ahead
from service.api.wiring import DEPENDENCIES, Clock, Wiring
from service.clock import local_time
from service.eligibility.means import opened
from service.jobs.news import News
from service.jobs.work import working
from service.settings import Settings
from service.store.database import close_pool, open_pool
from service.store.live import LiveCatalogue
from service.traces import Traced, flush
from service.web.console.failures import with_pages
from service.web.console.router import console
from service.web.widget.pages import widget_pages


def create_app(settings: Settings, *, clock: Clock = local_time, ahead: bool = False) -> Litestar:
    """The service as an ASGI application. `settings.database_url` names a database that is migrated and seeded.

    With `ahead` the widget's first answers are computed before anybody asks: a few seconds of work a day.
    """
    logs.configure(settings.log_level)
    if settings.database_url is None:
        raise ValueError("database_url is needed; `service.serve` starts the embedded database")
    url = settings.database_url
    counts = Counts(settings.limits_url)
    handlers = with_pages(HANDLERS_WITH_FHIR)

    @asynccontextmanager
    async def running(app: Litestar) -> AsyncGenerator[None]:
        async with AsyncExitStack() as stack:
            stack.callback(flush)
            stack.push_async_callback(counts.close)
            pool = await open_pool(url, min_size=0)  # a process that starts while the database is away waits for it
            stack.push_async_callback(close_pool, pool)
            live = await stack.enter_async_context(LiveCatalogue(url))
            if ahead:
                await stack.enter_async_context(answering_ahead(live, clock))
            means = await stack.enter_async_context(opened(settings, pool, clock))
            news = News()
            if means is not None:
                await stack.enter_async_context(working(url, means, lambda: live.current, news))
            app.state.wiring = Wiring(live, pool, clock, means, news)
            yield

    app = Litestar(
        route_handlers=[
            PayersController,
            CoverageController,
            TreatmentsController,
            EstimatesController,
            ClaimsController,
            ComparisonsController,
            AdjudicationsController,
            EligibilityController,
            BatchesController,
            WebhooksController,
            FhirController,
            GoodFaithController,
            GoodFaithBillsController,
            WidgetController,
            HealthController,
            ProblemsController,
            metrics,
            console(settings),
            widget_pages(settings.widget_origins),
        ],
        lifespan=[running],
        dependencies=DEPENDENCIES,
        exception_handlers=handlers,
        guards=[only_known],
        request_class=StrictRequest,
        request_max_body_size=MAX_BODY_BYTES,
        openapi_config=OPENAPI,
        logging_config=None,
    )
    gate = Gate(Traced(app.asgi_handler), settings, Limiter(settings, counts), handlers[Refused])
    app.asgi_handler = Envelope(gate, settings, handlers[Exception])
    return app
