"""A table of contents gives the files of the plans that are meant, each once."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from payers.price_files.text import BrokenFile
from payers.price_files.transparency.contents import Contents, Plans, read_contents

SHARED = Path(__file__).parents[4] / "../shared/reference/mrf"


def plan(name: str, id: str, market: str) -> dict[str, str]:
    return {"plan_name": name, "plan_id_type": "EIN", "plan_id": id, "plan_market_type": market}


def file(name: str, signature: int) -> dict[str, str]:
    return {"description": name, "location": f"https://payer.example/{name}.json.gz?signature={signature}"}


CONTENTS: dict[str, Any] = {
    "reporting_entity_name": "Example",
    "reporting_structure": [
        {
            "reporting_plans": [
                plan("Choice POS II", "12-3456789", "group"),
                plan("Bronze", "987654321", "individual"),
            ],
            "in_network_files": [file("a", 1), file("b", 1)],
            "allowed_amount_file": file("amounts", 1),
        },
        {"in_network_files": [file("b", 2), file("c", 2)], "reporting_plans": [plan("Open Access", "111", "group")]},
    ],
}


def found(plans: Plans, whole: dict[str, Any] = CONTENTS) -> Contents:
    return read_contents(io.BytesIO(json.dumps(whole).encode()).read, plans)


@pytest.mark.parametrize(
    ("plans", "meant", "names"),
    [
        (Plans(), 3, "abc"),
        (Plans(names=("choice",)), 1, "ab"),
        (Plans(names=("choice", "OPEN")), 2, "abc"),
        (Plans(ids=("123456789",)), 1, "ab"),
        (Plans(market="group"), 2, "abc"),
        (Plans(names=("open",), market="group"), 1, "bc"),
        (Plans(names=("open",), ids=("123456789",)), 0, ""),
    ],
)
def test_the_files_of_the_plans_that_are_meant(plans: Plans, meant: int, names: str) -> None:
    contents = found(plans)
    assert (contents.plans, contents.meant) == (3, meant)
    assert "".join(each.description for each in contents.files) == names


def test_one_that_is_cut_is_told() -> None:
    with pytest.raises(BrokenFile):
        read_contents(io.BytesIO(json.dumps(CONTENTS)[:-2].encode()).read, Plans())


@pytest.mark.skipif(not SHARED.exists(), reason="the published samples are not beside the checkout")
@pytest.mark.parametrize("version", ["tic-1.x", "tic-2.2"])
def test_the_published_sample(version: str) -> None:
    content = (SHARED / version / "table-of-contents-sample.json").read_bytes()
    whole = json.loads(content)
    contents = read_contents(io.BytesIO(content).read, Plans())
    named = [each for part in whole["reporting_structure"] for each in part.get("in_network_files", ())]
    assert contents.plans == sum(len(part["reporting_plans"]) for part in whole["reporting_structure"])
    assert {each.location for each in contents.files} == {each["location"] for each in named}
