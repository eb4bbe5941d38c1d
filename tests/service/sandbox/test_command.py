"""`outlay sandbox` as a person runs it: a process that prints where it serves, serves, and ends."""

import os
import re
import signal
import socket
import subprocess
import sys

import httpx
import pytest

from tests.cli.command import outlay
from tests.service.sandbox.test_stedi import KEY, PATH, check


def test_it_serves_where_it_says_until_the_keyboard_ends_it() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "service.cli", "sandbox", "--port", "0"],
        env=os.environ | {"COLUMNS": "200"},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout
            printed = ""
            while "SBX0115" not in printed:  # the table's last row
                printed += process.stdout.readline() or pytest.fail("it ended")
            found = re.search(r"http://127\.0\.0\.1:\d+", printed)
            assert found
            answer = httpx.post(found[0] + PATH, json=check("SBX0001"), headers=KEY)
            assert answer.json()["subscriber"]["memberId"] == "SBX0001"
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


def test_a_port_that_is_taken_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        done = outlay("sandbox", "--port", str(listener.getsockname()[1]))
    assert (done.returncode, done.stdout) == (1, "")
    assert "--port" in done.stderr
