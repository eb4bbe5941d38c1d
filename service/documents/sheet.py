"""What stands on a good-faith estimate, in words and in its order: page and PDF are both filled from this.

Every value is text. Templates place it and never read it as markup.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from payers.catalogue.model import Frozen
from payers.estimate.question import Language
from payers.estimate.words import day, days
from payers.good_faith.content import (
    Change,
    ChangedValue,
    ChargeLine,
    DisclaimerKind,
    GoodFaithEstimate,
    Provider,
    ProviderCharges,
    Replaced,
    ServiceCode,
)
from payers.good_faith.parties import Address, Patient
from payers.good_faith.words import say, sentences

ABOUT_BILLS: tuple[DisclaimerKind, ...] = ("dispute-right", "state-cap", "dispute-how")
"""What a patient looks for who was billed more."""


class Fact(Frozen):
    """Something with its name; each value on a line of its own."""

    label: str
    values: tuple[str, ...]


class CodeTold(Frozen):
    """A code with our own words for it, its units and the number of its drug."""

    code: str
    notes: tuple[str, ...]


class LineTold(Frozen):
    """A row of the charges."""

    description: str
    place: str
    codes: tuple[CodeTold, ...]
    diagnoses: str
    quantity: str
    each: str
    total: str
    days: str


class ProviderTold(Frozen):
    """A provider with its charges."""

    role: str
    name: str
    facts: tuple[Fact, ...]
    lines: tuple[LineTold, ...]
    total: str
    limits: tuple[Fact, ...]


class ChangeTold(Frozen):
    """A difference from the estimate before."""

    item: str
    what: str
    before: str
    after: str


class ReplacedTold(Frozen):
    """The estimate before, and why there is another one."""

    number: str
    sentence: str
    changes: tuple[ChangeTold, ...]


class GoodFaithSheet(Frozen):
    """The whole estimate. `say` has the headings by key."""

    lang: Language
    say: dict[str, str]
    number: str
    issued: date
    clinic: str
    contact: tuple[str, ...]
    dates: tuple[Fact, ...]
    standing: str
    total: str
    service: str
    rhythm: tuple[str, ...]
    patient: tuple[Fact, ...]
    care: tuple[Fact, ...]
    replaced: ReplacedTold | None
    providers: tuple[ProviderTold, ...]
    reductions: tuple[str, ...]
    separate: Fact
    not_included: tuple[str, ...]
    dispute: tuple[str, ...]
    rights: tuple[str, ...]
    sources: tuple[str, ...]


def good_faith_sheet(estimate: GoodFaithEstimate) -> GoodFaithSheet:
    """The estimate in the language that it is in."""
    lang = estimate.lang
    headings = sentences(lang)["heading"]
    clinic = estimate.providers[0].provider
    recurrence = estimate.recurrence
    return GoodFaithSheet(
        lang=lang,
        say=headings,
        number=estimate.id,
        issued=estimate.issued_on,
        clinic=clinic.full_name,
        contact=tuple(reach(clinic)),
        dates=(
            Fact(label=headings["issued"], values=(day(lang, estimate.issued_on),)),
            Fact(label=headings["valid-until"], values=(day(lang, estimate.valid_until),)),
            Fact(label=headings["number"], values=(estimate.id,)),
        ),
        standing=estimate.standing_sentence,
        total=dollars(estimate.total_cents),
        service=estimate.primary_service.description,
        rhythm=tuple(each.sentence for each in recurrence.frequency) if recurrence else (),
        patient=(*person(estimate.patient, lang), *_contact(estimate.patient, headings)),
        care=tuple(_care(estimate, headings)),
        replaced=_replaced(estimate, estimate.replaces, headings) if estimate.replaces else None,
        providers=tuple(_provider(each, lang, headings) for each in estimate.providers),
        reductions=estimate.reductions,
        separate=Fact(
            label=estimate.separate_services.disclaimer,
            values=estimate.separate_services.services or (headings["none-separate"],),
        ),
        not_included=tuple(each.sentence for each in estimate.not_included),
        dispute=tuple(each.text for each in estimate.disclaimers if each.kind in ABOUT_BILLS),
        rights=tuple(each.text for each in estimate.disclaimers if each.kind not in ABOUT_BILLS),
        sources=tuple(f"{each.title} ({each.url})" if each.url else each.title for each in estimate.citations),
    )


def dollars(cents: int) -> str:
    """`$1,240.00`, as both languages print it in the United States."""
    sign = "-" if cents < 0 else ""
    return f"{sign}${abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def person(patient: Patient, lang: Language) -> Iterator[Fact]:
    """Who the patient is."""
    headings = sentences(lang)["heading"]
    yield Fact(label=headings["name"], values=(f"{patient.first_name} {patient.last_name}",))
    yield Fact(label=headings["birth-date"], values=(day(lang, patient.birth_date),))
    if patient.address:
        yield Fact(label=headings["address"], values=postal(patient.address))


def _contact(patient: Patient, headings: dict[str, str]) -> Iterator[Fact]:
    for key, value in (("phone", patient.phone), ("email", patient.email)):
        if value:
            yield Fact(label=headings[key], values=(value,))


def postal(address: Address) -> tuple[str, ...]:
    """An address as it stands on a letter."""
    return address.line, f"{address.city}, {address.state} {address.postal_code}"


def reach(provider: Provider) -> Iterator[str]:
    """Where a provider is and how to reach it, a line each."""
    if provider.address:
        yield from postal(provider.address)
    yield from (each for each in (provider.phone, provider.email) if each)


def codes_told(codes: Iterable[ServiceCode], description: str, units: str) -> tuple[CodeTold, ...]:
    """The codes of a service; `units` is the sentence for more than one unit. What the service says is not repeated."""
    return tuple(
        CodeTold(
            code=code.code,
            notes=(
                *((code.label,) if code.label != description else ()),
                *((units.format(units=code.units),) if code.units and code.units > 1 else ()),
                *((f"NDC {code.ndc}",) if code.ndc else ()),
            ),
        )
        for code in codes
    )


def _care(estimate: GoodFaithEstimate, headings: dict[str, str]) -> Iterator[Fact]:
    scheduled = estimate.primary_service.scheduled_for
    told = day(estimate.lang, scheduled) if scheduled else headings["not-scheduled"]
    yield Fact(label=headings["scheduled-for"], values=(told,))
    diagnoses = tuple(f"{each.code}: {each.text}" for each in estimate.diagnoses)
    yield Fact(label=headings["diagnoses"], values=diagnoses or (headings["no-diagnosis"],))


def _provider(charges: ProviderCharges, lang: Language, headings: dict[str, str]) -> ProviderTold:
    provider = charges.provider
    return ProviderTold(
        role=headings[provider.role],
        name=provider.full_name,
        facts=tuple(_identity(provider, headings)),
        lines=tuple(_line(line, lang, headings) for line in charges.lines),
        total=dollars(charges.total_cents),
        limits=tuple(
            Fact(label=headings[key], values=(dollars(cents),))
            for key, cents in (
                ("most-billable", charges.most_billable_cents),
                ("disputable-from", charges.disputable_from_cents),
            )
            if cents is not None
        ),
    )


def _identity(provider: Provider, headings: dict[str, str]) -> Iterator[Fact]:
    yield Fact(label=headings["npi"], values=(provider.npi,))
    yield Fact(label=headings["tin"], values=(provider.tin,))
    if provider.address:
        yield Fact(label=headings["location"], values=tuple(reach(provider)))
    else:
        yield Fact(label=headings["state"], values=(provider.state, *reach(provider)))


def _line(line: ChargeLine, lang: Language, headings: dict[str, str]) -> LineTold:
    when = f"{headings['dates']}: {days(lang, line.dates)}" if line.dates else headings["no-dates"]
    return LineTold(
        description=line.description,
        place=headings[f"place-{line.place_of_service}"] if line.place_of_service else "",
        codes=codes_told(line.codes, line.description, headings["units"]),
        diagnoses=", ".join(line.diagnoses),
        quantity=str(line.quantity),
        each=dollars(line.each_cents),
        total=dollars(line.total_cents),
        days="" if line.kind == "membership" else when,
    )


def _replaced(estimate: GoodFaithEstimate, before: Replaced, headings: dict[str, str]) -> ReplacedTold:
    return ReplacedTold(
        number=before.id,
        sentence=before.sentence,
        changes=tuple(
            ChangeTold(
                item=_item(estimate, change),
                what=say(estimate.lang, "change", change.what),
                before=_value(change, change.before, estimate.lang, headings),
                after=_value(change, change.after, estimate.lang, headings),
            )
            for change in before.changed
        ),
    )


def _item(estimate: GoodFaithEstimate, change: Change) -> str:
    """The thing that changed, as the estimate calls it; a service of another provider goes by its own name."""
    lines = (line for each in estimate.providers if each.provider.npi == change.npi for line in each.lines)
    here = next((line.description for line in lines if line.kind == change.item), None)
    known = change.item in sentences(estimate.lang)["item"]
    return here or (say(estimate.lang, "item", change.item) if known else change.item)


def _value(change: Change, value: ChangedValue, lang: Language, headings: dict[str, str]) -> str:
    match value:
        case None:
            return headings["nothing"]
        case int():
            return dollars(value) if change.what == "total_cents" else str(value)
        case _:
            return days(lang, value)
