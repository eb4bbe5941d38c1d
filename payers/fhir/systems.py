"""The code systems of eligibility in FHIR, by their addresses, and which of their codes mean the same.

X12 publishes no address for its lists. `https://codesystem.x12.org/005010/` with the number of the data element is how
HL7's guides name them (Da Vinci PAS: 1365 service type, 901 reject reason, 889 follow-up action); the others follow it.
"""

from collections.abc import Mapping

from payers.eligibility.response import Kind
from payers.fhir.elements import CodeableConcept, Coding

X12 = "https://codesystem.x12.org/005010/"
X12_BENEFIT = f"{X12}1390"
X12_LEVEL = f"{X12}1207"
X12_SERVICE_TYPE = f"{X12}1365"
X12_PERIOD = f"{X12}615"
X12_QUANTITY = f"{X12}673"
X12_ENTITY = f"{X12}98"
X12_DATE = f"{X12}374"
X12_REJECTION = f"{X12}901"

TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"
BENEFIT_TYPE = f"{TERMINOLOGY}benefit-type"
NETWORK = f"{TERMINOLOGY}benefit-network"
UNIT = f"{TERMINOLOGY}benefit-unit"
TERM = f"{TERMINOLOGY}benefit-term"
COVERAGE_CLASS = f"{TERMINOLOGY}coverage-class"
RELATIONSHIP = f"{TERMINOLOGY}subscriber-relationship"
IDENTIFIER_TYPE = f"{TERMINOLOGY}v2-0203"
EXAMPLE_CATEGORY = f"{TERMINOLOGY}ex-benefitcategory"
"""HL7's example list is a selection of X12's service types, with the same codes."""
PCT_FINANCIAL_TYPE = "http://hl7.org/fhir/us/davinci-pct/CodeSystem/PCTFinancialType"
"""Da Vinci Patient Cost Transparency has an out-of-pocket maximum, for an explanation of benefits."""

NPI = "http://hl7.org/fhir/sid/us-npi"
PLACE_OF_SERVICE = "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set"
CPT = "http://www.ama-assn.org/go/cpt"
HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
CDT = "http://www.ada.org/cdt"
NDC = "http://hl7.org/fhir/sid/ndc"

UNITS: Mapping[str, str] = {"IND": "individual", "FAM": "family"}
"""X12's coverage level (EB02) in HL7's code."""
TERMS: Mapping[str, str] = {"23": "annual", "32": "lifetime", "33": "lifetime", "7": "day"}
"""X12's period (EB06) in HL7's code."""
BENEFITS: Mapping[Kind, str] = {"deductible": "deductible", "copay": "copay", "coinsurance": "copay-percent"}
"""What a row is about in HL7's code."""
LIMIT = "benefit"
"""HL7's code for the most that is paid: a limitation in money."""
VISIT = "visit"
"""HL7's code for so many visits, which X12 counts in `VS`."""
VISITS = "VS"

PROCEDURES: Mapping[str, str] = {"CJ": CPT, "HC": HCPCS, "AD": CDT, "N4": NDC}
"""Who keeps a list of procedures, by X12's qualifier (EB13-1); `HC` with five digits is CPT."""


def code_in(concept: CodeableConcept | None, *systems: str | None) -> str | None:
    """The first code that is of one of these systems; None among them stands for a code without a system."""
    return next((each.code for each in _codings(concept) if each.code and each.system in systems), None)


def _codings(concept: CodeableConcept | None) -> tuple[Coding, ...]:
    return concept.coding if concept else ()
