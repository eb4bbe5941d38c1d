"""The reference's own words for a family's plan years: what is told and what happens. Values alone, no rules."""

from collections.abc import Mapping
from datetime import date
from typing import Literal, NamedTuple

NO_LIMIT = 10**15

LimitKind = Literal["deductible", "coinsurance-maximum", "out-of-pocket-maximum"]
KINDS: tuple[LimitKind, ...] = ("deductible", "coinsurance-maximum", "out-of-pocket-maximum")


class YearlyLimit(NamedTuple):
    """One limit, the pools of claims it governs and those whose payments credit it; no family amount is one person's.

    `self_only_cents` is the federal maximum for one person, which stands inside a family's.
    """

    number: int
    kind: LimitKind
    individual_cents: int | None
    family_cents: int | None
    family_rule: Literal["embedded", "aggregate"]
    self_only_cents: int | None
    governs: frozenset[str]
    credited_by: frozenset[str]


class Terms(NamedTuple):
    """What the patient owes for one service."""

    patient_share_bp: int = 0
    copay_cents: int = 0
    copay_timing: str | None = None
    coinsurance_on_gross: bool = False
    deductible_applies: bool = True
    coinsurance_min_cents: int = 0
    coinsurance_max_cents: int = NO_LIMIT
    covered: bool = True
    preventive: bool = False
    copay_credits_deductible: bool = False
    deductible_counts_to_maximum: bool = True
    copay_counts_to_maximum: bool = True
    copay_after_maximum: bool = False


class Claim(NamedTuple):
    """One service. `contracted` is false for a provider who may bill the balance; `rate_cents` protects from that."""

    allowed_cents: int
    charge_cents: int
    terms: Terms = Terms()
    contracted: bool = True
    rate_cents: int | None = None
    member: str = ""
    pool: str = "medical"
    counts_as_visit: bool = False
    on: date | None = None
    assisted: bool = False


class NewYear(NamedTuple):
    """The limits start again. `carry_over_since` is the first day of the quarter that counts again, where one does."""

    carry_over_since: date | None = None
    carries_met_deductible: bool = False


class NewLimits(NamedTuple):
    """A change of tier: what was credited stays."""

    limits: tuple[YearlyLimit, ...]


class Card(NamedTuple):
    """A savings card and what its year holds."""

    policy: str
    left_cents: int
    fill_limit_cents: int
    patient_floor_cents: int
    credits_own_money: bool


class NewCardYear(NamedTuple):
    """The card's year starts again."""

    card: Card


class Reversal(NamedTuple):
    """A line, by its position, is taken back."""

    line: int


Event = Claim | NewYear | NewLimits | NewCardYear | Reversal


class Told(NamedTuple):
    """What was met of the limit of a number before the first service, by a member or by nobody in particular."""

    limit: int
    member: str
    cents: int


class Opening(NamedTuple):
    """A family's plan year before the first service."""

    limits: tuple[YearlyLimit, ...]
    met: tuple[Told, ...]
    visits: int | None
    visits_used: Mapping[str, int]
    card: Card | None
