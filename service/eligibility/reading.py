"""What a payer said, as everybody is shown it: row by row, and as a plan that an estimate can use."""

from typing import Any

from msgspec.structs import replace

from payers.catalogue.model import Frozen
from payers.catalogue.vocabulary import Language, Network
from payers.cost_share.sparse import sparse
from payers.eligibility.plan.others import OtherPayer
from payers.eligibility.plan.read_plan import payer_kind, read_plan
from payers.eligibility.plan.reading import AskedPayer, PlanQuestion, PlanReading, Term
from payers.eligibility.plan.visit import Visit
from payers.eligibility.rejections import meaning
from payers.eligibility.response import Delimiters, Rejection, Response, Transaction, Warned


class ParsedAnswer(Frozen):
    """An answer before anybody interprets it, and beside it the plan that it tells for the visit.

    `plan` is the `benefits` of an estimate's question; what the payer did not say is left out of it. `alternatives` are
    what it may be instead, each of which goes on. `questions` is what must be asked before it can be trusted, those
    without whose answer there is no estimate first. `terms` say where each value was read, `not_used` which rows of
    cost sharing it was not.
    """

    gs08: str | None
    st03: str | None
    isa_length: int
    delimiters: Delimiters
    transactions: tuple[Transaction, ...]
    warnings: tuple[Warned, ...]
    plan: dict[str, Any]
    alternatives: tuple[dict[str, Any], ...]
    network: Network | None
    authorization_required: str | None
    deductible_remaining_cents: int | None
    other_payers: tuple[OtherPayer, ...]
    terms: tuple[Term, ...]
    not_used: tuple[int, ...]
    questions: tuple[PlanQuestion, ...]


def parsed(response: Response, visit: Visit, lang: Language, asked: AskedPayer | None = None) -> ParsedAnswer:
    """The answer with what it says of the plan. Without `asked` the answer itself tells what kind of payer it is of.

    A message of several answers has no one plan.
    """
    plan = PlanReading()
    if len(response.transactions) == 1:
        transaction = response.transactions[0]
        plan = read_plan(transaction, visit, asked or payer_kind(transaction), lang)
    return ParsedAnswer(
        gs08=response.gs08,
        st03=response.st03,
        isa_length=response.isa_length,
        delimiters=response.delimiters,
        transactions=tuple(_in(lang, each) for each in response.transactions),
        warnings=response.warnings,
        plan=sparse(plan.benefits) if plan.benefits else {},
        alternatives=tuple(sparse(each) for each in plan.alternatives),
        network=plan.network,
        authorization_required=plan.authorization_required,
        deductible_remaining_cents=plan.deductible_remaining_cents,
        other_payers=plan.other_payers,
        terms=plan.terms,
        not_used=plan.not_used,
        questions=plan.questions,
    )


def _in(lang: Language, transaction: Transaction) -> Transaction:
    """The same with its rejections told in the reader's language."""
    members = tuple(replace(member, rejections=_told(lang, member.rejections)) for member in transaction.members)
    return replace(transaction, rejections=_told(lang, transaction.rejections), members=members)


def _told(lang: Language, rejections: tuple[Rejection, ...]) -> tuple[Rejection, ...]:
    return tuple(replace(each, meaning=meaning(each.reason, lang)) for each in rejections)
