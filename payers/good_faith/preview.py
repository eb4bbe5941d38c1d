"""What a stored estimate says as a good-faith estimate, or why it says nothing, before anybody tells whom it is for."""

from collections.abc import Mapping
from datetime import date
from typing import get_args

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.model import Frozen
from payers.catalogue.vocabulary import ServiceKind
from payers.estimate.answer import Answer
from payers.estimate.question import Language, Question
from payers.good_faith.content import GoodFaithEstimate
from payers.good_faith.issue import good_faith_estimate
from payers.good_faith.parties import Address, ClinicParty, Patient
from payers.good_faith.refusal import Refusal
from payers.good_faith.request import GoodFaithRequest

_SOMEBODY = Patient(first_name="-", last_name="-", birth_date=date.min)
_SOMEWHERE = ClinicParty(
    name="-",
    npi="1234567893",
    tin="00-0000000",
    address=Address(line="-", city="-", state="CO", postal_code="00000"),
    phone="000-0000",
)
_ANY_CODE = ("00000",)


class Preview(Frozen):
    """The charges that an estimate would state, and what must be told for it beside the parties.

    `must_declare`: there is one only where the patient has insurance and uses none. `open_codes` are the services whose
    codes somebody must choose, each with the question.
    """

    estimate: GoodFaithEstimate
    must_declare: bool
    open_codes: Mapping[ServiceKind, str]


def preview(
    catalogue: Catalogue, answer: Answer, question: Question, lang: Language, issued_on: date
) -> Preview | Refusal:
    """The same as would be issued today, or what of the stored estimate stands against any, told in a language.

    That insurance pays comes before what else is open: a new estimate without it is the answer to both.
    """
    insured: Refusal | None = None
    open_codes: dict[ServiceKind, str] = {}
    while True:
        request = GoodFaithRequest(
            patient=_SOMEBODY,
            clinic=_SOMEWHERE,
            declared_self_pay=insured is not None,
            service_codes=dict.fromkeys(open_codes, _ANY_CODE),
            lang=lang,
        )
        made = good_faith_estimate(catalogue, answer, question, request, id=answer.id, issued_on=issued_on)
        if isinstance(made, GoodFaithEstimate):
            return Preview(estimate=made, must_declare=insured is not None, open_codes=open_codes)
        if made.kind == "insured-estimate" and insured is None:
            insured = made
        elif service := _asked_codes(made):
            open_codes[service] = made.detail
        else:
            return insured or made


def _asked_codes(refusal: Refusal) -> ServiceKind | None:
    """The service whose codes are open."""
    return next((kind for kind in get_args(ServiceKind) if refusal.pointer == f"/service_codes/{kind}"), None)
