"""Who may pay where the payer asked about pays nothing: other coverage, as if it were the only one."""

from datetime import date

from payers.catalogue.coverage import Decision
from payers.cost_share.money import Range
from payers.cost_share.second_payer import SecondPayer
from payers.estimate.case import Case
from payers.estimate.charges import outside_medicare
from payers.estimate.question import Medicaid, Medigap, OtherCoverage, Qmb, TricareForLife
from payers.estimate.second_payers import medicaid_behind, medicare_allowance, standing
from payers.second_payers.allowance import Allowance
from payers.second_payers.anything import Anything
from payers.second_payers.for_life import ForLifeOptedOut


def standing_alone(case: Case, decision: Decision) -> list[OtherCoverage]:
    """The coverages that may pay by themselves, in the order in which they pay.

    A supplement and QMB only ever pay a share that Medicare leaves.
    """
    return [
        other
        for other in standing(case, decision)
        if not isinstance(other, Medigap | Qmb)
        and not (
            isinstance(other, Medicaid) and medicaid_behind(case, decision.line_of_business, other).covers is False
        )
    ]


def pays_for_life_alone(other: OtherCoverage, case: Case, decision: Decision) -> bool:
    """Whether TRICARE For Life pays its part beside a clinician who opted out of Medicare."""
    return isinstance(other, TricareForLife) and outside_medicare(case, decision)


def payers_alone(case: Case, decision: Decision) -> tuple[SecondPayer, ...]:
    """Each with what it may pay. Whether it covers the treatment nobody asked here, so it may pay anything.

    Known is one part: beside a clinician who opted out of Medicare, TRICARE For Life pays as if Medicare had paid.
    """
    return tuple(
        ForLifeOptedOut(_allowed_by_tricare(case)) if pays_for_life_alone(other, case, decision) else Anything()
        for other in standing_alone(case, decision)
    )


def _allowed_by_tricare(case: Case) -> Allowance | None:
    """What was told to be allowed, else Medicare's fee."""
    told = case.question.prices and case.question.prices.allowed_per_session
    if told is None:
        return medicare_allowance(case)

    def any_day(day: date | None) -> Range:
        return told.range

    return Allowance(any_day)
