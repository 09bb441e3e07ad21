"""The version table: one row for each applied head.

The shape is Alembic's, so that a project can move either way. Only the width differs: readable identifiers are
longer than 32 characters, and a narrower table that is found is widened when such an identifier is first written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import Column, MetaData, PrimaryKeyConstraint, String, Table, delete, insert, select, update
from sqlalchemy import inspect as inspect_database
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateTable

from async_migrate.ddl import ddl_for
from async_migrate.errors import ForeignHistoryError, VersionRowMissingError, VersionRowUnreadableError
from async_migrate.operations.columns import AlterColumnOp

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from sqlalchemy import ColumnElement, Connection, Executable

    from async_migrate.database.executor import Executor

__all__ = ["VersionRows", "VersionTable", "refuse_foreign_history"]

ALEMBIC_TABLE = "alembic_version"
"""The version table that Alembic creates unless it is told otherwise."""

WIDTH = 255
"""Characters of an identifier: the most that every supported database takes as a primary key."""


@dataclass(frozen=True, slots=True)
class VersionRows:
    """What the version table says.

    Attributes:
        heads: The applied heads.
        table_exists: Whether there is a table at all.
    """

    heads: frozenset[str] = field(default_factory=frozenset)
    table_exists: bool = False


class VersionTable:
    """Reads and edits the version table of one database.

    Args:
        name: The table.
        schema: Its schema; the connection's default one where it is None.
        primary_key: Whether the table is created with a primary key.
    """

    def __init__(self, name: str, *, schema: str | None = None, primary_key: bool = True) -> None:
        self.table = Table(
            name, MetaData(), Column("version_num", String(WIDTH), nullable=False), schema=schema
        )
        if primary_key:
            self.table.append_constraint(PrimaryKeyConstraint("version_num", name=f"{name}_pkc"))

    @property
    def shown_name(self) -> str:
        """The name as it is printed."""
        return str(self.table)

    def read(self, connection: Connection) -> VersionRows:
        """Return the applied heads with one query, and leave no transaction open that was not open before.

        Whether the table exists is only asked when reading it failed, so that the usual case, a database that
        is up to date, costs a single query. In a transaction of the caller's it is asked first: there, a query that
        fails would spoil everything.

        Raises:
            VersionRowUnreadableError: A row holds something else than text.
        """
        if connection.in_transaction():
            exists = self._exists(connection)
            return VersionRows(self.heads(connection), table_exists=True) if exists else VersionRows()
        try:
            return VersionRows(self.heads(connection), table_exists=True)
        except DBAPIError:
            connection.rollback()
            if self._exists(connection):
                raise
            return VersionRows()
        finally:
            connection.rollback()

    def _exists(self, connection: Connection) -> bool:
        return inspect_database(connection).has_table(self.table.name, schema=self.table.schema)

    def heads(self, connection: Connection) -> frozenset[str]:
        """Return the rows of a table that is known to exist, in whatever transaction is open.

        Raises:
            VersionRowUnreadableError: A row holds something else than text.
        """
        values = connection.scalars(select(self.table.c.version_num)).all()
        for value in values:
            if not isinstance(value, str):
                raise VersionRowUnreadableError(self.shown_name, value=value)
        return frozenset(values)

    def create(self, executor: Executor) -> None:
        """Create the table; the caller knows that there is none."""
        executor.execute(CreateTable(self.table))

    def edit(self, executor: Executor, *, before: AbstractSet[str], after: AbstractSet[str]) -> None:
        """Turn the rows of one state into those of another, in the executor's transaction.

        Rows that stay are not touched; as many as possible are updated in place, which is what a linear step
        is: one UPDATE.

        Raises:
            VersionRowMissingError: A row that should change is not there, so somebody else changed it.
        """
        gone, new = sorted(before - after), sorted(after - before)
        for old, successor in zip(gone, new, strict=False):
            self._change_row(
                executor, update(self.table).where(self._is(old)).values(version_num=successor), revision=old
            )
        for old in gone[len(new) :]:
            self._change_row(executor, delete(self.table).where(self._is(old)), revision=old)
        for successor in new[len(gone) :]:
            executor.execute(insert(self.table).values(version_num=successor))

    def clear(self, executor: Executor) -> None:
        """Delete every row, whatever it says."""
        executor.execute(delete(self.table))

    def fits(self, connection: Connection) -> bool:
        """Return whether the existing table takes identifiers of every length that :meth:`create` allows."""
        if connection.dialect.name == "sqlite":
            return True  # declared lengths are not enforced there
        columns = inspect_database(connection).get_columns(self.table.name, schema=self.table.schema)
        connection.rollback()
        width = next((getattr(column["type"], "length", None) for column in columns), None)
        return width is None or width >= WIDTH

    def widen(self, executor: Executor) -> None:
        """Make room for long identifiers in a table that Alembic created."""
        operation = AlterColumnOp(
            self.table.name,
            "version_num",
            schema=self.table.schema,
            modify_type=String(WIDTH),
            existing_type=String(32),
            existing_nullable=False,
        )
        for action in ddl_for(executor.dialect).actions(operation):
            executor.perform(action)

    def _is(self, revision: str) -> ColumnElement[bool]:
        return self.table.c.version_num == revision

    def _change_row(self, executor: Executor, statement: Executable, *, revision: str) -> None:
        result = executor.execute(statement)
        if result is None or not executor.dialect.supports_sane_rowcount:
            return
        if result.rowcount != 1:
            raise VersionRowMissingError(self.shown_name, revision=revision, found=result.rowcount)


def refuse_foreign_history(connection: Connection, table: VersionTable) -> None:
    """Refuse a database that has no version table of ours, but rows in Alembic's.

    Running its history from the base would create what is there already, or change data twice. Asked only where
    there is no version table, so a database that is in use pays nothing.

    Raises:
        ForeignHistoryError: There are such rows.
    """
    alembic = VersionTable(ALEMBIC_TABLE, schema=table.table.schema)
    if table.table.name == ALEMBIC_TABLE:
        return
    rows = alembic.read(connection)
    if rows.heads:
        raise ForeignHistoryError(alembic.shown_name, ours=table.shown_name, heads=sorted(rows.heads))
