"""An estimate is replaced, never edited: once, with the reason, what changed and by when it had to be given."""

import asyncio
from datetime import date

from tests.service.good_faith.asking import Office
from tests.service.good_faith.conftest import Today
from tests.service.good_faith.test_issue import problem

MORE = {"course": {"kind": "sessions", "count": 8, "every_days": 3}}


async def test_a_new_version_tells_why_and_what_changed(office: Office, today: Today) -> None:
    before = await office.issue()
    today.is_now(date(2026, 12, 2))
    made = await office.replace(before["id"], {"estimate": await office.estimate(**MORE), "reason": "schedule"})
    assert made.status_code == 201
    replaced = made.json()["document"]["replaces"]
    assert (made.json()["replaces"], replaced["id"], replaced["reason"]) == (before["id"], before["id"], "schedule")
    changes = {change["what"]: (change["before"], change["after"]) for change in replaced["changed"]}
    assert changes["quantity"] == (6, 8)
    assert changes["total_cents"] == (300_000, 400_000)
    # The next session is on Friday, December 4.
    assert (made.json()["due_on"], made.json()["in_time"]) == ("2026-12-03", True)
    after = (await office.read(before["id"])).json()
    assert (after["replaced_by"], after["document"]) == (made.json()["id"], before["document"])


async def test_the_other_language_tells_it_too(office: Office) -> None:
    before = await office.issue(lang="es")
    made = await office.replace(
        before["id"], {"estimate": await office.estimate(**MORE), "reason": "schedule", "lang": "es"}
    )
    spanish = made.json()["document"]["replaces"]
    english = (await office.read(made.json()["id"], lang="en")).json()["document"]["replaces"]
    assert spanish["sentence"].startswith("Cambiaron las fechas")
    assert english["sentence"].startswith("The dates")
    assert english["changed"] == spanish["changed"]


async def test_each_is_replaced_once_even_by_two_at_the_same_time(office: Office) -> None:
    before, estimate = await office.issue(), await office.estimate(**MORE)
    request = {"estimate": estimate, "reason": "services"}
    both = await asyncio.gather(*(office.replace(before["id"], request) for _ in range(2)))
    assert sorted(answer.status_code for answer in both) == [201, 409]
    (made,) = [answer.json() for answer in both if answer.status_code == 201]
    again = await office.replace(before["id"], request)
    assert problem(again) == ("already-replaced", [])
    assert made["id"] in again.json()["detail"]
    newest = await office.replace(made["id"], request)
    assert newest.status_code == 201


async def test_a_repeated_replacement_is_answered_again(office: Office) -> None:
    before = await office.issue()
    request = {"estimate": await office.estimate(**MORE), "reason": "services"}
    first = await office.replace(before["id"], request, Idempotency_Key="replace-1")
    second = await office.replace(before["id"], request, Idempotency_Key="replace-1")
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    as_new = await office.ask({"estimate": request["estimate"]}, Idempotency_Key="replace-1")
    assert problem(as_new) == ("key-reused", [])


async def test_it_stays_with_its_patient(office: Office) -> None:
    before = await office.issue()
    stranger = {"first_name": "Max", "last_name": "Example", "birth_date": "1970-01-01"}
    request = {"estimate": before["estimate_id"], "reason": "correction", "patient": stranger}
    assert problem(await office.replace(before["id"], request)) == ("invalid-input", ["/replaces"])


async def test_there_must_be_one_before(office: Office) -> None:
    request = {"estimate": await office.estimate(), "reason": "renewal"}
    assert problem(await office.replace("019aa0a6-6a1d-7c1e-a9b5-7d5f3c1f2a10", request))[0] == "not-found"
