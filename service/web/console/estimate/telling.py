"""An answer as the page tells it: the sentence to read aloud, what to ask, the text for the patient, the sheet."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import NamedTuple

from payers.cost_share.money import Range
from payers.estimate.answer import Answer, Fork, Milestone, UnknownAnswer
from payers.estimate.evidence import Citation
from payers.estimate.question import Language, Question
from payers.estimate.unknowns.worth import WORTH_TELLING_CENTS
from payers.estimate.words import amount, day, money
from service.web.console.estimate.fields import FIELDS, Field
from service.web.console.estimate.form import Form
from service.web.console.estimate.picture import SessionRow
from service.web.console.words import Speak, speaker

ASKED_AT_ONCE = 4
"""As many questions as one remembers on the phone; the others wait until one of these is answered."""


class Asked(NamedTuple):
    """An open question, with the inputs that answer it; none where the page has no input for it, or has it `above`."""

    unknown: UnknownAnswer
    fields: tuple[Field, ...]
    above: str | None


class Inputs(NamedTuple):
    """The page's inputs, each once: at the top, asked next, known already, and the rest."""

    first: tuple[Field, ...]
    asked: tuple[Asked, ...]
    later: int
    known: tuple[Field, ...]
    others: tuple[Field, ...]


def inputs(form: Form, answer: Answer | None) -> Inputs:
    """Where each input stands. Asked are only the questions that still are worth money, the dearest first."""
    known = tuple(
        each for each in FIELDS if each.when != "first" and (form.values[each.name] or each.name in form.said)
    )
    left = [each for each in FIELDS if each.when != "first" and each not in known]
    worthy = [each for each in (answer.unknowns if answer else ()) if each.worth_cents >= WORTH_TELLING_CENTS]
    asked: list[Asked] = []
    for unknown in worthy[:ASKED_AT_ONCE]:
        answers = tuple(each for each in left if each.asks == unknown.name)
        left = [each for each in left if each not in answers]
        above = next((each.name for each in FIELDS if each.when == "first" and each.asks == unknown.name), None)
        asked.append(Asked(unknown, answers, above))
    named = {each.name for each in (answer.unknowns if answer else ())}
    return Inputs(
        first=tuple(each for each in FIELDS if each.when == "first"),
        asked=tuple(asked),
        later=len(worthy) - len(asked),
        known=known,
        others=tuple(each for each in left if each.when == "always" or each.asks in named or each.name in form.wrong),
    )


def headline(answer: Answer, speak: Speak) -> str:
    """What to say first. While too much is open it is the usual case, and says so."""
    pays, count = answer.patient_pays, len(answer.sessions)
    first, typical, course = (
        amount(_lang(answer), each) for each in (pays.first_session, pays.typical_session, pays.course)
    )
    if pays.course.exact:
        same = pays.first_session == pays.typical_session
        key = "headline_same" if same else "headline_exact"
        return speak(f"estimate.{key}", first=first, typical=typical, course=course, count=count)
    usual = answer.typical
    key = "headline_usual_same" if usual.first_session_cents == usual.session_cents else "headline_usual"
    return speak(
        f"estimate.{key}",
        first=money(usual.first_session_cents),
        typical=money(usual.session_cents),
        course=money(usual.course_cents),
        count=usual.sessions,
    )


def span(answer: Answer, speak: Speak) -> str | None:
    """What it may be instead; nothing where everything is known."""
    pays = answer.patient_pays
    if pays.course.exact:
        return None
    session = Range(
        low_cents=min(pays.first_session.low_cents, pays.typical_session.low_cents),
        high_cents=max(pays.first_session.high_cents, pays.typical_session.high_cents),
    )
    told = {"session": amount(_lang(answer), session), "course": amount(_lang(answer), pays.course)}
    return speak("estimate.span", **told)


def on_the_way(answer: Answer) -> tuple[Milestone, ...]:
    """What happens along the course that the headline tells: the usual one while too much is open."""
    return answer.milestones if answer.patient_pays.course.exact else answer.typical.milestones


def forks(answer: Answer) -> list[tuple[str, list[Fork]]]:
    """The worlds side by side: authorization, lane, network, savings card."""
    return [(kind, list(sides)) for kind, sides in groupby(answer.forks, lambda fork: fork.when.partition("-")[0])]


def age_days(answer: Answer, verified_on: date | None) -> int | None:
    """How old the coverage rule was when the answer was given."""
    return None if verified_on is None else (date.fromisoformat(answer.created_at[:10]) - verified_on).days


def sources(answer: Answer) -> tuple[Citation, ...]:
    """Every source of the answer once."""
    cited = [answer.coverage.citations, answer.price.citations, *(each.citations for each in answer.reasons)]
    return tuple(dict.fromkeys(citation for several in cited for citation in several))


def for_patient(answer: Answer) -> str:
    """The answer in plain text and in its own language, to send or to read out."""
    return "\n".join(_lines(answer, speaker(_lang(answer))))


def _lines(answer: Answer, speak: Speak) -> Iterator[str]:
    lang = _lang(answer)
    yield speak("estimate.text_title", treatment=answer.treatment.name, payer=answer.payer.name)
    yield speak("estimate.text_made", day=day(lang, date.fromisoformat(answer.created_at[:10])))
    yield ""
    yield headline(answer, speak)
    if wide := span(answer, speak):
        yield wide
    yield answer.coverage.sentence
    yield ""
    for each in answer.sessions:
        yield f"{each.number}. {day(lang, each.on)}: {amount(lang, each.patient_pays)}"
    exact, told = answer.patient_pays.course.exact, [stone.sentence for stone in on_the_way(answer)]
    asked = [each.question for each in answer.unknowns if each.worth_cents >= WORTH_TELLING_CENTS]
    for heading, sentences in (
        ("milestones" if exact else "milestones_usual", told),
        ("text_ask", asked),
        ("notices", [each.text for each in answer.notices]),
    ):
        if sentences:
            yield ""
            yield speak(f"estimate.{heading}")
            yield from (f"- {sentence}" for sentence in sentences)
    yield ""
    yield answer.disclaimer


def sessions_sheet(table: tuple[SessionRow, ...], answer: Answer, speak: Speak) -> str:
    """The sessions as CSV, each amount with both of its ends in dollars."""
    text = io.StringIO()
    writer = csv.writer(text)
    amounts = ("price", "plan_pays", "others_pay", "patient_pays", "deductible_left", "maximum_left")
    ends = [
        speak(f"estimate.sheet_{end}", name=speak(f"estimate.{name}")) for name in amounts for end in ("low", "high")
    ]
    writer.writerow([speak("estimate.session"), speak("estimate.date"), speak("estimate.phase"), *ends])
    for row in table:
        each = row.session
        cells = (
            row.price,
            row.plan,
            row.others,
            each.patient_pays,
            each.deductible_remaining,
            each.out_of_pocket_remaining,
        )
        writer.writerow(
            [each.number, each.on.isoformat(), each.phase, *(end for cell in cells for end in _cells(cell))]
        )
    writer.writerow([])
    writer.writerow([answer.disclaimer])
    return text.getvalue()


def _cells(cell: Range | None) -> tuple[str, str]:
    return ("", "") if cell is None else (f"{cell.low_cents / 100:.2f}", f"{cell.high_cents / 100:.2f}")


class WhatIf(NamedTuple):
    """The three sliders: where each stands and how far it goes. Without a known deductible there is none for it."""

    sessions: int
    days: int
    deductible_cents: int | None
    met_cents: int


MOST_SESSIONS = 60
MOST_DAYS = 180


def what_if(question: Question, answer: Answer, today: date) -> WhatIf:
    """The sliders at the case as it stands."""
    limit = question.benefits.deductible if question.benefits else None
    first = answer.sessions[0].on
    return WhatIf(
        sessions=len(answer.sessions),
        days=min(MOST_DAYS, max(0, (first - today).days)),
        deductible_cents=limit.individual_cents if limit else None,
        met_cents=(limit.individual_met_cents or 0) if limit else 0,
    )


def _lang(answer: Answer) -> Language:
    return "es" if answer.lang == "es" else "en"
