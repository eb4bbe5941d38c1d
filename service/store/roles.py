"""The roles of the database: whoever migrates owns the tables, `outlay_serve` serves, `outlay_read` reads for reports.

The last two are group roles of the whole server. The migrations say what each may do; here they are made.
"""

from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import urlsplit

import asyncpg

from service.store.database import MAY_SERVE, SERVING_ROLE, Connection, connect_as_owner

READING_ROLE = "outlay_read"
SIGNED_IN_AS_OWNER = (
    "The service signs in to the database as somebody who may change what is on record: give it a login of its own."
)
"""Said at the start and by `/health/ready`."""


class RolesMissing(Exception):
    """The server lacks roles that whoever migrates may not make. `sql` is for an administrator of the server."""

    def __init__(self, roles: Sequence[str], user: str) -> None:
        super().__init__(f"the server lacks the roles {' and '.join(roles)}, and {user} may not make any")
        self.sql = " ".join(f"CREATE ROLE {role} NOLOGIN;" for role in roles)


async def ensure_roles(connection: Connection) -> None:
    """Make the roles that the server lacks, and let this user take on the serving one where that is theirs to decide.

    Safe to run at once in several databases of one server.

    Raises:
        RolesMissing: a role is missing and this user may not make it.
    """
    missing = await connection.fetchval(
        "SELECT array(SELECT role FROM unnest($1::text[]) AS role WHERE role NOT IN (SELECT rolname FROM pg_roles))",
        [SERVING_ROLE, READING_ROLE],
    )
    for role in missing:
        try:
            await connection.execute(f"CREATE ROLE {role} NOLOGIN")
        except (asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError):
            pass  # the migration of another database was quicker
        except asyncpg.InsufficientPrivilegeError as error:
            raise RolesMissing(missing, await connection.fetchval("SELECT current_user")) from error
    if not await connection.fetchval(f"SELECT {MAY_SERVE} FROM pg_roles WHERE rolname = $1", SERVING_ROLE):  # noqa: S608  own names
        # Where this user may not, they migrate and do nothing else; or another migration was quicker.
        with suppress(asyncpg.InsufficientPrivilegeError, asyncpg.UniqueViolationError):
            await connection.execute(f"GRANT {SERVING_ROLE} TO CURRENT_USER")


async def signed_in_as_owner(connection: Connection) -> bool:
    """Whether whoever signed in could become the owner of the tables, and so change what is on record."""
    return bool(
        await connection.fetchval(
            "SELECT pg_has_role(session_user, relowner, 'MEMBER') FROM pg_class WHERE oid = to_regclass('audit')"
        )
    )


async def serving_address(owner_url: str) -> str:
    """The address at which the serving role itself signs in, on a server of our own that asks nobody for a password."""
    connection = await connect_as_owner(owner_url)
    try:
        await connection.execute(f"ALTER ROLE {SERVING_ROLE} LOGIN")
    finally:
        await connection.close()
    address = urlsplit(owner_url)
    _, _, place = address.netloc.rpartition("@")
    return address._replace(netloc=f"{SERVING_ROLE}@{place}").geturl()
