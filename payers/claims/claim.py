"""The request and the answer of a claim check."""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from payers.catalogue.model import Frozen
from payers.catalogue.vocabulary import ClaimSeverity, DrugSource, LineOfBusiness
from payers.estimate.answer import Citation
from payers.estimate.question import Language, Name


class ClaimLine(Frozen):
    """One line: a code, its units (one where none are given; null where they are not known yet), and what goes with it.

    `ndc` in any usual form (`50458-028-03`, `50458-0028-03`, `50458002803`); `narrative` is the free text that an
    unclassified drug needs; `minutes` is how long the service took, for a code that goes by its own time.
    """

    code: Annotated[str, Meta(min_length=1, max_length=20)]
    units: Annotated[int, Meta(ge=1, le=9999)] | None = 1
    ndc: Annotated[str, Meta(min_length=1, max_length=20)] | None = None
    modifiers: Annotated[tuple[Annotated[str, Meta(pattern="^[0-9A-Za-z]{2}$")], ...], Meta(max_length=4)] = ()
    narrative: Annotated[str, Meta(max_length=200)] | None = None
    minutes: Annotated[int, Meta(ge=0, le=1440)] | None = None


class Claim(Frozen):
    """The lines of one session. What is absent is not known, and no edit that needs it is made.

    `minutes` is prolonged time: what goes beyond the shortest time of the visit's own code (40 with 99215), or
    beyond the first hour of a drip.
    """

    payer: Name
    date_of_service: date
    lines: Annotated[tuple[ClaimLine, ...], Meta(min_length=1, max_length=50)]
    place_of_service: Annotated[str, Meta(pattern="^[0-9]{2}$")] | None = None
    state: Annotated[str, Meta(pattern="^[A-Z]{2}$")] | None = None
    line_of_business: LineOfBusiness | None = None
    plan: Name | None = None
    dose_mg: Literal[56, 84] | None = None
    new_patient: bool | None = None
    minutes: Annotated[int, Meta(ge=0, le=1440)] | None = None
    drug_source: DrugSource | None = None
    lang: Language = "en"


class ClaimFinding(Frozen):
    """What is wrong with a line, counted from 1, and what to do about it. `kind` is for machines."""

    line: int
    severity: ClaimSeverity
    kind: str
    text: str
    remedy: str
    citations: tuple[Citation, ...]


class ClaimCheck(Frozen):
    """`ok` when no finding is an error. It says that nothing known speaks against the claim, not that it is paid."""

    ok: bool
    findings: tuple[ClaimFinding, ...]
