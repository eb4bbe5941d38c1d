"""Who the answer is about, whether they are covered, since when, and what the payer refused."""

from datetime import date

import pytest

from payers.eligibility.response import DatedFact, Member, Party, Rejection
from tests.payers.eligibility.messages_271 import (
    ACTIVE,
    KIM,
    PAT,
    PAYER,
    PROVIDER,
    answer,
    member,
    message,
    odd,
    odd_rows,
    only,
    transaction,
)

INACTIVE = "EB*6**30"


def members(*segments: str) -> tuple[Member, ...]:
    return only(message(*transaction(*PAYER, *PROVIDER, *segments))).members


def reasons(rejections: tuple[Rejection, ...]) -> list[tuple[str, str | None, int | None]]:
    return [(each.loop, each.reason, each.after_benefit) for each in rejections]


@pytest.mark.parametrize(
    ("segments", "status", "scope"),
    [
        ([ACTIVE], "active", None),
        (["EB*5**30"], "active", None),
        (["EB*1"], "active", None),
        (["EB*1**35"], "active", None),
        (["EB*1**MH^30"], "active", None),
        ([INACTIVE], "inactive", None),
        (["EB*8"], "inactive", None),
        (["EB*1**MH"], "active", "service types only"),
        (["EB*6**MH"], "inactive", "service types only"),
        (["EB*1**MH", "EB*6**98"], "active", "service types only"),
        (["EB*6**30", "EB*1**MH"], "inactive", None),
        (["AAA*N**72*C"], "rejected", None),
        (["AAA*N**72*C", "EB*C*IND*30***23*500"], "rejected", None),
        ([], "unknown", None),
        (["EB*C*IND*30***23*500"], "unknown", None),
        (["EB*U**30"], "unknown", None),
        (["EB*V**30"], "unknown", None),
        ([ACTIVE, INACTIVE], "conflict", None),
        ([ACTIVE, "EB*1**30**ANOTHER", INACTIVE], "conflict", None),
    ],
)
def test_the_status(segments: list[str], status: str, scope: str | None) -> None:
    found = member(*segments)
    assert (found.status, found.status_scope) == (status, scope)
    assert only(answer(*segments)).status == status


def test_a_conflict_tells_no_dates() -> None:
    found = member("DTP*346*D8*20260101", ACTIVE, INACTIVE)
    assert (found.coverage_start, found.coverage_end, found.plan_name) == (None, None, "SANDBOX PPO")


def test_a_past_period_beside_an_active_one_is_no_conflict() -> None:
    found = member(ACTIVE, "DTP*346*D8*20260101", INACTIVE, "DTP*346*D8*20240101", "DTP*347*D8*20251231")
    assert (found.status, found.coverage_start, found.coverage_end) == ("active", date(2026, 1, 1), None)


def test_one_insurance_active_and_another_not_is_no_conflict() -> None:
    found = member("EB*6**30*MB", "EB*1**30*MA", "DTP*307*D8*19890801")
    assert (found.status, found.insurance_type) == ("active", "MA")
    assert member("EB*6**30*MB", "EB*1**30*MA").status == "active"
    assert member("EB*6**30*MB", "EB*1**30").status == "conflict"


@pytest.mark.parametrize("segments", [["AAA*Y**42*C", ACTIVE], [ACTIVE, "AAA*Y**42*C"], [INACTIVE, "AAA*N**33*C"]])
def test_a_status_and_a_rejection_are_an_incomplete_answer(segments: list[str]) -> None:
    found = member(*segments)
    assert found.incomplete
    assert found.status in {"active", "inactive"}
    assert not member(ACTIVE).incomplete
    assert not member("AAA*N**72*C").incomplete


@pytest.mark.parametrize(
    ("dates", "start", "end"),
    [
        (["DTP*346*D8*20260101", "DTP*347*D8*20261231"], date(2026, 1, 1), date(2026, 12, 31)),
        (["DTP*356*D8*20260101", "DTP*357*D8*20261231"], date(2026, 1, 1), date(2026, 12, 31)),
        (["DTP*307*RD8*20260101-20261231"], date(2026, 1, 1), date(2026, 12, 31)),
        (["DTP*291*RD8*20260101-20261231"], date(2026, 1, 1), date(2026, 12, 31)),
        (["DTP*307*D8*20260101"], date(2026, 1, 1), None),
        (["DTP*356*D8*20200101", "DTP*346*D8*20260101"], date(2026, 1, 1), None),
        (["DTP*346*D8*20260101", "DTP*346*D8*20200101"], date(2026, 1, 1), None),
        (["DTP*346*D8*20260101", "DTP*347*D8*99991231"], date(2026, 1, 1), None),
        (["DTP*307*RD8*20260101-99991231"], date(2026, 1, 1), None),
        (["DTP*346*DT*202601010830"], date(2026, 1, 1), None),
        (["DTP*291*D8*20261201"], None, None),
        (["DTP*291*RD8*20261201-20261201"], None, None),
        (["DTP*307*RD8*20261201-20261201"], None, None),
        (["DTP*348*D8*20260101", "DTP*349*D8*20261231"], None, None),
        ([], None, None),
    ],
)
def test_since_when(dates: list[str], start: date | None, end: date | None) -> None:
    found = member(*dates, ACTIVE)
    assert (found.coverage_start, found.coverage_end) == (start, end)
    assert len(found.dates) == len(dates)


def test_the_dates_of_the_status_row_count_before_those_of_the_member() -> None:
    found = member("DTP*346*D8*20200101", ACTIVE, "DTP*346*D8*20260101")
    assert (found.coverage_start, found.dates) == (
        date(2026, 1, 1),
        (DatedFact(qualifier="346", date=date(2020, 1, 1)),),
    )
    assert member("DTP*346*D8*20200101", ACTIVE, "DTP*292*D8*20260101").coverage_start == date(2020, 1, 1)
    assert member(ACTIVE, "DTP*291*D8*20260101").coverage_start == date(2026, 1, 1)


def test_no_status_tells_no_dates() -> None:
    assert member("DTP*346*D8*20260101", "EB*C*IND*30").coverage_start is None


def test_everything_about_a_person() -> None:
    [found] = members(
        "HL*3*2*22*0",
        "TRN*2*93175-012547*9877281234*desk",
        "NM1*IL*1*SAMPLE*PAT*Q**JR*MI*SBX0001",
        "REF*6P*G-77*SANDBOX GROUP",
        "REF*18*PLAN-1",
        "N3*1 MAIN ST",
        "N4*DENVER*CO*80202",
        "PER*IC**TE*3035550100",
        "DMG*D8*19800131*F",
        "INS*Y*18",
        "HI*ABK:F332",
        "MPI*A*B*C",
        "DTP*291*D8*20261201",
    )
    assert found == Member(
        level="subscriber",
        is_patient=True,
        segment=9,
        last_name="SAMPLE",
        first_name="PAT",
        middle_name="Q",
        suffix="JR",
        member_id="SBX0001",
        member_id_qualifier="MI",
        birth_date=date(1980, 1, 31),
        gender="F",
        relationship="18",
        dates=(DatedFact(qualifier="291", date=date(2026, 12, 1)),),
        refs=(("6P", "G-77", "SANDBOX GROUP"), ("18", "PLAN-1")),
        traces=(("2", "93175-012547", "9877281234"),),
        state="CO",
    )


def test_the_patient_is_the_dependent_where_there_is_one() -> None:
    other = ("HL*5*2*22*0", "NM1*IL*1*OTHER*ALEX****MI*SBX0002")
    last = (
        "HL*6*2*22*1",
        "NM1*IL*1*THIRD*SAM",
        "HL*7*6*23*0",
        "NM1*QC*1*THIRD*ANN",
        "HL*8*6*23*0",
        "NM1*03*1*THIRD*LEE",
    )
    found = members(*PAT, *KIM, *other, *last)
    assert [(each.first_name, each.level, each.is_patient) for each in found] == [
        ("PAT", "subscriber", False),
        ("KIM", "dependent", True),
        ("ALEX", "subscriber", True),
        ("SAM", "subscriber", False),
        ("ANN", "dependent", True),
        ("LEE", "dependent", True),
    ]
    answered = only(message(*transaction(*PAYER, *PROVIDER, *PAT, *KIM, *other, *last)))
    assert [each.first_name for each in answered.patients] == ["KIM", "ALEX", "ANN", "LEE"]


def test_each_member_keeps_their_own() -> None:
    pat, kim = members(*PAT, "EB*6**30", "REF*18*P", *KIM, "DTP*346*D8*20260101", ACTIVE, "MSG*of Kim")
    assert (pat.status, kim.status) == ("inactive", "active")
    assert (pat.coverage_start, kim.coverage_start) == (None, date(2026, 1, 1))
    assert [each.n for each in (*pat.benefits, *kim.benefits)] == [1, 1]
    assert kim.benefits[0].messages == ("of Kim",)


def test_payer_and_provider() -> None:
    found = only(message(*transaction(*PAYER, "HL*2*1*21*1", "NM1*1P*1*JONES*MARCUS****XX*1999999984", *PAT)))
    assert found.payer == Party(name="SANDBOX HEALTH", id_qualifier="PI", id="SBX01")
    assert found.provider == Party(name="JONES", first="MARCUS", id_qualifier="XX", id="1999999984")
    assert (found.reference, found.st02, found.st03, found.gs08) == (
        "6f1c2a9e",
        "0001",
        "005010X279A1",
        "005010X279A1",
    )


def test_another_provider_may_have_asked_about_others() -> None:
    other = ("HL*5*1*21*1", "NM1*1P*2*HILL CLINIC*****XX*1999999984", "HL*6*5*22*0", "NM1*IL*1*OTHER*ALEX")
    text = message(*transaction(*PAYER, *PROVIDER, *PAT, ACTIVE, *other))
    assert [each.first_name for each in only(text).members] == ["PAT", "ALEX"]
    assert only(text).provider.name == "HILL CLINIC"
    assert odd(text) == []


SEVEN = {
    "2000A": ("HL*1**20*1", "AAA*Y**42*Y", "NM1*PR*2*SANDBOX HEALTH", *PROVIDER, *PAT),
    "2100A": (*PAYER, "AAA*Y**42*Y", *PROVIDER, *PAT),
    "2100B": (*PAYER, *PROVIDER, "AAA*Y**42*Y", *PAT),
    "2100C": (*PAYER, *PROVIDER, *PAT, "AAA*Y**42*Y"),
    "2110C": (*PAYER, *PROVIDER, *PAT, ACTIVE, "EB*B*IND*98", "AAA*Y**42*Y"),
    "2100D": (*PAYER, *PROVIDER, *PAT, *KIM, "AAA*Y**42*Y"),
    "2110D": (*PAYER, *PROVIDER, *PAT, *KIM, ACTIVE, "EB*B*IND*98", "AAA*Y**42*Y", "MSG*try later"),
}


@pytest.mark.parametrize("loop", SEVEN)
def test_a_rejection_at_each_of_its_seven_places(loop: str) -> None:
    found = only(message(*transaction(*SEVEN[loop])))
    [rejection] = [*found.rejections, *(each for one in found.members for each in one.rejections)]
    assert (rejection.loop, rejection.reason, rejection.follow_up, rejection.valid_request) == (loop, "42", "Y", "Y")
    assert rejection.after_benefit == (2 if loop.startswith("2110") else None)
    assert (rejection.who_acts, rejection.again, rejection.retry) == ("system", "later", False)
    assert bool(found.rejections) == (loop in {"2000A", "2100A", "2100B"})
    assert found.status == ("active" if loop.startswith("2110") else "rejected")


def test_a_rejection_belongs_among_the_rows_where_it_stands() -> None:
    found = member(ACTIVE, "AAA*Y**52*C", "MSG*still of the first row", "EB*B*IND*98", "AAA*N**70*C")
    assert reasons(found.rejections) == [("2110C", "52", 1), ("2110C", "70", 2)]
    assert [each.messages for each in found.benefits] == [("still of the first row",), ()]


def test_a_rejection_further_up_is_about_everybody_below() -> None:
    of_payer = only(message(*transaction("HL*1**20*1", "AAA*Y**42*C", *PROVIDER, *PAT, *KIM)))
    assert [each.status for each in of_payer.members] == ["rejected", "rejected"]
    pat, kim = members(*PAT, "AAA*N**72*C", *KIM)
    assert (pat.status, kim.status, kim.rejections) == ("rejected", "rejected", ())
    assert [each.status for each in members(*PAT, *KIM)] == ["unknown", "unknown"]
    pat, kim = members(*PAT, *KIM, "AAA*N**58*C")
    assert (pat.status, kim.status) == ("unknown", "rejected")
    _, alex = members(*PAT, "AAA*N**72*C", "HL*5*2*22*0", "NM1*IL*1*OTHER*ALEX", ACTIVE)
    assert (alex.status, alex.incomplete) == ("active", False)


def test_an_answer_without_members() -> None:
    assert only(message(*transaction(*PAYER, "AAA*Y**42*C"))).status == "rejected"
    assert only(message(*transaction(*PAYER, *PROVIDER))).status == "unknown"
    assert only(message(*transaction())).members == ()


def test_a_rejection_without_a_reason_is_one() -> None:
    assert member("AAA*N").status == "rejected"
    assert odd_rows("AAA*N") == [(1, "A rejection (AAA) has no reason.")]


@pytest.mark.parametrize(
    ("segments", "told"),
    [
        ((*PAYER, *PROVIDER, ACTIVE), [(9, "A benefit row stands outside any member; it was given to a subscriber.")]),
        ((*PAYER, *PROVIDER, *PAT[1:]), [(9, "A member comes without a level (HL) of their own.")]),
        ((*PAYER, *PROVIDER, *PAT, *KIM[1:]), [(12, "A member comes without a level (HL) of their own.")]),
        ((*PAYER, *PROVIDER, *PAT, "NM1*PR*2*X"), [(12, "The member has two names; the first one was kept.")]),
        ((*PAYER, *PROVIDER, *KIM), [(9, "A dependent comes before any subscriber.")]),
        ((*PAYER, "HL*2*1*19*1", "NM1*XX*2*WHO"), [
            (7, "The level (HL03) is not one of a 271."),
            (8, "Nobody knows whose name this is."),
        ]),
        ((*PAYER, "DMG*D8*19800131"), [(7, "This segment stands outside any member; it was not read.")]),
        ((*PAYER, "EQ*30"), [(7, "This segment is no part of a 271.")]),
        ((*PAYER, *PROVIDER, *PAT, "EQ*30"), [(12, "This segment could not be read.")]),
        ((*PAYER, *PROVIDER, *PAT, "DTP*346*D8*tomorrow"), [(12, "This segment could not be read.")]),
        ((*PAYER, *PROVIDER, "HL*3*2*22*0", "DMG*D8*1980"), [(9, "The member's birth date could not be read.")]),
    ],
)  # fmt: skip
def test_what_is_odd_is_told_with_its_segment(segments: tuple[str, ...], told: list[tuple[int, str]]) -> None:
    assert odd(message(*transaction(*segments))) == told


def test_people_without_levels_are_kept_apart() -> None:
    pat, kim = members(*PAT[1:], "REF*18*P", *KIM[1:], ACTIVE)
    assert (pat.first_name, pat.birth_date, pat.is_patient) == ("PAT", date(1980, 1, 31), False)
    assert (kim.first_name, kim.birth_date, kim.level, kim.status) == ("KIM", date(2011, 2, 28), "dependent", "active")
    pat, alex = members(*PAT, "NM1*IL*1*OTHER*ALEX****MI*SBX0002", "DMG*D8*19700101*F")
    assert (pat.birth_date, alex.birth_date) == (date(1980, 1, 31), date(1970, 1, 1))


def test_a_message_without_any_level() -> None:
    found = only(message(*transaction(PAYER[1], PROVIDER[1], "AAA*Y**51*C", *PAT[1:], ACTIVE)))
    assert (found.payer.id, found.provider.id) == ("SBX01", "1234567893")
    assert reasons(found.rejections) == [("2100B", "51", None)]
    assert [(each.first_name, each.incomplete) for each in found.members] == [("PAT", True)]
