"""Import direction: `service` imports `payers`, never the reverse, and `payers` needs nothing but msgspec."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def imported(path: Path) -> Iterator[str]:
    """The modules that a file imports, by their full names."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def files(room: str) -> list[Path]:
    found = sorted((ROOT / room).rglob("*.py"))
    assert found
    return found


@pytest.mark.parametrize("path", files("payers"), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_domain_imports_the_standard_library_and_msgspec(path: Path) -> None:
    roots = {module.partition(".")[0] for module in imported(path)}
    assert roots - set(sys.stdlib_module_names) <= {"payers", "msgspec"}
    assert not roots & {"asyncio", "os", "time", "random", "secrets", "socket", "threading", "logging"}


@pytest.mark.parametrize("path", files("payers"), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_domain_has_no_clock(path: Path) -> None:
    calls = {
        f"{node.func.value.id}.{node.func.attr}"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name)
    }
    assert not calls & {"date.today", "datetime.now", "datetime.today", "datetime.utcnow"}


def test_the_api_reaches_the_database_through_the_store() -> None:
    for path in files("service/api"):
        assert not {module.partition(".")[0] for module in imported(path)} & {"asyncpg", "sqlalchemy", "alembic"}, path


def test_importing_the_domain_loads_nothing_heavy() -> None:
    program = "import sys, payers.estimate, payers.catalogue.load; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    roots = {module.partition(".")[0] for module in loaded}
    assert not roots & {"service", "litestar", "asyncpg", "asyncio", "httpx", "rich", "click", "structlog", "uvicorn"}
