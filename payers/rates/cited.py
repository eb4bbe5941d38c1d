"""Where a rate was read, as the answer cites it: the file, its date, the network, and what kind of amount it is."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from payers.catalogue.model import Cited
from payers.rates.on_file import Candidate

FRESH = timedelta(days=92)
"""A payer publishes its file anew every month; one that missed two of them should be looked for again."""


class CitedRate(Cited):
    """A rate that stands behind a price; its one source is named in full."""


def cited(rates: Iterable[Candidate]) -> tuple[CitedRate, ...]:
    """Each file and network that the rates come from, once."""
    found: dict[tuple[str, ...], CitedRate] = {}
    for each in _cited(rates):
        known = found.get(each.sources)
        if known is None or each.review_by < known.review_by:
            found[each.sources] = each
    return tuple(found.values())


def said_on(each: Candidate) -> date:
    """The day that a rate is of: of the remittance's service, else of the file."""
    return each.rate.serviced_on or each.source.last_updated_on or each.source.imported_at.date()


def _cited(rates: Iterable[Candidate]) -> Iterator[CitedRate]:
    for each in rates:
        rate, source = each
        on = said_on(each)
        about = [f"{source.name}, {on.isoformat()}"]
        about += [source.entity] if source.entity else []
        about += [", ".join(rate.networks)] if rate.networks else []
        about.append(f"{rate.code} {rate.kind}")
        ends = [on + FRESH, *([rate.expires_on] if rate.expires_on else [])]
        yield CitedRate(sources=("; ".join(about),), confidence="high", verified_on=on, review_by=min(ends))
