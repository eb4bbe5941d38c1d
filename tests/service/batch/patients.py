"""Tables of patients: questions laid out in cells, and patients who differ in amounts alone."""

# pyright: reportUnknownMemberType=false
# Polars names NumPy in its types, which need not be installed.

import random
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import polars as pl

Cells = dict[str, str | None]


def cells(question: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """The question as a table has it: each input by its path, lists as JSON, every cell as text."""
    for name, value in question.items():
        match value:
            case None:
                pass
            case dict():
                yield from cells(value, f"{above}{name}.")  # pyright: ignore[reportUnknownArgumentType]
            case list():
                yield f"{above}{name}", msgspec.json.encode(value).decode()
            case bool():
                yield f"{above}{name}", "true" if value else "false"
            case _:
                yield f"{above}{name}", str(value)


def table(rows: list[Cells]) -> pl.DataFrame:
    names = list(dict.fromkeys(name for row in rows for name in row))
    return pl.DataFrame(
        [[row.get(name) for name in names] for row in rows], pl.Schema.fromkeys(names, pl.String), orient="row"
    )


def with_other_amounts(question: Mapping[str, Any], drawn: random.Random) -> dict[str, Any]:
    """The same course of another patient: another price, other limits, other amounts met."""
    benefits = dict(question.get("benefits") or {})
    for name in ("deductible", "out_of_pocket_max"):
        if limit := benefits.get(name):
            benefits[name] = dict(limit)
            if own := limit.get("individual_cents"):
                changed = own + drawn.choice([0, 0, 5_000, drawn.randrange(100_000)])
                benefits[name]["individual_cents"] = changed
                if family := limit.get("family_cents"):
                    benefits[name]["family_cents"] = max(changed, family)
                if "individual_met_cents" in limit:
                    met = drawn.choice([0, changed, drawn.randrange(changed + 1)])
                    benefits[name]["individual_met_cents"] = met
    prices = dict(question.get("prices") or {})
    if told := prices.get("allowed_per_session"):
        price = max(0, told["low_cents"] + drawn.randrange(-5_000, 30_000))
        prices["allowed_per_session"] = {"low_cents": price, "high_cents": price}
    return {**question, **({"benefits": benefits} if benefits else {}), **({"prices": prices} if prices else {})}


def plain_patient(drawn: random.Random) -> dict[str, Any]:
    """Somebody whose course is plain: nothing open, one plan, by a person's limits or a family's."""
    share: dict[str, Any] = {"patient_share_bp": drawn.choice([0, 1_000, 2_000, 3_333, 10_000])}
    share |= {"coinsurance_base": "net-of-copay"}
    if drawn.random() < 0.4:
        timing = drawn.choice(["flat-no-deductible", "after-deductible", "before-deductible"])
        share |= {"copay_cents": drawn.choice([0, 4_000, 20_000, 150_000]), "copay_timing": timing}
    price = drawn.randrange(90_000, 170_000)
    own, most = drawn.randrange(300_000), drawn.randrange(900_000)
    return {
        "payer": drawn.choice(["aetna", "uhc"]),
        "state": "CO",
        "line_of_business": "commercial",
        "treatment": "spravato",
        "indication": "trd",
        "dose_mg": 84,
        "start_on": drawn.choice(["2026-11-20", "2026-12-01", "2027-02-01"]),
        "course": {"kind": "sessions", "count": drawn.choice([1, 12])},
        "network": "in",
        "lane": "medical",
        "authorization": "approved",
        "place_of_service": "11",
        "benefits": {
            "plan_year_start": drawn.choice(["01-01", "07-01"]),
            "deductible": _limit(own, drawn),
            "out_of_pocket_max": _limit(most, drawn),
            "cost_shares": {"default": share},
        },
        "prices": {"allowed_per_session": {"low_cents": price, "high_cents": price}},
    }


def _limit(own: int, drawn: random.Random) -> dict[str, int]:
    limit = {"individual_cents": own, "individual_met_cents": drawn.choice([0, own, drawn.randrange(own + 1)])}
    if drawn.random() < 0.3:
        family = own + drawn.randrange(own + 1)
        limit |= {
            "family_cents": family,
            "family_met_cents": drawn.randrange(limit["individual_met_cents"], family + 1),
        }
    return limit
