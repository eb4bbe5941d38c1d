"""Questions with an eligibility check: what the service does with a check's answer, without the service."""

from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.load import load_release
from payers.estimate import answer
from payers.estimate.answer import Answer
from payers.estimate.from_payer.into_question import Answered, Open, into_question
from payers.estimate.question import Question
from tests.payers.eligibility.plan.answers import transaction

CATALOGUE = Catalogue(load_release())
CHECK = UUID("019aa0a6-6a1d-7c1e-a9b5-7d5f3c1f2a10")
TODAY = date(2026, 11, 23)

Json = dict[str, Any]

COMMERCIAL: Json = {
    "payer": "aetna",
    "state": "CO",
    "line_of_business": "commercial",
    "treatment": "spravato",
    "dose_mg": 84,
    "indication": "trd",
    "network": "in",
    "lane": "medical",
    "authorization": "approved",
    "place_of_service": "11",
    "start_on": "2026-12-01",
    "course": {"kind": "sessions", "count": 4, "every_days": 7},
    "prices": {
        "allowed_per_session": {"low_cents": 124_000, "high_cents": 124_000},
        "visit_allowed_per_session": {"low_cents": 20_000, "high_cents": 20_000},
        "cash_per_session": {"low_cents": 160_000, "high_cents": 160_000},
    },
}
"""One way of everything: what is open in an estimate of it is what the payer left open."""


def asked(told: Json) -> Question:
    return msgspec.convert(told | {"eligibility_check": CHECK}, Question, strict=False)


def read(question: Question, rows: str, today: date = TODAY, answered_on: date | None = None) -> Question | Open:
    """The question with the plan of the check's answer; the payer of the question is the one that was asked."""
    payer = CATALOGUE.payers[question.payer]
    return into_question(CATALOGUE, question, Answered(CHECK, payer, answered_on or today, transaction(rows)), today)


def with_plan(told: Json, rows: str, today: date = TODAY, answered_on: date | None = None) -> Question:
    found = read(asked(told), rows, today, answered_on)
    assert isinstance(found, Question), found
    return found


def opened(told: Json, rows: str, today: date = TODAY) -> list[str]:
    """The questions that block, each with its pointer."""
    found = read(asked(told), rows, today)
    assert isinstance(found, Open), found
    assert all(each.blocks for each in found.questions)
    return [f"{each.kind} {each.pointer or ''}".rstrip() for each in found.questions]


def estimated(question: Question, today: date = TODAY) -> Answer:
    found = answer(CATALOGUE, question, today, id="receipt", created_at="now")
    assert isinstance(found, Answer), found
    return found
