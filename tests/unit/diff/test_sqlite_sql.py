"""What SQLite's own text says, clause by clause of https://www.sqlite.org/lang_createtable.html."""

from __future__ import annotations

from typing import Any

import pytest

from async_migrate.diff import sqlite_sql
from async_migrate.diff.sqlite_sql import ParsedTable, SqliteTextError, parse_create_table


def parse(body: str, after: str = "") -> ParsedTable:
    return parse_create_table(f"CREATE TABLE t ({body}) {after}")


@pytest.mark.parametrize(
    ("sql", "name"),
    [
        ("CREATE TABLE t (a)", "t"),
        ('CREATE TABLE "t x" (a)', "t x"),
        ('CREATE TABLE "quo""ted" (a INT)', 'quo"ted'),
        ("CREATE TABLE [t x] (a)", "t x"),
        ("CREATE TABLE `t``x` (a)", "t`x"),
        ("CREATE TABLE 't' (a)", "t"),
        ("create temp table if not exists t(a)", "t"),
        ('CREATE TABLE main."t" (a INT)', "t"),
        ("CREATE TABLE t -- why\n (a INT)", "t"),
        ("CREATE /* really */ TABLE t(a)", "t"),
    ],
)
def test_name(sql: str, name: str) -> None:
    table = parse_create_table(sql)
    assert (table.name, [column.name for column in table.columns]) == (name, ["a"])


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ("a", {"name": "a", "declared_type": ""}),
        ("a INTEGER", {"declared_type": "INTEGER"}),
        ("a UNSIGNED BIG INT NOT NULL", {"declared_type": "UNSIGNED BIG INT", "not_null": True}),
        ("a DECIMAL(10, 2)", {"declared_type": "DECIMAL(10, 2)"}),
        ("a varchar (50) not null", {"declared_type": "varchar (50)", "not_null": True}),
        ('a "my type"', {"declared_type": '"my type"'}),
        ('"a ""b" TEXT', {"name": 'a "b', "declared_type": "TEXT"}),
        ("[a b] TEXT", {"name": "a b"}),
        ('"select" TEXT', {"name": "select"}),
        ("notes TEXT", {"name": "notes", "declared_type": "TEXT"}),
        ("a NULL", {"declared_type": "", "not_null": False}),
        ("a TEXT DEFAULT 'x'", {"default": "'x'"}),
        ("a TEXT DEFAULT 'it''s, (odd)' NOT NULL", {"default": "'it''s, (odd)'", "not_null": True}),
        ('a TEXT DEFAULT "x"', {"default": '"x"'}),
        ("a DEFAULT -5", {"default": "-5"}),
        ("a INT DEFAULT - 5", {"default": "- 5"}),
        ("a INT DEFAULT +5", {"default": "+5"}),
        ("a REAL DEFAULT 1.5e3", {"default": "1.5e3"}),
        ("a INT DEFAULT (1 + (2))", {"default": "(1 + (2))"}),
        ("a DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL", {"default": "CURRENT_TIMESTAMP", "not_null": True}),
        ("a BLOB DEFAULT X'00'", {"default": "X'00'"}),
        ("a DEFAULT (datetime('now')) NOT NULL", {"default": "(datetime('now'))", "not_null": True}),
        ("a DEFAULT true", {"default": "true"}),
        ("a TEXT COLLATE NOCASE", {"collation": "NOCASE"}),
        ("a TEXT COLLATE \"RTRIM\" DEFAULT 'x'", {"collation": "RTRIM", "default": "'x'"}),
        ("a INT NOT NULL ON CONFLICT IGNORE", {"not_null": True, "not_null_conflict": "IGNORE"}),
        ("a INT CONSTRAINT named NOT NULL", {"declared_type": "INT", "not_null": True}),
        ("a INT GENERATED ALWAYS AS (b * (2)) STORED", {"generated": "b * (2)", "stored": True}),
        ("a AS (b || ', c') VIRTUAL", {"declared_type": "", "generated": "b || ', c'", "stored": False}),
        ("a INT AS (b) NOT NULL", {"generated": "b", "stored": False, "not_null": True}),
    ],
)
def test_column(definition: str, expected: dict[str, Any]) -> None:
    for body in (definition, f"first INT, {definition}, last INT", f"{definition} -- why\n, last INT"):
        columns = {column.name: column for column in parse(body).columns}
        column = columns[expected.get("name", "a")]
        assert {name: getattr(column, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("body", "name", "columns", "autoincrement"),
    [
        ("id INTEGER PRIMARY KEY", None, ("id",), False),
        ("id INTEGER CONSTRAINT pk PRIMARY KEY AUTOINCREMENT", "pk", ("id",), True),
        ("id INTEGER PRIMARY KEY ASC AUTOINCREMENT NOT NULL", None, ("id",), True),
        ("id INTEGER, PRIMARY KEY (id AUTOINCREMENT)", None, ("id",), True),
        ('a INT, "b c" INT, CONSTRAINT "p k" PRIMARY KEY (a, "b c" DESC)', "p k", ("a", "b c"), False),
    ],
)
def test_primary_key(body: str, name: str | None, columns: tuple[str, ...], autoincrement: bool) -> None:
    table = parse(body)
    assert table.primary_key is not None
    assert (table.primary_key.name, table.primary_key.columns) == (name, columns)
    assert table.autoincrement is autoincrement


def test_uniques_of_columns_and_of_the_table() -> None:
    table = parse(
        "a INT UNIQUE, b INT CONSTRAINT u1 UNIQUE ON CONFLICT REPLACE, c INT,"
        " UNIQUE (a, b COLLATE NOCASE DESC), CONSTRAINT u2 UNIQUE (c) ON CONFLICT IGNORE"
    )
    assert [(key.name, key.columns, key.on_conflict) for key in table.uniques] == [
        (None, ("a",), None),
        ("u1", ("b",), "REPLACE"),
        (None, ("a", "b"), None),
        ("u2", ("c",), "IGNORE"),
    ]
    assert (table.uniques[2].terms[1].collation, table.uniques[2].terms[1].descending) == ("NOCASE", True)


def test_checks() -> None:
    table = parse("a INT CHECK (a > 0) CONSTRAINT c1 CHECK (a IN (1, ')')), CONSTRAINT c2 CHECK ( a <> 7 )")
    assert [(check.name, check.text) for check in table.checks] == [
        (None, "a > 0"),
        ("c1", "a IN (1, ')')"),
        ("c2", "a <> 7"),
    ]


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("REFERENCES p", {"referred_table": "p", "referred_columns": ()}),
        ("REFERENCES p (x)", {"referred_columns": ("x",)}),
        ('REFERENCES "p p" ("x y")', {"referred_table": "p p", "referred_columns": ("x y",)}),
        (
            "REFERENCES p (x) ON DELETE SET NULL ON UPDATE CASCADE",
            {"on_delete": "SET NULL", "on_update": "CASCADE"},
        ),
        ("REFERENCES p (x) ON UPDATE NO ACTION", {"on_update": "NO ACTION", "on_delete": None}),
        ("REFERENCES p (x) MATCH FULL ON DELETE RESTRICT", {"match": "FULL", "on_delete": "RESTRICT"}),
        ("REFERENCES p (x) DEFERRABLE INITIALLY DEFERRED", {"deferrable": True, "initially": "DEFERRED"}),
        ("REFERENCES p (x) NOT DEFERRABLE", {"deferrable": False, "initially": None}),
        ("REFERENCES p (x)", {"deferrable": None}),
    ],
)
def test_foreign_key(clause: str, expected: dict[str, Any]) -> None:
    for body, name in (
        (f"a INT {clause}", None),
        (f"a INT CONSTRAINT fk {clause}, b INT", "fk"),
        (f"a INT, FOREIGN KEY (a) {clause}", None),
        (f"a INT, CONSTRAINT fk FOREIGN KEY (a) {clause}", "fk"),
    ):
        (key,) = parse(body).foreign_keys
        assert (key.name, key.columns) == (name, ("a",))
        assert {field: getattr(key, field) for field in expected} == expected


def test_not_deferrable_does_not_swallow_not_null() -> None:
    table = parse("a INT REFERENCES p (x) NOT NULL")
    assert table.columns[0].not_null
    assert table.foreign_keys[0].deferrable is None


def test_constraints_need_no_commas() -> None:
    table = parse("a INT, CHECK (a > 0) UNIQUE (a) CONSTRAINT fk FOREIGN KEY (a) REFERENCES p")
    assert (len(table.checks), len(table.uniques), len(table.foreign_keys)) == (1, 1, 1)


@pytest.mark.parametrize(
    ("after", "without_rowid", "strict"),
    [("", False, False), ("WITHOUT ROWID", True, False), ("strict, without rowid", True, True)],
)
def test_options(after: str, without_rowid: bool, strict: bool) -> None:
    table = parse("a INT PRIMARY KEY", after)
    assert (table.without_rowid, table.strict) == (without_rowid, strict)


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE VIRTUAL TABLE v USING fts5(a)",
        "CREATE INDEX i ON t (a)",
        "CREATE TABLE t (a INT FROBNICATE (",
        "",
    ],
)
def test_what_is_no_plain_table_is_refused(sql: str) -> None:
    with pytest.raises(SqliteTextError):
        parse_create_table(sql)


def test_the_fast_way_reads_what_the_slow_way_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    sql = (
        "CREATE TABLE t (\n\tid INTEGER NOT NULL, \n\t\"two words\" VARCHAR(50) DEFAULT 'a, b' NOT NULL, \n\t"
        "c DATETIME DEFAULT CURRENT_TIMESTAMP, \n\td DOUBLE PRECISION DEFAULT -1.5, \n\t"
        "e NUMERIC(10, 2) DEFAULT (1 + 2) NOT NULL, \n\tf TEXT COLLATE NOCASE, \n\tg INTEGER, \n\t"
        "PRIMARY KEY (id), \n\tUNIQUE (c)\n)"
    )
    fast = parse_create_table(sql)
    monkeypatch.setattr(sqlite_sql, "_simple_beginning", lambda sql: (None, 0))
    assert parse_create_table(sql) == fast
    assert [column.name for column in fast.columns] == ["id", "two words", "c", "d", "e", "f", "g"]
