"""Ids sort by the time they were made."""

import time
import uuid

from service.uuid7 import uuid7, uuid7_text


def test_ids_are_version_seven_and_sort_by_time() -> None:
    ids: list[uuid.UUID] = []
    for _ in range(3):
        ids.append(uuid7())
        time.sleep(0.002)
    assert ids == sorted(ids)
    assert {(each.version, each.variant) for each in ids} == {(7, uuid.RFC_4122)}
    assert abs((ids[0].int >> 80) / 1000 - time.time()) < 10


def test_as_text_they_are_written_as_ever() -> None:
    before, told, after = uuid7(), uuid7_text(), uuid7()
    assert str(uuid.UUID(told)) == told
    assert (uuid.UUID(told).version, uuid.UUID(told).variant) == (7, uuid.RFC_4122)
    assert before.int >> 80 <= uuid.UUID(told).int >> 80 <= after.int >> 80
