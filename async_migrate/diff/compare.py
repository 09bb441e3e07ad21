"""The comparison: two snapshots in, operations out.

``diff(database, models)`` is what makes the database what the models ask for; ``diff(models, database)`` is the way
back. Nothing here asks a database anything.

The order of the result is the order in which it can be carried out: tables are created after those they refer to
and dropped before them, and a foreign key that stands in the way of a drop, or that needs a column another table gets
only later, is moved to the front or to the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ForeignKeyConstraint

from async_migrate.diff.columns import added_columns, altered_columns, dropped_columns
from async_migrate.diff.comparison import Comparison, TablePair
from async_migrate.diff.constraints import (
    check_operations,
    exclude_operations,
    foreign_key_changes,
    primary_key_operations,
)
from async_migrate.diff.indexes import created_indexes, dropped_indexes, index_and_unique_operations
from async_migrate.diff.options import DiffOptions
from async_migrate.diff.ordering import creation_order, sort_key
from async_migrate.diff.schema_items import table_from
from async_migrate.operations.containers import ModifyTableOps, UpgradeOps
from async_migrate.operations.tables import (
    CreateTableCommentOp,
    CreateTableOp,
    DropTableCommentOp,
    DropTableOp,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from async_migrate.diff.comparison import Side
    from async_migrate.diff.snapshot import ForeignKey, Snapshot, TableKey, TableSnapshot
    from async_migrate.operations.base import MigrateOperation

__all__ = ["diff"]


def diff(before: Snapshot, after: Snapshot, options: DiffOptions | None = None) -> UpgradeOps:
    """Return the operations that turn one schema into the other.

    Args:
        before: What there is; usually the snapshot of a database.
        after: What there shall be; usually the snapshot of the models.
        options: What to look at; everything, by default.
    """
    return _Diff(before, after, options or DiffOptions()).operations()


class _Diff:
    def __init__(self, before: Snapshot, after: Snapshot, options: DiffOptions) -> None:
        self.comparison = Comparison(before, after, options)
        skipped = options.version_table
        self.before = {key: table for key, table in before.tables.items() if key != skipped}
        self.after = {key: table for key, table in after.tables.items() if key != skipped}
        self.pairs = self._pairs()
        self.created = self._unpaired(self.after, self.before, self.comparison.after)
        self.dropped = self._unpaired(self.before, self.after, self.comparison.before)
        self.first: dict[TableKey, list[MigrateOperation]] = {}
        self.last: dict[TableKey, list[MigrateOperation]] = {}

    def operations(self) -> UpgradeOps:
        creates = list(self._creates())
        drops = list(self._drops())
        changes = list(self._changes())
        first = [ModifyTableOps(key[1], ops, schema=key[0]) for key, ops in self.first.items()]
        last = [ModifyTableOps(key[1], ops, schema=key[0]) for key, ops in self.last.items()]
        return UpgradeOps([*first, *creates, *drops, *changes, *last])

    # which tables

    def _unpaired(
        self, these: Mapping[TableKey, TableSnapshot], others: Mapping[TableKey, TableSnapshot], side: Side
    ) -> dict[TableKey, TableSnapshot]:
        alone = self.comparison.rules.alone
        unpaired = {key: alone(table) for key, table in these.items() if key not in others}
        if not self.comparison.has_hook:
            return unpaired
        return {
            key: table
            for key, table in unpaired.items()
            if self.comparison.wants(side.items.table(table), table.name, "table", side=side)
        }

    def _pairs(self) -> dict[TableKey, TablePair]:
        comparison = self.comparison
        result = {}
        for key in sorted(self.before.keys() & self.after.keys(), key=sort_key):
            before, after = comparison.rules.reconciled(self.before[key], self.after[key])
            if comparison.has_hook and not comparison.wants(
                comparison.after.items.table(after),
                after.name,
                "table",
                side=comparison.after,
                compare_to=comparison.before.items.table(before),
            ):
                continue
            result[key] = TablePair(before, after)
        return result

    # tables that come

    def _creates(self) -> Iterator[MigrateOperation]:
        order = creation_order(self.created.values(), can_put_off=self.comparison.can_alter_constraints)
        for table in order.tables:
            late = [*order.put_off.get(table.key, ()), *self._early_needs(table)]
            yield self._create_table(table, late)
            indexes = list(created_indexes(self.comparison, table))
            if indexes:
                yield ModifyTableOps(table.name, indexes, schema=table.schema)
            for key in table.foreign_keys:
                if key in late:
                    self.last.setdefault(table.key, []).append(self.comparison.creating(table, key))

    def _early_needs(self, table: TableSnapshot) -> list[ForeignKey]:
        """Return the foreign keys to columns or keys that another table gets only later in this very diff."""
        if not self.comparison.can_alter_constraints:
            return []
        return [key for key in table.foreign_keys if self._target_is_new(key)]

    def _create_table(self, table: TableSnapshot, late: list[ForeignKey]) -> CreateTableOp:
        operation = CreateTableOp.from_table(self.comparison.after.items.table(table))
        if late:
            put_off = {id(self.comparison.after.items.constraint(table, key)) for key in late}
            operation.columns = [
                item
                for item in operation.columns
                if not (isinstance(item, ForeignKeyConstraint) and id(item) in put_off)
            ]
        return operation

    # tables that go

    def _drops(self) -> Iterator[MigrateOperation]:
        order = creation_order(self.dropped.values(), can_put_off=self.comparison.can_alter_constraints)
        for table in reversed(order.tables):
            indexes = list(dropped_indexes(self.comparison, table))
            if indexes:
                yield ModifyTableOps(table.name, indexes, schema=table.schema)
            put_off = list(order.put_off.get(table.key, ()))
            put_off += [key for key in self.comparison.rules.keys_before_indexes(table) if key not in put_off]
            for key in put_off:
                self.first.setdefault(table.key, []).append(self.comparison.dropping(table, key))
            if put_off:
                yield DropTableOp.from_table(table_from(table, self.comparison.dialect.name, without=put_off))
            else:
                yield DropTableOp.from_table(self.comparison.before.items.table(table))

    # tables that change

    def _changes(self) -> Iterator[ModifyTableOps]:
        for pair in self.pairs.values():
            operations = list(self._table_operations(pair))
            if operations:
                yield ModifyTableOps(pair.name, operations, schema=pair.schema)

    def _table_operations(self, pair: TablePair) -> Iterator[MigrateOperation]:
        comparison = self.comparison
        # A foreign key holds on to its columns and to the index it is based on, and needs those that are to come.
        dropped, created = foreign_key_changes(comparison, pair)
        yield from added_columns(comparison, pair)
        yield from self._dropped_foreign_keys(pair, dropped)
        yield from altered_columns(comparison, pair)
        yield from primary_key_operations(comparison, pair)
        yield from index_and_unique_operations(comparison, pair)
        yield from self._created_foreign_keys(pair, created)
        yield from check_operations(comparison, pair)
        yield from exclude_operations(comparison, pair)
        yield from _comment(comparison, pair)
        yield from dropped_columns(comparison, pair)

    def _dropped_foreign_keys(
        self, pair: TablePair, keys: Iterable[ForeignKey]
    ) -> Iterator[MigrateOperation]:
        for key in keys:
            drop = self.comparison.dropping(pair.before, key)
            if self.comparison.can_alter_constraints and self._target_goes(key):
                self.first.setdefault(pair.after.key, []).append(drop)
            else:
                yield drop

    def _created_foreign_keys(
        self, pair: TablePair, keys: Iterable[ForeignKey]
    ) -> Iterator[MigrateOperation]:
        may_move = self.comparison.can_alter_constraints
        for key in keys:
            create = self.comparison.creating(pair.after, key)
            if may_move and key.referred != pair.after.key and self._target_is_new(key):
                self.last.setdefault(pair.after.key, []).append(create)
            else:
                yield create

    def _target_goes(self, key: ForeignKey) -> bool:
        """Return whether what a foreign key refers to is dropped in this diff."""
        if key.referred in self.dropped:
            return True
        pair = self.pairs.get(key.referred)
        return pair is not None and not _has_key(pair.after, key.referred_columns)

    def _target_is_new(self, key: ForeignKey) -> bool:
        """Return whether what a foreign key refers to comes only with the changes of an existing table."""
        pair = self.pairs.get(key.referred)
        return pair is not None and not _has_key(pair.before, key.referred_columns)


def _has_key(table: TableSnapshot, columns: tuple[str, ...]) -> bool:
    """Return whether a foreign key may refer to these columns: they exist and something makes them unique."""
    wanted = {*columns}
    keys: list[set[str | None]] = [{*unique.columns} for unique in table.uniques]
    keys += [{*table.primary_key.columns}] if table.primary_key else []
    keys += [{*index.column_names} for index in table.indexes if index.unique and index.where is None]
    return wanted <= table.columns.keys() and wanted in keys


def _comment(comparison: Comparison, pair: TablePair) -> Iterator[MigrateOperation]:
    before, after = pair.before.comment, pair.after.comment
    if before == after or not comparison.dialect.supports_comments:
        return
    if after is None:
        yield DropTableCommentOp(pair.name, existing_comment=before, schema=pair.schema)
    else:
        yield CreateTableCommentOp(pair.name, after, existing_comment=before, schema=pair.schema)
