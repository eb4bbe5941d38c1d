"""The documentation says what the code does: settings, problems, examples and links are compared, not trusted."""

import json
import re
import shutil
import tomllib
from datetime import date
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.check import check
from payers.catalogue.coverage import decide
from payers.catalogue.identity import resolve
from payers.catalogue.load import DATA, load_release
from payers.estimate.question import Question
from service.api.keys import KeyScope
from service.api.problems import KINDS
from service.settings import Settings, read_settings
from service.store.audit import Action

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file(page: Path) -> None:
    broken = [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()]
    assert broken == []


def test_every_page_is_reached_from_the_index() -> None:
    reached, pending = set[Path](), [DOCS / "index.md"]
    while pending:
        page = pending.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        pending += [(page.parent / link).resolve() for link in LINK.findall(page.read_text())]
    assert set(DOCS.rglob("*.md")) - reached == set()


def test_every_input_in_the_table_of_the_api_is_one() -> None:
    rows = re.findall(r"^\|.*\| `(\{.*\})` \|$", (DOCS / "api.md").read_text(), re.MULTILINE)
    assert rows
    for row in rows:
        told = {"payer": "Aetna", "treatment": "spravato", **json.loads(row)}
        msgspec.convert(told, Question)


def test_the_settings_table_is_the_settings() -> None:
    rows = re.findall(r"^\| `(OUTLAY_\w+)` \| (\S+) \|", (DOCS / "operations.md").read_text(), re.MULTILINE)
    documented = {name: default.strip("`") for name, default in rows}
    assert set(documented) == {f"OUTLAY_{field.upper()}" for field in Settings.__struct_fields__}
    written = {name: default for name, default in documented.items() if default != "none"}
    assert read_settings(written) == read_settings({})


def test_the_scopes_table_is_the_scopes() -> None:
    rows = re.findall(r"^\| `([a-z:]+)` \|", (DOCS / "operations.md").read_text(), re.MULTILINE)
    assert tuple(rows) == get_args(KeyScope)


def test_the_table_of_what_is_on_record_is_all_of_it() -> None:
    table = (DOCS / "operations.md").read_text().partition("| on record |")[2].partition("\n\n")[0]
    assert sorted(re.findall(r"`([a-z-]+\.[a-z-]+)`", table)) == sorted(get_args(Action))


def test_every_problem_has_its_page() -> None:
    assert {page.stem for page in (DOCS / "problems").glob("*.md")} == {*KINDS, "index"}
    index = (DOCS / "problems/index.md").read_text()
    for kind in KINDS.values():
        page = (DOCS / f"problems/{kind.slug}.md").read_text()
        assert page.startswith(f"# {kind.title}\n")
        assert f"`status` is {kind.status}." in page
        assert kind.remedy in page
        assert f"| {kind.status} | [{kind.slug}]({kind.slug}.md) | {kind.title} |" in index


def test_the_payer_that_the_guide_adds_is_the_example_and_works(tmp_path: Path) -> None:
    example = DOCS / "examples/pike-valley.toml"
    *told, renamed = blocks(DOCS / "add-a-payer.md", "toml")
    assert tomllib.loads("\n".join(told)) == tomllib.loads(example.read_text())
    assert tomllib.loads(renamed)["payer"]["lineage"]

    shutil.copytree(DATA, tmp_path / "data")
    shutil.copy(example, tmp_path / "data/payers")
    release = load_release(tmp_path / "data")
    day = date(2026, 12, 1)
    assert [finding for finding in check(release, day) if finding.file == "payers/pike-valley.toml"] == []

    catalogue = Catalogue(release)
    assert resolve(catalogue, "PVHP", day).payer == "pike-valley"
    decision = decide(catalogue, catalogue.payers["pike-valley"], "spravato", "trd", day)
    assert (decision.status, decision.lane, decision.is_default) == ("prior-authorization", "medical", False)
    ketamine = decide(catalogue, catalogue.payers["pike-valley"], "iv-ketamine", "trd", day)
    assert (ketamine.status, ketamine.reason) == ("not-covered", "experimental")


def test_the_integration_test_on_the_page_is_the_example_that_runs() -> None:
    assert blocks(DOCS / "integration-tests.md", "python") == [(DOCS / "examples/test_clinic.py").read_text()]


def test_the_answer_in_the_readme_is_what_the_command_line_prints() -> None:
    golden = (ROOT / "tests/cli/golden/iv-ketamine-self-pay.txt").read_text()
    assert blocks(ROOT / "README.md", "console")[1] == golden
