"""Remittances read as their guide says, beside an independent reader; what does not add up is told, not repaired."""

import importlib
import io
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from payers.eligibility.response import NotX12
from payers.remittances.in_force import in_force, priced
from payers.remittances.read_835 import read_835
from payers.remittances.remittance import Claim, Line, Remittance, Remittances
from tests.payers.remittances import messages_835 as messages
from tests.payers.remittances.messages_835 import DENIED, REVERSAL, SECOND, SPRAVATO, VISITS, transaction, written


def read(message: str | bytes) -> Remittances:
    found = read_835(message)
    assert isinstance(found, Remittances)
    return found


def only(*segments: str, paid: str) -> tuple[Remittance, Remittances]:
    found = read(written(transaction(*segments, paid=paid)))
    (remittance,) = found.remittances
    return remittance, found


def test_a_payment_its_payer_and_its_payee() -> None:
    remittance, found = only(*SPRAVATO, paid="980.5")
    assert (remittance.payer.name, remittance.payer.id) == ("SANDBOX HEALTH", "12345")
    assert (remittance.payee_npi, remittance.payee_tin) == ("1234567893", "123456789")
    assert (remittance.paid_on, remittance.total_paid_cents) == (date(2026, 12, 1), 98050)
    assert (remittance.whole, remittance.balanced, found.is_test, found.warnings) == (True, True, False, ())


def test_a_line_with_what_the_payer_says_is_allowed() -> None:
    remittance, _ = only(*SPRAVATO, paid="980.5")
    (claim,) = remittance.claims
    assert (claim.status, claim.billed_cents, claim.paid_cents) == ("primary", 150000, 98050)
    assert (claim.patient_responsibility_cents, claim.balanced) == (24512, True)
    (line,) = claim.lines
    assert (line.code_type, line.code, line.modifiers, line.units) == ("HC", "G2083", ("95", "GT"), 1)
    assert (line.serviced_on, line.serviced_until) == (date(2026, 11, 3), date(2026, 11, 3))
    assert (line.allowed_cents, line.allowed_from) == (122562, "AMT*B6")
    assert (line.deductible_cents, line.coinsurance_cents, line.copay_cents) == (10000, 12512, 2000)
    assert line.patient_responsibility_cents == 24512
    assert [(each.group, each.reason, each.cents) for each in line.adjustments] == [
        ("CO", "45", 27438), ("PR", "1", 10000), ("PR", "2", 12512), ("PR", "3", 2000),
    ]  # fmt: skip


def test_what_is_allowed_is_reckoned_where_nobody_says_it() -> None:
    remittance, _ = only(*VISITS, paid="162")
    (claim,) = remittance.claims
    visit, therapy = claim.lines
    assert (visit.allowed_cents, visit.allowed_from, visit.serviced_on) == (
        15000,
        "paid-and-patient",
        date(2026, 11, 4),
    )
    assert (therapy.allowed_cents, therapy.patient_responsibility_cents) == (7400, 7400)
    assert (therapy.units, therapy.serviced_on, therapy.serviced_until) == (2, date(2026, 11, 4), date(2026, 11, 5))
    assert claim.balanced


@pytest.mark.parametrize(("segments", "paid", "status"), [(DENIED, "0", "denied"), (SECOND, "40", "secondary")])
def test_nothing_is_reckoned_of_a_denial_or_beside_another_payer(segments: Any, paid: str, status: str) -> None:
    remittance, _ = only(*segments, paid=paid)
    (claim,) = remittance.claims
    assert (claim.status, claim.balanced, priced(claim)) == (status, True, ())
    assert claim.lines[0].allowed_cents is claim.lines[0].allowed_from is None


def test_what_is_only_reckoned_beforehand_is_not_allowed_yet() -> None:
    remittance, _ = only(*(each.replace("*1*1500*", "*25*1500*") for each in SPRAVATO), paid="980.5")
    (claim,) = remittance.claims
    assert (claim.status, claim.lines[0].allowed_cents) == ("predetermination", None)


def test_no_name_and_no_number_of_a_patient_is_kept() -> None:
    encoded = msgspec.json.encode(read(messages.WHOLE)).decode()
    for secret in ("SAMPLE", "PAT", "SBX0001", "ACCT", "PCN", "EFT900"):
        assert secret not in encoded
    assert msgspec.json.decode(encoded, type=Remittances) == read(messages.WHOLE)


def test_a_reversal_takes_back_the_claim_that_it_names() -> None:
    found = in_force(read(messages.WHOLE))
    assert [each.claim.status for each in found.claims] == ["primary", "denied", "secondary", "primary"]
    assert found.reversals == ()
    assert found.claims[-1].claim.lines[0].code == "G2083"

    alone = in_force(read(written(transaction(*REVERSAL, paid="-980.5"))))
    assert alone.claims == ()
    (reversal,) = alone.reversals
    (original,) = in_force(read(written(transaction(*SPRAVATO, paid="980.5")))).claims
    assert original.claim.reference in reversal.claim.cancels


def test_a_reversal_of_another_amount_or_number_takes_nothing_back() -> None:
    others = (
        (*SPRAVATO[:1], *SPRAVATO[1:]),
        tuple(each.replace("PCN1001", "PCN2001") for each in SPRAVATO),
        tuple(each.replace("1500*980.5", "1500*980.4") for each in SPRAVATO),
    )
    for segments, left in zip(others, (0, 1, 1), strict=True):
        assert len(in_force(read(written(transaction(*segments, *REVERSAL, paid="0")))).claims) == left


def test_the_corrected_claim_names_the_one_that_it_replaces() -> None:
    corrected = [each.replace("PCN1001", "PCN3001") for each in REVERSAL]
    corrected.insert(2, "REF*F8*PCN1001")
    assert in_force(read(written(transaction(*SPRAVATO, *corrected, paid="0")))).claims == ()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("1500*980.5*", "1500*980.4*"), "The claim does not balance"),
        (("CAS*CO*45*274.38", "CAS*CO*45*274.37"), "The claim does not balance"),
        (("CLP*ACCT77*1*1500*", "CLP*ACCT77*1*1600*"), "The claim does not balance"),
        (("BPR*I*980.5", "BPR*I*980.6"), "The payment is not the sum"),
        (("AMT*B6*1225.62", "AMT*B6*1225.623"), "no amount in whole cents"),
        (("**1~DTM*472", "**one~DTM*472"), "The units are no number"),
        (("SE*20", "SE*19"), "SE counts other segments"),
        (("005010X221A1", "004010X091A1"), "The version is not"),
    ],
)
def test_what_does_not_add_up_is_told(change: tuple[str, str], told: str) -> None:
    message = written(transaction(*SPRAVATO, paid="980.5"))
    assert change[0] in message
    found = read(message.replace(*change))
    assert any(told in each.text for each in found.warnings)
    claims = in_force(found).claims
    if "claim does not balance" in told:
        assert priced(claims[0].claim) == ()
    if "SE counts" in told:
        assert claims == ()


def test_what_breaks_off_is_no_evidence() -> None:
    message = messages.WHOLE
    cut = message[: message.index("ST*835*0002") + 400]
    found = read(cut)
    assert [each.whole for each in found.remittances] == [True, False]
    assert len(in_force(found).claims) == 4


def test_a_test_file_is_no_evidence() -> None:
    found = read(written(transaction(*SPRAVATO, paid="980.5"), isa=messages.ISA.replace("*P*:", "*T*:")))
    assert (found.is_test, in_force(found).claims) == (True, ())


@pytest.mark.parametrize("content", ["", "CLP,1,2", "<html>", json.dumps({"a": 1}), b"\x00\xff"])
def test_what_is_not_x12_is_refused(content: str | bytes) -> None:
    assert isinstance(read_835(content), NotX12)


def test_another_transaction_is_refused() -> None:
    message = written(["ST*271*0001*005010X279A1", "BHT*0022*11*1*20261201*0905", "SE*3*0001"])
    refused = read_835(message)
    assert isinstance(refused, NotX12)
    assert refused.detail == "It holds no remittance (835)."


def test_wrapping_and_other_separators_change_nothing() -> None:
    expected = read(messages.WHOLE).remittances
    assert read(messages.WHOLE.replace("~", "~\r\n")).remittances == expected
    assert read(messages.WHOLE.translate(str.maketrans("*:~^", "|>'}"))).remittances == expected
    assert read(b"\xef\xbb\xbf" + messages.WHOLE.encode()).remittances == expected


class Heard(NamedTuple):
    """What an independent reader (pyx12) makes of a line: claim, code, and what was billed and paid."""

    billed: str
    code: str
    charge: str
    paid: str


def heard(message: str) -> Iterator[Heard]:
    reader = importlib.import_module("pyx12.x12file").X12Reader(io.StringIO(message))  # it has no type stubs
    billed = ""
    for segment in reader:
        if segment.get_seg_id() == "CLP":
            billed = segment.get_value("CLP03")
        elif segment.get_seg_id() == "SVC":
            yield Heard(billed, *(segment.get_value(each) for each in ("SVC01-2", "SVC02", "SVC03")))
    reader.cleanup()
    assert reader.pop_errors() == []


def dollars(cents: int | None) -> Decimal:
    assert cents is not None
    return Decimal(cents) / 100


def test_what_these_tests_send_keeps_to_the_guide() -> None:
    params = importlib.import_module("pyx12.params").ParamsBase()
    validate = importlib.import_module("pyx12.x12n_document").x12n_document
    complaints = io.StringIO()
    assert validate(params, io.StringIO(messages.WHOLE), None, None, fd_json=complaints), complaints.getvalue()


AMOUNTS = st.integers(0, 500_000)


@st.composite
def claims(draw: st.DrawFn) -> tuple[list[str], int, list[tuple[str, int, int, int]]]:
    """Segments of a claim that balances, what it pays, and of each line its code, what is paid, allowed and left."""
    lines: list[tuple[str, int, int, int]] = []
    segments: list[str] = []
    total = 0
    for _ in range(draw(st.integers(1, 4))):
        code = draw(st.sampled_from(["G2082", "G2083", "99215", "J0013"]))
        paid, share, written_off = draw(AMOUNTS), draw(AMOUNTS), draw(AMOUNTS)
        billed = paid + share + written_off
        total += billed
        segments += [f"SVC*HC:{code}*{billed / 100:.2f}*{paid / 100:.2f}**1", "DTM*472*20261103"]
        segments += [f"CAS*CO*45*{written_off / 100:.2f}"] * bool(written_off)
        segments += [f"CAS*PR*2*{share / 100:.2f}"] * bool(share)
        lines.append((code, paid, paid + share, share))
    whole = sum(line[1] for line in lines)
    clp = f"CLP*A*1*{total / 100:.2f}*{whole / 100:.2f}*0*12*{draw(st.integers(1, 99))}*11*1"
    return [clp, messages.PAT, *segments], whole, lines


@given(st.lists(st.lists(claims(), min_size=1, max_size=3), min_size=1, max_size=3))
def test_any_remittance_reads_as_it_was_written_and_as_another_reader_hears_it(several: list[Any]) -> None:
    transactions = [
        transaction(
            *(segment for claim in each for segment in claim[0]),
            paid=f"{sum(claim[1] for claim in each) / 100:.2f}",
            number=f"{number:04}",
        )
        for number, each in enumerate(several, 1)
    ]
    message = written(*transactions)
    found = read(message)
    assert found.warnings == ()
    every: list[tuple[Claim, Line]] = [
        (claim, line) for each in found.remittances for claim in each.claims for line in claim.lines
    ]
    assert [
        (line.code, line.paid_cents, line.allowed_cents or 0, line.patient_responsibility_cents) for _, line in every
    ] == [line for each in several for claim in each for line in claim[2]]
    for (claim, line), other in zip(every, heard(message), strict=True):
        assert claim.balanced
        assert (dollars(claim.billed_cents), line.code) == (Decimal(other.billed), other.code)
        assert (dollars(line.billed_cents), dollars(line.paid_cents)) == (Decimal(other.charge), Decimal(other.paid))
