"""What the clinic is expected to charge, line by line, from a stored estimate in which nothing is open.

The expected charge is the clinic's cash rate after every discount of the patient's (45 CFR 149.610(a)(2)(v)): the
amounts are the estimate's own.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from payers.clinic_prices.expected_charge import Patient, service_charges
from payers.estimate.answer import SessionAnswer
from payers.estimate.clinic_answer import CourseServiceAnswer
from payers.estimate.tell_catalogue import treatment_name
from payers.good_faith.content import ChargeLine, LineKind, ServiceCode
from payers.good_faith.refusal import Refusal, ask_first
from payers.good_faith.settled import counted
from payers.good_faith.source import Source
from payers.good_faith.words import say


def clinic_lines(source: Source) -> tuple[ChargeLine, ...] | Refusal:
    """The services in the order in which they are given, and a membership fee that every patient pays."""
    services: dict[str, list[ChargeLine]] = {"before": [], "during": [], "after": []}
    for service, count in counted(source.answer):
        line = _service(source, service, count)
        if isinstance(line, Refusal):
            return line
        services[service.when].append(line)
    return (
        *services["before"],
        *_sessions(source),
        *services["during"],
        *services["after"],
        *_membership(source),
    )


def _sessions(source: Source) -> Iterator[ChargeLine]:
    """One line for all the sessions at one charge with the same codes."""
    alike: dict[tuple[int, tuple[ServiceCode, ...]], list[date]] = {}
    for session in source.answer.sessions:
        key = session.patient_pays.low_cents, _session_codes(source, session)
        alike.setdefault(key, []).append(session.on)
    treatment = treatment_name(source.treatment, source.lang)
    for (cents, codes), days in alike.items():
        description = say(source.lang, "item", "session", treatment=treatment)
        yield _line(source, "session", description, codes, len(days), cents, days if source.dated else ())


def _session_codes(source: Source, session: SessionAnswer) -> tuple[ServiceCode, ...]:
    """The visit before the drug. Of several ways to bill it the first with a code for each, as a superbill has them."""
    sets = [each.lines for each in source.answer.billing if session.number in each.sessions]
    lines = sorted(max(sets, key=len), key=lambda line: line.component == "drug") if sets else ()
    return tuple(
        ServiceCode(code=each.code, label=_label(source, each.code, each.label), units=each.units, ndc=each.ndc)
        for each in lines
    )


def _service(source: Source, service: CourseServiceAnswer, count: int) -> ChargeLine | Refusal:
    """The service at the clinic's own price. Its days are not told."""
    if service.basis != "site-price" or service.price is None or not service.price.exact:
        return ask_first("service_price", source.lang)
    codes = _expected_codes(source, service)
    if isinstance(codes, Refusal):
        return codes
    description = say(source.lang, "item", service.service)
    told = tuple(ServiceCode(code=code, label=_label(source, code, description), units=1) for code in codes)
    return _line(source, service.service, description, told, count, service.price.low_cents, ())


def _expected_codes(source: Source, service: CourseServiceAnswer) -> Sequence[str] | Refusal:
    """Told with the request, else the price list's own, else the usual one; where several are usual, a question."""
    kind = service.service
    if kind in source.request.service_codes:
        return source.request.service_codes[kind]
    charges = service_charges(source.catalogue.clinic, kind, Patient(source.question.site), source.answer.as_of)
    own = {charge.service.codes for charge in charges if charge.service and charge.service.codes}
    if len(own) == 1:
        return own.pop()
    usual = [code.code for code in service.codes]
    if len(usual) <= 1:
        return usual
    detail = say(source.lang, "refusal", "codes-open", service=say(source.lang, "item", kind), codes=", ".join(usual))
    return Refusal(kind="open-question", pointer=f"/service_codes/{kind}", detail=detail)


def _membership(source: Source) -> Iterator[ChargeLine]:
    """The fee that every patient pays during the course; fees that depend on the patient are not expected."""
    for fee in source.answer.clinic_fees:
        if fee.over_course and fee.amount_cents:
            times = fee.over_course.low_cents // fee.amount_cents
            description = say(source.lang, "item", "membership")
            yield _line(source, "membership", description, (), times, fee.amount_cents, ())


def _line(
    source: Source,
    kind: LineKind,
    description: str,
    codes: tuple[ServiceCode, ...],
    quantity: int,
    each_cents: int,
    days: Sequence[date],
) -> ChargeLine:
    is_care = kind != "membership"
    return ChargeLine(
        kind=kind,
        description=description,
        codes=codes,
        diagnoses=tuple(each.code for each in source.request.diagnoses) if is_care else (),
        quantity=quantity,
        each_cents=each_cents,
        total_cents=quantity * each_cents,
        dates=tuple(days),
        place_of_service=source.place_of_service if is_care else None,
    )


def _label(source: Source, code: str, otherwise: str) -> str:
    """Our own words for a code in the language of the document; where none are on file, those at hand."""
    entry = source.catalogue.code(code, source.answer.as_of)
    if entry is None:
        return otherwise
    return entry.label_es if source.lang == "es" else entry.label
