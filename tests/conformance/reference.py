"""The rules of a plan year once more, slow and obvious, written from the published rules and not from the product.

Money is handed out cent by cent, percentages are fractions, and what was met is counted anew for every line.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import inf


@dataclass
class Limit:
    kind: str
    own: int | None
    family: int | None
    aggregate: bool
    self_only: int | None
    governs: set[str] | None
    credited_by: set[str] | None


@dataclass
class Share:
    """The words of a summary of benefits for one service."""

    percent: Fraction
    copay: int
    order: str
    gross: bool
    deductible_applies: bool
    floor: int
    ceiling: float
    covered: bool
    preventive: bool
    copay_credits_deductible: bool
    deductible_counts: bool
    copay_counts: bool
    copay_goes_on: bool


@dataclass
class Service:
    member: str
    pool: str
    charge: int
    fee: int
    contracted: bool
    share: Share
    visit: str | None
    on: date
    assisted: bool


@dataclass
class Row:
    """One line as it came out."""

    service: Service
    year: int
    card_year: int
    deductible: int = 0
    copay: int = 0
    coinsurance: int = 0
    not_covered: int = 0
    balance_bill: int = 0
    write_off: int = 0
    assistance: int = 0
    plan: int = 0
    patient: int = 0
    credit: dict[str, int] = field(default_factory=dict[str, int])
    standing: bool = True


@dataclass
class Credit:
    """Deductible credit that came from the year before."""

    member: str
    pool: str
    cents: int
    year: int
    on: date


@dataclass
class Household:
    """A family's plan years."""

    limits: list[Limit]
    visits_allowed: dict[str, int]
    policy: str | None
    card_money: float
    fill_limit: float
    floor: int
    own_money_counts: bool
    year: int = 0
    card_year: int = 0
    rows: list[Row] = field(default_factory=list[Row])
    carried: list[Credit] = field(default_factory=list[Credit])

    def met(self, limit: Limit, member: str | None) -> int:
        total = 0
        for row in self.rows:
            if not row.standing or row.year != self.year:
                continue
            if member is not None and row.service.member != member:
                continue
            if limit.credited_by is not None and row.service.pool not in limit.credited_by:
                continue
            total += row.credit[limit.kind]
        if limit.kind == "deductible":
            for credit in self.carried:
                mine = member is None or credit.member == member
                here = limit.credited_by is None or credit.pool in limit.credited_by
                if credit.year == self.year and mine and here:
                    total += credit.cents
        return total

    def left(self, kind: str, member: str, pool: str) -> float:
        """What may still be asked; no deductible asks for nothing, no maximum stops nothing."""
        answers: list[float] = []
        for limit in self.limits:
            if limit.kind != kind or (limit.governs is not None and pool not in limit.governs):
                continue
            of_person, of_family = inf, inf
            family_only = limit.aggregate and limit.family is not None
            if limit.own is not None and not family_only:
                of_person = max(0, limit.own - self.met(limit, member))
            if limit.self_only is not None:
                of_person = min(of_person, max(0, limit.self_only - self.met(limit, member)))
            if limit.family is not None:
                of_family = max(0, limit.family - self.met(limit, None))
            answers.append(min(of_person, of_family))
        if not answers:
            return 0 if kind == "deductible" else inf
        return min(answers)

    def serve(self, service: Service) -> Row:
        row = Row(service, self.year, self.card_year, credit={"deductible": 0, "coinsurance": 0, "maximum": 0})
        seen = 0
        for other in self.rows:
            same = (other.service.member, other.service.visit) == (service.member, service.visit)
            if other.standing and other.year == self.year and same and not other.not_covered:
                seen += 1
        too_many = service.visit in self.visits_allowed and seen >= self.visits_allowed[service.visit or ""]
        if not service.share.covered or too_many:
            row.not_covered = row.patient = service.charge
            self.rows.append(row)
            return row
        allowed = min(service.charge, service.fee)
        if service.contracted:
            row.write_off = service.charge - allowed
        else:
            row.balance_bill = service.charge - allowed
        deductible_left = self.left("deductible", service.member, service.pool)
        maximum_left = self.left("maximum", service.member, service.pool)
        coinsurance_left = self.left("coinsurance", service.member, service.pool)
        if not (service.share.preventive and service.contracted):
            split(row, allowed, deductible_left, maximum_left, coinsurance_left)
        owed = row.deductible + row.copay + row.coinsurance
        row.plan = allowed - owed
        counted = owed
        if self.policy is not None and service.assisted:
            counted = self.help(row, owed)
        self.post(row, counted, deductible_left, maximum_left)
        row.patient = service.charge - row.write_off - row.plan - row.assistance
        self.rows.append(row)
        return row

    def help(self, row: Row, owed: int) -> int:
        while owed - row.assistance > self.floor and row.assistance < self.fill_limit and self.card_money > 0:
            row.assistance += 1
            self.card_money -= 1
        if self.policy == "counts":
            return owed
        if self.policy == "accumulator":
            return 0 if row.assistance and not self.own_money_counts else owed - row.assistance
        while owed - row.assistance > self.floor:
            owed -= 1
            row.plan += 1
        return 0

    def post(self, row: Row, counted: int, deductible_left: float, maximum_left: float) -> None:
        share = row.service.share
        for name in ("deductible", "copay", "coinsurance"):
            for _ in range(getattr(row, name)):
                if not counted:
                    return
                counted -= 1
                if name == "deductible" or (name == "copay" and share.copay_credits_deductible):
                    row.credit["deductible"] += row.credit["deductible"] < deductible_left
                if name == "coinsurance":
                    row.credit["coinsurance"] += 1
                counts = {"deductible": share.deductible_counts, "copay": share.copay_counts, "coinsurance": True}
                if counts[name]:
                    row.credit["maximum"] += row.credit["maximum"] < maximum_left

    def next_year(self, carry_since: date | None, even_if_met: bool) -> None:
        coming: list[Credit] = []
        for row in self.rows:
            mine = row.standing and row.year == self.year and row.credit["deductible"]
            if carry_since is None or not mine or row.service.on < carry_since:
                continue
            if even_if_met or self.left("deductible", row.service.member, row.service.pool) > 0:
                coming.append(
                    Credit(
                        row.service.member, row.service.pool, row.credit["deductible"], self.year + 1, row.service.on
                    )
                )
        for old in self.carried:
            late = carry_since is not None and old.year == self.year and old.on >= carry_since
            if late and (even_if_met or self.left("deductible", old.member, old.pool) > 0):
                coming.append(Credit(old.member, old.pool, old.cents, self.year + 1, old.on))
        self.carried += coming
        self.year += 1

    def take_back(self, number: int) -> None:
        row = self.rows[number]
        if row.standing and row.card_year == self.card_year:
            self.card_money += row.assistance
        row.standing = False


def split(row: Row, price: int, deductible_left: float, maximum_left: float, coinsurance_left: float) -> None:
    """Deductible, copay and coinsurance of one price, a cent at a time."""
    share = row.service.share
    deductible_most = maximum_left if share.deductible_counts else inf
    steps = ["copay", "deductible"] if share.order == "before" else ["deductible", "copay"]
    rest = price
    for step in steps:
        if step == "copay":
            while rest and row.copay < share.copay:
                row.copay += 1
                rest -= 1
        elif share.deductible_applies:
            used = row.copay if share.copay_credits_deductible else 0
            while rest and row.deductible + used < deductible_left and row.deductible < deductible_most:
                row.deductible += 1
                rest -= 1
    base = price - row.deductible if share.gross else rest
    exact = share.percent * base
    row.coinsurance = int(
        (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    )
    row.coinsurance = int(min(max(row.coinsurance, share.floor), share.ceiling, rest, coinsurance_left))

    def counted() -> int:
        return (
            row.coinsurance
            + (row.copay if share.copay_counts else 0)
            + (row.deductible if share.deductible_counts else 0)
        )

    while row.coinsurance and counted() > maximum_left:
        row.coinsurance -= 1
    while row.copay and share.copay_counts and not share.copay_goes_on and counted() > maximum_left:
        row.copay -= 1


def secondary(method: str, allowable: int, primary: int, alone: int) -> int:
    """The most that the secondary may pay: tried one cent after the other."""
    paid = 0
    while True:
        more = paid + 1
        if more + primary > allowable or more > alone:
            return paid
        if method == "non-duplication" and more + primary > alone:
            return paid
        paid = more


def supplement(
    deductible: int,
    coinsurance: int,
    excess: int,
    *,
    pays_deductible: bool,
    pays_percent: Fraction,
    pays_excess: bool,
    high: int | None = None,
    limit: int | None = None,
) -> int:
    """What a Medicare supplement pays of one line, without visit copays.

    `high` is the open high deductible, `limit` the open yearly limit of plans K and L.
    """
    paid = 0
    bills = [("deductible", deductible), ("coinsurance", coinsurance), ("excess", excess)]
    for name, bill in bills:
        own = 0
        if name == "coinsurance":
            part = bill * pays_percent
            own = bill - int(part + Fraction(1, 2))
        for _ in range(bill):
            if high:
                high -= 1
            elif name == "deductible":
                if pays_deductible:
                    paid += 1
                elif limit:
                    limit -= 1
            elif name == "excess":
                paid += pays_excess
            elif own and (limit is None or limit):
                own -= 1
                limit = None if limit is None else limit - 1
            else:
                paid += 1
    return paid
