"""The executor that writes down what would have been sent."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import TextClause, text
from sqlalchemy.dialects.postgresql import ENUM
from sqlalchemy.engine.mock import MockConnection
from sqlalchemy.schema import ExecutableDDLElement
from sqlalchemy.sql.dml import Insert

from async_migrate.database.dialects import dialect_named, script_dialect
from async_migrate.ddl import Attached, ddl_for
from async_migrate.ddl.script import parts_of, terminated
from async_migrate.ddl.statement import EnsureType, Requirement, TableEvent
from async_migrate.errors import NotOfflineError, OutsideTransactionError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Dialect, Executable, Table

    from async_migrate.ddl.statement import Action, Statement

__all__ = ["RecordingExecutor", "Sent"]


@dataclass(frozen=True, slots=True)
class Sent:
    """A statement as a driver would get it.

    Attributes:
        sql: The text, with the driver's own placeholders.
        parameters: The values for them; several for an executemany, None where there are none.
    """

    sql: str
    parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class _Line:
    kind: Literal["statement", "comment", "control"]
    text: str


@dataclass(frozen=True, slots=True)
class _WrittenTypes:
    """The named types that a script has created, kept as SQLAlchemy's events look for them."""

    memo: dict[str, set[tuple[str | None, str | None]]] = field(default_factory=dict)

    def note(self, statement: Statement) -> None:
        """Note the type that a statement makes, and forget the one that it drops."""
        if statement.drops_type is not None:
            for names in self.memo.values():
                names.discard(statement.drops_type)
        if statement.makes_type is not None:
            self.memo.setdefault(f"pg_{ENUM.__visit_name__}", set()).add(statement.makes_type)


class RecordingExecutor:
    """Collects SQL with literal values, in the order in which it would run.

    Args:
        dialect: The dialect, or its name.
        single_transaction: The transaction is that of several revisions, which no statement may end by itself.
    """

    offline = True
    joined = False

    def __init__(self, dialect: Dialect | str, *, single_transaction: bool = False) -> None:
        self._single_transaction = single_transaction
        self._driver_dialect = dialect_named(dialect) if isinstance(dialect, str) else dialect
        self._dialect = script_dialect(self._driver_dialect)
        self._ddl = ddl_for(self._dialect)
        self._lines: list[_Line] = []
        self._sent: list[Sent] = []
        self._in_transaction = False
        self._types = _WrittenTypes()

    @property
    def dialect(self) -> Dialect:
        """The dialect of the script."""
        return self._dialect

    @cached_property
    def bind(self) -> MockConnection:
        """A connection that records too, so that ``op.get_bind().execute(...)`` lands in the script."""
        return MockConnection(self._dialect, self._execute_on_bind)

    def statements(self) -> list[str]:
        """Return the statements, without terminators, comments and transaction control."""
        return [line.text for line in self._lines if line.kind == "statement"]

    def sent(self) -> list[Sent]:
        """Return the statements as a driver would get them."""
        return list(self._sent)

    def script(self) -> str:
        """Return the whole script, ready to be piped into the database's own client."""
        return "".join(f"{self._terminated(line)}\n\n" for line in self._lines)

    def execute(
        self,
        statement: Executable | str,
        parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
        *,
        execution_options: Mapping[str, object] | None = None,
    ) -> None:
        """Write a statement down; several rows, and a script, become several statements.

        Raises:
            CopyFromStdinError: A statement of a script reads rows that stand in the script.
        """
        del execution_options
        if parameters is None:
            for part in parts_of(statement, self._dialect.name):
                self._send(part.clause)
                self._add(part.clause)
            return
        clause = text(statement) if isinstance(statement, str) else statement
        self._send(clause, parameters)
        for row in [parameters] if isinstance(parameters, Mapping) else parameters:
            self._add(_with_values(clause, row))

    def perform(self, action: Action) -> None:
        """Write a statement down, or let the listeners of a table write theirs."""
        if isinstance(action, TableEvent):
            getattr(action.table.dispatch, action.name)(
                action.table,
                self.bind,
                checkfirst=False,
                _ddl_runner=self._types,
                # Drops of types are statements of their own, see LiveExecutor.
                _is_metadata_operation=action.name.endswith("_drop"),
            )
        elif isinstance(action, EnsureType):
            name = (action.type.schema, action.type.name)
            written = self._types.memo.setdefault(f"pg_{action.type.__visit_name__}", set())
            if name not in written:
                written.add(name)
                action.type.create(self.bind, checkfirst=False)
        elif isinstance(action, Requirement):
            return  # there is no database to ask
        elif action.autocommit:
            if self._single_transaction and self._in_transaction:
                raise OutsideTransactionError(self._literal(action.clause), held_by="single_transaction")
            with self.autocommit_block():
                self.execute(action.clause, action.parameters)
        else:
            self.execute(action.clause, action.parameters)
            self._types.note(action)

    def reflect_table(self, name: str, *, schema: str | None = None) -> Table:
        """Refuse: there is no database to ask.

        Raises:
            NotOfflineError: Always.
        """
        table = f"{schema}.{name}" if schema else name
        raise NotOfflineError(
            f"the definition of table {table!r} must be read from the database",
            step="Pass copy_from= with the table as it is to batch_alter_table(), or run online.",
        )

    def attached_to(self, name: str, *, schema: str | None = None) -> Attached:
        """Return nothing: there is no database to ask."""
        del name, schema
        return Attached()

    @property
    def transactional(self) -> bool:
        """Whether DDL can be rolled back on the database that the script is for."""
        return self._ddl.transactional

    @property
    def committed_early(self) -> bool:
        """False: a script is not run here."""
        return False

    @property
    def rolled_back(self) -> bool:
        """False: a script is not run here."""
        return False

    def resume(self) -> bool:
        """Do nothing: no body can end a transaction that is only written down."""
        return False

    def begin(self) -> None:
        """Write BEGIN, where the database has transactional DDL."""
        self._in_transaction = True
        self._control(self._ddl.begin_text)

    def commit(self) -> None:
        """Write COMMIT."""
        self._in_transaction = False
        self._control(self._ddl.commit_text)

    def rollback(self) -> None:
        """Do nothing: a script that failed to be written is thrown away."""

    def comment(self, text: str) -> None:
        """Write a comment."""
        self._lines.append(_Line("comment", f"-- {' '.join(text.split())}"))

    @contextmanager
    def autocommit_block(self) -> Iterator[None]:
        """Write COMMIT before the block and BEGIN after it, where a transaction is open."""
        was_open = self._in_transaction
        if was_open:
            self.commit()
        yield
        if was_open:
            self.begin()

    def _execute_on_bind(
        self, clause: Executable, parameters: Any = None, /, *args: Any, **kwargs: Any
    ) -> None:
        del args, kwargs
        self.execute(clause, parameters or None)

    def _send(
        self, clause: Executable, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> None:
        self._sent.append(Sent(str(clause.compile(dialect=self._driver_dialect)), parameters))  # type: ignore[attr-defined]

    def _add(self, clause: Executable) -> None:
        self._lines.append(_Line("statement", self._literal(clause)))

    def _literal(self, clause: Executable) -> str:
        options = {} if isinstance(clause, ExecutableDDLElement) else {"literal_binds": True}
        compiled = clause.compile(dialect=self._dialect, compile_kwargs=options)  # type: ignore[attr-defined]
        return str(compiled).replace("\t", "    ").strip()

    def _control(self, words: str) -> None:
        if self._ddl.transactional and words:
            self._lines.append(_Line("control", words))

    def _terminated(self, line: _Line) -> str:
        if line.kind == "comment":
            return line.text
        ended = terminated(line.text, self._dialect.name, terminator=self._ddl.terminator)
        return f"{ended}\n{self._ddl.separator}" if self._ddl.separator else ended


def _with_values(clause: Executable, row: Mapping[str, Any]) -> Executable:
    if isinstance(clause, Insert):
        return clause.values(dict(row))
    if isinstance(clause, TextClause):
        return clause.bindparams(**row)
    return clause.params(dict(row))  # type: ignore[attr-defined, no-any-return]
