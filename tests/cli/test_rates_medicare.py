"""Medicare's own files go into the database whole or not at all, and estimates use the locality's fee."""

from datetime import date
from pathlib import Path

import pytest

from payers.price_files.medicare.fee import Place
from service.cli.failures import Refused
from service.cli.medicare_files import fees_of, read_files
from service.store.catalogue import read_clinic_layer
from service.store.database import connect
from service.store.rates import list_sources, rates_of
from tests.cli.command import answered, outlay
from tests.payers.price_files.medicare import files
from tests.payers.price_files.medicare.files import COLORADO, NATION, SPRAVATO_2025

CODES = frozenset({"G2082", "G2083", "99213"})
DENVER = """
[[localities]]
id = "denver"
carrier = "04112"
locality = "01"
"""


async def test_relative_values_and_localities_price_an_estimate_where_the_clinic_is(
    database_url: str, tmp_path: Path
) -> None:
    here = {"OUTLAY_DATABASE_URL": database_url}
    values, places = tmp_path / "PPRRVU2025_Jan.csv", tmp_path / "GPCI2025.csv"
    values.write_text(files.relative_values(SPRAVATO_2025, month="January"))
    places.write_text(files.localities(COLORADO, NATION))
    clinic = tmp_path / "clinic.toml"
    clinic.write_text(DENVER)
    assert outlay("clinic", "add", clinic, **here).stdout == "Added locality: 1.\n"
    done = outlay("rates", "medicare", values, places, **here)
    assert (done.returncode, done.stdout.partition(" of ")[0]) == (0, "PPRRVU2025_Jan.csv + GPCI2025.csv: fees for 3")
    assert "codes in 04112-01, from 2025-01-01, conversion factor 32.3465." in done.stdout
    assert "Already there" in outlay("rates", "medicare", values, places, **here).stdout

    ask = ("estimate", "--payer", "Medicare", "--treatment", "spravato", "--dose", "84", "--start", "2025-06-02")
    found = answered(*ask, "--sessions", "1", "--place-of-service", "11", "--database", **here)
    assert found["price"]["per_session"] == {"low_cents": 123181, "high_cents": 123181}
    assert [each["title"] for each in found["price"]["citations"]] == ["PPRRVU2025_Jan.csv + GPCI2025.csv (04112-01)"]


async def test_payment_amounts_of_another_locality_and_limits_for_drugs(database_url: str, tmp_path: Path) -> None:
    here = {"OUTLAY_DATABASE_URL": database_url}
    amounts, limits, packages = tmp_path / "PFALL25D.TXT", tmp_path / "ASP.csv", tmp_path / "crosswalk.csv"
    amounts.write_text(files.payment_amounts([("01112", "05", "G2083", "", "1300.01", "40", "A")]))
    limits.write_bytes(files.DRUG_LIMITS.encode("cp1252"))
    other = "J0013,Somebody's name,Somebody,{},Somebody's name,1 MG,1,1,56,56\n"
    more = other.format("50458002800") + other.format("00000000001")
    packages.write_text(files.DRUG_PACKAGES.replace(",84,84", ",80,80") + more)
    differs = "The catalogue says 84 units: look at the package and correct one of them."
    done = outlay("rates", "medicare", amounts, limits, packages, "--locality", "01112-05", **here)
    assert (done.returncode, done.stdout.splitlines()[1:]) == (
        0,
        [
            "ASP.csv: J0013 up to $5.417 for 1 MG, of which the patient pays 18.5%.",
            "NDC 50458002802: J0013, 56 units of 1 MG. The catalogue says the same.",
            f"NDC 50458002803: J0013, 80 units of 1 MG. {differs}",
            "NDC 50458002800: J0013, 56 units of 1 MG. The catalogue does not have it under J0013.",
            "NDC 00000000001: J0013, 56 units of 1 MG. The catalogue does not have it.",
        ],
    )
    connection = await connect(database_url)
    (fee,) = (await read_clinic_layer(connection)).medicare_fees
    sources = {source.kind: source for source in await list_sources(connection)}
    assert sources["medicare-asp"].name == "ASP.csv (Q3 2026)"
    (limit,) = await rates_of(connection, [sources["medicare-asp"].id])
    await connection.close()
    assert (fee.locality, fee.nonfacility_cents, fee.facility_cents) == ("05", 130001, 4000)
    assert str(fee.valid_from) == "2025-10-01"
    assert (limit.code, limit.amount_cents, limit.units) == ("J0013", 5417, 10)


def test_what_does_not_belong_together_is_refused(tmp_path: Path) -> None:
    non_qp, qp, places, amounts = (tmp_path / name for name in ("nonQPP.csv", "QPP.csv", "GPCI.csv", "amounts.txt"))
    non_qp.write_text(files.relative_values(SPRAVATO_2025, "33.4009", year=2026, month="Corrected"))
    qp.write_text(files.relative_values(SPRAVATO_2025, "33.5675", year=2026))
    places.write_text(files.localities(COLORADO))
    amounts.write_text(files.payment_amounts([("04112", "01", "G2083", "", "1300", "40", "A")]))
    denver, nowhere, january = [Place("04112", "01")], [Place("04112", "99")], date(2025, 1, 1)
    for paths, where, codes, first_day, told in (
        ((non_qp, qp, places), denver, CODES, None, "relative values: 2"),
        ((non_qp,), denver, CODES, None, "localities: 0"),
        ((non_qp, places), denver, CODES, None, "does not say from which day on it holds"),
        ((qp, places), denver, CODES, None, "begins on 2026-07-01, but what goes with it is of 2025"),
        ((amounts,), denver, CODES, None, "does not say from which day on it holds"),
        ((amounts,), nowhere, CODES, january, "has no fee for 04112-99"),
        ((amounts,), denver, {"99213"}, january, "has no fee for 04112-01"),
        ((amounts,), [], CODES, january, "no locality is wanted"),
        ((tmp_path / "clinic.toml",), denver, CODES, None, "none of Medicare's price files"),
    ):
        (tmp_path / "clinic.toml").write_text(DENVER)
        with pytest.raises(Refused) as refused:
            fees_of(read_files(paths, where, codes), where, first_day)
        assert told in refused.value.message
        assert "Nothing was imported." in refused.value.message


async def test_a_wrong_file_among_others_changes_nothing(database_url: str, tmp_path: Path) -> None:
    here = {"OUTLAY_DATABASE_URL": database_url}
    amounts, limits = tmp_path / "PFALL25A.TXT", tmp_path / "ASP.csv"
    amounts.write_text(files.payment_amounts([("04112", "01", "G2083", "", "1300", "40", "A")]))
    limits.write_text(files.DRUG_LIMITS.replace("J0013", "J9999"))
    refused = outlay("rates", "medicare", amounts, limits, "--locality", "04112-01", **here)
    assert (refused.returncode, "It names J3490 without one" in refused.stderr) == (1, True)
    assert outlay("rates", "medicare", amounts, "--locality", "Denver", **here).returncode == 2
    connection = await connect(database_url)
    assert (await read_clinic_layer(connection)).medicare_fees == ()
    assert await list_sources(connection) == []
    await connection.close()
