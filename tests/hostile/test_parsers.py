"""Every parser over broken texts: a value or a refusal that it tells of. `make fuzz` looks further, led by coverage.

Seconds are those of this process, so that others on the machine do not count: whatever comes is read in one pass.
"""

import time
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.reading import mutated
from tests.fuzz.targets import TARGETS, Target

EXAMPLES = 150
SECONDS = 2.0


def checked(target: Target, text: bytes) -> None:
    start = time.process_time()
    target.check(text)
    assert time.process_time() - start < SECONDS


@pytest.mark.parametrize("name", TARGETS)
def test_a_parser_tells_a_value_or_a_refusal(name: str) -> None:
    target = TARGETS[name]
    seeds = target.seeds()
    target.check(seeds[0])  # what is only built once is built
    for seed in seeds:
        checked(target, seed)

    @settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow])
    @given(st.sampled_from(seeds), st.randoms(use_true_random=False), st.binary(max_size=60))
    def broken(seed: bytes, chance: Random, more: bytes) -> None:
        checked(target, mutated(seed, chance) + more)

    broken()
