"""A service that the No Surprises Act protects (42 U.S.C. 300gg-111, 300gg-131, 300gg-132).

Cost sharing is computed in network, on the recognized amount; it counts toward the in-network limits. The plan pays
the rest of the out-of-network rate even while the deductible is open, and nobody may bill the balance.
"""

from payers.cost_share.plan_year import Book, Claim, Line, Money, run


def protected(book: Book, claim: Claim, out_of_network_rate_cents: int) -> Book:
    """The book after a protected line; the claim's allowed amount is the recognized amount.

    The rate is what the provider gets in all; the patient's share is never more than that.
    """
    recognized = min(claim.allowed_cents, out_of_network_rate_cents)
    after = run(book, [claim._replace(allowed_cents=recognized, charge_cents=None, contracted=True)])
    *before, line = after.lines
    charge = out_of_network_rate_cents if claim.charge_cents is None else claim.charge_cents
    money = line.money
    settled: Money = money._replace(
        charge_cents=charge,
        write_off_cents=charge - out_of_network_rate_cents,
        plan_pays_cents=money.plan_pays_cents + out_of_network_rate_cents - recognized,
    )
    rewritten: Line = line._replace(claim=claim, money=settled)
    return after._replace(lines=(*before, rewritten))
