"""One request of one person: what every page is made with."""

from typing import Any, NamedTuple

from litestar import Request, Response

from payers.estimate.question import Language
from service.api.parameters import language
from service.store.keys import Key
from service.web.console.access import SESSION, may, token_of
from service.web.console.navigation import MENU, Place
from service.web.console.rendering import html, render
from service.web.console.words import Speak, speaker

LANGUAGE = "outlay_console_language"


class Visit(NamedTuple):
    """Who asks, in which language, from where. `key` is absent on the pages that need no sign-in.

    `partial`: the script asks for a part of the page.
    """

    key: Key | None
    lang: Language
    path: str
    query: str
    token: str
    partial: bool

    def __repr__(self) -> str:
        return f"Visit({self.path})"

    @property
    def address(self) -> str:
        """The page with what it was asked for, so that the other language shows the same."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def speak(self) -> Speak:
        """Tells the console's words in the visitor's language."""
        return speaker(self.lang)

    @property
    def menu(self) -> tuple[Place, ...]:
        """The places that this person may go to."""
        return tuple(place for place in MENU if self.key is not None and may(self.key, place.scope))

    def show(
        self, template: str, *, status: int = 200, headers: dict[str, str] | None = None, **values: Any
    ) -> Response[str]:
        """A page, or a part of one, from its template, which knows this as `visit`."""
        return html(render(template, self.lang, visit=self, **values), status=status, headers=headers)


def visit_of(request: Request[Any, Any, Any]) -> Visit:
    """The visit that a request is."""
    chosen = request.cookies.get(LANGUAGE)
    spoken: Language = language(None, request.headers.get("accept-language"))
    return Visit(
        key=request.scope["state"].get("key"),
        lang="es" if chosen == "es" else "en" if chosen == "en" else spoken,
        path=request.scope["path"],
        query=request.url.query,
        token=token_of(request.cookies[SESSION]) if request.cookies.get(SESSION) else "",
        partial="hx-request" in request.headers,
    )


def goes_to(visit: Visit, address: str) -> Response[str]:
    """A redirect that the browser follows with a GET; the script is told to go there itself."""
    if visit.partial:
        return html("", headers={"HX-Redirect": address})
    return html("", status=303, headers={"Location": address})
