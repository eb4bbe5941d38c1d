"""What a clinic asks a payer about. A 271 cannot say whether esketamine is covered: X12 has no service type for it."""

from collections.abc import Mapping
from typing import Literal

from payers.eligibility.inquiry import PLAN, ServiceType

Use = Literal["plan", "behavioral", "office", "pharmacy"]

_SERVICE_TYPES: Mapping[Use, tuple[ServiceType, ...]] = {
    "plan": (PLAN,),
    "behavioral": ("MH", "CF", "A8"),
    "office": ("98",),
    "pharmacy": ("88",),
}
"""By X12's code source 1365 as of 5010.

- `30` is the one that every payer must answer (CAQH CORE 154).
- `MH` is mental health at large, `CF` its outpatient providers, `A8` outpatient psychiatry. CORE leaves it to the payer
  whether amounts come with them, so a silent answer is no zero.
- `98` is the professional visit in an office, in CORE's base list.
- `88` is pharmacy, the other benefit that the drug may fall under; its manager may have a payer id of its own.
"""

_OF_PAYER: Mapping[str, Mapping[Use, tuple[ServiceType, ...]]] = {}
"""By payer slug, where its own companion guide was read and wants other codes. None was, so far."""


def service_types(use: Use, payer: str | None = None) -> tuple[ServiceType, ...]:
    """The service types to ask `payer` (by slug) about, best first. Many payers answer only one in a question."""
    return _OF_PAYER.get(payer or "", {}).get(use, _SERVICE_TYPES[use])
