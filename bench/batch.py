"""A table of patients, beside the engine called once for each (S5), and which rows it hands to the engine."""

import os
import random
from collections import Counter
from datetime import timedelta
from statistics import median
from time import process_time
from typing import Any

os.environ.setdefault("POLARS_MAX_THREADS", "1")  # before its first import


from bench.engine import FIRST_DAY, TODAY, encoded
from bench.measure import Measure
from bench.questions import EVERYTHING_KNOWN
from payers.catalogue.catalogue import Catalogue
from payers.catalogue.load import load_release
from payers.estimate.estimate import Refusal, estimate
from service.batch.estimates import HEADLINE, estimated
from service.batch.table import question
from tests.service.batch.patients import cells, table

PATIENTS = 100_000
COMPARED = 2_000
"""Of them are computed one by one too."""
PAYERS = {"aetna": "commercial", "uhc": "commercial", "cigna": "commercial", "aetna-ma": "medicare-advantage"}
DAYS = 60


def measured() -> tuple[list[Measure], dict[str, Any]]:
    """S5: rows a second of processor time, against the engine's in the same minute, and rows whose cents differ."""
    catalogue = Catalogue(load_release())
    rows = table([dict(cells(patient(number))) for number in range(PATIENTS)])
    picked = random.Random(1).sample(range(PATIENTS), COMPARED)  # noqa: S311  no secret
    questions = [question(rows.row(number, named=True)) for number in picked]
    rates: list[float] = []
    differing, of_table, found = 0, 0.0, rows.clear()
    for asked in questions[:100]:
        encoded(catalogue, asked)
    for turn in range(4):  # the engine's turns lie around the table's
        start = process_time()
        for asked in questions[turn::4]:
            encoded(catalogue, asked)
        rates.append(len(questions[turn::4]) / (process_time() - start))
        if turn == 1:
            start = process_time()
            found = estimated(rows, catalogue, TODAY)
            of_table = PATIENTS / (process_time() - start)
    for asked, row in zip(questions, found[picked].iter_rows(named=True), strict=True):
        one = estimate(catalogue, asked, TODAY)
        if isinstance(one, Refusal) or any(
            (row[f"{name}_low_cents"], row[f"{name}_high_cents"]) != (each.low_cents, each.high_cents)
            for name, each in zip(HEADLINE, one.headline, strict=True)
        ):
            differing += 1
    ways = Counter(found["by"].to_list())
    figures = {
        "table, rows a second": of_table,
        "table, rows by columns": ways["columns"],
        "table, rows by engine": ways["engine"],
        "one by one, a second": median(rates),
        "rows compared": len(questions),
        "rows that differ": differing,
    }
    work = f"table of {PATIENTS:,} patients, 12 sessions each, one processor"
    return [Measure("S5", work, "engine once a row", of_table / median(rates), 20)], figures


def patient(number: int) -> dict[str, Any]:
    """One of a clinic's patients: any of a few payers, a start within two months, any plan of a person or a family."""
    drawn = random.Random(number)  # noqa: S311  the same patients every time, no secrets
    payer = drawn.choice(list(PAYERS))
    own = drawn.randrange(0, 600_000, 2_500)
    most = own + drawn.randrange(0, 600_000, 2_500)
    price = drawn.randrange(90_000, 170_000)
    share: dict[str, Any] = {"patient_share_bp": drawn.choice([0, 1_000, 2_000, 3_000])}
    share |= {"coinsurance_base": "net-of-copay"}
    if drawn.random() < 0.2:
        share |= {"copay_cents": drawn.choice([4_000, 20_000]), "copay_timing": "after-deductible"}
    limits = {"deductible": own, "out_of_pocket_max": most}
    return {
        **EVERYTHING_KNOWN,
        "payer": payer,
        "line_of_business": PAYERS[payer],
        "start_on": (FIRST_DAY + timedelta(days=drawn.randrange(DAYS))).isoformat(),
        "benefits": {
            "plan_year_start": drawn.choice(["01-01", "01-01", "07-01"]),
            **{name: _limit(cents, drawn) for name, cents in limits.items()},
            "cost_shares": {"default": share},
        },
        "prices": {"allowed_per_session": {"low_cents": price, "high_cents": price}},
    }


def _limit(own: int, drawn: random.Random) -> dict[str, int]:
    limit = {"individual_cents": own, "individual_met_cents": drawn.randrange(own + 1)}
    if drawn.random() < 0.3:
        limit |= {
            "family_cents": 2 * own,
            "family_met_cents": drawn.randrange(limit["individual_met_cents"], 2 * own + 1),
        }
    return limit


if __name__ == "__main__":
    print(measured())
