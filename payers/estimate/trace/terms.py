"""Why copay and coinsurance are what they are, and why a covered service may cost the patient nothing."""

from collections.abc import Iterator

from payers.catalogue.vocabulary import PublicProgramme
from payers.cost_share.adjudicate import base_is_open, settled
from payers.cost_share.line import PHARMACY, Line
from payers.cost_share.money import exactly
from payers.cost_share.plan import CostShare
from payers.estimate.trace.parameters import parameters
from payers.estimate.trace.reason import Percent, Reason, assumed, by_law, told, unknown
from payers.estimate.trace.session import Session

NO_COST_SHARE: dict[PublicProgramme, str] = {
    "tricare": "10 U.S.C. 1074(a)",
    "tricare-for-life": "10 U.S.C. 1086(d)(3)",
    "va-community-care": "38 CFR 17.108(d)",
}
"""Why a programme asks some patients, or all of them, for nothing."""


def copay(at: Session, line: Line) -> Iterator[Reason]:
    """The copay's terms."""
    if at.follows_programme(line):
        if any(terms.copay_cents == 0 for terms in line.terms):
            yield from parameters(at, line, "free")
        yield from list(parameters(at, line, "copay")) or (unknown("programme-unknown"),)
        return
    share = at.told_share(line)
    if share is not None and share.copay_cents is not None:
        timings = {terms.copay_timing for terms in settled(share)}
        key = f"copay-{timings.pop()}" if len(timings) == 1 else "copay-open"
        yield told(key, place=at.told_place(line), copay=exactly(share.copay_cents))
        if line.pool == PHARMACY:
            yield assumed("assumed-fill-a-session")
        if not share.copay_counts_to_maximum and at.is_limited("out-of-pocket-maximum", line):
            yield told("copay-outside-maximum")


def coinsurance(at: Session, line: Line) -> Iterator[Reason]:
    """The coinsurance's terms."""
    if at.follows_programme(line):
        if at.case.payer.programme == "tricare-for-life":
            yield by_law("tricare-for-life-alone", NO_COST_SHARE["tricare-for-life"])
            return
        yield from list(parameters(at, line, "coinsurance")) or (unknown("programme-unknown"),)
        return
    share = at.told_share(line) or CostShare()
    if share.patient_share_bp is None and share.copay_cents is None:
        yield unknown("coinsurance-unknown")
    elif share.patient_share_bp:
        percent = Percent(share.patient_share_bp, share.patient_share_bp)
        if base_is_open(share):
            yield unknown("coinsurance-base-open", percent=percent)
        else:
            base = share.coinsurance_base or "net-of-copay"
            yield told(f"coinsurance-{base}", place=at.told_place(line), percent=percent)
    if share.coinsurance_min_cents is not None:
        yield told("coinsurance-min", amount=exactly(share.coinsurance_min_cents))
    if share.coinsurance_max_cents is not None:
        yield told("coinsurance-max", amount=exactly(share.coinsurance_max_cents))


def nothing_asked(at: Session, line: Line) -> Iterator[Reason]:
    """Why the terms ask for neither copay nor coinsurance, where they do not."""
    if any(
        not terms.covered
        or (not terms.preventive and (terms.copay_cents or terms.patient_share_bp or terms.coinsurance_min_cents))
        for terms in line.terms
    ):
        return
    if any(terms.preventive for terms in line.terms):
        yield by_law("preventive", "45 CFR 147.130")
    elif not at.follows_programme(line):
        yield told("nothing-asked", place=at.told_place(line))
    else:
        found = [*parameters(at, line, "free")] or [*parameters(at, line, "copay")]
        programme = at.case.payer.programme
        if not found and programme in NO_COST_SHARE:
            found = [by_law(f"no-cost-share-{programme}", NO_COST_SHARE[programme])]
        yield from found
