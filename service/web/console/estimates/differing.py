"""What was asked differently in several questions, in the words of the estimate page's inputs where there are some."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple, cast

import msgspec

from payers.cost_share.money import Range
from payers.estimate.question import Question
from payers.estimate.words import amount, money
from service.web.console.desk import Desk
from service.web.console.estimate.case import options
from service.web.console.estimate.fields import FIELDS, Field, read
from service.web.console.estimate.form import Form, form_of
from service.web.console.rendering import short_day

_TOLD_ABOVE = ("payer", "treatment")
_TOLD_ELSEWHERE = ("/lang", "/course/kind", "/eligibility_check", "/other_coverage/0/kind", "/other_coverage/0/plan")
"""What says nothing of the case by itself, or stands in an input together with something else."""


class Asked(NamedTuple):
    """One input, and what each of the questions holds in it; nothing where it was not told."""

    name: str
    values: tuple[str | None, ...]


def asked_differently(desk: Desk, questions: Sequence[Question]) -> list[Asked]:
    """The inputs that are not the same in all of the questions, in the order of the estimate page."""
    forms = [form_of(question) for question in questions]
    return [*_inputs(desk, forms), *_others(forms)]


def _inputs(desk: Desk, forms: Sequence[Form]) -> Iterator[Asked]:
    for field in FIELDS:
        held = [form.values[field.name] or form.said.get(field.name, "") for form in forms]
        if len(set(held)) > 1 and field.name not in _TOLD_ABOVE:
            values = tuple(_in_words(desk, field, text) for text in held)
            yield Asked(desk.visit.speak(f"estimate.in_{field.name}"), values)


def _in_words(desk: Desk, field: Field, text: str) -> str | None:
    """What an input holds, as one would say it."""
    speak = desk.visit.speak
    match field.kind:
        case _ if not text:
            return None
        case "choice":
            return dict(options(desk.catalogue, desk.visit, field)).get(text, text)
        case "yes-no":
            return speak(f"estimate.{text}")
        case "money":
            return money(read(field, text))
        case "money-range":
            return amount(desk.visit.lang, Range(**read(field, text)))
        case "percent":
            return f"{text}%"
        case "date":
            return short_day(speak, date.fromisoformat(text))
        case _:
            return text


def _others(forms: Sequence[Form]) -> Iterator[Asked]:
    """What the page has no input for, by its name over HTTP."""
    told = [dict(_leaves(msgspec.json.decode(form.base))) for form in forms]
    for pointer in dict.fromkeys(pointer for each in told for pointer in each):
        held = [each.get(pointer) for each in told]
        if any(value != held[0] for value in held) and not _has_input(pointer):
            values = tuple(None if value is None else str(value) for value in held)
            yield Asked(pointer.removeprefix("/").replace("/", " / ").replace("_", " "), values)


def _has_input(pointer: str) -> bool:
    """Whether an input tells all of what stands there. A second coverage has more than its input tells."""
    whole = [field.pointer for field in FIELDS if field.name != "other_coverage"]
    return pointer in _TOLD_ELSEWHERE or any(f"{pointer}/".startswith(f"{place}/") for place in whole)


def _leaves(value: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """The plain values of a document by their JSON pointers."""
    if isinstance(value, dict):
        parts = cast("dict[str, Any]", value).items()
    elif isinstance(value, list):
        parts = enumerate(cast("list[Any]", value))
    else:
        yield pointer, value
        return
    for name, part in parts:
        yield from _leaves(part, f"{pointer}/{name}")
