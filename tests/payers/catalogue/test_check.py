"""Each law of the check fails on a release that breaks it, names file and key, and holds on the real one."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from payers.catalogue.check import Finding, check
from payers.catalogue.check_values import NEEDED_NOTICES
from payers.catalogue.load import DATA, load_release
from payers.catalogue.model import Fee, Identifier, LineageEvent, Parameter, Release, Rule, Source

RELEASE = load_release()
TODAY = date(2026, 12, 1)
CITED: dict[str, Any] = {
    "sources": ("derived",),
    "confidence": "high",
    "verified_on": date(2026, 11, 22),
    "review_by": date(2027, 5, 22),
}
replace = msgspec.structs.replace


def changed(table: str, match: Mapping[str, object], **changes: object) -> Release:
    """The release with the first entry that matches changed."""
    entries = list(getattr(RELEASE, table))
    at = next(i for i, entry in enumerate(entries) if all(getattr(entry, k) == v for k, v in match.items()))
    entries[at] = replace(entries[at], **changes)
    return replace(RELEASE, **{table: tuple(entries)})


def added(table: str, *entries: object) -> Release:
    return replace(RELEASE, **{table: (*getattr(RELEASE, table), *entries)})


def entry(table: str, **match: object) -> Any:
    return next(e for e in getattr(RELEASE, table) if all(getattr(e, k) == v for k, v in match.items()))


def payer(slug: str, **changes: object) -> Release:
    return changed("payers", {"slug": slug}, **changes)


def rule(**parts: object) -> Rule:
    new = Rule(
        id="new-rule",
        payer="aetna",
        plan="Plan of this test",
        treatments=("iv-ketamine",),
        indications=("crps",),
        status="not-covered",
        reason="experimental",
        **CITED,
    )
    return replace(new, **parts)


def event(on: str, **parts: object) -> LineageEvent:
    return replace(LineageEvent(on=on, event="became another", event_es="pasó a ser otro", **CITED), **parts)


def identifier(value: str) -> Identifier:
    return Identifier(value=value, network="test", use="270", **CITED)


def parameter(year: int, **parts: object) -> Parameter:
    new = Parameter(
        id=f"test.amount.{year}",
        program="test",
        name="amount",
        year=year,
        unit="cents",
        status="final",
        amounts={"amount": 1},
        **CITED,
    )
    return replace(new, **parts)


def both_identifiers() -> Release:
    shared = [
        replace(p, identifiers=(identifier("12345"),)) if p.slug in {"aetna", "cigna"} else p for p in RELEASE.payers
    ]
    return replace(RELEASE, payers=tuple(shared))


def with_fee(code: str, fee: Fee) -> Release:
    return changed("codes", {"code": code}, fees=(*entry("codes", code=code).fees, fee))


BROKEN: dict[str, tuple[Callable[[], Release], str, str, str, str]] = {
    # what is wrong: how to break it, severity, file, key, problem
    "a value without a source": (
        lambda: payer("aetna", sources=()), "error", "payers/aetna.toml", "payers[aetna]", "no source"),
    "a source that is not on file": (
        lambda: payer("aetna", sources=("nowhere",)), "error", "payers/aetna.toml", "payers[aetna]", "nowhere"),
    "a source deep inside a value": (
        lambda: payer("aetna", lineage=(event("2020", sources=("nowhere",)),)),
        "error", "payers/aetna.toml", "payers[aetna].lineage[2020]", "nowhere"),
    "a source that nobody cites": (
        lambda: added("sources", Source(id="lonely", title="Lonely", kind="page")),
        "warning", "sources.toml", "sources[lonely]", "nobody cites"),
    "a memory that is too sure": (
        lambda: payer("aetna", sources=("memory",), confidence="high"),
        "error", "payers/aetna.toml", "payers[aetna]", "memory alone"),
    "an end before the beginning": (
        lambda: added("rules", rule(valid_from=date(2026, 2, 1), valid_until=date(2026, 1, 1))),
        "error", "payers/aetna.toml", "rules[new-rule]", "before it begins"),
    "a text without Spanish": (
        lambda: changed("notices", {"kind": "parity"}, text_es=""),
        "error", "notices.toml", "notices[parity].text_es", "missing"),
    "a question without Spanish": (
        lambda: payer("aetna", lineage=(event("2020", question="Who?"),)),
        "error", "payers/aetna.toml", "payers[aetna].lineage[2020].question_es", "missing"),
    "a check that is due": (
        lambda: payer("aetna", review_by=date(2026, 11, 30)),
        "warning", "payers/aetna.toml", "payers[aetna]", "2026-11-30"),
    "a check in the future": (
        lambda: payer("aetna", verified_on=date(2026, 12, 2)),
        "error", "payers/aetna.toml", "payers[aetna]", "still to come"),
    "an ambiguous name as an alias": (
        lambda: payer("uhc", aliases=("tri care",)), "error", "payers/uhc.toml", "payers[uhc]", "ambiguous"),
    "one alias for two payers": (
        lambda: payer("uhc", aliases=("CIGNA, Inc.",)), "error", "payers/uhc.toml", "payers[uhc]", "borne by cigna"),
    "an identifier for two payers": (
        both_identifiers, "warning", "payers/aetna.toml", "payer.identifiers[12345]", "shared with cigna"),
    "a successor that is not on file": (
        lambda: payer("aetna", lineage=(event("2020", to=("nobody",)),)),
        "error", "payers/aetna.toml", "payers[aetna]", "nobody"),
    "a region of nobody": (
        lambda: changed("regions", {"number": 4}, payer="nobody"), "error", "regions.toml", "regions[CO, 4", "nobody"),
    "a candidate that is not on file": (
        lambda: changed(
            "ambiguous_names", {"names": ("VA",)},
            candidates=(replace(entry("ambiguous_names", names=("VA",)).candidates[0], payer="nobody"),)),
        "error", "identity.toml", "ambiguous_names[VA]", "nobody"),
    "a circle of successors": (
        lambda: payer("carelon", lineage=(event("2024", to=("beacon",)),)),
        "error", "payers/beacon.toml", "payers[beacon]", "back to itself"),
    "a payer that is gone without a successor": (
        lambda: payer("beacon", lineage=()), "error", "payers/beacon.toml", "payers[beacon]", "nobody is in its place"),
    "events out of order": (
        lambda: payer("aetna", lineage=(event("2020"), event("2019-12-31"))),
        "error", "payers/aetna.toml", "payers[aetna]", "2019-12-31"),
    "a day that is none": (
        lambda: payer("aetna", lineage=(event("lately", to=("uhc",)),)),
        "error", "payers/aetna.toml", "payers[aetna]", "lately"),
    "an interval turned round": (
        lambda: payer("aetna", lineage=(event("2011/2008"),)),
        "error", "payers/aetna.toml", "payers[aetna]", "ends before it begins"),
    "several successors without a question": (
        lambda: payer("aetna", lineage=(event("2020", to=("uhc", "cigna")),)),
        "error", "payers/aetna.toml", "payers[aetna]", "no question"),
    "an unknown way to settle": (
        lambda: payer("aetna", lineage=(event("2020", to=("uhc",), settled_by="dice"),)),
        "error", "payers/aetna.toml", "payers[aetna]", "dice"),
    "a county in two regions": (
        lambda: added(
            "regions", replace(entry("regions", number=4), number=9, counties=("Denver County",), valid_from=None)),
        "error", "regions.toml", "regions[CO, 9, always]", "denver"),
    "two rules for one question": (
        lambda: added("rules", rule(), rule(id="second", valid_from=date(2026, 1, 1))),
        "error", "payers/aetna.toml", "rules[second]", "same question"),
    "two defaults for one question": (
        lambda: added("rules", rule(payer="*"), rule(id="second", payer="*")),
        "error", "defaults.toml", "rules[second]", "same question"),
    "opposite rules for the same members": (
        lambda: added(
            "rules", rule(payer="humana"),
            rule(id="second", payer="humana", line_of_business="medicare-advantage", status="covered", reason=None)),
        "error", "payers/humana.toml", "rules[second]", "says covered where new-rule says not-covered"),
    "a reason for paying": (
        lambda: added("rules", rule(status="covered")), "error", "payers/aetna.toml", "rules[new-rule]", "the reason"),
    "a refusal without a reason": (
        lambda: added("rules", rule(reason=None)), "error", "payers/aetna.toml", "rules[new-rule]", "does not say why"),
    "a rule of nobody": (
        lambda: added("rules", rule(payer="nobody")), "error", "payers/nobody.toml", "rules[new-rule]", "not on file"),
    "a line for which the payer does not answer": (
        lambda: added("rules", rule(line_of_business="va")), "error", "payers/aetna.toml", "rules[new-rule]", "for va"),
    "a rule in the shadow of others": (
        lambda: added(
            "rules", rule(payer="humana"), rule(id="second", payer="humana", line_of_business="medicare-advantage")),
        "error", "payers/humana.toml", "rules[new-rule]", "never reached"),
    "a rule of a payer that is gone": (
        lambda: added("rules", rule(payer="bhi", line_of_business="rae")),
        "warning", "payers/bhi.toml", "rules[new-rule]", "leads elsewhere since 2018-07-01"),
    "a code that is not on file": (
        lambda: added("rules", rule(codes=("X0000",))), "error", "payers/aetna.toml", "rules[new-rule]", "X0000"),
    "a code before its time": (
        lambda: added("rules", rule(codes=("J0013",), valid_until=date(2025, 12, 31))),
        "error", "payers/aetna.toml", "rules[new-rule]", "J0013"),
    "one code twice": (
        lambda: added("codes", entry("codes", code="G2082")), "error", "codes.toml", "codes[G2082]", "twice"),
    "two amounts on one day": (
        lambda: with_fee("G2082", Fee(nonfacility_cents=1, valid_from=date(2026, 12, 31), **CITED)),
        "error", "codes.toml", "codes[G2082]", "two amounts"),
    "units that disagree with the kit": (
        lambda: changed("ndcs", {"dose_mg": 84}, units_by_code={"J0013": 56}), "error", "codes.toml", "ndcs[", "84 mg"),
    "a bundle billed twice": (
        lambda: changed("ndcs", {"dose_mg": 84}, units_by_code={"G2083": 2}), "error", "codes.toml", "ndcs[", "G2083"),
    "a kit with an unknown code": (
        lambda: changed("ndcs", {"dose_mg": 84}, units_by_code={"X0000": 1}), "error", "codes.toml", "ndcs[", "X0000"),
    "units that disagree with the dose": (
        lambda: changed(
            "treatments", {"slug": "spravato"},
            billing=(replace(entry("treatments", slug="spravato").billing[1], units_by_dose={56: 56, 84: 56}),)),
        "error", "treatments.toml", "treatments[spravato]", "84 mg"),
    "a session billed with an unknown code": (
        lambda: changed(
            "treatments", {"slug": "spravato"},
            billing=(replace(entry("treatments", slug="spravato").billing[1], codes_by_dose={84: "X0000"}),)),
        "error", "treatments.toml", "treatments[spravato]", "X0000"),
    "an amount that was not found": (
        lambda: added("parameters", parameter(2026, status="not-found")),
        "error", "parameters/test.toml", "parameters[test.amount.2026]", "not-found"),
    "an amount that is not there": (
        lambda: added("parameters", parameter(2026, amounts={})),
        "error", "parameters/test.toml", "parameters[test.amount.2026]", "without an amount"),
    "a year left out": (
        lambda: added("parameters", parameter(2024), parameter(2026)),
        "error", "parameters/test.toml", "parameters[test.amount.2026]", "between 2024 and 2026"),
    "a year with two amounts": (
        lambda: added("parameters", parameter(2026), parameter(2026)),
        "error", "parameters/test.toml", "parameters[test.amount.2026]", "two values"),
    "a range upside down": (
        lambda: changed("price_ranges", {"id": "iv-session"}, low_cents=90000),
        "error", "prices.toml", "price_ranges[iv-session]", "not in order"),
    "two ranges for one estimate": (
        lambda: changed("price_ranges", {"id": "iv-session-market-guides"}, prices_estimates=True),
        "error", "prices.toml", "price_ranges[iv-session-market-guides]", "prices the same estimate as iv-session"),
    "a treatment without the prices it names": (
        lambda: changed("treatments", {"slug": "im-ketamine"}, price_setting="commercial"),
        "error", "treatments.toml", "treatments[im-ketamine]", "no commercial price"),
    "a notice that is not there": (
        lambda: replace(RELEASE, notices=tuple(n for n in RELEASE.notices if n.kind != "medicare-abn")),
        "error", "notices.toml", "notices[medicare-abn]", "missing"),
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_law_is_found_where_it_lives(what: str) -> None:
    broken, severity, file, key, problem = BROKEN[what]
    findings = [
        finding
        for finding in check(broken(), TODAY)
        if (finding.severity, finding.file) == (severity, file)
        and finding.key.startswith(key)
        and problem in finding.problem
        and finding not in HELD
    ]
    assert findings
    assert all(finding.remedy for finding in findings)


HELD = check(RELEASE, TODAY)


def test_the_release_has_no_error() -> None:
    assert [finding for finding in HELD if finding.severity == "error"] == []


def test_findings_name_files_that_exist() -> None:
    assert {finding.file for finding in HELD} <= {str(path.relative_to(DATA)) for path in DATA.rglob("*.toml")}


def test_liquidation_needs_no_successor() -> None:
    gone = payer("aetna", status="defunct", lineage=(event("2020", event="placed in liquidation"),))
    assert not _about("payers/aetna.toml", check(gone, TODAY))


def test_two_settlings_of_a_day_are_no_overlap() -> None:
    """A forecast may stand beside the settled amount; next year's rule begins the day after this year's ends."""
    forecast = Fee(
        nonfacility_cents=1, status="proposed", valid_from=date(2026, 1, 1), valid_until=date(2026, 6, 1), **CITED
    )
    later = (rule(valid_until=date(2026, 1, 1)), rule(id="second", valid_from=date(2026, 1, 2)))
    assert not _about("codes.toml", check(with_fee("G2082", forecast), TODAY))
    assert not _about("payers/aetna.toml", check(added("rules", *later), TODAY))


def test_a_code_may_end_and_begin_again() -> None:
    ended = replace(entry("codes", code="G2082"), valid_until=date(2019, 12, 31), valid_from=None)
    assert not _about("codes.toml", check(added("codes", ended), TODAY))


def test_a_line_of_business_may_differ_from_the_others_of_its_payer() -> None:
    rules = (
        rule(payer="molina"),
        rule(id="second", payer="molina", line_of_business="medicaid", status="covered", reason=None),
    )
    assert not _about("payers/molina.toml", check(added("rules", *rules), TODAY))


def test_a_rule_that_ended_with_its_payer_is_in_order() -> None:
    ended = rule(payer="bhi", line_of_business="rae", valid_until=date(2018, 6, 30))
    assert check(added("rules", ended), TODAY) == HELD


def _about(file: str, findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.file == file and finding.severity == "error"]


def test_the_check_knows_every_notice_that_the_code_says() -> None:
    payers = Path(DATA).parents[1]
    said = {
        kind
        for file in (*payers.rglob("*.py"), *payers.with_name("service").rglob("*.py"))
        for kind in re.findall(r'\bnotice\(\s*"([a-z-]+)"', file.read_text(encoding="utf-8"))
    }
    assert said <= NEEDED_NOTICES
