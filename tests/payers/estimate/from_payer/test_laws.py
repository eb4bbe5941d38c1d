"""What holds of every estimate that is made from a payer's answer, whatever the payer said.

Leaving out a row of an answer that says each thing once never narrows the estimate. These rows say something by being
absent, and are left out of that law:

- what is owed at a more exact step: without it the more general row speaks, and the question that this leaves is asked.
- a family's limit: without it the coverage is taken for one person's.
- that a service is limited, not covered, or free of the deductible: without a word of it, it is none of these.

Of two rows that contradict each other each one narrows by leaving the other out, and so is a maximum of nothing, by
which a deductible of nothing is doubted.
"""

from collections.abc import Iterable
from typing import Any

import msgspec
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from payers.cost_share.money import Range, hull
from payers.cost_share.sparse import sparse
from payers.eligibility.plan.read_plan import read_plan
from payers.eligibility.plan.visit import Visit
from payers.estimate.answer import PlanYearTotal
from payers.estimate.from_payer.into_question import Open
from payers.estimate.question import Question
from tests.payers.eligibility.plan.answers import transaction
from tests.payers.estimate.from_payer.checks import COMMERCIAL, TODAY, Json, asked, estimated, read

LAW = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NETWORKS = ("in", "in", "out", "either", "")


def of(*several: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(several)


def dollars(*several: int) -> st.SearchStrategy[str]:
    return of(*several).map(lambda amount: f"${amount}")


LIMIT_ROWS = st.tuples(
    of("C", "C", "G"),
    of("IND", "IND", "FAM", ""),
    of("30", "30", "MH"),
    of("p23", "p23", "p29", "p24", "p25", ""),
    dollars(0, 500, 800, 1_500, 2_000, 6_000),
    of(*NETWORKS),
    of("", "", "", "'TIER 1'", "292=20260701-20270630", "292=20260101-20261231"),
)
SHARE_ROWS = st.tuples(
    of("A 0%", "A 20%", "A 40%", "A 100%", "B $0", "B $20", "B $150", "B"),
    of("30", "30", "MH", "MH", "98", "A4^A8", "88", "HC:G2083", "HC:J0013"),
    of("", "", "", "FAM"),
    of("", "", "@11", "@22"),
    of(*NETWORKS),
    of("", "", "'DEDUCTIBLE WAIVED'", "SPECIALIST"),
)
OTHER_ROWS = of(
    "1 30", "1 MH", "F MH p23 4VS", "F MH p29 2VS", "I MH out", "I 30 out", "I MH", "CB MH auth=Y", "CB MH auth=N"
).map(lambda row: (row,))
ANSWERS = st.lists(SHARE_ROWS | LIMIT_ROWS | LIMIT_ROWS | OTHER_ROWS, max_size=12).map(
    lambda rows: ["1 30", *(" ".join(filter(None, row)) for row in rows)]
)
"""Answers that may contradict themselves in every way."""


def weekly(count: int) -> Json:
    return {"kind": "sessions", "count": count, "every_days": 7}


COURSES: st.SearchStrategy[Json] = st.fixed_dictionaries(
    {"start_on": of("2026-11-25", "2026-12-20", "2027-01-05"), "course": st.integers(1, 8).map(weekly)},
    optional={"network": of("in", "out", None)},
)


def question_of(course: Json, rows: Iterable[str]) -> Question:
    """The question that the answer makes, where nothing of it blocks."""
    found = read(asked(COMMERCIAL | course), "\n".join(rows), TODAY)
    assume(not isinstance(found, Open))
    assert isinstance(found, Question)
    return found


def pays(question: Question) -> tuple[Range, ...]:
    found = estimated(question, TODAY).patient_pays
    return found.first_session, found.typical_session, found.course


def by_year(question: Question) -> list[PlanYearTotal]:
    return list(estimated(question, TODAY).patient_pays.by_plan_year)


def holds(wide: Range, narrow: Range) -> bool:
    return wide.low_cents <= narrow.low_cents and narrow.high_cents <= wide.high_cents


@LAW
@given(ANSWERS, COURSES)
def test_an_estimate_holds_that_of_each_plan_that_may_be_meant_and_no_more(rows: list[str], course: Json) -> None:
    question = question_of(course, rows)
    assume(question.alternative_benefits)
    plans = (question.benefits, *question.alternative_benefits)
    alone = [msgspec.structs.replace(question, benefits=plan, alternative_benefits=()) for plan in plans]
    assert pays(question) == tuple(hull(amounts) for amounts in zip(*map(pays, alone), strict=True))
    if len({plan.plan_year_start for plan in plans if plan}) == 1:
        years = [hull(year.patient_pays for year in same) for same in zip(*map(by_year, alone), strict=True)]
        assert [year.patient_pays for year in by_year(question)] == years


@LAW
@given(ANSWERS, of("in", "out", None), st.randoms(use_true_random=False))
def test_the_order_of_rows_says_nothing(rows: list[str], network: Any, chance: Any) -> None:
    visit = Visit(on=TODAY, network=network, codes=("99215", "G2083"), drug_codes=("G2083", "J0013"))
    shuffled = list(rows)
    chance.shuffle(shuffled)
    one, other = (read_plan(transaction("\n".join(several)), visit, "other", "en") for several in (rows, shuffled))
    assert one.benefits == other.benefits
    assert set(one.alternatives) == set(other.alternatives)
    assert (one.network, one.authorization_required) == (other.network, other.authorization_required)
    assert {(each.kind, each.pointer, each.question, each.blocks) for each in one.questions} == {
        (each.kind, each.pointer, each.question, each.blocks) for each in other.questions
    }
    assert {each.pointer for each in one.terms} == {each.pointer for each in other.terms}


@st.composite
def plain_answers(draw: st.DrawFn) -> tuple[list[str], list[str]]:
    """An answer that says each thing once, and those of its rows that say nothing by being absent."""
    year = draw(of("p23", "292=20260701-20270630"))
    always, removable = ["1 30"], list[str]()
    for network in draw(of(("in",), ("out",), ("in", "out"))):
        for code, least in (("C", 0), ("G", 3_000)):
            own = least + draw(st.integers(0, 3_000))
            removable += [f"{code} IND 30 {year} ${own} {network}", _met(draw, code, "IND", own, network)]
            if draw(st.booleans()):
                family = own + draw(st.integers(0, 6_000))
                always.append(f"{code} FAM 30 {year} ${family} {network}")
                removable.append(_met(draw, code, "FAM", family, network))
        general = draw(of("", "A 30 0%", "A 30 20%", "A 30 50%", "B 30 $30"))
        exact = draw(of("", "A MH 10%", "B MH $40", "B MH $40 @11"))
        removable += [f"{general} {network}"] if general else []
        always += draw(of([], [], [f"A 30 HC:J0013 30% {network}"]))
        always += [f"{exact} {network}"] if exact else []
    if draw(st.booleans()):
        visits = draw(st.integers(1, 10))
        always.append(f"F MH p23 {visits}VS")
        removable.append(f"F MH p29 {draw(st.integers(0, visits))}VS")
    removable += draw(of([], [], ["D 30 'PROVIDER IS IN NETWORK'"]))
    return always, [row for row in removable if row]


def _met(draw: st.DrawFn, code: str, level: str, amount: int, network: str) -> str:
    period = draw(of("", "p29", "p24"))
    return f"{code} {level} 30 {period} ${draw(of(0, amount) | st.integers(0, amount))} {network}" if period else ""


@LAW
@given(plain_answers(), COURSES, st.data())
def test_leaving_out_a_row_never_narrows(
    answer: tuple[list[str], list[str]], course: Json, data: st.DataObject
) -> None:
    always, removable = answer
    left_out = data.draw(st.lists(st.sampled_from(removable), min_size=1, max_size=3, unique=True))
    whole = question_of(course, [*always, *removable])
    left = question_of(course, [*always, *(row for row in removable if row not in left_out)])
    for narrow, wide in zip(pays(whole), pays(left), strict=True):
        assert holds(wide, narrow), (left_out, narrow, wide, whole.benefits and sparse(whole.benefits))
