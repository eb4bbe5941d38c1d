"""The card of a member: what a payer is asked with, typed on the estimate page and kept nowhere but in the check."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from payers.estimate.question import Language
from service.eligibility.asking import CheckQuestion
from service.web.console.words import Speak

CARD: Mapping[str, str] = {
    "member_id": "/member_id",
    "first_name": "/subscriber/first_name",
    "last_name": "/subscriber/last_name",
    "birth_date": "/subscriber/birth_date",
    "dependent_first_name": "/dependent/first_name",
    "dependent_last_name": "/dependent/last_name",
    "dependent_birth_date": "/dependent/birth_date",
    "relationship": "/dependent/relationship",
}
"""The inputs, with their places in the question to the payer."""

RELATIONSHIPS = ("spouse", "child", "other")


def card_of(sent: Mapping[str, Any]) -> dict[str, str]:
    """What was typed of the card."""
    return {name: str(sent.get(name, "")).strip() for name in CARD}


def check_question(
    card: Mapping[str, str], payer: str, state: str, on: date, lang: Language, speak: Speak
) -> CheckQuestion | dict[str, str]:
    """The question to the payer, or what is wrong by the input's name."""
    needed = ["member_id", "last_name", "birth_date"]
    needed += ["dependent_last_name"] if any(card[name] for name in CARD if CARD[name].startswith("/dependent")) else []
    wrong = {name: speak(f"estimate.missing_{name}") for name in needed if not card[name]}
    if not payer:
        wrong = {"payer": speak("estimate.missing_payer")} | wrong
    if wrong:
        return wrong
    asked: dict[str, Any] = {"payer": payer, "state": state or None, "date_of_service": on.isoformat(), "lang": lang}
    for name, pointer in CARD.items():
        *outer, leaf = pointer.split("/")[1:]
        if card[name]:
            place = asked.setdefault(outer[0], {}) if outer else asked
            place[leaf] = card[name]
    try:
        return msgspec.convert(asked, CheckQuestion)
    except msgspec.ValidationError as error:
        return {_input(str(error)): speak("estimate.wrong_value")}


def faults_by_input(pointers: Mapping[str, str]) -> dict[str, str]:
    """The faults of the question to the payer by the input's name; those of nothing on the card stand with its id."""
    names = {pointer: name for name, pointer in CARD.items()}
    known = {"/payer": "payer", "/state": "state"} | names
    return {known.get(pointer, "member_id"): sentence for pointer, sentence in pointers.items()}


def _input(message: str) -> str:
    place = message.rpartition("`$")[2].removesuffix("`").replace(".", "/")
    return next((name for name, pointer in CARD.items() if pointer == place), "member_id")
