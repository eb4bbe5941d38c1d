"""Looks for a person in everything sealed. There is no index over names: each value is opened and looked at."""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Generic, NamedTuple, Protocol, TypeVar
from uuid import UUID

import msgspec

from payers.eligibility.response import NotX12
from payers.good_faith.parties import Patient
from service.clearinghouse.answers import read
from service.documents.issuing import open_request
from service.eligibility.sealing import open_answer, open_inquiry
from service.patients.identity import Described, Fit, Who, fit
from service.store.database import Connection
from service.store.eligibility import SealedCheck, page_unpurged
from service.store.good_faith import SealedIssue, page_issues
from service.store.vault import Unopenable, Vault


class Found(NamedTuple):
    """What is on file about a person; what was taken away before is not.

    `similar` are checks and good-faith estimates for somebody to look at; `unopenable` is how many do not open.
    """

    checks: tuple[SealedCheck, ...]
    issues: tuple[SealedIssue, ...]
    similar: tuple[UUID, ...]
    unopenable: int


class _Asked(msgspec.Struct):
    """The one thing to look at in what was asked for a good-faith estimate."""

    patient: Patient


class _Sealed(Protocol):
    @property
    def id(self) -> UUID: ...


S = TypeVar("S", bound=_Sealed)


class _Looked(NamedTuple, Generic[S]):
    theirs: list[S]
    similar: list[UUID]
    unopenable: list[UUID]


async def find(connection: Connection, vault: Vault, who: Who, looked_at: Callable[[int], None]) -> Found:
    """Look through everything; `looked_at` is told how many records more."""

    def fit_of_check(check: SealedCheck) -> Fit:
        return _closest(who, _of_check(vault, check))

    def fit_of_issue(issue: SealedIssue) -> Fit:
        return _closest(who, _of_issue(vault, issue))

    checks = await _looked_through(connection, page_unpurged, fit_of_check, looked_at)
    issues = await _looked_through(connection, page_issues, fit_of_issue, looked_at)
    return Found(
        checks=tuple(checks.theirs),
        issues=tuple(issues.theirs),
        similar=(*checks.similar, *issues.similar),
        unopenable=len(checks.unopenable) + len(issues.unopenable),
    )


async def _looked_through(
    connection: Connection,
    page: Callable[[Connection, UUID | None], Awaitable[tuple[S, ...]]],
    fit_of: Callable[[S], Fit],
    looked_at: Callable[[int], None],
) -> _Looked[S]:
    looked, after = _Looked[S]([], [], []), None
    while found := await page(connection, after):
        for each in found:
            try:
                match fit_of(each):
                    case "theirs":
                        looked.theirs.append(each)
                    case "similar":
                        looked.similar.append(each.id)
                    case "another's":
                        pass
            except Unopenable:
                looked.unopenable.append(each.id)
        looked_at(len(found))
        after = found[-1].id
    return looked


def _closest(who: Who, everybody: Iterable[Described]) -> Fit:
    fits = {fit(who, each) for each in everybody}
    return "theirs" if "theirs" in fits else "similar" if "similar" in fits else "another's"


def _of_check(vault: Vault, check: SealedCheck) -> Iterator[Described]:
    """The card holder and the patient, as the clinic asked and as the payer answered."""
    inquiry, answered = open_inquiry(vault, check), open_answer(vault, check)
    if inquiry:
        for person in (inquiry.subscriber, inquiry.patient):
            yield Described(inquiry.member_id, person.last_name, person.first_name, person.birth_date)
    response = read(answered) if answered else None
    if response is None or isinstance(response, NotX12):
        return
    for transaction in response.transactions:
        for member in transaction.members:
            yield Described(member.member_id, member.last_name, member.first_name, member.birth_date)


def _of_issue(vault: Vault, issue: SealedIssue) -> Iterator[Described]:
    patient = msgspec.json.decode(open_request(vault, issue), type=_Asked).patient
    yield Described(None, patient.last_name, patient.first_name, patient.birth_date)
