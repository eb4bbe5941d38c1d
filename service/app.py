"""The application: the only place where settings, database, catalogue, clock and endpoints meet."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime

from litestar import Litestar

from service import logs
from service.api.adjudications import AdjudicationsController
from service.api.bodies import MAX_BODY_BYTES, StrictRequest
from service.api.claims import ClaimsController
from service.api.comparisons import ComparisonsController
from service.api.coverage import CoverageController
from service.api.document import OPENAPI
from service.api.envelope import Envelope
from service.api.estimates import EstimatesController
from service.api.explained import ProblemsController
from service.api.failures import HANDLERS
from service.api.health import HealthController
from service.api.metrics import metrics
from service.api.parameters import only_known
from service.api.payers import PayersController
from service.api.treatments import TreatmentsController
from service.api.widget import WidgetController
from service.api.wiring import DEPENDENCIES, Clock, Wiring
from service.settings import Settings
from service.store.database import close_pool, open_pool
from service.store.live import LiveCatalogue


def local_time() -> datetime:
    """Now, in the time zone of the machine (`TZ`), which should be the clinic's: its day is the service's today."""
    return datetime.now().astimezone()


def create_app(settings: Settings, *, clock: Clock = local_time) -> Litestar:
    """The service as an ASGI application. `settings.database_url` names a database that is migrated and seeded."""
    logs.configure(settings.log_level)
    if settings.database_url is None:
        raise ValueError("database_url is needed; `service.serve` starts the embedded database")
    url = settings.database_url

    @asynccontextmanager
    async def running(app: Litestar) -> AsyncGenerator[None]:
        pool = await open_pool(url)
        try:
            async with LiveCatalogue(url) as live:
                app.state.wiring = Wiring(live, pool, clock)
                yield
        finally:
            await close_pool(pool)

    app = Litestar(
        route_handlers=[
            PayersController,
            CoverageController,
            TreatmentsController,
            EstimatesController,
            ClaimsController,
            ComparisonsController,
            AdjudicationsController,
            WidgetController,
            HealthController,
            ProblemsController,
            metrics,
        ],
        lifespan=[running],
        dependencies=DEPENDENCIES,
        exception_handlers=HANDLERS,
        guards=[only_known],
        request_class=StrictRequest,
        request_max_body_size=MAX_BODY_BYTES,
        openapi_config=OPENAPI,
        logging_config=None,
    )
    app.asgi_handler = Envelope(app.asgi_handler, settings.widget_origins)
    return app
