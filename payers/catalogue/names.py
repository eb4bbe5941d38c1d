"""Names as people write them: what makes two spellings the same, how far apart two are, and who bears which."""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from payers.catalogue.model import AmbiguousName, Identifier, Release

_LONGEST = 200
"""Characters of a name that are read; no payer's name is nearly as long."""

_LOOKALIKES = str.maketrans(
    # Cyrillic and Greek capitals before small letters: the pairs look like different Latin letters.
    "АВЕЅІЈКМНОРСТУХаеѕіјорсухԁԛԝӏΑΒΕΖΗΙΚΜΝΟΡΤΥΧαικνορτυχıłøđ",
    "ABESIJKMHOPCTYXaesijopcyxdqwlABEZHIKMNOPTYXaikvoptuxilod",
)
_LEGAL_SUFFIXES = frozenset(
    {"inc", "incorporated", "llc", "lp", "ltd", "limited", "corp", "corporation", "company", "insurance"}
)
"""Words that end a registered name without telling it from another. `co` is not one: it stands for Colorado."""
_PRODUCT_WORDS = frozenset(
    {"ppo", "hmo", "epo", "pos", "hdhp", "hsa", "plan", "plans", "health", "group", "choice", "plus", "ii"}
)
"""Words that a commercial card prints after the payer's name."""
_JOINING_WORDS = frozenset({"and", "the"})


_PAIRS_LOST = 3
"""Pairs of neighbouring letters that one slip can take away: a swap takes three, any other slip fewer."""


def _read(letter: str) -> str:
    """A letter or a digit as it is, nothing for what stands inside of a word, a blank for all that stands between."""
    if letter.isalnum():
        return letter
    return "" if letter in ".'`\u2019" or not (letter.isprintable() or letter.isspace()) else " "


_ASCII = {code: _read(chr(code)) for code in range(128)}


def normalise(text: str) -> str:
    """The words of a name, lower case, one blank apart: no accents, marks, joining words or legal suffixes.

    Letters that only look Latin are read as Latin, so that a copied name cannot hide behind another alphabet.
    """
    text = text[:_LONGEST]
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_LOOKALIKES).casefold()
        text = "".join(
            letter
            for letter in unicodedata.normalize("NFKD", text)
            if unicodedata.category(letter) not in {"Mn", "Me", "Cf", "Cs", "Co", "Cn"}
        )
        text = "".join(map(_read, text.casefold().replace("+", " plus ")))
    else:
        text = text.lower().replace("+", " plus ").translate(_ASCII)
    words = text.split()
    words = [word for word in words if word not in _JOINING_WORDS] or words
    while len(words) > 1 and words[-1] in _LEGAL_SUFFIXES:
        words.pop()
    return " ".join(words)


def name_key(text: str) -> str:
    """What two spellings of one name have in common: its words without the blanks."""
    return normalise(text).replace(" ", "")


@lru_cache(maxsize=4096)
def county_key(county: str) -> str:
    """A county's name without `County`, `City` and `of`."""
    return "".join(word for word in normalise(county).split() if word not in {"county", "city", "of"})


def tolerance(length: int) -> int:
    """How many slips a name of `length` letters may have. Short ones are acronyms: one letter makes another payer."""
    return 0 if length < 5 else 1 if length < 8 else 2 if length < 13 else 3


def distance(asked: str, known: str, limit: int, *, prefix: bool = False) -> int:
    """Slips between two keys: a letter more, less or other, or two neighbours swapped; `limit + 1` when beyond.

    With `prefix`, the slips to the nearest beginning of `known`. This is the optimal string alignment distance: a
    swap is one slip, which `difflib` rates like two different letters and so cannot tell from another name.
    """
    if not prefix and abs(len(asked) - len(known)) > limit:
        return limit + 1
    known = known[: len(asked) + limit]
    before: list[int] = []
    row = list(range(len(known) + 1))
    for i, letter in enumerate(asked, 1):
        last, before, row = before, row, [i]
        for j, other in enumerate(known, 1):
            slips = min(row[-1] + 1, before[j] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == known[j - 2] and asked[i - 2] == other:
                slips = min(slips, last[j - 2] + 1)
            row.append(slips)
        if min(row) > limit:
            return limit + 1
    return min(min(row) if prefix else row[-1], limit + 1)


class Spelling(NamedTuple):
    """One way to write one or more payers' name, with what is needed to compare it fast."""

    printed: str
    words: str
    key: str
    digits: str
    letters: int
    """The set of letters as bits: names whose sets differ by more than the limit need no closer look."""
    pairs: frozenset[str]
    """Its pairs of neighbouring letters."""
    is_identifier: bool


class Bearer(NamedTuple):
    """A payer that answers to a spelling; an identifier brings its dates."""

    slug: str
    printed: str
    identifier: Identifier | None


def _letters(key: str) -> int:
    bits = 0
    for letter in key:
        bits |= 1 << (ord(letter) % 64)
    return bits


def _digits(key: str) -> str:
    return "" if key.isalpha() else "".join(filter(str.isdigit, key))


def _pairs(key: str) -> frozenset[str]:
    return frozenset(key[i : i + 2] for i in range(len(key) - 1))


class NameIndex:
    """Every name of a release by its key: payers, their names, aliases and identifiers, and the ambiguous names."""

    def __init__(self, release: Release) -> None:
        self.bearers: dict[str, list[Bearer]] = {}
        self._payers = {payer.slug for payer in release.payers}
        self.ambiguous: dict[str, AmbiguousName] = {}
        self._spellings: dict[str, Spelling] = {}
        self._reordered: dict[frozenset[str], list[str]] = {}
        for entry in release.ambiguous_names:
            self.ambiguous |= dict.fromkeys(map(self._spell, entry.names), entry)
        for payer in release.payers:
            names = (payer.name, *((payer.legal_name,) if payer.legal_name else ()), *payer.aliases)
            for name in names:
                self._bear(self._spell(name), Bearer(payer.slug, name, None))
            self._bear(name_key(payer.slug), Bearer(payer.slug, payer.name, None))
            for identifier in payer.identifiers:
                key = self._spell(identifier.value, is_identifier=True)
                self._bear(key, Bearer(payer.slug, identifier.value, identifier))

    def _spell(self, name: str, *, is_identifier: bool = False) -> str:
        words = normalise(name)
        key = words.replace(" ", "")
        if key not in self._spellings:
            self._spellings[key] = Spelling(name, words, key, _digits(key), _letters(key), _pairs(key), is_identifier)
            if " " in words:
                self._reordered.setdefault(frozenset(words.split()) - {"of"}, []).append(key)
        return key

    def _bear(self, key: str, bearer: Bearer) -> None:
        bearers = self.bearers.setdefault(key, [])
        if all(other.slug != bearer.slug for other in bearers):
            bearers.append(bearer)

    def knows(self, key: str) -> bool:
        """Whether somebody bears the name."""
        return key in self.ambiguous or key in self.bearers

    def printed(self, key: str) -> str:
        """The name as the catalogue prints it."""
        return self._spellings[key].printed

    def slugs(self, key: str) -> tuple[str, ...]:
        """The payers on file that the name may mean."""
        if entry := self.ambiguous.get(key):
            return tuple(dict.fromkeys(c.payer for c in entry.candidates if c.payer in self._payers))
        return tuple(bearer.slug for bearer in self.bearers[key])

    def reordered(self, name: str) -> list[str]:
        """Keys of the names with the same words in another order (`Medicaid of Colorado`)."""
        words = normalise(name).split()
        return self._reordered.get(frozenset(words) - {"of"}, []) if len(words) > 1 else []

    def without_product(self, name: str) -> str | None:
        """The key of the known name that stands before product words such as `PPO`."""
        words = normalise(name).split()
        while len(words) > 1 and words[-1] in _PRODUCT_WORDS:
            words.pop()
            if self.knows(key := "".join(words)):
                return key
        return None

    def near(self, key: str) -> list[str]:
        """Keys of the names within the tolerance, nearest first. No digit slips, and identifiers are never guessed."""
        letters, digits, pairs = _letters(key), _digits(key), _pairs(key)
        found: list[tuple[int, str]] = []
        for spelling in self._spellings.values():
            limit = tolerance(min(len(key), len(spelling.key)))
            if (
                limit
                and not spelling.is_identifier
                and digits == spelling.digits
                and (letters & ~spelling.letters).bit_count() <= limit
                and (spelling.letters & ~letters).bit_count() <= limit
                and len(pairs - spelling.pairs) <= _PAIRS_LOST * limit
                and (slips := distance(key, spelling.key, limit)) <= limit
            ):
                found.append((slips, spelling.key))
        return [key for _, key in sorted(found)]

    def nearest(self, key: str) -> list[str]:
        """Keys of the names that share pairs of letters with this one: those that begin it, then the most alike."""
        pairs = _pairs(key)
        alike = [
            (key.startswith(spelling.key), 2 * shared / (len(pairs) + len(spelling.pairs)), spelling.key)
            for spelling in self._spellings.values()
            if not spelling.is_identifier and (shared := len(pairs & spelling.pairs))
        ]
        return [key for _, _, key in sorted(alike, key=lambda entry: (not entry[0], -entry[1], entry[2]))]

    def matching(self, query: str) -> Iterator[tuple[int, str]]:
        """Rank and key of the names that `query` may be typed for: exact, begun, a word begun, contained, mistyped."""
        words = normalise(query)
        key = words.replace(" ", "")
        letters, digits, pairs = _letters(key), _digits(key), _pairs(key)
        limit = tolerance(len(key))
        for spelling in self._spellings.values():
            if spelling.key == key:
                yield 0, spelling.key
            elif spelling.key.startswith(key):
                yield 1, spelling.key
            elif f" {words}" in f" {spelling.words}":
                yield 2, spelling.key
            elif len(key) > 3 and key in spelling.key:
                yield 3, spelling.key
            elif (
                limit
                and len(spelling.key) > 4
                and not spelling.is_identifier
                and spelling.digits.startswith(digits)
                and (letters & ~spelling.letters).bit_count() <= limit
                and len(pairs - spelling.pairs) <= _PAIRS_LOST * limit
                and (slips := distance(key, spelling.key, limit, prefix=True)) <= limit
            ):
                yield 3 + slips, spelling.key
