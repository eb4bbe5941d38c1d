"""What the widget lets a visitor choose, small enough that the browser searches it and nothing typed is sent."""

from collections.abc import Iterator
from datetime import date
from typing import Literal, get_args

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.identity import resolve, search
from payers.catalogue.model import Frozen, Payer
from payers.catalogue.vocabulary import LineOfBusiness, Treatment
from payers.estimate import tell_catalogue
from payers.estimate.question import Language
from service.api.widget_words import DEDUCTIBLES, PAYS_ALONE, PLAN_TYPES

PlanType = Literal["commercial", "medicare-advantage", "medicare", "medicaid", "military", "va"]
Bucket = Literal["met", "partly", "not-met", "unknown"]

SELF_PAY = "self-pay"
DEDUCTIBLE_LINES: frozenset[LineOfBusiness] = frozenset(
    {"commercial", "medicare-advantage", "medicare", "military", "behavioral-health-carveout", "employer-ancillary"}
)
"""Lines whose patients usually have a deductible. Medicaid and the VA have copays at most."""


class Choice(Frozen):
    """Something to choose, by the value to send and the words to show."""

    value: str
    label: str


class PayerChoice(Frozen):
    """Who pays. `known_as` holds the other names on its cards, those of companies that became it among them.

    `plan_types` are the kinds of plan that it has, where there are several to choose from. `deductible` says whether
    its members usually have one.
    """

    value: str
    label: str
    known_as: tuple[str, ...]
    plan_types: tuple[PlanType, ...]
    deductible: bool


class WidgetOptions(Frozen):
    """What the widget lets a visitor choose. There is nothing here to say who the visitor is.

    `good_faith_estimate` is the notice that the law wants wherever costs are talked about, also before any answer.
    """

    payers: tuple[PayerChoice, ...]
    treatments: tuple[Choice, ...]
    plan_types: tuple[Choice, ...]
    deductibles: tuple[Choice, ...]
    good_faith_estimate: str
    catalogue_version: str
    lang: Language


def widget_options(catalogue: Catalogue, today: date, state: str | None, lang: Language) -> WidgetOptions:
    """Every payer that a card of today may lead to, whoever pays alone first, and the treatments on file."""
    known_as = _other_names(catalogue, today)
    serving = {each.slug for each in search(catalogue, "", today, state, limit=len(catalogue.payers))}
    payers = [each for each in catalogue.release.payers if each.slug in serving and each.status == "active"]
    return WidgetOptions(
        payers=tuple(
            _payer_choice(each, known_as.get(each.slug, ()), lang)
            for each in sorted(payers, key=lambda payer: (payer.slug != SELF_PAY, payer.name.casefold()))
        ),
        treatments=tuple(
            Choice(value=slug, label=tell_catalogue.treatment_name(catalogue.treatments[slug], lang))
            for slug in get_args(Treatment)
            if slug in catalogue.treatments
        ),
        plan_types=tuple(Choice(value=each, label=PLAN_TYPES[lang][each]) for each in get_args(PlanType)),
        deductibles=tuple(Choice(value=each, label=DEDUCTIBLES[lang][each]) for each in get_args(Bucket)),
        good_faith_estimate=good_faith_estimate(catalogue, lang),
        catalogue_version=catalogue.version,
        lang=lang,
    )


def good_faith_estimate(catalogue: Catalogue, lang: Language) -> str:
    """The notice of the right to a good-faith estimate (45 CFR 149.610(b)(1)(iii))."""
    notice = catalogue.notice("good-faith-estimate")
    return notice.text_es if lang == "es" else notice.text


def _payer_choice(payer: Payer, known_as: tuple[str, ...], lang: Language) -> PayerChoice:
    lines = {*payer.lines_of_business, *payer.lines_elsewhere}
    kinds = tuple(each for each in get_args(PlanType) if each in lines)
    return PayerChoice(
        value=payer.slug,
        label=PAYS_ALONE[lang] if payer.slug == SELF_PAY else payer.name,
        known_as=known_as,
        plan_types=kinds if len(kinds) > 1 else (),
        deductible=bool(DEDUCTIBLE_LINES & lines),
    )


def _other_names(catalogue: Catalogue, today: date) -> dict[str, tuple[str, ...]]:
    """Aliases by the payer of today: a card outlives the company that printed it."""
    names: dict[str, list[str]] = {}
    for payer in catalogue.release.payers:
        heir = resolve(catalogue, payer.slug, today).payer
        if heir:
            names.setdefault(heir, []).extend(_names_beside(payer, catalogue.payers[heir]))
    return {slug: tuple(dict.fromkeys(each)) for slug, each in names.items()}


def _names_beside(payer: Payer, heir: Payer) -> Iterator[str]:
    for name in (payer.name, *payer.aliases):
        if name.casefold() not in heir.name.casefold():
            yield name
