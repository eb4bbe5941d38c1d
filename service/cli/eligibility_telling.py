"""A payer's answer as a person at a terminal likes to read it: the status first, then what to do, then every row."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from payers.eligibility.response import Benefit, Member, Rejection
from service.eligibility.reading import ParsedAnswer


def tell(answer: ParsedAnswer) -> Iterator[RenderableType]:
    """The parts of the page."""
    for transaction in answer.transactions:
        yield Text(f"{transaction.payer.name or 'A payer without a name'}: {transaction.status}")
        yield from _refused(transaction.rejections)
        for member in transaction.members:
            yield from _member(member)
    if answer.plan:
        yield from _section("The plan that it tells, as an estimate takes it", _terms("", answer.plan))
    if answer.questions:
        yield from _section("Ask before relying on it", (each.question for each in answer.questions))
    if answer.warnings:
        yield from _section("Odd in the message", (f"segment {each.segment}: {each.text}" for each in answer.warnings))


def _section(title: str, points: Iterator[str]) -> Iterator[RenderableType]:
    yield Text()
    yield Text(title)
    yield from (Text(f"  {point}") for point in points)


def _terms(within: str, terms: Mapping[str, Any]) -> Iterator[str]:
    for name, value in terms.items():
        if isinstance(value, Mapping):
            yield from _terms(f"{within}{name} ", cast("Mapping[str, Any]", value))
        elif name.endswith("_cents"):
            yield f"{within}{name.removesuffix('_cents')}: {_dollars(value)}"
        elif name.endswith("_bp"):
            yield f"{within}{name.removesuffix('_bp')}: {_percent(value)}"
        else:
            yield f"{within}{name}: {value}"


def _member(member: Member) -> Iterator[RenderableType]:
    who = f"{member.level.capitalize()}{' (the patient)' if member.is_patient else ''}"
    yield Text()
    yield Text(f"{who}: {member.status}{', incomplete' if member.incomplete else ''}")
    facts = (
        ("Plan", member.plan_name),
        ("Coverage from", member.coverage_start),
        ("Coverage until", member.coverage_end),
    )
    for name, fact in facts:
        if fact:
            yield Text(f"  {name}: {fact}")
    yield from _refused(member.rejections)
    if member.benefits:
        yield _rows(member.benefits)


def _refused(rejections: tuple[Rejection, ...]) -> Iterator[RenderableType]:
    for each in rejections:
        again = "ask again later" if each.retry else "do not ask the same again"
        yield Text(f"  Rejected {each.reason or 'without a code'} ({each.loop}): {each.meaning}")
        yield Text(f"    Who acts: {each.who_acts}; {again}")


def _rows(benefits: tuple[Benefit, ...]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="")
    for heading in ("#", "What", "Services", "For", "Network", "Amount", "Measure", "Places", "Messages"):
        table.add_column(heading, justify="right" if heading in ("#", "Amount") else "left", overflow="fold")
    for row in benefits:
        table.add_row(
            str(row.n),
            row.kind,
            " ".join(row.service_types),
            row.level or "",
            row.network or "",
            _amount(row),
            row.measure or row.period or "",
            " ".join(row.places_of_service),
            "; ".join(row.messages),
        )
    return table


def _amount(row: Benefit) -> str:
    if row.amount_cents is not None:
        return "no limit" if row.no_limit else _dollars(row.amount_cents)
    if row.percent_bp is not None:
        return _percent(row.percent_bp)
    return f"{row.quantity.value} {row.quantity.qualifier or ''}".strip() if row.quantity else ""


def _dollars(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}${abs(cents) // 100:,}.{abs(cents) % 100:02}"


def _percent(basis_points: int) -> str:
    return f"{basis_points // 100}.{basis_points % 100:02}%"
