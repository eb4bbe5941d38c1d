"""The 271 reader: what the payer said, row by row, with every oddity told and nothing made up.

005010X279A1 whole; 4010 answers have the same segments and are read the same way. Only a text that is not X12 is
refused: content never is.
"""

from collections.abc import Iterable, Iterator

from payers.eligibility.elements import Elements, at
from payers.eligibility.response import Delimiters, NotX12, Response, Transaction, Warned
from payers.eligibility.segments import Block, blocks
from payers.eligibility.transaction import TransactionReader

_RESPONSE = "271"
_VERSION = "005010X279"
_ENVELOPE = frozenset({"ISA", "GS", "ST", "SE", "GE", "IEA"})
_BEGINS = frozenset({"BHT", "HL"})
"""With these a transaction begins whose ST is missing."""


def read_271(message: str | bytes) -> Response | NotX12:
    """The whole message. Bytes that are not UTF-8 are taken as Latin-1, with a warning."""
    text, warnings = decoded(message)
    transactions: list[Transaction] = []
    envelope: Block | None = None
    for found in _read((text,)):
        match found:
            case Transaction():
                transactions.append(found)
            case Warned():
                warnings.append(found)
            case NotX12():
                return found
            case _:
                envelope = envelope or found
    if envelope is None:
        return NotX12(detail="It is empty.")
    return Response(
        gs08=next((each.gs08 for each in transactions), None),
        st03=next((each.st03 for each in transactions), None),
        isa_length=envelope.isa_length,
        delimiters=envelope.delimiters,
        transactions=tuple(transactions),
        warnings=tuple(sorted(warnings, key=lambda warned: warned.segment)),
    )


def stream_271(chunks: Iterable[str]) -> Iterator[Transaction | Warned | NotX12]:
    """The transactions of a file of any length as they end, each with what was odd about it.

    No more than one transaction and one piece of the text are held at a time.
    """
    for found in _read(chunks):
        if not isinstance(found, Block):
            yield found


def decoded(message: str | bytes) -> tuple[str, list[Warned]]:
    """The text of a message whatever its bytes are, and what was odd about them."""
    if isinstance(message, str):
        return message, []
    try:
        return message.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        return message.decode("latin-1"), [Warned(segment=1, text="The message is not UTF-8; it was read as Latin-1.")]


def _read(chunks: Iterable[str]) -> Iterator[Transaction | Warned | NotX12 | Block]:
    """The transactions and warnings as they come, and every block for its envelope."""
    message = _Message()
    for block in blocks(chunks):
        yield block
        if isinstance(block, Block):
            yield from message.read(block)
    yield from message.ended()


class _Message:
    """Where the reading of a message stands: in which group, and in which transaction."""

    def __init__(self) -> None:
        self._gs08: str | None = None
        self._reader: TransactionReader | None = None
        self._is_other = False
        self._next = 1

    def read(self, block: Block) -> Iterator[Transaction | Warned]:
        """The transactions that end in the block, and what is odd in it."""
        segments = enumerate(block.segments, block.first)
        self._next = block.first + len(block.segments)
        while found := self._reader.take(segments) if self._reader else next(segments, None):
            number, text = found
            elements = text.split(block.delimiters.element)
            segment = elements[0]
            if segment in _ENVELOPE:
                if self._reader:
                    yield from self._end(number, elements if segment == "SE" else None)
                yield from self._envelope(number, elements, block.delimiters)
            elif self._is_other:
                continue
            elif segment in _BEGINS:
                yield Warned(segment=number, text="A transaction begins without ST.")
                self._reader = TransactionReader(number, [], self._gs08, block.delimiters)
                self._reader.take((found,))
            else:
                yield Warned(segment=number, text="This segment is outside any transaction; it was not read.")

    def ended(self) -> Iterator[Transaction | Warned]:
        """The transaction that the message broke off in."""
        if self._reader:
            yield from self._end(self._next, None)

    def _envelope(self, number: int, elements: Elements, delimiters: Delimiters) -> Iterator[Warned]:
        segment = elements[0]
        self._is_other = False
        if segment == "GS":
            self._gs08 = at(elements, 8)
            if not (self._gs08 or "").startswith(_VERSION):
                yield Warned(segment=number, text=f"The version is not {_VERSION}A1; it was read as if it were.")
        elif segment == "ST" and at(elements, 1) != _RESPONSE:
            self._is_other = True
            yield Warned(segment=number, text="This transaction is not a 271; it was not read.")
        elif segment == "ST":
            self._reader = TransactionReader(number, elements, self._gs08, delimiters)

    def _end(self, number: int, se: Elements | None) -> Iterator[Transaction | Warned]:
        if self._reader:
            transaction, warnings = self._reader.ended(number, se)
            self._reader = None
            yield from warnings
            yield transaction
