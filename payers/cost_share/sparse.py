"""Terms as far as somebody said them: without the defaults that stand for "nobody said so"."""

from typing import Any

import msgspec


def sparse(struct: msgspec.Struct) -> dict[str, Any]:
    """What a struct says beyond its defaults, nested structs alike."""
    found: dict[str, Any] = {}
    for field in msgspec.structs.fields(type(struct)):
        value = getattr(struct, field.name)
        if value != field.default:
            found[field.name] = sparse(value) if isinstance(value, msgspec.Struct) else value
    return found
