"""The commands that work in a database, in a real process on a real one."""

from pathlib import Path

from payers.catalogue.clinic import ClinicLayer, SitePrice
from service.store.catalogue import add_clinic_rows
from service.store.database import connect
from tests.cli.command import answered, outlay

CASH = ("estimate", "--payer", "self-pay", "--treatment", "iv-ketamine")


def test_a_key_is_shown_once_listed_without_its_secret_and_revoked_once(database_url: str) -> None:
    here = {"OUTLAY_DATABASE_URL": database_url, "COLUMNS": "160"}
    made = outlay("keys", "create", "--name", "front-desk", "--scope", "estimates:read", **here)
    secret = made.stdout.strip()
    assert (made.returncode, len(secret.split())) == (0, 1)
    key_id = made.stderr.split()[1]

    listed = outlay("keys", "list", **here).stdout
    assert all(word in listed for word in ("front-desk", key_id, secret[-4:], "estimates:read", "in use"))
    assert secret not in listed

    assert outlay("keys", "revoke", key_id, **here).returncode == 0
    assert outlay("keys", "revoke", key_id, **here).returncode == 1
    assert "revoked on" in outlay("keys", "list", **here).stdout


def test_a_key_of_an_unheard_of_scope_or_already_expired_is_a_wrong_command_line() -> None:
    assert outlay("keys", "create", "--name", "x", "--scope", "everything").returncode == 2
    assert outlay("keys", "create", "--name", "x", "--scope", "admin", "--expires", "2020-01-01").returncode == 2


def test_migrate_and_seed_do_nothing_twice(database_url: str) -> None:
    here = {"OUTLAY_DATABASE_URL": database_url}
    assert "Nothing to do" in outlay("migrate", **here).stdout
    assert "Already there" in outlay("seed", **here).stdout


async def test_an_estimate_from_the_database_knows_the_clinic_s_own_price(database_url: str) -> None:
    price = SitePrice(id="iv", treatment="iv-ketamine", price_cents=42000)
    connection = await connect(database_url)
    await add_clinic_rows(connection, ClinicLayer(prices=(price,)))
    await connection.close()

    from_database = answered(*CASH, "--database", OUTLAY_DATABASE_URL=database_url)
    assert from_database["price"]["per_session"] == {"low_cents": 42000, "high_cents": 42000}
    assert answered(*CASH)["price"]["per_session"] == {"low_cents": 35000, "high_cents": 80000}


def test_the_clinic_s_rows_come_from_a_file_all_or_none(database_url: str, tmp_path: Path) -> None:
    here = {"OUTLAY_DATABASE_URL": database_url}
    file = tmp_path / "prices.toml"
    row = """
[[prices]]
id = "iv-{0}"
treatment = "iv-ketamine"
price_cents = {1}
valid_from = {0}-01-01
"""
    file.write_text(row.format(2026, 42000) + "valid_until = 2026-12-31\n" + row.format(2027, 43000))
    added = outlay("clinic", "add", str(file), **here)
    assert (added.returncode, added.stdout) == (0, "Added 2 prices, 0 rates, 0 rules.\n")

    asked = answered(*CASH, "--start", "2026-12-01", "--sessions", "6", "--database", **here)
    assert asked["price"]["basis"] == "site-price"
    assert asked["patient_pays"]["course"] == {"low_cents": 252000, "high_cents": 252000}

    file.write_text(row.format(2025, 40000))
    refused = outlay("clinic", "add", str(file), **here)
    assert refused.returncode == 1
    assert "clinic_prices" in refused.stderr
    assert "Nothing was added" in refused.stderr

    file.write_text("[[prices]]\nid = 1\n")
    assert "does not fit" in outlay("clinic", "add", str(file), **here).stderr
