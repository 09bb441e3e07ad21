"""What an SQLite file holds, in a form in which two files can be compared."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

from differential.online.sqlite_text import definition, spelled

if TYPE_CHECKING:
    from pathlib import Path

Facts = dict[str, Any]


def facts_of(path: Path | str, *, schema: str = "main") -> Facts:
    """Return everything in a file, by what it is and its name.

    It comes from the text of the schema and from the pragmas, which each know what the other does not say.
    """
    with closing(sqlite3.connect(path)) as connection:
        return facts(connection, schema=schema)


def facts(connection: sqlite3.Connection, *, schema: str = "main") -> Facts:
    """Return everything in a database."""
    found: Facts = {}
    rows = connection.execute(
        f"SELECT type, name, tbl_name, sql FROM {_quoted(schema)}.sqlite_master"
    ).fetchall()
    for kind, name, table, sql in rows:
        if kind == "table" and not name.startswith("sqlite_"):
            found[f"table {name}"] = _table(connection, schema, name, sql)
            found[f"rows {name}"] = _rows(connection, schema, name)
        elif kind != "table" and sql is not None:
            found[f"{kind} {name}"] = (table, spelled(sql))
    if any(name == "sqlite_sequence" for _, name, _, _ in rows):
        sequences = connection.execute(
            f"SELECT name, seq FROM {_quoted(schema)}.sqlite_sequence WHERE seq > 0"
        )
        found["sequences"] = dict(sequences.fetchall())
    found["integrity"] = connection.execute(f"PRAGMA {_quoted(schema)}.integrity_check").fetchall()
    found["broken foreign keys"] = _broken_foreign_keys(connection, schema)
    return found


def differences(before: Facts, after: Facts) -> dict[str, tuple[Any, Any]]:
    """Return what changed, by name: before and after."""
    names = sorted({*before, *after})
    return {n: (before.get(n), after.get(n)) for n in names if before.get(n) != after.get(n)}


def _table(connection: sqlite3.Connection, schema: str, name: str, sql: str) -> Facts:
    written = definition(sql)
    return {
        "columns": written.columns,
        "constraints": written.constraints,
        "options": written.options,
        "order": list(written.columns),
        "pragma columns": [
            (column, type_.lower().replace(" ", ""), required, position, hidden)
            for _, column, type_, required, _, position, hidden in _pragma(
                connection, schema, "table_xinfo", name
            )
        ],
        "keys": sorted(
            (origin, unique, partial, _terms(connection, schema, index))
            for _, index, unique, origin, partial in _pragma(connection, schema, "index_list", name)
        ),
        "foreign keys": sorted(
            (row[2:] for row in _pragma(connection, schema, "foreign_key_list", name)), key=repr
        ),
    }


def _broken_foreign_keys(connection: sqlite3.Connection, schema: str) -> Any:
    try:
        return connection.execute(f"PRAGMA {_quoted(schema)}.foreign_key_check").fetchall()
    except sqlite3.OperationalError as error:  # a key that refers to what is no key
        return str(error)


def _terms(connection: sqlite3.Connection, schema: str, index: str) -> list[tuple[Any, ...]]:
    terms = [row[2:] for row in _pragma(connection, schema, "index_xinfo", index)]
    return [(name or "", *rest) for name, *rest in terms]


def _pragma(connection: sqlite3.Connection, schema: str, pragma: str, name: str) -> list[tuple[Any, ...]]:
    return connection.execute(f"SELECT * FROM pragma_{pragma}(?, ?)", (name, schema)).fetchall()


def _rows(connection: sqlite3.Connection, schema: str, name: str) -> list[tuple[Any, ...]]:
    columns = [_quoted(row[1]) for row in _pragma(connection, schema, "table_xinfo", name)]
    values = ", ".join(f"{column}, typeof({column})" for column in columns)
    table = f"{_quoted(schema)}.{_quoted(name)}"
    try:
        return connection.execute(f"SELECT rowid, {values} FROM {table} ORDER BY rowid").fetchall()
    except sqlite3.OperationalError:  # WITHOUT ROWID
        return sorted(connection.execute(f"SELECT {values} FROM {table}").fetchall(), key=repr)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
