"""Every package of the image has a licence that somebody approved."""

import msgspec
import pytest

from supply.licenses import approves, licensed, policy
from supply.locked import Locked, locked


def test_nothing_in_the_image_has_a_licence_that_nobody_approved() -> None:
    found = licensed(policy(), locked())
    assert len(found) > 50
    assert [each.package.name for each in found if not each.approved] == []


def test_what_nobody_approved_is_found() -> None:
    without = msgspec.structs.replace(policy(), approved=policy().approved - {"MPL-2.0"})
    assert [each.package.name for each in licensed(without, locked()) if not each.approved] == ["certifi"]


def test_a_package_that_was_read_and_is_gone_is_noticed() -> None:
    assert set(policy().read) <= {each.name for each in locked()}


@pytest.mark.parametrize(
    ("expression", "good"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("MIT OR GPL-3.0-only", True),
        ("MIT AND GPL-3.0-only", False),
        ("MIT AND PSF-2.0", True),
    ],
)
def test_an_expression_is_approved_by_one_alternative_as_a_whole(expression: str, good: bool) -> None:
    assert approves(policy(), expression) is good


@pytest.mark.parametrize("package", [Locked("msgspec", "0.0.1", here=True), Locked("no-such-package", "1", here=True)])
def test_what_is_not_installed_as_locked_is_not_judged(package: Locked) -> None:
    with pytest.raises(LookupError, match=package.name):
        licensed(policy(), (package,))
