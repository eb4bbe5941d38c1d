"""CAQH CORE connectivity, vC2.2.0: the door that payers must keep open by law (45 CFR 162.1203).

In real time the 271 comes back in the same call. A batch is handed in, and its answers are fetched later under the id
that it was handed in with.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import uuid4

from payers.eligibility.inquiry import Inquiry
from payers.eligibility.write_270 import write_270_batch
from service.clearinghouse import core_mime, core_soap
from service.clearinghouse.answers import taken
from service.clearinghouse.configuration import CoreSettings
from service.clearinghouse.connector import REAL_TIME_SECONDS, Failed, Outcome, Pending
from service.clearinghouse.core_envelope import (
    ACKNOWLEDGEMENTS,
    BATCH_PICKUP,
    BATCH_SUBMISSION,
    NO_RESULTS_YET,
    REAL_TIME,
    SUCCESS,
    Fields,
    Operation,
    SignIn,
    fault_of,
    fields,
)
from service.clearinghouse.interchanges import envelope
from service.clearinghouse.web import exchange, no_answer, open_client

BATCH_SECONDS = 15 * 60.0
"""Between looks for a batch's answers, which may take until the next business morning (CAQH CORE 155)."""

_ENVELOPES = {"mime": core_mime, "soap": core_soap}
_ERROR_CODE = re.compile(r"[A-Za-z]{1,40}")


class CoreConnector:
    """One network or payer behind CORE's envelope; `settings.mode` says how `submit` asks."""

    def __init__(
        self,
        settings: CoreSettings,
        secret: str | None,
        clock: Callable[[], datetime],
        seconds: float = REAL_TIME_SECONDS,
    ) -> None:
        self.name = settings.name
        self._settings = settings
        self._sign_in = SignIn(settings.user_name, secret) if settings.user_name and secret else None
        self._clock = clock
        self._seconds = seconds
        self._envelope = _ENVELOPES[settings.envelope]
        self._client = open_client(settings.certificate)

    async def submit(self, inquiry: Inquiry) -> Outcome:
        """Ask once. The inquiry has no `faults`."""
        if self._settings.mode == "batch":
            return await self.submit_batch((inquiry,))
        sent = write_270_batch((inquiry,), envelope(self._settings, self._clock()))
        found = await self._exchange(REAL_TIME, self._settings.url, str(uuid4()), sent)
        return found if isinstance(found, Failed) else _answer(found, sent)

    async def submit_batch(self, inquiries: Sequence[Inquiry]) -> Outcome:
        """Hand in several questions at once. Their answers come together, each with the trace of its question."""
        sent = write_270_batch(inquiries, envelope(self._settings, self._clock()))
        ticket = str(uuid4())
        found = await self._exchange(BATCH_SUBMISSION, self._settings.url, ticket, sent)
        if isinstance(found, Failed):
            return found
        return Pending(ticket=ticket, after_seconds=BATCH_SECONDS, sent=sent)

    async def poll(self, ticket: str) -> Outcome:
        """Fetch the answers of a batch, where there are any yet."""
        url = self._settings.pickup_url or self._settings.url
        found = await self._exchange(BATCH_PICKUP, url, ticket)
        still = Pending(ticket=ticket, after_seconds=BATCH_SECONDS)
        if isinstance(found, Failed):
            # The network has the batch: if it cannot give out answers now, it will later.
            return still if found.fault == "payer-down" else found
        if NO_RESULTS_YET in found.get("PayloadType", "") or not found.get("Payload"):
            return still
        return _answer(found, "")

    async def cancel(self, ticket: str) -> None:
        """CORE knows no taking back: the answers stay where nobody fetches them."""

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()

    async def _exchange(self, operation: Operation, url: str, payload_id: str, payload: str = "") -> Fields | Failed:
        """The fields of an answer that says it went well; anything else is a failure."""
        settings = self._settings
        metadata = fields(
            operation,
            payload_id=payload_id,
            at=self._clock(),
            sender_id=settings.sender_id,
            receiver_id=settings.receiver_id,
            payload=payload,
        )
        request = self._envelope.request(self._client, url, operation, metadata, self._sign_in)
        reply = await exchange(self._client, request, self._seconds)
        if isinstance(reply, Failed):
            return reply
        found = self._envelope.read(reply)
        if found is None or not ("ErrorCode" in found or "Payload" in found):
            return no_answer(reply)
        code = found.get("ErrorCode") or SUCCESS
        if code.lower() == SUCCESS.lower():
            return found
        # The message beside the code may repeat what was sent, so only a code that is one is shown.
        shown = code if _ERROR_CODE.fullmatch(code) else None
        return Failed(fault=fault_of(code), detail="The network refused the envelope.", code=shown)


def _answer(found: Fields, sent: str) -> Outcome:
    payload_type = found.get("PayloadType", "")
    if payload_type.startswith(ACKNOWLEDGEMENTS):
        code = next(kind for kind in ACKNOWLEDGEMENTS if payload_type.startswith(kind))
        return Failed(fault="invalid", detail="The payer cannot read the question.", code=code)
    return taken("x12", found.get("Payload", ""), sent)
