"""Alerts and board ask for what `/metrics` tells, and for every alert it is written down what to do."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from litestar import Litestar

from tests.deploy.files import DEPLOY, ROOT, documents

ALERTS = DEPLOY / "prometheus/alerts.yaml"
PROMTOOL = shutil.which("promtool")
BOARD = DEPLOY / "grafana/outlay.json"


def rules() -> list[dict[str, Any]]:
    return [rule for group in documents(ALERTS)[0]["groups"] for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    return json.loads(BOARD.read_text())["panels"]


def questions() -> Iterator[str]:
    yield from (rule["expr"] for rule in rules())
    yield from (target["expr"] for panel in panels() for target in panel.get("targets", ()))


async def test_every_metric_that_is_asked_for_is_told(client: httpx.AsyncClient) -> None:
    text = (await client.get("/metrics")).text
    told = dict(re.findall(r"^# TYPE (\w+) (\w+)$", text, re.MULTILINE))
    parts = {
        f"{name}_{part}" for name, kind in told.items() if kind == "histogram" for part in ("bucket", "count", "sum")
    }
    asked = {name for question in questions() for name in re.findall(r"\boutlay_\w+", question)}
    assert len(asked) > 15
    assert asked - set(told) - parts == set()


def test_every_route_that_is_asked_for_exists(app: Litestar) -> None:
    routes = {route.path_format for route in app.routes}
    asked = [
        route
        for question in questions()
        for value in re.findall(r'route(?:=|=~|!=|!~)"([^"]+)"', question)
        for route in value.split("|")
    ]
    assert asked
    for route in asked:
        assert any(re.fullmatch(route, known) for known in routes), route


def test_every_alert_says_how_urgent_it_is_and_is_on_the_page_of_bad_days() -> None:
    page = (ROOT / "docs/bad-day.md").read_text()
    listed = re.findall(r"`(Outlay\w+)`", page)
    assert sorted(set(listed)) == sorted(rule["alert"] for rule in rules())
    for rule in rules():
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"]["summary"]


def test_the_panels_lie_beside_each_other() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in panels():
        place = panel["gridPos"]
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24
        taken |= cells
    assert len({panel["id"] for panel in panels()}) == len(panels())


@pytest.mark.skipif(PROMTOOL is None, reason="Prometheus' promtool is not here")
def test_the_alerts_fire_when_they_should() -> None:
    subprocess.run([str(PROMTOOL), "test", "rules", *ALERTS.parent.glob("*.test.yaml")], check=True)
