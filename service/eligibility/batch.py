"""A whole schedule: every line that can be asked becomes a check, and where it names a treatment also an estimate.

All of it goes on file in one transaction; the work is the worker's.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from payers.catalogue.catalogue import Catalogue
from payers.eligibility.faults import InputFault
from payers.estimate.question import Language, Question
from payers.estimate.who_pays import Refusal
from service.clearinghouse.configuration import Configuration
from service.clearinghouse.routes import NoRoute
from service.eligibility.asking import Asked, Unaskable, ask
from service.eligibility.making import new_check
from service.eligibility.means import Means
from service.eligibility.schedule import column_at, read_schedule
from service.eligibility.schedule_words import ADMINISTRATOR, PERHAPS, PROBLEMS, remedy
from service.store.batches import LineFault, add_batch, add_row, finish
from service.store.database import Connection
from service.store.eligibility import KeyReused, NewCheck, insert_check
from service.store.line_estimates import begin_estimates
from service.uuid7 import uuid7


class PreparedLine(NamedTuple):
    """A line that can be asked: its check, and what to estimate when that has ended."""

    number: int
    check: NewCheck
    estimate: Question | None


class Prepared(NamedTuple):
    """The lines that can be asked, and what is wrong with the others."""

    lines: tuple[PreparedLine, ...]
    faults: tuple[LineFault, ...]


def prepare(
    catalogue: Catalogue,
    configuration: Configuration,
    means: Means,
    text: bytes,
    now: datetime,
    lang: Language,
    key_id: UUID | None = None,
) -> Prepared:
    """Read a schedule and make its checks, with their member data sealed. Nothing is stored yet.

    Raises:
        ScheduleError: the file as a whole cannot be used.
    """
    lines, unreadable = read_schedule(text, lang)
    prepared: list[PreparedLine] = []
    faults = list(unreadable)
    for line in lines:
        check_id = uuid7()
        asked = ask(catalogue, configuration, line.question, str(check_id))
        if isinstance(asked, Asked):
            check = new_check(means, check_id, asked, now, key_id=key_id)
            prepared.append(PreparedLine(line.number, check, line.estimate))
        else:
            faults.extend(_faults(line.number, asked, lang))
    return Prepared(tuple(prepared), tuple(sorted(faults, key=lambda fault: fault.line)))


async def store(connection: Connection, prepared: Prepared, now: datetime, key_id: UUID | None = None) -> UUID:
    """Put it on file, all of it or nothing; the id of the batch. A line whose like is fresh gets that check."""
    batch_id, check_ids = uuid7(), set[UUID]()
    async with connection.transaction():
        await add_batch(connection, batch_id, now, key_id, prepared.faults)
        # By question: two batches with the same patients would otherwise wait for each other's in a circle.
        for line in sorted(prepared.lines, key=lambda each: each.check.question):
            check = await insert_check(connection, line.check, "eligibility.batch")
            check_id = check.check_id if isinstance(check, KeyReused) else check.id
            await add_row(connection, batch_id, line.number, check_id, line.estimate)
            check_ids.add(check_id)
        await begin_estimates(connection, tuple(check_ids))
        await finish(connection, [batch_id], now)
    return batch_id


def _faults(line: int, unaskable: Unaskable, lang: Language) -> Iterator[LineFault]:
    if isinstance(unaskable, Refusal):
        perhaps = [each.name for each in unaskable.resolution.candidates] if unaskable.resolution else []
        column = column_at(unaskable.pointer) or "payer"
        todo = PERHAPS[lang].format(names=", ".join(perhaps)) if perhaps else remedy(lang, column)
        yield LineFault(line=line, column=column, problem=unaskable.detail, remedy=todo)
    elif isinstance(unaskable, NoRoute):
        problem = PROBLEMS[lang][unaskable.reason]
        yield LineFault(line=line, column="payer", problem=problem, remedy=ADMINISTRATOR[lang])
    else:
        yield from _input_faults(line, unaskable, lang)


def _input_faults(line: int, faults: Sequence[InputFault], lang: Language) -> Iterator[LineFault]:
    for fault in faults:
        column = column_at(fault.pointer)
        todo = remedy(lang, column) if column else ADMINISTRATOR[lang]
        yield LineFault(line=line, column=column, problem=fault.detail, remedy=todo)
