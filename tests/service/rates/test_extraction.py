"""Packed in every way a payer may pack, damaged in every way it may be: rows, or a reason."""

import gzip
import hashlib
import io
import zipfile
from collections.abc import Sequence
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from payers.price_files.transparency.query import Query
from payers.price_files.transparency.rows import Row
from payers.price_files.unreadable import Unreadable
from service.rates import unpacked
from service.rates.extraction import FileReceipt, extract_file
from tests.payers.price_files.transparency.documents import QUERY, document
from tests.payers.price_files.transparency.oracle import oracle
from tests.payers.price_files.transparency.test_extract import FIRST, SMALL_TEXT, counted

PLAIN = SMALL_TEXT.encode()
PACKED = gzip.compress(PLAIN)
WAYS = pytest.mark.parametrize("way", ["helper", "alone", "Python"])


def zipped(*names: str, content: bytes = PLAIN) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name in names or ("rates.json",):
            file.writestr(name, content)
    return packed.getvalue()


def streamed_zip() -> bytes:
    """As one that could not seek writes it: sizes and checksum after the file."""

    class Sink(io.RawIOBase):
        content = b""

        def writable(self) -> bool:
            return True

        def write(self, piece: bytes) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
            self.content += bytes(piece)
            return len(piece)

    sink = Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("rates.json", SMALL_TEXT)
    return sink.content


def extracted(
    content: bytes, way: str, monkeypatch: pytest.MonkeyPatch | None = None
) -> tuple[Sequence[Row], FileReceipt]:
    if monkeypatch and way == "Python":
        for name in ("_igzip", "_isal_zlib", "_stringzilla"):
            monkeypatch.setattr(unpacked, name, None)
    rows: list[Row] = []
    query = msgspec.convert({name: QUERY[name] for name in Query.__struct_fields__}, Query)
    return rows, extract_file(io.BytesIO(content), query, rows.extend, helper=way == "helper")


@WAYS
@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        PACKED,
        gzip.compress(PLAIN[:700]) + gzip.compress(PLAIN[700:]),
        PACKED + bytes(512),
        gzip.compress(b"\xef\xbb\xbf" + PLAIN),
        zipped("rates.json"),
        streamed_zip(),
    ],
    ids=["plain", "gzip", "two members", "zeros after it", "byte order mark", "zip", "streamed zip"],
)
def test_it_is_unpacked(content: bytes, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rows, receipt = extracted(content, way, monkeypatch)
    assert counted(list(rows)) == counted([FIRST])
    assert (receipt.bytes, receipt.read.text_bytes - len(PLAIN)) in {(len(content), 0), (len(content), 3)}
    assert receipt.sha256 == hashlib.sha256(content).hexdigest()


@WAYS
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (PACKED[:60], "It breaks at byte 0 of its text: the packing is damaged after 60 bytes"),
        (PACKED[:-20], "the packing is damaged"),
        (PACKED[:-4], "the packing is damaged"),
        (PACKED[:-8] + bytes(4) + PACKED[-4:], "the packing is damaged"),
        (PACKED[:40] + bytes([PACKED[40] ^ 1]) + PACKED[41:], "the packing is damaged"),
        (PACKED + b"and something that is no gzip", "the packing is damaged"),
        (gzip.compress(PLAIN[:-1]), f"It breaks at byte {len(PLAIN) - 1} of its text: the text ends"),
        (gzip.compress(PLAIN + b"more"), "something follows the end"),
        (gzip.compress(b'{"in_network":[') + gzip.compress(b" " * (16 << 20)) * 20, "unpack to more than"),
        (b"<!doctype html><title>Access denied</title>", "web page"),
        (zipped("a.json", "b.json"), "several files"),
        (zipped("a.json")[:-200], "the packing is damaged"),
        (b"PK\x03\x04", "the zip ends in its header"),
    ],
    ids=[
        *("cut early", "cut late", "no length", "checksum", "flipped bit", "more bytes"),
        *("cut text", "more text", "bomb", "web page", "two in a zip", "cut zip", "zip header"),
    ],
)
def test_what_is_damaged_is_told(content: bytes, reason: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Unreadable, match=reason):
        extracted(content, way, monkeypatch)


@given(seed=st.integers(0, 2**32), way=st.sampled_from(["helper", "alone"]), cut=st.floats(0, 1))
def test_any_file_in_any_packing(seed: int, way: str, cut: float) -> None:
    text = document(Random(seed)).encode()
    at = int(cut * len(text))
    for packed in (
        text,
        gzip.compress(text, 1),
        gzip.compress(text[:at]) + gzip.compress(text[at:]),
        zipped(content=text),
    ):
        rows, receipt = extracted(packed, way)
        assert counted(list(rows)) == counted(oracle(text.decode(), QUERY))
        assert receipt.read.text_bytes == len(text)
