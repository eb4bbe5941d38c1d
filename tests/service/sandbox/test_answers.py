"""What the payers behind every network say: about whom they know, and about whom they do not."""

import importlib
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest

from payers.eligibility.inquiry import Dependent, Inquiry, PayerAddress, Person, Provider
from payers.eligibility.read_271 import read_271
from payers.eligibility.response import NotX12, Transaction
from payers.eligibility.write_270 import write_270, write_270_batch
from service.sandbox.question import Interchange, Unreadable, read_270
from service.sandbox.roster import roster
from service.sandbox.verdict import Desk
from service.sandbox.write_271 import write_271, write_999
from tests.service.sandbox.serving import ENVELOPE, TODAY, about, about_relative, member

NOW = datetime(TODAY.year, TODAY.month, TODAY.day, 15, 0, tzinfo=UTC)


def answered(*inquiries: Inquiry, desk: Desk | None = None) -> str:
    """The 271 for the questions."""
    question = read_270(write_270_batch(inquiries, ENVELOPE), TODAY)
    assert isinstance(question, Interchange)
    desk = desk or Desk(roster())
    return write_271([desk.hear(asked, TODAY) for asked in question.asked], question, NOW)


def read(message: str) -> Transaction:
    response = read_271(message)
    assert not isinstance(response, NotX12)
    [transaction] = response.transactions
    return transaction


def asked(inquiry: Inquiry) -> Transaction:
    return read(answered(inquiry))


def reasons(transaction: Transaction) -> list[tuple[str, str | None]]:
    levels = (transaction, *transaction.members)
    return [(each.loop, each.reason) for level in levels for each in level.rejections]


def complaints(message: str) -> list[Any]:
    """What an independent reader finds wrong with counts, control numbers and levels."""
    reader = importlib.import_module("pyx12.x12file").X12Reader(StringIO(message))  # it has no type stubs
    assert all(reader)
    reader.cleanup()
    return reader.pop_errors()


@pytest.mark.parametrize("id", [each.id for each in roster().members])
def test_every_answer_is_a_271_to_others_too(id: str) -> None:
    message = answered(about(id))
    assert (message[:3], message[105]) == ("ISA", "~")
    assert complaints(message) == []
    transaction = read(message)
    assert (transaction.gs08, transaction.reference) == ("005010X279A1", f"T-{id}")
    known = member(id)
    if known.rejection is None and known.trouble != "down-once":
        assert transaction.status == ("inactive" if known.ended else "active")
        [patient] = transaction.patients
        assert (patient.member_id, patient.traces) == (id, (("2", f"T-{id}", "9CLINIC010"),))
        assert patient.plan_name == roster().plans[known.plan].name


def test_a_plan_reads_as_its_terms() -> None:
    [patient] = asked(about("SBX0001")).patients
    assert patient.coverage_start == date(TODAY.year, 1, 1)
    assert {key: value for key, value in patient.plan_cost_share.items() if key.endswith("in / remaining")} == {
        "deductible / IND / in / remaining": "800.00",
        "deductible / FAM / in / remaining": "2800.00",
        "out_of_pocket_max / IND / in / remaining": "4500.00",
    }
    office, mental_health = (each for each in patient.benefits if each.kind == "copay")
    assert (office.amount_cents, office.messages, office.places_of_service) == (6000, ("SPECIALIST",), ("11",))
    assert (mental_health.service_types, mental_health.authorization_required) == (("MH", "CF", "A8"), "N")


def test_a_question_about_one_service_is_answered_with_the_plan_and_that_service() -> None:
    [patient] = asked(about("SBX0001", service_types=("MH",))).patients
    assert {code for each in patient.benefits for code in each.service_types} >= {"30", "MH"}
    assert not any(each.service_types == ("98",) for each in patient.benefits)
    [generic] = asked(about("SBX0001", service_types=("AL",))).patients
    assert {each.service_types for each in generic.benefits} == {("30",)}


def test_a_plan_year_holds_the_day_that_is_asked_about() -> None:
    [june] = asked(about("SBX0023", date_of_service=date(TODAY.year, 6, 30))).patients
    assert (june.coverage_start, june.coverage_end) == (date(TODAY.year - 1, 7, 1), date(TODAY.year, 6, 30))
    assert {each.period for each in june.benefits if each.kind == "deductible"} == {"service_year", "remaining"}


@pytest.mark.parametrize("first_name", ["KIM", "LEE"])
def test_somebody_else_on_the_plan_has_a_level_of_their_own(first_name: str) -> None:
    message = answered(about_relative("SBX0017", first_name))
    assert complaints(message) == []
    transaction = read(message)
    [patient] = transaction.patients
    assert (patient.level, patient.first_name, patient.traces[0][1]) == ("dependent", first_name, "T-SBX0017")
    assert patient.plan_cost_share["deductible / FAM / in / remaining"] == "1200.00"


def test_the_other_payer_is_named() -> None:
    [medicaid] = asked(about("SBX0007")).patients
    [other] = [each for each in medicaid.benefits if each.kind == "other_payer"]
    assert (other.service_types, other.entities[0].name) == (("MH", "CF", "A8"), "COLORADO ACCESS")


def of_pat(**told: Any) -> Inquiry:
    return about("SBX0001", subscriber=Person(last_name="SAMPLE", **told))


STRANGER = Dependent(last_name="SAMPLE", first_name="NOBODY", birth_date=date(2010, 3, 4))
WRONG: dict[str, tuple[Inquiry, str, str]] = {
    "payer": (about("SBX0001", payer=PayerAddress(id="NOBODY", name="Nobody")), "2000A", "79"),
    "provider": (about("SBX0001", provider=Provider(name="Clinic", npi="1999999901")), "2100B", "51"),
    "provider not enrolled": (about("SBX0001", provider=Provider(name="Clinic", npi="1999999919")), "2100B", "50"),
    "member id": (about("SBX0001", member_id="SBX9999"), "2100C", "75"),
    "another payer's member": (about("SBX0001", payer=PayerAddress(id="62308", name="Cigna")), "2100C", "75"),
    "name": (of_pat(first_name="PAUL"), "2100C", "73"),
    "no birth date": (of_pat(first_name="PAT"), "2100C", "58"),
    "birth date": (of_pat(first_name="PAT", birth_date=date(1980, 1, 30)), "2100C", "71"),
    "dependent's birth date": (about_relative("SBX0017", "KIM", date(2010, 3, 5)), "2100D", "71"),
    "dependent": (about("SBX0017", dependent=STRANGER), "2100D", "67"),
    "too far ahead": (about("SBX0001", date_of_service=TODAY + timedelta(days=400)), "2100C", "63"),
    "too long ago": (about("SBX0001", date_of_service=TODAY - timedelta(days=800)), "2100C", "62"),
}


@pytest.mark.parametrize(("inquiry", "loop", "reason"), WRONG.values(), ids=WRONG)
def test_a_wrong_question_is_rejected_where_it_is_wrong(inquiry: Inquiry, loop: str, reason: str) -> None:
    message = answered(inquiry)
    assert complaints(message) == []
    transaction = read(message)
    assert (reasons(transaction), transaction.status) == ([(loop, reason)], "rejected")
    assert not any(each.benefits for each in transaction.members)


@pytest.mark.parametrize(
    ("id", "reason"),
    [
        ("SBX0102", ("2100A", "42")),
        ("SBX0103", ("2100A", "80")),
        ("SBX0104", ("2100C", "75")),
        ("SBX0105", ("2100C", "72")),
        ("SBX0106", ("2100C", "58")),
        ("SBX0107", ("2100B", "50")),
    ],
)
def test_a_member_with_a_rejection_is_rejected(id: str, reason: tuple[str, str]) -> None:
    assert reasons(asked(about(id))) == [reason]


def test_a_payer_may_answer_and_refuse_at_once() -> None:
    [patient] = asked(about("SBX0115")).patients
    assert (patient.status, patient.incomplete) == ("active", True)


def test_a_payer_that_is_down_once_answers_every_second_time() -> None:
    desk = Desk(roster())
    tries = [reasons(read(answered(about("SBX0113"), desk=desk))) for _ in range(4)]
    assert tries == [[("2100A", "42")], [], [("2100A", "42")], []]


def test_a_member_is_found_without_an_id_by_name_and_birth_date() -> None:
    [patient] = asked(about("SBX0001", member_id=None)).patients
    assert (patient.status, patient.member_id) == ("active", "SBX0001")
    stranger = Person(last_name="SAMPLE", first_name="PAT", birth_date=date(1980, 2, 1))
    assert reasons(asked(about("SBX0001", member_id=None, subscriber=stranger))) == [("2100C", "75")]


def test_several_questions_have_several_answers_in_one_message() -> None:
    message = answered(about("SBX0001"), about("SBX0002"), about("SBX0102"))
    assert complaints(message) == []
    response = read_271(message)
    assert not isinstance(response, NotX12)
    assert [each.reference for each in response.transactions] == ["T-SBX0001", "T-SBX0002", "T-SBX0102"]


@pytest.mark.parametrize(
    "message",
    [
        "",
        "hello",
        "ISA*00*",
        write_270(about("SBX0001"), ENVELOPE).replace("*HS*", "*HC*"),
        write_270(about("SBX0001"), ENVELOPE).replace("~SE*", "~SE*9"),
        write_270(about("SBX0001"), ENVELOPE).replace("~EQ*30", ""),
    ],
)
def test_what_is_no_270_is_not_answered(message: str) -> None:
    fault = read_270(message, TODAY)
    assert isinstance(fault, Unreadable)
    acknowledgement = write_999(fault, NOW)
    assert "~AK9*R*" in acknowledgement
    assert complaints(acknowledgement) == []
