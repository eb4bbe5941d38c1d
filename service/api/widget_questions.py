"""What a visitor can ask to learn more: what would narrow the range, and what to say to the insurer on the phone."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from payers.catalogue.model import Frozen
from payers.estimate.answer import Answer, UnknownAnswer
from payers.estimate.question import Language
from service.api.widget_options import DEDUCTIBLE_LINES

Asked = Literal["insurer", "clinic"]

WORTH_ASKING_CENTS = 1_000
"""Who reads the widget does not call anybody for less than ten dollars."""
MOST = 5
"""A longer list is not read."""


class NarrowingQuestion(Frozen):
    """An open question, who can answer it, and by how much the answer would narrow all that is possible."""

    question: str
    ask: Asked
    worth_cents: int


def narrowing(unknowns: Iterable[UnknownAnswer], lang: Language) -> tuple[NarrowingQuestion, ...]:
    """The questions still worth money, the most valuable first."""
    worth = [each for each in unknowns if each.worth_cents >= WORTH_ASKING_CENTS]
    return tuple(
        NarrowingQuestion(
            question=_TO_THE_VISITOR[lang].get(each.name, each.question),
            ask="clinic" if each.name in _THE_CLINIC_KNOWS else "insurer",
            worth_cents=each.worth_cents,
        )
        for each in sorted(worth, key=lambda each: -each.worth_cents)[:MOST]
    )


def for_the_insurer(answer: Answer, lang: Language) -> tuple[str, ...]:
    """What to ask on the phone, as one would say it; nothing where nobody is to be asked."""
    told = answer.coverage
    if told.status == "self-pay":
        return ()
    words = _ON_THE_PHONE[lang]
    return tuple(words[key].format(treatment=answer.treatment.name) for key in _asked_for(answer))


def _asked_for(answer: Answer) -> Iterator[str]:
    line, status = answer.payer.line_of_business, answer.coverage.status
    if status == "not-covered":
        yield "why-not-covered"
        yield "pay-back"
        yield "reference"
        return
    yield "covered"
    if status != "covered":
        yield "authorization"
    if line != "medicare":
        yield "network"
    if line in ("commercial", "behavioral-health-carveout", "employer-ancillary"):
        yield "benefit"
    yield "visits"
    if line in DEDUCTIBLE_LINES:
        yield "deductible-left" if line == "medicare" else "left"
    yield "share"
    if line == "commercial" and answer.treatment.slug == "spravato":
        yield "savings"
    yield "reference"


_THE_CLINIC_KNOWS = frozenset(
    {
        "allowed_per_session",
        "cash_per_session",
        "medicare_assignment",
        "dose_mg",
        "indication",
        "session_minutes",
        "site",
    }
)

_TO_THE_VISITOR: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "line_of_business": "Which kind of plan do you have?",
        "state": "In which state do you live?",
        "cost_shares": "What do you pay for a treatment once the deductible is met: a copay or a percentage?",
        "out_of_pocket_max": "What is the most that you pay in a year (your out-of-pocket maximum)?",
        "out_of_pocket_met": "How much of your out-of-pocket maximum is already used this year?",
        "deductible": "What is your yearly deductible?",
        "deductible_met": "How much of the deductible have you paid this year?",
        "plan_year_start": "On which day does your plan's year begin?",
        "lane": "Is the drug billed to your medical benefit, or does a pharmacy send it under your drug benefit?",
        "pharmacy_drug": "What do you pay for a specialty drug from a pharmacy?",
        "part_b_deductible_met": "How much of this year's Part B deductible have you paid?",
        "va": "Which VA priority group are you in, and is the condition service-connected?",
        "tricare": "Which TRICARE plan do you have, and are you an active-duty family or retired?",
        "allowed_per_session": "What price has your plan agreed with this clinic for a session?",
        "cash_per_session": "What does this clinic charge for a session?",
        "medicare_assignment": "Does this clinic take Medicare's amount as full payment (assignment)?",
        "dose_mg": "Which dose will you get: 56 mg or 84 mg?",
        "indication": "For which diagnosis is the treatment?",
    },
    "es": {
        "line_of_business": "¿Qué tipo de plan tiene usted?",
        "state": "¿En qué estado vive usted?",
        "cost_shares": "¿Qué paga por un tratamiento una vez cumplido el deducible: un copago o un porcentaje?",
        "out_of_pocket_max": "¿Cuánto es lo máximo que usted paga en un año (su máximo de gastos de bolsillo)?",
        "out_of_pocket_met": "¿Cuánto de su máximo de gastos de bolsillo ya se usó este año?",
        "deductible": "¿Cuál es su deducible anual?",
        "deductible_met": "¿Cuánto del deducible ha pagado este año?",
        "plan_year_start": "¿Qué día empieza el año de su plan?",
        "lane": "¿El medicamento va por su beneficio médico, o lo envía una farmacia por su beneficio de farmacia?",
        "pharmacy_drug": "¿Qué paga por un medicamento especializado de una farmacia?",
        "part_b_deductible_met": "¿Cuánto del deducible de la Parte B ha pagado este año?",
        "va": "¿En qué grupo de prioridad de la VA está, y la afección se debe al servicio militar?",
        "tricare": "¿Qué plan de TRICARE tiene, y es familia en servicio activo o jubilada?",
        "allowed_per_session": "¿Qué precio acordó su plan con esta clínica por una sesión?",
        "cash_per_session": "¿Cuánto cobra esta clínica por una sesión?",
        "medicare_assignment": "¿Acepta esta clínica el monto de Medicare como pago completo (asignación)?",
        "dose_mg": "¿Qué dosis recibirá: 56 mg u 84 mg?",
        "indication": "¿Para qué diagnóstico es el tratamiento?",
    },
}

_ON_THE_PHONE: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "covered": "Does my plan cover {treatment} for my diagnosis?",
        "authorization": "Is prior authorization needed, who asks for it, and how long does the decision take?",
        "network": "Is this clinic in my network, and who else may send me a bill for the visit?",
        "benefit": "Does the drug go through my medical benefit or my pharmacy benefit?",
        "visits": "Do the visits count as medical or as mental-health (behavioral) care?",
        "left": "How much is left of my deductible and of my out-of-pocket maximum, and when do they start again?",
        "deductible-left": "How much is left of my Part B deductible this year?",
        "share": "What do I pay for the drug, and what for the visit: a copay or a percentage?",
        "savings": "If the manufacturer helps me pay, does that count toward my deductible?",
        "why-not-covered": "Why is {treatment} not covered, and how can I ask for an exception or appeal?",
        "pay-back": "If I pay the clinic myself and send you an itemized bill (a superbill), what do you pay back?",
        "reference": "May I have your name and a reference number for this call?",
    },
    "es": {
        "covered": "¿Cubre mi plan {treatment} para mi diagnóstico?",
        "authorization": "¿Se necesita autorización previa, quién la pide y cuánto tarda la decisión?",
        "network": "¿Está esta clínica en mi red, y quién más puede enviarme una factura por la visita?",
        "benefit": "¿El medicamento va por mi beneficio médico o por mi beneficio de farmacia?",
        "visits": "¿Las visitas cuentan como atención médica o de salud mental?",
        "left": "¿Cuánto queda de mi deducible y de mi máximo de gastos de bolsillo, y cuándo empiezan de nuevo?",
        "deductible-left": "¿Cuánto queda este año de mi deducible de la Parte B?",
        "share": "¿Qué pago por el medicamento y qué por la visita: un copago o un porcentaje?",
        "savings": "Si el fabricante me ayuda a pagar, ¿cuenta eso para mi deducible?",
        "why-not-covered": "¿Por qué no se cubre {treatment}, y cómo pido una excepción o apelo?",
        "pay-back": "Si pago yo a la clínica y les envío una factura detallada (superbill), ¿cuánto me devuelven?",
        "reference": "¿Me da su nombre y un número de referencia de esta llamada?",
    },
}
