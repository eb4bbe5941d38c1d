"""Medicare's files as CMS lays them out, with few rows. Relative values are those that the catalogue cites."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

HEADER_2026 = """\
,,,,,,,,,,,,,,,,,,,,,,,,,,,,,NON-FACILITY,FACILITY,
,,,,NOT USED,,,,,,,,,,,,,,,,,,,,,,PHYSICIAN,,DIAGNOSTIC,PE USED,PE USED,MP USED
,,,,FOR,,,NON-FAC,,FACILITY,,,,,,,,,,,,,,,,,SUPERVISION OF,,IMAGING,FOR OPPS,FOR OPPS,FOR OPPS
,,,STATUS,MEDICARE,WORK,NON-FAC,NA,FACILITY,NA,MP,NON-FACILITY,FACILITY,PCTC,GLOB,PRE,INTRA,POST,MULT,BILAT,ASST,CO-,TEAM\
,PRIC,ENDO,CONV,DIAGNOSTIC,CALCULATION,FAMILY,PAYMENT,PAYMENT,PAYMENT
HCPCS,MOD,DESCRIPTION,CODE,PAYMENT,RVU,PE RVU,INDICATOR,PE RVU,INDICATOR,RVU,TOTAL,TOTAL,IND,DAYS,OP,OP,OP,PROC,SURG\
,SURG,SURG,SURG,IND,BASE,FACTOR,PROCEDURES,FLAG,INDICATOR,AMOUNT,AMOUNT,AMOUNT
"""
TITLES = """\
,,{year} National Physician Fee Schedule Relative Value File {month} Release,,,,,,,,,,,,,,,,,,,,,,,,,,,,,
,,"Codes and descriptors are somebody else's. All Rights Reserved.",,,,,,,,,,,,,,,,,,,,,,,,,,,,,
,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,
,,RELEASED 06/30/{year},,,,,,,,,,,,,,,,,,,,,,,,,,,,,
"""
COLORADO = ("04112", "CO", "01", "COLORADO", "1.008", "1.053", "0.827")
"""The factors of 2025, as the catalogue cites them."""
NATION = ("00000", "US", "00", "NATIONAL", "1.000", "1.000", "1.000")


class Values(NamedTuple):
    """A row of a relative value file."""

    code: str
    work: str
    nonfacility_pe: str
    facility_pe: str
    malpractice: str
    status: str = "A"
    modifier: str = ""


SPRAVATO_2025 = (
    Values("G2082", "0.70", "24.76", "0.27", "0.07"),
    Values("G2083", "0.70", "35.44", "0.27", "0.07"),
    Values("99213", "1.30", "1.33", "0.55", "0.10"),
)


def written(rows: Iterable[Sequence[str]], ends: str = "\n") -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=ends).writerows(rows)
    return text.getvalue()


def relative_values(
    rows: Iterable[Values], factor: str = "32.3465", *, year: int = 2025, month: str = "July", header: str = HEADER_2026
) -> str:
    """A relative value file. Each row has its values where the header names them."""
    names = stacked(header)
    lines = [(TITLES.format(year=year, month=month) + header).rstrip("\n")]
    for row in rows:
        cells: Mapping[str, str] = {
            "HCPCS": row.code,
            "MOD": row.modifier,
            "DESCRIPTION": "Somebody's descriptor, é",
            "STATUS CODE": row.status,
            "WORK RVU": row.work,
            "NON-FAC PE RVU": row.nonfacility_pe,
            "NON-FAC NA INDICATOR": "NA",
            "FACILITY PE RVU": row.facility_pe,
            "MP RVU": row.malpractice,
            "NON-FACILITY TOTAL": "99.99",
            "CONV FACTOR": factor,
        }
        assert not cells.keys() - set(names)
        lines.append(written([[cells.get(name, "0.00") for name in names]], ends="").rstrip("\n"))
    return "\n".join(lines) + "\n"


def stacked(header: str) -> list[str]:
    rows = list(csv.reader(header.splitlines()))
    return [" ".join(" ".join(row[at] for row in rows).split()) for at in range(len(rows[-1]))]


def localities(*rows: Sequence[str], year: int = 2025, delimiter: str = ",") -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    blank = [""] * 6
    writer.writerow([f"ADDENDUM E. FINAL CY {year} GEOGRAPHIC PRACTICE COST INDICES (GPCIs)", *blank])
    writer.writerow(["", *blank])
    writer.writerow(
        [
            "Medicare Administrative Contractor (MAC)",
            "State",
            "Locality Number",
            "Locality Name",
            f"{year} PW GPCI (with 1.0 Floor)***",
            f"{year} PE GPCI",
            f"{year} MP GPCI",
        ]
    )
    writer.writerows(rows)
    writer.writerow(["* Frontier states have a floor of their own", *blank])
    return text.getvalue()


def payment_amounts(rows: Iterable[tuple[str, ...]], year: str = "2025", *, ends: str = "\n") -> str:
    """Carrier, locality, code, modifier, two amounts, status."""
    lines: list[str] = []
    for carrier, locality, code, modifier, nonfacility, facility, status in rows:
        amounts = [f"{float(each):010.2f}" for each in (nonfacility, facility)]
        zeros = ["0000000.00"] * 2
        fields = [year, carrier, locality, code, f"{modifier:2}", *amounts, " ", "0", status, "0", *zeros, "9", *zeros]
        lines.append(",".join(f'"{field}"' for field in fields))
        assert len(lines[-1]) == 130
    lines += ['"TRL- CODES ARE SOMEBODY ELSE\'S. "', '"TRL- ALL RIGHTS RESERVED."']
    return "".join(line + ends for line in lines)


DRUG_LIMITS = """\
Payment Allowance Limits for Medicare Part B Drugs,,,,,,,,,,
"Effective July 1, 2026 through September 30, 2026",,,,,,,,,,
"Note: limits are of\xa0the code, not of a package.",,,,,,,,,,
,,,,,,,,,,
HCPCS Code,Short Description,HCPCS Code Dosage,Payment Limit,Co-insurance Percentage,Vaccine AWP%,Vaccine Limit,\
Blood AWP%,Blood limit,Clotting Factor,Notes
J0013,Somebody's name,1 MG, 5.417 ,18.5,,,,,,
J3490,Somebody's name,1 UNIT,N/A,,,,,,,
J0171,Somebody's name,0.1 MG,,20.000,,,,,,
J2060,Somebody's name,2 MG,"1,000.25",20.000,,,,,,
"""
"""Made-up limits."""

DRUG_PACKAGES = """\
July 2026 ASP NDC - HCPCS Crosswalk,,,,,,,,,
,,,,,,,,,
_2026_CODE,Short Description,LABELER NAME,NDC,Drug Name,HCPCS dosage,PKG SIZE,PKG QTY,BILLUNITS,BILLUNITSPKG
J0013,Somebody's name,Somebody,50458-0028-02,Somebody's name,1 MG,1,1,56,56
J0013,Somebody's name,Somebody,50458002803,Somebody's name,1 MG,1,1,84,84
J2060,Somebody's name,Somebody,00000-0000-01,Somebody's name,2 MG,1,1,,
"""
