"""Callers beside each other: nobody gets what is another's, is taken for another, or learns a secret by trying."""

import asyncio
import hmac
import inspect
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.identity import resolve
from payers.catalogue.load import load_release
from service.store import keys as kept_keys
from service.store.database import acquire
from service.store.keys import check_key, create_key
from service.web.console import access, sign_in
from tests.conftest import NOW
from tests.hostile.conftest import Front

QUESTION = {"payer": "Self-pay", "treatment": "iv-ketamine"}
CYRILLIC = str.maketrans(
    "aceopxyABCEHKMOPTX",
    "\u0430\u0441\u0435\u043e\u0440\u0445\u0443\u0410\u0412\u0421\u0415\u041d\u041a\u041c\u041e\u0420\u0422\u0425",
)
DISGUISES: dict[str, Callable[[str], str]] = {
    "letters of another alphabet": lambda name: name.translate(CYRILLIC),
    "full width": lambda name: "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in name),
    "zero width": "\u200b".join,
    "right to left": lambda name: f"\u202e{name}\u202c",
    "a mark on a letter": lambda name: f"{name[:2]}\u0301{name[2:]}",
    "a hyphen that is none": lambda name: name.replace(" ", "\u00ad "),
    "capitals": str.upper,
}


@pytest.mark.parametrize("how", DISGUISES)
def test_a_payer_in_disguise_is_itself_or_nobody(how: str) -> None:
    """However a name is written, it never means a payer other than the plain name does."""
    catalogue = Catalogue(load_release())
    for payer in catalogue.payers.values():
        plain = resolve(catalogue, payer.name, NOW.date()).payer
        disguised = resolve(catalogue, DISGUISES[how](payer.name), NOW.date()).payer
        assert disguised in (plain, None), payer.name


async def test_a_payer_in_disguise_is_shown_as_it_was_sent_and_safely(front: Front) -> None:
    told = await front.nobody.get("/v1/payers/resolve", params={"name": "\u202eanteA\u202c"})
    assert told.headers["content-type"].startswith("application/json")
    page = await front.nobody.get("/widget/form", params={"payer": "\u202eanteA", "treatment": "spravato"})
    assert page.status_code == 422
    assert "charset=utf-8" in page.headers["content-type"]


async def heard(front: Front, secret: str) -> None:
    """Wait until the service knows of a new key."""
    async with asyncio.timeout(10):
        while check_key(front.app.state.wiring.live.keys, secret, NOW) is None:  # noqa: ASYNC110  the database tells it
            await asyncio.sleep(0.01)


async def test_an_idempotency_key_is_its_owners(front: Front) -> None:
    """Another's key of the same name leads to nothing of theirs."""
    async with acquire(front.app.state.wiring.pool) as connection:
        other = (await create_key(connection, name="other", scopes=("estimates:write",))).secret
    headers = {"Idempotency-Key": "shared"}
    first = await front.api.post("/v1/estimates", json=QUESTION, headers=headers)
    await heard(front, other)
    bearer = {"Authorization": f"Bearer {other}"}
    theirs = await front.nobody.post("/v1/estimates", json=QUESTION, headers=headers | bearer)
    again = await front.api.post("/v1/estimates", json=QUESTION, headers=headers)
    changed = await front.api.post("/v1/estimates", json=QUESTION | {"state": "CO"}, headers=headers)
    assert (first.status_code, theirs.status_code, again.status_code) == (201, 201, 200)
    assert theirs.json()["id"] != first.json()["id"] == again.json()["id"]
    assert (changed.status_code, changed.json()["type"]) == (422, "/problems/key-reused")


async def test_an_id_is_worth_nothing_without_the_scope(front: Front) -> None:
    """Who guesses ids, or was told them, still needs a key that may."""
    async with acquire(front.app.state.wiring.pool) as connection:
        lesser = (await create_key(connection, name="lesser", scopes=("catalogue:write",))).secret
    await heard(front, lesser)
    ids = front.ground.ids
    for path in (
        f"/v1/estimates/{ids['estimate']}",
        f"/v1/eligibility/checks/{ids['check']}",
        f"/v1/eligibility/batches/{ids['batch']}",
        "/v1/good-faith-estimates",
    ):
        assert (await front.nobody.get(path)).status_code == 401
        answer = await front.nobody.get(path, headers={"Authorization": f"Bearer {lesser}"})
        assert answer.status_code == 403


def test_secrets_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch, front: Front) -> None:
    """No clock here: it is the comparison of the standard library that decides."""
    compared: list[Any] = []
    real = hmac.compare_digest

    def watched(one: Any, other: Any) -> bool:
        compared.append(one)
        return real(one, other)

    monkeypatch.setattr(hmac, "compare_digest", watched)
    known = front.app.state.wiring.live.keys
    assert check_key(known, front.key, NOW) is not None
    assert check_key(known, front.key[:-1] + "x", NOW) is None
    assert len(compared) == 2
    for module in (kept_keys, access, sign_in):
        assert "compare_digest" in inspect.getsource(module)


def test_a_forged_or_replayed_webhook_is_refused_by_what_the_documentation_says() -> None:
    webhook, now = Webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), datetime.now(UTC)
    body = '{"type": "eligibility.check.ended"}'

    def headers(at: datetime, event: str = "msg_1", signed: str = body) -> dict[str, str]:
        signature = webhook.sign(event, at, signed)
        return {"webhook-id": event, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}

    webhook.verify(body, headers(now))
    old = headers(now - timedelta(minutes=6))
    for sent, claimed in (
        (body, old),
        (body, headers(now + timedelta(minutes=6))),
        (body, old | {"webhook-timestamp": headers(now)["webhook-timestamp"]}),
        (body, headers(now) | {"webhook-id": "msg_2"}),
        (body.replace("ended", "begun"), headers(now)),
        (body, headers(now) | {"webhook-signature": "v1,"}),
        (body, headers(now) | {"webhook-signature": "v2" + headers(now)["webhook-signature"][2:]}),
    ):
        with pytest.raises(WebhookVerificationError):
            webhook.verify(sent, claimed)
