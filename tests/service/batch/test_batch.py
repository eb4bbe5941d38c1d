"""A table of patients costs what its patients cost one by one, to the cent, and says how each row was computed.

`OUTLAY_BATCH_ROWS` is how many random patients are compared with the engine.
"""

# pyright: reportUnknownMemberType=false
# Polars names NumPy in its types, which need not be installed.

import os
import random
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import polars as pl
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.clinic import EMPTY
from payers.catalogue.load import load_release
from payers.estimate.estimate import Refusal, estimate
from payers.estimate.question import Question
from service.batch.estimates import HEADLINE, estimated
from service.batch.parts import compute, compute_with, divided, each_here, join, knowledge
from service.batch.table import TableError, read
from service.cli import main
from tests.payers.estimate import random_plans, test_laws
from tests.payers.rates.real import on_file, rate
from tests.payers.rates.real import source as of_payer
from tests.service.batch.patients import Cells, cells, plain_patient, table, with_other_amounts

CATALOGUE = Catalogue(load_release())
TODAY = date(2026, 11, 23)
ROWS = int(os.environ.get("OUTLAY_BATCH_ROWS", "400"))
ALIKE, TOGETHER = 5, 10
"""Patients of one course, and courses in one table."""
MANY = settings(
    max_examples=max(1, ROWS // (ALIKE * TOGETHER)),
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


def one_by_one(question: dict[str, Any]) -> dict[str, Any] | None:
    """What the whole engine says of one patient; nothing where it refuses."""
    try:
        found = estimate(CATALOGUE, msgspec.convert(question, Question), TODAY)
    except msgspec.ValidationError:
        return None
    if isinstance(found, Refusal):
        return None
    amounts = zip(HEADLINE, found.headline, strict=True)
    ends = {f"{name}_{end}_cents": getattr(each, f"{end}_cents") for name, each in amounts for end in ("low", "high")}
    return {"status": found.decision.status, "sessions": len(found.main.slots), **ends}


def compared(questions: list[dict[str, Any]]) -> pl.DataFrame:
    """The table of these patients, each row of which is as its patient's own estimate."""
    rows: list[Cells] = [{"id": str(number), **dict(cells(each))} for number, each in enumerate(questions)]
    found = estimated(table(rows), CATALOGUE, TODAY)
    for number, (row, asked) in enumerate(zip(found.iter_rows(named=True), questions, strict=True)):
        expected = one_by_one(asked)
        assert row["id"] == str(number)
        assert (row["by"] == "refused") == (expected is None) == (row["problem"] is not None), row
        assert expected is None or expected.items() <= row.items(), (asked, row)
    return found


def alike(question: dict[str, Any], seed: int) -> list[dict[str, Any]]:
    drawn = random.Random(seed)
    return [question, *(with_other_amounts(question, drawn) for _ in range(ALIKE - 1))]


@MANY
@given(st.lists(random_plans.questions() | test_laws.questions(), min_size=TOGETHER, max_size=TOGETHER), st.integers())
def test_every_patient_costs_the_same_as_one_by_one(questions: list[dict[str, Any]], seed: int) -> None:
    compared([each for question in questions for each in alike(question, seed)])


def test_plain_courses_of_persons_and_families_go_by_columns() -> None:
    drawn = random.Random(7)
    found = compared(
        [each for _ in range(ROWS // ALIKE) for each in alike(plain_patient(drawn), drawn.randrange(1_000_000))]
    )
    ways = dict(found.group_by("by").len().iter_rows())
    assert ways["columns"] > 0.5 * len(found), ways


@pytest.mark.parametrize(
    "more",
    [
        {"payer": "medicare", "line_of_business": "medicare"},
        {"payer": "tricare-west", "line_of_business": "military"},
        {"other_coverage": [{"kind": "medicaid", "group": "full", "accepts_medicaid": True}]},
        {"assistance": [{"program": "spravato-withme", "policy": "counts", "remaining_cents": 700_000}]},
        {"authorization": None},
        {"network": "out"},
        {"services": {"evaluation": True}},
        {"prices": {"allowed_per_session": {"low_cents": 100_000, "high_cents": 120_000}}},
    ],
    ids=str,
)
def test_what_is_not_plain_is_handed_to_the_engine(more: dict[str, Any]) -> None:
    drawn = random.Random(3)
    question = plain_patient(drawn)
    patients = [{**question, **more} for question in alike(question, 3)]
    assert set(compared(patients)["by"]) == {"engine"}


def test_what_cannot_be_answered_says_why() -> None:
    good = dict(cells(plain_patient(random.Random(1))))
    rows: list[Cells] = [
        {"id": "a", **good, "payer": "nobody at all"},
        {"id": "b", **good},
        {"id": "c", **good, "benefits.deductible.individual_cents": "1500.00"},
        {"id": "d", **good, "other_coverage": "[{"},
        {"id": "e", **good, "benefits.deductible.individual_met_cents": "999999999"},
    ]
    found = estimated(table(rows), CATALOGUE, TODAY)
    assert found["id"].to_list() == ["a", "b", "c", "d", "e"]
    assert found["by"].to_list() == ["refused", "engine", "refused", "refused", "refused"]
    assert [problem and problem[:20] for problem in found["problem"]] != [None] * 5
    assert "deductible.individual_cents" in found["problem"][2]


@pytest.fixture
def patients(tmp_path: Path) -> Path:
    drawn = random.Random(5)
    rows: list[Cells] = [{"id": str(number), **dict(cells(plain_patient(drawn)))} for number in range(60)]
    path = tmp_path / "patients.csv"
    table(rows).write_csv(path)
    return path


def test_a_run_that_was_broken_off_goes_on(patients: Path) -> None:
    result = patients.with_name("amounts.csv")
    work = divided(patients, result, CATALOGUE, TODAY, rows=25)
    compute_with(CATALOGUE, work.parts[0], TODAY, {})
    again = divided(patients, result, CATALOGUE, TODAY, rows=25)
    assert again.open == list(work.parts[1:])
    assert list(each_here(again.open, CATALOGUE, TODAY)) == [25, 10]
    join(again, result)
    whole = estimated(read(patients).collect(), CATALOGUE, TODAY)
    assert pl.read_csv(result, schema_overrides=whole.schema).equals(whole)
    assert not again.folder.exists()


def test_parts_of_another_day_are_not_used(patients: Path) -> None:
    result = patients.with_name("amounts.csv")
    work = divided(patients, result, CATALOGUE, TODAY, rows=25)
    compute_with(CATALOGUE, work.parts[0], TODAY, {})
    assert len(divided(patients, result, CATALOGUE, date(2026, 11, 24), rows=25).open) == 3


def test_two_workers_of_ray_tell_the_same(patients: Path) -> None:
    on_ray = pytest.importorskip("service.batch.on_ray", exc_type=ImportError)
    result = patients.with_name("amounts.parquet")
    work = divided(patients, result, CATALOGUE, TODAY, rows=25)
    assert sorted(on_ray.each_on_ray(work.open, CATALOGUE, TODAY, 2)) == [10, 25, 25]
    join(work, result)
    assert pl.read_parquet(result).equals(estimated(read(patients).collect(), CATALOGUE, TODAY))


def test_another_process_prices_by_the_same_real_rates(tmp_path: Path) -> None:
    """A patient whose price nobody told pays by the payer's file there too."""
    source = tmp_path / "patients.csv"
    course = {"indication": "trd", "lane": "medical", "course": {"kind": "sessions", "count": 2}}
    told = {"payer": "uhc", "treatment": "spravato", "dose_mg": 84, "network": "in", "authorization": "approved"}
    table([dict(cells(told | course | {"start_on": "2026-12-01"}))]).write_csv(source)
    rated = Catalogue(load_release(), EMPTY, on_file((of_payer(), [rate("G2083", 91_234)])))
    work = divided(source, tmp_path / "amounts.csv", rated, TODAY)
    assert compute(work.parts[0], knowledge(rated), TODAY) == 1
    there = pl.read_parquet(work.parts[0].result)
    assert there.equals(estimated(read(source).collect(), rated, TODAY))
    assert not there.equals(estimated(read(source).collect(), CATALOGUE, TODAY))


def test_the_command_reads_and_writes_both_forms(patients: Path) -> None:
    parquet = patients.with_suffix(".parquet")
    pl.read_csv(patients, infer_schema=False).write_parquet(parquet)
    for source, result in ((patients, "of-csv.parquet"), (parquet, "of-parquet.parquet")):
        command = ["batch", str(source), str(patients.with_name(result)), "--today", "2026-11-23"]
        done = CliRunner().invoke(main, command)
        assert done.exit_code == 0, done.output
        assert "60 patients" in done.stderr
    assert pl.read_parquet(patients.with_name("of-csv.parquet")).equals(
        pl.read_parquet(patients.with_name("of-parquet.parquet"))
    )


@pytest.mark.parametrize(
    ("header", "problem"),
    [("payer,treatment,shoe_size", "shoe_size"), ("payer,state", "treatment"), ("", "empty")],
)
def test_a_table_of_something_else_is_refused(tmp_path: Path, header: str, problem: str) -> None:
    path = tmp_path / "other.csv"
    path.write_text(header and f"{header}\naetna,b,c\n")
    done = CliRunner().invoke(main, ["batch", str(path), str(tmp_path / "out.csv")])
    assert done.exit_code == 1
    assert problem in done.output


def test_a_table_in_another_form_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="xlsx"):
        read(tmp_path / "patients.xlsx")
