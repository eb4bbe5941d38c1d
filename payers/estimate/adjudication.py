"""Cost sharing for explicit services under explicit plan terms: the core without a catalogue, and its reasons."""

from collections.abc import Sequence
from datetime import date
from itertools import product
from typing import Annotated, NamedTuple

from msgspec import Meta

from payers.catalogue.model import Frozen
from payers.catalogue.vocabulary import Network
from payers.cost_share.adjudicate import Terms
from payers.cost_share.bounds import LineBounds, Period, hull_lines, run
from payers.cost_share.design import Design, Kind, from_benefits
from payers.cost_share.ledger import Opening, enclose
from payers.cost_share.line import Line, Visit
from payers.cost_share.money import ZERO, Range, exactly, hull
from payers.cost_share.plan import Benefits, Cents, CostShare, CostShares
from payers.cost_share.plan_calendar import JANUARY_FIRST, year_start
from payers.estimate.because import Because, Left, reasons
from payers.estimate.question import Language, Name
from payers.estimate.tell import ALMOST_UNLIMITED


class ServiceInput(Frozen):
    """One service. Without a charge the plan's allowed amount is the charge.

    `kind` picks the terms among `benefits.cost_shares`; a kind without its own follows `default`, a pharmacy drug
    never does. Out of network the patient owes what the charge exceeds the allowed amount by.
    """

    label: Name
    allowed_cents: Cents
    charge_cents: Cents | None = None
    network: Network = "in"
    kind: Kind = "default"
    on: date | None = None

    def __post_init__(self) -> None:
        if self.network == "out" and self.charge_cents is None:
            raise ValueError("a service outside the network needs charge_cents")


class AdjudicationQuestion(Frozen):
    """Services in the order in which the plan processes them.

    What `benefits` leaves out is unknown, never zero. What is met belongs to the plan year of the first service. One
    set of limits takes the credit of every service, in the network and outside.
    """

    benefits: Benefits
    services: Annotated[tuple[ServiceInput, ...], Meta(min_length=1, max_length=60)]
    lang: Language = "en"

    def __post_init__(self) -> None:
        days = self.days
        if not days:
            return
        if len(days) != len(self.services):
            raise ValueError("either every service has a date or none has")
        if list(days) != sorted(days):
            raise ValueError("services must be in the order of their dates")
        if self.benefits.plan_year_start is None:
            raise ValueError("services with dates need benefits.plan_year_start")

    @property
    def days(self) -> tuple[date, ...]:
        """The dates told."""
        return tuple(service.on for service in self.services if service.on)


class ServiceAnswer(Frozen):
    """Who bears one service: `charge = plan_pays + patient_pays + write_off` to the cent.

    The patient pays deductible, copay, coinsurance, what is not covered and the balance bill. What is left of a limit
    is absent where there is no such limit, or none that anybody knows. `plan_year` counts from the first service's.
    """

    label: str
    plan_year: int
    charge: Range
    allowed: Range
    deductible: Range
    copay: Range
    coinsurance: Range
    not_covered: Range
    balance_bill: Range
    write_off: Range
    plan_pays: Range
    patient_pays: Range
    deductible_remaining: Range | None
    out_of_pocket_remaining: Range | None
    because: tuple[Because, ...]


class Totals(Frozen):
    """All services together. What plan and patient pay is bounded by whole courses, more tightly than by services."""

    charge: Range
    allowed: Range
    deductible: Range
    copay: Range
    coinsurance: Range
    not_covered: Range
    balance_bill: Range
    write_off: Range
    plan_pays: Range
    patient_pays: Range


class AdjudicationAnswer(Frozen):
    """Every service in order, and the totals."""

    services: tuple[ServiceAnswer, ...]
    totals: Totals


class _Split(NamedTuple):
    """One service in every way the open terms allow, and the limits before and after it."""

    bounds: LineBounds
    before: Opening
    after: Opening


def adjudicate_services(asked: AdjudicationQuestion) -> AdjudicationAnswer:
    """Send the services through the plan. With every term told, low equals high."""
    design = from_benefits(asked.benefits, lambda _: None)
    years = _plan_years(asked, design)
    splits, patient = _through(asked, design, years)
    services = tuple(
        _told(asked, service, year, split) for service, year, split in zip(asked.services, years, splits, strict=True)
    )
    return AdjudicationAnswer(services=services, totals=_totals(services, patient))


def _plan_years(asked: AdjudicationQuestion, design: Design) -> list[int]:
    """The plan year of each service, counted from the first one's."""
    if not asked.days:
        return [0 for _ in asked.services]
    starts = [year_start(day, design.reset or JANUARY_FIRST) for day in asked.days]
    return [sorted(set(starts)).index(start) for start in starts]


def _through(asked: AdjudicationQuestion, design: Design, years: Sequence[int]) -> tuple[list[_Split], Range]:
    """Every service, and the patient's sum. A plan keeps its terms all along, so each choice of them runs by itself."""
    openings = [design.opening(year, year == 0) for year in range(years[-1] + 1)]
    kinds: list[Kind] = [service.kind if service.kind in design.terms else "default" for service in asked.services]
    open_kinds = sorted(set(kinds))
    runs = [
        run(
            [
                Visit(year, (_line(service, terms[open_kinds.index(kind)]),))
                for service, kind, year in zip(asked.services, kinds, years, strict=True)
            ],
            [Period(opening) for opening in openings],
        )
        for terms in product(*(design.terms[kind] for kind in open_kinds))
    ]
    splits: list[_Split] = []
    for position, year in enumerate(years):
        visits = [each.visits[position] for each in runs]
        begins = position == 0 or years[position - 1] != year
        before = openings[year] if begins else splits[-1].after
        after = enclose(visit.after for visit in visits)
        splits.append(_Split(hull_lines([visit.lines[0] for visit in visits]), before, after))
    return splits, hull(Range(low_cents=sum(each.cheapest), high_cents=sum(each.dearest)) for each in runs)


def _line(service: ServiceInput, terms: Terms) -> Line:
    """What is not covered is owed at the charge; a plan never allows more than the charge."""
    charge = _charge_cents(service)
    allowed = min(charge, service.allowed_cents) if terms.covered else charge
    return Line(
        "session", None, None, exactly(allowed), (terms,), exactly(charge) if service.network == "out" else None
    )


def _charge_cents(service: ServiceInput) -> int:
    return service.allowed_cents if service.charge_cents is None else service.charge_cents


def _told(asked: AdjudicationQuestion, service: ServiceInput, year: int, split: _Split) -> ServiceAnswer:
    share = _cost_share(asked.benefits, service)
    bounds, charge_cents = split.bounds, _charge_cents(service)
    before, after = _left(split.before), _left(split.after)
    write_off_cents = charge_cents - bounds.line.allowed.low_cents if service.network == "in" else 0
    return ServiceAnswer(
        label=service.label,
        plan_year=year + 1,
        charge=exactly(charge_cents),
        allowed=bounds.line.allowed,
        deductible=bounds.deductible,
        copay=bounds.copay,
        coinsurance=bounds.coinsurance,
        not_covered=ZERO if share.covered else exactly(charge_cents),
        balance_bill=bounds.balance_bill,
        write_off=exactly(write_off_cents),
        plan_pays=bounds.plan_pays,
        patient_pays=bounds.patient_pays,
        deductible_remaining=after.deductible,
        out_of_pocket_remaining=after.out_of_pocket,
        because=tuple(
            reasons(
                share,
                before,
                after,
                asked.lang,
                charge_below_allowed=charge_cents < service.allowed_cents,
                writes_off=write_off_cents > 0,
                bills_balance=bounds.balance_bill.high_cents > 0,
            )
        ),
    )


def _cost_share(benefits: Benefits, service: ServiceInput) -> CostShare:
    """The terms as they were told; nothing told is a cost share with everything open."""
    shares = benefits.cost_shares or CostShares()
    own: CostShare | None = getattr(shares, service.kind)
    return own or (None if service.kind == "pharmacy_drug" else shares.default) or CostShare()


def _left(opening: Opening) -> Left:
    return Left(_known(opening.remaining("deductible")), _known(opening.remaining("out-of-pocket-maximum")))


def _known(left: Range) -> Range | None:
    return None if left.high_cents >= ALMOST_UNLIMITED else left


def _totals(services: Sequence[ServiceAnswer], patient: Range) -> Totals:
    """Sums; what the patient does not pay of charge less write-off, the plan does."""
    sums = {name: sum((getattr(each, name) for each in services), ZERO) for name in Totals.__struct_fields__}
    owed_cents = sums["charge"].low_cents - sums["write_off"].low_cents
    plan = Range(low_cents=owed_cents - patient.high_cents, high_cents=owed_cents - patient.low_cents)
    return Totals(**sums | {"plan_pays": plan, "patient_pays": patient})
