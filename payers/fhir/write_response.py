"""A payer's answer as a CoverageEligibilityResponse: an export, beside which the payer's own message stays true."""

from collections.abc import Iterator, Mapping
from typing import Literal

from payers.eligibility.rejections import meaning
from payers.eligibility.response import Member, Rejection, Status, Transaction
from payers.estimate.question import Language
from payers.fhir import definitions
from payers.fhir.dates import days
from payers.fhir.elements import CodeableConcept, Extension, Identifier
from payers.fhir.inquired import Echo
from payers.fhir.response import CoverageEligibilityResponse, Insurance, Outcome, ResponseError
from payers.fhir.systems import X12_REJECTION
from payers.fhir.text import code, codes, words
from payers.fhir.write_items import items

_URI = "urn:ietf:rfc:3986"

_TOLD: Mapping[Status | Literal["queued", "incomplete"], Mapping[Language, str]] = {
    "active": {"en": "Coverage is active.", "es": "La cobertura está activa."},
    "inactive": {"en": "Coverage is not active.", "es": "La cobertura no está activa."},
    "unknown": {
        "en": "The payer answered, and did not say whether coverage is active.",
        "es": "El seguro contestó y no dijo si la cobertura está activa.",
    },
    "conflict": {
        "en": "The payer says that coverage is active and that it is not: ask the payer.",
        "es": "El seguro dice que la cobertura está activa y que no lo está: pregunte al seguro.",
    },
    "rejected": {"en": "The payer did not answer the question.", "es": "El seguro no contestó la consulta."},
    "incomplete": {
        "en": "The payer answered a part of the question and refused another.",
        "es": "El seguro contestó una parte de la consulta y rechazó otra.",
    },
    "queued": {
        "en": "The payer has not answered yet. Send the same request again later: the payer is not asked twice.",
        "es": "El seguro aún no contestó. Envíe la misma solicitud más tarde: al seguro no se le pregunta dos veces.",
    },
}

WITHDRAWN: Mapping[Language, str] = {
    "en": "The question was withdrawn before the payer answered.",
    "es": "La consulta se retiró antes de que el pagador contestara.",
}


def write_response(
    echo: Echo, check_id: str, created: str, transaction: Transaction, lang: Language = "en"
) -> CoverageEligibilityResponse:
    """What the payer said about the patient, who is the first one of the answer.

    `outcome` is `error` where the payer refused, `partial` where it answered and refused at once, else `complete`.
    """
    patient = next(iter(transaction.patients), None)
    refused = tuple(_rejections(transaction, patient))
    outcome: Outcome = "complete"
    told = [_TOLD[transaction.status][lang]]
    if transaction.status == "rejected":
        outcome = "error"
    elif refused:
        outcome = "partial"
        told.append(_TOLD["incomplete"][lang])
    told += dict.fromkeys(meaning(each.reason, lang) for each in refused)
    return _response(
        echo,
        check_id,
        created,
        lang,
        outcome=outcome,
        disposition=" ".join(told),
        insurance=None if patient is None else _insurance(echo, transaction.status, patient),
        error=tuple(_error(each, lang) for each in refused),
    )


def write_queued(echo: Echo, check_id: str, created: str, lang: Language = "en") -> CoverageEligibilityResponse:
    """The payer has not answered yet."""
    return _response(echo, check_id, created, lang, outcome="queued", disposition=_TOLD["queued"][lang])


def write_failed(
    echo: Echo, check_id: str, created: str, why: str, lang: Language = "en"
) -> CoverageEligibilityResponse:
    """No answer came, and none will."""
    error = ResponseError(code=CodeableConcept(text=why))
    return _response(echo, check_id, created, lang, outcome="error", disposition=why, error=(error,))


def _response(
    echo: Echo,
    check_id: str,
    created: str,
    lang: Language,
    *,
    outcome: Outcome,
    disposition: str,
    insurance: Insurance | None = None,
    error: tuple[ResponseError, ...] = (),
) -> CoverageEligibilityResponse:
    return CoverageEligibilityResponse(
        id=check_id,
        language=lang,
        contained=echo.contained,
        identifier=(Identifier(system=_URI, value=f"urn:uuid:{check_id}"),),
        status="active",
        purpose=echo.purpose,
        patient=echo.patient,
        serviced_date=echo.serviced_date,
        serviced_period=echo.serviced_period,
        created=created,
        requestor=echo.requestor,
        request=echo.request,
        outcome=outcome,
        disposition=disposition,
        insurer=echo.insurer,
        insurance=(insurance or Insurance(coverage=echo.coverage),),
        error=error,
    )


def _rejections(transaction: Transaction, patient: Member | None) -> Iterator[Rejection]:
    """Every no that is about the patient: of the payer, of the provider, of the card holder, of the patient."""
    yield from transaction.rejections
    holder: Member | None = None
    for member in transaction.members:
        if member is patient:
            if holder:
                yield from holder.rejections
            yield from member.rejections
            return
        holder = member


def _error(rejection: Rejection, lang: Language) -> ResponseError:
    beside = (
        Extension(url=definitions.LOOP, value_string=words(rejection.loop)),
        Extension(url=definitions.FOLLOW_UP, value_code=code(rejection.follow_up)),
    )
    return ResponseError(
        code=CodeableConcept(coding=codes((X12_REJECTION, rejection.reason)), text=meaning(rejection.reason, lang)),
        extension=tuple(each for each in beside if each.value_string or each.value_code),
    )


def _insurance(echo: Echo, status: Status, patient: Member) -> Insurance:
    """`inforce` is left out where the payer does not say it of the coverage, or only refuses some services."""
    inforce = {"active": True, "inactive": False if patient.status_scope is None else None}.get(status)
    plan = words(patient.plan_name)
    return Insurance(
        coverage=echo.coverage,
        inforce=inforce,
        benefit_period=days(patient.coverage_start, patient.coverage_end),
        item=items(patient),
        extension=(Extension(url=definitions.PLAN_NAME, value_string=plan),) if plan else (),
    )
