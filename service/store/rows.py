"""Structs to rows and back: a table's columns are the fields of its struct, so one reader and one writer serve all.

Scalars and lists of scalars are columns of their own type; structs, lists of structs and mappings are `json`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, TypeVar

import asyncpg
import msgspec

from service.store.database import Connection

S = TypeVar("S", bound=msgspec.Struct)


@cache
def fields(kind: type[msgspec.Struct], leave_out: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The columns of `kind`: its fields in their order, less those that have a table of their own."""
    return tuple(field.name for field in msgspec.structs.fields(kind) if field.name not in leave_out)


def row(value: msgspec.Struct, leave_out: frozenset[str] = frozenset()) -> tuple[Any, ...]:
    """The values of `fields`, in the same order."""
    built = msgspec.to_builtins(value, builtin_types=(date,))
    return tuple(built[name] for name in fields(type(value), leave_out))


async def write(connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """COPY `rows` into `table`."""
    await connection.copy_records_to_table(table, columns=columns, records=rows)


def read(kind: type[S], record: asyncpg.Record | Mapping[str, Any], **nested: Any) -> S:
    """The struct of a row whose columns are those of `fields`, with its `nested` lists put back."""
    return msgspec.convert({**record, **nested}, kind, str_keys=True)


def listed(columns: Sequence[str]) -> str:
    """The columns as SQL writes them; names come from our own structs, never from data."""
    return ", ".join(f'"{column}"' for column in columns)
