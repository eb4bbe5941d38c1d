"""The words of the document in English and Spanish. Code carries keys; the words stand beside this."""

from functools import cache
from pathlib import Path

import msgspec

from payers.estimate.question import Language


@cache
def sentences(lang: Language) -> dict[str, dict[str, str]]:
    """Every sentence by table and key, as a document's template needs its headings."""
    text = (Path(__file__).parent / f"{lang}.toml").read_bytes()
    return msgspec.toml.decode(text, type=dict[str, dict[str, str]])


def say(lang: Language, table: str, key: str, **values: object) -> str:
    """The sentence of that key with its values filled in."""
    return sentences(lang)[table][key].format(**values)
