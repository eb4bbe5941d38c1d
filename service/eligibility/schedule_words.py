"""What is wrong with a line of a schedule and what to do, in both languages; nothing of the line is repeated."""

from collections.abc import Mapping
from typing import Literal

from payers.estimate.question import Language

Problem = Literal["unknown-column", "too-many-cells", "empty", "does-not-fit", "no-connector", "no-payer-id"]
Unusable = Literal["not-utf8", "not-csv", "empty", "too-long", "too-wide", "column-missing"]

PROBLEMS: Mapping[Language, Mapping[Problem, str]] = {
    "en": {
        "unknown-column": "No column has this name; it was passed over.",
        "too-many-cells": "The line has more cells than the heading.",
        "empty": "It is empty.",
        "does-not-fit": "It does not fit.",
        "no-connector": "No connector leads to this payer.",
        "no-payer-id": "The payer's id in the network is not known.",
    },
    "es": {
        "unknown-column": "Ninguna columna tiene este nombre; se pasó por alto.",
        "too-many-cells": "La línea tiene más celdas que el encabezado.",
        "empty": "Está vacío.",
        "does-not-fit": "No es válido.",
        "no-connector": "Ningún conector lleva a este seguro.",
        "no-payer-id": "No se conoce el identificador de este seguro en la red.",
    },
}

UNUSABLE: Mapping[Language, Mapping[Unusable, str]] = {
    "en": {
        "not-utf8": "The file is not UTF-8: save it as CSV UTF-8.",
        "not-csv": "The file is not comma-separated values: a quotation mark is not closed.",
        "empty": "The file is empty.",
        "too-long": "The file has more than {most} lines: split it.",
        "too-wide": "The file has more than {most} columns: keep those that are needed.",
        "column-missing": "The column {column} is missing: the first line names the columns.",
    },
    "es": {
        "not-utf8": "El archivo no está en UTF-8: guárdelo como CSV UTF-8.",
        "not-csv": "El archivo no está separado por comas: unas comillas no se cierran.",
        "empty": "El archivo está vacío.",
        "too-long": "El archivo tiene más de {most} líneas: divídalo.",
        "too-wide": "El archivo tiene más de {most} columnas: deje las que se necesitan.",
        "column-missing": "Falta la columna {column}: la primera línea nombra las columnas.",
    },
}
"""Why the file as a whole cannot be used, and what to do."""

DID_YOU_MEAN: Mapping[Language, str] = {"en": "Did you mean {near}?", "es": "¿Quiso decir {near}?"}
QUOTE: Mapping[Language, str] = {
    "en": "Put a cell that has a comma in it between quotation marks.",
    "es": "Ponga entre comillas la celda que contiene una coma.",
}
PERHAPS: Mapping[Language, str] = {"en": "Perhaps: {names}.", "es": "Quizá: {names}."}
ADMINISTRATOR: Mapping[Language, str] = {
    "en": "The clinic's administrator sets up the connectors.",
    "es": "La administración de la clínica configura los conectores.",
}

_NAME = ("Write the name as the card has it, without more.", "Escriba el nombre como está en la tarjeta, sin más.")
_DAY = ("Write the day as YYYY-MM-DD or MM/DD/YYYY.", "Escriba la fecha como AAAA-MM-DD o MM/DD/AAAA.")
_NUMBER = ("Write the number as the card has it.", "Escriba el número como está en la tarjeta.")
_GENDER = ("Write F, M or U, or nothing.", "Escriba F, M o U, o nada.")

_REMEDIES: Mapping[str, tuple[str, str]] = {
    "payer": (
        "Write the payer's name as the card has it.",
        "Escriba el nombre del seguro como está en la tarjeta.",
    ),
    "state": ("Write two letters, such as CO.", "Escriba dos letras, como CO."),
    "county": ("Write the name of the county.", "Escriba el nombre del condado."),
    "connector": (
        "Write the name of a connector, or nothing.",
        "Escriba el nombre de un conector, o nada.",
    ),
    "member_id": _NUMBER,
    "group_number": _NUMBER,
    "last_name": _NAME,
    "first_name": _NAME,
    "middle_name": _NAME,
    "suffix": _NAME,
    "birth_date": _DAY,
    "gender": _GENDER,
    "dependent_last_name": _NAME,
    "dependent_first_name": _NAME,
    "dependent_birth_date": _DAY,
    "dependent_gender": _GENDER,
    "dependent_relationship": ("Write spouse, child or other.", "Escriba spouse, child u other."),
    "date_of_service": _DAY,
    "service_types": (
        "Write codes of one or two letters or digits, such as 30 MH.",
        "Escriba códigos de una o dos letras o cifras, como 30 MH.",
    ),
    "treatment": (
        "Write Spravato, IV ketamine, IM ketamine or oral ketamine, or nothing.",
        "Escriba Spravato, ketamina IV, ketamina IM o ketamina oral, o nada.",
    ),
    "dose_mg": ("Write 56 or 84, the dose of Spravato, or nothing.", "Escriba 56 u 84, la dosis de Spravato, o nada."),
    "sessions": (
        "Write how many sessions, from 1 to 120, or nothing.",
        "Escriba cuántas sesiones, de 1 a 120, o nada.",
    ),
}


def remedy(lang: Language, column: str) -> str:
    """What to write in the column."""
    en, es = _REMEDIES[column]
    return es if lang == "es" else en
