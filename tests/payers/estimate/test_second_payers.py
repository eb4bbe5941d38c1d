"""Who stands behind a payer, in which order, and what has no place there."""

from datetime import date
from typing import Any

import msgspec
import pytest

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.load import load_release
from payers.catalogue.vocabulary import LineOfBusiness
from payers.cost_share.money import Range, exactly
from payers.estimate import answer
from payers.estimate.answer import Answer
from payers.estimate.case import Case
from payers.estimate.estimate import Estimate, Refusal, estimate
from payers.estimate.question import Question
from payers.estimate.second_payers import drug_apart, rebates, second_payers, surely_open, usable_cards
from payers.estimate.unusable import contradictions, unusable
from payers.second_payers.anything import Anything
from payers.second_payers.card import Card
from payers.second_payers.everything import Everything
from payers.second_payers.medicaid import Medicaid
from payers.second_payers.medicare_second import MedicareSecond
from payers.second_payers.second_plan import METHODS, SecondPlan
from payers.second_payers.supplement import Supplement
from payers.second_payers.tricare_second import TricareSecond

CATALOGUE = Catalogue(load_release())
TODAY = date(2026, 11, 23)
WITHME = "spravato-withme"
OBSERVATION = "spravato-withme-observation"
OWN = {
    "plan_year_start": "01-01",
    "deductible": {"individual_cents": 150_000, "individual_met_cents": 0},
    "out_of_pocket_max": {"individual_cents": 600_000, "individual_met_cents": 0},
    "cost_shares": {"default": {"patient_share_bp": 2_000}},
}
OTHER = {
    "plan_year_start": "01-01",
    "deductible": {"individual_cents": 50_000, "individual_met_cents": 0},
    "out_of_pocket_max": {"individual_cents": 300_000, "individual_met_cents": 0},
    "cost_shares": {"default": {"patient_share_bp": 1_000}},
}


def question(payer: str = "aetna", **told: Any) -> Question:
    """A course of two sessions in December, everything told that the payer looks at."""
    asked: dict[str, Any] = {
        "payer": payer,
        "state": "CO",
        "treatment": "spravato",
        "indication": "trd",
        "dose_mg": 84,
        "start_on": "2026-12-01",
        "course": {"kind": "sessions", "count": 2},
        "authorization": "approved",
        "place_of_service": "11",
        "network": "in",
        "lane": "medical",
    }
    if payer == "aetna":
        asked["line_of_business"] = "commercial"
        asked["benefits"] = OWN
        asked["prices"] = {
            "allowed_per_session": {"low_cents": 124_000, "high_cents": 124_000},
            "visit_allowed_per_session": {"low_cents": 20_000, "high_cents": 20_000},
        }
    return msgspec.convert(asked | told, Question)


def case(asked: Question) -> Case:
    return Case(CATALOGUE, asked, CATALOGUE.payers[asked.payer], TODAY)


def behind(asked: Question) -> list[type]:
    one = case(asked)
    return [type(each) for each in second_payers(one, one.decisions[0])]


def kinds(asked: Question) -> list[tuple[str, str]]:
    one = case(asked)
    return [(each.pointer, each.kind) for each in unusable(one, one.decisions[0])]


def answered(asked: Question) -> Estimate:
    found = estimate(CATALOGUE, asked, TODAY)
    assert not isinstance(found, Refusal)
    return found


@pytest.mark.parametrize(
    ("payer", "others", "expected"),
    [
        ("medicare", [{"kind": "qmb"}, {"kind": "medigap", "plan": "G"}], [Supplement, Everything]),
        ("medicare", [{"kind": "medicaid"}, {"kind": "tricare-for-life"}], [Everything, Medicaid]),
        ("medicare", [{"kind": "commercial"}], [Anything]),
        ("medicare", [{"kind": "commercial", "facts": {"holder": "self"}}], [Anything]),
        ("medicare", [{"kind": "commercial", "facts": {"active": False}}], [SecondPlan]),
        ("aetna-ma", [{"kind": "commercial", "facts": {"continued": True}}], [SecondPlan]),
        ("tricare-west", [{"kind": "medicare"}, {"kind": "commercial"}], [Anything, Anything]),
        ("champva", [{"kind": "medicare"}], [Anything]),
        ("tricare-for-life", [{"kind": "medicare"}], []),
        ("aetna-ma", [{"kind": "medigap", "plan": "G"}, {"kind": "qmb"}], [Everything]),
        (
            "aetna",
            [{"kind": "medicaid"}, {"kind": "medicare"}, {"kind": "commercial"}],
            [SecondPlan, MedicareSecond, Medicaid],
        ),
        ("aetna", [{"kind": "tricare-for-life"}, {"kind": "medicare"}], [MedicareSecond, Everything]),
        ("aetna", [{"kind": "tricare"}, {"kind": "qmb"}], [TricareSecond]),
        ("tricare-west", [{"kind": "medicaid"}, {"kind": "tricare"}], [Medicaid]),
        ("co-medicaid", [{"kind": "medicaid"}, {"kind": "commercial"}], []),
    ],
)
def test_who_stands_behind_whom(payer: str, others: list[dict[str, Any]], expected: list[type]) -> None:
    assert behind(question(payer, other_coverage=others)) == expected


def test_a_card_comes_last_and_needs_the_drug_on_a_line_of_its_own() -> None:
    asked = question(other_coverage=[{"kind": "commercial"}], assistance=[{"program": WITHME}])
    assert behind(asked) == [SecondPlan, Card]
    one = case(asked)
    several = second_payers(one, one.decisions[0])
    assert drug_apart(several)
    assert not drug_apart(several[:1])


@pytest.mark.parametrize(
    ("payer", "inputs", "cards"),
    [
        ("aetna", {"other_coverage": [{"kind": "medicaid"}]}, []),
        ("medicare", {}, []),
        ("aetna", {"state": "MA"}, [WITHME]),
    ],
)
def test_no_help_beside_government_coverage_or_where_it_is_excluded(
    payer: str, inputs: dict[str, Any], cards: list[str]
) -> None:
    asked = question(payer, assistance=[{"program": WITHME}, {"program": OBSERVATION}], **inputs)
    one = case(asked)
    assert [programme.slug for programme, _ in usable_cards(one, one.decisions[0])] == cards
    assert rebates(one, one.decisions[0]) == []


def test_a_rebate_comes_after_the_visit_and_moves_no_number() -> None:
    asked = question(assistance=[{"program": OBSERVATION}])
    one = case(asked)
    ((programme, _),) = rebates(one, one.decisions[0])
    assert programme.slug == OBSERVATION
    assert behind(asked) == []
    assert not surely_open(programme, None)
    assert surely_open(programme, "CO")
    assert "rebate-later" in {each.kind for each in told(asked).notices}


def told(asked: Question) -> Answer:
    found = answer(CATALOGUE, asked, TODAY, id="", created_at="")
    assert isinstance(found, Answer)
    return found


@pytest.mark.parametrize(
    ("payer", "others", "pointer", "kind"),
    [
        ("medicare", [{"kind": "medigap", "plan": "F"}, {"kind": "medigap", "plan": "G"}], "1", "medigap-twice"),
        ("aetna", [{"kind": "qmb"}, {"kind": "qmb"}], "1", "coverage-twice"),
        ("medicare", [{"kind": "qmb"}, {"kind": "medicaid", "group": "slmb"}], "1/group", "dual-groups"),
        ("aetna", [{"kind": "tricare"}, {"kind": "tricare-for-life"}], "0", "tricare-and-for-life"),
    ],
)
def test_what_no_patient_has_is_refused(payer: str, others: list[dict[str, Any]], pointer: str, kind: str) -> None:
    asked = question(payer, other_coverage=others)
    assert [tuple(each) for each in contradictions(asked)] == [(f"/other_coverage/{pointer}", kind)]
    refused = estimate(CATALOGUE, asked, TODAY)
    assert isinstance(refused, Refusal)
    assert (refused.kind, refused.pointer) == ("impossible-question", f"/other_coverage/{pointer}")


def test_the_same_programme_twice_is_refused() -> None:
    refused = estimate(CATALOGUE, question(assistance=[{"program": WITHME}, {"program": WITHME}]), TODAY)
    assert isinstance(refused, Refusal)
    assert refused.pointer == "/assistance/0/program"


@pytest.mark.parametrize(
    ("payer", "others", "expected"),
    [
        ("aetna", [{"kind": "medigap", "plan": "G"}], ["medigap-not-used"]),
        ("aetna-ma", [{"kind": "medigap", "plan": "G"}], ["medigap-not-used"]),
        ("aetna", [{"kind": "qmb"}], ["qmb-not-used"]),
        ("aetna", [{"kind": "tricare-for-life"}], ["tricare-for-life-not-used"]),
        ("medicare", [{"kind": "medicare"}], ["medicare-not-used"]),
        ("medicare", [{"kind": "commercial"}], ["group-plan-order-open"]),
        ("medicare", [{"kind": "commercial", "facts": {"holder": "self"}}], ["group-plan-before-medicare"]),
        ("medicare", [{"kind": "commercial", "facts": {"active": False}}], []),
        ("champva", [{"kind": "medicare"}], ["payer-pays-last"]),
        ("tricare-west", [{"kind": "tricare"}, {"kind": "commercial"}], ["tricare-not-used", "payer-pays-last"]),
        ("co-medicaid", [{"kind": "medicaid"}, {"kind": "commercial"}], ["medicaid-not-used", "commercial-not-used"]),
        ("medicare", [{"kind": "medigap", "plan": "G"}, {"kind": "medicaid"}], ["medigap-beside-medicaid"]),
        ("medicare", [{"kind": "medigap", "plan": "G"}, {"kind": "medicaid", "group": "slmb"}], []),
    ],
)
def test_what_has_no_place_is_told_in_both_languages(
    payer: str, others: list[dict[str, Any]], expected: list[str]
) -> None:
    asked = question(payer, other_coverage=others)
    assert [kind for _, kind in kinds(asked)] == expected
    for lang in ("en", "es"):
        notices = {each.kind for each in told(msgspec.structs.replace(asked, lang=lang)).notices}
        assert set(expected) <= notices


@pytest.mark.parametrize(("letter", "closed"), [("F", True), ("C", True), ("G", False)])
def test_closed_letters_are_told(letter: str, closed: bool) -> None:
    asked = question("medicare", other_coverage=[{"kind": "medigap", "plan": letter}])
    assert ("medigap-closed" in {each.kind for each in told(asked).notices}) == closed


@pytest.mark.parametrize(
    ("group", "line", "accepts", "covers"),
    [
        ("full", "medicare", True, True),
        ("slmb-plus", "medicare", True, True),
        ("slmb", "medicare", True, False),
        ("qi", "medicare", None, False),
        (None, "medicare", True, None),
        (None, "medicare", False, False),
        (None, "aetna", True, True),
        ("slmb", "aetna", True, True),
    ],
)
def test_a_dual_group_decides_whether_medicaid_answers_for_the_share(
    group: str | None, line: LineOfBusiness, accepts: bool | None, covers: bool | None
) -> None:
    medicaid = {"kind": "medicaid", "group": group, "accepts_medicaid": accepts}
    one = case(question(line, other_coverage=[medicaid]))
    (payer,) = second_payers(one, one.decisions[0])
    assert payer == Medicaid(covers, exactly(0))


def test_two_known_plans_make_an_exact_estimate() -> None:
    """The first session leaves 1,240, of which the second plan pays 90% beyond its 500; it pays all of the next 508."""
    second = {"kind": "commercial", "method": "standard", "benefits": OTHER}
    found = answered(question(other_coverage=[second]))
    assert [visit.patient_pays for visit in found.main.visits] == [exactly(124_000 - 66_600), exactly(0)]
    assert found.headline.course == exactly(57_400)


def test_a_session_beyond_the_first_plans_visits_costs_a_share_of_what_the_second_plan_allows() -> None:
    """The clinic asks 1,600; the second plan allows 1,360 and pays 90% beyond its 500; 240 are written off."""
    second = {
        "kind": "commercial",
        "method": "standard",
        "benefits": OTHER,
        "allowed_per_session": {"low_cents": 136_000, "high_cents": 136_000},
    }
    asked = question(
        benefits=OWN | {"visit_limit": {"visits": 1, "used": 1}},
        prices={"cash_per_session": {"low_cents": 160_000, "high_cents": 160_000}},
        other_coverage=[second],
    )
    first, second_session = told(asked).sessions
    assert [first.patient_pays, second_session.patient_pays] == [exactly(50_000 + 8_600), exactly(13_600)]
    assert [line.write_off for line in first.lines] == [exactly(24_000)]


APART = OTHER | {"cost_shares": {"default": {"patient_share_bp": 1_000}, "visit": {"copay_cents": 3_000}}}


@pytest.mark.parametrize(
    "second",
    [
        {"kind": "medicare", "deductible_met_cents": 0},
        *(
            {"kind": "commercial", "method": method, "benefits": benefits} | more
            for method in METHODS
            for benefits in (OTHER, APART)
            for more in ({}, {"allowed_per_session": {"low_cents": 136_000, "high_cents": 136_000}})
        ),
    ],
)
@pytest.mark.parametrize("cash_cents", [90_000, 160_000])
def test_visits_whose_use_nobody_told_hold_what_the_second_payer_makes_of_any(
    second: dict[str, Any], cash_cents: int
) -> None:
    """Beyond the limit it sees a whole session at the clinic's price, and neither the plan's amount nor a visit."""

    def course(**used: int) -> Range:
        asked = question(
            benefits=OWN | {"visit_limit": {"visits": 2} | used},
            prices={
                "cash_per_session": {"low_cents": cash_cents, "high_cents": cash_cents},
                "allowed_per_session": {"low_cents": 110_000, "high_cents": 124_000},
                "visit_allowed_per_session": {"low_cents": 20_000, "high_cents": 20_000},
            },
            other_coverage=[second],
        )
        return told(asked).patient_pays.course

    several = [course(used=used) for used in (0, 1, 2)]
    open_use = course()
    assert open_use.low_cents <= min(each.low_cents for each in several)
    assert open_use.high_cents >= max(each.high_cents for each in several)


def test_medicare_behind_a_group_plan_makes_an_exact_estimate() -> None:
    """Of Medicare's 1,356.08 it pays 80% beyond 283, or 858.46; the patient's 1,240 of deductible lose that much."""
    found = answered(question(other_coverage=[{"kind": "medicare", "deductible_met_cents": 0}]))
    assert found.main.visits[0].patient_pays == exactly(124_000 - 85_846)


@pytest.mark.parametrize("visit", [{}, {"visit": {"copay_cents": 4_000}}])
def test_tricare_pays_all_that_medicare_leaves_though_a_plan_before_it_sets_drug_and_visit_apart(
    visit: dict[str, Any],
) -> None:
    """Medicare leaves 283 and a fifth of the rest of 1,356.08; TRICARE alone would pay far more than these 497.62."""
    terms = {"default": {"patient_share_bp": 2_000}, **visit}
    plan = {"kind": "commercial", "facts": {"active": False}, "benefits": OTHER | {"cost_shares": terms}}
    tricare = {"kind": "tricare", "deductible_met_cents": 0, "cap_met_cents": 0}
    for start_on, course in (("2026-12-01", {"kind": "sessions", "count": 2}), (None, None)):
        asked = question(
            "medicare",
            medicare_assignment="accepted",
            tricare={"plan": "select", "group": "b", "category": "retiree"},
            other_coverage=[tricare, plan],
            start_on=start_on,
            course=course,
        )
        assert answered(asked).headline.course == exactly(0)


def test_what_is_typical_lies_inside_where_a_plan_beside_medicare_and_tricare_sets_the_visit_apart() -> None:
    asked: dict[str, Any] = {
        "payer": "medicare",
        "treatment": "spravato",
        "tricare": {"group": "b", "category": "retiree"},
        "other_coverage": [{"kind": "tricare"}, {"kind": "commercial", "benefits": {"cost_shares": {"visit": {}}}}],
    }
    found = told(msgspec.convert(asked, Question))
    assert (found.typical.first_session_cents, found.typical.course_cents) == (0, 0)


@pytest.mark.parametrize("cash_cents", [109_000, 140_000, 160_000])
def test_what_the_clinic_writes_off_because_of_medicare_nobody_paid_before_tricare(cash_cents: int) -> None:
    """Medicare pays 535.67 and leaves 416.92; TRICARE alone would pay half of 952.59 beyond 300, whatever the charge.

    It may pay all that is below 115% of its amount and was not paid, which is more.
    """
    price = {"low_cents": cash_cents, "high_cents": cash_cents}
    asked = question(
        dose_mg=56,
        course={"kind": "sessions", "count": 1},
        network="out",
        benefits=OWN | {"deductible": {"none": True}, "cost_shares": {"default": {"patient_share_bp": 10_000}}},
        prices={"cash_per_session": price, "allowed_per_session": price},
        tricare={"plan": "prime", "group": "b", "category": "retiree", "referral": False},
        other_coverage=[
            {"kind": "medicare", "deductible_met_cents": 0},
            {"kind": "tricare", "deductible_met_cents": 0, "cap_met_cents": 0},
        ],
    )
    (line,) = answered(asked).main.visits[0].lines
    assert line.other_payers_pay == exactly(53_567 + 32_629)
    assert line.patient_pays == exactly(41_692 - 32_629)


def test_what_the_clinic_writes_off_because_of_a_second_plan_nobody_paid_before_medicare() -> None:
    """Its deductible leaves all of its 1,300; Medicare pays four fifths of its own amount, and one fifth is owed."""
    cash, second = ({"low_cents": cents, "high_cents": cents} for cents in (160_000, 130_000))
    plan = {
        "kind": "commercial",
        "method": "standard",
        "allowed_per_session": second,
        "benefits": OTHER | {"deductible": {"individual_cents": 200_000, "individual_met_cents": 0}},
    }
    asked = question(
        dose_mg=56,
        benefits=OWN | {"visit_limit": {"visits": 0, "used": 0}},
        prices={"cash_per_session": cash, "allowed_per_session": {"low_cents": 124_000, "high_cents": 124_000}},
        other_coverage=[plan, {"kind": "medicare", "deductible_met_cents": 28_300}],
    )
    (line,) = answered(asked).main.visits[0].lines
    assert line.other_payers_pay == exactly(76_207)
    assert line.patient_pays == exactly(19_052)


@pytest.mark.parametrize(
    ("third_cents", "method", "pays_cents", "left_cents"),
    [
        (120_000, "standard", 24_000, 0),
        (120_000, "non-duplication", 0, 24_000),
        (120_000, "maintenance-of-benefits", 12_000, 12_000),
        (140_000, "standard", 24_000, 0),
        (100_000, "standard", 4_000, 0),
    ],
)
def test_what_the_clinic_writes_off_because_of_a_second_plan_nobody_paid_before_a_third(
    third_cents: int, method: str, pays_cents: int, left_cents: int
) -> None:
    """Of 1,600 that the first plan leaves out the second allows 1,200 and pays 960; the third pays half.

    What the clinic may collect under both contracts is all that is allowable: of 1,000 there are 40 left.
    """
    none = {"none": True}
    cash, second, third = ({"low_cents": cents, "high_cents": cents} for cents in (160_000, 120_000, third_cents))
    terms = {"plan_year_start": "01-01", "deductible": none, "out_of_pocket_max": none}
    plans = [
        {
            "kind": "commercial",
            "method": how,
            "allowed_per_session": allowed,
            "benefits": terms | {"cost_shares": {"default": {"patient_share_bp": share_bp}}},
        }
        for how, allowed, share_bp in (("standard", second, 2_000), (method, third, 5_000))
    ]
    asked = question(
        dose_mg=84,
        course={"kind": "sessions", "count": 1},
        benefits=OWN | {"visit_limit": {"visits": 0, "used": 0}},
        prices={"cash_per_session": cash, "allowed_per_session": cash},
        other_coverage=plans,
    )
    (line,) = answered(asked).main.visits[0].lines
    assert line.other_payers_pay == exactly(96_000 + pays_cents)
    assert line.patient_pays == exactly(left_cents)


def test_what_is_typical_lies_inside_where_the_usual_order_sets_drug_and_visit_apart() -> None:
    """Together a fifth and what is charged beyond; apart, with the visit's amount open, more is held than can be."""
    benefits: dict[str, Any] = {"cost_shares": {"visit": {}}}
    asked = question(
        "medicare",
        dose_mg=56,
        start_on="2027-03-23",
        course={"kind": "sessions", "count": 5},
        prices={"cash_per_session": {"low_cents": 147_118, "high_cents": 147_118}},
        medicare_assignment="not-accepted",
        other_coverage=[{"kind": "commercial", "method": "maintenance-of-benefits", "benefits": benefits}],
    )
    found = told(asked)
    assert found.typical.course_cents <= found.patient_pays.course.high_cents


def test_beside_an_opted_out_clinician_tricare_for_life_allows_no_more_than_is_charged() -> None:
    """A fifth of 1,310.72, where it would allow 1,356.08."""
    prices = {"cash_per_session": {"low_cents": 131_072, "high_cents": 131_072}}
    asked = question("tricare-for-life", medicare_assignment="opted-out", prices=prices)
    (line,) = answered(asked).main.visits[0].lines
    assert (line.line.allowed, line.plan_pays, line.patient_pays) == tuple(map(exactly, (131_072, 26_214, 104_858)))


TOLD: tuple[tuple[str, dict[str, Any]], ...] = (
    ("other_coverage", {"kind": "commercial", "method": "non-duplication", "benefits": OTHER}),
    (
        "other_coverage",
        {"kind": "commercial", "method": "standard", "benefits": OTHER, "benefit_bank": True, "bank_cents": 5_000},
    ),
    ("other_coverage", {"kind": "medicare", "deductible_met_cents": 10_000}),
    ("other_coverage", {"kind": "medicaid", "accepts_medicaid": True}),
    ("other_coverage", {"kind": "medigap", "plan": "K", "met_cents": 780_000}),
    ("other_coverage", {"kind": "medigap", "plan": "G", "high_deductible": True, "met_cents": 200_000}),
    (
        "assistance",
        {
            "program": WITHME,
            "policy": "accumulator",
            "remaining_cents": 90_000,
            "yearly_limit_cents": 300_000,
            "per_fill_limit_cents": 60_000,
        },
    ),
)
"""Other coverage and assistance with everything told; each optional input of theirs may be taken away."""


def without(asked: dict[str, Any], *path: str) -> dict[str, Any]:
    first, *rest = path
    if rest:
        return asked | {first: without(asked[first], *rest)}
    return {key: value for key, value in asked.items() if key != first}


@pytest.mark.parametrize(("where", "told_of_it"), TOLD)
def test_knowing_less_never_narrows_the_estimate(where: str, told_of_it: dict[str, Any]) -> None:
    payer = "medicare" if told_of_it.get("kind") == "medigap" else "aetna"
    course = {"kind": "sessions", "count": 7}
    whole = msgspec.to_builtins(question(payer, **{where: [told_of_it], "course": course}))
    known = answered(msgspec.convert(whole, Question)).headline
    own = [key for key in told_of_it if key not in ("kind", "program", "plan", "high_deductible", "benefit_bank")]
    fewer = [whole | {where: [without(told_of_it, key)]} for key in own]
    fewer += [without(whole, name) for name in ("start_on", "course", "dose_mg", "state")]
    if payer == "aetna":
        fewer += [without(whole, "benefits", name) for name in ("plan_year_start", "deductible", "cost_shares")]
        fewer += [without(whole, "benefits"), without(whole, "network"), without(whole, "lane")]
    for less in fewer:
        open_ = answered(msgspec.convert(less, Question)).headline
        for one, other in zip(open_, known, strict=True):
            assert one.low_cents <= other.low_cents
            assert other.high_cents <= one.high_cents
