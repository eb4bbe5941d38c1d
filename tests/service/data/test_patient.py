"""`outlay patient`: everything about one person and nothing about others is found, handed out and taken away."""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from click.testing import CliRunner

from service.cli.patient import patient
from service.documents.issuing import open_documents
from service.patients.identity import Described, Fit, Who, WhoIncomplete, fit
from service.store.database import connect
from service.store.eligibility import find_check
from service.store.good_faith import find_issue
from service.store.vault import read_vault
from tests.cli.command import outlay
from tests.service.data.conftest import PLANTED, Filled

FLORENCE = Who(last_name="Nightingale", first_name="Florence", birth_date=date(1820, 5, 12))
CARD = Who(member_id="W 987654321")
BOTH = Who(member_id="W987654321", last_name="Nightingale", first_name="Florence", birth_date=date(1820, 5, 12))
WHO = 'last_name = "NIGHTINGALE"\nfirst_name = "Florénce"\nbirth_date = 1820-05-12\n'


@pytest.mark.parametrize(
    ("who", "described", "expected"),
    [
        (FLORENCE, (None, "NIGHTINGALE", "florence", date(1820, 5, 12)), "theirs"),
        (FLORENCE, ("other card", "Nightin-gale", "Florence", date(1820, 5, 12)), "theirs"),
        (FLORENCE, (None, "Nightingale", "Flo", date(1820, 5, 12)), "similar"),
        (FLORENCE, (None, "Nightingale", None, date(1820, 5, 12)), "similar"),
        (FLORENCE, (None, "Nightingale", "Florence", date(1820, 12, 5)), "another's"),
        (FLORENCE, (None, "Nightingale", "Florence", None), "another's"),
        (FLORENCE, ("W987654321", None, None, None), "another's"),
        (CARD, ("w987654321", "Nightingale", "Parthenope", date(1819, 4, 19)), "theirs"),
        (CARD, (None, "Nightingale", "Florence", date(1820, 5, 12)), "another's"),
        (CARD, (None, None, None, None), "another's"),
        (BOTH, ("other", "Nightingale", "Florence", date(1820, 5, 12)), "theirs"),
        (BOTH, ("W987654321", "Nightingale", "Parthenope", date(1819, 4, 19)), "similar"),
        (BOTH, ("other", "Nightingale", "Parthenope", date(1819, 4, 19)), "another's"),
    ],
)
def test_a_name_with_its_birth_date_decides_else_the_card(who: Who, described: tuple[Any, ...], expected: Fit) -> None:
    assert fit(who, Described(*described)) == expected


@pytest.mark.parametrize(
    "told", [{}, {"member_id": "-"}, {"last_name": "Nightingale"}, {"birth_date": date(1820, 5, 12)}]
)
def test_less_than_a_person_is_refused(told: dict[str, Any]) -> None:
    with pytest.raises(WhoIncomplete):
        Who(**told)


@pytest.fixture
def here(filled: Filled) -> dict[str, str]:
    keys = str(filled.settings.member_data_keys)
    return {"OUTLAY_DATABASE_URL": filled.settings.database_url or "", "OUTLAY_MEMBER_DATA_KEYS": keys}


async def trail(url: str) -> list[tuple[str, str, dict[str, Any]]]:
    connection = await connect(url)
    try:
        rows = await connection.fetch("SELECT action, subject_id, detail FROM audit ORDER BY id")
    finally:
        await connection.close()
    return [tuple(row) for row in rows]


async def test_one_person_is_exported_and_deleted_and_nobody_else(
    filled: Filled, here: dict[str, str], office: httpx.AsyncClient, tmp_path: Path
) -> None:
    url, file, who = here["OUTLAY_DATABASE_URL"], tmp_path / "florence.json", tmp_path / "who.toml"
    who.write_text(WHO)
    dry = outlay("patient", "delete", "--dry-run", "--from", who, **here)
    assert dry.returncode == 0, dry.stderr
    assert "Would delete the member data of 2 checks" in dry.stdout
    assert outlay("patient", "export", file, "--dry-run", "--from", who, **here).returncode == 0
    assert not file.exists()

    exported = outlay("patient", "export", file, "--from", who, **here)
    assert (exported.returncode, file.stat().st_mode & 0o777) == (0, 0o600), exported.stderr
    told = json.loads(file.read_bytes())
    (check, again), (issue,) = told["eligibility_checks"], told["good_faith_estimates"]
    assert again["asked"]["subscriber"]["last_name"] == "Nightingale"
    assert (check["id"], check["asked"]["member_id"], bool(check["answer"])) == (filled.check, "W987654321", True)
    assert check["exchanges"][0]["outcome"] == "answered"
    assert (issue["id"], issue["documents"]["es"]["patient"]["email"]) == (filled.issue, "lamp@example.org")
    assert issue["recorded"][0]["billed"][0]["each_cents"] == 50_000
    estimate = next(each for each in told["estimates"] if each["id"] == filled.estimate)
    assert estimate["answer"] == (await office.get(f"/v1/estimates/{filled.estimate}")).json()
    assert {"eligibility.check", "good-faith.issue", "good-faith.bills"} <= {
        row["action"] for row in told["audit_trail"]
    }
    assert filled.other_check not in file.read_text()
    assert filled.other_issue not in file.read_text()
    assert outlay("patient", "export", file, "--from", who, **here).returncode == 1

    deleted = outlay("patient", "delete", "--from", who, **here)
    assert deleted.returncode == 0, deleted.stderr
    assert "Kept: 1 good-faith estimates" in deleted.stdout
    assert "45 CFR 149.610(f)" in deleted.stdout
    gone = await office.get(f"/v1/eligibility/checks/{filled.check}")
    assert gone.status_code == 410 or gone.json()["answer"] is None, gone.text
    connection, vault = await connect(url), read_vault(Path(here["OUTLAY_MEMBER_DATA_KEYS"]))
    purged, other = (
        await find_check(connection, UUID(filled.check)),
        await find_check(connection, UUID(filled.other_check)),
    )
    kept = await find_issue(connection, UUID(filled.issue))
    await connection.close()
    assert purged
    assert (purged.sealed_inquiry, purged.sealed_answer, purged.question) == (None, None, None)
    assert other
    assert other.sealed_answer
    assert kept
    assert b"Nightingale" in open_documents(vault, kept)["en"]

    done = [(action, detail) for action, _, detail in await trail(url) if action.startswith("patient.")]
    assert done == [
        ("patient.delete", {"checks": 2, "good_faith_estimates": 1, "dry_run": True}),
        ("patient.export", {"checks": 2, "good_faith_estimates": 1, "dry_run": True}),
        ("patient.export", {"checks": 2, "good_faith_estimates": 1, "dry_run": False}),
        ("patient.delete", {"checks": 2, "good_faith_estimates": 1, "dry_run": False}),
    ]
    on_record = [(action, subject) for action, subject, _ in await trail(url)]
    assert ("eligibility.read", filled.check) in on_record
    assert ("eligibility.purge", filled.check) in on_record
    said = "".join(each.stdout + each.stderr for each in (dry, exported, deleted)).lower()
    assert [word for word in PLANTED if word in said] == []
    assert [word for word in PLANTED if word in str(await trail(url)).lower()] == []


def test_who_it_is_comes_from_the_terminal_or_standard_input(filled: Filled, here: dict[str, str]) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OUTLAY_")} | here
    command = [sys.executable, "-m", "service.cli", "patient", "delete", "--dry-run"]
    for more, typed in (((), "w987654321\n\n\n\n"), (("--from", "-"), 'member_id = "W987654321"\n')):
        done = subprocess.run(
            [*command, *more], env=environment, input=typed, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
        assert "Found 2 checks and 0 good-faith estimates." in done.stdout


def test_what_does_not_open_is_told_and_the_rest_is_done(filled: Filled, here: dict[str, str], tmp_path: Path) -> None:
    who, keys = tmp_path / "who.toml", tmp_path / "other-keys"
    who.write_text(WHO)
    keys.write_text("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")
    done = outlay("patient", "delete", "--from", who, **here | {"OUTLAY_MEMBER_DATA_KEYS": str(keys)})
    assert (done.returncode, "5 records do not open" in done.stderr) == (1, True), done.stderr


@pytest.mark.parametrize("told", ['last_name = "Nightingale"', "Nightingale, Florence", 'name = "Nightingale"', "\xff"])
def test_a_file_that_does_not_say_who_is_not_repeated(told: str, tmp_path: Path) -> None:
    who = tmp_path / "who.toml"
    who.write_text(told, encoding="latin-1")
    refused = CliRunner().invoke(patient, ["delete", "--from", str(who)])
    assert (refused.exit_code, "Nightingale" in refused.output, "Remedy" in refused.output) == (1, False, True)
