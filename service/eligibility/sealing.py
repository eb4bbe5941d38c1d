"""The member data of a check, sealed and opened: the question, the network's ticket, and the answer as it came."""

from typing import TypeVar
from uuid import UUID

import msgspec

from payers.eligibility.inquiry import Inquiry
from service.clearinghouse.connector import Answered, Pending
from service.store.eligibility import SealedCheck
from service.store.vault import Vault

T = TypeVar("T")


def place(check_id: UUID, column: str) -> str:
    """The place that a value of a check is bound to."""
    return f"eligibility_checks/{check_id}/{column}"


def seal_inquiry(vault: Vault, check_id: UUID, inquiry: Inquiry) -> bytes:
    """For `sealed_inquiry`."""
    return vault.seal(msgspec.json.encode(inquiry), place(check_id, "sealed_inquiry"))


def seal_pending(vault: Vault, check_id: UUID, pending: Pending) -> bytes:
    """For `sealed_ticket`: what the network is asked with, and what was sent to it."""
    return vault.seal(msgspec.json.encode(pending), place(check_id, "sealed_ticket"))


def seal_answer(vault: Vault, check_id: UUID, answered: Answered) -> bytes:
    """For `sealed_answer`."""
    return vault.seal(msgspec.json.encode(answered), place(check_id, "sealed_answer"))


def open_inquiry(vault: Vault, check: SealedCheck) -> Inquiry | None:
    """What was asked; nothing once it was purged. Raises `Unopenable`."""
    return _opened(vault, check, check.sealed_inquiry, "sealed_inquiry", Inquiry)


def open_pending(vault: Vault, check: SealedCheck) -> Pending | None:
    """What the network is asked with for the answer it owes. Raises `Unopenable`."""
    return _opened(vault, check, check.sealed_ticket, "sealed_ticket", Pending)


def open_answer(vault: Vault, check: SealedCheck) -> Answered | None:
    """What came back, as it came; nothing while there is none and once it was purged. Raises `Unopenable`."""
    return _opened(vault, check, check.sealed_answer, "sealed_answer", Answered)


def _opened(vault: Vault, check: SealedCheck, sealed: bytes | None, column: str, kind: type[T]) -> T | None:
    return None if sealed is None else msgspec.json.decode(vault.open(sealed, place(check.id, column)), type=kind)
