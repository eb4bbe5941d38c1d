"""An item that is leapt over by its code alone is one that is not wanted, however its head is written."""

import pytest

from payers.price_files.transparency.items import RATES, item_at, leapt_over

WANTED = frozenset({b"99213"})
BEFORE = b'[{"billing_code":"97929","negotiated_rates":[],"name":"a"}'


@pytest.mark.parametrize(
    ("head", "leaps"),
    [
        ('"billing_code_type":"CPT","billing_code":"97929","name":"a"', True),
        ('"name":"{","billing_code":"97929"', False),
        ('"name":"say \\"so\\", {brace","billing_code":"97929"', False),
        ('"billing_code":"99213"', False),
        ('"billing_code":" 99213 "', False),
        ('"billing_code":"\u00a099213"', False),
        ('"billing_code":97929', False),
        ('"billing_code": "97929"', False),
        ('"name":"told behind its rates"', False),
        ('"billing_code":"97929","billing_code":"99213"', False),
        ('"billing_code":"99213","billing_code":"97929"', True),
        ('"billing_code":"99213","bundled_codes":[{"billing_code":"97929"}]', False),
        ('"bundled_codes":[{"billing_code":"97929"}],"billing_code":"99213"', False),
        ('"bundled_codes":[{"name":"a"},{"billing_code":"97929"}],"name":"b"', False),
        ('"name":"\\",\\"billing_code\\":\\"97929\\""', False),
    ],
)
def test_an_item_is_leapt_over_by_its_code_alone(head: str, leaps: bool) -> None:
    held = BEFORE + b",{" + head.encode() + b',"negotiated_rates":[{'
    at = held.rindex(RATES)
    rates = leapt_over(held, len(BEFORE), at, WANTED)
    assert (rates >= 0) == leaps
    if leaps:
        found = item_at(held, len(BEFORE), at)
        assert found
        assert found.rates == rates
        assert found.head.billing_code not in {"99213", " 99213 "}


def test_what_lies_before_the_place_belongs_to_another_item() -> None:
    held = BEFORE + b',{"name":"told behind","negotiated_rates":[],"billing_code":"99213"}]'
    assert leapt_over(held, 1, held.rindex(RATES), WANTED) == -1
