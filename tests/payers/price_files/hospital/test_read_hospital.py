"""The three templates say the same; what is odd in them is counted, what is no such file is refused."""

import gzip
import io
import json
import tracemalloc
import zipfile
from collections import Counter
from datetime import date
from decimal import Decimal
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payers.price_files.hospital.charge import Charge, Drug, Read, Wanted
from payers.price_files.hospital.rates import rates_of
from payers.price_files.hospital.read import read_hospital
from payers.price_files.unreadable import Unreadable
from tests.payers.price_files.hospital import templates

REFERENCE = Path(__file__).parents[5] / "shared/reference/mrf"
OFFICIAL = pytest.mark.skipif(not REFERENCE.exists(), reason="the official samples are not beside the repository")
SAMPLES = {
    "hpt-2.x": (
        "V2.0.0_JSON_Format_Example.json",
        "V2.0.0_Tall_CSV_Format_Example.csv",
        "V2.0.0_Wide_CSV_Format_Example.csv",
    ),
    "hpt-3.0": (
        "v3_json_format_example.json",
        "V3.0.0_Tall_CSV_Format_Example.csv",
        "V3.0.0_Wide_CSV_Format_Example.csv",
    ),
}

ACME = Charge(
    1, "Acme Health", "PPO", "HCPCS", "G2083", ("95",), "outpatient", None, "fee schedule", dollar=Decimal("1234.5"),
    gross=Decimal(2000), cash=Decimal("900.25"),
)  # fmt: skip
BORE = Charge(
    2, "Boréal", "HMO Plus", "CPT", "99213", (), "both", None, "percent of total billed charges",
    percentage=Decimal("62.5"), median=Decimal("80.1"), percentile_10=Decimal(60), percentile_90=Decimal("99.99"),
    remittances="1 through 10",
)  # fmt: skip
VIAL = Charge(
    3, "Acme Health", "HMO", "HCPCS", "J0013", (), "both", None, "other", algorithm="Invoice, plus 10%",
    estimated=Decimal(12), drug=Drug(Decimal(84), "ME"),
)  # fmt: skip
CHARGES = (ACME, BORE, VIAL)
WANTED = Wanted.of(["G2083", "99213", "J0013"])


def read(content: bytes | str, wanted: Wanted = WANTED) -> Read:
    return read_hospital(io.BytesIO(content.encode() if isinstance(content, str) else content), wanted)


def without_place(charges: tuple[Charge, ...]) -> Counter[Charge]:
    """Charges as they are compared between templates, which count lines or items."""
    return Counter(each._replace(place=0, payer=each.payer.replace("_", " ")) for each in charges)


def codes_of(sample: Path) -> set[str]:
    document = json.loads(sample.read_text())
    return {code["code"] for item in document["standard_charge_information"] for code in item["code_information"]}


@OFFICIAL
@pytest.mark.parametrize("version", SAMPLES)
def test_the_three_official_samples_say_the_same(version: str) -> None:
    paths = [REFERENCE / version / name for name in SAMPLES[version]]
    wanted = Wanted.of(codes_of(paths[0]))
    of_json, tall, wide = (read(path.read_bytes(), wanted) for path in paths)
    assert of_json.charges
    assert without_place(of_json.charges) == without_place(tall.charges) == without_place(wide.charges)
    assert of_json.hospital == tall.hospital == wide.hospital
    assert (of_json.hospital.name, of_json.hospital.version) == ("West Mercy Hospital", f"{version[4]}.0.0")
    assert of_json.odd == tall.odd == wide.odd == Counter()


@OFFICIAL
def test_an_official_sample_has_the_median_of_remittances() -> None:
    name = SAMPLES["hpt-3.0"][1]
    found = read((REFERENCE / "hpt-3.0" / name).read_bytes(), Wanted.of(["C1785"], ["platform health insurance"]))
    (charge,) = found.charges
    assert (charge.median, charge.remittances) == (Decimal("23123.46"), "18")
    assert (charge.percentile_10, charge.percentile_90) == (Decimal("16998.38"), Decimal("50000.77"))
    assert found.hospital.npis == ("0000000001", "0000000002", "0000000003")
    assert found.hospital.last_updated_on == date(2026, 4, 1)
    (rate,) = rates_of(found.charges, "s").rates
    assert (rate.kind, rate.amount_cents, rate.networks) == ("median", 2312346, ("PPO",))
    assert (rate.percentile_10_cents, rate.percentile_90_cents, rate.remittances) == (1699838, 5000077, "18")


@OFFICIAL
@pytest.mark.parametrize("name", ["V3.0.0_Tall_CSV_Format_Template.csv", "V3.0.0_Wide_CSV_Format_Template.csv"])
def test_an_empty_template_has_no_charges(name: str) -> None:
    found = read((REFERENCE / "hpt-3.0" / name).read_bytes())
    assert (found.items, found.charges) == (0, ())


@OFFICIAL
@pytest.mark.parametrize("name", ["tic-2.2/in-network-rates-no-npi.json", "tic-2.2/table-of-contents-sample.json"])
def test_a_file_of_a_payer_is_named(name: str) -> None:
    with pytest.raises(Unreadable, match="It is a payer's"):
        read((REFERENCE / name).read_bytes())


@pytest.mark.parametrize(
    "content",
    [
        templates.csv_of(CHARGES, wide=False),
        templates.csv_of(CHARGES, wide=True),
        templates.json_of(CHARGES),
        templates.json_of(CHARGES, indent=2, ensure_ascii=False),
    ],
    ids=["tall", "wide", "json", "json-indented"],
)
def test_every_container_is_read(content: str) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("charges/1_example_standardcharges", content)
    for file in (
        content.encode(),
        b"\xef\xbb\xbf" + content.encode(),
        gzip.compress(content.encode()),
        archive.getvalue(),
    ):
        found = read(file)
        assert without_place(found.charges) == without_place(CHARGES)
        assert (found.hospital.name, found.hospital.last_updated_on) == ("Example Hospital", date(2026, 4, 1))
        assert found.hospital.npis == ("0000000001", "0000000002")
        assert found.hospital.locations == ("Example Hospital", "Example Clinic")
        assert (found.items, found.odd) == (3, Counter())


@given(st.data())
def test_the_header_may_be_written_in_many_ways(data: st.DataObject) -> None:
    wide = data.draw(st.booleans())
    rows = templates.tables(CHARGES, wide=wide)
    names = data.draw(st.permutations(list(rows[0])))
    pipe = st.sampled_from(["|", " | ", "| ", " |", "\t|"])

    def spelled(name: str) -> str:
        first, *others = name.split("|")
        parts = [first, *others]
        fixed = {0, len(parts) - 1} if parts[0] != "code" and len(parts) == 4 else {0}
        cased = [
            data.draw(st.sampled_from([part, part.upper(), part.title()])) if at in fixed else part
            for at, part in enumerate(parts)
        ]
        return data.draw(st.sampled_from(["", " "])) + "".join(
            part + (data.draw(pipe) if at < len(parts) - 1 else "") for at, part in enumerate(cased)
        )

    head = data.draw(st.permutations(list(templates.HEAD.items())))
    lines = [
        [spelled(name) for name, _ in head],
        [data.draw(st.sampled_from([value, f" {value} "])) for _, value in head],
        [spelled(name) for name in names],
        *([data.draw(st.sampled_from([row[name], f"{row[name]} "])) for name in names] for row in rows),
    ]
    blank = data.draw(st.sampled_from([0, 1, 2, 3, 4]))
    lines.insert(blank, [""] * data.draw(st.sampled_from([1, len(names)])))
    text = templates.written(lines, data.draw(st.sampled_from(["\r\n", "\n", "\r"])))
    found = read(text.encode(data.draw(st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]))))
    assert without_place(found.charges) == without_place(CHARGES)
    assert found.hospital.npis == ("0000000001", "0000000002")


def test_codes_payers_and_plans_are_chosen_while_reading() -> None:
    content = templates.csv_of(CHARGES, wide=False)
    found = read(content, Wanted.of([" g2083", "J0013"], ["ACME_health"], ["ppo"]))
    assert [(each.code, each.plan, each.place) for each in found.charges] == [("G2083", "PPO", 4)]
    assert found.payers == (("Acme Health", "PPO"), ("Acme Health", "HMO"))


def test_amounts_are_read_or_counted_and_never_guessed() -> None:
    row = dict(templates.tables([ACME], wide=False)[0])
    dollar = "standard_charge|negotiated_dollar"
    written = ["$1,234.50", " 1234.5 ", "N/A", "", "call us", "-5", "0", "999999999", "1.2.3", "12,34", "1e3", "NaN"]
    rows = [list((row | {dollar: each, "standard_charge|methodology": "other"}).values()) for each in written]
    head = [list(templates.HEAD), list(templates.HEAD.values()), list(row)]
    found = read(templates.written([*head, *rows]))
    assert [each.dollar for each in found.charges] == [Decimal("1234.50")] * 2 + [None] * 10
    assert found.odd == Counter({"negotiated_dollar": 8})


def test_amounts_of_json_are_exact() -> None:
    content = templates.json_of([ACME]).replace("1234.5", "1234.000000000000000001")
    (charge,) = read(content).charges
    assert charge.dollar == Decimal("1234.000000000000000001")


def test_odd_json_is_passed_over() -> None:
    document = json.loads(templates.json_of(CHARGES))
    odd: list[Any] = [1, None, {"code_information": "x"}, {"code_information": [{"code": "G2083", "type": "HCPCS"}]}]
    document["standard_charge_information"][1:1] = odd
    document["last_updated_on"] = "soon"
    found = read(json.dumps(document))
    assert without_place(found.charges) == without_place(CHARGES)
    assert found.odd == Counter({"standard_charge_information": 2, "last_updated_on": 1})


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "Line 1 does not name hospital_name"),
        (b"  <!DOCTYPE html><html>", "It is a web page"),
        (b"%PDF-1.7", "It is a PDF"),
        (b"[1]", "It is JSON, but no object"),
        (b'{"a": 1}', "It is no file of a hospital's standard charges"),
        (b'{"in_network": []}', "It is a payer's file of in-network rates"),
        (b"a,b\n1,2\n", "Line 1 does not name hospital_name"),
        (b"hospital_name\nx\ndescription,price\n", "The third line does not name the columns"),
        (templates.json_of(CHARGES).encode()[:-40], "It is not whole JSON: at byte"),
        (templates.json_of(CHARGES).encode().replace(b"}", b"", 1), "It is not whole JSON: at byte"),
        (gzip.compress(templates.json_of(CHARGES).encode())[:-30], "What is packed breaks off"),
        (b"PK\x03\x04 and nothing more", "The zip cannot be opened"),
        (templates.csv_of(CHARGES, wide=False).encode()[:-8], "The file breaks off in line 6"),
        (templates.csv_of(CHARGES, wide=False).encode() + b'"', "Line 7 cannot be read"),
        (b"x" * (1 << 24), "Line 1 has more than"),
    ],
)
def test_what_is_no_such_file_is_refused(content: bytes, told: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(content)
    assert told in str(refused.value)


@pytest.mark.parametrize(("names", "told"), [(("a.csv", "b.csv"), "holds 2 files"), (("[Content_Types].xml",), "xlsx")])
def test_a_zip_of_several_files_is_refused(names: tuple[str, ...], told: str) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        for name in names:
            packed.writestr(name, "x")
    with pytest.raises(Unreadable, match=told):
        read(archive.getvalue())


@pytest.mark.parametrize("template", ["json", "tall"])
def test_memory_does_not_grow_with_the_file(template: str, tmp_path: Path) -> None:
    begin, _, end = templates.json_of(CHARGES).partition("[{")
    other = '{"code_information": [{"code": "1", "type": "CPT"}], "note": "' + "x" * 1000 + '"}, '
    if template == "json":
        pieces = chain([f"{begin}[".encode()], repeat(other.encode() * 50, 400), [f"{{{end}".encode()])
    else:
        rows = templates.csv_of(CHARGES, wide=False)
        pieces = chain([rows.encode()], repeat((",".join(["x" * 50] * 20) + "\r\n").encode() * 50, 400))
    path = tmp_path / "charges"
    with path.open("wb") as file:
        file.writelines(pieces)
    size = path.stat().st_size
    tracemalloc.start()
    with path.open("rb") as file:
        found = read_hospital(file, WANTED)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert without_place(found.charges) == without_place(CHARGES)
    assert size > 2 * 10**7
    assert peak < 12 * 10**6


def test_percentiles_are_for_as_many_units_as_the_median() -> None:
    odd = BORE._replace(percentage=None, percentile_10=None, percentile_90=Decimal("99.995"))
    (plain,), (fraction,) = (rates_of([each], "s").rates for each in (BORE._replace(percentage=None), odd))
    assert (plain.amount_cents, plain.percentile_10_cents, plain.percentile_90_cents) == (8010, 6000, 9999)
    assert (fraction.amount_cents, fraction.percentile_10_cents, fraction.percentile_90_cents) == (80100, None, 99995)
    assert (plain.units, fraction.units, plain.remittances) == (1, 10, "1 through 10")


def test_a_charge_becomes_the_rates_that_may_price_a_line() -> None:
    case = ACME._replace(methodology="case rate", modifiers=())
    day = ACME._replace(methodology="per diem", setting="inpatient", billing_class="professional")
    of_medicare = BORE._replace(methodology="fee schedule", median=None)
    said = ACME._replace(dollar=None, algorithm="as agreed")
    found = rates_of((ACME, ACME, BORE, VIAL, case, day, of_medicare, said, said._replace(algorithm=None)), "source")
    assert [
        (each.code, each.kind, each.arrangement, each.amount_cents, each.percent_bp, each.billing_class, each.setting)
        for each in found.rates
    ] == [
        ("G2083", "fee schedule", "ffs", 123450, None, "institutional", "outpatient"),
        ("99213", "percentage", "ffs", None, 6250, "institutional", "both"),
        ("99213", "median", "ffs", 8010, None, "institutional", "both"),
        ("G2083", "negotiated", "bundle", 123450, None, "institutional", "outpatient"),
        ("G2083", "per diem", "ffs", 123450, None, "professional", "inpatient"),
    ]
    assert {each.networks for each in found.rates} == {("PPO",), ("HMO Plus",)}
    assert {each.modifiers for each in found.rates} == {("95",), ()}
    assert found.left_out == Counter(
        {"amount-of-a-drug": 1, "percentage-of-something-else": 1, "algorithm-alone": 1, "no-amount": 1}
    )
