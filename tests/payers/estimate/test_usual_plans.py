"""Typical plans in the place of the patient's: inside what is possible, and told month by month."""

from datetime import date
from itertools import pairwise

import pytest

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.load import load_release
from payers.catalogue.vocabulary import Treatment
from payers.cost_share.money import Range
from payers.estimate.estimate import Estimate, estimate
from payers.estimate.question import PriceInput, Prices, Question, SessionsCourse
from payers.estimate.usual_plans import usual_course

CATALOGUE = Catalogue(load_release())
TODAY = date(2026, 11, 23)
ACTIVE = [payer.slug for payer in CATALOGUE.release.payers if payer.status == "active"]


def asked(payer: str, treatment: Treatment = "spravato", prices: Prices | None = None) -> Estimate:
    question = Question(
        payer=payer,
        treatment=treatment,
        indication="trd",
        start_on=TODAY,
        course=SessionsCourse(count=12),
        network="in",
        authorization="approved",
        prices=prices,
    )
    found = estimate(CATALOGUE, question, TODAY)
    assert isinstance(found, Estimate)
    return found


def holds(outer: Range, inner: Range) -> bool:
    return outer.low_cents <= inner.low_cents <= inner.high_cents <= outer.high_cents


@pytest.mark.parametrize("payer", ACTIVE)
@pytest.mark.parametrize("treatment", ["spravato", "iv-ketamine"])
def test_what_is_usual_is_possible(payer: str, treatment: Treatment) -> None:
    found = asked(payer, treatment)
    either = usual_course(found, (False, True))
    for met in (False, True):
        one = usual_course(found, (met,))
        assert holds(found.headline.course, either.course)
        assert holds(either.course, one.course)
        assert [month.first for month in one.months] == [month.first for month in either.months]
        for month in either.months:
            assert month.patient_pays.high_cents <= either.course.high_cents
        assert sum(month.sessions for month in one.months) == len(found.main.slots)


def test_a_deductible_is_paid_off_and_starts_again_in_january() -> None:
    exact = PriceInput(low_cents=100_000, high_cents=100_000)
    found = asked("aetna", prices=Prices(allowed_per_session=exact))
    not_met, met = usual_course(found, (False,)), usual_course(found, (True,))
    assert {design.line_of_business for design in not_met.designs} == {"commercial"}
    assert len(not_met.designs) > 1

    november, december, january = (month.patient_pays for month in not_met.months)
    # By then no typical plan has a deductible left of three sessions at 1,000 dollars but the largest ones.
    assert november.low_cents == 100_000 + 88_600 + 2_280 + 20_000
    assert december.low_cents == 7 * 20_000
    # Both sessions of the new year fall into a deductible that nobody has paid.
    assert january.high_cents == 200_000
    assert met.months[0].patient_pays.low_cents == 3 * 20_000
    assert met.months[-1].patient_pays.high_cents == january.high_cents


@pytest.mark.parametrize(("payer", "treatment"), [("self-pay", "iv-ketamine"), ("medicare", "spravato")])
def test_without_a_plans_terms_the_estimate_stands(payer: str, treatment: Treatment) -> None:
    found = asked(payer, treatment)
    usual = usual_course(found, (True,))
    assert usual.designs == ()
    assert (usual.first, usual.typical, usual.course) == found.headline


def test_the_employers_plans_stand_for_a_part_sold_alone() -> None:
    found = usual_course(asked("carelon"), (False,))
    assert {design.line_of_business for design in found.designs} == {"commercial"}
    advantage = usual_course(asked("humana"), (False,))
    assert {design.line_of_business for design in advantage.designs} == {"medicare-advantage"}
    assert all(before.first < after.first for before, after in pairwise(advantage.months))
