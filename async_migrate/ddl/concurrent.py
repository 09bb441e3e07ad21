"""Statements of PostgreSQL that say CONCURRENTLY, read from their SQL.

The server runs them outside transactions only. Most of them build or drop an index, and leave one behind that is
invalid when they fail or are cut short, so whoever sends them must know which index and which table they are about.

That is read from the SQL rather than from SQLAlchemy's objects: the names are then the very ones that the server gets,
after naming conventions, truncation and ``schema_translate_map``, and SQL that the author wrote is understood alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from async_migrate.ddl.script import split_script

__all__ = ["ConcurrentBuild", "ConcurrentDrop", "index_statement", "must_run_alone"]


@dataclass(frozen=True, slots=True)
class ConcurrentBuild:
    """``CREATE INDEX CONCURRENTLY``.

    Attributes:
        index: The name of the index, written as in the statement.
        table: Its table, the schema included where the statement names it.
        is_unique: Whether no two rows may agree.
        is_guarded: Whether its presence is no error (``IF NOT EXISTS``).
        definition: What follows the table.
    """

    index: str
    table: str
    is_unique: bool
    is_guarded: bool
    definition: str

    def on(self, table: str) -> str:
        """Return the SQL that builds the same index in the ordinary way on another table."""
        return f"CREATE {'UNIQUE ' if self.is_unique else ''}INDEX {self.index} ON {table} {self.definition}"


@dataclass(frozen=True, slots=True)
class ConcurrentDrop:
    """``DROP INDEX CONCURRENTLY``.

    Attributes:
        index: The index, written as in the statement.
        is_guarded: Whether its absence is no error (``IF EXISTS``).
    """

    index: str
    is_guarded: bool


_NAME = r'(?: "(?:[^"]|"")+" | [^\W\d][\w$]* )'
_QUALIFIED = rf"{_NAME}(?:\s*\.\s*{_NAME})*"

_BUILD = re.compile(
    rf"""
    \s* CREATE \s+ (?P<unique> UNIQUE \s+)? INDEX \s+ CONCURRENTLY \s+ (?P<guard> IF \s+ NOT \s+ EXISTS \s+)?
    (?P<index> {_NAME}) \s+ ON \s+ (?: ONLY \s+)? (?P<table> {_QUALIFIED}) \s* (?P<definition> (?:\(|USING\b) .*)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_DROP = re.compile(
    rf"""
    \s* DROP \s+ INDEX \s+ CONCURRENTLY \s+ (?P<guard> IF \s+ EXISTS \s+)?
    (?P<index> {_QUALIFIED}) (?: \s+ RESTRICT)? \s*
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ALONE = re.compile(
    r"""
    \s* (?: (?: CREATE \s+ (?:UNIQUE \s+)? INDEX | DROP \s+ INDEX ) \s+ CONCURRENTLY \b
          | REINDEX \s* (?: \([^()]*\) \s* | \s ) (?: INDEX | TABLE | SCHEMA | DATABASE ) \s+ CONCURRENTLY \b
          | REINDEX \s* \( [^()]* \b CONCURRENTLY \s* [,)] )
    """,
    re.VERBOSE | re.IGNORECASE,
)


def index_statement(sql: str) -> ConcurrentBuild | ConcurrentDrop | None:
    """Return what a single statement does to which index; ``None`` if it is another one, or the index has no name."""
    sql = sql.rstrip().rstrip(";")
    if built := _BUILD.fullmatch(sql):
        return ConcurrentBuild(
            index=built["index"],
            table=built["table"],
            is_unique=bool(built["unique"]),
            is_guarded=bool(built["guard"]),
            definition=built["definition"],
        )
    if dropped := _DROP.fullmatch(sql):
        return ConcurrentDrop(index=dropped["index"], is_guarded=bool(dropped["guard"]))
    return None


def must_run_alone(sql: str) -> bool:
    """Return whether SQL is one statement on an index that says CONCURRENTLY, for which a transaction must end."""
    return _ALONE.match(sql) is not None and len(split_script(sql, "postgresql")) == 1
