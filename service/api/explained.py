"""Where the `type` of a problem leads: what it means and what to do about it."""

from litestar import Controller, Response, get
from litestar.params import FromPath

from service.api.problems import KINDS, Kind, Refused
from service.api.public import CACHE_CONTROL

FOR_ANYBODY = {"Cache-Control": CACHE_CONTROL}


class ProblemsController(Controller):
    """Problems explained, for anybody."""

    path = "/problems"
    tags = ("Problems",)

    @get(operation_id="listProblems", summary="Every kind of problem")
    async def index(self) -> Response[list[Kind]]:
        """Every kind, in the order of its status."""
        return Response([*KINDS.values()], headers=FOR_ANYBODY)

    @get("/{kind:str}", operation_id="readProblem", summary="One kind of problem")
    async def read(self, kind: FromPath[str]) -> Response[Kind]:
        """What it means and what to do about it."""
        if kind not in KINDS:
            raise Refused("not-found", "There is no such kind of problem; /problems lists them.")
        return Response(KINDS[kind], headers=FOR_ANYBODY)
