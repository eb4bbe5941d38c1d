"""Everything that is on file about a person, as one JSON document for them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from payers.eligibility.response import NotX12
from service.clearinghouse.answers import read
from service.documents.issuing import open_documents, open_request
from service.eligibility.sealing import open_answer, open_inquiry
from service.patients.finding import Found
from service.store import audit, eligibility, good_faith
from service.store.batches import batches_of
from service.store.database import Connection
from service.store.eligibility import SealedCheck
from service.store.estimates import StoredEstimate, estimates_of
from service.store.good_faith import SealedIssue, account_of
from service.store.spending import attempts_of
from service.store.vault import Vault

_ALL = 1_000_000


async def document(connection: Connection, vault: Vault, found: Found, now: datetime) -> bytes:
    """Checks with their answers, good-faith estimates with their bills, estimates, and who did what to any of them."""
    estimates = await estimates_of(connection, [each.id for each in found.checks], [each.id for each in found.issues])
    told = {
        "made_at": now,
        "eligibility_checks": [await _check(connection, vault, each) for each in found.checks],
        "good_faith_estimates": [await _issue(connection, vault, each) for each in found.issues],
        "estimates": [_estimate(each) for each in estimates],
        "audit_trail": await _trail(connection, found, estimates),
    }
    return msgspec.json.format(msgspec.json.encode(told), indent=2)


async def _check(connection: Connection, vault: Vault, check: SealedCheck) -> dict[str, Any]:
    answered = open_answer(vault, check)
    response = read(answered) if answered else None
    return _without(check, ("question", "sealed_inquiry", "sealed_ticket", "sealed_answer")) | {
        "asked": open_inquiry(vault, check),
        "answered": answered,
        "answer": None if response is None or isinstance(response, NotX12) else response.transactions,
        "exchanges": await attempts_of(connection, check.id),
    }


async def _issue(connection: Connection, vault: Vault, issue: SealedIssue) -> dict[str, Any]:
    account, _ = await account_of(connection, issue.id)
    return _without(issue, ("sealed_request", "sealed_documents")) | {
        "asked": msgspec.Raw(open_request(vault, issue)),
        "documents": {lang: msgspec.Raw(each) for lang, each in open_documents(vault, issue).items()},
        "recorded": account.records,
    }


def _estimate(estimate: StoredEstimate) -> dict[str, Any]:
    return _without(estimate, ("question", "answer")) | {
        "question": msgspec.Raw(estimate.question),
        "answer": msgspec.Raw(estimate.answer),
    }


async def _trail(connection: Connection, found: Found, estimates: Iterable[StoredEstimate]) -> list[audit.Entry]:
    batches = {batch for check in found.checks for batch in await batches_of(connection, check.id)}
    subjects: Mapping[str, Iterable[UUID]] = {
        eligibility.SUBJECT: [each.id for each in found.checks],
        good_faith.SUBJECT: [each.id for each in found.issues],
        "estimate": [each.id for each in estimates],
        "eligibility-batch": batches,
    }
    trail = [
        entry
        for kind, ids in subjects.items()
        for each in ids
        for entry in await audit.entries(connection, audit.Wanted(subject_kind=kind, subject_id=str(each)), limit=_ALL)
    ]
    return sorted(trail, key=lambda entry: entry.id)


def _without(record: msgspec.Struct, columns: Iterable[str]) -> dict[str, Any]:
    return {name: value for name, value in msgspec.structs.asdict(record).items() if name not in columns}
