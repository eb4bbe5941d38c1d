"""Remittances written for these tests. People, payers and amounts are made up."""

from collections.abc import Iterable

ISA = "ISA*00*          *00*          *ZZ*SANDBOX        *ZZ*CLINIC01       *261201*0905*^*00501*000000043*0*P*:"
GS = "GS*HP*SANDBOX*CLINIC01*20261201*0905*43*X*005010X221A1"
GE, IEA = "GE*1*43", "IEA*1*000000043"
PAYER = ("N1*PR*SANDBOX HEALTH*XV*12345", "N3*1 EXAMPLE STREET", "N4*DENVER*CO*80202", "PER*BL*HELP DESK*TE*3035550100")
PAYEE = ("N1*PE*RIVERSIDE CLINIC*XX*1234567893", "REF*TJ*12-3456789")
PAT = "NM1*QC*1*SAMPLE*PAT****MI*SBX0001"

SPRAVATO = (
    "CLP*ACCT77*1*1500*980.5*245.12*12*PCN1001*11*1",
    PAT,
    "DTM*232*20261102",
    "SVC*HC:G2083:95:GT*1500*980.5**1",
    "DTM*472*20261103",
    "CAS*CO*45*274.38",
    "CAS*PR*1*100**2*125.12*1*3*20",
    "AMT*B6*1225.62",
)
"""Allowed 1,225.62, of which 100.00 deductible, 125.12 coinsurance and 20.00 copay."""
VISITS = (
    "CLP*ACCT78*1*400*162*110*12*PCN1002*11*1",
    PAT,
    "DTM*232*20261104",
    "DTM*233*20261105",
    "SVC*HC:99215*250*112**1",
    "CAS*CO*45*100**253*2",
    "CAS*PR*2*36",
    "SVC*HC:90837:95*150*50**2",
    "DTM*150*20261104",
    "DTM*151*20261105",
    "CAS*CO*45*26",
    "CAS*PR*3*24**96*50",
)
"""Nothing is said of what is allowed: 112 + 36 + 2 withheld, and 50 + 24; 50.00 beyond it are the patient's too."""
DENIED = ("CLP*ACCT79*4*500*0*0*12*PCN1003*11*1", PAT, "SVC*HC:J3490*500*0**0", "DTM*472*20261106", "CAS*CO*50*500")
SECOND = (
    "CLP*ACCT80*2*300*40*0*12*PCN1004*11*1",
    PAT,
    "SVC*HC:99214*300*40**1",
    "DTM*472*20261107",
    "CAS*OA*23*200",
    "CAS*CO*45*60",
)
REVERSAL = (
    "CLP*ACCT77*22*-1500*-980.5**12*PCN1001*11*7",
    PAT,
    "SVC*HC:G2083:95:GT*-1500*-980.5**1",
    "DTM*472*20261103",
    "CAS*CO*45*-274.38",
    "CAS*PR*1*-100**2*-125.12**3*-20",
    "AMT*B6*-1225.62",
)


def transaction(*segments: str, paid: str, number: str = "0001", moved: Iterable[str] = ()) -> list[str]:
    """ST to SE, which counts right, about so much money."""
    body = [
        f"BPR*I*{paid}*C*ACH*CCP*01*999999992*DA*123456*1512345678**01*999988880*DA*98765*20261201",
        "TRN*1*EFT900*1512345678",
        "DTM*405*20261130",
        *PAYER,
        *PAYEE,
        *(["LX*1"] if segments else []),
        *segments,
        *moved,
    ]
    return [f"ST*835*{number}", *body, f"SE*{len(body) + 2}*{number}"]


def written(*transactions: list[str], isa: str = ISA) -> str:
    """A whole interchange with one group."""
    segments = [isa, GS, *(segment for each in transactions for segment in each), f"GE*{len(transactions)}*43", IEA]
    return "".join(f"{segment}~" for segment in segments)


WHOLE = written(
    transaction(*SPRAVATO, *VISITS, *DENIED, *SECOND, paid="1177.5", moved=["PLB*1234567893*20261231*L6:INT*5"]),
    transaction(*REVERSAL, *SPRAVATO, paid="0", number="0002"),
)
