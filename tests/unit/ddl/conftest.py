"""Statements of operations, and tables of a real SQLite to try a rebuild on."""

from __future__ import annotations

import re
import sqlite3
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from sqlalchemy import URL

from async_migrate.ddl import EnsureType, Statement, ddl_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlalchemy import Dialect, Table

    from async_migrate.ddl import Action, DialectDDL
    from async_migrate.operations.base import MigrateOperation
    from async_migrate.operations.containers import BatchAlterTable


class MakeDDL(Protocol):
    def __call__(self, dialect: str, naming_convention: Mapping[str, str] | None = None) -> DialectDDL: ...


def dialect_named(name: str) -> Dialect:
    return URL.create(name).get_dialect()(paramstyle="named")


def written(actions: Iterable[Action], dialect: Dialect) -> list[str]:
    """Return the SQL of actions on one line each; a type to ensure is written as ENSURE and its name."""
    lines = []
    for action in actions:
        if isinstance(action, EnsureType):
            lines.append(f"ENSURE {action.type.name}")
        elif isinstance(action, Statement):
            compiled = action.clause.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
            lines.append(re.sub(r"\s+", " ", str(compiled)).strip())
    return lines


@pytest.fixture
def ddl() -> MakeDDL:
    """Give the generator of a dialect by its name."""

    def make(dialect: str, naming_convention: Mapping[str, str] | None = None) -> DialectDDL:
        return ddl_for(dialect_named(dialect), naming_convention)

    return make


@pytest.fixture
def sql(ddl: MakeDDL) -> Any:
    """Give the statements of an operation on a dialect."""

    def write(
        dialect: str, operation: MigrateOperation, naming_convention: Mapping[str, str] | None = None
    ) -> list[str]:
        generator = ddl(dialect, naming_convention)
        return written(generator.actions(operation), generator.dialect)

    return write


class Database:
    """An SQLite database in memory, and rebuilds of its tables."""

    def __init__(self, *statements: str) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.ddl = ddl_for(dialect_named("sqlite"))
        for statement in statements:
            self.connection.execute(statement)

    def rebuild(self, batch: BatchAlterTable, table: Table) -> list[str]:
        """Carry out a batch in one transaction and return its statements."""
        statements = written(self.ddl.rebuild(batch, table), self.ddl.dialect)
        self.connection.execute("BEGIN IMMEDIATE")
        for statement in statements:
            self.connection.execute(statement)
        self.connection.execute("COMMIT")
        return statements

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        return self.connection.execute(query).fetchall()

    def definition(self, name: str) -> str:
        """Return the text by which something was created, on one line."""
        found = self.connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()
        return re.sub(r"\s+", " ", found[0]) if found else ""


@pytest.fixture
def database() -> Iterator[Any]:
    """Give a function that makes a database of statements."""
    made: list[Database] = []

    def make(*statements: str) -> Database:
        made.append(Database(*statements))
        return made[-1]

    yield make
    for each in made:
        each.connection.close()
