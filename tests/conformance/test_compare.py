"""Quiet where nothing differs: whatever ``create_all`` makes, the comparison calls equal, in both directions."""

from __future__ import annotations

import enum
import warnings
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
    Identity,
    Index,
    Integer,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    Sequence,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    literal,
    text,
)
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.dialects import sqlite as sl
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from async_migrate.database.inspect import canonicalize, inspect_database
from async_migrate.diff.compare import diff
from async_migrate.diff.from_metadata import snapshot_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection

    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import AsyncEngine

    from async_migrate.diff.options import DiffOptions
    from async_migrate.operations.containers import UpgradeOps


class Colour(enum.Enum):
    RED = "red"
    LIGHT_BLUE = "light blue"


class Money(sa.TypeDecorator[Any]):
    impl = Numeric(12, 3)
    cache_ok = True


class Ltree(sa.types.UserDefinedType[Any]):
    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "LTREE"


# --- one column of a table ----------------------------------------------------------------------------------

EVERYWHERE: dict[str, Callable[[], Column[Any]]] = {
    "integer": lambda: Column("x", Integer),
    "small integer": lambda: Column("x", sa.SmallInteger),
    "big integer": lambda: Column("x", sa.BigInteger),
    "string without length": lambda: Column("x", String),
    "string with length": lambda: Column("x", String(50)),
    "unicode": lambda: Column("x", sa.Unicode(20)),
    "unicode text": lambda: Column("x", sa.UnicodeText),
    "text": lambda: Column("x", Text),
    "char": lambda: Column("x", sa.CHAR(3)),
    "char without length": lambda: Column("x", sa.CHAR),
    "boolean": lambda: Column("x", Boolean),
    "boolean with a named check": lambda: Column("x", Boolean(create_constraint=True, name="is_bool")),
    "boolean with an unnamed check": lambda: Column("x", Boolean(create_constraint=True)),
    "date": lambda: Column("x", sa.Date),
    "time": lambda: Column("x", sa.Time),
    "datetime": lambda: Column("x", DateTime),
    "datetime with zone": lambda: Column("x", DateTime(timezone=True)),
    "interval": lambda: Column("x", sa.Interval),
    "numeric": lambda: Column("x", Numeric),
    "numeric with precision": lambda: Column("x", Numeric(10)),
    "numeric with scale": lambda: Column("x", Numeric(10, 2)),
    "decimal": lambda: Column("x", sa.DECIMAL(8, 4)),
    "float": lambda: Column("x", sa.Float),
    "float of 24 digits": lambda: Column("x", sa.Float(24)),
    "float of 53 digits": lambda: Column("x", sa.Float(53)),
    "double": lambda: Column("x", sa.Double),
    "real": lambda: Column("x", sa.REAL),
    "uuid": lambda: Column("x", sa.Uuid),
    "uuid as char": lambda: Column("x", sa.Uuid(native_uuid=False)),
    "binary": lambda: Column("x", sa.LargeBinary),
    "pickle": lambda: Column("x", sa.PickleType),
    "json": lambda: Column("x", sa.JSON),
    "enum": lambda: Column("x", Enum("a", "b", name="letters")),
    "enum of a class": lambda: Column("x", Enum(Colour)),
    "enum that is not native": lambda: Column("x", Enum("a", "bc", native_enum=False, name="letters")),
    "enum with a check": lambda: Column(
        "x", Enum("a", "b'c", native_enum=False, create_constraint=True, name="letters")
    ),
    "type decorator": lambda: Column("x", Money),
    "variant": lambda: Column("x", sa.JSON().with_variant(pg.JSONB(), "postgresql")),
    "string of another dialect's length": lambda: Column("x", String(10).with_variant(String(99), "mysql")),
    "not null": lambda: Column("x", Integer, nullable=False),
    "string default": lambda: Column("x", String(20), server_default="abc"),
    "empty string default": lambda: Column("x", String(20), server_default=""),
    "default with quotes": lambda: Column("x", String(20), server_default='it\'s "quoted"'),
    "default with colons": lambda: Column("x", String(20), server_default="12:30 :x ::y"),
    "default with a percent sign": lambda: Column("x", String(20), server_default="100 %s %%"),
    "default with parentheses": lambda: Column("x", String(20), server_default="(a) (b)"),
    "default with a backslash": lambda: Column("x", String(20), server_default="a\\b"),
    "default of spaces": lambda: Column("x", String(20), server_default="  a  b  "),
    "number default as string": lambda: Column("x", Integer, server_default="5"),
    "number default as text": lambda: Column("x", Integer, server_default=text("5")),
    "negative default": lambda: Column("x", Integer, server_default=text("-5")),
    "negative default as string": lambda: Column("x", Integer, server_default="-5"),
    "numeric default": lambda: Column("x", Numeric(10, 2), server_default="5.50"),
    "numeric default as text": lambda: Column("x", Numeric(10, 2), server_default=text("0.00")),
    "big default": lambda: Column("x", sa.BigInteger, server_default=text("9999999999")),
    "float default": lambda: Column("x", sa.Float, server_default=text("0.1")),
    "default of digits in a string": lambda: Column("x", String, server_default="007"),
    "true by default": lambda: Column("x", Boolean, server_default=sa.true()),
    "false by default": lambda: Column("x", Boolean, server_default=sa.false()),
    "now()": lambda: Column("x", DateTime, server_default=func.now()),
    "current_timestamp": lambda: Column("x", DateTime, server_default=text("CURRENT_TIMESTAMP")),
    "current_date": lambda: Column("x", sa.Date, server_default=func.current_date()),
    "null default": lambda: Column("x", String, server_default=text("NULL")),
    "literal default": lambda: Column("x", String, server_default=literal("abc")),
    "date default": lambda: Column("x", sa.Date, server_default="2020-01-31"),
    "json default": lambda: Column("x", sa.JSON, server_default="{}"),
    "enum default": lambda: Column("x", Enum("a", "b", name="letters"), server_default="a"),
    "expression default": lambda: Column("x", Integer, server_default=text("(1 + 2)")),
    "function default": lambda: Column("x", String, server_default=text("(lower('ABC'))")),
    "fetched value": lambda: Column("x", Integer, server_default=sa.FetchedValue()),
    "python default": lambda: Column("x", Integer, default=3, onupdate=4),
    "stored computed": lambda: Column("x", Integer, Computed("id * 2", persisted=True)),
    "computed of strings": lambda: Column(
        "x", Text, Computed("'a, b' || ' (' || name || ')'", persisted=True)
    ),
    "computed and not null": lambda: Column("x", Integer, Computed("id + 1", persisted=True), nullable=False),
    "unique flag": lambda: Column("x", Integer, unique=True),
    "index flag": lambda: Column("x", Integer, index=True),
    "unique index flag": lambda: Column("x", Integer, index=True, unique=True),
    "foreign key to itself": lambda: Column("x", ForeignKey("feature.id")),
    "mixed case name": lambda: Column("mixedCase", Integer, index=True),
    "reserved name": lambda: Column("select", Integer, unique=True, server_default="1"),
    "name with a space": lambda: Column("two words", Integer, index=True),
    "name with odd characters": lambda: Column('a"b-c.d', Integer, unique=True),
    "other key than name": lambda: Column("real_name", Integer, key="other", unique=True),
    "column comment": lambda: Column("x", Integer, comment="it's a comment: 50 %"),
    "empty column comment": lambda: Column("x", Integer, comment=""),
    "system column": lambda: Column("xmin", Integer, system=True),
}

ON_POSTGRESQL: dict[str, Callable[[], Column[Any]]] = {
    "jsonb": lambda: Column("x", pg.JSONB),
    "jsonb default": lambda: Column("x", pg.JSONB, server_default=text("'{}'::jsonb")),
    "jsonb default unlike the stored one": lambda: Column(
        "x", pg.JSONB, server_default='{"b":1,  "a" : [1, 2]}'
    ),
    "array": lambda: Column("x", pg.ARRAY(Integer)),
    "array of strings": lambda: Column("x", pg.ARRAY(String(10))),
    "array of two dimensions": lambda: Column("x", pg.ARRAY(Integer, dimensions=2)),
    "array of enums": lambda: Column("x", pg.ARRAY(pg.ENUM("a", "b", name="letters"))),
    "array default": lambda: Column("x", pg.ARRAY(Integer), server_default="{}"),
    "array constructor default": lambda: Column("x", pg.ARRAY(Text), server_default=text("ARRAY['a', 'b']")),
    "empty array default": lambda: Column("x", pg.ARRAY(Text), server_default=text("ARRAY[]::text[]")),
    "native uuid": lambda: Column("x", pg.UUID, server_default=text("gen_random_uuid()")),
    "inet": lambda: Column("x", pg.INET, server_default="10.0.0.1"),
    "cidr": lambda: Column("x", pg.CIDR),
    "macaddr": lambda: Column("x", pg.MACADDR),
    "macaddr8": lambda: Column("x", pg.MACADDR8),
    "money": lambda: Column("x", pg.MONEY),
    "oid": lambda: Column("x", pg.OID),
    "bit": lambda: Column("x", pg.BIT),
    "bit with length": lambda: Column("x", pg.BIT(5)),
    "bit varying": lambda: Column("x", pg.BIT(5, varying=True)),
    "tsvector": lambda: Column("x", pg.TSVECTOR),
    "tsquery": lambda: Column("x", pg.TSQUERY),
    "regconfig": lambda: Column("x", pg.REGCONFIG, server_default=text("'english'::regconfig")),
    "int range": lambda: Column("x", pg.INT4RANGE),
    "timestamp range": lambda: Column("x", pg.TSTZRANGE),
    "multirange": lambda: Column("x", pg.INT8MULTIRANGE),
    "timestamp with precision": lambda: Column("x", pg.TIMESTAMP(timezone=True, precision=3)),
    "time with zone": lambda: Column("x", pg.TIME(timezone=True, precision=0)),
    "interval with fields": lambda: Column("x", pg.INTERVAL(fields="DAY TO SECOND", precision=2)),
    "interval default": lambda: Column("x", sa.Interval, server_default="1 day"),
    "bytea default": lambda: Column("x", pg.BYTEA, server_default=text("'\\x00ff'::bytea")),
    "enum in mixed case": lambda: Column("x", pg.ENUM("A", "b c", name="MixedCase")),
    "enum default with cast": lambda: Column(
        "x", pg.ENUM("a", "b", name="letters"), server_default=text("'a'::letters")
    ),
    "domain": lambda: Column("x", pg.DOMAIN("positive", Integer, check="VALUE > 0", not_null=True)),
    "domain over a string": lambda: Column("x", pg.DOMAIN("code", String(5))),
    "collation": lambda: Column("x", String(10, collation="C")),
    "named collation": lambda: Column("x", Text(collation="POSIX")),
    "hstore of an extension": lambda: Column("x", pg.HSTORE),
    "citext of an extension": lambda: Column("x", pg.CITEXT, server_default="a"),
    "type without a class": lambda: Column("x", Ltree),
    "boolean default as string": lambda: Column("x", Boolean, server_default="false"),
    "boolean default as digit": lambda: Column("x", Boolean, server_default="0"),
    "boolean default as letter": lambda: Column("x", Boolean, server_default="t"),
    "timestamp default as string": lambda: Column("x", DateTime, server_default="2020-01-01"),
    "time default as string": lambda: Column("x", sa.Time, server_default="1:00"),
    "timezone() default": lambda: Column("x", DateTime, server_default=text("timezone('utc', now())")),
    "at time zone default": lambda: Column("x", DateTime, server_default=text("(now() AT TIME ZONE 'utc')")),
    "clock_timestamp default": lambda: Column("x", DateTime, server_default=func.clock_timestamp()),
    "date arithmetic default": lambda: Column("x", DateTime, server_default=text("now() + interval '1 day'")),
    "concatenated default": lambda: Column("x", Text, server_default=text("'a' || 'b'")),
    "function default with cast": lambda: Column("x", String(32), server_default=text("md5(random()::text)")),
    "case default": lambda: Column("x", Integer, server_default=text("CASE WHEN true THEN 1 ELSE 2 END")),
    "cast default": lambda: Column("x", Integer, server_default=sa.cast("5", Integer)),
    "escape string default": lambda: Column("x", Text, server_default=text("E'a\\nb'")),
    "current_user default": lambda: Column("x", Text, server_default=text("CURRENT_USER")),
    "identity": lambda: Column("x", Integer, Identity()),
    "identity always": lambda: Column("x", sa.BigInteger, Identity(always=True, start=100, increment=10)),
    "identity with every option": lambda: Column(
        "x",
        Integer,
        Identity(start=7, increment=-1, minvalue=-50, maxvalue=50, cycle=True, cache=5),
    ),
    "identity without bounds": lambda: Column("x", Integer, Identity(nominvalue=True, nomaxvalue=True)),
    "computed with casts": lambda: Column(
        "x", pg.TSVECTOR, Computed("to_tsvector('english', coalesce(name, '') || ' ' || id)", persisted=True)
    ),
    "computed of json": lambda: Column("x", Text, Computed("((data->>'a'))", persisted=True)),
}

ON_SQLITE: dict[str, Callable[[], Column[Any]]] = {
    "virtual computed": lambda: Column("x", Integer, Computed("id * 2", persisted=False)),
    "computed without persistence": lambda: Column("x", Integer, Computed("id * 2")),
    "collation": lambda: Column("x", String(10, collation="NOCASE")),
    "conflict clause of not null": lambda: Column(
        "x", Integer, nullable=False, sqlite_on_conflict_not_null="FAIL"
    ),
    "conflict clause of unique": lambda: Column(
        "x", Integer, unique=True, sqlite_on_conflict_unique="IGNORE"
    ),
    "expression without parentheses": lambda: Column("x", Integer, server_default=text("1 + 2")),
    "strftime default": lambda: Column(
        "x", Text, server_default=text("(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))")
    ),
    "sqlite datetime": lambda: Column("x", sl.DATETIME(truncate_microseconds=True)),
    "sqlite json": lambda: Column("x", sl.JSON),
    "identity, which sqlite has not": lambda: Column("x", Integer, Identity(start=5)),
    "blob default": lambda: Column("x", sa.LargeBinary, server_default=text("X'00FF'")),
    "double quoted default": lambda: Column("x", Text, server_default=text('"abc"')),
}


def column_feature(make: Callable[[], Column[Any]], metadata: MetaData) -> None:
    Table(
        "feature",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("name", String(30)),
        Column("data", sa.JSON),
        make(),
    )


# --- whole tables -------------------------------------------------------------------------------------------

TABLES: dict[str, tuple[frozenset[str], Callable[[MetaData], object]]] = {}
BOTH = frozenset({"sqlite", "postgresql"})


def tables(
    name: str, *dialects: str
) -> Callable[[Callable[[MetaData], object]], Callable[[MetaData], object]]:
    def register(build: Callable[[MetaData], object]) -> Callable[[MetaData], object]:
        TABLES[name] = (frozenset(dialects) or BOTH, build)
        return build

    return register


def parent(metadata: MetaData, **options: Any) -> Table:
    return Table(
        "parent",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("a", Integer),
        Column("b", Integer),
        UniqueConstraint("a", "b"),
        **options,
    )


@tables("no primary key")
def _(m: MetaData) -> None:
    Table("t", m, Column("a", Integer), Column("b", Text))


@tables("text primary key")
def _(m: MetaData) -> None:
    Table("t", m, Column("code", String(10), primary_key=True), Column("b", Text))


@tables("composite primary key in another order")
def _(m: MetaData) -> None:
    Table(
        "t",
        m,
        Column("a", Integer, autoincrement=False),
        Column("b", Integer),
        PrimaryKeyConstraint("b", "a", name="t_key"),
    )


@tables("primary key that does not count up")
def _(m: MetaData) -> None:
    Table("t", m, Column("id", Integer, primary_key=True, autoincrement=False))


@tables("big, small and identity keys", "postgresql")
def _(m: MetaData) -> None:
    Table("t1", m, Column("id", sa.BigInteger, primary_key=True))
    Table("t2", m, Column("id", sa.SmallInteger, primary_key=True))
    Table("t3", m, Column("id", Integer, Identity(always=True), primary_key=True))
    Table(
        "t4",
        m,
        Column("a", Integer, primary_key=True, autoincrement=True),
        Column("b", Integer, primary_key=True),
    )


@tables("key from a sequence", "postgresql")
def _(m: MetaData) -> None:
    numbers = Sequence("numbers", metadata=m)
    Table("t1", m, Column("id", Integer, numbers, server_default=numbers.next_value(), primary_key=True))
    Table("t2", m, Column("id", Integer, numbers, primary_key=True))
    Table("t3", m, Column("x", Integer, server_default=text("nextval('numbers')")))


@tables("serial in a table of odd name", "postgresql")
def _(m: MetaData) -> None:
    Table("Odd Table", m, Column("Id", Integer, primary_key=True))


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


@tables("deferrable unique", "postgresql")
def _(m: MetaData) -> None:
    Table(
        "t",
        m,
        Column("a", Integer),
        UniqueConstraint("a", name="later", deferrable=True, initially="DEFERRED"),
    )


@tables("unique with include", "postgresql")
def _(m: MetaData) -> None:
    Table(
        "t",
        m,
        Column("a", Integer),
        Column("b", Integer),
        UniqueConstraint("a", name="covering", postgresql_include=["b"]),
    )


@tables("nulls not distinct", "postgresql")
def _(m: MetaData) -> None:
    Table(
        "t",
        m,
        Column("a", Integer),
        UniqueConstraint("a", name="nulls_too", postgresql_nulls_not_distinct=True),
        Index("ix_nulls_too", "a", unique=True, postgresql_nulls_not_distinct=True),
    )


@tables("checks")
def _(m: MetaData) -> None:
    Table(
        "t",
        m,
        Column("a", Integer, CheckConstraint("a > 0")),
        Column("b", String(10), CheckConstraint("b <> ''", name="b_given")),
        CheckConstraint("a < 100 AND (b IS NOT NULL OR a = 5)", name="both"),
        CheckConstraint("a IN (1, 2, 3)", name="listed"),
        CheckConstraint("length(b) between 1 and 10"),
        CheckConstraint("b LIKE 'x%' or b in ('it''s', ')')", name="strings"),
    )


@tables("checks as expressions")
def _(m: MetaData) -> None:
    table = Table("t", m, Column("a", Integer), Column("b", String(10)))
    table.append_constraint(CheckConstraint(table.c.a.between(1, 9), name="one"))
    table.append_constraint(CheckConstraint(table.c.b.in_(["x", "y"]) & (table.c.a != 3), name="two"))
    table.append_constraint(CheckConstraint(func.length(table.c.b) > 2, name="three"))


@tables("check that is not valid", "postgresql")
def _(m: MetaData) -> None:
    Table("t", m, Column("a", Integer), CheckConstraint("a > 0", name="positive", postgresql_not_valid=True))


@tables("foreign keys with every rule")
def _(m: MetaData) -> None:
    parent(m)
    Table(
        "child",
        m,
        Column("r", ForeignKey("parent.id", ondelete="RESTRICT", onupdate="CASCADE")),
        Column("n", ForeignKey("parent.id", ondelete="SET NULL", onupdate="set null")),
        Column("d", ForeignKey("parent.id", ondelete="SET DEFAULT", name="named")),
        Column("o", ForeignKey("parent.id", ondelete="no action")),
        Column("l", ForeignKey("parent.id", deferrable=True, initially="DEFERRED")),
        Column("i", ForeignKey("parent.id", deferrable=True, initially="IMMEDIATE")),
        Column("x", Integer),
        Column("y", Integer),
        ForeignKeyConstraint(["x", "y"], ["parent.a", "parent.b"], name="both", match="FULL"),
    )


@tables("foreign key that is not valid", "postgresql")
def _(m: MetaData) -> None:
    parent(m)
    Table("child", m, Column("a", ForeignKey("parent.id", name="later", postgresql_not_valid=True)))


@tables("set null of some columns", "postgresql")
def _(m: MetaData) -> None:
    parent(m)
    Table(
        "child",
        m,
        Column("x", Integer),
        Column("y", Integer),
        ForeignKeyConstraint(["x", "y"], ["parent.a", "parent.b"], ondelete="SET NULL (y)"),
    )


@tables("circular foreign keys")
def _(m: MetaData) -> None:
    Table("a", m, Column("id", Integer, primary_key=True), Column("b", ForeignKey("b.id", name="to_b")))
    Table("b", m, Column("id", Integer, primary_key=True), Column("c", ForeignKey("c.id", name="to_c")))
    Table("c", m, Column("id", Integer, primary_key=True), Column("a", ForeignKey("a.id", name="to_a")))


@tables("use_alter")
def _(m: MetaData) -> None:
    Table(
        "a",
        m,
        Column("id", Integer, primary_key=True),
        Column("b", ForeignKey("b.id", name="to_b", use_alter=True)),
    )
    Table("b", m, Column("id", Integer, primary_key=True), Column("a", ForeignKey("a.id", name="to_a")))


@tables("indexes")
def _(m: MetaData) -> None:
    table = Table("t", m, Column("a", Integer), Column("b", String(20)), Column("c", Integer))
    Index("ix_one", table.c.a)
    Index("ix_two", table.c.b, table.c.a, unique=True)
    Index("ix_desc", table.c.a.desc(), table.c.b)
    Index("ix_asc", table.c.a.asc())
    Index("ix_lower", func.lower(table.c.b))
    Index("ix_sum", table.c.a + table.c.c)
    Index("ix_text", text("a"), text("lower(b)"))
    Index("ix_coalesce", func.coalesce(table.c.b, "x"), table.c.a, unique=True)
    Index("IX Mixed", table.c.a)


@tables("partial indexes")
def _(m: MetaData) -> None:
    table = Table("t", m, Column("a", Integer), Column("b", String(20)), Column("gone", DateTime))
    given: dict[str, Any] = {"unique": True}
    for name, where in {
        "ix_where": table.c.gone.is_(None),
        "ix_in": table.c.a.in_([1, 2]),
        "ix_string": table.c.b == "x (y",
        "ix_and": (table.c.a > 1) & (table.c.b != "") | (table.c.a < -1),
    }.items():
        Index(name, table.c.a, postgresql_where=where, sqlite_where=where, **given)
    Index("ix_plain", "a", postgresql_where=text("a > 5"), sqlite_where=text("a > 5"), _table=table)


@tables("indexes only postgresql has", "postgresql")
def _(m: MetaData) -> None:
    table = Table(
        "t",
        m,
        Column("a", Integer),
        Column("b", String(20)),
        Column("j", pg.JSONB),
        Column("tags", pg.ARRAY(Text)),
        Column("v", pg.TSVECTOR),
        Column("name", Text),
    )
    Index("ix_gin", table.c.tags, postgresql_using="gin")
    Index("ix_hash", table.c.a, postgresql_using="HASH")
    Index("ix_brin", table.c.a, postgresql_using="brin")
    Index("ix_ops", table.c.j, postgresql_using="gin", postgresql_ops={"j": "jsonb_path_ops"})
    Index("ix_pattern", table.c.b, postgresql_ops={"b": "varchar_pattern_ops"})
    Index("ix_text_ops", text("lower(name) text_pattern_ops"))
    Index("ix_text_desc", text("lower(b) DESC NULLS LAST"), text("a"))
    Index("ix_include", table.c.a, postgresql_include=["b", "name"])
    Index("ix_with", table.c.a, postgresql_with={"fillfactor": 50})
    Index("ix_nulls", table.c.a.desc().nulls_last(), table.c.b.asc().nulls_first())
    Index("ix_nulls_default", table.c.a.desc().nulls_first(), table.c.b.nulls_last())
    Index("ix_arrow", table.c.j["key"].astext)
    Index("ix_cast", sa.cast(table.c.b, Text))
    Index("ix_expression", func.to_tsvector(text("'english'"), table.c.name), postgresql_using="gin")
    Index("ix_collate", table.c.b.collate("C"))
    Index("ix_labelled", func.lower(table.c.b).label("low"), postgresql_ops={"low": "text_pattern_ops"})
    Index("ix_case", text("(CASE WHEN a > 1 THEN 'x' ELSE 'y' END)"))
    Index("ix_modulo", table.c.a % 7)


@tables("exclude constraints", "postgresql")
def _(m: MetaData) -> None:
    Table(
        "t",
        m,
        Column("during", pg.TSTZRANGE),
        Column("span", pg.INT4RANGE),
        pg.ExcludeConstraint(("during", "&&"), name="no_overlap"),
        pg.ExcludeConstraint(("span", "&&"), ("during", "-|-"), name="two", where=text("NOT isempty(span)")),
        pg.ExcludeConstraint((text("lower(span)"), "="), name="other_method", using="btree"),
    )


@tables("table comment")
def _(m: MetaData) -> None:
    Table("t", m, Column("a", Integer), comment="it's a table: 50 %")


@tables("comments on constraints", "postgresql")
def _(m: MetaData) -> None:
    Table(
        "t",
        m,
        Column("a", Integer),
        UniqueConstraint("a", name="uq_a", comment="why"),
        CheckConstraint("a > 0", name="ck_a", comment="why not"),
    )


@tables("odd table names")
def _(m: MetaData) -> None:
    Table("select", m, Column("id", Integer, primary_key=True), Column("from", Integer, index=True))
    Table("Mixed Case", m, Column("Id", Integer, primary_key=True), Column("x", ForeignKey("select.id")))
    Table('quo"ted', m, Column("a", Integer, unique=True))


@tables("names as long as they may be")
def _(m: MetaData) -> None:
    name = "n" * 63
    Table(name, m, Column("c" * 63, Integer, unique=True), Index("i" * 63, "c" * 63))


@tables("names that a convention cuts short")
def _(m: MetaData) -> None:
    m.naming_convention = CONVENTION
    Table(
        "t" * 40,
        m,
        Column("c" * 40, Integer, unique=True, index=False),
        Column("d" * 40, Integer, index=True),
    )


CONVENTION = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


@tables("naming convention")
def _(m: MetaData) -> None:
    m.naming_convention = CONVENTION
    parent(m)
    Table(
        "child",
        m,
        Column("id", Integer, primary_key=True),
        Column("p", ForeignKey("parent.id"), index=True),
        Column("flag", Boolean(create_constraint=True, name="flag_is_bool")),
        Column("e", Enum("a", "b", name="letters", native_enum=False, create_constraint=True)),
        Column("n", Integer, CheckConstraint("n > 0", name="n_positive"), unique=True),
        CheckConstraint("id > 0", name=sa.schema.conv("verbatim")),
    )


@tables("metadata of a schema", "postgresql")
def _(m: MetaData) -> None:
    parent(m, schema="other")
    Table(
        "child",
        m,
        Column("id", Integer, primary_key=True),
        Column("p", ForeignKey("other.parent.id"), index=True),
        Column("e", Enum("a", "b", name="letters", schema="other")),
        schema="third",
    )
    Table("child", m, Column("p", ForeignKey("other.parent.id"), unique=True))


@tables("default schema by its name", "postgresql")
def _(m: MetaData) -> None:
    parent(m, schema="public")
    Table("child", m, Column("p", ForeignKey("public.parent.id")))


@tables("storage options", "postgresql")
def _(m: MetaData) -> None:
    Table("t", m, Column("a", Integer), postgresql_partition_by="RANGE (a)")


@tables("without rowid and strict", "sqlite")
def _(m: MetaData) -> None:
    Table("w", m, Column("id", Integer, primary_key=True), Column("b", Text), sqlite_with_rowid=False)
    Table("s", m, Column("id", Integer, primary_key=True), Column("b", Text), sqlite_strict=True)


@tables("autoincrement", "sqlite")
def _(m: MetaData) -> None:
    Table("t", m, Column("id", Integer, primary_key=True), Column("b", Text), sqlite_autoincrement=True)


@tables("conflict clauses", "sqlite")
def _(m: MetaData) -> None:
    Table(
        "t",
        m,
        Column("id", Integer),
        Column("b", Integer),
        PrimaryKeyConstraint("id", sqlite_on_conflict="REPLACE"),
        UniqueConstraint("b", name="uq", sqlite_on_conflict="IGNORE"),
    )


# --- the tests ----------------------------------------------------------------------------------------------


NOT_ON_MARIADB = frozenset(
    {
        # VARCHAR needs a length there
        "string without length",
        "default of digits in a string",
        "null default",
        "literal default",
        "function default",
        # no expression over AUTO_INCREMENT, no NOT NULL on a generated column, and || is OR
        "stored computed",
        "computed and not null",
        "computed of strings",
        # other syntax, or none: COLLATE and LIKE in CHECKs, expressions in indexes, MATCH, long unnamed CHECKs
        "checks",
        "foreign keys with every rule",
        "indexes",
        "naming convention",
        # MariaDB says itself that it ignores these
        "partial indexes",
        "composite primary key in another order",
    }
)


def feature_cases() -> list[Any]:
    cases = []
    for kinds, features in ((BOTH, EVERYWHERE), ({"postgresql"}, ON_POSTGRESQL), ({"sqlite"}, ON_SQLITE)):
        for name, make in features.items():
            build = partial(column_feature, make)
            cases += [case(kind, name, build) for kind in with_mariadb(kinds, name)]
    for name, (kinds, build) in TABLES.items():
        cases += [case(kind, name, build) for kind in with_mariadb(kinds, name)]
    return cases


def with_mariadb(kinds: Collection[str], name: str) -> list[str]:
    """Return the databases of a feature; what both of the others can, MariaDB can too, with exceptions."""
    also = {"mariadb"} if kinds == BOTH and name not in NOT_ON_MARIADB else set()
    return sorted({*kinds, *also})


def case(kind: str, name: str, build: Callable[[MetaData], object]) -> Any:
    marks = [] if kind == "sqlite" else [getattr(pytest.mark, kind)]
    return pytest.param(kind, build, id=f"{kind}-{name}", marks=marks)


@pytest.fixture
def kind_url(request: pytest.FixtureRequest) -> str:
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
async def kind_engine(kind_url: str) -> AsyncIterator[AsyncEngine]:
    engine = create_async_engine(kind_url, poolclass=NullPool)
    yield engine
    await engine.dispose()


EXTENSIONS = ("hstore", "citext", "ltree", "btree_gist")


def create(connection: Connection, metadata: MetaData) -> None:
    if connection.dialect.name == "postgresql":
        for extension in EXTENSIONS:
            connection.exec_driver_sql(f"CREATE EXTENSION IF NOT EXISTS {extension}")
        for schema in ("other", "third"):
            connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
    with warnings.catch_warnings():
        # SQLAlchemy warns about circles that it cannot sort on SQLite, and about STORED before PostgreSQL 18.
        warnings.simplefilter("ignore", sa.exc.SAWarning)
        metadata.create_all(connection)


def compare(
    connection: Connection, metadata: MetaData, options: DiffOptions | None = None
) -> tuple[UpgradeOps, UpgradeOps]:
    database = inspect_database(connection, include_schemas=connection.dialect.name == "postgresql")
    models = snapshot_of(metadata, connection.dialect, default_schema=database.default_schema)
    models = canonicalize(connection, database, models)
    return diff(database, models, options), diff(models, database, options)


@pytest.mark.parametrize(("kind_url", "build"), feature_cases(), indirect=["kind_url"])
async def test_what_was_created_is_no_difference(
    kind_engine: AsyncEngine, build: Callable[[MetaData], object]
) -> None:
    metadata = MetaData()
    build(metadata)
    async with kind_engine.connect() as connection:
        await connection.run_sync(create, metadata)
        there, back = await connection.run_sync(compare, metadata)
    assert there.as_diffs() == []
    assert back.as_diffs() == []
