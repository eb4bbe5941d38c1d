"""The walk in the documentation is what the product does: it is walked anew, and the pages are compared."""

from pathlib import Path

import pytest

from tests.browser.looking import chromium_path
from tests.browser.walk import make

WALK = Path(__file__).parents[2] / "docs/walk"


@pytest.mark.skipif(chromium_path() is None, reason="no Chromium here")
async def test_the_walk_is_as_it_is_told(tmp_path: Path) -> None:
    await make(tmp_path)
    assert _left_in(tmp_path) == _left_in(WALK), "write it anew: make walk"


def _left_in(folder: Path) -> tuple[str, set[str]]:
    return (folder / "README.md").read_text(), {each.name for each in folder.iterdir()}
