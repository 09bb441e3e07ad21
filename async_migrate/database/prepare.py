"""The state a connection must be in before a run, and the way back from it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import anyio

from async_migrate.database.foreign_keys import ForeignKeyGuard
from async_migrate.database.url import shown_url
from async_migrate.errors import ConnectionInTransactionError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import AsyncConnection

__all__ = ["begin_for_caller", "prepared"]


@asynccontextmanager
async def prepared(connection: AsyncConnection) -> AsyncIterator[ForeignKeyGuard]:
    """Take over the transactions of a connection for the duration of a run.

    SQLite: the driver's implicit transactions are switched off, and so is the enforcement of foreign keys, which
    cannot be changed inside a transaction and would empty referring tables when a table is rebuilt (steps 1 and 12
    of the procedure in https://sqlite.org/lang_altertable.html). Other databases: a connection that commits by
    itself is made to use transactions.

    Raises:
        ConnectionInTransactionError: The connection is in a transaction already.
    """
    if connection.in_transaction():
        raise ConnectionInTransactionError(shown_url(connection.engine.url))
    prepare, restore = (
        (_prepare_sqlite, _restore_sqlite)
        if connection.dialect.name == "sqlite"
        else (_prepare_server, _restore_server)
    )
    previous, guard = await connection.run_sync(prepare)
    try:
        yield guard
    finally:
        with anyio.CancelScope(shield=True):
            if not connection.invalidated and not connection.closed:
                await connection.run_sync(restore, previous, guard)


def _prepare_sqlite(connection: Connection) -> tuple[Any, ForeignKeyGuard]:
    # Set on the driver, not through isolation_level="AUTOCOMMIT": SQLAlchemy would put its own default back on
    # an engine that was given another one in connect_args.
    driver: Any = connection.connection.dbapi_connection
    previous = driver.isolation_level
    driver.isolation_level = None
    guard = ForeignKeyGuard.suspend(connection)
    connection.rollback()
    return previous, guard


def _restore_sqlite(connection: Connection, previous: Any, guard: ForeignKeyGuard) -> None:
    connection.rollback()
    guard.resume(connection)
    connection.rollback()
    driver: Any = connection.connection.dbapi_connection
    driver.isolation_level = previous


def _prepare_server(connection: Connection) -> tuple[Any, ForeignKeyGuard]:
    options = connection.get_execution_options()
    previous = options.get("isolation_level")
    if connection.dialect.detect_autocommit_setting(connection.connection.dbapi_connection):  # type: ignore[arg-type]
        previous = "AUTOCOMMIT"
        connection.execution_options(isolation_level=connection.default_isolation_level or "READ COMMITTED")
    return previous, ForeignKeyGuard.absent()


def _restore_server(connection: Connection, previous: Any, guard: ForeignKeyGuard) -> None:
    del guard
    connection.rollback()
    if previous == "AUTOCOMMIT":
        connection.execution_options(isolation_level="AUTOCOMMIT")


def begin_for_caller(connection: Connection) -> None:
    """Make the transaction that a caller has open a real one.

    On SQLite the driver begins only before rows are changed, so a table created in the caller's "transaction" would
    stay after its rollback. With an explicit BEGIN, the driver's own commit and rollback end it as they should.
    """
    if connection.dialect.name != "sqlite":
        return
    driver: Any = connection.connection.driver_connection
    if not driver.in_transaction:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
