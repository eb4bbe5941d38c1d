"""The rates on file are listed, compared between payers, and one is chosen by a person."""

import json
from datetime import date

import pytest

from service.store.catalogue import current_catalogue, read_version
from service.store.database import connect
from service.store.rates import stage
from tests.cli.command import outlay
from tests.payers.rates.real import rate, source

FILES = {
    "aetna": [rate("G2083", 140_000), rate("G2083", 150_000, networks=("PPO",)), rate("J0013", 133_744, units=100)],
    "uhc": [rate("G2083", 130_000, matched_by="npi"), rate("G2083", 131_000)],
    "humana": [
        rate(
            *("G2083", 120_000),
            kind="median",
            percentile_10_cents=110_000,
            percentile_90_cents=190_000,
            remittances="18",
        )
    ],
}


@pytest.fixture
async def here(database_url: str) -> dict[str, str]:
    """A database with the files of two payers."""
    connection = await connect(database_url)
    for number, (payer, rates) in enumerate(FILES.items()):
        await stage(connection, source(f"00000000-0000-7000-8000-{number:012}", payer=payer), rates)
    await connection.close()
    return {"OUTLAY_DATABASE_URL": database_url, "COLUMNS": "200"}


async def test_rates_are_listed_compared_and_pinned(here: dict[str, str]) -> None:
    listed = outlay("rates", "list", "--payer", "aetna", **here).stdout.splitlines()
    assert [line.split()[:3] for line in listed[1:]] == [
        ["aetna", "G2083", "$1,400.00"],
        ["aetna", "G2083", "$1,500.00"],
        ["aetna", "J0013", "$13.3744"],
    ]
    rates = json.loads(outlay("rates", "list", "--code", "g2083", "--json", **here).stdout)
    assert {each["source"]["payer"] for each in rates} == {"aetna", "uhc", "humana"}
    ppo = next(each["rate"] for each in rates if each["networks"] == ["PPO"])

    def compared() -> dict[str, tuple[int, int, bool]]:
        told = json.loads(outlay("rates", "compare", "G2083", "--on", "2026-12-01", "--json", **here).stdout)
        return {each["payer"]: (*each["amount"].values(), each["pinned"]) for each in told}

    assert compared() == {
        "aetna": (140_000, 150_000, False),
        "humana": (110_000, 190_000, False),
        "uhc": (131_000, 131_000, False),
    }
    shown = outlay("rates", "compare", "G2083", "--on", "2026-12-01", **here).stdout
    assert "$1,400 to $1,500" in shown
    assert " tin " in shown
    assert "$1,100 to $1,900  payer-file, median $1,200" in shown
    listed = outlay("rates", "list", "--payer", "humana", **here).stdout
    assert "$1,200.00 ($1,100.00 - $1,900.00)  median of 18 claims" in listed

    done = outlay("rates", "pin", ppo, "--from", "2026-12-01", "--note", "by phone", **here)
    assert done.stdout == "G2083 of aetna is priced by it from 2026-12-01 on.\n"
    assert compared()["aetna"] == (150_000, 150_000, True)
    done = outlay("rates", "unpin", "aetna", "g2083", "--from", "2026-12-01", **here)
    assert (done.returncode, compared()["aetna"]) == (0, (140_000, 150_000, False))


async def test_what_is_not_on_file_is_refused_with_a_remedy(here: dict[str, str]) -> None:
    for wrong in ("nonsense", "00000000-0000-7000-8000-000000000000/99", "00000000-0000-7000-8000-000000000000/"):
        refused = outlay("rates", "pin", wrong, **here)
        assert (refused.returncode, "outlay rates list" in refused.stderr) == (1, True)
    refused = outlay("rates", "unpin", "aetna", "G2083", **here)
    assert (refused.returncode, "no rate of aetna is pinned for G2083" in refused.stderr) == (1, True)


async def test_a_share_of_medicares_fee_is_assumed_from_a_day_on(here: dict[str, str]) -> None:
    done = outlay("rates", "multiple", "cigna", "112.5%", "--from", "2026-12-01", **here)
    assert done.stdout == "From 2026-12-01 on, 112.5% of Medicare's fee is assumed of cigna.\n"
    assert "nothing is assumed" in outlay("rates", "multiple", "cigna", "none", "--from", "2027-01-01", **here).stdout
    connection = await connect(here["OUTLAY_DATABASE_URL"])
    catalogue = await current_catalogue(connection)
    shares = [catalogue.rates.multiple_bp("cigna", date(year, 12, 1)) for year in (2025, 2026, 2027)]
    assert shares == [None, 11_250, None]
    assert (await read_version(connection, catalogue.version)).version == catalogue.version
    await connection.close()
    for wrong in (("cigna", "-3"), ("cigna", "0"), ("cigna", "a lot"), ("nobody", "120")):
        assert outlay("rates", "multiple", *wrong, **here).returncode in (1, 2)
