"""The providers of an estimate: the clinic that convenes the care, and others with the charges that they told it."""

from payers.estimate.question import Language
from payers.good_faith.content import ChargeLine, NotIncluded, Provider, ProviderCharges, ServiceCode
from payers.good_faith.parties import ClinicParty, CoProvider, CoService
from payers.good_faith.request import GoodFaithRequest
from payers.good_faith.tolerance import tolerance
from payers.good_faith.words import say


def providers(request: GoodFaithRequest, clinic_lines: tuple[ChargeLine, ...]) -> tuple[ProviderCharges, ...]:
    """Everyone whose charges are known, the clinic first (45 CFR 149.610(c)(1)(iii))."""
    return (
        _charges(_clinic(request.clinic), clinic_lines),
        *(_charges(_co_provider(each), _co_lines(request, each)) for each in request.co_providers if each.services),
    )


def not_included(request: GoodFaithRequest) -> tuple[NotIncluded, ...]:
    """Everyone known to take part who has not told any charge."""
    return tuple(_not_included(each, request.lang) for each in request.co_providers if not each.services)


def _charges(provider: Provider, lines: tuple[ChargeLine, ...]) -> ProviderCharges:
    total_cents = sum(line.total_cents for line in lines)
    limits = tolerance(provider.state)
    return ProviderCharges(
        provider=provider,
        lines=lines,
        total_cents=total_cents,
        disputable_from_cents=limits.disputable_from(total_cents),
        most_billable_cents=limits.most_billable(total_cents),
    )


def _clinic(party: ClinicParty) -> Provider:
    return Provider(
        role="convening",
        name=party.name,
        first_name=None,
        npi=party.npi,
        tin=party.tin,
        state=party.address.state,
        address=party.address,
        phone=party.phone,
        email=party.email,
        taxonomy=party.taxonomy,
    )


def _co_provider(party: CoProvider) -> Provider:
    return Provider(
        role="co-provider",
        name=party.name,
        first_name=party.first_name,
        npi=party.npi,
        tin=party.tin,
        state=party.state,
        address=party.address,
        phone=party.phone,
        email=None,
        taxonomy=party.taxonomy,
    )


def _co_lines(request: GoodFaithRequest, party: CoProvider) -> tuple[ChargeLine, ...]:
    return tuple(_co_line(request, service) for service in party.services)


def _co_line(request: GoodFaithRequest, service: CoService) -> ChargeLine:
    """A service of another provider, in the words that it told."""
    code = service.code
    return ChargeLine(
        kind="co-provider",
        description=service.description,
        codes=(ServiceCode(code=code, label=service.description, units=1),) if code else (),
        diagnoses=tuple(each.code for each in request.diagnoses),
        quantity=service.quantity,
        each_cents=service.charge_cents,
        total_cents=service.quantity * service.charge_cents,
        dates=(service.on,) if service.on else (),
        place_of_service=service.place_of_service,
    )


def _not_included(party: CoProvider, lang: Language) -> NotIncluded:
    provider = _co_provider(party)
    sentence = say(lang, "not_included", "co-provider", name=provider.full_name, part=party.part)
    return NotIncluded(provider=provider, sentence=sentence)
