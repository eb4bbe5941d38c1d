"""What a session is billed as, priced with the rates on file: the sum of its codes, or a range that says what lacks."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.clinic import ClinicLayer, ContractedRate, SitePrice
from payers.catalogue.load import load_release
from payers.cost_share.money import Range, share_of
from payers.estimate import answer
from payers.estimate.answer import Answer
from payers.estimate.question import Question
from payers.rates.on_file import Multiple, OnFile, Pin, Recorded
from payers.rates.rate import Rate, Source
from tests.payers.rates.real import on_file, rate, source

RELEASE = load_release()
TODAY = date(2026, 11, 23)
SPRAVATO = {
    "treatment": "spravato",
    "dose_mg": 84,
    "indication": "trd",
    "authorization": "approved",
    "network": "in",
    "lane": "medical",
    "start_on": "2026-12-01",
    "course": {"kind": "sessions", "count": 2},
    "benefits": {"plan_year_start": "01-01"},
}
COMPONENTS = (rate("J0013", 1_500), rate("99215", 18_000), rate("99417", 3_100))


def asked(rates: OnFile, clinic: ClinicLayer | None = None, **more: Any) -> Answer:
    question = msgspec.convert({"payer": "aetna"} | SPRAVATO | more, Question)
    catalogue = Catalogue(RELEASE, clinic or ClinicLayer(), rates)
    told = answer(catalogue, question, TODAY, id="", created_at="")
    assert isinstance(told, Answer), told
    return told


def price(told: Answer) -> tuple[str, int, int]:
    return told.price.basis, told.price.per_session.low_cents, told.price.per_session.high_cents


def reasons(told: Answer) -> dict[str, str]:
    return {reason.id: reason.sentence for reason in told.reasons if reason.id.startswith("rate-")}


def test_without_rates_nothing_changes() -> None:
    without = asked(on_file())
    assert price(without)[0] == "published-range"
    assert asked(on_file((source(payer="cigna"), COMPONENTS))).price == without.price
    assert Catalogue(RELEASE).version == Catalogue(RELEASE, ClinicLayer(), on_file()).version


def test_drug_by_the_milligram_visit_and_the_time_beyond_it_add_up() -> None:
    told = asked(on_file((source(payer="aetna"), COMPONENTS)))
    drug, visit, prolonged = 84 * 1_500, 18_000, 5 * 3_100
    assert price(told) == ("payer-file", drug + visit, drug + visit + prolonged)
    assert {citation.title.split(";")[0] for citation in told.price.citations} == {
        "2026-11-01_file.json.gz, 2026-11-01"
    }
    assert "the payer's own price file" in told.price.sentence
    said = reasons(told)
    assert said["rate-payer-file"] == (
        "J0013 x 84: the payer's price file says that it pays this clinic $1,260 "
        "(2026-11-01_file.json.gz, November 1, 2026; network: Choice)."
    )
    (reason,) = [each for each in told.reasons if each.id == "rate-payer-file"]
    assert (reason.origin, reason.verified_on, reason.age_days) == ("payer", date(2026, 11, 1), 22)


def test_the_range_is_narrower_than_without_and_the_patient_pays_within_the_old_one() -> None:
    before = asked(on_file()).patient_pays.course
    after = asked(on_file((source(payer="aetna"), COMPONENTS))).patient_pays.course
    assert after.width_cents < before.width_cents


def test_the_bundle_prices_the_whole_session_of_a_payer_that_takes_it() -> None:
    told = asked(on_file((source(payer="uhc"), [rate("G2082", 99_000), rate("G2083", 140_000)])), payer="uhc")
    assert price(told) == ("payer-file", 140_000, 140_000)


def test_a_payer_with_rates_of_its_own_for_one_way_is_billed_that_way() -> None:
    both = [rate("G2083", 140_000), rate("99215", 18_000), rate("CSTM-00", 5_000)]
    assert price(asked(on_file((source(payer="uhc"), both)), payer="uhc")) == ("payer-file", 140_000, 140_000)
    others = [rate("CSTM-00", 5_000), rate("99215", 18_000)]
    told = asked(on_file((source(payer="aetna"), others)))
    assert "no rate is on file for J0013" in told.price.sentence


def test_a_dose_that_is_open_holds_the_codes_of_each() -> None:
    rates = on_file((source(payer="uhc"), [rate("G2082", 99_000), rate("G2083", 140_000)]))
    assert price(asked(rates, payer="uhc", dose_mg=None)) == ("payer-file", 99_000, 140_000)


def test_a_dose_whose_code_has_no_rate_leaves_the_published_range_and_is_named() -> None:
    told = asked(on_file((source(payer="uhc"), [rate("G2082", 99_000)])), payer="uhc", dose_mg=None)
    basis, low_cents, high_cents = price(told)
    assert (basis, high_cents) == ("published-range", 160_000)
    assert low_cents <= 99_000
    assert "no rate is on file for G2083" in told.price.sentence


def test_a_needed_line_without_a_rate_leaves_the_published_range_and_is_named() -> None:
    told = asked(on_file((source(payer="aetna"), [rate("J0013", 1_700)])))
    assert price(told) == ("published-range", 84 * 1_700, 160_000)
    assert "no rate is on file for 99215" in told.price.sentence
    assert "rate-missing" in reasons(told)
    assert any("2026-11-01_file" in citation.title for citation in told.price.citations)


def test_time_that_no_rate_prices_leaves_the_top_open() -> None:
    told = asked(on_file((source(payer="aetna"), COMPONENTS[:2])))
    assert price(told) == ("published-range", 84 * 1_500 + 18_000, 160_000)
    assert "no rate is on file for 99415, 99416, 99417" in told.price.sentence


def test_the_code_of_the_day_is_priced_and_its_successor_is_another() -> None:
    old = [rate("S0013", 1_400), *COMPONENTS[1:]]
    before = asked(on_file((source(payer="aetna"), old)), start_on="2025-12-01")
    assert price(before)[:2] == ("payer-file", 84 * 1_400 + 18_000)
    assert price(asked(on_file((source(payer="aetna"), old))))[0] == "published-range"


@pytest.mark.parametrize(
    ("better", "basis"),
    [
        ({"prices": {"allowed_per_session": {"low_cents": 1, "high_cents": 1}}}, "request"),
        ({}, "contracted-rate"),
    ],
)
def test_what_somebody_said_of_this_plan_goes_first(better: dict[str, Any], basis: str) -> None:
    contract = ContractedRate(id="r", payer="aetna", treatment="spravato", allowed_cents=130_000)
    told = asked(on_file((source(payer="aetna"), COMPONENTS)), ClinicLayer(rates=(contract,)), **better)
    assert told.price.basis == basis


def test_own_remittances_go_before_the_file_and_the_weakest_line_names_the_price() -> None:
    claims = source("835", "remittance", "aetna")
    allowed = [rate("J0013", 112_345, kind="allowed", units=84, serviced_on="2026-11-02")]
    file = source(payer="aetna")
    told = asked(on_file((claims, allowed), (file, COMPONENTS)))
    assert price(told)[:2] == ("payer-file", 112_345 + 18_000)
    every = [rate(each, 10_000, kind="allowed", serviced_on="2026-11-02") for each in ("99215", "99417")]
    assert price(asked(on_file((claims, allowed + every), (file, COMPONENTS))))[0] == "own-remittances"


def test_outside_the_network_nothing_on_file_holds() -> None:
    out: dict[str, Any] = {"network": "out"}
    assert asked(on_file((source(payer="aetna"), COMPONENTS)), **out).price == asked(on_file(), **out).price


def test_what_a_law_sets_and_what_payers_need_not_publish_is_left_alone() -> None:
    medicare: dict[str, Any] = {"payer": "medicare", "network": None, "lane": None}
    rates = [rate("G2083", 1_000)]
    assert price(asked(on_file((source(payer="medicare"), rates)), **medicare))[0] == "medicare-fee"
    advantage: dict[str, Any] = {"payer": "aetna-ma", "lane": None}
    assert price(asked(on_file((source(payer="aetna-ma"), rates)), **advantage))[0] == "medicare-fee"
    hospital = source(kind="hospital-file", payer="aetna-ma")
    assert price(asked(on_file((hospital, rates)), **advantage)) == ("hospital-file", 1_000, 1_000)


def test_a_percentage_is_of_the_clinics_own_price_for_the_session() -> None:
    percent = [rate("G2083", None, kind="percentage", percent_bp=6_000)]
    file = source(payer="uhc")
    own = ClinicLayer(prices=(SitePrice(id="own", treatment="spravato", price_cents=150_000),))
    assert price(asked(on_file((file, percent)), own, payer="uhc")) == ("payer-file", 90_000, 90_000)
    assert price(asked(on_file((file, percent)), payer="uhc"))[0] == "published-range"


@pytest.mark.parametrize(
    ("lang", "told_by", "few", "how_far"),
    [
        (
            "en",
            "half came to at most $1,400, and eight in ten lay within $1,100 to $1,900.",
            "number: 1 to 10",
            "is not told.",
        ),
        ("es", "a lo sumo a $1,400, y ocho de cada diez quedaron en el rango de", "cantidad: 1 a 10", "No se indica"),
    ],
)
def test_a_hospitals_median_is_held_as_far_as_claims_varied_and_is_the_usual_case(
    lang: str, told_by: str, few: str, how_far: str
) -> None:
    hospital = source("charges", kind="hospital-file", payer="uhc")
    median: dict[str, Any] = {"kind": "median", "billing_class": "institutional", "remittances": "1 through 10"}
    spread = {"percentile_10_cents": 110_000, "percentile_90_cents": 190_000}
    there: dict[str, Any] = {"payer": "uhc", "place_of_service": "22", "lang": lang}
    told = asked(on_file((hospital, [rate("G2083", 140_000, **median, **spread)])), **there)
    assert price(told) == ("hospital-file", 110_000, 190_000)
    said = reasons(told)["rate-median"]
    assert told_by in said
    assert f"plan: Choice; {few}" in said
    assert "rate-several" not in reasons(told)
    (usual,) = [each for each in told.unknowns if each.name == "allowed_per_session"]
    assert "1,400" in (usual.typical or "")
    alone = asked(on_file((hospital, [rate("G2083", 140_000, **median)])), **there)
    assert price(alone) == ("hospital-file", 140_000, 140_000)
    assert how_far in reasons(alone)["rate-median-alone"]


def test_several_networks_are_a_range_and_the_answer_says_so() -> None:
    several = [rate("G2083", 140_000), rate("G2083", 150_000, networks=("PPO",))]
    told = asked(on_file((source(payer="uhc"), several)), payer="uhc")
    assert price(told) == ("payer-file", 140_000, 150_000)
    assert "nothing tells which holds: $1,400 to $1,500" in reasons(told)["rate-several"]
    assert {title.title.split("; ")[1] for title in told.price.citations} == {"Choice", "PPO"}


def limits(*others: tuple[Source, Sequence[Rate]], percent_bp: int | None = 14_000) -> OnFile:
    """Aetna's file, made-up limits of two quarters for a milligram of J0013, and a share that is assumed of Aetna."""
    quarters = ((date(2026, 7, 1), "2026-09-30", 133_744), (date(2026, 10, 1), "2026-12-31", 140_000))
    asp = tuple(
        (
            replace(
                source(f"asp-{begins}", "medicare-asp", name=f"ASP {begins}.csv"), payer=None, last_updated_on=begins
            ),
            [rate("J0013", cents, units=100, kind="fee schedule", expires_on=ends, networks=())],
        )
        for begins, ends, cents in quarters
    )
    several = (*others, *asp)
    taken = (Multiple(id="1", payer="aetna", percent_bp=percent_bp, valid_from=date(2026, 1, 1)),)
    recorded = Recorded(sources=tuple(each for each, _ in several), multiples=taken)
    return OnFile(recorded, {each.id: rates for each, rates in several})


VISIT = (source(payer="aetna"), COMPONENTS[1:])
ONCE: dict[str, Any] = {"course": {"kind": "sessions", "count": 1}}


@pytest.mark.parametrize(
    ("on", "limit_cents", "key"),
    [
        ("2026-09-30", 133_744, "rate-medicare-multiple"),
        ("2026-10-01", 140_000, "rate-medicare-multiple"),
        ("2026-12-31", 140_000, "rate-medicare-multiple"),
        ("2027-01-01", 140_000, "rate-medicare-multiple-ended"),
    ],
)
def test_a_drug_without_a_rate_is_the_assumed_share_of_medicares_limit_of_the_quarter(
    on: str, limit_cents: int, key: str
) -> None:
    told = asked(limits(VISIT), start_on=on, **ONCE)
    drug = share_of(84 * limit_cents, 14_000) // 100
    basis, low_cents, high_cents = price(told)
    assert (basis, high_cents - low_cents) == ("medicare-multiple", 5 * 3_100)
    assert abs(low_cents - 18_000 - drug) <= 1
    assert "140% of" in reasons(told)[key]
    (reason,) = [each for each in told.reasons if each.id == key]
    assert (reason.origin, "ASP 2026" in reason.citations[0].title) == ("assumed", True)
    assert asked(limits(VISIT), start_on=on, lang="es", **ONCE).price.per_session == told.price.per_session


def test_a_course_across_quarters_has_the_limit_of_each() -> None:
    told = asked(limits(VISIT), start_on=None, course={"kind": "dates", "dates": ["2026-09-29", "2026-10-02"]})
    drugs = [share_of(84 * cents, 14_000) // 100 for cents in (133_744, 140_000)]
    _, low_cents, high_cents = price(told)
    assert abs(low_cents - 18_000 - drugs[0]) <= 1
    assert abs(high_cents - 18_000 - 5 * 3_100 - drugs[1]) <= 1
    assert {each.partition(".")[0] for each in reasons(told)} >= {"rate-medicare-multiple"}


def test_medicares_limit_prices_nothing_else() -> None:
    assert "rate-missing" in reasons(asked(limits(VISIT), start_on="2026-06-30", **ONCE))
    assert "rate-missing" in reasons(asked(limits(VISIT, percent_bp=None)))
    assert price(asked(limits((source(payer="aetna"), COMPONENTS))))[0] == "payer-file"
    assert price(asked(limits())) == ("medicare-multiple", 189_851, 189_851)
    medicare: dict[str, Any] = {"payer": "medicare", "network": None, "lane": None}
    assert asked(limits(VISIT), **medicare).price == asked(on_file(), **medicare).price


NETWORKS = on_file(
    (source(payer="uhc"), [rate("G2083", 140_000), rate("G2083", 150_000, networks=("PPO",))]),
)


def test_the_network_that_is_named_is_priced_by_its_own_rate() -> None:
    told = asked(NETWORKS, payer="uhc", plan_network="ppo")
    assert price(told) == ("payer-file", 150_000, 150_000)
    assert "go first" in reasons(told)["rate-rule-network"]
    assert "rate-other-networks" not in reasons(told)
    assert asked(NETWORKS, payer="uhc", plan="Choice").price.per_session.high_cents == 140_000
    assert not [each for each in told.notices if each.kind in ("plan-network-unknown", "inputs-not-used")]
    assert asked(NETWORKS, payer="uhc", plan_network="ppo", lang="es").price.per_session == told.price.per_session


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.builds(
            rate,
            st.sampled_from(["J0013", "99215", "99417", "CSTM-00"]),
            st.integers(1_000, 2_000),
            networks=st.sampled_from([(), ("Choice",), ("PPO",), ("Choice", "PPO")]),
            matched_by=st.sampled_from(["tin", "npi"]),
            kind=st.sampled_from(["negotiated", "derived"]),
            expires_on=st.sampled_from([None, "2026-11-30"]),
        ),
        max_size=8,
    ),
    st.sampled_from(["Choice", "PPO", "HMO"]),
    st.booleans(),
)
def test_an_answer_holds_what_naming_any_network_would_leave_of_it(rates: list[Rate], name: str, assumed: bool) -> None:
    file = limits((source(payer="aetna"), rates), percent_bp=14_000 if assumed else None)
    wide, narrow = (asked(file, plan_network=told).patient_pays for told in (None, name))
    for of in ("first_session", "typical_session", "course"):
        assert getattr(wide, of).low_cents <= getattr(narrow, of).low_cents
        assert getattr(wide, of).high_cents >= getattr(narrow, of).high_cents


def test_several_networks_are_asked_about_with_what_the_answer_is_worth() -> None:
    told = asked(NETWORKS, payer="uhc")
    (question,) = [each for each in told.unknowns if each.name == "plan_network"]
    assert "Choice; PPO" in question.question
    named = [asked(NETWORKS, payer="uhc", plan_network=name) for name in ("Choice", "PPO")]
    assert question.worth_cents > 0
    assert question.typical == "the rates of the network Choice"
    course = told.patient_pays.course
    assert all(course.low_cents <= each.patient_pays.course.low_cents for each in named)
    assert all(course.high_cents >= each.patient_pays.course.high_cents for each in named)
    assert not [each for answer in named for each in answer.unknowns if each.name == "plan_network"]
    assert "Choice; PPO" in next(
        each.question for each in asked(NETWORKS, payer="uhc", lang="es").unknowns if each.name == "plan_network"
    )


@pytest.mark.parametrize("lang", ["en", "es"])
def test_a_network_that_no_file_names_changes_nothing_and_is_answered_with_those_on_file(lang: str) -> None:
    told = asked(NETWORKS, payer="uhc", plan_network="Navigate", lang=lang)
    assert told.price.per_session == asked(NETWORKS, payer="uhc").price.per_session
    (notice,) = [each for each in told.notices if each.kind == "plan-network-unknown"]
    assert ("Navigate" in notice.text, "Choice; PPO" in notice.text) == (True, True)
    assert "Navigate" in reasons(told)["rate-other-networks"]
    without = asked(on_file(), payer="uhc", plan_network="Navigate", lang=lang)
    assert [each.kind for each in without.notices if each.kind in ("plan-network-unknown", "inputs-not-used")] == [
        "inputs-not-used"
    ]


def test_a_service_beside_the_sessions_has_its_rate_too() -> None:
    hospital = source(kind="hospital-file", payer="aetna-ma")
    asking: dict[str, Any] = {"payer": "aetna-ma", "lane": None, "services": {"evaluation": True}}
    asking["benefits"] = {
        "deductible": {"individual_cents": 0},
        "out_of_pocket_max": {"individual_cents": 500_000, "individual_met_cents": 0},
        "cost_shares": {"visit": {"patient_share_bp": 2_000}, "default": {"patient_share_bp": 2_000}},
    }
    rates = [rate("G2083", 100_000), rate("90792", 21_000), rate("90791", 19_000)]
    (evaluation,) = asked(on_file((hospital, rates)), **asking).services
    assert evaluation.patient_pays == Range(low_cents=3_800, high_cents=4_200)


def test_in_a_pharmacys_lane_only_the_visit_has_the_payers_rate() -> None:
    told = asked(
        on_file((source(payer="aetna"), COMPONENTS)),
        lane="pharmacy",
        benefits={"cost_shares": {"visit": {"copay_cents": 0}}},
    )
    visits = [line.allowed for line in told.sessions[0].lines if line.component == "visit"]
    assert [(each.low_cents, each.high_cents) for each in visits] == [(18_000, 18_000 + 5 * 3_100)]
    assert told.price.basis == "published-range"


def test_without_any_rate_the_share_of_medicares_fee_that_the_clinic_assumes_stands_in() -> None:
    taken = tuple(
        Multiple(id=id, payer="aetna", percent_bp=percent_bp, valid_from=date(2026, month, 1))
        for id, month, percent_bp in (("1", 1, 12_000), ("2", 12, 15_000), ("3", 12, 14_000))
    )
    rates = OnFile(Recorded(multiples=taken), {})
    fee_cents = 135_608  # G2083 in 2026, the nation
    told = asked(rates)
    assert price(told) == ("medicare-multiple", 189_851, 189_851)
    assert share_of(fee_cents, 14_000) == 189_851
    assert "is an assumption" in told.price.sentence
    (reason,) = [each for each in told.reasons if each.id == "allowed-medicare-multiple"]
    assert (reason.origin, "assumes 140% of Medicare's amount" in reason.sentence) == ("assumed", True)
    assert price(asked(rates, start_on="2026-11-20", course={"kind": "sessions", "count": 1}))[1] == 162_730
    ended = Recorded(multiples=(*taken, Multiple(id="4", payer="aetna", valid_from=date(2026, 12, 1))))
    assert price(asked(OnFile(ended, {})))[0] == "published-range"
    file = source(payer="aetna")
    whole = OnFile(Recorded(sources=(file,), multiples=taken), {file.id: COMPONENTS})
    assert price(asked(whole))[0] == "payer-file"
    assert price(asked(rates, payer="medicare", network=None, lane=None))[0] == "medicare-fee"


@pytest.mark.parametrize("begins", [date(2027, 1, 1), date(2027, 3, 1)])
def test_a_start_that_nobody_told_may_find_another_rate_chosen_for_the_visit(begins: date) -> None:
    """The drug costs nothing and the visit all that is allowed for it: 180.00 until somebody chose 300.00."""
    rates = (*COMPONENTS, rate("99215", 30_000))
    chosen = tuple(
        Pin(id=str(ordinal), payer="aetna", code="99215", source_id="file", ordinal=ordinal, valid_from=since)
        for ordinal, since in ((1, date(2026, 11, 1)), (3, begins))
    )
    none = {"none": True}
    shares = {"drug": {"patient_share_bp": 0}, "visit": {"patient_share_bp": 10_000}}
    plan = {"plan_year_start": "01-01", "deductible": none, "out_of_pocket_max": none, "cost_shares": shares}
    several = (on_file((source(payer="aetna"), rates), pins=chosen), None)
    one = {"course": {"kind": "sessions", "count": 1}, "benefits": plan}
    wide, today, then = (
        asked(*several, **one, start_on=day).patient_pays.course for day in (None, "2026-12-01", f"{begins}")
    )
    assert (then.low_cents - today.low_cents, then.high_cents - today.high_cents) == (12_000, 12_000)
    assert wide == Range(low_cents=today.low_cents, high_cents=then.high_cents)


def test_a_share_of_the_charge_is_held_of_every_price_that_may_be_asked() -> None:
    """Half of 1,000 at one site and of 2,000 at the other."""
    prices = tuple(
        SitePrice(id=site, site=site, treatment="spravato", price_cents=cents)
        for site, cents in (("denver", 100_000), ("boulder", 200_000))
    )
    half = rate("G2083", None, kind="percentage", percent_bp=5_000)
    several = (on_file((source(payer="uhc"), [half])), ClinicLayer(prices=prices))
    here, there, anywhere = (price(asked(*several, payer="uhc", site=site))[1:] for site in ("denver", "boulder", None))
    assert "$500 to $1,000" in reasons(asked(*several, payer="uhc"))["rate-payer-file"]
    assert (here, there, anywhere) == ((50_000, 50_000), (100_000, 100_000), (50_000, 100_000))
