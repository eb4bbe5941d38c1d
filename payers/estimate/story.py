"""The estimate as a short story: who pays, what it costs, what happens in which plan year, and why it is a range."""

from collections.abc import Iterator

from payers.catalogue.coverage import ended
from payers.catalogue.model import LineageEvent, Payer
from payers.estimate.estimate import Estimate
from payers.estimate.payers_alone import pays_for_life_alone, standing_alone
from payers.estimate.prices import Price
from payers.estimate.question import Language
from payers.estimate.second_payers import usable_cards
from payers.estimate.unusable import stands_behind
from payers.estimate.whole_course import by_plan_year
from payers.estimate.words import amount, day, money, say, when, yearly_amount


def story(estimate: Estimate, lang: Language) -> tuple[str, ...]:
    """The sentences in the order a patient would ask for them."""
    return (*_who(estimate, lang), *_price(estimate, lang), *_years(estimate, lang), *_open(estimate, lang))


def price_sentence(price: Price, lang: Language) -> str:
    """Where the price comes from; one sentence for each source that stands behind it."""
    parts = price.parts or ((price.basis, price.amount),)
    where = price.localities
    keys = {"medicare-fee": "medicare-fee-here"} if where else {}
    told = [
        say(lang, "basis", keys.get(basis, basis), amount=amount(lang, cents), where=where) for basis, cents in parts
    ]
    if price.missing:
        told.append(say(lang, "text", "without-rate", codes=", ".join(price.missing)))
    return " ".join(told)


def ended_sentence(payer: Payer, gone: LineageEvent, lang: Language) -> str:
    """That the payer is no more, and how it ended."""
    event = gone.event_es if lang == "es" else gone.event
    return say(lang, "ended", "payer", payer=payer.name, event=event, on=when(lang, gone.on))


def _who(estimate: Estimate, lang: Language) -> Iterator[str]:
    case, resolution = estimate.case, estimate.resolution
    names = case.catalogue.payers
    if resolution.corrected:
        yield say(lang, "story", "corrected", name=resolution.corrected)
    for step in resolution.via:
        asked, answers = names[step.from_slug].name, names[step.to_slug].name
        event = step.event_es if lang == "es" else step.event
        yield say(lang, "story", "lineage", asked=asked, payer=answers, event=event, on=when(lang, step.on))
    gone = ended(case.payer, case.start_on)
    if gone:
        yield ended_sentence(case.payer, gone, lang)
    for each in resolution.also:
        yield say(lang, "story", "also", payer=each.name, why=each.why_es if lang == "es" else each.why)


def _price(estimate: Estimate, lang: Language) -> Iterator[str]:
    main, case = estimate.main, estimate.case
    yield price_sentence(main.price, lang)
    if main.self_pay:
        yield from _unshared(estimate, lang)
        return
    yield from _order(estimate, lang)
    for programme, _ in usable_cards(case, estimate.decision)[:1]:
        if programme.patient_floor_cents is not None:
            yield say(lang, "story", "assistance", floor=money(programme.patient_floor_cents))


def _unshared(estimate: Estimate, lang: Language) -> Iterator[str]:
    """That the payer asked about pays nothing, and who may pay all the same."""
    case, decision = estimate.case, estimate.main.world.decision
    others = standing_alone(case, decision)
    if not others:
        yield say(lang, "story", "self-pay")
        return
    yield say(lang, "story", "payer-pays-nothing", payer=case.payer.name)
    if any(pays_for_life_alone(other, case, decision) for other in others):
        yield say(lang, "trace", "tricare-for-life-alone")
    if not all(pays_for_life_alone(other, case, decision) for other in others):
        yield say(lang, "story", "other-coverage-alone")


def _order(estimate: Estimate, lang: Language) -> Iterator[str]:
    """Who pays first, and so whose limits are shown."""
    case, world = estimate.case, estimate.main.world
    if world.other_first:
        told = "other-first-alone" if world.approval == "denied" else "other-first"
        yield say(lang, "story", told, payer=case.payer.name)
    elif any(outcome.world.other_first for outcome in estimate.outcomes):
        yield say(lang, "story", "either-first")
    elif any(stands_behind(other, case.question, estimate.decision) for other in case.question.other_coverage):
        yield say(lang, "story", "other-coverage", payer=case.payer.name)


def _years(estimate: Estimate, lang: Language) -> Iterator[str]:
    main, case = estimate.main, estimate.case
    if main.self_pay:
        return
    if not main.reset_known:
        yield say(lang, "story", "years-open")
        return
    for position, year in enumerate(by_plan_year(estimate, main)):
        if position:
            yield say(lang, "story", "limits-again", on=day(lang, year.starts_on))
        elif year.starts_on > case.today:
            yield say(lang, "story", "met-before")
        paid = amount(lang, year.patient_pays)
        yield say(lang, "story", "year", on=day(lang, year.starts_on), amount=paid)
    for yearly in main.not_final:
        what = yearly_amount(lang, yearly)
        yield say(lang, "story", "not-final", what=what, year=yearly.year, amount=amount(lang, yearly.amount))


def _open(estimate: Estimate, lang: Language) -> Iterator[str]:
    lanes = {outcome.world.lane for outcome in estimate.outcomes if outcome.world.lane}
    if len(lanes) > 1:
        yield say(lang, "story", "lanes")
    for each in estimate.worths:
        if each.unknown.otherwise and each.told:
            held = say(lang, "assume", each.unknown.name)
            yield say(lang, "story", "assumed", assumption=held, worth=money(each.worth_cents))
