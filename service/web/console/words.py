"""The console's words in both languages: `words/<area>.<language>.toml`, told by `area.key`."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import get_args

import msgspec

from payers.estimate.question import Language

FOLDER = Path(__file__).parent / "words"

Speak = Callable[..., str]


@cache
def words(lang: Language) -> Mapping[str, str]:
    """Every sentence of a language by `area.key`."""
    found: dict[str, str] = {}
    for file in sorted(FOLDER.glob(f"*.{lang}.toml")):
        area = file.name.removesuffix(f".{lang}.toml")
        sentences = msgspec.toml.decode(file.read_bytes(), type=dict[str, str])
        found |= {f"{area}.{key}": sentence for key, sentence in sentences.items()}
    return found


def speaker(lang: Language) -> Speak:
    """Tells sentences of a language with their values filled in. Raises `KeyError` for a key that nobody wrote."""
    known = words(lang)

    def speak(key: str, /, **values: object) -> str:
        return known[key].format(**values) if values else known[key]

    return speak


def other(lang: Language) -> Language:
    """The language that the switch offers."""
    return next(each for each in get_args(Language) if each != lang)
