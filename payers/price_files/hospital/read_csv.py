"""The CSV templates, versions 2.x and 3.0. Tall has a row for each plan; wide names payer and plan in its columns.

Line 1 names what line 2 says of the hospital, line 3 names the columns of the table. Columns are found by name:
`standard_charge | PAYER | PLAN | negotiated_dollar`, whatever the blanks around pipes and the case of fixed words.
"""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TextIO

from payers.price_files.hospital.charge import CODE_TYPES, Charge, Drug, Hospital, Read, Wanted
from payers.price_files.hospital.values import amount, day, modifiers, parts, text
from payers.price_files.lines import Lines
from payers.price_files.unreadable import Unreadable

_AMOUNTS = {
    "negotiated_dollar": "dollar",
    "negotiated_percentage": "percentage",
    "estimated_amount": "estimated",
    "median_amount": "median",
    "10th_percentile": "percentile_10",
    "90th_percentile": "percentile_90",
}
_OF_A_PLAN = {*_AMOUNTS, "negotiated_algorithm", "count", "methodology"}

Name = tuple[str, ...]
"""A column's name, cut at its pipes."""


class Plan(NamedTuple):
    """Where the columns of a plan stand. In a tall file there is one, whose names are in columns themselves."""

    payer: str | int
    plan: str | int
    columns: Mapping[str, int]


class Table(NamedTuple):
    """Where the columns of the table stand."""

    width: int
    codes: tuple[tuple[int, int | None], ...]
    """A code's column, and its type's."""
    columns: Mapping[str, int]
    plans: tuple[Plan, ...]


def read_csv(file: TextIO, wanted: Wanted) -> Read:
    """Every wanted charge of the file.

    Raises:
        Unreadable: it is another kind of file, or a line cannot be read.
    """
    odd = Counter[str]()
    lines = Lines(file)
    rows = csv.reader(lines, strict=True)
    try:
        hospital = _hospital(rows, odd)
        table = _table(_filled(rows))
        charges: list[Charge] = []
        payers: dict[tuple[str, str], None] = {}
        items = 0
        row: Sequence[str] = ()
        for row in rows:
            if not any(row):
                continue
            items += 1
            codes = _codes(row, table, wanted)
            if not codes:
                continue
            for charge in _charges(row, rows.line_num, codes, table, odd):
                payers[charge.payer, charge.plan] = None
                if wanted.has(charge.payer, charge.plan):
                    charges.append(charge)
    except csv.Error as error:
        raise Unreadable(f"Line {rows.line_num} cannot be read ({error}). Remedy: get the file again.") from error
    if lines.unended and len(row) < table.width:
        raise Unreadable(f"The file breaks off in line {rows.line_num}. Remedy: get the file again.")
    return Read(hospital, tuple(charges), items, tuple(payers), odd)


def _filled(rows: Iterator[list[str]]) -> list[str]:
    """The next row that is not blank."""
    blank: list[str] = []
    return next((row for row in rows if any(cell.strip() for cell in row)), blank)


def _hospital(rows: Iterator[list[str]], odd: Counter[str]) -> Hospital:
    names = [cell.strip().lower() for cell in _filled(rows)]
    if "hospital_name" not in names:
        raise Unreadable(
            "Line 1 does not name hospital_name: it is no CSV of a hospital's standard charges. "
            "Remedy: get the hospital's machine-readable file itself."
        )
    said = dict(zip(names, _filled(rows), strict=False))
    return Hospital(
        text(said.get("hospital_name")),
        day(said.get("last_updated_on"), "last_updated_on", odd),
        text(said.get("version")),
        parts(said.get("location_name") or said.get("hospital_location")),
        parts(said.get("type_2_npi")),
    )


def _table(header: Sequence[str]) -> Table:
    """Raises `Unreadable` where the columns that make it such a table are missing."""
    columns: dict[str, int] = {}
    codes: dict[str, int] = {}
    types: dict[str, int] = {}
    plans: dict[tuple[str, str], dict[str, int]] = {}
    for at, cell in enumerate(header):
        written = tuple(part.strip() for part in cell.split("|"))
        match tuple(part.lower() for part in written):
            case ("code", number):
                codes[number] = at
            case ("code", number, "type"):
                types[number] = at
            case ("standard_charge", _, _, name) if name in _OF_A_PLAN:
                plans.setdefault(written[1:3], {})[name] = at  # pyright: ignore[reportArgumentType]  it has two parts
            case (name, _, _) if name in _OF_A_PLAN:
                plans.setdefault(written[1:3], {})[name] = at  # pyright: ignore[reportArgumentType]  it has two parts
            case ("standard_charge", name) | (name,) if name:
                columns.setdefault(name, at)
            case _:
                pass
    tall = "payer_name" in columns
    if not codes or not (tall or plans):
        raise Unreadable(
            "The third line does not name the columns of standard charges (code | 1, and payer_name or standard_charge "
            "| PAYER | PLAN | negotiated_dollar). Remedy: get the hospital's machine-readable file itself."
        )
    if tall:
        of_plans = (Plan(columns["payer_name"], columns.get("plan_name", -1), columns),)
    else:
        of_plans = tuple(Plan(payer, plan, found) for (payer, plan), found in plans.items())
    return Table(len(header), tuple((at, types.get(number)) for number, at in codes.items()), columns, of_plans)


def _codes(row: Sequence[str], table: Table, wanted: Wanted) -> list[tuple[str, str]]:
    """The row's wanted codes with their types."""
    found: list[tuple[str, str]] = []
    for at, type_at in table.codes:
        code = _cell(row, at).upper()
        if code in wanted.codes and (kind := _cell(row, type_at).upper()) in CODE_TYPES and (kind, code) not in found:
            found.append((kind, code))
    return found


def _charges(
    row: Sequence[str], line: int, codes: Sequence[tuple[str, str]], table: Table, odd: Counter[str]
) -> Iterator[Charge]:
    """The charge of each plan that the row says anything of."""

    def general(name: str) -> str:
        return _cell(row, table.columns.get(name))

    measured = None
    if general("drug_unit_of_measurement") or general("drug_type_of_measurement"):
        units = amount(general("drug_unit_of_measurement"), "drug_unit_of_measurement", odd)
        measured = Drug(units, general("drug_type_of_measurement"))
    gross, cash = (amount(general(name), name, odd) for name in ("gross", "discounted_cash"))
    for plan in table.plans:
        of_plan = {name: _cell(row, at) for name, at in plan.columns.items() if name in _OF_A_PLAN}
        if not any(of_plan.values()):
            continue
        amounts = {field: amount(of_plan.get(name), name, odd) for name, field in _AMOUNTS.items()}
        for kind, code in codes:
            yield Charge(
                place=line,
                payer=plan.payer if isinstance(plan.payer, str) else _cell(row, plan.payer),
                plan=plan.plan if isinstance(plan.plan, str) else _cell(row, plan.plan),
                code_type=kind,
                code=code,
                modifiers=modifiers(general("modifiers")),
                setting=general("setting").lower() or None,
                billing_class=general("billing_class").lower() or None,
                methodology=of_plan.get("methodology", "").lower() or None,
                algorithm=of_plan.get("negotiated_algorithm") or None,
                remittances=of_plan.get("count") or None,
                drug=measured,
                gross=gross,
                cash=cash,
                **amounts,
            )


def _cell(row: Sequence[str], at: int | None) -> str:
    """The cell without blanks around it; nothing where the row is shorter, as spreadsheets leave it."""
    return row[at].strip() if at is not None and 0 <= at < len(row) else ""
