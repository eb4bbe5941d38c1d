"""The worked examples of the methodology: the questions are asked, the sums are done, both are as printed."""

import json
import re
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, cast, get_args

import msgspec
import pytest

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.clinic import ClinicLayer
from payers.catalogue.load import load_release
from payers.catalogue.vocabulary import CoverageStatus
from payers.cost_share.assistance import POLICIES
from payers.cost_share.money import Range, exactly
from payers.estimate import answer
from payers.estimate.answer import Answer, LineAnswer
from payers.estimate.prices import Basis
from payers.estimate.question import Question

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "methodology.md").read_text()
PRICE_LIST = "examples/price-list.toml"
EXAMPLE = re.compile(
    r"^### Example: (?P<name>.+)\n\n(?P<prose>(?:(?!#|```).*\n)*)```json\n(?P<question>[^`]+)```\n\n"
    r"\| Where \| Amount \| Arithmetic \| Why \|\n\| --- .*\n(?P<rows>(?:\|.*\n)+)",
    re.MULTILINE,
)
TERM = re.compile(r" ?([+-]?) ?(?:(\d+) x )?(?:(\d+)% of )?(\d[\d,]*(?:\.\d\d)?)")
SESSIONS = re.compile(r"sessions? (\d+)(?: to (\d+))?(?: (.+))?")
TABLE = re.compile(r"^\| `([a-z-]+)` \|", re.MULTILINE)


class Row(NamedTuple):
    """One line of a table."""

    where: str
    amount: str
    arithmetic: str
    why: str


class Example(NamedTuple):
    """A question, whole, as it is sent; whether the clinic has entered the price list; and its table."""

    name: str
    question: bytes
    listed: bool
    rows: list[Row]


def changed(whole: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """The question with a change laid over it, as in a JSON merge patch (RFC 7396)."""
    merged = whole | {
        name: changed(whole.get(name) or {}, cast("dict[str, Any]", value)) if isinstance(value, dict) else value
        for name, value in change.items()
    }
    return {name: value for name, value in merged.items() if value is not None}


def examples() -> Iterator[Example]:
    whole: dict[str, Any] = {}
    for found in EXAMPLE.finditer(PAGE):
        block = json.loads(found["question"])
        if "payer" in block:
            whole = block
        question = msgspec.json.encode(changed(whole, block))
        rows = [Row(*(cell.strip() for cell in line[1:-1].split("|"))) for line in found["rows"].splitlines()]
        yield Example(found["name"], question, PRICE_LIST in found["prose"], rows)


EXAMPLES = list(examples())
RELEASE = load_release()
CATALOGUE = Catalogue(RELEASE)
WITH_PRICE_LIST = Catalogue(RELEASE, msgspec.toml.decode((DOCS / PRICE_LIST).read_bytes(), type=ClinicLayer))


@cache
def asked(question: bytes, listed: bool) -> Answer:
    """The answer on the day that the page names."""
    day = re.search(r"asked on (\d{4}-\d\d-\d\d)", PAGE)
    assert day
    catalogue = WITH_PRICE_LIST if listed else CATALOGUE
    found = answer(catalogue, msgspec.json.decode(question, type=Question), date.fromisoformat(day[1]), id="", created_at="")
    assert isinstance(found, Answer)
    return found


def cents(text: str) -> int:
    return int(Decimal(text.replace(",", "")) * 100)


def reckoned(arithmetic: str) -> int:
    """The sum of the terms, each percentage rounded half up to the cent."""
    terms = list(TERM.finditer(arithmetic))
    assert "".join(term[0] for term in terms) == arithmetic, f"not a sum: {arithmetic}"
    total = 0
    for sign, times, percent, dollars in (term.groups() for term in terms):
        part = Decimal(cents(dollars)) * int(percent or 100) / 100
        total += (-1 if sign == "-" else 1) * int(times or 1) * int(part.quantize(Decimal(1), ROUND_HALF_UP))
    return total


def span(ends: list[int]) -> Range:
    return Range(low_cents=ends[0], high_cents=ends[-1])


def told(found: Answer, where: str) -> set[Range]:
    """What the answer has in the place that the page names; several sessions are one amount where they are alike."""
    if inside := SESSIONS.fullmatch(where):
        first, last, part = inside.groups()
        assert int(last or first) <= len(found.sessions)
        sessions = found.sessions[int(first) - 1 : int(last or first)]
        return {of_lines(session.lines, part) if part else session.patient_pays for session in sessions}
    match where.split():
        case ["course"]:
            return {found.patient_pays.course}
        case ["typical", "course"]:
            return {exactly(found.typical.course_cents)}
        case ["price"]:
            return {found.price.per_session}
        case ["year", "from", day]:
            years = found.patient_pays.by_plan_year
            return {year.patient_pays for year in years if year.starts_on.isoformat() == day}
        case ["if", world]:
            return {fork.patient_pays.course for fork in found.forks if fork.when == world}
        case ["worth", "of", name]:
            return {exactly(unknown.worth_cents) for unknown in found.unknowns if unknown.name == name}
        case ["left", "of", "the", ("deductible" | "maximum") as limit, "after", "session", number]:
            session = found.sessions[int(number) - 1]
            left = session.deductible_remaining if limit == "deductible" else session.out_of_pocket_remaining
            return {left} if left else set()
        case _:
            raise AssertionError(f"no such place: {where}")


def of_lines(lines: tuple[LineAnswer, ...], part: str) -> Range:
    """A part summed over a session's lines, or what the patient pays of the line with that component."""
    amounts = [line.patient_pays for line in lines if line.component == part] or [
        getattr(line, part.replace(" ", "_")) for line in lines
    ]
    return sum(amounts[1:], amounts[0])


def test_every_block_on_the_page_is_an_example() -> None:
    assert len(EXAMPLES) == PAGE.count("```json") == PAGE.count("### Example: ") == PAGE.count("| Where |")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_is_what_the_estimate_says(example: Example) -> None:
    found = asked(example.question, example.listed)
    printed = {row.where: {span([cents(end) for end in row.amount.split(" to ")])} for row in example.rows}
    sums = {row.where: {span([reckoned(end) for end in row.arithmetic.split(" to ")])} for row in example.rows}
    assert len(printed) == len(example.rows)
    assert sums == printed
    assert {where: told(found, where) for where in printed} == printed


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_parts_of_a_line_that_is_known_add_up(example: Example) -> None:
    found = asked(example.question, example.listed)
    for line in (line for session in found.sessions for line in session.lines):
        owed = line.allowed, line.balance_bill
        paid = line.plan_pays, line.other_payers_pay, line.assistance, line.patient_pays
        if all(amount.exact for amount in (*owed, *paid)):
            assert sum(amount.low_cents for amount in owed) == sum(amount.low_cents for amount in paid)


def test_the_tables_name_what_the_product_knows() -> None:
    assert sorted(TABLE.findall(PAGE)) == sorted((*get_args(CoverageStatus), *get_args(Basis), *POLICIES))
