"""Claims that billing staff can read in `claims.toml`, and laws that hold for any claim."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.load import load_release
from payers.claims import ndc
from payers.claims.check import check
from payers.claims.claim import Claim, ClaimCheck, ClaimLine
from payers.estimate import words
from payers.estimate.estimate import Refusal
from payers.estimate.question import Language

ROWS: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "claims.toml").read_text(encoding="utf-8"))[
    "claims"
]
CATALOGUE = Catalogue(load_release())
TODAY = date(2026, 11, 23)
CODES = sorted({each.code for each in CATALOGUE.release.codes})
BASES = {base for each in CATALOGUE.release.add_ons for base in each.bases}
LANGUAGES: tuple[Language, ...] = get_args(Language)

lines = st.builds(
    ClaimLine,
    code=st.sampled_from(CODES) | st.text(max_size=8),
    units=st.sampled_from([1, 2, 28, 56, 84]),
    ndc=st.none() | st.sampled_from(["50458-028-02", "50458002803", "50458-028-00"]) | st.text(max_size=14),
    modifiers=st.lists(st.sampled_from(["25", "JZ", "KX", "95"]) | st.text(max_size=2), max_size=2).map(tuple),
    narrative=st.none() | st.text(max_size=12),
)
claims = st.builds(
    Claim,
    payer=st.sampled_from(["medicare", "aetna", "tricare-west", "uhc-ma", "co-medicaid", "self-pay", "TRICARE"]),
    date_of_service=st.dates(date(2019, 1, 1), date(2028, 12, 31)),
    lines=st.lists(lines, min_size=1, max_size=5).map(tuple),
    place_of_service=st.sampled_from([None, "11", "22", "10"]),
    dose_mg=st.sampled_from([None, 56, 84]),
    new_patient=st.none() | st.booleans(),
    minutes=st.none() | st.integers(0, 200),
    drug_source=st.sampled_from([None, "clinic", "specialty-pharmacy"]),
    lang=st.sampled_from(LANGUAGES),
)


harmless = st.sampled_from(
    [ClaimLine(code=code) for code in CODES if code not in BASES]
    + [
        ClaimLine(code="J0013", units=84, ndc="50458-028-03", modifiers=("JZ",)),
        ClaimLine(code="G2083", ndc="50458-028-03", modifiers=("KX",)),
        ClaimLine(code="J3490", ndc="42023-0115-10", narrative="ketamine 40 mg"),
    ]
)


def gist(found: ClaimCheck | Refusal) -> set[tuple[int, str, str]]:
    assert isinstance(found, ClaimCheck)
    return {(each.line, each.severity, each.kind) for each in found.findings}


def claim(row: dict[str, Any], **more: Any) -> Claim:
    told = {name: value for name, value in row.items() if name not in ("name", "finds", "says")}
    # TOML has no null
    told["lines"] = [line | {"units": None} if line.get("units") == "null" else line for line in told["lines"]]
    return msgspec.convert({"date_of_service": "2026-03-02"} | told | more, Claim)


def checked(asked: Claim) -> ClaimCheck:
    found = check(CATALOGUE, asked, TODAY)
    assert isinstance(found, ClaimCheck)
    return found


@pytest.mark.parametrize("row", ROWS, ids=[row["name"] for row in ROWS])
def test_claim(row: dict[str, Any]) -> None:
    found = checked(claim(row))
    assert [f"{each.line} {each.severity} {each.kind}" for each in found.findings] == row["finds"]
    assert found.ok == (not any(" error " in each for each in row["finds"]))
    told = " ".join(f"{each.text} {each.remedy}" for each in found.findings)
    assert [part for part in row.get("says", []) if part not in told] == []
    assert all(
        each.citations
        for each in found.findings
        if each.kind not in ("code-not-on-file", "day-not-on-file", "ndc-form")
    )


def test_the_claims_are_many_and_show_every_kind_of_finding() -> None:
    assert len({row["name"] for row in ROWS}) == len(ROWS) >= 40
    shown = {each.rpartition(" ")[2] for row in ROWS for each in row["finds"]}
    sentences = tomllib.loads((Path(words.__file__).parent / "en.toml").read_text(encoding="utf-8"))
    assert shown == set(sentences["claim"])
    assert {rule.id for rule in CATALOGUE.release.claim_rules} <= shown


def test_a_sentence_in_spanish_has_the_same_values() -> None:
    for row in ROWS:
        english, spanish = (checked(claim(row, lang=lang)) for lang in LANGUAGES)
        assert [each.kind for each in english.findings] == [each.kind for each in spanish.findings]
        for first, second in zip(english.findings, spanish.findings, strict=True):
            assert first.text != second.text
            assert not {"{", "}"} & {*second.text, *second.remedy}


def test_spanish_names_treatment_and_product_within_a_sentence() -> None:
    infusion = [{"code": "J3490", "ndc": "42023-0115-10", "narrative": "40 mg"}, {"code": "96365"}]
    denied = checked(claim({"payer": "Aetna", "lines": infusion}, lang="es")).findings[0]
    assert "Aetna cubra ketamina intravenosa para" in denied.text
    kit = [{"code": "J0013", "units": 56, "ndc": "50458-028-03"}]
    wrong = checked(claim({"payer": "Aetna", "lines": kit}, lang="es")).findings[0]
    assert "el estuche de Spravato de 84 mg (3 dispositivos de 28 mg) equivale a 84 unidades" in wrong.text


def test_a_payer_that_nobody_knows_and_a_name_of_several_that_differ() -> None:
    refused = check(CATALOGUE, claim({"payer": "Zzyzx Mutual", "lines": [{"code": "J0013"}]}), TODAY)
    assert isinstance(refused, Refusal)
    assert (refused.kind, refused.pointer) == ("unknown-payer", "/payer")
    refused = check(CATALOGUE, claim({"payer": "Humana", "lines": [{"code": "J0013", "units": 84}]}), TODAY)
    assert isinstance(refused, Refusal)
    assert refused.kind == "ambiguous-payer"


@pytest.mark.parametrize(
    "text", ["50458-028-03", "50458-0028-03", "50458-28-3", "50458002803", "5045802803", " N450458002803 "]
)
def test_a_drug_code_is_known_however_it_is_written(text: str) -> None:
    product = ndc.known(CATALOGUE, text)
    assert product
    assert product.ndc == "50458-028-03"


@pytest.mark.parametrize("text", ["", "504580280", "50458-028-003", "٥٠٤٥٨-028-03", "50458_028_03", "504580028033"])
def test_what_is_no_drug_code(text: str) -> None:
    assert ndc.readings(text) == frozenset()


@given(claims, st.text(max_size=12))
def test_no_claim_makes_it_fail(asked: Claim, name: str) -> None:
    check(CATALOGUE, asked, TODAY)
    check(CATALOGUE, msgspec.structs.replace(asked, payer=name, plan=name, state=name[:2].upper()), TODAY)


@given(claims, harmless)
def test_a_clean_line_more_takes_no_finding_away(asked: Claim, more: ClaimLine) -> None:
    """Clean by itself, and not what an add-on was lacking."""
    alone = check(CATALOGUE, msgspec.structs.replace(asked, lines=(more,)), TODAY)
    before = check(CATALOGUE, asked, TODAY)
    after = check(CATALOGUE, msgspec.structs.replace(asked, lines=(*asked.lines, more)), TODAY)
    assume(isinstance(alone, ClaimCheck) and all(each.kind == "day-not-on-file" for each in alone.findings))
    assume(isinstance(before, ClaimCheck) and isinstance(after, ClaimCheck))
    assert gist(before) <= gist(after)
