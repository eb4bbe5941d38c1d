"""What a clinic tells beside the stored estimate to have a good-faith estimate of it."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Annotated

from msgspec import Meta, field

from payers.catalogue.model import Frozen
from payers.catalogue.vocabulary import STATES, ServiceKind
from payers.eligibility.npi import is_npi
from payers.estimate.question import Language
from payers.good_faith.parties import ClinicParty, CoProvider, Diagnosis, Patient, ServiceCodeText, Text
from payers.good_faith.refusal import Refusal, impossible

Codes = Annotated[tuple[ServiceCodeText, ...], Meta(min_length=1, max_length=6)]


class GoodFaithRequest(Frozen):
    """Who it is for, who takes part, and the dates that the law looks at.

    `declared_self_pay`: the patient has insurance and wants no claim sent for this care. `scheduled_on` is the day the
    appointment was made, `requested_on` the day the patient asked what it costs. `valid_until` is absent where the
    clinic lets the estimate hold as long as the law does. `service_codes` are what a service beside the sessions will
    be billed with, where the price list does not say.
    """

    patient: Patient
    clinic: ClinicParty
    co_providers: Annotated[tuple[CoProvider, ...], Meta(max_length=10)] = ()
    diagnoses: Annotated[tuple[Diagnosis, ...], Meta(max_length=12)] = ()
    """The main one first; none where nobody has made a diagnosis yet."""
    declared_self_pay: bool = False
    scheduled_on: date | None = None
    requested_on: date | None = None
    valid_until: date | None = None
    service_codes: dict[ServiceKind, Codes] = field(default_factory=dict[ServiceKind, Codes])
    separate_services: Annotated[tuple[Text, ...], Meta(max_length=20)] = ()
    """What else will have to be scheduled by itself, in plain words."""
    lang: Language = "en"


def faults(request: GoodFaithRequest, issued_on: date) -> Iterator[Refusal]:
    """Everything in the request that no estimate can have, place by place."""
    for pointer, party in _parties(request):
        if not is_npi(party.npi):
            yield impossible(f"{pointer}/npi", "npi", request.lang)
    for pointer, state in _states(request):
        if state not in STATES:
            yield impossible(pointer, "state", request.lang)
    npis = Counter(party.npi for _, party in _parties(request))
    for pointer, party in _parties(request):
        if npis[party.npi] > 1 and party is not request.clinic:
            yield impossible(f"{pointer}/npi", "provider-twice", request.lang)
    if request.patient.birth_date > issued_on:
        yield impossible("/patient/birth_date", "not-born", request.lang)
    for pointer, day in (("/scheduled_on", request.scheduled_on), ("/requested_on", request.requested_on)):
        if day and day > issued_on:
            yield impossible(pointer, "not-yet", request.lang)


def _parties(request: GoodFaithRequest) -> Iterator[tuple[str, ClinicParty | CoProvider]]:
    yield "/clinic", request.clinic
    for position, party in enumerate(request.co_providers):
        yield f"/co_providers/{position}", party


def _states(request: GoodFaithRequest) -> Iterator[tuple[str, str]]:
    addresses = [("/patient", request.patient.address)]
    addresses += [(pointer, party.address) for pointer, party in _parties(request)]
    for pointer, address in addresses:
        if address:
            yield f"{pointer}/address/state", address.state
    for position, party in enumerate(request.co_providers):
        yield f"/co_providers/{position}/state", party.state
