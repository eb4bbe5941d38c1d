"""Reads the TOML files into one `Release`; what is not known exactly is refused."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import msgspec
from msgspec import inspect

from payers.catalogue.model import (
    AcceptedCodes,
    AddOn,
    AmbiguousName,
    Cited,
    ClaimRule,
    Code,
    Conflict,
    Frozen,
    MedigapPlan,
    Ndc,
    Notice,
    Parameter,
    Payer,
    PlanDesign,
    PriceRange,
    Programme,
    PublishedPrice,
    Region,
    Release,
    Rule,
    Source,
    TreatmentInfo,
)

DATA = Path(__file__).parent / "data"
"""The reviewed files that come with the package."""

_IDENTITY = ("id", "slug", "code", "ndc", "letter", "topic", "kind", "name", "value")
"""The keys by which an entry is named in an error and put in order: the first that it has."""


class CatalogueError(Exception):
    """A file of the catalogue cannot be used: which file, which entry and key in it, and why."""

    def __init__(self, file: str, key: str, problem: str) -> None:
        super().__init__(file, key, problem)
        self.file = file
        self.key = key
        self.problem = problem

    def __str__(self) -> str:
        """In one line, as a person who edits the file wants to read it."""
        return f"{self.file}: {self.key}: {self.problem}" if self.key else f"{self.file}: {self.problem}"


class DataFile(Frozen):
    """What a file may hold: any of the tables of a release, and at most one payer, whose rules stand below it."""

    payer: Payer | None = None
    sources: tuple[Source, ...] = ()
    rules: tuple[Rule, ...] = ()
    treatments: tuple[TreatmentInfo, ...] = ()
    codes: tuple[Code, ...] = ()
    ndcs: tuple[Ndc, ...] = ()
    add_ons: tuple[AddOn, ...] = ()
    accepted_codes: tuple[AcceptedCodes, ...] = ()
    claim_rules: tuple[ClaimRule, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    price_ranges: tuple[PriceRange, ...] = ()
    published_prices: tuple[PublishedPrice, ...] = ()
    programmes: tuple[Programme, ...] = ()
    plan_designs: tuple[PlanDesign, ...] = ()
    medigap_plans: tuple[MedigapPlan, ...] = ()
    ambiguous_names: tuple[AmbiguousName, ...] = ()
    regions: tuple[Region, ...] = ()
    notices: tuple[Notice, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


def load_release(folder: Path = DATA) -> Release:
    """Every TOML file under `folder` as one release, in an order that does not depend on the files.

    Raises:
        CatalogueError: a file is not TOML; an entry has an unknown key or a wrong value, has no source, cites one that
            is not listed, or is there twice; or a table of the release is nowhere.
    """
    files = {path.relative_to(folder).as_posix(): _read(folder, path) for path in sorted(folder.rglob("*.toml"))}
    known = {source.id for data in files.values() for source in data.sources}
    return Release(**{table: _gather(table, files, known) for table in Release.__struct_fields__})


def _read(folder: Path, path: Path) -> DataFile:
    file, text = path.relative_to(folder).as_posix(), path.read_bytes()
    try:
        data = msgspec.toml.decode(text, type=DataFile)
    except msgspec.ValidationError as error:
        raise _explained(file, text, str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(file, "", f"is not TOML: {error}") from error
    if data.payer is None:
        return data
    slug = data.payer.slug
    if path.stem != slug:
        raise CatalogueError(file, "payer.slug", f"is `{slug}`, so the file must be named `{slug}.toml`")
    return msgspec.structs.replace(data, rules=tuple(msgspec.structs.replace(rule, payer=slug) for rule in data.rules))


def _gather(table: str, files: Mapping[str, DataFile], known: set[str]) -> tuple[Any, ...]:
    """All entries of one table in order, each with sources that exist and none twice."""
    found: dict[tuple[str, ...], msgspec.Struct] = {}
    for file, data in files.items():
        for entry in _entries(data, table):
            place = _place(entry)
            key = f"{table}[{', '.join(place)}]"
            for cited in _cited(entry):
                if not cited.sources:
                    raise CatalogueError(file, key, "has a value without a source")
                for source in cited.sources:
                    if source not in known:
                        raise CatalogueError(file, key, f"cites `{source}`, which is not among the sources")
            if place in found:
                raise CatalogueError(file, key, "is there twice")
            found[place] = entry
    if not found:
        raise CatalogueError(table, "", "no file holds an entry")
    return tuple(found[place] for place in sorted(found))


def _entries(data: DataFile, table: str) -> tuple[msgspec.Struct, ...]:
    if table == "payers":
        return () if data.payer is None else (data.payer,)
    return getattr(data, table)


def _place(entry: msgspec.Struct) -> tuple[str, ...]:
    """What tells an entry from the others of its table, and its place among them."""
    match entry:
        case Region():
            return (entry.state, str(entry.valid_from), f"{entry.number:02}")
        case PublishedPrice():
            return (entry.publisher, entry.item)
        case AmbiguousName():
            return entry.names[:1]
        case _:
            return (_name(msgspec.structs.asdict(entry)) or "",)


def _name(entry: Mapping[str, Any]) -> str | None:
    return next((str(entry[key]) for key in _IDENTITY if key in entry), None)


def _cited(value: object) -> Iterator[Cited]:
    """Every value within `value` that carries sources, itself included."""
    if isinstance(value, Cited):
        yield value
    match value:
        case msgspec.Struct():
            for field in value.__struct_fields__:
                yield from _cited(getattr(value, field))
        case tuple():
            for item in cast("tuple[object, ...]", value):
                yield from _cited(item)
        case _:
            pass


def _explained(file: str, text: bytes, message: str) -> CatalogueError:
    """The decoder's message with the entry's own name in place of its number, and with what would be allowed."""
    problem, _, path = message.partition(" - at ")
    raw: Any = msgspec.toml.decode(text)
    key, info = "", inspect.type_info(DataFile)
    for field, index in re.findall(r"\.([\w-]+)|\[(\d+|\.\.\.)\]", path):
        info = _inner(info, field)
        if field:
            raw, key = raw[field], f"{key}.{field}".lstrip(".")
        elif index.isdigit():
            raw = raw[int(index)]
            name = _name(raw) if isinstance(info, inspect.StructType) else None
            key += f"[{name or index}]"
    match info:
        case inspect.StructType() if "unknown field" in problem:
            problem += "; allowed: " + ", ".join(field.encode_name for field in info.fields)
        case inspect.LiteralType():
            problem += "; allowed: " + ", ".join(str(value) for value in info.values)
        case _:
            pass
    return CatalogueError(file, key, problem)


def _inner(info: inspect.Type, field: str) -> inspect.Type:
    """The type within `info` that a step of the path leads to; of an optional one, the part that is not nothing."""
    match info:
        case inspect.StructType():
            inner = next(each.type for each in info.fields if each.encode_name == field)
        case inspect.VarTupleType():
            inner = info.item_type
        case inspect.DictType():
            inner = info.value_type
        case _:
            return info
    if isinstance(inner, inspect.UnionType):
        return next(each for each in inner.types if not isinstance(each, inspect.NoneType))
    return inner
