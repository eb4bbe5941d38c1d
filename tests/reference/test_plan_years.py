"""The product and the reference agree on random plan years, line by line and to the cent."""

from collections.abc import Sequence

from payers.cost_share.adjudicate import UNLIMITED_CENTS
from payers.cost_share.plan_year import Book, Event, Line, Reversal, run
from tests.reference.agreement import agree
from tests.reference.plan_year_cases import MEMBERS, POOLS, plan_year_case
from tests.reference.plan_years import KINDS, Household, Row


def differences(book: Book, events: Sequence[Event], household: type[Household] = Household) -> list[str]:
    """What the product and the reference tell differently, empty where they agree."""
    ours, theirs = household(book), book
    for event in events:
        # a case made smaller may have lost the line that is taken back
        if not isinstance(event, Reversal) or event.line < len(ours.rows):
            ours.happen(event)
            theirs = run(theirs, [event])
    found = [
        f"line {number}, {name}: the product says {line[name]}, the reference {row[name]}"
        for number, (line, row) in enumerate(zip(map(of_line, theirs.lines), map(of_row, ours.rows), strict=True))
        if line != row
        for name in line
        if line[name] != row[name]
    ]
    for member in MEMBERS:
        for pool in POOLS:
            left = tuple(known(ours.open(kind, member, pool)) for kind in ("deductible", "out-of-pocket-maximum"))
            if theirs.remaining_cents(member, pool) != left:
                found.append(
                    f"left for {member}, {pool}: the product says {theirs.remaining_cents(member, pool)}, "
                    f"the reference {left}"
                )
    if theirs.card is not None and theirs.card.left_cents != ours.card_money():
        found.append(f"card: the product says {theirs.card.left_cents}, the reference {ours.card_money()}")
    if theirs.total.patient_pays_cents != sum(row.patient for row in ours.rows if row.stands):
        found.append("the totals differ")
    return found


def of_line(line: Line) -> dict[str, object]:
    money = line.money
    return {
        "deductible": money.share.deductible_cents,
        "copay": money.share.copay_cents,
        "coinsurance": money.share.coinsurance_cents,
        "not covered": money.share.not_covered_cents,
        "balance bill": money.balance_bill_cents,
        "write-off": money.write_off_cents,
        "assistance": money.assistance_cents,
        "plan": money.plan_pays_cents,
        "patient": money.patient_pays_cents,
        "credit": tuple(line.posting.credit),
        "left": (line.deductible_remaining_cents, line.out_of_pocket_remaining_cents),
        "card ran dry": line.card_ran_dry,
        "stands": not line.reversed,
    }


def of_row(row: Row) -> dict[str, object]:
    return {
        "deductible": row.deductible,
        "copay": row.copay,
        "coinsurance": row.coinsurance,
        "not covered": row.not_covered,
        "balance bill": row.balance_bill,
        "write-off": row.write_off,
        "assistance": row.assistance,
        "plan": row.plan,
        "patient": row.patient,
        "credit": tuple(row.credit[kind] for kind in KINDS),
        "left": tuple(map(known, row.left)),
        "card ran dry": row.card_ran_dry,
        "stands": row.stands,
    }


def known(cents: float) -> float:
    return min(cents, UNLIMITED_CENTS)


def test_plan_years() -> None:
    agree(plan_year_case, differences, percent=60)
