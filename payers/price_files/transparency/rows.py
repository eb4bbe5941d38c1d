"""One rate of the clinic's as the file writes it."""

import re
from typing import Any, NamedTuple

import msgspec
from msgspec import Raw, Struct

from payers.price_files.transparency.query import listed, written

NUMBER = re.compile(rb"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?")
_NULL = Raw(b"null")


class Item(NamedTuple):
    """What an `in_network` item says of itself; absent as long as it has not said it."""

    code_type: str | None = None
    code: str | None = None
    arrangement: str | None = None


class Group(NamedTuple):
    """A provider group that a rate is for: its id as written, its networks, its TIN as written, what it matched by."""

    id: Raw | None
    networks: tuple[str, ...]
    tin: str
    by: str


class Row(NamedTuple):
    """One amount for one group; amount and group id in the file's own digits. The last two are not in `COLUMNS`."""

    billing_code_type: str
    billing_code: str
    negotiation_arrangement: str | None
    negotiated_type: str | None
    negotiated_rate: Raw
    expiration_date: str | None
    service_code: list[str]
    billing_class: str
    setting: str
    billing_code_modifier: list[str]
    provider_group_id: Raw | None
    tin: str
    networks: tuple[str, ...]
    matched_by: str


COLUMNS = Row._fields[:12]


class Price(Struct):
    """A negotiated price, whatever the types of its values are."""

    negotiated_rate: Raw = _NULL
    negotiated_type: Any = None
    expiration_date: Any = None
    service_code: Any = None
    billing_class: Any = None
    setting: Any = None
    billing_code_modifier: Any = None


class Rates(NamedTuple):
    """Rows, and how many of their values had another type or spelling than the schema's."""

    rows: list[Row]
    coerced: int


def rows_of(item: Item, prices: list[Price], groups: list[Group]) -> Rates:
    """Every price for every group. `setting` and `billing_class` are `both` where they are not said."""
    rows: list[Row] = []
    coerced = 0
    for price in prices:
        amount, as_text = _amount(price.negotiated_rate)
        places, modifiers = _texts(price.service_code), _texts(price.billing_code_modifier)
        coerced += as_text + _differ(price.service_code, places) + _differ(price.billing_code_modifier, modifiers)
        for group in groups:
            row = Row(
                item.code_type or "",
                item.code or "",
                item.arrangement,
                _text(price.negotiated_type),
                amount,
                _text(price.expiration_date),
                places,
                _text(price.billing_class) or "both",
                _text(price.setting) or "both",
                modifiers,
                group.id,
                group.tin,
                group.networks,
                group.by,
            )
            rows.append(row)
    return Rates(rows, coerced)


def _amount(raw: Raw) -> tuple[Raw, bool]:
    """The amount in its own digits, and whether it was text."""
    written_amount = bytes(raw)
    if not written_amount.startswith(b'"'):
        return Raw(written_amount), False
    digits = msgspec.json.decode(written_amount, type=str).strip().encode()
    return (Raw(digits) if NUMBER.fullmatch(digits) else Raw(written_amount)), True


def _text(value: Any) -> str | None:
    return written(value) or None


def _texts(value: Any) -> list[str]:
    return [written(each) for each in listed(value)]


def _differ(value: Any, texts: list[str]) -> bool:
    return value is not None and value != texts
