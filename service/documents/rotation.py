"""Good-faith estimates are sealed anew under the newest key: only the wrapping changes, as the database sees to."""

from uuid import UUID

import msgspec

from service.documents.issuing import place
from service.eligibility.rotation import Rotated
from service.store.database import Connection
from service.store.good_faith import lock_issues, reseal_issue
from service.store.vault import Unopenable, Vault


async def rotate_issues(connection: Connection, vault: Vault, after: UUID | None) -> Rotated:
    """Seal the next estimates above `after` anew. A step that was done once more changes nothing."""
    async with connection.transaction():
        issues = await lock_issues(connection, after=after)
        unopenable: list[UUID] = []
        for issue in issues:
            try:
                resealed = msgspec.structs.replace(
                    issue,
                    sealed_request=vault.resealed(issue.sealed_request, place(issue.id, "sealed_request")),
                    sealed_documents=vault.resealed(issue.sealed_documents, place(issue.id, "sealed_documents")),
                )
            except Unopenable:
                unopenable.append(issue.id)
            else:
                if resealed != issue:
                    await reseal_issue(connection, resealed)
    return Rotated(last=issues[-1].id if issues else None, looked_at=len(issues), unopenable=tuple(unopenable))
