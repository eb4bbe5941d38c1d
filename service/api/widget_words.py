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

MET_AGAIN: Mapping[Language, str] = {
    "en": "When a new plan year begins, the deductible is a typical one of {amount}.",
    "es": "Cuando comienza un nuevo año del plan, el deducible es uno típico de {amount}.",
}
