"""A term that may be meant in several ways: which one holds is asked, with each of them in words."""

from payers.cost_share.plan import CostShare
from payers.eligibility.plan.asking import Asking
from payers.eligibility.plan.said import segments
from payers.eligibility.plan.slots import Slot, Values
from payers.estimate.words import money, percent


def ask_which(slot: Slot, asking: Asking) -> None:
    """Ask where rows say several values. What is only left open beside a value has a question of its own."""
    told = dict.fromkeys(words for reading in slot.readings if (words := _words(reading, asking)))
    if len(told) > 1:
        term = asking.term(slot.name, outside=slot.outside)
        rows = segments(slot.used)
        asking.ask("several-values", pointer=slot.pointer, segments=rows, term=term, values="; ".join(told))


def _words(reading: Values, asking: Asking) -> str | None:
    by_name = {path[-1]: value for path, value in reading.items()}
    match list(by_name.values()):
        case [CostShare() as share]:
            return _share(share, asking)
        case [str(month_day)]:
            return month_day.replace("-", "/")
        case _:
            own, family = (_limit(by_name, owner, asking) for owner in ("individual", "family"))
            return asking.say("own-and-family", own=own, family=family) if own and family else own or family


def _share(share: CostShare, asking: Asking) -> str | None:
    told = [money(share.copay_cents)] if share.copay_cents is not None else []
    told += [percent(share.patient_share_bp)] if share.patient_share_bp is not None else []
    both = asking.say("copay-and-share", copay=told[0], share=told[1]) if len(told) == 2 else "".join(told)
    return both if share.deductible_applies or not both else asking.say("no-deductible", share=both)


def _limit(values: dict[str, object], owner: str, asking: Asking) -> str | None:
    """A limit with what is met of it."""
    amount, met = values.get(f"{owner}_cents"), values.get(f"{owner}_met_cents")
    if not isinstance(amount, int):
        return None
    return asking.say("limit-and-met", amount=money(amount), met=money(met)) if isinstance(met, int) else money(amount)
