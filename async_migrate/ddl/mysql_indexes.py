"""MySQL and MariaDB need an index below every foreign key: dropping the last one must leave another.

InnoDB makes such an index itself, with the name of the key, and takes it back as soon as another index will do. It does
not make it again when that one is dropped, but refuses. So what creates an index could not be undone by dropping it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.ext.compiler import compiles

from async_migrate.ddl.elements import AlterTable, alter_table, column_name
from async_migrate.ddl.schema_items import named
from async_migrate.operations.constraints import DropConstraintOp
from async_migrate.operations.indexes import CreateIndexOp, DropIndexOp

if TYPE_CHECKING:
    from sqlalchemy import Constraint, Index, Table
    from sqlalchemy.sql.compiler import DDLCompiler

    from async_migrate.operations.base import HasNamingConvention, MigrateOperation

__all__ = ["KnownKeys", "ReplaceIndex"]


class ReplaceIndex(AlterTable):
    """``ALTER TABLE … DROP INDEX …, ADD INDEX …``.

    Attributes:
        index: The index that goes.
        new_index: The index that comes.
        columns: Its columns.
    """

    def __init__(
        self, table: str, index: str, *, new_index: str, columns: tuple[str, ...], schema: str | None = None
    ) -> None:
        super().__init__(table, schema=schema)
        self.index = index
        self.new_index = new_index
        self.columns = columns


class KnownKeys:
    """The foreign keys of a table, and what they may be based on, while operations change them.

    Args:
        table: The table as it is.
        context: Knows the naming convention.
    """

    def __init__(self, table: Table, context: HasNamingConvention) -> None:
        self._context = context
        self._foreign_keys = {named(key): _columns(key) for key in table.foreign_key_constraints}
        owners: list[Constraint | Index] = [*table.constraints, *table.indexes]
        self._bases = {
            named(each): _columns(each) for each in owners if each not in table.foreign_key_constraints
        }

    def replacement(self, operation: DropIndexOp) -> ReplaceIndex | None:
        """Return what must be done instead of dropping an index; ``None`` if it can simply be dropped."""
        name = named(operation.to_index(self._context))
        columns = self._bases.pop(name, None)
        if name is None or columns is None or operation.table_name is None:
            return None
        for key, needed in self._foreign_keys.items():
            if key in {None, name} or not _begins_with(columns, needed):
                continue
            if not any(_begins_with(each, needed) for each in self._bases.values()):
                self._bases[key] = needed
                return ReplaceIndex(
                    operation.table_name, name, new_index=str(key), columns=needed, schema=operation.schema
                )
        return None

    def note(self, operation: MigrateOperation) -> None:
        """Take note of what an operation does to foreign keys and indexes."""
        match operation:
            case DropConstraintOp():
                self._foreign_keys.pop(operation.constraint_name, None)
            case CreateIndexOp():
                index = operation.to_index(self._context)
                self._bases[named(index)] = _columns(index)


def _columns(owner: Constraint | Index) -> tuple[str, ...]:
    columns = getattr(owner, "columns", ())
    return tuple(column.name for column in columns)


def _begins_with(columns: tuple[str, ...], needed: tuple[str, ...]) -> bool:
    return columns[: len(needed)] == needed


@compiles(ReplaceIndex, "mysql", "mariadb")
def _replace_index(element: ReplaceIndex, compiler: DDLCompiler, **_: object) -> str:
    columns = ", ".join(column_name(compiler, name) for name in element.columns)
    return (
        f"{alter_table(compiler, element)} DROP INDEX {column_name(compiler, element.index)}, "
        f"ADD INDEX {column_name(compiler, element.new_index)} ({columns})"
    )
