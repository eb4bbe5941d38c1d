"""`make advisories`: what is known against the packages of the image.

From a folder of advisories in the OSV format (https://ossf.github.io/osv-schema/), as an export of the Python Packaging
Advisory Database is, where one is named; else by pip-audit, over the network. Where neither can say, it says SKIPPED
and why: that nobody looked is never told as that nothing was found.
"""

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from supply.locked import ROOT, RUNTIME, Locked, locked

PIP_AUDIT = ROOT / ".supply/bin/pip-audit"
PIP_AUDIT_SECONDS = 300


class Event(msgspec.Struct, frozen=True):
    """A version from which on, or up to which, something holds."""

    introduced: str | None = None
    fixed: str | None = None
    last_affected: str | None = None


class Affecting(msgspec.Struct, frozen=True):
    """Versions from one event to the next."""

    type: str
    events: tuple[Event, ...] = ()


class About(msgspec.Struct, frozen=True):
    """A package of some ecosystem."""

    ecosystem: str
    name: str


class Affected(msgspec.Struct, frozen=True):
    """The versions of a package that are affected: listed, or in ranges."""

    package: About | None = None
    versions: tuple[str, ...] = ()
    ranges: tuple[Affecting, ...] = ()


class Advisory(msgspec.Struct, frozen=True):
    """What is known."""

    id: str
    modified: str
    summary: str = ""
    withdrawn: str | None = None
    affected: tuple[Affected, ...] = ()


class Vulnerability(msgspec.Struct, frozen=True):
    """What pip-audit found."""

    id: str


class Audited(msgspec.Struct, frozen=True):
    """A package as pip-audit tells it; with a reason, where it did not look."""

    name: str
    version: str = ""
    vulns: tuple[Vulnerability, ...] = ()
    skip_reason: str | None = None


class Report(msgspec.Struct, frozen=True):
    """What pip-audit tells."""

    dependencies: tuple[Audited, ...]


class Outcome(NamedTuple):
    """What came of the search, in lines for a person."""

    verdict: Literal["CLEAN", "FOUND", "SKIPPED"]
    lines: tuple[str, ...]


class Unusable(Exception):
    """The folder cannot be what it should be."""


def read_advisories(folder: Path) -> tuple[Advisory, ...]:
    """The advisories about Python packages in a folder, however deep.

    Raises:
        Unusable: there is none, or a file is no advisory.
    """
    found: list[Advisory] = []
    for path in sorted(folder.rglob("*.json")):
        try:
            advisory = msgspec.json.decode(path.read_bytes(), type=Advisory)
        except msgspec.DecodeError as error:
            raise Unusable(f"{path} is no advisory in the OSV format: {error}") from error
        if any(each.package and each.package.ecosystem == "PyPI" for each in advisory.affected):
            found.append(advisory)
    if not found:
        raise Unusable(f"{folder} holds no advisory about a Python package")
    return tuple(found)


def known(packages: Sequence[Locked], advisories: Iterable[Advisory]) -> Iterator[tuple[Locked, Advisory]]:
    """What is known against which package."""
    by_name: dict[str, list[tuple[Affected, Advisory]]] = {}
    for advisory in advisories:
        for affected in advisory.affected if advisory.withdrawn is None else ():
            if affected.package and affected.package.ecosystem == "PyPI":
                by_name.setdefault(canonicalize_name(affected.package.name), []).append((affected, advisory))
    for package in packages:
        for affected, advisory in by_name.get(canonicalize_name(package.name), ()):
            if affects(affected, Version(package.version)):
                yield package, advisory


def affects(affected: Affected, version: Version) -> bool:
    """Whether the version is among those affected."""
    listed = any(_version(each) == version for each in affected.versions)
    return listed or any(_within(each, version) for each in affected.ranges if each.type == "ECOSYSTEM")


def from_folder(folder: Path) -> Outcome:
    """What the advisories of the folder say of the locked packages. Raises `Unusable`."""
    advisories = read_advisories(folder)
    newest = max(each.modified for each in advisories)[:10]
    told = f"{len(advisories)} advisories, the newest of {newest}"
    found = tuple(
        f"{package.name} {package.version}: {advisory.id} {advisory.summary}".rstrip()
        for package, advisory in known(locked(), advisories)
    )
    return Outcome("FOUND" if found else "CLEAN", (*found, told))


def from_pip_audit(report: bytes) -> Outcome:
    """What pip-audit's JSON says. A package that it could not look up was not looked at."""
    dependencies = msgspec.json.decode(report, type=Report).dependencies
    found = tuple(
        f"{each.name} {each.version}: {vulnerability.id}" for each in dependencies for vulnerability in each.vulns
    )
    reasons = [each.skip_reason for each in dependencies if each.skip_reason]
    if found:
        return Outcome("FOUND", found)
    if reasons:
        told = f"{len(reasons)} of {len(dependencies)} packages were not looked up: {reasons[0]}"
        return Outcome("SKIPPED", (told,))
    return Outcome("CLEAN", (f"{len(dependencies)} packages looked up",))


def over_the_network() -> Outcome:
    """What pip-audit finds out."""
    if not PIP_AUDIT.exists():
        return Outcome("SKIPPED", ("no folder of advisories is named, and pip-audit is not installed",))
    command = [PIP_AUDIT, "--requirement", RUNTIME, "--disable-pip", "--require-hashes", "--format", "json"]
    try:
        run = subprocess.run(command, capture_output=True, check=False, timeout=PIP_AUDIT_SECONDS)  # noqa: S603  ours
        return from_pip_audit(run.stdout)
    except subprocess.TimeoutExpired:
        return Outcome("SKIPPED", (f"pip-audit had no answer within {PIP_AUDIT_SECONDS} seconds",))
    except msgspec.DecodeError:
        return Outcome("SKIPPED", ("pip-audit reached nobody",))


def _within(affecting: Affecting, version: Version) -> bool:
    """As the format's own algorithm has it: the last event at or below the version decides."""
    within = False
    for event in sorted(affecting.events, key=_at):
        if event.introduced is not None and _at(event) <= version:
            within = True
        elif (event.fixed is not None and _at(event) <= version) or (
            event.last_affected is not None and _at(event) < version
        ):
            within = False
    return within


def _at(event: Event) -> Version:
    return _version(event.introduced or event.fixed or event.last_affected or "0") or Version("0")


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def main() -> None:
    """Look, and say what came of it; exit 1 where something is known against a package."""
    folder = (*sys.argv[1:], os.environ.get("OUTLAY_ADVISORIES", ""))[0]
    try:
        outcome = from_folder(Path(folder)) if folder else over_the_network()
    except Unusable as error:
        sys.exit(str(error))
    sys.stdout.write("\n".join((*outcome.lines, outcome.verdict)) + "\n")
    sys.exit(outcome.verdict == "FOUND")


if __name__ == "__main__":
    main()
