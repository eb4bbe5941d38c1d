"""Medicare's files as they are given to a command: read by what is in them, and put together into one set of fees."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from payers.price_files.medicare.drug_limits import DrugLimitFile, DrugPackage, read_drug_limits, read_drug_packages
from payers.price_files.medicare.fee import Amount, Place, amount_of
from payers.price_files.medicare.kind import kind_of
from payers.price_files.medicare.localities import LocalityFile, read_localities
from payers.price_files.medicare.payment_amounts import PaymentAmountFile, begins_on, read_payment_amounts
from payers.price_files.medicare.relative_values import RelativeValueFile, read_relative_values
from payers.price_files.opening import text_of
from payers.price_files.unreadable import Unreadable
from service.cli.failures import Refused
from service.cli.progress import progress_bars

NOTHING = "Nothing was imported."


class Files(NamedTuple):
    """The files by what they are."""

    amounts: dict[Path, PaymentAmountFile]
    values: dict[Path, RelativeValueFile]
    localities: dict[Path, LocalityFile]
    limits: dict[Path, DrugLimitFile]
    packages: dict[Path, tuple[DrugPackage, ...]]


class Fees(NamedTuple):
    """Amounts of the wanted localities, for a year from a day on, with the files they come from."""

    paths: tuple[Path, ...]
    amounts: tuple[Amount, ...]
    begins_on: date
    factor: Decimal | None = None

    @property
    def source(self) -> str:
        """How the fees are cited: the files by name."""
        return " + ".join(path.name for path in self.paths)


def read_files(paths: Sequence[Path], places: Collection[Place], codes: Collection[str]) -> Files:
    """Every file, by what is in it. Raises `Refused` where one cannot be read."""
    files = Files({}, {}, {}, {}, {})
    with progress_bars() as progress:
        for path in paths:
            try:
                size = path.stat().st_size
                with path.open("rb") as file, text_of(progress.wrap_file(file, size, description=path.name)) as text:
                    match kind_of(text):
                        case "relative-values":
                            files.values[path] = read_relative_values(text, codes)
                        case "localities":
                            files.localities[path] = read_localities(text)
                        case "payment-amounts":
                            files.amounts[path] = read_payment_amounts(text, places, codes)
                        case "drug-limits":
                            files.limits[path] = read_drug_limits(text, codes)
                        case "drug-packages":
                            files.packages[path] = read_drug_packages(text, codes)
            except Unreadable as error:
                raise Refused(f"{path} cannot be read", str(error), NOTHING) from error
    return files


def fees_of(files: Files, places: Sequence[Place], first_day: date | None) -> Fees | None:
    """The fees that the files give together; nothing where they are about drugs alone.

    Raises:
        Refused: they do not belong together, do not say when they begin, or lack a locality.
    """
    amounts, values, localities = [*files.amounts.items()], [*files.values.items()], [*files.localities.items()]
    if not (amounts or values or localities):
        return None
    if not places:
        raise Refused(
            "no locality is wanted",
            "Remedy: give --locality, or say where the sites are with `outlay clinic add` ([[localities]]).",
            NOTHING,
        )
    if (len(amounts), len(values), len(localities)) not in ((1, 0, 0), (0, 1, 1)):
        raise Refused(
            "these files do not make one set of fees",
            f"Payment amounts: {len(amounts)}, relative values: {len(values)}, localities: {len(localities)}.",
            "Remedy: give one file of payment amounts, or one of relative values and one of localities (GPCI).",
            NOTHING,
        )
    if amounts:
        path, ready = amounts[0]
        fees = Fees((path,), ready.amounts, _begun(path, first_day or begins_on(path.name, ready.year), ready.year))
    else:
        (path, relative), (beside, listed) = values[0], localities[0]
        begins = _begun(path, first_day or relative.begins_on, listed.year)
        fees = Fees((path, beside), _reckoned(relative, listed, places), begins, relative.conversion_factor)
    if missing := set(places) - {amount.place for amount in fees.amounts}:
        raise Refused(
            f"{fees.source} has no fee for {', '.join(map(str, sorted(missing)))}",
            "Remedy: correct the locality, or get the file of its contractor.",
            NOTHING,
        )
    return fees


def _reckoned(values: RelativeValueFile, localities: LocalityFile, places: Collection[Place]) -> tuple[Amount, ...]:
    factors = [each for each in localities.localities if each.place in places]
    return tuple(amount for each in values.values for where in factors if (amount := amount_of(each, where)))


def _begun(path: Path, begins: date | None, year: int | None) -> date:
    if begins is None:
        raise Refused(f"{path.name} does not say from which day on it holds", "Remedy: give it with --from.", NOTHING)
    if year is not None and begins.year != year:
        raise Refused(f"{path.name} begins on {begins}, but what goes with it is of {year}", NOTHING)
    return begins
