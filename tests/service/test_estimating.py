"""An answer that was kept is the answer that would be computed, to the byte, and no other."""

from datetime import UTC, date, datetime

import msgspec

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.load import load_release
from payers.estimate import answer
from payers.estimate.question import Question
from service.estimating import Kept, estimated
from service.store.estimates import StoredEstimate

CATALOGUE = Catalogue(load_release())
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
ASKED = Question(payer="aetna", treatment="spravato", lang="es")


async def test_an_answer_given_again_is_the_same_but_for_its_id_and_time() -> None:
    for moment in (NOW, NOW.replace(hour=10), NOW.replace(day=24)):
        given = await estimated(CATALOGUE, ASKED, moment, None, None)
        assert isinstance(given, StoredEstimate)
        told = f"{moment:%Y-%m-%dT%H:%M:%SZ}"
        computed = answer(CATALOGUE, ASKED, moment.date(), id=str(given.id), created_at=told)
        assert given.answer == msgspec.json.encode(computed)


def test_answers_of_another_day_or_catalogue_are_let_go() -> None:
    kept = Kept(1_000)
    kept.keep(CATALOGUE, NOW.date(), b"question", b"answer")
    assert kept.find(CATALOGUE, NOW.date(), b"question") == b"answer"
    assert kept.find(CATALOGUE, NOW.date(), b"another") is None
    assert kept.find(CATALOGUE, date(2026, 11, 24), b"question") is None
    other = Catalogue(msgspec.structs.replace(CATALOGUE.release, conflicts=()))
    assert kept.find(other, NOW.date(), b"question") is None
    kept.keep(other, NOW.date(), b"another", b"answer")
    assert kept.find(other, NOW.date(), b"question") is None


def test_the_oldest_make_room() -> None:
    kept = Kept(100)
    for number in range(50):
        kept.keep(CATALOGUE, NOW.date(), f"question {number}".encode(), b"a" * 20)
    found = [number for number in range(50) if kept.find(CATALOGUE, NOW.date(), f"question {number}".encode())]
    assert found == [47, 48, 49]
