"""Plain courses by columns: a whole column of patients goes through a session at once.

Plain is a course of which nothing is open and that one plan shares by told terms: one price a session, one share, a
deductible and a maximum of a person and perhaps of the family. The engine is asked once for all rows that differ in
amounts alone; its answer says which days the sessions are on, into which plan years they fall, and whether the course
is plain at all. What is not is the engine's, row by row. The arithmetic is that of `payers.cost_share.adjudicate` and
`credit_for`, line for line, and the engine is its judge in the tests.
"""

# pyright: reportUnknownMemberType=false
# Polars names NumPy in its types, which need not be installed.

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import msgspec
import polars as pl

from payers.catalogue.catalogue import Catalogue
from payers.cost_share.adjudicate import UNLIMITED_CENTS, Terms
from payers.cost_share.line import MEDICAL
from payers.cost_share.money import WHOLE_BP
from payers.cost_share.plan import MAX_CENTS, Benefits, CostShare, CostShares, Limit
from payers.estimate.estimate import Refusal, Worlds, worlds
from payers.estimate.timeline import timeline
from service.batch.table import ID, question

DEDUCTIBLE, MAXIMUM = "benefits.deductible", "benefits.out_of_pocket_max"
SHARE, COPAY = "benefits.cost_shares.default.patient_share_bp", "benefits.cost_shares.default.copay_cents"
PRICE = "prices.allowed_per_session"
LIMIT_AMOUNTS = ("individual_cents", "individual_met_cents", "family_cents", "family_met_cents")
AMOUNTS = (
    *(f"{limit}.{amount}" for limit in (DEDUCTIBLE, MAXIMUM) for amount in LIMIT_AMOUNTS),
    *(SHARE, COPAY, f"{PRICE}.low_cents", f"{PRICE}.high_cents"),
)
"""The columns that rows of one shape differ in."""
FEW = 4
"""Fewer rows of one shape cost less by themselves."""
ROW, SHAPE = "_row", "_shape"


class Plan(NamedTuple):
    """What plain rows of one shape have in common; rows of shapes with the same plan go together.

    `periods` is the plan year of each session, counted from the course's first. `met`: what was credited belongs to
    that first one. The `terms` have no share and no copay: those are the rows' own.
    """

    periods: tuple[int, ...]
    met: bool
    terms: Terms
    deductible: bool
    maximum: bool
    status: str


Plans = dict[tuple[object, ...], Plan | None]
"""What was found out about shapes before, for the tables of one catalogue and one day."""


def plain(rows: pl.DataFrame, catalogue: Catalogue, today: date, known: Plans) -> pl.DataFrame:
    """The rows that are plain, by `_row`, with what the patient pays: `first`, `typical`, `course`, in cents."""
    shape = [name for name in rows.columns if name not in (ID, ROW, *AMOUNTS)]
    rows = _with_amounts(rows).filter(_told())
    deciding = (SHARE, COPAY, f"{DEDUCTIBLE}.individual_cents", f"{MAXIMUM}.individual_cents")
    told = [pl.col(name).is_not_null().alias(f"told {name}") for name in deciding]
    rows = rows.with_columns(pl.struct(*shape, *told).rank("dense").alias(SHAPE))
    plans: dict[Plan, list[int]] = {}
    examples = rows.group_by(SHAPE).agg(pl.len().alias("rows"), pl.all().first())
    for cells in examples.filter(pl.col("rows") >= FEW).iter_rows(named=True):
        key = (*((name, cells[name]) for name in shape), *(cells[name] is not None for name in deciding))
        if key not in known:
            known[key] = _plan(catalogue, {name: cells[name] for name in (*shape, *AMOUNTS)}, today)
        if plan := known[key]:
            plans.setdefault(plan, []).append(cells[SHAPE])
    done = [_course(rows.filter(pl.col(SHAPE).is_in(shapes)), plan) for plan, shapes in plans.items()]
    return pl.concat(done) if done else _course(rows.clear(), Plan((0,), True, Terms(), True, True, ""))


def _with_amounts(rows: pl.DataFrame) -> pl.DataFrame:
    """The amounts as whole numbers, absent ones as nothing; without the rows in which one is anything else."""
    there = [name for name in AMOUNTS if name in rows.columns]
    texts = rows.select(pl.col(there).cast(pl.String).replace("", None))
    numbers = texts.select(
        texts.get_column(name).cast(pl.Int64, strict=False) if name in there else pl.lit(None, pl.Int64).alias(name)
        for name in AMOUNTS
    )
    whole = [numbers.get_column(name).is_null() == texts.get_column(name).is_null() for name in there]
    return rows.with_columns(numbers).filter(pl.all_horizontal(whole) if whole else pl.lit(value=True))


def _told() -> pl.Expr:
    """Whether every amount that the arithmetic needs is told, and they fit together as the question's types want."""
    low, high, share, copay = (pl.col(name) for name in (f"{PRICE}.low_cents", f"{PRICE}.high_cents", SHARE, COPAY))
    wanted = [low.is_not_null(), low == high, low.is_between(0, MAX_CENTS)]
    wanted += [_absent_or(share, share.is_between(0, WHOLE_BP)), _absent_or(copay, copay.is_between(0, MAX_CENTS))]
    for limit in (DEDUCTIBLE, MAXIMUM):
        own, own_met, family, family_met = (pl.col(f"{limit}.{name}") for name in LIMIT_AMOUNTS)
        of_person = own.is_between(0, MAX_CENTS) & own_met.is_between(0, own)
        of_family = own_met.is_not_null() & family.is_between(own, MAX_CENTS) & family_met.is_between(0, family)
        nothing = pl.all_horizontal(each.is_null() for each in (own, own_met, family, family_met))
        family_told = family.is_not_null() | family_met.is_not_null()
        wanted.append(nothing | (of_person & (~family_told | of_family)))
    return pl.all_horizontal(each.fill_null(value=False) for each in wanted)


def _absent_or(amount: pl.Expr, fits: pl.Expr) -> pl.Expr:
    return amount.is_null() | fits


def _plan(catalogue: Catalogue, cells: dict[str, object], today: date) -> Plan | None:
    """The plan of rows like this one; absent where they are not plain."""
    try:
        found = worlds(catalogue, question(cells), today)
    except msgspec.ValidationError:
        return None
    if isinstance(found, Refusal) or not _is_plain(found):
        return None
    main, design = found.main, found.main.design
    if design is None or design.benefits is None:
        return None
    benefits, along = design.benefits, timeline(design, [slot.on for slot in main.slots], today)
    terms = main.visits[0].lines[0].line.terms[0]
    return Plan(
        periods=along.period_of,
        met=along.turns[0].running,
        terms=terms._replace(patient_share_bp=0, copay_cents=0),
        deductible=not (benefits.deductible or Limit()).none,
        maximum=not (benefits.out_of_pocket_max or Limit()).none,
        status=found.decision.status,
    )


def _is_plain(found: Worlds) -> bool:
    """Whether one plan shares one world by told terms, and what it leaves follows from the amounts alone."""
    main, asked = found.main, found.case.question
    design, benefits = main.design, asked.benefits
    if len(found.outcomes) > 1 or design is None or design.benefits is not benefits or benefits is None:
        return False
    prices, shares = asked.prices, benefits.cost_shares
    terms = {each.line.terms for visit in main.visits for each in visit.lines}
    return (
        all(getattr(benefits, name) == getattr(_NOTHING_ELSE, name) for name in _NOT_BY_COLUMNS)
        and shares is not None
        and shares == CostShares(default=shares.default)
        and (shares.default or CostShare()).covered
        and _base_told(shares.default or CostShare())
        and not (shares.default or CostShare()).preventive
        and not any(_aggregate(each) for each in (benefits.deductible, benefits.out_of_pocket_max) if each)
        and prices is not None
        and prices.visit_allowed_per_session is None
        and asked.services is None
        and main.reset_known
        and not found.case.any_count
        and len(terms) == 1
        and len(next(iter(terms))) == 1
        and all(len(visit.lines) == 1 and not visit.behind for visit in main.visits)
        and all(visit.lines[0].line.pool == MEDICAL and visit.lines[0].line.charge is None for visit in main.visits)
        and all(visit.patient_pays.exact and visit.after.exact for visit in main.visits)
        and main.world.lane == "medical"
    )


_NOTHING_ELSE = Benefits()
_NOT_BY_COLUMNS = ("coinsurance_max", "pharmacy", "out_of_network", "visit_limit", "carry_over", "tier_change")
"""Terms of a plan that the engine alone knows."""


def _base_told(share: CostShare) -> bool:
    """Whether it is plain of which amount the coinsurance is, whatever the amounts of other rows."""
    return share.coinsurance_base is not None or None in (share.copay_cents, share.patient_share_bp)


def _aggregate(limit: Limit) -> bool:
    return limit.family_rule == "aggregate"


def _course(rows: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """Every row through the sessions of one plan, one session after the other."""
    several = rows.select(ROW, *AMOUNTS).with_columns(pl.col(SHARE, COPAY).fill_null(0))
    for position, period in enumerate(plan.periods):
        if not position or period != plan.periods[position - 1]:
            several = several.with_columns(*_opening(plan, met=plan.met and not period))
        several = _session(several, plan.terms, position)
    paid = [f"paid {position}" for position in range(len(plan.periods))]
    middle = (len(paid) - 1) // 2  # the lower of the two in the middle, as the engine takes it
    return several.select(
        ROW,
        pl.lit(plan.status).alias("status"),
        pl.lit(len(paid), pl.Int64).alias("sessions"),
        pl.col(paid[0]).alias("first"),
        pl.concat_list(paid).list.sort().list.get(middle).alias("typical"),
        pl.sum_horizontal(paid).alias("course"),
    )


def _opening(plan: Plan, *, met: bool) -> Iterator[pl.Expr]:
    """What is left of each limit when a plan year opens. What is no limit is not to be met, or not reached."""
    for name, limit, there, otherwise in (
        ("deductible", DEDUCTIBLE, plan.deductible, 0),
        ("maximum", MAXIMUM, plan.maximum, UNLIMITED_CENTS),
    ):
        for owner in ("individual", "family"):
            whole = pl.col(f"{limit}.{owner}_cents")
            left = whole - pl.col(f"{limit}.{owner}_met_cents").fill_null(0) if met else whole
            absent = otherwise if owner == "individual" else UNLIMITED_CENTS
            yield (left.fill_null(absent) if there else pl.lit(absent, pl.Int64)).alias(f"{name} {owner}")


def _session(rows: pl.DataFrame, terms: Terms, position: int) -> pl.DataFrame:
    """One session of every row: what the patient pays, and what is then left. See `adjudicate` and `credit_for`."""
    allowed, share, copay_told = pl.col(f"{PRICE}.low_cents"), pl.col(SHARE), pl.col(COPAY)
    deductible_left, maximum_left = (
        pl.max_horizontal(0, pl.min_horizontal(f"{name} individual", f"{name} family"))
        for name in ("deductible", "maximum")
    )
    rows = rows.with_columns(deductible_left.alias("deductible left"), maximum_left.alias("room"))
    deductible_left, room = pl.col("deductible left"), pl.col("room")
    before = terms.copay_timing == "before-deductible"
    capped = terms.copay_counts_to_maximum and not terms.copay_after_maximum
    first = pl.min_horizontal(copay_told, allowed) if before else pl.lit(0, pl.Int64)
    taken = deductible_left - first if before and terms.copay_credits_deductible else deductible_left
    if terms.deductible_counts_to_maximum:
        taken = pl.min_horizontal(taken, room)
    taken = pl.min_horizontal(pl.max_horizontal(0, taken), allowed - first)
    rows = rows.with_columns((taken if terms.deductible_applies else pl.lit(0, pl.Int64)).alias("taken"))
    taken = pl.col("taken")
    copay = first if before else pl.min_horizontal(copay_told, allowed - taken)
    rows = rows.with_columns(copay.alias("copay"))
    copay = pl.col("copay")
    rest = allowed - taken - copay
    base = allowed - taken if terms.coinsurance_on_gross else rest
    coinsurance = (base * share + WHOLE_BP // 2) // WHOLE_BP
    coinsurance = pl.min_horizontal(
        pl.max_horizontal(coinsurance, terms.coinsurance_min_cents), terms.coinsurance_max_cents, rest
    )
    left = room - taken if terms.deductible_counts_to_maximum else room
    rows = rows.with_columns(coinsurance.alias("coinsurance"), left.alias("left"))
    left = pl.col("left")
    copay = pl.min_horizontal(copay, left) if capped else copay
    rows = rows.with_columns(copay.alias("copay"))
    copay = pl.col("copay")
    end = pl.max_horizontal(0, left - copay if terms.copay_counts_to_maximum else left)
    rows = rows.with_columns(pl.min_horizontal("coinsurance", end).alias("coinsurance"))
    coinsurance = pl.col("coinsurance")
    by_copay = pl.min_horizontal(copay, deductible_left - taken) if terms.copay_credits_deductible else 0
    counted = coinsurance
    counted = counted + taken if terms.deductible_counts_to_maximum else counted
    counted = counted + copay if terms.copay_counts_to_maximum else counted
    rows = rows.with_columns(
        (taken + copay + coinsurance).alias(f"paid {position}"),
        (taken + by_copay).alias("to deductible"),
        pl.min_horizontal(counted, room).alias("to maximum"),
    )
    return rows.with_columns(
        pl.col(f"{name} {owner}") - pl.col(f"to {name}")
        for name in ("deductible", "maximum")
        for owner in ("individual", "family")
    )
