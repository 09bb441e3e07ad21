"""The executor that talks to a database.

Plain synchronous code: it lives in the greenlet of ``AsyncConnection.run_sync``, where SQLAlchemy turns each
driver call into an await. The engine, not the driver and not the caller, begins and ends transactions here. On
SQLite that means switching the driver's own implicit transactions off, because they end before every DDL
statement, and sending ``BEGIN IMMEDIATE`` ourselves: only then is DDL atomic there, and the write lock is taken
before anything was read.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import event, text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, StatementError

from async_migrate.database.concurrent_index import index_work
from async_migrate.database.inspect import attached_to, reflect_table
from async_migrate.ddl import Attached, ddl_for
from async_migrate.ddl.concurrent import index_statement
from async_migrate.ddl.script import parts_of
from async_migrate.ddl.statement import EnsureType, Requirement, TableEvent
from async_migrate.errors import OutsideTransactionError, TransactionEndedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection, CursorResult, Dialect, Executable, RootTransaction, Table
    from sqlalchemy.engine.interfaces import IsolationLevel

    from async_migrate.ddl.script import Part
    from async_migrate.ddl.statement import Action, Statement

__all__ = ["LiveExecutor"]


class LiveExecutor:
    """Runs statements on a connection and owns its transactions.

    Args:
        connection: The connection of the surrounding ``run_sync``.
        joined: The caller's own transaction is open and stays the caller's: begin, commit and rollback do nothing.
        single_transaction: The transaction is that of several revisions, which no statement may end by itself.
    """

    offline = False

    def __init__(
        self, connection: Connection, *, joined: bool = False, single_transaction: bool = False
    ) -> None:
        self._connection = connection
        self._joined = joined
        self._single_transaction = single_transaction
        self._outside = False
        self._transaction: RootTransaction | None = None
        self._committed_early = False
        self._rolled_back = False

    @property
    def joined(self) -> bool:
        """Whether the transaction is the caller's."""
        return self._joined

    @property
    def dialect(self) -> Dialect:
        """The dialect of the connection."""
        return self._connection.dialect

    @property
    def bind(self) -> Connection:
        """The connection itself."""
        return self._connection

    def execute(
        self,
        statement: Executable | str,
        parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
        *,
        execution_options: Mapping[str, Any] | None = None,
    ) -> CursorResult[Any]:
        """Run a statement, or each statement of a script, and return the result of the last.

        Drivers prepare what they send, and a prepared statement is one statement; so scripts are cut here.

        Raises:
            CopyFromStdinError: A statement of a script reads rows that stand in the script.
        """
        options = dict(execution_options or {})
        parts = parts_of(statement, self.dialect.name) if parameters is None else []
        for part in parts[:-1]:
            self._execute_part(part, options).close()
        if parts:
            return self._execute_part(parts[-1], options)
        clause = text(statement) if isinstance(statement, str) else statement
        return self._connection.execute(clause, parameters, execution_options=options)

    def _execute_part(self, part: Part, options: Mapping[str, Any]) -> CursorResult[Any]:
        try:
            return self._connection.execute(part.clause, execution_options=options)
        except StatementError as error:
            if part.position:
                error.add_detail(part.position)
            raise

    def perform(self, action: Action) -> None:
        """Run a statement, let the listeners of a table run, or create a type that is not there yet."""
        if isinstance(action, TableEvent):
            getattr(action.table.dispatch, action.name)(
                action.table,
                self._connection,
                # A type shared by two tables is created by the first of them only.
                checkfirst=True,
                # SQLAlchemy 2.0 would drop the types of a lone table without a look at other tables.
                _is_metadata_operation=action.name.endswith("_drop"),
            )
        elif isinstance(action, EnsureType):
            action.type.create(self._connection, checkfirst=True)
        elif isinstance(action, Requirement):
            self._require(action)
        elif action.autocommit:
            self._perform_outside(action)
        else:
            self._perform(action)

    def _perform_outside(self, statement: Statement) -> None:
        """Run a statement outside the transaction, and with an index what else that takes.

        Raises:
            OutsideTransactionError: The transaction may not be ended here.
        """
        sql = self._as_sent(statement)
        self._check_may_leave(sql)
        work = (
            index_work(self._connection, index_statement(sql)) if self.dialect.name == "postgresql" else None
        )
        if work is not None and work.is_done():
            return
        with self.autocommit_block():
            if work is None:
                self._perform(statement)
            else:
                work.run(lambda: self._perform(statement))

    def _as_sent(self, statement: Statement) -> str:
        options = {**self._connection.get_execution_options(), **statement.execution_options}
        schemas = options.get("schema_translate_map")
        clause: Any = statement.clause
        return str(
            clause.compile(
                dialect=self.dialect, schema_translate_map=schemas, render_schema_translate=bool(schemas)
            )
        ).strip()

    def _check_may_leave(self, sql: str) -> None:
        if self._outside:
            return
        if self._joined:
            raise OutsideTransactionError(sql, held_by="caller")
        if self._single_transaction:
            raise OutsideTransactionError(sql, held_by="single_transaction")
        if self._connection.in_nested_transaction():
            raise OutsideTransactionError(sql, held_by="savepoint")

    def _perform(self, statement: Statement) -> None:
        try:
            result = self.execute(
                statement.clause, statement.parameters, execution_options=statement.execution_options
            )
        except (DataError, IntegrityError) as error:
            if statement.refusal is None:
                raise
            raise statement.refusal(str(error.orig)) from error
        result.close()

    def _require(self, requirement: Requirement) -> None:
        try:
            found = self._connection.execute(requirement.query).all()
        except DBAPIError as error:
            raise requirement.refusal([str(error.orig)]) from error
        if requirement.is_empty and found:
            raise requirement.refusal([str(row[0]) for row in found])

    def reflect_table(self, name: str, *, schema: str | None = None) -> Table:
        """Return a table as the database has it now."""
        return reflect_table(self._connection, name, schema=schema)

    def attached_to(self, name: str, *, schema: str | None = None) -> Attached:
        """Return what hangs on a table besides its columns, where a rebuild must care for it: on SQLite."""
        if self.dialect.name != "sqlite":
            return Attached()
        return attached_to(self._connection, name, schema=schema)

    @property
    def transactional(self) -> bool:
        """Whether DDL can be rolled back here."""
        return ddl_for(self.dialect).transactional

    @property
    def committed_early(self) -> bool:
        """Whether something was committed since :meth:`begin`, by an autocommit block or by the body itself."""
        return self._committed_early or (self._ended_by_body and not self._rolled_back)

    @property
    def rolled_back(self) -> bool:
        """Whether the body has rolled back since :meth:`begin`, and with it what it did before."""
        return self._rolled_back

    @property
    def _ended_by_body(self) -> bool:
        return not self._joined and (self._transaction is None or not self._transaction.is_active)

    def begin(self) -> None:
        """Open a transaction that only :meth:`commit` or :meth:`rollback` may end."""
        self._committed_early = self._rolled_back = False
        if not self._joined:
            self._open()
            event.listen(self._connection, "rollback", self._notice_rollback)

    def resume(self) -> bool:
        """Open a transaction where the body has ended the one from :meth:`begin`, and return whether it had."""
        ended = self._ended_by_body
        if ended:
            self._committed_early = True
            self._open()
        return ended

    def commit(self) -> None:
        """Commit.

        Raises:
            TransactionEndedError: Somebody else had ended the transaction, so there was nothing left to commit.
        """
        if self._joined:
            return
        self._stop_noticing()
        self._end()

    def rollback(self) -> None:
        """Undo everything since :meth:`begin`; harmless when nothing is open."""
        if self._joined:
            return
        self._stop_noticing()
        transaction, self._transaction = self._transaction, None
        if transaction is not None and transaction.is_active:
            transaction.rollback()
        elif self._connection.in_transaction():
            self._connection.rollback()

    def _end(self) -> None:
        transaction, self._transaction = self._transaction, None
        if transaction is None or not transaction.is_active:
            raise TransactionEndedError
        transaction.commit()

    def _notice_rollback(self, connection: Connection) -> None:
        del connection
        self._rolled_back = True

    def _stop_noticing(self) -> None:
        if event.contains(self._connection, "rollback", self._notice_rollback):
            event.remove(self._connection, "rollback", self._notice_rollback)

    def comment(self, text: str) -> None:
        """Do nothing: there is no script."""

    @contextmanager
    def autocommit_block(self) -> Iterator[None]:
        """Commit, run the block with every statement on its own, and begin anew; inside another block do nothing.

        Raises:
            TransactionEndedError: The transaction is the caller's, which must not be committed here.
        """
        if self._outside:
            yield
            return
        if self._joined:
            raise TransactionEndedError
        self._end()
        self._committed_early = self._outside = True
        try:
            if self.dialect.name == "sqlite":
                # The driver is in autocommit already; leaving BEGIN out is all there is to do.
                yield
            else:
                with self._isolated_as("AUTOCOMMIT"):
                    yield
        except Exception as error:
            self._open_after(error)
            raise
        finally:
            self._outside = False
        self._open()

    def _open_after(self, error: Exception) -> None:
        """Open a transaction for a body that catches what a block raised, and goes on."""
        if self._connection.invalidated:
            return
        try:
            self._open()
        except Exception as second:  # noqa: BLE001  # must not hide what the block raised
            error.add_note(f"No transaction could be opened after it: {second}")

    def _open(self) -> None:
        if self._connection.in_transaction():
            # A read, or a body that committed by itself, has left SQLAlchemy's implicit transaction open.
            self._connection.commit()
        self._transaction = self._connection.begin()
        if self.dialect.name == "sqlite" and not self._driver_in_transaction():
            self._connection.exec_driver_sql("BEGIN IMMEDIATE")

    @contextmanager
    def _isolated_as(self, level: IsolationLevel) -> Iterator[None]:
        before = self._connection.get_isolation_level()
        self._connection.execution_options(isolation_level=level)
        try:
            yield
        finally:
            # A connection that broke inside the block has nothing to restore, and must not hide why it broke.
            if not self._connection.invalidated:
                if self._connection.in_transaction():
                    self._connection.commit()
                self._connection.execution_options(isolation_level=before)

    def _driver_in_transaction(self) -> bool:
        driver = self._connection.connection.driver_connection
        return bool(getattr(driver, "in_transaction", False))
