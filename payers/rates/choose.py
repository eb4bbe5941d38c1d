"""Which of the rates on file prices one line of a claim, and every step on the way there.

First goes whatever cannot price the line, then the better evidence before the weaker, rule by rule in one order.
Amounts that are left and differ are a range; nothing is averaged. The rules follow the formats' own meaning
(CMSgov/price-transparency-guide, schemas 1.x and 2.x) and what published methods agree on.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Literal, NamedTuple

from payers.catalogue.names import normalise
from payers.catalogue.vocabulary import FACILITY_PLACES
from payers.cost_share.money import Range, hull, share_of, span
from payers.rates.cited import CitedRate, cited
from payers.rates.on_file import OLD, Candidate, Pin
from payers.rates.rate import ANY_OTHER_CODE, Rate, RateKind, SourceKind

Evidence = Literal["own-remittances", "payer-file", "hospital-file", "medicare-multiple"]
STRONGEST_FIRST: tuple[Evidence, ...] = ("own-remittances", "payer-file", "hospital-file", "medicare-multiple")
"""What the payer really allowed here, what it says that it pays this clinic, what a hospital says of itself, and what
the clinic takes it to allow of Medicare's amount."""

RuleName = Literal[
    "pinned",
    "fee-for-service",
    "code-set",
    "exact-code",
    "one-unit",
    "price",
    "modifier-fits",
    "place-fits",
    "evidence",
    "newest",
    "tin",
    "network",
    "modifier",
    "in-force",
    "kind",
    "fee-schedule",
]

RECENT = timedelta(days=90)
"""Remittances count when they are this close to the newest one: a payer's amounts change from year to year."""
_EVIDENCE: dict[SourceKind, Evidence] = {
    "remittance": "own-remittances",
    "payer-file": "payer-file",
    "hospital-file": "hospital-file",
    "medicare-asp": "medicare-multiple",
}
_TIERS: dict[RateKind, int] = {
    "allowed": 0,
    "fee schedule": 0,
    "negotiated": 0,
    "median": 1,
    "derived": 2,
    "percentage": 3,
}
"""`derived` is an accounting price, and a percentage needs a charge; a `per diem` prices no line."""
_NO_MODIFIER = frozenset({"", "00", "25", "JZ", "KX"})
"""Those that say something of the claim and change no amount: a visit apart from what else was done, nothing of a drug
thrown away, conditions met. The catalogue's claim rules ask for them."""


class Line(NamedTuple):
    """What is priced. `charge_cents` is what the clinic itself asks for the line, where that is known.

    `network` is the plan's network, or the plan, by the name that a price file gives it; absent where nobody said.
    """

    code: str
    on: date
    units: int = 1
    place_of_service: str = "11"
    modifiers: frozenset[str] = frozenset()
    charge_cents: int | None = None
    network: str | None = None


class Step(NamedTuple):
    """One rule and how many rates it left of how many."""

    rule: RuleName
    left: int
    of: int


class Choice(NamedTuple):
    """What is left. `amount` is absent where nothing is; the steps tell why.

    `assumed_bp` is the share of Medicare's limit that the amount is, where nothing of the payer's own prices the line.
    `stale`: a rate that is left had expired on the day of service, or all of them are older than a year.
    """

    line: Line
    amount: Range | None
    left: tuple[Candidate, ...]
    steps: tuple[Step, ...]
    pin: Pin | None = None
    stale: bool = False
    behind: tuple[CitedRate, ...] = ()
    assumed_bp: int | None = None

    @property
    def exact(self) -> bool:
        """Whether a source about the payer names the line's own code, and not all other codes."""
        return bool(self.left) and self.left[0].rate.code == self.line.code and self.assumed_bp is None

    @property
    def evidence(self) -> Evidence:
        """What kind of source the amount comes from; all that are left are of one kind."""
        return _EVIDENCE[self.left[0].source.kind]

    @property
    def median_cents(self) -> int | None:
        """The middle of what was allowed, where one median is all that is left."""
        medians = {cents_of(self.line, each.rate) if each.rate.kind == "median" else None for each in self.left}
        return medians.pop() if len(medians) == 1 else None

    @property
    def differ(self) -> bool:
        """Whether what is left says different things, and nothing tells which holds."""
        return len({(cents_of(self.line, each.rate), range_of(self.line, each.rate)) for each in self.left}) > 1

    @property
    def by_network(self) -> dict[str, Range]:
        """The amounts of each network that is left, by its name, where naming it would narrow the range."""
        found: dict[str, Range] = {}
        for name in dict.fromkeys(name for each in self.left for name in each.rate.networks):
            amount = hull(range_of(self.line, each.rate) for each in self.left if name in each.rate.networks)
            if amount != self.amount:
                found[name] = amount
        return found

    @property
    def of_other_networks(self) -> bool:
        """Whether the network that was named has no rate here, and those of others stand in."""
        name = self.line.network
        return name is not None and all(each.rate.networks and not _is_of(each, name) for each in self.left)


def choose(line: Line, candidates: Iterable[Candidate], pinned: tuple[Pin, Candidate] | None = None) -> Choice:
    """The rates that price the line, and the range of their amounts. The order of `candidates` means nothing."""
    several = [each for each in candidates if each.source.kind in _EVIDENCE]
    steps: list[Step] = []
    if pinned:
        pin, chosen = pinned
        steps.append(Step("pinned", 1, len(several)))
        return _priced(line, [chosen] if _can_price(line, chosen.rate) else [], steps, pin)
    for rule, narrow in _RULES:
        left = narrow(line, several)
        steps.append(Step(rule, len(left), len(several)))
        several = left
    contracts = list(_by_network(line, several))
    for rule, narrow in _OF_A_NETWORK:
        contracts = [narrow(line, each) for each in contracts]
        kept = {id(each) for contract in contracts for each in contract}
        left = [each for each in several if id(each) in kept]
        steps.append(Step(rule, len(left), len(several)))
        several = left
    return _priced(line, several, steps)


def weakest(choices: Iterable[Choice]) -> Evidence:
    """The weakest evidence that any of them rests on."""
    return STRONGEST_FIRST[max(STRONGEST_FIRST.index(each.evidence) for each in choices)]


def cents_of(line: Line, rate: Rate) -> int:
    """What the rate pays for the line, rounded half up to the cent. A percentage needs the line's charge.

    Raises:
        ValueError: the rate has no amount, and the line no charge.
    """
    if rate.amount_cents is not None:
        return _for_line(line, rate, rate.amount_cents)
    if rate.percent_bp is None or line.charge_cents is None:
        raise ValueError(rate.kind)
    return share_of(line.charge_cents, rate.percent_bp)


def range_of(line: Line, rate: Rate) -> Range:
    """What the line may come to: the rate's amount, and around a median what the middle eight of ten claims did.

    Raises:
        ValueError: the rate has no amount, and the line no charge.
    """
    percentiles = (rate.percentile_10_cents, rate.percentile_90_cents)
    return span((cents_of(line, rate), *(_for_line(line, rate, each) for each in percentiles if each is not None)))


def _for_line(line: Line, rate: Rate, cents: int) -> int:
    """Cents for the rate's units as cents for the line's, rounded half up."""
    return (2 * cents * line.units + rate.units) // (2 * rate.units)


def _priced(line: Line, left: Sequence[Candidate], steps: Sequence[Step], pin: Pin | None = None) -> Choice:
    if not left:
        return Choice(line, None, (), tuple(steps), pin)
    amount = hull(range_of(line, each.rate) for each in left)
    ordered = sorted(left, key=lambda each: (cents_of(line, each.rate), each.source.name, each.rate.networks))
    stale = any(_expired(line, each) for each in left) or all(_old(line, each) for each in left)
    return Choice(line, amount, tuple(ordered), tuple(steps), pin, stale, cited(ordered))


Narrow = Callable[[Line, list[Candidate]], list[Candidate]]


def _only(fits: Callable[[Line, Candidate], bool]) -> Narrow:
    """A rule that leaves out what does not fit."""
    return lambda line, several: [each for each in several if fits(line, each)]


def _before(better: Callable[[Line, Candidate], int]) -> Narrow:
    """A rule that keeps the best by a rank of which 0 is the best."""

    def narrow(line: Line, several: list[Candidate]) -> list[Candidate]:
        ranks = [better(line, each) for each in several]
        best = min(ranks, default=0)
        return [each for each, rank in zip(several, ranks, strict=True) if rank == best]

    return narrow


def _modifiers(rate: Rate) -> frozenset[str]:
    return frozenset(each.strip().upper() for each in rate.modifiers) - _NO_MODIFIER


def _modifier_fits(line: Line, each: Candidate) -> bool:
    return _modifiers(each.rate) in (line.modifiers, frozenset())


def _can_price(line: Line, rate: Rate) -> bool:
    """A zero is no price, and a percentage none without the clinic's own charge."""
    if rate.kind not in _TIERS:
        return False
    return bool(rate.amount_cents or (rate.percent_bp and line.charge_cents))


def _place_fits(line: Line, each: Candidate) -> bool:
    """A hospital's own institutional amounts are for its departments; a payer's file has a facility's beside ours."""
    rate = each.rate
    institutional = each.source.kind == "hospital-file" and line.place_of_service in FACILITY_PLACES
    return (
        (rate.billing_class != "institutional" or institutional)
        and rate.setting != "inpatient"
        and (not rate.places_of_service or bool({line.place_of_service, ANY_OTHER_CODE} & {*rate.places_of_service}))
    )


def _newest(_: Line, several: list[Candidate]) -> list[Candidate]:
    """Of remittances those close to the newest; other evidence has no day of service."""
    days = [each.rate.serviced_on for each in several if each.rate.serviced_on]
    if not days:
        return several
    since = max(days) - RECENT
    return [each for each in several if each.rate.serviced_on is None or each.rate.serviced_on >= since]


def _is_of(each: Candidate, network: str) -> bool:
    return normalise(network) in map(normalise, each.rate.networks)


def _network(line: Line, several: list[Candidate]) -> list[Candidate]:
    """Those of the network that was named, else those that name none; where there are neither, nobody knows."""
    if line.network is None:
        return several
    named = [each for each in several if _is_of(each, line.network)]
    return named or [each for each in several if not each.rate.networks] or several


def _by_network(line: Line, several: list[Candidate]) -> Iterator[list[Candidate]]:
    """The rates of each network, and those that name none: no contract goes before another network's."""
    if line.network and any(_is_of(each, line.network) for each in several):
        yield several
        return
    names = dict.fromkeys(name for each in several for name in each.rate.networks or (None,))
    for name in names:
        yield [each for each in several if (name in each.rate.networks if name else not each.rate.networks)]


def _expired(line: Line, each: Candidate) -> bool:
    return each.rate.expires_on is not None and each.rate.expires_on < line.on


def _old(line: Line, each: Candidate) -> bool:
    said_on = each.rate.serviced_on or each.source.last_updated_on
    return said_on is not None and said_on < line.on - OLD


def _strength(line: Line, each: Candidate) -> int:
    """Remittances go before files, but not those of more than a year ago: a file is published anew every month."""
    if each.source.kind == "remittance" and _old(line, each):
        return len(STRONGEST_FIRST)
    return STRONGEST_FIRST.index(_EVIDENCE[each.source.kind])


def _fee_schedule(_: Line, several: list[Candidate]) -> list[Candidate]:
    """A contract that has both: cost sharing is computed from its fee schedule."""

    def contract(each: Candidate) -> tuple[str, tuple[str, ...], str | None, str | None]:
        return each.source.id, each.rate.networks, each.rate.group, each.rate.tin

    with_schedule = {contract(each) for each in several if each.rate.kind == "fee schedule"}
    return [each for each in several if each.rate.kind != "negotiated" or contract(each) not in with_schedule]


_RULES: tuple[tuple[RuleName, Narrow], ...] = (
    ("fee-for-service", _only(lambda _, each: each.rate.arrangement == "ffs")),
    ("code-set", _only(lambda _, each: each.rate.code_type in ("CPT", "HCPCS") or each.rate.code == ANY_OTHER_CODE)),
    ("exact-code", _before(lambda line, each: each.rate.code != line.code)),
    ("one-unit", _only(lambda line, each: each.rate.code == line.code or line.units == 1)),
    ("price", _only(lambda line, each: _can_price(line, each.rate))),
    ("modifier-fits", _only(_modifier_fits)),
    ("place-fits", _only(_place_fits)),
    ("evidence", _before(_strength)),
    ("newest", _newest),
    ("tin", _before(lambda _, each: each.rate.matched_by != "tin")),
    ("network", _network),
)
_OF_A_NETWORK: tuple[tuple[RuleName, Narrow], ...] = (
    ("modifier", _before(lambda line, each: _modifiers(each.rate) != line.modifiers)),
    ("in-force", _before(_expired)),
    ("kind", _before(lambda _, each: _TIERS[each.rate.kind])),
    ("fee-schedule", _fee_schedule),
)
