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

from payers.adjudication.adjudicate import adjudicate_services
from payers.adjudication.answer import AdjudicationAnswer
from payers.adjudication.question import AdjudicationQuestion
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
from payers.estimate.trace.reason import Origin
from payers.second_payers.second_plan import METHODS

DOCS = Path(__file__).parents[2] / "docs"
PAGES = [page.read_text() for page in sorted(DOCS.glob("methodology*.md"))]
ALL = "".join(PAGES)
PRICE_LIST = "examples/price-list.toml"
EXAMPLE = re.compile(
    r"^### Example: (?P<name>.+)\n\n(?P<prose>(?:(?!#|```).*\n)*)```json\n(?P<question>[^`]+)```\n\n"
    r"\| Where \| Amount \| Arithmetic \| Why \|\n\| --- .*\n(?P<rows>(?:\|.*\n)+)"
    r"(?:\n\| Amount \| Because \| From \| Age \|\n\| --- .*\n(?P<reasons>(?:\|.*\n)+))?",
    re.MULTILINE,
)
TERM = re.compile(r" ?([+-]?) ?(?:(\d+) x )?(?:(\d+)% of )?(\d[\d,]*(?:\.\d\d)?)")
SESSIONS = re.compile(r"sessions? (\d+)(?: to (\d+))?(?: (.+))?")
LEFT = {
    "deductible": "deductible_remaining",
    "maximum": "out_of_pocket_remaining",
    "drug deductible": "drug_deductible_remaining",
    "drug maximum": "drug_out_of_pocket_remaining",
}
TABLE = re.compile(r"^\| `([a-z-]+)` \|", re.MULTILINE)


class Row(NamedTuple):
    """One line of a table."""

    where: str
    amount: str
    arithmetic: str
    why: str


class ReasonRow(NamedTuple):
    """One line of a table of reasons."""

    where: str
    sentence: str
    origin: str
    age: str


class Example(NamedTuple):
    """A question, whole, as it is sent; whether the clinic has entered the price list; and its tables."""

    name: str
    question: bytes
    listed: bool
    rows: list[Row]
    reasons: list[ReasonRow]


def changed(whole: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """The question with a change laid over it, as in a JSON merge patch (RFC 7396)."""
    merged = whole | {
        name: changed(whole.get(name) or {}, cast("dict[str, Any]", value)) if isinstance(value, dict) else value
        for name, value in change.items()
    }
    return {name: value for name, value in merged.items() if value is not None}


def cells(line: str) -> list[str]:
    """The cells of a table's line."""
    return [cell.strip() for cell in line[1:-1].split("|")]


def examples(page: str) -> Iterator[Example]:
    whole: dict[str, Any] = {}
    for found in EXAMPLE.finditer(page):
        block = json.loads(found["question"])
        alone = isinstance(block.get("services"), list)
        if "payer" in block:
            whole = block
        question = msgspec.json.encode(block if alone else changed(whole, block))
        yield Example(
            found["name"],
            question,
            PRICE_LIST in found["prose"],
            [Row(*cells(line)) for line in found["rows"].splitlines()],
            [ReasonRow(*cells(line)) for line in (found["reasons"] or "").splitlines()],
        )


EXAMPLES = [example for page in PAGES for example in examples(page)]
RELEASE = load_release()
CATALOGUE = Catalogue(RELEASE)
WITH_PRICE_LIST = Catalogue(RELEASE, msgspec.toml.decode((DOCS / PRICE_LIST).read_bytes(), type=ClinicLayer))


@cache
def asked(question: bytes, listed: bool) -> Answer | AdjudicationAnswer:
    """The answer on the day that the first page names; services alone are a question of cost sharing alone."""
    if isinstance(json.loads(question).get("services"), list):
        adjudicated = adjudicate_services(msgspec.json.decode(question, type=AdjudicationQuestion))
        assert isinstance(adjudicated, AdjudicationAnswer)
        return adjudicated
    day = re.search(r"asked on (\d{4}-\d\d-\d\d)", ALL)
    assert day
    catalogue = WITH_PRICE_LIST if listed else CATALOGUE
    found = answer(
        catalogue, msgspec.json.decode(question, type=Question), date.fromisoformat(day[1]), id="", created_at=""
    )
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


def told(found: Answer | AdjudicationAnswer, where: str) -> set[Range] | set[Range | None]:
    """What the answer has in the place that the page names; several sessions are one amount where they are alike."""
    if isinstance(found, AdjudicationAnswer):
        return of_services(found, where)
    if inside := SESSIONS.fullmatch(where):
        first, last, part = inside.groups()
        assert int(last or first) <= len(found.sessions)
        sessions = found.sessions[int(first) - 1 : int(last or first)]
        return {of_lines(session.lines, part) if part else session.patient_pays for session in sessions}
    return of_course(found, where.split())


def of_services(found: AdjudicationAnswer, where: str) -> set[Range | None]:
    """What a service costs, or what it leaves of its deductible."""
    before, number = where.split("service ")
    service = found.services[int(number) - 1]
    return {service.deductible_remaining if before else service.patient_pays}


def of_course(found: Answer, where: list[str]) -> set[Range] | set[Range | None]:
    """What the whole course has in the place that the page names."""
    match where:
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
        case ["left", "of", "the", *limit, "after", "session", number]:
            left: Range | None = getattr(found.sessions[int(number) - 1], LEFT[" ".join(limit)])
            return {left} if left else set()
        case ["session", "of", kind]:
            # a session's number is read from the table like dollars
            return {
                span([100 * each.earliest_session, 100 * (each.latest_session or 0)])
                for each in found.milestones
                if each.kind == kind
            }
        case _:
            return of_clinic(found, where)


def of_clinic(found: Answer, where: list[str]) -> set[Range | None]:
    """What the clinic's price list adds, in the place that the page names."""
    match where:
        case ["with", "services"]:
            return {found.patient_pays.with_services}
        case ["service", kind]:
            return {service.patient_pays for service in found.services if service.service == kind}
        case ["fee", kind]:
            return {fee.over_course for fee in found.clinic_fees if fee.kind == kind}
        case ["package", *name, "saves"]:
            return {package.saves for package in found.packages if package.name == " ".join(name)}
        case ["with", "package", *name]:
            return {package.total for package in found.packages if package.name == " ".join(name)}
        case [*name, "instalment" | "total" as part] | [*name, "finance", "charge" as part]:
            field = "finance_charge_cents" if part == "charge" else f"{part}_cents"
            plans = [plan for plan in found.payment_plans if plan.name == " ".join(name)]
            return {exactly(getattr(schedule, field)) for plan in plans for schedule in (plan.least, plan.most)}
        case _:
            raise AssertionError(f"no such place: {' '.join(where)}")


def of_lines(lines: tuple[LineAnswer, ...], part: str) -> Range:
    """A part summed over a session's lines, or what the patient pays of the line with that component."""
    amounts = [line.patient_pays for line in lines if line.component == part] or [
        getattr(line, part.replace(" ", "_")) for line in lines
    ]
    return sum(amounts[1:], amounts[0])


def test_every_block_on_the_pages_is_an_example() -> None:
    assert len(EXAMPLES) == ALL.count("```json") == ALL.count("### Example: ") == ALL.count("| Where |")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_is_what_the_estimate_says(example: Example) -> None:
    found = asked(example.question, example.listed)
    printed = {row.where: {span([cents(end) for end in row.amount.split(" to ")])} for row in example.rows}
    sums = {row.where: {span([reckoned(end) for end in row.arithmetic.split(" to ")])} for row in example.rows}
    assert len(printed) == len(example.rows)
    assert sums == printed
    assert {where: told(found, where) for where in printed} == printed


@pytest.mark.parametrize(
    "example", [example for example in EXAMPLES if example.reasons], ids=lambda example: example.name
)
def test_the_reasons_are_what_the_estimate_says(example: Example) -> None:
    found = asked(example.question, example.listed)
    assert isinstance(found, Answer)
    reasons = {reason.id: reason for reason in found.reasons}
    for where in {row.where for row in example.reasons}:
        inside = SESSIONS.fullmatch(where)
        assert inside
        first, _, part = inside.groups()
        ids = [each for line in found.sessions[int(first) - 1].lines for each in line.because[part.replace(" ", "_")]]
        assert [(row.sentence, row.origin, row.age) for row in example.reasons if row.where == where] == [
            (reason.sentence, reason.origin, "" if reason.age_days is None else str(reason.age_days))
            for reason in (reasons[each] for each in ids)
        ]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_parts_of_a_line_that_is_known_add_up(example: Example) -> None:
    found = asked(example.question, example.listed)
    if isinstance(found, AdjudicationAnswer):
        lines = found.services
    else:
        lines = tuple(line for session in found.sessions for line in session.lines)
    for line in lines:
        owed = line.allowed, line.balance_bill
        paid = line.plan_pays, line.other_payers_pay, line.assistance, line.patient_pays, line.write_off
        if all(amount.exact for amount in (*owed, *paid)):
            assert sum(amount.low_cents for amount in owed) == sum(amount.low_cents for amount in paid)


def test_the_tables_name_what_the_product_knows() -> None:
    known = (*get_args(CoverageStatus), *get_args(Basis), *POLICIES, *METHODS, *get_args(Origin))
    assert sorted(TABLE.findall(ALL)) == sorted(known)
