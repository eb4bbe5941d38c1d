"""From a row that was typed to a row on file, or to what speaks against it."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from payers.catalogue.clinic import ClinicLayer, ClinicRow, layer_of
from payers.catalogue.clinic_check import Misfit, misfits
from payers.catalogue.clinic_question import named, rivals, successor, taken_ids
from service.store.catalogue import (
    Broken,
    add_clinic_rows,
    broken,
    change_clinic_row,
    read_clinic_layer,
)
from service.store.database import ConstraintViolated, acquire
from service.web.console.desk import Desk
from service.web.console.prices.form import Changed, change_inputs
from service.web.console.prices.kinds import Input, Kind
from service.web.console.prices.telling import Teller, teller

HERE = "/console/prices"

_BESIDE: Mapping[Broken, tuple[str, ...]] = {
    "pkey": ("valid_from", "first_day"),
    "no_overlap": ("valid_from", "first_day"),
    "validity_not_empty": ("valid_until",),
    "one_of_two": ("off_percent",),
    "count_positive": ("sessions", "instalments"),
    "place_is_digits": ("carrier",),
}
"""The inputs beside which it stands that a row broke something; no form can break the rest."""


class Objection(NamedTuple):
    """Why nothing was saved: sentences by the input's name, and the row that holds already."""

    wrong: Mapping[str, str]
    rival: ClinicRow | None = None


async def layer_on_file(desk: Desk) -> ClinicLayer:
    """The clinic's rows as they are in the database, which the catalogue in memory follows."""
    async with acquire(desk.wiring.pool) as connection:
        return await read_clinic_layer(connection)


async def added(desk: Desk, kind: Kind, row: ClinicRow) -> ClinicRow | Objection:
    """The row as it was put on file, with its id."""
    try:
        async with acquire(desk.wiring.pool) as connection:
            on_file = await read_clinic_layer(connection)
            new = named(row, taken_ids(on_file))
            layer = layer_of(kind.table, new)
            if wrong := _misfits(desk, kind.inputs, layer, on_file):
                return Objection(wrong)
            await add_clinic_rows(connection, layer, key_id=desk.key.id)
            return new
    except ConstraintViolated as error:
        return await _objection(desk, kind, kind.inputs, row, error)


async def changed(desk: Desk, kind: Kind, row: ClinicRow, change: Changed) -> ClinicRow | Objection:
    """The row that goes on from the one on file."""
    inputs, new = change_inputs(kind), row
    try:
        async with acquire(desk.wiring.pool) as connection:
            on_file = await read_clinic_layer(connection)
            new = successor(row, change.first_day, taken_ids(on_file), **change.terms)
            if wrong := _misfits(desk, inputs, layer_of(kind.table, new), on_file):
                return Objection(wrong)
            if await change_clinic_row(connection, kind.table, row, new, key_id=desk.key.id):
                return new
            return Objection({"": desk.visit.speak("prices.changed_meanwhile")})
    except ConstraintViolated as error:
        return await _objection(desk, kind, inputs, new, error, apart=row.id)


def _misfits(desk: Desk, inputs: Iterable[Input], layer: ClinicLayer, on_file: ClinicLayer) -> dict[str, str]:
    names = {each.field: each.name for each in inputs}
    wrong = dict[str, str]()
    for each in misfits(layer, on_file, desk.catalogue.release):
        name = names.get(each.field, "")
        wrong[name] = " ".join(filter(None, (wrong.get(name), _told(each, teller(desk)))))
    return wrong


def _told(misfit: Misfit, tell: Teller) -> str:
    value, instead = misfit.value, misfit.instead or ""
    if misfit.fault == "line-elsewhere":
        instead = tell.payer(instead)
        value = tell.speak(f"estimate.line_of_business_{value}")
    key = f"misfit_{misfit.fault}" + ("_none" if misfit.fault == "dose-unknown" and not instead else "")
    return tell.speak(f"prices.{key}", value=value, instead=instead)


async def _objection(
    desk: Desk, kind: Kind, inputs: Iterable[Input], row: ClinicRow, error: ConstraintViolated, apart: str = ""
) -> Objection:
    """What the database said, in words; it raises again what no form can break."""
    what, speak = broken(error.constraint), desk.visit.speak
    names = [each.name for each in inputs]
    beside = next((name for name in _BESIDE.get(what, ()) if name in names), None) if what else None
    if beside is None:
        raise error
    if what not in ("pkey", "no_overlap"):
        return Objection({beside: speak(f"prices.broken_{what}")})
    others = [other for other in getattr(await layer_on_file(desk), kind.table) if other.id != apart]
    found = rivals(row, others)
    if not found:
        return Objection({beside: speak("prices.changed_meanwhile")})
    return Objection({beside: speak("prices.broken_no_overlap", other=teller(desk).sentence(found[0]))}, found[0])
