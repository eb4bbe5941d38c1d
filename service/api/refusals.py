"""The domain's refusals as problem documents."""

from typing import NoReturn

from payers.catalogue.identity import Resolution
from payers.estimate import tell_catalogue
from payers.estimate.estimate import Refusal
from payers.estimate.question import Language
from service.api.problems import InputError, Refused


def refuse(refusal: Refusal, lang: Language) -> NoReturn:
    """End the request with the refusal of a question. Raises `Refused`."""
    if refusal.resolution and refusal.kind in ("unknown-payer", "ambiguous-payer"):
        refuse_payer(refusal.resolution, lang)
    raise Refused(refusal.kind, refusal.detail, InputError(pointer=refusal.pointer, detail=refusal.detail))


def refuse_payer(resolution: Resolution, lang: Language) -> NoReturn:
    """End the request because the name leads to nobody, or to several. Raises `Refused`."""
    told = tell_catalogue.possible(resolution.candidates, lang)
    asked = tell_catalogue.question(resolution, lang)
    if asked:
        detail = f"The name means several payers. {asked}"
        raise Refused("ambiguous-payer", detail, _at_payer(detail), candidates=told, question=asked)
    detail = "No payer has this name." + (" The nearest are in `nearest`." if told else "")
    raise Refused("unknown-payer", detail, _at_payer(detail), nearest=told)


def _at_payer(detail: str) -> InputError:
    return InputError(pointer="/payer", detail=detail)
