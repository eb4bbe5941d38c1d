"""Payers' files by a seed: every order of keys and arrays, blanks, escapes, spellings, strings that look like JSON."""

import json
from random import Random
from typing import Any, cast

QUERY: dict[str, Any] = {
    "codes": ["G2082", "99213", "96365", "CSTM-00"],
    "billing_code_types": ["CPT", "HCPCS"],
    "tins": ["84-5556670", "01-2345678"],
    "npis": [1669999991, 1234567890],
}
_TEXTS = (
    "plain",
    'say "so"',
    "{brace}",
    '{"billing_code":"99213"}',
    '","negotiated_rates":[',
    '{"negotiated_prices',
    "[back\\slash\\",
    "Évaluation",
    "a & b",
    "in_network",
    "negotiated_rates",
    "\\u0041",
    "",
    "]}",
)
_CODES = (
    ("CPT", "99213"),
    ("HCPCS", "G2082"),
    ("CPT", "96365"),
    ("CPT", "CSTM-00"),
    ("LOCAL", "99213"),
    ("CPT", "97929"),
)


def document(random: Random) -> str:
    """A whole file."""
    style = random.choice(("2.x", "1.x", "inline", "none"))
    ids: list[Any] = [random.choice((10, 300, 16777216, 2**40, -70, 40.0000000001)) + each for each in range(6)]
    root: dict[str, Any] = {
        "reporting_entity_name": text(random),
        "last_updated_on": "2026-11-01",
        "version": "2.0.0",
        "in_network": [item(random, style, ids) for _ in range(random.randrange(12))],
    }
    if style in {"2.x", "1.x"}:
        root["provider_references"] = [reference(random, id) for id in ids if random.random() < 0.9]
    if random.random() < 0.2:
        root["extra"] = {"deep": [[1, {"a": [2]}], text(random)], "provider_references": 1}
    return Writer(random).written(root)


def text(random: Random) -> str:
    return random.choice(_TEXTS)


def providers(random: Random) -> dict[str, Any]:
    npi: Any = [random.choice((1669999991, 1234567890, 1845556670, 1999999999)) for _ in range(random.randrange(4))]
    kind = random.choice(("ein", "ein", "npi"))
    value = random.choice(("84-5556670", "845556670", "12-3456789", "01-2345678", "18-4555667"))
    if kind == "npi":
        value = random.choice(("1669999991", "1999999999"))
    if random.random() < 0.2:
        npi = random.choice(([0], [str(each) for each in npi], [float(each) for each in npi], []))
    return {"npi": npi, "tin": {"type": kind, "value": value, "business_name": text(random)}}


def reference(random: Random, id: Any) -> dict[str, Any]:
    spelled = random.choice((id, id, float(id) if abs(id) < 2**50 else id, str(id)))
    return {
        "provider_group_id": spelled,
        "network_name": [text(random)],
        "provider_groups": [providers(random) for _ in range(random.randrange(4))],
    }


def item(random: Random, style: str, ids: list[Any]) -> dict[str, Any]:
    kind, code = random.choice(_CODES)
    told: dict[str, Any] = {
        "negotiation_arrangement": random.choice(("ffs", "ffs", "bundle")),
        "name": text(random),
        "billing_code_type": kind,
        "billing_code_type_version": "2026",
        "billing_code": f" {code}" if random.random() < 0.1 else code,
        "description": text(random),
        "negotiated_rates": [rate(random, style, ids) for _ in range(random.randrange(5))],
    }
    if code.isdecimal() and random.random() < 0.1:
        told["billing_code"] = int(code)
    if random.random() < 0.2:
        parts = [{"billing_code_type": "CPT", "billing_code": "99213", "description": text(random)}] * random.randrange(
            3
        )
        told[random.choice(("bundled_codes", "covered_services"))] = parts
    if random.random() < 0.05:
        del told["negotiated_rates"]
    if random.random() < 0.05:
        del told["negotiation_arrangement"]
    return told


def rate(random: Random, style: str, ids: list[Any]) -> dict[str, Any]:
    told: dict[str, Any] = {"negotiated_prices": [price(random) for _ in range(random.randrange(4))]}
    if style == "inline" or (style == "1.x" and random.random() < 0.5):
        told["provider_groups"] = [providers(random) for _ in range(random.randrange(3))]
    if style in {"2.x", "1.x"} and random.random() < 0.9:
        told["provider_references"] = [random.choice(ids) for _ in range(random.randrange(5))]
    return told


def price(random: Random) -> dict[str, Any]:
    told: dict[str, Any] = {
        "negotiated_type": random.choice(("negotiated", "percentage", "fee schedule")),
        "negotiated_rate": random.choice((0, 12, 42.51, 1e-7, 123.10, 40.5, 99999999999999)),
        "expiration_date": random.choice(("9999-12-31", "2/4/2026")),
        "billing_class": random.choice(("professional", "both")),
    }
    if random.random() < 0.7:
        told["service_code"] = random.choice((["11", "22"], ["CSTM-00"], [11], []))
    if random.random() < 0.5:
        told["setting"] = "outpatient"
    if random.random() < 0.3:
        told["billing_code_modifier"] = random.choice((["95"], ["GT", "95"], "26"))
    if random.random() < 0.2:
        told["additional_information"] = text(random)
    return told


class Writer:
    """Writes JSON in one manner of many."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._shuffled = random.choice((0.0, 0.05, 1.0))
        self._sorted = random.random() < 0.1
        self._blanks = random.choice(("", "", " ", "\n  "))
        self._ascii = random.random() < 0.5
        self._escaped = random.choice((0.0, 0.0, 0.0, 0.002, 0.2))

    def written(self, value: Any) -> str:
        """The value as JSON."""
        if isinstance(value, dict):
            members = cast("dict[str, Any]", value)
            keys = list(members)
            if self._sorted:
                keys.sort()
            elif self._random.random() < self._shuffled:
                self._random.shuffle(keys)
            return self._joined(
                "{}", [f"{self._text(key)}{self._gap()}:{self._gap()}{self.written(members[key])}" for key in keys]
            )
        if isinstance(value, list):
            return self._joined("[]", [self.written(each) for each in cast("list[Any]", value)])
        return self._text(value) if isinstance(value, str) else json.dumps(value)

    def _joined(self, brackets: str, parts: list[str]) -> str:
        inside = f"{self._gap()},{self._gap()}".join(parts)
        return f"{brackets[0]}{self._gap()}{inside}{self._gap()}{brackets[1]}"

    def _gap(self) -> str:
        return self._blanks

    def _text(self, text: str) -> str:
        quoted = json.dumps(text, ensure_ascii=self._ascii)
        if "\\" in quoted:
            return quoted
        return "".join(
            f"\\u{ord(each):04x}" if each != '"' and self._random.random() < self._escaped else each for each in quoted
        )
