"""What is known against a package is found, by list and by range; that nobody looked is never told as clean."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from packaging.version import Version

from supply.advisories import Affected, Affecting, Event, Unusable, affects, from_pip_audit, read_advisories
from supply.locked import ROOT, locked


def advisory(name: str, **affected: Any) -> bytes:
    return msgspec.json.encode(
        {
            "id": "PYSEC-2026-1",
            "modified": "2026-11-01T00:00:00Z",
            "summary": "Something bad",
            "affected": [{"package": {"ecosystem": "PyPI", "name": name}, **affected}],
        }
    )


def ran(folder: Path | str, more: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"OUTLAY_ADVISORIES": str(folder)}
    command = [sys.executable, "-m", "supply.advisories", *more]
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, check=False)


@pytest.mark.parametrize(
    ("version", "hit"),
    [("0.9", False), ("1.0", True), ("1.4.9", True), ("1.5", False), ("2.0", True), ("2.3", True), ("2.3.1", False)],
)
def test_a_range_goes_from_where_it_came_in_to_where_it_was_fixed(version: str, hit: bool) -> None:
    events = (Event(introduced="2.0"), Event(last_affected="2.3"), Event(introduced="1.0"), Event(fixed="1.5"))
    affected = Affected(ranges=(Affecting(type="ECOSYSTEM", events=events),))
    assert affects(affected, Version(version)) is hit


def test_what_is_known_is_told_and_fails(tmp_path: Path) -> None:
    package = next(each for each in locked() if each.name == "litestar")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep/PYSEC-2026-1.json").write_bytes(advisory("Litestar", versions=[package.version]))
    run = ran(tmp_path)
    assert run.returncode == 1
    assert f"litestar {package.version}: PYSEC-2026-1 Something bad" in run.stdout
    assert run.stdout.endswith("FOUND\n")


def test_other_versions_and_what_was_withdrawn_are_nothing(tmp_path: Path) -> None:
    (tmp_path / "1.json").write_bytes(advisory("litestar", versions=["1.0"]))
    withdrawn = msgspec.json.decode(
        advisory("litestar", ranges=[{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}])
    )
    (tmp_path / "2.json").write_bytes(msgspec.json.encode(withdrawn | {"withdrawn": "2026-11-02T00:00:00Z"}))
    run = ran("", (str(tmp_path),))
    assert (run.returncode, run.stdout) == (0, "2 advisories, the newest of 2026-11-01\nCLEAN\n")


@pytest.mark.parametrize("content", [None, b"{}", b"no json"])
def test_a_folder_of_something_else_is_no_clean_bill(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "file.json").write_bytes(content)
    with pytest.raises(Unusable):
        read_advisories(tmp_path)
    assert ran(tmp_path).returncode == 1


WELL = '{"name": "a", "version": "1", "vulns": []}'
HIT = '{"name": "b", "version": "1", "vulns": [{"id": "PYSEC-2026-1"}]}'
UNKNOWN = '{"name": "c", "skip_reason": "Dependency not found on PyPI and could not be audited: c (1)"}'


@pytest.mark.parametrize(
    ("dependencies", "verdict"),
    [((WELL,), "CLEAN"), ((WELL, HIT, UNKNOWN), "FOUND"), ((WELL, UNKNOWN), "SKIPPED"), ((UNKNOWN,), "SKIPPED")],
)
def test_a_package_that_was_not_looked_up_makes_nothing_clean(dependencies: tuple[str, ...], verdict: str) -> None:
    report = f'{{"dependencies": [{", ".join(dependencies)}], "fixes": []}}'
    assert from_pip_audit(report.encode()).verdict == verdict
