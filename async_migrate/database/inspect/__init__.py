"""What a database has, as a snapshot; also a single table as SQLAlchemy's ``Table``.

Synchronous code, to be run inside ``AsyncConnection.run_sync``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from async_migrate.database.inspect.canonical import canonicalize
from async_migrate.database.inspect.filters import Filters, IncludeName, NameKind
from async_migrate.database.inspect.generic import inspect_generic
from async_migrate.database.inspect.mysql import inspect_mysql
from async_migrate.database.inspect.postgresql import inspect_postgresql
from async_migrate.database.inspect.sqlite import inspect_sqlite
from async_migrate.database.inspect.sqlite_attached import attached_to
from async_migrate.database.inspect.tables import reflect_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from async_migrate.diff.snapshot import Snapshot

__all__ = ["IncludeName", "NameKind", "attached_to", "canonicalize", "inspect_database", "reflect_table"]

_INSPECTORS: dict[str, Callable[[Connection, Filters], Snapshot]] = {
    "mariadb": inspect_mysql,
    "mysql": inspect_mysql,
    "postgresql": inspect_postgresql,
    "sqlite": inspect_sqlite,
}


def inspect_database(
    connection: Connection, *, include_schemas: bool = False, include_name: IncludeName | None = None
) -> Snapshot:
    """Return the tables of a database, in a number of queries that does not depend on how many there are.

    Args:
        connection: Where to look.
        include_schemas: Look into every schema; otherwise into what unqualified names mean.
        include_name: Asked about every schema, table, column, index and constraint by name, with the names of its
            parents (``schema_name``, ``table_name``, ``schema_qualified_table_name``); what it refuses is not there.
    """
    filters = Filters(include_schemas=include_schemas, include_name=include_name)
    return _INSPECTORS.get(connection.dialect.name, inspect_generic)(connection, filters)
