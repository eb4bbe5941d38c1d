"""What came of a batch: its lines with what needs a person first, and everything as a table for a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from payers.catalogue.model import Frozen
from payers.cost_share.money import Range
from payers.eligibility.rejections import meaning
from payers.eligibility.response import Member, NotX12, Rejection
from payers.eligibility.response import Status as MemberStatus
from payers.estimate.question import Language
from service.clearinghouse.answers import read, rejections
from service.eligibility.sealing import open_answer, open_inquiry
from service.eligibility.standing import gravity
from service.spreadsheet import safe
from service.store.batch_lines import BatchLine
from service.store.batches import LineFault
from service.store.eligibility import CheckStatus, SealedCheck
from service.store.line_estimates import LineRefusal
from service.store.vault import Vault

HEADINGS: tuple[str, ...] = (
    "line",
    "check",
    "payer",
    "date_of_service",
    "last_name",
    "first_name",
    "birth_date",
    "member_id",
    "status",
    "outcome",
    "incomplete",
    "plan_name",
    "coverage_start",
    "coverage_end",
    "reasons",
    "who_acts",
    "problem",
    "remedy",
    "treatment",
    "estimate",
    "first_session_low",
    "first_session_high",
    "course_low",
    "course_high",
    "refusal",
)


class EstimateRefused(Frozen):
    """Why a line that names a treatment has no estimate: how its check ended, or a kind of problem and its sentence."""

    kind: str
    detail: str | None


class BatchRow(Frozen):
    """A line, how its check stands and its estimate, without member data.

    `first_session` and `course` are what the patient pays by the estimate. `refusal` is why there is none although the
    line names a treatment.
    """

    line: int
    check: UUID
    status: CheckStatus
    outcome: MemberStatus | None
    incomplete: bool | None
    reasons: tuple[str, ...]
    failure: str | None
    estimate: UUID | None
    first_session: Range | None
    course: Range | None
    refusal: EstimateRefused | None


def exceptions_first(lines: Iterable[BatchLine]) -> tuple[BatchRow, ...]:
    """Every line: those that need a person before those that are well, each group in the order of the file."""
    return tuple(
        BatchRow(
            line=line.line,
            check=line.check_id,
            status=line.status,
            outcome=line.outcome,
            incomplete=line.incomplete,
            reasons=line.reasons,
            failure=line.failure,
            estimate=line.estimate_id,
            first_session=line.first_session,
            course=line.course,
            refusal=EstimateRefused(kind=line.refusal.kind, detail=line.refusal.detail) if line.refusal else None,
        )
        for line in sorted(lines, key=gravity)
    )


def table(
    vault: Vault,
    lines: Iterable[BatchLine],
    checks: Mapping[UUID, SealedCheck],
    faults: Iterable[LineFault],
    lang: Language,
) -> str:
    """Every line of the file, in its order, as comma-separated values. A cell can start no formula.

    Raises:
        Unopenable: a check's member data does not open.
    """
    rows = [(each.line, _told(vault, checks[each.check_id], lang) | _estimated(each)) for each in lines]
    rows += [(fault.line, _not_asked(fault)) for fault in faults]
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADINGS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for line, cells in sorted(rows, key=lambda row: row[0]):
        writer.writerow({"line": str(line)} | {name: safe(cell) for name, cell in cells.items()})
    return text.getvalue()


def _told(vault: Vault, check: SealedCheck, lang: Language) -> dict[str, str]:
    inquiry, answered = open_inquiry(vault, check), open_answer(vault, check)
    cells = {
        "check": str(check.id),
        "payer": check.payer,
        "date_of_service": check.date_of_service.isoformat(),
        "status": check.status,
        "outcome": check.outcome or "",
        "incomplete": _yes(check.incomplete),
        "reasons": " ".join(check.reasons),
        "problem": check.failure or "",
    }
    if inquiry:
        patient = inquiry.patient
        cells |= {
            "last_name": patient.last_name,
            "first_name": patient.first_name or "",
            "birth_date": patient.birth_date.isoformat() if patient.birth_date else "",
            "member_id": inquiry.member_id or "",
        }
    response = read(answered) if answered else None
    if response and not isinstance(response, NotX12):
        refused = rejections(response)
        cells |= _acting(refused, lang)
        for patient in response.transactions[0].patients[:1]:
            cells |= _covered(patient)
    return cells


def _acting(refused: Sequence[Rejection], lang: Language) -> dict[str, str]:
    return {
        "who_acts": ", ".join(dict.fromkeys(each.who_acts for each in refused)),
        "remedy": " ".join(dict.fromkeys(meaning(each.reason, lang) for each in refused)),
    }


def _covered(patient: Member) -> dict[str, str]:
    return {
        "plan_name": patient.plan_name or "",
        "coverage_start": patient.coverage_start.isoformat() if patient.coverage_start else "",
        "coverage_end": patient.coverage_end.isoformat() if patient.coverage_end else "",
    }


def _estimated(line: BatchLine) -> dict[str, str]:
    cells = {"treatment": line.treatment or "", "refusal": _refused(line.refusal) if line.refusal else ""}
    if line.estimate_id and line.first_session and line.course:
        cells |= {
            "estimate": str(line.estimate_id),
            "first_session_low": _dollars(line.first_session.low_cents),
            "first_session_high": _dollars(line.first_session.high_cents),
            "course_low": _dollars(line.course.low_cents),
            "course_high": _dollars(line.course.high_cents),
        }
    return cells


def _refused(refusal: LineRefusal) -> str:
    return f"{refusal.kind}: {refusal.detail}" if refusal.detail else refusal.kind


def _dollars(cents: int) -> str:
    return f"{cents / 100:.2f}"


def _not_asked(fault: LineFault) -> dict[str, str]:
    problem = f"{fault.column}: {fault.problem}" if fault.column else fault.problem
    return {"status": "not asked", "problem": problem, "remedy": fault.remedy}


def _yes(value: bool | None) -> str:
    return {True: "yes", False: "no", None: ""}[value]
