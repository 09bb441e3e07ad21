"""Dialects by name, for SQL that is written down rather than sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import URL
from sqlalchemy.exc import NoSuchModuleError

from async_migrate.database.url import ASYNC_DRIVERS
from async_migrate.errors import UnknownDialectError

if TYPE_CHECKING:
    from sqlalchemy import Dialect

__all__ = ["dialect_named", "script_dialect"]


def dialect_named(name: str) -> Dialect:
    """Return a dialect as its asynchronous driver uses it; the driver itself need not be installed.

    Args:
        name: ``postgresql``, or with a driver ``postgresql+asyncpg``.

    Raises:
        UnknownDialectError: Nothing installed provides it.
    """
    backend, _, driver = name.partition("+")
    driver = driver or ASYNC_DRIVERS.get(backend, "")
    try:
        dialect: Dialect = URL.create(f"{backend}+{driver}" if driver else backend).get_dialect()()
    except NoSuchModuleError as error:
        raise UnknownDialectError(name, known=sorted(ASYNC_DRIVERS)) from error
    return dialect


def script_dialect(dialect: Dialect) -> Dialect:
    """Return a dialect of the same kind for scripts, in which a percent sign stays one.

    Drivers that format parameters into the text with ``%s`` want it doubled; a script must not have that.
    """
    if dialect.paramstyle not in {"format", "pyformat"}:
        return dialect
    remade: Dialect = type(dialect)(paramstyle="named")  # type: ignore[call-arg]  # DefaultDialect's
    return remade
