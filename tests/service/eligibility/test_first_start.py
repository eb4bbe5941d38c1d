"""On a laptop one command is enough to ask a payer: database, keys and a sandbox come with it and go with it."""

import asyncio
import os
import sys
from pathlib import Path

import httpx

from service.sandbox_process import CONNECTORS, free_port
from service.serve import MEMBER_DATA_KEYS
from tests.service.eligibility.questions import PAT
from tests.service.eligibility.test_worker import ready


async def test_the_first_start_can_ask_a_payer(tmp_path: Path) -> None:
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OUTLAY_")} | {
        "OUTLAY_DATA_DIR": str(tmp_path),
        "OUTLAY_PORT": str(port),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "service.cli", "serve", env=environment, stderr=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(60), httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            while not await ready(client, ""):  # noqa: ASYNC110  another process gets ready
                await asyncio.sleep(0.1)
            headers = {"Authorization": f"Bearer {(tmp_path / 'admin-key').read_text().strip()}"}
            check = await client.post("/v1/eligibility/checks", json=PAT, headers=headers, timeout=30)
    finally:
        process.terminate()
        _, told = await process.communicate()
    assert (check.status_code, check.json()["outcome"]) == (201, "active")
    assert b"a sandbox" in told
    assert (tmp_path / MEMBER_DATA_KEYS).stat().st_mode & 0o777 == 0o600
    assert str(port) not in (tmp_path / CONNECTORS).read_text()
