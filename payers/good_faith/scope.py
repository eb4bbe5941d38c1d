"""Whether what is planned is still what was estimated; otherwise a new estimate is due."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal

from payers.catalogue.model import Frozen
from payers.estimate.question import Language
from payers.estimate.words import day
from payers.good_faith.account import Account, Charged
from payers.good_faith.content import GoodFaithEstimate
from payers.good_faith.timing import Holidays, renewal_due
from payers.good_faith.words import say

ScopeReason = Literal["services", "charges", "schedule", "providers", "renewal"]
"""What of the scope changed, as a replacement gives its reason."""


class NewVersion(Frozen):
    """Why the estimate no longer says what is planned, and the last day on which a new one is in time.

    `due_on` is absent where no day is planned. `late`: it has passed.
    """

    reasons: tuple[ScopeReason, ...]
    due_on: date | None
    late: bool
    text: str


def new_version(
    estimate: GoodFaithEstimate, account: Account, today: date, holidays: Holidays, lang: Language
) -> NewVersion | None:
    """The new version that is due; none while all goes as estimated, or nothing is to come any more.

    Source: 45 CFR 149.610(b)(1)(vii), and (x) for what comes after the period.
    """
    ahead = account.ahead(estimate)
    reasons = tuple(dict.fromkeys(_reasons(estimate, account.billed, ahead, today))) if ahead else ()
    if not reasons:
        return None
    only_later = reasons == ("renewal",) and today <= estimate.valid_until
    days = [on for each in ahead if (on := each.on) and on >= today and (not only_later or on > estimate.valid_until)]
    due_on = renewal_due(min(days), holidays) if days else None
    late = due_on is not None and due_on < today
    when = "no-day" if due_on is None else "late" if late else "due"
    told = {"differs": " ".join(say(lang, "differs", each) for each in reasons)}
    if due_on is not None:
        told["due"] = day(lang, due_on)
    return NewVersion(reasons=reasons, due_on=due_on, late=late, text=say(lang, "new_version", when, **told))


def _reasons(
    estimate: GoodFaithEstimate, billed: Sequence[Charged], ahead: Sequence[Charged], today: date
) -> Iterator[ScopeReason]:
    providers = {charges.provider.npi for charges in estimate.providers}
    lines = [(charges.provider.npi, line) for charges in estimate.providers for line in charges.lines]
    estimated: Counter[tuple[str, str]] = Counter()
    for npi, line in lines:
        estimated[npi, line.kind] += line.quantity
    prices = {(npi, line.kind, line.each_cents) for npi, line in lines}
    for each in ahead:
        if each.npi not in providers:
            yield "providers"
        elif (each.npi, each.item) not in estimated:
            yield "services"
        elif (each.npi, each.item, each.each_cents) not in prices:
            yield "charges"
    coming: Counter[tuple[str, str]] = Counter()
    for each in (*billed, *ahead):
        coming[each.npi, each.item] += each.quantity
    if any(coming[item] != count for item, count in estimated.items()):
        yield "schedule"
    if today > estimate.valid_until or any(each.on and each.on > estimate.valid_until for each in ahead):
        yield "renewal"
