"""One release with the clinic's layer and real rates above it, indexed for questions. A change makes a new one."""

import hashlib
from collections.abc import Callable, Iterable
from datetime import date
from functools import cached_property
from typing import Any

import msgspec

from payers.catalogue.clinic import EMPTY, ClinicLayer, ContractedRate, MedicareFee
from payers.catalogue.model import (
    Cited,
    Code,
    Fee,
    Notice,
    Parameter,
    Payer,
    PriceRange,
    Programme,
    Release,
    Rule,
    Source,
    TreatmentInfo,
)
from payers.catalogue.names import NameIndex
from payers.catalogue.vocabulary import NOT_SETTLED, Indication, LineOfBusiness, Treatment
from payers.rates.on_file import NOTHING, OnFile

_CANONICAL = msgspec.json.Encoder(order="deterministic")

ANY_PAYER = "*"
NATIONAL = "national"
"""The locality of a Medicare amount before it is adjusted to one."""


def release_version(release: Release) -> str:
    """The content hash of a release: SHA-256 of its canonical JSON, 64 hexadecimal digits."""
    plain = msgspec.to_builtins(release, str_keys=True)  # the encoder sorts no other keys, and doses are numbers
    return hashlib.sha256(_CANONICAL.encode(plain)).hexdigest()


class Catalogue:
    """What is known, ready to be asked. Built from files or from Postgres; the two are equal when `version` is."""

    def __init__(self, release: Release, clinic: ClinicLayer = EMPTY, rates: OnFile = NOTHING) -> None:
        self.release = release
        self.clinic = clinic
        self.rates = rates
        self.release_version = release_version(release)
        layer = _CANONICAL.encode(clinic)
        if rates.recorded != NOTHING.recorded:  # without any the version is what it was before there were rates
            layer += _CANONICAL.encode(rates.recorded)
        self.version = hashlib.sha256(self.release_version.encode() + layer).hexdigest()
        self.payers: dict[str, Payer] = {payer.slug: payer for payer in release.payers}
        self.treatments: dict[str, TreatmentInfo] = {treatment.slug: treatment for treatment in release.treatments}
        self._sources: dict[str, Source] = {source.id: source for source in release.sources}
        self._parameters = {(p.program, p.name, p.year, p.scope): p for p in release.parameters}
        self._years: dict[tuple[str, str, str | None], list[Parameter]] = {}
        for parameter in sorted(release.parameters, key=lambda parameter: parameter.year):
            if parameter.amounts:
                self._years.setdefault((parameter.program, parameter.name, parameter.scope), []).append(parameter)
        self._codes: dict[str, list[Code]] = {}
        for code in release.codes:
            self._codes.setdefault(code.code, []).append(code)
        self._fees = _by_place(release, clinic)
        self._price_ranges: dict[tuple[Treatment | None, str, str], list[PriceRange]] = {}
        for entry in release.price_ranges:
            if entry.prices_estimates:
                self._price_ranges.setdefault((entry.treatment, entry.setting, entry.component), []).append(entry)
        self._release_rules = _by_question(release.rules)
        self._clinic_rules = _by_question(clinic.rules)
        self._notices = {notice.kind: notice for notice in release.notices}
        self._rates: dict[tuple[str, Treatment], list[ContractedRate]] = {}
        for rate in clinic.rates:
            self._rates.setdefault((rate.payer, rate.treatment), []).append(rate)
        self.memory: dict[Callable[..., Any], Callable[..., Any]] = {}
        """Answers that were worked out before, by the function that did; see `memory.remembered`."""

    @cached_property
    def names(self) -> NameIndex:
        """Every name of the release, indexed when the first one is asked for."""
        return NameIndex(self.release)

    def rules(self, payer: str, treatment: Treatment, indication: Indication) -> list[Rule]:
        """Every rule on file for the question, the clinic's own first; `payer` may be `*` for the defaults."""
        key = (payer, treatment, indication)
        return [*self._clinic_rules.get(key, ()), *self._release_rules.get(key, ())]

    def plans(self, payer: str) -> tuple[str | None, ...]:
        """The plan that each rule of the release for this payer is about; absent where one is about them all."""
        return self._plans.get(payer, ())

    @cached_property
    def _plans(self) -> dict[str, tuple[str | None, ...]]:
        found: dict[str, tuple[str | None, ...]] = {}
        for rule in self.release.rules:
            found[rule.payer] = (*found.get(rule.payer, ()), rule.plan)
        return found

    def parameter(self, program: str, name: str, year: int, scope: str | None = None) -> Parameter | None:
        """The yearly parameter as recorded, whatever its status; absent when the year is not on file."""
        return self._parameters.get((program, name, year, scope))

    def parameter_years(self, program: str, name: str, scope: str | None = None) -> list[Parameter]:
        """The parameter's values of every year that has one, oldest first."""
        return self._years.get((program, name, scope), [])

    def code(self, code: str, day: date) -> Code | None:
        """The code as it is valid on `day`."""
        return next((entry for entry in self._codes.get(code, ()) if entry.holds_on(day)), None)

    def code_in_force(self, code: str, day: date) -> str | None:
        """The code itself where it is valid on `day`, else the one it replaced, as far back as the catalogue knows."""
        entries = self._codes.get(code, ())
        if any(entry.holds_on(day) for entry in entries):
            return code
        older = next((entry.replaces for entry in entries if entry.replaces), None)
        return None if older is None else self.code_in_force(older, day)

    def fees(self, code: str, day: date, locality: str = NATIONAL) -> list[Fee]:
        """Medicare amounts for the code on `day`: settled ones before forecasts."""
        fees = [fee for fee in self._fees.get((code, locality), ()) if fee.holds_on(day)]
        return sorted(fees, key=lambda fee: fee.status in NOT_SETTLED)

    def last_forecast_fee(self, code: str, day: date, locality: str = NATIONAL) -> Fee | None:
        """The newest forecast on or before `day`."""
        fees = [
            fee
            for fee in self._fees.get((code, locality), ())
            if fee.status in NOT_SETTLED and (fee.valid_from is None or fee.valid_from <= day)
        ]
        return max(fees, key=lambda fee: fee.valid_from or date.min, default=None)

    def last_settled_fee(self, code: str, day: date, locality: str = NATIONAL) -> Fee | None:
        """The newest settled amount on or before `day`: what is still known when a year has not been published."""
        fees = [
            fee
            for fee in self._fees.get((code, locality), ())
            if fee.status not in NOT_SETTLED and (fee.valid_from is None or fee.valid_from <= day)
        ]
        return max(fees, key=lambda fee: fee.valid_from or date.min, default=None)

    def price_range(
        self, treatment: Treatment | None, setting: str, component: str, indication: Indication | None, day: date
    ) -> PriceRange | None:
        """The published range that prices an estimate, one for the indication before a general one.

        A service beside the treatment, such as an evaluation, has a range of its own without a treatment.
        """
        ranges = [
            entry
            for entry in self._price_ranges.get((treatment, setting, component), ())
            if entry.holds_on(day) and (not entry.indications or indication in entry.indications)
        ]
        return max(ranges, key=lambda entry: bool(entry.indications), default=None)

    def contracted_rate(
        self,
        payer: str,
        line_of_business: LineOfBusiness,
        plan: str | None,
        treatment: Treatment,
        dose_mg: int | None,
        day: date,
    ) -> ContractedRate | None:
        """What the payer allows this clinic for a session: the row that names most of the question."""
        rates = [
            rate
            for rate in self._rates.get((payer, treatment), ())
            if rate.line_of_business in (None, line_of_business)
            and rate.plan in (None, plan)
            and rate.dose_mg in (None, dose_mg)
            and rate.holds_on(day)
        ]
        return max(
            rates,
            key=lambda rate: (rate.plan is not None, rate.line_of_business is not None, rate.dose_mg is not None),
            default=None,
        )

    def programme(self, slug: str) -> Programme | None:
        """The assistance programme by its slug."""
        return self._programmes.get(slug)

    @cached_property
    def _programmes(self) -> dict[str, Programme]:
        return {programme.slug: programme for programme in self.release.programmes}

    def notice(self, kind: str) -> Notice:
        """The notice of that kind. A missing one is a broken release, found by `outlay catalogue check`."""
        return self._notices[kind]

    def sources(self, cited: Cited) -> list[Source]:
        """The sources behind a value, in its order. The clinic's own rows name theirs in their own words."""
        return self.sources_by_id(cited.sources)

    def sources_by_id(self, ids: Iterable[str]) -> list[Source]:
        """The sources with these ids, in this order."""
        return [self._sources.get(id) or Source(id=id, title=id, kind="clinic") for id in ids]


def _by_place(release: Release, clinic: ClinicLayer) -> dict[tuple[str, str], list[Fee]]:
    """Medicare's amounts by code and locality: the release's, and those that were imported for the clinic's sites."""
    index: dict[tuple[str, str], list[Fee]] = {}
    for code in release.codes:
        for fee in code.fees:
            index.setdefault((code.code, fee.locality), []).append(fee)
    for each in clinic.medicare_fees:
        if each.modifier is None and each.nonfacility_cents is not None:
            fee = _imported(each, each.nonfacility_cents)
            index.setdefault((each.code, fee.locality), []).append(fee)
    return index


def _imported(fee: MedicareFee, nonfacility_cents: int) -> Fee:
    """A fee of a file as the catalogue's own are: cited by the file's name, good as long as it is for."""
    return Fee(
        locality=f"{fee.carrier}-{fee.locality}",
        nonfacility_cents=nonfacility_cents,
        facility_cents=fee.facility_cents,
        valid_from=fee.valid_from,
        valid_until=fee.valid_until,
        sources=(fee.source,),
        confidence="high",
        verified_on=fee.imported_on,
        review_by=fee.valid_until,
    )


def _by_question(rules: Iterable[Rule]) -> dict[tuple[str, Treatment, Indication], list[Rule]]:
    index: dict[tuple[str, Treatment, Indication], list[Rule]] = {}
    for rule in rules:
        for treatment in rule.treatments:
            for indication in rule.indications:
                index.setdefault((rule.payer, treatment, indication), []).append(rule)
    return index
