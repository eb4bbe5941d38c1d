"""A Medicare drug plan pays what a pharmacy fills, where a rule says that it does."""

from datetime import date
from typing import Any

import msgspec
import pytest

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.load import load_release
from payers.cost_share.money import Range, exactly
from payers.estimate import answer
from payers.estimate.answer import Answer
from payers.estimate.question import Question

ASKED: dict[str, Any] = {
    "payer": "Aetna Medicare",
    "state": "CO",
    "treatment": "spravato",
    "dose_mg": 84,
    "indication": "trd",
    "network": "in",
    "authorization": "approved",
    "place_of_service": "11",
    "start_on": "2026-03-02",
    "course": {"kind": "sessions", "count": 3},
    "benefits": {
        "plan_year_start": "01-01",
        "deductible": {"individual_cents": 0, "individual_met_cents": 0},
        "out_of_pocket_max": {"individual_cents": 590_000, "individual_met_cents": 0},
        "cost_shares": {"default": {"patient_share_bp": 2_000}, "pharmacy_drug": {"patient_share_bp": 2_500}},
        "pharmacy": {
            "deductible": {"individual_cents": 61_500, "individual_met_cents": 0},
            "out_of_pocket_max": {"individual_met_cents": 0},
        },
    },
    "prices": {"visit_allowed_per_session": {"low_cents": 15_000, "high_cents": 15_000}},
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """The release with the drug of one plan at the pharmacy."""
    release = load_release()
    rules = [
        msgspec.structs.replace(rule, lane="pharmacy") if rule.id == "aetna-ma-spr" else rule for rule in release.rules
    ]
    return Catalogue(msgspec.structs.replace(release, rules=tuple(rules)))


def ask(catalogue: Catalogue, asked: dict[str, Any]) -> Answer:
    found = answer(catalogue, msgspec.convert(asked, Question, strict=False), date(2026, 2, 20), id="1", created_at="")
    assert isinstance(found, Answer)
    return found


def test_drug_and_visit_have_limits_of_their_own(catalogue: Catalogue) -> None:
    found = ask(catalogue, ASKED)
    # Drug 1,206.08: 615 + 25% of 591.08 = 762.77, then 301.52. Visit 150: a fifth, 30.
    assert [session.patient_pays for session in found.sessions] == [exactly(79_277), exactly(33_152), exactly(33_152)]
    assert "part-d-used" in {notice.kind for notice in found.notices}


def test_what_nobody_told_of_the_drug_plan_is_asked(catalogue: Catalogue) -> None:
    benefits = {name: told for name, told in ASKED["benefits"].items() if name != "pharmacy"}
    benefits["cost_shares"] = {"default": {"patient_share_bp": 2_000}}
    found = ask(catalogue, ASKED | {"benefits": benefits})
    # nothing, or the whole drug until the cap of 2,100, and the visits
    assert found.patient_pays.course == Range(low_cents=9_000, high_cents=210_000 + 9_000)
    unknowns = {unknown.name: unknown for unknown in found.unknowns}
    share, limits = unknowns["pharmacy_drug"], unknowns["drug_plan"]
    assert (share.origin, [each.title for each in share.citations]) == ("law", ["42 U.S.C. 1395w-102(b)(2)"])
    assert limits.origin == "catalogue"
    assert limits.citations
