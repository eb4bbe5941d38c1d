"""Estimates for the clinic's staff: stored before they are answered, read again, and computed again years later.

An estimate is computed in a thread, so that one with much left open does not keep the others waiting.
"""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, HeaderParameter, JSONBody

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.model import Frozen
from payers.estimate import answer
from payers.estimate.answer import Answer
from payers.estimate.estimate import Refusal
from payers.estimate.question import Question
from service.api.differences import Difference, differences
from service.api.keys import PRIVATE, needs
from service.api.plan_of_check import with_plan
from service.api.problems import Refused
from service.api.refusals import refuse
from service.api.wiring import Wiring, catalogue_of, key_of, wiring_of
from service.computing import computed
from service.estimating import created_at, estimated
from service.metrics import observe_estimate
from service.store.database import Pool, acquire
from service.store.estimates import KeyReused, StoredEstimate, earlier_estimate, find_estimate
from service.store.keys import Key

IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        pattern="^[!-~]{1,200}$",
        description="The same key and question give the stored answer again: up to 200 visible ASCII characters.",
    ),
]


class Today(Frozen):
    """The same question, asked on the same day, of the catalogue in force; no answer where it now refuses."""

    catalogue_version: str
    answer: Answer | None


class Replay(Frozen):
    """A stored estimate computed again from its own catalogue version, and what today's catalogue would change.

    `identical` is the promise: the same bytes as were given out. `replayed` is absent where this version of the
    software refuses the question.
    """

    id: UUID
    identical: bool
    catalogue_version: str
    replayed: Answer | None
    today: Today
    differences: tuple[Difference, ...]


class EstimatesController(Controller):
    """Estimates, for staff."""

    path = "/v1/estimates"
    tags = ("Estimates",)
    security = ({"key": []},)

    @post(
        operation_id="createEstimate",
        summary="What a patient will pay, session by session, and why",
        guards=[needs("estimates:write")],
        responses={
            200: ResponseSpec(Answer, generate_examples=False, description="Stored before under this key"),
            201: ResponseSpec(Answer, generate_examples=False, description="Stored now"),
        },
    )
    async def create(
        self,
        data: JSONBody[Question],
        request: Request[Any, Any, Any],
        idempotency_key: IdempotencyKey = None,
    ) -> Response[bytes]:
        """The answer, which is stored before it is given; `Location` is where it can be read again."""
        # Asked for as dependencies, each of the three would be a task of its own: a sixth of what a request takes here.
        scope = request.scope
        stored, new = await given_out(wiring_of(scope), catalogue_of(scope), key_of(scope), data, idempotency_key)
        headers = {**PRIVATE, "Location": f"/v1/estimates/{stored.id}"}
        status = 201 if new else 200
        return Response(stored.answer, status_code=status, media_type="application/json", headers=headers)

    @get(
        "/{estimate_id:uuid}",
        operation_id="readEstimate",
        summary="A stored estimate",
        guards=[needs("estimates:read")],
        responses={200: ResponseSpec(Answer, generate_examples=False, description="As it was given out")},
    )
    async def read(self, estimate_id: FromPath[UUID], wiring: NamedDependency[Wiring]) -> Response[bytes]:
        """The same bytes as were answered."""
        stored = await stored_estimate(wiring.pool, estimate_id)
        return Response(stored.answer, media_type="application/json", headers=PRIVATE)

    @post(
        "/{estimate_id:uuid}/replay",
        operation_id="replayEstimate",
        summary="A stored estimate computed again",
        guards=[needs("estimates:read")],
        status_code=200,
    )
    async def replay(
        self,
        estimate_id: FromPath[UUID],
        catalogue: NamedDependency[Catalogue],
        wiring: NamedDependency[Wiring],
    ) -> Response[Replay]:
        """Computed from the catalogue version that made it, and compared with the catalogue in force."""
        stored = await stored_estimate(wiring.pool, estimate_id)
        return Response(await replayed(wiring, catalogue, stored), headers=PRIVATE)


async def given_out(
    wiring: Wiring, catalogue: Catalogue, key: Key, data: Question, idempotency_key: str | None = None
) -> tuple[StoredEstimate, bool]:
    """The estimate that answers the question, on file; true where it was put there now. Raises `Refused`."""
    now, asked = wiring.clock().replace(microsecond=0), msgspec.json.encode(data)
    if data.eligibility_check and idempotency_key:
        # What was answered stays answered, whatever has become of the check.
        async with acquire(wiring.pool) as connection:
            earlier = await earlier_estimate(connection, key.id, idempotency_key, asked)
        if earlier is not None:
            return _same(earlier), False
    question = await with_plan(wiring, catalogue, key, data, now.date())
    estimate = await estimated(catalogue, question, now, key.id, idempotency_key)
    if isinstance(estimate, Refusal):
        refuse(estimate, data.lang)
    stored = _same(await wiring.storing.store(estimate, asked=asked))
    is_new = stored.id == estimate.id
    if is_new:
        observe_estimate("staff")
    return stored, is_new


def _same(stored: StoredEstimate | KeyReused) -> StoredEstimate:
    """What is on file. Raises `Refused` for a key that stands for another question."""
    if isinstance(stored, KeyReused):
        raise Refused("key-reused", f"The key already stands for the estimate {stored.estimate_id}.")
    return stored


async def stored_estimate(pool: Pool, estimate_id: UUID) -> StoredEstimate:
    """The estimate on file with this id. Raises `Refused` where there is none."""
    async with acquire(pool) as connection:
        stored = await find_estimate(connection, estimate_id)
    if stored is None:
        raise Refused("not-found", "No estimate has this id.")
    return stored


async def replayed(wiring: Wiring, catalogue: Catalogue, stored: StoredEstimate) -> Replay:
    """The estimate computed again from its own catalogue version, and from the catalogue in force."""
    before = await computed(_again, await wiring.versions(stored.catalogue_version), stored)
    after = await computed(_again, catalogue, stored)
    return Replay(
        id=stored.id,
        identical=before is not None and msgspec.json.encode(before) == stored.answer,
        catalogue_version=stored.catalogue_version,
        replayed=before,
        today=Today(catalogue_version=catalogue.version, answer=after),
        differences=tuple(differences(_compared(stored.answer), _compared(msgspec.json.encode(after)))),
    )


def _again(catalogue: Catalogue, stored: StoredEstimate) -> Answer | None:
    question = msgspec.json.decode(stored.question, type=Question)
    found = answer(catalogue, question, stored.asked_on, id=str(stored.id), created_at=created_at(stored.created_at))
    return None if isinstance(found, Refusal) else found


def _compared(answered: bytes) -> dict[str, Any]:
    """The document without the version of its catalogue, which is told beside it; nothing where there is no answer."""
    document: dict[str, Any] = msgspec.json.decode(answered) or {}
    return {name: part for name, part in document.items() if name != "catalogue_version"}
