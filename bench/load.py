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

CONNECTIONS = 16


class Load(NamedTuple):
    """What wrk saw."""

    requests_per_second: float
    p50_ms: float
    p99_ms: float
    errors: int


class Server(NamedTuple):
    """A server that answers at `url` from the process `pid`."""

    url: str
    pid: int

    @property
    def resident_mb(self) -> float:
        """The memory that the process holds, without its children."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(_found(r"^VmRSS:\s+(\d+)", status)) / 1024


class Service(NamedTuple):
    """Outlay: its server, its first key, and the folder of its data."""

    server: Server
    key: str
    folder: Path

    def staff(self, script: str) -> str:
        """A script for wrk that posts as the staff does."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.key}"}
        told = "".join(f"wrk.headers['{name}'] = '{value}'\n" for name, value in headers.items())
        return f"wrk.method = 'POST'\n{told}{script}"


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def uvicorn(application: str, **environment: str) -> Generator[Server, None, None]:
    """One uvicorn worker, set up as the service sets it up, with another application."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", application, "--port", str(port), "--no-access-log"]
    command += ["--log-level", "warning", "--loop", "uvloop", "--http", "httptools", "--no-server-header"]
    with _running(command, environment, f"http://127.0.0.1:{port}", "/") as server:
        yield server


@contextmanager
def outlay(workers: int = 1) -> Generator[Service, None, None]:
    """The service as `make run` starts it, in a folder of its own, without limits on one caller."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        environment = {"OUTLAY_DATA_DIR": folder, "OUTLAY_PORT": str(port), "OUTLAY_LOG_LEVEL": "error"}
        environment |= {"OUTLAY_LIMIT_PUBLIC": "off", "OUTLAY_LIMIT_STAFF": "off", "OUTLAY_WORKERS": str(workers)}
        command = [sys.executable, "-m", "service.cli", "serve"]
        with _running(command, environment, f"http://127.0.0.1:{port}", "/health/ready") as server:
            yield Service(server, (Path(folder) / "admin-key").read_text().strip(), Path(folder))


@contextmanager
def _running(command: list[str], environment: dict[str, str], url: str, ready: str) -> Generator[Server, None, None]:
    quiet = subprocess.DEVNULL
    server = subprocess.Popen(command, env={**os.environ, **environment}, stdout=quiet, stderr=quiet)
    try:
        for _ in range(1200):
            try:
                if httpx.get(url + ready, timeout=1).status_code in {200, 404}:
                    break
            except httpx.HTTPError:
                pass
            time.sleep(0.05)
        else:
            raise RuntimeError(f"{command} did not answer")
        yield Server(url, server.pid)
    finally:
        server.terminate()
        server.wait(timeout=30)


def wrk(url: str, script: str = "", *, seconds: float = 3, connections: int = CONNECTIONS) -> Load:
    """Requests for some seconds over kept-alive connections from one thread."""
    program = shutil.which("wrk")
    if program is None:
        raise SystemExit("bench needs the load generator `wrk`: install it from your system's packages")
    command = [program, "-t1", f"-c{connections}", f"-d{seconds:.0f}s", "--timeout", "10s", "--latency"]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        text = subprocess.run([*command, "-s", file.name, url], check=True, capture_output=True, text=True).stdout
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
    return Load(
        float(_found(r"Requests/sec:\s+([\d.]+)", text)),
        _milliseconds(_found(r"^ +50% +(\S+)", text)),
        _milliseconds(_found(r"^ +99% +(\S+)", text)),
        (int(refused[1]) if refused else 0) + (sum(map(int, broken.groups())) if broken else 0),
    )


def paced(script: str, rate: float) -> str:
    """The script at about so many requests a second: each connection waits a random while before its next one."""
    cycle_ms = CONNECTIONS / rate * 1000
    return f"{script}\nmath.randomseed(1)\nfunction delay()\n  return math.random(0, {2 * cycle_ms:.0f})\nend\n"


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text, re.MULTILINE)
    if match is None:
        raise RuntimeError(f"no {pattern} in:\n{text}")
    return match[1]


def _milliseconds(text: str) -> float:
    number, unit = re.findall(r"([\d.]+)(us|ms|s)", text)[0]
    return float(number) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit]
