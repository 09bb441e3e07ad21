"""The columns of one table: added, dropped, altered."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from async_migrate.diff.schema_items import column_items, server_default_of
from async_migrate.operations.columns import AddColumnOp, AlterColumnOp, DropColumnOp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import FetchedValue

    from async_migrate.diff.comparison import Comparison, TablePair
    from async_migrate.diff.snapshot import ColumnSnapshot

__all__ = ["added_columns", "altered_columns", "dropped_columns"]

log = logging.getLogger("async_migrate.diff")


def added_columns(comparison: Comparison, pair: TablePair) -> Iterator[AddColumnOp]:
    """Yield the columns that are not there yet, in the order of the models."""
    for name, column in pair.after.columns.items():
        if name in pair.before.columns:
            continue
        item = comparison.after.items.column(pair.after, column)
        if comparison.wants(item, name, "column", side=comparison.after):
            lone = comparison.after.items.lone_column(pair.after, column)
            yield AddColumnOp.from_column_and_tablename(pair.schema, pair.name, lone)


def dropped_columns(comparison: Comparison, pair: TablePair) -> Iterator[DropColumnOp]:
    """Yield the columns that are no longer wanted, in the order of the table."""
    for name, column in pair.before.columns.items():
        if name in pair.after.columns:
            continue
        item = comparison.before.items.column(pair.before, column)
        if comparison.wants(item, name, "column", side=comparison.before):
            lone = comparison.before.items.lone_column(pair.before, column)
            yield DropColumnOp.from_column_and_tablename(pair.schema, pair.name, lone)


def altered_columns(comparison: Comparison, pair: TablePair) -> Iterator[AlterColumnOp]:
    """Yield a change for each column that differs."""
    for name, after in pair.after.columns.items():
        before = pair.before.columns.get(name)
        if before is None or not _wanted(comparison, pair, before, after):
            continue
        operation = _Alteration(comparison, pair, before, after).operation()
        if operation is not None:
            yield operation


def _wanted(comparison: Comparison, pair: TablePair, before: ColumnSnapshot, after: ColumnSnapshot) -> bool:
    if comparison.options.include_object is None:
        return True
    item = comparison.after.items.column(pair.after, after)
    compare_to = comparison.before.items.column(pair.before, before)
    return comparison.wants(item, after.name, "column", side=comparison.after, compare_to=compare_to)


class _Alteration:
    """One column on both sides."""

    def __init__(
        self, comparison: Comparison, pair: TablePair, before: ColumnSnapshot, after: ColumnSnapshot
    ) -> None:
        self.comparison = comparison
        self.rules = comparison.rules
        self.options = comparison.options
        self.pair = pair
        self.before = before
        self.after = after

    def operation(self) -> AlterColumnOp | None:
        changes: dict[str, Any] = {}
        if self._type_changes():
            changes["modify_type"] = self.after.type
        if self._nullability_changes():
            changes["modify_nullable"] = self.after.nullable
        if self._default_changes():
            changes["modify_server_default"] = _supplied(self.after)
        if self._comment_changes():
            changes["modify_comment"] = self.after.comment
        if not changes:
            return None
        return AlterColumnOp(
            self.pair.name, self.after.name, schema=self.pair.schema, **self._existing(), **changes
        )

    def _existing(self) -> dict[str, Any]:
        existing: dict[str, Any] = {
            "existing_type": self.before.type,
            "existing_nullable": self.before.nullable,
        }
        if _has_default(self.before) or _has_default(self.after):
            existing["existing_server_default"] = _supplied(self.before)
        if self.comparison.dialect.supports_comments:
            existing["existing_comment"] = self.before.comment
        autoincrement = _autoincrement(self.after)
        return existing if autoincrement is None else {**existing, "autoincrement": autoincrement}

    def _items(self) -> tuple[Any, Any]:
        before = self.comparison.before.items.column(self.pair.before, self.before)
        return before, self.comparison.after.items.column(self.pair.after, self.after)

    def _type_changes(self) -> bool:
        decide = self.options.compare_type
        if decide is False:
            return False
        if callable(decide):
            before, after = self._items()
            decision = decide(self.options.context, before, after, before.type, after.type)
            if decision is not None:
                return decision
        return not self.rules.same_type(self.before, self.after)

    def _nullability_changes(self) -> bool:
        if self.before.nullable == self.after.nullable:
            return False
        if self.before.identity is not None or self.after.identity is not None:
            return False  # an identity column is NOT NULL whatever one says
        is_generated = self.before.generated is not None and self.after.generated is not None
        return not is_generated or (self.before.nullable_stated and self.after.nullable_stated)

    def _comment_changes(self) -> bool:
        return self.comparison.dialect.supports_comments and self.before.comment != self.after.comment

    # what the database supplies: a default, an identity, a generated value

    def _default_changes(self) -> bool:
        if self.before.generated is not None or self.after.generated is not None:
            self._note_generated()
            return False
        if self.before.identity is not None or self.after.identity is not None:
            return self._identity_changes()
        decide = self.options.compare_server_default
        if decide is False:
            return False
        if callable(decide) and (self.before.default or self.after.default):
            decision = self._asked_about_default(decide)
            if decision is not None:
                return decision
        if not self.rules.compares_default(self.before, self.after):
            return False
        return not self.rules.same_default(self.before.default, self.after.default)

    def _asked_about_default(self, decide: Any) -> bool | None:
        before, after = self._items()
        texts = [
            each.default.sql.text if each.default is not None and each.default.sql is not None else None
            for each in (self.before, self.after)
        ]
        decision: bool | None = decide(
            self.options.context, before, after, texts[0], after.server_default, texts[1]
        )
        return decision

    def _identity_changes(self) -> bool:
        before, after = self.before.identity, self.after.identity
        if before is None or after is None:
            return True
        return bool(self.rules.changed_identity_options(before, after))

    def _note_generated(self) -> None:
        before, after = self.before.generated, self.after.generated
        if before is not None and after is not None and self.rules.same_generated(before, after):
            return
        log.warning(
            "The generated column %s.%s differs from the models. No database can alter its expression in place; "
            "drop the column and add it again.",
            self.pair.after.full_name,
            self.after.name,
        )


def _has_default(column: ColumnSnapshot) -> bool:
    return column.default is not None or column.identity is not None or column.generated is not None


def _supplied(column: ColumnSnapshot) -> FetchedValue | None:
    """Return what ``Column.server_default`` would be."""
    if column.source is not None:
        return column.source.server_default
    return next(column_items(column), None) or server_default_of(column.default)


def _autoincrement(column: ColumnSnapshot) -> bool | None:
    """Return what MySQL must be told again whenever a column changes."""
    if column.autoincrement:
        return True
    stated = column.source.autoincrement if column.source is not None else None
    return stated if isinstance(stated, bool) else None
