"""The options of `outlay estimate`, each with the place in the question that it fills."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar, cast, get_args

import click

from payers.catalogue.vocabulary import Indication, Lane, LineOfBusiness, Network, PlaceOfService, Treatment
from payers.cost_share.plan import CoinsuranceBase, CopayTiming
from payers.estimate.question import Language
from service.cli.amounts import basis_points, cents, price

Function = TypeVar("Function", bound=Callable[..., Any])
Document = dict[str, Any]


class Field(NamedTuple):
    """One option. `pointer` is the JSON pointer it fills (`-` appends), `kind` the kind of object it fills there."""

    option: str
    pointer: str
    type: click.Choice[str] | Callable[[str], object]
    help: str
    kind: str | None = None

    @property
    def name(self) -> str:
        """The option's name as click hands it over."""
        return self.option.removeprefix("--").replace("-", "_")


def _one_of(words: object) -> click.Choice[str]:
    return click.Choice([str(word) for word in get_args(words)])


def _assistance(text: str) -> Document:
    program, colon, policy = text.partition(":")
    return {"program": program} | ({"policy": policy} if colon else {})


def _other_coverage(kind: str) -> Document:
    return {"kind": kind}


def _medigap(letter: str) -> Document:
    return {"kind": "medigap", "plan": letter.upper()}


FIELDS = (
    Field("--payer", "/payer", str, "The payer, by any name on the card."),
    Field("--treatment", "/treatment", _one_of(Treatment), "What is given."),
    Field("--dose", "/dose_mg", int, "Milligrams of esketamine: 56 or 84."),
    Field("--indication", "/indication", _one_of(Indication), "What it is given for."),
    Field("--sessions", "/course/count", int, "How many sessions, on the usual schedule.", "sessions"),
    Field("--every-days", "/course/every_days", int, "Days between the sessions, with --sessions.", "sessions"),
    Field("--weeks", "/course/weeks", int, "The labeled schedule for so many weeks.", "label"),
    Field("--start", "/start_on", str, "Day of the first session, YYYY-MM-DD."),
    Field("--state", "/state", str, "Two letters, such as CO."),
    Field("--county", "/county", str, "County, where the payer depends on it."),
    Field("--line-of-business", "/line_of_business", _one_of(LineOfBusiness), "Kind of coverage."),
    Field("--plan", "/plan", str, "Plan or formulary as the payer calls it."),
    Field(
        "--plan-network", "/plan_network", str, "The plan's network or the plan, as the payer's price file calls it."
    ),
    Field("--network", "/network", _one_of(Network), "Whether the clinic is in the plan's network."),
    Field("--lane", "/lane", _one_of(Lane), "Which benefit pays the drug."),
    Field(
        "--authorization",
        "/authorization",
        click.Choice(["approved", "pending", "denied"]),
        "Where the prior authorization stands.",
    ),
    Field("--place-of-service", "/place_of_service", _one_of(PlaceOfService), "Its code; 11 is an office."),
    Field("--plan-year-start", "/benefits/plan_year_start", str, "Day the limits start again, MM-DD."),
    Field("--deductible", "/benefits/deductible/individual_cents", cents, "Yearly deductible in dollars."),
    Field("--deductible-met", "/benefits/deductible/individual_met_cents", cents, "Dollars met of it so far."),
    Field(
        "--out-of-pocket-max", "/benefits/out_of_pocket_max/individual_cents", cents, "Yearly out-of-pocket maximum."
    ),
    Field(
        "--out-of-pocket-met", "/benefits/out_of_pocket_max/individual_met_cents", cents, "Dollars met of it so far."
    ),
    Field(
        "--coinsurance",
        "/benefits/cost_shares/default/patient_share_bp",
        basis_points,
        "Percent that the patient pays.",
    ),
    Field("--copay", "/benefits/cost_shares/default/copay_cents", cents, "Dollars per session."),
    Field(
        "--copay-timing",
        "/benefits/cost_shares/default/copay_timing",
        _one_of(CopayTiming),
        "Where the copay stands to the deductible.",
    ),
    Field(
        "--coinsurance-base",
        "/benefits/cost_shares/default/coinsurance_base",
        _one_of(CoinsuranceBase),
        "Of what the coinsurance beside a copay is.",
    ),
    Field("--medigap", "/other_coverage/-", _medigap, "Medicare supplement, by its letter."),
    Field(
        "--other-coverage",
        "/other_coverage/-",
        _other_coverage,
        "A second coverage: qmb, medicaid, tricare-for-life or commercial.",
    ),
    Field("--assistance", "/assistance/-", _assistance, "A savings program and its policy: spravato-withme:counts."),
    Field("--allowed", "/prices/allowed_per_session", price, "What the plan allows per session: 1240 or 1100-1300."),
    Field("--cash", "/prices/cash_per_session", price, "What the clinic asks per session without a plan: 350-800."),
    Field("--site", "/site", str, "The clinic's site, as its price list calls it."),
    Field("--minutes", "/session_minutes", int, "How long a session takes."),
    Field("--discount", "/discounts/-", str, "A discount of the clinic that the patient has: veteran."),
    Field("--tier", "/sliding_scale/tier", str, "The patient's tier of the clinic's sliding scale."),
    Field("--lang", "/lang", _one_of(Language), "Language of the answer."),
)

METAVARS: dict[object, str] = {
    str: "TEXT",
    int: "NUMBER",
    cents: "DOLLARS",
    price: "DOLLARS",
    basis_points: "PERCENT",
    _medigap: "LETTER",
    _other_coverage: "KIND",
    _assistance: "PROGRAM",
}


def options(function: Function) -> Function:
    """Give a command every option of the table, in its order."""
    for field in reversed(FIELDS):
        option = click.option(
            field.option,
            type=field.type,
            metavar=METAVARS.get(field.type),
            multiple=field.pointer.endswith("-"),
            help=field.help,
        )
        function = option(function)
    return function


def fill(document: Document, given: Mapping[str, object]) -> None:
    """Put what was given on the command line into the question. Raises `click.UsageError` for two kinds of course."""
    for field in FIELDS:
        value = given[field.name]
        for item in cast(tuple[object, ...], value) if isinstance(value, tuple) else (value,):
            if item is not None:
                _put(document, field, item)


def _put(document: Document, field: Field, value: object) -> None:
    *parents, last = field.pointer.removeprefix("/").split("/")
    if last == "-":
        document.setdefault(parents[0], []).append(value)
        return
    place = document
    for parent in parents:
        place = place.setdefault(parent, {})
    if field.kind and place.setdefault("kind", field.kind) != field.kind:
        raise click.UsageError(f"{field.option} does not go with a course of the kind {place['kind']!r}.")
    place[last] = value


def options_at(pointer: str) -> list[str]:
    """The options that fill the place, or what lies in it, or what it lies in."""
    path = pointer.rstrip("/") + "/"
    return [
        field.option
        for field in FIELDS
        if (place := field.pointer.removesuffix("-").rstrip("/") + "/").startswith(path) or path.startswith(place)
    ]
