"""An atheris target over the 271 reader, from the project's own messages on: `make fuzz`.

Options are libFuzzer's; a finding is written to `crash-…` in the working folder.
"""

import importlib
import sys
import tempfile
from pathlib import Path
from random import Random
from types import ModuleType


def main() -> None:
    """Fuzz as the command line says."""
    atheris = importlib.import_module("atheris")  # it has no type stubs
    with atheris.instrument_imports(include=["payers.eligibility"]):
        reading: ModuleType = importlib.import_module("tests.fuzz.reading")

    def target(message: bytes) -> None:
        reading.check(message, Random(message))

    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(reading.seeds()):
            (Path(corpus) / str(number)).write_bytes(seed)
        atheris.Setup([*sys.argv, corpus], target)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
