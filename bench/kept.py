"""The last run, kept beside this file."""

import json
from pathlib import Path
from typing import Any

RESULT = Path(__file__).parent / "last-run.json"


def keep(**parts: Any) -> None:
    """Put these parts of the run in the place of the ones before."""
    last: dict[str, Any] = json.loads(RESULT.read_text()) if RESULT.exists() else {}
    RESULT.write_text(json.dumps({**last, **parts}, indent=1) + "\n")
