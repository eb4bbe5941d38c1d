"""VA copays: who owes none, and the first mental-health visits of a calendar year."""

from datetime import date

import pytest

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.load import load_release
from payers.cost_share.design import Turn
from payers.cost_share.programmes import va
from payers.cost_share.programmes.va import Veteran


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue(load_release())


@pytest.mark.parametrize(
    ("group", "percent", "for_connected", "exempt"),
    [
        (1, None, None, True),
        (5, None, False, True),
        (None, 10, False, True),
        (8, 0, True, True),
        (6, None, False, False),
        (8, 0, False, False),
        # what is told leaves it open
        (None, None, None, None),
        (8, 0, None, None),
        (None, 0, False, None),
    ],
)
def test_who_owes_no_copay(
    group: int | None, percent: int | None, *, for_connected: bool | None, exempt: bool | None
) -> None:
    assert va.exempt(group, percent, for_connected) is exempt


@pytest.mark.parametrize(
    ("owes_nothing", "visits_used", "several"),
    [
        (True, None, [Veteran(True)]),
        (False, 2, [Veteran(False, 2)]),
        (False, None, [Veteran(False, used) for used in range(4)]),
        (None, 9, [Veteran(True), Veteran(False, 9)]),
    ],
)
def test_the_veterans_that_the_facts_leave_possible(
    visits_used: int | None, several: list[Veteran], *, owes_nothing: bool | None
) -> None:
    assert list(va.veterans(owes_nothing, visits_used)) == several


def copays(catalogue: Catalogue, who: Veteran, turn: Turn, *, mental_health: bool = True) -> list[int]:
    design = va.design(catalogue, who, 2026, mental_health=mental_health)
    return sorted(terms.copay_cents for terms in design.terms_for("default", [turn]))


@pytest.mark.parametrize(
    ("used", "numbers"), [(0, [0, 0, 0, 5_000, 5_000]), (2, [0, 5_000, 5_000, 5_000, 5_000]), (7, [5_000] * 5)]
)
def test_the_first_three_visits_of_the_year_are_free(catalogue: Catalogue, used: int, numbers: list[int]) -> None:
    who = Veteran(exempt=False, visits_used=used)
    paid = [copays(catalogue, who, Turn(date(2026, 3, 2), number, running=True)) for number in range(1, 6)]
    assert paid == [[cents] for cents in numbers]


@pytest.mark.parametrize(
    ("turn", "cents"),
    [
        # visits of a year that has not begun are not used up
        (Turn(date(2027, 1, 4), 3, running=False), [0]),
        (Turn(date(2027, 12, 29), 1, running=False), [0]),
        (Turn(date(2027, 12, 30), 1, running=False), [5_000]),
        (Turn(date(2028, 1, 3), 1, running=False), [5_000]),
        # nobody knows which visit of the year it is
        (Turn(date(2026, 3, 2), None, running=False), [0, 5_000]),
    ],
)
def test_when_a_visit_is_free(catalogue: Catalogue, turn: Turn, cents: list[int]) -> None:
    assert copays(catalogue, Veteran(exempt=False, visits_used=3), turn) == cents


def test_a_visit_that_is_not_for_mental_health_is_never_free(catalogue: Catalogue) -> None:
    first = Turn(date(2026, 3, 2), 1, running=True)
    assert copays(catalogue, Veteran(exempt=False), first, mental_health=False) == [5_000]


def test_the_amounts_are_cited(catalogue: Catalogue) -> None:
    design = va.design(catalogue, Veteran(exempt=False), 2026, mental_health=True)
    names = [amount.parameters[0].name for amount in design.amounts(2027)]
    assert names == ["copay-specialty", "mental-health-first-3-visits-per-year"]
    assert [amount.settled for amount in design.amounts(2027)] == [False, True]
