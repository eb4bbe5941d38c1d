"""Background work, put into pgqueuer's queue in the same transaction as what it is about."""

from datetime import timedelta
from typing import Literal

import msgspec
from pgqueuer.adapters.persistence.qb import QueryQueueBuilder
from pgqueuer.domain.settings import DBSettings, Durability
from pgqueuer.domain.types import Channel

from service.store.database import Connection

Work = Literal["eligibility.continue", "eligibility.batch", "eligibility.estimate", "webhook.deliver"]
"""What can be waited for: a check that a person waits for, a check or an estimate of a batch, a webhook."""

NAMES = DBSettings(
    prefix="",
    db_schema=None,
    channel=Channel("ch_pgqueuer"),
    function="fn_pgqueuer_changed",
    statistics_table="pgqueuer_statistics",
    queue_status_type="pgqueuer_status",
    queue_table="pgqueuer",
    queue_table_log="pgqueuer_log",
    trigger="tg_pgqueuer_changed",
    schedules_table="pgqueuer_schedules",
    durability=Durability.durable,
)
"""As the migration has them. Said here so that no variable of the environment can rename them."""

_ENQUEUE = QueryQueueBuilder(NAMES).build_enqueue_query("skip")
_PRIORITY: dict[Work, int] = {
    "eligibility.continue": 10,
    "webhook.deliver": 5,
    "eligibility.estimate": 0,
    "eligibility.batch": 0,
}


class Depth(msgspec.Struct, frozen=True, kw_only=True):
    """How many jobs of a kind are in the queue, and since when the first of them could have been begun."""

    work: str
    status: str
    jobs: int
    late_seconds: float


async def enqueue(connection: Connection, work: Work, *subjects: str, after: timedelta = timedelta()) -> None:
    """Let workers do the work on each subject, in the caller's transaction; once, if it is in the queue already."""
    # The library's own statement, but not its call: that sends JSON as text, which our connections encode themselves.
    await connection.fetch(
        _ENQUEUE,
        [_PRIORITY[work] for _ in subjects],
        [work for _ in subjects],
        [subject.encode() for subject in subjects],
        [after for _ in subjects],
        [f"{work}/{subject}" for subject in subjects],
        [None for _ in subjects],
    )


async def depth(connection: Connection) -> tuple[Depth, ...]:
    """What is in the queue, by kind and status."""
    records = await connection.fetch(
        """
        SELECT entrypoint AS work, status::text, count(*) AS jobs,
          greatest(0, extract(epoch FROM now() - min(execute_after)))::float AS late_seconds
        FROM pgqueuer GROUP BY 1, 2 ORDER BY 1, 2
        """
    )
    return tuple(Depth(**record) for record in records)


async def forget_log(connection: Connection, *, days: int) -> None:
    """Delete pgqueuer's own record of jobs that ended longer ago; ours is in tables of our own."""
    await connection.execute(
        "DELETE FROM pgqueuer_log WHERE created < now() - make_interval(days => $1) AND aggregated", days
    )
    await connection.execute("DELETE FROM pgqueuer_statistics WHERE created < now() - make_interval(days => $1)", days)
