"""Remittance advices (X12 835): what payers really allowed and paid, and what they left to the patient."""
