"""Pages from templates. What is put into one is escaped, and nothing in one is script or style of its own."""

from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import MediaType, Response

from payers.cost_share.money import Range
from payers.estimate.question import Language
from payers.estimate.words import amount, day, money
from service.web.console.static import address
from service.web.console.words import Speak, other, speaker

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store", "Vary": "HX-Request"}

_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(template: str, lang: Language, **values: Any) -> str:
    """The template filled in. `t` tells words, `amount`, `money`, `day` and `moment` print what the domain holds."""
    return _PAGES.get_template(template).render(
        t=speaker(lang),
        lang=lang,
        other_lang=other(lang),
        day=partial(day, lang),
        short_day=partial(short_day, speaker(lang)),
        time_of_day=partial(_time_of_day, speaker(lang)),
        moment=partial(_moment, speaker(lang)),
        amount=partial(amount, lang),
        money=money,
        ends=_ends,
        address=address,
        **values,
    )


def sheet(text: str, name: str) -> Response[str]:
    """A table to keep, for a spreadsheet, which knows by the mark at its beginning that the text is UTF-8."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response("\ufeff" + text, media_type="text/csv", headers=headers)


def short_day(speak: Speak, on: date) -> str:
    """A date for a narrow column."""
    month = speak("form.months").split()[on.month - 1]
    return speak("form.short_day", day=on.day, month=month, year=on.year)


def html(text: str, *, status: int = 200, headers: dict[str, str] | None = None) -> Response[str]:
    """A page or a part of one, which no cache keeps."""
    return Response(text, status_code=status, media_type=MediaType.HTML, headers=HEADERS | (headers or {}))


def _time_of_day(speak: Speak, at: datetime) -> str:
    """Hour and minute, as clocks in the United States tell them."""
    half = speak("form.am" if at.hour < 12 else "form.pm")
    return speak("form.time", hour=at.hour % 12 or 12, minute=f"{at.minute:02d}", half=half)


def _moment(speak: Speak, at: datetime, now: datetime) -> str:
    """A day and a time where now it is `now`, as the clinic's clock on the wall shows them."""
    there = at.astimezone(now.tzinfo)
    return speak("form.moment", day=short_day(speak, there.date()), time=_time_of_day(speak, there))


def _ends(amounts: Range) -> tuple[str, ...]:
    """An amount for a narrow column: one end or both."""
    return tuple(money(cents) for cents in amounts.ends)
