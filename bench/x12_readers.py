"""Libraries that read X12, each through its own reader; one that is not installed is told as missing."""

import importlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib.metadata import version
from importlib.util import find_spec
from io import StringIO
from typing import Any, NamedTuple

Reader = Callable[[str], Any]
Segments = list[list[str]]
"""Each as its elements, the id first."""


class Peer(NamedTuple):
    """A library: how it reads a message, and how the segments are had from what it read."""

    package: str
    module: str
    gives: str
    read: Callable[[Any, str], Any]
    segments: Callable[[Any], Segments] | None = None

    def reader(self) -> Reader | None:
        """Absent where the library is not installed."""
        if find_spec(self.module.partition(".")[0]) is None:
            return None
        library = importlib.import_module(self.module)  # most have no type stubs
        return lambda message: self.read(library, message)

    def full_name(self) -> str:
        """With the version that is measured."""
        return f"{self.package} {version(self.package)}, {self.gives}"


def takes(read: Reader, message: str) -> bool:
    """Whether the message can be read. Each library has its own ways to refuse, a crash among them."""
    with suppress(Exception):
        read(message)
        return True
    return False


def _pyx12(library: Any, message: str) -> Any:
    return list(library.X12Reader(StringIO(message)))


def _pyx12_segments(found: Any) -> Segments:
    return _cut(segment.format("~", "*", ":") for segment in found)


def _x12sdk(library: Any, message: str) -> Any:
    with library.X12ModelReader(message) as reader:
        return list(reader.models())


def _x12sdk_segments(found: Any) -> Segments:
    return _cut(model.x12() for model in found)


def _x12_edi_tools(library: Any, message: str) -> Any:
    return library.X12Parser().parse(message)


def _x12_edi_tools_segments(found: Any) -> Segments:
    return [[segment.id, *segment.elements] for segments in found.values() for segment in segments]


def _x12_python(library: Any, message: str) -> Any:
    return library.Parser().parse(message)


def _tigershark(library: Any, message: str) -> Any:
    return library.parsed_271.unmarshall(message.replace("\n", ""))


def _cut(texts: Iterable[str]) -> Segments:
    return [segment.strip().split("*") for text in texts for segment in text.split("~")]


PEERS = (
    Peer("pyx12", "pyx12.x12file", "segments", _pyx12, _pyx12_segments),
    Peer("x12sdk", "x12sdk.io", "models", _x12sdk, _x12sdk_segments),
    Peer("x12-edi-tools", "x12_edi_tools.x12_parser", "segments by id", _x12_edi_tools, _x12_edi_tools_segments),
    Peer("x12-python", "x12", "loops", _x12_python),
    Peer("tigershark", "tigershark.parsers.M271_5010_X279_A1", "loops", _tigershark),
)
