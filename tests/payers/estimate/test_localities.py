"""Medicare's fee of the site's own locality, where a file of Medicare's has it, instead of the nation's."""

from datetime import date
from typing import Any

import msgspec

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.clinic import ClinicLayer, MedicareFee, SiteLocality
from payers.catalogue.load import load_release
from payers.cost_share.money import Range, exactly
from payers.estimate import answer
from payers.estimate.answer import Answer
from payers.estimate.question import Question

TODAY = date(2026, 11, 23)
RELEASE = load_release()


def fee(code: str, nonfacility_cents: int | None, facility_cents: int | None, **changed: Any) -> MedicareFee:
    """A made-up amount of 2026 in Denver's locality."""
    made = MedicareFee(
        carrier="04112",
        locality="01",
        code=code,
        nonfacility_cents=nonfacility_cents,
        facility_cents=facility_cents,
        valid_from=date(2026, 1, 1),
        valid_until=date(2026, 12, 31),
        source="PFALL26A.TXT",
        imported_on=date(2026, 1, 9),
    )
    return msgspec.structs.replace(made, **changed)


DENVER = SiteLocality(id="denver", site="Denver", carrier="04112", locality="01")
EVERYWHERE = SiteLocality(id="every-site", carrier="04112", locality="01")
FEES = (
    fee("G2083", 140_000, 3_500),
    fee("G2083", 1, 1, modifier="26"),
    fee("G2083", 150_000, 3_600, carrier="01112", locality="05"),
    fee("99214", 9_999, None),
)
NATION = exactly(135_608)
"""G2083 outside a hospital in 2026, as the release has it."""


def asked(clinic: ClinicLayer, **told: Any) -> Answer:
    question = {"payer": "Medicare", "treatment": "spravato", "dose_mg": 84, "place_of_service": "11"} | {
        "start_on": "2026-12-01",
        "course": {"kind": "sessions", "count": 1},
        "medicare_assignment": "accepted",
    }
    found = answer(Catalogue(RELEASE, clinic), msgspec.convert(question | told, Question), TODAY, id="", created_at="")
    assert isinstance(found, Answer), found
    return found


def allowed(clinic: ClinicLayer, **told: Any) -> Range:
    return asked(clinic, **told).sessions[0].lines[0].allowed


def test_the_locality_of_every_site_prices_a_session_and_is_named_with_its_file() -> None:
    clinic = ClinicLayer(localities=(EVERYWHERE,), medicare_fees=FEES)
    found = asked(clinic)
    assert found.sessions[0].lines[0].allowed == exactly(140_000)
    assert (found.price.basis, found.price.per_session) == ("medicare-fee", exactly(140_000))
    assert "in locality 04112-01" in found.price.sentence
    assert [each.title for each in found.price.citations] == ["PFALL26A.TXT"]
    assert "en la localidad 04112-01" in asked(clinic, lang="es").price.sentence
    assert allowed(clinic, place_of_service="22") == exactly(3_500)


def test_without_a_locality_or_without_its_fee_the_nation_s_stands() -> None:
    assert allowed(ClinicLayer(medicare_fees=FEES)) == NATION
    elsewhere = msgspec.structs.replace(EVERYWHERE, locality="02")
    assert allowed(ClinicLayer(localities=(elsewhere,), medicare_fees=FEES)) == NATION
    assert "national amount" in asked(ClinicLayer(localities=(elsewhere,), medicare_fees=FEES)).price.sentence
    only_before = tuple(msgspec.structs.replace(each, valid_until=date(2026, 6, 30)) for each in FEES)
    assert allowed(ClinicLayer(localities=(EVERYWHERE,), medicare_fees=only_before)) == NATION
    without_facility = (fee("G2083", 140_000, None),)
    in_hospital = allowed(ClinicLayer(localities=(EVERYWHERE,), medicare_fees=without_facility), place_of_service="22")
    assert in_hospital == allowed(ClinicLayer(), place_of_service="22")
    in_hospital_alone = (fee("G2083", None, 3_500),)
    assert allowed(ClinicLayer(localities=(EVERYWHERE,), medicare_fees=in_hospital_alone)) == NATION


def test_an_unknown_site_may_be_any_of_them_and_a_known_one_has_its_own() -> None:
    oakland = SiteLocality(id="oakland", site="Oakland", carrier="01112", locality="05")
    clinic = ClinicLayer(localities=(DENVER, oakland), medicare_fees=FEES)
    assert allowed(clinic, site="Denver") == exactly(140_000)
    assert allowed(clinic, site="Oakland") == exactly(150_000)
    assert allowed(clinic) == Range(low_cents=NATION.low_cents, high_cents=150_000)
    both = ClinicLayer(localities=(EVERYWHERE, oakland), medicare_fees=FEES)
    assert allowed(both) == Range(low_cents=140_000, high_cents=150_000)


def test_a_year_without_a_file_reaches_from_the_last_fee_of_the_locality_to_what_is_expected() -> None:
    clinic = ClinicLayer(localities=(EVERYWHERE,), medicare_fees=FEES)
    nation, here = (allowed(each, start_on="2027-03-01") for each in (ClinicLayer(), clinic))
    assert (here.low_cents, here.high_cents) == (nation.low_cents, 140_000)
    assert any(each.kind == "amount-not-final" for each in asked(clinic, start_on="2027-03-01").notices)


def test_a_service_beside_the_sessions_has_the_fee_of_the_locality_too() -> None:
    told = {"services": {"evaluation": True}, "benefits": {"deductible": {"individual_met_cents": 28_300}}}
    clinic = ClinicLayer(localities=(EVERYWHERE,), medicare_fees=(fee("90791", 20_000, 7_000), fee("90792", 30_000, 9)))
    (service,) = asked(clinic, **told).services
    assert service.patient_pays == Range(low_cents=4_000, high_cents=6_000)


def test_lines_that_follow_medicare_s_fee_and_ranges_of_commercial_plans_have_it_as_well() -> None:
    clinic = ClinicLayer(localities=(EVERYWHERE,), medicare_fees=(fee("G2083", 170_000, 3_500),))
    plan = {"indication": "trd", "network": "in", "lane": "medical", "authorization": "approved"}
    assert allowed(clinic, payer="TRICARE East", **plan) == exactly(170_000)
    assert allowed(clinic, payer="Aetna", **plan).high_cents == 170_000
