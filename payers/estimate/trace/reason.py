"""A reason: the term or the rule that made an amount, before anybody tells it."""

from collections.abc import Iterable
from datetime import date
from typing import Literal, NamedTuple

from payers.catalogue.model import Cited
from payers.cost_share.money import Range

Origin = Literal["told", "payer", "clinic", "catalogue", "law", "assumed", "unknown"]
"""Who says so: the asker, the payer in an answer about the member, the clinic's own lists, a cited value of the
catalogue, a statute or regulation; or nobody, and something usual is taken for granted or every possibility is held."""


class Word(NamedTuple):
    """A value that is itself a word of the reader's language, by its key."""

    key: str


class Percent(NamedTuple):
    """The patient's share in basis points, from least to most."""

    low_bp: int
    high_bp: int


Value = Range | Percent | Word | date | int | str


class Reason(NamedTuple):
    """One term or rule. Reasons that say the same are one, with the sources of all of them.

    `behind` are the catalogue's values, `statutes` the law as it is cited, `place` the pointer of the input that told
    it.
    """

    key: str
    origin: Origin
    values: tuple[tuple[str, Value], ...] = ()
    behind: tuple[Cited, ...] = ()
    statutes: tuple[str, ...] = ()
    place: str = ""

    @property
    def says(self) -> tuple[object, ...]:
        """What it says, whoever stands behind it."""
        return self.key, self.origin, self.values, self.statutes


def told(key: str, *, place: str = "", **values: Value) -> Reason:
    """The asker said it, at this place of the question."""
    return Reason(key, "told", tuple(values.items()), place=place)


def of_clinic(key: str, **values: Value) -> Reason:
    """The clinic's own price or contract."""
    return Reason(key, "clinic", tuple(values.items()))


def on_file(key: str, behind: Iterable[Cited], **values: Value) -> Reason:
    """The catalogue has it."""
    return Reason(key, "catalogue", tuple(values.items()), tuple(behind))


def by_law(key: str, *statutes: str, **values: Value) -> Reason:
    """A statute or regulation says it."""
    return Reason(key, "law", tuple(values.items()), statutes=statutes)


def assumed(key: str) -> Reason:
    """Nobody said it, and the usual is taken for granted."""
    return Reason(key, "assumed")


def unknown(key: str, **values: Value) -> Reason:
    """Nobody said it, and every possibility is held."""
    return Reason(key, "unknown", tuple(values.items()))


def distinct(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Each reason once, in order of first use, with every source of those that say the same."""
    several = tuple(reasons)
    if len(several) < 2:
        return several
    found: dict[tuple[object, ...], Reason] = {}
    for reason in several:
        known = found.setdefault(reason.says, reason)
        if known.behind != reason.behind:
            every = {id(each): each for each in (*known.behind, *reason.behind)}
            found[reason.says] = known._replace(behind=tuple(every.values()))
    return tuple(found.values())
