"""What is left out makes a range, and the range holds the answer to every question that tells it."""

from random import Random
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from payers.adjudication.adjudicate import adjudicate_services
from payers.adjudication.answer import AdjudicationAnswer, Amounts
from payers.adjudication.question import AdjudicationQuestion
from payers.cost_share.money import Range
from tests.reference.plan_year_cases import question

LIMITS = ("deductible", "out_of_pocket_max", "coinsurance_max")
MET = ("deductible_met_cents", "out_of_pocket_max_met_cents", "coinsurance_max_met_cents")
FORGETTABLE = (
    *(("benefits", *part, limit, "individual_met_cents") for part in ((), ("pharmacy",)) for limit in LIMITS),
    *(("benefits", "out_of_network", limit, "individual_met_cents") for limit in LIMITS),
    *(("members", name, *part, met) for name in ("Ana", "Ben") for part in ((), ("pharmacy",)) for met in MET),
    ("benefits", "out_of_pocket_max"),
    ("benefits", "visit_limit", "used"),
    *(("benefits", "cost_shares", kind, "copay_timing") for kind in ("default", "drug", "visit")),
    *(("benefits", "cost_shares", kind, "coinsurance_base") for kind in ("default", "drug", "visit")),
    *(("card", term) for term in ("policy", "credits_own_money", "remaining_cents", "yearly_limit_cents")),
)
SEEDS = st.integers(0, 2**32)


@given(SEEDS.map(Random).map(question), st.sets(st.sampled_from(FORGETTABLE), min_size=1, max_size=4))
@settings(max_examples=100, deadline=None)
def test_what_is_left_out_never_narrows_an_amount(asked: AdjudicationQuestion, left_out: set[tuple[str, ...]]) -> None:
    whole: dict[str, Any] = msgspec.to_builtins(asked)
    for path in left_out:
        _forget(whole, path)
    told, wider = _answer(asked), _answer(msgspec.convert(whole, AdjudicationQuestion))
    for narrow, wide in zip((*told.services, told.totals), (*wider.services, wider.totals), strict=True):
        for name in Amounts.__struct_fields__:
            _holds(getattr(wide, name), getattr(narrow, name))
    for narrow, wide in zip(told.services, wider.services, strict=True):
        _holds(wide.deductible_remaining, narrow.deductible_remaining)
        _holds(wide.out_of_pocket_remaining, narrow.out_of_pocket_remaining)
    owners = (told.met.patient, wider.met.patient), (told.met.family, wider.met.family)
    for narrow, wide in owners:
        for name in ("deductible", "out_of_pocket_max", "coinsurance_max"):
            _holds(getattr(wide, name), getattr(narrow, name))
    _holds(wider.card_remaining, told.card_remaining)


def _answer(asked: AdjudicationQuestion) -> AdjudicationAnswer:
    answer = adjudicate_services(asked)
    assert isinstance(answer, AdjudicationAnswer), answer
    return answer


def _forget(value: Any, path: tuple[str, ...]) -> None:
    *outer, last = path
    for name in outer:
        value = value.get(name) if value else None
    if value and last in value:
        value[last] = None


def _holds(wide: Range | None, narrow: Range | None) -> None:
    """What nobody knows holds everything."""
    if wide is not None:
        assert narrow is not None
        assert wide.low_cents <= narrow.low_cents <= narrow.high_cents <= wide.high_cents
