"""What CAQH CORE's connectivity rule vC2.2.0 puts around a message: its metadata, in either of two envelopes.

Names, order and values are those of the rule's schema `http://www.caqh.org/SOAP/WSDL/CORERule2.2.0.xsd` and of its
tables of payload types and processing errors.
"""

import hashlib
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from service.clearinghouse.connector import Fault

RULE_VERSION = "2.2.0"
SUCCESS = "Success"

Fields = dict[str, str]
"""The metadata by name, and the message itself as `Payload`."""


class Operation(NamedTuple):
    """One of the rule's exchanges: the element and the action that name it in SOAP, and what its metadata say."""

    element: str
    action: str
    payload_type: str
    mode: Literal["RealTime", "Batch"]


REAL_TIME = Operation("COREEnvelopeRealTimeRequest", "RealTimeTransaction", "X12_270_Request_005010X279A1", "RealTime")
BATCH_SUBMISSION = Operation(
    "COREEnvelopeBatchSubmission", "BatchSubmitTransaction", "X12_270_Request_005010X279A1", "Batch"
)
BATCH_PICKUP = Operation(
    "COREEnvelopeBatchResultsRetrievalRequest",
    "BatchResultsRetrievalTransaction",
    "X12_005010_Request_Batch_Results_271",
    "Batch",
)

NO_RESULTS_YET = "NoBatchResults"
"""Within the payload type of an answer that has nothing to give out yet."""
ACKNOWLEDGEMENTS = ("X12_999", "X12_TA1")
"""Payload types, up to their version, of answers that find the question itself wrong."""


class SignIn(NamedTuple):
    """Whom the network knows the clinic as; a client certificate may stand in its place."""

    user_name: str
    password: str

    def __repr__(self) -> str:
        return f"SignIn({self.user_name})"


def fields(
    operation: Operation, *, payload_id: str, at: datetime, sender_id: str, receiver_id: str, payload: str = ""
) -> Fields:
    """The metadata of a request, in the schema's order. A batch also has its length and its SHA-1."""
    batch = operation.mode == "Batch" and bool(payload)
    content = payload.encode()
    return {
        "PayloadType": operation.payload_type,
        "ProcessingMode": operation.mode,
        "PayloadID": payload_id,
        **({"PayloadLength": str(len(content))} if batch else {}),
        "TimeStamp": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "SenderID": sender_id,
        "ReceiverID": receiver_id,
        "CORERuleVersion": RULE_VERSION,
        **({"CheckSum": hashlib.sha1(content, usedforsecurity=False).hexdigest()} if batch else {}),
        **({"Payload": payload} if payload else {}),
    }


def fault_of(error_code: str) -> Fault:
    """What an envelope's processing error means. `Receiver`: the same message may succeed if it is sent again later."""
    match error_code:
        case "Receiver":
            return "payer-down"
        case "UnAuthorized" | "Unauthorized":
            return "refused"
        case _:
            return "invalid"
