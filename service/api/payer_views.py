"""The shapes in which payers are shown, and how a payer of the catalogue becomes one."""

from datetime import date

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.identity import Resolution
from payers.catalogue.model import Authorization, Frozen, LineageEvent, Payer, Policy, Rule
from payers.catalogue.vocabulary import (
    Confidence,
    CoverageReason,
    CoverageStatus,
    Indication,
    Lane,
    LineOfBusiness,
    PayerKind,
    PayerStatus,
    Treatment,
)
from payers.estimate import tell_catalogue
from payers.estimate.answer import BillingCode, Citation, LineageStep, PossiblePayer, Requirement
from payers.estimate.citing import citations
from payers.estimate.question import Language
from service.api.view import view


class PayerSummary(Frozen):
    """A payer in a list; `why` says which of its names was found."""

    slug: str
    name: str
    kinds: tuple[PayerKind, ...]
    lines_of_business: tuple[LineOfBusiness, ...]
    status: PayerStatus
    states: tuple[str, ...]
    why: str

    @classmethod
    def of(cls, payer: Payer, why: str) -> "PayerSummary":
        """The payer in short."""
        return view(cls, payer, why=why)


class PayerList(Frozen):
    """A page of payers; `next` is the value of `after` for the next page, absent on the last."""

    items: tuple[PayerSummary, ...]
    next: str | None


class ResolvedPayer(Frozen):
    """The payer that is meant."""

    slug: str
    name: str
    kind: PayerKind


class ResolvedName(Frozen):
    """Who is meant by a name on a card as of a day, and how the name leads there.

    Without `payer`, `candidates` and `question` say what is missing; without both, nobody bears the name and
    `candidates` are the nearest. `also` are payers behind the same card.
    """

    asked: str
    as_of: date
    payer: ResolvedPayer | None
    via: tuple[LineageStep, ...]
    also: tuple[PossiblePayer, ...]
    candidates: tuple[PossiblePayer, ...]
    question: str | None


class IdentifierView(Frozen):
    """An id under which the payer is reached, within one network."""

    value: str
    network: str
    use: str
    transactions: tuple[str, ...]
    valid_from: date | None
    valid_until: date | None
    note: str | None
    citations: tuple[Citation, ...]


class EventView(Frozen):
    """Something that happened to the payer; with `to`, its older name leads there."""

    on: str
    event: str
    about: bool
    to: tuple[str, ...]
    note: str | None
    citations: tuple[Citation, ...]


class RuleView(Frozen):
    """What the payer says of one or more treatments, for how long, and what it asks for."""

    id: str
    line_of_business: LineOfBusiness | None
    plan: str | None
    treatments: tuple[Treatment, ...]
    indications: tuple[Indication, ...]
    status: CoverageStatus
    reason: CoverageReason | None
    lane: Lane | None
    lane_note: str | None
    policy: Policy | None
    requirements: tuple[Requirement, ...]
    authorization: Authorization
    quantity_limits: str | None
    site_of_care: str | None
    codes: tuple[BillingCode, ...]
    valid_from: date | None
    valid_until: date | None
    observed_on: date | None
    note: str | None
    citations: tuple[Citation, ...]
    confidence: Confidence
    verified_on: date
    review_by: date
    stale: bool


class PayerDetail(Frozen):
    """Everything known about one payer."""

    slug: str
    name: str
    legal_name: str | None
    parent: str | None
    kinds: tuple[PayerKind, ...]
    lines_of_business: tuple[LineOfBusiness, ...]
    lines_elsewhere: dict[LineOfBusiness, str]
    status: PayerStatus
    states: tuple[str, ...]
    states_excluded: tuple[str, ...]
    aliases: tuple[str, ...]
    identifiers: tuple[IdentifierView, ...]
    lineage: tuple[EventView, ...]
    rules: tuple[RuleView, ...]
    note: str | None
    citations: tuple[Citation, ...]
    confidence: Confidence
    verified_on: date
    review_by: date


def detail(catalogue: Catalogue, payer: Payer, today: date, lang: Language) -> PayerDetail:
    """The payer with its identifiers, its lineage and every rule on file, the clinic's own first."""
    return view(
        PayerDetail,
        payer,
        identifiers=tuple(
            view(IdentifierView, each, citations=citations(catalogue, (each,))) for each in payer.identifiers
        ),
        lineage=tuple(_event(catalogue, each, lang) for each in payer.lineage),
        rules=tuple(rule_view(catalogue, rule, today, lang) for rule in rules_of(catalogue, payer)),
        citations=citations(catalogue, (payer,)),
    )


def _event(catalogue: Catalogue, event: LineageEvent, lang: Language) -> EventView:
    told = event.event_es if lang == "es" else event.event
    return view(EventView, event, event=told, citations=citations(catalogue, (event,)))


def resolved(catalogue: Catalogue, found: Resolution, lang: Language) -> ResolvedName:
    """Who is meant by a name, told in the reader's language."""
    meant = catalogue.payers[found.payer] if found.payer else None
    return ResolvedName(
        asked=found.asked,
        as_of=found.as_of,
        payer=ResolvedPayer(slug=meant.slug, name=meant.name, kind=meant.kinds[0]) if meant else None,
        via=tell_catalogue.lineage(catalogue, found, lang),
        also=tell_catalogue.possible(found.also, lang),
        candidates=tell_catalogue.possible(found.candidates, lang),
        question=tell_catalogue.question(found, lang),
    )


def rules_of(catalogue: Catalogue, payer: Payer) -> list[Rule]:
    """Every rule that names the payer, the clinic's own first."""
    return [rule for rule in (*catalogue.clinic.rules, *catalogue.release.rules) if rule.payer == payer.slug]


def rule_view(catalogue: Catalogue, rule: Rule, today: date, lang: Language) -> RuleView:
    """The rule with what it asks for and where it was read."""
    return view(
        RuleView,
        rule,
        requirements=tell_catalogue.asked_for(rule, lang),
        codes=tell_catalogue.codes(catalogue, rule.codes, rule.valid_until or today, lang),
        citations=citations(catalogue, (rule,)),
        stale=rule.stale_on(today),
    )
