"""Whatever goes wrong: nothing that was answered is lost, what is public is answered, and it heals by itself."""

import re

import pytest

from tests.adversity.bench import Bench, Fault
from tests.adversity.faults import FAULTS

LIGHT = [fault for fault in FAULTS if fault.light]


@pytest.mark.parametrize("fault", LIGHT, ids=[re.sub(r"\W+", "-", fault.name) for fault in LIGHT])
async def test_it_is_endured(bench: Bench, fault: Fault) -> None:
    if fault.needs_disks and not bench.disks:
        pytest.skip("mounting small disks takes root, and not in every container")
    row = await bench.endure(fault)
    assert row.lost == 0, row
