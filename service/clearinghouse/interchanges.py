"""The frame of the messages that a connector sends as X12."""

import secrets
from datetime import datetime

from payers.eligibility.write_270 import Envelope
from service.clearinghouse.configuration import Interchange


def envelope(settings: Interchange, at: datetime) -> Envelope:
    """A frame for one message. Its control number is drawn, because replicas share no counter; the trace matches."""
    return Envelope(
        sender_id=settings.sender_id,
        receiver_id=settings.receiver_id,
        sender_qualifier=settings.sender_qualifier,
        receiver_qualifier=settings.receiver_qualifier,
        control_number=1 + secrets.randbelow(999_999_999),
        created_at=at,
        usage="T" if settings.test else "P",
    )
