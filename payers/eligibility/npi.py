"""The check digit of a National Provider Identifier, which tells a slip of the finger from a provider."""

_PREFIX = "80840"
"""80 for health applications, 840 for the United States: the digit is computed as if it stood before every NPI."""


def is_npi(text: str) -> bool:
    """Whether it is ten digits of which the last fits the others.

    Luhn's formula over the NPI with its prefix (69 FR 3434 of 2004-01-23, for 45 CFR 162.406; ISO/IEC 7812-1). Whether
    such a provider exists only the registry knows.
    """
    if len(text) != 10 or not (text.isascii() and text.isdigit()):
        return False
    digits = [int(digit) for digit in reversed(_PREFIX + text)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
