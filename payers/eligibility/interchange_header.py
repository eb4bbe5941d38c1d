"""The first segment of an interchange (ISA), which names the characters that everything after it is cut with.

Its elements have fixed lengths, and many senders get them wrong: it is divided by its own separator, never measured.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from payers.eligibility.response import Delimiters, NotX12

BREAKS = "\r\n"
JUNK = f"{BREAKS}\ufeff\x00\x1a"
"""Line breaks, byte order marks and fillers: never data, wherever they stand."""
BLANK = f"{JUNK} \t\v\f"
BEGINS = rf"I[{JUNK}]*S[{JUNK}]*A[{JUNK}]*([^A-Za-z0-9{BLANK}])"
"""An ISA up to its element separator. In a message wrapped at a fixed width, line breaks may stand anywhere."""
LOOKAHEAD = 1000
"""Characters within which an ISA ends, however wrong its length."""

_BEGINS = re.compile(BEGINS)
_LINE = re.compile(rf"[{BREAKS}]*([^{BREAKS}]*)")
_ELEMENTS = 16
_LENGTH = 106
_COMPONENT = ":"
_REPETITION = "^"


class Header(NamedTuple):
    """An ISA: its text without the terminator, and `size`, how many characters of the message it takes."""

    delimiters: Delimiters
    length: int
    size: int
    text: str
    odd: list[str]


def read_header(text: str) -> Header | NotX12:
    """The ISA at the beginning of a text, of which `LOOKAHEAD` characters are there, or all."""
    begins = _BEGINS.match(text)
    if begins is None:
        return NotX12(detail="It does not begin with an ISA segment.")
    separator = begins[1]
    text = text[:LOOKAHEAD]
    elements = text.split(separator, _ELEMENTS)
    end = _end(text, elements, separator)
    if end is None:
        return NotX12(detail="Its ISA segment does not end.")
    component, terminator = end.groups()
    position = end.start("terminator")
    if component and terminator in BREAKS and _ends_line(component, text, end.end("terminator")):
        # It ends the next segment as well: a line break follows every terminator, and no component separator is named.
        component, terminator, position = None, component, end.start("component")
    isa = without_junk(text[:position], terminator).rstrip(BLANK)
    told = isa.count(separator)
    repetition = elements[11].strip(BLANK) if told > 10 else ""
    if len(repetition) != 1 or repetition.isalnum():
        repetition = _REPETITION
    delimiters = Delimiters(
        element=separator, component=component or _COMPONENT, segment=terminator, repetition=repetition
    )
    length = len(isa) + 1
    odd: list[str] = []
    if told != _ELEMENTS:
        odd.append(f"The ISA has {told} elements instead of {_ELEMENTS}.")
    elif component is None:
        odd.append("The ISA names no component separator.")
    if length != _LENGTH:
        odd.append(f"The ISA is {length} characters long instead of {_LENGTH}.")
    if repetition == delimiters.component:
        odd.append("One character separates both components and repetitions.")
    if terminator in (delimiters.component, repetition):
        odd.append("One character both ends segments and divides elements.")
    return Header(delimiters, length, position + 1, isa, odd)


def without_junk(text: str, terminator: str) -> str:
    """The text without what is never data; a terminator is, whatever character it is."""
    for character in JUNK:
        if character in text and character != terminator:
            text = text.replace(character, "")
    return text


def _end(text: str, elements: Sequence[str], separator: str) -> re.Match[str] | None:
    """The end of the ISA: after its last element; where it has too few or too many, before the group (GS)."""
    last, group = len(text) - len(elements[-1]), f"GS{separator}"
    found = None
    if len(elements) > _ELEMENTS and text.find(group, 0, last) < 0:
        found = _ends(separator).match(text, last)
    return found or _ends(separator, f"[{BLANK}]*{re.escape(group)}").search(text)


@lru_cache(16)
def _ends(separator: str, before: str = "") -> re.Pattern[str]:
    """The component separator, which may be missing, and the terminator, which may be a line break."""
    element = re.escape(separator)
    other = rf"[^A-Za-z0-9{element}{BLANK}]"
    return re.compile(
        rf"(?:[{BLANK}]*(?={other}))?(?:(?P<component>{other})(?:[{BLANK}]*(?={other})|[ \t]*(?=[{BREAKS}])))?"
        rf"(?P<terminator>{other}|[{BREAKS}])(?!{element}){before}"
    )


def _ends_line(character: str, text: str, position: int) -> bool:
    """Whether the line that begins there ends with the character."""
    line = _LINE.match(text, position)
    return line is not None and line[1].rstrip(BLANK).endswith(character)
