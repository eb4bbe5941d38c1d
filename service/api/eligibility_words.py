"""Why a check has no answer, in both languages: what happened and who must act."""

from collections.abc import Mapping

from payers.estimate.question import Language

FAILURES: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "timeout": "The payer did not answer in time, however often it was asked.",
        "unreachable": "The network could not be reached, however often it was tried.",
        "busy": "The network asked us to slow down until we gave up.",
        "payer-down": "The payer's system is not working.",
        "refused": "The network does not accept how the clinic is set up there.",
        "invalid": "The network found a fault in the question itself.",
        "garbled": "What came back is no answer.",
        "over-budget": "The clinic's own limit of spending for the day is reached.",
    },
    "es": {
        "timeout": "El seguro no respondió a tiempo, por más veces que se le preguntó.",
        "unreachable": "No se pudo llegar a la red, por más veces que se intentó.",
        "busy": "La red nos pidió ir más despacio hasta que desistimos.",
        "payer-down": "El sistema del seguro no funciona.",
        "refused": "La red no acepta la configuración de la clínica.",
        "invalid": "La red encontró un error en la propia pregunta.",
        "garbled": "Lo que llegó no es una respuesta.",
        "over-budget": "Se alcanzó el límite de gasto de la clínica para el día.",
    },
}

ADMINISTRATORS = frozenset({"refused", "invalid", "over-budget"})
"""What asking again does not mend: whoever runs the clinic's connectors must act."""
