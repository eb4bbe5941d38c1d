"""Remittances in Postgres: lines beside the rates, reversals, and the sessions of estimates that they may be about."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

import msgspec

from payers.rates.rate import Source
from payers.remittances.in_force import Standing
from payers.remittances.rates import Settled, takes_back
from service.store.database import Connection
from service.store.estimates import Part
from service.store.rates import stage
from service.store.rows import write

_LINE = (
    "source_id",
    "ordinal",
    "claim",
    "claim_billed_cents",
    "claim_paid_cents",
    "paid_on",
    "billed_cents",
    "paid_cents",
    "deductible_cents",
    "coinsurance_cents",
    "copay_cents",
    "patient_responsibility_cents",
    "allowed_from",
)
_AHEAD = timedelta(days=366)
"""An estimate is of a course of at most a year, and made before its sessions."""
_LONG_SECONDS = 600.0


class Put(NamedTuple):
    """What became of a payer's part of a file: lines on file, those that fit a session of an estimate, taken back."""

    source: Source
    lines: int
    matched: int
    taken_back: int
    unchanged: bool


async def put_remittance(
    connection: Connection,
    source: Source,
    lines: Sequence[Settled],
    reversals: Iterable[Standing],
    *,
    key_id: UUID | None = None,
) -> Put:
    """Put the lines on file as rates, match them to estimates, and take back what the payer reversed: all or nothing.

    Raises:
        asyncpg.IntegrityConstraintViolationError: a value is none that the tables take.
    """
    async with connection.transaction():
        staged = await stage(connection, source, [each.rate for each in lines], key_id=key_id)
        if staged.unchanged:
            return Put(staged.source, len(lines), 0, 0, unchanged=True)
        rows = [(source.id, ordinal, *_row(each)) for ordinal, each in enumerate(lines)]
        await write(connection, "remittance_lines", _LINE, rows)
        taken_back = sum([await _take_back(connection, source, each) for each in reversals])
        matched = await _match(connection, source, lines)
    return Put(source, len(lines), matched, taken_back, unchanged=False)


def _row(settled: Settled) -> tuple[object, ...]:
    claim, line = settled.standing.claim, settled.line
    return (
        claim.reference,
        claim.billed_cents,
        claim.paid_cents,
        settled.standing.remittance.paid_on,
        line.billed_cents,
        line.paid_cents,
        line.deductible_cents,
        line.coinsurance_cents,
        line.copay_cents,
        line.patient_responsibility_cents,
        line.allowed_from,
    )


async def _take_back(connection: Connection, source: Source, reversal: Standing) -> int:
    """Mark the claim of an earlier file that the reversal takes back: the latest that fits. The number of its lines."""
    found = await connection.fetch(
        """
        SELECT source_id, claim, claim_billed_cents, claim_paid_cents
        FROM remittance_lines JOIN rate_sources ON rate_sources.id = source_id
        WHERE claim = ANY($1) AND payer = $2 AND source_id <> $3 AND taken_back_by IS NULL
        ORDER BY imported_at DESC, source_id
        """,
        list(reversal.claim.cancels),
        source.payer,
        UUID(source.id),
    )
    for each in found:
        if takes_back(reversal.claim, each["claim_billed_cents"], each["claim_paid_cents"]):
            done = await connection.fetch(
                """
                UPDATE remittance_lines SET taken_back_by = $3
                WHERE source_id = $1 AND claim = $2 AND taken_back_by IS NULL RETURNING ordinal
                """,
                each["source_id"],
                each["claim"],
                UUID(source.id),
            )
            return len(done)
    return 0


class _Coded(Part, frozen=True, kw_only=True):
    code: str | None


class _Session(Part, frozen=True, kw_only=True):
    number: int
    on: date
    lines: tuple[_Coded, ...]


class _Billed(Part, frozen=True, kw_only=True):
    sessions: tuple[int, ...]
    lines: tuple[_Coded, ...]
    one_of: tuple[tuple[_Coded, ...], ...]


class _Answer(Part, frozen=True, kw_only=True):
    sessions: tuple[_Session, ...]
    billing: tuple[_Billed, ...]

    def codes(self) -> Iterator[tuple[date, str, int]]:
        """Day, code and number of everything that a session may be billed as."""
        for session in self.sessions:
            sets = (each for each in self.billing if session.number in each.sessions)
            every = (*session.lines, *(line for each in sets for group in (each.lines, *each.one_of) for line in group))
            for code in {line.code for line in every if line.code}:
                yield session.on, code, session.number


async def _match(connection: Connection, source: Source, lines: Sequence[Settled]) -> int:
    """Pair lines with sessions of the payer's estimates by day and code; how many lines found one."""
    wanted: dict[tuple[date, str], list[int]] = {}
    for ordinal, each in enumerate(lines):
        if each.rate.serviced_on:
            wanted.setdefault((each.rate.serviced_on, each.rate.code), []).append(ordinal)
    if not wanted:
        return 0
    days = [day for day, _ in wanted]
    await connection.execute("SET LOCAL statement_timeout = 0")
    pairs: set[tuple[str, int, UUID, int]] = set()
    async for each in connection.cursor(
        "SELECT id, asked_on, answer::text FROM estimates WHERE payer = $1 AND created_at >= $2 AND asked_on <= $3",
        source.payer,
        datetime.combine(min(days) - _AHEAD, time.min, UTC),
        max(days),
        timeout=_LONG_SECONDS,
    ):
        for on, code, number in msgspec.json.decode(each["answer"], type=_Answer).codes():
            if each["asked_on"] <= on:
                pairs |= {(source.id, ordinal, each["id"], number) for ordinal in wanted.get((on, code), ())}
    await write(connection, "remittance_matches", ("source_id", "ordinal", "estimate_id", "session"), pairs)
    return len({ordinal for _, ordinal, _, _ in pairs})
