"""The roster fits the catalogue and its page, and shows everything that it is there for."""

import re
from collections import Counter
from pathlib import Path
from typing import get_args

import pytest

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.load import load_release
from payers.catalogue.vocabulary import PayerKind
from service.clearinghouse.configuration import decode_configuration
from service.clearinghouse.routes import Route, route_to
from service.sandbox.roster import Trouble, roster
from tests.service.sandbox.serving import TODAY

PAGE = (Path(__file__).parents[3] / "docs/sandbox.md").read_text()
ROSTER = roster()
PAYERS = Catalogue(load_release()).payers
NOT_ASKED: set[PayerKind] = {"self-pay", "employer-ancillary"}
"""Nobody asks them: there is no insurance, or the employer's benefit has no transactions."""


def blocks() -> list[str]:
    return re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_every_member_is_nobody_and_has_a_payer_a_plan_and_an_id_of_their_own() -> None:
    assert max(Counter(each.id for each in ROSTER.members).values()) == 1
    for each in ROSTER.members:
        assert re.fullmatch(r"SBX\d{4}", each.id)
        assert each.last_name in ("SAMPLE", "TROUBLE")
        assert each.payer in {payer.slug for payer in ROSTER.payers}
    assert {each.plan for each in ROSTER.members} == set(ROSTER.plans)
    assert max(Counter(id for each in ROSTER.payers for id in each.ids).values()) == 1


def test_every_kind_of_payer_answers() -> None:
    kinds = {kind for each in ROSTER.payers for kind in PAYERS[each.slug].kinds}
    assert kinds >= set(get_args(PayerKind)) - NOT_ASKED
    assert {each.payer for each in ROSTER.members} == {each.slug for each in ROSTER.payers}


def test_everything_goes_wrong_with_somebody() -> None:
    assert {each.trouble for each in ROSTER.members if each.trouble} == set(get_args(Trouble))
    codes = {each.rejection.code for each in ROSTER.members if each.rejection}
    assert codes >= {"42", "80", "75", "72", "58", "50"}


def test_the_page_has_every_member_payer_and_provider() -> None:
    members = re.findall(r"^\| `(SBX\d+)` \| `(.+?)` \| (.+?) \| (.+?) \| (.+) \|$", PAGE, re.MULTILINE)
    assert members == [
        (each.id, each.payer, f"{each.first_name} {each.last_name}", str(each.birth_date), each.shows)
        for each in ROSTER.members
    ]
    payers = re.findall(r"^\| `([a-z-]+)` \| (`.+`) \|$", PAGE, re.MULTILINE)
    assert payers == [(each.slug, ", ".join(f"`{id}`" for id in each.ids)) for each in ROSTER.payers]
    providers = re.findall(r"^\| `(\d{10})` \| (.+?) \| AAA (\d\d) \|$", PAGE, re.MULTILINE)
    assert providers == [(each.npi, each.shows, each.rejection.code) for each in ROSTER.providers]


def test_the_connector_on_the_page_leads_to_every_payer() -> None:
    configuration = decode_configuration(blocks()[0])
    for each in ROSTER.payers:
        route = route_to(configuration, PAYERS[each.slug], TODAY)
        assert isinstance(route, Route), each.slug
        assert route.address.id in each.ids


@pytest.mark.parametrize("block", blocks()[1:])
def test_the_other_connectors_on_the_page_are_ones(block: str) -> None:
    clinic = blocks()[0].partition("[[connectors]]")[0]
    [connector] = decode_configuration(clinic + block).connectors
    assert connector.routes == ("*",)
