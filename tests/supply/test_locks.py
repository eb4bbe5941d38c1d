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


@pytest.mark.parametrize("name", ["requirements-dev.lock", "requirements-otel.lock"])
def test_a_checkout_and_the_image_with_traces_run_on_what_the_image_runs_on(name: str) -> None:
    assert set(locked(RUNTIME)) <= set(locked(ROOT / name))
