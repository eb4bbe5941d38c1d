"""What is listed as due: by day, for every kind of value, with the years that nobody has settled."""

from datetime import date
from typing import Any

import msgspec
import pytest

from payers.catalogue import model
from payers.catalogue.catalogue import Catalogue
from payers.catalogue.check import check
from payers.catalogue.clinic import ClinicLayer
from payers.catalogue.load import load_release
from payers.catalogue.model import Cited, Dated, Fee, Parameter, Release, Rule
from payers.catalogue.staleness import CLINIC, KINDS, due, gaps

RELEASE = load_release()
TODAY = date(2026, 11, 23)
FAR = date(2100, 1, 1)
replace = msgspec.structs.replace


def with_amounts(*years: tuple[int, str, bool]) -> Release:
    """A release whose only yearly amounts are those of one deductible: year, status, whether there is an amount."""
    one = next(each for each in RELEASE.parameters if each.name == "deductible")
    parameters: Any = tuple(
        replace(one, id=f"{year}", year=year, status=status, amounts={"amount": 1} if there else {}, review_by=FAR)
        for year, status, there in years
    )
    return replace(RELEASE, parameters=parameters, codes=())


def rule(review_by: date) -> Rule:
    return replace(RELEASE.rules[0], id="our-own", review_by=review_by, verified_on=TODAY)


def test_every_kind_of_cited_value_is_listed_under_a_kind() -> None:
    cited = {
        each
        for each in vars(model).values()
        if isinstance(each, type) and issubclass(each, Cited) and each not in (Cited, Dated)
    }
    assert KINDS.keys() == cited
    on_the_last_day = due(Catalogue(RELEASE), FAR)
    assert {type(each.value) for each in on_the_last_day} == cited


@pytest.mark.parametrize(
    ("review_by", "days_left"),
    [
        (date(2026, 11, 22), -1),
        (TODAY, 0),
        (date(2026, 12, 23), 30),
        (date(2026, 12, 24), None),
    ],
)
def test_a_value_is_listed_from_thirty_days_before_its_day_and_stale_after_it(
    review_by: date, days_left: int | None
) -> None:
    found = due(Catalogue(RELEASE, ClinicLayer(rules=(rule(review_by),))), TODAY)
    ours = [(each.days_left, each.value.stale_on(TODAY)) for each in found if each.file == CLINIC]
    assert ours == ([] if days_left is None else [(days_left, days_left < 0)])


def test_the_longest_overdue_is_first() -> None:
    left = [each.days_left for each in due(Catalogue(RELEASE), date(2027, 3, 1))]
    assert left == sorted(left)
    assert left[0] < 0


def test_what_is_stale_here_is_what_the_check_warns_of() -> None:
    today = date(2027, 3, 1)
    warned = {(each.file, each.key) for each in check(RELEASE, today) if "checked again" in each.problem}
    listed = {(each.file, each.key) for each in due(Catalogue(RELEASE), today) if each.value.stale_on(today)}
    assert warned
    assert warned == listed


@pytest.mark.parametrize(
    ("today", "years"),
    [
        (TODAY, {2026, 2027}),
        (date(2027, 1, 2), {2027}),
        (date(2026, 9, 2), {2026}),
        (date(2026, 9, 3), {2026, 2027}),
    ],
)
def test_a_forecast_is_listed_for_this_plan_year_and_for_the_next_when_it_is_near(today: date, years: set[int]) -> None:
    release = with_amounts(
        (2025, "projected", True), (2026, "not-found", False), (2027, "proposed", True), (2028, "projected", True)
    )
    found = [each.value for each in due(Catalogue(release), today) if each.unsettled]
    assert {each.year for each in found if isinstance(each, Parameter)} == years


def test_a_final_amount_is_not_unsettled() -> None:
    release = with_amounts((2026, "final", True), (2027, "final", True))
    assert not [each for each in due(Catalogue(release), TODAY) if each.unsettled]
    assert gaps(release, TODAY) == []


def test_a_proposed_fee_of_the_next_year_is_unsettled() -> None:
    found = [each for each in due(Catalogue(RELEASE), TODAY) if each.unsettled and isinstance(each.value, Fee)]
    assert {each.key for each in found} == {"codes[G2082].fees[2027-01-01]", "codes[G2083].fees[2027-01-01]"}


@pytest.mark.parametrize(
    ("last", "today", "missed"),
    [
        (2026, TODAY, [(2027, 39)]),
        (2026, date(2026, 8, 1), []),
        (2026, date(2027, 1, 10), [(2027, -9)]),
        (2025, TODAY, [(2026, -326)]),
        (2024, TODAY, []),
    ],
)
def test_a_year_without_an_amount_is_missed_until_the_amount_is_given_up(
    last: int, today: date, missed: list[tuple[int, int]]
) -> None:
    found = gaps(with_amounts((2023, "final", True), (last, "final", True)), today)
    assert [(each.year, each.days_left) for each in found] == missed


def test_an_amount_that_was_never_found_is_not_missed_again() -> None:
    assert gaps(with_amounts((2026, "not-found", False)), TODAY) == []


def test_amounts_of_one_file_are_missed_together() -> None:
    (fees,) = [each for each in gaps(RELEASE, TODAY) if each.file == "codes.toml" and each.year == 2027]
    assert "99215" in fees.names
    assert "G2082" not in fees.names, "its proposed amount is on file"
