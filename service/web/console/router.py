"""The console as one router: what anybody may open, and what takes a sign-in."""

from litestar import Response, Router, get
from litestar.di import NamedDependency, Provide

from service.api.problems import Refused
from service.settings import Settings
from service.web.console.access import from_our_form, signed_in
from service.web.console.audit import pages as audit
from service.web.console.desk import desk_of
from service.web.console.estimate import pages as estimate
from service.web.console.estimates.comparing import compared
from service.web.console.estimates.listing import listed
from service.web.console.estimates.replaying import again, replay
from service.web.console.good_faith import pages as good_faith
from service.web.console.identity import identity_provider
from service.web.console.payers import pages as payers
from service.web.console.people import pages as people
from service.web.console.prices import pages as prices
from service.web.console.rates import pages as rates
from service.web.console.sign_in import (
    choose_language,
    provider_answer,
    sign_in_by_key,
    sign_in_by_provider,
    sign_in_page,
    sign_out,
)
from service.web.console.stale import pages as stale
from service.web.console.static import static_file
from service.web.console.visit import Visit, goes_to, visit_of
from service.web.console.worklist import pages as worklist


@get("/console")
async def home(visit: NamedDependency[Visit]) -> Response[str]:
    """The way to the first page of those that the role opens. Raises `Refused` where it opens none."""
    if not visit.menu:
        raise Refused("not-allowed", "Your role opens no page.")
    return goes_to(visit, visit.menu[0].path)


PAGES = (
    home,
    *estimate.PAGES,
    listed,
    compared,
    replay,
    again,
    *worklist.PAGES,
    *payers.PAGES,
    *stale.PAGES,
    *good_faith.PAGES,
    *prices.PAGES,
    *rates.PAGES,
    *people.PAGES,
    *audit.PAGES,
)
"""Every handler behind the sign-in."""


def console(settings: Settings) -> Router:
    """The console with the identity provider of the settings. Raises `SettingsError`."""
    provider = identity_provider(settings)
    return Router(
        "/",
        route_handlers=[
            static_file,
            sign_in_page,
            sign_in_by_key,
            sign_in_by_provider,
            provider_answer,
            sign_out,
            choose_language,
            Router("/", route_handlers=PAGES, guards=[signed_in, from_our_form]),
        ],
        dependencies={
            "visit": Provide(visit_of, sync_to_thread=False),
            "desk": Provide(desk_of, sync_to_thread=False),
            "provider": Provide(lambda: provider, sync_to_thread=False),
        },
        include_in_schema=False,
    )
