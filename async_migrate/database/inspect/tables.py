"""One table of a database as SQLAlchemy's ``Table``, faithful enough to be made anew from it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import MetaData, Table, UniqueConstraint
from sqlalchemy.exc import NoSuchTableError
from sqlalchemy.sql.elements import conv

from async_migrate.database.inspect.filters import Filters
from async_migrate.database.inspect.mysql_table import reflect_mysql_table
from async_migrate.database.inspect.sqlite import definitions, inspect_sqlite
from async_migrate.database.inspect.sqlite_attached import attached_to, spelled
from async_migrate.ddl.attached import ATTACHED, KEY_SUFFIXES
from async_migrate.ddl.schema_items import constraints_in_order
from async_migrate.diff.schema_items import table_from
from async_migrate.diff.sqlite_sql import SqliteTextError, parse_create_table
from async_migrate.diff.types import parse_type
from async_migrate.diff.verbatim_type import DeclaredType

if TYPE_CHECKING:
    from sqlalchemy import Connection, Constraint, Dialect, Index

    from async_migrate.diff.snapshot import ColumnSnapshot
    from async_migrate.diff.sqlite_sql import ParsedKey, ParsedTable

__all__ = ["reflect_table"]


def reflect_table(connection: Connection, name: str, *, schema: str | None = None) -> Table:
    """Return a table as the database has it.

    On SQLite it is read from the definition itself, so that nothing is lost when batch mode makes the table anew:
    declared types, names of constraints, CHECK, COLLATE, ON CONFLICT, AUTOINCREMENT, STRICT, WITHOUT ROWID; the
    statements of its indexes and triggers, and what else hangs on it, are in ``table.info`` as
    :class:`~async_migrate.ddl.attached.Attached`. On MySQL and MariaDB it comes from the snapshot that comparisons are
    made with, which knows more than SQLAlchemy's reflection.

    Args:
        connection: Where to look.
        name: The table.
        schema: Its schema, if it is not the default one.

    Raises:
        sqlalchemy.exc.NoSuchTableError: There is no such table.
    """
    if connection.dialect.name == "sqlite":
        return _from_sqlite(connection, name, schema)
    if connection.dialect.name in {"mysql", "mariadb"}:
        return reflect_mysql_table(connection, name, schema=schema)
    table = Table(name, MetaData(), schema=schema, autoload_with=connection, resolve_fks=False)
    named: list[Constraint | Index] = [*table.constraints, *table.indexes]
    for item in named:
        if isinstance(item.name, str):
            item.name = conv(item.name)  # no naming convention may touch what has its name already
    return table


def _from_sqlite(connection: Connection, name: str, schema: str | None) -> Table:
    name = spelled(connection, name, schema=schema)
    filters = Filters(only=frozenset({(schema, name)}), include_schemas=schema is not None)
    found = inspect_sqlite(connection, filters).tables.get((schema, name))
    if found is None:
        raise NoSuchTableError(name)
    columns = {key: _lossless(column, connection.dialect) for key, column in found.columns.items()}
    written = _as_written(connection, name, schema)
    for column in written.columns if written else ():
        # A rowid is never null, but who did not write NOT NULL does not get it written.
        columns[column.name] = replace(columns[column.name], nullable=not column.not_null)
    table = table_from(replace(found, columns=columns), "sqlite")
    table.info[ATTACHED] = attached_to(connection, name, schema=schema)
    if written is not None:
        _leave_suffixes(table, written)
    return table


def _as_written(connection: Connection, name: str, schema: str | None) -> ParsedTable | None:
    for each in definitions(connection, schema):
        if each.kind == "table" and each.name == name:
            try:
                return parse_create_table(each.sql or "")
            except SqliteTextError:
                return None
    return None


def _leave_suffixes(table: Table, written: ParsedTable) -> None:
    uniques = [each for each in constraints_in_order(table) if isinstance(each, UniqueConstraint)]
    keys: list[tuple[Constraint, ParsedKey | None]] = [(table.primary_key, written.primary_key)]
    for constraint, key in [*keys, *zip(uniques, written.uniques, strict=True)]:
        if key is not None and (suffixes := _suffixes(key)):
            constraint.info[KEY_SUFFIXES] = suffixes


def _suffixes(key: ParsedKey) -> dict[str, str]:
    suffixes: dict[str, str] = {}
    for name, term in zip(key.columns, key.terms, strict=True):
        collation = f'COLLATE "{term.collation}"' if term.collation else ""
        suffix = f"{collation} {'DESC' if term.descending else ''}".strip()
        if suffix:
            suffixes[name] = suffix
    return suffixes


def _lossless(column: ColumnSnapshot, dialect: Dialect) -> ColumnSnapshot:
    """Return a column whose type compiles to what was declared: ``INT`` is not ``INTEGER`` in a primary key."""
    declared = parse_type(column.declared or "")
    compiled = parse_type(dialect.type_compiler_instance.process(column.type))
    if (declared.words, declared.arguments) == (compiled.words, compiled.arguments):
        return column
    collate = f' COLLATE "{column.collation}"' if column.collation else ""
    return replace(column, type=DeclaredType(f"{column.declared or ''}{collate}".strip()))
