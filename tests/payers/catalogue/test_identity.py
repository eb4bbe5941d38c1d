"""Who is meant by a name on a card: the table that billing staff can read, and laws that hold for any text."""

import tomllib
import unicodedata
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.identity import resolve, search
from payers.catalogue.load import load_release
from payers.catalogue.model import Frozen, Identifier, LineageEvent, Release
from payers.catalogue.names import distance

CATALOGUE = Catalogue(load_release())
TODAY = date(2026, 12, 1)


class Row(Frozen):
    name: str
    as_of: date = TODAY
    state: str | None = None
    county: str | None = None
    payer: str | None = None
    via: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    asks: bool = False
    read_as: str | None = None
    near: bool = False
    """Nobody bears the name; whoever is nearest is shown, and no question is asked."""


ROWS = msgspec.convert(
    tomllib.loads(Path(__file__).with_name("names.toml").read_text(encoding="utf-8"))["names"], list[Row]
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.name}-{row.as_of}-{row.state}-{row.county}")
def test_names_on_cards(row: Row) -> None:
    answer = resolve(CATALOGUE, row.name, row.as_of, row.state, row.county)
    candidates = [candidate.slug for candidate in answer.candidates]
    assert answer.payer == row.payer
    assert tuple(step.from_slug for step in answer.via) == row.via
    assert tuple(other.slug for other in answer.also) == row.also
    assert answer.corrected == row.read_as
    assert (answer.question is not None, answer.question_es is not None) == (row.asks, row.asks)
    if row.near:
        assert 0 < len(candidates) <= 5
    else:
        assert sorted(candidates) == sorted(row.candidates)


def test_every_name_on_file_leads_to_its_bearer_or_asks() -> None:
    for payer in CATALOGUE.release.payers:
        for name in (payer.name, *payer.aliases):
            answer = resolve(CATALOGUE, name, date(2000, 1, 1))
            assert payer.slug in {answer.payer, *(candidate.slug for candidate in answer.candidates)}, name
            assert answer.corrected is None


def test_every_ambiguous_name_without_place_asks_its_question_or_is_settled_by_the_day() -> None:
    for entry in CATALOGUE.release.ambiguous_names:
        holding = {candidate.payer for candidate in entry.candidates if candidate.holds_on(TODAY)}
        for name in entry.names:
            answer = resolve(CATALOGUE, name, TODAY)
            if len(holding) > 1:
                assert (answer.payer, answer.question) == (None, entry.question)
                assert {candidate.slug for candidate in answer.candidates} == holding
            else:
                assert answer.payer in holding


def test_a_step_tells_its_day_and_reason() -> None:
    (step,) = resolve(CATALOGUE, "PacifiCare", TODAY).via
    assert (step.from_slug, step.to_slug, step.on) == ("pacificare", "uhc", "2005-12-20")
    assert step.event
    assert step.sources


def test_a_circle_of_successors_ends() -> None:
    answer = resolve(
        Catalogue(_moved(("aetna", "cigna", "2020"), ("cigna", "humana", "2020"), ("humana", "aetna", "2020"))),
        "Aetna",
        TODAY,
    )
    assert answer.payer == "humana"
    assert [step.to_slug for step in answer.via] == ["cigna", "humana"]


def test_a_successor_that_is_not_on_file_leads_nowhere() -> None:
    assert resolve(Catalogue(_moved(("aetna", "nobody", "2020"))), "Aetna", TODAY).payer == "aetna"


def test_the_last_move_until_the_day_counts() -> None:
    moves = (("aetna", "humana", "2022"), ("aetna", "cigna", "2019/2020"), ("aetna", "molina", "2027"))
    catalogue = Catalogue(_moved(*moves))
    answers = {day: resolve(catalogue, "Aetna", date(day, 1, 1)).payer for day in (2018, 2019, 2021, 2022, 2027)}
    assert answers == {2018: "aetna", 2019: "cigna", 2021: "cigna", 2022: "humana", 2027: "molina"}


def test_an_identifier_leads_to_whoever_holds_it_on_the_day() -> None:
    first = Identifier(value="T-100", network="test", use="270", valid_until=date(2024, 12, 31), **_cited())
    second = msgspec.structs.replace(first, valid_from=date(2025, 1, 1), valid_until=None)
    held = {"aetna": (first,), "cigna": (second,)}
    payers = tuple(
        msgspec.structs.replace(payer, identifiers=held.get(payer.slug, ())) for payer in CATALOGUE.release.payers
    )
    catalogue = Catalogue(msgspec.structs.replace(CATALOGUE.release, payers=payers))
    assert resolve(catalogue, "T100", date(2024, 12, 31)).payer == "aetna"
    assert resolve(catalogue, "T100", date(2025, 1, 1)).payer == "cigna"


def _cited() -> dict[str, Any]:
    return {"sources": ("memory",), "confidence": "high", "verified_on": TODAY, "review_by": TODAY}


def _moved(*moves: tuple[str, str, str]) -> Release:
    """The release with nobody's lineage but these: who became whom, when."""
    payers = tuple(
        msgspec.structs.replace(
            payer,
            lineage=tuple(
                LineageEvent(on=on, event="became another", event_es="pasó a ser otro", to=(to,), **_cited())
                for slug, to, on in moves
                if slug == payer.slug
            ),
        )
        for payer in CATALOGUE.release.payers
    )
    return msgspec.structs.replace(CATALOGUE.release, payers=payers)


@given(st.text(max_size=60), st.sampled_from([None, "CO", "ut", "??"]), st.sampled_from([None, "", "Denver", "\x00"]))
def test_any_text_is_answered(text: str, state: str | None, county: str | None) -> None:
    answer = resolve(CATALOGUE, text, TODAY, state, county)
    assert answer.asked == text
    assert answer.payer is None or answer.payer in CATALOGUE.payers
    assert (answer.question is None) == (answer.question_es is None)
    search(CATALOGUE, text, TODAY, state)


@given(st.integers(1, 3000))
def test_a_very_long_name_is_answered(times: int) -> None:
    assert resolve(CATALOGUE, "\ufdfa ketamine" * times, TODAY).payer is None


NAMES = sorted(
    {name for payer in CATALOGUE.release.payers for name in (payer.name, *payer.aliases)}
    | {name for entry in CATALOGUE.release.ambiguous_names for name in entry.names}
)


def _same(name: str, written: str) -> None:
    assume(written not in CATALOGUE.payers and name not in CATALOGUE.payers)
    plain, other = resolve(CATALOGUE, name, TODAY), resolve(CATALOGUE, written, TODAY)
    assert msgspec.structs.replace(other, asked=name) == plain


@given(
    st.sampled_from(NAMES),
    st.sampled_from([str.upper, str.lower, str.title, str.swapcase]),
    st.sampled_from([" ", "  ", "-", "_", "\t", "\u00a0", " - "]),
    st.sampled_from(["", ".", ", Inc.", " LLC", " corp."]),
)
def test_case_blanks_punctuation_and_legal_form_do_not_matter(name: str, case: object, blank: str, form: str) -> None:
    assert callable(case)
    _same(name, blank + str(case(name)).replace(" ", blank) + form)


LOOKALIKES = str.maketrans(
    "acepoxyACEPOXTM", "\u0430\u0441\u0435\u0440\u043e\u0445\u0443\u0410\u0421\u0415\u0420\u041e\u0425\u0422\u041c"
)
FULLWIDTH = {ord(letter): ord(letter) + 0xFEE0 for letter in map(chr, range(0x21, 0x7F)) if letter.isalnum()}


@given(st.sampled_from(NAMES), st.sampled_from(["\x00", "\u200b", "\u202e", "\u0301", "\x07", "\ufeff"]), st.data())
def test_marks_that_nobody_sees_are_harmless(name: str, mark: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(name)))
    _same(name, name[:at] + mark + name[at:])


@given(st.sampled_from(NAMES), st.sampled_from([LOOKALIKES, FULLWIDTH]))
def test_letters_of_another_alphabet_are_harmless(name: str, table: dict[int, int]) -> None:
    _same(name, unicodedata.normalize("NFC", name.translate(table)))


@pytest.mark.parametrize(
    ("asked", "known", "slips"),
    [("cigna", "cigna", 0), ("cinga", "cigna", 1), ("aetn", "aetna", 1), ("aetnaa", "aetna", 1),
     ("humona", "humana", 1), ("medicade", "medicaid", 2), ("oscar", "optum", 3)],
)  # fmt: skip
def test_distance_counts_slips(asked: str, known: str, slips: int) -> None:
    assert distance(asked, known, 2) == slips
    assert distance(known, asked, 2) == slips


def _found(query: str, as_of: date = TODAY, state: str | None = None, kind: str | None = None) -> list[str]:
    return [possible.slug for possible in search(CATALOGUE, query, as_of, state, kind)]


def test_search_finds_a_beginning_and_who_came_after() -> None:
    first, second, *_ = search(CATALOGUE, "pacif", TODAY)
    assert (first.slug, first.why) == ("pacificare", "Known as PacifiCare")
    assert (second.slug, second.why) == ("uhc", "Successor of PacifiCare since 2005-12-20")
    assert "uhc" not in _found("pacif", date(2000, 1, 1))


@pytest.mark.parametrize(
    ("query", "slug"),
    [("united", "uhc"), ("unted helth", "uhc"), ("tricre", "tricare-west"), ("partner", "chp-partnerships"),
     ("60054", "aetna"), ("kaizer", "kaiser-co"), ("medicaid", "co-medicaid")],
)  # fmt: skip
def test_search_forgives_slips(query: str, slug: str) -> None:
    assert slug in _found(query)[:3]


def test_search_keeps_to_state_and_kind() -> None:
    assert "tricare-east" not in _found("tricare", state="CO")
    assert "tricare-east" in _found("tricare", state="fl")
    assert _found("u", kind="medicare-advantage")[0] == "uhc-ma"
    assert all("medicaid" in CATALOGUE.payers[slug].kinds for slug in _found("", kind="medicaid"))


def test_search_for_nothing_lists_everybody_by_name() -> None:
    listed = search(CATALOGUE, " ", TODAY, limit=1000)
    assert {possible.slug for possible in listed} == set(CATALOGUE.payers)
    assert [possible.name for possible in listed] == sorted((possible.name for possible in listed), key=str.casefold)
    assert search(CATALOGUE, "", TODAY, limit=3) == listed[:3]
