"""Text as X12 can carry it: upper case, without accents, without the characters that the message is cut with."""

import string
import unicodedata

ELEMENT, COMPONENT, SEGMENT, REPETITION = "*", ":", "~", "^"
"""What our own messages are cut with; none of them may stand inside a name."""

_SENDABLE = frozenset(string.ascii_letters + string.digits + string.punctuation + " ") - {
    ELEMENT,
    COMPONENT,
    SEGMENT,
    REPETITION,
}
"""X12's basic and extended character sets for version 5010 (X12.6), less our delimiters."""

_APOSTROPHES = "\u2018\u2019\u02bc\u00b4"
_HYPHENS = "\u2010\u2011\u2012\u2013\u2014"
_PUNCTUATION = str.maketrans(dict.fromkeys(_APOSTROPHES, "'") | dict.fromkeys(_HYPHENS, "-"))
"""What phones and word processors make of an apostrophe and a hyphen."""


def in_capitals(text: str) -> str:
    """As cards print it: capitals of the basic character set, accents off, white space single.

    A letter that has no such form (`Ł`, `李`) stays, and is `unsendable`: how the payer spells it only the card knows.
    """
    decomposed = unicodedata.normalize("NFKD", text.translate(_PUNCTUATION))
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(bare.upper().split())


def unsendable(text: str) -> bool:
    """Whether it would not arrive as it is: letters that X12 does not have, controls, delimiters, blanks at an end."""
    return text != text.strip() or not _SENDABLE.issuperset(text)
