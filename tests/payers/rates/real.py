"""Real rates for tests: sources and amounts that are made up."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from payers.rates.on_file import OnFile, Pin, Recorded
from payers.rates.rate import Rate, Source, SourceKind


def source(id: str = "file", kind: SourceKind = "payer-file", payer: str = "uhc", **fields: Any) -> Source:
    """A payer's file of November 2026, unless told otherwise."""
    plain = {
        "id": id,
        "kind": kind,
        "payer": payer,
        "name": f"2026-11-01_{id}.json.gz",
        "last_updated_on": date(2026, 11, 1),
        "content_sha256": "0" * 64,
        "imported_at": datetime(2026, 11, 20, tzinfo=UTC),
    }
    return msgspec.convert(plain | fields, Source)


def rate(code: str, cents: int | None, **fields: Any) -> Rate:
    """A negotiated amount for an office, unless told otherwise."""
    plain = {
        "source_id": "",
        "code_type": "CPT" if code.isdigit() else "HCPCS",
        "code": code,
        "kind": "negotiated",
        "amount_cents": cents,
        "billing_class": "professional",
        "networks": ("Choice",),
    }
    return msgspec.convert(plain | fields, Rate, strict=False)


def on_file(*several: tuple[Source, Sequence[Rate]], pins: tuple[Pin, ...] = ()) -> OnFile:
    """The rates of these sources in force."""
    recorded = Recorded(sources=tuple(source for source, _ in several), pins=pins)
    return OnFile(recorded, {source.id: rates for source, rates in several})
