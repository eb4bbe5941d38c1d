"""Where the `type` of a problem leads: what it means and what to do about it."""

from litestar import Controller, get
from litestar.params import FromPath

from service.api.problems import KINDS, Kind, Refused


class ProblemsController(Controller):
    """Problems explained, for anybody."""

    path = "/problems"
    tags = ("Problems",)

    @get(operation_id="listProblems", summary="Every kind of problem")
    async def index(self) -> list[Kind]:
        """Every kind, in the order of its status."""
        return [*KINDS.values()]

    @get("/{kind:str}", operation_id="readProblem", summary="One kind of problem")
    async def read(self, kind: FromPath[str]) -> Kind:
        """What it means and what to do about it."""
        if kind not in KINDS:
            raise Refused("not-found", "There is no such kind of problem; /problems lists them.")
        return KINDS[kind]
