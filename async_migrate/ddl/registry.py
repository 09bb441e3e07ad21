"""The generator of each database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from async_migrate.ddl.generator import DialectDDL
from async_migrate.ddl.mssql import SQLServer
from async_migrate.ddl.mysql import MariaDB, MySQL
from async_migrate.ddl.oracle import Oracle
from async_migrate.ddl.postgresql import PostgreSQL
from async_migrate.ddl.sqlite import SQLite

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Dialect

__all__ = ["BUILT_IN", "ddl_for"]

BUILT_IN: tuple[type[DialectDDL], ...] = (PostgreSQL, SQLite, MySQL, MariaDB, SQLServer, Oracle)
"""The generators of the databases that need no package of their own."""


def ddl_for(dialect: Dialect, naming_convention: Mapping[str, Any] | None = None) -> DialectDDL:
    """Return the generator for a dialect.

    A dialect that nothing is registered for gets the standard forms of :class:`DialectDDL`.

    Args:
        dialect: The dialect.
        naming_convention: How unnamed constraints and indexes are named.
    """
    return DialectDDL.by_dialect.get(dialect.name, DialectDDL)(dialect, naming_convention)
