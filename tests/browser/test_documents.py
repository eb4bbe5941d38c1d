"""What a patient takes home, on every screen and on paper: no barrier, nothing cut off, pictures for people."""

import pytest

from payers.estimate.question import Language
from payers.good_faith.account import Charged
from payers.good_faith.content import GoodFaithEstimate
from payers.good_faith.superbill import superbill
from payers.good_faith.versions import replacing
from service.documents.page import POLICY, page
from service.documents.sheet import good_faith_sheet
from service.documents.superbill_sheet import superbill_sheet
from tests.browser.looking import SCHEMES, WIDTHS, Clinic, Scheme, Shoot, Visit, barriers, overflows
from tests.payers.good_faith.issued import COMPOUNDING, IV, REQUEST, THERAPIST, issued

SPOKEN: dict[Scheme, Language] = {"light": "en", "dark": "es"}
"""Each scheme in a language of its own: every word is seen."""
LONG = {
    "patient": REQUEST["patient"]
    | {
        "first_name": "Wolfeschlegelsteinhausenbergerdorff",
        "last_name": "Featherstonehaugh-Cholmondeley",
        "address": {"line": "77 Long Street Apartment 4B", "city": "Denver", "state": "CO", "postal_code": "80203"},
        "email": "a-rather-long-mailbox-name@a-rather-long-domain.example",
    },
    "co_providers": [THERAPIST, COMPOUNDING],
    "separate_services": ["Group therapy"],
}


def good_faith(lang: Language) -> str:
    """An estimate with everything that one may have."""
    after = issued(IV | {"discounts": ["veteran"], "services": {"evaluation": True}}, LONG | {"lang": lang})
    made = replacing(issued(IV, {"lang": lang}), after, "services", frozenset())
    assert isinstance(made, GoodFaithEstimate)
    return page("good_faith", good_faith_sheet(made))


def superbilled(lang: Language) -> str:
    """A superbill of one session and of a service that nobody estimated."""
    estimate = issued(IV, LONG | {"lang": lang})
    on, npi = estimate.dates[0], REQUEST["clinic"]["npi"]
    billed = [
        Charged(npi=npi, item="session", on=on, each_cents=50_000),
        Charged(npi=npi, item="follow-up", on=on, each_cents=9_000),
    ]
    made = superbill(estimate, billed, on)
    assert made is not None
    return page("superbill", superbill_sheet(made))


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
async def test_a_document_can_be_read_by_everybody(
    width: int, scheme: Scheme, visit: Visit, clinic: Clinic, shoot: Shoot
) -> None:
    lang = SPOKEN[scheme]
    for name, made in (("good-faith", good_faith(lang)), ("superbill", superbilled(lang))):
        url = clinic.put(f"/{name}", made, Content_Security_Policy=POLICY)
        opened = await visit(url, width=width, scheme=scheme)
        assert await barriers(opened) == []
        assert not await overflows(opened)
        await shoot(opened, f"{name}-{width}-{scheme}-{lang}")


async def test_on_paper_it_is_dark_on_white_whatever_the_screen_is(visit: Visit, clinic: Clinic) -> None:
    opened = await visit(clinic.put("/paper", good_faith("en"), Content_Security_Policy=POLICY), scheme="dark")
    await opened.emulate_media(media="print")
    ink = await opened.evaluate("getComputedStyle(document.body).color")
    assert ink == "rgb(23, 40, 43)"
    assert await opened.evaluate("getComputedStyle(document.querySelector('thead')).display") == "table-header-group"
