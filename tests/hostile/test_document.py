"""Schemathesis over the committed OpenAPI document: whatever it allows is answered as it says, and nothing else is."""

import os
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings

from service.testing_service import RunningService

EXAMPLES = int(os.environ.get("OUTLAY_HOSTILE_EXAMPLES", "8"))
DOCUMENT = schemathesis.openapi.from_path(Path(__file__).parents[2] / "docs" / "openapi.json")


@DOCUMENT.parametrize()
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), deadline=None)
def test_the_document_is_the_truth(case: Any, hostile_service: RunningService) -> None:
    case.call_and_validate(base_url=hostile_service.base_url, headers={"Authorization": f"Bearer {hostile_service.admin_key}"})
