"""Calls that create, drop, rename and comment tables."""

from __future__ import annotations

import sqlalchemy as sa
from differential.offline.call import Call
from sqlalchemy.dialects import postgresql

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

NOT_MSSQL = ("postgresql", "sqlite", "mysql", "mariadb", "oracle")
ALTERING = ("postgresql", "mysql", "mariadb", "mssql", "oracle")

CALLS = [
    Call("create_table/one_column", lambda op: op.create_table("account", sa.Column("id", sa.Integer))),
    Call(
        "create_table/primary_key",
        lambda op: op.create_table(
            "account",
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("name", sa.String(50), nullable=False),
        ),
    ),
    Call(
        "create_table/named_primary_key",
        lambda op: op.create_table(
            "account", sa.Column("id", sa.Integer), sa.PrimaryKeyConstraint("id", name="account_pk")
        ),
    ),
    Call(
        "create_table/composite_primary_key",
        lambda op: op.create_table(
            "line",
            sa.Column("order_id", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        ),
    ),
    Call(
        "create_table/no_autoincrement",
        lambda op: op.create_table(
            "account", sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False)
        ),
    ),
    Call(
        "create_table/schema",
        lambda op: op.create_table("account", sa.Column("id", sa.Integer), schema="crm"),
    ),
    Call(
        "create_table/quoted",
        lambda op: op.create_table("Order", sa.Column("Group", sa.Integer), sa.Column("a b", sa.Integer)),
    ),
    Call(
        "create_table/reserved_words",
        lambda op: op.create_table("order", sa.Column("select", sa.Integer), schema="table"),
    ),
    Call(
        "create_table/if_not_exists",
        lambda op: op.create_table("account", sa.Column("id", sa.Integer), if_not_exists=True),
    ),
    Call(
        "create_table/if_not_exists_false",
        lambda op: op.create_table("account", sa.Column("id", sa.Integer), if_not_exists=False),
    ),
    Call(
        "create_table/if_not_exists_with_index",
        lambda op: op.create_table(
            "account", sa.Column("name", sa.String(50), index=True), if_not_exists=True
        ),
    ),
    Call(
        "create_table/defaults",
        lambda op: op.create_table(
            "account",
            sa.Column("a", sa.Integer, server_default="5"),
            sa.Column("b", sa.String(20), server_default="it's"),
            sa.Column("c", sa.Integer, server_default=sa.text("0")),
            sa.Column("d", sa.DateTime, server_default=sa.func.now()),
        ),
    ),
    Call(
        "create_table/types",
        lambda op: op.create_table(
            "account",
            sa.Column("a", sa.SmallInteger),
            sa.Column("b", sa.BigInteger),
            sa.Column("c", sa.Numeric(10, 2)),
            sa.Column("d", sa.Float),
            sa.Column("e", sa.Text),
            sa.Column("f", sa.Unicode(30)),
            sa.Column("g", sa.Date),
            sa.Column("h", sa.Time),
            sa.Column("i", sa.LargeBinary),
            sa.Column("j", sa.Boolean),
            sa.Column("k", sa.Uuid),
        ),
    ),
    Call(
        "create_table/json",
        lambda op: op.create_table("account", sa.Column("data", sa.JSON)),
        on=("postgresql", "sqlite", "mysql", "mariadb", "mssql"),
    ),
    Call(
        "create_table/unique_column",
        lambda op: op.create_table("account", sa.Column("email", sa.String(50), unique=True)),
    ),
    Call(
        "create_table/indexed_column",
        lambda op: op.create_table("account", sa.Column("email", sa.String(50), index=True)),
    ),
    Call(
        "create_table/unique_indexed_column",
        lambda op: op.create_table("account", sa.Column("email", sa.String(50), index=True, unique=True)),
    ),
    Call(
        "create_table/index_object",
        lambda op: op.create_table(
            "account",
            sa.Column("a", sa.Integer),
            sa.Column("b", sa.Integer),
            sa.Index("ix_account_ab", "a", "b", unique=True),
        ),
    ),
    Call(
        "create_table/unique_constraint",
        lambda op: op.create_table(
            "account",
            sa.Column("a", sa.Integer),
            sa.Column("b", sa.Integer),
            sa.UniqueConstraint("a", "b", name="uq_ab"),
        ),
    ),
    Call(
        "create_table/check_constraint",
        lambda op: op.create_table(
            "account", sa.Column("a", sa.Integer), sa.CheckConstraint("a > 0", name="ck_positive")
        ),
    ),
    Call(
        "create_table/column_check",
        lambda op: op.create_table(
            "account", sa.Column("a", sa.Integer, sa.CheckConstraint("a > 0", name="ck_positive"))
        ),
    ),
    Call(
        "create_table/foreign_key",
        lambda op: op.create_table(
            "contact",
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("account_id", sa.Integer, sa.ForeignKey("account.id")),
        ),
    ),
    Call(
        "create_table/foreign_key_options",
        lambda op: op.create_table(
            "contact",
            sa.Column(
                "account_id",
                sa.Integer,
                sa.ForeignKey("crm.account.id", name="fk_account", ondelete="CASCADE"),
            ),
            schema="crm",
        ),
    ),
    Call(
        "create_table/foreign_key_deferrable",
        lambda op: op.create_table(
            "contact",
            sa.Column("account_id", sa.Integer),
            sa.ForeignKeyConstraint(
                ["account_id"], ["account.id"], name="fk", deferrable=True, initially="DEFERRED"
            ),
        ),
        on=("postgresql", "sqlite", "oracle"),
    ),
    Call(
        "create_table/composite_foreign_key",
        lambda op: op.create_table(
            "contact",
            sa.Column("a", sa.Integer),
            sa.Column("b", sa.Integer),
            sa.ForeignKeyConstraint(["a", "b"], ["account.x", "account.y"], name="fk_ab"),
        ),
    ),
    Call(
        "create_table/self_reference",
        lambda op: op.create_table(
            "node",
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("parent_id", sa.Integer, sa.ForeignKey("node.id", name="fk_parent")),
        ),
    ),
    Call(
        "create_table/use_alter",
        lambda op: op.create_table(
            "node",
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("leaf_id", sa.Integer),
            sa.ForeignKeyConstraint(["leaf_id"], ["leaf.id"], name="fk_leaf", use_alter=True),
        ),
    ),
    Call(
        "create_table/boolean_check",
        lambda op: op.create_table(
            "account", sa.Column("flag", sa.Boolean(create_constraint=True, name="ck_flag"))
        ),
    ),
    Call(
        "create_table/enum_check",
        lambda op: op.create_table(
            "account",
            sa.Column("kind", sa.Enum("a", "b", name="kind", native_enum=False, create_constraint=True)),
        ),
    ),
    Call(
        "create_table/enum",
        lambda op: op.create_table("account", sa.Column("kind", sa.Enum("a", "b", name="kind"))),
    ),
    Call(
        "create_table/enum_in_schema",
        lambda op: op.create_table(
            "account", sa.Column("kind", sa.Enum("a", "b", name="kind", schema="crm")), schema="crm"
        ),
    ),
    Call(
        "create_table/comments",
        lambda op: op.create_table(
            "account",
            sa.Column("id", sa.Integer, comment="it's the key"),
            sa.Column("name", sa.String(10)),
            comment="who pays",
        ),
    ),
    Call(
        "create_table/comments_in_schema",
        lambda op: op.create_table(
            "account", sa.Column("id", sa.Integer, comment="key"), comment="who pays", schema="crm"
        ),
    ),
    Call(
        "create_table/prefixes",
        lambda op: op.create_table("account", sa.Column("id", sa.Integer), prefixes=["TEMPORARY"]),
        on=("postgresql", "sqlite", "mysql", "mariadb"),
    ),
    Call(
        "create_table/computed",
        lambda op: op.create_table(
            "account", sa.Column("a", sa.Integer), sa.Column("b", sa.Integer, sa.Computed("a * 2"))
        ),
    ),
    Call(
        "create_table/computed_stored",
        lambda op: op.create_table(
            "account",
            sa.Column("a", sa.Integer),
            sa.Column("b", sa.Integer, sa.Computed("a * 2", persisted=True)),
        ),
        on=("postgresql", "sqlite", "mysql", "mariadb", "mssql"),
    ),
    Call(
        "create_table/identity",
        lambda op: op.create_table(
            "account", sa.Column("id", sa.Integer, sa.Identity(start=5, increment=2), primary_key=True)
        ),
    ),
    Call(
        "create_table/identity_always",
        lambda op: op.create_table("account", sa.Column("id", sa.Integer, sa.Identity(always=True))),
    ),
    Call(
        "create_table/naming_convention",
        lambda op: op.create_table(
            "account",
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("email", sa.String(50), unique=True),
            sa.Column("owner_id", sa.Integer, sa.ForeignKey("person.id")),
            sa.Column("name", sa.String(50), index=True),
            sa.CheckConstraint("id > 0", name="positive"),
        ),
        naming_convention=NAMING,
    ),
    Call(
        "create_table/naming_convention_boolean",
        lambda op: op.create_table(
            "account", sa.Column("flag", sa.Boolean(create_constraint=True, name="flag"))
        ),
        naming_convention=NAMING,
    ),
    Call(
        "create_table/convention_bypassed",
        lambda op: op.create_table(
            "account",
            sa.Column("id", sa.Integer),
            sa.CheckConstraint("id > 0", name=op.f("just_this")),
        ),
        naming_convention=NAMING,
    ),
    Call(
        "create_table/percent_and_colon",
        lambda op: op.create_table(
            "account",
            sa.Column("a", sa.String(10), server_default="50%:x"),
            sa.CheckConstraint(r"a LIKE '%\:x'", name="ck"),
        ),
    ),
    Call(
        "create_table/mysql_options",
        lambda op: op.create_table(
            "account",
            sa.Column("id", sa.Integer),
            mysql_engine="InnoDB",
            mysql_default_charset="utf8mb4",
            mariadb_engine="Aria",
        ),
    ),
    Call(
        "create_table/sqlite_options",
        lambda op: op.create_table(
            "account",
            sa.Column("id", sa.Integer, primary_key=True),
            sqlite_autoincrement=True,
            sqlite_strict=True,
        ),
    ),
    Call(
        "create_table/sqlite_without_rowid",
        lambda op: op.create_table(
            "account", sa.Column("id", sa.Integer, primary_key=True), sqlite_with_rowid=False
        ),
        on=("sqlite",),
    ),
    Call(
        "create_table/sqlite_on_conflict",
        lambda op: op.create_table(
            "account",
            sa.Column("id", sa.Integer, nullable=False, sqlite_on_conflict_not_null="FAIL"),
            sa.UniqueConstraint("id", name="uq", sqlite_on_conflict="REPLACE"),
        ),
        on=("sqlite",),
    ),
    Call(
        "create_table/postgresql_partition",
        lambda op: op.create_table(
            "log",
            sa.Column("at", sa.Date),
            postgresql_partition_by="RANGE (at)",
            postgresql_with={"fillfactor": 70},
            postgresql_tablespace="fast",
        ),
        on=("postgresql",),
    ),
    Call(
        "create_table/postgresql_types",
        lambda op: op.create_table(
            "account",
            sa.Column("a", postgresql.JSONB),
            sa.Column("b", postgresql.ARRAY(sa.Integer)),
            sa.Column("c", postgresql.INET),
            sa.Column("d", postgresql.TSTZRANGE),
            sa.Column("e", postgresql.ENUM("x", "y", name="xy")),
            sa.Column("f", postgresql.ENUM("x", "y", name="zz", create_type=False)),
        ),
        on=("postgresql",),
    ),
    Call(
        "create_table/postgresql_exclude",
        lambda op: op.create_table(
            "booking",
            sa.Column("room", sa.Integer),
            sa.Column("during", postgresql.TSRANGE),
            postgresql.ExcludeConstraint(("room", "="), ("during", "&&"), name="no_overlap"),
        ),
        on=("postgresql",),
    ),
    Call(
        "create_table/postgresql_enum_array",
        lambda op: op.create_table(
            "account", sa.Column("kinds", postgresql.ARRAY(sa.Enum("a", "b", name="kind")))
        ),
        on=("postgresql",),
    ),
    Call(
        "create_table/oracle_options",
        lambda op: op.create_table("account", sa.Column("id", sa.Integer), oracle_compress=True),
        on=("oracle",),
    ),
    Call("drop_table/plain", lambda op: op.drop_table("account")),
    Call("drop_table/schema", lambda op: op.drop_table("account", schema="crm")),
    Call("drop_table/quoted", lambda op: op.drop_table("Order", schema="a b")),
    Call("drop_table/if_exists", lambda op: op.drop_table("account", if_exists=True)),
    Call("drop_table/if_exists_false", lambda op: op.drop_table("account", if_exists=False)),
    Call("rename_table/plain", lambda op: op.rename_table("account", "client")),
    Call("rename_table/schema", lambda op: op.rename_table("account", "client", schema="crm")),
    Call("rename_table/quoted", lambda op: op.rename_table("Order", "order", schema="a b")),
    Call("create_table_comment/plain", lambda op: op.create_table_comment("account", "who pays")),
    Call("create_table_comment/quotes", lambda op: op.create_table_comment("account", "it's 100%: fine")),
    Call(
        "create_table_comment/schema",
        lambda op: op.create_table_comment("Account", "who pays", schema="crm"),
    ),
    Call(
        "create_table_comment/existing",
        lambda op: op.create_table_comment("account", "who pays", existing_comment="who paid", schema="crm"),
    ),
    Call("drop_table_comment/plain", lambda op: op.drop_table_comment("account")),
    Call(
        "drop_table_comment/schema",
        lambda op: op.drop_table_comment("account", existing_comment="who pays", schema="crm"),
    ),
]
