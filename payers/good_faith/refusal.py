"""Why there is no good-faith estimate: a value, in the reader's words."""

from typing import Literal

from payers.catalogue.model import Frozen
from payers.estimate.question import Language
from payers.estimate.words import say as say_estimate
from payers.good_faith.words import say

RefusalKind = Literal["insured-estimate", "open-question", "impossible-request"]


class Refusal(Frozen):
    """What stands against it.

    `pointer` is a JSON pointer into the request, `/estimate` where the stored estimate is meant. `question` names the
    input of the estimate that must be told first.
    """

    kind: RefusalKind
    pointer: str
    detail: str
    question: str | None = None


def ask_first(name: str, lang: Language) -> Refusal:
    """The input of the estimate that is open, as the question to the clinic."""
    detail = say(lang, "refusal", "open-question", question=say_estimate(lang, "ask", name))
    return Refusal(kind="open-question", pointer="/estimate", detail=detail, question=name)


def impossible(pointer: str, key: str, lang: Language, **values: object) -> Refusal:
    """A place in the request that no estimate can have."""
    return Refusal(kind="impossible-request", pointer=pointer, detail=say(lang, "refusal", key, **values))
