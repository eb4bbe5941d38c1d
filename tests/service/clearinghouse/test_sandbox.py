"""Every connector with the sandbox payer, over a real socket: the same members, the same answers, the same troubles."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime

import pytest

from payers.eligibility.inquiry import Dependent, Inquiry, PayerAddress, Person, Provider
from payers.eligibility.response import Member, Response
from service.clearinghouse.answers import read, rejections
from service.clearinghouse.availity import AvailityConnector
from service.clearinghouse.configuration import AvailitySettings, CoreSettings, StediSettings
from service.clearinghouse.connector import Answered, Connector, Failed, Outcome, Pending
from service.clearinghouse.core import CoreConnector
from service.clearinghouse.single_answers import single_answers
from service.clearinghouse.stedi import StediConnector
from tests.service.clearinghouse.network import TERMS

NETWORKS = ("core soap", "core mime", "core batch soap", "core batch mime", "stedi", "availity")


@asynccontextmanager
async def network(name: str, url: str, key: str = "sandbox", seconds: float = 5) -> AsyncGenerator[Connector]:
    kind, *details = name.split()
    connector: Connector
    if kind == "stedi":
        stedi = StediSettings(name="stedi", url=f"{url}/stedi", **TERMS)
        connector = StediConnector(stedi, key, seconds)
    elif kind == "availity":
        availity = AvailitySettings(name="availity", url=f"{url}/availity", client_id="clinic", **TERMS)
        connector = AvailityConnector(availity, key, lambda: datetime.now(UTC), seconds)
    else:
        batch = "batch" in details
        core = CoreSettings(
            name="core",
            url=f"{url}/core/batch/submit" if batch else f"{url}/core/realtime",
            pickup_url=f"{url}/core/batch/pickup" if batch else None,
            mode="batch" if batch else "real-time",
            envelope="mime" if "mime" in details else "soap",
            sender_id="CLINIC",
            receiver_id="SANDBOX",
            user_name="clinic",
            **TERMS,
        )
        connector = CoreConnector(core, key, lambda: datetime.now(UTC), seconds)
    try:
        yield connector
    finally:
        await connector.close()


def about(
    member_id: str,
    born: date,
    *,
    last_name: str = "Sample",
    first_name: str = "Pat",
    payer: str = "60054",
    dependent: Dependent | None = None,
    trace: str = "4f1c2d3e",
) -> Inquiry:
    return Inquiry(
        trace=trace,
        payer=PayerAddress(id=payer, name="Payer"),
        provider=Provider(name="Pike Clinic", npi="1999999984"),
        member_id=member_id,
        subscriber=Person(last_name=last_name, first_name=first_name, birth_date=born),
        dependent=dependent,
        date_of_service=datetime.now().astimezone().date(),
        service_types=("30", "MH"),
    )


PAT = about("SBX0001", date(1980, 1, 31))
TERRY = about("SBX0024", date(1990, 10, 11), first_name="Terry")


def trouble(member_id: str, first_name: str) -> Inquiry:
    return about(member_id, date(1980, 1, int(member_id[-2:])), last_name="Trouble", first_name=first_name)


async def asked(connector: Connector, inquiry: Inquiry) -> Outcome:
    """The outcome of a question, looked for a few times where the network answers later."""
    outcome = await connector.submit(inquiry)
    for _ in range(3):
        if not isinstance(outcome, Pending):
            break
        outcome = await connector.poll(outcome.ticket)
    return outcome


def patient(outcome: Outcome) -> Member:
    assert isinstance(outcome, Answered), outcome
    response = read(outcome)
    assert isinstance(response, Response)
    (transaction,) = response.transactions
    (member,) = transaction.patients
    return member


def rows(member: Member) -> set[tuple[object, ...]]:
    """What is told of shares and limits, service type by service type: networks group their rows differently."""
    return {
        (row.kind, row.level, service, row.measure, row.amount_cents, row.percent_bp, row.network)
        for row in member.benefits
        if row.kind in ("deductible", "out_of_pocket_max", "copay", "coinsurance")
        for service in row.service_types or ("",)
    }


@pytest.mark.parametrize("name", NETWORKS)
async def test_a_member_is_found(sandbox_url: str, name: str) -> None:
    async with network(name, sandbox_url) as connector:
        member = patient(await asked(connector, PAT))

    assert (member.status, member.member_id, member.first_name) == ("active", "SBX0001", "PAT")
    assert ("deductible", "IND", "30", "limit", 200_000, None, "in") in rows(member)
    assert ("deductible", "IND", "30", "remaining", 80_000, None, "in") in rows(member)
    assert ("coinsurance", "IND", "30", "limit", None, 2_000, "in") in rows(member)
    assert ("copay", "IND", "MH", "limit", 4_000, None, "in") in rows(member)


async def test_every_network_tells_the_same(sandbox_url: str) -> None:
    told: list[set[tuple[object, ...]]] = []
    for name in NETWORKS:
        async with network(name, sandbox_url) as connector:
            told.append(rows(patient(await asked(connector, PAT))))
    async with network("stedi", sandbox_url) as connector:
        without_271 = await asked(connector, TERRY)

    assert isinstance(without_271, Answered)
    assert without_271.format == "stedi"
    told.append(rows(patient(without_271)))
    assert told[0]
    assert all(each == told[0] for each in told)


@pytest.mark.parametrize("name", NETWORKS)
async def test_a_child_is_the_patient(sandbox_url: str, name: str) -> None:
    child = Dependent(last_name="Sample", first_name="Kim", birth_date=date(2010, 3, 4), relationship="child")
    inquiry = about("SBX0017", date(1982, 1, 11), first_name="Jamie", payer="00050", dependent=child)

    async with network(name, sandbox_url) as connector:
        member = patient(await asked(connector, inquiry))

    assert (member.level, member.first_name, member.status) == ("dependent", "KIM", "active")


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize(
    ("member_id", "first_name", "reason"),
    [
        ("SBX0102", "Down", "42"),
        ("SBX0105", "Wrongid", "72"),
        ("SBX0107", "Notenrolled", "50"),
        ("SBX0999", "No", "75"),
    ],
)
async def test_a_rejection_is_an_answer(
    sandbox_url: str, name: str, member_id: str, first_name: str, reason: str
) -> None:
    inquiry = about(member_id, date(1980, 1, int(member_id[-2:]) % 28), last_name="Trouble", first_name=first_name)
    async with network(name, sandbox_url) as connector:
        outcome = await asked(connector, inquiry)

    assert isinstance(outcome, Answered)
    response = read(outcome)
    assert isinstance(response, Response)
    assert {each.reason for each in rejections(response)} == {reason}
    assert response.transactions[0].status == "rejected"


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize(
    ("member_id", "first_name", "faults"),
    [
        ("SBX0108", "Garbled", {"garbled"}),
        ("SBX0109", "Half", {"garbled"}),
        ("SBX0110", "Inside", {"payer-down"}),
        ("SBX0111", "Crash", {"payer-down"}),
        ("SBX0112", "Hangup", {"unreachable"}),
        ("SBX0114", "Busy", {"busy"}),
    ],
)
async def test_a_trouble_is_a_failure(
    sandbox_url: str, name: str, member_id: str, first_name: str, faults: set[str]
) -> None:
    async with network(name, sandbox_url) as connector:
        outcome = await asked(connector, trouble(member_id, first_name))

    if name.startswith("core batch") and faults == {"payer-down"}:
        assert isinstance(outcome, Pending)  # the batch was taken: its answer may still come
    else:
        assert isinstance(outcome, Failed)
        assert outcome.fault in faults


@pytest.mark.parametrize("name", ["core soap", "core mime", "stedi"])
async def test_nobody_waits_longer_than_the_limit(sandbox_url: str, name: str) -> None:
    async with network(name, sandbox_url, seconds=0.5) as connector:
        outcome = await connector.submit(trouble("SBX0101", "Slow"))

    assert isinstance(outcome, Failed)
    assert (outcome.fault, outcome.asked) == ("timeout", True)


@pytest.mark.parametrize("name", ["core batch soap", "core batch mime", "availity"])
async def test_a_slow_answer_stays_pending(sandbox_url: str, name: str) -> None:
    async with network(name, sandbox_url) as connector:
        outcome = await asked(connector, trouble("SBX0101", "Slow"))
        assert isinstance(outcome, Pending)
        await connector.cancel(outcome.ticket)


@pytest.mark.parametrize("name", NETWORKS)
async def test_a_wrong_secret_is_refused(sandbox_url: str, name: str) -> None:
    async with network(name, sandbox_url, key="wrong") as connector:
        outcome = await connector.submit(PAT)

    assert isinstance(outcome, Failed)
    assert outcome.fault == "refused"


@pytest.mark.parametrize("name", ["core batch soap", "core batch mime"])
async def test_a_batch_brings_each_answer_under_its_trace(sandbox_url: str, name: str) -> None:
    first, second = (
        about("SBX0001", date(1980, 1, 31), trace="first"),
        about("SBX0999", date(1980, 1, 1), trace="second"),
    )
    async with network(name, sandbox_url) as connector:
        assert isinstance(connector, CoreConnector)
        handed = await connector.submit_batch((first, second))
        assert isinstance(handed, Pending)
        answered = await connector.poll(handed.ticket)

    assert isinstance(answered, Answered)
    apart = single_answers(answered.raw)
    statuses = {
        trace: patient(Answered(format="x12", raw=message, sent="")).status
        for trace, message in apart.items()
        if trace in ("first", "second")
    }
    assert statuses == {"first": "active", "second": "rejected"}


async def test_questions_go_side_by_side(sandbox_url: str) -> None:
    async with network("availity", sandbox_url) as connector:
        outcomes = await asyncio.gather(*(asked(connector, PAT) for _ in range(10)))

    assert {patient(each).member_id for each in outcomes} == {"SBX0001"}
