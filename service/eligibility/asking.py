"""From what a person types about a card to a question that a network can carry, or to why there is none."""

from datetime import date
from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.identity import resolve
from payers.catalogue.model import Frozen, Payer
from payers.eligibility.faults import InputFault, faults
from payers.eligibility.inquiry import PLAN, Dependent, Inquiry, Person, Provider, ServiceType
from payers.estimate.question import Language
from payers.estimate.tell_catalogue import question as question_of
from payers.estimate.who_pays import Refusal, of_another_state
from payers.estimate.words import say
from service.clearinghouse.configuration import ANY_PAYER, Configuration
from service.clearinghouse.routes import NoRoute, route_to


class CheckQuestion(Frozen):
    """What to ask of whom. `payer` is any name on the card, as of the date of service.

    Without a `connector` the clinic's routes decide; without a `provider` the clinic asks. `recheck` asks the payer
    even where a fresh answer is on file. `wait_seconds` is how long the person waits before the rest goes on behind.
    """

    payer: Annotated[str, Meta(min_length=1, max_length=120)]
    state: Annotated[str, Meta(pattern=r"^[A-Z]{2}$")] | None = None
    county: Annotated[str, Meta(min_length=1, max_length=60)] | None = None
    connector: Annotated[str, Meta(min_length=1, max_length=40)] | None = None
    provider: Provider | None = None
    member_id: Annotated[str, Meta(min_length=2, max_length=80)] | None = None
    subscriber: Person
    dependent: Dependent | None = None
    group_number: Annotated[str, Meta(min_length=1, max_length=50)] | None = None
    date_of_service: date
    service_types: Annotated[tuple[ServiceType, ...], Meta(min_length=1, max_length=99)] = (PLAN,)
    recheck: bool = False
    wait_seconds: Annotated[int, Meta(ge=0, le=20)] = 20
    lang: Language = "en"


class Asked(NamedTuple):
    """A question that can be sent: to which payer (its slug), by which connector."""

    payer: str
    connector: str
    inquiry: Inquiry


Unaskable = Refusal | NoRoute | tuple[InputFault, ...]
"""Nobody bears the payer's name, no connector leads there, or the question lacks something."""


def ask(catalogue: Catalogue, configuration: Configuration, question: CheckQuestion, trace: str) -> Asked | Unaskable:
    """The question for the network that leads to the payer. `trace` comes back with the answer."""
    payer = payer_of(catalogue, question)
    if isinstance(payer, Refusal):
        return payer
    if question.connector is not None:
        configuration = _through(configuration, question.connector)
    route = route_to(configuration, payer, question.date_of_service)
    if isinstance(route, NoRoute):
        return route
    inquiry = Inquiry(
        trace=trace,
        payer=route.address,
        provider=question.provider or configuration.clinic,
        member_id=question.member_id,
        subscriber=question.subscriber,
        dependent=question.dependent,
        group_number=question.group_number,
        date_of_service=question.date_of_service,
        service_types=question.service_types,
    )
    return faults(inquiry, question.lang) or Asked(route.payer, route.connector, inquiry)


def payer_of(catalogue: Catalogue, question: CheckQuestion) -> Payer | Refusal:
    """The one payer behind the name on the card: to ask another one tells a stranger about a member."""
    resolution = resolve(catalogue, question.payer, question.date_of_service, question.state, question.county)
    lang = question.lang
    if resolution.payer:
        return catalogue.payers[resolution.payer]
    if of_another_state(resolution):
        name = resolution.candidates[0].name
        detail = say(lang, "refusal", "medicaid-elsewhere", payer=name, state=question.state)
        return Refusal(kind="unknown-payer", pointer="/state", detail=detail, resolution=resolution)
    unknown = "unknown-payer-near" if resolution.candidates else "unknown-payer"
    return Refusal(
        kind="ambiguous-payer" if resolution.question else "unknown-payer",
        pointer="/payer",
        detail=question_of(resolution, lang) or say(lang, "refusal", unknown),
        resolution=resolution,
    )


def _through(configuration: Configuration, connector: str) -> Configuration:
    """The configuration as if this connector were the only one, for every payer."""
    named = (each for each in configuration.connectors if each.name == connector)
    only = tuple(msgspec.structs.replace(each, routes=(ANY_PAYER,)) for each in named)
    return msgspec.structs.replace(configuration, connectors=only)
