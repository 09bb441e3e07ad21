"""Databases read: what is there, in how many queries, and what it is compared with to know that it is right.

The peers are the databases themselves (SQLite's pragmas) and SQLAlchemy's own reflection (PostgreSQL).
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Column, Integer, MetaData, Table, event, text
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.exc import NoSuchTableError
from sqlalchemy.schema import CreateTable

from async_migrate.database.inspect import canonicalize, inspect_database, reflect_table
from async_migrate.database.inspect.filters import Filters
from async_migrate.database.inspect.generic import inspect_generic
from async_migrate.ddl import Attached
from async_migrate.diff.compare import diff
from async_migrate.diff.from_metadata import snapshot_of
from async_migrate.diff.postgresql import canonical_type
from async_migrate.diff.sql_text import folded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import AsyncEngine

    from async_migrate.diff.snapshot import ColumnSnapshot, Index, Snapshot, TableSnapshot


def execute(connection: Connection, *statements: str) -> None:
    for statement in statements:
        connection.exec_driver_sql(statement)


@contextlib.contextmanager
def counted(connection: Connection) -> Iterator[list[str]]:
    """Collect the statements that are sent inside the block."""
    sent: list[str] = []

    def listen(_: Any, __: Any, statement: str, *___: Any) -> None:
        sent.append(statement)

    event.listen(connection, "before_cursor_execute", listen)
    try:
        yield sent
    finally:
        event.remove(connection, "before_cursor_execute", listen)


# --- how many queries ---------------------------------------------------------------------------------------


def many_tables(count: int) -> MetaData:
    metadata = MetaData()
    for number in range(count):
        Table(
            f"t{number}",
            metadata,
            Column("id", Integer, primary_key=True),
            Column("a", Integer, unique=True, server_default="1"),
            Column("b", sa.ForeignKey(f"t{max(number - 1, 0)}.id"), index=True),
            sa.CheckConstraint("a IN (1, 2)", name=f"ck{number}"),
        )
    return metadata


MOST_QUERIES = {"sqlite": 1, "postgresql": 8}


async def test_the_number_of_queries_does_not_depend_on_the_number_of_tables(engine: AsyncEngine) -> None:
    def count(connection: Connection, tables: int) -> tuple[int, int, int]:
        metadata = many_tables(tables)
        metadata.create_all(connection)
        with counted(connection) as inspecting:
            database = inspect_database(connection)
        models = snapshot_of(metadata, connection.dialect, default_schema=database.default_schema)
        with counted(connection) as asking:
            models = canonicalize(connection, database, models)
        with counted(connection) as comparing:
            assert diff(database, models).is_empty()
        return len(inspecting), len(asking), len(comparing)

    async with engine.connect() as connection:
        few = await connection.run_sync(count, 2)
        many = await connection.run_sync(count, 40)
    assert few == many
    assert few[0] <= MOST_QUERIES[engine.dialect.name]
    assert few[1:] == ({"sqlite": 0, "postgresql": 2}[engine.dialect.name], 0)


# --- names that are looked at -------------------------------------------------------------------------------


async def test_include_name_is_asked_with_the_names_of_the_parents(engine: AsyncEngine) -> None:
    asked: set[tuple[str, str | None, tuple[tuple[str, str | None], ...]]] = set()

    def include(name: str | None, kind: str, parents: Any) -> bool:
        asked.add((kind, name, tuple(sorted(parents.items()))))
        return name not in {"hidden", "secret", "ix_secret"}

    def work(connection: Connection) -> Snapshot:
        execute(
            connection,
            "CREATE TABLE hidden (a INTEGER)",
            "CREATE TABLE t (a INTEGER CONSTRAINT uq UNIQUE, secret INTEGER, CONSTRAINT ck CHECK (a > 0),"
            " CONSTRAINT fk FOREIGN KEY (secret) REFERENCES t (a))",
            "CREATE INDEX ix_secret ON t (secret)",
        )
        return inspect_database(connection, include_name=include)

    async with engine.connect() as connection:
        snapshot = await connection.run_sync(work)
    assert set(snapshot.tables) == {(None, "t")}
    table = snapshot.tables[None, "t"]
    assert (list(table.columns), table.indexes) == (["a"], ())
    whole = (("schema_name", None), ("schema_qualified_table_name", "t"))
    inside = (("schema_name", None), ("schema_qualified_table_name", "t"), ("table_name", "t"))
    assert {("table", "t", whole), ("schema", None, ())} <= asked
    assert {
        ("column", "secret", inside),
        ("index", "ix_secret", inside),
        ("unique_constraint", "uq", inside),
        ("check_constraint", "ck", inside),
        ("foreign_key_constraint", "fk", inside),
    } <= asked
    assert not any(
        kind == "column" and dict(parents).get("table_name") == "hidden" for kind, _, parents in asked
    )


async def test_a_refused_schema_is_empty(engine: AsyncEngine) -> None:
    def work(connection: Connection) -> Snapshot:
        execute(connection, "CREATE TABLE t (a INTEGER)")
        return inspect_database(connection, include_name=lambda name, kind, parents: kind != "schema")

    async with engine.connect() as connection:
        assert (await connection.run_sync(work)).tables == {}


# --- PostgreSQL against SQLAlchemy's reflection -------------------------------------------------------------

POSTGRESQL_TABLES = (
    "CREATE TYPE mood AS ENUM ('sad', 'it''s ok', 'glad')",
    "CREATE DOMAIN code AS varchar(5) DEFAULT 'x' NOT NULL CHECK (VALUE <> '')",
    """CREATE TABLE parent (
        id bigserial PRIMARY KEY, a integer NOT NULL, b text, CONSTRAINT uq_parent UNIQUE (a, b))""",
    """CREATE TABLE "Odd Name" (
        "Id" integer GENERATED ALWAYS AS IDENTITY (START WITH 5 INCREMENT BY 2 MINVALUE 1 MAXVALUE 900 CACHE 3 CYCLE)
            CONSTRAINT "Pk Odd" PRIMARY KEY,
        s smallserial, n numeric(10, 2) DEFAULT 5.5, t timestamp(3) with time zone DEFAULT now() NOT NULL,
        v varchar(20) COLLATE "C" DEFAULT 'a:b', m mood DEFAULT 'sad', ms mood[], c code,
        j jsonb DEFAULT '{}', arr integer[][], u uuid, iv interval day to second(2), bits bit varying(7),
        twice integer GENERATED ALWAYS AS (s * 2) STORED, x integer, y text,
        CONSTRAINT fk_both FOREIGN KEY (x, y) REFERENCES parent (a, b) MATCH FULL ON DELETE SET NULL
            ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
        CONSTRAINT positive CHECK (n > 0 AND s IN (1, 2)),
        CONSTRAINT uq_deferred UNIQUE (x) DEFERRABLE)""",
    "COMMENT ON TABLE \"Odd Name\" IS 'it''s odd'",
    "COMMENT ON COLUMN \"Odd Name\".n IS '100 %'",
    'CREATE INDEX ix_plain ON "Odd Name" (x, y)',
    'CREATE UNIQUE INDEX "Ix Partial" ON "Odd Name" (lower(y) text_pattern_ops DESC, x) INCLUDE (n) WHERE x > 1',
    'CREATE INDEX ix_gin ON "Odd Name" USING gin (j jsonb_path_ops)',
    "ALTER TABLE parent ADD COLUMN gone integer, ADD COLUMN later integer",
    "ALTER TABLE parent DROP COLUMN gone",
)


def plain_column(column: ColumnSnapshot) -> Any:
    return (
        canonical_type(column.type_text),
        repr(column.type),
        column.nullable,
        column.default,
        column.generated and folded(column.generated.sql.text),
        column.identity,
        column.comment,
        column.collation,
    )


def plain_index(index: Index) -> Any:
    return (index.name, index.unique, index.column_names, [term.descending for term in index.terms])


async def test_postgresql_reads_what_sqlalchemy_reflects(postgresql_engine: AsyncEngine) -> None:
    def work(connection: Connection) -> tuple[Snapshot, Snapshot]:
        execute(connection, *POSTGRESQL_TABLES)
        return inspect_database(connection), inspect_generic(connection, Filters())

    async with postgresql_engine.connect() as connection:
        ours, theirs = await connection.run_sync(work)
    assert set(ours.tables) == set(theirs.tables) == {(None, "parent"), (None, "Odd Name")}
    for key, table in ours.tables.items():
        same_table(table, theirs.tables[key])


def same_table(ours: TableSnapshot, theirs: TableSnapshot) -> None:
    assert list(ours.columns) == list(theirs.columns)
    for name, column in ours.columns.items():
        other = theirs.columns[name]
        if isinstance(column.type, pg.DOMAIN):
            # SQLAlchemy says of the column what only its domain says: NOT NULL, the default, a collation.
            assert (column.type.name, column.nullable, column.default) == (other.type.name, True, None)
            continue
        if column.autoincrement:
            # SQLAlchemy leaves SERIAL as the default that it is made of.
            assert "nextval" in str(other.default)
            column = replace(column, default=other.default)
        found, expected = plain_column(column), plain_column(other)
        assert [str(part) for part in found] == [
            str(part).replace(", canonical=None", "") for part in expected
        ] or (without_words(found) == without_words(expected))
    assert ours.comment == theirs.comment
    assert ours.primary_key == theirs.primary_key
    assert {(each.name, each.columns) for each in ours.uniques} == {
        (each.name, each.columns) for each in theirs.uniques
    }
    assert {without_name(each) for each in ours.foreign_keys} == {
        without_name(each) for each in theirs.foreign_keys
    }
    assert [(each.name, folded(each.sql.text)) for each in ours.checks] == [
        (each.name, folded(each.sql.text)) for each in theirs.checks
    ]
    assert sorted(map(plain_index, ours.indexes), key=repr) == sorted(
        map(plain_index, theirs.indexes), key=repr
    )


def without_words(column: Any) -> list[str]:
    """Return a column without the mark that a server worded its default."""
    type_text, type_, nullable, default, *rest = column
    words = default.sql.text if default is not None else None
    return [str(part) for part in (type_text, type_.upper(), nullable, words, *rest)]


def without_name(key: Any) -> Any:
    return (
        key.name,
        key.columns,
        key.referred,
        key.referred_columns,
        key.on_update,
        key.on_delete,
        key.match,
        bool(key.deferrable),
        key.initially,
    )


async def test_what_sqlalchemy_does_not_tell(postgresql_engine: AsyncEngine) -> None:
    def work(connection: Connection) -> Snapshot:
        execute(connection, *POSTGRESQL_TABLES)
        execute(
            connection, "CREATE TABLE ex (r int4range, CONSTRAINT no_overlap EXCLUDE USING gist (r WITH &&))"
        )
        return inspect_database(connection)

    async with postgresql_engine.connect() as connection:
        snapshot = await connection.run_sync(work)
    odd, ex = snapshot.tables[None, "Odd Name"], snapshot.tables[None, "ex"]
    assert odd.columns["s"].autoincrement
    assert odd.columns["s"].default is None
    partial = next(each for each in odd.indexes if each.name == "Ix Partial")
    assert (partial.terms[0].operator_class, partial.options["include"]) == ("text_pattern_ops", ("n",))
    assert partial.where is not None
    assert partial.where.text == "x > 1"
    assert {each.name: each.deferrable for each in odd.uniques} == {"uq_deferred": True}
    assert [(each.name, each.sql.text) for each in ex.excludes] == [
        ("no_overlap", "EXCLUDE USING gist (r WITH &&)")
    ]
    assert ex.indexes == ()


async def test_serial_is_a_sequence_that_belongs_to_the_column(postgresql_engine: AsyncEngine) -> None:
    def work(connection: Connection) -> Snapshot:
        execute(
            connection,
            'CREATE SEQUENCE "Numbers"',
            "CREATE TABLE shared (id integer DEFAULT nextval('\"Numbers\"') PRIMARY KEY)",
            'CREATE TABLE "Owned" ("Id" bigserial PRIMARY KEY, other integer)',
            'CREATE SEQUENCE late OWNED BY "Owned".other',
            "ALTER TABLE \"Owned\" ALTER COLUMN other SET DEFAULT nextval('late') + 1",
        )
        return inspect_database(connection)

    async with postgresql_engine.connect() as connection:
        snapshot = await connection.run_sync(work)
    shared, owned = snapshot.tables[None, "shared"].columns, snapshot.tables[None, "Owned"].columns
    assert (shared["id"].autoincrement, shared["id"].default is None) == (False, False)
    assert (owned["Id"].autoincrement, owned["Id"].default) == (True, None)
    assert (owned["other"].autoincrement, owned["other"].default is None) == (False, False)


async def test_who_brought_a_table_about(postgresql_engine: AsyncEngine) -> None:
    def work(connection: Connection) -> Snapshot:
        execute(
            connection,
            "CREATE TABLE events (at date NOT NULL PRIMARY KEY, n integer) PARTITION BY RANGE (at)",
            "CREATE TABLE events_2020 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')",
            "CREATE INDEX ix_events ON events (n)",
            "CREATE TABLE base (a integer CHECK (a > 0))",
            "CREATE TABLE heir (b integer) INHERITS (base)",
            "CREATE TABLE config (a integer)",
            "CREATE EXTENSION citext",
            "ALTER EXTENSION citext ADD TABLE config",
            "CREATE TEMPORARY TABLE passing (a integer)",
            "CREATE VIEW seen AS SELECT 1 AS one",
        )
        return inspect_database(connection)

    async with postgresql_engine.connect() as connection:
        snapshot = await connection.run_sync(work)
    tables = {name: table for (_, name), table in snapshot.tables.items()}
    assert {name: table.owner for name, table in tables.items()} == {
        "base": None,
        "config": "extension citext",
        "events": None,
        "events_2020": "partition of events",
        "heir": None,
    }
    assert tables["events_2020"].parents == ((None, "events"),)
    assert tables["events"].options == {"partition_by": "RANGE (at)"}
    assert [index.name for index in tables["events"].indexes] == ["ix_events"]
    assert tables["events_2020"].indexes == (), "they come and go with those of the whole table"
    assert tables["heir"].checks == (), "it is the parent's"
    assert tables["heir"].options == {"inherits": ("base",)}


async def test_a_partition_is_dropped_before_the_whole(postgresql_engine: AsyncEngine) -> None:
    def work(connection: Connection) -> list[str]:
        execute(
            connection,
            "CREATE TABLE a_whole (at date) PARTITION BY RANGE (at)",
            "CREATE TABLE z_part PARTITION OF a_whole FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')",
        )
        return [each[1].name for each in diff(inspect_database(connection), nothing(connection)).as_diffs()]

    async with postgresql_engine.connect() as connection:
        assert await connection.run_sync(work) == ["z_part", "a_whole"]


def nothing(connection: Connection) -> Snapshot:
    return snapshot_of(MetaData(), connection.dialect, default_schema="public")


async def test_schemas(postgresql_engine: AsyncEngine) -> None:
    def work(connection: Connection) -> tuple[set[Any], set[Any], set[Any]]:
        execute(
            connection,
            "CREATE SCHEMA one",
            "CREATE SCHEMA two",
            "CREATE TABLE t (id integer PRIMARY KEY)",
            "CREATE TABLE one.t (id integer PRIMARY KEY, t integer REFERENCES public.t)",
            "CREATE TABLE two.t (t integer REFERENCES one.t)",
        )
        default = inspect_database(connection)
        every = inspect_database(connection, include_schemas=True)
        some = inspect_database(
            connection,
            include_schemas=True,
            include_name=lambda name, kind, _: kind != "schema" or name != "two",
        )
        assert [key.referred for key in every.tables["two", "t"].foreign_keys] == [("one", "t")]
        assert [key.referred for key in every.tables["one", "t"].foreign_keys] == [(None, "t")]
        return set(default.tables), set(every.tables), set(some.tables)

    async with postgresql_engine.connect() as connection:
        default, every, some = await connection.run_sync(work)
    assert default == {(None, "t")}
    assert every == {(None, "t"), ("one", "t"), ("two", "t")}
    assert some == {(None, "t"), ("one", "t")}


async def test_the_search_path_says_what_unqualified_names_mean(postgresql_engine: AsyncEngine) -> None:
    def work(connection: Connection) -> Snapshot:
        execute(
            connection,
            "CREATE SCHEMA tenant",
            "CREATE TABLE tenant.mine (id integer PRIMARY KEY)",
            "CREATE TABLE tenant.both (id integer, s integer)",
            "CREATE TABLE public.both (id integer)",
            "CREATE TABLE public.shared (id integer PRIMARY KEY)",
            "ALTER TABLE tenant.mine ADD FOREIGN KEY (id) REFERENCES public.shared",
            "SET LOCAL search_path TO tenant, public",
        )
        return inspect_database(connection)

    async with postgresql_engine.connect() as connection:
        snapshot = await connection.run_sync(work)
    assert snapshot.default_schema == "tenant"
    assert set(snapshot.tables) == {(None, "mine"), (None, "both"), (None, "shared")}
    assert list(snapshot.tables[None, "both"].columns) == ["id", "s"], (
        "the first of the path hides the second"
    )
    assert [key.referred for key in snapshot.tables[None, "mine"].foreign_keys] == [(None, "shared")]


# --- asking the server ---------------------------------------------------------------------------------------


def undecided_models() -> MetaData:
    metadata = MetaData()
    Table(
        "t",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("a", sa.Boolean, server_default=text("'no'")),
        Column("b", Integer),
        Column("c", Integer, server_default=text("no_such_function()")),
        sa.CheckConstraint("t.b IN (1, 2)", name="ck"),
    )
    return metadata


UNDECIDED_TABLE = (
    "CREATE TABLE t (id serial PRIMARY KEY, a boolean DEFAULT false, b integer, c integer DEFAULT 1,"
    " CONSTRAINT ck CHECK (b IN (1, 2)))"
)


def asked(connection: Connection) -> list[Any]:
    database = inspect_database(connection)
    models = snapshot_of(undecided_models(), connection.dialect, default_schema=database.default_schema)
    return diff(database, canonicalize(connection, database, models)).as_diffs()


def changed_columns(diffs: list[Any]) -> list[str]:
    return [each[0][3] for each in diffs]


async def test_the_server_decides_and_what_it_refuses_differs(postgresql_engine: AsyncEngine) -> None:
    async with postgresql_engine.connect() as connection:
        await connection.run_sync(execute, UNDECIDED_TABLE)
        assert changed_columns(await connection.run_sync(asked)) == ["c"]


async def test_asking_leaves_nothing_behind(postgresql_engine: AsyncEngine) -> None:
    look = text(
        "SELECT (SELECT count(*) FROM pg_class WHERE relpersistence = 't') + (SELECT count(*) FROM pg_attrdef)"
    )
    async with postgresql_engine.connect() as connection:
        await connection.run_sync(execute, UNDECIDED_TABLE)
        before = await connection.scalar(look)
        await connection.run_sync(asked)
        assert await connection.scalar(look) == before
        assert await connection.scalar(text("SELECT current_setting('async_migrate.answers', true)")) in (
            "",
            None,
        )


async def test_asking_works_where_every_statement_commits(postgresql_engine: AsyncEngine) -> None:
    engine = postgresql_engine.execution_options(isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.run_sync(execute, UNDECIDED_TABLE)
        assert changed_columns(await connection.run_sync(asked)) == ["c"]


async def test_where_nothing_may_be_written_text_decides(postgresql_engine: AsyncEngine) -> None:
    async with postgresql_engine.begin() as connection:
        await connection.run_sync(execute, UNDECIDED_TABLE)
    async with postgresql_engine.connect() as connection:
        await connection.execute(text("SET TRANSACTION READ ONLY"))
        diffs = await connection.run_sync(asked)
        assert await connection.scalar(text("SELECT 1")) == 1, "the transaction goes on"
    assert changed_columns([each for each in diffs if isinstance(each, list)]) == ["a", "c"]


# --- SQLite against its own pragmas ---------------------------------------------------------------------------

SQLITE_TABLES = (
    "CREATE TABLE plain (id INTEGER PRIMARY KEY, a TEXT NOT NULL DEFAULT 'x', b REAL DEFAULT (1 + 2))",
    "CREATE TABLE auto (id INTEGER PRIMARY KEY AUTOINCREMENT, a)",
    'CREATE TABLE "odd ""name" ("a b" VARCHAR(5) DEFAULT "q" UNIQUE, [c] DECIMAL(10, 2) NOT NULL, `d` INT)',
    "CREATE TABLE composite (a INT, b TEXT, c, PRIMARY KEY (b, a)) WITHOUT ROWID",
    """CREATE TABLE child (p INT REFERENCES plain ON DELETE CASCADE, x INT, y INT,
        FOREIGN KEY (y, x) REFERENCES composite (b, a) ON UPDATE SET NULL)""",
    "CREATE TABLE generated (a INT, v AS (a * 2), s TEXT GENERATED ALWAYS AS (a || ', ' || v) STORED)",
    "CREATE TABLE checked (a INT CHECK (a > 0), CONSTRAINT ck CHECK (a IN (1, ')')), UNIQUE (a))",
    "CREATE TABLE copied AS SELECT id, a, b FROM plain",
    "CREATE INDEX ix ON plain (a DESC, b)",
    "CREATE UNIQUE INDEX ix_expression ON plain (lower(a) COLLATE NOCASE, b) WHERE b > 1",
    "ALTER TABLE plain ADD COLUMN added INTEGER DEFAULT -1 NOT NULL",
    "ALTER TABLE plain RENAME COLUMN b TO renamed",
    "ALTER TABLE auto RENAME TO auto_renamed",
)


async def test_sqlite_reads_what_its_pragmas_say(sqlite_engine: AsyncEngine) -> None:
    def work(connection: Connection) -> None:
        execute(connection, *SQLITE_TABLES)
        snapshot = inspect_database(connection)
        names = connection.scalars(
            text("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
        ).all()
        assert {name for _, name in snapshot.tables} == {*names}
        for table in snapshot.tables.values():
            columns_as_in_pragma(connection, table)
            keys_as_in_pragma(connection, table)
            indexes_as_in_pragma(connection, table)

    async with sqlite_engine.connect() as connection:
        await connection.run_sync(work)


def columns_as_in_pragma(connection: Connection, table: TableSnapshot) -> None:
    rows = connection.execute(text("SELECT * FROM pragma_table_xinfo(:t)"), {"t": table.name}).all()
    assert list(table.columns) == [row.name for row in rows]
    for row in rows:
        column = table.columns[row.name]
        assert (column.declared or "").lower() == row.type.lower()
        default = column.default.sql.text if column.default is not None and column.default.sql else None
        assert (default and folded(default)) == (row.dflt_value and folded(row.dflt_value))
        assert (column.generated is not None) == (row.hidden in (2, 3))
        if column.generated is not None:
            assert column.generated.stored == (row.hidden == 3)
        if not row.pk:
            assert column.nullable == (not row.notnull)
    key = [row.name for row in sorted(rows, key=lambda row: row.pk) if row.pk]
    assert list(table.primary_key.columns if table.primary_key else ()) == key


def keys_as_in_pragma(connection: Connection, table: TableSnapshot) -> None:
    rows = connection.execute(text("SELECT * FROM pragma_foreign_key_list(:t)"), {"t": table.name}).all()
    expected: dict[int, list[Any]] = {}
    for row in sorted(rows, key=lambda row: (row.id, row.seq)):
        expected.setdefault(row.id, []).append(row)
    found = {
        (key.referred[1], key.columns, key.on_update or "NO ACTION", key.on_delete or "NO ACTION")
        for key in table.foreign_keys
    }
    assert found == {
        (key[0].table, tuple(row[3] for row in key), key[0].on_update, key[0].on_delete)
        for key in expected.values()
    }


def indexes_as_in_pragma(connection: Connection, table: TableSnapshot) -> None:
    rows = connection.execute(text("SELECT * FROM pragma_index_list(:t)"), {"t": table.name}).all()
    made = {index.name: index for index in table.indexes}
    assert set(made) == {row.name for row in rows if row.origin == "c"}
    for row in rows:
        info = connection.execute(text("SELECT * FROM pragma_index_xinfo(:i)"), {"i": row.name}).all()
        columns = tuple(each.name for each in info if each.key)
        if row.origin == "c":
            index = made[row.name]
            assert index.column_names == columns
            assert [term.descending for term in index.terms] == [bool(each.desc) for each in info if each.key]
            assert (index.unique, index.where is not None) == (bool(row.unique), bool(row.partial))
        elif row.origin == "u":
            assert columns in {unique.columns for unique in table.uniques}


async def test_virtual_tables_and_what_they_keep(sqlite_engine: AsyncEngine) -> None:
    def work(connection: Connection) -> Snapshot:
        execute(connection, "CREATE VIRTUAL TABLE docs USING fts5(title, body)", "CREATE TABLE docs2 (a INT)")
        return inspect_database(connection)

    async with sqlite_engine.connect() as connection:
        snapshot = await connection.run_sync(work)
    assert {name: table.owner for (_, name), table in snapshot.tables.items()} == {
        "docs": "virtual table docs",
        "docs2": None,
    }
    assert {"title", "body"} <= set(snapshot.tables[None, "docs"].columns)


async def test_attached_databases_are_schemas(sqlite_engine: AsyncEngine) -> None:
    def work(connection: Connection) -> Snapshot:
        execute(
            connection,
            "ATTACH ':memory:' AS \"other one\"",
            'CREATE TABLE "other one".t (id INTEGER PRIMARY KEY, t INT REFERENCES t)',
            "CREATE TABLE t (a INT)",
        )
        return inspect_database(connection, include_schemas=True)

    async with sqlite_engine.connect() as connection:
        snapshot = await connection.run_sync(work)
    assert set(snapshot.tables) == {(None, "t"), ("other one", "t")}
    (key,) = snapshot.tables["other one", "t"].foreign_keys
    assert (key.referred, key.referred_columns) == (("other one", "t"), ("id",))


# --- one table, to be made anew -----------------------------------------------------------------------------

FAITHFUL = (
    "CREATE TABLE parent (code TEXT PRIMARY KEY)",
    """CREATE TABLE "t x" (
        id INTEGER PRIMARY KEY AUTOINCREMENT, -- a comment, with a comma
        a VARCHAR(50) DEFAULT 'x,y:z' NOT NULL ON CONFLICT IGNORE COLLATE NOCASE CONSTRAINT uq UNIQUE,
        b UNSIGNED BIG INT DEFAULT (datetime('now')) CHECK (b > 0) REFERENCES parent
            ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
        c TEXT GENERATED ALWAYS AS (a || ' (' || d || ')') STORED, d DEFAULT -5,
        [e f] DECIMAL(10, 2) DEFAULT CURRENT_TIMESTAMP, g INT COLLATE RTRIM,
        CONSTRAINT ck CHECK (a IN ('x', ')')), CONSTRAINT "f""k" FOREIGN KEY (b, d) REFERENCES "t x" (d, g)
            ON UPDATE SET NULL MATCH FULL NOT DEFERRABLE, UNIQUE (a, b) ON CONFLICT REPLACE)""",
    "CREATE TABLE strict (id INTEGER NOT NULL PRIMARY KEY, a INT, b ANY) STRICT, WITHOUT ROWID",
    "CREATE TABLE keyless (a)",
)


@pytest.mark.parametrize("name", ["t x", "strict", "keyless", "parent"])
async def test_a_table_created_from_what_was_read_reads_the_same(
    sqlite_engine: AsyncEngine, name: str
) -> None:
    def work(connection: Connection) -> tuple[TableSnapshot, TableSnapshot]:
        execute(connection, *FAITHFUL)
        before = inspect_database(connection).tables[None, name]
        table = reflect_table(connection, name)
        execute(connection, f'DROP TABLE "{name}"')
        connection.execute(CreateTable(table))
        return before, inspect_database(connection).tables[None, name]

    async with sqlite_engine.connect() as connection:
        before, after = await connection.run_sync(work)
    assert comparable(after) == comparable(before)


def comparable(table: TableSnapshot) -> Any:
    columns = [
        (
            each.name,
            (each.declared or "").upper(),
            each.default and each.default.sql and folded(each.default.sql.text),
            each.generated and (folded(each.generated.sql.text), each.generated.stored),
            each.collation,
            each.nullable,
            each.autoincrement,
            each.options,
        )
        for each in table.columns.values()
    ]
    keys = [replace(each, deferrable=bool(each.deferrable)) for each in table.foreign_keys]
    return columns, table.primary_key, table.uniques, sorted(keys, key=repr), table.checks, table.options


async def test_indexes_and_triggers_come_word_for_word(sqlite_engine: AsyncEngine) -> None:
    index = "CREATE UNIQUE INDEX ix ON t (lower(a) COLLATE NOCASE DESC) WHERE a > 'x'"
    trigger = "CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT 1; END"

    def work(connection: Connection) -> Table:
        execute(connection, "CREATE TABLE t (a TEXT UNIQUE)", "CREATE TABLE u (a)", index, trigger)
        execute(connection, "CREATE INDEX other ON u (a)")
        return reflect_table(connection, "t")

    async with sqlite_engine.connect() as connection:
        table = await connection.run_sync(work)
    attached = Attached.to(table)
    assert (attached.indexes, attached.triggers) == ({"ix": index}, {"tr": trigger})
    assert [each.name for each in table.indexes] == ["ix"]


async def test_reflect_table_on_any_database(engine: AsyncEngine) -> None:
    def work(connection: Connection) -> Table:
        execute(
            connection,
            "CREATE TABLE p (id INTEGER PRIMARY KEY)",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER CONSTRAINT fk REFERENCES p (id), b INTEGER)",
            "CREATE INDEX ix ON t (b)",
        )
        return reflect_table(connection, "t")

    async with engine.connect() as connection:
        table = await connection.run_sync(work)
    assert [column.name for column in table.columns] == ["id", "a", "b"]
    assert [column.name for column in table.primary_key.columns] == ["id"]
    assert [index.name for index in table.indexes] == ["ix"]
    renamed = table.to_metadata(MetaData(naming_convention={"fk": "fk_%(table_name)s"}))
    assert [key.name for key in renamed.foreign_key_constraints] == ["fk"], "a name in the database is final"


async def test_a_table_that_is_not_there(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        with pytest.raises(NoSuchTableError, match="absent"):
            await connection.run_sync(reflect_table, "absent")
