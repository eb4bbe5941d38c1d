"""The cost-sharing core by itself, for staff: explicit services under explicit plan terms; nothing is stored."""

from litestar import Controller, Response, post
from litestar.params import JSONBody

from payers.estimate.adjudication import AdjudicationAnswer, AdjudicationQuestion, adjudicate_services
from service.api.computing import computed
from service.api.keys import PRIVATE, needs


class AdjudicationsController(Controller):
    """Adjudications, for staff."""

    path = "/v1/adjudications"
    tags = ("Adjudications",)
    security = ({"key": []},)

    @post(
        operation_id="adjudicate",
        summary="Who pays explicit services under explicit plan terms, and why",
        guards=[needs("estimates:write")],
        status_code=200,
    )
    async def adjudicate(self, data: JSONBody[AdjudicationQuestion]) -> Response[AdjudicationAnswer]:
        """Deductible, copay, coinsurance and maximum service by service; ranges where a term is left out."""
        return Response(await computed(adjudicate_services, data), headers=PRIVATE)
