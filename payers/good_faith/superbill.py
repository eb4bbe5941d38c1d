"""A superbill: the clinic's services that were given and billed, with the codes by which an insurer knows them.

A patient whose plan pays outside its network sends it to the insurer. It is made of the good-faith estimate and of what
was billed for it, so its codes have our own words.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from payers.catalogue.model import Frozen
from payers.catalogue.vocabulary import PlaceOfService
from payers.estimate.question import Language
from payers.good_faith.account import Charged, Item
from payers.good_faith.content import ChargeLine, GoodFaithEstimate, Provider, ServiceCode
from payers.good_faith.parties import Diagnosis, Patient
from payers.good_faith.words import say

NO_SERVICE: tuple[Item, ...] = ("membership", "co-provider", "other")
"""What is no service of the clinic's with a code."""


class SuperbillLine(Frozen):
    """A service on the day it was given. `codes` stand for the charge together; none: they are not known."""

    on: date
    description: str
    codes: tuple[ServiceCode, ...]
    diagnoses: tuple[str, ...]
    place_of_service: PlaceOfService | None
    quantity: int
    each_cents: int
    total_cents: int


class Superbill(Frozen):
    """The document as a value; `prepared_on` is the day to which everything that was billed is in it."""

    estimate_id: str
    lang: Language
    prepared_on: date
    patient: Patient
    provider: Provider
    diagnoses: tuple[Diagnosis, ...]
    lines: tuple[SuperbillLine, ...]
    total_cents: int


def superbill(estimate: GoodFaithEstimate, billed: Iterable[Charged], prepared_on: date) -> Superbill | None:
    """The clinic's superbill in the language of the estimate; none while no service of it was given and billed."""
    clinic = estimate.providers[0]
    given: Counter[tuple[date, Item, int]] = Counter()
    for each in billed:
        is_service = each.npi == clinic.provider.npi and each.item not in NO_SERVICE
        if is_service and each.on is not None and each.on <= prepared_on:
            given[each.on, each.item, each.each_cents] += each.quantity
    # A credit leaves nothing of what it took back.
    lines = tuple(_lines(estimate, clinic.lines, {key: count for key, count in sorted(given.items()) if count}))
    if not lines:
        return None
    return Superbill(
        estimate_id=estimate.id,
        lang=estimate.lang,
        prepared_on=prepared_on,
        patient=estimate.patient,
        provider=clinic.provider,
        diagnoses=estimate.diagnoses,
        lines=lines,
        total_cents=sum(line.total_cents for line in lines),
    )


def _lines(
    estimate: GoodFaithEstimate, estimated: Sequence[ChargeLine], given: dict[tuple[date, Item, int], int]
) -> Iterator[SuperbillLine]:
    for (on, item, cents), count in given.items():
        alike = _alike(estimated, item, on, cents)
        # Where lines alike have other codes, nobody said which it is.
        known = alike[0] if len({line.codes for line in alike}) == 1 else None
        yield SuperbillLine(
            on=on,
            description=alike[0].description if alike else say(estimate.lang, "item", item),
            codes=known.codes if known else (),
            diagnoses=tuple(each.code for each in estimate.diagnoses),
            place_of_service=alike[0].place_of_service if alike else None,
            quantity=count,
            each_cents=cents,
            total_cents=count * cents,
        )


def _alike(estimated: Sequence[ChargeLine], item: Item, on: date, cents: int) -> Sequence[ChargeLine]:
    """The lines of the estimate that the service may be: of that day if there is one, else at that charge."""
    alike = [line for line in estimated if line.kind == item]
    alike = [line for line in alike if on in line.dates] or alike
    return [line for line in alike if line.each_cents == cents] or alike
