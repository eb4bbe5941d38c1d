"""What came of a batch: its lines with what needs a person first, and everything as a table for a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from payers.catalogue.model import Frozen
from payers.eligibility.rejections import meaning
from payers.eligibility.response import Member, NotX12, Rejection
from payers.eligibility.response import Status as MemberStatus
from payers.estimate.question import Language
from service.clearinghouse.answers import read, rejections
from service.eligibility.sealing import open_answer, open_inquiry
from service.store.batches import LineFault
from service.store.eligibility import Check, CheckStatus, SealedCheck
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
)
_GRAVEST_FIRST = ("failed", "rejected", "conflict", "unknown", "inactive", "incomplete", "cancelled", "open", "active")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class BatchRow(Frozen):
    """A line and how its check stands, without member data."""

    line: int
    check: UUID
    status: CheckStatus
    outcome: MemberStatus | None
    incomplete: bool | None
    reasons: tuple[str, ...]
    failure: str | None


def exceptions_first(lines: Mapping[int, UUID], checks: Mapping[UUID, Check]) -> tuple[BatchRow, ...]:
    """Every line: those that need a person before those that are well, each group in the order of the file."""
    rows = [
        BatchRow(
            line=line,
            check=check_id,
            status=checks[check_id].status,
            outcome=checks[check_id].outcome,
            incomplete=checks[check_id].incomplete,
            reasons=checks[check_id].reasons,
            failure=checks[check_id].failure,
        )
        for line, check_id in lines.items()
    ]
    return tuple(sorted(rows, key=lambda row: (_GRAVEST_FIRST.index(_gravity(row)), row.line)))


def _gravity(row: BatchRow) -> str:
    if row.status in ("failed", "cancelled"):
        return row.status
    if row.outcome is None:
        return "open"
    return "incomplete" if row.outcome == "active" and row.incomplete else row.outcome


def table(
    vault: Vault,
    lines: Mapping[int, UUID],
    checks: Mapping[UUID, SealedCheck],
    faults: Iterable[LineFault],
    lang: Language,
) -> str:
    """Every line of the file, in its order, as comma-separated values. A cell can start no formula.

    Raises:
        Unopenable: a check's member data does not open.
    """
    rows = [(line, _told(vault, checks[check_id], lang)) for line, check_id in lines.items()]
    rows += [(fault.line, _not_asked(fault)) for fault in faults]
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADINGS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for line, cells in sorted(rows, key=lambda row: row[0]):
        writer.writerow({"line": str(line)} | {name: _safe(cell) for name, cell in cells.items()})
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


def _not_asked(fault: LineFault) -> dict[str, str]:
    problem = f"{fault.column}: {fault.problem}" if fault.column else fault.problem
    return {"status": "not asked", "problem": problem, "remedy": fault.remedy}


def _yes(value: bool | None) -> str:
    return {True: "yes", False: "no", None: ""}[value]


def _safe(cell: str) -> str:
    """A spreadsheet takes a cell that begins so for a formula, and a payer may write anything."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
