"""Worked examples that others published, computed by the product.

`OUTLAY_CONFORMANCE_CASES=FILE` runs another file of the format instead of the one kept here.
"""

import os
from collections.abc import Callable
from pathlib import Path
from re import IGNORECASE, search
from typing import Any, cast

import msgspec
import pytest

from tests.conformance.case_format import Unreadable, read
from tests.conformance.readings import readings
from tests.conformance.words import Missing


class CaseFile(msgspec.Struct):
    """The envelope; each case is decoded in its own test, so that one bad case does not hide the others."""

    format: str
    cases: list[dict[str, Any]]


def cases() -> list[Any]:
    path = Path(os.environ.get("OUTLAY_CONFORMANCE_CASES", Path(__file__).with_name("cases.json")))
    file = msgspec.json.decode(path.read_bytes(), type=CaseFile)
    assert file.format == "cost-sharing-cases/1"
    return [pytest.param(case, id=str(case.get("id", number))) for number, case in enumerate(file.cases)]


def differences(expected: Any, computed: Any, tolerance: int, path: str = "") -> list[str]:
    """Where the computed results are not what is expected; a key that nobody computes is a difference."""
    if isinstance(expected, dict):
        if not isinstance(computed, dict):
            return [f"{path}: a table is expected"]
        found: list[str] = []
        for key, value in cast("dict[str, Any]", expected).items():
            here = f"{path}.{key}" if path else key
            if key not in computed:
                found.append(f"{here}: the product computes no such result")
            else:
                found += differences(value, computed[key], tolerance, here)
        return found
    if isinstance(expected, list):
        wanted = cast("list[Any]", expected)
        if not isinstance(computed, list) or len(wanted) != len(cast("list[Any]", computed)):
            return [f"{path}: {wanted} is expected, {computed} computed"]
        pairs = enumerate(zip(wanted, cast("list[Any]", computed), strict=True))
        return [each for n, (want, have) in pairs for each in differences(want, have, tolerance, f"{path}[{n}]")]
    if isinstance(expected, int) and isinstance(computed, int) and abs(expected - computed) <= tolerance:
        return []
    return [] if expected == computed else [f"{path}: {expected} is expected, {computed} computed"]


@pytest.mark.parametrize("told", cases())
def test_case(told: dict[str, Any], record_property: Callable[[str, object], None]) -> None:
    for name in ("id", "category", "status"):
        record_property("case" if name == "id" else name, told.get(name, "none"))
    record_property("reading", "none")
    try:
        failures = _failures(told, record_property)
    except (Unreadable, Missing) as wrong:
        failures = [f"{told.get('id', 'no id')}: {wrong}"]
    if failures:
        pytest.fail("\n".join(failures), pytrace=False)


def _failures(told: dict[str, Any], record_property: Callable[[str, object], None]) -> list[str]:
    """What differs on every reading; nothing where the case passes on one, which is then recorded."""
    case = read(told)
    lines = max(1, len(case.services))
    tolerance = lines if search(r"\b(one|a|1)[ -]cent (per line|tolerance)", case.notes, IGNORECASE) else 0
    failures: list[str] = []
    for reading, computed in readings(case):
        differing = differences(case.expected, computed, tolerance)
        if not differing:
            record_property("reading", reading)
            record_property("derived", "; ".join(differences(case.derived or {}, computed, tolerance)))
            return []
        failures += [f"read {reading}: {each}" for each in differing]
    return failures
