"""Indexes and unique constraints of one table: paired, compared, dropped and created.

They are looked at together, because they share their names and some databases report one as the other. Pairs are
found by name; a unique constraint without one, which models and SQLite may have, by its columns.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from async_migrate.diff.snapshot import Index, Unique

if TYPE_CHECKING:
    from collections.abc import Iterator

    from async_migrate.diff.comparison import Comparison, TablePair
    from async_migrate.diff.snapshot import TableSnapshot
    from async_migrate.operations.base import MigrateOperation

__all__ = ["created_indexes", "dropped_indexes", "index_and_unique_operations"]

log = logging.getLogger("async_migrate.diff")


def created_indexes(comparison: Comparison, table: TableSnapshot) -> Iterator[MigrateOperation]:
    """Yield the indexes of a table that is created."""
    for index in table.indexes:
        if comparison.wants_part(comparison.after, table, index):
            yield comparison.creating(table, index)


def dropped_indexes(comparison: Comparison, table: TableSnapshot) -> Iterator[MigrateOperation]:
    """Yield the indexes of a table that is dropped."""
    for index in table.indexes:
        if comparison.wants_part(comparison.before, table, index):
            yield comparison.dropping(table, index)


def index_and_unique_operations(comparison: Comparison, pair: TablePair) -> Iterator[MigrateOperation]:
    """Yield what is dropped, what is changed, what is added, each by name; what has no name comes last."""
    before, after = _Keyed(pair.before), _Keyed(pair.after)
    _match_unnamed(before, after)
    for name in sorted(before.named.keys() - after.named.keys()):
        yield from _drop(comparison, pair, before.named[name])
    for name in sorted(before.named.keys() & after.named.keys()):
        yield from _change(comparison, pair, before.named[name], after.named[name])
    for name in sorted(after.named.keys() - before.named.keys()):
        yield from _create(comparison, pair, after.named[name])
    for unique in before.unnamed:
        yield from _drop(comparison, pair, unique)
    for unique in after.unnamed:
        yield from _create(comparison, pair, unique)


class _Keyed:
    """The indexes and unique constraints of a table, by name as far as they have one."""

    def __init__(self, table: TableSnapshot) -> None:
        self.unnamed = [unique for unique in table.uniques if unique.name is None]
        parts: list[Unique | Index] = [*table.uniques, *table.indexes]
        self.named = {part.name: part for part in parts if part.name is not None}


def _match_unnamed(before: _Keyed, after: _Keyed) -> None:
    """Take out the unnamed unique constraints that the other side has too, under whatever name."""
    for one, other in ((after, before), (before, after)):
        for unique in list(one.unnamed):
            partner = _partner(unique, one, other)
            if partner is None:
                continue
            one.unnamed.remove(unique)
            if partner.name is None:
                other.unnamed.remove(partner)
            else:
                del other.named[partner.name]


def _partner(unique: Unique, one: _Keyed, other: _Keyed) -> Unique | None:
    candidates = [
        *other.unnamed,
        *(part for name, part in other.named.items() if isinstance(part, Unique) and name not in one.named),
    ]
    return next((part for part in candidates if sorted(part.columns) == sorted(unique.columns)), None)


def _change(
    comparison: Comparison, pair: TablePair, before: Unique | Index, after: Unique | Index
) -> Iterator[MigrateOperation]:
    if type(before) is not type(after):
        yield from _drop(comparison, pair, before)
        yield from _create(comparison, pair, after)
        return
    changes = _changes(comparison, before, after)
    there = (comparison.before, pair.before, before)
    if not changes or not comparison.wants_part(comparison.after, pair.after, after, compare_to=there):
        return
    log.info("%r on %s differs: %s", after.name, pair.after.full_name, ", ".join(changes))
    yield comparison.dropping(pair.before, before)
    yield comparison.creating(pair.after, after)


def _changes(comparison: Comparison, before: Unique | Index, after: Unique | Index) -> list[str]:
    if isinstance(before, Index) and isinstance(after, Index):
        return comparison.rules.index_changes(before, after)
    if isinstance(before, Unique) and isinstance(after, Unique):
        return comparison.rules.unique_changes(before, after)
    return []


def _drop(comparison: Comparison, pair: TablePair, part: Unique | Index) -> Iterator[MigrateOperation]:
    if isinstance(part, Index) and part.unique and not pair.before.reports_uniques:
        return  # it may be a unique constraint, which this database cannot tell
    if comparison.wants_part(comparison.before, pair.before, part):
        yield comparison.dropping(pair.before, part)


def _create(comparison: Comparison, pair: TablePair, part: Unique | Index) -> Iterator[MigrateOperation]:
    if isinstance(part, Unique) and not pair.before.reports_uniques:
        return  # it may be there, which this database cannot tell
    if comparison.wants_part(comparison.after, pair.after, part):
        yield comparison.creating(pair.after, part)
