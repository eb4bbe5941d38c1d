import pytest

from payers.eligibility.npi import is_npi


@pytest.mark.parametrize("npi", ["1234567893", "1999999984", "1342366717", "1245319599"])
def test_a_real_check_digit_fits(npi: str) -> None:
    assert is_npi(npi)


def test_every_other_check_digit_does_not() -> None:
    assert [last for last in range(10) if is_npi(f"123456789{last}")] == [3]


@pytest.mark.parametrize("text", ["", "123456789", "12345678930", "123456789X", "١٢٣٤٥٦٧٨٩٣", " 234567893"])
def test_what_is_not_ten_digits_is_not_one(text: str) -> None:
    assert not is_npi(text)


def test_two_neighbouring_digits_in_the_wrong_order_are_found() -> None:
    assert not is_npi("1234567983")
