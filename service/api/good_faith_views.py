"""Good-faith estimates as they are asked for and shown: in lists without patients' data, and alone as given out."""

import hashlib
from datetime import date, datetime
from typing import cast
from uuid import UUID

import msgspec

from payers.catalogue.model import Frozen
from payers.estimate.question import Language
from payers.good_faith.account import Charged
from payers.good_faith.content import GoodFaithEstimate, ReplacementReason
from payers.good_faith.guard import Guard
from payers.good_faith.request import GoodFaithRequest
from service.api.view import view
from service.store.good_faith import Issued, Listed


class GoodFaithQuestion(GoodFaithRequest):
    """A stored estimate, and what the clinic tells beside it."""

    estimate: UUID


class ReplacementQuestion(GoodFaithQuestion):
    """The same for an estimate that takes the place of another one, and why there is a new one."""

    reason: ReplacementReason


class GoodFaithSummary(Frozen):
    """An estimate without patients' data. `due_on` is the last day on which it was in time, absent where none was."""

    id: UUID
    created_at: datetime
    issued_on: date
    valid_until: date
    due_on: date | None
    in_time: bool | None
    estimate_id: UUID
    lang: Language
    replaces: UUID | None
    replaced_by: UUID | None


class GoodFaithList(Frozen):
    """Estimates, the newest first."""

    items: tuple[GoodFaithSummary, ...]
    next: UUID | None


class GoodFaithView(GoodFaithSummary):
    """The estimate as it was given out. `content_hash` is the SHA-256 of the bytes of `document`."""

    content_hash: str
    document: GoodFaithEstimate


class GoodFaithAccount(Guard):
    """How an estimate stands: what was billed for it, what is still to come, and what that means by law."""

    id: UUID
    as_of: date
    valid_until: date
    replaced_by: UUID | None
    billed: tuple[Charged, ...]
    planned: tuple[Charged, ...]


def summary(issued: Issued, replaced_by: UUID | None) -> GoodFaithSummary:
    """The estimate in a list."""
    in_time = None if issued.due_on is None else issued.issued_on <= issued.due_on
    return view(GoodFaithSummary, issued, in_time=in_time, replaced_by=replaced_by)


def listed(found: tuple[Listed, ...], size: int) -> GoodFaithList:
    """A page of so many, of which one more was looked for."""
    items = tuple(summary(each, each.replaced_by) for each in found[:size])
    return GoodFaithList(items=items, next=items[-1].id if len(found) > size else None)


def whole(issued: Issued, replaced_by: UUID | None, given_out: bytes) -> GoodFaithView:
    """The estimate with its document, which stays the bytes that were given out."""
    return view(
        GoodFaithView,
        summary(issued, replaced_by),
        content_hash=hashlib.sha256(given_out).hexdigest(),
        document=cast("GoodFaithEstimate", msgspec.Raw(given_out)),
    )
