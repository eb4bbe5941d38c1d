"""Which claims of a file still stand, once what was taken back is gone."""

from collections.abc import Iterable
from typing import NamedTuple

from payers.remittances.remittance import Claim, Line, Remittance, Remittances


class Standing(NamedTuple):
    """A claim that stands, with the remittance that it came in."""

    remittance: Remittance
    claim: Claim


class InForce(NamedTuple):
    """Claims that stand, and reversals of claims that came in earlier files."""

    claims: tuple[Standing, ...]
    reversals: tuple[Standing, ...]


def in_force(file: Remittances) -> InForce:
    """Every claim that no reversal of the file takes back (CLP02 = 22), in the order of the file.

    A reversal names the claim by its number, or by the number that the corrected claim replaces, and has its amounts
    with the opposite sign. It takes back the latest of several that fit. What breaks off and what is not about money
    (a test file) is no evidence: none of it stands.
    """
    standing: list[Standing] = []
    reversals: list[Standing] = []
    for each in _all(() if file.is_test else file.remittances):
        if each.claim.status != "reversal":
            standing.append(each)
            continue
        taken = next(
            (at for at in range(len(standing) - 1, -1, -1) if _takes_back(each.claim, standing[at].claim)), None
        )
        if taken is None:
            reversals.append(each)
        else:
            del standing[taken]
    return InForce(tuple(standing), tuple(reversals))


def priced(claim: Claim) -> tuple[Line, ...]:
    """The claim's lines that say what was allowed, where it balances."""
    return tuple(line for line in claim.lines if line.allowed_cents is not None) if claim.balanced else ()


def _all(remittances: Iterable[Remittance]) -> Iterable[Standing]:
    return (Standing(each, claim) for each in remittances if each.whole for claim in each.claims)


def _takes_back(reversal: Claim, claim: Claim) -> bool:
    return (
        claim.reference in reversal.cancels
        and reversal.billed_cents == _opposite(claim.billed_cents)
        and reversal.paid_cents == _opposite(claim.paid_cents)
    )


def _opposite(cents: int | None) -> int | None:
    return None if cents is None else -cents
