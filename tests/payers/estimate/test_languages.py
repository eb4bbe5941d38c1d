"""What the catalogue says, and why a question has no answer, in the language of whoever asked."""

from datetime import date
from typing import Any

import msgspec
import pytest

from payers.adjudication.contradictions import contradiction
from payers.adjudication.question import AdjudicationQuestion
from payers.catalogue.catalogue import Catalogue
from payers.catalogue.load import load_release
from payers.claims.check import check
from payers.claims.claim import Claim
from payers.estimate import answer
from payers.estimate.answer import Answer
from payers.estimate.estimate import Refusal, estimate
from payers.estimate.question import Question

CATALOGUE = Catalogue(load_release())
TODAY = date(2026, 11, 23)


def question(lang: str, **asked: Any) -> Question:
    return msgspec.convert({"payer": "aetna", "treatment": "spravato", "lang": lang} | asked, Question)


def told(lang: str, **asked: Any) -> Answer:
    found = answer(CATALOGUE, question(lang, **asked), TODAY, id="", created_at="")
    assert isinstance(found, Answer)
    return found


@pytest.mark.parametrize(
    ("lang", "event", "on"),
    [
        ("en", "merged into UnitedHealth Group (merger closed)", "December 20, 2005"),
        ("es", "se fusionó con UnitedHealth Group (fusión concluida)", "20 de diciembre de 2005"),
    ],
)
def test_how_one_payer_became_another(lang: str, event: str, on: str) -> None:
    found = told(lang, payer="PacifiCare", line_of_business="commercial")
    assert [step.event for step in found.payer.via] == [event]
    assert any(f"{event} ({on})" in sentence for sentence in found.explanation)


@pytest.mark.parametrize(
    ("lang", "event"),
    [
        ("en", "Friday Health Plans has ended: placed in receivership/liquidation in Colorado (2023)."),
        ("es", "Friday Health Plans ya no existe: se intervino y se liquidó en Colorado (2023)."),
    ],
)
def test_how_a_payer_ended_is_told_in_story_and_notice_alike(lang: str, event: str) -> None:
    found = told(lang, payer="Friday")
    (notice,) = [each.text for each in found.notices if each.kind == "payer-ended"]
    assert notice.startswith(event)
    assert notice in found.explanation


def test_a_savings_program_left_out_is_called_by_its_name() -> None:
    found = told("es", assistance=[{"program": "janssen-carepath"}])
    (notice,) = [each.text for each in found.notices if each.kind == "savings-card-not-used"]
    assert notice.startswith("Janssen CarePath Savings Program (Spravato) no se aplica")


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"start_on": "1900-01-01"}, "queda fuera del período"),
        ({"payer": "zzzz"}, "No se conoce ningún seguro"),
        ({"payer": "TriWest"}, "¿"),
        ({"site": "nowhere"}, "no tiene la sede nowhere"),
        ({"assistance": [{"program": "nothing"}]}, "Programas de ahorro conocidos"),
        ({"other_coverage": [{"kind": "qmb"}, {"kind": "qmb"}]}, "está dos veces"),
    ],
)
def test_a_question_is_refused_in_its_language(asked: dict[str, Any], why: str) -> None:
    refused = estimate(CATALOGUE, question("es", **asked), TODAY)
    assert isinstance(refused, Refusal)
    assert why in refused.detail


def test_a_claim_is_refused_in_its_language() -> None:
    lines = [{"code": "J0013", "units": 84}]
    claim = {"payer": "zzzz", "date_of_service": "2026-03-02", "place_of_service": "11", "lines": lines, "lang": "es"}
    refused = check(CATALOGUE, msgspec.convert(claim, Claim), TODAY)
    assert isinstance(refused, Refusal)
    assert refused.detail == "No se conoce ningún seguro con ese nombre."


def test_a_contradiction_in_the_terms_is_told_in_the_language_of_the_question() -> None:
    services = [{"label": "a", "charge_cents": 100, "allowed_cents": 100, "member": "B"}]
    asked: dict[str, Any] = {"lang": "es", "benefits": {}, "services": services, "members": {"A": {}}}
    found = contradiction(msgspec.convert(asked, AdjudicationQuestion))
    assert found
    assert found.detail == "Nadie con este nombre está en `members`."
