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


class MetAmounts(Frozen):
    """What was credited toward a deductible and an out-of-pocket maximum; absent where nobody knows."""

    deductible: Range | None
    out_of_pocket_max: Range | None


class OwnerMet(MetAmounts):
    """What one owner was credited; `pharmacy` and `out_of_network` where these have limits of their own."""

    coinsurance_max: Range | None
    pharmacy: MetAmounts | None
    out_of_network: MetAmounts | None


class PlanYearMet(Frozen):
    """What was met in the plan year of the last service, up to that service and with what was told or carried over.

    It is what a question about the next service tells. The credit of a limit that the plan does not have is counted
    all the same.
    """

    patient: OwnerMet
    members: dict[str, OwnerMet]
    family: OwnerMet


class AdjudicationAnswer(Frozen):
    """Every service in order, and the totals of those that stand.

    What plan and patient pay in total is bounded by whole courses, more tightly than by services. `card_remaining` is
    what the calendar year of the last service leaves on the savings card; absent without a card, or where nobody knows.
    """

    services: tuple[ServiceAnswer, ...]
    totals: Amounts
    met: PlanYearMet
    card_remaining: Range | None
