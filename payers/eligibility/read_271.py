"""The 271 reader: what the payer said, row by row, with every oddity told and nothing made up.

005010X279A1 whole; 4010 answers have the same segments and are read the same way. Only a text that is not X12 is
refused: content never is.
"""

import codecs
from collections.abc import Callable, Iterable, Iterator

from payers.eligibility.elements import Elements, at
from payers.eligibility.member import OF_ENVELOPE
from payers.eligibility.response import NotX12, Response, Transaction, Warned
from payers.eligibility.segments import Segments
from payers.eligibility.transaction import TransactionReader

_RESPONSE = "271"
_VERSION = "005010X279"
_BEGINS = frozenset({"BHT", "HL"})
"""With these a transaction begins whose ST is missing."""
_NOT_CLOSED = ("The interchange does not end with IEA.", "The group does not end with GE.")


def read_271(message: str | bytes) -> Response | NotX12:
    """The whole message. Bytes that are not UTF-8 are taken as Latin-1, with a warning."""
    text, warnings = decoded(message)
    segments = Segments.of((text,))
    if isinstance(segments, NotX12):
        return segments
    delimiters, isa_length = segments.delimiters, segments.isa_length
    transactions: list[Transaction] = []
    for found in _read(segments):
        if isinstance(found, Transaction):
            transactions.append(found)
        else:
            warnings.append(found)
    first = transactions[0] if transactions else None
    return Response(
        gs08=first.gs08 if first else None,
        st03=first.st03 if first else None,
        isa_length=isa_length,
        delimiters=delimiters,
        transactions=tuple(transactions),
        warnings=tuple(sorted(warnings, key=lambda warned: warned.segment)),
    )


def stream_271(chunks: Iterable[str]) -> Iterator[Transaction | Warned | NotX12]:
    """The transactions of a file of any length as they end, each after what was odd about it.

    No more than one transaction and one piece of the text are held at a time.
    """
    segments = Segments.of(chunks)
    if isinstance(segments, NotX12):
        yield segments
    else:
        yield from _read(segments)


def decoded(message: str | bytes) -> tuple[str, list[Warned]]:
    """The text of a message whatever its bytes are, and what was odd about them."""
    if isinstance(message, str):
        return message, []
    message = message.removeprefix(codecs.BOM_UTF8)
    try:
        return message.decode(), []
    except UnicodeDecodeError:
        return message.decode("latin-1"), [Warned(segment=1, text="The message is not UTF-8; it was read as Latin-1.")]


def _read(segments: Segments) -> Iterator[Transaction | Warned]:
    """The transactions as they end, and what is odd as soon as it is known."""
    frame = _Frame(segments.warn)
    following = iter(segments)
    found = next(following, None)
    while found:
        number, text = found
        elements = text.split(segments.delimiters.element)
        transaction = None
        if not frame.begins(number, elements):
            found = next(following, None)
        elif elements[0] == "ST":
            reader = TransactionReader(segments, number, elements, frame.gs08)
            transaction, found = reader.read(next(following, None))
        else:
            transaction, found = TransactionReader(segments, number, [], frame.gs08).read(found)
        if segments.warnings:
            yield from segments.told()
        if transaction:
            yield transaction
    frame.ended(segments.count + 1)
    yield from segments.told()


class _Frame:
    """Which brackets of the message are open: none, the interchange (ISA to IEA), or the group in it (GS to GE)."""

    def __init__(self, warn: Callable[[int, str], None]) -> None:
        self.gs08: str | None = None
        self._warn = warn
        self._open = 0
        self._unlike: int | None = None
        self._is_other = False
        self._is_told = False

    def begins(self, number: int, elements: Elements) -> bool:
        """Whether a 271 begins with the segment, be its ST there or missing."""
        segment = elements[0]
        if segment in OF_ENVELOPE:
            self._is_other = self._is_told = False
            return self._bracket(number, segment, elements)
        if self._is_other:
            return False
        if segment in _BEGINS:
            self._warn(number, "A transaction begins without ST.")
            self._in_group(number)
            return True
        if not self._is_told:
            self._is_told = True
            self._warn(number, "What stands here is outside any transaction; it was not read.")
        return False

    def _bracket(self, number: int, segment: str, elements: Elements) -> bool:
        match segment:
            case "ISA":
                self._close(number, 0)
                self._open, self.gs08 = 1, None
            case "GS":
                self._close(number, 1)
                self._open, self.gs08 = 2, at(elements, 8)
                self._unlike = None if (self.gs08 or "").startswith(_VERSION) else number
            case "ST" if at(elements, 1) == _RESPONSE:
                self._in_group(number)
                return True
            case "ST":
                self._is_other = True
                self._warn(number, "This transaction is not a 271; it was not read.")
            case "GE":
                self._open = min(self._open, 1)
            case "IEA":
                self._close(number, 1)
                self._open = 0
            case _:
                pass
        return False

    def ended(self, number: int) -> None:
        """The message has ended before the segment of this number."""
        self._close(number, 0)

    def _close(self, number: int, left_open: int) -> None:
        """Tell what was not closed before this segment."""
        while self._open > left_open:
            self._open -= 1
            self._warn(number, _NOT_CLOSED[self._open])

    def _in_group(self, number: int) -> None:
        """Tell what is odd about the group that a 271 is in."""
        if self._open < 2:
            self._warn(number, "The transaction stands outside any group (GS).")
        elif self._unlike:
            self._warn(self._unlike, f"The version is not {_VERSION}A1; it was read as if it were.")
            self._unlike = None
