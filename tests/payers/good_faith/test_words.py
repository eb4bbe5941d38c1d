"""Both languages say the same things, and everything that the code says has words."""

import ast
import string
from pathlib import Path
from typing import get_args

import pytest

from payers.catalogue.vocabulary import PlaceOfService, ServiceKind
from payers.estimate.question import Language
from payers.good_faith import words
from payers.good_faith.content import ChangedWhat, DisclaimerKind, ReplacementReason, Standing
from payers.good_faith.tolerance import CAPS

ROOM = Path(words.__file__).parents[1]
ENGLISH, SPANISH = (
    {(table, key): text for table, entries in words.sentences(lang).items() for key, text in entries.items()}
    for lang in get_args(Language)
)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_the_languages_have_the_same_keys() -> None:
    assert ENGLISH.keys() == SPANISH.keys()


def test_the_languages_fill_in_the_same_values() -> None:
    assert not {key for key in ENGLISH if placeholders(ENGLISH[key]) != placeholders(SPANISH[key])}


def test_no_sentence_is_empty_and_none_was_left_in_english() -> None:
    assert all((*ENGLISH.values(), *SPANISH.values()))
    assert not {key for key in ENGLISH if ENGLISH[key] == SPANISH[key]}


def test_every_sentence_that_the_code_names_exists() -> None:
    named: set[tuple[str, str]] = set()
    for path in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            plain = [each.value if isinstance(each, ast.Constant) else None for each in node.args]
            if node.func.id == "say" and len(plain) > 2 and plain[1] and plain[2]:
                named.add((str(plain[1]), str(plain[2])))
            if node.func.id == "impossible":
                named.add(("refusal", str(plain[1])))
    assert len(named) > 15
    assert named <= ENGLISH.keys()


@pytest.mark.parametrize(
    ("table", "keys"),
    [
        ("item", {*get_args(ServiceKind), "session", "membership"}),
        ("standing", set(get_args(Standing))),
        ("reason", set(get_args(ReplacementReason))),
        ("change", set(get_args(ChangedWhat))),
        (
            "disclaimer",
            ({*get_args(DisclaimerKind)} - {"state-cap"})
            | {"separate-services", *(f"state-cap-{state}" for state in CAPS)},
        ),
    ],
)
def test_every_word_of_the_vocabulary_is_told_and_no_other(table: str, keys: set[str]) -> None:
    assert {key for of, key in ENGLISH if of == table} == keys


def test_every_place_of_service_has_a_heading() -> None:
    assert {("heading", f"place-{place}") for place in get_args(PlaceOfService)} <= ENGLISH.keys()


@pytest.mark.parametrize("said", [ENGLISH, SPANISH], ids=get_args(Language))
def test_the_dispute_can_be_started_from_what_is_said(said: dict[tuple[str, str], str]) -> None:
    how = said["disclaimer", "dispute-how"]
    for needed in ("www.cms.gov/nosurprises", "1-800-985-3059", "120", "$25"):
        assert needed in how
    assert "C.R.S. 25-49-106" in said["disclaimer", "state-cap-CO"]
