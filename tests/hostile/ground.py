"""Makes what the places of the table name: an estimate, a check, a schedule, a key, and the forms of the console."""

import httpx

from tests.console.person import Person
from tests.hostile.table import PLACES, Ground, ordinary, page_of

NOBODY = "019aa0a6-6a1d-7c1e-a9b5-7d5f3c1f2a10"
SCHEDULE = "payer,member_id,last_name,date_of_service\nAetna,SBX0001,Sample,2026-12-01\n"


async def prepared(api: httpx.AsyncClient, person: Person) -> Ground:
    """The ground for attacks, made by a key that may do everything and by somebody who is signed in with it."""
    estimated = await api.post("/v1/estimates", json={"payer": "self-pay", "treatment": "iv-ketamine"})
    checks = "/v1/eligibility/checks"
    check = next(place for place in PLACES if place.ask == f"POST {checks}")
    body = ordinary(check, Ground({}, {})).body
    checked = await api.post(checks, content=body, headers={"Content-Type": "application/json"})
    batch = await api.post("/v1/eligibility/batches", content=SCHEDULE, headers={"Content-Type": "text/csv"})
    await person.open("/console/people")
    key = person.page.partition('href="/console/people/keys/')[2].partition('"')[0]
    ids = {
        "estimate": estimated.json()["id"],
        "check": checked.json()["id"],
        "batch": batch.json()["id"],
        "key": key if len(key) == 36 else NOBODY,
        "nobody": NOBODY,
    }
    ground = Ground(ids, {})
    forms: dict[str, dict[str, str]] = {}
    for place in PLACES:
        if place.form is None:
            continue
        if place.who == "console":
            await person.open(page_of(place, ground))
            forms[place.ask] = person.filled(ordinary(place, ground).target)
    return Ground(ids, forms)
