"""The 271 answers that are measured, and the published ones whose reading is known."""

import re
from pathlib import Path
from typing import Any

import msgspec

_REFERENCE = Path(__file__).parents[2] / "shared/reference"
"""Published messages: they lie beside the checkout and are not part of it."""
_PUBLISHED = _REFERENCE / "x12"
_EXPECTED = _REFERENCE / "x12_expected.json"
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")

_HEAD = (
    "ISA*00*          *00*          *ZZ*SANDBOX        *ZZ*CLINIC01       *261201*0905*^*00501*000000043*0*P*:",
    "GS*HB*SANDBOX*CLINIC01*20261201*0905*43*X*005010X279A1",
    "ST*271*0001*005010X279A1",
    "BHT*0022*11*6f1c2a9e*20261201*0905",
    "HL*1**20*1",
    "NM1*PR*2*SANDBOX HEALTH*****PI*SBX01",
    "HL*2*1*21*1",
    "NM1*1P*2*RIVERSIDE CLINIC*****XX*1234567893",
    "HL*3*2*22*0",
    "NM1*IL*1*SAMPLE*PAT****MI*SBX0001",
    "DMG*D8*19800131*F",
    "DTP*346*D8*20260101",
    "EB*1**30**SANDBOX PPO",
)
_ROWS = (
    "EB*C*IND*30***23*500*****Y",
    "MSG*FAMILY MEMBERS COUNT TOWARDS IT",
    "EB*B*IND*98^MH***27*20*****Y",
    "III*ZZ*11",
    "EB*A*IND*MH*****.2****N",
    "DTP*292*RD8*20260101-20261231",
)


def published(file: str, rows: int) -> str:
    """A published message, or one of ours of about the same size."""
    path = _PUBLISHED / "271" / file
    if path.exists():
        return path.read_text()
    body = (_ROWS * rows)[:rows]
    segments = (*_HEAD, *body, f"SE*{len(_HEAD) + len(body) - 1}*0001", "GE*1*43", "IEA*1*000000043")
    return "".join(f"{each}~" for each in segments)


LONG = published("stedi-active-mental-health.edi", 107)
"""119 segments from ST to SE, as a payer answers about mental health."""
SHORT = published("lfh-subscriber.edi", 10)
"""22 segments, as the implementation guide's example has them."""


def with_other_amounts(message: str, variant: int) -> str:
    """The message with other amounts (EB07) than it has, and than any other variant has."""
    segments = message.split("~")
    for position, segment in enumerate(segments):
        elements = segment.split("*")
        if elements[0].strip() == "EB" and len(elements) > 7 and _NUMBER.fullmatch(elements[7]):
            elements[7] = f"{(7919 * variant + 104_729 * position) % 10_000_00 / 100:.2f}"
            segments[position] = "*".join(elements)
    return "~".join(segments)


def expected() -> list[tuple[bytes, dict[str, Any]]]:
    """Published messages, each with its reading; none where they are not beside the checkout."""
    if not _EXPECTED.exists():
        return []
    files = msgspec.json.decode(_EXPECTED.read_bytes())["files"]
    return [((_PUBLISHED / name).read_bytes(), reading) for name, reading in files.items()]
