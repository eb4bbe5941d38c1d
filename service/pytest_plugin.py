"""Fixtures that give a test suite a running service on a seeded Postgres; see docs/integration-tests.md.

The plugin is loaded into every pytest run of an environment that has Outlay, so everything but pytest is imported when
a fixture is first used: a suite that uses none pays nothing, and coverage sees every import.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import httpx

    from service.testing_service import RunningService


@pytest.fixture(scope="session")
def outlay_service(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[RunningService]":
    """A running Outlay: `base_url`, `admin_key` and `database_url`. One for the whole run."""
    from service.testing_service import running_service

    with running_service(tmp_path_factory.mktemp("outlay")) as service:
        yield service


@pytest.fixture
def outlay_client(outlay_service: "RunningService") -> "Iterator[httpx.Client]":
    """An HTTP client of that service, with a key that allows everything."""
    import httpx

    headers = {"Authorization": f"Bearer {outlay_service.admin_key}"}
    with httpx.Client(base_url=outlay_service.base_url, headers=headers, timeout=30) as client:
        yield client
