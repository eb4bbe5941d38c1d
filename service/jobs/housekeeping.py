"""What is seen to every hour: member data that was kept long enough, work that lost its job, the audit trail's head."""

import structlog

from service.eligibility.means import Means
from service.store.audit_chain import head_of
from service.store.batches import resume_estimates
from service.store.database import acquire
from service.store.eligibility import purge_checks, resume_checks
from service.store.queue import forget_log
from service.store.webhooks import resume_deliveries

LOG_DAYS = 30
"""How long the queue's own log is kept."""

_log = structlog.get_logger()


async def housekeep(means: Means) -> None:
    """Purge, resume, log the audit trail's head. Safe to run at any time and from several places at once."""
    async with acquire(means.pool) as connection:
        await resume_checks(connection)
        await resume_deliveries(connection)
        async with connection.transaction():
            await resume_estimates(connection, means.clock())
        await forget_log(connection, days=LOG_DAYS)
        head = await head_of(connection)
    # The log is kept where whoever owns the database need not reach: `outlay audit verify --head` compares.
    _log.info("audit.head", position=head.position, hash=head.hash)
    await purge(means)


async def purge(means: Means) -> int:
    """Take away member data that was kept long enough; of how many checks."""
    now, purged = means.clock(), 0
    while True:
        async with acquire(means.pool) as connection, connection.transaction():
            more = await purge_checks(connection, now - means.kept, now)
        purged += more
        if not more:
            return purged
