"""The questions that an answer leaves, in the reader's language; their words stand in `questions.toml`."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from payers.catalogue.vocabulary import Language
from payers.eligibility.plan.reading import PlanQuestion
from payers.estimate.words import day, money


@cache
def _words() -> dict[str, dict[str, Any]]:
    return msgspec.toml.decode(Path(__file__).with_name("questions.toml").read_bytes(), type=dict[str, dict[str, Any]])


class Asking:
    """Collects the questions of one answer, each once."""

    def __init__(self, lang: Language) -> None:
        self.lang: Language = lang
        self._found: dict[tuple[str, str | None, str], PlanQuestion] = {}

    @property
    def aside(self) -> "Asking":
        """Somewhere to ask what nobody needs to know here."""
        return Asking(self.lang)

    @property
    def questions(self) -> tuple[PlanQuestion, ...]:
        """Those that block first."""
        return tuple(sorted(self._found.values(), key=lambda each: not each.blocks))

    def ask(
        self,
        kind: str,
        *,
        pointer: str | None = None,
        segments: Iterable[int] = (),
        blocks: bool = False,
        **values: str,
    ) -> None:
        """Ask a question of this kind with its values filled in."""
        question = self.say(kind, **values)
        known = PlanQuestion(kind=kind, question=question, pointer=pointer, blocks=blocks, segments=tuple(segments))
        self._found.setdefault((kind, pointer, question), known)

    def say(self, kind: str, **values: str) -> str:
        """A sentence, or a phrase inside one."""
        return str(_words()[kind][self.lang]).format(**values)

    def term(self, name: str, *, outside: bool = False) -> str:
        """A term of the plan in words."""
        words: dict[str, str] = _words()["term"][self.lang]
        return self.say("outside", term=words[name]) if outside else words[name]

    def amounts(self, several: Iterable[int]) -> str:
        """Amounts in cents, side by side."""
        return ", ".join(money(cents) for cents in several)

    def day(self, on: date) -> str:
        """A date in words."""
        return day(self.lang, on)
