"""A hospital's file goes into the database whole or not at all."""

import json
from pathlib import Path

from service.store.database import connect
from service.store.rates import list_sources, rates_of
from tests.cli.command import outlay
from tests.payers.price_files.hospital import templates
from tests.payers.price_files.hospital.test_read_hospital import ACME, CHARGES


async def test_its_rates_are_in_force_once_and_replaced_by_a_newer_file(database_url: str, tmp_path: Path) -> None:
    here = {"OUTLAY_DATABASE_URL": database_url}
    file = tmp_path / "2026-04-01_example_standardcharges.csv"
    file.write_text(templates.csv_of(CHARGES, wide=True))
    ask = ("--payer", "aetna", "--payer-name", "ACME health")

    done = outlay("rates", "hospital", file, *ask, **here)
    assert (done.returncode, done.stdout.splitlines()) == (
        0,
        [
            "Example Hospital, last updated on 2026-04-01.",
            "Items: 3. Charges of aetna: 2. Rates: fee schedule: 1.",
            "Left out, charges that pay for a package of a drug, not for a unit of its code: 1.",
        ],
    )
    assert "Already there" in outlay("rates", "hospital", file, *ask, **here).stdout

    newer = tmp_path / "2026-10-01_example_standardcharges.json"
    newer.write_text(templates.json_of([ACME._replace(plan="HMO")]))
    newer = newer.rename(file.with_name("2026-10-01_example_standardcharges.csv"))
    receipt = json.loads(outlay("rates", "hospital", newer, *ask, "--json", **here).stdout)
    assert (receipt["rates"], receipt["replaced"]) == ({"fee schedule": 1}, "2026-04-01")

    connection = await connect(database_url)
    (source,) = await list_sources(connection)
    (rate,) = await rates_of(connection, [source.id])
    await connection.close()
    assert (source.kind, source.payer, source.entity) == ("hospital-file", "aetna", "Example Hospital")
    assert (rate.code, rate.amount_cents, rate.networks, rate.billing_class) == (
        "G2083",
        123450,
        ("HMO",),
        "institutional",
    )


async def test_what_has_no_rate_is_refused_and_changes_nothing(database_url: str, tmp_path: Path) -> None:
    here = {"OUTLAY_DATABASE_URL": database_url}
    file = tmp_path / "charges.json"
    file.write_text(templates.json_of(CHARGES))
    told = {
        ("aetan", "Acme Health"): "Remedy: write aetna, if that is meant.",
        ("aetna", "Aetna"): '"Acme Health" ("PPO"), "Boréal" ("HMO Plus")',
    }
    for (payer, name), remedy in told.items():
        refused = outlay("rates", "hospital", file, "--payer", payer, "--payer-name", name, **here)
        assert (refused.returncode, remedy in refused.stderr) == (1, True), refused.stderr
    file.write_text("<html>")
    refused = outlay("rates", "hospital", file, "--payer", "aetna", "--payer-name", "Acme Health", **here)
    assert (refused.returncode, "It is a web page" in refused.stderr) == (1, True)
    connection = await connect(database_url)
    assert await list_sources(connection) == []
    await connection.close()
