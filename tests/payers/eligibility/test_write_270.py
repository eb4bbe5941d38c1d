"""The 270 as text that can be read, its faults one by one, and two independent readers for any inquiry at all."""

import importlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import StringIO
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from x12sdk.io import X12ModelReader
from x12sdk.v5010.x12_270_005010X279A1.segments import Loop2110EqSegment

from payers.eligibility.faults import FaultKind, faults
from payers.eligibility.inquiry import Dependent, Gender, Inquiry, PayerAddress, Person, Provider, Relationship
from payers.eligibility.letters import in_capitals
from payers.eligibility.service_types import service_types
from payers.eligibility.write_270 import Envelope, write_270, write_270_batch
from payers.estimate.question import Language

ENVELOPE = Envelope(
    sender_id="CLINIC01",
    receiver_id="SANDBOX",
    control_number=43,
    created_at=datetime(2026, 11, 23, 9, 5, tzinfo=UTC),
    usage="T",
)
PAT = Inquiry(
    trace="6f1c2a9e-0d5b",
    payer=PayerAddress(id="SBX01", name="Sandbox Health"),
    provider=Provider(name="Riverside Clinic", npi="1234567893", taxonomy="2084P0800X"),
    member_id="sbx0001",
    subscriber=Person(last_name="Sample", first_name="Pat", birth_date=date(1980, 1, 31), gender="F"),
    group_number="G-77",
    date_of_service=date(2026, 12, 1),
    service_types=("30", "MH"),
)
KIM = msgspec.structs.replace(
    PAT,
    provider=Provider(name="Núñez", first_name="José", npi="1234567893"),
    subscriber=Person(last_name="Sample", first_name="Pat", gender="U"),
    dependent=Dependent(
        last_name="O\N{RIGHT SINGLE QUOTATION MARK}Sample",
        first_name="Kim",
        middle_name="Zoë",
        suffix="Jr.",
        birth_date=date(2011, 2, 28),
        relationship="child",
    ),
    group_number=None,
    service_types=("30", "30"),
)

SUBSCRIBER = """
ISA*00*          *00*          *ZZ*CLINIC01       *ZZ*SANDBOX        *261123*0905*^*00501*000000043*0*T*:~
GS*HS*CLINIC01*SANDBOX*20261123*0905*43*X*005010X279A1~
ST*270*0001*005010X279A1~
BHT*0022*13*6f1c2a9e-0d5b*20261123*0905~
HL*1**20*1~
NM1*PR*2*SANDBOX HEALTH*****PI*SBX01~
HL*2*1*21*1~
NM1*1P*2*RIVERSIDE CLINIC*****XX*1234567893~
PRV*BI*PXC*2084P0800X~
HL*3*2*22*0~
TRN*1*6f1c2a9e-0d5b*9CLINIC010~
NM1*IL*1*SAMPLE*PAT****MI*SBX0001~
REF*6P*G-77~
DMG*D8*19800131*F~
DTP*291*D8*20261201~
EQ*30~
EQ*MH~
SE*16*0001~
GE*1*43~
IEA*1*000000043~
"""
DEPENDENT = """
ISA*00*          *00*          *ZZ*CLINIC01       *ZZ*SANDBOX        *261123*0905*^*00501*000000043*0*T*:~
GS*HS*CLINIC01*SANDBOX*20261123*0905*43*X*005010X279A1~
ST*270*0001*005010X279A1~
BHT*0022*13*6f1c2a9e-0d5b*20261123*0905~
HL*1**20*1~
NM1*PR*2*SANDBOX HEALTH*****PI*SBX01~
HL*2*1*21*1~
NM1*1P*1*NUNEZ*JOSE****XX*1234567893~
HL*3*2*22*1~
NM1*IL*1*SAMPLE*PAT****MI*SBX0001~
HL*4*3*23*0~
TRN*1*6f1c2a9e-0d5b*9CLINIC010~
NM1*03*1*O'SAMPLE*KIM*ZOE**JR.~
DMG*D8*20110228~
INS*N*19~
DTP*291*D8*20261201~
EQ*30~
SE*16*0001~
GE*1*43~
IEA*1*000000043~
"""


@pytest.mark.parametrize(("inquiry", "text"), [(PAT, SUBSCRIBER), (KIM, DEPENDENT)], ids=["subscriber", "dependent"])
def test_a_question_reads_as_it_always_did(inquiry: Inquiry, text: str) -> None:
    assert faults(inquiry) == ()
    assert write_270(inquiry, ENVELOPE) == text.replace("\n", "")


def test_an_envelope_may_name_other_applications_than_parties() -> None:
    envelope = msgspec.structs.replace(ENVELOPE, application_sender="CLINICAPP", application_receiver="ELIG")
    assert "~GS*HS*CLINICAPP*ELIG*" in write_270(PAT, envelope)


@pytest.mark.parametrize(
    "wrong",
    [
        {"sender_id": "CLINIC0123456789"},
        {"receiver_id": "A*B"},
        {"receiver_id": "AB "},
        {"application_sender": "X"},
        {"control_number": 0},
        {"control_number": 1_000_000_000},
    ],
    ids=str,
)
def test_an_envelope_that_does_not_fit_cannot_be_made(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"characters|digits"):
        msgspec.structs.replace(ENVELOPE, **wrong)


def of_pat(**change: Any) -> Inquiry:
    return msgspec.structs.replace(PAT, **change)


NAMED = Person(last_name="Sample", first_name="Pat")
FAULTS: list[tuple[Inquiry, str, FaultKind]] = [
    (of_pat(trace="6f1c "), "/trace", "characters"),
    (of_pat(trace="6" * 51), "/trace", "too-long"),
    (of_pat(payer=PayerAddress(id="SBX01", name="Sand: box")), "/payer/name", "characters"),
    (of_pat(payer=PayerAddress(id="S", name="Sandbox")), "/payer/id", "too-short"),
    (of_pat(provider=Provider(name="Clinic", npi="1234567890")), "/provider/npi", "npi"),
    (of_pat(provider=Provider(name="ß" * 31, npi="1234567893")), "/provider/name", "too-long"),
    (of_pat(subscriber=Person(last_name="Łuk", first_name="Ewa")), "/subscriber/last_name", "characters"),
    (of_pat(subscriber=Person(last_name=" ", first_name="Ewa")), "/subscriber/last_name", "too-short"),
    (of_pat(subscriber=Person(last_name="Sample")), "/subscriber/first_name", "missing"),
    (of_pat(member_id="1*2"), "/member_id", "characters"),
    (of_pat(member_id="1"), "/member_id", "too-short"),
    (
        of_pat(member_id=None, subscriber=Person(last_name="S", first_name="P")),
        "/member_id",
        "missing-without-member-id",
    ),
    (of_pat(group_number="7" * 51), "/group_number", "too-long"),
    (
        of_pat(dependent=Dependent(last_name="Sample", birth_date=date(2011, 2, 28))),
        "/dependent/first_name",
        "missing",
    ),
    (of_pat(dependent=Dependent(last_name="Sample", first_name="Kim")), "/dependent/birth_date", "missing"),
    (of_pat(date_of_service=date(1980, 1, 30)), "/subscriber/birth_date", "born-after-service"),
    (
        of_pat(dependent=Dependent(last_name="Sample", first_name="Kim", birth_date=date(2026, 12, 2))),
        "/dependent/birth_date",
        "born-after-service",
    ),
]


@pytest.mark.parametrize(("inquiry", "pointer", "kind"), FAULTS, ids=[f"{row[1]} {row[2]}" for row in FAULTS])
def test_a_fault_is_told_with_its_place(inquiry: Inquiry, pointer: str, kind: FaultKind) -> None:
    [fault] = faults(inquiry)
    assert (fault.pointer, fault.kind) == (pointer, kind)
    with pytest.raises(ValueError, match=f"^0{pointer} {kind}$"):
        write_270(inquiry, ENVELOPE)


def test_every_kind_of_fault_is_told_in_both_languages() -> None:
    assert {kind for _, _, kind in FAULTS} == set(get_args(FaultKind))
    for inquiry, _, _ in FAULTS:
        told = {lang: faults(inquiry, lang)[0].detail for lang in get_args(Language)}
        assert len(set(told.values())) == len(told)
        assert not any("{" in sentence for sentence in told.values())


def test_a_member_without_an_id_is_found_by_name_and_birth_date() -> None:
    nameless = of_pat(member_id=None)
    assert faults(nameless) == ()
    assert "~NM1*IL*1*SAMPLE*PAT~" in write_270(nameless, ENVELOPE)


def test_nothing_cannot_be_asked() -> None:
    with pytest.raises(ValueError, match="no inquiry"):
        write_270_batch((), ENVELOPE)


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("  De la   Cruz ", "DE LA CRUZ"),
        ("Müller-Žižek", "MULLER-ZIZEK"),
        ("Groß", "GROSS"),
        ("O\N{RIGHT SINGLE QUOTATION MARK}Neil", "O'NEIL"),
        ("Ann\N{NON-BREAKING HYPHEN}Marie", "ANN-MARIE"),
    ],
)
def test_a_name_is_sent_as_cards_print_it(typed: str, sent: str) -> None:
    assert in_capitals(typed) == sent


def test_what_to_ask_about() -> None:
    assert service_types("plan", "aetna") == ("30",)
    assert service_types("behavioral") == ("MH", "CF", "A8")
    assert service_types("office") + service_types("pharmacy") == ("98", "88")


@dataclass(frozen=True)
class Heard:
    """What an independent reader makes of a message: its segments, and what it finds wrong with it."""

    segments: list[list[str]]
    complaints: list[Any]


def heard(message: str) -> Heard:
    reader = importlib.import_module("pyx12.x12file").X12Reader(StringIO(message))  # it has no type stubs
    segments = [segment.format("~", "*", ":")[:-1].split("*") for segment in reader]
    reader.cleanup()
    return Heard(segments, reader.pop_errors())


days = st.dates(date(1900, 1, 1), date(2026, 12, 31))
codes = st.sampled_from([each.value for each in Loop2110EqSegment.ServiceTypeCode])
anything = st.text(st.characters(codec="latin-1"), min_size=1, max_size=60)
names = st.text("AZazéÜñß09'-.&/,()[]_@#$%|<> ", max_size=23).map("Q{}".format)


def people(kind: type[Person], text: st.SearchStrategy[str], **more: st.SearchStrategy[Any]) -> Any:
    return st.builds(
        kind,
        last_name=text,
        first_name=text,
        middle_name=st.none() | text,
        suffix=st.none() | st.sampled_from(["Jr", "III"]),
        birth_date=days,
        gender=st.none() | st.sampled_from(get_args(Gender)),
        **more,
    )


def inquiries(text: st.SearchStrategy[str]) -> st.SearchStrategy[Inquiry]:
    """Questions with names and ids of that text."""
    relationships = st.none() | st.sampled_from(get_args(Relationship))
    return st.builds(
        Inquiry,
        trace=st.uuids().map(str),
        payer=st.builds(PayerAddress, id=text, name=text, id_qualifier=st.sampled_from(["PI", "XV", "FI", "NI"])),
        provider=st.builds(
            Provider,
            name=text,
            npi=st.sampled_from(["1234567893", "1999999984"]),
            first_name=st.none() | text,
            taxonomy=st.none() | st.just("2084P0800X"),
        ),
        member_id=st.none() | text,
        subscriber=people(Person, text),
        dependent=st.none() | people(Dependent, text, relationship=relationships),
        group_number=st.none() | text,
        date_of_service=st.dates(date(2027, 1, 1), date(2028, 12, 31)),
        service_types=st.lists(codes, min_size=1, max_size=5).map(tuple),
    )


@given(st.lists(inquiries(names), min_size=1, max_size=3))
def test_what_has_no_fault_is_a_270_to_others_too(asked: list[Inquiry]) -> None:
    assume(not any(faults(each) for each in asked))
    message = write_270_batch(asked, ENVELOPE)
    assert (message[:3], message[105]) == ("ISA", "~")
    told = heard(message)
    assert told.complaints == []  # counts, control numbers and the tree of levels
    assert told.segments == [segment.split("*") for segment in message[:-1].split("~")]
    with X12ModelReader(message) as reader:
        models: list[Any] = list(reader.models())
    assert [model.header.bht_segment.submitter_transactional_identifier for model in models] == [
        each.trace for each in asked
    ]


@given(inquiries(names) | inquiries(anything))
def test_an_inquiry_is_written_or_has_faults(inquiry: Inquiry) -> None:
    try:
        write_270(inquiry, ENVELOPE)
    except ValueError:
        assert faults(inquiry)
    else:
        assert not faults(inquiry)
