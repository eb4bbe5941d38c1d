"""Writes a payer's in-network file of any size, with known answers: schema 2.x, names and numbers made up."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, NamedTuple, cast

from payers.price_files.transparency.query import Query

CODES = (
    *(
        "G2082",
        "G2083",
        "S0013",
        "J0013",
        "J3490",
        "J0171",
        "96365",
        "96366",
        "96372",
        "96374",
        "96375",
        "99202",
        "99203",
    ),
    *(
        "99204",
        "99205",
        "99212",
        "99213",
        "99214",
        "99215",
        "99415",
        "99416",
        "99417",
        "90791",
        "90792",
        "90834",
        "90837",
    ),
)
QUERY = Query(codes=CODES, tins=("84-5556677",), npis=(1669999991, 1669999983, 1669999975))
_OTHER_CODES = 700
_NAMES = ("service A", 'service \\"B\\" quoted', "service [D]", "service \\\\ E", "\\u00c9valuation F", "G; H, I: J")
_GROUPS = 110_000
_OURS = 12
_POOL = 1500
_BYTES_OF_A_GROUP = 330
_WANTED_IN = 100
"""One item of so many is for a code that is asked for."""
_PLACES = json.dumps([f"{place:02}" for place in range(1, 51)]).replace(" ", "")


class Written(NamedTuple):
    """A file, how long its text is, and a sum over the rows it has for `QUERY`: their number and their amounts."""

    path: Path
    text_bytes: int
    rows: int
    cents: int


def write(path: Path, text_bytes: int, *, references_first: bool, seed: int = 1) -> Written:
    """Write about so many bytes of text, packed by zlib as payers' are."""
    random = Random(seed)  # noqa: S311  made up, and the same each time
    groups = min(_GROUPS, max(2000, text_bytes // 40 // _BYTES_OF_A_GROUP))
    ours = random.sample(range(groups), _OURS)
    tally = [0, 0, 0]
    items = _array("in_network", _items(random, groups, ours, text_bytes - groups * _BYTES_OF_A_GROUP, tally))
    references = _array("provider_references", _references(random, groups, frozenset(ours)))
    with gzip.open(path, "wb", compresslevel=6) as file:
        out = cast("Any", file)

        def put(text: str) -> None:
            tally[0] += out.write(text.encode())

        put('{"reporting_entity_name":"Example Payer","last_updated_on":"2026-11-01","version":"2.0.0",')
        for section in (references, items) if references_first else (items, references):
            for part in section:
                put(part)
        put('"issuer_name":"Example Payer"}')
    return Written(path, *tally)


def _array(name: str, parts: Iterator[str]) -> Iterator[str]:
    yield f'"{name}":['
    between = ""
    for part in parts:
        yield between + part
        between = ","
    yield "],"


def _references(random: Random, groups: int, ours: frozenset[int]) -> Iterator[str]:
    for group in range(groups):
        members = [str(random.randrange(1_000_000_000, 1_900_000_000)) for _ in range(random.choice((2, 4, 9, 40)))]
        tin = f"{random.randrange(10, 80)}-{random.randrange(10**6, 10**7)}"
        if group in ours:
            tin = "84-5556677" if group % 2 else tin
            members = [*members, "1669999983"]
        yield (
            f'{{"provider_group_id":{100_000 + group},"network_name":["Choice Plus","Options PPO"],"provider_groups":'
            f'[{{"npi":[{",".join(members)}],"tin":{{"type":"ein","value":"{tin}",'
            f'"business_name":"Wellness {{Center}}"}}}}]}}'
        )


def _items(random: Random, groups: int, ours: list[int], text_bytes: int, tally: list[int]) -> Iterator[str]:
    pool = [_rate(random, groups, frozenset(ours)) for _ in range(_POOL)]
    special = [_rate(random, groups, frozenset(), random.sample(ours, 2)) for _ in range(20)]
    number = 0
    while text_bytes > 0:
        wanted = number % _WANTED_IN == 0
        code = random.choice(CODES) if wanted else f"{random.randrange(_OTHER_CODES):04}T"
        rates = random.choices(pool, k=random.choice((1, 10, 80, 200)))
        if wanted:
            rates.append(random.choice(special))
            tally[1] += 2 * rates[-1].prices
            tally[2] += 2 * rates[-1].cents
        item = (
            f'{{"negotiation_arrangement":"ffs","name":"{random.choice(_NAMES)}","billing_code_type":'
            f'"{"HCPCS" if code[0].isalpha() else "CPT"}","billing_code_type_version":"2026","billing_code":"{code}",'
            f'"description":"service","negotiated_rates":[{",".join(rate.text for rate in rates)}]}}'
        )
        number += 1
        text_bytes -= len(item)
        yield item


class _Rate(NamedTuple):
    text: str
    prices: int
    cents: int


def _rate(random: Random, groups: int, without: frozenset[int], named: list[int] | None = None) -> _Rate:
    first, count = random.randrange(groups - 60), random.choice((1, 5, 20, 60))
    others = [group for group in range(first, first + count) if group not in without]
    ids = ",".join(str(100_000 + group) for group in others + (named or []))
    prices: list[str] = []
    total = 0
    for _ in range(random.choice((1, 2, 4))):
        cents = random.randrange(1000, 200_000)
        total += cents
        places = random.choice(('["11"]', _PLACES, _PLACES))
        prices.append(
            f'{{"negotiated_type":"negotiated","negotiated_rate":{cents / 100},"expiration_date":"9999-12-31",'
            f'"service_code":{places},"billing_class":"professional","setting":"outpatient"}}'
        )
    return _Rate(f'{{"provider_references":[{ids}],"negotiated_prices":[{",".join(prices)}]}}', len(prices), total)
