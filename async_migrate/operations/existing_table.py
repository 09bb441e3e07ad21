"""The table that batch mode makes anew: as it is now, with the corrections that the block gives."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sqlalchemy
from sqlalchemy import Column, Constraint, Index, MetaData, Table, event
from sqlalchemy.engine import Connection

from async_migrate.ddl.attached import ATTACHED, Attached
from async_migrate.operations.schema_objects import copy_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from async_migrate.database.executor import Executor
    from async_migrate.operations.containers import BatchAlterTable

__all__ = ["table_to_rebuild"]


def table_to_rebuild(batch: BatchAlterTable, executor: Executor) -> Table:
    """Return the table of a batch: the one it brings along, or the one in the database.

    A table that is brought along says nothing of triggers and views; the database is asked for those all the same.

    Raises:
        NotOfflineError: It brings none, and SQL is only written down.
    """
    if batch.copy_from is not None:
        return _with_attached(batch.copy_from, executor)
    table = executor.reflect_table(batch.table_name, schema=batch.schema)
    if not (batch.naming_convention or batch.reflect_args or batch.reflect_kwargs):
        return table
    table = _renamed(table, batch)
    for name, listener in batch.reflect_kwargs.get("listeners", ()):
        _listen(table, name, listener, executor)
    for item in batch.reflect_args:
        _override(table, item)
    return table


def _with_attached(table: Table, executor: Executor) -> Table:
    attached = executor.attached_to(table.name, schema=table.schema)
    if attached == Attached():
        return table
    copied = table.to_metadata(MetaData(naming_convention=table.metadata.naming_convention))
    copied.info[ATTACHED] = replace(attached, indexes={})
    return copied


def _renamed(table: Table, batch: BatchAlterTable) -> Table:
    """Return a copy with the block's options, on which its naming convention has named what had no name."""
    metadata = MetaData(naming_convention=batch.naming_convention)
    for other in table.metadata.tables.values():
        other.to_metadata(metadata)
    copied = metadata.tables[table.key]
    options = {name: value for name, value in batch.reflect_kwargs.items() if name != "listeners"}
    copied.info.update(options.pop("info", {}))
    copied.comment = options.pop("comment", copied.comment)
    copied.kwargs.update(options)
    return copied


def _listen(table: Table, name: str, listener: Callable[..., Any], executor: Executor) -> None:
    """Let a listener do its work; those of ``column_reflect`` correct the columns one by one."""
    if name != "column_reflect":
        event.listen(table, name, listener)
        return
    bind = executor.bind
    inspector = sqlalchemy.inspect(bind) if isinstance(bind, Connection) else None
    for column in list(table.columns):
        described: dict[str, Any] = {
            "name": column.name,
            "type": column.type,
            "nullable": column.nullable,
            "comment": column.comment,
        }
        listener(inspector, table, described)
        _override(table, _corrected(column, described))


def _corrected(column: Column[Any], described: dict[str, Any]) -> Column[Any]:
    corrected = copy_of(column)
    corrected.type = described["type"]
    corrected.nullable = described["nullable"]
    corrected.comment = described["comment"]
    return corrected


def _override(table: Table, item: Any) -> None:
    if isinstance(item, Column):
        table.append_column(copy_of(item) if item.table is not None else item, replace_existing=True)
    elif isinstance(item, (Constraint, Index)):
        table.append_constraint(item)
