"""The services beside the sessions: visits of the same ledger, each with its own coverage."""

from typing import Any, get_args

import msgspec
from hypothesis import assume, given
from hypothesis import strategies as st

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.clinic import ClinicFee, ClinicLayer, ServicePrice
from payers.catalogue.vocabulary import GOVERNMENT_LINES, ServiceKind
from payers.cost_share.money import ZERO, Range, exactly
from payers.estimate import answer
from payers.estimate.answer import Answer
from payers.estimate.estimate import Refusal
from payers.estimate.question import Question
from tests.payers.estimate.test_laws import CATALOGUE, LAW, REMOVABLE, TODAY, present, questions, without

PRICES: dict[ServiceKind, tuple[str, int, int]] = {
    "evaluation": ("90792", 20_208, 30_000),
    "preparation": ("90837", 16_700, 20_000),
    "monitoring": ("99415", 2_305, 5_000),
    "follow-up": ("99213", 9_519, 15_000),
    "integration": ("90837", 16_700, 20_000),
}
"""The code of each service, Medicare's fee for it, and what the clinic asks."""
CLINIC = ClinicLayer(
    services=tuple(
        ServicePrice(id=kind, service=kind, codes=(code,), price_cents=cents)
        for kind, (code, _, cents) in PRICES.items()
    )
)
LISTED = Catalogue(CATALOGUE.release, CLINIC)
COMMERCIAL: dict[str, Any] = {
    "payer": "Aetna",
    "state": "CO",
    "line_of_business": "commercial",
    "treatment": "spravato",
    "dose_mg": 84,
    "indication": "trd",
    "network": "in",
    "lane": "medical",
    "authorization": "approved",
    "place_of_service": "11",
    "start_on": "2026-12-01",
    "course": {"kind": "sessions", "count": 4, "every_days": 7},
    "benefits": {
        "plan_year_start": "01-01",
        "deductible": {"individual_cents": 150_000, "individual_met_cents": 0},
        "out_of_pocket_max": {"individual_cents": 600_000, "individual_met_cents": 0},
        "cost_shares": {"default": {"patient_share_bp": 2_000}},
    },
    "prices": {"allowed_per_session": {"low_cents": 124_000, "high_cents": 124_000}},
}


def told(asked: dict[str, Any], catalogue: Catalogue = LISTED) -> Answer | Refusal:
    return answer(catalogue, msgspec.convert(asked, Question, strict=False), TODAY, id="", created_at="")


def possible(asked: dict[str, Any]) -> Answer:
    """The answer to a question drawn, as far as it is possible."""
    found = told(asked)
    assume(not isinstance(found, Refusal))
    assert isinstance(found, Answer)
    return found


def ask(asked: dict[str, Any], catalogue: Catalogue = LISTED) -> Answer:
    found = told(asked, catalogue)
    assert isinstance(found, Answer)
    return found


def pays(found: Answer) -> dict[str, Range]:
    paid = found.patient_pays
    assert paid.with_services is not None
    parts = {"first": paid.first_session, "typical": paid.typical_session, "course": paid.course}
    return parts | {"with_services": paid.with_services}


def allowing(**cents: int) -> dict[str, dict[str, int]]:
    return {kind.replace("_", "-"): {"low_cents": each, "high_cents": each} for kind, each in cents.items()}


@st.composite
def with_services(draw: st.DrawFn) -> dict[str, Any]:
    """A question with every input told, and services; what a plan allows lies between Medicare's fee and the price."""
    asked = draw(questions())
    count = st.sampled_from([0, 0, 1, 2, 5])
    asked["services"] = {
        "evaluation": draw(st.booleans()),
        "preparation_sessions": draw(count),
        "monitoring_sessions": draw(count),
        "follow_ups": draw(count),
        "integration_sessions": draw(count),
    }
    if asked["line_of_business"] not in GOVERNMENT_LINES and asked["payer"] != "self-pay":
        asked["prices"]["allowed_per_service"] = allowing(
            **{kind: draw(st.integers(least, most)) for kind, (_, least, most) in PRICES.items()}
        )
    return asked


PATHS = [*REMOVABLE, ("prices", "allowed_per_service")]


@LAW
@given(with_services())
def test_with_everything_told_the_whole_is_the_sum_of_all_that_the_patient_pays(asked: dict[str, Any]) -> None:
    assume(asked["authorization"] != "pending")
    assume(asked.get("tricare", {}).get("group") != "a")
    assume("allowed_per_session" in asked["prices"] or asked.get("network") != "out")
    found = possible(asked)
    assume(not any(notice.kind == "amount-not-final" for notice in found.notices))
    services = [each.patient_pays or ZERO for each in found.services]
    total = sum(services, sum((session.patient_pays for session in found.sessions), ZERO))
    assert total.exact
    assert total == found.patient_pays.with_services
    assert total == sum((year.patient_pays for year in found.patient_pays.by_plan_year), ZERO)
    assert found.patient_pays.course == sum((session.patient_pays for session in found.sessions), ZERO)


@LAW
@given(with_services(), st.data())
def test_removing_an_input_never_narrows_the_whole(asked: dict[str, Any], data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(0, 3))):
        asked = without(asked, data.draw(st.sampled_from([path for path in PATHS if present(asked, path)])))
    paths = [path for path in PATHS if present(asked, path)]
    assume(paths)
    path = data.draw(st.sampled_from(paths))
    former, left = pays(possible(asked)), pays(possible(without(asked, path)))
    for name, wide in left.items():
        narrow = former[name]
        assert wide.low_cents <= narrow.low_cents <= narrow.high_cents <= wide.high_cents, (path, name, narrow, wide)


@LAW
@given(with_services(), st.data())
def test_services_never_make_the_sessions_dearer(asked: dict[str, Any], data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(0, 4))):
        asked = without(asked, data.draw(st.sampled_from([path for path in PATHS if present(asked, path)])))
    # an evaluation is one of the veteran's free mental-health visits
    assume(asked["payer"] != "va-ccn")
    alone, beside = possible(without(asked, ("services",))).patient_pays, possible(asked).patient_pays
    assert beside.with_services is not None
    assert beside.course.low_cents <= alone.course.low_cents
    assert beside.course.high_cents <= alone.course.high_cents
    assert beside.course.low_cents <= beside.with_services.low_cents


def test_the_ledger_after_the_last_session_is_before_integration() -> None:
    asked = COMMERCIAL | {"services": {"integration_sessions": 2}, "course": {"kind": "sessions", "count": 1}}
    (session,) = ask(asked).sessions
    assert session.deductible_remaining == exactly(26_000)


def test_monitoring_stands_beside_the_first_sessions_and_uses_up_the_deductible_between_them() -> None:
    prices = COMMERCIAL["prices"] | {"allowed_per_service": allowing(monitoring=5_000)}
    found = ask(COMMERCIAL | {"services": {"monitoring_sessions": 2}, "prices": prices})
    # 1,240 and 50; 210 of the deductible and 20% of 1,030, then 10
    assert [session.patient_pays for session in found.sessions] == [*map(exactly, (124_000, 41_600, 24_800, 24_800))]
    assert found.sessions[0].deductible_remaining == exactly(21_000)
    assert found.services[0].patient_pays == exactly(6_000)


def test_a_veterans_evaluation_is_one_of_the_free_visits() -> None:
    veteran = {"priority_group": 8, "service_connected_treatment": False, "mental_health_visits_used": 0}
    asked = {
        "payer": "va-ccn",
        "treatment": "spravato",
        "indication": "trd",
        "authorization": "approved",
        "start_on": "2026-11-24",
        "course": {"kind": "sessions", "count": 4},
        "va": veteran,
    }
    alone, beside = ask(asked), ask(asked | {"services": {"evaluation": True}})
    assert [session.patient_pays.high_cents for session in alone.sessions] == [0, 0, 0, 5_000]
    assert [session.patient_pays.high_cents for session in beside.sessions] == [0, 0, 5_000, 5_000]
    assert beside.services[0].patient_pays == ZERO


def test_out_of_network_the_clinics_price_is_owed_beyond_what_the_plan_allows() -> None:
    prices = COMMERCIAL["prices"] | {
        "cash_per_session": {"low_cents": 150_000, "high_cents": 150_000},
        "allowed_per_service": allowing(evaluation=25_000),
    }
    asked = COMMERCIAL | {"network": "out", "services": {"evaluation": True}, "prices": prices}
    found = ask(asked)
    assert found.services[0].patient_pays == exactly(30_000)
    # of the evaluation 250 are deductible
    assert found.sessions[0].deductible_remaining == exactly(150_000 - 25_000 - 124_000)


def test_a_service_whose_price_nobody_knows_is_in_no_total_and_is_named() -> None:
    prices = COMMERCIAL["prices"] | {"allowed_per_service": allowing(evaluation=25_000)}
    asked = COMMERCIAL | {"services": {"evaluation": True, "follow_ups": 2}, "prices": prices}
    found = ask(asked, CATALOGUE)
    assert [each.patient_pays for each in found.services] == [exactly(25_000), None]
    # 250 and 1,240 of the deductible, 10 more and 20% of 1,230, twice 248
    assert found.patient_pays.course == exactly(124_000 + 25_600 + 2 * 24_800)
    assert found.patient_pays.with_services == found.patient_pays.course + exactly(25_000)
    assert [year.patient_pays for year in found.patient_pays.by_plan_year] == [found.patient_pays.with_services]
    (notice,) = [each.text for each in found.notices if each.kind == "service-not-in-totals"]
    assert notice == "Not in the totals: no price is known for follow-up visit. Ask the clinic."
    assert "service_price" in [each.name for each in found.unknowns]


def test_a_service_without_a_price_that_stands_between_the_sessions_may_use_up_limits_before_the_others() -> None:
    prices = COMMERCIAL["prices"] | {"cash_per_session": {"low_cents": 124_000, "high_cents": 124_000}}
    asked = COMMERCIAL | {"network": "out", "services": {"monitoring_sessions": 1}, "prices": prices}
    found = ask(asked, CATALOGUE)
    assert found.patient_pays.with_services == found.patient_pays.course
    assert [each.kind for each in found.notices].count("service-not-in-totals") == 1
    # the monitoring may cost next to nothing, or reach the maximum
    assert found.patient_pays.course == Range(low_cents=124_000, high_cents=124_000 + 45_600 + 2 * 24_800)


def test_where_the_length_is_open_a_service_may_fall_into_either_plan_year() -> None:
    prices = COMMERCIAL["prices"] | {"allowed_per_service": allowing(evaluation=25_000)}
    asked = COMMERCIAL | {"services": {"evaluation": True, "follow_ups": 2}, "prices": prices}
    found = ask(without(asked, ("course",)), CATALOGUE).patient_pays
    assert found.with_services is not None
    assert found.with_services.high_cents <= 600_000 * 2
    assert all(year.patient_pays.high_cents <= found.with_services.high_cents for year in found.by_plan_year)


def test_membership_is_in_the_whole_and_in_no_plan_year() -> None:
    fee = ClinicFee(id="member", kind="membership", amount_cents=5_000, per="once")
    catalogue = Catalogue(CATALOGUE.release, msgspec.structs.replace(CLINIC, fees=(fee,)))
    prices = COMMERCIAL["prices"] | {"allowed_per_service": allowing(evaluation=25_000)}
    found = ask(COMMERCIAL | {"services": {"evaluation": True}, "prices": prices}, catalogue).patient_pays
    assert found.by_plan_year[0].patient_pays == found.course + exactly(25_000)
    assert found.with_services == found.by_plan_year[0].patient_pays + exactly(5_000)


def test_every_service_stands_before_beside_or_after() -> None:
    """None is left out of the ledger."""
    named = {
        "evaluation": True,
        "preparation_sessions": 1,
        "monitoring_sessions": 1,
        "follow_ups": 1,
        "integration_sessions": 1,
    }
    found = ask(COMMERCIAL | {"services": named})
    assert tuple(each.service for each in found.services) == get_args(ServiceKind)
    assert all(each.patient_pays for each in found.services)
