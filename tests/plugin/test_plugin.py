"""The pytest plugin, as a clinic's own suite meets it: from outside, in a process of its own."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from service.store.database import connect
from service.testing_service import RunningService

DOCS = Path(__file__).parents[2] / "docs"


async def test_the_service_answers_from_the_database_it_names(outlay_service: RunningService) -> None:
    key = {"Authorization": f"Bearer {outlay_service.admin_key}"}
    async with httpx.AsyncClient(base_url=outlay_service.base_url, headers=key) as client:
        made = await client.post("/v1/estimates", json={"payer": "Aetna", "treatment": "spravato"})
    assert made.status_code == 201, made.text
    connection = await connect(outlay_service.database_url)
    try:
        assert await connection.fetchval("SELECT count(*) FROM estimates WHERE id = $1", made.json()["id"]) == 1
    finally:
        await connection.close()


def test_the_key_is_what_lets_the_client_in(outlay_service: RunningService) -> None:
    question = {"payer": "Aetna", "treatment": "spravato"}
    assert httpx.post(f"{outlay_service.base_url}/v1/estimates", json=question).status_code == 401


def test_the_documented_suite_passes_elsewhere_without_configuration(tmp_path: Path) -> None:
    shutil.copy(DOCS / "examples/test_clinic.py", tmp_path)
    done = run_pytest(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout


def test_a_suite_that_uses_no_fixture_imports_nothing_of_ours(tmp_path: Path) -> None:
    (tmp_path / "test_other.py").write_text(
        "import sys\n\n\ndef test_nothing_was_imported():\n"
        "    assert not {'asyncpg', 'httpx', 'litestar', 'msgspec', 'payers'} & set(sys.modules)\n"
    )
    done = run_pytest(tmp_path, "-p", "no:anyio")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("page", ["api.md", "eligibility.md", "good-faith-estimates.md"])
def test_every_bash_block_of_a_page_runs(page: str, outlay_service: RunningService, tmp_path: Path) -> None:
    bash = shutil.which("bash")
    if not bash or not shutil.which("curl"):
        pytest.skip("the page's examples need bash and curl")
    blocks = re.findall(r"^```bash\n(.*?)^```$", (DOCS / page).read_text(), re.MULTILINE | re.DOTALL)
    assert len(blocks) > 2
    script = tmp_path / "blocks.sh"
    script.write_text("set -euo pipefail\n" + "\n".join(blocks))
    done = subprocess.run(
        [bash, script],
        cwd=tmp_path,
        env=os.environ | {"OUTLAY_URL": outlay_service.base_url, "OUTLAY_KEY": outlay_service.admin_key},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr


def run_pytest(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    # Warnings are errors there too; pytest-asyncio is our own tool and warns where it finds no configuration.
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:asyncio", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
