"""`outlay eligibility`, in a real process on a real database, with the sandbox payer behind it."""

import base64
import csv
import io
import json
import secrets
from pathlib import Path

import pytest

from service.eligibility.rotation import rotate_checks
from service.settings import Settings
from service.store.database import connect
from service.store.eligibility import find_check, list_checks
from service.store.vault import Unopenable, read_vault
from tests.cli.command import outlay
from tests.service.clearinghouse.network import ANSWER
from tests.service.eligibility.questions import TODAY

SCHEDULE = f"""payer,member_id,last_name,first_name,birth_date,date_of_service,treatment
Aetna,SBX0001,Sample,Pat,1980-01-31,{TODAY},Spravato
Aetna,SBX0105,Trouble,Wrongid,1980-01-05,{TODAY},
Aetna,SBX0001,Sample,Pat,yesterday,{TODAY},
"""


@pytest.fixture
def here(settings: Settings) -> dict[str, str]:
    return {
        "OUTLAY_DATABASE_URL": settings.database_url or "",
        "OUTLAY_MEMBER_DATA_KEYS": str(settings.member_data_keys),
        "OUTLAY_CONNECTORS": str(settings.connectors),
    }


def test_an_answer_is_told_row_by_row(tmp_path: Path) -> None:
    file = tmp_path / "answer.271"
    file.write_text(ANSWER)
    told = outlay("eligibility", "parse", file, COLUMNS="160")
    assert told.returncode == 0, told.stderr
    assert "AETNA: active" in told.stdout
    assert "$1,500.00" in told.stdout
    whole = json.loads(outlay("eligibility", "parse", file, "--json").stdout)
    assert whole["transactions"][0]["members"][0]["status"] == "active"


def test_a_rejection_is_told_with_who_acts(tmp_path: Path) -> None:
    file = tmp_path / "answer.271"
    file.write_text(ANSWER.replace("EB*1**30~", "AAA*N**72*C~"))
    told = outlay("eligibility", "parse", file, "--lang", "es").stdout
    assert "Rejected 72" in told
    assert "número de miembro" in told
    assert "Who acts: front desk; do not ask the same again" in told


def test_what_is_no_x12_is_refused_with_a_remedy(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear clinic")
    refused = outlay("eligibility", "parse", file)
    assert (refused.returncode, "Remedy" in refused.stderr) == (1, True)


def test_a_schedule_is_checked_and_no_line_is_lost(here: dict[str, str], tmp_path: Path) -> None:
    schedule, results = tmp_path / "tomorrow.csv", tmp_path / "results.csv"
    schedule.write_text(SCHEDULE)
    done = outlay("eligibility", "batch", schedule, results, **here)
    assert done.returncode == 1, done.stderr
    assert "asked: 2; faults: 1" in done.stderr
    rows = list(csv.DictReader(io.StringIO(results.read_text())))
    assert [(row["line"], row["status"], row["outcome"], row["reasons"]) for row in rows] == [
        ("2", "done", "active", ""),
        ("3", "done", "rejected", "72"),
        ("4", "not asked", "", ""),
    ]
    assert [bool(row["estimate"]) for row in rows] == [True, False, False]
    assert "Estimating" in done.stderr


def test_a_schedule_that_is_none_is_refused(here: dict[str, str], tmp_path: Path) -> None:
    schedule = tmp_path / "tomorrow.csv"
    schedule.write_text("name\nPat\n")
    refused = outlay("eligibility", "batch", schedule, tmp_path / "results.csv", **here)
    assert (refused.returncode, "payer is missing" in refused.stderr) == (1, True)
    without = outlay("eligibility", "batch", schedule, tmp_path / "results.csv", **here | {"OUTLAY_CONNECTORS": ""})
    assert (without.returncode, "OUTLAY_CONNECTORS" in without.stderr) == (1, True)
    without = outlay("eligibility", "purge", **here | {"OUTLAY_MEMBER_DATA_KEYS": ""})
    assert (without.returncode, "OUTLAY_MEMBER_DATA_KEYS" in without.stderr) == (1, True)
    wrong = outlay("eligibility", "purge", **here | {"OUTLAY_MEMBER_DATA_KEYS": str(tmp_path / "none")})
    assert (wrong.returncode, "cannot be read" in wrong.stderr) == (2, True)


async def test_after_a_rotation_the_old_key_may_go(settings: Settings, here: dict[str, str], tmp_path: Path) -> None:
    schedule, file = tmp_path / "tomorrow.csv", settings.member_data_keys
    assert file
    schedule.write_text(SCHEDULE)
    outlay("eligibility", "batch", schedule, tmp_path / "results.csv", **here)
    old = file.read_text()
    new = base64.b64encode(secrets.token_bytes(32)).decode()
    connection = await connect(settings.database_url or "")

    file.write_text(f"{new}\n")
    lost = outlay("eligibility", "rotate-keys", **here)
    assert (lost.returncode, "2 records do not open" in lost.stderr) == (1, True)

    file.write_text(f"{new}\n{old}")
    assert outlay("eligibility", "rotate-keys", **here).returncode == 0
    recorded = await connection.fetch("SELECT detail FROM audit WHERE action = 'member-data.rotate-keys' ORDER BY id")
    assert [record["detail"]["unopenable"] for record in recorded] == [2, 0]
    file.write_text(f"{new}\n")
    vault = read_vault(file)
    step = await rotate_checks(connection, vault, None)
    assert (step.looked_at, step.unopenable) == (2, ())
    for check in await list_checks(connection):
        sealed = await find_check(connection, check.id)
        assert sealed
        assert sealed.sealed_answer
        assert vault.open(sealed.sealed_answer, f"eligibility_checks/{check.id}/sealed_answer")
        with pytest.raises(Unopenable):
            vault.open(sealed.sealed_answer, f"eligibility_checks/{check.id}/sealed_inquiry")
    assert outlay("eligibility", "purge", **here).stdout == "Purged the member data of 0 checks.\n"
    await connection.close()
