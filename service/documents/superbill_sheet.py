"""What stands on a superbill, in words and in its order: page and PDF are both filled from this."""

from collections.abc import Iterator
from datetime import date

from payers.catalogue.model import Frozen
from payers.estimate.question import Language
from payers.estimate.words import day
from payers.good_faith.content import Provider
from payers.good_faith.superbill import Superbill, SuperbillLine
from payers.good_faith.words import sentences
from service.documents.sheet import CodeTold, Fact, codes_told, dollars, person, reach


class GivenTold(Frozen):
    """A row: a service on its day."""

    date: str
    place: str
    description: str
    codes: tuple[CodeTold, ...]
    diagnoses: str
    quantity: str
    total: str


class SuperbillSheet(Frozen):
    """The whole superbill. `say` has the headings by key."""

    lang: Language
    say: dict[str, str]
    prepared: date
    clinic: str
    contact: tuple[str, ...]
    dates: tuple[Fact, ...]
    patient: tuple[Fact, ...]
    provider: tuple[Fact, ...]
    diagnoses: Fact
    lines: tuple[GivenTold, ...]
    total: str
    notes: tuple[str, ...]


def superbill_sheet(bill: Superbill) -> SuperbillSheet:
    """The superbill in the language that it is in."""
    words = sentences(bill.lang)
    headings = words["heading"] | words["superbill"]
    return SuperbillSheet(
        lang=bill.lang,
        say=headings,
        prepared=bill.prepared_on,
        clinic=bill.provider.full_name,
        contact=tuple(reach(bill.provider)),
        dates=(
            Fact(label=headings["prepared"], values=(day(bill.lang, bill.prepared_on),)),
            Fact(label=headings["number"], values=(bill.estimate_id,)),
        ),
        patient=tuple(person(bill.patient, bill.lang)),
        provider=tuple(_provider(bill.provider, headings)),
        diagnoses=Fact(
            label=headings["diagnoses"],
            values=tuple(f"{each.code}: {each.text}" for each in bill.diagnoses) or (headings["no-diagnosis"],),
        ),
        lines=tuple(_line(line, headings) for line in bill.lines),
        total=dollars(bill.total_cents),
        notes=tuple(_notes(bill, headings)),
    )


def _provider(provider: Provider, headings: dict[str, str]) -> Iterator[Fact]:
    yield Fact(label=headings["name"], values=(provider.full_name,))
    yield Fact(label=headings["npi"], values=(provider.npi,))
    yield Fact(label=headings["tin"], values=(provider.tin,))
    if provider.taxonomy:
        yield Fact(label=headings["taxonomy"], values=(provider.taxonomy,))


def _line(line: SuperbillLine, headings: dict[str, str]) -> GivenTold:
    place = line.place_of_service
    return GivenTold(
        date=line.on.strftime("%m/%d/%Y"),
        place=f"{place}: {headings[f'place-{place}']}" if place else "",
        description=line.description,
        codes=codes_told(line.codes, line.description, headings["units"]),
        diagnoses=", ".join(line.diagnoses),
        quantity=str(line.quantity),
        total=dollars(line.total_cents),
    )


def _notes(bill: Superbill, headings: dict[str, str]) -> Iterator[str]:
    if any(len(line.codes) > 1 for line in bill.lines):
        yield headings["together"]
    if not all(line.codes for line in bill.lines):
        yield headings["codes-open"]
    yield headings["notice"]
