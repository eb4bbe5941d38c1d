"""X12 as a stream of segments, cut with the characters that the message itself names, however it is wrapped.

Tolerant by design: payers and clearinghouses send byte order marks, line breaks, indentation, a first segment of the
wrong length, one character for two purposes. What is odd is told, what can be read is read. Only a text that does not
begin as X12 does is refused.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from payers.eligibility.elements import Elements
from payers.eligibility.response import Delimiters, NotX12, Warned

ISA_ELEMENTS = 16
ISA_LENGTH = 106
MAX_SEGMENT = 100_000
"""Characters. Longer than any segment of a 271; a text without terminators must not fill the memory."""

_LOOKAHEAD = 1000
"""Characters within which the first segment ends, however wrong its length."""

_JUNK = "\ufeff\x00\x1a\r\n"
"""Byte order marks, fillers and line breaks: never data, wherever they stand."""
_BLANK = f"{_JUNK} \t\v\f"
_GROUP = re.compile(r"(?<![A-Za-z0-9])GS(?=[^A-Za-z0-9\s])")
_DEFAULT_COMPONENT = ":"
_DEFAULT_REPETITION = "^"


class Block(NamedTuple):
    """Segments in their order, each as its text without the terminator; `first` is the number of the first one.

    `delimiters` are in force for all of them, `isa_length` is of the interchange they belong to.
    """

    first: int
    segments: list[str]
    delimiters: Delimiters
    isa_length: int


class _Envelope(NamedTuple):
    """The first segment of an interchange."""

    delimiters: Delimiters
    length: int
    text: str
    odd: tuple[str, ...]


class _Cut(NamedTuple):
    """Whole segments, the text that is left, and whether another interchange begins there."""

    segments: list[str]
    rest: str
    closed: bool
    odd: str | None


def read_segments(text: str) -> list[Elements] | NotX12:
    """Every segment of a text as its elements, the id first."""
    found: list[Elements] = []
    for each in blocks((text,)):
        if isinstance(each, NotX12):
            return each
        if isinstance(each, Block):
            found += [segment.split(each.delimiters.element) for segment in each.segments]
    return found


def blocks(chunks: Iterable[str]) -> Iterator[Block | Warned | NotX12]:
    """The segments of a text that comes in pieces of any size, in memory for about one piece.

    `NotX12` comes first and alone when the text is no X12.
    """
    number = 1
    buffer = ""
    envelope: _Envelope | None = None
    source = iter(chunks)
    ended = False
    while not ended:
        chunk = next(source, None)
        ended = chunk is None
        buffer += chunk or ""
        while True:
            if envelope is None:
                buffer = buffer.lstrip(_BLANK)
                opened = _open(buffer, ended) if buffer or number == 1 else None
                if isinstance(opened, NotX12):
                    yield opened if number == 1 else Warned(segment=number, text="What follows is not X12.")
                    return
                if opened is None:
                    break
                envelope = opened
                buffer = buffer[envelope.length :]
                for text in envelope.odd:
                    yield Warned(segment=number, text=text)
                yield Block(number, [envelope.text], envelope.delimiters, envelope.length)
                number += 1
            segments, buffer, closed, odd = _cut(buffer, ended, envelope.delimiters)
            if segments:
                yield Block(number, segments, envelope.delimiters, envelope.length)
                number += len(segments)
            if odd:
                yield Warned(segment=number - 1, text=odd)
            if not closed:
                break
            envelope = None


def _cut(buffer: str, ended: bool, delimiters: Delimiters) -> _Cut:
    """The whole segments of a text, up to the next interchange if there is one."""
    terminator = delimiters.segment
    another = _another(buffer, delimiters)
    closed = another >= 0
    text, left = (buffer[:another], buffer[another:]) if closed else (buffer, "")
    for character in _JUNK:
        if character in text and character != terminator:
            text = text.replace(character, "")
    *whole, rest = text.split(terminator)
    odd = None
    if closed or ended or len(rest) > MAX_SEGMENT:
        if rest.strip():
            whole.append(rest)
            odd = "The last segment has no terminator." if ended else "This segment does not end; it was cut."
        rest = ""
    return _Cut([segment for segment in map(str.strip, whole) if segment], rest + left, closed, odd)


def _another(buffer: str, delimiters: Delimiters) -> int:
    """Where the next interchange begins; below zero if none does."""
    begin = f"ISA{delimiters.element}"
    position = buffer.find(begin)
    while position > 0 and buffer[:position].rstrip(_BLANK)[-1:] not in (delimiters.segment, ""):
        position = buffer.find(begin, position + 1)
    return position


def _open(text: str, ended: bool) -> _Envelope | NotX12 | None:
    """The envelope at the beginning of a text; nothing while more of it is needed."""
    if len(text) < _LOOKAHEAD and not ended:
        return None
    separator = text[3:4]
    if not text.startswith("ISA") or not separator or separator.isalnum() or separator.isspace():
        return NotX12(detail="It does not begin with an ISA segment.")
    group = _GROUP.search(text, 3, _LOOKAHEAD)
    if group is not None and text.count(separator, 0, group.start()) < ISA_ELEMENTS:
        return _short(text[: group.start()], separator)
    parts = text.split(separator, ISA_ELEMENTS)
    if len(parts) <= ISA_ELEMENTS:
        return NotX12(detail="Its ISA segment does not end.")
    tail = parts[ISA_ELEMENTS]
    component, terminator = tail[:1], tail[1:2]
    odd: list[str] = []
    length = len(text) - len(tail) + 2
    if not terminator or terminator.isalnum() or terminator == separator:
        # The component separator is missing, so what stands in its place ends the segment.
        component, terminator = _DEFAULT_COMPONENT, component
        odd.append("The ISA names no component separator.")
        length -= 1
    if not terminator or terminator.isalnum():
        return NotX12(detail="Its ISA segment does not end.")
    return _envelope(text[: length - 1].split(separator), separator, component, terminator, length, odd)


def _short(before: str, separator: str) -> _Envelope | NotX12:
    """The envelope of an ISA that lacks elements: what stands before the GS segment ends it."""
    terminator = (before.rstrip(_BLANK) or before)[-1]
    if terminator.isalnum() or terminator == separator:
        # The line break ends it.
        terminator = before[-1]
    if terminator.isalnum() or terminator == separator:
        return NotX12(detail="Its ISA segment does not end.")
    length = before.rindex(terminator) + 1
    elements = before[: length - 1].split(separator)
    odd = [f"The ISA has {len(elements) - 1} elements instead of {ISA_ELEMENTS}."]
    last = elements[-1]
    component = last if len(last) == 1 and not last.isalnum() else _DEFAULT_COMPONENT
    return _envelope(elements, separator, component, terminator, length, odd)


def _envelope(
    elements: Elements, separator: str, component: str, terminator: str, length: int, odd: list[str]
) -> _Envelope:
    repetition = elements[11].strip() if len(elements) > 11 else ""
    if len(repetition) != 1 or repetition.isalnum():
        repetition = _DEFAULT_REPETITION
    if length != ISA_LENGTH:
        odd.append(f"The ISA is {length} characters long instead of {ISA_LENGTH}.")
    if repetition == component:
        odd.append("One character separates both components and repetitions.")
    if terminator in (component, repetition):
        odd.append("One character both ends segments and divides elements.")
    delimiters = Delimiters(element=separator, component=component, segment=terminator, repetition=repetition)
    return _Envelope(delimiters, length, separator.join(elements), tuple(odd))


_NOTHING = Delimiters(element="*", component=":", segment="~", repetition="^")
