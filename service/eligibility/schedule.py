"""A clinic's schedule as a table of comma-separated values: a question for each line, or what is wrong with the line.

No line is lost for another's fault, and no fault repeats what stands in a line: that is a member's data.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from typing import Any, NamedTuple, TypeVar

import msgspec

from payers.estimate.question import Language, Question
from service.eligibility.asking import CheckQuestion
from service.eligibility.schedule_words import DID_YOU_MEAN, PROBLEMS, QUOTE, UNUSABLE, Problem, remedy
from service.eligibility.treatment_names import treatment_named
from service.store.batches import LineFault

Asked = TypeVar("Asked", CheckQuestion, Question)
MAX_LINES = 1_000
MAX_COLUMNS = 100
_UNIT = re.compile(r"\s*mg$", re.IGNORECASE)
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


class ScheduleError(ValueError):
    """The file as a whole cannot be used: what is wrong and what to do."""


class Line(NamedTuple):
    """A line of the file, counted from 1 with the heading: what to ask of the payer, and what to estimate by it.

    Without a treatment there is nothing to estimate. The estimate's check is not known yet.
    """

    number: int
    question: CheckQuestion
    estimate: Question | None


class Column(NamedTuple):
    """A column by its heading, the place that it fills in the question to the payer, and how it is read.

    `estimated`: the place is in the estimate's question instead.
    """

    heading: str
    pointer: str
    read: Callable[[str], Any] = str
    needed: bool = False
    estimated: bool = False


def _day(text: str) -> str:
    """ISO, or month first as it is written in the United States. Raises `ValueError`."""
    if american := _AMERICAN.fullmatch(text):
        month, day, year = map(int, american.groups())
        return date(year, month, day).isoformat()
    return date.fromisoformat(text).isoformat()


def _codes(text: str) -> list[str]:
    return text.upper().replace(";", " ").split()


def _count(text: str) -> int:
    """A whole number, with or without its unit. Raises `ValueError`."""
    return int(_UNIT.sub("", text))


COLUMNS = (
    Column("payer", "/payer", needed=True),
    Column("state", "/state", str.upper),
    Column("county", "/county"),
    Column("connector", "/connector"),
    Column("member_id", "/member_id"),
    Column("group_number", "/group_number"),
    Column("last_name", "/subscriber/last_name", needed=True),
    Column("first_name", "/subscriber/first_name"),
    Column("middle_name", "/subscriber/middle_name"),
    Column("suffix", "/subscriber/suffix"),
    Column("birth_date", "/subscriber/birth_date", _day),
    Column("gender", "/subscriber/gender", str.upper),
    Column("dependent_last_name", "/dependent/last_name"),
    Column("dependent_first_name", "/dependent/first_name"),
    Column("dependent_birth_date", "/dependent/birth_date", _day),
    Column("dependent_gender", "/dependent/gender", str.upper),
    Column("dependent_relationship", "/dependent/relationship", str.lower),
    Column("date_of_service", "/date_of_service", _day, needed=True),
    Column("service_types", "/service_types", _codes),
    Column("treatment", "/treatment", treatment_named, estimated=True),
    Column("dose_mg", "/dose_mg", _count, estimated=True),
    Column("sessions", "/course/count", _count, estimated=True),
)
_SHARED = ("payer", "state", "county")
"""What an estimate is asked with as the payer is, by the heading, which is its place too."""
_BY_HEADING = {column.heading: column for column in COLUMNS}
_PLACE = re.compile(r" - at `\$\.?(?P<path>[^`]*)`$")
_MISSING = re.compile(r"required field `(?P<field>[^`]*)`")


def read_schedule(text: bytes, lang: Language) -> tuple[tuple[Line, ...], tuple[LineFault, ...]]:
    """The lines that can be asked and the faults of the others, in their order. Empty lines are passed over.

    Raises:
        ScheduleError: it is not UTF-8 or no such table, lacks a heading that is needed, or is too large.
    """
    (_, headings), *rows = _rows(text, lang)
    headings = [heading.strip().lower() for heading in headings]
    for column in COLUMNS:
        if column.needed and column.heading not in headings:
            raise ScheduleError(UNUSABLE[lang]["column-missing"].format(column=column.heading))
    lines: list[Line] = []
    faults = list(_unknown_headings(headings, lang))
    for number, row in rows:
        cells = {heading: cell.strip() for heading, cell in zip(headings, row, strict=False) if cell.strip()}
        if len(row) > len(headings):
            problem = PROBLEMS[lang]["too-many-cells"]
            faults.append(LineFault(line=number, column=None, problem=problem, remedy=QUOTE[lang]))
        elif wrong := list(_wrong_cells(number, cells, lang)):
            faults.extend(wrong)
        elif isinstance(line := _line(number, cells, lang), LineFault):
            faults.append(line)
        else:
            lines.append(line)
    return tuple(lines), tuple(faults)


def column_at(pointer: str) -> str | None:
    """The heading of the column that fills the place, or the whole that it is part of, or a part of it."""
    for column in COLUMNS:
        if f"{pointer}/".startswith(f"{column.pointer}/"):
            return column.heading
    return next((column.heading for column in COLUMNS if column.pointer.startswith(f"{pointer}/")), None)


def _rows(text: bytes, lang: Language) -> list[tuple[int, list[str]]]:
    """Every line with its number that is not empty; the heading is the first."""
    try:
        reader = csv.reader(io.StringIO(text.decode("utf-8-sig"), newline=""), strict=True)
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except UnicodeDecodeError as error:
        raise ScheduleError(UNUSABLE[lang]["not-utf8"]) from error
    except csv.Error as error:
        raise ScheduleError(UNUSABLE[lang]["not-csv"]) from error
    if not rows:
        raise ScheduleError(UNUSABLE[lang]["empty"])
    if len(rows) > MAX_LINES + 1:
        raise ScheduleError(UNUSABLE[lang]["too-long"].format(most=MAX_LINES))
    if len(rows[0][1]) > MAX_COLUMNS:
        raise ScheduleError(UNUSABLE[lang]["too-wide"].format(most=MAX_COLUMNS))
    return rows


def _fault(number: int, column: str, problem: Problem, lang: Language) -> LineFault:
    return LineFault(line=number, column=column, problem=PROBLEMS[lang][problem], remedy=remedy(lang, column))


def _unknown_headings(headings: list[str], lang: Language) -> Iterator[LineFault]:
    for heading in headings:
        if heading not in _BY_HEADING:
            near = get_close_matches(heading, _BY_HEADING, n=1)
            yield LineFault(
                line=1,
                column=heading[:60],
                problem=PROBLEMS[lang]["unknown-column"],
                remedy=DID_YOU_MEAN[lang].format(near=near[0] if near else ", ".join(_BY_HEADING)),
            )


def _wrong_cells(number: int, cells: Mapping[str, str], lang: Language) -> Iterator[LineFault]:
    for column in COLUMNS:
        if column.heading not in cells:
            if column.needed:
                yield _fault(number, column.heading, "empty", lang)
            continue
        try:
            column.read(cells[column.heading])
        except ValueError:
            yield _fault(number, column.heading, "does-not-fit", lang)


def _line(number: int, cells: Mapping[str, str], lang: Language) -> Line | LineFault:
    asked: dict[str, Any] = {"lang": lang}
    estimated: dict[str, Any] = {"lang": lang} | {name: asked_as for name in _SHARED if (asked_as := cells.get(name))}
    for column in COLUMNS:
        if column.heading in cells:
            _put(estimated if column.estimated else asked, column, cells[column.heading])
    question = _converted(number, asked, CheckQuestion, lang)
    if isinstance(question, LineFault):
        return question
    if not any(column.heading in cells for column in COLUMNS if column.estimated):
        return Line(number, question, None)
    # The date of service is where the course begins.
    estimated |= {"state": question.state, "start_on": question.date_of_service.isoformat()}
    if "course" in estimated:
        estimated["course"]["kind"] = "sessions"
    estimate = _converted(number, estimated, Question, lang)
    return estimate if isinstance(estimate, LineFault) else Line(number, question, estimate)


def _put(document: dict[str, Any], column: Column, cell: str) -> None:
    *parents, last = column.pointer.removeprefix("/").split("/")
    for parent in parents:
        document = document.setdefault(parent, {})
    document[last] = column.read(cell)


def _converted(number: int, document: dict[str, Any], kind: type[Asked], lang: Language) -> Asked | LineFault:
    try:
        return msgspec.convert(document, kind)
    except msgspec.ValidationError as error:
        found, missing = _PLACE.search(str(error)), _MISSING.search(str(error))
        path = found["path"].replace("[", ".").replace("]", "") if found else ""
        steps = [*path.split("."), missing["field"] if missing else ""]
        column = column_at("".join(f"/{step}" for step in steps if step)) or "payer"
        return _fault(number, column, "empty" if missing else "does-not-fit", lang)
