"""Schemathesis over the committed OpenAPI document: whatever it allows is answered as it says, and nothing else is."""

import os
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings

from service.testing_service import RunningService

EXAMPLES = int(os.environ.get("OUTLAY_HOSTILE_EXAMPLES", "4"))
ROLES = ("reader", "biller", "catalogue-editor", "administrator")
REFUSED = ["2xx", "400", "401", "403", "404", "409", "410", "422", "501", "503"]
"""No schema says which payers there are, which dates have amounts on file, or what X12 is: such a refusal of what fits
the document is in the document too, as a problem."""

DOCUMENT: Any = schemathesis.openapi.from_path(Path(__file__).parents[2] / "docs" / "openapi.json")  # pyright: ignore[reportUnknownMemberType]
DOCUMENT.config.checks.positive_data_acceptance.expected_statuses = REFUSED
DOCUMENT.config.output.sanitization.update(enabled=False)
DOCUMENT.config.generation.update(deterministic=True)


@schemathesis.serializer("application/edi-x12")
def _as_text(_: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


@pytest.fixture(scope="module")
def keys(service: RunningService) -> Any:
    """A key of each role, in turn: most examples are the administrator's, whom nothing is refused."""
    found: list[str] = []
    for role in ROLES:
        with httpx.Client(base_url=service.base_url) as browser:
            found.append(_made(browser, service.admin_key, role))
    return cycle([service.admin_key, service.admin_key, *found])


def _made(browser: httpx.Client, admin: str, role: str) -> str:
    """A new key, made where people make them."""
    page = browser.get("/console/sign-in").text
    form = {"csrf": page.partition('name="csrf" value="')[2].partition('"')[0], "key": admin}
    browser.post("/console/sign-in", data=form)
    page = browser.get("/console/people/keys").text
    form = {"csrf": page.partition('name="csrf" value="')[2].partition('"')[0], "name": role, "purpose": role}
    made = browser.post("/console/people/keys", data=form).text
    return "outlay_" + made.partition("outlay_")[2].partition("<")[0].partition('"')[0]


@DOCUMENT.parametrize()  # pyright: ignore[reportUntypedFunctionDecorator]  its own are not told
@settings(
    max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much], deadline=None
)
def test_the_document_is_the_truth(case: Any, service: RunningService, keys: Any) -> None:
    case.call_and_validate(base_url=service.base_url, headers={"Authorization": f"Bearer {next(keys)}"}, timeout=35)
