"""The sandbox goes with whoever started it, even where that was killed and could stop nothing."""

import asyncio
import sys
from pathlib import Path

PARENT = """
import sys
from pathlib import Path
from service.sandbox_process import running_sandbox

with running_sandbox(Path(sys.argv[1])) as connectors:
    print(connectors.read_text().partition("127.0.0.1:")[2].partition("/")[0], flush=True)
    sys.stdin.read()
"""


async def test_the_sandbox_does_not_outlive_a_killed_process(tmp_path: Path) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, str(tmp_path), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout
    port = int(await asyncio.wait_for(parent.stdout.readline(), 60))
    assert await listens(port)
    parent.kill()
    async with asyncio.timeout(60):
        while await listens(port):  # noqa: ASYNC110  another process ends
            await asyncio.sleep(0.05)
    await parent.wait()


async def listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        return False
    writer.close()
    await writer.wait_closed()
    return True
