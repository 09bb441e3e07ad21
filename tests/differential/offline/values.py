"""Calls in which types, defaults, rows and words of every kind must become SQL."""

from __future__ import annotations

import datetime as dt
import decimal
import uuid
from typing import Any

import sqlalchemy as sa
from differential.offline.call import Call
from differential.offline.tables import ALTERING
from sqlalchemy.dialects import mssql, mysql, oracle, postgresql

TYPES: dict[str, Any] = {
    "small_integer": sa.SmallInteger(),
    "big_integer": sa.BigInteger(),
    "numeric": sa.Numeric(12, 4),
    "float": sa.Float(),
    "double": sa.Double(),
    "string": sa.String(30),
    "collated": sa.String(30, collation="de"),
    "unicode": sa.Unicode(30),
    "text": sa.Text(),
    "unicode_text": sa.UnicodeText(),
    "date": sa.Date(),
    "time": sa.Time(),
    "datetime": sa.DateTime(),
    "timestamp": sa.TIMESTAMP(),
    "datetime_with_time_zone": sa.DateTime(timezone=True),
    "interval": sa.Interval(),
    "boolean": sa.Boolean(),
    "binary": sa.LargeBinary(),
    "uuid": sa.Uuid(),
    "uuid_as_text": sa.Uuid(native_uuid=False),
    "char": sa.CHAR(3),
    "variant": sa.String(30).with_variant(sa.Text(), "postgresql", "sqlite"),
    "pickle": sa.PickleType(),
    "enum_as_text": sa.Enum("a", "b", native_enum=False, length=9),
}
DEFAULTS: dict[str, tuple[Any, Any]] = {
    "string": (sa.String(30), "plain"),
    "string_with_quotes": (sa.String(30), 'it\'s "so"'),
    "string_with_percent": (sa.String(30), "100%s"),
    "string_with_backslash": (sa.String(30), "a\\b"),
    "string_with_colon": (sa.String(30), "a:b"),
    "empty_string": (sa.String(30), ""),
    "number": (sa.Integer(), "5"),
    "negative": (sa.Integer(), "-5"),
    "text": (sa.Integer(), sa.text("5 + 5")),
    "text_string": (sa.String(30), sa.text("'x:y'")),
    "function": (sa.DateTime(), sa.func.current_timestamp()),
    "true": (sa.Boolean(), sa.true()),
    "false": (sa.Boolean(), sa.false()),
    "null": (sa.Integer(), sa.null()),
    "literal": (sa.Integer(), sa.literal_column("7")),
    "cast": (sa.String(30), sa.cast(sa.literal_column("7"), sa.String(30))),
}
COMMENTS = {
    "unicode": "größer als 雪",
    "lines": "first\nsecond",
    "backslash": "a\\b",
    "percent": "100%s",
    "empty": "",
}

SCHEMA = [
    *[
        Call(f"create_table/type_{name}", lambda op, type_=type_: op.create_table("t", sa.Column("c", type_)))
        for name, type_ in TYPES.items()
    ],
    *[
        Call(f"add_column/type_{name}", lambda op, type_=type_: op.add_column("t", sa.Column("c", type_)))
        for name, type_ in TYPES.items()
        if name in {"big_integer", "text", "boolean", "datetime", "variant", "enum_as_text", "uuid"}
    ],
    *[
        Call(
            f"alter_column/type_to_{name}",
            lambda op, type_=type_: op.alter_column(
                "t", "c", type_=type_, existing_type=sa.Integer(), existing_nullable=True
            ),
            on=ALTERING,
        )
        for name, type_ in TYPES.items()
        if name not in {"collated", "pickle"}
    ],
    *[
        Call(
            f"create_table/default_{name}",
            lambda op, type_=type_, default=default: op.create_table(
                "t", sa.Column("c", type_, server_default=default)
            ),
        )
        for name, (type_, default) in DEFAULTS.items()
    ],
    *[
        Call(
            f"alter_column/default_of_{name}",
            lambda op, type_=type_, default=default: op.alter_column(
                "t", "c", server_default=default, existing_type=type_, existing_nullable=True
            ),
            on=ALTERING,
        )
        for name, (type_, default) in DEFAULTS.items()
    ],
    *[
        Call(
            f"create_table_comment/{name}",
            lambda op, words=words: op.create_table_comment("account", words, schema="crm"),
        )
        for name, words in COMMENTS.items()
    ],
    *[
        Call(
            f"alter_column/comment_of_{name}",
            lambda op, words=words: op.alter_column(
                "account", "age", comment=words, existing_type=sa.Integer(), schema="crm"
            ),
            on=ALTERING,
        )
        for name, words in COMMENTS.items()
    ],
    Call(
        "drop_table_comment/existing",
        lambda op: op.drop_table_comment("Order", existing_comment="x", schema="a b"),
    ),
]

NAMES = ("Mixed", "select", "a b", "ünï", "a-b", "1st", "a.b", 'a"b', "a%b", "a:b")
NAMED = [
    *[Call(f"drop_table/named_{name}", lambda op, name=name: op.drop_table(name)) for name in NAMES],
    *[Call(f"rename_table/named_{name}", lambda op, name=name: op.rename_table("t", name)) for name in NAMES],
    *[
        Call(
            f"add_column/named_{name}", lambda op, name=name: op.add_column("t", sa.Column(name, sa.Integer))
        )
        for name in NAMES
    ],
    *[Call(f"drop_column/named_{name}", lambda op, name=name: op.drop_column("t", name)) for name in NAMES],
    *[
        Call(
            f"alter_column/rename_to_{name}",
            lambda op, name=name: op.alter_column(
                "t", "c", new_column_name=name, existing_type=sa.Integer(), existing_nullable=True
            ),
        )
        for name in NAMES
    ],
]

ROWS: dict[str, tuple[Any, Any]] = {
    "integer": (sa.Integer(), 5),
    "big_integer": (sa.BigInteger(), 2**60),
    "negative": (sa.Integer(), -5),
    "numeric": (sa.Numeric(10, 2), decimal.Decimal("1.50")),
    "float": (sa.Float(), 1.5),
    "boolean": (sa.Boolean(), True),
    "string": (sa.String(30), 'it\'s "so"'),
    "backslash": (sa.String(30), "a\\b"),
    "lines": (sa.String(30), "a\nb"),
    "unicode": (sa.Unicode(30), "雪"),
    "date": (sa.Date(), dt.date(2024, 2, 29)),
    "time": (sa.Time(), dt.time(23, 59, 1)),
    "datetime": (sa.DateTime(), dt.datetime(2024, 2, 29, 23, 59, 1)),
    "uuid": (sa.Uuid(), uuid.UUID(int=5)),
    "uuid_as_text": (sa.Uuid(native_uuid=False), uuid.UUID(int=5)),
    "enum_as_text": (sa.Enum("a", "b", native_enum=False), "a"),
    "null": (sa.Integer(), None),
}
T = sa.table("t", sa.column("id", sa.Integer), sa.column("name", sa.String))
DATA = [
    *[
        Call(
            f"bulk_insert/value_{name}",
            lambda op, type_=type_, value=value: op.bulk_insert(
                sa.table("t", sa.column("c", type_)), [{"c": value}]
            ),
        )
        for name, (type_, value) in ROWS.items()
    ],
    Call(
        "bulk_insert/schema",
        lambda op: op.bulk_insert(
            sa.table("t", sa.column("c", sa.Integer), schema="crm"), [{"c": 1}, {"c": 2}]
        ),
    ),
    Call(
        "bulk_insert/quoted",
        lambda op: op.bulk_insert(
            sa.table("Order", sa.column("Group", sa.Integer), schema="a b"), [{"Group": 1}]
        ),
    ),
    Call(
        "bulk_insert/created_table",
        lambda op: op.bulk_insert(op.create_table("t", sa.Column("c", sa.Integer)), [{"c": 1}]),
    ),
    Call("execute/insert", lambda op: op.execute(T.insert().values(id=5, name="it's"))),
    Call(
        "execute/insert_rows",
        lambda op: op.execute(T.insert().values([{"id": 5}, {"id": 6}])),
        on=("postgresql", "sqlite", "mysql", "mariadb", "mssql"),
    ),
    Call(
        "execute/insert_from_select",
        lambda op: op.execute(T.insert().from_select(["id"], sa.select(T.c.id).where(T.c.name == "x"))),
    ),
    Call("execute/update", lambda op: op.execute(T.update().where(T.c.id == 5).values(name="it's 100%"))),
    Call(
        "execute/update_by_subquery",
        lambda op: op.execute(T.update().values(name=sa.select(sa.func.max(T.c.name)).scalar_subquery())),
    ),
    Call("execute/delete", lambda op: op.execute(T.delete().where(T.c.id.in_([1, 2]), T.c.name.like("a%")))),
    Call(
        "execute/select", lambda op: op.execute(sa.select(T.c.id).where(T.c.name == op.inline_literal("x")))
    ),
    Call(
        "execute/literal_of_type",
        lambda op: op.execute(T.update().values(id=op.inline_literal(5, sa.BigInteger()))),
    ),
    Call(
        "execute/text_with_values",
        lambda op: op.execute(
            sa.text("UPDATE t SET name = :name WHERE id = :id").bindparams(name="it's", id=5)
        ),
    ),
    Call(
        "execute/create_table",
        lambda op: op.execute(
            sa.schema.CreateTable(sa.Table("t", sa.MetaData(), sa.Column("c", sa.Integer)))
        ),
    ),
]

DIALECT_OPTIONS = [
    Call(
        "create_table/info",
        lambda op: op.create_table("t", sa.Column("c", sa.Integer), info={"any": "thing"}),
    ),
    Call("create_table/quote", lambda op: op.create_table("t", sa.Column("c", sa.Integer), quote=True)),
    Call(
        "create_table/deferrable_unique",
        lambda op: op.create_table(
            "t",
            sa.Column("c", sa.Integer),
            sa.UniqueConstraint("c", name="uq", deferrable=True, initially="DEFERRED"),
        ),
    ),
    Call(
        "create_table/foreign_key_match",
        lambda op: op.create_table(
            "t",
            sa.Column("c", sa.Integer),
            sa.ForeignKeyConstraint(["c"], ["p.id"], name="fk", match="FULL", onupdate="CASCADE"),
        ),
    ),
    Call(
        "create_table/several_checks",
        lambda op: op.create_table(
            "t",
            sa.Column("a", sa.Integer, sa.CheckConstraint("a > 0")),
            sa.Column("b", sa.Integer),
            sa.CheckConstraint("a < b"),
            sa.CheckConstraint("b < 100", name="ck_b"),
        ),
    ),
    Call(
        "create_table/two_foreign_keys_to_one",
        lambda op: op.create_table(
            "t",
            sa.Column("a", sa.Integer, sa.ForeignKey("p.id")),
            sa.Column("b", sa.Integer, sa.ForeignKey("p.id", name="fk_b", ondelete="SET NULL")),
        ),
    ),
    Call(
        "create_table/string_key",
        lambda op: op.create_table(
            "t", sa.Column("k", sa.String(9), primary_key=True), sa.Column("v", sa.Text)
        ),
    ),
    Call(
        "create_table/bigint_key",
        lambda op: op.create_table("t", sa.Column("id", sa.BigInteger, primary_key=True)),
    ),
    Call(
        "create_table/smallint_key",
        lambda op: op.create_table("t", sa.Column("id", sa.SmallInteger, primary_key=True)),
    ),
    Call(
        "create_table/sequence",
        lambda op: op.create_table("t", sa.Column("id", sa.Integer, sa.Sequence("t_seq"), primary_key=True)),
        on=("postgresql", "mssql", "oracle", "sqlite"),
    ),
    Call(
        "create_table/index_expression",
        lambda op: op.create_table(
            "t", sa.Column("name", sa.String(30)), sa.Index("ix", sa.text("lower(name)"), unique=True)
        ),
    ),
    Call(
        "create_table/many_indexes",
        lambda op: op.create_table(
            "t",
            sa.Column("b", sa.Integer, index=True),
            sa.Column("a", sa.Integer, index=True),
            sa.Index("ix_both", "a", "b"),
            schema="crm",
        ),
    ),
    Call(
        "create_table/if_not_exists_in_schema",
        lambda op: op.create_table("account", sa.Column("c", sa.Integer), schema="crm", if_not_exists=True),
        on=("postgresql", "sqlite", "mysql", "mariadb"),
    ),
    *[
        Call(
            f"create_table/postgresql_{name}",
            lambda op, columns=columns, options=options: op.create_table("t", *columns(), **options),
            on=("postgresql",),
        )
        for name, columns, options in (
            ("unlogged", lambda: [sa.Column("c", sa.Integer)], {"prefixes": ["UNLOGGED"]}),
            ("with", lambda: [sa.Column("c", sa.Integer)], {"postgresql_with": {"fillfactor": 50}}),
            (
                "on_commit",
                lambda: [sa.Column("c", sa.Integer)],
                {"prefixes": ["TEMP"], "postgresql_on_commit": "DROP"},
            ),
            ("inherits", lambda: [sa.Column("c", sa.Integer)], {"postgresql_inherits": "p"}),
            ("array", lambda: [sa.Column("c", sa.ARRAY(sa.String(5), dimensions=2))], {}),
            ("json", lambda: [sa.Column("c", postgresql.JSONB, server_default=sa.text("'{}'::jsonb"))], {}),
            (
                "bit",
                lambda: [sa.Column("c", postgresql.BIT(4)), sa.Column("d", postgresql.BIT(varying=True))],
                {},
            ),
            (
                "interval",
                lambda: [sa.Column("c", postgresql.INTERVAL(precision=3, fields="DAY TO SECOND"))],
                {},
            ),
            ("timestamp", lambda: [sa.Column("c", postgresql.TIMESTAMP(timezone=True, precision=3))], {}),
            (
                "domain",
                lambda: [sa.Column("c", postgresql.DOMAIN("positive", sa.Integer, check="VALUE > 0"))],
                {},
            ),
            ("oid", lambda: [sa.Column("c", postgresql.OID), sa.Column("d", postgresql.CIDR)], {}),
            (
                "not_valid",
                lambda: [
                    sa.Column("c", sa.Integer),
                    sa.CheckConstraint("c > 0", name="ck", postgresql_not_valid=True),
                ],
                {},
            ),
            (
                "include",
                lambda: [
                    sa.Column("c", sa.Integer),
                    sa.Column("d", sa.Integer),
                    sa.UniqueConstraint("c", name="uq", postgresql_include=["d"]),
                ],
                {},
            ),
        )
    ],
    *[
        Call(
            f"create_index/postgresql_{name}",
            lambda op, options=options: op.create_index("ix", "t", ["a"], **options),
            on=("postgresql",),
        )
        for name, options in (
            ("hash", {"postgresql_using": "hash"}),
            ("brin_with", {"postgresql_using": "brin", "postgresql_with": {"pages_per_range": 4}}),
            (
                "where_and_include",
                {"postgresql_where": sa.text("a > 0"), "postgresql_include": ["b"], "unique": True},
            ),
            ("ops_and_schema", {"postgresql_ops": {"a": "int4_ops"}, "schema": "crm"}),
            ("where_string", {"postgresql_where": sa.column("name") == "it's"}),
        )
    ],
    *[
        Call(
            f"create_table/mysql_{name}",
            lambda op, column=column: op.create_table("t", sa.Column("c", column)),
            on=("mysql", "mariadb"),
        )
        for name, column in (
            ("unsigned", mysql.BIGINT(unsigned=True)),
            ("tinyint", mysql.TINYINT(1)),
            ("year", mysql.YEAR()),
            ("datetime_fsp", mysql.DATETIME(fsp=3)),
            ("set", mysql.SET("a", "b")),
            ("enum", mysql.ENUM("a", "b")),
            ("longtext", mysql.LONGTEXT(collation="utf8mb4_bin")),
        )
    ],
    Call(
        "alter_column/mysql_enum",
        lambda op: op.alter_column("t", "c", type_=mysql.ENUM("a", "b"), existing_type=mysql.ENUM("a")),
        on=("mysql", "mariadb"),
    ),
    Call(
        "alter_column/mysql_timestamp_default",
        lambda op: op.alter_column(
            "t",
            "c",
            server_default=sa.text("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP"),
            existing_type=mysql.TIMESTAMP(),
            existing_nullable=False,
        ),
        on=("mysql", "mariadb"),
    ),
    *[
        Call(
            f"create_table/mssql_{name}",
            lambda op, column=column: op.create_table("t", sa.Column("c", column)),
            on=("mssql",),
        )
        for name, column in (
            ("datetime2", mssql.DATETIME2(3)),
            ("datetimeoffset", mssql.DATETIMEOFFSET(3)),
            ("nvarchar_max", mssql.NVARCHAR()),
            ("money", mssql.MONEY()),
            ("bit", mssql.BIT()),
            ("uniqueidentifier", mssql.UNIQUEIDENTIFIER()),
        )
    ],
    *[
        Call(
            f"create_table/oracle_{name}",
            lambda op, column=column: op.create_table("t", sa.Column("c", column)),
            on=("oracle",),
        )
        for name, column in (
            ("varchar2", oracle.VARCHAR2(30)),
            ("number", oracle.NUMBER(10, 2)),
            ("date", oracle.DATE()),
            ("clob", oracle.CLOB()),
            ("raw", oracle.RAW(16)),
            ("timestamp", oracle.TIMESTAMP(timezone=True)),
        )
    ],
]


def _index(name: str, on: str, **options: Any) -> Call:
    return Call(f"create_index/{name}", lambda op: op.create_index("ix", "t", ["a"], **options), on=(on,))


def _table(name: str, on: str, *items: Any, **options: Any) -> Call:
    return Call(
        f"create_table/{name}",
        lambda op: op.create_table("t", *[item() for item in items or (_column,)], **options),
        on=(on,),
    )


def _column() -> sa.Column[int]:
    return sa.Column("c", sa.Integer)


REST_OF_OPTIONS = [
    _index("mysql_with_parser", "mysql", mysql_with_parser="ngram", mysql_prefix="FULLTEXT"),
    _index("mariadb_with_parser", "mariadb", mariadb_with_parser="ngram", mariadb_prefix="FULLTEXT"),
    _index("mariadb_using", "mariadb", mariadb_using="btree"),
    _index("mssql_columnstore", "mssql", mssql_columnstore=True),
    _index(
        "mssql_where_and_include", "mssql", mssql_where=sa.text("a > 5"), mssql_include=["b"], unique=True
    ),
    _index("oracle_bitmap_in_schema", "oracle", oracle_bitmap=True, schema="crm"),
    _index("sqlite_where_unique", "sqlite", sqlite_where=sa.column("name") == "it's", unique=True),
    _table("postgresql_with_oids", "postgresql", postgresql_with_oids=False),
    _table("postgresql_using", "postgresql", postgresql_using="heap"),
    _table(
        "mysql_everything", "mysql", mysql_engine="InnoDB", mysql_auto_increment="5", mysql_comment="it's"
    ),
    _table("mariadb_everything", "mariadb", mariadb_engine="InnoDB", mariadb_row_format="COMPRESSED"),
    _table("mysql_partition", "mysql", mysql_partition_by="HASH(c)", mysql_partitions="4"),
    _table("oracle_tablespace", "oracle", oracle_tablespace="fast"),
    _table("oracle_on_commit", "oracle", prefixes=["GLOBAL TEMPORARY"], oracle_on_commit="PRESERVE ROWS"),
    _table(
        "oracle_identity_options",
        "oracle",
        lambda: sa.Column("c", sa.Integer, sa.Identity(oracle_on_null=True, oracle_order=True)),
    ),
    _table(
        "mssql_identity_options",
        "mssql",
        lambda: sa.Column("c", sa.Integer, sa.Identity(start=10, increment=5), primary_key=True),
    ),
    _table(
        "mssql_clustered_keys",
        "mssql",
        _column,
        lambda: sa.Column("d", sa.Integer),
        lambda: sa.PrimaryKeyConstraint("c", name="pk", mssql_clustered=False),
        lambda: sa.UniqueConstraint("d", name="uq", mssql_clustered=True),
    ),
    _table(
        "sqlite_on_conflict_everywhere",
        "sqlite",
        lambda: sa.Column("a", sa.Integer, primary_key=True, sqlite_on_conflict_primary_key="FAIL"),
        lambda: sa.Column("b", sa.Integer, unique=True, sqlite_on_conflict_unique="IGNORE"),
        lambda: sa.CheckConstraint("a > b", name="ck", sqlite_on_conflict="ROLLBACK"),
    ),
    Call(
        "create_check_constraint/postgresql_not_valid",
        lambda op: op.create_check_constraint("ck", "t", "a > 0", postgresql_not_valid=True),
        on=("postgresql",),
    ),
    Call(
        "create_unique_constraint/postgresql_include",
        lambda op: op.create_unique_constraint("uq", "t", ["a"], postgresql_include=["b"]),
        on=("postgresql",),
    ),
]

CALLS = [*SCHEMA, *NAMED, *DATA, *DIALECT_OPTIONS, *REST_OF_OPTIONS]
