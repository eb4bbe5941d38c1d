"""The packages of a lock file."""

import re
from pathlib import Path
from typing import NamedTuple

from packaging.markers import Marker

ROOT = Path(__file__).parent.parent
RUNTIME = ROOT / "requirements.lock"
"""What the image runs on."""

_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)(?:\s*;\s*([^\\]+?))?\s*\\$", re.MULTILINE)


class Locked(NamedTuple):
    """A package at the one version that may be installed; `here` says whether this machine would take it."""

    name: str
    version: str
    here: bool


def locked(path: Path = RUNTIME) -> tuple[Locked, ...]:
    """Every package of the file. One may be there twice, for different machines."""
    return tuple(
        Locked(name, version, not marker or Marker(marker).evaluate())
        for name, version, marker in _PIN.findall(path.read_text())
    )
