"""What is rendered runs and makes the operation it was rendered from, and ``ruff format`` leaves it alone."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import re
import textwrap
import uuid
import zoneinfo
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mssql, mysql, oracle, postgresql, sqlite
from sqlalchemy.schema import conv

from async_migrate.operations.recorder import Recorder
from async_migrate.ops import (
    AddColumnOp,
    AddConstraintOp,
    AlterColumnOp,
    BatchAlterTable,
    BulkInsertOp,
    CreateCheckConstraintOp,
    CreateExcludeConstraintOp,
    CreateForeignKeyOp,
    CreateIndexOp,
    CreatePrimaryKeyOp,
    CreateTableCommentOp,
    CreateTableOp,
    CreateUniqueConstraintOp,
    DropColumnOp,
    DropConstraintOp,
    DropIndexOp,
    DropTableCommentOp,
    DropTableOp,
    ExecuteSQLOp,
    ModifyTableOps,
    RenameTableOp,
    UpgradeOps,
)
from async_migrate.render import render

if TYPE_CHECKING:
    from collections.abc import Callable

PG = postgresql.dialect()
PSYCOPG = postgresql.dialect(paramstyle="pyformat")
MYSQL = mysql.dialect()
SQLITE = sqlite.dialect()
MSSQL = mssql.dialect()
ORACLE = oracle.dialect()
ANY = sa.engine.default.DefaultDialect()


class Colour(enum.Enum):
    RED = "r"
    GREEN = "g"


class Trimmed(sa.types.TypeDecorator[str]):
    """Passes its arguments to the type it wraps."""

    impl = sa.String
    cache_ok = True


class Money(sa.types.TypeDecorator[decimal.Decimal]):
    """Has a constructor of its own."""

    impl = sa.Numeric
    cache_ok = True

    def __init__(self, currency: str = "EUR", *, scale: int = 2) -> None:
        super().__init__(18, scale)
        self.currency = currency


class Point(sa.types.UserDefinedType[Any]):
    cache_ok = True

    def __init__(self, srid: int, *, kind: str = "2d") -> None:
        self.srid = srid
        self.kind = kind

    def get_col_spec(self, **_: Any) -> str:
        return f"POINT({self.srid}, {self.kind})"


class Outer:
    class Shouting(sa.types.TypeDecorator[str]):
        impl = sa.Text
        cache_ok = True


class Vector(sa.types.UserDefinedType[Any]):
    """Says in its own ``repr`` how it is made."""

    cache_ok = True

    def __init__(self, *sizes: int) -> None:
        self.sizes = sizes

    def __repr__(self) -> str:
        return f"Vector({', '.join(map(str, self.sizes))})"

    def copy(self, **_: Any) -> Vector:
        return Vector(*self.sizes)

    def get_col_spec(self, **_: Any) -> str:
        return f"VECTOR{self.sizes}"


def column(*arguments: Any, name: str = "c", **options: Any) -> Any:
    return AddColumnOp("t", sa.Column(name, *arguments, **options))


def table(*items: Any, metadata: sa.MetaData | None = None, **options: Any) -> Any:
    return CreateTableOp.from_table(sa.Table("t", metadata or sa.MetaData(), *items, **options))


def index(make: Callable[[sa.Table], sa.Index]) -> Any:
    owner = sa.Table(
        "t",
        sa.MetaData(),
        sa.Column("id", sa.Integer),
        sa.Column("name", sa.String),
        sa.Column("data", postgresql.JSONB),
        sa.Column("real_name", sa.String, key="key_name"),
    )
    return CreateIndexOp.from_index(make(owner))


def unique(make: Callable[[sa.Table], sa.UniqueConstraint]) -> sa.UniqueConstraint:
    owner = sa.Table(
        "t",
        sa.MetaData(),
        sa.Column("a", sa.Integer),
        sa.Column("b", sa.Integer, key="b_key"),
        sa.Column("c", sa.Integer),
    )
    constraint = make(owner)
    owner.append_constraint(constraint)
    return constraint


NAMED = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

TYPES: dict[str, tuple[Any, Any]] = {
    "integer": (ANY, sa.Integer()),
    "type class": (ANY, sa.Integer),
    "small integer": (ANY, sa.SmallInteger()),
    "big integer": (ANY, sa.BigInteger()),
    "string": (ANY, sa.String()),
    "string length": (ANY, sa.String(50)),
    "string collation": (PG, sa.String(50, collation="de_DE")),
    "varchar": (ANY, sa.VARCHAR(10)),
    "unicode text": (ANY, sa.UnicodeText()),
    "text": (ANY, sa.Text()),
    "numeric": (ANY, sa.Numeric(10, 2)),
    "numeric as float": (ANY, sa.Numeric(10, 2, asdecimal=False)),
    "float": (ANY, sa.Float(53)),
    "double": (ANY, sa.Double()),
    "boolean": (ANY, sa.Boolean()),
    "boolean check": (ANY, sa.Boolean(create_constraint=True, name="ck_c")),
    "date": (ANY, sa.Date()),
    "time zone": (PG, sa.Time(timezone=True)),
    "datetime zone": (PG, sa.DateTime(timezone=True)),
    "timestamp": (ANY, sa.TIMESTAMP()),
    "interval": (PG, sa.Interval()),
    "interval options": (PG, sa.Interval(native=False, second_precision=3)),
    "binary": (ANY, sa.LargeBinary(16)),
    "pickle": (ANY, sa.PickleType()),
    "pickle in": (ANY, sa.PickleType(impl=sa.LargeBinary(10))),
    "uuid": (PG, sa.Uuid()),
    "uuid as text": (PG, sa.Uuid(as_uuid=False, native_uuid=False)),
    "json": (PG, sa.JSON()),
    "json none": (PG, sa.JSON(none_as_null=True)),
    "array": (PG, sa.ARRAY(sa.String(5), dimensions=2)),
    "enum": (PG, sa.Enum("a", "b'c", name="e")),
    "enum of class": (PG, sa.Enum(Colour)),
    "enum schema": (PG, sa.Enum("a", name="e", schema="s")),
    "enum varchar": (ANY, sa.Enum("a", "bb", name="e", native_enum=False, create_constraint=True)),
    "enum length": (ANY, sa.Enum("a", "bb", name="e", native_enum=False, length=40)),
    "enum metadata": (PG, sa.Enum("a", name="e", metadata=sa.MetaData())),
    "variant": (MYSQL, sa.String(5).with_variant(mysql.VARCHAR(5, charset="utf8mb4"), "mysql")),
    "variants": (
        PG,
        sa.JSON().with_variant(postgresql.JSONB(), "postgresql").with_variant(sa.Text(), "sqlite"),
    ),
    "pg jsonb": (PG, postgresql.JSONB()),
    "pg jsonb text": (PG, postgresql.JSONB(astext_type=sa.String(5))),
    "pg array": (PG, postgresql.ARRAY(sa.Enum("a", name="e"), as_tuple=True)),
    "pg hstore": (PG, postgresql.HSTORE()),
    "pg enum": (PG, postgresql.ENUM("a", "b", name="e", schema="s", create_type=False)),
    "pg domain": (
        PG,
        postgresql.DOMAIN(
            "d",
            sa.Numeric(5, 2),
            check="VALUE > 0",
            default="1",
            not_null=True,
            collation=None,
            constraint_name="positive",
            schema="s",
            create_type=False,
        ),
    ),
    "pg interval": (PG, postgresql.INTERVAL(fields="DAY TO SECOND", precision=3)),
    "pg timestamp": (PG, postgresql.TIMESTAMP(timezone=True, precision=6)),
    "pg bit": (PG, postgresql.BIT(5, varying=True)),
    "pg inet": (PG, postgresql.INET()),
    "pg citext": (PG, postgresql.CITEXT()),
    "pg tsvector": (PG, postgresql.TSVECTOR()),
    "pg range": (PG, postgresql.TSTZRANGE()),
    "pg multirange": (PG, postgresql.INT4MULTIRANGE()),
    "mysql enum": (MYSQL, mysql.ENUM("a", "b", collation="utf8mb4_bin")),
    "mysql set": (MYSQL, mysql.SET("a", "b")),
    "mysql unsigned": (MYSQL, mysql.BIGINT(unsigned=True, display_width=20)),
    "mysql decimal": (MYSQL, mysql.DECIMAL(10, 2, zerofill=True)),
    "mysql longtext": (MYSQL, mysql.LONGTEXT(charset="utf8mb4", collation="utf8mb4_bin")),
    "mysql nchar": (MYSQL, mysql.NCHAR(4)),
    "mysql datetime": (MYSQL, mysql.DATETIME(fsp=6)),
    "mysql year": (MYSQL, mysql.YEAR()),
    "mssql varbinary": (MSSQL, mssql.VARBINARY("max")),
    "mssql datetimeoffset": (MSSQL, mssql.DATETIMEOFFSET(3)),
    "mssql bit": (MSSQL, mssql.BIT()),
    "oracle number": (ORACLE, oracle.NUMBER(10, 2)),
    "oracle float": (ORACLE, oracle.FLOAT(binary_precision=126)),
    "oracle interval": (ORACLE, oracle.INTERVAL(day_precision=2, second_precision=6)),
    "sqlite datetime": (SQLITE, sqlite.DATETIME()),
    "decorator": (ANY, Trimmed(50)),
    "decorator variant": (ANY, Trimmed(50).with_variant(sa.Text(), "mysql")),
    "decorator constructor": (ANY, Money()),
    "decorator constructor options": (ANY, Money("CHF", scale=4)),
    "decorator nested class": (ANY, Outer.Shouting()),
    "user defined": (ANY, Point(4326, kind="3d")),
    "user defined repr": (ANY, Vector(3, 4)),
    "array of user defined": (PG, postgresql.ARRAY(Point(1))),
}

NOW = dt.datetime(2024, 2, 29, 12, 30, tzinfo=zoneinfo.ZoneInfo("Europe/Zurich"))

CASES: dict[str, tuple[Any, Callable[[], Any]]] = {
    # columns
    "column not null": (ANY, lambda: column(sa.Integer(), nullable=False)),
    "column schema": (ANY, lambda: AddColumnOp("t", sa.Column("c", sa.Integer()), schema="s")),
    "column if not exists": (
        ANY,
        lambda: AddColumnOp("t", sa.Column("c", sa.Integer()), if_not_exists=True),
    ),
    "column comment": (PG, lambda: column(sa.Integer(), comment='it\'s "quoted"\nand long')),
    "column empty comment": (PG, lambda: column(sa.Integer(), comment="")),
    "column system": (PG, lambda: column(sa.Integer(), system=True, name="xmin")),
    "column autoincrement off": (ANY, lambda: column(sa.Integer(), autoincrement=False)),
    "column autoincrement foreign": (ANY, lambda: column(sa.Integer(), autoincrement="ignore_fk")),
    "column dialect option": (SQLITE, lambda: column(sa.Integer(), sqlite_on_conflict_not_null="FAIL")),
    "column quoted name": (PG, lambda: column(sa.Integer(), name=sa.quoted_name("abc", quote=True))),
    "column key": (ANY, lambda: column(sa.Integer(), key="other")),
    "column reserved name": (PG, lambda: column(sa.Integer(), name="Select From")),
    "column non-ascii name": (PG, lambda: column(sa.Integer(), name="größe_値")),
    "column check": (PG, lambda: column(sa.Integer(), sa.CheckConstraint("c > 0", name="positive"))),
    "column foreign key by hand": (
        PG,
        lambda: column(sa.Integer(), sa.ForeignKey("s.other.id", name="fk", ondelete="CASCADE")),
    ),
    "column inline references": (
        PG,
        lambda: AddColumnOp("t", sa.Column("c", sa.Integer(), sa.ForeignKey("u.id")), inline_references=True),
    ),
    "column inline primary key": (
        PG,
        lambda: AddColumnOp("t", sa.Column("c", sa.Integer(), primary_key=True), inline_primary_key=True),
    ),
    "column unique and index by hand": (PG, lambda: column(sa.Integer(), unique=True, index=True)),
    # server defaults
    "default string": (ANY, lambda: column(sa.String(), server_default='it\'s "x"')),
    "default quoted string": (ANY, lambda: column(sa.String(), server_default="'x'")),
    "default backslash": (ANY, lambda: column(sa.String(), server_default="a\\b\\'c\td")),
    "default number": (PG, lambda: column(sa.Integer(), server_default=sa.text("5"))),
    "default function": (PG, lambda: column(sa.DateTime(), server_default=sa.func.now())),
    "default true": (PG, lambda: column(sa.Boolean(), server_default=sa.true())),
    "default literal": (PG, lambda: column(sa.Integer(), server_default=sa.literal(7))),
    "default cast": (PG, lambda: column(sa.JSON(), server_default=sa.text("'{}'::jsonb"))),
    "default escaped colon": (
        PG,
        lambda: column(sa.JSON(), server_default=sa.text("'{\"a\"\\:1}'::jsonb")),
    ),
    "default colon in literal": (
        PG,
        lambda: column(sa.String(), server_default=sa.func.f(":x \\:y", sa.null())),
    ),
    "default percent": (PSYCOPG, lambda: column(sa.String(), server_default=sa.func.f("100%", sa.null()))),
    "default function of values": (
        PSYCOPG,
        lambda: column(
            sa.String(), server_default=sa.func.s.f(":x 100%", 5, -0.5, True, sa.func.current_date())
        ),
    ),
    "default percent text": (PSYCOPG, lambda: column(sa.String(), server_default=sa.text("'50%'"))),
    "default parameter": (
        PG,
        lambda: column(sa.String(), server_default=sa.text("lower(:x)").bindparams(x="it's :y")),
    ),
    "default sequence": (
        PG,
        lambda: column(sa.Integer(), server_default=sa.Sequence("seq", schema="s").next_value()),
    ),
    "default fetched": (PG, lambda: column(sa.Integer(), server_default=sa.FetchedValue())),
    "default sqlite now": (SQLITE, lambda: column(sa.DateTime(), server_default=sa.func.now())),
    "default sqlite literal": (SQLITE, lambda: column(sa.String(), server_default=sa.text("'a b'"))),
    "default sqlite expression": (
        SQLITE,
        lambda: column(sa.DateTime(), server_default=sa.text("(datetime('now'))")),
    ),
    "default mysql on update": (
        MYSQL,
        lambda: column(
            sa.TIMESTAMP(), server_default=sa.text("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP")
        ),
    ),
    "computed": (PG, lambda: column(sa.Integer(), sa.Computed("a + 1"))),
    "computed stored": (PG, lambda: column(sa.Integer(), sa.Computed("a || '%'", persisted=True))),
    "computed virtual": (MYSQL, lambda: column(sa.Integer(), sa.Computed("a + 1", persisted=False))),
    "computed expression": (PG, lambda: column(sa.Integer(), sa.Computed(sa.column("a") + 1))),
    "identity": (PG, lambda: column(sa.Integer(), sa.Identity())),
    "identity always": (PG, lambda: column(sa.BigInteger(), sa.Identity(always=True))),
    "identity options": (
        PG,
        lambda: column(
            sa.BigInteger(),
            sa.Identity(start=10, increment=-2, minvalue=1, maxvalue=100, cycle=True, cache=5),
        ),
    ),
    "identity unbounded": (
        PG,
        lambda: column(sa.BigInteger(), sa.Identity(nominvalue=True, nomaxvalue=True)),
    ),
    "sequence": (PG, lambda: column(sa.Integer(), sa.Sequence("seq", start=5, schema="s"))),
    # tables
    "table": (PG, lambda: table(sa.Column("id", sa.Integer, primary_key=True))),
    "table schema": (PG, lambda: table(sa.Column("id", sa.Integer), schema="s", comment="it's")),
    "table without columns": (PG, lambda: table()),
    "table if not exists": (
        PG,
        lambda: CreateTableOp("t", [sa.Column("id", sa.Integer)], if_not_exists=True, prefixes=["TEMPORARY"]),
    ),
    "table composite key": (
        PG,
        lambda: table(
            sa.Column("a", sa.Integer), sa.Column("b", sa.Integer), sa.PrimaryKeyConstraint("b", "a")
        ),
    ),
    "table key options": (
        PG,
        lambda: table(
            sa.Column("a", sa.Integer),
            sa.PrimaryKeyConstraint("a", name="pk", deferrable=True, initially="DEFERRED"),
        ),
    ),
    "table mssql clustered": (
        MSSQL,
        lambda: table(sa.Column("a", sa.Integer), sa.PrimaryKeyConstraint("a", mssql_clustered=False)),
    ),
    "table unique": (
        PG,
        lambda: table(
            sa.Column("a", sa.Integer),
            sa.UniqueConstraint("a", name="uq", deferrable=True, postgresql_nulls_not_distinct=True),
        ),
    ),
    "table unique include": (
        PG,
        lambda: CreateTableOp.from_table(
            unique(lambda t: sa.UniqueConstraint("a", postgresql_include=["b_key", t.c.c])).table
        ),
    ),
    "table unique include by hand": (
        PG,
        lambda: CreateTableOp(
            "t",
            [
                sa.Column("a", sa.Integer),
                sa.Column("b", sa.Integer),
                sa.UniqueConstraint("a", postgresql_include=["b"]),
            ],
        ),
    ),
    "table unique column": (PG, lambda: table(sa.Column("a", sa.Integer, unique=True))),
    "table by hand": (
        PG,
        lambda: CreateTableOp(
            "t",
            [
                sa.Column("a", sa.Integer, sa.ForeignKey("u.id"), primary_key=True, unique=True),
                sa.Column("b", sa.Integer, index=True),
                sa.Index("ix_desc", sa.column("b").desc(), unique=True),
            ],
        ),
    ),
    "table check": (
        PG,
        lambda: table(sa.Column("a", sa.Integer), sa.CheckConstraint("a % 2 = 0 AND a::text <> ''")),
    ),
    "table check expression": (
        PSYCOPG,
        lambda: table(
            sa.Column("a", sa.String), sa.CheckConstraint(sa.column("a").like("%x\\:y"), name="like")
        ),
    ),
    "table column check": (
        PG,
        lambda: table(sa.Column("a", sa.Integer, sa.CheckConstraint("a > 0", name="positive"))),
    ),
    "table type checks": (
        SQLITE,
        lambda: table(
            sa.Column("a", sa.Boolean(create_constraint=True, name="ck_a")),
            sa.Column("b", sa.Enum("x", native_enum=False, create_constraint=True, name="ck_b")),
        ),
    ),
    "table foreign keys": (
        PG,
        lambda: table(
            sa.Column("a", sa.Integer),
            sa.Column("b", sa.Integer),
            sa.ForeignKeyConstraint(
                ["a", "b"],
                ["s.u.x", "s.u.y"],
                name="fk",
                onupdate="CASCADE",
                ondelete="SET NULL (a)",
                deferrable=True,
                initially="DEFERRED",
                match="FULL",
            ),
        ),
    ),
    "table foreign key to itself": (
        PG,
        lambda: table(sa.Column("id", sa.Integer, primary_key=True), sa.Column("up", sa.ForeignKey("t.id"))),
    ),
    "table foreign key option": (
        PG,
        lambda: table(
            sa.Column("a", sa.Integer), sa.ForeignKeyConstraint(["a"], ["u.x"], postgresql_not_valid=True)
        ),
    ),
    "table foreign key by alter": (
        PG,
        lambda: table(
            sa.Column("a", sa.Integer), sa.ForeignKeyConstraint(["a"], ["u.x"], name="fk", use_alter=True)
        ),
    ),
    "table naming convention": (
        PG,
        lambda: table(
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("a", sa.ForeignKey("t.id"), unique=True),
            sa.CheckConstraint("a > 0", name="positive"),
            metadata=sa.MetaData(naming_convention=NAMED),
        ),
    ),
    "table exclude": (
        PG,
        lambda: table(
            sa.Column("room", sa.Integer),
            sa.Column("during", postgresql.TSRANGE),
            postgresql.ExcludeConstraint(
                (sa.column("room"), "="),
                ("during", "&&"),
                (sa.text("int4range(1, 2)"), "&&"),
                (sa.literal_column("int4range(3, 4)"), "&&"),
                name="no_overlap",
                where=sa.text("room > 0"),
                using="gist",
                ops={"room": "gist_int4_ops"},
                deferrable=True,
                initially="DEFERRED",
            ),
        ),
    ),
    "table mysql options": (
        MYSQL,
        lambda: table(
            sa.Column("a", sa.Integer),
            mysql_engine="InnoDB",
            mysql_charset="utf8mb4",
            mysql_row_format="DYNAMIC",
        ),
    ),
    "table sqlite options": (
        SQLITE,
        lambda: table(
            sa.Column("a", sa.Integer, primary_key=True), sqlite_autoincrement=True, sqlite_strict=True
        ),
    ),
    "table postgresql options": (
        PG,
        lambda: table(
            sa.Column("a", sa.Integer),
            postgresql_partition_by="RANGE (a)",
            postgresql_tablespace="fast",
        ),
    ),
    "table drop": (ANY, lambda: DropTableOp("t", schema="s", if_exists=True)),
    "table drop plain": (ANY, lambda: DropTableOp("it's")),
    "table rename": (ANY, lambda: RenameTableOp("a", "b", schema="s")),
    "table comment": (PG, lambda: CreateTableCommentOp("t", "new", existing_comment="old", schema="s")),
    "table comment drop": (PG, lambda: DropTableCommentOp("t", existing_comment="old", schema="s")),
    # altered columns
    "alter nullable": (
        ANY,
        lambda: AlterColumnOp(
            "t", "c", existing_type=sa.String(5), existing_nullable=True, modify_nullable=False
        ),
    ),
    "alter type": (
        PG,
        lambda: AlterColumnOp(
            "t",
            "c",
            existing_type=sa.String(5),
            modify_type=sa.Integer(),
            existing_nullable=False,
            postgresql_using="c::integer",
        ),
    ),
    "alter default": (
        PG,
        lambda: AlterColumnOp(
            "t",
            "c",
            schema="s",
            existing_type=sa.Integer(),
            existing_server_default=sa.text("1"),
            modify_server_default=sa.text("2"),
        ),
    ),
    "alter default string": (PG, lambda: AlterColumnOp("t", "c", modify_server_default="it's")),
    "alter default drop": (
        PG,
        lambda: AlterColumnOp("t", "c", existing_server_default="x", modify_server_default=None),
    ),
    "alter default clause": (
        PG,
        lambda: AlterColumnOp("t", "c", modify_server_default=sa.DefaultClause(sa.func.now())),
    ),
    "alter default function": (
        PG,
        lambda: AlterColumnOp(
            "t", "c", existing_server_default=sa.func.now(), modify_server_default=sa.func.clock_timestamp()
        ),
    ),
    "alter identity": (
        PG,
        lambda: AlterColumnOp(
            "t",
            "c",
            existing_server_default=sa.Identity(always=True),
            modify_server_default=sa.Identity(start=5),
        ),
    ),
    "alter computed": (
        PG,
        lambda: AlterColumnOp("t", "c", existing_server_default=sa.Computed("a"), modify_server_default=None),
    ),
    "alter comment": (
        PG,
        lambda: AlterColumnOp("t", "c", existing_comment="old", modify_comment=None, existing_nullable=True),
    ),
    "alter name": (
        MYSQL,
        lambda: AlterColumnOp(
            "t",
            "c",
            modify_name="d",
            existing_type=mysql.INTEGER(unsigned=True),
            existing_autoincrement=True,
            autoincrement=False,
            existing_server_default="5",
            existing_nullable=False,
        ),
    ),
    "alter type class": (ANY, lambda: AlterColumnOp("t", "c", modify_type=sa.Text)),
    "column drop": (ANY, lambda: DropColumnOp("t", "c", schema="s", if_exists=True)),
    "column drop options": (
        MSSQL,
        lambda: DropColumnOp("t", "c", mssql_drop_default=True, mssql_drop_check=True),
    ),
    # indexes
    "index": (PG, lambda: CreateIndexOp("ix", "t", ["a", "b"], schema="s", unique=True)),
    "index convention": (
        PG,
        lambda: CreateIndexOp.from_index(
            next(
                iter(
                    sa.Table(
                        "t", sa.MetaData(naming_convention=NAMED), sa.Column("a", sa.Integer, index=True)
                    ).indexes
                )
            )
        ),
    ),
    "index if not exists": (
        PG,
        lambda: CreateIndexOp(conv("ix"), "t", ["a"], if_not_exists=True, postgresql_concurrently=True),
    ),
    "index text": (PG, lambda: CreateIndexOp("ix", "t", [sa.text("lower(name)"), "a"])),
    "index function": (PG, lambda: index(lambda t: sa.Index("ix", sa.func.lower(t.c.name)))),
    "index operator": (PG, lambda: index(lambda t: sa.Index("ix", t.c.name + "x", t.c.id))),
    "index json": (
        PG,
        lambda: index(lambda t: sa.Index("ix", t.c.data["a"]["b"].astext, t.c.data["x:y"].astext)),
    ),
    "index order": (
        PG,
        lambda: index(lambda t: sa.Index("ix", t.c.id.desc().nulls_last(), t.c.name.asc())),
    ),
    "index operator class": (
        PG,
        lambda: index(
            lambda t: sa.Index(
                "ix",
                sa.func.lower(t.c.name).label("low"),
                t.c.key_name,
                postgresql_ops={"low": "text_pattern_ops", "key_name": "varchar_pattern_ops"},
            )
        ),
    ),
    "index postgresql": (
        PG,
        lambda: index(
            lambda t: sa.Index(
                "ix",
                t.c.name,
                unique=True,
                postgresql_where=t.c.id.in_([1, 2]),
                postgresql_include=["id", t.c.data],
                postgresql_using="btree",
                postgresql_with={"fillfactor": 50},
                postgresql_nulls_not_distinct=True,
                postgresql_tablespace="fast",
            )
        ),
    ),
    "index where text": (
        PSYCOPG,
        lambda: index(lambda t: sa.Index("ix", t.c.id, postgresql_where=sa.text("name LIKE '%x%'"))),
    ),
    "index cast": (PG, lambda: index(lambda t: sa.Index("ix", sa.cast(t.c.data["n"].astext, sa.Integer)))),
    "index mysql": (
        MYSQL,
        lambda: index(
            lambda t: sa.Index("ix", t.c.name, t.c.id, mysql_length={"name": 10}, mysql_prefix="FULLTEXT")
        ),
    ),
    "index mysql function": (
        MYSQL,
        lambda: index(lambda t: sa.Index("ix", sa.func.lower(t.c.name), t.c.id + 1)),
    ),
    "index sqlite": (
        SQLITE,
        lambda: index(lambda t: sa.Index("ix", sa.func.lower(t.c.name), sqlite_where=t.c.id > 5)),
    ),
    "index mssql": (
        MSSQL,
        lambda: index(lambda t: sa.Index("ix", t.c.id, mssql_include=["name"], mssql_clustered=False)),
    ),
    "index include key": (
        PG,
        lambda: index(lambda t: sa.Index("ix", t.c.name, postgresql_include=["key_name"])),
    ),
    "index quote": (PG, lambda: CreateIndexOp("ix", "t", ["a"], quote=True)),
    "index drop": (
        PG,
        lambda: DropIndexOp(conv("ix"), "t", schema="s", if_exists=True, postgresql_concurrently=True),
    ),
    "index drop nameless table": (SQLITE, lambda: DropIndexOp("ix")),
    "index drop of index": (
        PG,
        lambda: index(lambda t: sa.Index("ix", t.c.name, unique=True, postgresql_where=t.c.id > 5)).reverse(),
    ),
    # constraints
    "primary key": (PG, lambda: CreatePrimaryKeyOp("pk", "t", ["a", "b"], schema="s")),
    "primary key unnamed": (PG, lambda: CreatePrimaryKeyOp(None, "t", ["a"])),
    "primary key options": (
        PG,
        lambda: CreatePrimaryKeyOp(
            "pk", "t", ["a"], deferrable=True, initially="DEFERRED", postgresql_include=["b"]
        ),
    ),
    "primary key mssql": (MSSQL, lambda: CreatePrimaryKeyOp("pk", "t", ["a"], mssql_clustered=False)),
    "unique": (PG, lambda: CreateUniqueConstraintOp("uq", "t", ["a", "b"], schema="s")),
    "unique options": (
        PG,
        lambda: CreateUniqueConstraintOp(
            conv("uq"), "t", ["a"], deferrable=True, initially="DEFERRED", postgresql_nulls_not_distinct=True
        ),
    ),
    "unique include": (PG, lambda: CreateUniqueConstraintOp("uq", "t", ["a"], postgresql_include=["b"])),
    "unique of model include": (
        PG,
        lambda: AddConstraintOp.from_constraint(
            unique(lambda t: sa.UniqueConstraint("a", name="uq", postgresql_include=["b_key", t.c.c]))
        ),
    ),
    "unique drop include": (
        PG,
        lambda: DropConstraintOp.from_constraint(
            unique(lambda t: sa.UniqueConstraint("a", name="uq", postgresql_include=["b_key", t.c.c]))
        ).reverse(),
    ),
    "foreign key": (PG, lambda: CreateForeignKeyOp("fk", "t", "u", ["a"], ["b"])),
    "foreign key options": (
        PG,
        lambda: CreateForeignKeyOp(
            conv("fk"),
            "t",
            "u",
            ["a", "b"],
            ["c", "d"],
            source_schema="s",
            referent_schema="r",
            onupdate="CASCADE",
            ondelete="SET NULL",
            deferrable=True,
            initially="DEFERRED",
            match="FULL",
            postgresql_not_valid=True,
        ),
    ),
    "check": (PG, lambda: CreateCheckConstraintOp("ck", "t", "a > 0 AND b::text <> ''", schema="s")),
    "check text": (PG, lambda: CreateCheckConstraintOp("ck", "t", sa.text("a <> '\\:x'"))),
    "check expression": (
        PG,
        lambda: CreateCheckConstraintOp("ck", "t", sa.column("a").in_(["x:y", "%z"]), deferrable=True),
    ),
    "exclude": (
        PG,
        lambda: CreateExcludeConstraintOp(
            "ex",
            "t",
            [("a", "="), (sa.func.int8range(sa.column("b"), sa.column("c")), "&&")],
            where=sa.column("a") > 5,
            schema="s",
            using="gist",
            ops={"a": "x_ops"},
        ),
    ),
    "constraint drop": (
        PG,
        lambda: DropConstraintOp(conv("ck"), "t", "check", schema="s", if_exists=True),
    ),
    "constraint drop untyped": (PG, lambda: DropConstraintOp("ck", "t")),
    "constraint drop unnamed": (PG, lambda: DropConstraintOp(None, "t", "foreignkey")),
    # SQL and rows
    "execute": (ANY, lambda: ExecuteSQLOp("UPDATE t SET a = 'it''s \\:x'")),
    "execute lines": (
        ANY,
        lambda: ExecuteSQLOp(
            'CREATE FUNCTION f() RETURNS trigger AS $$\nBEGIN\n  RETURN "new";\nEND;\n$$ LANGUAGE plpgsql'
        ),
    ),
    "execute options": (
        ANY,
        lambda: ExecuteSQLOp("SELECT 1", execution_options={"isolation_level": "AUTOCOMMIT"}),
    ),
    "execute text": (ANY, lambda: ExecuteSQLOp(sa.text("SELECT '\\:y', a::int, :z").bindparams(z=5))),
    "bulk insert": (
        PG,
        lambda: BulkInsertOp(
            sa.table(
                "t", sa.column("a", sa.Integer()), sa.column("b", sa.String()), sa.column("c"), schema="s"
            ),
            [
                {"a": 1, "b": "it's"},
                {"a": None, "b": ""},
            ],
        ),
    ),
    "bulk insert values": (
        PG,
        lambda: BulkInsertOp(
            sa.Table(
                "t",
                sa.MetaData(),
                *[sa.Column(name, sa.types.NullType()) for name in "abcdefghijklm"],
            ),
            [
                {
                    "a": decimal.Decimal("1.50"),
                    "b": dt.date(2024, 2, 29),
                    "c": NOW,
                    "d": dt.timedelta(days=1, microseconds=5),
                    "e": uuid.UUID("12345678-1234-5678-1234-567812345678"),
                    "f": b"\x00'\"\xff",
                    "g": 1e22,
                    "h": {"x": [1, (2,), {3}]},
                    "i": True,
                    "j": Colour.RED,
                    "k": dt.time(1, 2, tzinfo=dt.UTC),
                    "l": -1.5,
                    "m": frozenset({"a", "b"}),
                }
            ],
            multiinsert=False,
        ),
    ),
    "bulk insert nothing": (PG, lambda: BulkInsertOp(sa.table("t", sa.column("a", sa.Integer())), [])),
    "bulk insert inline literal": (
        PG,
        lambda: BulkInsertOp(
            sa.table("t", sa.column("a", sa.Integer())),
            [
                {"a": sa.literal(5, literal_execute=True)},
                {"a": sa.literal("x", sa.Date(), literal_execute=True)},
            ],
            multiinsert=False,
        ),
    ),
    # blocks
    "batch block": (
        PG,
        lambda: BatchAlterTable(
            "t",
            schema="s",
            recreate="always",
            partial_reordering=[("a", "b")],
            table_kwargs={"sqlite_autoincrement": True},
            naming_convention={"fk": "fk_%(column_0_name)s"},
            operations=[
                AddColumnOp(
                    "t", sa.Column("c", sa.Integer()), schema="s", insert_after="a", if_not_exists=True
                ),
                AlterColumnOp("t", "b", schema="s", modify_nullable=True, insert_before="a"),
                DropColumnOp("t", "d", schema="s", if_exists=True, existing_type=sa.Boolean(name="x")),
                CreateIndexOp("ix", "t", ["a"], schema="s", if_not_exists=True, unique=True),
                DropIndexOp("ix2", "t", schema="s", if_exists=True),
                CreateUniqueConstraintOp(conv("uq"), "t", ["a"], schema="s"),
                CreatePrimaryKeyOp("pk", "t", ["a"], schema="s", deferrable=True),
                CreateCheckConstraintOp("ck", "t", "a > 0", schema="s"),
                CreateForeignKeyOp(
                    "fk", "t", "u", ["a"], ["b"], source_schema="s", referent_schema="r", ondelete="CASCADE"
                ),
                CreateExcludeConstraintOp("ex", "t", [("a", "=")], schema="s", using="gist"),
                DropConstraintOp("old", "t", "unique", schema="s", if_exists=True),
                CreateTableCommentOp("t", "x", existing_comment="y", schema="s"),
                DropTableCommentOp("t", existing_comment="x", schema="s"),
                ExecuteSQLOp("SELECT 1"),
            ],
        ),
    ),
    **{
        f"type {name}": (dialect, lambda type_=type_: column(type_, name="c"))
        for name, (dialect, type_) in TYPES.items()
    },
}

PARAMETERS = [pytest.param(dialect, make, id=name) for name, (dialect, make) in CASES.items()]


def test_the_table_is_as_large_as_it_claims() -> None:
    assert len(CASES) >= 120


@pytest.mark.parametrize(("dialect", "make"), PARAMETERS)
def test_the_code_makes_the_operation_again(
    dialect: Any, make: Any, run_body: Callable[..., Any], same_as: Callable[..., Any]
) -> None:
    imports: set[str] = set()
    body = render(make(), dialect=dialect, imports=imports)
    (made,) = run_body(body, imports)
    # A second one, because SQLAlchemy attaches the columns of the first to a table.
    assert same_as(made, dialect) == same_as(make(), dialect)


NOT_OFFLINE = {
    "batch block": "the table must be read",
    "bulk insert values": "not all the values have a literal form",
    "bulk insert inline literal": "nor has this date",
    "constraint drop unnamed": "it must be given a name first",
}


@pytest.mark.parametrize("name", [name for name in CASES if name not in NOT_OFFLINE])
def test_the_code_does_what_the_operation_does(name: str) -> None:
    dialect, make = CASES[name]
    dialect = PG if dialect is ANY else dialect
    imports: set[str] = set()
    body = render(make(), dialect=dialect, imports=imports)
    code, operation = Recorder(dialect), Recorder(dialect)
    exec("\n".join([*sorted(imports), body]), {"op": code.op})
    operation.op.invoke(make())
    # Constraints and options of a table come in any order.
    assert [sorted(re.split(r"[,\s)]+", sql)) for sql in code.statements()] == [
        sorted(re.split(r"[,\s)]+", sql)) for sql in operation.statements()
    ]


@pytest.mark.parametrize(("dialect", "make"), PARAMETERS)
def test_rendering_twice_is_rendering_once(dialect: Any, make: Any) -> None:
    operation = make()
    assert render(operation, dialect=dialect) == render(operation, dialect=dialect)


@pytest.mark.parametrize("line_length", [60, 88, 110])
def test_ruff_format_changes_nothing(line_length: int, format_with_ruff: Callable[..., str]) -> None:
    functions = []
    for number, (dialect, make) in enumerate(CASES.values()):
        body = render(make(), dialect=dialect, line_length=line_length)
        functions.append(f"def upgrade_{number}() -> None:\n{textwrap.indent(body, '    ')}\n")
    source = "\n\n".join(functions)
    assert format_with_ruff(source, line_length) == source


def test_changes_of_a_table_run_in_a_batch_block(
    run_body: Callable[..., Any], same_as: Callable[..., Any]
) -> None:
    inside = CASES["batch block"][1]().operations
    changes = UpgradeOps([ModifyTableOps("t", inside, schema="s")])
    imports: set[str] = set()
    (block,) = run_body(render(changes, dialect=PG, render_as_batch=True, imports=imports), imports)
    assert (block.table_name, block.schema) == ("t", "s")
    assert [same_as(made, PG) for made in block.operations] == [
        same_as(operation, PG) for operation in CASES["batch block"][1]().operations
    ]
