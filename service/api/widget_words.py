"""The widget's own words in both languages."""

from collections.abc import Mapping

from payers.estimate.question import Language

PLAN_TYPES: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "commercial": "Through an employer or bought by myself",
        "medicare-advantage": "Medicare Advantage",
        "medicare": "Original Medicare",
        "medicaid": "Medicaid",
        "military": "TRICARE",
        "va": "Department of Veterans Affairs (VA)",
    },
    "es": {
        "commercial": "Por el empleador o comprado por mi cuenta",
        "medicare-advantage": "Medicare Advantage",
        "medicare": "Medicare Original",
        "medicaid": "Medicaid",
        "military": "TRICARE",
        "va": "Departamento de Asuntos de los Veteranos (VA)",
    },
}

DEDUCTIBLES: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "met": "Met for this year",
        "partly": "Partly met",
        "not-met": "Nothing paid toward it yet",
        "unknown": "I do not know",
    },
    "es": {
        "met": "Ya cumplido este año",
        "partly": "Cumplido en parte",
        "not-met": "Aún no he pagado nada",
        "unknown": "No lo sé",
    },
}

PAYS_ALONE: Mapping[Language, str] = {
    "en": "No insurance, or I pay myself",
    "es": "Sin seguro, o pago por mi cuenta",
}

ASSUMPTIONS: Mapping[Language, tuple[str, ...]] = {
    "en": (
        "A course of {sessions} sessions that starts today.",
        "The treatment is for the use on the drug's label, or the usual one where there is no label.",
    ),
    "es": (
        "Un ciclo de tratamiento de {sessions} sesiones que comienza hoy.",
        "El tratamiento es para el uso que figura en la etiqueta del medicamento, o el habitual si no lo hay.",
    ),
}

PLAN_ASSUMPTIONS: Mapping[Language, tuple[str, ...]] = {
    "en": (
        "The clinic is in the plan's network.",
        "If the plan asks for prior authorization, it is approved.",
    ),
    "es": (
        "La clínica está en la red del plan.",
        "Si el plan pide autorización previa, se aprueba.",
    ),
}

USUAL_PLANS: Mapping[Language, str] = {
    "en": "Your plan is like typical ones: a deductible of {deductible}, then {share} of each bill, and at most "
    "{maximum} a year. The plan year starts on January 1.",
    "es": "Su plan es como los típicos: un deducible de {deductible}, luego {share} de cada factura, y como máximo "
    "{maximum} al año. El año del plan empieza el 1 de enero.",
}

NOTHING_DEDUCTIBLE: Mapping[Language, str] = {
    "en": "Your plan is like a typical one: no deductible, {share} of each bill, and at most {maximum} a year. "
    "The plan year starts on January 1.",
    "es": "Su plan es como uno típico: sin deducible, {share} de cada factura, y como máximo {maximum} al año. "
    "El año del plan empieza el 1 de enero.",
}

MET_SO_FAR: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "met": "This year's deductible is paid. A new plan year brings a new one.",
        "partly": "Of this year's deductible anything from nothing to all may be paid.",
        "not-met": "Nothing is paid toward this year's deductible yet.",
        "unknown": "Of this year's deductible anything from nothing to all may be paid.",
    },
    "es": {
        "met": "El deducible de este año está pagado. Un nuevo año del plan trae uno nuevo.",
        "partly": "Del deducible de este año puede estar pagado desde nada hasta todo.",
        "not-met": "Todavía no se ha pagado nada del deducible de este año.",
        "unknown": "Del deducible de este año puede estar pagado desde nada hasta todo.",
    },
}

TYPICAL: Mapping[Language, str] = {
    "en": "The typical amount for a session also takes: {assumptions}.",
    "es": "El monto típico por sesión supone además: {assumptions}.",
}
