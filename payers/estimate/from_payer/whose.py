"""Who pays, as an answer changes it: another payer instead of the one asked, before it, or behind it."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.identity import resolve
from payers.catalogue.model import Payer
from payers.catalogue.vocabulary import LineOfBusiness
from payers.eligibility.plan.others import GROUP_FIRST
from payers.eligibility.plan.reading import AskedPayer, OtherPayer, Relation
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
_GROUP: frozenset[LineOfBusiness] = frozenset({"commercial"})
_MEDICAID: frozenset[LineOfBusiness] = frozenset({"medicaid", "rae"})
_BY_TYPE = {"MA": "Medicare", "MB": "Medicare", "QM": "Medicare", "MC": "Medicaid"}
"""Who a payer without a name is, by its insurance type (EB04). A Qualified Medicare Beneficiary has Medicare."""


class Whose(NamedTuple):
    """Who pays. With `changed` the plan of the answer is not theirs; `behind` are coverages that come after the payer.

    Of those `left_open` nobody knows who they are, or how they stand to the payer: there is no estimate without them.
    """

    payer: Payer
    line_of_business: LineOfBusiness | None = None
    changed: OtherPayer | None = None
    behind: tuple[OtherCoverage, ...] = ()
    left_open: tuple[OtherPayer, ...] = ()


class _Found(NamedTuple):
    """Another payer, as the catalogue knows it: `payer` is absent where it does not."""

    other: OtherPayer
    payer: Payer | None


def asked_payer(payer: Payer, line: LineOfBusiness | None = None) -> AskedPayer | None:
    """What kind of payer it is, as far as that changes how its rows are read; nothing where only its line tells."""
    lines = (line,) if line else payer.lines_of_business
    kinds: set[AskedPayer] = {_kind(payer, each) for each in lines}
    return kinds.pop() if len(kinds) == 1 else None


def _kind(payer: Payer, line: LineOfBusiness) -> AskedPayer:
    if line == "medicare":
        return "medicare"
    if line in _MEDICAID:
        return "medicaid"
    return "programme" if payer.programme else "other"


def whose(catalogue: Catalogue, question: Question, asked: Payer, others: Sequence[OtherPayer], on: date) -> Whose:
    """Who pays after the other payers of an answer were looked at. What the asker told of others goes before it.

    A payer that comes first leaves the one asked behind it; the plan that a Medicare beneficiary has instead would then
    come second, by terms of its own. Of two of a kind, nobody knows which.
    """
    several = [_Found(other, _payer(catalogue, question, other, on)) for other in others]
    first = [each for each in several if each.other.relation == "primary"]
    if not first and asked_payer(asked) == "medicaid":
        first = [each for each in several if each.other.relation == "qmb"]
    instead = _closest([each for each in several if each.other.relation in _INSTEAD])
    changing = first or instead
    if first and any(each.other.relation == "medicare-advantage" for each in instead):
        changing = [*first, *instead]
    payers = {each.payer.slug if each.payer else None: each for each in changing}
    unclear = [each.other for each in changing] if None in payers or len(payers) > 1 else []
    if not question.other_coverage:
        unclear += [each.other for each in several if each.other.relation == "other" and not _pays_last(each.payer)]
    if unclear:
        return Whose(asked, left_open=tuple(unclear))
    behind = question.other_coverage or tuple(dict.fromkeys(_behind(several, asked if first else None)))
    if not changing:
        return Whose(asked, behind=behind)
    (found,) = payers.values()
    payer = found.payer or asked
    lines: list[LineOfBusiness] = [line for line in payer.lines_of_business if line in _wanted(found.other)]
    return Whose(payer, lines[0] if lines else None, found.other, behind)


def _closest(several: list[_Found]) -> list[_Found]:
    """Those for the service alone, where there are any."""
    return [each for each in several if each.other.service_types and "30" not in each.other.service_types] or several


def _behind(several: Sequence[_Found], asked: Payer | None) -> Iterator[OtherCoverage]:
    """What comes after the payer: `asked` where another one pays before it. Of a QMB, Medicaid pays as such."""
    qmb = any(each.other.relation == "qmb" for each in several)
    seconds = [each.payer for each in several if each.other.relation in ("secondary", "other")]
    if qmb:
        yield Qmb()
    for payer in (*((asked,) if asked else ()), *seconds):
        for other in _second(payer):
            if not (qmb and isinstance(other, Medicaid)):
                yield other


def _payer(catalogue: Catalogue, question: Question, other: OtherPayer, on: date) -> Payer | None:
    """The payer of the catalogue that bears the name or the id, in the line that the relation asks for."""
    for name in (other.name, other.id, None if other.name else _BY_TYPE.get(other.insurance_type or "")):
        resolution = resolve(catalogue, name, on, question.state, question.county) if name else None
        if resolution and resolution.payer:
            return _of_line(catalogue, catalogue.payers[resolution.payer], _wanted(other))
    return None


def _wanted(other: OtherPayer) -> frozenset[LineOfBusiness]:
    """The lines in which it can be what the answer says; none of them where any may."""
    if other.relation == "primary" and other.insurance_type in GROUP_FIRST:
        return _GROUP
    return _INSTEAD.get(other.relation, frozenset())


def _of_line(catalogue: Catalogue, payer: Payer, wanted: frozenset[LineOfBusiness]) -> Payer | None:
    if not wanted or wanted & set(payer.lines_of_business):
        return payer
    elsewhere = next((slug for line, slug in payer.lines_elsewhere.items() if line in wanted), None)
    return catalogue.payers[elsewhere] if elsewhere else None


def _pays_last(payer: Payer | None) -> bool:
    """Medicaid and TRICARE pay after every other plan (42 U.S.C. 1396a(a)(25); 10 U.S.C. 1079(j)(1))."""
    return payer is not None and (bool(_MEDICAID & set(payer.lines_of_business)) or payer.programme == "tricare")


def _second(payer: Payer | None) -> tuple[OtherCoverage, ...]:
    """The payer as a coverage behind another one; one that nobody knows may pay anything that is left."""
    if payer is None:
        return (SecondCommercial(),)
    lines = set(payer.lines_of_business)
    if "medicare" in lines:
        return (MedicareSecond(),)
    if payer.programme == "tricare":
        return (TricareSecond(),)
    if "commercial" in lines:
        return (SecondCommercial(),)
    return (Medicaid(),) if lines & _MEDICAID else ()
