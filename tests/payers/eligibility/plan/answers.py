"""A payer's answer in short lines, one a row, made into the 271 that a payer would send.

A line is the row's code (EB01) and whatever it says, in any order, the way billing staff would note it down:

    1 30 type=PR                          active, the plan as a whole, a PPO
    C IND 30 p23 $2000 in                 a deductible of one person, calendar year, in network
    C IND 30 p29 $800 in                  what is left of it
    B MH^CF p27 $40 in @11 "SPECIALIST"   a copay a visit, in an office, with a message
    A 30 20% out                          coinsurance (EB08 .2); `eb08=20` sends it as it stands
    F MH p23 20VS                         twenty visits a year; `hsd=VS*20***23*1` says so beside the row
    R 30 type=12 290=20260101 PRP=AETNA|60054

Other lines: `payer NAME|ID`, `member 346=20260101 347=20261231` (dates of the member), `refused 72` (AAA),
`dependent 19` (the patient is the subscriber's child from here on), `patient` (another subscriber).
"""

import re
import shlex
from collections.abc import Iterator

from payers.eligibility.read_271 import read_271
from payers.eligibility.response import Response, Transaction

_SHORT = (
    (r"(IND|FAM|EMP|ESP|ECH|CHD|DEP|SPC|SPO)", r"2=\1"),
    (r"([0-9A-Z]{1,2}(\^[0-9A-Z]{1,2})*)", r"3=\1"),
    (r"type=(\w+)", r"4=\1"),
    (r"p(\d+)", r"6=\1"),
    (r"(?:\$|eb07=)(\S+)", r"7=\1"),
    (r"(\d\d)%", r"8=.\1"),
    (r"(?:eb08=)?(\d+)%?", r"8=\1"),
    (r"(\d+)(VS|DY)", r"9=\2 10=\1"),
    (r"auth=([YNU])", r"11=\1"),
    ("in", "12=Y"),
    ("out", "12=N"),
    ("either", "12=W"),
    ("unknown", "12=U"),
    (r"(HC:\w+)", r"13=\1"),
)
"""The short form of an element, and the elements (EB02 to EB13) that it stands for."""

_ISA = "ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLINIC         *261201*1200*^*00501*000000001*0*T*:"


def message(answer: str) -> str:
    """The whole 271."""
    return "~".join([_ISA, *_segments(answer), "SE*0*0001", "GE*1*1", "IEA*1*000000001", ""])


def transaction(answer: str) -> Transaction:
    """The answer as the reader tells it."""
    response = read_271(message(answer))
    assert isinstance(response, Response)
    (only,) = response.transactions
    return only


def _segments(answer: str) -> Iterator[str]:
    lines = [line for line in map(str.strip, answer.splitlines()) if line]
    named = next((line.removeprefix("payer ") for line in lines if line.startswith("payer ")), "SAMPLE PLAN|SAMPLE")
    name, _, id_ = named.partition("|")
    yield from ("GS*HB*PAYER*CLINIC*20261201*1200*1*X*005010X279A1", "ST*271*0001*005010X279A1")
    yield from ("BHT*0022*11*1*20261201*1200", "HL*1**20*1", f"NM1*PR*2*{name}*****PI*{id_}")
    yield from ("HL*2*1*21*1", "NM1*1P*2*CLINIC*****XX*1999999984")
    yield from ("HL*3*2*22*0", "NM1*IL*1*SAMPLE*PAT****MI*W000000001")
    for line in lines:
        word, *rest = shlex.split(line)
        match word:
            case "payer":
                pass
            case "dependent":
                yield from ("HL*4*3*23*0", "NM1*03*1*SAMPLE*KIM", f"INS*N*{rest[0]}")
            case "patient":
                yield from ("HL*5*2*22*0", "NM1*IL*1*SAMPLE*LEE****MI*W000000002")
            case "member":
                yield from (f"DTP*{_dated(each)}" for each in rest)
            case "refused":
                yield f"AAA*N**{rest[0]}*C"
            case _:
                yield from _row(word, rest)


def _row(eb01: str, words: list[str]) -> Iterator[str]:
    eb = ["EB", eb01, *[""] * 12]
    beside: dict[str, list[str]] = {"HSD": [], "DTP": [], "MSG": [], "III": [], "NM1": []}
    for word in words:
        elements = next((found.expand(long) for short, long in _SHORT if (found := re.fullmatch(short, word))), None)
        if elements:
            for position, _, value in (each.partition("=") for each in elements.split()):
                eb[int(position)] = value
        else:
            segment, text = _beside(word)
            beside[segment].append(text)
    yield "*".join(eb).rstrip("*")
    for segment, several in beside.items():
        yield from (f"{segment}*{each}" for each in several)


def _beside(word: str) -> tuple[str, str]:
    """The segment beside the row that a word makes."""
    key, _, value = word.partition("=")
    if word.startswith("@"):
        return "III", f"ZZ*{word[1:]}"
    if key == "hsd":
        return "HSD", value
    if value and key.isdecimal():
        return "DTP", _dated(word)
    if value:
        name, _, id_ = value.partition("|")
        return "NM1", f"{key}*2*{name}*****PI*{id_}"
    return "MSG", word


def _dated(word: str) -> str:
    qualifier, _, value = word.partition("=")
    return f"{qualifier}*{'RD8' if '-' in value else 'D8'}*{value}"
