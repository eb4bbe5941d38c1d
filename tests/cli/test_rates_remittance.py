"""Remittances go on file once, are matched to estimates by payer, code and day, and are taken back by a reversal."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from service.app import create_app
from service.settings import Settings
from service.store.catalogue import current_catalogue, read_version
from service.store.database import connect
from service.store.keys import create_key
from tests.cli.command import outlay
from tests.conftest import alive
from tests.console.conftest import browsing
from tests.payers.remittances.messages_835 import DENIED, ISA, REVERSAL, SPRAVATO, VISITS, transaction, written

SESSION = {"treatment": "spravato", "dose_mg": 84, "indication": "trd", "start_on": "2026-11-03"}


def file(folder: Path, name: str, *transactions: list[str], isa: str = ISA) -> Path:
    path = folder / name
    path.write_text(written(*transactions, isa=isa))
    return path


async def asked(database_url: str, question: dict[str, Any]) -> dict[str, Any]:
    """The answer of a service, asked on the first day of its course."""
    connection = await connect(database_url)
    secret = (await create_key(connection, name="desk", scopes=("estimates:write",))).secret
    await connection.close()
    app = create_app(Settings(database_url=database_url), clock=lambda: datetime(2026, 11, 3, 12, tzinfo=UTC))
    async with alive(app), browsing(app, authorization=f"Bearer {secret}") as person:
        response = await person.client.post("/v1/estimates", json=question)
    return response.json()


async def test_from_the_file_to_the_estimate_and_back(database_url: str, tmp_path: Path) -> None:
    here = {"OUTLAY_DATABASE_URL": database_url}
    estimate = await asked(database_url, SESSION | {"payer": "uhc", "course": {"kind": "sessions", "count": 2}})
    paid = file(tmp_path, "november.835", transaction(*SPRAVATO, *VISITS, *DENIED, paid="1142.5"))
    (receipt,) = json.loads(outlay("rates", "remittance", paid, "--payer", "uhc", "--json", **here).stdout)
    assert {name: receipt[name] for name in ("claims", "rates", "without_amount", "matched")} == {
        "claims": 3, "rates": 3, "without_amount": 1, "matched": 1,
    }  # fmt: skip
    assert "already there" in outlay("rates", "remittance", paid, "--payer", "uhc", **here).stdout

    connection = await connect(database_url)
    match = await connection.fetchrow(
        """
        SELECT estimate_id::text, session, claim_paid_cents, allowed_from
        FROM remittance_matches JOIN remittance_lines USING (source_id, ordinal)
        """
    )
    assert match
    assert tuple(match.values()) == (estimate["id"], 1, 98_050, "AMT*B6")
    before = await current_catalogue(connection)
    assert len(before.rates.candidates("uhc", "G2083")) == 1
    assert "SBX0001" not in str(await connection.fetch("SELECT * FROM rate_sources, rates, remittance_lines"))

    back = file(tmp_path, "december.835", transaction(*REVERSAL, paid="-980.5"))
    told = outlay("rates", "remittance", back, "--payer", "uhc", **here).stdout
    assert "Taken back by the payer, from earlier files: 1 lines." in told
    after = await current_catalogue(connection)
    assert not after.rates.candidates("uhc", "G2083")
    replayed = await read_version(connection, before.version)
    assert len(replayed.rates.candidates("uhc", "G2083")) == 1
    await connection.close()


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("<html>", "is no remittance advice"),
        (written(transaction(*SPRAVATO, paid="980.5"), isa=ISA.replace("*P*:", "*T*:")), "is a test"),
        (written(transaction(*SPRAVATO, paid="980.5")).partition("SE*")[0], "breaks off"),
        (written(transaction(*SPRAVATO, paid="980.5")), "is not known for sure"),
    ],
)
async def test_what_is_no_evidence_is_refused_and_nothing_imported(
    database_url: str, tmp_path: Path, message: str, told: str
) -> None:
    path = tmp_path / "file.835"
    path.write_text(message)
    refused = outlay("rates", "remittance", path, OUTLAY_DATABASE_URL=database_url)
    assert (refused.returncode, told in refused.stderr, "Nothing was imported" in refused.stderr) == (1, True, True)
    connection = await connect(database_url)
    assert await connection.fetchval("SELECT count(*) FROM rate_sources") == 0
    await connection.close()
