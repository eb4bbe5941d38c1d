"""The log of a whole request holds its route and its id, and nothing of what was asked or who asked it."""

import json
import logging
from contextlib import redirect_stdout
from pathlib import Path

import httpx
import pytest
import structlog

from service.logs import ALLOWED, configure

PLANTED = ("Planted Payer", "planted-county", "PLANTED-KEY", "outlay_planted_secret")


async def test_a_request_leaves_one_line_and_no_word_of_what_was_asked(
    desk: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    payer, county, key, secret = PLANTED
    body = {"payer": payer, "county": county, "treatment": "spravato", county: 1}
    for asked in (
        desk.post("/v1/estimates", json=body, headers={"Idempotency-Key": key}),
        desk.post("/v1/estimates", json={"payer": payer, "treatment": "spravato", "county": county}),
        desk.get("/v1/payers/resolve", params={"name": payer, "county": county}),
        desk.get("/v1/payers", params={payer: county}),
        desk.get(f"/v1/payers/{county}"),
        desk.get(f"/{county}"),
        desk.get("/v1/estimates/none", headers={"Authorization": f"Bearer {secret}"}),
    ):
        capsys.readouterr()
        answer = await asked
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert [line["event"] for line in lines] == ["request"]
        assert lines[0]["request_id"] == answer.headers["x-request-id"]
        assert lines[0]["status"] == answer.status_code
        assert not any(planted in json.dumps(lines) for planted in PLANTED)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")
def test_a_line_that_cannot_be_written_is_lost_and_nothing_else() -> None:
    configure("info")
    full = Path("/dev/full").open("w")  # noqa: SIM115  closing it fails
    with redirect_stdout(full):
        structlog.get_logger().error("unexpected")
    with pytest.raises(OSError, match="No space left"):
        full.close()  # it has the line still


async def test_a_fault_is_logged_by_its_kind_and_place(
    desk: httpx.AsyncClient, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(PLANTED[0])

    monkeypatch.setattr("service.api.payers.search", fail)
    answer = await desk.get("/v1/payers")
    fault, request = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert answer.json()["type"] == "/problems/internal"
    assert (fault["event"], fault["error"]) == ("unexpected", "RuntimeError")
    assert fault["request_id"] == request["request_id"]
    assert PLANTED[0] not in json.dumps(fault) + answer.text


def test_a_field_that_is_not_allowed_never_arrives(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger().warning("catalogue.loaded", version="v", member_id=PLANTED[0])
    logged = json.loads(capsys.readouterr().out)
    assert logged["version"] == "v"
    assert set(logged) <= ALLOWED


def test_a_fault_after_an_answer_has_begun_is_logged_by_its_kind_and_place_too(
    capfd: pytest.CaptureFixture[str],
) -> None:
    configure("info")
    server = logging.getLogger("uvicorn.error")
    try:
        raise RuntimeError(PLANTED[0])
    except RuntimeError as error:
        several = ExceptionGroup(PLANTED[1], [ExceptionGroup(PLANTED[1], [error])])
        server.error("Exception in ASGI application", exc_info=several)
    told = capfd.readouterr()
    fault = json.loads(told.out)
    assert (fault["event"], fault["error"]) == ("unexpected", "RuntimeError")
    assert "test_logs.py" in fault["place"]
    assert not any(planted in told.out + told.err for planted in PLANTED)
    assert server.filter(server.makeRecord("uvicorn.error", logging.ERROR, "", 0, "The port is taken.", (), None))
