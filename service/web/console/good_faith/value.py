"""From the texts of a form to the value that they stand for, or to everything that is wrong with them."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar, cast

import msgspec

from payers.good_faith.account import Charged
from payers.good_faith.parties import Address, ClinicParty, CoProvider, CoService, Diagnosis, Patient
from payers.good_faith.request import Codes
from service.web.console.good_faith.form import MONEY, SEP, Form, leaf_of, tree, within
from service.web.console.reading import cents
from service.web.console.words import Speak

V = TypeVar("V", bound=msgspec.Struct)

_PARTS: Mapping[str, type[msgspec.Struct]] = {
    "patient": Patient,
    "clinic": ClinicParty,
    "address": Address,
    "diagnoses": Diagnosis,
    "co_providers": CoProvider,
    "services": CoService,
    "billed": Charged,
    "planned": Charged,
}
"""What stands at a place, by the place's last name."""
_CODES = "service_codes"
_DATES = ("birth_date", "scheduled_on", "requested_on", "valid_until", "on")
_TOLD = ("npi", "tin", "state", "postal_code", "phone", "email", "taxonomy", "code", "quantity")
"""The inputs for which there is a sentence of their own."""


def value_of(form: Form, kind: type[V], speak: Speak, **told: Any) -> V | Form:
    """The value that the form stands for, with what is told beside it, or the form with what is wrong."""
    wrong: dict[str, str] = {}

    def read(name: str, text: str) -> Any:
        try:
            return _read(name, text)
        except ValueError:
            wrong[name] = speak(f"good_faith.{_key(name)}")
            return None

    known = {field.name for field in msgspec.structs.fields(kind)}
    texts = {name: part for name, part in tree(form.values).items() if name in known}
    given = _mapped(texts, read) | told
    for name in _absent(kind, given):
        wrong.setdefault(name, speak("good_faith.missing", name=speak(f"good_faith.in_{leaf_of(name)}")))
    for name in _unfit(kind, given):
        wrong.setdefault(name, speak(f"good_faith.{_key(name)}"))
    if not wrong:
        try:
            return msgspec.convert(given, kind)
        except msgspec.ValidationError:
            wrong[""] = speak("good_faith.wrong_value")
    return form._replace(wrong=wrong)


def _mapped(texts: Mapping[str, Any], read: Callable[[str, str], Any], at: str = "") -> dict[str, Any]:
    """The tree with every text read; what cannot be read is not there."""
    found: dict[str, Any] = {}
    for name, part in texts.items():
        here = f"{at}{name}"
        if isinstance(part, dict):
            found[name] = _mapped(cast("dict[str, Any]", part), read, f"{here}{SEP}")
        elif isinstance(part, list):
            several = cast("list[dict[str, Any]]", part)
            found[name] = [_mapped(row, read, f"{here}{SEP}{number}{SEP}") for number, row in enumerate(several)]
        else:
            found[name] = read(here, part)
    return found


def _read(name: str, text: str) -> Any:
    """What was typed, as the value holds it. Raises `ValueError`."""
    leaf = leaf_of(name)
    if within(name, _CODES):
        return tuple(text.upper().replace(",", " ").split())
    if leaf in MONEY:
        return cents(text)
    match leaf:
        case "quantity":
            return _count(text, credits_too=within(name, "billed"))
        case "declared_self_pay":
            return text == "yes"
        case "separate_services":
            return tuple(filter(None, (line.strip() for line in text.splitlines())))
        case "code" | "taxonomy":
            return text.upper()
        case _:
            return text


def _count(text: str, *, credits_too: bool) -> int:
    """How many, which is below zero for a credit and never nothing. Raises `ValueError`."""
    count = int(text)
    if count < 1 and not (count and credits_too):
        raise ValueError(text)
    return count


def _places(
    kind: type[msgspec.Struct], given: Mapping[str, Any], at: str = ""
) -> Iterator[tuple[str, msgspec.structs.FieldInfo, Any]]:
    """Every input that the kind has at what is given, with its value; nothing within a part that nobody began."""
    for field in msgspec.structs.fields(kind):
        name, value, part = f"{at}{field.name}", given.get(field.name), _PARTS.get(field.name)
        if part and isinstance(value, list):
            for number, row in enumerate(cast("list[dict[str, Any]]", value)):
                yield from _places(part, row, f"{name}{SEP}{number}{SEP}")
        elif part and (isinstance(value, dict) or (value is None and field.required)):
            yield from _places(part, cast("dict[str, Any]", value or {}), f"{name}{SEP}")
        else:
            yield name, field, value


def _absent(kind: type[msgspec.Struct], given: Mapping[str, Any]) -> Iterator[str]:
    """The inputs without which there is no value."""
    return (name for name, field, value in _places(kind, given) if field.required and value is None)


def _unfit(kind: type[msgspec.Struct], given: Mapping[str, Any]) -> Iterator[str]:
    """The inputs whose value does not fit."""
    for name, field, value in _places(kind, given):
        if name == _CODES and isinstance(value, dict):
            several = cast("dict[str, Any]", value)
            yield from (f"{name}{SEP}{service}" for service, codes in several.items() if not _fits(codes, Codes))
        elif value is not None and not _fits(value, field.type):
            yield name


def _fits(value: Any, kind: Any) -> bool:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


def _key(name: str) -> str:
    """The key of the sentence for what does not fit in an input."""
    leaf = leaf_of(name)
    if within(name, _CODES):
        return "wrong_codes"
    if within(name, "diagnoses") and leaf == "code":
        return "wrong_diagnosis"
    if leaf in _DATES:
        return "wrong_date"
    if leaf in MONEY:
        return "wrong_money"
    return f"wrong_{leaf}" if leaf in _TOLD else "wrong_value"
