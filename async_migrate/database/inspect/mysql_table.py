"""One table of MySQL or MariaDB as SQLAlchemy's ``Table``, with what hangs on it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.exc import NoSuchTableError

from async_migrate.database.inspect.filters import Filters
from async_migrate.database.inspect.mysql import COLUMN_CHECK, INVISIBLE, inspect_mysql
from async_migrate.ddl.attached import ATTACHED, Attached
from async_migrate.ddl.elements import Verbatim
from async_migrate.diff.dialects import rules_for
from async_migrate.diff.schema_items import table_from
from async_migrate.diff.verbatim_type import VerbatimType

if TYPE_CHECKING:
    from sqlalchemy import Connection, Dialect, Table

    from async_migrate.diff.snapshot import ColumnSnapshot

__all__ = ["reflect_mysql_table"]

_INDEX = re.compile(r"\s*(?P<kind>(?:[A-Z]+ )?)KEY `(?P<name>(?:[^`]|``)+)` (?P<rest>.*?),?")

_TRIGGERS = text("""SELECT trigger_name FROM information_schema.triggers
WHERE event_object_schema = coalesce(:schema, database()) AND event_object_table = :name
ORDER BY action_timing, event_manipulation, action_order""")


def reflect_mysql_table(connection: Connection, name: str, *, schema: str | None = None) -> Table:
    """Return a table as the database has it; see :func:`~async_migrate.database.inspect.tables.reflect_table`.

    Raises:
        sqlalchemy.exc.NoSuchTableError: There is no such table.
    """
    dialect = connection.dialect
    schema = None if schema == dialect.default_schema_name else schema
    filters = Filters(only=frozenset({(schema, name)}), include_schemas=schema is not None)
    found = inspect_mysql(connection, filters).tables.get((schema, name))
    if found is None:
        raise NoSuchTableError(name)
    found = rules_for(dialect.name).alone(found)
    columns = {key: _lossless(column, dialect) for key, column in found.columns.items()}
    table = table_from(replace(found, columns=columns), dialect.name)
    for column in table.columns:
        column.autoincrement = found.columns[column.name].autoincrement
    # SQLAlchemy cannot write an index with both a direction and a length; the database has it written.
    written = _indexes(connection, name, schema)
    table.info[ATTACHED] = Attached(
        indexes={str(index.name): written[str(index.name)] for index in found.indexes},
        triggers=_triggers(connection, name, schema),
        column_checks={
            str(check.options[COLUMN_CHECK]): check.sql.text
            for check in found.checks
            if COLUMN_CHECK in check.options
        },
    )
    return table


def _lossless(column: ColumnSnapshot, dialect: Dialect) -> ColumnSnapshot:
    """Return a column that stays invisible: SQLAlchemy has no word for it, but it may follow the type."""
    if INVISIBLE not in column.options:
        return column
    compiled = dialect.type_compiler_instance.process(column.type)
    return replace(column, type=VerbatimType(f"{compiled} INVISIBLE"))


def _indexes(connection: Connection, table: str, schema: str | None) -> dict[str, str]:
    """Return a ``CREATE INDEX`` for each line of ``SHOW CREATE TABLE`` that is about an index."""
    quote = connection.dialect.identifier_preparer.quote_identifier
    name = f"{quote(schema)}.{quote(table)}" if schema else quote(table)
    shown = connection.execute(Verbatim(f"SHOW CREATE TABLE {name}")).one()[1]
    found = [match for line in shown.splitlines() if (match := _INDEX.fullmatch(line)) is not None]
    return {
        match["name"].replace(
            "``", "`"
        ): f"CREATE {match['kind']}INDEX `{match['name']}` ON {name} {match['rest']}"
        for match in found
    }


def _triggers(connection: Connection, table: str, schema: str | None) -> dict[str, str]:
    quote = connection.dialect.identifier_preparer.quote_identifier
    prefix = f"{quote(schema)}." if schema else ""
    names = connection.scalars(_TRIGGERS, {"schema": schema, "name": table}).all()
    return {
        name: connection.execute(Verbatim(f"SHOW CREATE TRIGGER {prefix}{quote(name)}")).one()[2]
        for name in names
    }
