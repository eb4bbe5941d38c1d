"""The rates that price a line: each rule by a table, and laws that hold whatever is on file."""

from datetime import UTC, date, datetime
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from payers.cost_share.money import Range
from payers.rates.choose import Choice, Line, cents_of, choose
from payers.rates.on_file import Candidate, OnFile, Pin, Recorded
from payers.rates.rate import Rate, Source, SourceKind

ON = date(2026, 12, 1)
LINE = Line("G2083", ON)
FILE = Source(
    id="file",
    kind="payer-file",
    payer="uhc",
    name="2026-11-01_choice.json.gz",
    last_updated_on=date(2026, 11, 1),
    content_sha256="0" * 64,
    imported_at=datetime(2026, 11, 20, tzinfo=UTC),
)
REMITTANCE = replace(FILE, id="remittance", kind="remittance", name="835.txt", last_updated_on=date(2026, 11, 10))
HOSPITAL = replace(FILE, id="hospital", kind="hospital-file", name="standardcharges.csv")


def rate(cents: int = 100_000, **fields: Any) -> Rate:
    plain = {"source_id": "file", "code_type": "HCPCS", "code": "G2083", "kind": "negotiated", "amount_cents": cents}
    return msgspec.convert(plain | {"billing_class": "professional"} | fields, Rate, strict=False)


def of(*rates: Rate, source: Source = FILE) -> list[Candidate]:
    return [Candidate(each, source) for each in rates]


def chosen(*rates: Rate, line: Line = LINE) -> Choice:
    return choose(line, of(*rates))


def amount(choice: Choice) -> tuple[int, int] | None:
    return choice.amount and (choice.amount.low_cents, choice.amount.high_cents)


@pytest.mark.parametrize(
    ("rule", "better", "worse"),
    [
        ("fee-for-service", {}, {"arrangement": "bundle"}),
        ("fee-for-service", {}, {"arrangement": "capitation"}),
        ("code-set", {}, {"code_type": "LOCAL"}),
        ("code-set", {}, {"code_type": "RC"}),
        ("exact-code", {}, {"code": "CSTM-00", "code_type": "CSTM-ALL"}),
        ("price", {}, {"kind": "per diem"}),
        ("price", {}, {"kind": "percentage", "amount_cents": None, "percent_bp": 4_000}),
        ("price", {}, {"amount_cents": 0}),
        ("modifier-fits", {}, {"modifiers": ["26"]}),
        ("place-fits", {}, {"places_of_service": ["21", "22"]}),
        ("place-fits", {"places_of_service": ["11", "22"]}, {"billing_class": "institutional"}),
        ("place-fits", {"places_of_service": ["CSTM-00"]}, {"setting": "inpatient"}),
        ("tin", {"matched_by": "tin"}, {"matched_by": "npi"}),
        ("in-force", {"expires_on": "2026-12-01"}, {"expires_on": "2026-11-30"}),
        ("kind", {"kind": "negotiated"}, {"kind": "derived"}),
        ("kind", {"kind": "fee schedule"}, {"kind": "derived"}),
        ("kind", {"kind": "median"}, {"kind": "derived"}),
        ("fee-schedule", {"kind": "fee schedule"}, {"kind": "negotiated"}),
    ],
)
def test_a_rule_leaves_the_better_rate(rule: str, better: dict[str, Any], worse: dict[str, Any]) -> None:
    choice = chosen(rate(50_000, **worse), rate(90_000, **better))
    assert amount(choice) == (90_000, 90_000)
    assert [(step.rule, step.left, step.of) for step in choice.steps if step.left < step.of] == [(rule, 1, 2)]


@pytest.mark.parametrize(
    "alone",
    [
        {"code": "CSTM-00", "code_type": "CSTM-ALL"},
        {"matched_by": "npi"},
        {"kind": "derived"},
        {"expires_on": "2024-12-31"},
        {"modifiers": ["00"]},
        {"places_of_service": ["11"]},
        {"billing_class": "both", "setting": "both"},
        {"setting": "outpatient"},
    ],
)
def test_what_is_only_weaker_still_prices_when_nothing_better_is_there(alone: dict[str, Any]) -> None:
    assert amount(chosen(rate(70_000, **alone))) == (70_000, 70_000)


@pytest.mark.parametrize(
    "alone",
    [
        {"arrangement": "bundle"},
        {"kind": "per diem"},
        {"amount_cents": 0},
        {"code_type": "LOCAL"},
        {"modifiers": ["26"]},
        {"billing_class": "institutional"},
        {"setting": "inpatient"},
        {"places_of_service": ["21"]},
        {"kind": "percentage", "amount_cents": None, "percent_bp": 4_000},
    ],
)
def test_what_cannot_price_the_line_leaves_it_without_an_amount(alone: dict[str, Any]) -> None:
    choice = chosen(rate(**alone))
    assert (choice.amount, choice.left) == (None, ())
    assert any(step.left == 0 < step.of for step in choice.steps)


def test_an_exact_code_that_has_no_price_is_not_priced_as_any_other_code() -> None:
    per_day, others = rate(kind="per diem"), rate(40_000, code="CSTM-00", code_type="CSTM-ALL")
    assert chosen(per_day, others).amount is None


def test_what_any_other_code_pays_is_no_price_of_a_milligram() -> None:
    others = rate(5_000, code="CSTM-00", code_type="CSTM-ALL")
    assert amount(chosen(others, line=Line("J0013", ON, 84))) is None
    assert amount(chosen(others, line=Line("99215", ON))) == (5_000, 5_000)


def test_modifiers_that_change_no_amount_are_none() -> None:
    assert amount(chosen(rate(1_000, modifiers=["25"]), rate(2_000, modifiers=["JZ", "kx"]))) == (1_000, 2_000)


def test_a_modifier_of_the_claim_goes_before_none() -> None:
    telehealth = LINE._replace(modifiers=frozenset({"95"}))
    several = rate(1_000), rate(2_000, modifiers=["95"]), rate(3_000, modifiers=["95", "26"])
    assert amount(chosen(*several, line=telehealth)) == (2_000, 2_000)
    assert amount(chosen(*several)) == (1_000, 1_000)


def test_the_place_of_the_visit_decides() -> None:
    office, facility = rate(1_000, places_of_service=["11"]), rate(2_000, places_of_service=["19", "22"])
    assert amount(chosen(office, facility)) == (1_000, 1_000)
    assert amount(chosen(office, facility, line=LINE._replace(place_of_service="22"))) == (2_000, 2_000)


def test_a_hospitals_institutional_amounts_are_for_its_departments() -> None:
    charge = rate(1_000, billing_class="institutional")
    for place, source, priced in (("22", HOSPITAL, True), ("11", HOSPITAL, False), ("22", FILE, False)):
        choice = choose(LINE._replace(place_of_service=place), of(charge, source=source))
        assert bool(choice.amount) is priced


def test_a_percentage_is_of_the_clinics_own_charge_and_comes_last() -> None:
    percentage = rate(kind="percentage", amount_cents=None, percent_bp=4_050)
    charged = LINE._replace(charge_cents=150_001)
    assert amount(chosen(percentage, line=charged)) == (60_750, 60_750)
    assert amount(chosen(percentage, rate(9_000, kind="derived"), line=charged)) == (9_000, 9_000)


def test_different_amounts_are_a_range_and_equal_ones_are_one() -> None:
    choice, ppo = ({"networks": [name], "group": name} for name in ("Choice", "PPO"))
    assert amount(chosen(rate(1_000, **choice), rate(1_500, **ppo), rate(1_500, **choice))) == (1_000, 1_500)
    assert amount(chosen(rate(1_000, **choice), rate(1_000, **ppo))) == (1_000, 1_000)


def test_a_fee_schedule_replaces_only_the_negotiated_amount_of_its_own_contract() -> None:
    several = (
        rate(1_000, group="1", kind="fee schedule"),
        rate(1_200, group="1"),
        rate(1_500, group="2"),
    )
    assert amount(chosen(*several)) == (1_000, 1_500)


def test_a_median_is_what_the_middle_eight_of_ten_claims_came_to() -> None:
    spread = {"kind": "median", "percentile_10_cents": 600, "percentile_90_cents": 1_500}
    choice = chosen(rate(1_000, **spread))
    assert (amount(choice), choice.median_cents, choice.differ) == ((600, 1_500), 1_000, False)
    assert amount(chosen(rate(1_000, **spread, units=10), line=LINE._replace(units=2))) == (120, 300)
    alone = chosen(rate(1_000, kind="median"))
    assert (amount(alone), alone.median_cents) == ((1_000, 1_000), 1_000)
    agreed = chosen(rate(1_000, **spread), rate(900))
    assert (amount(agreed), agreed.median_cents) == ((900, 900), None)
    plans = chosen(rate(1_000, **spread, networks=["HMO"]), rate(1_200, **spread, networks=["PPO"]))
    assert (amount(plans), plans.median_cents, plans.differ) == ((600, 1_500), None, True)
    assert plans.by_network == {}


def test_the_better_evidence_goes_first() -> None:
    allowed = of(rate(1_000, kind="allowed", serviced_on="2026-11-10"), source=REMITTANCE)
    published, hospital = of(rate(2_000)), of(rate(3_000), source=HOSPITAL)
    for several, cents in (
        (allowed + published + hospital, 1_000),
        (published + hospital, 2_000),
        (hospital, 3_000),
    ):
        assert amount(choose(LINE, several)) == (cents, cents)


def test_a_claim_of_more_than_a_year_ago_says_less_than_a_file_of_this_month() -> None:
    old = of(rate(1_000, kind="allowed", serviced_on="2025-11-30"), source=REMITTANCE)
    assert amount(choose(LINE, [*old, *of(rate(2_000))])) == (2_000, 2_000)
    alone = choose(LINE, old)
    assert (amount(alone), alone.stale) == ((1_000, 1_000), True)


def test_the_newest_claims_count() -> None:
    days = ("2026-11-10", "2026-08-12", "2026-08-11")
    claims = [rate(1_000 + n, kind="allowed", serviced_on=day) for n, day in enumerate(days)]
    assert amount(choose(LINE, of(*claims, source=REMITTANCE))) == (1_000, 1_001)


def test_an_expired_rate_alone_is_used_and_called_stale() -> None:
    assert chosen(rate(expires_on="2024-12-31")).stale
    assert not chosen(rate(expires_on="2026-12-01")).stale
    assert not chosen(rate()).stale


def test_units_are_multiplied_before_anything_is_rounded() -> None:
    drug = rate(133_744, code="J0013", units=100)
    assert cents_of(Line("J0013", ON, 84), drug) == 112_345  # 13.3744 x 84 = 1,123.4496
    assert cents_of(Line("J0013", ON, 1), rate(5, code="J0013", units=10)) == 1  # half a cent is rounded up


def test_what_somebody_chose_goes_before_every_rule() -> None:
    def pin(id: str, day: int, ordinal: int | None) -> Pin:
        source_id = None if ordinal is None else "file"
        return Pin(
            id=id, payer="uhc", code="G2083", source_id=source_id, ordinal=ordinal, valid_from=date(2026, 12, day)
        )

    recorded = Recorded(sources=(FILE,), pins=(pin("3", 5, None), pin("2", 1, 1), pin("1", 1, 0)))
    on_file = OnFile(recorded, {"file": [rate(1_000), rate(2_000, matched_by="npi")]})
    for day, cents in ((date(2026, 11, 30), 1_000), (date(2026, 12, 1), 2_000), (date(2026, 12, 5), 1_000)):
        line = LINE._replace(on=day)
        choice = choose(line, on_file.candidates("uhc", "G2083"), on_file.pinned("uhc", "G2083", day))
        assert amount(choice) == (cents, cents)
        assert bool(choice.pin) == (cents == 2_000)


def test_the_citation_names_file_date_network_and_what_was_chosen() -> None:
    choice = chosen(rate(networks=["Choice", "Open"], expires_on="2026-12-31"), rate(networks=["Choice", "Open"]))
    (found,) = choice.behind
    assert found.sources == ("2026-11-01_choice.json.gz, 2026-11-01; Choice, Open; G2083 negotiated",)
    assert (found.verified_on, found.review_by) == (date(2026, 11, 1), date(2026, 12, 31))


def test_the_network_that_is_named_prices_the_line() -> None:
    several = (rate(1, networks=["Choice"]), rate(2, networks=["PPO", "Open"]), rate(3))

    def named(name: str | None, *rates: Rate) -> tuple[int, int] | None:
        return amount(chosen(*rates, line=LINE._replace(network=name)))

    assert named(None, *several) == (1, 3)
    assert named("choice", *several) == (1, 1)
    assert named(" open ", *several) == (2, 2)
    assert named("HMO", *several) == (3, 3)
    assert named("HMO", *several[:2]) == (1, 2)
    found = [chosen(*several[:2], line=LINE._replace(network=name)) for name in ("HMO", "Open", None)]
    assert [each.of_other_networks for each in found] == [True, False, False]
    assert [[*each.by_network] for each in found] == [["Choice", "PPO", "Open"], [], ["Choice", "PPO", "Open"]]


def test_the_contract_of_one_network_does_not_go_before_anothers() -> None:
    expired = rate(2, networks=["PPO"], kind="derived", expires_on="2026-11-30")
    several = (rate(1, networks=["Choice"]), expired)
    assert amount(chosen(*several)) == (1, 2)
    assert chosen(*several).stale
    assert amount(chosen(*several, line=LINE._replace(network="PPO"))) == (2, 2)
    assert not chosen(*several, line=LINE._replace(network="Choice")).stale


def test_a_pinned_rate_holds_whatever_the_network() -> None:
    pin = Pin(id="p", payer="uhc", code="G2083", source_id="file", ordinal=0, valid_from=date(2026, 1, 1))
    (of_choice, of_ppo) = of(rate(1, networks=["Choice"]), rate(2, networks=["PPO"]))
    choice = choose(LINE._replace(network="PPO"), [of_choice, of_ppo], (pin, of_choice))
    assert (amount(choice), choice.of_other_networks) == ((1, 1), True)


RATES = st.builds(
    rate,
    st.integers(0, 5),
    code=st.sampled_from(["G2083", "CSTM-00"]),
    code_type=st.sampled_from(["CPT", "HCPCS", "LOCAL"]),
    arrangement=st.sampled_from(["ffs", "ffs", "ffs", "bundle"]),
    kind=st.sampled_from(["negotiated", "fee schedule", "derived", "per diem"]),
    modifiers=st.sampled_from([[], [], ["26"]]),
    matched_by=st.sampled_from(["tin", "npi"]),
    expires_on=st.sampled_from([None, "2025-12-31", "2027-12-31"]),
    places_of_service=st.sampled_from([[], ["11"], ["22"], ["CSTM-00"]]),
    billing_class=st.sampled_from(["professional", "institutional", "both"]),
    setting=st.sampled_from([None, "inpatient", "outpatient"]),
    group=st.sampled_from(["1", "2"]),
    networks=st.sampled_from([[], ["Choice"], ["PPO"], ["Choice", "PPO"], ["Choice, Inc."]]),
)
CANDIDATES = st.lists(st.builds(Candidate, RATES, st.sampled_from([FILE, HOSPITAL])), max_size=8)
IRRELEVANT = st.sampled_from(
    [
        {"arrangement": "bundle"},
        {"arrangement": "capitation"},
        {"code_type": "LOCAL"},
        {"modifiers": ["26"], "code": "CSTM-00", "code_type": "CSTM-ALL", "arrangement": "bundle"},
    ]
)


@given(CANDIDATES, st.randoms())
def test_the_order_means_nothing(candidates: list[Candidate], random: Any) -> None:
    shuffled = cast("list[Candidate]", random.sample(candidates, len(candidates)))
    one, other = choose(LINE, candidates), choose(LINE, shuffled)
    assert (one.amount, one.steps, one.stale) == (other.amount, other.steps, other.stale)
    assert {*map(id, one.left)} == {*map(id, other.left)}


@given(CANDIDATES)
def test_the_amount_lies_within_what_is_on_file(candidates: list[Candidate]) -> None:
    choice = choose(LINE, candidates)
    several = [each.rate.amount_cents for each in candidates if each.rate.amount_cents]
    if choice.amount:
        assert min(several) <= choice.amount.low_cents <= choice.amount.high_cents <= max(several)
        assert choice.amount == Range(
            low_cents=min(cents_of(LINE, each.rate) for each in choice.left),
            high_cents=max(cents_of(LINE, each.rate) for each in choice.left),
        )
    assert all(each in candidates for each in choice.left)


@given(CANDIDATES, IRRELEVANT, st.sampled_from([FILE, HOSPITAL]))
def test_a_rate_that_prices_nothing_changes_nothing(
    candidates: list[Candidate], fields: dict[str, Any], source: Source
) -> None:
    irrelevant = Candidate(rate(9, **fields), source)
    assert choose(LINE, [*candidates, irrelevant]).amount == choose(LINE, candidates).amount


@given(CANDIDATES, st.sampled_from(["Choice", "PPO", "nobody's"]))
def test_naming_the_network_takes_from_what_is_left_and_adds_nothing(candidates: list[Candidate], name: str) -> None:
    open_, named = choose(LINE, candidates), choose(LINE._replace(network=name), candidates)
    assert {*map(id, named.left)} <= {*map(id, open_.left)}
    assert bool(named.left) == bool(open_.left)


@given(CANDIDATES)
def test_what_is_left_is_all_of_one_kind_of_evidence(candidates: list[Candidate]) -> None:
    kinds: set[SourceKind] = {each.source.kind for each in choose(LINE, candidates).left}
    assert len(kinds) <= 1


@given(CANDIDATES, st.dates(date(2024, 1, 1), date(2030, 1, 1)), st.dates(date(2025, 1, 1), date(2028, 1, 1)))
def test_from_a_turn_on_the_same_is_chosen(candidates: list[Candidate], day: date, pinned_on: date) -> None:
    rates = [each.rate for each in candidates]
    pin = Pin(id="p", payer="uhc", code="G2083", source_id="file", ordinal=0, valid_from=pinned_on)
    on_file = OnFile(Recorded(sources=(FILE,), pins=(pin,) if rates else ()), {"file": rates})

    def told(on: date) -> Choice:
        line = LINE._replace(on=on)
        choice = choose(line, on_file.candidates("uhc", "G2083"), on_file.pinned("uhc", "G2083", on))
        return choice._replace(line=LINE)

    since = on_file.since("uhc", "G2083", day)
    assert since <= day
    assert told(since) == told(day)
