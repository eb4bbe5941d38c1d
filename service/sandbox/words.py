"""The words that JSON networks put beside X12's codes, as far as the roster uses them."""

BENEFITS = {
    "1": "Active Coverage",
    "6": "Inactive",
    "A": "Co-Insurance",
    "B": "Co-Payment",
    "C": "Deductible",
    "CB": "Coverage Basis",
    "D": "Benefit Description",
    "F": "Limitations",
    "G": "Out of Pocket (Stop Loss)",
    "I": "Non-Covered",
    "L": "Primary Care Provider",
    "R": "Other or Additional Payor",
    "U": "Contact Following Entity for Eligibility or Benefit Information",
}
LEVELS = {"IND": "Individual", "FAM": "Family"}
NETWORKS = {"Y": "Yes", "N": "No", "W": "Not Applicable", "U": "Unknown"}
PERIODS = {
    "22": "Service Year",
    "23": "Calendar Year",
    "24": "Year to Date",
    "27": "Visit",
    "29": "Remaining",
}
INSURANCES = {
    "EP": "Exclusive Provider Organization",
    "HM": "Health Maintenance Organization (HMO)",
    "HN": "Health Maintenance Organization (HMO) - Medicare Risk",
    "MB": "Medicare Part B",
    "MC": "Medicaid",
    "OT": "Other",
    "PR": "Preferred Provider Organization (PPO)",
    "QM": "Qualified Medicare Beneficiary",
}
SERVICES = {
    "1": "Medical Care",
    "30": "Health Benefit Plan Coverage",
    "47": "Hospital",
    "48": "Hospital - Inpatient",
    "50": "Hospital - Outpatient",
    "86": "Emergency Services",
    "88": "Pharmacy",
    "98": "Professional (Physician) Visit - Office",
    "A8": "Psychiatric - Outpatient",
    "CF": "Mental Health Provider - Outpatient",
    "MH": "Mental Health",
    "UC": "Urgent Care",
}
PLACES = {"11": "Office"}
ENTITIES = {"PR": "Payer", "PRP": "Primary Payer"}
RELATIONSHIPS = {"spouse": ("01", "Spouse"), "child": ("19", "Child"), "other": ("G8", "Other Relationship")}
REASONS = {
    "42": "Unable to Respond at Current Time",
    "43": "Invalid/Missing Provider Identification",
    "50": "Provider Ineligible for Inquiries",
    "51": "Provider Not on File",
    "58": "Invalid/Missing Date-of-Birth",
    "62": "Date of Service Not Within Allowable Inquiry Period",
    "63": "Date of Service in Future",
    "67": "Patient Not Found",
    "71": "Patient Birth Date Does Not Match That for the Patient on the Database",
    "72": "Invalid/Missing Subscriber/Insured ID",
    "73": "Invalid/Missing Subscriber/Insured Name",
    "75": "Subscriber/Insured Not Found",
    "79": "Invalid Participant Identification",
    "80": "No Response received - Transaction Terminated",
}
FOLLOW_UPS = {
    "C": "Please Correct and Resubmit",
    "N": "Resubmission Not Allowed",
    "R": "Resubmission Allowed",
}
