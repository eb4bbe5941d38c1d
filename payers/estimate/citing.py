"""Values to the citations that an answer prints."""

from collections.abc import Iterable

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.model import Cited
from payers.estimate.answer import Citation


def citations(catalogue: Catalogue, values: Iterable[Cited]) -> tuple[Citation, ...]:
    """Where the values were read, each source once."""
    found: dict[str, Citation] = {}
    for value in values:
        for source in catalogue.sources(value):
            found.setdefault(source.id, Citation(title=source.title, url=source.url, confidence=value.confidence))
    return tuple(found.values())
