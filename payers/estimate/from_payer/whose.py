"""Who pays, as an answer changes it: another payer instead of the one asked, before it, or behind it."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.identity import resolve
from payers.catalogue.model import Payer
from payers.catalogue.vocabulary import LineOfBusiness
from payers.eligibility.plan.others import OtherPayer, Relation
from payers.eligibility.plan.reading import AskedPayer
from payers.estimate.question import (
    Medicaid,
    MedicareSecond,
    OtherCoverage,
    Qmb,
    Question,
    SecondCommercial,
    TricareSecond,
)

_INSTEAD: dict[Relation, frozenset[LineOfBusiness]] = {
    "medicare-advantage": frozenset({"medicare-advantage"}),
    "managed-care": frozenset({"medicaid", "rae"}),
    "behavioral": frozenset({"behavioral-health-carveout"}),
}
"""Relations of a payer that answers instead of the one asked, and the lines in which it does."""
_NEVER_INSTEAD = frozenset({"qmb", "drug-plan", "other"})


class Whose(NamedTuple):
    """Who pays. With `changed` the plan of the answer is not theirs; `unnamed` are payers that nobody could find.

    `behind` are coverages that come after the payer.
    """

    payer: Payer
    line_of_business: LineOfBusiness | None = None
    changed: OtherPayer | None = None
    behind: tuple[OtherCoverage, ...] = ()
    unnamed: tuple[OtherPayer, ...] = ()


def asked_payer(payer: Payer) -> AskedPayer:
    """What kind of payer it is, as far as that changes how its rows are read."""
    lines = set(payer.lines_of_business)
    if "medicare" in lines:
        return "medicare"
    return "medicaid" if lines & {"medicaid", "rae"} else "other"


def whose(catalogue: Catalogue, question: Question, asked: Payer, others: Sequence[OtherPayer], on: date) -> Whose:
    """Who pays after the other payers of an answer were looked at. A payer without a name on file is asked about."""
    unnamed: list[OtherPayer] = []
    behind: list[OtherCoverage] = []
    for other in others:
        if other.relation == "qmb":
            behind.append(Qmb())
        elif other.relation not in _NEVER_INSTEAD:
            found = _found(catalogue, question, other, on)
            if found is None:
                unnamed.append(other)
            elif other.relation in _INSTEAD:
                lines: list[LineOfBusiness] = [
                    line for line in found.lines_of_business if line in _INSTEAD[other.relation]
                ]
                return Whose(found, lines[0], other, unnamed=tuple(unnamed))
            elif other.relation == "primary":
                return Whose(found, None, other, _second(asked), tuple(unnamed))
            else:
                behind += _second(found)
    return Whose(asked, behind=tuple(behind), unnamed=tuple(unnamed))


def _found(catalogue: Catalogue, question: Question, other: OtherPayer, on: date) -> Payer | None:
    """The payer of the catalogue that bears the name, in the line that the relation asks for."""
    if other.name is None:
        return None
    resolution = resolve(catalogue, other.name, on, question.state, question.county)
    if resolution.payer is None:
        return None
    payer = catalogue.payers[resolution.payer]
    wanted = _INSTEAD.get(other.relation)
    if wanted is None or wanted & set(payer.lines_of_business):
        return payer
    elsewhere = next((slug for line, slug in payer.lines_elsewhere.items() if line in wanted), None)
    return catalogue.payers[elsewhere] if elsewhere else None


def _second(payer: Payer) -> tuple[OtherCoverage, ...]:
    """The payer as a coverage behind another one."""
    lines = set(payer.lines_of_business)
    if "medicare" in lines:
        return (MedicareSecond(),)
    if lines & {"medicaid", "rae"}:
        return (Medicaid(),)
    if payer.programme == "tricare":
        return (TricareSecond(),)
    return (SecondCommercial(),) if "commercial" in lines else ()
