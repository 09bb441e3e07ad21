"""What the tests ask of any database server: databases of their own, made and dropped again."""

from __future__ import annotations

import asyncio
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

if TYPE_CHECKING:
    from sqlalchemy import URL


class DatabaseServer:
    """A running server, and a maker of databases in it.

    Its methods are synchronous, and may also be called from a coroutine: they work in a thread and an event
    loop of their own.
    """

    def __init__(self, address: URL) -> None:
        self.address = address
        self._engine = create_async_engine(address, poolclass=NullPool, isolation_level="AUTOCOMMIT")

    def url(self, database: str) -> str:
        """Return the URL of a database of this server, the password included."""
        return self.address.set(database=database).render_as_string(hide_password=False)

    def create_database(self) -> str:
        """Create an empty database under a name of its own, and return its URL."""
        name = f"async_migrate_test_{uuid.uuid4().hex[:16]}"
        self._create(name)
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Drop the database of a URL if it is there, even while somebody uses it."""
        self._drop(str(make_url(url).database))

    def _create(self, name: str) -> None:
        raise NotImplementedError

    def _drop(self, name: str) -> None:
        raise NotImplementedError

    def _execute(self, statement: str) -> object:
        async def execute() -> object:
            async with self._engine.connect() as connection:
                result = await connection.exec_driver_sql(statement)
                return result.scalar() if result.returns_rows else None

        with ThreadPoolExecutor(max_workers=1) as thread:
            return thread.submit(asyncio.run, execute()).result()
