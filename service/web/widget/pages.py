"""The widget on its way to a clinic's website: the script, a page that shows it, and the form without script."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from litestar import MediaType, Request, Response, Router, get
from litestar.di import Provide
from litestar.params import FromPath, QueryParameter

from service.api.parameters import AcceptLanguage, Lang, language
from service.api.problems import Refused
from service.web.widget import assets
from service.web.widget.form import form
from service.web.widget.rendering import page

STYLES = ("widget", "page", "demo")
DEMO_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'self'; require-trusted-types-for 'script'"
)
ANYWHERE = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
"""Any page may load the script. What it may ask of the service is settled where it asks."""

Version = Annotated[str | None, QueryParameter(max_length=40, description="The version that the page was made with.")]
Theme = Annotated[Literal["auto", "light", "dark"] | None, QueryParameter()]


def widget_pages(origins: Sequence[str]) -> Router:
    """The pages of the widget; the websites `origins` may show the plain form in a frame."""
    framed = " ".join(("'self'", *origins))
    return Router(
        "/",
        route_handlers=[widget_script, style, demo, form],
        dependencies={"framed": Provide(lambda: framed, sync_to_thread=False)},
        include_in_schema=False,
    )


@get("/widget.js", media_type=MediaType.TEXT)
async def widget_script(request: Request[Any, Any, Any], v: Version = None) -> Response[bytes]:
    """The custom element."""
    return assets.respond(request, assets.script(), v, **ANYWHERE)


@get("/widget/style/{name:str}")
async def style(request: Request[Any, Any, Any], name: FromPath[str], v: Version = None) -> Response[bytes]:
    """A style sheet of the pages."""
    stem = name.removesuffix(".css")
    if stem not in STYLES or stem == name:
        raise Refused("not-found", "There is no such style sheet.")
    return assets.respond(request, assets.style_sheet(stem), v)


@get("/widget/demo")
async def demo(
    lang: Lang = None,
    theme: Theme = None,
    shadow: Annotated[bool, QueryParameter()] = False,
    accept_language: AcceptLanguage = None,
) -> Response[str]:
    """A clinic's page with a style of its own, which the widget must survive."""
    spoken = language(lang, accept_language)
    return page("demo.html", DEMO_POLICY, lang=spoken, theme=theme, shadow=shadow)
