"""Eligibility in FHIR R4 (4.0.1): a CoverageEligibilityRequest read, a CoverageEligibilityResponse written and read."""
