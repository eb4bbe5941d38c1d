"""A line of a worklist as a case of the estimate page: what the schedule says of it is filled in."""

from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from service.api.asking_payers import means_of, shown
from service.api.eligibility_batches import stored_batch
from service.api.problems import Refused
from service.eligibility.sealing import open_inquiry
from service.store.database import acquire
from service.store.eligibility import SealedCheck, find_checks
from service.store.line_estimates import question_of_line
from service.store.vault import Vault
from service.web.console.access import takes
from service.web.console.desk import Desk
from service.web.console.estimate.case import EMPTY, Case, page
from service.web.console.estimate.form import form_of, with_check
from service.web.console.estimate.members import CARD

_UNUSABLE = ("rejected", "inactive", None)
"""What a payer may have said of a member from which no estimate follows."""


@get(
    "/console/worklist/{batch_id:uuid}/lines/{number:int}",
    guards=[takes("eligibility:read"), takes("estimates:write")],
)
async def line_page(batch_id: FromPath[UUID], number: FromPath[int], desk: NamedDependency[Desk]) -> Response[str]:
    """The line with its card and what the payer said, to be put right and asked again. That it was seen is recorded."""
    _, lines = await stored_batch(desk.wiring, batch_id)
    line = next((each for each in lines if each.line == number), None)
    if line is None:
        raise Refused("not-found", "No line has this number.")
    async with acquire(desk.wiring.pool) as connection:
        question = await question_of_line(connection, batch_id, number)
        check = (await find_checks(connection, [line.check_id]))[line.check_id]
    seen = (await shown(desk.wiring, desk.catalogue, desk.key, check, desk.visit.lang)).content
    payer = desk.catalogue.payers.get(line.payer)
    day = line.date_of_service.isoformat()
    blank = EMPTY._replace(values={**EMPTY.values, "payer": payer.name if payer else "", "start_on": day})
    form = form_of(question) if question else blank
    if line.outcome not in _UNUSABLE and not seen.expired:
        form = with_check(form, check.id)
    return page(desk, Case(form=form, card=_card(means_of(desk.wiring).vault, check), check=seen))


def _card(vault: Vault, check: SealedCheck) -> dict[str, str]:
    """What was asked of the member, as the inputs of the card hold it; nothing once it was purged."""
    inquiry = open_inquiry(vault, check)
    if inquiry is None:
        return {}
    people = {"subscriber": inquiry.subscriber, "dependent": inquiry.dependent}
    card = {"member_id": inquiry.member_id or ""}
    for name, pointer in CARD.items():
        *outer, leaf = pointer.split("/")[1:]
        if outer and (person := people[outer[0]]):
            value = getattr(person, leaf)
            card[name] = str(value) if value is not None else ""
    return card
