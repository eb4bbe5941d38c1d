"""GoRules' zen-engine with the coverage rules of the catalogue as one decision table: the decision and nothing else."""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

import zen

from payers.catalogue.catalogue import ANY_PAYER, Catalogue
from payers.catalogue.model import Rule

INPUTS = ("payer", "line_of_business", "plan", "treatment", "indication", "day")
OUTPUTS = ("status", "reason", "lane", "rule")


def rule_table(catalogue: Catalogue) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """The table, compiled. It takes the inputs by name and gives the outputs of the first row that fits."""
    content = zen.ZenDecisionContent(json.dumps(_document(catalogue.release.rules)))
    decision = zen.ZenEngine().create_decision(content)
    table: Any = decision
    return lambda asked: table.evaluate(asked)["result"]


def asked(payer: str, line: str, treatment: str, indication: str, on: date) -> dict[str, Any]:
    """One question to the table."""
    day = int(f"{on:%Y%m%d}")
    return {
        "payer": payer,
        "line_of_business": line,
        "plan": None,
        "treatment": treatment,
        "indication": indication,
        "day": day,
    }


def _document(rules: Iterable[Rule]) -> dict[str, Any]:
    """A JSON decision model: one table between what comes in and what goes out."""
    table = {
        "hitPolicy": "first",
        "inputs": [{"id": name, "name": name, "field": name} for name in INPUTS],
        "outputs": [{"id": name, "name": name, "field": name} for name in OUTPUTS],
        "rules": list(_rows(rules)),
    }
    return {
        "nodes": [
            {"id": "in", "name": "question", "type": "inputNode", "position": {"x": 0, "y": 0}},
            {
                "id": "table",
                "name": "coverage",
                "type": "decisionTableNode",
                "position": {"x": 1, "y": 0},
                "content": table,
            },
            {"id": "out", "name": "decision", "type": "outputNode", "position": {"x": 2, "y": 0}},
        ],
        "edges": [
            {"id": "1", "sourceId": "in", "targetId": "table", "type": "edge"},
            {"id": "2", "sourceId": "table", "targetId": "out", "type": "edge"},
        ],
    }


def _rows(rules: Iterable[Rule]) -> Iterator[dict[str, str]]:
    """One row a rule, the most particular first; a default for a line of business comes after every payer's own."""
    in_order = sorted(
        rules, key=lambda rule: (rule.payer == ANY_PAYER, rule.plan is None, rule.line_of_business is None, rule.id)
    )
    for rule in in_order:
        first = int(f"{rule.valid_from:%Y%m%d}") if rule.valid_from else 0
        last = int(f"{rule.valid_until:%Y%m%d}") if rule.valid_until else 99991231
        yield {
            "_id": rule.id,
            "payer": "" if rule.payer == ANY_PAYER else json.dumps(rule.payer),
            "line_of_business": json.dumps(rule.line_of_business) if rule.line_of_business else "",
            "plan": json.dumps(rule.plan) if rule.plan else "",
            "treatment": ", ".join(map(json.dumps, rule.treatments)),
            "indication": ", ".join(map(json.dumps, rule.indications)),
            "day": f"[{first}..{last}]",
            "status": json.dumps(rule.status),
            "reason": json.dumps(rule.reason),
            "lane": json.dumps(rule.lane),
            "rule": json.dumps(rule.id),
        }
