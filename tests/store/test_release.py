"""A release in Postgres is the release of the files, and the database refuses one that contradicts itself."""

from collections.abc import Callable
from datetime import date

import asyncpg
import msgspec
import pytest

from payers.catalogue.catalogue import Catalogue, release_version
from payers.catalogue.load import load_release
from payers.catalogue.model import Release
from service.store.catalogue import current_catalogue
from service.store.database import Connection
from service.store.release import put_in_force, read_release, write_release

RELEASE = load_release()


def changed(release: Release) -> Release:
    first, *others = release.sources
    return msgspec.structs.replace(release, sources=(msgspec.structs.replace(first, title="Another title"), *others))


async def test_the_catalogue_of_the_database_equals_that_of_the_files(conn: Connection) -> None:
    stored = await read_release(conn)
    assert stored == RELEASE
    # Bytes too: the order of keys in a mapping does not count for equality, and an answer may depend on it.
    assert msgspec.json.encode(stored) == msgspec.json.encode(RELEASE)
    assert (await current_catalogue(conn)).version == Catalogue(RELEASE).version


async def test_every_field_of_a_release_holds_something() -> None:
    """Otherwise the equality above would prove nothing of that table."""
    assert [name for name in Release.__struct_fields__ if not getattr(RELEASE, name)] == []


async def test_writing_again_changes_nothing(owner: Connection) -> None:
    count = "SELECT (SELECT count(*) FROM releases), (SELECT count(*) FROM rules), (SELECT count(*) FROM audit)"
    before = await owner.fetchrow(count)
    assert await write_release(owner, RELEASE) == release_version(RELEASE)
    assert await owner.fetchrow(count) == before


async def test_a_new_release_takes_over_and_the_old_one_can_be_put_back(owner: Connection) -> None:
    new = changed(RELEASE)
    version = await write_release(owner, new, "a corrected title")
    assert version != release_version(RELEASE)
    assert await read_release(owner) == new
    assert await read_release(owner, release_version(RELEASE)) == RELEASE
    await put_in_force(owner, release_version(RELEASE))
    assert await read_release(owner) == RELEASE


async def test_a_release_may_wait_before_it_is_put_in_force(owner: Connection) -> None:
    version = await write_release(owner, changed(RELEASE), make_current=False)
    assert await read_release(owner) == RELEASE
    assert await read_release(owner, version) == changed(RELEASE)


async def test_a_version_that_nobody_wrote_is_not_found(conn: Connection) -> None:
    with pytest.raises(LookupError):
        await read_release(conn, "0" * 64)
    with pytest.raises(LookupError):
        await put_in_force(conn, "0" * 64)


def two_rules_for_one_question(release: Release) -> Release:
    rule = next(rule for rule in release.rules if rule.valid_until is None)
    return msgspec.structs.replace(
        release, rules=(*release.rules, msgspec.structs.replace(rule, id="twice", valid_from=date(2030, 1, 1)))
    )


def two_fees_for_one_day(release: Release) -> Release:
    code = next(code for code in release.codes if code.fees)
    twice = msgspec.structs.replace(code, fees=(*code.fees, code.fees[0]))
    return msgspec.structs.replace(release, codes=tuple(twice if each is code else each for each in release.codes))


def a_rule_without_a_source(release: Release) -> Release:
    first, *others = release.rules
    return msgspec.structs.replace(release, rules=(msgspec.structs.replace(first, sources=()), *others))


def a_share_above_all(release: Release) -> Release:
    first, *others = release.plan_designs
    design = msgspec.structs.replace(first, patient_share_bp=10_001)
    return msgspec.structs.replace(release, plan_designs=(design, *others))


def a_range_upside_down(release: Release) -> Release:
    first, *others = release.price_ranges
    upside_down = msgspec.structs.replace(first, low_cents=first.high_cents + 1, typical_cents=None)
    return msgspec.structs.replace(release, price_ranges=(upside_down, *others))


def an_end_before_the_beginning(release: Release) -> Release:
    first, *others = release.programmes
    backwards = msgspec.structs.replace(first, valid_from=date(2026, 2, 1), valid_until=date(2026, 1, 31))
    return msgspec.structs.replace(release, programmes=(backwards, *others))


def a_review_before_the_verification(release: Release) -> Release:
    first, *others = release.notices
    backwards = msgspec.structs.replace(first, review_by=date(2000, 1, 1))
    return msgspec.structs.replace(release, notices=(backwards, *others))


@pytest.mark.parametrize(
    ("broken", "constraint"),
    [
        (two_rules_for_one_question, "rule_questions_no_overlap"),
        (two_fees_for_one_day, "code_fees_no_overlap"),
        (a_rule_without_a_source, "sources_not_empty"),
        (a_share_above_all, "basis_points_in_range"),
        (a_range_upside_down, "price_ranges_not_empty"),
        (an_end_before_the_beginning, "validity_not_empty"),
        (a_review_before_the_verification, "review_not_before_verification"),
    ],
)
async def test_a_release_that_contradicts_itself_is_refused_whole(
    owner: Connection, broken: Callable[[Release], Release], constraint: str
) -> None:
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
        await write_release(owner, broken(RELEASE))
    assert refused.value.constraint_name == constraint
    assert await owner.fetchval("SELECT count(*) FROM releases") == 1
    assert await read_release(owner) == RELEASE


async def test_a_rule_may_follow_another_the_day_after_it_ends(owner: Connection) -> None:
    rule = next(rule for rule in RELEASE.rules if rule.valid_until is None)
    ended = msgspec.structs.replace(rule, valid_until=date(2029, 12, 31))
    next_one = msgspec.structs.replace(rule, id="next", valid_from=date(2030, 1, 1))
    rules = (*(ended if each is rule else each for each in RELEASE.rules), next_one)
    await write_release(owner, msgspec.structs.replace(RELEASE, rules=rules))
