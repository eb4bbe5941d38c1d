"""The JSON template, versions 2.x and 3.0: items with their codes, charges with their payers."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import chain
from typing import Any, TextIO, cast

import msgspec

from payers.price_files.hospital.charge import CODE_TYPES, Charge, Drug, Hospital, Read, Wanted
from payers.price_files.hospital.values import amount, day, modifiers, parts, text
from payers.price_files.text import BrokenFile, Text
from payers.price_files.unreadable import Unreadable

_OTHER_KINDS = {
    "in_network": "a payer's file of in-network rates: import it with `outlay rates import`",
    "out_of_network": "a payer's file of allowed amounts outside the network",
    "reporting_structure": "a payer's table of contents: import it with `outlay rates import`",
}
_ITEM_START = re.compile(rb'\{\s*"(?:description|code_information|drug_information|standard_charges)"\s*:')
_value = msgspec.json.Decoder(Any, float_hook=Decimal)
"""No amount goes through a float."""
_items = msgspec.json.Decoder(list[Any], float_hook=Decimal)


def read_json(file: TextIO, wanted: Wanted) -> Read:
    """Every wanted charge of the file.

    Raises:
        Unreadable: it is no JSON where it was looked at, breaks off, or is another kind of file.
    """
    stream = Text(lambda size: file.read(size).encode())
    try:
        return _read(stream, wanted)
    except BrokenFile as broken:
        raise Unreadable(
            f"It is not whole JSON: at byte {broken.offset} {broken.problem}. Remedy: get the file again."
        ) from broken


def _read(stream: Text, wanted: Wanted) -> Read:
    if stream.peek() != ord("{"):
        raise Unreadable("It is JSON, but no object. Remedy: get the hospital's machine-readable file itself.")
    told: dict[str, Any] = {}
    charges: list[Charge] = []
    payers: dict[tuple[str, str], None] = {}
    odd, items, found = Counter[str](), 0, False
    for key in stream.members():
        match key:
            case "standard_charge_information" if stream.peek() == ord("["):
                found = True
                for item in chain.from_iterable(stream.runs(_ITEM_START, _items)):
                    items += 1
                    for charge in _charges(item, items, wanted, odd):
                        payers[charge.payer, charge.plan] = None
                        if wanted.has(charge.payer, charge.plan):
                            charges.append(charge)
            case "hospital_name" | "last_updated_on" | "version" | "location_name" | "hospital_location" | "type_2_npi":
                told[key] = stream.decoded(_value)
            case _ if key in _OTHER_KINDS:
                raise Unreadable(f"It is {_OTHER_KINDS[key]}.")
            case _:
                stream.skip()
    stream.end()
    if not found:
        raise Unreadable(
            "It is no file of a hospital's standard charges: it has no standard_charge_information. "
            "Remedy: get the hospital's machine-readable file itself."
        )
    hospital = Hospital(
        text(told.get("hospital_name")),
        day(told.get("last_updated_on"), "last_updated_on", odd),
        text(told.get("version")),
        parts(told.get("location_name") or told.get("hospital_location")),
        parts(told.get("type_2_npi")),
    )
    return Read(hospital, tuple(charges), items, tuple(payers), odd)


def _charges(item: object, number: int, wanted: Wanted, odd: Counter[str]) -> Iterator[Charge]:
    """Every payer's charge for the item's wanted codes."""
    if not isinstance(item, dict):
        odd["standard_charge_information"] += 1
        return
    fields = cast("Mapping[str, Any]", item)
    codes = dict.fromkeys(
        (kind, code)
        for each in _objects(fields.get("code_information"))
        if (kind := (text(each.get("type")) or "").upper()) in CODE_TYPES
        and (code := (text(each.get("code")) or "").upper()) in wanted.codes
    )
    if not codes:
        return
    drug = next(_objects([fields.get("drug_information")]), None)
    measured = Drug(amount(drug.get("unit"), "unit", odd), text(drug.get("type")) or "") if drug else None
    for charge in _objects(fields.get("standard_charges")):
        for payer in _objects(charge.get("payers_information")):
            for kind, code in codes:
                yield Charge(
                    place=number,
                    payer=text(payer.get("payer_name")) or "",
                    plan=text(payer.get("plan_name")) or "",
                    code_type=kind,
                    code=code,
                    modifiers=modifiers(charge.get("modifier_code")),
                    setting=_lower(charge.get("setting")),
                    billing_class=_lower(charge.get("billing_class")),
                    methodology=_lower(payer.get("methodology")),
                    dollar=amount(payer.get("standard_charge_dollar"), "standard_charge_dollar", odd),
                    percentage=amount(payer.get("standard_charge_percentage"), "standard_charge_percentage", odd),
                    algorithm=text(payer.get("standard_charge_algorithm")),
                    estimated=amount(payer.get("estimated_amount"), "estimated_amount", odd),
                    median=amount(payer.get("median_amount"), "median_amount", odd),
                    percentile_10=amount(payer.get("10th_percentile"), "10th_percentile", odd),
                    percentile_90=amount(payer.get("90th_percentile"), "90th_percentile", odd),
                    remittances=text(payer.get("count")),
                    drug=measured,
                    gross=amount(charge.get("gross_charge"), "gross_charge", odd),
                    cash=amount(charge.get("discounted_cash"), "discounted_cash", odd),
                )


def _objects(value: object) -> Iterator[Mapping[str, Any]]:
    """The objects of a list; anything else is passed over."""
    several = cast("Iterable[object]", value) if isinstance(value, list) else ()
    return (cast("Mapping[str, Any]", each) for each in several if isinstance(each, dict))


def _lower(value: object) -> str | None:
    return (text(value) or "").lower() or None
