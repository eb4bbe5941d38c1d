"""Charges written into each of the three templates, in the many ways in which hospitals do. All numbers are made up."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from payers.price_files.hospital.charge import Charge

ADDRESS = "1 Example Street, Springfield | 2 Example Street, Springfield"
FIELDS = (
    ("standard_charge|{plan}negotiated_dollar", "dollar"),
    ("standard_charge|{plan}negotiated_percentage", "percentage"),
    ("standard_charge|{plan}negotiated_algorithm", "algorithm"),
    ("estimated_amount{of}", "estimated"),
    ("median_amount{of}", "median"),
    ("10th_percentile{of}", "percentile_10"),
    ("90th_percentile{of}", "percentile_90"),
    ("count{of}", "remittances"),
    ("standard_charge|{plan}methodology", "methodology"),
)
HEAD = {
    "hospital_name": "Example Hospital",
    "last_updated_on": "4/1/2026",
    "version": "3.0.0",
    "location_name": "Example Hospital|Example Clinic",
    "hospital_address": ADDRESS,
    "license_number|CA": "1",
    "type_2_npi": "0000000001 | 0000000002",
}


def plain(value: object) -> str:
    return "" if value is None else str(value)


def tables(charges: Sequence[Charge], *, wide: bool) -> list[dict[str, str]]:
    """The rows of the table by the names of its columns; in a wide one, a charge each has the columns of all plans."""
    plans = dict.fromkeys((charge.payer, charge.plan) for charge in charges) if wide else {("", ""): None}
    rows: list[dict[str, str]] = []
    for charge in charges:
        row = {
            "description": 'Something, "quoted"',
            "code|1": "0450",
            "code|1|type": "RC",
            "code|2": charge.code,
            "code|2|type": charge.code_type,
            "modifiers": "|".join(charge.modifiers),
            "setting": plain(charge.setting),
            "drug_unit_of_measurement": plain(charge.drug and charge.drug.units),
            "drug_type_of_measurement": charge.drug.kind if charge.drug else "",
            "standard_charge|gross": plain(charge.gross),
            "standard_charge|discounted_cash": plain(charge.cash),
        }
        if not wide:
            row |= {"payer_name": charge.payer, "plan_name": charge.plan}
        for payer, plan in plans:
            of = f"|{payer}|{plan}" if wide else ""
            here = not wide or (payer, plan) == (charge.payer, charge.plan)
            for name, field in FIELDS:
                value = plain(getattr(charge, field)) if here else ""
                row[name.format(plan=f"{payer}|{plan}|" if wide else "", of=of)] = value
        rows.append(row)
    return rows


def written(rows: Iterable[Sequence[str]], ends: str = "\r\n") -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=ends).writerows(rows)
    return text.getvalue()


def csv_of(charges: Sequence[Charge], *, wide: bool, ends: str = "\r\n") -> str:
    rows = tables(charges, wide=wide)
    head = [list(HEAD), list(HEAD.values()), list(rows[0])]
    return written([*head, *(list(row.values()) for row in rows)], ends)


def json_of(charges: Sequence[Charge], **dumping: Any) -> str:
    items = [
        {
            "description": "Something",
            "code_information": [{"code": "0450", "type": "RC"}, {"code": charge.code, "type": charge.code_type}],
            **(
                {"drug_information": {"unit": number(charge.drug.units), "type": charge.drug.kind}}
                if charge.drug
                else {}
            ),
            "standard_charges": [
                given(
                    setting=charge.setting,
                    gross_charge=charge.gross,
                    discounted_cash=charge.cash,
                    modifier_code=list(charge.modifiers) or None,
                    payers_information=[
                        given(
                            payer_name=charge.payer,
                            plan_name=charge.plan,
                            methodology=charge.methodology,
                            standard_charge_dollar=charge.dollar,
                            standard_charge_percentage=charge.percentage,
                            standard_charge_algorithm=charge.algorithm,
                            estimated_amount=charge.estimated,
                            median_amount=charge.median,
                            count=charge.remittances,
                            **{"10th_percentile": charge.percentile_10, "90th_percentile": charge.percentile_90},
                        )
                    ],
                )
            ],
        }
        for charge in charges
    ]
    document: dict[str, Any] = {
        "standard_charge_information": items,
        "hospital_name": "Example Hospital",
        "last_updated_on": "2026-04-01",
        "version": "3.0.0",
        "location_name": ["Example Hospital", "Example Clinic"],
        "type_2_npi": ["0000000001", "0000000002"],
        "modifier_information": [{"code": "50", "description": "Something", "modifier_payer_information": []}],
    }
    return json.dumps(document, **dumping)


def given(**values: Any) -> dict[str, Any]:
    return {name: number(value) for name, value in values.items() if value is not None}


def number(value: Any) -> Any:
    """Amounts of two decimals are the same as floats in JSON's shortest notation."""
    return float(value) if isinstance(value, Decimal) else value
