"""Runs `outlay` as a person does: a process of its own, with no settings but those that are given."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any


def outlay(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("OUTLAY_")}
    return subprocess.run(
        [sys.executable, "-m", "service.cli", *arguments],
        env=inherited | {"COLUMNS": "100"} | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def answered(*arguments: str | Path, **environment: str) -> dict[str, Any]:
    """The JSON that it prints."""
    done = outlay(*arguments, "--json", **environment)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)
