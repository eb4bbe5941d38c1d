"""What an answer shows for what it says: where a value was read, and the code behind a service."""

from payers.catalogue.model import Frozen
from payers.catalogue.vocabulary import Confidence


class Citation(Frozen):
    """Where a value was read and how sure it is. `url` is absent for statutes, memory and what was computed."""

    title: str
    url: str | None
    confidence: Confidence


class BillingCode(Frozen):
    """A code the payer takes, in our own words."""

    code: str
    label: str
