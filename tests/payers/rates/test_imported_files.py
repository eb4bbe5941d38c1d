"""When a newer file of an imported one is due: by its own date, and how often its kind is published."""

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.clinic import ClinicLayer, MedicareFee, SiteLocality
from payers.catalogue.load import load_release
from payers.catalogue.staleness import IMPORTED, Due, due
from payers.rates.rate import Source, SourceKind
from tests.payers.rates.real import on_file, rate, source

RELEASE = load_release()
PAYER = source(last_updated_on=date(2026, 10, 1))


def listed(today: date, *sources: Source, clinic: ClinicLayer | None = None, ends: str | None = None) -> list[Due]:
    rates = on_file(*((each, [rate("J0013", 1, expires_on=ends)]) for each in sources))
    return [each for each in due(Catalogue(RELEASE, clinic or ClinicLayer(), rates), today) if each.file == IMPORTED]


def fee(year: int, locality: str = "01") -> MedicareFee:
    return MedicareFee(
        carrier="04112",
        locality=locality,
        code="G2083",
        nonfacility_cents=1,
        valid_from=date(year, 1, 1),
        valid_until=date(year, 12, 31),
        source=f"PFALL{year}.TXT",
        imported_on=date(year, 1, 9),
    )


@pytest.mark.parametrize(
    ("kind", "ends", "due_on", "listed_days_before"),
    [
        ("payer-file", None, date(2026, 11, 1), 7),
        ("hospital-file", None, date(2027, 10, 1), 30),
        ("medicare-asp", "2026-12-31", date(2026, 12, 31), 30),
        ("medicare-asp", None, date(2027, 1, 1), 30),
    ],
)
def test_a_file_is_due_when_a_newer_one_should_be_there(
    kind: SourceKind, ends: str | None, due_on: date, listed_days_before: int
) -> None:
    file = replace(PAYER, kind=kind)

    def days_left(today: date) -> list[int]:
        return [each.days_left for each in listed(today, file, ends=ends)]

    first = date.fromordinal(due_on.toordinal() - listed_days_before)
    assert days_left(date.fromordinal(first.toordinal() - 1)) == []
    assert days_left(first) == [listed_days_before]
    assert days_left(date.fromordinal(due_on.toordinal() + 1)) == [-1]
    (found,) = listed(due_on, file, ends=ends)
    assert (found.kind, found.key, found.value.verified_on) == (kind, file.name, date(2026, 10, 1))


def test_a_file_without_a_date_is_of_the_day_it_was_imported() -> None:
    undated = replace(PAYER, last_updated_on=None, imported_at=datetime(2026, 11, 20, tzinfo=UTC))
    assert [each.days_left for each in listed(date(2026, 12, 21), undated)] == [-1]


def test_remittances_are_never_due_and_of_medicares_limits_the_last() -> None:
    later = date(2030, 1, 1)
    assert listed(later, replace(PAYER, kind="remittance")) == []
    quarters = [
        replace(PAYER, id=name, name=name, kind="medicare-asp", last_updated_on=begins)
        for name, begins in (("Q3", date(2026, 7, 1)), ("Q4", date(2026, 10, 1)))
    ]
    assert [each.key for each in listed(later, *quarters)] == ["Q4"]


def test_fees_are_due_by_the_year_in_the_localities_of_the_sites() -> None:
    sites = (SiteLocality(id="denver", carrier="04112", locality="01"),)
    clinic = ClinicLayer(localities=sites, medicare_fees=(fee(2025), fee(2026), fee(2025, "99")))
    assert listed(date(2026, 11, 30), clinic=clinic) == []
    (found,) = listed(date(2027, 1, 2), clinic=clinic)
    assert (found.kind, found.key, found.days_left) == ("medicare-pfs", "PFALL2026.TXT", -2)
    assert listed(date(2027, 1, 2), clinic=replace(clinic, localities=())) == []
