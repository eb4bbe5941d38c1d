"""With every term told, the services' answer is that of the journal of a plan year, to the cent."""

from hypothesis import given, settings

from payers.adjudication.adjudicate import adjudicate_services
from payers.adjudication.answer import AdjudicationAnswer, Amounts
from payers.adjudication.question import AdjudicationQuestion
from payers.cost_share.adjudicate import UNLIMITED_CENTS
from payers.cost_share.money import exactly
from payers.cost_share.plan_year import Money, run
from tests.payers.adjudication.journal import book_of, events
from tests.payers.adjudication.questions import questions


@given(questions())
@settings(max_examples=200, deadline=None)
def test_with_every_term_told_it_is_the_journal_to_the_cent(asked: AdjudicationQuestion) -> None:
    answer = adjudicate_services(asked)
    assert isinstance(answer, AdjudicationAnswer), answer
    book, place = book_of(asked), dict[str, int]()
    for service, told, happening in zip(asked.services, answer.services, events(asked, place), strict=True):
        book = run(book, happening)
        if service.reverses is None:
            place[service.label] = len(book.lines) - 1
        line = book.lines[place[service.reverses or service.label]]
        _same_money(told, line.money, 1 if service.reverses is None else -1)
        left = book.remaining_cents(line.claim.member, line.claim.pool)
        remaining = [told.deductible_remaining, told.out_of_pocket_remaining]
        assert remaining == [None if cents >= UNLIMITED_CENTS // 2 else exactly(cents) for cents in left]
        assert told.plan_year == line.year + 1
    assert [each.reversed for each in answer.services if each.label in place] == [
        book.lines[position].reversed for position in place.values()
    ]
    _same_money(answer.totals, book.total, 1)


def _same_money(told: Amounts, money: Money, sign: int) -> None:
    expected = {
        "charge": money.charge_cents,
        "allowed": money.allowed_cents,
        "deductible": money.share.deductible_cents,
        "copay": money.share.copay_cents,
        "coinsurance": money.share.coinsurance_cents,
        "not_covered": money.share.not_covered_cents,
        "balance_bill": money.balance_bill_cents,
        "write_off": money.write_off_cents,
        "plan_pays": money.plan_pays_cents,
        "other_payers_pay": 0,
        "assistance": money.assistance_cents,
        "patient_pays": money.patient_pays_cents,
    }
    assert {name: getattr(told, name) for name in expected} == {
        name: exactly(sign * cents) for name, cents in expected.items()
    }
