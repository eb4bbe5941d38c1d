"""From a stored estimate to a good-faith estimate, or to the reason why there is none."""

from collections.abc import Sequence
from datetime import date

from payers.catalogue.catalogue import Catalogue
from payers.estimate.answer import Answer, ReductionAnswer
from payers.estimate.question import Language, Question
from payers.estimate.tell_catalogue import treatment_name
from payers.good_faith.charges import clinic_lines
from payers.good_faith.content import GoodFaithEstimate, PrimaryService, ProviderCharges
from payers.good_faith.disclaimers import disclaimers, separate_services
from payers.good_faith.providers import not_included, providers
from payers.good_faith.recurrence import recurrence
from payers.good_faith.refusal import Refusal, ask_first, impossible
from payers.good_faith.request import GoodFaithRequest, faults
from payers.good_faith.settled import open_question, standing
from payers.good_faith.source import Source
from payers.good_faith.timing import last_day
from payers.good_faith.tolerance import tolerance
from payers.good_faith.words import say


def good_faith_estimate(
    catalogue: Catalogue, answer: Answer, question: Question, request: GoodFaithRequest, *, id: str, issued_on: date
) -> GoodFaithEstimate | Refusal:
    """The estimate with every required item. `catalogue` is the one that the answer was made with.

    There is none for care that a plan shares, and none while an amount is a range: the law asks for one expected
    charge, and a middle of a range is nobody's.
    """
    source = Source(catalogue, answer, question, request)
    for fault in faults(request, issued_on):
        return fault
    stands = standing(answer, declared_self_pay=request.declared_self_pay)
    if stands is None:
        detail = say(request.lang, "refusal", "insured-estimate")
        return Refusal(kind="insured-estimate", pointer="/estimate", detail=detail)
    open_name = open_question(source)
    if open_name:
        return ask_first(open_name, request.lang)
    lines = clinic_lines(source)
    if isinstance(lines, Refusal):
        return lines
    charging = providers(request, lines)
    valid_until = _valid_until(source, charging, issued_on)
    if isinstance(valid_until, Refusal):
        return valid_until
    recurring = recurrence(source)
    states = [each.provider.state for each in charging]
    return GoodFaithEstimate(
        id=id,
        estimate_id=answer.id,
        catalogue_version=answer.catalogue_version,
        lang=request.lang,
        issued_on=issued_on,
        valid_until=valid_until,
        standing=stands,
        standing_sentence=say(request.lang, "standing", stands),
        patient=request.patient,
        primary_service=_primary_service(source),
        recurrence=recurring,
        diagnoses=request.diagnoses,
        providers=charging,
        total_cents=sum(each.total_cents for each in charging),
        reductions=tuple(_reduction(each, request.lang) for each in answer.reductions if each.applied),
        separate_services=separate_services(source),
        not_included=not_included(request),
        disclaimers=tuple(
            disclaimers(
                source,
                issued_on=issued_on,
                valid_until=valid_until,
                states=states,
                recurring=recurring is not None,
            )
        ),
        citations=tuple(dict.fromkeys(cited for state in states for cited in tolerance(state).citations)),
    )


def _valid_until(source: Source, charging: Sequence[ProviderCharges], issued_on: date) -> date | Refusal:
    """As long as the clinic says, else as long as the law lets it hold; every expected day lies within.

    The twelve months run from the first expected day, and from the day of issue where no day is set.
    """
    request = source.request
    days = sorted(on for each in charging for line in each.lines for on in line.dates)
    latest = last_day(days[0] if days else issued_on)
    if days and days[-1] > latest:
        return impossible("/estimate", "longer-than-a-year", request.lang)
    asked = request.valid_until
    if asked is None:
        return latest
    if not (days[-1] if days else issued_on) <= asked <= latest:
        return impossible("/valid_until", "valid-until", request.lang, latest=latest)
    return asked


def _primary_service(source: Source) -> PrimaryService:
    treatment, lang = source.treatment, source.lang
    visit = treatment.visit_es if lang == "es" else treatment.visit
    return PrimaryService(
        description=f"{treatment_name(treatment, lang)}. {visit}",
        scheduled_for=source.answer.sessions[0].on if source.request.scheduled_on else None,
    )


def _reduction(applied: ReductionAnswer, lang: Language) -> str:
    """The name of what lowered a charge; a discount of the clinic's own by the clinic's word."""
    if applied.kind == "sliding-scale":
        return say(lang, "reduction", "tier", tier=applied.name)
    known = applied.name in ("veteran", "first-responder")
    return say(lang, "reduction", applied.name) if known else applied.name
