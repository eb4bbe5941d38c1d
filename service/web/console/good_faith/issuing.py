"""From an estimate to a good-faith estimate, and from one good-faith estimate to the next."""

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple, get_args
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from payers.catalogue.vocabulary import STATES
from payers.estimate.answer import Answer
from payers.estimate.question import Question
from payers.estimate.tell_catalogue import treatment_name
from payers.estimate.words import amount, day
from payers.good_faith.content import ReplacementReason
from payers.good_faith.preview import Preview, preview
from payers.good_faith.refusal import Refusal
from payers.good_faith.request import faults
from service.api.estimates import stored_estimate
from service.api.good_faith_accounts import account
from service.api.good_faith_issues import asked_for, issue, newer, stored_issue
from service.api.good_faith_views import GoodFaithQuestion, ReplacementQuestion
from service.api.problems import Refused
from service.computing import computed
from service.store.database import acquire
from service.store.estimates import AnswerInShort, FoundEstimate, Sought, StoredEstimate, search_estimates
from service.store.good_faith import SealedIssue, last_issue, replaced_by
from service.uuid7 import uuid7
from service.web.console.access import takes
from service.web.console.desk import Desk
from service.web.console.estimate.fields import FIELDS
from service.web.console.good_faith.form import Form, form_of, name_of, typed
from service.web.console.good_faith.known import known
from service.web.console.good_faith.value import value_of
from service.web.console.visit import goes_to

HERE = "/console/good-faith"
NEW = f"{HERE}/new"
ONCE = "once"
"""The hidden input that makes a form count once, however often it is sent."""
_ABOUT_THE_FORM = ("invalid-input", "insured-estimate", "open-question", "key-reused", "already-replaced")
_ELSEWHERE = {"estimate__start_on": "scheduled_on", "replaces": "patient__first_name"}
"""The inputs for faults that are found at another place."""
_NEWEST = 8
"""As many estimates as are offered for a new version."""

ForEstimate = Annotated[UUID, QueryParameter()]
PerhapsEstimate = Annotated[UUID | None, QueryParameter(name="estimate")]


class Begun(NamedTuple):
    """A stored estimate that is to become a good-faith estimate, in the place of `replaced` where there is one."""

    stored: StoredEstimate
    question: Question
    answer: Answer
    found: Preview | Refusal
    replaced: SealedIssue | None = None

    @property
    def action(self) -> str:
        """Where the form goes."""
        return f"{HERE}/{self.replaced.id}/replace" if self.replaced else NEW


@get(NEW, guards=[takes("estimates:write")])
async def blank(estimate: ForEstimate, desk: NamedDependency[Desk]) -> Response[str]:
    """The form with all that is known, or why there can be no good-faith estimate of this one."""
    begun = await _begun(desk, estimate)
    if isinstance(begun.found, Refusal):
        return _refused(desk, begun, begun.found)
    told = await known(desk, begun.question)
    return await _page(desk, begun, form_of(told.request), carried_over=told.carried_over)


@post(NEW, guards=[takes("estimates:write")], status_code=200)
async def send(request: Request[Any, Any, Any], desk: NamedDependency[Desk]) -> Response[str]:
    """Issue it, once."""
    sent = await request.form()
    return await _sent(desk, await _begun(desk, _estimate_of(sent)), sent)


@get(f"{HERE}/{{issue_id:uuid}}/replace", guards=[takes("estimates:write")])
async def again(issue_id: FromPath[UUID], desk: NamedDependency[Desk], other: PerhapsEstimate = None) -> Response[str]:
    """The form as it was sent for the one before; where that was replaced already, the way to the newest."""
    before = await stored_issue(desk.wiring, issue_id)
    if by := await newer(desk.wiring, issue_id):
        return goes_to(desk.visit, f"{HERE}/{by}")
    asked = await asked_for(desk.wiring, desk.key, before)
    due = (await account(desk.wiring, before, desk.visit.lang)).new_version
    begun = await _begun(desk, other or before.estimate_id, before)
    told = msgspec.to_builtins(asked) | {"reason": due.reasons[0] if due else None}
    return await _page(desk, begun, form_of(told))


@post(f"{HERE}/{{issue_id:uuid}}/replace", guards=[takes("estimates:write")], status_code=200)
async def replace(
    request: Request[Any, Any, Any], issue_id: FromPath[UUID], desk: NamedDependency[Desk]
) -> Response[str]:
    """Issue it in the place of the one before, once."""
    sent = await request.form()
    before = await stored_issue(desk.wiring, issue_id)
    return await _sent(desk, await _begun(desk, _estimate_of(sent), before), sent)


PAGES = (blank, send, again, replace)


async def _begun(desk: Desk, estimate_id: UUID, replaced: SealedIssue | None = None) -> Begun:
    """Raises `Refused` where there is no such estimate."""
    stored = await stored_estimate(desk.wiring.pool, estimate_id)
    question = msgspec.json.decode(stored.question, type=Question)
    given = msgspec.json.decode(stored.answer, type=Answer)
    catalogue = await desk.wiring.versions(stored.catalogue_version)
    found = await computed(preview, catalogue, given, question, desk.visit.lang, desk.today)
    return Begun(stored, question, given, found, replaced)


async def _sent(desk: Desk, begun: Begun, sent: Mapping[str, Any]) -> Response[str]:
    form = typed(sent)
    once = str(sent.get(ONCE, "")) or str(uuid7())
    if "rows" in sent:
        return await _page(desk, begun, form, once=once)
    asked = _asked(desk, begun, form)
    if isinstance(asked, Form):
        return await _page(desk, begun, asked, status=422, once=once)
    try:
        made = await issue(desk.wiring, desk.key, asked, once, begun.replaced, told_in=desk.visit.lang)
    except Refused as refused:
        if refused.kind.slug not in _ABOUT_THE_FORM:
            raise
        return await _page(desk, begun, _at_fault(desk, form, refused), status=422, once=once)
    return goes_to(desk.visit, f"{HERE}/{made.content.id}")


def _asked(desk: Desk, begun: Begun, form: Form) -> GoodFaithQuestion | Form:
    """What the form asks, or the form with everything that is wrong with it."""
    kind = ReplacementQuestion if begun.replaced else GoodFaithQuestion
    asked = value_of(form, kind, desk.visit.speak, estimate=begun.stored.id)
    if isinstance(asked, Form):
        return asked
    wrong = {
        name_of(each.pointer): each.detail
        for each in faults(msgspec.structs.replace(asked, lang=desk.visit.lang), desk.today)
    }
    if isinstance(begun.found, Refusal):
        return form._replace(wrong={"estimate": _why(desk, begun.found)} | wrong)
    if begun.found.must_declare and not asked.declared_self_pay:
        wrong["declared_self_pay"] = desk.visit.speak("good_faith.must_declare")
    for kind, question in begun.found.open_codes.items():
        if kind not in asked.service_codes:
            wrong[name_of(f"/service_codes/{kind}")] = question
    return form._replace(wrong=wrong) if wrong else asked


def _at_fault(desk: Desk, form: Form, refused: Refused) -> Form:
    """The form with why nothing was issued, beside the input that it is about."""
    if refused.kind.status != 422 or refused.kind.slug == "key-reused":
        return form._replace(wrong={"": desk.visit.speak(f"good_faith.{refused.kind.slug}")})
    wrong: dict[str, str] = {}
    for each in refused.errors:
        name = name_of(each.pointer)
        name = _ELSEWHERE.get(name, "estimate" if name.startswith("estimate") else name)
        wrong[name] = each.detail
    return form._replace(wrong=wrong or {"": refused.detail})


def _why(desk: Desk, refusal: Refusal) -> str:
    """What stands against it, in words for who has the estimate before them."""
    if refusal.kind == "insured-estimate":
        return desk.visit.speak("good_faith.insured")
    return refusal.detail


def _refused(desk: Desk, begun: Begun, refusal: Refusal) -> Response[str]:
    """Why there is none, and the way to the input that settles it."""
    named = "payer" if refusal.kind == "insured-estimate" else refusal.question or "course"
    field = next((each.name for each in FIELDS if each.asks == named), "")
    return desk.visit.show(
        "good_faith_refused.html", why=_why(desk, refusal), kind=refusal.kind, estimate_id=begun.stored.id, field=field
    )


async def _page(
    desk: Desk, begun: Begun, form: Form, *, status: int = 200, once: str = "", carried_over: bool = False
) -> Response[str]:
    async with acquire(desk.wiring.pool) as connection:
        if begun.replaced:
            earlier = await replaced_by(connection, begun.replaced.id)
            others = await search_estimates(connection, Sought(treatment=begun.question.treatment), limit=_NEWEST)
        else:
            last = await last_issue(connection, of_estimate=begun.stored.id)
            earlier, others = last.id if last else None, ()
    return desk.visit.show(
        "good_faith_form.html",
        status=status,
        form=form,
        begun=begun,
        once=once or str(uuid7()),
        shown=begun.found if isinstance(begun.found, Preview) else None,
        carried_over=carried_over,
        earlier=earlier,
        estimates=_choices(desk, begun, others),
        states=[(each, each) for each in sorted(STATES)],
        reasons=[(each, desk.visit.speak(f"good_faith.reason_{each}")) for each in get_args(ReplacementReason)],
        today=desk.today,
    )


def _choices(desk: Desk, begun: Begun, others: tuple[FoundEstimate, ...]) -> list[tuple[str, str]]:
    """The estimates that a new version may be made of: the one at hand, and those made since the one before."""
    if begun.replaced is None:
        return []
    here = begun.stored
    since = [each for each in others if each.id > begun.replaced.estimate_id and each.id != here.id]
    short = msgspec.json.decode(here.answer, type=AnswerInShort)
    at_hand = FoundEstimate(id=here.id, created_at=here.created_at, key_id=here.key_id, answer=short)
    return [(str(each.id), _named(desk, each)) for each in (at_hand, *since)]


def _named(desk: Desk, estimate: FoundEstimate) -> str:
    found, lang = estimate.answer, desk.visit.lang
    at = estimate.created_at.astimezone(desk.wiring.clock().tzinfo)
    return desk.visit.speak(
        "good_faith.of_estimate",
        treatment=treatment_name(desk.catalogue.treatments[found.treatment.slug], lang),
        count=found.typical.sessions,
        amount=amount(lang, found.patient_pays.course),
        at=f"{day(lang, at.date())}, {at:%H:%M}",
    )


def _estimate_of(sent: Mapping[str, Any]) -> UUID:
    """Raises `Refused` where the form names none."""
    try:
        return UUID(str(sent.get("estimate", "")))
    except ValueError:
        raise Refused("not-found", "No estimate has this id.") from None
