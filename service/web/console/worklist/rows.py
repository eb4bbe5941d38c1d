"""The lines of a worklist as the page tells them: who comes, how it stands, what it costs, what to do next."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from payers.catalogue.catalogue import Catalogue
from payers.cost_share.money import Range
from payers.eligibility.rejections import advice, meaning
from payers.eligibility.response import NotX12
from payers.estimate.question import Language
from payers.estimate.tell_catalogue import treatment_name
from service.api.eligibility_words import ADMINISTRATORS, FAILURES
from service.clearinghouse.answers import read
from service.eligibility.sealing import open_answer, open_inquiry
from service.store.batch_lines import BatchLine
from service.store.batches import LineFault
from service.store.eligibility import SealedCheck
from service.store.line_estimates import LineRefusal
from service.store.vault import Vault
from service.web.console.words import Speak
from service.web.console.worklist.entries import Entry, State

_TONES: Mapping[State, str] = {
    "not-asked": "bad",
    "failed": "bad",
    "rejected": "bad",
    "inactive": "bad",
    "conflict": "wait",
    "unknown": "wait",
    "incomplete": "wait",
    "refused": "wait",
    "questions": "",
    "cancelled": "",
    "open": "",
    "good": "good",
}
_TOLD_BY_THE_DOMAIN = frozenset({"open-question", "impossible-question", "unknown-payer", "ambiguous-payer"})
"""Refusals whose own sentence says what to do."""


class Patient(NamedTuple):
    """Who comes, from the sealed check, and the plan that the payer named."""

    name: str
    birth_date: date | None
    plan: str | None


class Row(NamedTuple):
    """One line. `todo` are sentences, `who` must act; `patient` is absent once the member's data was taken away."""

    entry: Entry
    tone: str
    patient: Patient | None
    payer: str | None
    treatment: str | None
    todo: tuple[str, ...]
    who: tuple[str, ...]

    @property
    def asked(self) -> BatchLine | None:
        """How the line stands; nothing where it was not asked."""
        return self.entry.asked

    @property
    def first_session(self) -> Range | None:
        """What the patient pays at the first visit."""
        return self.asked.first_session if self.asked else None

    @property
    def course(self) -> Range | None:
        """What the patient pays for the whole course."""
        return self.asked.course if self.asked else None


def told(
    vault: Vault,
    catalogue: Catalogue,
    entries: Sequence[Entry],
    checks: Mapping[UUID, SealedCheck],
    lang: Language,
    speak: Speak,
) -> tuple[Row, ...]:
    """The lines with their patients. Raises `Unopenable`."""
    return tuple(_row(vault, catalogue, each, checks, lang, speak) for each in entries)


def _row(
    vault: Vault,
    catalogue: Catalogue,
    entry: Entry,
    checks: Mapping[UUID, SealedCheck],
    lang: Language,
    speak: Speak,
) -> Row:
    line = entry.asked
    if line is None:
        return Row(entry, _TONES["not-asked"], None, None, None, tuple(map(fault_told, entry.faults)), ())
    payer, treatment = catalogue.payers.get(line.payer), line.treatment
    return Row(
        entry,
        _TONES[entry.state],
        _patient(vault, checks[line.check_id]),
        payer.name if payer else line.payer,
        treatment_name(catalogue.treatments[treatment], lang) if treatment else None,
        _todo(line, entry.state, lang, speak),
        _who(line, entry.state),
    )


def fault_told(fault: LineFault) -> str:
    """What is wrong at which column, and what to write there."""
    at = f"{fault.column}: " if fault.column else ""
    return f"{at}{fault.problem} {fault.remedy}"


def _patient(vault: Vault, check: SealedCheck) -> Patient | None:
    inquiry = open_inquiry(vault, check)
    if inquiry is None:
        return None
    name = " ".join(filter(None, (inquiry.patient.first_name, inquiry.patient.last_name)))
    return Patient(name, inquiry.patient.birth_date, _plan(vault, check))


def _plan(vault: Vault, check: SealedCheck) -> str | None:
    answered = open_answer(vault, check)
    response = read(answered) if answered else None
    if response is None or isinstance(response, NotX12):
        return None
    return next((patient.plan_name for each in response.transactions for patient in each.patients), None)


def _todo(line: BatchLine, state: State, lang: Language, speak: Speak) -> tuple[str, ...]:
    if state == "failed" and line.failure:
        return (FAILURES[lang][line.failure],)
    if state in ("rejected", "incomplete") and line.reasons:
        return tuple(dict.fromkeys(meaning(reason, lang) for reason in line.reasons))
    if state == "refused" and line.refusal:
        return (_refused(line.refusal, speak),)
    if state in ("questions", "good") and line.open_questions:
        return (speak("worklist.todo_questions", count=line.open_questions),)
    if state == "open":
        return (speak("worklist.todo_estimate" if line.outcome else "worklist.todo_payer"),)
    if state == "good" and line.treatment is None:
        return (speak("worklist.todo_no_treatment"),)
    return (speak(f"worklist.todo_{state}"),)


def _refused(refusal: LineRefusal, speak: Speak) -> str:
    if refusal.detail and refusal.kind in _TOLD_BY_THE_DOMAIN:
        return refusal.detail
    return speak("worklist.todo_expired" if refusal.kind == "check-unusable" else "worklist.todo_refused")


def _who(line: BatchLine, state: State) -> tuple[str, ...]:
    """Who must act, by the key of the word."""
    if state == "failed":
        return ("clinic-administrator" if line.failure in ADMINISTRATORS else "front-desk",)
    if state in ("rejected", "incomplete"):
        return tuple(dict.fromkeys(advice(reason).who_acts.replace(" ", "-") for reason in line.reasons))
    if state in ("conflict", "unknown"):
        return ("biller",)
    return ("front-desk",) if state in ("inactive", "cancelled", "refused") else ()
