"""What the clinic is expected to charge a patient who pays: its price on the day, after what lowers it."""

from datetime import date
from typing import NamedTuple

from payers.catalogue.clinic import ClinicLayer, Reduction, ServicePrice, SitePrice
from payers.catalogue.vocabulary import ServiceKind, Treatment
from payers.clinic_prices.in_force import in_force, sites
from payers.clinic_prices.reductions import Claimed, held, reduced


class Patient(NamedTuple):
    """What is known of this patient's visits: where, how long a session takes, and what lowers the price."""

    site: str | None = None
    minutes: int | None = None
    claimed: Claimed = Claimed()


class Charge(NamedTuple):
    """One price that may be asked: as listed, and after the reduction that lowered it."""

    listed_cents: int
    cents: int
    reduction: Reduction | None = None
    service: ServicePrice | None = None


def session_charges(
    clinic: ClinicLayer, treatment: Treatment, dose_mg: int | None, patient: Patient, day: date
) -> list[Charge]:
    """What a session may be charged at: one for each site and each length that nobody told; none without a price.

    A price for the dose and the length goes before one for any.
    """
    rows = [row for row in clinic.prices if row.treatment == treatment and row.dose_mg in (None, dose_mg)]
    charges: list[Charge] = []
    for site in sites(clinic, patient.site) if rows else ():
        listed = in_force(rows, site, day, lambda row: (row.dose_mg, row.minutes))
        reductions = held(clinic, patient.claimed, site, day)
        charges += [
            Charge(price.price_cents, *reduced(price.price_cents, reductions, "treatment"))
            for price in _by_length(listed, patient.minutes)
        ]
    return charges


def session_listed(clinic: ClinicLayer, treatment: Treatment, dose_mg: int | None, patient: Patient, day: date) -> bool:
    """Whether a session has a price at every site and of every length on the list that it may be."""
    lengths = {row.minutes for row in clinic.prices if row.treatment == treatment and row.minutes}
    several = [patient.minutes] if patient.minutes else lengths or [None]
    return all(
        session_charges(clinic, treatment, dose_mg, Patient(site, minutes), day)
        for site in _named_sites(clinic, patient.site)
        for minutes in several
    )


def service_listed(clinic: ClinicLayer, service: ServiceKind, patient: Patient, day: date) -> bool:
    """Whether a service has a price at every site that it may be at."""
    return all(service_charges(clinic, service, Patient(site), day) for site in _named_sites(clinic, patient.site))


def _named_sites(clinic: ClinicLayer, site: str | None) -> tuple[str | None, ...]:
    """The sites that a course may be told to be at."""
    return (site,) if site else clinic.sites or (None,)


def service_charges(clinic: ClinicLayer, service: ServiceKind, patient: Patient, day: date) -> list[Charge]:
    """What a service beside the sessions may be charged at: one for each site that nobody told."""
    rows = [row for row in clinic.services if row.service == service]
    return [
        Charge(row.price_cents, *reduced(row.price_cents, held(clinic, patient.claimed, site, day), service), row)
        for site in (sites(clinic, patient.site) if rows else ())
        for row in in_force(rows, site, day, lambda row: row.service)
    ]


def _by_length(prices: list[SitePrice], minutes: int | None) -> list[SitePrice]:
    """The price of the length told, or of every length on the list; the site's and the dose's own first."""
    lengths = [minutes] if minutes else list(dict.fromkeys(price.minutes for price in prices))
    found: list[SitePrice] = []
    for length in lengths:
        fitting = [price for price in prices if price.minutes in (None, length)]
        if fitting:
            found.append(
                max(fitting, key=lambda row: (row.site is not None, row.dose_mg is not None, row.minutes is not None))
            )
    return found
