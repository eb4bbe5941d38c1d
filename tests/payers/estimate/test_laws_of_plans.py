"""What holds of every plan with everything a plan can have, and of whoever pays beside it.

Exactness has exceptions, which nobody's answer to a question would end (`left_open`). Inputs that mean something else
when they are absent are named in `FIXED` and in `removable`.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, cast

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.load import load_release
from payers.cost_share.money import Range, exactly
from payers.estimate import answer
from payers.estimate.answer import Answer, LineAnswer
from payers.estimate.estimate import Refusal
from payers.estimate.question import Question
from tests.payers.estimate.random_plans import CARD, TODAY, Json, questions, second_plans

CATALOGUE = Catalogue(load_release())
LAW = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


ALONE: Json = {"assistance": [], "other_coverage": []}


def ask(asked: Json, today: date = TODAY) -> Answer:
    found = answer(CATALOGUE, msgspec.convert(asked, Question, strict=False), today, id="receipt", created_at="now")
    assume(not isinstance(found, Refusal))
    assert isinstance(found, Answer)
    return found


def headline(found: Answer) -> dict[str, Range]:
    pays = found.patient_pays
    return {"first": pays.first_session, "typical": pays.typical_session, "course": pays.course}


def within(inner: Range, outer: Range) -> bool:
    return outer.low_cents <= inner.low_cents <= inner.high_cents <= outer.high_cents


def parts(line: LineAnswer) -> tuple[Range, ...]:
    return line.plan_pays, line.other_payers_pay, line.assistance, line.patient_pays, line.write_off


# Money


@LAW
@given(questions())
def test_the_parts_of_every_line_add_up_and_none_is_negative(asked: Json) -> None:
    found = ask(asked)
    for line in (line for session in found.sessions for line in session.lines):
        shared = (line.deductible, line.copay, line.coinsurance, line.not_covered, line.balance_bill)
        assert all(0 <= part.low_cents <= part.high_cents for part in (line.allowed, *shared, *parts(line)))
        due, paid = line.allowed + line.balance_bill, sum(parts(line), exactly(0))
        if all(part.exact for part in (due, *parts(line))):
            assert due == paid
        assert due.low_cents <= paid.high_cents
        assert paid.low_cents <= due.high_cents


@LAW
@given(questions())
def test_sessions_and_plan_years_add_up_to_the_course_which_holds_what_is_typical(asked: Json) -> None:
    found = ask(asked)
    course = found.patient_pays.course
    sessions = sum((session.patient_pays for session in found.sessions), exactly(0))
    assert within(course, sessions)
    assert sum((year.patient_pays for year in found.patient_pays.by_plan_year), exactly(0)) == course
    assert within(exactly(found.typical.course_cents), course)
    assert within(exactly(found.typical.first_session_cents), found.patient_pays.first_session)


@LAW
@given(questions(("aetna",)), st.data())
def test_sessions_and_plan_years_hold_the_course_in_every_world(asked: Json, data: st.DataObject) -> None:
    """Whoever pays, and on whichever days the years of a plan that may pay first start."""
    for _ in range(data.draw(st.integers(1, 3))):
        asked = without(asked, data.draw(st.sampled_from([path for path in removable(asked) if path != ("course",)])))
    found = ask(asked)
    pays = found.patient_pays
    assert within(pays.course, sum((session.patient_pays for session in found.sessions), exactly(0)))
    assert within(pays.course, sum((year.patient_pays for year in pays.by_plan_year), exactly(0)))


@LAW
@given(questions(("aetna",), simple=True))
def test_a_plan_year_never_asks_for_more_than_its_maximum(asked: Json) -> None:
    """Of one person under a plan whose maximum counts everything, with no help that it does not count."""
    limit = asked["benefits"]["out_of_pocket_max"]
    assume("family_cents" not in limit)
    asked = asked | ALONE
    spent: dict[int, int] = {}
    for session in ask(asked).sessions:
        for line in session.lines:
            share_cents = line.deductible.high_cents + line.copay.high_cents + line.coinsurance.high_cents
            spent[session.plan_year] = spent.get(session.plan_year, 0) + share_cents
    assert all(cents <= limit["individual_cents"] for cents in spent.values())


@settings(LAW, max_examples=60)
@given(questions(("aetna",), simple=True), st.data())
def test_the_rest_of_a_course_costs_the_same_asked_after_any_of_its_sessions(asked: Json, data: st.DataObject) -> None:
    """On the day of that session, with what the answer says is then left of a person's limits."""
    benefits, found = asked["benefits"], ask(asked | ALONE)
    limits = ("deductible", "out_of_pocket_max")
    assume(len(found.sessions) > 1 and not any("family_cents" in benefits[name] for name in limits))
    done = data.draw(st.integers(1, len(found.sessions) - 1))
    last, rest = found.sessions[done - 1], found.sessions[done:]
    met: Json = {}
    for name, left in zip(limits, (last.deductible_remaining, last.out_of_pocket_remaining), strict=True):
        assert left is not None
        met[name] = benefits[name] | {"individual_met_cents": benefits[name]["individual_cents"] - left.low_cents}
    later = {name: told for name, told in asked.items() if name != "start_on"} | ALONE
    later |= {"course": {"kind": "dates", "dates": [session.on.isoformat() for session in rest]}}
    again = ask(later | {"benefits": benefits | met}, last.on)
    assert [session.patient_pays for session in again.sessions] == [session.patient_pays for session in rest]


# Exactness


OF_THE_SESSION = {"copay_cents", "coinsurance_min_cents", "coinsurance_max_cents"}
"""Terms that a session has once, whichever of its lines they fall on."""


def falls_once(benefits: Json, names: set[str]) -> bool:
    """Whether a plan has one of these terms for a session as a whole, in its network or outside."""
    none: Json = {}
    shares = benefits.get("cost_shares", none), benefits.get("out_of_network", none).get("cost_shares", none)
    return any(names & terms.get("default", none).keys() for terms in shares)


def left_open(asked: Json, found: Answer) -> bool:
    """What nobody can tell, although every input is told.

    - amounts of a year that nobody published; those of programmes that pay second are told by no notice.
    - the visit's and the drug's part of Medicare's single amount, for Medicare and TRICARE behind a plan with terms of
      their own for each; what TRICARE credits to its own limits beside other insurance, and what is met of them.
    - what a group plan of current employment leaves, which pays before Medicare; what other coverage pays alone where
      the clinician has left Medicare.
    - whether Plan N's office copay belongs to a session, whether Medicaid covers what the first payer does not.
    - whether an accumulator counts what the patient pays beside the card.
    - on which of drug and visit the one copay, floor or ceiling of a session falls, where a card or a second plan sets
      them apart.
    - what was met in the last quarter, for a carry-over; what the rest of a family paid before a change of tier.
    - of which amount a Medicare Advantage plan figures the share outside its network where the clinic does not take
      assignment, and what a second plan with an amount of its own sees of a balance bill; a second plan's visits,
      carry-over and change of tier, which are not followed.
    """
    none: Json = {}
    others: dict[str, Json] = {other["kind"]: other for other in asked["other_coverage"]}
    benefits, second = asked["benefits"], others.get("commercial", none)
    split = any(line.component == "drug" for session in found.sessions for line in session.lines)
    next_year = any(session.on.year > TODAY.year for session in found.sessions)
    medigap = others.get("medigap", none) if asked["payer"] == "medicare" else none
    change, outside = benefits.get("tier_change"), asked.get("network") == "out"
    perhaps_alone = {"commercial", "medicaid", *(["tricare-for-life"] if next_year else [])}
    alone = asked.get("medicare_assignment") == "opted-out" and not perhaps_alone.isdisjoint(others)
    not_followed = {"visit_limit", "carry_over", "tier_change"}
    once = falls_once(benefits, OF_THE_SESSION) and bool(asked.get("assistance") or second)
    return (
        any(notice.kind == "amount-not-final" for notice in found.notices)
        or (next_year and ("medicare" in others or "met_cents" in medigap))
        or ("medicare" in others and split)
        or (split and (once or falls_once(second.get("benefits", none), OF_THE_SESSION)))
        or "tricare" in others
        or alone
        or (asked["payer"] != "aetna" and "commercial" in others and second.get("facts", none).get("active", True))
        or medigap.get("plan") == "N"
        or ("medicaid" in others and "visit_limit" in benefits)
        or any(card["policy"] == "accumulator" for card in asked.get("assistance", []))
        or "carry_over" in benefits
        or (change is not None and any("family_cents" in change[name] for name in ("deductible", "out_of_pocket_max")))
        or (outside and asked["payer"] == "aetna-ma" and asked["medicare_assignment"] == "not-accepted")
        or (outside and "allowed_per_session" in second)
        or bool(not_followed & set(second.get("benefits", none)))
        or ("facts" in second and bool(not_followed & set(benefits)))
    )


@LAW
@given(questions())
def test_every_input_told_gives_one_number(asked: Json) -> None:
    found = ask(asked)
    assume(not left_open(asked, found))
    assert all(amount.exact for amount in headline(found).values())
    assert all(session.patient_pays.exact for session in found.sessions)


# Ranges nest

FIXED = {
    # who is meant, and what the law or the label takes for granted
    *("payer", "treatment", "state", "line_of_business", "indication", "place_of_service", "medicare_assignment"),
    # absent means none, apart, or as usual
    *("other_coverage", "assistance", "family_cents", "family_rule", "cross_credit", "coinsurance_max"),
    *("deductible_counts_to_maximum", "carry_over", "visit_limit", "tier_change", "pharmacy", "out_of_network"),
    *("drug", "visit", "infusion", "benefit_bank", "facts", "first_plan", "high_deductible", "every_days"),
    *("patient_share_bp", "copay_cents", "coinsurance_min_cents", "coinsurance_max_cents", "deductible_applies"),
    *("copay_credits_deductible", "copay_counts_to_maximum", "copay_after_maximum"),
    # whole values
    *("kind", "program", "holder", "count", "dates", "low_cents", "high_cents", "visits", "on"),
}
Path = tuple[str | int, ...]
LEGACY = {"copay_credits_deductible", "copay_counts_to_maximum", "copay_after_maximum"}
"""Terms of older plans, foreseen only where they are told."""


def removable(told: Any, at: Path = ()) -> Iterator[Path]:
    """The paths of the inputs that may be taken away.

    A pharmacy's terms outside the network are not: where none are told, those inside hold there too. Nor are terms that
    set drug and visit apart: without them a second payer looks at the session as one. Nor is a limit on visits, which
    nobody foresees.
    """
    for name, value in entries(told):
        path = (*at, name)
        fixed = (
            isinstance(name, int)
            or name in FIXED
            or LEGACY & names(value)
            or at[-1:] == ("pharmacy",)
            or {"drug", "visit", "visit_limit"} & names(value)
            or ("out_of_network" in path and "pharmacy_drug" in {name} | names(value))
            or "tier_change" in at
            or (at[:1] == ("other_coverage",) and name in ("plan", "allowed_per_session"))
            or (name == "plan_year_start" and "tier_change" in told)
        )
        if not fixed:
            yield path
        yield from removable(value, path)


def names(value: Any) -> set[str | int]:
    """Every name within a value."""
    return {inner for name, each in entries(value) for inner in (name, *names(each))}


def entries(value: Any) -> Iterable[tuple[str | int, Any]]:
    """What an object or an array holds."""
    if isinstance(value, dict):
        return cast("Json", value).items()
    return enumerate(cast("list[Any]", value)) if isinstance(value, list) else ()


def without(asked: Json, path: Path) -> Json:
    left: Json = msgspec.json.decode(msgspec.json.encode(asked))  # parts that are alike may be one object
    inner: Any = left
    for key in path[:-1]:
        inner = inner[key]
    del inner[path[-1]]
    return left


@LAW
@given(questions(), st.data())
def test_ranges_nest_when_inputs_are_removed_one_after_another(asked: Json, data: st.DataObject) -> None:
    former = ask(asked)
    for _ in range(data.draw(st.integers(1, 4))):
        paths = list(removable(asked))
        asked = without(asked, data.draw(st.sampled_from(paths)))
        left = ask(asked)
        for name, wide in headline(left).items():
            assert within(headline(former)[name], wide), name
        assert within(exactly(left.typical.course_cents), left.patient_pays.course)
        assert within(exactly(left.typical.first_session_cents), left.patient_pays.first_session)
        former = left


# More benefit


@LAW
@given(questions(("aetna",), simple=True), st.data())
def test_a_better_plan_never_costs_the_patient_more(asked: Json, data: st.DataObject) -> None:
    """A lower deductible, maximum, share or copay, or more met. A copay before the deductible may be better higher."""
    asked = asked | ALONE
    better: Json = msgspec.json.decode(msgspec.json.encode(asked))
    benefits: Json = better["benefits"]
    shares = benefits["cost_shares"]
    what = data.draw(st.sampled_from(["deductible", "out_of_pocket_max", *shares]))
    if what in shares:
        assume(shares[what].get("copay_timing") != "before-deductible")
        terms = {"patient_share_bp", "copay_cents", "coinsurance_max_cents"} & shares[what].keys()
        name = data.draw(st.sampled_from(sorted(terms)))
        low = shares[what].get("coinsurance_min_cents", 0) if name == "coinsurance_max_cents" else 0
        shares[what][name] = data.draw(st.integers(low, shares[what][name]))
    else:
        limit, name = benefits[what], data.draw(st.sampled_from(["individual_cents", "individual_met_cents"]))
        limit[name] = data.draw(st.integers(limit["individual_met_cents"], limit["individual_cents"]))
    assert ask(better).patient_pays.course.high_cents <= ask(asked).patient_pays.course.high_cents


@LAW
@given(questions(), st.one_of(second_plans(), st.just({"kind": "medicaid", "group": "full", "accepts_medicaid": True})))
def test_another_payer_never_costs_the_patient_more(asked: Json, other: Json) -> None:
    """One that pays second: where it pays first the first plan's deductible may come later.

    Where drug and visit share a floor, a ceiling or a copay that uses up deductible, what it comes to once they stand
    apart is held wider. A share of each is rounded by itself, so of a session that a second plan sets apart a cent more
    may be left.
    """
    assume("facts" not in other)
    assume(not falls_once(asked["benefits"], OF_THE_SESSION - {"copay_cents"} | {"copay_credits_deductible"}))
    alone = asked | ALONE
    found = ask(alone | {"other_coverage": [other]})
    rounded_cents = len(found.sessions) if {"drug", "visit"} & names(other) else 0
    assert found.patient_pays.course.high_cents <= ask(alone).patient_pays.course.high_cents + rounded_cents


@LAW
@given(questions(("aetna",)), CARD)
def test_a_card_that_counts_never_costs_the_patient_more(asked: Json, card: Json) -> None:
    """Beside a card with nothing left, which sets drug and visit apart as well."""
    alone, counts = asked | ALONE, card | {"policy": "counts"}
    course = ask(alone | {"assistance": [counts]}).patient_pays.course
    spent = ask(alone | {"assistance": [counts | {"remaining_cents": 0}]}).patient_pays.course
    assert course.high_cents <= spent.high_cents


# The same question

OUT_OF_REACH = {"individual_cents": 90_000_000, "individual_met_cents": 0}


def with_many_visits(asked: Json) -> Json:
    assume("visit_limit" not in asked["benefits"])
    return asked | {"benefits": asked["benefits"] | {"visit_limit": {"visits": 300, "used": 0}}}


def with_coinsurance_out_of_reach(asked: Json) -> Json:
    assume("coinsurance_max" not in asked["benefits"])
    return asked | {"benefits": asked["benefits"] | {"coinsurance_max": OUT_OF_REACH}}


def with_a_family_out_of_reach(asked: Json) -> Json:
    benefits: Json = asked["benefits"]
    assume("tier_change" not in benefits)
    of_family = {
        name: limit | {"family_cents": 90_000_000, "family_met_cents": limit["individual_met_cents"]}
        for name in ("deductible", "out_of_pocket_max")
        if "family_cents" not in (limit := benefits[name])
    }
    return asked | {"benefits": benefits | of_family}


def with_others_the_other_way_round(asked: Json) -> Json:
    return asked | {"other_coverage": asked["other_coverage"][::-1]}


def by_its_days(asked: Json) -> Json:
    dates = [session.on.isoformat() for session in ask(asked).sessions]
    assume(asked["course"]["kind"] != "dates" and len(dates) == asked["course"]["count"])
    return {name: told for name, told in asked.items() if name != "start_on"} | {
        "course": {"kind": "dates", "dates": dates}
    }


@pytest.mark.parametrize(
    "differently",
    [
        with_many_visits,
        with_coinsurance_out_of_reach,
        with_a_family_out_of_reach,
        with_others_the_other_way_round,
        by_its_days,
    ],
)
@settings(LAW, max_examples=20)
@given(asked=questions(("aetna", "aetna-ma")))
def test_what_changes_nothing_changes_no_amount(differently: Callable[[Json], Json], asked: Json) -> None:
    """A limit that nobody reaches, another order of the same, the days in place of their number."""
    assume(not any("facts" in other for other in asked["other_coverage"]))  # the plan behind is followed less closely
    assert headline(ask(differently(asked))) == headline(ask(asked))


@LAW
@given(questions(), st.data())
def test_the_same_question_gives_the_same_bytes(asked: Json, data: st.DataObject) -> None:
    if data.draw(st.booleans()):
        asked = without(asked, data.draw(st.sampled_from(list(removable(asked)))))
    encode = msgspec.json.Encoder().encode
    again: Json = msgspec.json.decode(msgspec.json.encode(asked))
    assert encode(ask(asked)) == encode(ask(again))
