"""What is known loads whole and says what it says; a file that is not right is refused by name."""

import datetime
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from copy import copy
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from payers.catalogue.catalogue import release_version
from payers.catalogue.load import DATA, CatalogueError, load_release
from payers.catalogue.model import Cited, Release

NOTES = Path(__file__).parents[3].parent / "shared" / "domain" / "payers.json"
with_notes = pytest.mark.skipif(not NOTES.exists(), reason="the research notes do not lie beside the checkout")


@pytest.fixture(scope="module")
def release() -> Release:
    return load_release()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the data that a test may spoil."""
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def _spoil(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def _cited(value: object) -> Iterator[Cited]:
    if isinstance(value, Cited):
        yield value
    if isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            yield from _cited(getattr(value, field))
    elif isinstance(value, tuple):
        for item in cast("tuple[object, ...]", value):
            yield from _cited(item)


def test_nothing_is_dropped(release: Release) -> None:
    counts = {table: len(getattr(release, table)) for table in Release.__struct_fields__}
    del counts["sources"]
    assert counts == {
        "payers": 38,
        "rules": 114,
        "treatments": 4,
        "codes": 44,
        "ndcs": 3,
        "add_ons": 10,
        "accepted_codes": 7,
        "claim_rules": 25,
        "parameters": 182,
        "price_ranges": 16,
        "published_prices": 28,
        "programmes": 9,
        "plan_designs": 5,
        "medigap_plans": 12,
        "ambiguous_names": 13,
        "regions": 11,
        "notices": 18,
        "conflicts": 15,
    }
    assert len({price.publisher for price in release.published_prices}) == 11
    assert len([region for region in release.regions if region.valid_until is None]) == 4


def test_every_source_is_cited_and_every_citation_is_a_source(release: Release) -> None:
    assert {each for cited in _cited(release) for each in cited.sources} == {source.id for source in release.sources}


def test_the_less_sure_the_sooner_it_is_checked_again(release: Release) -> None:
    ages = {
        confidence: {
            (cited.review_by - cited.verified_on).days for cited in _cited(release) if cited.confidence == confidence
        }
        for confidence in ("high", "medium", "low")
    }
    assert max(ages["low"]) < min(ages["medium"])
    assert max(ages["medium"]) < min(ages["high"])


def test_every_payer_code_and_programme_that_is_named_exists(release: Release) -> None:
    payers = {payer.slug for payer in release.payers}
    named = {rule.payer for rule in release.rules} - {"*"}
    named |= {slug for payer in release.payers for event in payer.lineage for slug in event.to}
    named |= {slug for payer in release.payers for slug in payer.lines_elsewhere.values()}
    named |= {candidate.payer for name in release.ambiguous_names for candidate in name.candidates}
    named |= {region.payer for region in release.regions}
    named |= {each.payer for each in release.accepted_codes} - {"*"}
    assert named <= payers
    codes = {code.code for code in release.codes}
    assert {code for rule in release.rules for code in rule.codes} <= codes
    assert {code for each in release.codes for code in each.never_with} <= codes
    assert {code for each in release.accepted_codes for code in each.codes} <= codes
    assert {code for each in release.add_ons for code in (each.code, *each.bases)} <= codes
    billed = {code for each in release.treatments for line in each.billing for code in line.codes_by_dose.values()}
    assert billed <= codes
    limits = {f"{parameter.program}.{parameter.name}" for parameter in release.parameters}
    assert {plan.limit_parameter for plan in release.medigap_plans} - {None} <= limits


def test_no_name_of_one_payer_is_another_or_stands_among_the_ambiguous(release: Release) -> None:
    aliases = Counter(alias.casefold() for payer in release.payers for alias in {payer.name, *payer.aliases})
    assert [alias for alias, times in aliases.items() if times > 1] == []
    ambiguous = {name.casefold() for each in release.ambiguous_names for name in each.names}
    assert ambiguous & {alias.casefold() for payer in release.payers for alias in payer.aliases} == set()


@pytest.mark.parametrize(
    ("id_", "amounts", "status"),
    [
        ("medicare-part-b.deductible.2024", {"amount": 240_00}, "final"),
        ("medicare-part-b.deductible.2025", {"amount": 257_00}, "final"),
        ("medicare-part-b.deductible.2026", {"amount": 283_00}, "final"),
        ("medicare-part-b.deductible.2027", {"amount": 292_00}, "projected"),
        ("medicare-part-b.coinsurance.2026", {"amount": 2000}, "statutory"),
        ("medicare-part-d.out-of-pocket-cap.2026", {"amount": 2100_00}, "final"),
        ("medicare-advantage.moop-in-network.2027", {}, "not-found"),
        ("aca.oop-max-self.2026", {"amount": 10600_00}, "final"),
        ("tricare.network-copay.2026.select.group-b.retirees", {"primary": 33_00, "specialty": 52_00}, "derived"),
        ("tricare.all-costs.2027", {}, "not-found"),
        ("market.commercial-total-per-session.2026", {"low": 1240_00, "high": 1600_00}, "indicative"),
    ],
)
def test_published_yearly_amounts(release: Release, id_: str, amounts: dict[str, int], status: str) -> None:
    parameter = next(each for each in release.parameters if each.id == id_)
    assert (parameter.amounts, parameter.status) == (amounts, status)


@pytest.mark.parametrize(
    ("code", "day", "locality", "amounts"),
    [
        ("G2082", datetime.date(2026, 6, 1), "national", (952_59, 31_06)),
        ("G2083", datetime.date(2024, 3, 8), "national", (1191_89, None)),
        ("G2083", datetime.date(2024, 3, 9), "national", (1211_67, 34_95)),
        ("G2083", datetime.date(2025, 6, 1), "national", (1171_27, 33_64)),
        ("G2083", datetime.date(2025, 6, 1), "CO-01", (1231_81, None)),
        ("G2083", datetime.date(2026, 12, 31), "national", (1356_08, 31_06)),
        ("99215", datetime.date(2026, 1, 1), "national", (192_39, 125_59)),
        ("96365", datetime.date(2026, 1, 1), "national", (67_14, 67_14)),
    ],
)
def test_published_medicare_amounts(
    release: Release, code: str, day: datetime.date, locality: str, amounts: tuple[int, int | None]
) -> None:
    fees = next(each.fees for each in release.codes if each.code == code)
    [fee] = [fee for fee in fees if fee.locality == locality and fee.holds_on(day)]
    assert ((fee.nonfacility_cents, fee.facility_cents), fee.status) == (amounts, "final")


def test_the_amount_of_a_proposed_rule_is_never_final(release: Release) -> None:
    fees = {
        code.code: [fee for fee in code.fees if fee.valid_from == datetime.date(2027, 1, 1)] for code in release.codes
    }
    assert {code: [fee.status for fee in each] for code, each in fees.items() if each} == {
        "G2082": ["proposed"],
        "G2083": ["proposed"],
    }


def test_named_policies(release: Release) -> None:
    rules = {rule.id: rule for rule in release.rules}
    numbers = {id_: rule.policy.number for id_, rule in rules.items() if rule.policy is not None}
    assert numbers["aetna-ket-psy"] == "CPB 0938"
    assert numbers["hcsc-spr"] == "RX501.105"
    assert numbers["tricare-west-spr"] == "TPM C7 S3.8"
    assert rules["cigna-spr-trd"].authorization.initial_months == 6
    assert (rules["tricare-west-ket"].status, rules["tricare-west-ket"].reason) == ("not-covered", "excluded")
    assert rules["self-all"].treatments == ("spravato", "iv-ketamine", "im-ketamine", "oral-ketamine")


@pytest.mark.parametrize(
    "phrase",
    [
        "office or other outpatient visit",
        "psychiatric diagnostic evaluation",
        "prolonged clinical staff service",
        "prolonged outpatient",
        "psychotherapy, ",
        "emotional/behavio",
        "intravenous infusion, for therapy",
        "therapeutic, prophylactic",
        "intravenous push, single",
        "evaluation and management of",
    ],
)
def test_codes_are_told_in_our_own_words(phrase: str) -> None:
    assert [path.name for path in DATA.rglob("*.toml") if phrase in path.read_text(encoding="utf-8").casefold()] == []


@pytest.mark.parametrize(
    ("file", "change", "key", "problem"),
    [
        ("payers/aetna.toml", ('parent = "CVS', 'owner = "CVS'), "payer", "unknown field `owner`; allowed: .*parent"),
        (
            "payers/aetna.toml",
            ("criteria.min_age", "criteria.age"),
            "rules[aetna-spr-trd].criteria",
            "`age`; allowed: min_age",
        ),
        ("payers/aetna.toml", ('on = "2013"', "on = 2013"), "payer.lineage[0].on", "Expected `str`, got `int`"),
        (
            "codes.toml",
            ("nonfacility_cents = 83956", "nonfacility_cents = 839.56"),
            "codes[G2082].fees[0].nonfacility_cents",
            "int",
        ),
        (
            "codes.toml",
            ('sources = ["fda', '#sources = ["fda'),
            "ndcs[50458-028-02]",
            "missing required field `sources`",
        ),
        ("notices.toml", ("2026-11-22", '"soon"'), "notices[good-faith-estimate].verified_on", "Expected `date`"),
        (
            "medigap.toml",
            ('confidence = "high"', 'confidence = "sure"'),
            "medigap_plans[A].confidence",
            "allowed: high, low, medium",
        ),
        ("regions.toml", ("[[regions]]", "[[region]]"), "", "unknown field `region`; allowed: .*regions"),
        ("regions.toml", ("number = 2", "number = 1"), "regions[CO, 2025-07-01, 01]", "twice"),
        ("prices.toml", ('["outlay-price-range"]', '["hearsay"]'), "price_ranges[iv-session]", "cites `hearsay`"),
        ("prices.toml", ('["outlay-price-range"]', "[]"), "price_ranges[iv-session]", "without a source"),
        ("prices.toml", ("[[price_ranges]]", "[[price_ranges"), "", "is not TOML"),
        ("payers/aetna.toml", ('slug = "aetna"', 'slug = "etna"'), "payer.slug", "must be named `etna.toml`"),
    ],
)
def test_a_broken_file_is_refused_by_name(
    folder: Path, file: str, change: tuple[str, str], key: str, problem: str
) -> None:
    _spoil(folder, file, *change)
    with pytest.raises(CatalogueError, match=problem) as caught:
        load_release(folder)
    assert (caught.value.file, caught.value.key) == (file, key)
    assert str(caught.value).startswith(f"{file}: ")
    assert str(copy(caught.value)) == str(caught.value)  # as another process hands it on


def test_a_missing_table_is_refused(folder: Path) -> None:
    (folder / "notices.toml").unlink()
    with pytest.raises(CatalogueError, match="notices: no file holds an entry"):
        load_release(folder)


def test_the_version_follows_the_content_and_nothing_else(release: Release, folder: Path) -> None:
    version = release_version(release)
    assert re.fullmatch("[0-9a-f]{64}", version)
    again = msgspec.json.decode(msgspec.json.encode(release), type=Release)
    assert again == release
    assert release_version(again) == version
    (folder / "parameters" / "aca.toml").rename(folder / "zz.toml")
    assert release_version(load_release(folder)) == version
    _spoil(folder, "codes.toml", "nonfacility_cents = 83956", "nonfacility_cents = 83957")
    assert release_version(load_release(folder)) != version


def _slug(text: str) -> str:
    return text.replace("_", "-")


def _notes() -> dict[str, Any]:
    return json.loads(NOTES.read_text(encoding="utf-8"))


@with_notes
def test_payers_are_those_of_the_notes(release: Release) -> None:
    expected = {"medicare" if payer["id"] == "medicare_b_co" else _slug(payer["id"]) for payer in _notes()["payers"]}
    assert {payer.slug for payer in release.payers} == expected


@with_notes
def test_rules_are_those_of_the_notes(release: Release) -> None:
    status = {
        "covered_with_pa": ("prior-authorization", None),
        "not_covered_experimental": ("not-covered", "experimental"),
        "not_covered_excluded": ("not-covered", "excluded"),
        "not_covered_off_label": ("not-covered", "off-label"),
        "unknown_policy_silent": ("policy-silent", None),
    }
    indications = {"ppd": "postpartum-depression"}
    lines = {"any": None, "commercial:formulary unknown": "commercial"}
    expected = {
        _slug(rule["id"]): (
            status.get(rule["status"], (_slug(rule["status"]), None)),
            tuple(indications.get(each, _slug(each)) for each in rule["indications"]),
            lines.get(rule["line_of_business"], _slug(rule["line_of_business"])),
            rule["confidence"],
        )
        for rule in _notes()["rules"]
    }
    assert {
        rule.id: (
            (rule.status, rule.reason),
            rule.indications,
            f"{rule.line_of_business}:{rule.plan}" if rule.plan else rule.line_of_business,
            rule.confidence,
        )
        for rule in release.rules
    } == expected


def _amounts(value: object, *, share: bool) -> Iterator[int]:
    match value:
        case None:
            return
        case dict():
            for key, inner in cast("dict[str, object]", value).items():
                yield from _amounts(inner, share=share or key == "coinsurance")
        case list():
            for inner in cast("list[object]", value):
                yield from _amounts(inner, share=share)
        case _:
            yield round(float(str(value)) * (10_000 if share else 100))


@with_notes
def test_yearly_amounts_are_those_of_the_notes(release: Release) -> None:
    """What the notes remember and are sure of stands here with less, or with a source read since."""
    read_since = ("medigap.plan_k_oop_limit.2024", "medigap.plan_l_oop_limit.2024")
    expected = Counter(
        (
            _slug(each["program"]),
            each["year"],
            re.sub("[-_]", "", each["scope"] or "").casefold(),
            _slug(each["status"]),
            "medium"
            if (each["source"], each["confidence"]) == (["knowledge"], "high") and each["id"] not in read_since
            else each["confidence"],
            tuple(sorted(_amounts(each["value"], share=each["unit"] == "fraction"))),
        )
        for each in _notes()["yearly_parameters"]
    )
    assert expected == Counter(
        (
            each.program,
            each.year,
            (each.scope or "").replace("-", ""),
            each.status,
            each.confidence,
            tuple(sorted(each.amounts.values())),
        )
        for each in release.parameters
    )
