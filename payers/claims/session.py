"""A claim put in order for the edits, and what an edit finds, in keys and values before anybody tells it."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.model import Cited, Code, Ndc, Notice, Payer
from payers.catalogue.vocabulary import ClaimSeverity, LineOfBusiness
from payers.claims import ndc
from payers.claims.accepted import Asked
from payers.claims.claim import Claim, ClaimLine


class Line(NamedTuple):
    """A line with its number from 1, its code and modifiers in capitals, and what the catalogue knows of them."""

    number: int
    code: str
    modifiers: frozenset[str]
    on_file: bool
    """Whether the code is known at all, on whatever day."""
    entry: Code | None
    """The code as it is valid on the date of service."""
    product: Ndc | None
    asked: ClaimLine


class Found(NamedTuple):
    """What an edit found on a line. `notice` is what the law wants said, in place of the kind's own remedy."""

    line: Line
    severity: ClaimSeverity
    kind: str
    cited: tuple[Cited, ...] = ()
    values: Mapping[str, object] = MappingProxyType({})
    notice: Notice | None = None


class Session(NamedTuple):
    """The lines of one session, for one payer."""

    catalogue: Catalogue
    claim: Claim
    today: date
    payer: Payer
    payer_name: str
    """As it is told: the name that was asked, where several payers bear it."""
    line_of_business: LineOfBusiness
    lines: tuple[Line, ...]

    @property
    def day(self) -> date:
        """The date of service."""
        return self.claim.date_of_service

    @property
    def asked(self) -> Asked:
        """Who is billed, and when."""
        return Asked(self.catalogue, self.payer, self.line_of_business, self.claim.plan, self.day)

    def others(self, line: Line, codes: Iterable[str]) -> Iterator[Line]:
        """The other lines that bear one of the codes."""
        wanted = frozenset(codes)
        return (each for each in self.lines if each.number != line.number and each.code in wanted)


def session(catalogue: Catalogue, claim: Claim, today: date, payer: Payer, payer_name: str) -> Session:
    """The claim as it would go to this payer."""
    lines = tuple(_line(catalogue, claim, number, each) for number, each in enumerate(claim.lines, 1))
    line = claim.line_of_business or payer.lines_of_business[0]
    return Session(catalogue, claim, today, payer, payer_name, line, lines)


def _line(catalogue: Catalogue, claim: Claim, number: int, asked: ClaimLine) -> Line:
    code = asked.code.strip().upper()
    return Line(
        number=number,
        code=code,
        modifiers=frozenset(each.upper() for each in asked.modifiers),
        on_file=any(each.code == code for each in catalogue.release.codes),
        entry=catalogue.code(code, claim.date_of_service),
        product=ndc.known(catalogue, asked.ndc) if asked.ndc else None,
        asked=asked,
    )
