"""`make licenses`: the licence of every package in the image, and a failure for one that nobody approved."""

import sys
import tomllib
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import msgspec

from supply.locked import Locked, locked


class Policy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which licences are approved, and what stands for which. `read` names packages whose licence somebody read."""

    approved: frozenset[str]
    said: Mapping[str, str]
    read: Mapping[str, str]


class Licensed(NamedTuple):
    """A package and its licence as an SPDX expression; nothing where it says none that the policy understands."""

    package: Locked
    license: str | None
    approved: bool


def policy() -> Policy:
    """The policy of `licenses.toml`."""
    return msgspec.convert(tomllib.loads(Path(__file__).with_name("licenses.toml").read_text()), Policy)


def licensed(rules: Policy, packages: tuple[Locked, ...]) -> tuple[Licensed, ...]:
    """The licences of the packages that this machine takes, as they are installed here.

    Raises:
        LookupError: a package is not installed in its locked version.
    """
    return tuple(_licensed(rules, package) for package in packages if package.here)


def approves(rules: Policy, expression: str) -> bool:
    """Whether one alternative of the expression is approved as a whole."""
    return any(set(choice.split(" AND ")) <= rules.approved for choice in expression.split(" OR "))


def _licensed(rules: Policy, package: Locked) -> Licensed:
    try:
        about = metadata.metadata(package.name).json
    except metadata.PackageNotFoundError as error:
        raise LookupError(f"{package.name} is not installed") from error
    if about["version"] != package.version:
        raise LookupError(f"{package.name} is installed as {about['version']} and locked as {package.version}")
    classifiers = [each for each in about.get("classifier", ()) if each.startswith("License ::")]
    said = str(about.get("license", "")).partition("\n")[0].strip()
    alone = rules.said.get(classifiers[0]) if len(classifiers) == 1 else None
    expression = str(about.get("license_expression", ""))
    told = rules.read.get(package.name) or expression or rules.said.get(said)
    found = told or (said if said and approves(rules, said) else alone)
    return Licensed(package, found, found is not None and approves(rules, found))


def main() -> None:
    """Print the report; exit 1 where a licence is not approved."""
    packages = locked()
    try:
        found = licensed(policy(), packages)
    except LookupError as error:
        sys.exit(f"{error}: run `make .venv`")
    for each in found:
        sys.stdout.write(f"{each.package.name:24}{each.package.version:16}{each.license or 'says none'}\n")
    elsewhere = ", ".join(sorted({each.name for each in packages} - {each.package.name for each in found}))
    sys.stdout.write(f"\n{len(found)} packages. Not for this machine, and not looked at: {elsewhere or 'none'}.\n")
    if refused := [each.package.name for each in found if not each.approved]:
        sys.exit(f"Nobody approved the licence of {', '.join(refused)}: read it, and say so in supply/licenses.toml.")


if __name__ == "__main__":
    main()
