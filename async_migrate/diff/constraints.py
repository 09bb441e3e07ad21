"""Indexes and constraints of one table: paired, compared, added and dropped.

Pairs are found by name where both sides have one, else by what the constraint says, since databases and models may
each leave names out. What remains without a partner is dropped or added; a changed one is dropped and added.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TypeVar

from async_migrate.diff.snapshot import Check, Exclude, ForeignKey, Index, PrimaryKey, TableSnapshot, Unique
from async_migrate.operations.constraints import AddConstraintOp, DropConstraintOp
from async_migrate.operations.indexes import CreateIndexOp, DropIndexOp

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator

    from async_migrate.diff.comparison import Comparison, Side, TablePair
    from async_migrate.diff.options import ObjectKind
    from async_migrate.operations.base import MigrateOperation

__all__ = [
    "check_operations",
    "created_indexes",
    "dropped_indexes",
    "exclude_operations",
    "foreign_key_changes",
    "index_and_unique_operations",
    "primary_key_operations",
]

log = logging.getLogger("async_migrate.diff")

_Constraint = TypeVar("_Constraint", Unique, Check, ForeignKey, PrimaryKey)


# --- indexes of tables that come and go ---------------------------------------------------------------------


def created_indexes(comparison: Comparison, table: TableSnapshot) -> Iterator[CreateIndexOp]:
    """Yield the indexes of a table that is created."""
    for index in table.indexes:
        yield from _create_index(comparison, table, index)


def dropped_indexes(comparison: Comparison, table: TableSnapshot) -> Iterator[DropIndexOp]:
    """Yield the indexes of a table that is dropped."""
    for index in table.indexes:
        yield from _drop_index(comparison, table, index)


# --- indexes and unique constraints -------------------------------------------------------------------------


def index_and_unique_operations(comparison: Comparison, pair: TablePair) -> Iterator[MigrateOperation]:
    """Yield what is dropped, what is changed, what is added, each by name; what has no name comes last."""
    before, after = _Keyed(pair.before), _Keyed(pair.after)
    _match_unnamed(before, after)
    for name in sorted(before.named.keys() - after.named.keys()):
        yield from _drop(comparison, pair, before.named[name])
    for name in sorted(before.named.keys() & after.named.keys()):
        yield from _changed(comparison, pair, before.named[name], after.named[name])
    for name in sorted(after.named.keys() - before.named.keys()):
        yield from _create(comparison, pair, after.named[name])
    for unique in before.unnamed:
        yield from _drop(comparison, pair, unique)
    for unique in after.unnamed:
        yield from _create(comparison, pair, unique)


class _Keyed:
    """The indexes and unique constraints of a table, by name as far as they have one."""

    def __init__(self, table: TableSnapshot) -> None:
        self.named: dict[str, Unique | Index] = {}
        self.unnamed: list[Unique] = []
        for unique in table.uniques:
            if unique.name is None:
                self.unnamed.append(unique)
            else:
                self.named[unique.name] = unique
        self.named.update({index.name: index for index in table.indexes if index.name is not None})


def _match_unnamed(before: _Keyed, after: _Keyed) -> None:
    """Take out the unnamed unique constraints that the other side has too, under whatever name."""
    for one, other in ((after, before), (before, after)):
        for unique in list(one.unnamed):
            partner = _partner(unique, one, other)
            if partner is not None:
                one.unnamed.remove(unique)
                if partner.name is None:
                    other.unnamed.remove(partner)
                else:
                    del other.named[partner.name]


def _partner(unique: Unique, one: _Keyed, other: _Keyed) -> Unique | None:
    candidates = [
        *other.unnamed,
        *(each for name, each in other.named.items() if isinstance(each, Unique) and name not in one.named),
    ]
    return next((each for each in candidates if sorted(each.columns) == sorted(unique.columns)), None)


def _changed(
    comparison: Comparison, pair: TablePair, before: Unique | Index, after: Unique | Index
) -> Iterator[MigrateOperation]:
    if isinstance(before, Index) and isinstance(after, Index):
        changes = comparison.rules.index_changes(before, after)
        kind: ObjectKind = "index"
    elif isinstance(before, Unique) and isinstance(after, Unique):
        changes = comparison.rules.unique_changes(before, after)
        kind = "unique_constraint"
    else:
        yield from _drop(comparison, pair, before)
        yield from _create(comparison, pair, after)
        return
    if not changes or not _wants_change(comparison, pair, before, after, kind):
        return
    log.info("%s %r on %s differs: %s", kind, after.name, pair.after.full_name, ", ".join(changes))
    yield from _drop(comparison, pair, before, asked=True)
    yield from _create(comparison, pair, after, asked=True)


def _wants_change(
    comparison: Comparison, pair: TablePair, before: Unique | Index, after: Unique | Index, kind: ObjectKind
) -> bool:
    if comparison.options.include_object is None:
        return True
    item = _item(comparison.after, pair.after, after)
    compare_to = _item(comparison.before, pair.before, before)
    return comparison.wants(item, after.name, kind, side=comparison.after, compare_to=compare_to)


def _item(side: Side, table: TableSnapshot, value: Unique | Index):  # type: ignore[no-untyped-def]
    if isinstance(value, Index):
        return side.items.index(table, value)
    return side.items.constraint(table, value)


def _drop(
    comparison: Comparison, pair: TablePair, value: Unique | Index, *, asked: bool = False
) -> Iterator[MigrateOperation]:
    if isinstance(value, Index):
        if not value.unique or pair.before.reports_uniques:
            yield from _drop_index(comparison, pair.before, value, asked=asked)
        return
    item = comparison.before.items.constraint(pair.before, value)
    if asked or comparison.wants(item, value.name, "unique_constraint", side=comparison.before):
        yield DropConstraintOp.from_constraint(item)


def _create(
    comparison: Comparison, pair: TablePair, value: Unique | Index, *, asked: bool = False
) -> Iterator[MigrateOperation]:
    if isinstance(value, Index):
        yield from _create_index(comparison, pair.after, value, asked=asked)
        return
    if not pair.before.reports_uniques:
        return
    item = comparison.after.items.constraint(pair.after, value)
    if asked or comparison.wants(item, value.name, "unique_constraint", side=comparison.after):
        yield AddConstraintOp.from_constraint(item)


def _create_index(
    comparison: Comparison, table: TableSnapshot, index: Index, *, asked: bool = False
) -> Iterator[CreateIndexOp]:
    item = comparison.after.items.index(table, index)
    if asked or comparison.wants(item, index.name, "index", side=comparison.after):
        yield CreateIndexOp.from_index(item)


def _drop_index(
    comparison: Comparison, table: TableSnapshot, index: Index, *, asked: bool = False
) -> Iterator[DropIndexOp]:
    item = comparison.before.items.index(table, index)
    if asked or comparison.wants(item, index.name, "index", side=comparison.before):
        yield DropIndexOp.from_index(item)


# --- foreign keys -------------------------------------------------------------------------------------------


def foreign_key_changes(
    comparison: Comparison, pair: TablePair
) -> tuple[list[tuple[ForeignKey, DropConstraintOp]], list[tuple[ForeignKey, AddConstraintOp]]]:
    """Return the foreign keys to drop and those to add. A name alone is no difference."""
    with_rules = pair.before.reports_rules and pair.after.reports_rules

    def signature(key: ForeignKey) -> Hashable:
        return comparison.rules.foreign_key_signature(key, with_rules=with_rules)

    dropped, added = _unpaired(pair.before.foreign_keys, pair.after.foreign_keys, signature)
    drops = [
        (key, DropConstraintOp.from_constraint(comparison.before.items.constraint(pair.before, key)))
        for key in dropped
        if _wants_foreign_key(comparison, pair, key, drop=True)
    ]
    adds = [
        (key, AddConstraintOp.from_constraint(comparison.after.items.constraint(pair.after, key)))
        for key in added
        if _wants_foreign_key(comparison, pair, key, drop=False)
    ]
    return drops, adds


def _unpaired(
    before: Iterable[_Constraint], after: Iterable[_Constraint], signature: Callable[[_Constraint], Hashable]
) -> tuple[list[_Constraint], list[_Constraint]]:
    """Return what only one side has, in the order of each side."""
    left = {signature(each): each for each in before}
    right = {signature(each): each for each in after}
    return (
        [each for key, each in left.items() if key not in right],
        [each for key, each in right.items() if key not in left],
    )


def _wants_foreign_key(comparison: Comparison, pair: TablePair, key: ForeignKey, *, drop: bool) -> bool:
    if comparison.options.include_object is None:
        return True
    side, table = (comparison.before, pair.before) if drop else (comparison.after, pair.after)
    other_side, other = (comparison.after, pair.after) if drop else (comparison.before, pair.before)
    namesake = next((each for each in other.foreign_keys if key.name and each.name == key.name), None)
    return comparison.wants(
        side.items.constraint(table, key),
        key.name,
        "foreign_key_constraint",
        side=side,
        compare_to=None if namesake is None else other_side.items.constraint(other, namesake),
    )


# --- primary keys -------------------------------------------------------------------------------------------


def primary_key_operations(comparison: Comparison, pair: TablePair) -> Iterator[MigrateOperation]:
    """Yield the drop and the creation of a primary key whose columns differ; a name alone is no difference."""
    before, after = pair.before.primary_key, pair.after.primary_key
    if not comparison.options.compare_primary_keys:
        return
    if {*(before.columns if before else ())} == {*(after.columns if after else ())}:
        return
    if before is not None:
        yield DropConstraintOp.from_constraint(comparison.before.items.constraint(pair.before, before))
    if after is not None:
        yield AddConstraintOp.from_constraint(comparison.after.items.constraint(pair.after, after))


# --- CHECKs -------------------------------------------------------------------------------------------------


def check_operations(comparison: Comparison, pair: TablePair) -> Iterator[MigrateOperation]:
    """Yield the CHECKs that differ; those that a Boolean or Enum type brings along belong to the type."""
    if not comparison.options.compare_checks or not comparison.rules.compares_checks:
        return
    if not (pair.before.reports_checks and pair.after.reports_checks):
        return
    before, after = list(pair.before.checks), list(pair.after.checks)
    _pair_checks(comparison, before, after)
    for check in before:
        item = comparison.before.items.constraint(pair.before, check)
        if not check.type_bound and comparison.wants(
            item, check.name, "check_constraint", side=comparison.before
        ):
            yield DropConstraintOp.from_constraint(item)
    for check in after:
        item = comparison.after.items.constraint(pair.after, check)
        if not check.type_bound and comparison.wants(
            item, check.name, "check_constraint", side=comparison.after
        ):
            yield AddConstraintOp.from_constraint(item)


def exclude_operations(comparison: Comparison, pair: TablePair) -> Iterator[MigrateOperation]:
    """Yield the EXCLUDE constraints that differ."""

    def same(one: Exclude, other: Exclude) -> bool:
        named = one.name is not None and other.name is not None
        return (not named or one.name == other.name) and comparison.rules.same_sql(one.sql, other.sql)

    for exclude in pair.before.excludes:
        if not any(same(exclude, other) for other in pair.after.excludes):
            item = comparison.before.items.constraint(pair.before, exclude)
            yield DropConstraintOp.from_constraint(item)
    for exclude in pair.after.excludes:
        if not any(same(other, exclude) for other in pair.before.excludes):
            item = comparison.after.items.constraint(pair.after, exclude)
            yield AddConstraintOp.from_constraint(item)


def _pair_checks(comparison: Comparison, before: list[Check], after: list[Check]) -> None:
    """Take out of both lists what is the same: first by name, then by what unnamed ones demand."""
    for one in list(before):
        for other in after:
            if _same_check(comparison, one, other):
                before.remove(one)
                after.remove(other)
                break


def _same_check(comparison: Comparison, one: Check, other: Check) -> bool:
    either_bound = one.type_bound or other.type_bound
    if one.name is not None and other.name is not None:
        return one.name == other.name and (either_bound or comparison.rules.same_check(one, other))
    return comparison.rules.same_check(one, other)
