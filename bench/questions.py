"""The questions that are measured: everything known, half known, nearly nothing known."""

from collections.abc import Mapping

import msgspec

from payers.estimate.question import Question

EVERYTHING_KNOWN = {
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


def decoded(question: Mapping[str, object]) -> Question:
    """As the service decodes it."""
    return msgspec.json.decode(msgspec.json.encode(question), type=Question)
