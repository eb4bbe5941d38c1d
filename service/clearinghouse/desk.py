"""The one place from which payers are asked: it owns pace, cost, outages and the record of every attempt.

A network knows no idempotency and may bill every question, so nothing else calls a connector. The desk makes one
guarded attempt; whether there is another one is decided by `retries`, and whether a question is asked at all, being the
same as an earlier one, by `duplicates` and the store.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime
from typing import Literal, Protocol
from uuid import UUID

from purgatory import AsyncCircuitBreakerFactory
from purgatory.domain.model import OpenedState

from payers.catalogue.model import Frozen
from payers.eligibility.faults import faults
from payers.eligibility.inquiry import Inquiry
from payers.eligibility.response import NotX12
from service.clearinghouse.answers import read, rejections
from service.clearinghouse.configuration import ConnectorSettings
from service.clearinghouse.connector import Answered, Connector, Failed, Fault, Outcome, Pending
from service.clearinghouse.measures import observe
from service.clearinghouse.pace import Pace
from service.clearinghouse.routes import Route
from service.traces import span

OUTAGE_FAILURES = 5
"""So many failures in a row, and a payer counts as out: asking goes on for the others."""
OUTAGE_SECONDS = 60.0
"""After which one more question tells whether the payer is back."""
LOST_POLL_SECONDS = 60.0

_OUTAGES: frozenset[Fault] = frozenset({"timeout", "unreachable", "payer-down", "garbled"})
_PAYER_IS_OUT = frozenset({"42", "80"})
"""Rejections (AAA03) by which a network says that the payer does not answer."""
_POLL_LOST: frozenset[Fault] = frozenset({"timeout", "unreachable", "busy"})


class Attempt(Frozen):
    """One exchange with a network, for the record, with nothing of a member. `number` is the attempt it is part of."""

    check_id: UUID
    number: int
    connector: str
    at: datetime
    kind: Literal["submit", "poll"]
    outcome: Literal["answered", "pending", "failed"]
    fault: Fault | None
    code: str | None
    milliseconds: int
    cost_cents: int
    """What the network may bill for it: also where no answer came, as long as the question may have arrived."""


class Ledger(Protocol):
    """What outlives the process: what was spent, and what was tried."""

    async def spend(self, connector: str, cost_cents: int, budget_cents: int | None, day: date) -> bool:
        """Take the cost from the day's budget. False, and nothing taken, where the budget would be passed.

        A cost below zero gives back what was taken for a question that never left.
        """
        ...

    async def record(self, attempt: Attempt) -> None:
        """Keep what was tried."""
        ...


class Desk:
    """Guards every connector of one process; settings and connectors are by name. The clock's day is the budget's."""

    def __init__(
        self,
        settings: Mapping[str, ConnectorSettings],
        connectors: Mapping[str, Connector],
        ledger: Ledger,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
        outage_seconds: float = OUTAGE_SECONDS,
    ) -> None:
        self._settings = settings
        self._connectors = connectors
        self._ledger = ledger
        self._clock = clock
        self._paces = {name: Pace(each.in_flight, each.per_second, clock, sleep) for name, each in settings.items()}
        self._circuits = AsyncCircuitBreakerFactory(OUTAGE_FAILURES, outage_seconds)
        self._outage_seconds = outage_seconds

    async def ask(self, check_id: UUID, route: Route, inquiry: Inquiry, attempt_number: int) -> Outcome:
        """One attempt. It fails without asking where the inquiry has faults, the payer is out or the budget spent."""
        wrong = faults(inquiry)
        if wrong:
            detail = ", ".join(f"{fault.pointer}: {fault.kind}" for fault in wrong)
            return Failed(fault="invalid", detail=detail, asked=False)
        circuit = await self._circuits.get_breaker(f"{route.connector}/{route.payer}")
        try:
            # A slot comes first: whoever waited for one while the payer went out must not ask it any more.
            async with self._paces[route.connector].slot, circuit:
                outcome = await self._submit(check_id, route, inquiry, attempt_number)
                if _is_outage(outcome):
                    raise _Outage(outcome)
                return outcome
        except OpenedState as out:
            # The circuit raises the same exception every time, which would gather one traceback after the other.
            out.with_traceback(None)
            return Failed(
                fault="payer-down",
                detail="The payer did not answer several times; it is asked again after a while.",
                after_seconds=self._outage_seconds,
                asked=False,
            )
        except _Outage as outage:
            return outage.outcome

    async def poll(self, check_id: UUID, connector: str, ticket: str, attempt_number: int) -> Outcome:
        """Look once for the answer to a pending question.

        Where the look itself failed the question is still pending: it must never be asked a second time for that.
        """
        pace = self._paces[connector]
        async with pace.slot:
            await pace.start()
            began = self._clock()
            with span("poll", "client", {"outlay.connector": connector}) as tell:
                outcome = await self._connectors[connector].poll(ticket)
                tell({"outlay.outcome": _told(outcome)})
        await self._note(check_id, attempt_number, connector, "poll", began, outcome, 0)
        if isinstance(outcome, Failed) and outcome.fault in _POLL_LOST:
            return Pending(ticket=ticket, after_seconds=max(outcome.after_seconds or 0, LOST_POLL_SECONDS))
        return outcome

    async def cancel(self, connector: str, ticket: str) -> None:
        """Tell the network that nobody waits any more."""
        pace = self._paces[connector]
        async with pace.slot:
            await pace.start()
            await self._connectors[connector].cancel(ticket)

    async def close(self) -> None:
        """Let go of all connections."""
        for connector in self._connectors.values():
            await connector.close()

    async def _submit(self, check_id: UUID, route: Route, inquiry: Inquiry, attempt_number: int) -> Outcome:
        settings = self._settings[route.connector]
        cost, budget = settings.cost_cents, settings.budget_cents_per_day
        await self._paces[route.connector].start()
        began = self._clock()
        if not await self._ledger.spend(route.connector, cost, budget, began.date()):
            return Failed(fault="over-budget", detail="The day's budget for this connector is spent.", asked=False)
        with span("submit", "client", {"outlay.connector": route.connector}) as tell:
            outcome = await self._connectors[route.connector].submit(inquiry)
            tell({"outlay.outcome": _told(outcome)})
        if isinstance(outcome, Failed) and not outcome.asked:
            await self._ledger.spend(route.connector, -cost, None, began.date())
            cost = 0
        await self._note(check_id, attempt_number, route.connector, "submit", began, outcome, cost)
        return outcome

    async def _note(
        self,
        check_id: UUID,
        number: int,
        connector: str,
        kind: Literal["submit", "poll"],
        began: datetime,
        outcome: Outcome,
        cost_cents: int,
    ) -> None:
        took = (self._clock() - began).total_seconds()
        failed = outcome if isinstance(outcome, Failed) else None
        observe(connector, _told(outcome), took)
        await self._ledger.record(
            Attempt(
                check_id=check_id,
                number=number,
                connector=connector,
                at=began,
                kind=kind,
                outcome="failed" if failed else _name(outcome),
                fault=failed.fault if failed else None,
                code=failed.code if failed else None,
                milliseconds=max(0, round(took * 1000)),
                cost_cents=cost_cents,
            )
        )


class _Outage(Exception):
    """Carries a failed outcome through the circuit, which counts exceptions."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


def _name(outcome: Outcome) -> Literal["answered", "pending"]:
    return "pending" if isinstance(outcome, Pending) else "answered"


def _told(outcome: Outcome) -> str:
    return outcome.fault if isinstance(outcome, Failed) else _name(outcome)


def _is_outage(outcome: Outcome) -> bool:
    """Whether the payer, or the way to it, is not working: told by a failure, or inside an answer."""
    if isinstance(outcome, Failed):
        return outcome.fault in _OUTAGES
    if not isinstance(outcome, Answered):
        return False
    response = read(outcome)
    return not isinstance(response, NotX12) and any(each.reason in _PAYER_IS_OUT for each in rejections(response))
