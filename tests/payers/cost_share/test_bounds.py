"""The bounds of a course hold every course they stand for.

The concrete courses are adjudicated by a slow reference that follows the written order of operations with exact
fractions, and shares no line with the engine.
"""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import NamedTuple

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from payers.cost_share.adjudicate import UNLIMITED_CENTS, Terms, settled
from payers.cost_share.bounds import CourseBounds, LineBounds, Period, run
from payers.cost_share.ledger import Balance, Opening, opens, together
from payers.cost_share.line import MEDICAL, OUT_OF_NETWORK, Line, Visit
from payers.cost_share.money import Range, exactly
from payers.cost_share.plan import CopayTiming, CostShare

TIMINGS: tuple[CopayTiming, ...] = ("flat-no-deductible", "after-deductible", "before-deductible")
MOST = 400
"""Small amounts meet each other's limits more often than large ones."""


# The reference.


class Limits(NamedTuple):
    """What is left of one limit of the reference, for the member and the family; None is no such limit.

    Without any, nothing is left of a deductible and there is no end of a maximum.
    """

    member: int | None
    family: int | None
    aggregate: bool

    def left(self, without: int) -> Fraction:
        counted = [self.family] if self.aggregate else [self.member, self.family]
        return Fraction(min((cents for cents in counted if cents is not None), default=without))

    def credit(self, cents: int) -> "Limits":
        def reduced(left: int | None) -> int | None:
            return None if left is None else max(0, left - cents)

        return Limits(reduced(self.member), reduced(self.family), self.aggregate)


class Paid(NamedTuple):
    """One line of the reference."""

    deductible: int
    copay: int
    coinsurance: int
    not_covered: int
    balance_bill: int

    @property
    def counts(self) -> int:
        return self.deductible + self.copay + self.coinsurance

    @property
    def patient(self) -> int:
        return self.counts + self.not_covered + self.balance_bill


def to_the_cent(amount: Fraction) -> int:
    exact = Decimal(amount.numerator) / Decimal(amount.denominator)
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def reference(fee: int, charge: int | None, terms: CostShare, deductible: Limits, maximum: Limits) -> Paid:
    """One line in the written order. `terms` has nothing left open."""
    allowed = fee if charge is None else min(fee, charge)
    excess = 0 if charge is None else charge - allowed
    if not terms.covered:
        return Paid(0, 0, 0, allowed, excess)
    share = Fraction(terms.patient_share_bp or 0, 10_000)
    copay_told = terms.copay_cents or 0
    left = deductible.left(without=0)
    match terms.copay_timing:
        case "before-deductible":
            copay = min(copay_told, allowed)
            taken = min(left, allowed - copay) if terms.deductible_applies else 0
        case "after-deductible":
            taken = min(left, allowed) if terms.deductible_applies else 0
            copay = min(copay_told, allowed - taken)
        case _:
            flat = terms.copay_cents is not None
            taken = min(left, allowed) if terms.deductible_applies and not flat else 0
            copay = min(copay_told, allowed - taken)
    gross = terms.coinsurance_base == "gross-of-copay"
    base = allowed - taken - (0 if gross else copay)
    coinsurance = to_the_cent(base * share)
    if terms.coinsurance_min_cents is not None:
        coinsurance = max(coinsurance, terms.coinsurance_min_cents)
    if terms.coinsurance_max_cents is not None:
        coinsurance = min(coinsurance, terms.coinsurance_max_cents)
    rest = allowed - int(taken) - int(copay)
    coinsurance = min(coinsurance, rest)
    parts = {"deductible": int(taken), "copay": int(copay), "coinsurance": int(coinsurance)}
    over = max(0, sum(parts.values()) - int(maximum.left(without=UNLIMITED_CENTS)))
    for name in ("coinsurance", "copay", "deductible"):
        trimmed = min(over, parts[name])
        parts[name] -= trimmed
        over -= trimmed
    return Paid(**parts, not_covered=0, balance_bill=excess)


# What is asked: boxes of inputs, and a point inside each.


def ranges(most: int = MOST, least: int = 0) -> st.SearchStrategy[Range]:
    ends = st.tuples(st.integers(least, most), st.integers(least, most))
    known = st.integers(least, most).map(exactly)
    return known | ends.map(lambda pair: Range(low_cents=min(pair), high_cents=max(pair)))


@st.composite
def cost_shares(draw: st.DrawFn) -> CostShare:
    floor, ceiling = sorted([draw(st.integers(0, 60)), draw(st.integers(0, 120))])
    bounded = draw(st.sampled_from(["no", "no", "floor", "ceiling", "both"]))
    return CostShare(
        patient_share_bp=draw(st.none() | st.sampled_from([0, 1_250, 2_000, 3_333, 5_000, 10_000])),
        copay_cents=draw(st.none() | st.integers(0, 150)),
        copay_timing=draw(st.none() | st.sampled_from(TIMINGS)),
        coinsurance_base=draw(st.sampled_from(["net-of-copay", "gross-of-copay"])),
        deductible_applies=draw(st.sampled_from([True, True, False])),
        coinsurance_min_cents=floor if bounded in ("floor", "both") else None,
        coinsurance_max_cents=ceiling if bounded in ("ceiling", "both") else None,
        covered=draw(st.sampled_from([True, True, True, False])),
    )


@st.composite
def closed(draw: st.DrawFn, terms: CostShare) -> CostShare:
    """The same words with nothing left open: a share in between, one of the three places of a copay."""
    share, timing, applies = terms.patient_share_bp, terms.copay_timing, terms.deductible_applies
    if share is None and terms.copay_cents is None:
        applies = applies and draw(st.booleans())
    if share is None:
        share = 0 if terms.copay_cents is not None else draw(st.sampled_from([0, 10_000]) | st.integers(0, 10_000))
    if timing is None and terms.copay_cents is not None:
        timing = draw(st.sampled_from(TIMINGS))
    return CostShare(
        patient_share_bp=share,
        copay_cents=terms.copay_cents,
        copay_timing=timing,
        coinsurance_base=terms.coinsurance_base,
        deductible_applies=applies,
        coinsurance_min_cents=terms.coinsurance_min_cents,
        coinsurance_max_cents=terms.coinsurance_max_cents,
        covered=terms.covered,
    )


def inside(box: Range) -> st.SearchStrategy[int]:
    return st.sampled_from([box.low_cents, box.high_cents]) | st.integers(box.low_cents, box.high_cents)


class Course(NamedTuple):
    """What the engine is asked, and one concrete course inside it."""

    visits: list[Visit]
    periods: list[Period]
    fees: list[list[int]]
    charges: list[list[int | None]]
    terms: dict[str, CostShare]
    limits: list[tuple[Limits, Limits]]
    open_shares: set[str]
    """Components whose share nobody told: it may be a copay as well as coinsurance, so only their sum is bounded."""


@st.composite
def limits(draw: st.DrawFn) -> tuple[Balance, Balance, Limits]:
    kind = draw(st.sampled_from(["none", "member", "embedded", "aggregate"]))
    member = draw(ranges(900)) if kind in ("member", "embedded") else None
    family = draw(ranges(1_500)) if kind in ("embedded", "aggregate") else None
    aggregate = kind == "aggregate"

    def end(pick: Callable[[Range], int]) -> Balance:
        return Balance(
            UNLIMITED_CENTS if member is None else pick(member),
            UNLIMITED_CENTS if family is None else pick(family),
            aggregate,
        )

    point = Limits(
        None if member is None else draw(inside(member)), None if family is None else draw(inside(family)), aggregate
    )
    return end(lambda box: box.low_cents), end(lambda box: box.high_cents), point


@st.composite
def courses(draw: st.DrawFn, *, exact: bool = False) -> Course:
    several = {"drug": draw(cost_shares()), "visit": draw(cost_shares())}
    terms = {kind: draw(closed(share)) for kind, share in several.items()}
    if exact:
        several = terms
    split, out = draw(st.booleans()), draw(st.booleans())
    periods: list[Period] = []
    points: list[tuple[Limits, Limits]] = []
    for _ in range(2):
        deductible, maximum = draw(limits()), draw(limits())
        points.append((deductible[2], maximum[2]))
        periods.append(
            Period(together([opens("deductible", *deductible[:2]), opens("out-of-pocket-maximum", *maximum[:2])]))
        )
    if exact:
        periods = [Period(_exact_opening(*point)) for point in points]
    visits: list[Visit] = []
    fees: list[list[int]] = []
    charges: list[list[int | None]] = []
    year = 0
    for _ in range(draw(st.integers(1, 5))):
        year = min(1, year + draw(st.sampled_from([0, 0, 0, 1])))
        lines: list[Line] = []
        fees.append([])
        charges.append([])
        for kind in ("drug", "visit") if split else ("drug",):
            box = draw(ranges())
            asked = draw(ranges()) if out else None
            fees[-1].append(draw(inside(box)))
            charges[-1].append(None if asked is None else draw(inside(asked)))
            if exact:
                box = exactly(fees[-1][-1])
                asked = None if asked is None else exactly(charges[-1][-1] or 0)
            lines.append(
                Line("drug" if kind == "drug" else "visit", None, None, box, tuple(settled(several[kind])), asked)
            )
        visits.append(Visit(year, tuple(lines)))
    nobody_told = {
        kind for kind, share in several.items() if share.patient_share_bp is None and share.copay_cents is None
    }
    return Course(visits, periods, fees, charges, terms, points, nobody_told)


def _exact_opening(deductible: Limits, maximum: Limits) -> Opening:
    def balance(point: Limits) -> Balance:
        member = UNLIMITED_CENTS if point.member is None else point.member
        return Balance(member, UNLIMITED_CENTS if point.family is None else point.family, point.aggregate)

    return together([opens("deductible", balance(deductible)), opens("out-of-pocket-maximum", balance(maximum))])


def concrete(course: Course) -> list[list[Paid]]:
    """The course the reference sees: every input at its point."""
    rows: list[list[Paid]] = []
    year, deductible, maximum = 0, *course.limits[0]
    for visit, fees, charges in zip(course.visits, course.fees, course.charges, strict=True):
        if visit.period != year:
            year = visit.period
            deductible, maximum = course.limits[year]
        row: list[Paid] = []
        for line, fee, charge in zip(visit.lines, fees, charges, strict=True):
            paid = reference(fee, charge, course.terms[line.component], deductible, maximum)
            deductible, maximum = deductible.credit(paid.deductible), maximum.credit(paid.counts)
            row.append(paid)
        rows.append(row)
    return rows


def holds(box: Range, cents: int) -> bool:
    return box.low_cents <= cents <= box.high_cents


def sums(bounds: CourseBounds) -> Range:
    return Range(low_cents=sum(bounds.cheapest), high_cents=sum(bounds.dearest))


def parts(line: LineBounds) -> dict[str, Range]:
    return {name: value for name, value in line._asdict().items() if isinstance(value, Range)}


# The laws.


@settings(max_examples=300, deadline=None)
@given(courses())
def test_every_course_inside_the_box_lies_within_its_bounds(course: Course) -> None:
    bounds = run(course.visits, course.periods)
    rows = concrete(course)
    for visit, row in zip(bounds.visits, rows, strict=True):
        assert holds(visit.patient_pays, sum(paid.patient for paid in row))
        for line, paid in zip(visit.lines, row, strict=True):
            assert holds(line.patient_pays, paid.patient)
            assert holds(line.deductible, paid.deductible)
            assert holds(line.balance_bill, paid.balance_bill)
            if line.line.component not in course.open_shares:
                assert holds(line.copay, paid.copay)
                assert holds(line.coinsurance, paid.coinsurance)
    assert holds(sums(bounds), sum(paid.patient for row in rows for paid in row))
    for year in (0, 1):
        inside_year = [position for position, visit in enumerate(course.visits) if visit.period == year]
        paid_in_year = sum(paid.patient for position in inside_year for paid in rows[position])
        assert sum(bounds.cheapest[position] for position in inside_year) <= paid_in_year
        assert paid_in_year <= sum(bounds.dearest[position] for position in inside_year)


@settings(max_examples=150, deadline=None)
@given(courses(exact=True))
def test_exact_inputs_give_the_exact_answer_of_the_reference(course: Course) -> None:
    bounds = run(course.visits, course.periods)
    rows = concrete(course)
    for visit, row, fees, charges in zip(bounds.visits, rows, course.fees, course.charges, strict=True):
        for line, paid, fee, charge in zip(visit.lines, row, fees, charges, strict=True):
            values = parts(line)
            assert all(value.exact for value in values.values())
            assert all(value.low_cents >= 0 for value in values.values())
            assert line.patient_pays.low_cents == paid.patient
            assert (line.deductible.low_cents, line.copay.low_cents) == (paid.deductible, paid.copay)
            assert line.coinsurance.low_cents == paid.coinsurance
            billed = fee if charge is None else charge
            payers = (line.plan_pays, line.other_payers_pay, line.assistance, line.patient_pays, line.write_off)
            assert sum(payer.low_cents for payer in payers) == billed
    assert sums(bounds) == exactly(sum(paid.patient for row in rows for paid in row))
    assert bounds.cheapest == bounds.dearest == tuple(sum(paid.patient for paid in row) for row in rows)


@settings(max_examples=100, deadline=None)
@given(courses())
def test_no_part_is_negative_and_the_maximum_is_never_exceeded(course: Course) -> None:
    assume(all(terms.covered for terms in course.terms.values()))
    bounds = run(course.visits, course.periods)
    for visit in bounds.visits:
        for line in visit.lines:
            assert all(value.low_cents >= 0 for value in parts(line).values())
    for year, period in enumerate(course.periods):
        dear = sum(
            cents
            for cents, visit in zip(bounds.dearest, course.visits, strict=True)
            if visit.period == year and all(line.charge is None for line in visit.lines)
        )
        assert dear <= period.opening.most.remaining_cents("out-of-pocket-maximum")


@settings(max_examples=100, deadline=None)
@given(courses(), st.data())
def test_a_wider_input_never_gives_a_narrower_answer(course: Course, data: st.DataObject) -> None:
    def wider(box: Range) -> Range:
        return Range(
            low_cents=max(0, box.low_cents - data.draw(st.integers(0, 50))),
            high_cents=box.high_cents + data.draw(st.integers(0, 50)),
        )

    def widened(visit: Visit) -> Visit:
        lines = (
            line._replace(allowed=wider(line.allowed), charge=None if line.charge is None else wider(line.charge))
            for line in visit.lines
        )
        return visit._replace(lines=tuple(lines))

    narrow = run(course.visits, course.periods)
    wide = run([widened(visit) for visit in course.visits], course.periods)
    assert sums(wide).low_cents <= sums(narrow).low_cents
    assert sums(wide).high_cents >= sums(narrow).high_cents
    for outer, inner in zip(wide.visits, narrow.visits, strict=True):
        assert outer.patient_pays.low_cents <= inner.patient_pays.low_cents
        assert outer.patient_pays.high_cents >= inner.patient_pays.high_cents


@given(
    allowed=st.integers(0, 5_000),
    cut=st.integers(0, 5_000),
    share_bp=st.integers(0, 10_000),
    deductible=st.integers(0, 6_000),
)
def test_splitting_a_service_changes_no_deductible_total(
    allowed: int, cut: int, share_bp: int, deductible: int
) -> None:
    cut = min(cut, allowed)
    terms = tuple(settled(CostShare(patient_share_bp=share_bp)))
    opening = opens("deductible", Balance(deductible))

    def total(*amounts: int) -> int:
        lines = tuple(Line("session", None, None, exactly(cents), terms) for cents in amounts)
        return sum(line.deductible.low_cents for line in run([Visit(0, lines)], [Period(opening)]).visits[0].lines)

    assert total(allowed) == total(cut, allowed - cut)


def test_of_limits_of_which_nobody_told_what_is_met_the_familys_ends_the_members_no_later() -> None:
    """Whichever of the two has less left is met by the second session, since both take what the first credits."""
    nothing, most = Balance(0, 0), Balance(1_500, 3_000)
    line = Line("session", None, None, exactly(1_400), (Terms(patient_share_bp=2_000),))
    bounds = run([Visit(0, (line,))] * 3, [Period(opens("deductible", nothing, most))])
    assert [visit.patient_pays for visit in bounds.visits] == [
        Range(low_cents=280, high_cents=1_400),
        Range(low_cents=280, high_cents=360),
        exactly(280),
    ]


def test_alternatives_of_different_lines_are_combined() -> None:
    drug = tuple(settled(CostShare(copay_cents=100)))
    visit = tuple(settled(CostShare()))
    opening = opens("deductible", Balance(100))
    lines = (Line("drug", None, None, exactly(100), drug), Line("visit", None, None, exactly(200), visit))
    bounds = run([Visit(0, lines)], [Period(opening)])
    # cheapest: the copay stands after the deductible, which the drug's 100 meet; the visit's share may be nothing
    # dearest: the drug's 100 one way or another, and the whole visit
    assert sums(bounds) == Range(low_cents=100, high_cents=300)


@given(
    outside=st.integers(0, MOST),
    inside=st.integers(0, MOST),
    shares_bp=st.tuples(*[st.sampled_from((0, 1_000, 4_000, 10_000))] * 2),
    amounts=st.lists(st.tuples(st.booleans(), st.integers(1, 100)), min_size=1, max_size=6),
)
# what the visit takes of the one deductible the drug no longer takes of the other: 600 with nothing left, 300 with all
@example(outside=0, inside=300, shares_bp=(0, 10_000), amounts=[(True, 300), (False, 300)])
@example(outside=300, inside=300, shares_bp=(0, 10_000), amounts=[(True, 300), (False, 300)])
def test_an_open_deductible_of_networks_that_take_each_others_credit_holds_every_course(
    outside: int, inside: int, shares_bp: tuple[int, int], amounts: list[tuple[bool, int]]
) -> None:
    """Less left of one deductible may cost more: what is paid beside it meets nothing of the other."""
    both = frozenset({MEDICAL, OUT_OF_NETWORK})

    def course(least: int, most: int) -> Range:
        limits = [
            opens("deductible", Balance(inside), Balance(inside), governs=frozenset({MEDICAL}), credited_by=both),
            opens("deductible", Balance(least), Balance(most), governs=frozenset({OUT_OF_NETWORK}), credited_by=both),
        ]
        lines = tuple(
            Line(
                "visit" if is_outside else "drug",
                None,
                None,
                exactly(cents),
                (Terms(patient_share_bp=shares_bp[is_outside]),),
                pool=OUT_OF_NETWORK if is_outside else MEDICAL,
            )
            for is_outside, cents in amounts
        )
        return sums(run([Visit(0, (line,)) for line in lines], [Period(together(limits))]))

    told, wide = course(outside, outside), course(0, MOST)
    assert wide.low_cents <= told.low_cents <= told.high_cents <= wide.high_cents


def test_an_open_deductible_in_place_of_a_copay_that_counts_toward_nothing_holds_every_course() -> None:
    """The most left may cost less: what the deductible takes counts toward the maximum, and no copay beside it then."""
    terms = Terms(
        patient_share_bp=2_000, copay_cents=200, copay_timing="after-deductible", copay_counts_to_maximum=False
    )
    visits = [Visit(0, (Line("session", None, None, exactly(1_400), (terms,)),))] * 12

    def course(least: int, most: int) -> Range:
        limits = (
            opens("deductible", Balance(least), Balance(most)),
            opens("out-of-pocket-maximum", Balance(3_000)),
        )
        return sums(run(visits, [Period(together(limits))]))

    told = [course(left, left) for left in (0, 1_000, 2_000, 3_000)]
    assert told == [exactly(cents) for cents in (5_280, 5_400, 5_200, 5_000)]
    wide = course(0, 3_000)
    assert all(wide.low_cents <= each.low_cents <= wide.high_cents for each in told)
