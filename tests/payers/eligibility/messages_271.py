"""Messages written for these tests: a 271 from a few lines, in frames that fit unless a test breaks them."""

from collections.abc import Iterable

from payers.eligibility.read_271 import read_271
from payers.eligibility.response import Benefit, Member, Response, Transaction

ISA = "ISA*00*          *00*          *ZZ*SANDBOX        *ZZ*CLINIC01       *261201*0905*^*00501*000000043*0*P*:"
GS = "GS*HB*SANDBOX*CLINIC01*20261201*0905*43*X*005010X279A1"
GE, IEA = "GE*1*43", "IEA*1*000000043"
PAYER = ("HL*1**20*1", "NM1*PR*2*SANDBOX HEALTH*****PI*SBX01")
PROVIDER = ("HL*2*1*21*1", "NM1*1P*2*RIVERSIDE CLINIC*****XX*1234567893")
PAT = ("HL*3*2*22*0", "NM1*IL*1*SAMPLE*PAT****MI*SBX0001", "DMG*D8*19800131*F")
KIM = ("HL*4*3*23*0", "NM1*03*1*SAMPLE*KIM", "DMG*D8*20110228*M", "INS*N*19")
ACTIVE = "EB*1**30**SANDBOX PPO"
FIRST_ROW = 12
"""The number of the segment after `PAT` in an `answer`."""


def transaction(*segments: str, number: str = "0001") -> list[str]:
    """ST to SE, which counts right."""
    return [
        f"ST*271*{number}*005010X279A1",
        "BHT*0022*11*6f1c2a9e*20261201*0905",
        *segments,
        f"SE*{len(segments) + 3}*{number}",
    ]


def message(*segments: str, isa: str = ISA, gs: str = GS) -> str:
    """A whole interchange with one group."""
    return written([isa, gs, *segments, GE, IEA])


def written(segments: Iterable[str]) -> str:
    """The text of segments."""
    return "".join(f"{segment}~" for segment in segments)


def answer(*segments: str) -> str:
    """A message about one subscriber; the segments follow what tells of the person."""
    return message(*transaction(*PAYER, *PROVIDER, *PAT, *segments))


def read(text: str | bytes) -> Response:
    """The reading of a message that can be read."""
    response = read_271(text)
    assert isinstance(response, Response)
    return response


def only(text: str | bytes) -> Transaction:
    """The one transaction of a message."""
    [found] = read(text).transactions
    return found


def member(*segments: str) -> Member:
    """The subscriber of an `answer`."""
    [found] = only(answer(*segments)).members
    return found


def rows(*segments: str) -> tuple[Benefit, ...]:
    """The benefit rows of an `answer`."""
    return member(*segments).benefits


def row(*segments: str) -> Benefit:
    """The one benefit row of an `answer`."""
    [found] = rows(*segments)
    return found


def odd(text: str | bytes) -> list[tuple[int, str]]:
    """What was odd in a message, each with its segment."""
    return [(each.segment, each.text) for each in read(text).warnings]


def odd_rows(*segments: str) -> list[tuple[int, str]]:
    """What was odd in an `answer`, its rows counted from 1."""
    return [(number - FIRST_ROW + 1, text) for number, text in odd(answer(*segments))]
