"""The lock files: every package at one version, known by its hashes, from no place in particular."""

import re
from pathlib import Path

import pytest

from supply.locked import ROOT, RUNTIME, locked

LOCKS = sorted(ROOT.glob("requirements*.lock"))


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_every_package_has_a_version_and_hashes_and_no_address(path: Path) -> None:
    text = path.read_text()
    entries = [entry for entry in re.split(r"\n(?=\S)", text) if not entry.startswith("#")]
    assert len(entries) == len(locked(path)) > 5
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text


def test_a_checkout_runs_on_what_the_image_runs_on() -> None:
    assert set(locked(RUNTIME)) <= set(locked(ROOT / "requirements-dev.lock"))
