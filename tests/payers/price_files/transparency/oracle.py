"""The rows that a payer's file has for a query, read the plain way: the whole document at once."""

import json
from typing import Any, cast


def oracle(document: str, query: dict[str, Any]) -> list[list[Any]]:
    """Rows as `outlay rates extract` writes them, numbers as text in their own digits."""
    whole = json.loads(document, parse_float=str, parse_int=str)
    groups: dict[float | str, list[tuple[Any, Any]]] = {}
    for told in whole.get("provider_references") or ():
        mine = groups.setdefault(_id(told["provider_group_id"]), [])
        mine += [
            (told["provider_group_id"], group) for group in told.get("provider_groups") or () if _ours(group, query)
        ]
    return [
        [
            *item_fields(item),
            price.get("negotiated_type"),
            price["negotiated_rate"],
            price.get("expiration_date"),
            texts(price.get("service_code")),
            price.get("billing_class") or "both",
            price.get("setting") or "both",
            texts(price.get("billing_code_modifier")),
            number,
            str(group["tin"]["value"]).strip(),
        ]
        for item in whole["in_network"]
        if _text(item["billing_code_type"]) in query["billing_code_types"]
        and _text(item["billing_code"]) in query["codes"]
        for rate in item.get("negotiated_rates") or ()
        for number, group in (
            *((None, group) for group in rate.get("provider_groups") or () if _ours(group, query)),
            *(each for id in rate.get("provider_references") or () for each in groups.get(_id(id), ())),
        )
        for price in rate["negotiated_prices"]
    ]


def item_fields(item: dict[str, Any]) -> list[Any]:
    return [_text(item.get(name)) for name in ("billing_code_type", "billing_code", "negotiation_arrangement")]


def texts(value: Any) -> list[str]:
    """A list of texts, whatever it was."""
    if value is None:
        return []
    return [str(each) for each in (cast("list[Any]", value) if isinstance(value, list) else [value])]


def _text(value: Any) -> str | None:
    return None if value is None else str(value).strip()


def _id(value: Any) -> float | str:
    try:
        return float(value)
    except ValueError:
        return str(value)


def _ours(group: dict[str, Any], query: dict[str, Any]) -> bool:
    tins = {tin.replace("-", "") for tin in query["tins"]}
    npis = set(query["npis"])
    tin = group["tin"]
    value = str(tin["value"]).strip()
    numbers = [*texts(group.get("npi")), *([value] if tin["type"] == "npi" else [])]
    return value.replace("-", "") in tins or any(_number(each) in npis for each in numbers)


def _number(value: Any) -> float:
    return float(value) if str(value).strip().replace(".", "").replace("E", "").isdecimal() else 0
