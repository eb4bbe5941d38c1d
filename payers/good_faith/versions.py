"""An estimate that replaces another one: why, what changed, and by when it had to be given."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple, get_args

import msgspec

from payers.good_faith.content import (
    Change,
    ChangedValue,
    ChangedWhat,
    ChargeLine,
    GoodFaithEstimate,
    Replaced,
    ReplacementReason,
)
from payers.good_faith.parties import Patient
from payers.good_faith.refusal import Refusal, impossible
from payers.good_faith.timing import Holidays, renewal_due
from payers.good_faith.words import say


class Item(NamedTuple):
    """All the lines of one provider for the same thing, taken together."""

    total_cents: int
    quantity: int
    dates: tuple[date, ...]


def replacing(
    before: GoodFaithEstimate, after: GoodFaithEstimate, reason: ReplacementReason, holidays: Holidays
) -> GoodFaithEstimate | Refusal:
    """The new estimate, which names the one it replaces; both are kept.

    A change of scope needs it 1 business day before the next service at the latest (45 CFR 149.610(b)(1)(vii)).
    """
    if not _same_patient(before.patient, after.patient):
        return impossible("/replaces", "other-patient", after.lang)
    following = next((day for day in after.dates if day >= after.issued_on), None)
    replaced = Replaced(
        id=before.id,
        reason=reason,
        sentence=say(after.lang, "reason", reason),
        changed=tuple(changes(before, after)),
        due_on=None if following is None else renewal_due(following, holidays),
    )
    return msgspec.structs.replace(after, replaces=replaced)


def changes(before: GoodFaithEstimate, after: GoodFaithEstimate) -> Iterator[Change]:
    """Every difference in amounts, numbers and days, item by item."""
    old, new = _items(before), _items(after)
    for npi, item in dict.fromkeys((*old, *new)):
        was, now = _values(old.get((npi, item))), _values(new.get((npi, item)))
        for what in get_args(ChangedWhat):
            if was.get(what) != now.get(what):
                yield Change(npi=npi, item=item, what=what, before=was.get(what), after=now.get(what))


def _items(estimate: GoodFaithEstimate) -> Mapping[tuple[str, str], Item]:
    found: dict[tuple[str, str], Item] = {}
    for charges in estimate.providers:
        for line in charges.lines:
            key = charges.provider.npi, _name(line)
            known = found.get(key, Item(0, 0, ()))
            found[key] = Item(
                known.total_cents + line.total_cents,
                known.quantity + line.quantity,
                tuple(sorted((*known.dates, *line.dates))),
            )
    return found


def _name(line: ChargeLine) -> str:
    return line.description if line.kind == "co-provider" else line.kind


def _values(item: Item | None) -> Mapping[ChangedWhat, ChangedValue]:
    """What is said of the item; nothing where it is not there, and no days where none is set."""
    if item is None:
        return {}
    return {"total_cents": item.total_cents, "quantity": item.quantity, "dates": item.dates or None}


def _same_patient(before: Patient, after: Patient) -> bool:
    """A correction may touch the name or the birth date, never both."""
    names = before.first_name, before.last_name
    return before.birth_date == after.birth_date or names == (after.first_name, after.last_name)
