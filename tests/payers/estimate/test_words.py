"""Both languages say the same things, and everything that the code says has words."""

import ast
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from payers.catalogue.load import load_release
from payers.catalogue.model import Criteria, Rule
from payers.catalogue.vocabulary import CoverageReason, CoverageStatus, Lane, Network
from payers.cost_share.money import Range, exactly
from payers.estimate import words
from payers.estimate.case import Approval
from payers.estimate.milestones import LIMITS
from payers.estimate.prices import Basis
from payers.estimate.question import Language

FOLDER = Path(words.__file__).parent
ESTIMATE = FOLDER.parent
PAYERS = ESTIMATE.parent
LANGUAGES: tuple[Language, ...] = get_args(Language)
YEARLY_AMOUNTS = {
    "medicare-part-b": ("deductible",),
    "medicare-part-d": ("standard-deductible", "out-of-pocket-cap"),
    "medicare-advantage": ("moop-in-network", "moop-combined"),
    "aca": ("oop-max-self",),
    "tricare": ("select-deductible", "point-of-service", "network-copay", "catastrophic-cap"),
    "champva": ("deductible", "catastrophic-cap"),
    "va": ("copay-specialty",),
    **{p.program: ("copay",) for p in load_release().parameters if p.program.endswith("-medicaid")},
}
"""Yearly amounts of programmes that bound an estimate, and so may be told as not final."""


def sentences(lang: str) -> dict[tuple[str, str], Any]:
    tables = msgspec.toml.decode((FOLDER / f"{lang}.toml").read_bytes(), type=dict[str, dict[str, Any]])
    return {(table, key): text for table, entries in tables.items() for key, text in entries.items()}


def placeholders(text: Any) -> set[str]:
    whole = text if isinstance(text, str) else " ".join(text)
    return {name for _, name, _, _ in string.Formatter().parse(whole) if name is not None}


def free_text(rule: Rule) -> Iterator[str]:
    """What the catalogue says of a rule in words of its own."""
    criteria: list[object] = [getattr(rule.criteria, kind) for kind in Criteria.__struct_fields__]
    approval = rule.authorization
    others = (approval.initial, approval.renewal, rule.site_of_care, rule.lane_note, rule.quantity_limits)
    for text in (*criteria, *rule.criteria.exclusions, *others):
        if isinstance(text, str):
            yield text


def calls(name: str, *folders: Path) -> Iterator[list[Any]]:
    """The arguments of every call of a function in the estimate, None where one is not a plain word."""
    for folder in folders or (ESTIMATE,):
        for path in folder.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                    yield [each.value if isinstance(each, ast.Constant) else None for each in node.args]


def yielded(function: str) -> set[str]:
    """The plain words that one generator of the notices yields."""
    tree = ast.parse((ESTIMATE / "notices.py").read_text(encoding="utf-8"))
    (found,) = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == function]
    return {
        node.value.value
        for node in ast.walk(found)
        if isinstance(node, ast.Yield) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    }


def test_the_languages_have_the_same_keys() -> None:
    spanish = {(table, key) for table, key in sentences("es") if table != "phrase"}
    assert sentences("en").keys() == spanish


def test_the_catalogue_has_spanish_for_its_free_text_and_no_more() -> None:
    used = {text for rule in load_release().rules for text in free_text(rule)}
    assert used
    assert {key for table, key in sentences("es") if table == "phrase"} == used


def test_free_text_is_told_in_the_language_of_the_reader() -> None:
    assert words.phrase("es", "12 months") == "12 meses"
    assert words.phrase("en", "12 months") == "12 months"
    assert words.phrase("es", "a clinic's own words") == "a clinic's own words"


def test_the_languages_fill_in_the_same_values() -> None:
    english, spanish = sentences("en"), sentences("es")
    differing = {key for key in english if placeholders(english[key]) != placeholders(spanish[key])}
    assert not differing


def test_no_sentence_is_empty_and_none_was_left_in_english() -> None:
    english, spanish = sentences("en"), sentences("es")
    assert all(text for text in (*english.values(), *spanish.values()))
    same = {key for key in english if english[key] == spanish[key] and placeholders(english[key]) == set()}
    assert same <= {("text", "no"), ("assume", "dose_mg")}


def test_every_sentence_that_the_code_names_exists() -> None:
    named = {(args[1], args[2]) for args in calls("say") if len(args) > 2 and args[1] and args[2]}
    named |= {("notice", args[1]) for args in calls("_left_out") if args[1]}
    assert named
    assert named <= sentences("en").keys()


def test_every_refusal_has_words_and_all_of_them_are_said() -> None:
    rooms = (PAYERS, PAYERS.parent / "service")
    read = (ast.walk(ast.parse(path.read_text(encoding="utf-8"))) for room in rooms for path in room.rglob("*.py"))
    written = {node.value for nodes in read for node in nodes if isinstance(node, ast.Constant)}
    words_for = {key for table, key in sentences("en") if table == "refusal"}
    assert words_for <= written
    assert {args[2] for args in calls("_wrong", PAYERS / "adjudication")} <= words_for


@pytest.mark.parametrize(
    ("table", "keys"),
    [
        ("status", set(get_args(CoverageStatus))),
        ("reason", set(get_args(CoverageReason))),
        ("basis", set(get_args(Basis))),
        ("amount", {"fee", *(f"{program}-{name}" for program, names in YEARLY_AMOUNTS.items() for name in names)}),
        ("text", set(get_args(Lane))),
        (
            "fork",
            {
                f"{kind}-{side}"
                for kind, sides in (("authorization", Approval), ("lane", Lane), ("network", Network))
                for side in get_args(sides)
            },
        ),
        (
            "milestone",
            {
                "plan-year-reset",
                "authorization-ends",
                *(
                    f"{apart}{kind}{end}"
                    for apart, kinds in (
                        ("", (*(kind for kind, _ in LIMITS), "card-dry", "visits-used-up")),
                        ("drug-", tuple(kind for kind, _ in LIMITS)),
                    )
                    for kind in kinds
                    for end in ("", "-open", "-maybe")
                ),
            },
        ),
        (
            "require",
            {*Criteria.__struct_fields__, "authorization_initial", "authorization_renewal", "site_of_care"},
        ),
    ],
)
def test_every_word_of_the_vocabulary_is_told(table: str, keys: set[str]) -> None:
    assert {(table, key) for key in keys} <= sentences("en").keys()


def test_every_unknown_has_a_question_and_its_typical_answer_words() -> None:
    answerable = {args[0] for name in ("Unknown", "_price", "_middle") for args in calls(name) if args[0]}
    answerable |= {"deductible", "deductible_met", "out_of_pocket_max", "out_of_pocket_met"}
    named = answerable | {args[0] for args in calls("unanswered") if args[0]}
    assert {key for table, key in sentences("en") if table == "ask"} == named
    assert {key for table, key in sentences("en") if table == "assume"} == answerable


def test_every_notice_of_the_law_is_in_the_catalogue() -> None:
    kinds = yielded("_by_law") | yielded("_by_payer")
    assert kinds
    assert kinds <= {notice.kind for notice in load_release().notices}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_amounts_are_printed_as_in_the_united_states(lang: Language) -> None:
    assert words.amount(lang, exactly(124_000)) == "$1,240"
    assert words.amount(lang, exactly(27_122)) == "$271.22"
    assert words.amount(lang, exactly(5)) == "$0.05"
    both = words.amount(lang, Range(low_cents=35_000, high_cents=80_000))
    assert both.startswith("$350 ")
    assert both.endswith(" $800")


@pytest.mark.parametrize(
    ("on", "english", "spanish"),
    [
        ("2005-12-20", "December 20, 2005", "20 de diciembre de 2005"),
        ("2020-02", "February 2020", "febrero de 2020"),
        ("2016", "2016", "2016"),
        ("2008/2011", "2008 to 2011", "2008 a 2011"),
    ],
)
def test_a_date_is_told_as_precisely_as_its_source(on: str, english: str, spanish: str) -> None:
    assert (words.when("en", on), words.when("es", on)) == (english, spanish)


@pytest.mark.parametrize(("basis_points", "text"), [(2_000, "20%"), (1_250, "12.5%"), (3_333, "33.33%"), (0, "0%")])
def test_percentages(basis_points: int, text: str) -> None:
    assert words.percent(basis_points) == text
