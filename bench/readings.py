"""How many published messages are read right.

Right is: every row's code, level, service types, period, amount, percent and network, and every rejection's reason, in
their order. Of a library that tells no meaning, the elements are taken as they stand; an EB08 above 1 is a percent.
"""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from bench.responses import expected
from bench.x12_readers import PEERS, Peer, Segments, takes
from payers.eligibility.codes import NETWORKS
from payers.eligibility.read_271 import read_271
from payers.eligibility.response import Response

Said = tuple[list[tuple[Any, ...]], list[str]]
"""The rows, and the reasons."""

_BETWEEN_SEGMENTS = re.compile(r"(?<=~)\s+")


def right(ours: str) -> dict[str, tuple[int, int]]:
    """By reader: of the messages as they are, and without byte order marks and blanks between segments."""
    messages = [(message.decode(), _expected(reading)) for message, reading in expected()]
    tidy = [(_BETWEEN_SEGMENTS.sub("", text.strip("\ufeff \r\n")), said) for text, said in messages]

    def count(says: Callable[[str], Said | None]) -> tuple[int, int]:
        return sum(says(text) == said for text, said in messages), sum(says(text) == said for text, said in tidy)

    return {ours: count(_ours), **{peer.full_name(): count(says) for peer in PEERS if (says := _says(peer))}}


def _expected(reading: dict[str, Any]) -> Said:
    rows: list[tuple[Any, ...]] = []
    reasons: list[str] = []
    for transaction in reading["transactions"]:
        reasons += [each["reason"] for each in transaction.get("rejections", ())]
        for member in transaction["members"]:
            reasons += [each["reason"] for each in member.get("rejections", ())]
            rows += [
                (
                    each["eb01"],
                    each.get("level"),
                    tuple(each.get("service_types", ())),
                    each.get("period_code"),
                    _decimal(each.get("amount")),
                    _decimal(each.get("percent")),
                    each.get("network"),
                )
                for each in member.get("benefits", ())
            ]
    return rows, reasons


def _ours(message: str) -> Said | None:
    response = read_271(message)
    if not isinstance(response, Response):
        return None
    members = [member for transaction in response.transactions for member in transaction.members]
    rows = [
        (
            each.eb01,
            each.level,
            each.service_types,
            each.period_code,
            None if each.amount_cents is None else Decimal(each.amount_cents) / 100,
            None if each.percent_bp is None else Decimal(each.percent_bp) / 100,
            each.network,
        )
        for member in members
        for each in member.benefits
    ]
    rejections = [
        each
        for transaction in response.transactions
        for each in (*transaction.rejections, *(each for member in transaction.members for each in member.rejections))
    ]
    return rows, [each.reason or "" for each in rejections]


def _says(peer: Peer) -> Callable[[str], Said | None] | None:
    read, segments = peer.reader(), peer.segments
    if read is None or segments is None:
        return None
    return lambda message: _told(segments(read(message))) if takes(read, message) else None


def _told(segments: Segments) -> Said:
    rows = [tuple(_row([*each, *[""] * 13])) for each in segments if each[0] == "EB"]
    return rows, [each[3] for each in segments if each[0] == "AAA"]


def _row(elements: list[str]) -> Iterator[Any]:
    yield elements[1]
    yield elements[2] or None
    yield tuple(filter(None, re.split(r"[^A-Za-z0-9]+", elements[3])))
    yield elements[6] or None
    yield _decimal(elements[7])
    share = _decimal(elements[8])
    yield share * 100 if share is not None and share <= 1 else share
    yield NETWORKS.get(elements[12])


def _decimal(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None
