"""Whatever goes wrong: nothing that was answered is lost, what is public is answered, and it heals by itself."""

import pytest

from tests.adversity.bench import Bench, Fault
from tests.adversity.faults import FAULTS


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name.replace(" ", "-"))
async def test_it_is_endured(bench: Bench, fault: Fault) -> None:
    if fault.needs_disks and not bench.disks:
        pytest.skip("mounting small disks takes root, and not in every container")
    row = await bench.endure(fault)
    assert row.lost == 0, row
