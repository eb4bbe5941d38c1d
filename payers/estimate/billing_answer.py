"""What a biller needs for a session: codes with units, the kit, what goes beside them and what never does."""

from typing import Literal

from payers.catalogue.model import Frozen
from payers.catalogue.vocabulary import Component, Confidence, Lane, PlaceOfService
from payers.estimate.evidence import Citation

BilledAs = Component | Literal["evaluation", "prolonged"]
Lacking = Literal["ndc", "narrative"]
Basis = Literal["payer", "listed", "usual", "self-pay", "no-code"]
"""Whether the payer says outright that it takes the codes, they are on file for it unconfirmed, nothing is on file and
this is the usual way, no insurer is billed, or the treatment has no code at all."""


class BilledLine(Frozen):
    """One line of a claim. `units` is absent where they follow from minutes that nobody told.

    `ndc_11` is the drug code as claims carry it. `optional_modifiers` are asked for by some payers of this kind, as
    the notes say; a line `needs` what only the clinic knows.
    """

    component: BilledAs
    code: str
    label: str
    units: int | None
    ndc: str | None
    ndc_11: str | None
    product: str | None
    optional_modifiers: tuple[str, ...]
    needs: tuple[Lacking, ...]


class BillingAnswer(Frozen):
    """One set of codes and the sessions it holds for; an `evaluation` comes before the first and has no number.

    `lines` go together. Of `one_of` at most one group goes beside them, with the units that the recorded minutes
    earn; of an evaluation it is one group. Sets of the same sessions are alternatives: `dose_mg` and `lane` tell
    which, else the payer does.
    """

    visit: Literal["evaluation", "session"]
    sessions: tuple[int, ...]
    dose_mg: int | None
    lane: Lane | None
    basis: Basis
    place_of_service: PlaceOfService | None
    """As it was told; absent where it was not, or where the treatment cannot be given there."""
    lines: tuple[BilledLine, ...]
    one_of: tuple[tuple[BilledLine, ...], ...]
    never_with: tuple[str, ...]
    """Codes that must not stand on the same claim."""
    sentence: str
    notes: tuple[str, ...]
    citations: tuple[Citation, ...]
    confidence: Confidence
