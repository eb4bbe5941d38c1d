"""A row of the clinic in words: what it is for, what it says, on which days."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.clinic import (
    ClinicFee,
    ClinicLayer,
    ClinicRow,
    ContractedRate,
    CourseServices,
    Discount,
    Package,
    PaymentPlan,
    PaymentPolicy,
    Reduction,
    ServicePrice,
    SiteLocality,
    SitePrice,
    SiteRow,
    SlidingBand,
)
from payers.catalogue.clinic_question import question
from payers.catalogue.model import Rule
from payers.catalogue.vocabulary import Treatment
from payers.estimate import tell_catalogue
from payers.estimate.question import Language
from payers.estimate.words import day, money, percent, say
from service.web.console.desk import Desk
from service.web.console.words import Speak

DISCOUNTS = ("veteran", "first-responder")
"""The discounts for which there are words; any other is told as it was typed."""


class Teller(NamedTuple):
    """Tells rows in a language, by the names that the catalogue has for treatments and payers."""

    catalogue: Catalogue
    lang: Language
    speak: Speak

    def what(self, row: ClinicRow | Rule) -> str:
        """What the row is for; of a contracted rate without its payer, of a site's row without the site."""
        match row:
            case Rule():
                treatments = ", ".join(map(self.treatment, row.treatments))
                return _listed(self.payer(row.payer), self._line(row), row.plan, treatments)
            case ContractedRate():
                dose = self._counted("dose", row.dose_mg)
                return _listed(self.treatment(row.treatment), dose, self._line(row), row.plan)
            case SiteRow():
                return self._listed_for(row)
            case _:
                raise AssertionError(f"a row of the clinic is one of these, not {type(row).__name__}")

    def _listed_for(self, row: SiteRow) -> str:
        match row:
            case SitePrice():
                dose, length = self._counted("dose", row.dose_mg), self._counted("minutes_long", row.minutes)
                return _listed(self.treatment(row.treatment), dose, length)
            case ServicePrice():
                return say(self.lang, "service", row.service)
            case Discount():
                known = row.kind in DISCOUNTS
                return say(self.lang, "reduction", row.kind) if known else row.kind
            case SlidingBand():
                return self.speak("prices.tier", tier=row.tier)
            case ClinicFee():
                return self.speak(f"prices.fee_{row.kind}")
            case Package() | PaymentPlan():
                return row.name
            case SiteLocality():
                return self.speak("prices.locality", place=f"{row.carrier}-{row.locality}")
            case PaymentPolicy():
                answers = {"hsa_fsa": self._said(row.takes_hsa_fsa), "superbill": self._said(row.gives_superbill)}
                return self.speak("prices.policy", **answers)
            case _:
                raise AssertionError(f"a row of the price list is one of these, not {type(row).__name__}")

    def says(self, row: ClinicRow) -> str:
        """The amount or share of the row, in a few characters; empty where it has none."""
        match row:
            case SitePrice() | ServicePrice() | Package():
                return money(row.price_cents)
            case ContractedRate():
                return money(row.allowed_cents)
            case ClinicFee():
                return money(row.amount_cents)
            case Reduction():
                off = percent(row.off_bp) if row.off_bp is not None else money(row.off_cents or 0)
                return self.speak("prices.off", off=off)
            case PaymentPlan():
                return self.speak("prices.months", count=row.instalments)
            case _:
                return ""

    def more(self, row: ClinicRow | Rule) -> str:
        """Everything else that it says, as phrases one after the other; empty where there is nothing."""
        return " · ".join(each for each in self._more(row) if each)

    def days(self, row: ClinicRow | Rule) -> str:
        """The days on which it holds."""
        return self.span(row.valid_from, row.valid_until)

    def span(self, first: date | None, last: date | None) -> str:
        """From a day until a day; absent ends are open."""
        told = {"first": day(self.lang, first) if first else "", "last": day(self.lang, last) if last else ""}
        key = "days" if first and last else "days_from" if first else "days_until" if last else "days_always"
        return self.speak(f"prices.{key}", **told)

    def where(self, row: ClinicRow) -> str:
        """Where it holds, or for which payer."""
        if isinstance(row, ContractedRate):
            return self.payer(row.payer)
        site = row.site if isinstance(row, SiteRow) else None
        return self.speak("prices.at_site", site=site) if site else self.speak("prices.at_every_site")

    def sentence(self, row: ClinicRow) -> str:
        """The whole row on a line: when, where, what, how much."""
        what = _listed(self.what(row), self.says(row))
        told = self.speak("prices.sentence", days=self.days(row), where=self.where(row), what=what)
        return told[0].upper() + told[1:]

    def treatment(self, slug: Treatment) -> str:
        """The treatment's name."""
        return tell_catalogue.treatment_name(self.catalogue.treatments[slug], self.lang)

    def payer(self, slug: str) -> str:
        """The payer's name; the slug where the release does not know it any more, as of a rule for any payer."""
        known = self.catalogue.payers.get(slug)
        return known.name if known else slug

    def things(self, row: Reduction) -> str:
        """What a reduction is taken off."""
        return ", ".join(say(self.lang, "service", each) for each in row.applies_to) or say(
            self.lang, "reduction", "everything"
        )

    def _more(self, row: ClinicRow | Rule) -> Iterator[str | None]:
        match row:
            case ServicePrice():
                yield self.speak("prices.codes", codes=", ".join(row.codes)) if row.codes else None
            case Package():
                yield self.speak("prices.package_of", count=row.sessions, treatment=self.treatment(row.treatment))
                yield from self._included(row.included)
                yield self._yes_no("refundable", row.refundable)
            case SlidingBand():
                yield self._counted("income", row.poverty_percent_max)
                yield self.things(row)
            case Discount():
                yield self.things(row)
            case ClinicFee():
                yield say(self.lang, "fee_unit", row.per)
                yield self._yes_no("refundable", row.refundable)
                yield self._yes_no("credited", row.credited)
                yield self._counted("notice", row.notice_hours)
            case PaymentPlan():
                rate = row.annual_rate_bp
                yield self.speak("prices.rate", share=percent(rate)) if rate else self.speak("prices.no_interest")
                yield self.speak("prices.down", share=percent(row.down_payment_bp)) if row.down_payment_bp else None
                yield self.speak("prices.start_fee", amount=money(row.fee_cents)) if row.fee_cents else None
                least = row.minimum_instalment_cents
                yield None if least is None else self.speak("prices.least", amount=money(least))
            case _:
                pass
        yield row.note

    def _included(self, included: CourseServices) -> Iterator[str]:
        for service, count in included.counts().items():
            if count:
                yield self.speak("prices.included", count=count, service=say(self.lang, "service", service))

    def _counted(self, key: str, count: int | None) -> str | None:
        return None if count is None else self.speak(f"prices.{key}", count=count)

    def _yes_no(self, key: str, answer: bool | None) -> str | None:
        return None if answer is None else self.speak(f"prices.{key}_{'yes' if answer else 'no'}")

    def _said(self, answer: bool | None) -> str:
        return self.speak("prices.unsaid" if answer is None else "prices.yes" if answer else "prices.no")

    def _line(self, row: ContractedRate | Rule) -> str | None:
        return self.speak(f"estimate.line_of_business_{row.line_of_business}") if row.line_of_business else None


def teller(desk: Desk) -> Teller:
    """Tells in the language of the visit."""
    return Teller(desk.catalogue, desk.visit.lang, desk.visit.speak)


class News(NamedTuple):
    """What was done, the row that it was done to, and what estimates do with it."""

    done: str
    told: str
    next: str


def of_saved(row: ClinicRow, layer: ClinicLayer, tell: Teller) -> News:
    """A row that was added or goes on from another, with what it says instead of that one."""
    before = _same(row, layer, row.valid_from - timedelta(days=1)) if row.valid_from else None
    told = tell.sentence(row)
    if before and (said := tell.says(before)):
        told = tell.speak("prices.saved_instead", told=told, before=said)
    return News(tell.speak("prices.saved"), told, tell.speak("prices.saved_next"))


def of_ended(row: ClinicRow, layer: ClinicLayer, tell: Teller) -> News:
    """A row that has a last day, with what holds on the next."""
    after = _same(row, layer, row.valid_until + timedelta(days=1)) if row.valid_until else None
    then = f"{tell.sentence(after)}." if after else tell.speak("prices.ended_next")
    return News(tell.speak("prices.ended_done"), tell.sentence(row), then)


def _same(row: ClinicRow, layer: ClinicLayer, on: date) -> ClinicRow | None:
    """The row for the same question that holds on a day."""
    return next(
        (
            other
            for _, other in layer.rows()
            if isinstance(other, ClinicRow)
            and other.id != row.id
            and question(other) == question(row)
            and other.holds_on(on)
        ),
        None,
    )


def _listed(*parts: str | None) -> str:
    return ", ".join(part for part in parts if part)
