"""The domain's refusals as problem documents."""

from typing import NoReturn

from payers.catalogue.identity import Resolution
from payers.estimate import tell_catalogue
from payers.estimate.estimate import Refusal
from payers.estimate.question import Language
from payers.estimate.words import say
from service.api.problems import InputError, Refused


def refuse(refusal: Refusal, lang: Language) -> NoReturn:
    """End the request with the refusal of a question. Raises `Refused`."""
    raise refused(refusal, lang)


def refused(refusal: Refusal, lang: Language, place: str = "") -> Refused:
    """The refusal of the question that stands at `place` in the body, a JSON pointer."""
    if refusal.resolution and refusal.kind in ("unknown-payer", "ambiguous-payer"):
        return _payer(refusal, refusal.resolution, lang, place)
    return Refused(refusal.kind, refusal.detail, InputError(pointer=f"{place}{refusal.pointer}", detail=refusal.detail))


def _payer(refusal: Refusal, resolution: Resolution, lang: Language, place: str) -> Refused:
    told = tell_catalogue.possible(resolution.candidates, lang)
    asked = tell_catalogue.question(resolution, lang)
    if asked and refusal.kind == "ambiguous-payer":
        detail = say(lang, "refusal", "several-payers", question=asked)
        at = InputError(pointer=f"{place}/payer", detail=detail)
        return Refused("ambiguous-payer", detail, at, candidates=told, question=asked)
    at = InputError(pointer=f"{place}{refusal.pointer}", detail=refusal.detail)
    return Refused("unknown-payer", refusal.detail, at, nearest=told)
