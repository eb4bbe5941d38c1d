"""What we define is valid, and it is all that responses use and HL7 does not define."""

import re
from pathlib import Path

import fhirkit
import pytest

from payers.fhir import definitions
from payers.fhir.capability import capability_statement
from payers.fhir.definitions import CODE_SYSTEMS, STRUCTURE_DEFINITIONS
from payers.fhir.elements import Element
from tests.payers.fhir.building import valid

PAGE = Path(__file__).parents[3] / "docs/fhir.md"
ROOM = Path(definitions.__file__).parent


@pytest.mark.parametrize(
    "resource", [*CODE_SYSTEMS.values(), *STRUCTURE_DEFINITIONS.values()], ids=lambda each: each.id
)
def test_a_definition_is_valid(resource: Element) -> None:
    assert valid(resource)["status"] == "active"


def test_the_capability_statement_is_valid_and_names_the_operation() -> None:
    statement = valid(capability_statement("1.2.3"))
    (rest,) = statement["rest"]
    submit = rest["resource"][0]
    assert (submit["type"], submit["operation"][0]["name"]) == ("CoverageEligibilityRequest", "submit")
    assert {each["type"] for each in rest["resource"]} <= set(fhirkit.RESOURCE_TYPES)
    assert (statement["kind"], statement["fhirVersion"], statement["software"]["version"]) == (
        "instance",
        "4.0.1",
        "1.2.3",
    )


def test_every_extension_that_is_written_is_defined() -> None:
    used = {
        name for path in ROOM.glob("write_*.py") for name in re.findall(r"definitions\.([A-Z_]+)", path.read_text())
    }
    addresses = {str(getattr(definitions, name)) for name in used}
    defined = {each.url for each in STRUCTURE_DEFINITIONS.values()}
    assert {address for address in addresses if ":StructureDefinition:" in address} == defined


def test_the_page_names_every_extension() -> None:
    told = PAGE.read_text().partition("## What is ours")[2]
    assert [name for name in STRUCTURE_DEFINITIONS if f"`{name}`" not in told] == []
