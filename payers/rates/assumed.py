"""A share of Medicare's payment limit for a drug, where a payer is taken to allow one and has no rate for the code."""

from collections.abc import Iterable

from msgspec.structs import replace

from payers.cost_share.money import exactly
from payers.rates.choose import Choice, Line, cents_of
from payers.rates.cited import cited, said_on
from payers.rates.on_file import Candidate

_WHOLE_BP = 10_000


def assumed(line: Line, limits: Iterable[Candidate], percent_bp: int) -> Choice | None:
    """The share of the limit of the newest quarter that had begun by the day; one that has ended since is stale.

    `limits` are those of Medicare's files for the line's code. No limit holds before its quarter.
    """
    begun = [each for each in limits if each.rate.amount_cents and said_on(each) <= line.on]
    if not begun:
        return None
    rate, source = max(begun, key=lambda each: (said_on(each), each.source.imported_at))
    share = replace(rate, amount_cents=(rate.amount_cents or 0) * percent_bp, units=rate.units * _WHOLE_BP)
    stale = rate.expires_on is not None and rate.expires_on < line.on
    left = (Candidate(share, source),)
    amount = exactly(cents_of(line, share))
    return Choice(line, amount, left, (), stale=stale, behind=cited(left), assumed_bp=percent_bp)
