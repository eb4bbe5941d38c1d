"""From a form to a row of the clinic and back: what was typed is kept, what is wrong stands beside its input."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple, Self

import msgspec

from payers.catalogue.clinic import ClinicRow
from service.web.console.prices.kinds import Input, InputKind, Kind
from service.web.console.reading import Unreadable, basis_points, cents, count, day, dollars, percent
from service.web.console.words import Speak

_LONGEST_TEXT = 120
FIRST_DAY = Input("first_day", "date", "valid_from", needed=True)
LAST_DAY = Input("last_day", "date", "valid_until", needed=True)


class Form(NamedTuple):
    """A form as it is shown: what was typed and what is wrong, by the input's name."""

    values: Mapping[str, str]
    wrong: Mapping[str, str] = {}

    def with_values(self, **values: str) -> Self:
        """The form with other texts in some inputs."""
        return self._replace(values={**self.values, **values})

    def with_wrong(self, wrong: Mapping[str, str]) -> Self:
        """The form with what was found to be wrong."""
        return self._replace(wrong=wrong)


class Changed(NamedTuple):
    """What a row shall say, and from which day on."""

    first_day: date
    terms: dict[str, Any]


def typed(inputs: Iterable[Input], sent: Any) -> Form:
    """The form as somebody sent it; of several boxes those that were ticked, with a comma between."""
    return Form({each.name: ",".join(str(text).strip() for text in sent.getall(each.name, [])) for each in inputs})


def blank(kind: Kind, site: str) -> Form:
    """A new row's form; a fee is due once unless somebody says otherwise."""
    return Form({each.name: "" for each in kind.inputs} | {"site": site, "per": "once"})


def row_of(kind: Kind, form: Form, speak: Speak) -> ClinicRow | Form:
    """The row that the form says, without an id, or the form with what is wrong."""
    values = _read(kind.inputs, form, speak)
    if isinstance(values, Form):
        return values
    told: dict[str, Any] = {"id": ""}
    for each in kind.inputs:
        value = values[each.name]
        outer, _, inner = each.field.rpartition(".")
        if value is not None:
            (told.setdefault(outer, {}) if outer else told)[inner] = value
    return msgspec.convert(told, kind.row)


def change_of(kind: Kind, form: Form, speak: Speak) -> Changed | Form:
    """What the row shall say from a day on, or the form with what is wrong."""
    values = _read(change_inputs(kind), form, speak)
    if isinstance(values, Form):
        return values
    defaults = {each.name: each.default for each in msgspec.structs.fields(kind.row)}
    told = {each.field: values[each.name] for each in kind.terms}
    terms = {name: defaults[name] if value is None else value for name, value in told.items()}
    return Changed(values[FIRST_DAY.name], terms)


def last_day_of(form: Form, speak: Speak) -> date | Form:
    """The last day of the row, or the form with what is wrong."""
    values = _read((LAST_DAY,), form, speak)
    return values if isinstance(values, Form) else values[LAST_DAY.name]


def change_inputs(kind: Kind) -> tuple[Input, ...]:
    """The inputs of the form that changes a row."""
    return (*kind.terms, FIRST_DAY)


def form_of(kind: Kind, row: ClinicRow) -> Form:
    """The forms that change and end a row, with what it says now."""
    terms = {each.name: _shown(each, getattr(row, each.field)) for each in kind.terms}
    return Form({**terms, FIRST_DAY.name: "", LAST_DAY.name: ""})


def day_of(text: str) -> date | None:
    """The day that was typed, if it is one."""
    try:
        return day(text)
    except Unreadable:
        return None


def _read(inputs: Iterable[Input], form: Form, speak: Speak) -> dict[str, Any] | Form:
    wrong = dict[str, str]()
    values = dict[str, Any]()
    for each in inputs:
        text = form.values[each.name]
        try:
            values[each.name] = _value(each, text) if text else None
            if each.needed and not text:
                raise Unreadable("wrong_missing")
            if each.most is not None and (values[each.name] or 0) > each.most:
                raise Unreadable("wrong_most")
        except Unreadable as error:
            wrong[each.name] = speak(f"prices.{error}", field=speak(f"prices.in_{each.name}"), most=each.most)
    return form.with_wrong(wrong) if wrong else values


_READERS: Mapping[InputKind, Callable[[str], Any]] = {
    "money": cents,
    "percent": basis_points,
    "count": count,
    "date": day,
    "yes-no": lambda text: text == "yes",
    "flag": lambda text: text == "yes",
    "codes": lambda text: tuple(dict.fromkeys(text.replace(",", " ").upper().split())),
}


def _value(each: Input, text: str) -> Any:
    if read := _READERS.get(each.kind):
        return read(text)
    if not each.options:
        if len(text) > _LONGEST_TEXT or not text.isprintable():
            raise Unreadable("wrong_text")
        return text
    chosen = tuple(text.split(",")) if each.kind == "several" else (text,)
    if not set(chosen) <= set(each.options):
        raise Unreadable("wrong_choice")
    return chosen if each.kind == "several" else int(text) if text.isdecimal() else text


def _shown(each: Input, value: Any) -> str:
    if value is None:
        return ""
    match each.kind:
        case "money":
            return dollars(value)
        case "percent":
            return percent(value)
        case "yes-no":
            return "yes" if value else "no"
        case _:
            return str(value)
