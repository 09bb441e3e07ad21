"""Autogenerate on a real MariaDB: quiet after ``create_all``, and a round trip of what it writes."""

from __future__ import annotations

import enum
import logging
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from async_migrate.autogenerate import compare
from async_migrate.database.inspect import canonicalize, inspect_database
from async_migrate.diff.compare import diff
from async_migrate.diff.from_metadata import snapshot_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import AsyncEngine

    from async_migrate.operations.containers import UpgradeOps

# SQLAlchemy says so of each type that it has no class for, whatever is then made of it.
pytestmark = pytest.mark.filterwarnings("ignore:Did not recognize type:sqlalchemy.exc.SAWarning")


class Colour(enum.Enum):
    RED = "red"
    LIGHT_BLUE = "light blue"


class Money(sa.TypeDecorator[Any]):
    impl = Numeric(12, 3)
    cache_ok = True


class Inet6(sa.types.UserDefinedType[Any]):
    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "INET6"


# --- one column of a table ----------------------------------------------------------------------------------

FEATURES: dict[str, Callable[[], Column[Any]]] = {
    "integer": lambda: Column("x", Integer),
    "small integer": lambda: Column("x", sa.SmallInteger),
    "big integer": lambda: Column("x", sa.BigInteger),
    "tiny integer": lambda: Column("x", mysql.TINYINT),
    "unsigned": lambda: Column("x", mysql.INTEGER(unsigned=True)),
    "zerofill": lambda: Column("x", mysql.INTEGER(display_width=5, unsigned=True, zerofill=True)),
    "string": lambda: Column("x", String(50)),
    "string of another character set": lambda: Column("x", mysql.VARCHAR(50, charset="latin1")),
    "string of another collation": lambda: Column("x", String(50, collation="utf8mb4_bin")),
    "unicode": lambda: Column("x", sa.Unicode(20)),
    "text": lambda: Column("x", Text),
    "text with length": lambda: Column("x", Text(300)),
    "medium text": lambda: Column("x", mysql.MEDIUMTEXT),
    "char": lambda: Column("x", sa.CHAR(3)),
    "boolean": lambda: Column("x", Boolean),
    "boolean with a check": lambda: Column("x", Boolean(create_constraint=True, name="is_bool")),
    "date": lambda: Column("x", sa.Date),
    "time": lambda: Column("x", sa.Time),
    "datetime": lambda: Column("x", DateTime),
    "datetime of microseconds": lambda: Column("x", mysql.DATETIME(fsp=6)),
    "timestamp": lambda: Column("x", sa.TIMESTAMP),
    "year": lambda: Column("x", mysql.YEAR),
    "interval": lambda: Column("x", sa.Interval),
    "numeric": lambda: Column("x", Numeric),
    "numeric with scale": lambda: Column("x", Numeric(10, 2)),
    "float": lambda: Column("x", sa.Float),
    "float of 24 digits": lambda: Column("x", sa.Float(24)),
    "float of 53 digits": lambda: Column("x", sa.Float(53)),
    "double": lambda: Column("x", sa.Double),
    "real": lambda: Column("x", sa.REAL),
    "uuid": lambda: Column("x", sa.Uuid),
    "uuid as char": lambda: Column("x", sa.Uuid(native_uuid=False)),
    "binary": lambda: Column("x", sa.LargeBinary),
    "short binary": lambda: Column("x", sa.VARBINARY(16)),
    "bits": lambda: Column("x", mysql.BIT(3)),
    "json": lambda: Column("x", sa.JSON),
    "enum": lambda: Column("x", Enum("a", "it's", "DEFAULT", name="letters")),
    "enum of a class": lambda: Column("x", Enum(Colour)),
    "enum that is not native": lambda: Column("x", Enum("a", "bc", native_enum=False)),
    "set": lambda: Column("x", mysql.SET("a", "b")),
    "type decorator": lambda: Column("x", Money),
    "type without a class": lambda: Column("x", Inet6),
    "not null": lambda: Column("x", Integer, nullable=False),
    "string default": lambda: Column("x", String(20), server_default="abc"),
    "empty string default": lambda: Column("x", String(20), server_default=""),
    "default with quotes": lambda: Column("x", String(20), server_default='it\'s "quoted"'),
    "default with a backslash": lambda: Column("x", String(20), server_default="a\\b"),
    "default with colons and percent signs": lambda: Column("x", String(20), server_default="12:30 :x %s %%"),
    "number default as string": lambda: Column("x", Integer, server_default="5"),
    "negative default": lambda: Column("x", Integer, server_default=text("-5")),
    "default with fewer digits than the type": lambda: Column("x", Numeric(10, 2), server_default="5"),
    "float default": lambda: Column("x", sa.Float, server_default=text("0.1")),
    "true by default": lambda: Column("x", Boolean, server_default=sa.true()),
    "false by default": lambda: Column("x", Boolean, server_default=sa.false()),
    "default of bits": lambda: Column("x", mysql.BIT(3), server_default=text("b'101'")),
    "default of binary": lambda: Column("x", sa.VARBINARY(4), server_default=text("x'4142'")),
    "now()": lambda: Column("x", DateTime, server_default=func.now()),
    "now() of a timestamp": lambda: Column("x", sa.TIMESTAMP, server_default=func.now(), nullable=False),
    "current_timestamp": lambda: Column("x", DateTime, server_default=text("CURRENT_TIMESTAMP")),
    "current_timestamp of microseconds": lambda: Column(
        "x", mysql.DATETIME(fsp=6), server_default=text("CURRENT_TIMESTAMP(6)")
    ),
    "on update": lambda: Column(
        "x", sa.TIMESTAMP, server_default=text("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP")
    ),
    "current_date": lambda: Column("x", sa.Date, server_default=func.current_date()),
    "date default": lambda: Column("x", sa.Date, server_default="2020-01-31"),
    "datetime default with less than the type": lambda: Column("x", DateTime, server_default="2020-1-31"),
    "null default": lambda: Column("x", String(5), server_default=text("NULL")),
    "json default": lambda: Column("x", sa.JSON, server_default="{}"),
    "enum default": lambda: Column("x", Enum("a", "b", name="letters"), server_default="a"),
    "expression default": lambda: Column("x", Integer, server_default=text("(1 + 2)")),
    "expression default without parentheses": lambda: Column("x", Integer, server_default=text("1 + 2")),
    "function default": lambda: Column("x", String(36), server_default=text("uuid()")),
    "function default with arguments": lambda: Column(
        "x", String(9), server_default=text("CONCAT('A', lower('B'), ' % ')")
    ),
    "default of another column": lambda: Column("x", Integer, server_default=text("(size + length(name))")),
    "fetched value": lambda: Column("x", Integer, server_default=sa.FetchedValue()),
    "stored computed": lambda: Column("x", Integer, Computed("size * 2", persisted=True)),
    "virtual computed": lambda: Column("x", Integer, Computed("size * 2", persisted=False)),
    "computed without persistence": lambda: Column("x", Integer, Computed("size * 2")),
    "computed in other words than the server's": lambda: Column(
        "x", Text, Computed("CASE WHEN LOWER(name) = 'x' || size != 5 THEN 'a, b' ELSE SUBSTR(name, 2) END")
    ),
    "unique flag": lambda: Column("x", Integer, unique=True),
    "index flag": lambda: Column("x", Integer, index=True),
    "unique index flag": lambda: Column("x", Integer, index=True, unique=True),
    "foreign key to itself": lambda: Column("x", ForeignKey("feature.id")),
    "mixed case name": lambda: Column("mixedCase", Integer, index=True),
    "reserved name": lambda: Column("select", Integer, unique=True, server_default="1"),
    "name with odd characters": lambda: Column('a"b-c.d e', Integer, unique=True),
    "column comment": lambda: Column("x", Integer, comment="it's a \\ comment: 50 %"),
}


def feature(make: Callable[[], Column[Any]], metadata: MetaData) -> None:
    Table(
        "feature",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("name", String(30)),
        Column("size", Integer),
        make(),
    )


# --- whole tables -------------------------------------------------------------------------------------------

TABLES: dict[str, Callable[[MetaData], object]] = {}


def tables(name: str) -> Callable[[Callable[[MetaData], object]], Callable[[MetaData], object]]:
    def register(build: Callable[[MetaData], object]) -> Callable[[MetaData], object]:
        TABLES[name] = build
        return build

    return register


def parent(m: MetaData, **options: Any) -> Table:
    return Table(
        "parent",
        m,
        Column("id", Integer, primary_key=True),
        Column("a", Integer),
        Column("b", Integer),
        UniqueConstraint("a", "b"),
        **options,
    )


@tables("keys")
def _(m: MetaData) -> None:
    Table("t1", m, Column("a", Integer), Column("b", Text))
    Table("t2", m, Column("code", String(10), primary_key=True))
    Table("t3", m, Column("id", Integer, primary_key=True, autoincrement=False))
    Table("t4", m, Column("id", sa.BigInteger, primary_key=True))
    Table(
        "t5",
        m,
        Column("a", Integer, autoincrement=False),
        Column("b", Integer),
        PrimaryKeyConstraint("b", "a"),
    )


@tables("unique constraints")
def _(m: MetaData) -> None:
    Table(
        "t",
        m,
        Column("a", Integer),
        Column("b", Integer),
        Column("c", Integer),
        UniqueConstraint("a", "b", name="uq_ab"),
        UniqueConstraint("b", "c"),
        UniqueConstraint("c"),
    )


@tables("indexes")
def _(m: MetaData) -> None:
    t = Table("t", m, Column("a", Integer), Column("b", String(20)), Column("c", Text))
    Index("ix_one", t.c.a)
    Index("ix_two", t.c.b, t.c.a, unique=True)
    Index("ix_desc", t.c.a.desc(), t.c.b)
    Index("ix_length", t.c.b, mariadb_length={"b": 5}, mysql_length={"b": 5})
    Index("ix_text", t.c.c, mariadb_length=10, mysql_length=10)
    Index("ix_words", t.c.c, mariadb_prefix="FULLTEXT", mysql_prefix="FULLTEXT")
    Index("IX Mixed", t.c.b)


@tables("foreign keys with every rule")
def _(m: MetaData) -> None:
    parent(m)
    Table(
        "child",
        m,
        Column("r", ForeignKey("parent.id", ondelete="RESTRICT", onupdate="CASCADE")),
        Column("n", ForeignKey("parent.id", ondelete="SET NULL", onupdate="set null")),
        Column("d", ForeignKey("parent.id", ondelete="CASCADE", name="named")),
        Column("o", ForeignKey("parent.id", ondelete="no action")),
        Column("i", ForeignKey("parent.id", name="indexed"), index=True),
        Column("u", ForeignKey("parent.id"), unique=True),
        Column("x", Integer),
        Column("y", Integer),
        ForeignKeyConstraint(["x", "y"], ["parent.a", "parent.b"], name="both"),
    )


@tables("circular foreign keys")
def _(m: MetaData) -> None:
    Table("a", m, Column("id", Integer, primary_key=True), Column("b", ForeignKey("b.id", name="to_b")))
    Table("b", m, Column("id", Integer, primary_key=True), Column("c", ForeignKey("c.id", name="to_c")))
    Table("c", m, Column("id", Integer, primary_key=True), Column("a", ForeignKey("a.id", name="to_a")))


@tables("checks")
def _(m: MetaData) -> None:
    Table(
        "t",
        m,
        Column("a", Integer, CheckConstraint("a > 0")),
        Column("b", String(10)),
        CheckConstraint("a < 100 AND (b IS NOT NULL OR a = 5)", name="both"),
        CheckConstraint("length(b) between 1 and 10"),
    )


@tables("comments and options of a table")
def _(m: MetaData) -> None:
    Table(
        "t",
        m,
        Column("a", Integer),
        comment="it's a table: 50 %",
        mariadb_engine="InnoDB",
        mysql_engine="InnoDB",
        mariadb_charset="latin1",
        mysql_charset="latin1",
    )


@tables("odd names")
def _(m: MetaData) -> None:
    Table("select", m, Column("id", Integer, primary_key=True), Column("from", Integer, index=True))
    Table("Mixed Case", m, Column("Id", Integer, primary_key=True), Column("x", ForeignKey("select.id")))
    Table('quo"ted %', m, Column("a", Integer, unique=True))
    Table("n" * 64, m, Column("c" * 64, Integer, unique=True), Index("i" * 64, "c" * 64))


@tables("naming convention")
def _(m: MetaData) -> None:
    m.naming_convention = {
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    }
    parent(m)
    Table(
        "child",
        m,
        Column("id", Integer, primary_key=True),
        Column("p", ForeignKey("parent.id"), index=True),
        Column("q", ForeignKey("parent.id")),
        Column("flag", Boolean(create_constraint=True, name="flag_is_bool")),
        Column("n", Integer, unique=True),
        CheckConstraint("n > 0", name="n_positive"),
    )


# --- quiet --------------------------------------------------------------------------------------------------

MODELS = {name: partial(feature, make) for name, make in FEATURES.items()} | TABLES


@pytest.fixture(params=["mariadb", "mysql"])
async def named_engine(request: pytest.FixtureRequest, mariadb_url: str) -> Any:
    """Give an engine by either of the names that SQLAlchemy has for MariaDB."""
    engine = create_async_engine(mariadb_url.replace("mariadb", request.param, 1), poolclass=NullPool)
    yield engine
    await engine.dispose()


def both_ways(connection: Connection, metadata: MetaData) -> tuple[UpgradeOps, UpgradeOps]:
    database = inspect_database(connection)
    models = snapshot_of(metadata, connection.dialect, default_schema=database.default_schema)
    models = canonicalize(connection, database, models)
    return diff(database, models), diff(models, database)


@pytest.mark.parametrize("build", MODELS.values(), ids=MODELS)
async def test_what_was_created_is_no_difference(
    named_engine: AsyncEngine, build: Callable[[MetaData], object], caplog: pytest.LogCaptureFixture
) -> None:
    metadata = MetaData()
    build(metadata)
    async with named_engine.connect() as connection:
        await connection.run_sync(metadata.create_all)
        with caplog.at_level(logging.INFO, logger="async_migrate"):
            there, back = await connection.run_sync(both_ways, metadata)
    assert there.as_diffs() == []
    assert back.as_diffs() == []
    assert [each.getMessage() for each in caplog.records if each.name.startswith("async_migrate")] == []


CHANGED: dict[str, tuple[Callable[[], Column[Any]], Callable[[], Column[Any]], str]] = {
    "type": (lambda: Column("x", String(5)), lambda: Column("x", String(6)), "modify_type"),
    "size of a float": (lambda: Column("x", sa.Float), lambda: Column("x", sa.Double), "modify_type"),
    "values of an enum": (lambda: Column("x", Enum("a")), lambda: Column("x", Enum("a", "b")), "modify_type"),
    "type of an unknown class": (lambda: Column("x", Inet6), lambda: Column("x", String(9)), "modify_type"),
    "nullable": (
        lambda: Column("x", Integer),
        lambda: Column("x", Integer, nullable=False),
        "modify_nullable",
    ),
    "case of a default": (
        lambda: Column("x", String(5), server_default="a"),
        lambda: Column("x", String(5), server_default="A"),
        "modify_default",
    ),
    "spaces of a default": (
        lambda: Column("x", String(5), server_default="a b"),
        lambda: Column("x", String(5), server_default="ab"),
        "modify_default",
    ),
    "arguments of a function": (
        lambda: Column("x", String(5), server_default=func.concat("a", "b")),
        lambda: Column("x", String(5), server_default=func.concat("a", "c")),
        "modify_default",
    ),
    "default of bits": (
        lambda: Column("x", mysql.BIT(3), server_default=text("b'101'")),
        lambda: Column("x", mysql.BIT(3), server_default=text("b'100'")),
        "modify_default",
    ),
    "a default goes": (
        lambda: Column("x", String(5), server_default=func.concat("a", "b")),
        lambda: Column("x", String(5)),
        "modify_default",
    ),
    "on update": (
        lambda: Column("x", DateTime, server_default=text("now()")),
        lambda: Column("x", DateTime, server_default=text("now() ON UPDATE now()")),
        "modify_default",
    ),
    "comment": (lambda: Column("x", Integer), lambda: Column("x", Integer, comment="c"), "modify_comment"),
}


@pytest.mark.parametrize(("before", "after", "change"), CHANGED.values(), ids=CHANGED)
async def test_what_differs_is_seen(
    mariadb_engine: AsyncEngine,
    before: Callable[[], Column[Any]],
    after: Callable[[], Column[Any]],
    change: str,
) -> None:
    there, wanted = MetaData(), MetaData()
    feature(before, there)
    feature(after, wanted)
    async with mariadb_engine.connect() as connection:
        await connection.run_sync(there.create_all)
        (changes,) = (await compare(connection, wanted)).as_diffs()
    assert [each[0] for each in changes] == [change]


async def test_a_direction_is_seen(mariadb_engine: AsyncEngine) -> None:
    async with mariadb_engine.connect() as connection:
        await connection.execute(text("CREATE TABLE t (a INT, KEY ix (a DESC))"))
        metadata = MetaData()
        Table("t", metadata, Column("a", Integer), Index("ix", "a"))
        diffs = (await compare(connection, metadata)).as_diffs()
    assert [each[0] for each in diffs] == ["remove_index", "add_index"]


async def test_comparing_commits_nothing_and_leaves_nothing(mariadb_engine: AsyncEngine) -> None:
    metadata = MetaData()
    feature(FEATURES["default with fewer digits than the type"], metadata)
    async with mariadb_engine.connect() as connection:
        await connection.run_sync(metadata.create_all)
        await connection.commit()
        await connection.execute(text("INSERT INTO feature (name) VALUES ('a')"))
        assert (await compare(connection, metadata)).is_empty()
        await connection.rollback()
        assert await connection.scalar(text("SELECT count(*) FROM feature")) == 0
        assert (await compare(connection, MetaData())).as_diffs()[0][0] == "remove_table"


async def test_system_schemas_are_nobodys_tables(mariadb_engine: AsyncEngine) -> None:
    async with mariadb_engine.connect() as connection:
        tables = (await connection.run_sync(inspect_database, include_schemas=True)).tables
    assert {schema for schema, _ in tables} & {"mysql", "sys", "performance_schema"} == set()


# --- there and back -----------------------------------------------------------------------------------------


def library() -> MetaData:
    m = MetaData()
    Table(
        "author",
        m,
        Column("id", Integer, primary_key=True),
        Column("name", String(50), nullable=False, index=True),
        Column("born", sa.Date),
        Column("notes", sa.JSON),
        comment="who writes",
    )
    Table(
        "book",
        m,
        Column("id", Integer, primary_key=True),
        Column("title", String(99), nullable=False, server_default="?", comment="as on the cover"),
        Column("isbn", String(13), unique=True),
        Column("author_id", ForeignKey("author.id", name="fk_book_author", ondelete="CASCADE"), index=True),
        Column("at", DateTime, server_default=func.now(), nullable=False),
        Column("kind", Enum("novel", "poem", name="kind")),
        Column("pages", Integer),
        Index("ix_book_pages", "pages", "title"),
    )
    return m


def changed_library() -> MetaData:
    m = MetaData()
    Table(
        "author",
        m,
        Column("id", Integer, primary_key=True),
        Column("name", String(80), nullable=True),
        Column("born", sa.Date, server_default=func.current_date()),
        Column("name_length", Integer, Computed("char_length(name)", persisted=True)),
        Column("country_code", ForeignKey("country.code", name="fk_author_country")),
    )
    Table("country", m, Column("code", String(2), primary_key=True), Column("size", Numeric(12, 2)))
    Table(
        "book",
        m,
        Column("id", Integer, primary_key=True),
        Column("title", String(99), nullable=False, comment="as on the spine"),
        Column("isbn", String(17), index=True),
        Column("author_id", Integer),
        Column("at", DateTime, nullable=True),
        Column("kind", Enum("novel", "poem", "play", name="kind")),
        Column("pages", sa.BigInteger),
        UniqueConstraint("title", "isbn", name="uq_book"),
        comment="what is read",
    )
    return m


ROUND_TRIPS = {
    "changed": (library, changed_library),
    "changed back": (changed_library, library),
    "dropped": (library, MetaData),
} | {
    name: (build_of, MetaData)
    for name, build_of in {
        "foreign keys": lambda: built(TABLES["foreign keys with every rule"]),
        "circle": lambda: built(TABLES["circular foreign keys"]),
        "indexes": lambda: built(TABLES["indexes"]),
        "odd names": lambda: built(TABLES["odd names"]),
        "conventions": lambda: built(TABLES["naming convention"]),
    }.items()
}


def built(build: Callable[[MetaData], object]) -> MetaData:
    metadata = MetaData()
    build(metadata)
    return metadata


@pytest.mark.parametrize(("first", "second"), ROUND_TRIPS.values(), ids=ROUND_TRIPS)
async def test_generate_upgrade_check_and_back(
    mariadb_engine: AsyncEngine,
    history: Any,
    first: Callable[[], MetaData],
    second: Callable[[], MetaData],
) -> None:
    history.location.mkdir()
    for models in (first, second):
        migrator = history.migrator(mariadb_engine, metadata=models())
        await migrator.revision("change", autogenerate=True)
        await migrator.upgrade()
        assert (await migrator.check()).changes == ()
    await migrator.downgrade("-1")
    async with mariadb_engine.connect() as connection:
        left = await compare(connection, first(), version_table="async_migrate_version")
    assert left.as_diffs() == []
    await migrator.downgrade("base")
    async with mariadb_engine.connect() as connection:
        assert (await compare(connection, MetaData(), version_table="async_migrate_version")).is_empty()
