"""The walk in the documentation is what the product does: it is walked anew, and the page that this makes is compared."""

from pathlib import Path

import pytest

from tests.browser.looking import chromium_path
from tests.browser.walk import make

WALK = Path(__file__).parents[2] / "docs/walk"


@pytest.mark.skipif(chromium_path() is None, reason="no Chromium here")
async def test_the_walk_is_as_it_is_told(tmp_path: Path) -> None:
    await make(tmp_path)
    assert (tmp_path / "README.md").read_text() == (WALK / "README.md").read_text(), "write it anew: make walk"
    assert {each.name for each in tmp_path.iterdir()} == {each.name for each in WALK.iterdir()}
