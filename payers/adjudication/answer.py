"""The answer: who bears each service, why, and all of them together."""

from payers.catalogue.model import Frozen
from payers.cost_share.money import Range


class Because(Frozen):
    """The term that made an amount: the field of that name, a key that never changes, and a sentence."""

    amount: str
    key: str
    sentence: str


class Amounts(Frozen):
    """Who bears a charge: `charge = plan_pays + other_payers_pay + assistance + patient_pays + write_off` to the cent.

    Deductible, copay and coinsurance are the patient's share before other payers and assistance. With what is not
    covered and the balance bill they are all that the plan leaves.
    """

    charge: Range
    allowed: Range
    deductible: Range
    copay: Range
    coinsurance: Range
    not_covered: Range
    balance_bill: Range
    write_off: Range
    plan_pays: Range
    other_payers_pay: Range
    assistance: Range
    patient_pays: Range


class ServiceAnswer(Amounts):
    """One service. One that takes another back has that one's amounts, negative.

    What is left of a limit is the member's, for services like this one; absent where there is no such limit, or none
    that anybody knows. `plan_year` counts from the first service's. `reversed`: it was taken back later.
    """

    label: str
    member: str | None
    plan_year: int
    reversed: bool
    deductible_remaining: Range | None
    out_of_pocket_remaining: Range | None
    because: tuple[Because, ...]


class AdjudicationAnswer(Frozen):
    """Every service in order, and the totals of those that stand.

    What plan and patient pay in total is bounded by whole courses, more tightly than by services.
    """

    services: tuple[ServiceAnswer, ...]
    totals: Amounts
