"""The commands that work in a database, in a real process on a real one."""

from pathlib import Path

import pytest

from payers.catalogue.clinic import ClinicLayer, SitePrice
from payers.catalogue.load import load_release
from service.store.catalogue import add_clinic_rows
from service.store.database import connect
from tests.cli.command import answered, outlay

PRICE_LIST = Path(__file__).parents[2] / "docs/examples/price-list.toml"
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
    assert key_id in outlay("keys", "list", **here | {"COLUMNS": "80"}).stdout

    rotated = outlay("keys", "rotate", key_id, "--old-ends", "in-24-hours", **here)
    assert (rotated.returncode, rotated.stdout.strip()[-4:] in outlay("keys", "list", **here).stdout) == (0, True)
    assert rotated.stdout.strip() != secret

    assert outlay("keys", "revoke", key_id, **here).returncode == 0
    assert outlay("keys", "revoke", key_id, **here).returncode == 1
    assert outlay("keys", "rotate", key_id, **here).returncode == 1
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
    assert (added.returncode, added.stdout) == (0, "Added price: 2.\n")

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


def test_a_clinic_corrects_a_price_by_ending_it_and_adding_another(database_url: str, tmp_path: Path) -> None:
    here = {"OUTLAY_DATABASE_URL": database_url, "COLUMNS": "160"}
    file = tmp_path / "prices.toml"
    row = '[[prices]]\nid = "{}"\ntreatment = "iv-ketamine"\nprice_cents = {}\nvalid_from = {}\n'
    file.write_text(row.format("old", 42000, "2026-01-01"))
    assert outlay("clinic", "add", str(file), **here).returncode == 0

    taken = outlay("clinic", "add", str(file), **here).stderr
    assert "clinic_prices_pkey" in taken
    assert "the id is taken" in taken

    assert "no row has the id other" in outlay("clinic", "end", "other", "--on", "2026-06-30", **here).stderr
    early = outlay("clinic", "end", "old", "--on", "2025-12-31", **here)
    assert (early.returncode, "from 2026-01-01" in early.stderr) == (1, True)
    ended = outlay("clinic", "end", "old", "--on", "2026-06-30", **here)
    assert (ended.returncode, ended.stdout) == (0, "old holds until 2026-06-30.\n")

    file.write_text(row.format("new", 39000, "2026-07-01"))
    assert outlay("clinic", "add", str(file), **here).returncode == 0
    listed = [line.split() for line in outlay("clinic", "list", **here).stdout.splitlines()]
    assert listed == [
        ["KIND", "ID", "ANSWERS", "AMOUNT", "HOLDS"],
        ["price", "new", "iv-ketamine", "$390.00", "from", "2026-07-01"],
        ["price", "old", "iv-ketamine", "$420.00", "from", "2026-01-01", "until", "2026-06-30"],
    ]
    assert [price["id"] for price in answered("clinic", "list", **here)["prices"]] == ["new", "old"]


def test_a_whole_price_list_is_added_listed_and_used(database_url: str) -> None:
    here = {"OUTLAY_DATABASE_URL": database_url, "COLUMNS": "160"}
    added = outlay("clinic", "add", str(PRICE_LIST), **here)
    assert added.returncode == 0, added.stderr
    assert "price: 4, service: 2, package: 1, discount: 2" in added.stdout
    listed = outlay("clinic", "list", **here).stdout
    for words in (
        "iv-ketamine 45 minutes at denver",
        "Six infusions: 6 x iv-ketamine",
        "A up to 200% of poverty",
        "-40%",
        "-$100.00",
        "membership, month",
        "Lender: 24 months at 14.9%",
        "HSA and FSA: yes, superbill: yes",
    ):
        assert words in listed
    question = ("--start", "2026-12-01", "--sessions", "6", "--site", "denver", "--minutes", "45")
    told = outlay(*CASH, *question, "--discount", "veteran", "--database", **here).stdout
    assert "$2,700.00" in told  # six sessions at 500 less 10%
    assert "Veterans: 10% off" in told
    assert "no discount student" in outlay(*CASH, "--discount", "student", "--database", **here).stderr
    assert outlay("clinic", "end", "membership-2026", "--on", "2026-12-31", **here).returncode == 0


PRICE = '[[prices]]\nid = "mine"\ntreatment = "spravato"\nprice_cents = 1\n'
RATE = '[[rates]]\nid = "mine"\npayer = "aetna"\ntreatment = "spravato"\nallowed_cents = 131000\n'
DISCOUNT = '[[discounts]]\nid = "mine"\nkind = "veteran"\n'
SERVICE = '[[services]]\nid = "mine"\nservice = "evaluation"\ncodes = ["90799"]\nprice_cents = 1\n'
RULE = """
[[rules]]
id = "mine"
payer = "aetna"
treatments = ["spravato"]
indications = ["trd"]
status = "covered"
sources = ["contract"]
confidence = "high"
verified_on = 2026-01-01
review_by = 2027-01-01
"""
COMMERCIAL = 'line_of_business = "commercial"\n'
OTHER, LINE, ELSEWHERE = next(
    (payer.slug, line, elsewhere)
    for payer in load_release().payers
    for line, elsewhere in payer.lines_elsewhere.items()
)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (RATE.replace("aetna", "aetnna"), ("rate mine", "write aetna,")),
        (RULE.replace("aetna", "0"), ("rule mine", "write the slug of a payer")),
        (
            RATE.replace("aetna", OTHER) + f'line_of_business = "{LINE}"\n',
            ("rate mine", f"write {ELSEWHERE} as payer"),
        ),
        (RULE, ("rule mine", "(commercial)", "name line_of_business")),
        (PRICE + RATE, ("rate mine", "a price has this id")),
        (RATE.replace("131000", "-1"), ("cents_not_negative", "zero or more")),
        (
            PRICE + "valid_from = 2026-02-01\nvalid_until = 2026-01-01\n",
            ("validity_not_empty", "valid_until is before valid_from"),
        ),
        (DISCOUNT, ("one_of_two", "either off_bp or off_cents")),
        (DISCOUNT + "off_bp = 10001\n", ("basis_points_in_range", "from 0 to 10000")),
        (SERVICE, ("service mine", "90799 is not a code on file")),
        (RATE + "dose_mg = 83\n", ("rate mine", "not given at 83 mg", "write one of 56, 84")),
        (
            PRICE.replace("spravato", "iv-ketamine") + "dose_mg = 84\n",
            ("price mine", "not given at 84 mg", "leave it out"),
        ),
        ('[[payment_policies]]\nid = "mine"\n', ("payment policy mine", "says nothing", "takes_hsa_fsa")),
        (RULE.replace('"contract"', "") + COMMERCIAL, ("sources_not_empty", "at least one source")),
        (RULE.replace("2027", "2025") + COMMERCIAL, ("review_not_before_verification", "before verified_on")),
        (RULE.replace('"trd"', "") + COMMERCIAL, ("rules_answer_something", "one indication")),
    ],
)
def test_rows_that_could_not_answer_are_refused_with_what_to_do(
    database_url: str, tmp_path: Path, rows: str, told: tuple[str, ...]
) -> None:
    here = {"OUTLAY_DATABASE_URL": database_url}
    file = tmp_path / "rows.toml"
    file.write_text(rows)
    refused = outlay("clinic", "add", str(file), **here)
    assert refused.returncode == 1
    assert [words for words in (*told, "Nothing was added") if words not in refused.stderr] == []
    assert not any(answered("clinic", "list", **here).values())


def test_a_rule_is_added_for_its_line_or_for_any_payer_and_listed(database_url: str, tmp_path: Path) -> None:
    here = {"OUTLAY_DATABASE_URL": database_url, "COLUMNS": "160"}
    file = tmp_path / "rules.toml"
    general = RULE.replace("mine", "general").replace("aetna", "*")
    file.write_text(RULE + COMMERCIAL + general + COMMERCIAL)
    assert outlay("clinic", "add", str(file), **here).returncode == 0
    listed = [line.split() for line in outlay("clinic", "list", **here).stdout.splitlines()]
    assert listed[1:] == [
        ["rule", "general", "*", "commercial", "spravato", "for", "trd:", "covered", "-", "always"],
        ["rule", "mine", "aetna", "commercial", "spravato", "for", "trd:", "covered", "-", "always"],
    ]
