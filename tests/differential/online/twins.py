"""Pairs of databases that begin alike: in one Alembic makes a call, in the other this package does."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from differential.offline.engines import Refusal
from differential.online import postgresql_facts, sqlite_facts
from differential.online.engines import by_alembic, by_us
from differential.online.setups import SCHEMAS, setup_of, tables_of
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.util import await_only

from async_migrate.database.live import LiveExecutor
from async_migrate.ddl.rebuild import TEMPORARY_PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from differential.offline.call import Call
    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import AsyncConnection

Facts = dict[str, Any]
Outcome = Facts | Refusal

_NOW = re.compile(r"20(?!24-02-29)\d\d-\d\d-\d\d \d\d:\d\d:\d\d")
"""Any time but the one that rows of the calls have."""


@dataclass(frozen=True)
class Twin:
    """A call to be made on two databases.

    Attributes:
        call: The call.
        reflects: A block reads the table from the database, though the call brings it along.
    """

    call: Call
    reflects: bool = False

    @property
    def name(self) -> str:
        directive, _, case = self.call.name.partition("/")
        return f"reflected/{case}" if self.reflects else f"{directive}/{case}"

    def made(self, run: Callable[[Any], object] | None = None) -> Call:
        """Return what is called, or what is called in its place."""
        run = run or self.call.run
        return replace(self.call, run=(lambda op: run(WithoutCopies(op))) if self.reflects else run)


class WithoutCopies:
    """An ``op`` whose blocks read the table from the database."""

    def __init__(self, op: Any) -> None:
        self._op = op

    def __getattr__(self, name: str) -> Any:
        return getattr(self._op, name)

    def batch_alter_table(self, *args: Any, copy_from: object = None, **kwargs: Any) -> Any:
        return self._op.batch_alter_table(*args, **kwargs)


class SQLiteTwins:
    """Two directories with a file for each schema.

    Args:
        directory: Where they may be.
    """

    def __init__(self, directory: Path) -> None:
        self._base = directory / "base"
        self._theirs = directory / "theirs"
        self._ours = directory / "ours"
        self._base_engine = sa.create_engine(f"sqlite:///{self._base}/main.db", poolclass=NullPool)
        self._sync = sa.create_engine(f"sqlite:///{self._theirs}/main.db", poolclass=NullPool)
        self._async = create_async_engine(f"sqlite+aiosqlite:///{self._ours}/main.db", poolclass=NullPool)
        for engine, path in (
            (self._base_engine, self._base),
            (self._sync, self._theirs),
            (self._async.sync_engine, self._ours),
        ):
            sa.event.listen(engine, "connect", lambda driver, _, path=path: _attach(driver, path))

    def prepare(self, twin: Twin) -> None:
        """Make room for a call."""
        shutil.rmtree(self._base, ignore_errors=True)
        self._base.mkdir(parents=True)
        with closing(sqlite3.connect(self._base / "main.db", isolation_level=None)) as connection:
            _attach(connection, self._base)
            for sql in setup_of(twin.call, "sqlite"):
                connection.execute(sql)
        tables_of(twin.call).create_all(self._base_engine)

    async def by_alembic(self, twin: Twin, run: Callable[[Any], object] | None = None) -> Outcome:
        """Return what Alembic makes of it, in batch mode if it refuses otherwise."""
        self._copy(self._theirs)
        refusal = self._alembic(twin.made(run), in_batch=False)
        if refusal is not None:
            self._copy(self._theirs)
            refusal = self._alembic(twin.made(run), in_batch=True)
        return refusal or self._facts(self._theirs)

    def _alembic(self, call: Call, *, in_batch: bool) -> Refusal | None:
        with self._sync.connect() as connection:
            refusal = by_alembic(connection, call, in_batch=in_batch)
            if refusal is None:
                connection.commit()
            return refusal

    async def by_us(self, twin: Twin) -> Outcome:
        """Return what this package makes of it."""
        self._copy(self._ours)
        async with self._async.connect() as connection:
            refusal = await connection.run_sync(_in_a_transaction, twin.made())
        return refusal or self._facts(self._ours)

    def _copy(self, directory: Path) -> None:
        shutil.rmtree(directory, ignore_errors=True)
        shutil.copytree(self._base, directory)

    def _facts(self, directory: Path) -> Facts:
        with closing(sqlite3.connect(directory / "main.db")) as connection:
            _attach(connection, directory)
            return _comparable(
                {
                    f"{schema} {name}": value
                    for schema in ("main", *SCHEMAS)
                    for name, value in sqlite_facts.facts(connection, schema=schema).items()
                }
            )


def _attach(driver: Any, directory: Path) -> None:
    cursor = driver.cursor()
    cursor.execute("PRAGMA synchronous = OFF")
    for schema in SCHEMAS:
        cursor.execute(f"ATTACH '{directory}/{schema}.db' AS \"{schema}\"")
    cursor.close()


def _in_a_transaction(connection: Connection, call: Call) -> Refusal | None:
    connection.connection.dbapi_connection.isolation_level = None  # type: ignore[union-attr]
    executor = LiveExecutor(connection)
    executor.begin()
    refusal = by_us(executor, call)
    if refusal is None:
        executor.commit()
    else:
        executor.rollback()
    return refusal


class PostgreSQLTwins:
    """One database, in a transaction that is never committed.

    Args:
        connection: A connection to it.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._twin: Twin | None = None

    def prepare(self, twin: Twin) -> None:
        """Note what room is to be made for."""
        self._twin = twin

    async def by_alembic(self, twin: Twin, run: Callable[[Any], object] | None = None) -> Outcome:
        """Return what Alembic makes of it."""
        return await self._connection.run_sync(self._look, twin.made(run), by_alembic)

    async def by_us(self, twin: Twin) -> Outcome:
        """Return what this package makes of it."""

        def make(connection: Connection, call: Call) -> Refusal | None:
            return by_us(LiveExecutor(connection, joined=True), call)

        return await self._connection.run_sync(self._look, twin.made(), make)

    def _look(self, connection: Connection, call: Call, make: Callable[..., Refusal | None]) -> Outcome:
        if self._twin is not None:
            self._make_room(connection, self._twin)
            self._twin = None
        with connection.begin_nested() as savepoint:
            refusal = make(connection, call)
            outcome = refusal or _comparable(postgresql_facts.facts(connection))
            savepoint.rollback()
        return outcome

    def _make_room(self, connection: Connection, twin: Twin) -> None:
        connection.rollback()
        connection.exec_driver_sql("SELECT 1")  # now the driver has begun as well
        script = [f'CREATE SCHEMA "{schema}"' for schema in SCHEMAS]
        script += setup_of(twin.call, "postgresql")
        driver = connection.connection.driver_connection
        await_only(driver.execute(";\n".join(script)))  # type: ignore[union-attr]
        tables_of(twin.call).create_all(connection)


def _comparable(value: Any) -> Any:
    """Return facts with one name for temporary tables, which on PostgreSQL keys and sequences keep, and one time."""
    if isinstance(value, str):
        now = _NOW.sub("now", value)
        return now.replace("_alembic_tmp_", TEMPORARY_PREFIX)
    if isinstance(value, dict):
        return {_comparable(key): _comparable(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(map(_comparable, value))
    return value
