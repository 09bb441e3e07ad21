"""OPERATIONS -> WORDS: one line for each change, as the console and ``check`` list them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from async_migrate.operations.base import OpContainer
from async_migrate.operations.columns import AddColumnOp, AlterColumnOp, DropColumnOp
from async_migrate.operations.constraints import AddConstraintOp, DropConstraintOp
from async_migrate.operations.indexes import CreateIndexOp, DropIndexOp
from async_migrate.operations.tables import (
    CreateTableCommentOp,
    CreateTableOp,
    DropTableCommentOp,
    DropTableOp,
    RenameTableOp,
)
from async_migrate.render.destructive import loss
from async_migrate.render.object_wording import object_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from async_migrate.operations.base import MigrateOperation

__all__ = ["changes"]


def changes(operation: MigrateOperation) -> Iterator[str]:
    """Yield one line for each change in an operation, those inside containers one by one."""
    if isinstance(operation, OpContainer):
        for part in operation.ops:
            yield from changes(part)
        return
    lost = loss(operation)
    yield _words(operation) if lost is None else f"{_words(operation)} (destroys {lost})"


def _words(operation: MigrateOperation) -> str:
    match operation:
        case CreateTableOp():
            return f"added table {_name(operation.table_name, operation.schema)}"
        case DropTableOp():
            return f"removed table {_name(operation.table_name, operation.schema)}"
        case RenameTableOp():
            old = _name(operation.table_name, operation.schema)
            return f"renamed table {old} to {operation.new_table_name}"
        case CreateTableCommentOp() | DropTableCommentOp():
            return f"changed comment of table {_name(operation.table_name, operation.schema)}"
        case AddColumnOp():
            return f"added column {_name(operation.table_name, operation.schema)}.{operation.column.name}"
        case DropColumnOp():
            return f"removed column {_name(operation.table_name, operation.schema)}.{operation.column_name}"
        case AlterColumnOp():
            return _altered(operation)
        case CreateIndexOp():
            return f"added index {operation.index_name} on {_name(operation.table_name, operation.schema)}"
        case DropIndexOp():
            return f"removed index {operation.index_name} on {_name(operation.table_name or '?', operation.schema)}"
        case AddConstraintOp():
            return f"added {_constraint(operation)}"
        case DropConstraintOp():
            return f"removed {_constraint(operation)}"
        case _:
            return object_words(operation) or operation.visit_name.replace("_", " ")


def _name(table: str, schema: str | None) -> str:
    return table if schema is None else f"{schema}.{table}"


def _constraint(operation: AddConstraintOp | DropConstraintOp) -> str:
    constraint = operation.to_constraint()
    kind = constraint.__visit_name__.replace("_", " ").removeprefix("table or column ")
    named = f"{kind} {constraint.name}" if constraint.name else f"{kind} without a name"
    return f"{named} on {constraint.table.fullname}"


def _altered(operation: AlterColumnOp) -> str:
    parts = []
    if operation.modify_name is not None:
        parts.append(f"renamed to {operation.modify_name}")
    if operation.modify_type is not None:
        parts.append(f"type {operation.existing_type} to {operation.modify_type}")
    if operation.modify_nullable is not None:
        parts.append("now nullable" if operation.modify_nullable else "now NOT NULL")
    if operation.modify_server_default is not False:
        parts.append("no server default" if operation.modify_server_default is None else "server default")
    if operation.modify_comment is not False:
        parts.append("comment")
    parts += [name.removeprefix("modify_") for name in operation.kw if name.startswith("modify_")]
    column = f"{_name(operation.table_name, operation.schema)}.{operation.column_name}"
    return f"changed column {column}: {', '.join(parts)}"
