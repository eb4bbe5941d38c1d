"""Checks as they are shown: in lists without member data, and alone with what was asked and what was answered."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.model import Frozen
from payers.eligibility.inquiry import Inquiry
from payers.eligibility.plan.visit import Visit
from payers.eligibility.rejections import meaning
from payers.eligibility.response import NotX12, Rejection
from payers.eligibility.response import Status as MemberStatus
from payers.estimate.from_payer.whose import asked_payer
from payers.estimate.question import Language
from service.api.eligibility_words import ADMINISTRATORS, FAILURES
from service.api.view import view
from service.clearinghouse.answers import read, rejections
from service.eligibility.means import Means
from service.eligibility.reading import ParsedAnswer, parsed
from service.eligibility.sealing import open_answer, open_inquiry
from service.store.eligibility import Change, Check, CheckStatus, SealedCheck
from service.store.spending import RecordedAttempt


class AskedPayer(Frozen):
    """Who was asked."""

    slug: str
    name: str


class CheckFailure(Frozen):
    """Why there is no answer. `retry`: asking again, as a new check, may help."""

    fault: str
    text: str
    who_acts: str
    retry: bool


class CheckSummary(Frozen):
    """A check without member data.

    `status` is where the check stands, `outcome` what the payer says of the member. `age_seconds` is of the answer,
    which is given again for the same question until it has `expired`.
    """

    id: UUID
    created_at: datetime
    payer: AskedPayer
    connector: str
    date_of_service: date
    status: CheckStatus
    outcome: MemberStatus | None
    incomplete: bool | None
    reasons: tuple[str, ...]
    failure: CheckFailure | None
    next_attempt_at: datetime | None
    ended_at: datetime | None
    age_seconds: int | None
    expires_at: datetime | None
    expired: bool | None
    purged_at: datetime | None


class CheckAttempt(Frozen):
    """One exchange with the network: a question, or a look for the answer it owes."""

    number: int
    at: datetime
    kind: str
    outcome: str
    fault: str | None
    code: str | None
    milliseconds: int
    cost_cents: int


class CheckView(CheckSummary):
    """A check with what was asked, every attempt, and the answer; the member's part is gone once it was purged.

    `changes` is how the question had to be asked differently: of `today`, or of the `plan` as a whole. `rejections`
    are all that the answer holds, each with who must act and whether the same question helps.
    """

    inquiry: Inquiry | None
    changes: tuple[Change, ...]
    attempts: tuple[CheckAttempt, ...]
    rejections: tuple[Rejection, ...]
    answer: ParsedAnswer | None


class CheckList(Frozen):
    """Checks, the newest first."""

    items: tuple[CheckSummary, ...]
    next: UUID | None


def summary(catalogue: Catalogue, check: Check, now: datetime, lang: Language) -> CheckSummary:
    """The check in a list."""
    return view(CheckSummary, check, **_told(catalogue, check, now, lang))


def whole(
    catalogue: Catalogue,
    means: Means,
    check: SealedCheck,
    attempts: tuple[RecordedAttempt, ...],
    now: datetime,
    lang: Language,
) -> CheckView:
    """The check with its member data opened. Raises `Unopenable`."""
    answered = open_answer(means.vault, check)
    response = read(answered) if answered else None
    if response is None or isinstance(response, NotX12):
        answer, refused = None, ()
    else:
        payer = catalogue.payers.get(check.payer)
        visit = Visit(on=check.date_of_service)
        answer = parsed(response, visit, lang, asked_payer(payer) if payer else None)
        refused = tuple(_in(lang, each) for each in rejections(response))
    return view(
        CheckView,
        check,
        **_told(catalogue, check, now, lang),
        inquiry=open_inquiry(means.vault, check),
        attempts=tuple(view(CheckAttempt, each) for each in attempts),
        rejections=refused,
        answer=answer,
    )


def _told(catalogue: Catalogue, check: Check, now: datetime, lang: Language) -> dict[str, object]:
    payer = catalogue.payers.get(check.payer)
    answered = check.status == "done"
    return {
        "payer": AskedPayer(slug=check.payer, name=payer.name if payer else check.payer),
        "failure": _failure(check.failure, lang) if check.failure else None,
        "age_seconds": int((now - check.ended_at).total_seconds()) if answered and check.ended_at else None,
        "expired": check.expires_at <= now if check.expires_at else None,
    }


def _failure(fault: str, lang: Language) -> CheckFailure:
    administrator = fault in ADMINISTRATORS
    return CheckFailure(
        fault=fault,
        text=FAILURES[lang][fault],
        who_acts="clinic administrator" if administrator else "system",
        retry=not administrator,
    )


def _in(lang: Language, rejection: Rejection) -> Rejection:
    return msgspec.structs.replace(rejection, meaning=meaning(rejection.reason, lang))
