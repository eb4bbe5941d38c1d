"""Whether what is on file is about the person who is looked for."""

import unicodedata
from datetime import date
from typing import Literal, NamedTuple

import msgspec

Fit = Literal["theirs", "similar", "another's"]


class WhoIncomplete(ValueError):
    """What was told does not tell one person from others."""


class Who(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The person: by first and last name and birth date, by the member id of a card, or by both.

    Raises:
        WhoIncomplete: there is neither.
    """

    member_id: str | None = None
    last_name: str | None = None
    first_name: str | None = None
    birth_date: date | None = None

    def __post_init__(self) -> None:
        named = [bool(each) for each in (folded(self.last_name), folded(self.first_name), self.birth_date)]
        if any(named) and not all(named):
            raise WhoIncomplete("first name, last name and birth date are needed together")
        if not any(named) and not folded(self.member_id):
            raise WhoIncomplete("neither a member id nor a name with a birth date was given")


class Described(NamedTuple):
    """Somebody as a record describes them; what it does not say is absent."""

    member_id: str | None
    last_name: str | None
    first_name: str | None
    birth_date: date | None


def fit(who: Who, described: Described) -> Fit:
    """Whether a record is about the person.

    A name with its birth date decides where it was given, because a card's number changes with the plan and is shared
    by a family. `similar` is for somebody to look at: the same card, or the same last name and birth date.
    """
    same_card = bool(who.member_id) and folded(who.member_id) == folded(described.member_id)
    if who.birth_date is None:
        return "theirs" if same_card else "another's"
    same_family = who.birth_date == described.birth_date and folded(who.last_name) == folded(described.last_name)
    if same_family and folded(who.first_name) == folded(described.first_name):
        return "theirs"
    return "similar" if same_card or same_family else "another's"


def folded(text: str | None) -> str:
    """Letters and digits alone, without accents and case: cards and payers write names as they like."""
    return "".join(each for each in unicodedata.normalize("NFKD", text or "").casefold() if each.isalnum())
