"""What is asked: services in the order in which the plan processes them, and every term that decides about them."""

from datetime import date
from typing import Annotated

from msgspec import Meta, field
from msgspec.structs import fields

from payers.catalogue.model import Frozen
from payers.catalogue.vocabulary import Network
from payers.cost_share.assistance import Policy
from payers.cost_share.coordination import Method
from payers.cost_share.design import Kind
from payers.cost_share.plan import Benefits, Cents, CostShare
from payers.estimate.question import Language, Name

MAX_SERVICES = 60
MAX_OTHER_MEMBERS = 11


class ServiceInput(Frozen):
    """One service, or an earlier one taken back.

    Without a charge the plan's allowed amount is the charge. `kind` picks the terms among `benefits.cost_shares`; a
    kind without its own follows `default`, a pharmacy drug never does. `cost_share` stands instead of them. Out of
    network the patient owes what the charge exceeds the allowed amount by. `member` is one of `members`, absent the
    patient. `preventive` makes a service of the network free, whatever its terms (45 CFR 147.130). `counts_as_visit`
    uses up one of `benefits.visit_limit`. `assisted` says whether the savings card helps; absent, it helps the
    patient with kinds `drug` and `pharmacy_drug`.

    `out_of_network_rate_cents` is what the provider gets in all for a service that the No Surprises Act protects
    (45 CFR 149.110 to 149.130; 42 U.S.C. 300gg-111). `allowed_cents` is then the recognized amount: the patient shares
    it as in the network, the plan pays the rest of the rate, and nobody bills the balance.

    `reverses` is the label of the earlier service that is taken back within its plan year: its money leaves the
    totals, and its credit and its visit come back.
    """

    label: Name
    allowed_cents: Cents | None = None
    charge_cents: Cents | None = None
    network: Network = "in"
    kind: Kind = "default"
    cost_share: CostShare | None = None
    out_of_network_rate_cents: Cents | None = None
    on: date | None = None
    member: Name | None = None
    preventive: bool = False
    counts_as_visit: bool = False
    assisted: bool | None = None
    reverses: Name | None = None

    def __post_init__(self) -> None:
        if self.reverses is not None:
            if any(getattr(self, name) != usual for name, usual in _USUAL.items()):
                raise ValueError("a service that takes another one back has a label and a date and no terms of its own")
            return
        if self.allowed_cents is None:
            raise ValueError("a service needs allowed_cents")
        if self.network == "out" and self.charge_cents is None:
            raise ValueError("a service outside the network needs charge_cents")
        if self.network == "in" and self.out_of_network_rate_cents is not None:
            raise ValueError("out_of_network_rate_cents needs a service outside the network")

    @property
    def settled_as(self) -> Network:
        """Whose terms and limits hold: a protected service is settled as in the network."""
        return self.network if self.out_of_network_rate_cents is None else "in"

    @property
    def helped_by_card(self) -> bool:
        """Whether the savings card helps with it."""
        if self.assisted is not None:
            return self.assisted
        return self.member is None and self.kind in ("drug", "pharmacy_drug")

    @property
    def billed_cents(self) -> int:
        """What the provider asks for."""
        return (self.allowed_cents or 0) if self.charge_cents is None else self.charge_cents

    @property
    def paid_cents(self) -> int:
        """The most that plan and patient may pay for it where it is covered: the charge, or a protected rate."""
        rate_cents = self.out_of_network_rate_cents
        return self.billed_cents if rate_cents is None else min(rate_cents, self.billed_cents)


_USUAL = {each.name: each.default for each in fields(ServiceInput) if each.name not in ("label", "on", "reverses")}
"""The terms of a service that tells none."""


class Met(Frozen):
    """What a member has met of a deductible and of an out-of-pocket maximum; absent, nobody knows."""

    deductible_met_cents: Cents | None = None
    out_of_pocket_max_met_cents: Cents | None = None


class MemberInput(Met):
    """What another member of the family has met before the first service; absent, nobody knows.

    `pharmacy` and `out_of_network` are of the limits that these have apart, `visits_used` of the member's own visits.
    """

    coinsurance_max_met_cents: Cents | None = None
    pharmacy: Met | None = None
    out_of_network: Met | None = None
    visits_used: Annotated[int, Meta(ge=0, le=366)] | None = None


class CardInput(Frozen):
    """The patient's savings card.

    `policy` is what the plan does with its money. `credits_own_money` says whether an accumulator still counts the
    patient's own dollars on a fill that the card touched. `remaining_cents` is what the card's calendar year holds
    before the first service, `yearly_limit_cents` what a new one brings. Absent, each of them is not known. A card
    without `per_fill_limit_cents` has no such limit. `patient_floor_cents` is what each fill costs the patient in any
    case.
    """

    policy: Policy | None = None
    credits_own_money: bool | None = None
    remaining_cents: Cents | None = None
    yearly_limit_cents: Cents | None = None
    per_fill_limit_cents: Cents | None = None
    patient_floor_cents: Cents = 0

    def __post_init__(self) -> None:
        held, yearly = self.remaining_cents, self.yearly_limit_cents
        if held is not None and yearly is not None and held > yearly:
            raise ValueError("remaining_cents is above yearly_limit_cents")


class OtherPlan(Frozen):
    """A second commercial plan of the patient's, how it coordinates, and its own terms and limits.

    It allows what the first plan does and takes the clinic for one of its network; services of kind `infusion` follow
    its `default` terms. `bank_cents` is what its credit reserve holds, absent where it keeps none.
    """

    method: Method | None = None
    benefits: Benefits | None = None
    bank_cents: Cents | None = None


class AdjudicationQuestion(Frozen):
    """Services in the order in which the plan processes them, under `benefits`.

    What is left out is unknown, never zero. What is met belongs to the plan year of the first service. `benefits` tells
    what the patient and the family have met; `members` what the others have. Without `family_met_cents` the family has
    met what its members have, when that is told of all. `self_only_max_cents` is the federal maximum for one person,
    which stands inside a family's (45 CFR 156.130); it also bounds a maximum that is not told. Card and other plan
    are the patient's own.
    """

    benefits: Benefits
    services: Annotated[tuple[ServiceInput, ...], Meta(min_length=1, max_length=MAX_SERVICES)]
    members: Annotated[dict[Name, MemberInput], Meta(max_length=MAX_OTHER_MEMBERS)] = field(default_factory=dict)
    self_only_max_cents: Cents | None = None
    other_coverage: OtherPlan | None = None
    card: CardInput | None = None
    lang: Language = "en"

    @property
    def days(self) -> tuple[date, ...]:
        """The dates told: all or none."""
        return tuple(service.on for service in self.services if service.on)
