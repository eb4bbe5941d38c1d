"""An estimate as a billing clerk likes to read it. Nothing is told by colour alone, so nothing is lost without it."""

from collections.abc import Iterable, Iterator
from datetime import date

from rich import box
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from payers.cost_share.money import Range, exactly
from payers.estimate.answer import Answer, Citation, ReasonAnswer
from payers.estimate.trace.story import turnings
from payers.estimate.unknowns.worth import WORTH_TELLING_CENTS
from service.cli.labels import LABELS, Labels

NARROW = 90
"""Below so many columns a range takes two lines and the phase of a session is left out."""


def tell(answer: Answer, today: date, width: int) -> Iterator[RenderableType]:
    """The parts of the page for a terminal of `width` columns, the most asked for first."""
    say = LABELS["es" if answer.lang == "es" else "en"]
    narrow = width < NARROW
    yield from _headline(answer, say)
    yield _totals(answer, say, narrow)
    yield from _section(say.sessions, _sessions(answer, say, narrow))
    if len(answer.patient_pays.by_plan_year) > 1:
        yield from _section(say.plan_years, _plan_years(answer, say))
    if answer.typical.milestones and not answer.patient_pays.course.exact:
        yield from _section(say.usually_on_the_way, *_points(each.sentence for each in answer.typical.milestones))
    if answer.milestones:
        yield from _section(say.on_the_way, *_points(each.sentence for each in answer.milestones))
    if answer.forks:
        yield from _section(say.worlds, _forks(answer, say, narrow))
    if answer.unknowns:
        yield from _section(say.ask_next, _unknowns(answer, say))
    if beside := [*_price_list(answer, say)]:
        yield from _section(say.price_list, *_points(beside))
    if answer.coverage.requirements:
        yield from _section(say.requirements, *_points(each.text for each in answer.coverage.requirements))
    if answer.notices:
        yield from _section(say.notices, *_points(each.text for each in answer.notices))
    # The price's own sentence already stands at the top.
    reasons = [each for each in answer.explanation if each != answer.price.sentence]
    yield from _section(say.reasons, *_points(reasons))
    yield from _section(say.amounts, *_amounts(answer, say))
    yield from _section(say.sources, *_points(_sources(answer, say, today)))
    yield Text()
    yield Text(say.catalogue.format(version=answer.catalogue_version[:12], on=answer.as_of))
    yield Text(answer.disclaimer)


def dollars(amount: Range | None, narrow: bool = False) -> str:
    """`$1,240.00`, or both ends of a range, or `-` where there is no such limit."""
    if amount is None:
        return "-"
    low, high = (f"${cents // 100:,}.{cents % 100:02}" for cents in (amount.low_cents, amount.high_cents))
    return low if amount.exact else f"{low} -" + ("\n" if narrow else " ") + high


def _headline(answer: Answer, say: Labels) -> Iterator[RenderableType]:
    payer = answer.payer
    yield Text(f"{payer.name}: {answer.treatment.name}", style="bold")
    if payer.asked.casefold() not in (payer.name.casefold(), payer.slug):
        yield Text(f'{say.asked} "{payer.asked}"')
    for step in payer.via:
        yield Text(f"{step.on}: {step.event}")
    for other in payer.also:
        yield Text(f"{say.also}: {other.name}: {other.why}")
    yield Text(answer.coverage.sentence)
    yield Text(answer.price.sentence)
    yield Text()


def _totals(answer: Answer, say: Labels, narrow: bool) -> Table:
    """The headline, and beside it one scenario inside it where anything is unknown."""
    table = _table()
    table.add_column()
    pays, typical = answer.patient_pays, answer.typical
    for heading in (say.first_session, say.usual_session, _course(answer, say)):
        _money(table, heading)
    ranges = (pays.first_session, pays.typical_session, pays.course)
    table.add_row(say.range, *(dollars(each, narrow) for each in ranges), style="bold")
    if not all(each.exact for each in ranges):
        scenario = (typical.first_session_cents, typical.session_cents, typical.course_cents)
        table.add_row(say.typical, *(dollars(exactly(each)) for each in scenario))
    return table


def _course(answer: Answer, say: Labels) -> str:
    """The course's heading; while nobody said how long it is, its range holds other lengths than the one shown."""
    if any(unknown.name == "course" for unknown in answer.unknowns):
        return say.whole_course
    return say.course.format(count=len(answer.sessions))


def _sessions(answer: Answer, say: Labels, narrow: bool) -> Table:
    table = _table()
    table.add_column("#", justify="right", no_wrap=True)
    table.add_column(say.day, no_wrap=True)
    if not narrow:
        table.add_column(say.phase)
    _money(table, say.pays)
    with_deductible = any(session.deductible_remaining for session in answer.sessions)
    with_maximum = any(session.out_of_pocket_remaining for session in answer.sessions)
    if with_deductible:
        _money(table, say.deductible_left)
    if with_maximum:
        _money(table, say.maximum_left)
    plan_year = 1
    for session in answer.sessions:
        if session.plan_year != plan_year:
            table.add_section()
            plan_year = session.plan_year
        row = [str(session.number), str(session.on)]
        row += [] if narrow else [session.phase]
        row += [dollars(session.patient_pays, narrow)]
        row += [dollars(session.deductible_remaining, narrow)] if with_deductible else []
        row += [dollars(session.out_of_pocket_remaining, narrow)] if with_maximum else []
        table.add_row(*row)
    return table


def _plan_years(answer: Answer, say: Labels) -> Table:
    table = _table()
    table.add_column(say.starts, no_wrap=True)
    _money(table, say.pays)
    for year in answer.patient_pays.by_plan_year:
        table.add_row(str(year.starts_on), dollars(year.patient_pays))
    return table


def _price_list(answer: Answer, say: Labels) -> Iterator[str]:
    """What the clinic's price list has beside the sessions."""
    for part in (answer.services, answer.reductions, answer.packages, answer.clinic_fees, answer.payment_plans):
        yield from (each.sentence for each in part)
    whole = answer.patient_pays.with_services
    if whole:
        yield say.with_services.format(amount=dollars(whole))


def _forks(answer: Answer, say: Labels, narrow: bool) -> Table:
    table = _table()
    table.add_column(overflow="fold")
    _money(table, say.first_session)
    _money(table, _course(answer, say))
    for fork in answer.forks:
        pays = fork.patient_pays
        table.add_row(fork.sentence, dollars(pays.first_session, narrow), dollars(pays.course, narrow))
    return table


def _unknowns(answer: Answer, say: Labels) -> Table:
    table = _table()
    _money(table, say.worth)
    table.add_column(say.ask, overflow="fold")
    for unknown in sorted(answer.unknowns, key=lambda unknown: -unknown.worth_cents):
        typical = f" ({say.assumed}: {unknown.typical})" if unknown.typical else ""
        worth_cents = unknown.worth_cents if unknown.worth_cents >= WORTH_TELLING_CENTS else 0
        table.add_row(dollars(exactly(worth_cents)), unknown.question + typical)
    return table


def _amounts(answer: Answer, say: Labels) -> Iterator[RenderableType]:
    """The reasons of the first session, and of later ones where something new decides an amount."""
    for turning in turnings(answer):
        if turning.session > 1:
            yield Text(say.from_session.format(number=turning.session))
        yield from _points(_reason(each, say) for each in turning.reasons)


def _reason(reason: ReasonAnswer, say: Labels) -> str:
    if reason.verified_on is None:
        return reason.sentence
    stale = f", {say.stale}" if reason.stale else ""
    return f"{reason.sentence} ({say.checked.format(on=reason.verified_on)}{stale})"


def _sources(answer: Answer, say: Labels, today: date) -> Iterator[str]:
    coverage = answer.coverage
    if coverage.verified_on:
        age = say.age.format(days=(today - coverage.verified_on).days)
        stale = f", {say.stale}" if coverage.stale else ""
        yield f"{say.verified.format(on=coverage.verified_on)} ({age}{stale})"
    of_amounts = (citation for reason in answer.reasons for citation in reason.citations)
    for citation in dict.fromkeys((*coverage.citations, *answer.price.citations, *of_amounts)):
        yield _source(citation, say)


def _source(citation: Citation, say: Labels) -> str:
    parts = (citation.title, citation.url, say.confidence.format(level=citation.confidence))
    return ", ".join(part for part in parts if part)


def _section(title: str, *parts: RenderableType) -> Iterator[RenderableType]:
    yield Text()
    yield Text(title, style="bold")
    yield from parts


def _points(lines: Iterable[str]) -> Iterator[RenderableType]:
    for line in lines:
        point = Table.grid(padding=(0, 1))
        point.add_row(Text("-"), Text(line, overflow="fold"))
        yield Padding(point, (0, 0, 0, 1))


def _table() -> Table:
    return Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="", show_edge=False)


def _money(table: Table, heading: str) -> None:
    table.add_column(heading, justify="right", no_wrap=True)
