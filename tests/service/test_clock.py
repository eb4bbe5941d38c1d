"""The clinic's own time, through the nights on which its clocks are changed."""

import time
from collections.abc import Generator
from datetime import datetime, timedelta

import pytest

from service.clock import local_time


@pytest.fixture
def in_denver(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "America/Denver")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("in_denver")
@pytest.mark.parametrize(
    ("utc", "told"),
    [
        ("2026-03-08T08:59:59.5+00:00", "2026-03-08T01:59:59.500000-07:00"),
        ("2026-03-08T09:00:00+00:00", "2026-03-08T03:00:00-06:00"),
        ("2026-11-01T07:59:59.5+00:00", "2026-11-01T01:59:59.500000-06:00"),
        ("2026-11-01T08:00:00+00:00", "2026-11-01T01:00:00-07:00"),
        ("2027-01-01T06:59:59+00:00", "2026-12-31T23:59:59-07:00"),
    ],
)
def test_the_offset_is_that_of_the_moment(utc: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = datetime.fromisoformat(utc)
    before = (moment - timedelta(minutes=1)).timestamp()
    monkeypatch.setattr(time, "time", lambda: before)
    local_time()
    monkeypatch.setattr(time, "time", moment.timestamp)
    assert local_time().isoformat() == told
    assert local_time() == moment
