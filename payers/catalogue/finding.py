"""What the check of a release reports, and where in the data files each value lives."""

from collections.abc import Iterator
from datetime import date
from typing import Literal, cast

import msgspec

from payers.catalogue.clinic import ClinicRow
from payers.catalogue.model import (
    AmbiguousName,
    Dated,
    Frozen,
    Parameter,
    Payer,
    PublishedPrice,
    Region,
    Release,
    Rule,
)

Severity = Literal["error", "warning"]


class Finding(Frozen):
    """One thing that is wrong in a release: an `error` must not ship, a `warning` is for somebody to look at."""

    severity: Severity
    file: str
    """The TOML file where the value lives, below the data folder."""
    key: str
    problem: str
    remedy: str


_FILES = {
    "codes": "codes.toml",
    "ndcs": "codes.toml",
    "add_ons": "claims.toml",
    "accepted_codes": "claims.toml",
    "claim_rules": "claims.toml",
    "price_ranges": "prices.toml",
    "published_prices": "prices.toml",
    "ambiguous_names": "identity.toml",
    "medigap_plans": "medigap.toml",
}


def file_of(entry: msgspec.Struct, table: str) -> str:
    """The file that holds an entry of a release's table."""
    match entry:
        case Payer():
            return f"payers/{entry.slug}.toml"
        case Rule():
            return "defaults.toml" if entry.payer == "*" else f"payers/{entry.payer}.toml"
        case Parameter():
            return f"parameters/{entry.program}.toml"
        case _:
            return _FILES.get(table, f"{table}.toml")


def key_of(entry: msgspec.Struct) -> str:
    """What tells an entry from the others of its table."""
    match entry:
        case Region():
            return f"{entry.state}, {entry.number}, {entry.valid_from or 'always'}"
        case AmbiguousName():
            return ", ".join(entry.names[:1])
        case PublishedPrice():
            return f"{entry.publisher}, {entry.item}"
        case _:
            names = (
                "id",
                "slug",
                "code",
                "ndc",
                "letter",
                "topic",
                "kind",
                "value",
                "on",
                "name",
                "payer",
                "indication",
                "component",
                "valid_from",
            )
            return next((str(getattr(entry, name)) for name in names if hasattr(entry, name)), "")


def place(table: str, entry: msgspec.Struct) -> tuple[str, str]:
    """File and key of an entry."""
    return file_of(entry, table), f"{table}[{key_of(entry)}]"


def values(release: Release) -> Iterator[tuple[str, str, msgspec.Struct]]:
    """Every entry of a release and every value within it, each with its file and key."""
    for table, entry in entries(release):
        file, key = place(table, entry)
        for path, value in within(entry, key):
            yield file, path, value


def entries(release: Release) -> Iterator[tuple[str, msgspec.Struct]]:
    """Every entry of a release with its table."""
    for table in release.__struct_fields__:
        for entry in cast("tuple[msgspec.Struct, ...]", getattr(release, table)):
            yield table, entry


def within(value: msgspec.Struct, path: str) -> Iterator[tuple[str, msgspec.Struct]]:
    """The value, whose key is the path, and every value in it, each with its own key."""
    yield path, value
    for field in value.__struct_fields__:
        inner = getattr(value, field)
        if isinstance(inner, msgspec.Struct):
            yield from within(inner, f"{path}.{field}")
        elif isinstance(inner, tuple):
            for item in cast("tuple[object, ...]", inner):
                if isinstance(item, msgspec.Struct):
                    yield from within(item, f"{path}.{field}[{key_of(item)}]")


def overlap(first: Dated | ClinicRow, second: Dated | ClinicRow) -> bool:
    """Whether both hold on some day."""
    return (first.valid_from or date.min) <= (second.valid_until or date.max) and (second.valid_from or date.min) <= (
        first.valid_until or date.max
    )


def contains(outer: Dated, inner: Dated) -> bool:
    """Whether `outer` holds on every day on which `inner` does."""
    return (outer.valid_from or date.min) <= (inner.valid_from or date.min) and (inner.valid_until or date.max) <= (
        outer.valid_until or date.max
    )
