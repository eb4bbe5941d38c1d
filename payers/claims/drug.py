"""Do drug code, units and dose agree? Payers compare them and deny when they do not."""

from collections.abc import Iterator

from payers.catalogue.model import Code, Ndc, TreatmentInfo
from payers.claims import ndc
from payers.claims.accepted import taken
from payers.claims.session import Found, Line, Session


def drug(session: Session) -> Iterator[Found]:
    """Each line's drug code by itself, against its code and units, and against the dose."""
    for line in session.lines:
        if line.asked.ndc is not None and not ndc.readings(line.asked.ndc):
            yield Found(line, "error", "ndc-form", (), {"ndc": line.asked.ndc})
        treatment = _billed(session, line)
        if line.product is not None:
            yield from _product(session, line, line.product, treatment)
        elif treatment is not None and line.entry is not None:
            if line.asked.ndc is not None and ndc.readings(line.asked.ndc):
                yield Found(line, "warning", "ndc-not-on-file", (line.entry,), {"ndc": line.asked.ndc})
            yield from _dose(session, line, line.entry, treatment)


def _billed(session: Session, line: Line) -> TreatmentInfo | None:
    """The treatment whose doses have codes of their own, when the line bears one of these codes."""
    for treatment in session.catalogue.release.treatments:
        for bill in treatment.billing:
            for dose, code in bill.codes_by_dose.items():
                if dose and session.catalogue.code_in_force(code, session.day) == line.code:
                    return treatment
    return None


def _product(session: Session, line: Line, product: Ndc, treatment: TreatmentInfo | None) -> Iterator[Found]:
    values: dict[str, object] = {"ndc": product.ndc, "product": product}
    if not product.sold_alone:
        yield Found(line, "error", "ndc-not-sold-alone", (product,), values)
        return
    in_force = {
        session.catalogue.code_in_force(code, session.day): each for code, each in product.units_by_code.items()
    }
    right = ", ".join(_right(session, {code for code in in_force if code}))
    units = in_force.get(line.code)
    if line.entry and line.entry.unit == "mg" and units is not None and line.asked.units not in (None, units):
        yield Found(line, "error", "units-ndc", (product,), values | {"units": units})
    if treatment and line.code not in in_force:
        yield Found(line, "error", "code-ndc", (product,), values | {"right": right})
    if treatment and session.claim.dose_mg not in (None, product.dose_mg):
        yield Found(line, "error", "dose-ndc", (product,), values | {"dose": session.claim.dose_mg})
    if treatment is None and line.entry and line.entry.kind == "drug" and (own := _own_codes(session, product)):
        yield Found(line, "error", "own-code", (product, *own), values | {"right": right})


def _right(session: Session, codes: set[str]) -> list[str]:
    """Of the codes that are right for the product, those that the payer takes, where that is known."""
    accepted = {
        code
        for each in session.catalogue.release.treatments
        if (found := taken(session.asked, each))
        for code in found.codes
    }
    return sorted(codes & accepted or codes)


def _own_codes(session: Session, product: Ndc) -> list[Code]:
    """Drug codes that are known to have begun by the date of service: before, an unclassified code was right."""
    entries = (session.catalogue.code(code, session.day) for code in product.units_by_code)
    return [each for each in entries if each and each.kind == "drug" and each.valid_from]


def _dose(session: Session, line: Line, entry: Code, treatment: TreatmentInfo) -> Iterator[Found]:
    """Without a known drug code the dose alone says which code and how many units are right."""
    dose = session.claim.dose_mg
    if entry.unit == "mg":
        doses = (dose,) if dose else treatment.doses_mg
        if line.asked.units is not None and line.asked.units not in doses:
            yield Found(line, "error", "units-dose", (entry,), {"units": _either(doses)})
        return
    for bill in treatment.billing:
        right = bill.codes_by_dose.get(dose or 0)
        if dose and right and line.code in bill.codes_by_dose.values() and right != line.code:
            yield Found(line, "error", "code-dose", (entry, bill), {"right": right, "dose": dose})


def _either(doses: tuple[int, ...]) -> str:
    return " / ".join(str(each) for each in doses)
