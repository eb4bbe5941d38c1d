"""The 835 reader (005010X221A1; 4010 files have the same segments): payments, claims, lines, adjustments.

Only a text that is not X12, or holds no 835, is refused. Segments that name people (NM1) are passed over unread.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from payers.eligibility.elements import Elements, at, day
from payers.eligibility.read_271 import decoded
from payers.eligibility.response import NotX12, Party
from payers.eligibility.segments import Segments
from payers.remittances.allowed import COINSURANCE, COPAY, DEDUCTIBLE, allowed, left_to_patient
from payers.remittances.remittance import (
    Adjustment,
    Claim,
    ClaimStatus,
    Line,
    ProviderAdjustment,
    Remittance,
    Remittances,
)

_VERSION = "005010X221"
_ENDS = frozenset({"ISA", "GS", "ST", "SE", "GE", "IEA", ""})
_STATUSES: dict[str, ClaimStatus] = {
    "1": "primary",
    "2": "secondary",
    "3": "tertiary",
    "4": "denied",
    "19": "primary",
    "20": "secondary",
    "21": "tertiary",
    "22": "reversal",
    "23": "not-ours",
    "25": "predetermination",
}
_SERVICE_DAYS, _CLAIM_DAYS = ("472", "150", "151"), ("232", "233")
_ALLOWED = "B6"
_ORIGINAL_REFERENCE = "F8"
_LONGEST_CAS = 6
_MONEY = re.compile(r"(-?)([0-9]{0,11})(?:\.([0-9]{0,2})0*)?")
_UNITS = re.compile(r"-?(?:[0-9]{1,11}(?:\.[0-9]{0,6})?|\.[0-9]{1,6})")
_DIGITS = re.compile(r"[^0-9]")


class _Said(NamedTuple):
    """A segment with its number."""

    number: int
    elements: Elements


def read_835(message: str | bytes) -> Remittances | NotX12:
    """Every remittance of a file."""
    text, warnings = decoded(message)
    segments = Segments.of((text,))
    if isinstance(segments, NotX12):
        return segments
    reader = _Reader(segments)
    remittances = tuple(reader.remittances())
    if not remittances:
        return NotX12(detail="It holds no remittance (835).")
    warnings += segments.told()
    return Remittances(
        remittances=remittances,
        is_test=reader.is_test,
        warnings=tuple(sorted(warnings, key=lambda warned: warned.segment)),
    )


class _Reader:
    """Reads segments one after the other; `said` is the one that stands next."""

    def __init__(self, segments: Segments) -> None:
        self._segments = segments
        self._following = iter(segments)
        self._said: _Said | None = None
        self.is_test = False
        self._next()

    def remittances(self) -> Iterator[Remittance]:
        """Every 835 of the file; other transactions are passed over."""
        while self._said:
            number, elements = self._said
            self._next()
            match elements[0]:
                case "ISA":
                    self.is_test = self.is_test or at(elements, 15) == "T"
                case "GS" if not (at(elements, 8) or "").startswith(_VERSION):
                    self._warn(number, f"The version is not {_VERSION}A1; it was read as if it were.")
                case "ST" if at(elements, 1) == "835":
                    yield self._remittance(number)
                case "ST":
                    self._warn(number, "This transaction is not an 835; it was not read.")
                case _:
                    pass

    def _next(self) -> None:
        found = next(self._following, None)
        self._said = _Said(found[0], found[1].split(self._segments.delimiters.element)) if found else None

    def _warn(self, number: int, text: str) -> None:
        self._segments.warn(number, text)

    def _within(self, *ends: str) -> Iterator[_Said]:
        """Segments up to the next of those, or the end of the transaction; each is taken before it is given."""
        while (said := self._said) and said.elements[0] not in _ENDS and said.elements[0] not in ends:
            self._next()
            yield said

    def _remittance(self, first: int) -> Remittance:
        payment = _Payment()
        claims: list[Claim] = []
        moved: list[ProviderAdjustment] = []
        while (said := self._said) and said.elements[0] not in _ENDS:
            number, elements = said
            self._next()
            match elements[0]:
                case "CLP":
                    claims.append(self._claim(said, payment.payer))
                case "PLB":
                    moved += self._provider_adjustments(number, elements)
                case "BPR":
                    payment.total_cents, payment.paid_on = self._cents(number, elements, 2), day(at(elements, 16))
                case _:
                    payment.learn(elements)
        paid = sum(claim.paid_cents or 0 for claim in claims) - sum(each.cents for each in moved)
        if payment.total_cents != paid:
            self._warn(first, "The payment is not the sum of its claims less the provider's adjustments.")
        return Remittance(
            payer=payment.payer,
            payee_npi=payment.payee_npi,
            payee_tin=payment.payee_tin,
            paid_on=payment.paid_on,
            total_paid_cents=payment.total_cents,
            claims=tuple(claims),
            provider_adjustments=tuple(moved),
            balanced=payment.total_cents == paid,
            whole=self._ends(first),
        )

    def _ends(self, first: int) -> bool:
        """Whether the transaction ends with SE, which counts its segments right."""
        if self._said is None or self._said.elements[0] != "SE":
            self._warn(
                self._said.number if self._said else self._segments.count, "The transaction does not end with SE."
            )
            return False
        number, elements = self._said
        counted = number - first + 1
        if at(elements, 1) != str(counted):
            self._warn(number, f"SE counts other segments than the {counted} that are there.")
            return False
        return True

    def _claim(self, said: _Said, payer: Party) -> Claim:
        """The claim that begins with this CLP, with its lines."""
        first, clp = said
        status = _STATUSES.get(at(clp, 2) or "", "other")
        own_number = at(clp, 7) or at(clp, 1) or ""
        originals = [own_number]
        days: dict[str, str | None] = {}
        adjustments: list[Adjustment] = []
        for number, elements in self._within("CLP", "SVC", "LX", "PLB"):
            match elements[0]:
                case "CAS":
                    adjustments += self._adjustments(number, elements)
                case "DTM":
                    days[at(elements, 1) or ""] = at(elements, 2)
                case "REF" if at(elements, 1) == _ORIGINAL_REFERENCE and (original := at(elements, 2)):
                    originals.append(original)
                case _:
                    pass
        lines: list[Line] = []
        while (svc := self._said) and svc.elements[0] == "SVC":
            self._next()
            lines.append(self._line(svc, status, days))
        billed, paid = self._cents(first, clp, 3), self._cents(first, clp, 4)
        every = [*adjustments, *(each for line in lines for each in line.adjustments)]
        balanced = _balances(billed, every, paid) and all(line.balanced for line in lines)
        if lines and billed != sum(line.billed_cents or 0 for line in lines):
            balanced = False
        if not balanced:
            self._warn(first, "The claim does not balance: what was paid is not what was billed less the adjustments.")
        return Claim(
            reference=_digest(payer, own_number),
            cancels=tuple(_digest(payer, each) for each in dict.fromkeys(originals)) if status == "reversal" else (),
            status=status,
            billed_cents=billed,
            paid_cents=paid,
            patient_responsibility_cents=self._cents(first, clp, 5),
            lines=tuple(lines),
            adjustments=tuple(adjustments),
            balanced=balanced,
        )

    def _line(self, of_line: _Said, status: ClaimStatus, of_claim: Mapping[str, str | None]) -> Line:
        """The service that begins with this SVC."""
        first, svc = of_line
        days = dict(of_claim)
        adjustments: list[Adjustment] = []
        said: int | None = None
        for number, elements in self._within("CLP", "SVC", "LX", "PLB"):
            match elements[0]:
                case "CAS":
                    adjustments += self._adjustments(number, elements)
                case "DTM":
                    days[at(elements, 1) or ""] = at(elements, 2)
                case "AMT" if at(elements, 1) == _ALLOWED:
                    said = self._cents(number, elements, 2)
                case _:
                    pass
        code = [part.strip() for part in (at(svc, 1) or "").split(self._segments.delimiters.component)]
        billed, paid = self._cents(first, svc, 2), self._cents(first, svc, 3)
        found = allowed(said, paid, adjustments, status)
        begins = next((day(days[each]) for each in (*_SERVICE_DAYS[:2], _CLAIM_DAYS[0]) if days.get(each)), None)
        ends = next(
            (day(days[each]) for each in (_SERVICE_DAYS[0], _SERVICE_DAYS[2], _CLAIM_DAYS[1]) if days.get(each)), None
        )
        return Line(
            code_type=code[0],
            code=code[1].upper() if len(code) > 1 else "",
            modifiers=tuple(sorted({each.upper() for each in code[2:6] if each})),
            units=self._units(first, at(svc, 5)),
            serviced_on=begins,
            serviced_until=ends,
            billed_cents=billed,
            paid_cents=paid,
            allowed_cents=found.cents if found else None,
            allowed_from=found.source if found else None,
            deductible_cents=left_to_patient(adjustments, DEDUCTIBLE),
            coinsurance_cents=left_to_patient(adjustments, COINSURANCE),
            copay_cents=left_to_patient(adjustments, COPAY),
            patient_responsibility_cents=left_to_patient(adjustments),
            adjustments=tuple(adjustments),
            balanced=_balances(billed, adjustments, paid),
        )

    def _adjustments(self, number: int, cas: Elements) -> Iterator[Adjustment]:
        """Up to six reasons of a group, each with an amount and a quantity."""
        for reason in range(2, 2 + 3 * _LONGEST_CAS, 3):
            code, cents = at(cas, reason), self._cents(number, cas, reason + 1)
            if code and cents is not None:
                yield Adjustment(group=at(cas, 1) or "", reason=code, cents=cents)

    def _provider_adjustments(self, number: int, plb: Elements) -> Iterator[ProviderAdjustment]:
        """Up to six reasons, each a composite with a reference, and an amount."""
        for reason in range(3, 3 + 2 * _LONGEST_CAS, 2):
            code, cents = at(plb, reason), self._cents(number, plb, reason + 1)
            if code and cents is not None:
                yield ProviderAdjustment(reason=code.split(self._segments.delimiters.component)[0], cents=cents)

    def _cents(self, number: int, elements: Elements, position: int) -> int | None:
        """An amount in dollars, which may be below zero."""
        text = at(elements, position)
        if text is None:
            return None
        found = _MONEY.fullmatch(text)
        if found is None or not (found[2] or found[3]):
            self._warn(number, f"Element {position} is no amount in whole cents.")
            return None
        cents = int(found[2] or 0) * 100 + int((found[3] or "").ljust(2, "0"))
        return -cents if found[1] else cents

    def _units(self, number: int, text: str | None) -> Decimal:
        """How many units were paid for; one where it is not said."""
        if text is None:
            return Decimal(1)
        if not _UNITS.fullmatch(text):
            self._warn(number, "The units are no number; one was taken.")
            return Decimal(1)
        return Decimal(text)


def _balances(billed: int | None, adjustments: list[Adjustment], paid: int | None) -> bool:
    return billed is not None and paid is not None and billed - sum(each.cents for each in adjustments) == paid


class _Payment:
    """What the segments before the claims tell of payment, payer and payee."""

    def __init__(self) -> None:
        self.payer = Party()
        self.payee_npi: str | None = None
        self.payee_tin: str | None = None
        self.paid_on: date | None = None
        self.total_cents: int | None = None
        self._party: str | None = None

    def learn(self, elements: Elements) -> None:
        """Take what an N1, REF or DTM says."""
        match elements[0]:
            case "DTM" if at(elements, 1) == "405":
                self.paid_on = self.paid_on or day(at(elements, 2))
            case "N1":
                self._party = at(elements, 1)
                if self._party == "PR":
                    self.payer = Party(name=at(elements, 2), id_qualifier=at(elements, 3), id=at(elements, 4))
                elif self._party == "PE" and at(elements, 3) == "XX":
                    self.payee_npi = at(elements, 4)
                elif self._party == "PE" and at(elements, 3) == "FI":
                    self.payee_tin = _tin(at(elements, 4))
            case "REF" if self._party == "PE" and at(elements, 1) == "TJ":
                self.payee_tin = self.payee_tin or _tin(at(elements, 2))
            case _:
                pass


def _tin(text: str | None) -> str | None:
    digits = _DIGITS.sub("", text or "")
    return digits if len(digits) == 9 else None


def _digest(payer: Party, number: str) -> str:
    """What tells a claim again without its number, which could lead to a patient."""
    return hashlib.sha256(f"{payer.id or payer.name or ''}\n{number}".encode()).hexdigest()
