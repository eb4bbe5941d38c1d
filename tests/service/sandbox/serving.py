"""The sandbox on a socket of its own, and questions about its members."""

import asyncio
import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import uvicorn

from payers.eligibility.inquiry import Dependent, Inquiry, PayerAddress, Person, Provider
from payers.eligibility.write_270 import Envelope
from service.sandbox.app import create_sandbox
from service.sandbox.roster import Member, roster

TODAY = datetime.now().astimezone().date()
ENVELOPE = Envelope(
    sender_id="CLINIC01", receiver_id="SANDBOX", control_number=7, created_at=datetime.now(UTC), usage="T"
)


@contextmanager
def sandbox(slow_seconds: float) -> Generator[str]:
    """A running sandbox; its address."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()  # who connects before the server runs waits for it
        config = uvicorn.Config(create_sandbox(slow_seconds=slow_seconds), log_config=None, lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def member(id: str) -> Member:
    return next(each for each in roster().members if each.id == id)


def about(id: str, **change: Any) -> Inquiry:
    """A question about a member, who is the patient, as a clinic that has the card asks it."""
    known = member(id)
    payer = next(each for each in roster().payers if each.slug == known.payer)
    inquiry = Inquiry(
        trace=f"T-{id}",
        payer=PayerAddress(id=payer.ids[0], name=payer.name[:60]),
        provider=Provider(name="Riverside Clinic", npi="1234567893"),
        member_id=id,
        subscriber=Person(
            last_name=known.last_name, first_name=known.first_name, birth_date=known.birth_date, gender=known.gender
        ),
        date_of_service=TODAY,
    )
    return msgspec.structs.replace(inquiry, **change)


def about_relative(id: str, first_name: str, birth_date: date | None = None) -> Inquiry:
    """A question about somebody else on the member's plan."""
    known = next(each for each in member(id).dependents if each.first_name == first_name)
    dependent = Dependent(
        last_name=known.last_name,
        first_name=first_name,
        birth_date=birth_date or known.birth_date,
        relationship=known.relationship,
    )
    return about(id, dependent=dependent)
