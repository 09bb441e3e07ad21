"""Indexes that PostgreSQL builds and drops while others go on writing.

``CREATE INDEX CONCURRENTLY`` is several transactions on the server. One that fails, or whose client is killed, leaves
an index behind that is *invalid*: it is not used, yet every write keeps it up to date, its name is taken, and ``IF NOT
EXISTS`` takes it for good. A server process whose client was killed does not notice, and goes on building.

So that a run which was cut short can simply be run again, a build here waits until nobody else builds on that table,
drops an invalid leftover, takes an index that is there and valid for what it was to build if the server describes both
in the same words, and looks afterwards whether its own is valid.

Waiting is done by asking again and again, never in the queue for a lock: who stands in a queue holds a snapshot,
and a build that was there first waits for that, which is a deadlock.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from async_migrate.ddl.concurrent import ConcurrentBuild, ConcurrentDrop
from async_migrate.errors import (
    IndexBuildFailedError,
    IndexMissingError,
    IndexNameTakenError,
    NameDiffersOutsideError,
    PartitionedIndexError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

__all__ = ["IndexBuild", "IndexDrop", "index_work"]

logger = logging.getLogger("async_migrate")

# pid is the one thing about other people's builds that everybody may see. The lock tells on which table they work.
_BUILDERS = """
    ARRAY(
        SELECT DISTINCT p.pid
        FROM pg_catalog.pg_stat_progress_create_index AS p JOIN pg_catalog.pg_locks AS l ON l.pid = p.pid
        WHERE p.datname = current_database() AND l.locktype = 'relation' AND l.relation = t.oid
            AND l.mode = 'ShareUpdateExclusiveLock'
    ) AS builders
"""

_BEFORE_BUILD = text(f"""
    SELECT t.oid AS table_oid, t.relkind = 'p' AS is_partitioned, n.oid AS named_oid,
        x.indrelid = t.oid AS is_on_table, x.indisvalid AND x.indisready AS is_valid,
        quote_ident(s.nspname) || '.' || quote_ident(n.relname) AS full_name,
        CAST(CAST(x.indrelid AS regclass) AS text) AS owner,
        {_BUILDERS}
    FROM pg_catalog.pg_class AS t
        JOIN pg_catalog.pg_namespace AS s ON s.oid = t.relnamespace
        LEFT JOIN pg_catalog.pg_class AS n
            ON n.relnamespace = t.relnamespace AND n.relname = CAST((parse_ident(:index))[1] AS name)
        LEFT JOIN pg_catalog.pg_index AS x ON x.indexrelid = n.oid
    WHERE t.oid = CAST(:table AS regclass)
""")  # noqa: S608  # made of constants

_BEFORE_DROP = text(f"""
    SELECT n.oid, n.oid = to_regclass(:index) AS is_named, n.relkind = 'I' AS is_partitioned, {_BUILDERS}
    FROM pg_catalog.pg_class AS n
        LEFT JOIN pg_catalog.pg_index AS x ON x.indexrelid = n.oid
        LEFT JOIN pg_catalog.pg_class AS t ON t.oid = x.indrelid
    WHERE n.oid = coalesce(CAST(:oid AS oid), to_regclass(:index))
""")  # noqa: S608  # made of constants

# What pg_get_indexdef() says from USING on is independent of the names of the index and its table.
_SAME_DEFINITION = text("""
    SELECT count(*) = 2 AND count(DISTINCT (x.indisunique, substr(d.sql, strpos(d.sql, ' USING ')))) = 1
    FROM pg_catalog.pg_index AS x CROSS JOIN LATERAL pg_get_indexdef(x.indexrelid) AS d (sql)
    WHERE x.indexrelid = :oid OR x.indrelid = CAST('pg_temp.async_migrate_likeness' AS regclass)
""")

_A_MOMENT = text("SELECT pg_sleep(0.2)")


def index_work(
    connection: Connection, statement: ConcurrentBuild | ConcurrentDrop | None
) -> IndexBuild | IndexDrop | None:
    """Return how to carry out what a statement does to an index; ``None`` if it does not do anything to one."""
    match statement:
        case ConcurrentBuild():
            return IndexBuild(connection, statement)
        case ConcurrentDrop():
            return IndexDrop(connection, statement)
        case None:
            return None


@dataclass(frozen=True, slots=True)
class _Found:
    """What the catalogue says about a table and the name of an index to build on it.

    Attributes:
        table_oid: The table.
        is_partitioned: Whether its rows are in partitions.
        named_oid: Whatever has the name of the index in the schema of the table.
        is_on_table: Whether that is an index on the table; ``None`` if it is no index, or nothing.
        is_valid: Whether that index is complete.
        full_name: Its name with its schema, quoted.
        owner: The table of that index, for messages.
        builders: The server processes that build an index on the table.
    """

    table_oid: int
    is_partitioned: bool
    named_oid: int | None
    is_on_table: bool | None
    is_valid: bool | None
    full_name: str | None
    owner: str | None
    builders: list[int]

    @property
    def leftover(self) -> str | None:
        """The full name of what a build that ended early has left on the table, if it has left anything."""
        return self.full_name if self.is_on_table and not self.is_valid and not self.builders else None


class IndexBuild:
    """One ``CREATE INDEX CONCURRENTLY``.

    Args:
        connection: Where.
        build: What.
    """

    def __init__(self, connection: Connection, build: ConcurrentBuild) -> None:
        self._connection = connection
        self._build = build
        self._table_oid: int | None = None

    def is_done(self) -> bool:
        """Return whether there is nothing to do, asked while the transaction of the revision is still open.

        Raises:
            PartitionedIndexError: The server cannot do it.
            IndexNameTakenError: ``IF NOT EXISTS`` would be content with something else of that name.
        """
        found = self._look()
        self._table_oid = found.table_oid
        if found.is_partitioned:
            raise PartitionedIndexError(self._build.index, table=self._build.table)
        return self._build.is_guarded and self._is_satisfied(found)

    def run(self, send: Callable[[], None]) -> None:
        """Build the index, outside any transaction.

        Args:
            send: Sends the statement.

        Raises:
            NameDiffersOutsideError: The name of the table has become that of another one.
            IndexBuildFailedError: The build failed after it had begun.
            DBAPIError: It failed before.
        """
        found = self._look_when_nobody_builds()
        if found.table_oid != self._table_oid:
            raise NameDiffersOutsideError(self._build.table, index=self._build.index)
        if found.leftover:
            logger.info("Dropping index %s, which an earlier build left invalid.", found.leftover)
            self._drop(found.leftover)
        elif self._is_satisfied(found):
            return
        try:
            send()
        except DBAPIError as error:
            if not self._connection.invalidated and (leftover := self._look().leftover):
                raise self._failed(_words(error), leftover) from error
            raise
        found = self._look()
        if not (found.is_on_table and found.is_valid):
            raise self._failed("the server took the statement, yet has no valid index now", found.leftover)

    def _look(self) -> _Found:
        names = {"index": self._build.index, "table": self._build.table}
        return _Found(**self._connection.execute(_BEFORE_BUILD, names).one()._mapping)  # noqa: SLF001  # public

    def _look_when_nobody_builds(self) -> _Found:
        found = self._look()
        _tell_waiting(found.builders, self._build.table)
        while found.builders:
            self._connection.execute(_A_MOMENT).close()
            found = self._look()
        return found

    def _is_satisfied(self, found: _Found) -> bool:
        """Return whether the index is there and valid, and may count as what is to be built."""
        if found.named_oid is None or (found.is_on_table and not found.is_valid):
            return False
        if self._build.is_guarded and not found.is_on_table:
            raise IndexNameTakenError(self._build.index, table=self._build.table, owner=found.owner)
        if not found.is_on_table or not (self._build.is_guarded or self._is_same(found.named_oid)):
            return False
        logger.info("Index %s is there already and valid.", found.full_name)
        return True

    def _is_same(self, oid: int) -> bool:
        """Return whether an index is what the statement would build, by building that on an empty copy of the table."""
        send = self._connection.exec_driver_sql
        send("BEGIN")
        try:
            send(
                f"CREATE TEMPORARY TABLE async_migrate_likeness (LIKE {self._build.table}) ON COMMIT DROP"
            ).close()
            send(self._build.on("pg_temp.async_migrate_likeness")).close()
            return bool(self._connection.scalar(_SAME_DEFINITION, {"oid": oid}))
        except DBAPIError:
            return False
        finally:
            if not self._connection.invalidated:
                send("ROLLBACK").close()

    def _failed(self, reason: str, leftover: str | None) -> IndexBuildFailedError:
        """Drop what a failed build has left, and return the error."""
        kept = None
        if leftover is not None:
            try:
                self._drop(leftover)
            except DBAPIError as second:
                kept = _words(second)
        return IndexBuildFailedError(self._build.index, table=self._build.table, reason=reason, leftover=kept)

    def _drop(self, full_name: str) -> None:
        self._connection.exec_driver_sql(f"DROP INDEX CONCURRENTLY IF EXISTS {full_name}").close()


class IndexDrop:
    """One ``DROP INDEX CONCURRENTLY``.

    Args:
        connection: Where.
        drop: What.
    """

    def __init__(self, connection: Connection, drop: ConcurrentDrop) -> None:
        self._connection = connection
        self._drop = drop
        self._oid: int | None = None

    def is_done(self) -> bool:
        """Return whether there is nothing to do, asked while the transaction of the revision is still open.

        Raises:
            IndexMissingError: There is no such index, and no ``IF EXISTS``.
            PartitionedIndexError: The server cannot do it.
        """
        found = self._look()
        if found is None and not self._drop.is_guarded:
            raise IndexMissingError(self._drop.index)
        if found is not None and found.is_partitioned:
            raise PartitionedIndexError(self._drop.index)
        self._oid = None if found is None else found.oid
        return found is None

    def run(self, send: Callable[[], None]) -> None:
        """Drop the index, outside any transaction.

        Args:
            send: Sends the statement.

        Raises:
            NameDiffersOutsideError: The name has become that of another index, or of none.
        """
        found = self._look()
        _tell_waiting(found.builders if found else [], self._drop.index)
        while found is not None and found.builders:
            self._connection.execute(_A_MOMENT).close()
            found = self._look()
        if found is None:
            return  # somebody else was about to drop it
        if not found.is_named:
            raise NameDiffersOutsideError(self._drop.index, index=self._drop.index)
        send()

    def _look(self) -> Any:
        names = {"index": self._drop.index, "oid": self._oid}
        return self._connection.execute(_BEFORE_DROP, names).one_or_none()


def _tell_waiting(builders: list[int], subject: str) -> None:
    if builders:
        logger.warning(
            "Waiting for server process %s, which builds an index (%s); pg_terminate_backend() would end it.",
            ", ".join(map(str, builders)),
            subject,
        )


def _words(error: DBAPIError) -> str:
    cause: BaseException = error.orig or error
    # Drivers' errors are wrapped: the innermost one is what the server said.
    while cause.__cause__ is not None:
        cause = cause.__cause__
    return " ".join(str(cause).split())
