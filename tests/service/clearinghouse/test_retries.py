"""The table of what to do next, from every outcome."""

from typing import get_args

import pytest

from payers.eligibility.rejections import rejection
from service.clearinghouse.connector import Failed, Fault
from service.clearinghouse.retries import (
    Again,
    AskChanged,
    Change,
    Patience,
    Step,
    Stop,
    after_answer,
    after_failure,
)

DAY = 86_400.0
TRIED, PERSON = Stop(because="tried"), Stop(because="person")


def failed(fault: Fault, after_seconds: float | None = None) -> Failed:
    return Failed(fault=fault, detail="", after_seconds=after_seconds)


@pytest.mark.parametrize(
    ("patience", "seconds"),
    [
        ("person", [0, 60, 300, 900]),
        ("batch", [60, 300, 900, 3_600, 7_200, 14_400, 28_800, 28_800]),
    ],
)
@pytest.mark.parametrize("fault", ["timeout", "unreachable", "payer-down", "garbled"])
def test_what_may_pass_is_tried_again_and_then_no_more(fault: Fault, patience: Patience, seconds: list[float]) -> None:
    steps = [after_failure(failed(fault), number, patience) for number in range(1, len(seconds) + 2)]

    assert steps == [*(Again(after_seconds=each) for each in seconds), TRIED]
    assert [after_answer([aaa("42")], number, patience) for number in range(1, len(seconds) + 2)] == steps


def test_a_batch_is_tried_for_a_day_at_most() -> None:
    steps = [after_failure(failed("timeout"), number, "batch") for number in range(1, 9)]

    assert 8 * 3_600 <= sum(each.after_seconds for each in steps if isinstance(each, Again)) <= DAY


def test_a_busy_network_is_never_asked_at_once() -> None:
    assert after_failure(failed("busy"), 1, "person") == Again(after_seconds=60)
    assert after_failure(failed("busy", 200), 1, "person") == Again(after_seconds=200)
    assert after_failure(failed("busy", 10), 3, "person") == Again(after_seconds=300)


@pytest.mark.parametrize("fault", ["refused", "invalid", "over-budget"])
def test_what_a_person_must_put_right_waits_for_one(fault: Fault) -> None:
    assert after_failure(failed(fault), 1, "person") == PERSON


def test_every_fault_has_a_step() -> None:
    assert all(after_failure(failed(fault), 1, "person") for fault in get_args(Fault))


def aaa(reason: str | None, follow_up: str | None = "R"):  # noqa: ANN201
    return rejection("2100A", reason, follow_up, "Y", 7)


TABLE: list[tuple[str | None, str | None, Step]] = [
    ("42", "R", Again(after_seconds=0)),
    ("42", "C", Again(after_seconds=0)),
    ("80", "P", Again(after_seconds=0)),
    ("04", None, Again(after_seconds=0)),
    ("42", "W", Again(after_seconds=30 * DAY)),
    ("80", "X", Again(after_seconds=10 * DAY)),
    ("42", "N", PERSON),
    ("42", "S", PERSON),
    ("42", "Y", PERSON),
    ("62", "C", AskChanged(change="today")),
    ("57", "R", AskChanged(change="today")),
    ("62", "N", PERSON),
    ("54", "C", AskChanged(change="plan")),
    ("70", "C", AskChanged(change="plan")),
    ("72", "C", PERSON),
    ("75", "R", PERSON),
    ("75", "W", PERSON),
    ("50", "N", PERSON),
    ("AG", None, PERSON),
    ("ZZ", "R", PERSON),
    (None, "R", PERSON),
]


@pytest.mark.parametrize(("reason", "follow_up", "step"), TABLE)
def test_the_reason_decides_and_the_follow_up_stops_or_delays(
    reason: str | None, follow_up: str | None, step: Step
) -> None:
    assert after_answer([aaa(reason, follow_up)], 1, "person") == step


@pytest.mark.parametrize(("reason", "change"), [("62", "today"), ("54", "plan")])
def test_a_changed_question_is_asked_once(reason: str, change: Change) -> None:
    assert after_answer([aaa(reason)], 2, "person", changed=()) == AskChanged(change=change)
    assert after_answer([aaa(reason)], 2, "person", changed={change}) == PERSON


@pytest.mark.parametrize(
    ("reasons", "step"),
    [
        (("42", "80"), Again(after_seconds=0)),
        (("42", "72"), PERSON),
        (("62", "72"), PERSON),
        (("42", "62"), AskChanged(change="today")),
        (("62", "54"), AskChanged(change="today")),
    ],
)
def test_of_several_the_one_that_needs_a_person_decides(reasons: tuple[str, ...], step: Step) -> None:
    assert after_answer([aaa(each) for each in reasons], 1, "person") == step
    assert after_answer([aaa(each) for each in reversed(reasons)], 1, "person") == step or "54" in reasons


def test_an_answer_without_a_no_is_the_end() -> None:
    assert after_answer([], 1, "person") == Stop(because="answered")
