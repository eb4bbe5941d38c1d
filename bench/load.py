"""Servers in processes of their own, and wrk against them."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx

SECONDS = 5
CONNECTIONS = 16


class Load(NamedTuple):
    """What wrk saw."""

    requests_per_second: float
    p50_ms: float
    p99_ms: float
    errors: int


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def uvicorn(application: str) -> Generator[str, None, None]:
    """One uvicorn worker, set up as the service sets it up, with another application."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", application, "--port", str(port), "--no-access-log"]
    command += ["--log-level", "warning", "--loop", "uvloop", "--http", "httptools"]
    with _running(command, {}, f"http://127.0.0.1:{port}", "/") as url:
        yield url


@contextmanager
def outlay() -> Generator[tuple[str, str], None, None]:
    """The service as `make run` starts it, in a folder of its own; its address and its first key."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        environment = {"OUTLAY_DATA_DIR": folder, "OUTLAY_PORT": str(port), "OUTLAY_LOG_LEVEL": "error"}
        environment |= {"OUTLAY_LIMIT_PUBLIC": "off", "OUTLAY_LIMIT_STAFF": "off"}
        command = [sys.executable, "-m", "service.cli", "serve"]
        with _running(command, environment, f"http://127.0.0.1:{port}", "/health/ready") as url:
            yield url, (Path(folder) / "admin-key").read_text().strip()


@contextmanager
def _running(command: list[str], environment: dict[str, str], url: str, ready: str) -> Generator[str, None, None]:
    server = subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL)
    try:
        for _ in range(600):
            try:
                httpx.get(url + ready, timeout=1).raise_for_status()
                break
            except httpx.HTTPError:
                time.sleep(0.05)
        else:
            raise RuntimeError(f"{command} did not answer")
        yield url
    finally:
        server.terminate()
        server.wait(timeout=30)


def wrk(url: str, script: str | None = None) -> Load:
    """Requests for some seconds over kept-alive connections from one thread."""
    program = shutil.which("wrk")
    if program is None:
        raise SystemExit("bench needs the load generator `wrk`: install it from your system's packages")
    command = [program, "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--latency"]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        if script:
            file.write(script)
            file.flush()
            command += ["-s", file.name]
        text = subprocess.run([*command, url], check=True, capture_output=True, text=True).stdout
    errors = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    return Load(
        float(_found(r"Requests/sec:\s+([\d.]+)", text)),
        _milliseconds(_found(r"^ +50% +(\S+)", text)),
        _milliseconds(_found(r"^ +99% +(\S+)", text)),
        int(errors[1]) if errors else 0,
    )


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text, re.MULTILINE)
    if match is None:
        raise RuntimeError(f"wrk printed no {pattern}:\n{text}")
    return match[1]


def _milliseconds(text: str) -> float:
    number, unit = re.findall(r"([\d.]+)(us|ms|s)", text)[0]
    return float(number) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit]
