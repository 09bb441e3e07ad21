"""One table of a database as SQLAlchemy's ``Table``, faithful enough to be made anew from it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import MetaData, Table
from sqlalchemy.exc import NoSuchTableError
from sqlalchemy.sql.elements import conv

from async_migrate.database.inspect.filters import Filters
from async_migrate.database.inspect.sqlite import definitions, inspect_sqlite
from async_migrate.ddl.attached import ATTACHED, Attached
from async_migrate.diff.schema_items import table_from
from async_migrate.diff.types import parse_type
from async_migrate.diff.verbatim_type import DeclaredType

if TYPE_CHECKING:
    from sqlalchemy import Connection, Constraint, Dialect, Index

    from async_migrate.diff.snapshot import ColumnSnapshot

__all__ = ["reflect_table"]


def reflect_table(connection: Connection, name: str, *, schema: str | None = None) -> Table:
    """Return a table as the database has it.

    On SQLite it is read from the definition itself, so that nothing is lost when batch mode makes the table anew:
    declared types, names of constraints, CHECK, COLLATE, ON CONFLICT, AUTOINCREMENT, STRICT, WITHOUT ROWID; the
    statements of its indexes and triggers are in ``table.info`` as :class:`~async_migrate.ddl.attached.Attached`.

    Args:
        connection: Where to look.
        name: The table.
        schema: Its schema, if it is not the default one.

    Raises:
        sqlalchemy.exc.NoSuchTableError: There is no such table.
    """
    if connection.dialect.name == "sqlite":
        return _from_sqlite(connection, name, schema)
    table = Table(name, MetaData(), schema=schema, autoload_with=connection, resolve_fks=False)
    named: list[Constraint | Index] = [*table.constraints, *table.indexes]
    for item in named:
        if isinstance(item.name, str):
            item.name = conv(item.name)  # no naming convention may touch what has its name already
    return table


def _from_sqlite(connection: Connection, name: str, schema: str | None) -> Table:
    filters = Filters(only=frozenset({(schema, name)}), include_schemas=schema is not None)
    found = inspect_sqlite(connection, filters).tables.get((schema, name))
    if found is None:
        raise NoSuchTableError(name)
    columns = {key: _lossless(column, connection.dialect) for key, column in found.columns.items()}
    table = table_from(replace(found, columns=columns), "sqlite")
    table.info[ATTACHED] = _attached(connection, name, schema)
    return table


def _lossless(column: ColumnSnapshot, dialect: Dialect) -> ColumnSnapshot:
    """Return a column whose type compiles to what was declared: ``INT`` is not ``INTEGER`` in a primary key."""
    declared = parse_type(column.declared or "")
    compiled = parse_type(dialect.type_compiler_instance.process(column.type))
    if (declared.words, declared.arguments) == (compiled.words, compiled.arguments):
        return column
    collate = f' COLLATE "{column.collation}"' if column.collation else ""
    return replace(column, type=DeclaredType(f"{column.declared or ''}{collate}".strip()))


def _attached(connection: Connection, name: str, schema: str | None) -> Attached:
    of_table = [each for each in definitions(connection, schema) if each.table == name and each.sql]
    return Attached(
        indexes={each.name: each.sql or "" for each in of_table if each.kind == "index"},
        triggers={each.name: each.sql or "" for each in of_table if each.kind == "trigger"},
    )
