"""Inputs that the clinic's price list has to know: a site, a discount or a tier that is not on it is refused."""

from collections.abc import Iterator
from datetime import date

from payers.catalogue.catalogue import Catalogue
from payers.clinic_prices.in_force import anywhere
from payers.estimate.question import Language, Question
from payers.estimate.who_pays import Refusal
from payers.estimate.words import say


def off_the_list(catalogue: Catalogue, question: Question, day: date) -> Refusal | None:
    """The first input that means nothing on `day`: better refused than left out of the price without a word."""
    return next(_unknown(catalogue, question, day), None)


def _unknown(catalogue: Catalogue, question: Question, day: date) -> Iterator[Refusal]:
    lang, clinic, site, scale = question.lang, catalogue.clinic, question.site, question.sliding_scale
    if site is not None and site not in clinic.sites:
        problem = say(lang, "refusal", "site-unknown", site=site)
        yield _refusal(lang, "/site", problem, clinic.sites)
    kinds = [row.kind for row in anywhere(clinic, clinic.discounts, site, day, lambda row: row.kind)]
    for position, kind in enumerate(question.discounts):
        if kind not in kinds:
            problem = say(lang, "refusal", "discount-unknown", kind=kind, day=day)
            yield _refusal(lang, f"/discounts/{position}", problem, kinds)
    bands = anywhere(clinic, clinic.sliding_scale, site, day, lambda row: row.tier)
    if scale and scale.tier and scale.tier not in [band.tier for band in bands]:
        problem = say(lang, "refusal", "tier-unknown", tier=scale.tier, day=day)
        yield _refusal(lang, "/sliding_scale/tier", problem, [band.tier for band in bands])
    if scale and scale.poverty_percent is not None and all(band.poverty_percent_max is None for band in bands):
        yield _refusal(lang, "/sliding_scale/poverty_percent", say(lang, "refusal", "no-tier-by-income", day=day), ())


def _refusal(lang: Language, pointer: str, problem: str, known: tuple[str, ...] | list[str]) -> Refusal:
    if known:
        problem += " " + say(lang, "refusal", "on-file", names=", ".join(sorted(set(known))))
    return Refusal(kind="impossible-question", pointer=pointer, detail=problem)
