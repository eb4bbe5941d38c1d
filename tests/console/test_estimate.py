"""The estimate page without script: what is typed is kept, what is wrong is said, what is shown is on file."""

import csv
import io
import re
from collections.abc import Mapping

import httpx
import pytest

from tests.console.person import Person

HERE = "/console/estimate"
ALL_KNOWN = {
    "payer": "Aetna",
    "treatment": "spravato",
    "state": "CO",
    "start_on": "2026-12-01",
    "sessions": "12",
    "network": "in",
    "deductible_individual": "$1,500",
    "deductible_individual_met": "300",
    "out_of_pocket_max_individual": "6000",
    "out_of_pocket_max_individual_met": "300",
    "coinsurance": "20%",
    "plan_year_start": "01-01",
    "allowed_per_session": "1,240",
    "visit_allowed_per_session": "240",
    "cash_per_session": "900",
    "authorization": "approved",
    "lane": "medical",
    "dose_mg": "84",
    "indication": "trd",
    "place_of_service": "11",
    "line_of_business": "commercial",
}


async def asked(person: Person, typed: Mapping[str, str] = {}, /, **more: str) -> str:
    await person.open(HERE)
    return await person.send(HERE, typed, **more)


async def test_payer_and_treatment_are_enough(biller: Person) -> None:
    told = await asked(biller, payer="Aetna", treatment="spravato")
    assert re.fullmatch(rf"{HERE}/[0-9a-f-]{{36}}", biller.at)
    assert "Most likely $" in told
    assert "Until more is known it may be" in told
    assert "Ask next" in told


async def test_with_everything_known_the_sentence_is_exact_and_nothing_is_asked(biller: Person) -> None:
    told = await asked(biller, ALL_KNOWN)
    # 1,200 left of the deductible and 20% of the last 40; from January the deductible again.
    assert "First visit $1,208, then usually $248 a visit:" in told
    assert "Until more is known" not in told
    assert "Ask next" not in told
    assert "new plan year" in told


async def test_what_is_shown_is_on_file_and_opens_again(biller: Person, desk: httpx.AsyncClient) -> None:
    told = await asked(biller, ALL_KNOWN)
    stored = (await desk.get(f"/v1/estimates/{biller.at.rpartition('/')[2]}")).json()
    assert stored["patient_pays"]["first_session"] == {"low_cents": 120800, "high_cents": 120800}
    assert await biller.open(biller.at) == told


async def test_only_questions_that_are_worth_money_are_asked_the_dearest_first(biller: Person) -> None:
    await asked(biller, payer="Aetna", treatment="spravato")
    worth = [int(cents.replace(",", "")) for cents in re.findall(r"worth up to \$([\d,]+)", biller.text)]
    assert worth == sorted(worth, reverse=True)
    assert 0 < len(worth) <= 4
    first = biller.page.partition('class="question')[2].partition("</fieldset>")[0]
    assert 'name="network"' in first
    await biller.send(HERE, network="in")
    known = biller.page.partition('id="known-heading"')[2].partition("</section>")[0]
    assert 'name="network"' in known
    assert 'name="network"' not in biller.page.partition('id="next-heading"')[2].partition("</section>")[0]


@pytest.mark.parametrize(
    ("typed", "field", "told"),
    [
        ({"payer": ""}, "payer", "Type the payer."),
        ({"treatment": ""}, "treatment", "Choose the treatment."),
        ({"deductible_individual": "a lot"}, "deductible_individual", "Write dollars"),
        ({"allowed_per_session": "1,300-1,000"}, "allowed_per_session", "The first amount is above the second."),
        ({"coinsurance": "120"}, "coinsurance", "from 0 to 100"),
        ({"sessions": "many"}, "sessions", "whole number"),
        ({"start_on": "tomorrow"}, "start_on", "Write a date"),
        ({"start_on": "1999-01-01"}, "start_on", "1999-01-01"),
        (
            {"deductible_individual": "100", "deductible_individual_met": "500"},
            "deductible_individual",
            "More is met than the limit has.",
        ),
        ({"treatment": "leeches"}, "treatment", "cannot be used here"),
    ],
)
async def test_bad_input_is_kept_and_told_beside_its_field(
    biller: Person, typed: dict[str, str], field: str, told: str
) -> None:
    given = {"payer": "Aetna", "treatment": "spravato", "copay": "35", **typed}
    await asked(biller, given)
    assert biller.status == 422
    assert told in biller.wrong[field]
    kept = biller.filled(HERE)
    assert {name: kept[name] for name in given if name != "treatment"} == {
        name: text for name, text in given.items() if name != "treatment"
    }
    assert re.search(rf'id="{field}"[^>]*aria-describedby="[^"]*{field}-wrong', biller.page)
    assert f'<a href="#{field}">' in biller.page
    assert 'role="alert"' in biller.page


async def test_a_name_of_several_payers_offers_them(biller: Person) -> None:
    told = await asked(biller, payer="BCBS", treatment="spravato")
    assert biller.status == 422
    assert "Which three characters begin the member id?" in told
    assert 'name="candidate" value="fep"' in biller.page
    await biller.send(HERE, candidate="fep")
    assert biller.status == 200
    assert "BCBS Federal Employee Program" in biller.text


async def test_what_the_form_has_no_input_for_is_kept(biller: Person, desk: httpx.AsyncClient) -> None:
    question = {
        "payer": "Aetna",
        "treatment": "spravato",
        "course": {"kind": "dates", "dates": ["2026-12-01", "2026-12-04"]},
        "benefits": {"deductible": {"individual_cents": 50000, "family_rule": "embedded"}, "carry_over": "unmet"},
    }
    stored = (await desk.post("/v1/estimates", json=question)).json()
    await biller.open(f"{HERE}/{stored['id']}")
    await biller.send(HERE, coinsurance="10")
    assert biller.status == 200
    again = (await desk.get(f"/v1/estimates/{biller.at.rpartition('/')[2]}")).json()
    assert [each["on"] for each in again["sessions"]] == ["2026-12-01", "2026-12-04"]


async def test_what_if_moves_one_thing_and_keeps_the_rest(biller: Person) -> None:
    await asked(biller, ALL_KNOWN)
    before = biller.at
    await biller.send(f"{before}/what-if", what_sessions="3", what_met="1500", what_days="10")
    assert biller.at != before
    assert "$248 a visit: $744 for 3 visits." in biller.text
    assert biller.filled(HERE)["start_on"] == "2026-12-03"


async def test_spravato_stands_beside_iv_ketamine(biller: Person) -> None:
    await asked(biller, ALL_KNOWN)
    told = await biller.open(f"{biller.at}/compare")
    assert "Spravato (esketamine)" in told
    assert "IV ketamine" in told
    assert "Not covered" in told


async def test_the_sheet_has_a_row_for_each_visit_with_both_ends(biller: Person) -> None:
    await asked(biller, ALL_KNOWN)
    response = await biller.client.get(f"{biller.at}/sessions.csv")
    assert response.headers["content-type"].startswith("text/csv")
    header, first, *_ = csv.reader(io.StringIO(response.content.decode("utf-8-sig")))
    assert dict(zip(header, first, strict=True)) | {"Visit": "1", "Patient (low)": "1208.00"} == dict(
        zip(header, first, strict=True)
    )


async def test_the_text_for_the_patient_says_the_same_without_any_markup(biller: Person) -> None:
    await asked(biller, ALL_KNOWN)
    text = biller.page.partition('<pre id="patient-text"')[2].partition(">")[2].partition("</pre>")[0]
    assert "What you will pay: Spravato (esketamine), Aetna" in text
    assert "1. December 1, 2026: $1,208" in text
    assert "<" not in text


async def test_the_page_speaks_spanish(biller: Person) -> None:
    await biller.open(HERE, **{"accept-language": "es"})
    biller.client.headers["accept-language"] = "es"
    told = await biller.send(HERE, ALL_KNOWN)
    assert "Primera visita $1,208, después $248 por visita" in told
    assert "Lista para la autorización" in told


async def test_the_script_gets_the_part_that_changes_and_its_address(biller: Person) -> None:
    await biller.open(HERE)
    form = biller.filled(HERE) | ALL_KNOWN
    response = await biller.client.post(HERE, data=form, headers={"hx-request": "true"})
    assert response.status_code == 200
    assert response.text.lstrip().startswith('<div id="case"')
    assert re.fullmatch(rf"{HERE}/[0-9a-f-]{{36}}", response.headers["hx-push-url"])


async def test_every_amount_leads_to_its_reason(biller: Person) -> None:
    await asked(biller, payer="Aetna", treatment="spravato")
    used = set(re.findall(r'href="#(reason-\d+)"', biller.page))
    assert used
    assert used <= set(re.findall(r'id="(reason-\d+)"', biller.page))
    assert "days ago" in biller.text


@pytest.mark.parametrize("base", ["no json", "[]", '{"payer": 5}', '{"benefits": [1]}', '{"course": {"kind": "a"}}'])
async def test_a_hidden_input_that_was_tampered_with_changes_nothing(biller: Person, base: str) -> None:
    await asked(biller, payer="Aetna", treatment="spravato", deductible_individual="500", base=base)
    assert biller.status == 200
    assert biller.filled(HERE)["deductible_individual"] == "500"


async def test_nobody_can_pretend_that_a_payer_said_it(biller: Person) -> None:
    check = "00000000-0000-7000-8000-000000000000"
    source = f'{{"plan_source": {{"check": "{check}", "answered_on": "2026-11-23"}}, "eligibility_check": "{check}"}}'
    await asked(biller, payer="Aetna", treatment="spravato", base=source)
    assert biller.status == 422
