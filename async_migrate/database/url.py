"""Database URLs: which of them work in an event loop, and how they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from async_migrate.errors import InvalidURLError, SyncURLError

if TYPE_CHECKING:
    from sqlalchemy import URL

__all__ = ["ASYNC_DRIVERS", "EXTRAS", "async_url", "shown_url"]

ASYNC_DRIVERS = {
    "sqlite": "aiosqlite",
    "postgresql": "asyncpg",
    "postgres": "asyncpg",
    "mysql": "asyncmy",
    "mariadb": "asyncmy",
    "mssql": "aioodbc",
    "oracle": "oracledb_async",
}
"""The driver to recommend for each backend."""

EXTRAS = {"asyncpg": "postgresql", "asyncmy": "mysql"}
"""The extra of this package that installs a driver; other drivers are installed by their own name."""

_SYNC_DRIVERS = frozenset(
    {
        ("sqlite", "pysqlite"),
        ("sqlite", "pysqlcipher"),
        ("postgresql", "psycopg2"),
        ("postgresql", "psycopg2cffi"),
        ("postgresql", "pg8000"),
        ("mysql", "pymysql"),
        ("mysql", "mysqldb"),
        ("mysql", "mysqlconnector"),
        ("mysql", "cymysql"),
        ("mysql", "pyodbc"),
        ("mariadb", "pymysql"),
        ("mariadb", "mysqldb"),
        ("mariadb", "mariadbconnector"),
        ("mariadb", "mysqlconnector"),
        ("mssql", "pyodbc"),
        ("mssql", "pymssql"),
        ("mssql", "mssqlpython"),
        ("oracle", "oracledb"),
        ("oracle", "cx_oracle"),
    }
)
_SECRET_PARAMETERS = frozenset({"password", "passwd", "pwd", "sslpassword", "sslkey"})


def async_url(url: str | URL) -> URL:
    """Return a URL whose driver is asynchronous.

    Checked here, by name, because the message of a driver that is missing or blocking never says which URL would
    have worked. ``postgresql+psycopg`` is let through: that driver has both forms.

    Raises:
        InvalidURLError: The text is not a database URL.
        SyncURLError: The URL names a blocking driver, or none.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise InvalidURLError(str(url)) from error
    backend, _, driver = parsed.drivername.partition("+")
    recommended = ASYNC_DRIVERS.get(backend)
    if recommended is not None and (not driver or (backend, driver) in _SYNC_DRIVERS):
        name = "postgresql" if backend == "postgres" else backend
        better = parsed.set(drivername=f"{name}+{recommended}")
        raise SyncURLError(shown_url(parsed), better=shown_url(better))
    return parsed


def shown_url(url: URL) -> str:
    """Return a URL as it may be printed: without passwords, wherever in it they stand."""
    hidden = {name: "***" for name in url.query if name.lower() in _SECRET_PARAMETERS}
    return url.update_query_dict(hidden).render_as_string(hide_password=True)
