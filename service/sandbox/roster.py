"""Whom the sandbox knows: its payers, their plans, their members, and what goes wrong with some of them.

`roster.toml` beside this is the whole of it. Amounts and shares are text, sent as they stand there.
"""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from payers.catalogue.model import Frozen
from payers.eligibility.inquiry import PLAN, Gender, Relationship, ServiceType
from payers.eligibility.response import Kind, NetworkScope

Trouble = Literal[
    "slow",  # a good answer, after everybody has stopped waiting
    "busy",  # HTTP 429
    "server-error",  # HTTP 500
    "hang-up",  # the connection closes instead of an answer
    "error-inside",  # HTTP 200, and the error is in the body
    "cut",  # the first half of a good answer
    "malformed",  # no answer that anybody can read
    "down-once",  # AAA 42 on every first try, a good answer on every second one
]

Amount = Annotated[str, Meta(pattern=r"^\d+(\.\d\d?)?$")]
Share = Annotated[str, Meta(pattern=r"^\d*\.?\d+$")]
Day = Annotated[str, Meta(pattern=r"^\d\d-\d\d$")]


class Rejection(Frozen):
    """A payer's no (AAA): where it stands, why, what to do, and whether the question itself was valid."""

    loop: Literal["2000A", "2100A", "2100B", "2100C", "2100D"]
    code: str
    follow_up: str = "C"
    valid: Literal["Y", "N"] = "N"


class Named(Frozen):
    """An organization by name and id. `entity` is X12's code: `PR` a payer, `PRP` the primary one."""

    name: str
    id: str
    entity: str = "PR"


class Benefit(Frozen):
    """One thing that a plan says. With `left` or `used` it becomes further rows beside the limit, as payers send it."""

    what: Kind
    services: tuple[ServiceType, ...] = (PLAN,)
    level: Literal["individual", "family"] | None = "individual"
    network: NetworkScope | None = None
    insurance_type: str | None = None
    amount: Amount | None = None
    left: Amount | None = None
    used: Amount | None = None
    share: Share | None = None
    """Of the patient, as a fraction; some payers send a whole number."""
    per: str | None = None
    """The period; absent means the plan's year for a limit, and a visit for a copay."""
    visits: int | None = None
    authorization: bool | None = None
    places: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    names: Named | None = None
    """Who else is meant: another payer, the plan behind this one."""


class Plan(Frozen):
    """A plan's terms, the same for all of its members."""

    name: str
    insurance_type: str | None = None
    year_starts: Day = "01-01"
    active: bool = True
    covers: tuple[ServiceType, ...] = ()
    """Services told as covered beside the plan itself, without amounts."""
    benefits: tuple[Benefit, ...] = ()

    def year(self, day: date) -> tuple[date, date]:
        """First and last day of the plan year that holds `day`."""
        month, of_month = (int(part) for part in self.year_starts.split("-"))
        start = date(day.year, month, of_month)
        if day < start:
            start = start.replace(year=day.year - 1)
        return start, date.fromordinal(start.replace(year=start.year + 1).toordinal() - 1)


class Person(Frozen):
    """A name that nobody bears."""

    last_name: str
    first_name: str
    birth_date: date
    gender: Gender


class Dependent(Person):
    """Somebody else on a member's plan."""

    relationship: Relationship


class Member(Person):
    """Somebody with a card. `shows` says what the member is there for."""

    id: str
    payer: str
    shows: str
    plan: str
    group: str | None = None
    ended: date | None = None
    dependents: tuple[Dependent, ...] = ()
    rejection: Rejection | None = None
    answers_anyway: bool = False
    """The payer rejects and tells benefits in the same answer."""
    trouble: Trouble | None = None
    without_x12: bool = False
    """The JSON network leaves the 271 out of its answer."""


class Payer(Frozen):
    """A payer of the catalogue by its slug, under the ids that networks know it by."""

    slug: str
    name: str
    ids: tuple[str, ...]


class StrangeProvider(Frozen):
    """An NPI that the payers refuse, and how. Every other NPI with a right check digit is welcome."""

    npi: str
    shows: str
    rejection: Rejection


class Roster(Frozen):
    """Everything that the sandbox answers from."""

    payers: tuple[Payer, ...]
    providers: tuple[StrangeProvider, ...]
    plans: dict[str, Plan]
    members: tuple[Member, ...]


@cache
def roster() -> Roster:
    """The roster that ships with the sandbox."""
    return msgspec.toml.decode((Path(__file__).parent / "roster.toml").read_bytes(), type=Roster)
