"""What can go wrong between a network and us, each over a real socket."""

import httpx
import pytest

from service.clearinghouse.connector import Failed
from service.clearinghouse.web import MAX_ANSWER_BYTES, Reply, exchange, no_answer, open_client
from tests.service.clearinghouse.network import RESET, STAY, Network, http


async def ask(url: str, seconds: float = 5) -> Reply | Failed:
    client = open_client()
    try:
        return await exchange(client, client.build_request("POST", url, content=b"a question"), seconds)
    finally:
        await client.aclose()


async def test_an_answer_comes_whole(network: Network) -> None:
    network.answers = [http(200, "Text/Plain; charset=utf-8", "yes")]

    reply = await ask(network.url)

    assert isinstance(reply, Reply)
    assert (reply.status, reply.media_type, reply.body) == (200, "text/plain", b"yes")


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (RESET, "unreachable"),
        (b"", "unreachable"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nonly the beginning", "unreachable"),
        (b"not HTTP at all\r\n\r\n", "unreachable"),
        (STAY, "timeout"),
        (b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nnope", "garbled"),
        (http(200, "text/plain", bytes(MAX_ANSWER_BYTES + 1)), "garbled"),
    ],
    ids=["reset", "closed", "cut off", "no http", "silent", "badly packed", "endless"],
)
async def test_what_goes_wrong_is_a_value_and_the_question_may_have_arrived(
    network: Network, answer: bytes, fault: str
) -> None:
    network.answers = [answer]

    failed = await ask(network.url, seconds=0.5)

    assert isinstance(failed, Failed)
    assert (failed.fault, failed.asked) == (fault, True)


async def test_an_answer_that_stops_half_way_is_not_waited_for(network: Network) -> None:
    network.answers = [b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf" + STAY]

    failed = await ask(network.url, seconds=0.3)

    assert isinstance(failed, Failed)
    assert failed.fault == "timeout"


async def test_where_nobody_listens_nothing_was_asked() -> None:
    failed = await ask("http://127.0.0.1:9")

    assert failed == Failed(fault="unreachable", detail="The network cannot be reached.", asked=False)


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        (200, "garbled"),
        (302, "garbled"),
        (400, "invalid"),
        (401, "refused"),
        (403, "refused"),
        (404, "invalid"),
        (429, "busy"),
        (500, "payer-down"),
        (503, "payer-down"),
        (504, "timeout"),
    ],
)
def test_a_status_decides_only_where_no_answer_is(status: int, fault: str) -> None:
    failed = no_answer(Reply(status, httpx.Headers(), b""))

    assert (failed.fault, failed.code) == (fault, f"HTTP {status}")


def test_a_network_may_say_how_long_to_wait() -> None:
    assert no_answer(Reply(429, httpx.Headers({"retry-after": "30"}), b"")).after_seconds == 30
    assert no_answer(Reply(429, httpx.Headers({"retry-after": "tomorrow"}), b"")).after_seconds is None
