"""What a fact of the catalogue says, in a line. What stands in English alone says so."""

from collections.abc import Iterable
from typing import NamedTuple, get_args

import msgspec

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.finding import key_of
from payers.catalogue.model import Fee, Parameter, Payer, PriceRange, Rule
from payers.catalogue.staleness import Due
from payers.catalogue.vocabulary import Indication, Treatment
from payers.cost_share.money import Range
from payers.estimate.question import Language
from payers.estimate.tell_catalogue import treatment_name
from payers.estimate.words import amount, money, parameter_name, percent
from payers.rates.imported_files import ImportedFile
from service.web.console.visit import Visit

_TEXTS = ("label", "product", "event", "name", "use", "why", "question", "text")
"""Where a value has words of its own; the same with `_es` is its Spanish."""


class Told(NamedTuple):
    """A line, and whether it is English whatever the page speaks."""

    text: str
    english: bool = False


def told(catalogue: Catalogue, visit: Visit, due: Due) -> Told:
    """What the fact says."""
    match due.value:
        case Rule() as rule:
            every = set(rule.indications) == set(get_args(Indication))
            uses = ", ".join(visit.speak(f"estimate.indication_{each}") for each in rule.indications)
            named = _named(catalogue, rule.treatments, visit.lang)
            asked = (named, rule.plan, visit.speak("payers.all_uses") if every else uses)
            return Told(f"{visit.speak(f'estimate.status_{rule.status}')}: {_joined(asked)}")
        case Payer():
            return Told(visit.speak("stale.says_payer"))
        case Parameter() as parameter:
            return _yearly(parameter, visit.lang)
        case Fee() as fee:
            year = str(fee.valid_from.year) if fee.valid_from else None
            return Told(_joined((key_of(due.of), fee.locality, year, money(fee.nonfacility_cents))))
        case ImportedFile() as file:
            payer = catalogue.payers.get(file.payer or "")
            return Told(_joined((payer.name if payer else file.payer or "Medicare", file.locality)))
        case PriceRange() as price:
            of = _named(catalogue, (price.treatment,) if price.treatment else (), visit.lang)
            cents = Range(low_cents=price.low_cents, high_cents=price.high_cents)
            return Told(_joined((of, amount(visit.lang, cents))))
        case value:
            return _own_words(value, visit.lang)


def _own_words(value: msgspec.Struct, lang: Language) -> Told:
    field = next((each for each in _TEXTS if getattr(value, each, None)), None)
    if field is None:
        return Told(key_of(value), english=True)
    translated = getattr(value, f"{field}_es", None)
    text = translated if lang == "es" and translated else getattr(value, field)
    key = key_of(value)
    return Told(text if key == text else _joined((key, text)), english=translated is None)


def _yearly(parameter: Parameter, lang: Language) -> Told:
    own = parameter_name(lang, parameter)
    shown = percent if parameter.unit == "basis-points" else money
    amounts = ", ".join(shown(amount) for amount in parameter.amounts.values())
    name = own or parameter.name.replace("-", " ")
    return Told(_joined((name, parameter.scope, str(parameter.year), amounts)), english=own is None)


def _named(catalogue: Catalogue, slugs: Iterable[Treatment], lang: Language) -> str:
    return ", ".join(treatment_name(catalogue.treatments[slug], lang) for slug in slugs)


def _joined(parts: Iterable[str | None]) -> str:
    return " · ".join(part for part in parts if part)
