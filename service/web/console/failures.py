"""What went wrong, as a page: the problem that the API would have told, in the visitor's words."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from litestar import Request, Response

from service.api.problems import Problem
from service.web.console.access import SignInFirst
from service.web.console.visit import goes_to, visit_of
from service.web.console.words import words

Handlers = Mapping[int | type[Exception], Any]
_PLACE = "/console"


def with_pages(handlers: Handlers) -> dict[int | type[Exception], Any]:
    """The same handlers, whose problems are pages under `/console/`."""
    return {SignInFirst: _sign_in, **{kind: _as_page(handler) for kind, handler in handlers.items()}}


def _sign_in(request: Request[Any, Any, Any], error: SignInFirst) -> Response[Any]:
    return goes_to(visit_of(request), error.address)


def _as_page(handler: Callable[..., Response[bytes]]) -> Callable[..., Response[Any]]:
    def shown(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
        response = handler(request, error)
        if not request.scope["path"].startswith(_PLACE):
            return response
        problem = msgspec.json.decode(response.content, type=Problem)
        visit = visit_of(request)
        slug = problem.type.rpartition("/")[2]
        told = slug if f"failure.{slug}" in words(visit.lang) else "other"
        kept = {name: value for name, value in response.headers.items() if name not in ("Cache-Control", "Vary")}
        template = "failure_part.html" if visit.partial else "failure.html"
        return visit.show(template, status=problem.status, headers=kept, problem=problem, told=told)

    return shown
