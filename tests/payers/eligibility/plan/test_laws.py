"""What holds of every reading, whatever the rows are."""

from datetime import date
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from payers.cost_share.plan import Benefits
from payers.cost_share.sparse import sparse
from payers.eligibility.plan.covered import COST_SHARING
from payers.eligibility.plan.read_plan import read_plan
from payers.eligibility.plan.reading import AskedPayer, PlanReading
from payers.eligibility.plan.visit import Visit
from tests.payers.eligibility.plan.answers import transaction

LAW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
DAY = date(2026, 12, 1)


def of(*several: str) -> st.SearchStrategy[str]:
    return st.sampled_from(several)


AMOUNTS = of("$0", "$20", "$500", "$800", "$2000", "$6000", "$99999.99", "eb07=NONE", "")
LEVELS = of("IND", "IND", "FAM", "", "CHD", "ESP")
NETWORKS = of("in", "in", "out", "either", "unknown", "")
PERIODS = of("p23", "p23", "p29", "p24", "p22", "p25", "p27", "p32", "p36", "")
SERVICES = of("30", "30", "MH", "98", "A4^A8", "88", "30^98", "35", "")
BESIDE = of(
    "", "", "", "@11", "@22", "'DEDUCTIBLE WAIVED'", "'DEDUCTIBLE DOES NOT APPLY TO OUT OF POCKET'",
    "'COPAY DOES NOT APPLY TO OUT OF POCKET'", "'PROVIDER IS OUT OF NETWORK'", "292=20260101-20261231",
    "292=20260701-20270630", "292=20250101-20251231",
)  # fmt: skip


def row(*parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map(lambda words: " ".join(filter(None, words)))


LIMITS = row(of("C", "G"), LEVELS, of("30", "30", "MH", "88"), PERIODS, AMOUNTS, NETWORKS, BESIDE)
SHARES = st.one_of(
    row(of("B"), LEVELS, SERVICES, PERIODS, AMOUNTS, NETWORKS, BESIDE),
    row(of("A"), LEVELS, SERVICES, of("0%", "20%", "eb08=40", "eb08=1", "eb08=X", ""), NETWORKS, BESIDE),
)
OTHERS = st.one_of(
    row(of("1", "5", "6", "I", "E", "CB"), of("30", "MH", "98", "88"), of("auth=Y", "auth=N", ""), NETWORKS, BESIDE),
    row(of("F"), of("MH", "98", "30"), of("p23 20VS", "p29 12VS", "p23 $1500", "hsd=VS*35***21*1"), NETWORKS),
    row(of("R", "U", "MC", "Y", "J"), of("30", "MH", "88", "35"), of("", "PR=HUMANA", "PRP='NOBODY KNOWS'", "$480")),
)
ANSWERS = st.lists(LIMITS | SHARES | OTHERS, max_size=14).map(lambda rows: "\n".join(["1 30", *rows]))
VISITS: st.SearchStrategy[Visit] = st.builds(
    Visit,
    on=st.just(DAY),
    until=st.sampled_from([DAY, date(2027, 2, 1)]),
    place_of_service=of("11", "22", "10"),
    network=st.sampled_from([None, "in", "out"]),
    behavioral=st.booleans(),
)
ASKED: st.SearchStrategy[AskedPayer] = st.sampled_from(["other", "other", "medicare", "medicaid", "programme"])


def plans(told: PlanReading) -> set[Benefits]:
    return {told.benefits, *told.alternatives} if told.benefits else set()


def terms(plan: Benefits) -> dict[str, Any]:
    """The terms in the network, whose rows these are, each as a whole."""
    told = sparse(plan)
    shares = told.pop("cost_shares", {})
    told.pop("out_of_network", None)
    return told | {f"share {kind}": share for kind, share in shares.items()}


def holds(wide: Benefits, narrow: Benefits) -> bool:
    """Whether a plan is the other one, or leaves open where they differ: an empty share, an absent limit."""
    one, other = terms(wide), terms(narrow)
    return all(
        one.get(name) == other.get(name)
        or (name != "visit_limit" and one.get(name) == ({} if name.startswith("share") else None))
        for name in one.keys() | other.keys()
    )


@LAW
@given(ANSWERS, VISITS, ASKED)
def test_every_answer_has_a_reading_and_every_term_its_rows(answer: str, visit: Visit, asked: AskedPayer) -> None:
    told = read_plan(transaction(answer), visit, asked, "en")
    rows = {row.n: row for row in transaction(answer).patients[0].benefits}
    assert len(told.alternatives) <= 15
    assert len(plans(told)) == len(told.alternatives) + (told.benefits is not None)
    used = {n for term in told.terms for n in term.rows}
    for term in told.terms:
        several = [rows[n] for n in term.rows]
        assert term.segments == tuple(row.segment for row in several)
        assert all(row.level != "CHD" for row in several)
        outside = term.pointer.startswith("/benefits/out_of_network")
        if term.network_stated and term.step not in (None, "pharmacy", "brand-drug"):
            assert all(row.network != ("in" if outside else "out") for row in several)
    assert not used & set(told.not_used)
    sharing = {n for n, row in rows.items() if row.kind in COST_SHARING}
    assert set(told.not_used) <= sharing


@LAW
@given(ANSWERS, VISITS, ASKED)
def test_every_question_is_the_same_in_both_languages(answer: str, visit: Visit, asked: AskedPayer) -> None:
    english, spanish = (read_plan(transaction(answer), visit, asked, lang).questions for lang in ("en", "es"))
    assert [(one.kind, one.pointer, one.blocks) for one in english] == [
        (one.kind, one.pointer, one.blocks) for one in spanish
    ]
    for one, other in zip(english, spanish, strict=True):
        assert one.question != other.question
        assert not set("{}") & {*one.question, *other.question}


ONCE: dict[str, st.SearchStrategy[str]] = {
    "C IND 30 p23 {} in": of("$500", "$2000", "$0"),
    "C IND 30 p29 {} in": of("$0", "$300", "$500"),
    "C FAM 30 p23 {} in": of("$4000", "$5000"),
    "C FAM 30 p29 {} in": of("$0", "$4000"),
    "G IND 30 p23 {} in": of("$6000", "$7000", "$0"),
    "G IND 30 p24 {} in": of("$0", "$1000", "$6500"),
    "A 30 {} in": of("0%", "20%", "eb08=1", "eb08=X"),
    "B MH {} in @11": of("$0", "$20", "$40", ""),
    "A MH {} in @11": of("10%", "20%", ""),
    "C MH {} in @11": of("$0", "$500"),
    "A 88 {} in": of("25%", "50%"),
    "F MH p23 {}VS in": of("10", "20"),
    "C IND 30 {} in": of("p22 $500 292=20260701-20270630", "p22 $500 292=20260101-20261231"),
}
"""Rows that a plan may have once, each with values that it may have."""


@LAW
@given(st.sets(of(*ONCE), min_size=1, max_size=8), st.data())
def test_a_row_that_says_another_value_takes_no_possibility_away_without_a_question(
    kinds: set[str], data: st.DataObject
) -> None:
    rows = ["1 30", *(kind.format(data.draw(ONCE[kind])) for kind in sorted(kinds))]
    again = data.draw(of(*sorted(kinds)))
    other = again.format(data.draw(ONCE[again]))
    assume(other not in rows)
    visit = Visit(on=DAY, network="in")
    before, after = (read_plan(transaction("\n".join(each)), visit, "other", "en") for each in (rows, [*rows, other]))
    more: set[Any] = {(each.kind, each.question) for each in after.questions}
    more -= {(each.kind, each.question) for each in before.questions}
    assert more or all(any(holds(wide, narrow) for wide in plans(after)) for narrow in plans(before))
