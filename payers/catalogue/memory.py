"""What a catalogue was asked before: kept with that catalogue, and gone with it."""

from collections.abc import Callable
from functools import lru_cache, partial, wraps
from typing import Concatenate, ParamSpec, TypeVar

from payers.catalogue.catalogue import Catalogue

Facts = ParamSpec("Facts")
Found = TypeVar("Found")

AT_MOST = 4096
"""Answers of each kind that one catalogue keeps."""


def remembered(ask: Callable[Concatenate[Catalogue, Facts], Found]) -> Callable[Concatenate[Catalogue, Facts], Found]:
    """Every world of an estimate asks a catalogue the same. For facts alone: nothing about a patient is an argument."""

    @wraps(ask)
    def answer(catalogue: Catalogue, *args: Facts.args, **kwargs: Facts.kwargs) -> Found:
        known = catalogue.memory.get(ask)
        if known is None:
            known = catalogue.memory.setdefault(ask, lru_cache(maxsize=AT_MOST)(partial(ask, catalogue)))
        return known(*args, **kwargs)

    return answer
