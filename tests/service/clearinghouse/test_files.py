"""Folders on a real disk, with what others leave in them."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from payers.eligibility.read_271 import read_271
from payers.eligibility.response import Response
from service.clearinghouse.configuration import FilesSettings
from service.clearinghouse.connector import Answered, Failed, Pending
from service.clearinghouse.files import SETTLED_SECONDS, FilesConnector
from tests.service.clearinghouse.network import ACKNOWLEDGEMENT, ANSWER, NOW, TRACE, inquiry


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    (tmp_path / "outbox").mkdir()
    return tmp_path / "outbox"


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    (tmp_path / "inbox").mkdir()
    return tmp_path / "inbox"


@pytest.fixture
def files(outbox: Path, inbox: Path) -> FilesConnector:
    settings = FilesSettings(
        name="files", routes=("*",), outbox=outbox, inbox=inbox, sender_id="CLINIC", receiver_id="PAYER"
    )
    return FilesConnector(settings, lambda: NOW)


def leave(inbox: Path, name: str, text: str | bytes, seconds_ago: float = 0) -> Path:
    path = inbox / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    written = (NOW - timedelta(seconds=seconds_ago)).timestamp()
    os.utime(path, (written, written))
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file())


def files_within(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


async def test_a_question_lies_in_the_outbox_whole_and_alone(files: FilesConnector, outbox: Path) -> None:
    outcome = await files.submit(inquiry())

    assert isinstance(outcome, Pending)
    assert outcome.ticket == TRACE
    assert names(outbox) == [f"{TRACE}.270"]
    assert (outbox / f"{TRACE}.270").read_text() == outcome.sent


async def test_a_question_nobody_took_is_taken_back(files: FilesConnector, outbox: Path) -> None:
    await files.submit(inquiry())
    await files.cancel(TRACE)
    await files.cancel(TRACE)

    assert not names(outbox)


async def test_an_answer_is_found_by_its_trace_whatever_its_name(files: FilesConnector, inbox: Path) -> None:
    pending = await files.poll(TRACE)
    leave(inbox, "PAYER-2026-11-23.txt", ANSWER)
    answered = await files.poll(TRACE)

    assert isinstance(pending, Pending)
    assert answered == Answered(format="x12", raw=ANSWER, sent="")
    assert not names(inbox)
    assert (inbox / "read" / f"{TRACE}.271").is_file()
    assert await files.poll(TRACE) == answered


async def test_an_answer_to_somebody_else_waits_for_them(files: FilesConnector, inbox: Path) -> None:
    leave(inbox, "one", ANSWER.replace(TRACE, "another"))

    assert isinstance(await files.poll(TRACE), Pending)
    other = await files.poll("another")
    assert isinstance(other, Answered)
    assert "another" in other.raw


async def test_a_file_about_several_patients_gives_each_their_own(files: FilesConnector, inbox: Path) -> None:
    first = ANSWER[: ANSWER.index("GE*")]
    second = ANSWER[ANSWER.index("ST*") :].replace(TRACE, "second").replace("ADA", "BYRON")
    leave(inbox, "many.271", first + second)

    answers = [await files.poll(trace) for trace in (TRACE, "second")]

    for answer, name, stranger in zip(answers, ("ADA", "BYRON"), ("BYRON", "ADA"), strict=True):
        assert isinstance(answer, Answered)
        assert name in answer.raw
        assert stranger not in answer.raw
        response = read_271(answer.raw)
        assert isinstance(response, Response)
        assert len(response.transactions) == 1


async def test_a_file_still_being_written_is_left_alone(files: FilesConnector, inbox: Path) -> None:
    half = ANSWER[: len(ANSWER) // 2]
    leave(inbox, "half", half, seconds_ago=SETTLED_SECONDS / 2)
    leave(inbox, ".part", ANSWER)

    assert isinstance(await files.poll(TRACE), Pending)
    assert names(inbox) == [".part", "half"]

    leave(inbox, "half", ANSWER)
    assert isinstance(await files.poll(TRACE), Answered)


@pytest.mark.parametrize("content", ["", "a letter", ACKNOWLEDGEMENT, ANSWER[:200], b"\x00\xff\xfe"])
async def test_what_cannot_be_read_is_put_aside(files: FilesConnector, inbox: Path, content: str | bytes) -> None:
    leave(inbox, "odd", content, seconds_ago=SETTLED_SECONDS + 1)

    assert isinstance(await files.poll(TRACE), Pending)
    (refused,) = names(inbox / "refused")
    assert refused.endswith("-odd")


@pytest.mark.parametrize("trace", ["../../etc/passwd", "..", "/etc/passwd", "a/../b", "C\\x", "né"])
async def test_a_trace_leads_to_no_other_folder(
    files: FilesConnector, outbox: Path, inbox: Path, tmp_path: Path, trace: str
) -> None:
    before = files_within(tmp_path)
    leave(inbox, "one", ANSWER.replace(TRACE, trace))

    assert isinstance(await files.poll(trace), Answered)
    if trace.isascii():
        await files.submit(inquiry(trace))
    made = files_within(tmp_path) - before
    assert {path.parent for path in made} <= {outbox, inbox / "read"}
    await files.cancel(trace)
    assert not names(outbox)


async def test_a_ticket_too_long_for_a_trace_is_none(files: FilesConnector) -> None:
    outcome = await files.poll("x" * 51)

    assert isinstance(outcome, Failed)
    assert outcome.fault == "invalid"


async def test_links_are_not_followed(files: FilesConnector, inbox: Path, tmp_path: Path) -> None:
    elsewhere = leave(tmp_path, "elsewhere", ANSWER)
    (inbox / "link").symlink_to(elsewhere)

    assert isinstance(await files.poll(TRACE), Pending)
    assert elsewhere.exists()


async def test_a_folder_that_is_not_there_is_a_failure(tmp_path: Path) -> None:
    nowhere = FilesSettings(
        name="files",
        routes=("*",),
        outbox=tmp_path / "no-outbox",
        inbox=tmp_path / "no-inbox",
        sender_id="CLINIC",
        receiver_id="PAYER",
    )
    files = FilesConnector(nowhere, lambda: NOW)

    asked, polled = await files.submit(inquiry()), await files.poll(TRACE)

    assert isinstance(asked, Failed)
    assert (asked.fault, asked.asked) == ("unreachable", False)
    assert isinstance(polled, Failed)
    assert polled.fault == "unreachable"


@pytest.mark.parametrize("terminator", ["\r", "\n", "\x1d"])
async def test_an_answer_stays_as_it_was_sent(files: FilesConnector, inbox: Path, terminator: str) -> None:
    sent = ANSWER.replace("~", terminator).replace("ADA", "ADÉ")
    leave(inbox, "one", sent.encode("latin-1"))

    answered = await files.poll(TRACE)

    assert isinstance(answered, Answered)
    assert answered.raw == sent
