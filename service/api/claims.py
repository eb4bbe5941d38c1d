"""Claims for the clinic's staff: what would be denied, and why, before it is sent. Nothing is stored."""

from datetime import date

from litestar import Controller, Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from payers.catalogue.catalogue import Catalogue
from payers.claims.check import check
from payers.claims.claim import Claim, ClaimCheck
from payers.estimate.estimate import Refusal
from service.api.keys import needs
from service.api.refusals import refuse

_PRIVATE = {"Cache-Control": "no-store"}


class ClaimsController(Controller):
    """Claims, for staff."""

    path = "/v1/claims"
    tags = ("Claims",)
    security = ({"key": []},)

    @post(
        "/check",
        operation_id="checkClaim",
        summary="Codes, units, drug codes, bundles, payer and date of a claim",
        guards=[needs("estimates:write")],
        status_code=200,
    )
    async def check(
        self, data: JSONBody[Claim], catalogue: NamedDependency[Catalogue], today: NamedDependency[date]
    ) -> Response[ClaimCheck]:
        """Every finding with its remedy and where the rule was read; `ok` when none of them is an error."""
        found = check(catalogue, data, today)
        if isinstance(found, Refusal):
            refuse(found, data.lang)
        return Response(found, headers=_PRIVATE)
