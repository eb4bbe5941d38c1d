"""Which real rates are in a price, by which rules each was chosen, and which codes have none."""

from collections.abc import Iterator

from payers.cost_share.money import ZERO, exactly
from payers.estimate.prices import Price
from payers.estimate.trace.reason import Percent, Reason, Value, Word, unknown
from payers.rates.choose import Choice, cents_of, range_of
from payers.rates.cited import said_on

_COUNTS = {"": Word("rate-claims-untold"), "1 through 10": Word("rate-claims-few")}
"""How many claims stand behind a median, where the file has no number: it hides small ones."""


def real_rates(price: Price) -> Iterator[Reason]:
    """The rate of each code with the rules that decided; what has none."""
    for choice in price.choices:
        yield from chosen(choice)
    for code in price.missing:
        yield unknown("rate-missing", code=code)


def chosen(choice: Choice) -> Iterator[Reason]:
    """One reason for the amount, one for each rule that left some rates out, one for what stays open."""
    if choice.amount is None:
        return
    if choice.assumed_bp is not None:
        yield _of_medicare(choice, choice.assumed_bp)
        return
    newest = max(choice.left, key=said_on)
    networks = dict.fromkeys(network for each in choice.left for network in each.rate.networks)
    code = choice.line.code if choice.line.units == 1 else f"{choice.line.code} x {choice.line.units}"
    yield _said(
        choice,
        f"rate-{choice.evidence}",
        code=code,
        amount=choice.amount,
        file=newest.source.name,
        on=said_on(newest),
        network=", ".join(networks) or Word("rate-any-network"),
    )
    named = choice.line.network or ""
    for rule, left, of in choice.steps:
        if left < of:
            yield _said(choice, f"rate-rule-{rule}", code=choice.line.code, left=left, of=of, network=named)
    if choice.of_other_networks:
        yield unknown("rate-other-networks", code=choice.line.code, network=named)
    yield from _medians(choice)
    if choice.differ:
        yield _said(choice, "rate-several", code=choice.line.code, amount=choice.amount)
    if choice.stale:
        yield _said(choice, "rate-stale", code=choice.line.code)


def _of_medicare(choice: Choice, percent_bp: int) -> Reason:
    """What is assumed of a drug, with the quarter of Medicare's limit."""
    (limit,) = choice.left
    values: dict[str, Value] = {
        "code": f"{choice.line.code} x {choice.line.units}",
        "percent": Percent(percent_bp, percent_bp),
        "amount": choice.amount or ZERO,
        "file": limit.source.name,
        "begins": said_on(limit),
        "ends": limit.rate.expires_on or Word("rate-limit-open"),
    }
    key = "rate-medicare-multiple-ended" if choice.stale else "rate-medicare-multiple"
    return Reason(key, "assumed", tuple(values.items()), choice.behind)


def _medians(choice: Choice) -> Iterator[Reason]:
    """What a hospital's file tells of the claims behind each median."""
    for rate, _ in choice.left:
        if rate.kind != "median":
            continue
        amount = range_of(choice.line, rate)
        known = rate.percentile_10_cents is not None and rate.percentile_90_cents is not None
        yield _said(
            choice,
            "rate-median" if known else "rate-median-alone",
            code=choice.line.code,
            network=", ".join(rate.networks) or Word("rate-any-network"),
            median=exactly(cents_of(choice.line, rate)),
            claims=_COUNTS.get(rate.remittances or "", rate.remittances or ""),
            **({"amount": amount} if known else {}),
        )


def _said(choice: Choice, key: str, **values: Value) -> Reason:
    """A hospital says what it agreed on itself; the others are the payer's word."""
    origin = "clinic" if choice.pin or choice.evidence == "hospital-file" else "payer"
    return Reason(key, origin, tuple(values.items()), choice.behind)
