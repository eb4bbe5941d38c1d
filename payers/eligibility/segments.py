"""X12 as a stream of segments, cut with the characters that the message itself names, however it is wrapped.

Tolerant by design: payers and clearinghouses send byte order marks, line breaks, indentation, a first segment of the
wrong length, one character for two purposes. What is odd is told, what can be read is read. Only a text that does not
begin as X12 does is refused.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain

from payers.eligibility.interchange_header import BEGINS, BLANK, JUNK, LOOKAHEAD, Header, read_header, without_junk
from payers.eligibility.response import NotX12, Warned

MAX_SEGMENT = 100_000
"""Characters. Longer than any segment of a 271; a text without terminators must not fill the memory."""

_PIECE = 1 << 16
"""Characters that are cut at a time, so that the work grows with the length of a text and no faster."""
_ANOTHER = rf"{BEGINS}[{JUNK}]*[0-9][{JUNK}]*[0-9][{JUNK}]*\1"
"""An ISA up to the end of its first element, a code of two digits. A word such as VISA does not go on like this."""
_BEGUN = re.compile(
    rf"I[{JUNK}]*(?:S[{JUNK}]*(?:A[{JUNK}]*(?:[^A-Za-z0-9{BLANK}](?:[{JUNK}]*[0-9]){{,2}}[{JUNK}]*)?)?)?"
)
"""What may become one when more of the text has come."""

Numbered = tuple[int, str]
"""A segment: its number in the message, counted from 1, and its text without the terminator."""


class Segments:
    """The segments of a message one after the other, in memory for about one piece of its text.

    Between two interchanges comes a segment without text: it ends whatever was not ended.

    `delimiters` and `isa_length` are of the interchange that the segment handed out last belongs to. `count` is how
    many were cut so far; `warnings` is what was odd and not told yet.
    """

    def __init__(self, text: "_Text", header: Header) -> None:
        self.delimiters = header.delimiters
        self.isa_length = header.length
        self.count = 0
        self.warnings: list[Warned] = []
        self._numbered = chain.from_iterable(self._runs(text, header))

    @classmethod
    def of(cls, chunks: Iterable[str]) -> "Segments | NotX12":
        """The segments of a text that comes in chunks of any size."""
        text = _Text(chunks)
        header = text.header()
        return header if isinstance(header, NotX12) else cls(text, header)

    def __iter__(self) -> Iterator[Numbered]:
        """The one pass there is: a second loop goes on where the first one stopped."""
        return self._numbered

    def warn(self, segment: int, *texts: str) -> None:
        """Tell what is odd about a segment."""
        self.warnings += [Warned(segment=segment, text=text) for text in texts]

    def told(self) -> list[Warned]:
        """What was odd since this was asked before."""
        told, self.warnings = self.warnings, []
        return told

    def _runs(self, text: "_Text", header: Header | NotX12) -> Iterator[Iterable[Numbered]]:
        """Many segments at a time, always of one interchange."""
        while isinstance(header, Header):
            self.delimiters, self.isa_length = header.delimiters, header.length
            if header.odd:
                self.warn(self.count + 1, *header.odd)
            yield self._counted([header.text])
            closed = False
            while not closed:
                segments, odd, closed = text.cut(header.delimiters.segment)
                run = self._counted(segments)
                if odd:
                    self.warn(self.count, odd)
                yield run
                closed = closed or not text.more()
            if not text.left:
                return
            yield ((self.count + 1, ""),)
            header = text.header()
        self.warn(self.count, "What follows is not X12.")

    def _counted(self, segments: list[str]) -> Iterable[Numbered]:
        first = self.count + 1
        self.count += len(segments)
        return enumerate(segments, first)


class _Text:
    """A text that comes in chunks; `left` is what has come and was not taken yet."""

    def __init__(self, chunks: Iterable[str]) -> None:
        self._pieces = (chunk[start : start + _PIECE] for chunk in chunks for start in range(0, len(chunk), _PIECE))
        self._ended = False
        self.left = ""

    def more(self) -> bool:
        """Whether there is more to take, once the next piece has come."""
        piece = next(self._pieces, None)
        if piece is None:
            self._ended = True
            return bool(self.left)
        self.left += piece
        return True

    def header(self) -> Header | NotX12:
        """Take the ISA that the text begins with."""
        while len(self.left) < LOOKAHEAD and not self._ended:
            self.more()
            self.left = self.left.lstrip(BLANK)
        header = read_header(self.left)
        if isinstance(header, Header):
            self.left = self.left[header.size :]
        return header

    def cut(self, terminator: str) -> tuple[list[str], str | None, bool]:
        """Take the whole segments, with what is odd about the last one, and whether another interchange follows."""
        text, kept = self.left, ""
        clean = without_junk(text, terminator)
        end = another = -1
        if clean is not text or text.rfind("ISA") >= 0:  # from the end, because CPython looks faster from there
            found = _beginning(terminator).search(text)
            end = another = found.end() if found else -1
        if another < 0 and not self._ended and _BEGUN.fullmatch(text, begun := text.rfind("I", -LOOKAHEAD)):
            end = begun
        if end >= 0:
            clean, kept = without_junk(text[:end], terminator), text[end:]
        segments = clean.split(terminator)
        rest = segments.pop()
        odd = None
        if another >= 0 or self._ended or len(rest) > MAX_SEGMENT:
            if rest.strip():
                segments.append(rest)
                odd = "The last segment has no terminator." if self._ended else "This segment was cut: it does not end."
            rest = ""
        self.left = rest + kept
        return list(filter(None, map(str.strip, segments))), odd, another >= 0


@lru_cache(16)
def _beginning(terminator: str) -> re.Pattern[str]:
    """What stands before an ISA: nothing, the end of a segment, or an IEA that does not end."""
    ends = re.escape(terminator)
    blank = BLANK.replace(terminator, "")
    iea = rf"IEA(?:[{JUNK}]*[^{ends}{JUNK}]){{,40}}?[{JUNK}]*"
    return re.compile(rf"(?:\A|{ends})[{blank}]*(?:{iea})?(?={_ANOTHER})")
