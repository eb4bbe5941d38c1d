"""The shapes of what is known. Every one refuses unknown keys, and nothing loads without its source and dates.

Money is integer US cents (`*_cents`), shares are basis points of what the *patient* pays (`*_bp`), dates are
inclusive on both ends. `payers.catalogue.load` reads these from TOML; `service.store` keeps them in Postgres.
"""

from datetime import date
from typing import Any, dataclass_transform

import msgspec

from payers.catalogue.vocabulary import (
    ClaimSeverity,
    Component,
    Confidence,
    CoverageReason,
    CoverageStatus,
    DrugSource,
    Indication,
    Lane,
    LineOfBusiness,
    ParameterStatus,
    PayerKind,
    PayerStatus,
    PriceSetting,
    PublicProgramme,
    SessionKind,
    Treatment,
)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class _KeywordOnly(msgspec.StructMeta):
    """msgspec hands `frozen` and `forbid_unknown_fields` down to subclasses, but not `kw_only`: here they get it."""

    def __new__(
        cls,
        name: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        **options: Any,
    ) -> type:
        options.setdefault("kw_only", True)
        return super().__new__(cls, name, bases, namespace, **options)


class Frozen(msgspec.Struct, metaclass=_KeywordOnly, frozen=True, forbid_unknown_fields=True):
    """A catalogue value: immutable, by keyword, no unknown keys."""


class Source(Frozen):
    """Where a value was read. Ids are cited from every value; a source that nobody cites is a lint finding.

    `kind` is `page` (a text was seen at `url`), `data` (a published data file, `url` is the address or the repository,
    commit and path), `memory` (unverified) or `derived` (computed here from cited values).
    """

    id: str
    title: str
    kind: str
    url: str | None = None


class Cited(Frozen):
    """A value with its provenance: source ids, how sure, the day somebody last checked it, the day to check again."""

    sources: tuple[str, ...]
    confidence: Confidence
    verified_on: date
    review_by: date
    note: str | None = None

    def stale_on(self, today: date) -> bool:
        """Whether the value is past the day it should have been checked again."""
        return self.review_by < today


class Dated(Cited):
    """A cited value that holds from `valid_from` to `valid_until`, both inclusive; absent means open."""

    valid_from: date | None = None
    valid_until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the value holds on `day`."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )


class Identifier(Dated):
    """An id under which a payer is reached, within one network (`clearinghouse`, `hets`, `direct`, ...)."""

    value: str
    network: str
    use: str
    transactions: tuple[str, ...] = ()
    """X12 transaction sets that the source names for it: `270`, `837`."""


class LineageEvent(Cited):
    """Something that happened to a payer. With `to`, a name printed on an older card leads there from `on` onward.

    `on` is an ISO date of any precision (`2016`, `2020-02`, `2005-12-20`) or an interval (`2008/2011`); `about` says
    that the source is vague. With several payers in `to` the first is meant unless `settled_by` is `county`; the
    others stand beside it with `question`.
    """

    on: str
    event: str
    event_es: str
    about: bool = False
    to: tuple[str, ...] = ()
    settled_by: str = "first"
    question: str | None = None
    question_es: str | None = None


class Payer(Cited):
    """A payer under every name that a card may carry."""

    slug: str
    name: str
    legal_name: str | None = None
    parent: str | None = None
    kinds: tuple[PayerKind, ...]
    lines_of_business: tuple[LineOfBusiness, ...]
    """The lines this entry answers for; the first is meant when nobody says."""
    status: PayerStatus = "active"
    states: tuple[str, ...]
    """Two-letter states; `US` means all."""
    states_excluded: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    lineage: tuple[LineageEvent, ...] = ()
    programme: PublicProgramme | None = None
    """The public programme whose own cost sharing applies, where the line of business does not say it."""
    lines_elsewhere: dict[LineOfBusiness, str] = {}
    """Lines of the same company that another entry answers for, by its slug."""


class Policy(Frozen):
    """The payer's own document. Dates are printed as the payer prints them."""

    name: str | None = None
    number: str | None = None
    effective: str | None = None
    last_review: str | None = None


class Criteria(Frozen):
    """What a payer asks before it approves. A text value is the payer's wording in our own plain words."""

    min_age: int | None = None
    diagnosis: str | None = None
    indication: str | None = None
    severity: str | None = None
    phq9_min: int | None = None
    failed_antidepressants: int | str | None = None
    different_classes: bool | int | None = None
    current_episode: bool | None = None
    nonresponse: str | None = None
    trial_weeks: int | str | None = None
    lookback_years: int | None = None
    augmentation_trials: int | str | None = None
    augmentation_or_psychotherapy: bool | None = None
    concurrent_oral_antidepressant: bool | str | None = None
    acute_suicidal_ideation: bool | None = None
    rating_scale: bool | str | None = None
    psychosis_history: str | None = None
    substance_use_disorder: str | None = None
    concurrent_mind_altering_substances: str | None = None
    exclusions: tuple[str, ...] = ()
    prescriber: str | None = None
    rems: bool | None = None
    established_patient: bool | None = None
    pdmp_check: bool | None = None
    documentation_required: bool | None = None
    attestation_letter: bool | None = None
    va_referral: bool | None = None
    supported_icd10_count: int | None = None
    authorization_on_file_before_dose: bool | None = None
    retro_authorization: bool | None = None


class Authorization(Frozen):
    """How long an approval lasts. Months are filled only where the source gives one number."""

    initial: str | None = None
    initial_months: int | None = None
    renewal: str | None = None
    renewal_months: int | None = None


class Rule(Dated):
    """What one payer says of one treatment: a row of the coverage matrix."""

    id: str
    payer: str = ""
    """The payer's slug, or `*` for a default; a payer's own file leaves it out and the loader fills it in."""
    line_of_business: LineOfBusiness | None = None
    """Absent means any line."""
    plan: str | None = None
    """A sub-plan or formulary to which alone the rule applies (`BCBS Massachusetts`, `RxSelect formulary`)."""
    treatments: tuple[Treatment, ...]
    indications: tuple[Indication, ...]
    status: CoverageStatus
    reason: CoverageReason | None = None
    lane: Lane | None = None
    """The benefit that pays the drug; absent means that it is decided per plan or not known."""
    lane_note: str | None = None
    policy: Policy | None = None
    criteria: Criteria = Criteria()
    authorization: Authorization = Authorization()
    quantity_limits: str | None = None
    site_of_care: str | None = None
    codes: tuple[str, ...] = ()
    """Codes the payer takes for it; a range of codes is written out."""
    observed_on: date | None = None
    """The day the source describes, where it differs from the day it was read."""


class Fee(Dated):
    """A Medicare amount for one code. `facility_cents` is the professional's amount in a hospital department."""

    status: ParameterStatus = "final"
    locality: str = "national"
    nonfacility_cents: int
    facility_cents: int | None = None
    conversion_factor: str | None = None
    """The factor in dollars as published, for the reader."""


class Code(Dated):
    """A billing code under our own plain words, never the American Medical Association's."""

    code: str
    label: str
    label_es: str
    kind: str
    """`bundle`, `drug`, `visit`, `prolonged`, `infusion`, `injection`, `therapy`, `evaluation`, `assessment`, `test`,
    `administration`."""
    unit: str
    use: str
    """What it contains and when it is right."""
    replaces: str | None = None
    """The code that stood in its place before `valid_from`."""
    never_with: tuple[str, ...] = ()
    """Codes that must not stand beside it on the same session."""
    established_patient: bool = False
    medicare_payable: bool | None = None
    from_minutes: int | None = None
    """The shortest time that it stands for; a visit may be billed by its difficulty instead."""
    until_minutes: int | None = None
    """The longest time that it stands for."""
    fees: tuple[Fee, ...] = ()


class Ndc(Cited):
    """A national drug code and what it must agree with on a claim."""

    ndc: str
    ndc11: str | None = None
    product: str
    product_es: str
    dose_mg: int | None = None
    units_by_code: dict[str, int] = {}
    sold_alone: bool = True


class AddOn(Cited):
    """A code that never stands alone, and the time it takes.

    Minutes are prolonged time: what goes beyond the shortest time that a visit's base code stands for, and beyond the
    first hour of a drip.
    """

    code: str
    bases: tuple[str, ...]
    """Codes of which one must stand on the same claim."""
    first_minutes: int | None = None
    """From this minute on the first unit is earned; absent where the source names no time."""
    unit_minutes: int | None = None
    """Every so many minutes more earn a further unit."""

    def earned(self, minutes: int) -> int | None:
        """How many units the prolonged time is worth; absent where the code does not go by time."""
        if self.first_minutes is None:
            return None
        if minutes < self.first_minutes:
            return 0
        return 1 + (minutes - self.first_minutes) // self.unit_minutes if self.unit_minutes else 1


class AcceptedCodes(Dated):
    """The drug codes that a payer takes for a treatment, where a source says so outright."""

    id: str
    payer: str
    """The payer's slug, or `*` for every payer of the line of business."""
    line_of_business: LineOfBusiness | None = None
    plan: str | None = None
    treatment: Treatment
    codes: tuple[str, ...]


class ClaimRule(Dated):
    """When a line of a claim is wrong or wants a look: every condition that is set holds. A finding's kind is `id`."""

    id: str
    severity: ClaimSeverity
    codes: tuple[str, ...]
    """The line bears one of these."""
    beside: tuple[str, ...] = ()
    """Another line bears one of these."""
    places: tuple[str, ...] = ()
    """The place of service is one of these."""
    lines_of_business: tuple[LineOfBusiness, ...] = ()
    drug_source: DrugSource | None = None
    new_patient: bool | None = None
    modifiers: tuple[str, ...] = ()
    """The line bears one of these modifiers."""
    lacking: tuple[str, ...] = ()
    """The line has none of these: modifiers, `ndc`, or `dose` (a narrative that tells an amount)."""
    units_above: int | None = None


class Approval(Cited):
    """What the regulator approved, for which indication, since when."""

    indication: Indication
    since: date
    scope: str


class Phase(Cited):
    """A part of the schedule: `day_offsets` within each repeat of `repeat_days`, for `weeks` (absent: open-ended)."""

    name: str
    weeks: int | None = None
    repeat_days: int
    repeat_days_max: int | None = None
    """The widest spacing the source allows, where it allows a choice (weekly or every two weeks)."""
    day_offsets: tuple[int, ...] = (0,)


class Billing(Cited):
    """The lines a session is billed with in one style: component, code by dose, units by dose (`0` stands for any)."""

    style: str
    """`bundle` (drug, visit and observation in one code) or `components`."""
    component: Component
    codes_by_dose: dict[int, str]
    units_by_dose: dict[int, int]
    observed_minutes: int | None = None
    """How long the patient is observed, at least, where the visit's time includes it."""


class TreatmentInfo(Cited):
    """A treatment: what it is, what it is approved for, how often it is given, how it is billed."""

    slug: Treatment
    name: str
    name_es: str
    is_brand: bool = False
    """Whether the name is a brand, which keeps its capital within a sentence."""
    drug: str
    route: str
    doses_mg: tuple[int, ...] = ()
    approvals: tuple[Approval, ...] = ()
    phases: tuple[Phase, ...]
    phases_by_indication: dict[Indication, tuple[str, ...]] = {}
    """Names of the phases that apply to an indication, where it differs from the whole list."""
    typical_sessions: int
    first_year_sessions_max: int
    cost_share_kind: SessionKind
    price_setting: PriceSetting
    """Whose published prices of a session tell what a commercial plan may allow for it, where no contract does."""
    session_minutes: str
    visit: str
    """What happens around a session, in plain words."""
    visit_es: str
    billing: tuple[Billing, ...] = ()

    @property
    def usual_indication(self) -> Indication:
        """What the label names first; without a label, treatment-resistant depression.

        That is an assumption: what insurers write of ketamine was studied for depression (`zenodo-18-insurers`), and
        the schedules on file are those of depression. Whatever is decided for it names it beside the decision.
        """
        return self.approvals[0].indication if self.approvals else "trd"


class Parameter(Cited):
    """One yearly amount of a programme. `amounts` is empty when the value was not found.

    A plain number stands under `amount`; a pair under its own names (`individual`, `family`). Units: `cents-per-year`,
    `cents-per-month`, `cents-per-visit`, `cents-per-session`, `cents`, `basis-points`.
    """

    id: str
    program: str
    name: str
    year: int
    scope: str | None = None
    unit: str
    status: ParameterStatus
    amounts: dict[str, int] = {}


class PriceRange(Dated):
    """A published price range. `prices_estimates` marks the one that prices an estimate; the others are context."""

    id: str
    treatment: Treatment | None = None
    setting: str
    """`self-pay` (what a clinic asks) or `commercial` (what a plan allows)."""
    component: str
    """`session`, `observation`, `evaluation`, `integration`, `medication-fill`, `series`, `programme`,
    `patient-share` (what a patient pays, not what a plan allows)."""
    unit: str
    indications: tuple[Indication, ...] = ()
    dose_mg: int | None = None
    low_cents: int
    high_cents: int
    typical_cents: int | None = None
    prices_estimates: bool = False


class PublishedPrice(Cited):
    """A price that one clinic publishes: context for the ranges, and seed data for fictional clinics."""

    place: str
    publisher: str
    item: str
    unit: str
    currency: str = "USD"
    price_cents: int
    cash_price_cents: int | None = None
    sessions: int | None = None


class Programme(Dated):
    """Help with the cost. `annual_limit_cents` absent means that a limit exists or may exist and was not seen."""

    slug: str
    name: str
    kind: str
    """`savings-card`, `rebate`, `foundation`, `state-programme`, `financing`, `rule`."""
    treatments: tuple[Treatment, ...] = ()
    covers: tuple[str, ...] = ()
    """`drug`, `observation`, `session`."""
    status: str
    """`current`, `past`, `unconfirmed`."""
    period: str | None = None
    patient_floor_cents: int | None = None
    annual_limit_cents: int | None = None
    annual_limit_candidates_cents: tuple[int, ...] = ()
    quantity_limits: str | None = None
    income_test: bool | None = None
    government_excluded: bool = False
    states: tuple[str, ...] = ()
    states_excluded: tuple[str, ...] = ()
    text: str


class PlanDesign(Cited):
    """A typical plan design: always labelled as typical, never shown as the patient's plan."""

    slug: str
    label: str
    label_es: str
    line_of_business: LineOfBusiness
    deductible_cents: int
    patient_share_bp: int
    specialist_copay_cents: int | None = None
    out_of_pocket_max_cents: int
    stands_for_line: bool = False
    """Whether it fills in for what nobody told about a plan of its line of business."""


class MedigapPlan(Cited):
    """What a Medicare supplement pays of the Part B share. High-deductible forms are plans of their own letter."""

    letter: str
    pays_part_b_deductible: bool
    part_b_coinsurance_paid_bp: int
    pays_excess_charge: bool
    office_visit_copay_max_cents: int = 0
    emergency_visit_copay_max_cents: int = 0
    high_deductible: bool = False
    limit_parameter: str | None = None
    """The yearly parameter that holds its out-of-pocket limit or high deductible."""
    only_if_medicare_eligible_before: date | None = None


class Candidate(Dated):
    """One payer that an ambiguous name may mean, and when: dates, states, and through the region map counties."""

    payer: str
    why: str
    why_es: str
    states: tuple[str, ...] = ()


class AmbiguousName(Cited):
    """A name on a card that means two things, and the question that tells them apart."""

    names: tuple[str, ...]
    question: str
    question_es: str
    candidates: tuple[Candidate, ...]


class Region(Dated):
    """A state's map of regional Medicaid entities: the payer behind a county."""

    state: str
    number: int
    payer: str
    counties: tuple[str, ...]
    counties_complete: bool
    """False while the list was not read in full: a county that is not listed stays a question."""


class Notice(Cited):
    """Something the law or a payer requires to be said with an answer."""

    kind: str
    text: str
    text_es: str


class Conflict(Cited):
    """Two sources that disagree, and which one is followed."""

    topic: str
    first: str
    second: str
    followed: str


class Release(Frozen):
    """Everything that is known on one day, as one value."""

    sources: tuple[Source, ...]
    payers: tuple[Payer, ...]
    rules: tuple[Rule, ...]
    treatments: tuple[TreatmentInfo, ...]
    codes: tuple[Code, ...]
    ndcs: tuple[Ndc, ...]
    add_ons: tuple[AddOn, ...]
    accepted_codes: tuple[AcceptedCodes, ...]
    claim_rules: tuple[ClaimRule, ...]
    parameters: tuple[Parameter, ...]
    price_ranges: tuple[PriceRange, ...]
    published_prices: tuple[PublishedPrice, ...]
    programmes: tuple[Programme, ...]
    plan_designs: tuple[PlanDesign, ...]
    medigap_plans: tuple[MedigapPlan, ...]
    ambiguous_names: tuple[AmbiguousName, ...]
    regions: tuple[Region, ...]
    notices: tuple[Notice, ...]
    conflicts: tuple[Conflict, ...]
