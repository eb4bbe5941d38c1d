"""Which language a reader gets."""

import pytest

from service.api.parameters import language


@pytest.mark.parametrize(
    ("accept", "spoken"),
    [
        (None, "en"),
        ("", "en"),
        ("es", "es"),
        ("es-MX,es;q=0.9,en;q=0.8", "es"),
        ("en-US,en;q=0.9,es;q=0.8", "en"),
        ("en;q=0.1,es;q=0.2", "es"),
        ("fr,es;q=0.5", "es"),
        ("est", "en"),
        ("es;q=0", "en"),
        ("es;q=nonsense", "en"),
    ],
)
def test_the_browsers_preference(accept: str | None, spoken: str) -> None:
    assert language(None, accept) == spoken


def test_a_language_asked_for_goes_before_it() -> None:
    assert language("en", "es") == "en"
