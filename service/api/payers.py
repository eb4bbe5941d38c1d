"""Who pays: search, any name on a card resolved, and everything known about one payer."""

from datetime import date
from typing import Annotated, Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.identity import resolve, search
from payers.catalogue.vocabulary import PayerKind
from payers.estimate import tell_catalogue
from service.api.parameters import AcceptLanguage, AsOf, County, Lang, PayerName, StateCode, language
from service.api.payer_views import PayerDetail, PayerList, PayerSummary, ResolvedName, detail, resolved
from service.api.problems import InputError, Refused
from service.api.public import cacheable

PAGE = 50

Query = Annotated[str, QueryParameter(max_length=120, description="Part of a name; typing errors are forgiven.")]
Kind = Annotated[PayerKind | None, QueryParameter(description="Only payers of this kind.")]
After = Annotated[str | None, QueryParameter(max_length=120, description="`next` of the page before.")]


class PayersController(Controller):
    """Payers, for anybody."""

    path = "/v1/payers"
    tags = ("Payers",)

    @get(operation_id="listPayers", summary="Search payers by name")
    async def list(
        self,
        request: Request[Any, Any, Any],
        catalogue: NamedDependency[Catalogue],
        today: NamedDependency[date],
        q: Query = "",
        in_state: StateCode = None,
        kind: Kind = None,
        as_of: AsOf = None,
        after: After = None,
        lang: Lang = None,
        accept_language: AcceptLanguage = None,
    ) -> Response[PayerList]:
        """Payers whose names or aliases are near `q`, nearest first; every payer without `q`."""
        found = search(catalogue, q, as_of or today, in_state, kind, limit=len(catalogue.payers))
        slugs = [each.slug for each in found]
        if after is not None and after not in slugs:
            told = "`after` is not in this list: take it from the `next` of the page before."
            raise Refused("invalid-input", told, InputError(pointer="/after", detail=told))
        first = slugs.index(after) + 1 if after else 0
        told = tell_catalogue.possible(found[first : first + PAGE], language(lang, accept_language))
        items = tuple(PayerSummary.of(catalogue.payers[each.slug], each.why) for each in told)
        more = first + PAGE < len(found)
        return cacheable(request, catalogue, PayerList(items=items, next=items[-1].slug if more else None))

    @get("/resolve", operation_id="resolvePayer", summary="The payer behind a name on a card")
    async def resolve(
        self,
        request: Request[Any, Any, Any],
        catalogue: NamedDependency[Catalogue],
        today: NamedDependency[date],
        name: PayerName,
        as_of: AsOf = None,
        in_state: StateCode = None,
        county: County = None,
        lang: Lang = None,
        accept_language: AcceptLanguage = None,
    ) -> Response[ResolvedName]:
        """Any name on a card as of a day: the payer and its lineage, or the candidates and what separates them."""
        found = resolve(catalogue, name, as_of or today, in_state, county)
        return cacheable(request, catalogue, resolved(catalogue, found, language(lang, accept_language)))

    @get("/{slug:str}", operation_id="readPayer", summary="Everything known about a payer")
    async def read(
        self,
        request: Request[Any, Any, Any],
        catalogue: NamedDependency[Catalogue],
        today: NamedDependency[date],
        slug: FromPath[str],
        lang: Lang = None,
        accept_language: AcceptLanguage = None,
    ) -> Response[PayerDetail]:
        """Names, identifiers, lineage and every rule on file, each with where it was read."""
        if slug not in catalogue.payers:
            raise Refused("not-found", "No payer has this slug. Names are resolved at /v1/payers/resolve.")
        found = detail(catalogue, catalogue.payers[slug], today, language(lang, accept_language))
        return cacheable(request, catalogue, found)
