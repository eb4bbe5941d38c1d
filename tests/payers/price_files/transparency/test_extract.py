"""A payer's file gives exactly the rows that reading the whole document gives, however it is written and cut."""

import gzip
import io
import json
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, cast

import msgspec
import pytest
import stringzilla
from hypothesis import given
from hypothesis import strategies as st
from isal import isal_zlib

from payers.price_files import text as texts
from payers.price_files.text import BrokenFile
from payers.price_files.transparency.extract import OtherFile, extract
from payers.price_files.transparency.provider_groups import Fetch
from payers.price_files.transparency.query import Query
from payers.price_files.transparency.receipt import Receipt
from payers.price_files.transparency.rows import COLUMNS, Row
from payers.price_files.transparency.tools import Find, Tools
from tests.payers.price_files.transparency.documents import QUERY, document
from tests.payers.price_files.transparency.oracle import oracle

SHARED = Path(__file__).parents[4] / "../shared/reference/mrf"
STRINGZILLA: Find = cast("Any", stringzilla).find
FINDERS: dict[str, Find] = {"bytes": bytes.find, "stringzilla": STRINGZILLA}
AT_ONCE = 1 << 30


def extracted(
    content: bytes, query: dict[str, Any], find: Find = bytes.find, at_most: int = AT_ONCE, fetch: Fetch | None = None
) -> tuple[list[Row], Receipt]:
    stream, rows = io.BytesIO(content), list[Row]()
    receipt = extract(
        lambda most: stream.read(min(most, at_most)),
        msgspec.convert({name: query[name] for name in Query.__struct_fields__}, Query),
        rows.extend,
        Tools(find=find, compress=cast("Any", isal_zlib).compress if find is STRINGZILLA else zlib.compress),
        fetch,
    )
    assert receipt.rows == len(rows)
    return rows, receipt


def counted(rows: list[Any]) -> Counter[str]:
    """Rows as text, in no order; group ids as numbers."""
    return Counter(
        json.dumps([*row[:4], float(row[4]), *row[5:10], None if row[10] is None else float(row[10]), row[11]])
        for row in msgspec.json.decode(msgspec.json.encode([list(row[: len(COLUMNS)]) for row in rows]))
    )


def digits(rows: list[Row]) -> list[str]:
    """The amounts as they are written."""
    return sorted(bytes(row.negotiated_rate).decode() for row in rows)


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    def use(size: int) -> None:
        monkeypatch.setattr(texts, "PIECE", size)
        monkeypatch.setattr(texts, "_BRIDGE", size // 8)

    return use


@pytest.mark.skipif(not SHARED.exists(), reason="the published samples are not beside the checkout")
@pytest.mark.parametrize("find", FINDERS)
@pytest.mark.parametrize("name", ["first", "last", "v1inline"])
def test_a_file_with_known_answers(name: str, find: str) -> None:
    content = gzip.decompress((SHARED / f"synthetic/{name}.json.gz").read_bytes())
    expected = json.loads(gzip.decompress((SHARED / f"synthetic/{name}.expected.json.gz").read_bytes()))
    rows, receipt = extracted(content, expected["query"], FINDERS[find])
    assert list(COLUMNS) == expected["columns"]
    assert counted(rows) == counted(expected["rows"])
    assert (receipt.text_bytes, receipt.unresolved_ids, receipt.coerced) == (len(content), 0, 0)
    whole = json.loads(content)
    assert receipt.items == len(whole["in_network"])
    assert receipt.groups == len(whole.get("provider_references", ()))


@pytest.mark.parametrize("seed", range(60))
def test_any_file_as_the_plain_reading(seed: int, small_pieces: Callable[[int], None]) -> None:
    agrees(seed, small_pieces)


@given(seed=st.integers(0, 2**32))
def test_any_file_whole(seed: int) -> None:
    agrees(seed, lambda _: None)


def agrees(seed: int, small_pieces: Callable[[int], None]) -> None:
    random = Random(seed)
    content = document(random)
    small_pieces(random.choice((16, 200, 1000, 1 << 19)))
    find = random.choice(list(FINDERS.values()))
    rows, receipt = extracted(content.encode(), QUERY, find, random.choice((1, 7, 64, 300, AT_ONCE)))
    expected = oracle(content, QUERY)
    assert counted(rows) == counted(expected)
    assert digits(rows) == sorted(row[4] for row in expected)
    items = [item for item in json.loads(content)["in_network"] if "negotiated_rates" in item]
    assert (receipt.text_bytes, receipt.items) == (len(content.encode()), len(items))


SMALL: dict[str, Any] = {
    "reporting_entity_name": "Example",
    "last_updated_on": "2026-11-01",
    "version": "2.0.0",
    "provider_references": [
        {
            "provider_group_id": 1,
            "network_name": ["PPO"],
            "provider_groups": [{"npi": [1669999991], "tin": {"type": "ein", "value": "84-5556670"}}],
        },
        {
            "provider_group_id": 2,
            "network_name": ["PPO"],
            "provider_groups": [{"npi": [1999999999], "tin": {"type": "ein", "value": "12-3456789"}}],
        },
    ],
    "in_network": [
        {
            "negotiation_arrangement": "ffs",
            "name": "a",
            "billing_code_type": "CPT",
            "billing_code_type_version": "2026",
            "billing_code": code,
            "description": "b",
            "negotiated_rates": [
                {
                    "provider_references": [1, 2],
                    "negotiated_prices": [
                        {
                            "negotiated_type": "negotiated",
                            "negotiated_rate": 42.50,
                            "expiration_date": "9999-12-31",
                            "service_code": ["11"],
                            "billing_class": "professional",
                            "setting": "outpatient",
                        }
                    ],
                }
            ],
        }
        for code in ("97929", "99213", "97930")
    ],
}
SMALL_TEXT = json.dumps(SMALL)
FIRST = [
    "CPT",
    "99213",
    "ffs",
    "negotiated",
    42.5,
    "9999-12-31",
    ["11"],
    "professional",
    "outpatient",
    [],
    1.0,
    "84-5556670",
]


@pytest.mark.parametrize("size", [1, 16, 333, AT_ONCE])
def test_every_truncation_is_told_with_its_place(size: int, small_pieces: Callable[[int], None]) -> None:
    small_pieces(size)
    text = SMALL_TEXT.encode()
    for end in range(1, len(text)):
        with pytest.raises(BrokenFile) as broken:
            extracted(text[:end], QUERY)
        assert 0 <= broken.value.offset <= end
        assert str(broken.value.offset) in str(broken.value)


@pytest.mark.parametrize(
    ("before", "after"),
    [("", ""), ("\ufeff", ""), (" \n\t", " \r\n\n"), ("\ufeff \n", " ")],
    ids=["plain", "byte order mark", "blanks", "both"],
)
def test_what_may_stand_around_a_document(before: str, after: str) -> None:
    rows, _ = extracted((before + SMALL_TEXT + after).encode(), QUERY)
    assert counted(rows) == counted([FIRST])


@pytest.mark.parametrize("tail", ["x", "{}", "\0\0", "]", SMALL_TEXT])
def test_what_follows_the_end_is_refused(tail: str) -> None:
    with pytest.raises(BrokenFile, match="something follows") as broken:
        extracted((SMALL_TEXT + tail).encode(), QUERY)
    assert broken.value.offset == len(SMALL_TEXT)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("<!doctype html><html>", "web page"),
        ("[]", "no JSON object"),
        ("hello", "no JSON object"),
        ("{}", "no in_network"),
        ('{"reporting_structure": []}', "table of contents"),
        ('{"out_of_network": []}', "out of network"),
        ('{"standard_charge_information": []}', "hospital"),
        ('{"in_network": null}', "no in_network"),
    ],
)
def test_another_file_is_told_by_its_kind(content: str, said: str) -> None:
    with pytest.raises(OtherFile, match=said):
        extracted(content.encode(), QUERY)


@pytest.mark.parametrize(
    ("old", "new", "coerced"),
    [
        ('"provider_group_id": 1,', '"provider_group_id": 1.0,', 0),
        ('"provider_references": [1, 2]', '"provider_references": [1.0, 2.0]', 0),
        ('"provider_references": [1, 2]', '"provider_references": ["1", "2"]', 0),
        ('"provider_references": [1, 2]', '"provider_references": 1', 0),
        ('"npi": [1669999991]', '"npi": ["1669999991"]', 1),
        ('"npi": [1669999991]', '"npi": 1669999991.0', 1),
        ('"npi": [1669999991]', '"npi": [1.669999991E9]', 1),
        ('"billing_code": "99213"', '"billing_code": 99213', 0),
        ('"billing_code": "99213"', '"billing_code": " 99213 "', 0),
        ('"billing_code": "99213"', '"billing\\u005fcode": "9921\\u0033"', 0),
        ('"negotiated_rates"', '"negotiated\\u005frates"', 0),
        ('"negotiated_rate": 42.5', '"negotiated_rate": "42.5"', 1),
        ('"service_code": ["11"]', '"service_code": [11]', 1),
    ],
)
def test_other_spellings_are_read_and_counted(old: str, new: str, coerced: int) -> None:
    assert old in SMALL_TEXT
    rows, receipt = extracted(SMALL_TEXT.replace(old, new).encode(), {**QUERY, "tins": ()})
    assert counted(rows) == counted([FIRST])
    assert (receipt.coerced > 0) == (coerced > 0)


@pytest.mark.parametrize(
    "spelling", ['"84-5556670"', '"845556670"', '" 84-5556670 "', "845556670", "845556670.0", "8.4555667E8"]
)
def test_a_tin_is_nine_digits_in_any_spelling(spelling: str) -> None:
    content = SMALL_TEXT.replace('"84-5556670"', spelling)
    rows, _ = extracted(content.encode(), {**QUERY, "npis": ()})
    assert [row.matched_by for row in rows] == ["tin"]


def test_nothing_found_and_nothing_resolved_are_different() -> None:
    _, nobody = extracted(SMALL_TEXT.encode(), {**QUERY, "tins": (), "npis": (1111111111,)})
    assert (nobody.rows, nobody.groups, nobody.our_groups, nobody.unresolved_ids) == (0, 2, 0, 0)
    without = {name: value for name, value in SMALL.items() if name != "provider_references"}
    _, unresolved = extracted(json.dumps(without).encode(), QUERY)
    assert (unresolved.rows, unresolved.groups, unresolved.unresolved_ids) == (0, 0, 2)


def test_groups_told_elsewhere_are_fetched_once_if_a_wanted_rate_names_them() -> None:
    references = [
        {"provider_group_id": 1, "location": "https://payer.example/ours.json"},
        {"provider_group_id": 2, "location": "https://payer.example/ours.json"},
        {"provider_group_id": 3, "location": "https://payer.example/nobody-needs.json"},
    ]
    providers = {"version": "1.0.0", "provider_groups": SMALL["provider_references"][0]["provider_groups"]}
    for order in (("provider_references", "in_network"), ("in_network", "provider_references")):
        whole = SMALL | {"provider_references": references}
        content = json.dumps({name: whole[name] for name in order}).encode()
        asked: list[str] = []

        def fetch(address: str, asked: list[str] = asked) -> bytes:
            asked.append(address)
            return json.dumps(providers).encode()

        rows, receipt = extracted(content, QUERY, fetch=fetch)
        assert asked == ["https://payer.example/ours.json"]
        assert sorted(bytes(row.provider_group_id or b"") for row in rows) == [b"1", b"2"]
        assert (receipt.remote_groups, receipt.remote_unread, receipt.schema) == (3, 0, "1.x")
        _, unread = extracted(content, QUERY)
        assert (unread.rows, unread.remote_unread, unread.unresolved_ids) == (0, 2, 2)


def test_the_receipt_tells_what_the_file_says_of_itself() -> None:
    _, receipt = extracted(json.dumps(SMALL, sort_keys=True).encode(), QUERY)
    assert receipt.about == {"reporting_entity_name": "Example", "last_updated_on": "2026-11-01", "version": "2.0.0"}
    assert (receipt.schema, receipt.items, receipt.wanted_items, receipt.rates) == ("2.x", 3, 1, 1)


def test_an_amount_is_written_as_the_file_writes_it() -> None:
    for amount in ("0.10", "1E+2", "12345678901234567890.123456789", "0"):
        rows, receipt = extracted(SMALL_TEXT.replace("42.5", amount).encode(), QUERY)
        assert digits(rows) == [amount]
        assert receipt.zero_rates == (amount == "0")
