"""What hangs on a table of SQLite besides its columns: indexes, triggers, views, foreign keys of other tables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from async_migrate.database.inspect.sqlite import definitions
from async_migrate.ddl.attached import Attached, Dependent, Reference
from async_migrate.ddl.elements import Verbatim
from async_migrate.diff.sql_text import Kind, tokenize, unquoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from async_migrate.database.inspect.sqlite import Definition
    from async_migrate.ddl.attached import Event
    from async_migrate.diff.sql_text import Token

__all__ = ["attached_to", "spelled"]

_EVENTS: dict[str, Event] = {"INSERT": "INSERT", "UPDATE": "UPDATE", "DELETE": "DELETE"}
_HEAD = re.compile("CREATE (UNIQUE )?(INDEX|TRIGGER) ")
"""How SQLite itself begins the definitions that it keeps."""


def attached_to(connection: Connection, name: str, *, schema: str | None = None) -> Attached:
    """Return what a rebuild of a table must create again, and what it must not break.

    Args:
        connection: Where to look.
        name: The table.
        schema: Its schema, if it is not the main one.
    """
    everything = definitions(connection, schema)
    quoted = None if schema is None else connection.dialect.identifier_preparer.quote_schema(schema)
    of_table = [each for each in everything if _same(each.table, name) and each.sql]
    return Attached(
        indexes={each.name: _qualified(each, quoted) for each in of_table if each.kind == "index"},
        triggers={each.name: _qualified(each, quoted) for each in of_table if each.kind == "trigger"},
        dependents=tuple(_dependents(connection, everything, name, schema)),
        references=tuple(_references(connection, name, schema)),
    )


def spelled(connection: Connection, name: str, *, schema: str | None = None) -> str:
    """Return the name of a table as the database spells it; SQLite does not care about the case."""
    tables = [each.name for each in definitions(connection, schema) if each.kind == "table"]
    return next((table for table in tables if _same(table, name)), name)


def _same(name: str, other: str) -> bool:
    """Return whether two names are one to SQLite, which knows the case of ASCII letters only."""
    return name.encode().lower() == other.encode().lower()


def _qualified(definition: Definition, schema: str | None) -> str:
    """Return a definition with the schema that SQLite leaves out of what it keeps."""
    sql = definition.sql or ""
    return sql if schema is None else _HEAD.sub(lambda head: f"{head[0]}{schema}.", sql, count=1)


# --- views and triggers -------------------------------------------------------------------------------------


def _dependents(
    connection: Connection, everything: Sequence[Definition], name: str, schema: str | None
) -> Iterator[Dependent]:
    quote = connection.dialect.identifier_preparer.quote
    for definition in _users(everything, name):
        dependent = _dependent(connection, definition, schema)
        if dependent is not None and _works(connection, dependent.probe(quote, schema=schema)):
            yield dependent


def _users(everything: Sequence[Definition], name: str) -> list[Definition]:
    """Return the views and triggers that name a table, or a view that does."""
    names = {name.lower()}
    users: list[Definition] = []
    rest = [(each, _names_in(each.sql)) for each in everything if each.kind in {"view", "trigger"}]
    while found := [each for each, used in rest if used & names]:
        users += found
        names |= {each.name.lower() for each in found if each.kind == "view"}
        rest = [(each, used) for each, used in rest if each not in found]
    return users


def _names_in(sql: str | None) -> frozenset[str]:
    names = (Kind.NAME, Kind.QUOTED)
    tokens = tokenize(sql or "", bracket_names=True)
    return frozenset(unquoted(token).lower() for token in tokens if token.kind in names)


def _dependent(connection: Connection, definition: Definition, schema: str | None) -> Dependent | None:
    if definition.kind == "view":
        return Dependent("view", definition.name, definition.sql or "", event="SELECT", on=definition.name)
    tokens = tokenize(definition.sql or "", bracket_names=True)[3:]  # CREATE, TRIGGER, its name
    at = next((n for n, token in enumerate(tokens) if token.word in _EVENTS), None)
    if at is None:
        return None
    columns = tuple(_columns(tokens[at + 1 :]))
    return Dependent(
        "trigger",
        definition.name,
        definition.sql or "",
        event=_EVENTS[tokens[at].word],
        on=definition.table,
        columns=columns,
        any_column=None if columns else _any_column(connection, definition.table, schema),
    )


def _columns(tokens: Sequence[Token]) -> Iterator[str]:
    """Yield what stands between OF and ON, if it begins with OF."""
    if not tokens or tokens[0].word != "OF":
        return
    for token in tokens[1:]:
        if token.word == "ON":
            return
        if token.text != ",":
            yield unquoted(token)


def _any_column(connection: Connection, table: str, schema: str | None) -> str | None:
    sql = text("SELECT name FROM pragma_table_xinfo(:name, :schema) WHERE hidden = 0 ORDER BY cid LIMIT 1")
    found: str | None = connection.scalar(sql, {"name": table, "schema": schema or "main"})
    return found


def _works(connection: Connection, probe: str) -> bool:
    try:
        connection.execute(Verbatim(probe)).close()
    except DBAPIError:
        return False
    return True


# --- foreign keys -------------------------------------------------------------------------------------------


def _references(connection: Connection, name: str, schema: str | None) -> Iterator[Reference]:
    if not connection.exec_driver_sql("PRAGMA foreign_keys").scalar():
        return
    quoted = connection.dialect.identifier_preparer.quote_schema(schema or "main")
    rows = connection.execute(
        text(
            'SELECT m.name, k.id, k."from" '  # noqa: S608  quoted
            f"FROM {quoted}.sqlite_master AS m, pragma_foreign_key_list(m.name, :schema) AS k "
            "WHERE m.type = 'table' AND lower(k.\"table\") = lower(:name) ORDER BY m.name, k.id, k.seq"
        ),
        {"name": name, "schema": schema or "main"},
    )
    keys: dict[tuple[str, int], list[str]] = {}
    for table, number, column in rows:
        keys.setdefault((table, number), []).append(column)
    for (table, _), columns in keys.items():
        yield Reference(table, tuple(columns))
