"""Published messages, read as people read them. The messages lie beside the checkout and are not part of it."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from payers.eligibility.read_271 import read_271
from payers.eligibility.response import Benefit, Response

REFERENCE = Path(__file__).parents[4] / "shared/reference"
MESSAGES = REFERENCE / "x12"
EXPECTED = REFERENCE / "x12_expected.json"

pytestmark = pytest.mark.skipif(not EXPECTED.exists(), reason="the reference messages are not beside this checkout")

ABOUT_THE_READING = frozenset({"note", "review"})
"""What the people who made the expectations wrote to each other."""
OURS_ALONE = frozenset({"segment", "no_limit"})
"""Fields of a row that the expectations do not have."""
MISTAKEN = (
    "271-legacy-4010/cms-hets-appendix-b-shortened.edi",
    ".transactions[0].members[0].benefits[19].malformed",
)
"""Where the expectation repeats the amount of another row: this segment has 1810 in EB08."""


@cache
def expectations() -> dict[str, Any]:
    return msgspec.json.decode(EXPECTED.read_bytes())["files"] if EXPECTED.exists() else {}


def files(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((MESSAGES / folder).glob("*.edi"))]


def name(path: Path) -> str:
    return path.relative_to(MESSAGES).as_posix()


def in_our_terms(row: dict[str, Any]) -> dict[str, Any]:
    """A row as expected, its decimal texts as cents and basis points."""
    told = dict(row)
    for theirs, ours in (("amount", "amount_cents"), ("percent", "percent_bp")):
        if theirs in told:
            value = told.pop(theirs)
            told[ours] = None if value is None else int(Decimal(value) * 100)
    return told


def differences(expected: Any, found: Any, place: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Where the two differ: the place, what was expected, what was found."""
    if isinstance(expected, dict):
        for key, value in in_our_terms(cast("dict[str, Any]", expected)).items():
            if key not in ABOUT_THE_READING:
                yield from differences(value, found[key], f"{place}.{key}")
    elif isinstance(expected, list) and len(cast("list[Any]", expected)) == len(found):
        for position, (one, other) in enumerate(zip(cast("list[Any]", expected), found, strict=True)):
            yield from differences(one, other, f"{place}[{position}]")
    elif expected != found:
        yield place, expected, found


def as_json(response: Response) -> dict[str, Any]:
    return msgspec.json.decode(msgspec.json.encode(response))


def read(path: Path) -> Response:
    response = read_271(path.read_bytes())
    assert isinstance(response, Response)
    return response


@pytest.mark.parametrize("file", sorted(expectations()))
def test_a_published_message_reads_as_expected(file: str) -> None:
    told = differences(expectations()[file], as_json(read(MESSAGES / file)))
    assert [each for each in told if (file, each[0]) != MISTAKEN] == []


@pytest.mark.parametrize("file", sorted(expectations()))
def test_no_row_tells_what_was_not_expected(file: str) -> None:
    response = read(MESSAGES / file)
    for transaction, expected in zip(response.transactions, expectations()[file]["transactions"], strict=True):
        for member, person in zip(transaction.members, expected["members"], strict=True):
            for row, told in zip(member.benefits, person.get("benefits", []), strict=True):
                ours = {key for key, value in as_told(row).items() if value}
                assert ours - OURS_ALONE <= set(in_our_terms(told)), row


def as_told(row: Benefit) -> dict[str, Any]:
    """The fields of a row that it says anything in."""
    return {
        field: getattr(row, field) for field in row.__struct_fields__ if getattr(row, field) not in (None, (), False)
    }


@pytest.mark.parametrize("path", files("270", "271", "271-legacy-4010"), ids=name)
def test_every_published_message_is_read(path: Path) -> None:
    response = read_271(path.read_bytes())
    assert isinstance(response, Response)
    assert bool(response.transactions) == (path.parent.name != "270")


def test_no_published_member_or_row_is_lost() -> None:
    members = [
        each for path in files("271", "271-legacy-4010") for sent in read(path).transactions for each in sent.members
    ]
    assert len(files("271", "271-legacy-4010")) == 66
    assert len(members) == 82
    assert sum(len(each.benefits) for each in members) == 476


def test_the_statuses_of_all_published_patients() -> None:
    """An answer that names nobody counts as one."""
    statuses = Counter(
        each.status
        for path in files("271", "271-legacy-4010")
        for sent in read(path).transactions
        for each in sent.patients or (sent,)
    )
    assert statuses == {"active": 40, "inactive": 3, "rejected": 27, "unknown": 1, "conflict": 1}
