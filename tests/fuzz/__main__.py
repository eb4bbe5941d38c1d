"""One parser under atheris, from the project's own texts on: `python -m tests.fuzz schedule -runs=1000`; `make fuzz`.

Options are libFuzzer's; a finding is written to `crash-…` in the working folder. Without a name the names are listed.
"""

import importlib
import sys
import tempfile
from pathlib import Path
from types import ModuleType

LOOKED_INTO = (
    "payers.catalogue.load",
    "payers.eligibility",
    "payers.fhir",
    "payers.price_files",
    "payers.remittances",
    "service.api.bodies",
    "service.clearinghouse",
    "service.eligibility",
    "service.web.console",
)
"""Modules whose branches lead the fuzzer."""


def main(name: str = "") -> None:
    """Fuzz as the command line says."""
    if not name:
        targets: ModuleType = importlib.import_module("tests.fuzz.targets")
        print(*targets.TARGETS, sep="\n")  # noqa: T201  the answer
        return
    atheris = importlib.import_module("atheris")  # it has no type stubs
    with atheris.instrument_imports(include=list(LOOKED_INTO)):
        target = importlib.import_module("tests.fuzz.targets").TARGETS[name]
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(target.seeds()):
            (Path(corpus) / str(number)).write_bytes(seed)
        atheris.Setup([*sys.argv, corpus], target.check)
        atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv.pop(1).split() if len(sys.argv) > 1 else "")
