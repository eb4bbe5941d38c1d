"""What the asker told of a plan, laid over what a payer said of it."""

from collections.abc import Iterator
from typing import Any, cast

import msgspec

from payers.cost_share.plan import Benefits
from payers.cost_share.sparse import sparse

Terms = dict[str, Any]
_OWED = frozenset({"copay_cents", "patient_share_bp", "covered"})


def laid_over(said: Benefits, told: Benefits | None) -> Benefits | None:
    """The plan that the payer said with the terms that the asker told; nothing where they contradict each other."""
    if told is None:
        return said
    try:
        return msgspec.convert(_merged(sparse(said), sparse(told)), Benefits)
    except msgspec.ValidationError:
        return None


def _merged(said: Terms, told: Terms) -> Terms:
    """Term by term. A number of visits is told whole, and so is what is owed for a kind of service.

    What is met of a limit was worked out from the payer's amount of it, and does not hold of another one.
    """
    merged = said | told
    for name, value in told.items():
        before = said.get(name)
        if name != "visit_limit" and isinstance(value, dict) and isinstance(before, dict):
            inner, of_payer = cast("Terms", value), cast("Terms", before)
            merged[name] = _shares(of_payer, inner) if name == "cost_shares" else _merged(of_payer, inner)
    for owner in ("individual", "family"):
        amount, met = f"{owner}_cents", f"{owner}_met_cents"
        if amount in told and told[amount] != said.get(amount) and met not in told:
            merged.pop(met, None)
    if "none" in merged and {"individual_cents", "family_cents"} & told.keys():
        del merged["none"]
    return told if "none" in told else merged


def _shares(said: Terms, told: Terms) -> Terms:
    """What is owed by kind of service. Told without an amount, it says how the payer's amount is meant."""
    return said | {
        kind: share if _OWED & share.keys() else {**said.get(kind, {}), **share} for kind, share in told.items()
    }


def places(plan: Benefits | None) -> Iterator[str]:
    """Every place at which a plan says something, as a JSON pointer into the question; the inner ones first.

    A kind of service is said where it is said what is owed for it.
    """
    if plan is not None:
        yield from _places("/benefits", sparse(plan))


def _places(place: str, values: Terms) -> Iterator[str]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _places(f"{place}/{name}", cast("Terms", value))
        if not place.endswith("/cost_shares") or _OWED & value.keys():
            yield f"{place}/{name}"


def without_met(plan: Benefits) -> Benefits:
    """The plan without what was used up of its limits."""
    return msgspec.convert(_without_met(sparse(plan)), Benefits)


def _without_met(values: Terms) -> Terms:
    return {
        name: _without_met(cast("Terms", value)) if isinstance(value, dict) else value
        for name, value in values.items()
        if name != "used" and not name.endswith("_met_cents")
    }
