"""Who pays after an answer named others: the payer of the estimate, what comes behind it, or what must be answered."""

import pytest

from payers.estimate.question import (
    Medicaid,
    MedicareSecond,
    OtherCoverage,
    Qmb,
    Question,
    SecondCommercial,
    TricareSecond,
)
from tests.payers.estimate.from_payer.checks import COMMERCIAL, Json, estimated, opened, with_plan

MEDICARE: Json = {
    "payer": "medicare",
    "state": "CO",
    "treatment": "spravato",
    "dose_mg": 84,
    "indication": "trd",
    "start_on": "2026-12-01",
    "course": {"kind": "sessions", "count": 4, "every_days": 7},
    "line_of_business": "medicare",
}
MEDICAID: Json = MEDICARE | {"payer": "co-medicaid", "line_of_business": "medicaid"}
PAIN: Json = {"treatment": "iv-ketamine", "indication": "chronic-pain"}


def told(question: Question) -> tuple[str, str | None, tuple[OtherCoverage, ...]]:
    return question.payer, question.line_of_business, question.other_coverage


@pytest.mark.parametrize(
    ("asked", "rows", "payer", "line", "behind"),
    [
        # Medicare
        (MEDICARE, "R 30 type=HN PRP=HUMANA|61101", "humana", "medicare-advantage", ()),
        (MEDICARE, "R 30 type=HN PRP=AETNA", "aetna-ma", "medicare-advantage", ()),
        (MEDICARE, "R 30 type=HN PRP='A NAME NOBODY KNOWS'|61101", "humana", "medicare-advantage", ()),
        (MEDICARE, "R 30 type=12 PRP=AETNA", "aetna", "commercial", (MedicareSecond(),)),
        (MEDICARE, "R 30 type=12 290=20200101-20241231 PRP=AETNA", "medicare", "medicare", ()),
        (MEDICARE, "R 30 type=14 290=19960912 PRP=SMITH", "medicare", "medicare", ()),
        (MEDICARE, "R 88 type=OT PR='SAMPLE RX'", "medicare", "medicare", ()),
        (MEDICARE, "R type=QM", "medicare", "medicare", (Qmb(),)),
        (MEDICARE, "R 30 type=HN PRP=HUMANA\nR type=QM", "humana", "medicare-advantage", (Qmb(),)),
        (MEDICARE, "R 30 type=12 PRP=AETNA\nR type=QM", "aetna", "commercial", (Qmb(), MedicareSecond())),
        (MEDICARE, "R 30 PR='TRICARE WEST'", "medicare", "medicare", (TricareSecond(),)),
        (MEDICARE, "R 30 type=MC PR='HEALTH FIRST COLORADO'", "medicare", "medicare", (Medicaid(),)),
        # Medicaid
        (MEDICAID, "R MH^CF type=MC PR='COLORADO ACCESS'", "colorado-access", "rae", ()),
        (
            MEDICAID,
            "R 30 type=MC PR='ROCKY MOUNTAIN HEALTH PLANS'\nR MH type=MC PR='COLORADO ACCESS'",
            "colorado-access",
            "rae",
            (),
        ),
        (MEDICAID, "R 30 type=MB PRP=CMS|CMS", "medicare", None, (Medicaid(),)),
        (MEDICAID, "R type=MA\nR type=MB", "medicare", None, (Medicaid(),)),
        (MEDICAID, "R type=QM\nR 30 type=MB PRP=CMS|CMS", "medicare", None, (Qmb(),)),
        (MEDICAID, "1 30 type=QM", "medicare", None, (Qmb(),)),
        (MEDICAID, "R type=QM\nR MH type=MC PR='COLORADO ACCESS'", "medicare", None, (Qmb(),)),
        (MEDICAID, "R 30 type=C1 PR=AETNA", "aetna", None, (Medicaid(),)),
        (MEDICAID, "R 30 type=C1 PR=AETNA\nR MH type=MC PR='COLORADO ACCESS'", "aetna", None, (Medicaid(),)),
        # a group plan
        (COMMERCIAL, "U MH^CF PR='UNITED BEHAVIORAL HEALTH'", "optum-bh", "behavioral-health-carveout", ()),
        (COMMERCIAL, "MC A8 PR=CARELON", "carelon", "behavioral-health-carveout", ()),
        (COMMERCIAL, "I MH\nCB MH PR=MAGELLAN", "magellan", "behavioral-health-carveout", ()),
        (COMMERCIAL | PAIN, "U MH PR='UNITED BEHAVIORAL HEALTH'", "aetna", "commercial", ()),
        (COMMERCIAL, "R 30 PRP=CIGNA", "cigna", None, (SecondCommercial(),)),
        (COMMERCIAL, "R 30 PRP=MEDICARE", "medicare", None, (SecondCommercial(),)),
        (COMMERCIAL, "R 30 SEP=CIGNA", "aetna", "commercial", (SecondCommercial(),)),
        (COMMERCIAL, "R 30 SEP='A NAME NOBODY KNOWS'", "aetna", "commercial", (SecondCommercial(),)),
        (COMMERCIAL, "R 30 type=12 PR=MEDICARE", "aetna", "commercial", (MedicareSecond(),)),
        (COMMERCIAL, "R 30 PR='HEALTH FIRST COLORADO'", "aetna", "commercial", (Medicaid(),)),
        (COMMERCIAL, "R 35 PR='SAMPLE DENTAL'", "aetna", "commercial", ()),
    ],
)
def test_who_pays(asked: Json, rows: str, payer: str, line: str | None, behind: tuple[OtherCoverage, ...]) -> None:
    found = with_plan(asked, f"1 30\n{rows}")
    assert told(found) == (payer, line, behind)
    changed = payer != asked["payer"]
    assert (found.benefits is None) >= changed
    assert (found.network is None) >= changed
    assert estimated(found).payer.slug == payer


@pytest.mark.parametrize(
    ("asked", "rows", "questions"),
    [
        (MEDICARE, "R 30 type=HN PRP='ABC HEALTH PLAN'", ["medicare-advantage /payer"]),
        (MEDICARE, "R 30 type=HN PRP=MAGELLAN", ["medicare-advantage /payer"]),
        (MEDICARE, "R 30 type=12 PRP=ORGNAME", ["primary /payer"]),
        (MEDICARE, "R 30 type=12", ["primary /payer"]),
        (MEDICARE, "R 30 type=12 PRP=AETNA\nR 30 type=43 PRP=CIGNA", ["primary /payer", "primary /payer"]),
        (
            MEDICARE,
            "R 30 type=12 PRP=AETNA\nR 30 type=HN PRP=HUMANA",
            ["primary /payer", "medicare-advantage /payer"],
        ),
        (MEDICAID, "MC 30 Y2='ABC HEALTH PLAN'", ["managed-care /payer"]),
        (COMMERCIAL, "U MH 'CALL THE NUMBER ON THE CARD'", ["behavioral /payer"]),
        (COMMERCIAL, "R MH PR='ABC VENDOR'", ["behavioral /payer"]),
        (COMMERCIAL, "R 30 PR=MEDICARE", ["other /other_coverage"]),
        (COMMERCIAL, "R 30 PR=CIGNA", ["other /other_coverage"]),
        (COMMERCIAL, "R 30 'OTHER INSURANCE ON FILE'", ["other /other_coverage"]),
        (COMMERCIAL, "I MH", ["not-covered /benefits/cost_shares"]),
        (MEDICAID, "Y 30 p34 $480", ["spend-down"]),
    ],
)
def test_what_must_be_answered_first(asked: Json, rows: str, questions: list[str]) -> None:
    assert opened(asked, f"1 30\n{rows}") == questions


def test_what_the_asker_told_of_other_coverage_settles_the_order() -> None:
    asked = COMMERCIAL | {"other_coverage": [{"kind": "medicare"}]}
    assert told(with_plan(asked, "1 30\nR 30 PR=MEDICARE"))[2] == (MedicareSecond(),)


def test_terms_that_were_typed_are_not_carried_to_another_payer() -> None:
    asked = MEDICARE | {"benefits": {"deductible": {"individual_met_cents": 10_000}}}
    assert opened(asked, "1 30\nR 30 type=HN PRP=HUMANA") == ["told-of-another /benefits"]


def test_questions_about_a_plan_that_does_not_pay_are_left_out() -> None:
    found = with_plan(COMMERCIAL, "1 30\nA 30 20% in\nU MH PR=CARELON")
    assert found.plan_source is not None
    assert [each.kind for each in found.plan_source.questions] == ["behavioral"]
    assert found.plan_source.terms == ()


@pytest.mark.parametrize(
    ("payer", "line", "rows", "settled"),
    [
        ("molina", None, "1 30 type=MC", "medicaid"),
        ("molina", None, "1 30 type=PR", None),
        ("molina", "commercial", "1 30 type=MC", "commercial"),
        ("aetna", None, "1 30 type=HN", "medicare-advantage"),
    ],
)
def test_the_insurance_type_settles_the_line_of_business(
    payer: str, line: str | None, rows: str, settled: str | None
) -> None:
    asked = {"payer": payer, "state": "CO", "treatment": "spravato", "start_on": "2026-12-01"}
    found = with_plan(asked | ({"line_of_business": line} if line else {}), rows)
    assert found.line_of_business == settled
    assert found.plan_source is not None
    # A commercial plan's terms are its own and are asked for; Medicaid's are the law's.
    asks_for_terms = "plan-year" in {each.kind for each in found.plan_source.questions}
    assert asks_for_terms == (settled != "medicaid")
