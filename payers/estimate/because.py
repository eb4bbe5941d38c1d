"""Why an amount is what it is: the plan's term behind each part of a service, by key and in a sentence."""

from collections.abc import Iterator
from typing import NamedTuple

from payers.catalogue.model import Frozen
from payers.cost_share.adjudicate import Terms, settled
from payers.cost_share.money import Range
from payers.cost_share.plan import CostShare
from payers.estimate.question import Language
from payers.estimate.words import amount, money, percent, say


class Because(Frozen):
    """The term that made an amount: the field of that name, a key that never changes, and a sentence."""

    amount: str
    key: str
    sentence: str


class Left(NamedTuple):
    """What is left of the limits; absent where nobody knows a limit."""

    deductible: Range | None
    out_of_pocket: Range | None


def reasons(
    share: CostShare,
    before: Left,
    after: Left,
    lang: Language,
    *,
    charge_below_allowed: bool,
    writes_off: bool,
    bills_balance: bool,
) -> Iterator[Because]:
    """The terms that made one service's amounts, in the order in which the amounts come about."""
    if not share.covered:
        yield _because(lang, "not_covered", "not-covered")
        return
    if charge_below_allowed:
        yield _because(lang, "allowed", "charge-below-allowed")
    if writes_off:
        yield _because(lang, "write_off", "write-off")
    if bills_balance:
        yield _because(lang, "balance_bill", "balance-bill")
    terms = settled(share)
    yield _deductible(terms, before.deductible, lang)
    if share.copay_cents is not None:
        key = f"copay-{terms[0].copay_timing}" if len(terms) == 1 else "copay-open"
        yield _because(lang, "copay", key, copay=money(share.copay_cents))
    yield from _coinsurance(share, lang)
    yield from _out_of_pocket(before.out_of_pocket, after.out_of_pocket, lang)
    yield _because(lang, "plan_pays", "plan-pays")


def _because(lang: Language, part: str, key: str, **values: str) -> Because:
    return Because(amount=part, key=key, sentence=say(lang, "adjudication", key, **values))


def _deductible(terms: list[Terms], left: Range | None, lang: Language) -> Because:
    if not any(each.deductible_applies for each in terms):
        return _because(lang, "deductible", "deductible-waived")
    if left is None:
        return _because(lang, "deductible", "deductible-open")
    if left.high_cents == 0:
        return _because(lang, "deductible", "deductible-met")
    return _because(lang, "deductible", "deductible", left=amount(lang, left))


def _coinsurance(share: CostShare, lang: Language) -> Iterator[Because]:
    if share.patient_share_bp is None and share.copay_cents is None:
        yield _because(lang, "coinsurance", "coinsurance-open")
    elif share.patient_share_bp:
        told = percent(share.patient_share_bp)
        yield _because(lang, "coinsurance", f"coinsurance-{share.coinsurance_base}", percent=told)
    for end, cents in (("min", share.coinsurance_min_cents), ("max", share.coinsurance_max_cents)):
        if cents is not None:
            yield _because(lang, "coinsurance", f"coinsurance-{end}", amount=money(cents))


def _out_of_pocket(before: Range | None, after: Range | None, lang: Language) -> Iterator[Because]:
    """The maximum, where it ends the patient's share or may."""
    if before is None or after is None:
        yield _because(lang, "patient_pays", "out-of-pocket-max-unknown")
    elif before.high_cents == 0:
        yield _because(lang, "patient_pays", "out-of-pocket-max-met")
    elif after.high_cents == 0:
        yield _because(lang, "patient_pays", "out-of-pocket-max", left=amount(lang, before))
    elif after.low_cents == 0:
        yield _because(lang, "patient_pays", "out-of-pocket-max-open")
