"""Laws about amounts: codes and their fees, drug codes, yearly parameters, price ranges; and the notices."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations, pairwise

import msgspec

from payers.catalogue.finding import Finding, overlap, place
from payers.catalogue.model import Release
from payers.catalogue.vocabulary import NOT_SETTLED

NEEDED_NOTICES = frozenset(
    {
        "authorization-not-a-guarantee",
        "copay-assistance-commercial-only",
        "established-patient-first-visit",
        "facility-hospital-bills-separately",
        "good-faith-estimate",
        "hsa-fsa",
        "insured-plain-estimate",
        "medicaid-no-billing",
        "medicare-abn",
        "medicare-advantage-organization-determination",
        "not-included",
        "qmb-no-billing",
        "superbill",
        "tricare-waiver",
        "typical-not-your-plan",
    }
)
"""Notices that estimates and good-faith estimates say."""
_EMPTY = {"not-found", "not-applicable"}


def codes(release: Release) -> Iterator[Finding]:
    """A code has one meaning on a day."""
    for first, second in combinations(release.codes, 2):
        if first.code == second.code and overlap(first, second):
            yield _error("codes", second, "stands there twice for the same days", "end the older entry")


def fees(release: Release) -> Iterator[Finding]:
    """A code has one settled amount and one forecast for a place on a day."""
    for code in release.codes:
        for first, second in combinations(code.fees, 2):
            if (
                first.locality == second.locality
                and (first.status in NOT_SETTLED) == (second.status in NOT_SETTLED)
                and overlap(first, second)
            ):
                yield _error(
                    "codes",
                    code,
                    f"two amounts for {second.locality} hold on the same days, from {second.valid_from or 'always'}",
                    "end the older amount",
                )


def drug_units(release: Release) -> Iterator[Finding]:
    """A code counted in milligrams is billed with as many units as the product holds; a bundle is billed once."""
    by_code = {code.code: code for code in release.codes}
    for ndc in release.ndcs:
        for code, units in ndc.units_by_code.items():
            entry = by_code.get(code)
            if entry is None:
                yield _error("ndcs", ndc, f"names the code {code}, which is not on file", "add it to codes.toml")
                continue
            right = ndc.dose_mg if entry.unit == "mg" else 1 if entry.kind == "bundle" else units
            if units != right:
                yield _error("ndcs", ndc, f"{units} units of {code} disagree with {ndc.dose_mg} mg", f"write {right}")
    for treatment in release.treatments:
        for line in treatment.billing:
            for dose, code in line.codes_by_dose.items():
                units = line.units_by_dose.get(dose, line.units_by_dose.get(0))
                if code not in by_code:
                    yield _error(
                        "treatments", treatment, f"is billed with {code}, which is not on file", "add it to codes.toml"
                    )
                elif by_code[code].unit == "mg" and dose and units != dose:
                    yield _error(
                        "treatments", treatment, f"{units} units of {code} disagree with {dose} mg", f"write {dose}"
                    )


def parameters(release: Release) -> Iterator[Finding]:
    """A yearly amount is there when its status says so, once a year, without gaps."""
    years: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    entries = {(p.program, p.name, p.scope or "", p.year): p for p in release.parameters}
    for parameter in release.parameters:
        years[parameter.program, parameter.name, parameter.scope or ""].append(parameter.year)
        if parameter.status in _EMPTY and parameter.amounts:
            yield _error("parameters", parameter, f"is {parameter.status} and yet has amounts", "correct the status")
        if parameter.status not in _EMPTY and not parameter.amounts:
            yield _error(
                "parameters", parameter, f"is {parameter.status} without an amount", "add it, or say not-found"
            )
    for question, found in years.items():
        for earlier, later in pairwise(sorted(found)):
            entry = entries[*question, later]
            if later == earlier:
                yield _error("parameters", entry, f"has two values for {later}", "keep one")
            elif later > earlier + 1:
                yield _error("parameters", entry, f"no year between {earlier} and {later}", "add them, as not-found")


def price_ranges(release: Release) -> Iterator[Finding]:
    """A range runs from low to high, one range prices an estimate on a day, and every treatment has its own."""
    sessions = {(entry.treatment, entry.setting) for entry in release.price_ranges if entry.component == "session"}
    for treatment in release.treatments:
        if (treatment.slug, treatment.price_setting) not in sessions:
            problem = f"has no {treatment.price_setting} price of a session"
            yield _error("treatments", treatment, problem, "add it to prices.toml, or name the other price_setting")
    for entry in release.price_ranges:
        typical = entry.low_cents if entry.typical_cents is None else entry.typical_cents
        if not 0 <= entry.low_cents <= typical <= entry.high_cents:
            yield _error("price_ranges", entry, "low, typical and high are not in order", "correct the amounts")
    for first, second in combinations([entry for entry in release.price_ranges if entry.prices_estimates], 2):
        if (
            (first.treatment, first.setting, first.component) == (second.treatment, second.setting, second.component)
            and (set(first.indications) & set(second.indications) or not (first.indications or second.indications))
            and overlap(first, second)
        ):
            yield _error(
                "price_ranges", second, f"prices the same estimate as {first.id}", "let one of them price estimates"
            )


def notices(release: Release) -> Iterator[Finding]:
    """Whatever an estimate must say has its words."""
    for kind in sorted(NEEDED_NOTICES - {notice.kind for notice in release.notices}):
        yield Finding(
            severity="error",
            file="notices.toml",
            key=f"notices[{kind}]",
            problem="is missing and estimates need it",
            remedy="write it in English and in Spanish",
        )


def _error(table: str, entry: msgspec.Struct, problem: str, remedy: str) -> Finding:
    file, key = place(table, entry)
    return Finding(severity="error", file=file, key=key, problem=problem, remedy=remedy)


VALUE_LAWS = (codes, fees, drug_units, parameters, price_ranges, notices)
