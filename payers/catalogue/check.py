"""The check of a whole release: laws that no single file can keep alone. Shapes are the loader's business."""

from collections.abc import Iterator
from datetime import date

from payers.catalogue.check_payers import PAYER_LAWS
from payers.catalogue.check_rules import RULE_LAWS, forsaken
from payers.catalogue.check_values import VALUE_LAWS
from payers.catalogue.finding import Finding, values
from payers.catalogue.model import Cited, Dated, Release

__all__ = ["Finding", "check"]


def check(release: Release, today: date) -> list[Finding]:
    """Everything wrong with a release on `today`: errors first, then by file and key."""
    findings = [finding for law in _LAWS for finding in law(release)]
    findings += [finding for law in _DATED_LAWS for finding in law(release, today)]
    return sorted(findings, key=lambda finding: (finding.severity, finding.file, finding.key, finding.problem))


def citations(release: Release) -> Iterator[Finding]:
    """Every value names a source that is on file, and every source is named by a value."""
    known = {source.id for source in release.sources}
    cited: set[str] = set()
    for file, key, value in values(release):
        if isinstance(value, Cited):
            cited.update(value.sources)
            if not value.sources:
                yield Finding(
                    severity="error", file=file, key=key, problem="has no source", remedy="cite where it was read"
                )
            for source in value.sources:
                if source not in known:
                    yield Finding(
                        severity="error",
                        file=file,
                        key=key,
                        problem=f"cites {source}, which is not on file",
                        remedy="add the source to sources.toml, or cite another",
                    )
    for source in sorted(known - cited):
        yield Finding(
            severity="warning",
            file="sources.toml",
            key=f"sources[{source}]",
            problem="nobody cites it",
            remedy="remove it, or cite it where it was read",
        )


def memory(release: Release) -> Iterator[Finding]:
    """What was only remembered is not highly sure."""
    remembered = {source.id for source in release.sources if source.kind == "memory"}
    for file, key, value in values(release):
        if (
            isinstance(value, Cited)
            and value.confidence == "high"
            and value.sources
            and set(value.sources) <= remembered
        ):
            yield Finding(
                severity="error",
                file=file,
                key=key,
                problem="is from memory alone and yet of high confidence",
                remedy="find a source, or lower the confidence",
            )


def dates_in_order(release: Release) -> Iterator[Finding]:
    """A value begins before it ends."""
    for file, key, value in values(release):
        if isinstance(value, Dated) and (value.valid_from or date.min) > (value.valid_until or date.max):
            yield Finding(
                severity="error",
                file=file,
                key=key,
                problem=f"ends on {value.valid_until}, before it begins on {value.valid_from}",
                remedy="put valid_from and valid_until in order",
            )


def spanish(release: Release) -> Iterator[Finding]:
    """Every text that a patient may read stands in both languages."""
    for file, key, value in values(release):
        for field in value.__struct_fields__:
            if field.endswith("_es") and bool(getattr(value, field)) != bool(getattr(value, field[:-3])):
                missing = field[:-3] if getattr(value, field) else field
                yield Finding(
                    severity="error",
                    file=file,
                    key=f"{key}.{missing}",
                    problem="is missing beside its translation",
                    remedy="write the text in English and in Spanish",
                )


def freshness(release: Release, today: date) -> Iterator[Finding]:
    """Every value was verified in the past, and is checked again in time."""
    for file, key, value in values(release):
        if not isinstance(value, Cited):
            continue
        if value.verified_on > today:
            yield Finding(
                severity="error",
                file=file,
                key=key,
                problem=f"was verified on {value.verified_on}, which is still to come",
                remedy="write the day on which somebody read the source",
            )
        if value.stale_on(today):
            yield Finding(
                severity="warning",
                file=file,
                key=key,
                problem=f"was to be checked again by {value.review_by}",
                remedy="read the source again, then move verified_on and review_by",
            )


_LAWS = (citations, memory, dates_in_order, spanish, *PAYER_LAWS, *RULE_LAWS, *VALUE_LAWS)
_DATED_LAWS = (freshness, forsaken)
