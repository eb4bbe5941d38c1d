"""Who did what: rows are added and never changed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from service.store.database import Connection


async def append(
    connection: Connection,
    action: str,
    subject_kind: str,
    subject_id: str,
    *,
    key_id: UUID | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Record that `key_id` (absent: the command line) did `action` to a subject, in the caller's transaction."""
    await connection.execute(
        "INSERT INTO audit (key_id, action, subject_kind, subject_id, detail) VALUES ($1, $2, $3, $4, $5)",
        key_id,
        action,
        subject_kind,
        subject_id,
        detail or {},
    )
