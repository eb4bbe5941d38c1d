"""A remittance's lines as rates: per unit, by code and day, and nothing of what does not balance or was taken back."""

from datetime import date

from payers.rates.choose import Line, cents_of
from payers.remittances.in_force import in_force
from payers.remittances.rates import Read, settled
from payers.remittances.read_835 import read_835
from payers.remittances.remittance import Remittances
from tests.payers.remittances.messages_835 import DENIED, REVERSAL, SECOND, SPRAVATO, VISITS, transaction, written

CODES = frozenset({"G2083", "99215", "90837", "99214", "J3490"})


def read(*segments: str, paid: str, codes: frozenset[str] = CODES) -> Read:
    found = read_835(written(transaction(*segments, paid=paid)))
    assert isinstance(found, Remittances)
    return settled(in_force(found).claims, codes)


def test_lines_are_rates_with_their_units_day_and_tax_number() -> None:
    found = read(*SPRAVATO, *VISITS, paid="1142.5")
    assert [
        (each.rate.code, each.rate.amount_cents, each.rate.units, each.rate.serviced_on) for each in found.settled
    ] == [
        ("G2083", 122_562, 1, date(2026, 11, 3)),
        ("99215", 15_000, 1, date(2026, 11, 4)),
        ("90837", 7_400, 2, date(2026, 11, 4)),
    ]
    assert {(each.rate.kind, each.rate.code_type, each.rate.tin) for each in found.settled} == {
        ("allowed", "HCPCS", "123456789"),
        ("allowed", "CPT", "123456789"),
    }


def test_what_gives_no_amount_is_counted() -> None:
    assert read(*DENIED, *SECOND, paid="40")[1:] == (0, 2)
    assert read(*SPRAVATO, *VISITS, paid="1142.5", codes=frozenset({"G2083"}))[1:] == (2, 0)
    assert read(*SPRAVATO, *REVERSAL, paid="0") == Read((), 0, 0)


def test_parts_of_units_are_exact() -> None:
    segments = ("CLP*A*1*10*10*0*12*P*11*1", "SVC*HC:99215*10*10**1.5", "DTM*472*20261103", "AMT*B6*10")
    ((only,), _, _) = read(*segments, paid="10")
    assert cents_of(Line("99215", date(2026, 12, 1), 3), only.rate) == 2_000
