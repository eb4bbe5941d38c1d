"""How a line of a schedule stands, in one word, and which lines need a person before the others."""

from typing import Literal, get_args

from service.store.batch_lines import BatchLine

Standing = Literal[
    "failed",
    "rejected",
    "conflict",
    "unknown",
    "inactive",
    "incomplete",
    "refused",
    "cancelled",
    "questions",
    "open",
    "good",
]
"""The gravest first. `refused`: there is no estimate; `questions`: there is one, and its amount is a range that answers
would narrow; `open`: it is under way."""


def standing(line: BatchLine) -> Standing:
    """What the payer said goes before what became of the estimate."""
    if line.status in ("failed", "cancelled"):
        return line.status
    if line.outcome is None:
        return "open"
    if line.outcome != "active":
        return line.outcome
    if line.incomplete:
        return "incomplete"
    if line.refusal is not None:
        return "refused"
    if line.treatment is not None and line.estimate_id is None:
        return "open"
    return "questions" if line.open_questions and line.course and not line.course.exact else "good"


def has_ended(line: BatchLine) -> bool:
    """Whether its check and its estimate, where it asks for one, have both come to their end."""
    checked = line.status in ("done", "failed", "cancelled")
    return checked and (line.treatment is None or line.estimate_id is not None or line.refusal is not None)


def gravity(line: BatchLine) -> tuple[int, int]:
    """A place in the order: the gravest lines first, each group in the order of the file."""
    return get_args(Standing).index(standing(line)), line.line
