"""What several endpoints take in the query string, and the check that nothing else is sent there."""

import re
from datetime import date
from functools import lru_cache
from typing import Annotated, Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.params import HeaderParameter, QueryParameter

from payers.catalogue.vocabulary import Indication, LineOfBusiness, PayerKind, Treatment
from payers.estimate.question import Language
from service.api.problems import InputError, Refused

PayerName = Annotated[
    str, QueryParameter(min_length=1, max_length=120, description="Any name on a card, an alias or a slug.")
]
StateCode = Annotated[
    str | None,
    QueryParameter(name="state", pattern="^[A-Z]{2}$", description="Where the member lives: two letters."),
]
"""Declared as `in_state`: the framework keeps the name `state` for itself."""
County = Annotated[str | None, QueryParameter(min_length=1, max_length=60, description="Where the member lives.")]
AsOf = Annotated[date | None, QueryParameter(description="The day it is asked for; today when absent.")]
Line = Annotated[LineOfBusiness | None, QueryParameter(description="The payer's first line when absent.")]
Plan = Annotated[str | None, QueryParameter(min_length=1, max_length=120, description="A sub-plan or formulary.")]
Kind = Annotated[PayerKind | None, QueryParameter(description="Only payers of this kind.")]
WhichTreatment = Annotated[Treatment, QueryParameter(description="The treatment.")]
WhichIndication = Annotated[
    Indication | None,
    QueryParameter(
        description="What it is for. When absent, what the label names first; without a label, `trd` is assumed."
    ),
]
Lang = Annotated[
    Language | None, QueryParameter(description="The language of the sentences; `Accept-Language` when absent.")
]
AcceptLanguage = Annotated[str | None, HeaderParameter(name="Accept-Language")]

_PREFERENCE = re.compile(r"(?:^|,)\s*(en|es)(?:-\w+)*\s*(?:;\s*q=([01](?:\.\d{0,3})?)\s*)?(?=,|$)", re.IGNORECASE)


def language(lang: Language | None, accept: str | None) -> Language:
    """The language asked for in the query, else the one of English and Spanish that the browser prefers."""
    if lang:
        return lang
    weights = {tag.lower(): float(weight or 1) for tag, weight in reversed(_PREFERENCE.findall(accept or ""))}
    return "es" if weights.get("es", 0) > weights.get("en", 0) else "en"


async def only_known(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Guard: a query parameter that the endpoint does not know is refused, so that a typing error is not an answer.

    It also keeps what must not be sent (a name, a birth date) out of every endpoint by construction. One that is said
    twice is refused too, unless it takes several, because a cache or a proxy on the way may have read the other.
    """
    if isinstance(connection, Request) and connection.method == "OPTIONS":
        return  # it asks about the address, whatever may be asked there
    known = _parameters(handler)
    unknown = [name for name in connection.query_params if name not in known]
    if unknown:
        detail = (
            f"Unknown parameter: known are {', '.join(f'`{name}`' for name in known)}." if known else "No parameters."
        )
        raise Refused(
            "invalid-input", detail, *(InputError(pointer=f"/{name[:60]}", detail=detail) for name in unknown[:10])
        )
    twice = [name for name, values in connection.query_params.dict().items() if len(values) > 1 and not known[name]]
    if twice:
        detail = "The parameter is there twice."
        raise Refused("invalid-input", detail, *(InputError(pointer=f"/{name}", detail=detail) for name in twice))


@lru_cache(maxsize=1024)
def _parameters(handler: BaseRouteHandler) -> dict[str, bool]:
    """The query parameters that an endpoint knows, and whether each may be said several times."""
    return {
        field.kwarg_definition.name or name: field.is_non_string_sequence
        for name, field in handler.parsed_fn_signature.parameters.items()
        if isinstance(field.kwarg_definition, QueryParameter)
    }
