"""Every parser of what comes from outside: texts to begin from, and what must hold of any text at all.

Each gives a value or one of the refusals that it tells of; any other exception is a finding.
"""

import asyncio
import io
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple, TextIO, get_args
from urllib.parse import parse_qsl, urlencode

import httpx
import msgspec
from litestar.datastructures import FormMultiDict

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.clinic import ClinicLayer
from payers.catalogue.load import DATA, CatalogueError, load_release
from payers.catalogue.load import _read as read_data_file  # pyright: ignore[reportPrivateUsage]
from payers.eligibility.read_availity import read_availity
from payers.eligibility.read_stedi import read_stedi
from payers.eligibility.response import NotX12, Response
from payers.fhir.inquired import Inquired
from payers.fhir.read_request import read_request
from payers.fhir.read_response import read_response
from payers.price_files.hospital.charge import Wanted
from payers.price_files.hospital.rates import rates_of
from payers.price_files.hospital.read import read_hospital
from payers.price_files.medicare.drug_limits import read_drug_limits, read_drug_packages
from payers.price_files.medicare.fee import Place
from payers.price_files.medicare.kind import Kind, kind_of
from payers.price_files.medicare.localities import read_localities
from payers.price_files.medicare.payment_amounts import read_payment_amounts
from payers.price_files.medicare.relative_values import read_relative_values
from payers.price_files.opening import text_of
from payers.price_files.transparency import rates as price_rates
from payers.price_files.transparency.contents import Plans, read_contents
from payers.price_files.transparency.extract import extract
from payers.price_files.transparency.query import Query
from payers.price_files.transparency.rows import Row
from payers.price_files.unreadable import Unreadable
from payers.remittances.in_force import in_force
from payers.remittances.read_835 import read_835
from payers.remittances.remittance import Remittances
from service.api.bodies import decode
from service.api.document import WIRE_TYPES
from service.api.parameters import language
from service.api.problems import Refused
from service.api.widget_answers import WidgetInputs, answers
from service.api.widget_options import Bucket, PlanType
from service.clearinghouse import core_mime, core_soap
from service.clearinghouse.configuration import ConfigurationError, decode_configuration
from service.clearinghouse.web import Reply
from service.eligibility.schedule import ScheduleError, read_schedule
from service.web.console import reading as typed_text
from service.web.console.estimate import form as estimate_form
from service.web.console.estimate.members import card_of, check_question
from service.web.console.good_faith import form as good_faith_form
from service.web.console.words import speaker
from tests.fuzz import reading
from tests.hostile.table import ATTACKS, BODIES, PLACES
from tests.payers.fhir.building import bundle, sent
from tests.payers.price_files.hospital import templates
from tests.payers.price_files.hospital.test_read_hospital import CHARGES
from tests.payers.price_files.medicare import files as medicare_files
from tests.payers.price_files.transparency.documents import QUERY, document
from tests.payers.remittances import messages_835

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 23)


class Target(NamedTuple):
    """One parser."""

    check: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]


def _x12(text: bytes) -> None:
    reading.check(text, Random(text))


def _remittance(text: bytes) -> None:
    read = read_835(text)
    assert msgspec.json.decode(msgspec.json.encode(read), type=type(read)) == read
    if isinstance(read, Remittances):
        in_force(read)


def _hospital(content: bytes) -> None:
    with suppress(Unreadable):
        read = read_hospital(io.BytesIO(content), Wanted.of(charge.code for charge in CHARGES))
        msgspec.json.encode(rates_of(read.charges, "source"))


def _payer_file(content: bytes) -> None:
    rows: list[Row] = []
    with suppress(Unreadable):
        extract(io.BytesIO(content).read, msgspec.convert(QUERY, Query), rows.extend)
        msgspec.json.encode(price_rates.rates_of(rows, "source").rates)
    with suppress(Unreadable):
        read_contents(io.BytesIO(content).read, Plans(names=("a",)))


MEDICARE_CODES = frozenset({"G2082", "G2083", "99213", "J0013", "J3490"})
MEDICARE_READERS: Mapping[Kind, Callable[[TextIO], object]] = {
    "relative-values": lambda text: read_relative_values(text, MEDICARE_CODES),
    "localities": read_localities,
    "payment-amounts": lambda text: read_payment_amounts(text, {Place("04112", "01")}, MEDICARE_CODES),
    "drug-limits": lambda text: read_drug_limits(text, MEDICARE_CODES),
    "drug-packages": lambda text: read_drug_packages(text, MEDICARE_CODES),
}


def _medicare(content: bytes) -> None:
    with suppress(Unreadable), text_of(io.BytesIO(content)) as text:
        MEDICARE_READERS[kind_of(text)](text)


def _fhir_request(body: bytes) -> None:
    read = read_request(body)
    assert isinstance(read, Inquired) or read


def _fhir_response(body: bytes) -> None:
    read = read_response(body)
    assert isinstance(read, Response) or read


def _of_networks(body: bytes) -> None:
    for read in (read_stedi, read_availity):
        assert isinstance(read(body), (Response, NotX12))


def _of_core(body: bytes) -> None:
    kind, _, content = body.partition(b"\n")
    reply = Reply(200, httpx.Headers([(b"content-type", kind.strip())]), content)
    for read in (core_mime.read, core_soap.read):
        fields = read(reply)
        assert fields is None or all(isinstance(each, str) for each in fields.values())


def _schedule(text: bytes) -> None:
    for lang in ("en", "es"):
        with suppress(ScheduleError):
            lines, faults = read_schedule(text, lang)
            assert all(line.number > 1 for line in lines)
            msgspec.json.encode(faults)


def _clinic(text: bytes) -> None:
    with suppress(msgspec.DecodeError, UnicodeDecodeError):  # as `outlay clinic add` tells them
        msgspec.toml.decode(text, type=ClinicLayer)


class _File(NamedTuple):
    """A file of the catalogue that is nowhere."""

    content: bytes
    stem: str = "aetna"

    def relative_to(self, _: object) -> Path:
        return Path("payers/aetna.toml")

    def read_bytes(self) -> bytes:
        return self.content


def _catalogue_file(text: bytes) -> None:
    with suppress(CatalogueError):
        read_data_file(DATA, _File(text))  # pyright: ignore[reportArgumentType]


def _connectors(text: bytes) -> None:
    with suppress(ConfigurationError):
        decode_configuration(text)


@cache
def _catalogue() -> Catalogue:
    return Catalogue(load_release())


def _widget(text: bytes) -> None:
    told = dict(parse_qsl(text.decode(errors="replace"), max_num_fields=50))
    spoken = language(None, told.pop("accept", None))
    for name, choices in (("plan_type", get_args(PlanType)), ("deductible", get_args(Bucket)), ("treatment", ())):
        if told.get(name) not in choices:
            told.pop(name, None)
    known = {name: value for name, value in told.items() if name in WidgetInputs._fields}
    inputs = WidgetInputs(**{"payer": "", "treatment": "spravato", **known})  # pyright: ignore[reportArgumentType]
    ready = answers(_catalogue(), TODAY)
    asyncio.run(ready.answer(inputs, spoken))
    msgspec.json.encode(ready.options(inputs.state, spoken))


def _forms(text: bytes) -> None:
    sent = FormMultiDict(parse_qsl(text.decode(errors="replace"), keep_blank_values=True, max_num_fields=2000))
    speak = speaker("es")
    estimate = estimate_form.typed(sent)
    question = estimate_form.question_of(estimate, "en", speak)
    if not isinstance(question, estimate_form.Form):
        estimate_form.form_of(question)
    check_question(card_of(sent), "Aetna", str(sent.get("state", "")), TODAY, "en", speak)
    rows = good_faith_form.typed(sent)
    assert all(len(rows.rows(place)) <= len(sent) + 1 for place in good_faith_form.FIRST_INPUT)
    for value in list(sent.values())[:20]:
        for read in (typed_text.cents, typed_text.basis_points, typed_text.count, typed_text.day):
            with suppress(typed_text.Unreadable):
                read(str(value))


def _json(body: bytes) -> None:
    for shape in (*WIRE_TYPES, Any):
        with suppress(Refused):
            value = decode(body, shape)
            assert decode(msgspec.json.encode(value), shape) == value


def _json_seeds() -> list[bytes]:
    asked = [place.body.encode() for place in PLACES if place.body]
    tokens = [b'{"payer": %b, "treatment": "spravato"}' % each.token.encode() for each in ATTACKS if each.token]
    return [*asked, *tokens, *(body.content for body in BODIES if body.sent_as is None)]


def _form_seeds() -> list[bytes]:
    forms: list[Mapping[str, str]] = [place.form for place in PLACES if place.form]
    wide = {"co_providers__999999999__name": "x", "co_providers__x__name": "y", "rows": "add co_providers"}
    base = {"payer": "Aetna", "treatment": "spravato", "base": '{"benefits": {"deductible": {"individual_cents": 5}}}'}
    rows = {"co_providers__0__name": "A", "co_providers__1__services__0__code": "90837", "rows": "add co_providers"}
    seeds = [urlencode(form).encode() for form in (*forms, base, rows, wide)]
    values = [urlencode({"deductible": each.words, "sessions": each.words}).encode() for each in ATTACKS if each.words]
    nested = b"&".join((b"a__" * 400 + b"b=1", b"co_providers__" + b"9" * 5000 + b"__name=x", b"rows=remove+a"))
    return [*seeds, *values, nested, urlencode({"base": "[" * 5000, "payer": "x", "treatment": "spravato"}).encode()]


def _schedule_seeds() -> list[bytes]:
    heading = (
        "payer,state,member_id,last_name,birth_date,gender,date_of_service,service_types,treatment,dose_mg,sessions"
    )
    line = "Aetna,CO,SBX0001,Sample,1/31/1980,F,2026-12-01,30 MH,Spravato,84 mg,12"
    texts = (f"{heading}\n{line}\n", f'\ufeff{heading}\r\n"{line}"\r\n,,,,\r\n', f"{heading}\n{'٣' * 9},,,,,,,,,,²\n")
    return [text.encode() for text in texts]


def _hospital_seeds() -> list[bytes]:
    tall, wide = (templates.csv_of(CHARGES, wide=wide) for wide in (False, True))
    return [each.encode() for each in (tall, wide, templates.json_of(CHARGES))]


def _payer_file_seeds() -> list[bytes]:
    return [document(Random(seed)).encode() for seed in range(20)]


def _medicare_seeds() -> list[bytes]:
    values = medicare_files.relative_values(medicare_files.SPRAVATO_2025)
    places = medicare_files.localities(medicare_files.COLORADO)
    amounts = medicare_files.payment_amounts([("04112", "01", "G2082", "", "868.04", "33.89", "A")])
    return [
        each.encode() for each in (values, places, amounts, medicare_files.DRUG_LIMITS, medicare_files.DRUG_PACKAGES)
    ]


def _fhir_seeds() -> list[bytes]:
    example = ROOT / "tests" / "payers" / "fhir"
    found = [path.read_bytes() for path in sorted(example.rglob("*.json"))[:20]]
    nested = b'{"resourceType":"Parameters","parameter":[{"name":"resource","resource":' * 500
    return [sent(), bundle(sent()), nested, *found]


def _network_seeds() -> list[bytes]:
    return [
        b'{"benefitsInformation": [{"code": "1", "serviceTypeCodes": ["30"], "benefitAmount": "5"}]}',
        b'{"plans": [{"status": "Active", "benefits": [{"name": "x", "amounts": {"deductibles": {}}}]}]}',
        b'{"subscriber": {"firstName": 1}}',
        b"[]",
    ]


def _core_seeds() -> list[bytes]:
    mime = (
        b'multipart/form-data; boundary=b\n--b\r\nContent-Disposition: form-data; name="Payload"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\nSVNB\r\n--b--\r\n"
    )
    soap = (
        b'application/soap+xml\n<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>'
        b"<COREEnvelopeRealTimeResponse><Payload>ISA</Payload><ErrorCode>Success</ErrorCode>"
        b"</COREEnvelopeRealTimeResponse></s:Body></s:Envelope>"
    )
    related = (
        b"multipart/related; boundary=b\n--b\r\nContent-Type: text/xml\r\n\r\n"
        + soap.partition(b"\n")[2]
        + b"\r\n--b--"
    )
    return [
        mime,
        soap,
        related,
        soap.replace(b"<s:Body>", b"<s:Body><s:Fault><faultcode>x:Client</faultcode></s:Fault>"),
    ]


def _toml_seeds() -> list[bytes]:
    examples = sorted((ROOT / "docs" / "examples").glob("*.toml"))
    return [path.read_bytes() for path in examples]


def _catalogue_seeds() -> list[bytes]:
    return [path.read_bytes() for path in sorted(DATA.rglob("*.toml"), key=lambda path: path.stat().st_size)[:12]]


def _widget_seeds() -> list[bytes]:
    queries = (
        "payer=Aetna&treatment=spravato&state=CO&plan_type=commercial&deductible=met&site=denver&accept=es,en;q=0.5",
        "payer=Medicare&deductible=unknown&accept=en-US",
        "payer=&state=ZZ&accept=en" + "+" * 500 + "x",
        "payer=%CE%91etna%E2%80%AE&plan_type=medicaid",
    )
    return [query.encode() for query in queries]


TARGETS: dict[str, Target] = {
    "x12": Target(_x12, reading.seeds),
    "remittance": Target(_remittance, lambda: [messages_835.WHOLE.encode()]),
    "hospital": Target(_hospital, _hospital_seeds),
    "payer-file": Target(_payer_file, _payer_file_seeds),
    "medicare": Target(_medicare, _medicare_seeds),
    "fhir-request": Target(_fhir_request, _fhir_seeds),
    "fhir-response": Target(_fhir_response, _fhir_seeds),
    "networks": Target(_of_networks, _network_seeds),
    "core": Target(_of_core, _core_seeds),
    "schedule": Target(_schedule, _schedule_seeds),
    "clinic": Target(_clinic, _toml_seeds),
    "catalogue": Target(_catalogue_file, _catalogue_seeds),
    "connectors": Target(_connectors, _toml_seeds),
    "widget": Target(_widget, _widget_seeds),
    "forms": Target(_forms, _form_seeds),
    "json": Target(_json, _json_seeds),
}
