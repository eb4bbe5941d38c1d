"""The cost-sharing core by itself, for staff: explicit services under explicit plan terms; nothing is stored."""

from litestar import Controller, Response, post
from litestar.params import JSONBody

from payers.adjudication.adjudicate import adjudicate_services
from payers.adjudication.answer import AdjudicationAnswer
from payers.adjudication.contradictions import Contradiction
from payers.adjudication.question import AdjudicationQuestion
from service.api.keys import PRIVATE, needs
from service.api.problems import InputError, Refused
from service.computing import computed


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
        answer = await computed(adjudicate_services, data)
        if isinstance(answer, Contradiction):
            pointer, detail = answer
            raise Refused("impossible-question", detail, InputError(pointer=pointer, detail=detail))
        return Response(answer, headers=PRIVATE)
