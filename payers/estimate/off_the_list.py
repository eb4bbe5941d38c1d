"""Inputs that the clinic's price list has to know: a site, a discount or a tier that is not on it is refused."""

from collections.abc import Iterator
from datetime import date

from payers.catalogue.catalogue import Catalogue
from payers.clinic_prices.in_force import anywhere
from payers.estimate.question import Question
from payers.estimate.who_pays import Refusal


def off_the_list(catalogue: Catalogue, question: Question, day: date) -> Refusal | None:
    """The first input that means nothing on `day`: better refused than left out of the price without a word."""
    return next(_unknown(catalogue, question, day), None)


def _unknown(catalogue: Catalogue, question: Question, day: date) -> Iterator[Refusal]:
    clinic, site, scale = catalogue.clinic, question.site, question.sliding_scale
    if site is not None and site not in clinic.sites():
        yield _refusal("/site", f"No site {site} is on the clinic's price list.", clinic.sites())
    kinds = [row.kind for row in anywhere(clinic, clinic.discounts, site, day, lambda row: row.kind)]
    for position, kind in enumerate(question.discounts):
        if kind not in kinds:
            yield _refusal(f"/discounts/{position}", f"The clinic has no discount {kind} on {day}.", kinds)
    bands = anywhere(clinic, clinic.sliding_scale, site, day, lambda row: row.tier)
    if scale and scale.tier and scale.tier not in [band.tier for band in bands]:
        yield _refusal("/sliding_scale/tier", f"No tier {scale.tier} holds on {day}.", [band.tier for band in bands])
    if scale and scale.poverty_percent is not None and all(band.poverty_percent_max is None for band in bands):
        yield _refusal("/sliding_scale/poverty_percent", f"No tier by income holds on {day}.", ())


def _refusal(pointer: str, problem: str, known: tuple[str, ...] | list[str]) -> Refusal:
    names = f" On file: {', '.join(sorted(set(known)))}." if known else ""
    return Refusal(kind="impossible-question", pointer=pointer, detail=problem + names)
