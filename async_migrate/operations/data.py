"""Statements and rows: SQL of one's own, and bulk inserts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from async_migrate.operations.base import MigrateOperation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Executable, TableClause

__all__ = ["BulkInsertOp", "ExecuteSQLOp"]


@dataclass(eq=False)
class BulkInsertOp(MigrateOperation):
    """Insert rows.

    Attributes:
        table: The table, as a ``Table`` or a ``table()``.
        rows: One mapping of column names to values for each row.
        multiinsert: Whether one statement inserts all of them; otherwise each row has its own.
    """

    visit_name: ClassVar[str] = "bulk_insert"

    table: TableClause
    rows: Sequence[Mapping[str, Any]]
    multiinsert: bool = field(default=True, kw_only=True)


@dataclass(eq=False)
class ExecuteSQLOp(MigrateOperation):
    """Execute SQL of the author's own.

    Attributes:
        sqltext: SQL, or a construct that compiles to it.
        execution_options: Options of the connection for this statement.
    """

    visit_name: ClassVar[str] = "execute"

    sqltext: Executable | str
    execution_options: dict[str, Any] | None = field(default=None, kw_only=True)

    def to_diff_tuple(self) -> tuple[str, Executable | str]:
        """Return ``("execute", sqltext)``."""
        return ("execute", self.sqltext)
