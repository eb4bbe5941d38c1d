"""What is seen to every hour: what was kept long enough, work that lost its job, the audit trail's head."""

from collections.abc import Awaitable, Callable

import structlog

from service.eligibility.means import Means
from service.store.audit_chain import head_of
from service.store.batches import resume_estimates
from service.store.database import Connection, acquire
from service.store.eligibility import purge_checks, resume_checks
from service.store.queue import forget_log
from service.store.retention import LOGGED, forget_deliveries, forget_idempotency_keys, record_purge
from service.store.sessions import forget_ended
from service.store.webhooks import resume_deliveries
from service.uuid7 import uuid7

_log = structlog.get_logger()


async def housekeep(means: Means) -> None:
    """Purge, resume, log the audit trail's head. Safe to run at any time and from several places at once."""
    async with acquire(means.pool) as connection:
        await resume_checks(connection)
        await resume_deliveries(connection)
        async with connection.transaction():
            await resume_estimates(connection, means.clock())
        await forget_log(connection, days=LOGGED.days)
        await forget_ended(connection, means.clock())
        head = await head_of(connection)
    # The log is kept where whoever owns the database need not reach: `outlay audit verify --head` compares.
    _log.info("audit.head", position=head.position, hash=head.hash)
    await purge(means)


async def purge(means: Means) -> int:
    """Take away what was kept long enough, and put on record how much that was; of how many checks member data."""
    now = means.clock()
    purged = {
        "checks": await _all(means, lambda connection: purge_checks(connection, now - means.kept, now)),
        "webhook_deliveries": await _all(means, forget_deliveries),
        "idempotency_keys": await _all(means, lambda connection: forget_idempotency_keys(connection, now - LOGGED)),
    }
    if any(purged.values()):
        async with acquire(means.pool) as connection:
            await record_purge(connection, uuid7(), purged)
    return purged["checks"]


async def _all(means: Means, some: Callable[[Connection], Awaitable[int]]) -> int:
    """Do it to some rows at a time, until there are no more; to how many."""
    total = 0
    while True:
        async with acquire(means.pool) as connection, connection.transaction():
            more = await some(connection)
        total += more
        if not more:
            return total
