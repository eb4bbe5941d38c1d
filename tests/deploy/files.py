"""The files of `deploy/` and compose, as values."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


def documents(path: Path) -> list[dict[str, Any]]:
    """Every document of a YAML file."""
    parts = path.read_text().split("\n---\n")
    return [msgspec.yaml.decode(part, type=dict[str, Any]) for part in parts]


def manifests() -> Iterator[dict[str, Any]]:
    """Everything that a cluster would be given."""
    for path in sorted((DEPLOY / "kubernetes").rglob("*.yaml")):
        if path.name != "kustomization.yaml":
            yield from documents(path)


def kustomizations() -> dict[str, dict[str, Any]]:
    """By the name of the folder."""
    return {path.parent.name: documents(path)[0] for path in (DEPLOY / "kubernetes").rglob("kustomization.yaml")}


def of_kind(kind: str) -> list[dict[str, Any]]:
    """The manifests of one kind."""
    found = [each for each in manifests() if each["kind"] == kind]
    assert found
    return found


def compose() -> dict[str, Any]:
    """What `docker compose` is given, without its anchors."""
    return documents(ROOT / "compose.yaml")[0]
