"""What to bill: every set that is proposed passes the claim check, and what it forbids beside it does not."""

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any, get_args

import msgspec
import pytest

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.identity import resolve
from payers.catalogue.load import load_release
from payers.catalogue.model import Payer
from payers.catalogue.vocabulary import Lane, LineOfBusiness, Treatment
from payers.claims.check import check
from payers.claims.claim import Claim, ClaimCheck, ClaimLine
from payers.estimate import answer
from payers.estimate.answer import Answer
from payers.estimate.billing_answer import BilledLine, BillingAnswer
from payers.estimate.case import Case
from payers.estimate.codes import SUPPLIERS, Desk, desk_of, proposals
from payers.estimate.question import Language, Question
from payers.estimate.tell_codes import told

CATALOGUE = Catalogue(load_release())
TODAY = date(2026, 11, 23)
DAYS = (date(2024, 3, 9), date(2025, 12, 31), date(2026, 1, 1), date(2027, 6, 1))
PLACES = (None, "11", "22", "10")
LANES: tuple[Lane, ...] = get_args(Lane)
TREATMENTS: tuple[Treatment, ...] = get_args(Treatment)
OBSERVED_BEYOND_THE_VISIT = 80
LINES: list[tuple[Payer, LineOfBusiness]] = [
    (payer, line) for payer in CATALOGUE.release.payers for line in payer.lines_of_business
]


def plans(payer: Payer) -> list[str | None]:
    ruled = {rule.plan for rule in CATALOGUE.release.rules if rule.payer == payer.slug}
    return [None, *sorted(plan for plan in ruled if plan)]


def sets(payer: Payer, line: LineOfBusiness, **more: Any) -> Iterator[tuple[Question, Desk, BillingAnswer]]:
    """Every set of one payer, with the question and the day that it answers."""
    for plan in plans(payer):
        for treatment in TREATMENTS:
            asked = {"payer": payer.slug, "treatment": treatment, "line_of_business": line, "plan": plan, **more}
            question = msgspec.convert(asked, Question)
            for day in DAYS:
                case = Case(CATALOGUE, msgspec.structs.replace(question, start_on=day), payer, TODAY)
                for lane in LANES:
                    desk = desk_of(case, case.decisions[0], lane, day)
                    for proposal in proposals(desk):
                        yield question, desk, told(desk, proposal, "en")


def lines_of(told_lines: tuple[BilledLine, ...]) -> tuple[ClaimLine, ...]:
    """The set as a claim, with what only the clinic knows filled in."""
    return tuple(
        ClaimLine(
            code=each.code,
            units=each.units,
            ndc=each.ndc_11 or ("42023-0115-10" if "ndc" in each.needs else None),
            narrative="ketamine 40 mg" if "narrative" in each.needs else None,
        )
        for each in told_lines
    )


def errors(question: Question, desk: Desk, found: BillingAnswer, lines: tuple[ClaimLine, ...]) -> list[str]:
    minutes = OBSERVED_BEYOND_THE_VISIT if question.treatment == "spravato" else None
    claim = Claim(
        payer=question.payer,
        date_of_service=desk.day,
        lines=lines,
        place_of_service=found.place_of_service,
        line_of_business=question.line_of_business,
        plan=question.plan,
        dose_mg=question.dose_mg,
        new_patient=False,
        minutes=minutes,
        drug_source=SUPPLIERS[desk.lane],
    )
    checked = check(CATALOGUE, claim, TODAY)
    assert isinstance(checked, ClaimCheck)
    return [f"{each.line} {each.kind}" for each in checked.findings if each.severity == "error"]


def is_itself(payer: Payer, day: date) -> bool:
    """Whether the name leads to this payer on the day, and not to a successor."""
    return resolve(CATALOGUE, payer.slug, day, None).payer == payer.slug


@pytest.mark.parametrize(("payer", "line"), LINES, ids=[f"{payer.slug}, {line}" for payer, line in LINES])
def test_every_set_passes_the_claim_check(payer: Payer, line: LineOfBusiness) -> None:
    for place in PLACES:
        for question, desk, found in sets(payer, line, place_of_service=place):
            if not found.lines or not is_itself(payer, desk.day):
                continue
            for group in ((), *found.one_of):
                assert errors(question, desk, found, lines_of((*found.lines, *group))) == [], found


@pytest.mark.parametrize(("payer", "line"), LINES, ids=[f"{payer.slug}, {line}" for payer, line in LINES])
def test_what_it_forbids_beside_it_fails_the_claim_check(payer: Payer, line: LineOfBusiness) -> None:
    for question, desk, found in sets(payer, line):
        if desk.day == date(2026, 1, 1) and found.lines and is_itself(payer, desk.day):
            for code in found.never_with:
                extra = ClaimLine(code=code, units=84 if code == "J0013" else 1)
                for group in found.one_of or ((),):
                    lines = (*lines_of((*found.lines, *group)), extra)
                    if errors(question, desk, found, lines):
                        break
                else:
                    pytest.fail(f"{code} beside {found.lines}")


def test_a_treatment_with_codes_has_a_set_for_every_payer_on_every_day() -> None:
    for payer, line in LINES:
        found = {(question.plan, question.treatment, desk.lane, desk.day) for question, desk, _ in sets(payer, line)}
        for plan in plans(payer):
            for day in DAYS:
                assert {(plan, "spravato", lane, day) for lane in LANES} <= found
                assert {(plan, each, "medical", day) for each in ("iv-ketamine", "im-ketamine")} <= found


def test_every_dose_in_every_lane_has_a_set_with_the_kit_that_holds_it() -> None:
    units = {56: ("50458-0028-02", "2 devices"), 84: ("50458-0028-03", "3 devices")}
    for payer, line in LINES:
        for dose, (kit, devices) in units.items():
            found = [each for *_, each in sets(payer, line, dose_mg=dose) if each.lane == "medical" and each.lines]
            assert found
            for each in found:
                for billed in each.lines:
                    if billed.ndc_11:
                        assert billed.ndc_11 == kit
                        assert devices in (billed.product or "")
                        assert billed.units == (1 if billed.component == "session" else dose)


@cache
def answered(lang: Language = "en", **asked: Any) -> Answer:
    question = msgspec.convert({"treatment": "spravato", "lang": lang} | asked, Question)
    found = answer(CATALOGUE, question, TODAY, id="", created_at="")
    assert isinstance(found, Answer)
    return found


def gist(found: Answer) -> list[tuple[int, int, int | None, str | None, str]]:
    """First and last session, dose, lane, and the lines as `code x units`."""
    return [
        (each.sessions[0], each.sessions[-1], each.dose_mg, each.lane, _written(each.lines))
        for each in found.billing
        if each.visit == "session"
    ]


def _written(lines: tuple[BilledLine, ...]) -> str:
    return ", ".join(f"{each.code} x {each.units}" for each in lines)


def test_the_drug_code_changes_inside_a_course() -> None:
    found = answered(payer="Aetna", dose_mg=84, lane="medical", start_on="2025-12-20")
    assert gist(found) == [
        (1, 4, 84, "medical", "S0013 x 84, 99215 x 1"),
        (5, 12, 84, "medical", "J0013 x 84, 99215 x 1"),
    ]
    assert [each.on for each in found.sessions][3:5] == [date(2025, 12, 30), date(2026, 1, 3)]
    billed = found.billing[1]
    assert [_written(group) for group in billed.one_of] == ["99415 x 1, 99416 x 1", "99417 x 5"]
    assert (billed.basis, billed.confidence) == ("listed", "low")
    assert {"G2082", "G2083", "96372"} <= set(billed.never_with)
    assert billed.lines[0].optional_modifiers == ("JZ",)
    assert billed.citations


def test_medicare_has_one_code_and_nothing_beside_it() -> None:
    found = answered(payer="Medicare", start_on="2026-03-02", place_of_service="22")
    assert gist(found) == [(1, 12, 56, "medical", "G2082 x 1"), (1, 12, 84, "medical", "G2083 x 1")]
    billed = found.billing[2]
    assert (billed.basis, billed.place_of_service, billed.one_of) == ("payer", "22", ())
    assert {"99215", "99415", "99416", "99417", "G2212", "J0013", "G2082", "96365"} <= set(billed.never_with)
    assert billed.lines[0].optional_modifiers == ("KX",)
    assert any("the hospital bills separately" in note for note in billed.notes)


def test_a_new_patient_is_evaluated_first() -> None:
    evaluation = answered(payer="Medicare", start_on="2026-03-02").billing[0]
    assert (evaluation.visit, evaluation.sessions, evaluation.lines) == ("evaluation", (), ())
    assert [_written(group) for group in evaluation.one_of] == ["90792 x 1", "99204 x 1", "99205 x 1"]
    assert "G2083" in evaluation.never_with


def test_from_a_specialty_pharmacy_the_clinic_bills_the_visit_alone() -> None:
    found = answered(payer="Aetna", lane="pharmacy", start_on="2026-03-02")
    assert gist(found) == [(1, 12, None, "pharmacy", "99215 x 1")]
    assert found.billing[1].sessions == tuple(range(1, 13))
    billed = found.billing[1]
    assert {"J0013", "G2082", "G2083"} <= set(billed.never_with)
    assert "The specialty pharmacy bills the drug" in billed.notes[0]


def test_where_lane_dose_and_style_are_open_every_set_is_told() -> None:
    found = answered(payer="UnitedHealthcare", start_on="2026-03-02")
    assert gist(found) == [
        (1, 12, 56, "medical", "J0013 x 56, 99215 x 1"),
        (1, 12, 56, "medical", "G2082 x 1"),
        (1, 12, 84, "medical", "J0013 x 84, 99215 x 1"),
        (1, 12, 84, "medical", "G2083 x 1"),
        (1, 12, None, "pharmacy", "99215 x 1"),
    ]


def test_codes_that_are_not_on_file_are_the_usual_ones_by_name() -> None:
    found = answered(payer="kaiser-co", dose_mg=84, lane="medical", start_on="2026-03-02")
    assert {each.basis for each in found.billing[1:]} == {"usual"}
    assert "not on file" in found.billing[1].sentence


def test_a_medicaid_region_pays_no_drug() -> None:
    found = answered(payer="colorado-access", dose_mg=84, start_on="2026-03-02")
    assert gist(found) == [(1, 12, None, "medical", "99215 x 1"), (1, 12, 84, "medical", "G2083 x 1")]
    assert "Bill the drug to Health First Colorado" in found.billing[1].notes[0]
    assert "J0013" in found.billing[1].never_with


@pytest.mark.parametrize(
    ("minutes", "further"),
    [(None, ["96366 x None"]), (90, []), (91, ["96366 x 1"]), (150, ["96366 x 1"]), (151, ["96366 x 2"])],
)
def test_a_long_drip_has_further_hours(minutes: int | None, further: list[str]) -> None:
    found = answered(payer="Medicare", treatment="iv-ketamine", start_on="2026-03-02", session_minutes=minutes)
    assert gist(found)[0][4] == "96365 x 1, J3490 x 1"
    assert [_written(group) for group in found.billing[1].one_of] == further
    assert set(found.billing[1].lines[1].needs) == {"ndc", "narrative"}
    assert found.billing[1].lines[1].optional_modifiers == ("GA", "GY", "GZ")


def test_an_injection_has_its_own_code_and_a_drug_is_not_given_from_home() -> None:
    found = answered(payer="self-pay", treatment="im-ketamine", start_on="2026-03-02", place_of_service="10")
    assert gist(found)[0][4] == "96372 x 1, J3490 x 1"
    assert found.billing[1].basis == "self-pay"
    assert found.billing[1].place_of_service is None
    assert any("not by telehealth" in note for note in found.billing[1].notes)


def test_a_treatment_without_codes_says_so() -> None:
    found = answered(payer="self-pay", treatment="oral-ketamine", start_on="2026-03-02")
    assert (found.billing[1].basis, found.billing[1].lines, found.billing[1].one_of) == ("no-code", (), ())


def test_every_session_has_a_set_and_both_languages_tell_it() -> None:
    for payer in ("Aetna", "Medicare", "colorado-access", "self-pay", "va-ccn", "humana"):
        english, spanish = (
            answered(lang, payer=payer, line_of_business=None, state="CO", start_on="2025-12-20")
            for lang in ("en", "es")
        )
        assert {number for each in english.billing for number in each.sessions} == {
            each.number for each in english.sessions
        }
        for first, second in zip(english.billing, spanish.billing, strict=True):
            assert first.sentence != second.sentence
            assert len(first.notes) == len(second.notes)
            assert set(first.notes).isdisjoint(second.notes)
            assert [each.label for each in first.lines] != [each.label for each in second.lines] or not first.lines
