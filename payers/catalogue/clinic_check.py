"""Rows of the clinic that no constraint of the database refuses, and yet could not answer or not be told apart."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Literal, NamedTuple

from payers.catalogue.catalogue import ANY_PAYER
from payers.catalogue.clinic import ClinicLayer, ClinicRow, ContractedRate, PaymentPolicy, ServicePrice, SitePrice
from payers.catalogue.finding import overlap
from payers.catalogue.model import Release, Rule

Fault = Literal[
    "id-taken", "code-unknown", "dose-unknown", "says-nothing", "payer-unknown", "line-elsewhere", "line-first"
]


class Misfit(NamedTuple):
    """What is wrong with one field of a row.

    `value` is what stands there, of an `id-taken` the table that has it, of a `line-first` the lines that answer
    first. `instead` is what to write, where one thing offers itself.
    """

    table: str
    row: ClinicRow | Rule
    field: str
    fault: Fault
    value: str
    instead: str | None = None


def misfits(layer: ClinicLayer, on_file: ClinicLayer, release: Release) -> Iterator[Misfit]:
    """What is wrong with the rows of `layer` above those that are on file, by the release that is in force."""
    tables = {row.id: table for table, row in on_file.rows()}
    codes = {code.code for code in release.codes}
    doses = {treatment.slug: treatment.doses_mg for treatment in release.treatments}
    for table, row in layer.rows():
        # A row of any kind is found by its id alone.
        if (other := tables.setdefault(row.id, table)) != table:
            yield Misfit(table, row, "id", "id-taken", other)
        if isinstance(row, ServicePrice):
            for code in sorted(set(row.codes) - codes):
                yield Misfit(table, row, "codes", "code-unknown", code)
        if isinstance(row, SitePrice | ContractedRate) and row.dose_mg is not None:
            known = doses.get(row.treatment, ())
            if row.dose_mg not in known:
                instead = ", ".join(str(dose) for dose in known) or None
                yield Misfit(table, row, "dose_mg", "dose-unknown", str(row.dose_mg), instead)
        if isinstance(row, PaymentPolicy) and row.takes_hsa_fsa is None and row.gives_superbill is None:
            yield Misfit(table, row, "takes_hsa_fsa", "says-nothing", "")
        if isinstance(row, ContractedRate | Rule) and (found := _payer_misfit(table, row, release)):
            yield found


def _payer_misfit(table: str, row: ContractedRate | Rule, release: Release) -> Misfit | None:
    payers = {payer.slug: payer for payer in release.payers}
    line = row.line_of_business
    if row.payer not in payers:
        if isinstance(row, Rule) and row.payer == ANY_PAYER:
            return None
        near = get_close_matches(row.payer, payers, n=1)
        return Misfit(table, row, "payer", "payer-unknown", row.payer, near[0] if near else None)
    if line and (elsewhere := payers[row.payer].lines_elsewhere.get(line)):
        return Misfit(table, row, "line_of_business", "line-elsewhere", line, elsewhere)
    if isinstance(row, Rule) and (lines := _lines_before(row, release)):
        return Misfit(table, row, "line_of_business", "line-first", ", ".join(lines))
    return None


def _lines_before(rule: Rule, release: Release) -> list[str]:
    """The lines of business of which the release has rules that answer before a rule that names none."""
    return sorted(
        {
            other.line_of_business
            for other in release.rules
            if other.line_of_business
            and rule.line_of_business is None
            and (other.payer, other.plan) == (rule.payer, rule.plan)
            and set(other.treatments) & set(rule.treatments)
            and set(other.indications) & set(rule.indications)
            and overlap(other, rule)
        }
    )
