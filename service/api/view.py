"""A catalogue value as one of our own shapes."""

from typing import Any, TypeVar

import msgspec

V = TypeVar("V", bound=msgspec.Struct)


def view(shape: type[V], value: msgspec.Struct, **told: Any) -> V:
    """The shape with the value's fields of the same name; the others are told."""
    same = {name: getattr(value, name) for name in shape.__struct_fields__ if name not in told}
    return shape(**same, **told)
