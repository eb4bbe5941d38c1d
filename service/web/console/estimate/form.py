"""From the form to the question and back: what is typed goes before what the question already held.

The form carries the question that it was made from as JSON, without what a payer told: that stays in the check, and an
input that is left empty lets it stand.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, NamedTuple, cast
from uuid import UUID

import msgspec

from payers.cost_share.sparse import sparse
from payers.estimate.question import Language, Question
from service.web.console.estimate.fields import FIELDS, Field, Path, read, shown
from service.web.console.reading import Unreadable
from service.web.console.words import Speak

BASE = "base"
"""The hidden input with the rest of the question."""
CANDIDATE = "candidate"
"""The payer that was chosen of several that the name may mean."""

_FAULTS = {
    "_met_cents is above": "wrong_met",
    "is above": "wrong_order",
    "is below": "wrong_family",
    "`count`": "wrong_count",
}
"""Sentences for what the domain finds, by a part of its own."""


class Form(NamedTuple):
    """The form as it is shown: what was typed, what the payer said beside it, what is wrong, by the field's name."""

    values: Mapping[str, str]
    base: str = "{}"
    said: Mapping[str, str] = {}
    wrong: Mapping[str, str] = {}


def typed(sent: Mapping[str, Any]) -> Form:
    """The form as somebody sent it."""
    values = {field.name: str(sent.get(field.name, "")).strip() for field in FIELDS}
    values["payer"] = str(sent.get(CANDIDATE, "")) or values["payer"]
    return Form(values, str(sent.get(BASE, "{}")))


def question_of(form: Form, lang: Language, speak: Speak) -> Question | Form:
    """The question that the form asks, or the form with what is wrong beside each field."""
    wrong = {name: speak(f"estimate.missing_{name}") for name in ("payer", "treatment") if not form.values[name]}
    asked = _base(form.base)
    for field in FIELDS:
        text = form.values[field.name]
        try:
            _put(asked, field, read(field, text) if text else None)
        except Unreadable as error:
            wrong[field.name] = speak(f"estimate.{error}")
    if asked.get("course"):
        asked["course"].setdefault("kind", "sessions")
    asked["lang"] = lang
    if not wrong:
        try:
            return msgspec.convert(_pruned(asked), Question)
        except msgspec.ValidationError as error:
            name, key = _fault(str(error))
            wrong[name] = speak(f"estimate.{key}")
    return form._replace(wrong=wrong)


def form_of(question: Question) -> Form:
    """The form that asks this question again; what a payer told of it stands beside the inputs."""
    whole = msgspec.to_builtins(question)
    told = told_of(question)
    values, said = dict[str, str](), dict[str, str]()
    for field in FIELDS:
        own, held = _at(told, field.path), _at(whole, field.path)
        values[field.name] = "" if own is None else shown(field, own)
        if own is None and held is not None and question.plan_source and question.plan_source.term_at(field.pointer):
            said[field.name] = shown(field, held)
    return Form(values, msgspec.json.encode(told).decode(), said)


def told_of(question: Question) -> dict[str, Any]:
    """What somebody told of the question: what a payer did is read from its check again."""
    told = _pruned(msgspec.to_builtins(question))
    if question.benefits is not None:
        told["benefits"] = msgspec.to_builtins(sparse(question.benefits))
    if question.plan_source is None:
        return told
    for name in ("plan_source", "alternative_benefits"):
        told.pop(name, None)
    for term in question.plan_source.terms:
        _take(told, tuple(term.pointer.split("/")[1:]))
    return _pruned(told)


def at_fault(form: Form, pointers: Mapping[str, str], elsewhere: str) -> Form:
    """The form with faults that were found in its question, by their JSON pointers; the rest stands at `elsewhere`."""
    wrong: dict[str, str] = {}
    for pointer, sentence in pointers.items():
        near = [field for field in FIELDS if _meet(pointer, field.pointer)]
        wrong.setdefault(near[0].name if near else elsewhere, sentence)
    return form._replace(wrong=wrong)


def _meet(pointer: str, place: str) -> bool:
    return f"{place}/".startswith(f"{pointer}/") or f"{pointer}/".startswith(f"{place}/")


def _base(text: str) -> dict[str, Any]:
    """The rest of the question; nothing where the hidden input holds no part of one."""
    try:
        found = msgspec.json.decode(text, type=dict[str, Any])
        msgspec.convert({"payer": "any", "treatment": "spravato", **found}, Question)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return {}
    return found


def _put(asked: dict[str, Any], field: Field, value: Any) -> None:
    """Set the field's place in the question, or empty it."""
    if field.path == ("course", "count"):
        _put_count(asked, value)
    elif field.name == "other_coverage":
        _put_coverage(asked, field, value)
    elif value is not None or _at(asked, field.path) is not None:
        _set(asked, field.path, value)


def _put_count(asked: dict[str, Any], count: int | None) -> None:
    """A course told in another way than by its sessions stays while nobody counts them."""
    course = cast("dict[str, Any]", asked.get("course") or {})
    counted = course.get("kind", "sessions") == "sessions"
    if count is not None:
        asked["course"] = {**(course if counted else {}), "kind": "sessions", "count": count}
    elif counted:
        asked["course"] = None


def _put_coverage(asked: dict[str, Any], field: Field, value: Any) -> None:
    """A coverage that is only chosen again keeps its own terms."""
    before = cast("list[Any]", asked.get("other_coverage") or [])
    if value is None:
        asked["other_coverage"] = []
    elif not before or not isinstance(value, dict) or shown(field, before[0]) != shown(field, value):
        asked["other_coverage"] = [value, *before[1:]]


def _set(here: Any, path: Path, value: Any) -> None:
    for step, following in pairwise(path):
        if isinstance(step, int):
            if not here:
                here.append({})
        elif here.get(step) is None:
            here[step] = [] if isinstance(following, int) else {}
        here = here[step]
    here[path[-1]] = value


def _at(value: Any, path: Path) -> Any:
    for step in path:
        if isinstance(step, int):
            several = cast("list[Any]", value or [])
            value = several[step] if len(several) > step else None
        elif isinstance(value, dict):
            value = cast("dict[str, Any]", value).get(step)
        else:
            return None
    return value


def _take(value: Any, path: tuple[str, ...]) -> None:
    """Empty a place, if it is there."""
    for step in path[:-1]:
        value = cast("dict[str, Any]", value).get(step) if isinstance(value, dict) else None
    if isinstance(value, dict):
        cast("dict[str, Any]", value).pop(path[-1], None)


def _pruned(value: Any) -> Any:
    """Without what is absent: an object in which nothing was told is not told either."""
    if isinstance(value, dict):
        kept = {name: _pruned(part) for name, part in cast("dict[str, Any]", value).items()}
        return {name: part for name, part in kept.items() if part not in (None, {}) or name == "kind"}
    if isinstance(value, (list, tuple)):
        return [_pruned(part) for part in cast("list[Any]", value) if part not in (None, {})]
    return value


def _fault(message: str) -> tuple[str, str]:
    """The field at which msgspec found a fault, and the key of the sentence that tells it."""
    reason, _, path = message.partition(" - at `$")
    pointer = path.removesuffix("`").replace(".", "/").replace("[", "/").replace("]", "")
    near = [field for field in FIELDS if pointer and _meet(pointer, field.pointer)]
    key = next((key for word, key in _FAULTS.items() if word in reason), "wrong_value")
    return (near[0].name if near else ""), key


def filled(form: Form, plan: Mapping[str, Any], others: tuple[dict[str, Any], ...], more: Mapping[str, Any]) -> Form:
    """The form with the plan that a payer's message tells, and `more` where nothing was typed."""
    base = _base(form.base) | {"benefits": plan, "alternative_benefits": others}
    values = dict(form.values)
    for field in FIELDS:
        if field.path[0] == "benefits":
            found = _at(base, field.path)
            values[field.name] = "" if found is None else shown(field, found)
        elif not values[field.name] and more.get(field.name):
            values[field.name] = str(more[field.name])
    return form._replace(values=values, base=msgspec.json.encode(base).decode())


def with_check(form: Form, check: UUID) -> Form:
    """The form of the case whose plan this check tells."""
    base = _base(form.base) | {"eligibility_check": str(check)}
    return form._replace(base=msgspec.json.encode(base).decode())
