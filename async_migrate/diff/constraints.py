"""Foreign keys, primary keys, CHECK and EXCLUDE constraints of one table: paired, compared, dropped and created.

Pairs are found by what a constraint says; a name counts only where both sides give one, and never for keys. What
remains without a partner is dropped or created.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

    from async_migrate.diff.comparison import Comparison, TablePair
    from async_migrate.diff.snapshot import Check, Exclude, ForeignKey
    from async_migrate.operations.base import MigrateOperation

__all__ = ["check_operations", "exclude_operations", "foreign_key_changes", "primary_key_operations"]

log = logging.getLogger("async_migrate.diff")


# --- keys ---------------------------------------------------------------------------------------------------


def foreign_key_changes(comparison: Comparison, pair: TablePair) -> tuple[list[ForeignKey], list[ForeignKey]]:
    """Return the foreign keys to drop and those to create. A name alone is no difference."""
    with_rules = pair.before.reports_rules and pair.after.reports_rules

    def by_signature(keys: Iterable[ForeignKey]) -> dict[Hashable, ForeignKey]:
        return {comparison.rules.foreign_key_signature(key, with_rules=with_rules): key for key in keys}

    before, after = by_signature(pair.before.foreign_keys), by_signature(pair.after.foreign_keys)
    return (
        [key for same, key in before.items() if same not in after and _drops(comparison, pair, key)],
        [key for same, key in after.items() if same not in before and _creates(comparison, pair, key)],
    )


def _drops(comparison: Comparison, pair: TablePair, key: ForeignKey) -> bool:
    namesake = _namesake(key, pair.after.foreign_keys)
    compare_to = None if namesake is None else (comparison.after, pair.after, namesake)
    return comparison.wants_part(comparison.before, pair.before, key, compare_to=compare_to)


def _creates(comparison: Comparison, pair: TablePair, key: ForeignKey) -> bool:
    namesake = _namesake(key, pair.before.foreign_keys)
    compare_to = None if namesake is None else (comparison.before, pair.before, namesake)
    return comparison.wants_part(comparison.after, pair.after, key, compare_to=compare_to)


def _namesake(key: ForeignKey, among: Iterable[ForeignKey]) -> ForeignKey | None:
    return next((each for each in among if key.name is not None and each.name == key.name), None)


def primary_key_operations(comparison: Comparison, pair: TablePair) -> Iterator[MigrateOperation]:
    """Yield the drop and the creation of a primary key whose columns differ; a name alone is no difference."""
    before, after = pair.before.primary_key, pair.after.primary_key
    if not comparison.options.compare_primary_keys:
        return
    if {*(before.columns if before else ())} == {*(after.columns if after else ())}:
        return
    if before is not None:
        yield comparison.dropping(pair.before, before)
    if after is not None:
        yield comparison.creating(pair.after, after)


# --- CHECK --------------------------------------------------------------------------------------------------


def check_operations(comparison: Comparison, pair: TablePair) -> Iterator[MigrateOperation]:
    """Yield the CHECKs that differ.

    Those that a Boolean or Enum type brings along belong to the type and change with it. One that the database has
    without a name is left alone: nothing can drop it.
    """
    if not comparison.options.compare_checks or not comparison.rules.compares_checks:
        return
    if not (pair.before.reports_checks and pair.after.reports_checks):
        return
    before, after = _unpaired_checks(comparison, pair)
    for check in before:
        if check.name is None and comparison.before.reflected:
            log.info("An unnamed CHECK on %s is not in the models: %s", pair.before.full_name, check.sql.text)
        elif comparison.wants_part(comparison.before, pair.before, check):
            yield comparison.dropping(pair.before, check)
    for check in after:
        if comparison.wants_part(comparison.after, pair.after, check):
            yield comparison.creating(pair.after, check)


def _unpaired_checks(comparison: Comparison, pair: TablePair) -> tuple[list[Check], list[Check]]:
    before, after = list(pair.before.checks), list(pair.after.checks)
    for by_name in (True, False):
        for one in list(before):
            other = next(
                (each for each in after if _same_check(comparison, one, each, by_name=by_name)), None
            )
            if other is not None:
                before.remove(one)
                after.remove(other)
    of_types = comparison.rules.checks_of_types(pair.before) | comparison.rules.checks_of_types(pair.after)
    return _not_of_types(comparison, before, of_types), _not_of_types(comparison, after, of_types)


def _same_check(comparison: Comparison, one: Check, other: Check, *, by_name: bool) -> bool:
    if one.name is not None and other.name is not None:
        is_typed = one.type_bound or other.type_bound
        return one.name == other.name and (is_typed or comparison.rules.same_check(one, other))
    return not by_name and comparison.rules.same_check(one, other)


def _not_of_types(comparison: Comparison, checks: Sequence[Check], of_types: set[str]) -> list[Check]:
    return [
        check
        for check in checks
        if not check.type_bound and comparison.rules.normalized(check.sql.text) not in of_types
    ]


# --- EXCLUDE ------------------------------------------------------------------------------------------------


def exclude_operations(comparison: Comparison, pair: TablePair) -> Iterator[MigrateOperation]:
    """Yield the EXCLUDE constraints that differ."""
    for exclude in pair.before.excludes:
        if not any(_same_exclude(comparison, exclude, other) for other in pair.after.excludes):
            yield comparison.dropping(pair.before, exclude)
    for exclude in pair.after.excludes:
        if not any(_same_exclude(comparison, other, exclude) for other in pair.before.excludes):
            yield comparison.creating(pair.after, exclude)


def _same_exclude(comparison: Comparison, one: Exclude, other: Exclude) -> bool:
    both_named = one.name is not None and other.name is not None
    return (not both_named or one.name == other.name) and comparison.rules.same_sql(one.sql, other.sql)
