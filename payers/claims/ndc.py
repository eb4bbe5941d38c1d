"""National drug codes as people write them: three segments of 5-4-2 digits, with or without zeros and dashes."""

import re

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.model import Ndc

_SEGMENTS = re.compile(r"([0-9]{1,5})-([0-9]{1,4})-([0-9]{1,2})")
_SHORTER = ((4, 4), (5, 3), (5, 4))
"""Where the first two segments of ten digits without dashes may end."""


def readings(text: str) -> frozenset[str]:
    """The eleven digits that a text may stand for: none when it is no drug code, three for ten digits undashed."""
    plain = text.strip().upper().removeprefix("N4").replace(" ", "")
    if parts := _SEGMENTS.fullmatch(plain):
        return frozenset({_padded(*parts.groups())})
    if not re.fullmatch("[0-9]{10,11}", plain):
        return frozenset()
    if len(plain) == 11:
        return frozenset({plain})
    return frozenset(
        _padded(plain[:first], plain[first : first + second], plain[first + second :]) for first, second in _SHORTER
    )


def _padded(labeler: str, product: str, package: str) -> str:
    return f"{labeler:>05}{product:>04}{package:>02}"


def known(catalogue: Catalogue, text: str) -> Ndc | None:
    """The drug code on file that the text stands for."""
    read = readings(text)
    return next((each for each in catalogue.release.ndcs if readings(each.ndc) & read), None)
