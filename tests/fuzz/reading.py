"""What must hold of any message at all, and messages like none that a payer sends."""

from collections.abc import Iterator
from random import Random

import msgspec

from payers.eligibility.read_271 import decoded, read_271, stream_271
from payers.eligibility.response import NotX12, Transaction, Warned
from tests.payers.eligibility.messages_271 import ACTIVE, GS, IEA, ISA, KIM, PAT, PAYER, PROVIDER, answer, written
from tests.payers.eligibility.messages_271 import transaction as sent

MOST_JSON_PER_CHARACTER = 500
"""A row of two characters is about as long in JSON."""


def check(message: bytes, chance: Random) -> None:
    """The message is read or refused, its reading is JSON and comes back from it, and chunks change nothing."""
    response = read_271(message)
    encoded = msgspec.json.encode(response)
    assert len(encoded) <= MOST_JSON_PER_CHARACTER * (len(message) + 10)
    assert msgspec.json.decode(encoded, type=type(response)) == response
    text, odd = decoded(message)
    streamed = list(stream_271(chunks(text, chance)))
    if isinstance(response, NotX12):
        assert streamed == [response]
        return
    assert tuple(each for each in streamed if isinstance(each, Transaction)) == response.transactions
    told = [*odd, *(each for each in streamed if isinstance(each, Warned))]
    assert sorted(told, key=_place) == sorted(response.warnings, key=_place)


def chunks(text: str, chance: Random) -> Iterator[str]:
    """The text in pieces of any size, some of them empty."""
    while text:
        size = chance.choice((0, 1, 2, 7, 50, 1000))
        yield text[:size]
        text = text[size:]


def _place(each: Warned) -> tuple[int, str]:
    return each.segment, each.text


def seeds() -> list[bytes]:
    """Messages of this project that have something of everything."""
    rows = (
        ACTIVE,
        "MSG*OPEN ACCESS",
        "DTP*346*D8*20260101",
        "EB*C*IND*30^MH***23*500.00*****Y",
        "EB*A*FAM*98*****.2****N*HC:G2082:GT*1:2",
        "III*ZZ*11",
        "EB*F*IND*MH***29*1840*.5*VS*12*Y*W",
        "HSD*VS*30***23",
        "AAA*Y**42*C",
        "LS*2120",
        "NM1*PRP*2*OTHER HEALTH*****PI*OTH01",
        "LE*2120",
    )
    two = [*sent(*PAYER, *PROVIDER, *PAT, *KIM, *rows), *sent(*PAYER, "AAA*N**79*N", number="0002")]
    both = written([ISA, GS, *two, "GE*2*43", IEA])
    other = both.translate(str.maketrans("*:~^", "|>'}"))
    texts = (answer(*rows), both + other, answer(*rows).replace("~", "~\r\n"), answer("REF*6P*NÚÑEZ"), ISA)
    return [each.encode() for each in texts]


def mutated(message: bytes, chance: Random) -> bytes:
    """The message with a few changes of the kinds that break parsers."""
    text = bytearray(message)
    for _ in range(chance.randint(1, 6)):
        at, length = chance.randrange(len(text) + 1), chance.choice((1, 1, 2, 5, 40, 200))
        match chance.randrange(6):
            case 0:
                del text[at : at + length]
            case 1:
                text[at:at] = text[at : at + length]
            case 2:
                text[at:at] = bytes(chance.choice(b"*:~^|>\r\n\t \x00\x1d\xff0123456789ABEISGT") for _ in range(length))
            case 3:
                text[at : at + 1] = bytes([chance.randrange(256)])
            case 4:
                other = chance.randrange(len(text) + 1)
                text[at:at] = text[other : other + length]
            case _:
                del text[at:]
    return bytes(text)
