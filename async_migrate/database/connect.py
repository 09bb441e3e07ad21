"""From what the caller has (a URL, an engine, a connection) to a connection."""

from __future__ import annotations

from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import anyio
from sqlalchemy import URL, Engine
from sqlalchemy.exc import DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from async_migrate.database.dialects import dialect_named
from async_migrate.database.url import EXTRAS, async_url, shown_url
from async_migrate.errors import DatabaseUnreachableError, MissingDriverError, NotADatabaseError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy import Dialect

__all__ = ["Target", "connect", "describe_target", "dialect_of", "is_missing_file"]

WORKER_ENDS = 0.05
"""Seconds."""

Target: TypeAlias = AsyncEngine | AsyncConnection | URL | str
"""What can be migrated."""


def describe_target(target: Target) -> str:
    """Return the URL of a target as it may be printed."""
    if isinstance(target, AsyncConnection):
        return shown_url(target.engine.url)
    if isinstance(target, AsyncEngine):
        return shown_url(target.url)
    return shown_url(async_url(target))


@asynccontextmanager
async def connect(target: Target) -> AsyncIterator[AsyncConnection]:
    """Open a connection to a target and give it back in the state it was found in.

    An engine made here from a URL has no pool and is disposed of at the end; an engine or a connection that the
    caller owns stays open.

    Raises:
        DatabaseUnreachableError: The server refused, or is not there.
        MissingDriverError: The URL names a driver that is not installed.
        NotADatabaseError: The target is none of the accepted kinds.
    """
    if isinstance(target, AsyncConnection):
        yield target
        return
    if isinstance(target, AsyncEngine):
        async with _opened(target) as connection:
            yield connection
        return
    if isinstance(target, str | URL):
        engine = _engine_for(async_url(target))
        try:
            async with _opened(engine) as connection:
                yield connection
        finally:
            with anyio.CancelScope(shield=True):
                await engine.dispose()
        return
    raise NotADatabaseError(target, is_sync_engine=isinstance(target, Engine))


def _engine_for(url: URL) -> AsyncEngine:
    try:
        return create_async_engine(url, poolclass=NullPool)
    except ModuleNotFoundError as error:
        driver = error.name or url.get_driver_name()
        raise MissingDriverError(shown_url(url), driver=driver, extra=EXTRAS.get(driver)) from error
    except NoSuchModuleError as error:
        driver = url.drivername.partition("+")[2] or url.drivername
        raise MissingDriverError(shown_url(url), driver=driver, extra=EXTRAS.get(driver)) from error


@asynccontextmanager
async def _opened(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    connection = engine.connect()
    try:
        await connection.start()
    except (DBAPIError, OSError, PoolTimeoutError) as error:
        is_file = engine.dialect.name == "sqlite"
        if is_file:
            # The worker thread of aiosqlite ends with a callback into this loop, which must be there to take it.
            await anyio.sleep(WORKER_ENDS)
        reason = error.orig if isinstance(error, DBAPIError) else error
        words = str(reason).strip() or repr(reason)
        raise DatabaseUnreachableError(shown_url(engine.url), reason=words, is_file=is_file) from error
    try:
        yield connection
    finally:
        with anyio.CancelScope(shield=True):
            await connection.close()


def dialect_of(target: Target) -> Dialect:
    """Return the dialect of a target, without connecting."""
    if isinstance(target, AsyncConnection | AsyncEngine):
        return target.dialect
    return dialect_named(async_url(target).drivername)


def is_missing_file(target: Target) -> bool:
    """Return whether a target is an SQLite file that is not there, and that connecting to would create."""
    if not isinstance(target, str | URL):
        return False
    url = async_url(target)
    if url.get_backend_name() != "sqlite" or not url.database or url.database.startswith((":", "file:")):
        return False
    return not Path(url.database).exists()
