"""What an operation destroys that its reverse cannot bring back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from async_migrate.operations.columns import DropColumnOp
from async_migrate.operations.tables import DropTableOp

if TYPE_CHECKING:
    from async_migrate.operations.base import MigrateOperation

__all__ = ["loss"]


def loss(operation: MigrateOperation) -> str | None:
    """Return what data an operation destroys, in words, or ``None``.

    The one place that decides it, so that the mark in a file and the one on the console agree.
    """
    match operation:
        case DropTableOp():
            return f"all rows of table {_qualified(operation.table_name, operation.schema)}"
        case DropColumnOp():
            table = _qualified(operation.table_name, operation.schema)
            return f"the values of column {table}.{operation.column_name}"
        case _:
            return None


def _qualified(name: str, schema: str | None) -> str:
    return name if schema is None else f"{schema}.{name}"
