"""Which connector leads to a payer, and under which id, from the catalogue that ships with the software."""

from datetime import date

import pytest

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.load import load_release
from payers.eligibility.inquiry import PayerAddress
from service.clearinghouse.configuration import Configuration, decode_configuration
from service.clearinghouse.routes import NoRoute, Route, route_to

DAY = date(2026, 11, 23)
CATALOGUE = Catalogue(load_release())
CLINIC = '[clinic]\nname = "Pike Clinic"\nnpi = "1999999984"\n'


def configuration(*connectors: str) -> Configuration:
    common = '[[connectors]]\nkind = "stedi"\nurl = "https://a.example"\nsecret_env = "KEY"\n'
    return decode_configuration(CLINIC + "".join(common + each for each in connectors))


EVERYBODY = 'name = "everybody"\nroutes = ["*"]\n'


@pytest.mark.parametrize(
    ("slug", "connectors", "connector", "payer_id"),
    [
        ("aetna", [EVERYBODY], "everybody", "60054"),
        ("aetna", [EVERYBODY, 'name = "other"\nroutes = ["aetna"]\n'], "other", "60054"),
        ("aetna", [EVERYBODY + 'payer_ids = { aetna = "AETNA1" }\n'], "everybody", "AETNA1"),
        ("champva", [EVERYBODY + 'payer_ids = { champva = "84146" }\n'], "everybody", "84146"),
        ("medicare", ['name = "hets"\nnetwork = "hets"\nroutes = ["medicare"]\n', EVERYBODY], "hets", "CMS"),
        ("medicare", [EVERYBODY], "everybody", "04102"),
    ],
)
def test_a_payer_is_reached(slug: str, connectors: list[str], connector: str, payer_id: str) -> None:
    payer = CATALOGUE.payers[slug]

    route = route_to(configuration(*connectors), payer, DAY)

    address = PayerAddress(id=payer_id, name=payer.name[:60].strip())
    assert route == Route(connector=connector, payer=slug, address=address)


def test_a_payer_that_no_connector_serves_says_what_to_add() -> None:
    route = route_to(configuration('name = "some"\nroutes = ["cigna"]\n'), CATALOGUE.payers["aetna"], DAY)

    assert isinstance(route, NoRoute)
    assert route.reason == "no-connector"
    assert "aetna" in route.detail


def test_a_payer_whose_id_nobody_knows_is_not_guessed() -> None:
    route = route_to(configuration(EVERYBODY), CATALOGUE.payers["champva"], DAY)

    assert isinstance(route, NoRoute)
    assert route.reason == "no-payer-id"
    assert "payer_ids" in route.detail
