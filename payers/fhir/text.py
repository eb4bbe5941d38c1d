"""Payers' texts and codes in the letters that FHIR allows."""

from payers.fhir.elements import CodeableConcept, Coding


def words(text: str | None) -> str | None:
    """The text without control characters, which FHIR's strings may not have; absent where nothing is left."""
    cleaned = "".join(letter if letter >= " " or letter in "\t\n\r" else " " for letter in text or "").strip()
    return cleaned or None


def code(text: str | None) -> str | None:
    """The text as a code, which has no blanks but single ones inside."""
    return " ".join((words(text) or "").split()) or None


def codes(*codings: tuple[str, str | None]) -> tuple[Coding, ...]:
    """Codings of system and code; where there is no code, there is no coding."""
    tidy = ((system, code(each)) for system, each in codings)
    return tuple(Coding(system=system, code=each) for system, each in tidy if each)


def concept(text: str | None, *codings: tuple[str, str | None]) -> CodeableConcept | None:
    """One meaning in words and codes; absent where there is neither."""
    told, coded = words(text), codes(*codings)
    return CodeableConcept(coding=coded, text=told) if told or coded else None
