"""Takes away what is on file about a person, as far as the law lets it."""

from datetime import date, datetime

from service.patients.finding import Found
from service.store.database import Connection
from service.store.eligibility import cancel_check, purge_these

RETENTION_YEARS = 6
"""A good-faith estimate is part of the medical record, of which a copy is owed for so long (45 CFR 149.610(f)(1))."""


async def take_away(connection: Connection, found: Found, now: datetime) -> int:
    """Purge the checks' member data, cancelling those that are being asked; how many checks had any."""
    async with connection.transaction():
        for check in found.checks:
            if check.ended_at is None:
                await cancel_check(connection, check.id, now)
        return await purge_these(connection, [check.id for check in found.checks], now)


def kept_until(found: Found) -> date | None:
    """The last day on which a copy of any good-faith estimate is owed; absent where there is none."""
    days = [issue.issued_on for issue in found.issues]
    return _years_later(max(days)) if days else None


def _years_later(day: date) -> date:
    try:
        return day.replace(year=day.year + RETENTION_YEARS)
    except ValueError:  # February 29
        return date(day.year + RETENTION_YEARS, 3, 1)
