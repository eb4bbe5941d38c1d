"""The widget's words in both languages, for its script and for the page without script."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import get_args

import msgspec

from payers.estimate.question import Language

FOLDER = Path(__file__).parent / "words"


@cache
def words() -> Mapping[Language, Mapping[str, str]]:
    """Every word by its key."""
    return {
        lang: msgspec.toml.decode((FOLDER / f"{lang}.toml").read_bytes(), type=dict[str, str])
        for lang in get_args(Language)
    }
