"""A payer behind CAQH CORE connectivity, vC2.2.0: in real time, and in batches that are picked up later.

HTTP says how the exchange went (200, 202 for a batch that was taken, 429, 500), the envelope what was wrong with it:
`ErrorCode` is `Success`, or names the field as the rule's table of processing errors does.
"""

import asyncio
import hashlib
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple
from uuid import uuid4

from litestar import Request, Response, Router, post

from payers.catalogue.model import Frozen
from payers.eligibility.write_270 import VERSION
from service.sandbox import PASSWORD, USER
from service.sandbox.core_envelopes import Envelope, Fields, read, write
from service.sandbox.network import HungUp, bad_gateway_page, keep
from service.sandbox.question import Unreadable, read_270
from service.sandbox.roster import Trouble
from service.sandbox.verdict import Desk
from service.sandbox.write_271 import write_271, write_999

_ASKED, _ANSWERED = f"X12_270_Request_{VERSION}", f"X12_271_Response_{VERSION}"
_REJECTED = "X12_999_Response_005010X231A1"
_PICK_UP, _NOTHING_YET = "X12_005010_Request_Batch_Results_271", "X12_005010_Response_NoBatchResultsFile"
_RECEIVED = "X12_BatchReceiptConfirmation"
_ERROR = "CoreEnvelopeError"
_SUCCESS: Fields = {"ErrorCode": "Success", "ErrorMessage": "None"}

AnyRequest = Request[Any, Any, Any]


class _Exchange(NamedTuple):
    """One of the rule's exchanges: what its requests say, and the element that answers them."""

    asks: str
    payload_type: str
    mode: Literal["RealTime", "Batch"]
    answers: str
    carries: bool = True
    """Whether the request has a message in it."""


_REAL_TIME = _Exchange("COREEnvelopeRealTimeRequest", _ASKED, "RealTime", "COREEnvelopeRealTimeResponse")
_SUBMIT = _Exchange("COREEnvelopeBatchSubmission", _ASKED, "Batch", "COREEnvelopeBatchSubmissionResponse")
_PICKUP = _Exchange(
    "COREEnvelopeBatchResultsRetrievalRequest",
    _PICK_UP,
    "Batch",
    "COREEnvelopeBatchResultsRetrievalResponse",
    carries=False,
)


class _Answer(Frozen):
    """A message of the payer's and its type; or what went wrong instead."""

    payload_type: str = ""
    payload: str = ""
    trouble: Trouble | None = None


class _Batch(NamedTuple):
    answer: _Answer
    ready_at: float


def core(desk: Desk, clock: Callable[[], datetime], slow_seconds: float) -> Router:
    """The three addresses of a CORE payer."""
    batches: dict[str, _Batch] = {}

    @post("/realtime", status_code=200)
    async def real_time(request: AnyRequest) -> Response[bytes] | Response[None]:
        envelope = await _opened(request, _REAL_TIME)
        if isinstance(envelope, Response):
            return envelope
        answer = _answer(desk, envelope.fields["Payload"], clock())
        if answer.trouble == "slow":
            await asyncio.sleep(slow_seconds)
        return _sent(envelope, _REAL_TIME, answer)

    @post("/batch/submit", status_code=202)
    async def submit(request: AnyRequest) -> Response[bytes]:
        envelope = await _opened(request, _SUBMIT)
        if isinstance(envelope, Response):
            return envelope
        answer = _answer(desk, envelope.fields["Payload"], clock())
        wait = slow_seconds if answer.trouble == "slow" else 0.0
        keep(batches, envelope.fields["PayloadID"], _Batch(answer, time.monotonic() + wait))
        return _enveloped(envelope, _SUBMIT, {"PayloadType": _RECEIVED}, status=202)

    @post("/batch/pickup", status_code=200)
    async def pick_up(request: AnyRequest) -> Response[bytes] | Response[None]:
        envelope = await _opened(request, _PICKUP)
        if isinstance(envelope, Response):
            return envelope
        batch = batches.get(envelope.fields["PayloadID"])
        if batch is None or time.monotonic() < batch.ready_at:
            return _enveloped(envelope, _PICKUP, {"PayloadType": _NOTHING_YET})
        return _sent(envelope, _PICKUP, batch.answer)

    return Router("/core", route_handlers=[real_time, submit, pick_up])


def _answer(desk: Desk, message: str, now: datetime) -> _Answer:
    """What the payer answers a message with. In a batch the first thing that goes wrong goes wrong with all of it."""
    question = read_270(message, now.date())
    if isinstance(question, Unreadable):
        return _Answer(payload_type=_REJECTED, payload=write_999(question, now))
    verdicts = [desk.hear(asked, now.date()) for asked in question.asked]
    trouble: Trouble | None = next((each.trouble for each in verdicts if each.trouble), None)
    return _Answer(payload_type=_ANSWERED, payload=write_271(verdicts, question, now), trouble=trouble)


def _sent(envelope: Envelope, exchange: _Exchange, answer: _Answer) -> Response[bytes] | Response[None]:
    payload = answer.payload
    match answer.trouble:
        case "busy":
            return Response(b"Too many requests", status_code=429, media_type="text/plain")
        case "server-error":
            return Response(b"Internal server error", status_code=500, media_type="text/plain")
        case "hang-up":
            return HungUp(None)
        case "malformed":
            return bad_gateway_page()
        case "error-inside":
            return _error(envelope, exchange, "Receiver", "The payer's system is not available.")
        case "cut":
            payload = payload[: len(payload) // 2]
        case "slow" | "down-once" | None:
            pass
    return _enveloped(envelope, exchange, {"PayloadType": answer.payload_type, "Payload": payload})


async def _opened(request: AnyRequest, exchange: _Exchange) -> Envelope | Response[bytes]:
    """The envelope of a request that keeps the rule; otherwise the answer that says what is wrong with it."""
    envelope = read(request.headers.get("content-type", ""), await request.body())
    if envelope is None:
        return Response(b"Neither of CORE's envelopes", status_code=400, media_type="text/plain")
    if (envelope.user_name, envelope.password) != (USER, PASSWORD):
        return _error(envelope, exchange, "UnAuthorized", "The username/password could not be verified.")
    fault = _fault(envelope, exchange)
    return _error(envelope, exchange, *fault) if fault else envelope


def _fault(envelope: Envelope, exchange: _Exchange) -> tuple[str, str] | None:
    """The first field that is missing or wrong, in the rule's own words for it."""
    fields = envelope.fields
    if envelope.kind == "soap" and envelope.element != exchange.asks:
        return "Sender", "The envelope does not conform to the expected format."
    batch = exchange.mode == "Batch" and exchange.carries
    required = ["PayloadType", "ProcessingMode", "PayloadID", "TimeStamp", "SenderID", "ReceiverID", "CORERuleVersion"]
    required += ["Payload"] if exchange.carries else []
    required += ["PayloadLength", "CheckSum"] if batch else []
    for name in required:
        if not fields.get(name):
            return f"{name}Required", f"The field {name} is required but was not provided."
    if fields["CORERuleVersion"] != "2.2.0":
        return "VersionMismatch", "The version of the envelope is not acceptable to the receiver."
    for name, value in (("PayloadType", exchange.payload_type), ("ProcessingMode", exchange.mode)):
        if fields[name] != value:
            return f"{name}Illegal", f"Illegal value provided for {name}."
    if batch and fields["PayloadLength"] != str(len(fields["Payload"].encode())):
        return "PayloadLengthIllegal", "Illegal value provided for PayloadLength."
    if batch and fields["CheckSum"].lower() != _sha1(fields["Payload"]):
        return "CheckSumMismatched", "The checksum value computed on the recipient did not match."
    return None


def _error(envelope: Envelope, exchange: _Exchange, code: str, message: str) -> Response[bytes]:
    fault = {"PayloadType": _ERROR, "ErrorCode": code, "ErrorMessage": message}
    return _enveloped(envelope, exchange, fault)


def _enveloped(envelope: Envelope, exchange: _Exchange, said: Fields, *, status: int = 200) -> Response[bytes]:
    """The answer's metadata in the schema's order: sender and receiver have changed places."""
    asked, payload = envelope.fields, said.get("Payload")
    weighed = exchange.mode == "Batch" and payload is not None
    fields: Fields = {
        "PayloadType": said["PayloadType"],
        "ProcessingMode": exchange.mode,
        "PayloadID": asked.get("PayloadID") or str(uuid4()),
        **({"PayloadLength": str(len(payload.encode()))} if weighed and payload else {}),
        "TimeStamp": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "SenderID": asked.get("ReceiverID", "SANDBOX"),
        "ReceiverID": asked.get("SenderID", "UNKNOWN"),
        "CORERuleVersion": "2.2.0",
        **({"CheckSum": _sha1(payload)} if weighed and payload else {}),
        **({"Payload": payload} if payload is not None else {}),
        "ErrorCode": said.get("ErrorCode", _SUCCESS["ErrorCode"]),
        "ErrorMessage": said.get("ErrorMessage", _SUCCESS["ErrorMessage"]),
    }
    content_type, body = write(envelope.kind, exchange.answers, fields, attached=weighed)
    return Response(body, status_code=status, headers={"Content-Type": content_type})


def _sha1(text: str) -> str:
    """The rule's checksum of a batch; it is there against accidents, not against people."""
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
