"""What partners build against: the committed document, and shapes whose decoders can be built."""

import re
from pathlib import Path
from typing import Any, get_args

import httpx
import msgspec
import pytest

from service.api.document import WIRE_TYPES
from service.api.widget import Bucket, PlanType
from service.openapi import rendered

COMMITTED = Path(__file__).parents[2] / "docs" / "openapi.json"

COARSE = {"payer", "treatment", "state", "plan_type", "deductible", "site", "lang"}
"""All that the widget may be told: nothing of it says who somebody is."""

STAFF = (
    "/fhir/CoverageEligibilityRequest",
    "/v1/adjudications",
    "/v1/claims",
    "/v1/eligibility",
    "/v1/estimates",
    "/v1/good-faith-estimates",
    "/v1/webhooks",
)


def committed() -> dict[str, Any]:
    return msgspec.json.decode(COMMITTED.read_bytes())


def test_the_committed_document_is_the_one_that_is_served() -> None:
    assert rendered().decode() == COMMITTED.read_text(), "run `make openapi` and review the difference"


async def test_the_document_is_served(client: httpx.AsyncClient) -> None:
    for path in ("/schema", "/schema/openapi.json"):
        assert (await client.get(path)).json() == committed()


@pytest.mark.parametrize("shape", WIRE_TYPES)
def test_a_decoder_can_be_built_for_every_shape(shape: type[msgspec.Struct]) -> None:
    assert msgspec.json.Decoder(shape).type is shape


def test_every_reference_leads_to_a_shape() -> None:
    references = set(re.findall(r'"\$ref": "#/components/schemas/([^"]+)"', COMMITTED.read_text()))
    assert references <= set(committed()["components"]["schemas"])
    assert {"Question", "Answer", "Problem"} <= references


def test_every_operation_documents_problems_and_has_a_name() -> None:
    operations = [operation for path in committed()["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names) > 10
    for operation in operations:
        content = operation["responses"]["default"]["content"]
        assert {"application/problem+json", "application/fhir+json"} & set(content)


def test_a_staff_operation_says_that_it_needs_a_key() -> None:
    for path, item in committed()["paths"].items():
        for operation in item.values():
            assert bool(operation.get("security")) == path.startswith(STAFF), path


def test_the_widget_cannot_be_told_who_somebody_is() -> None:
    for path in ("/widget/v1/options", "/widget/v1/estimate"):
        operation = committed()["paths"][path]["get"]
        assert "requestBody" not in operation
        told = {parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "query"}
        assert told <= COARSE
    assert set(get_args(Bucket)) == {"met", "partly", "not-met", "unknown"}
    assert all(value.isascii() and value.islower() for value in get_args(PlanType))
