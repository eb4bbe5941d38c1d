"""When two questions are the same one, so that a payer is asked, and billed, once."""

from collections.abc import Callable
from datetime import date

import msgspec

from payers.eligibility.inquiry import Inquiry, Person
from payers.eligibility.letters import in_capitals


def fingerprint(inquiry: Inquiry, day: date, keyed: Callable[[bytes], bytes]) -> bytes:
    """The same for questions alike: payer, member, patient, provider, date of service, service types, day asked on.

    `keyed` is an HMAC under a secret key (`Vault.fingerprint`): from the result nobody can find a member, not even by
    trying all of them. Spelling counts as it is sent, so capitals, accents and the order of service types do not.
    """
    alike = (
        (inquiry.payer.id_qualifier, in_capitals(inquiry.payer.id)),
        in_capitals(inquiry.member_id or ""),
        in_capitals(inquiry.group_number or ""),
        _person(inquiry.subscriber),
        _person(inquiry.dependent) if inquiry.dependent else None,
        inquiry.provider.npi,
        inquiry.date_of_service,
        sorted(set(inquiry.service_types)),
        day,
    )
    return keyed(msgspec.json.encode(alike))


def _person(person: Person) -> tuple[str | date | None, ...]:
    names = (person.last_name, person.first_name, person.middle_name, person.suffix)
    return (*(in_capitals(name or "") for name in names), person.birth_date, person.gender)
