"""The questions that are measured: a course with everything known, less of it, and what visitors ask the widget."""

import random
import re
from collections.abc import Mapping
from datetime import date
from typing import Any, get_args
from urllib.parse import urlencode

import msgspec

from payers.catalogue.catalogue import Catalogue
from payers.estimate.question import Language, Question
from service.api.widget_options import Bucket, widget_options

EVERYTHING_KNOWN: dict[str, Any] = {
    "payer": "Aetna",
    "state": "CO",
    "line_of_business": "commercial",
    "treatment": "spravato",
    "dose_mg": 84,
    "indication": "trd",
    "start_on": "2026-12-01",
    "course": {"kind": "sessions", "count": 12},
    "network": "in",
    "lane": "medical",
    "authorization": "approved",
    "place_of_service": "11",
    "benefits": {
        "plan_year_start": "01-01",
        "deductible": {"individual_cents": 150000, "individual_met_cents": 0},
        "out_of_pocket_max": {"individual_cents": 600000, "individual_met_cents": 0},
        "cost_shares": {"default": {"patient_share_bp": 2000, "deductible_applies": True}},
    },
    "prices": {"allowed_per_session": {"low_cents": 124000, "high_cents": 124000}},
}
HALF_KNOWN = {
    key: value for key, value in EVERYTHING_KNOWN.items() if key not in ("benefits", "authorization", "prices")
}
NEARLY_NOTHING_KNOWN = {"payer": "Aetna", "treatment": "spravato"}
REPEATED = 50
"""How many patients' questions go round where questions repeat."""
VISITS = 500


def decoded(question: Mapping[str, object]) -> Question:
    """As the service decodes it."""
    return msgspec.json.decode(msgspec.json.encode(question), type=Question)


def patient(number: int) -> Question:
    """Everything known about one of a million patients: no two have the same met amounts."""
    return msgspec.json.decode(_BODY % _amounts(number), type=Question)


def asked_by_patients(first: int, several: int | None = None) -> str:
    """For wrk: a body for each request, of one patient after the other from `first` on, or of a few round and round."""
    turn = "count" if several is None else f"count % {several}"
    return (
        f"local count, body = {first}, '{_BODY}'\n"
        f"function request()\n  count = count + 1\n  local number = {turn}\n"
        "  local met = number % 997 * 100\n"
        "  local paid, price = met + number % 1009 * 100, 100000 + math.floor(number / 997) % 1000 * 100\n"
        "  return wrk.format(nil, nil, nil, string.format(body, met, paid, price, price))\nend\n"
    )


def asked_by_visitors(catalogue: Catalogue, today: date) -> list[str]:
    """Addresses of the widget as visitors send them, drawn from all that its page lets them choose."""
    drawn = random.Random(1)  # noqa: S311  the same visitors every time, no secrets
    choices = widget_options(catalogue, today, None, "en")
    found: dict[str, None] = {}
    while len(found) < VISITS:
        payer = drawn.choice(choices.payers)
        asked = {"payer": payer.value, "treatment": drawn.choice(choices.treatments).value}
        if payer.plan_types and drawn.random() < 0.5:
            asked["plan_type"] = drawn.choice(payer.plan_types)
        if payer.deductible and drawn.random() < 0.5:
            asked["deductible"] = drawn.choice(get_args(Bucket))
        asked["lang"] = drawn.choice(get_args(Language))
        found[f"/widget/v1/estimate?{urlencode(asked)}"] = None
    return list(found)


def in_turns(addresses: list[str]) -> str:
    """For wrk: these addresses one after the other."""
    listed = ",\n".join(f"wrk.format('GET', '{each}')" for each in addresses)
    return (
        f"local requests, count = nil, 0\nfunction init(args)\n  requests = {{\n{listed}\n}}\nend\n"
        "function request()\n  count = count % #requests + 1\n  return requests[count]\nend\n"
    )


def _amounts(number: int) -> tuple[int, int, int, int]:
    """Deductible met, maximum met and the price of a session: the same here as in the script for wrk."""
    met, price = number % 997 * 100, 100_000 + number // 997 % 1000 * 100
    return met, met + number % 1009 * 100, price, price


def _body() -> str:
    """The question with a place for each of those amounts, in their order."""
    places = {"deductible": -1, "out_of_pocket_max": -2}
    benefits = {**EVERYTHING_KNOWN["benefits"]}
    benefits |= {name: {**benefits[name], "individual_met_cents": place} for name, place in places.items()}
    priced = {**EVERYTHING_KNOWN, "benefits": benefits}
    priced["prices"] = {"allowed_per_session": {"low_cents": -3, "high_cents": -4}}
    return re.sub(r"-[1-4](?=[,}])", "%d", msgspec.json.encode(priced).decode())


_BODY = _body()
