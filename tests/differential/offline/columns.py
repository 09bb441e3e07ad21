"""Calls that add, drop and alter columns."""

from __future__ import annotations

import sqlalchemy as sa
from differential.offline.call import Call
from differential.offline.tables import ALTERING, NAMING
from sqlalchemy.dialects import mysql, postgresql

MYSQL = ("mysql", "mariadb")

ADD = [
    Call("add_column/plain", lambda op: op.add_column("account", sa.Column("age", sa.Integer))),
    Call(
        "add_column/schema", lambda op: op.add_column("account", sa.Column("age", sa.Integer), schema="crm")
    ),
    Call(
        "add_column/quoted",
        lambda op: op.add_column("Order", sa.Column("group", sa.String(5)), schema="a b"),
    ),
    Call(
        "add_column/not_null",
        lambda op: op.add_column("account", sa.Column("age", sa.Integer, nullable=False, server_default="0")),
    ),
    Call(
        "add_column/text_default",
        lambda op: op.add_column("account", sa.Column("age", sa.Integer, server_default=sa.text("7"))),
    ),
    Call(
        "add_column/function_default",
        lambda op: op.add_column("account", sa.Column("at", sa.DateTime, server_default=sa.func.now())),
    ),
    Call(
        "add_column/string_default",
        lambda op: op.add_column("account", sa.Column("name", sa.String(9), server_default="it's")),
    ),
    Call(
        "add_column/if_not_exists",
        lambda op: op.add_column("account", sa.Column("age", sa.Integer), if_not_exists=True),
    ),
    Call(
        "add_column/if_not_exists_schema",
        lambda op: op.add_column("account", sa.Column("age", sa.Integer), if_not_exists=True, schema="crm"),
    ),
    Call(
        "add_column/if_not_exists_false",
        lambda op: op.add_column("account", sa.Column("age", sa.Integer), if_not_exists=False),
    ),
    Call(
        "add_column/foreign_key",
        lambda op: op.add_column("contact", sa.Column("account_id", sa.Integer, sa.ForeignKey("account.id"))),
    ),
    Call(
        "add_column/named_foreign_key",
        lambda op: op.add_column(
            "contact",
            sa.Column(
                "account_id",
                sa.Integer,
                sa.ForeignKey("account.id", name="fk_account", ondelete="SET NULL"),
            ),
        ),
    ),
    Call(
        "add_column/foreign_key_schema",
        lambda op: op.add_column(
            "contact",
            sa.Column("account_id", sa.Integer, sa.ForeignKey("crm.account.id", name="fk_account")),
            schema="crm",
        ),
    ),
    Call(
        "add_column/self_reference",
        lambda op: op.add_column(
            "node", sa.Column("parent_id", sa.Integer, sa.ForeignKey("node.id", name="fk_parent"))
        ),
    ),
    Call(
        "add_column/inline_references",
        lambda op: op.add_column(
            "contact",
            sa.Column("account_id", sa.Integer, sa.ForeignKey("account.id", ondelete="CASCADE")),
            inline_references=True,
        ),
    ),
    Call(
        "add_column/inline_references_named",
        lambda op: op.add_column(
            "contact",
            sa.Column("account_id", sa.Integer, sa.ForeignKey("crm.account.id", name="fk_account")),
            schema="crm",
            inline_references=True,
        ),
    ),
    Call(
        "add_column/inline_references_deferrable",
        lambda op: op.add_column(
            "contact",
            sa.Column(
                "account_id",
                sa.Integer,
                sa.ForeignKey("account.id", deferrable=True, initially="DEFERRED", match="FULL"),
            ),
            inline_references=True,
        ),
        on=("postgresql",),
    ),
    Call(
        "add_column/inline_references_without_any",
        lambda op: op.add_column("contact", sa.Column("x", sa.Integer), inline_references=True),
    ),
    Call(
        "add_column/inline_primary_key",
        lambda op: op.add_column(
            "account",
            sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
            inline_primary_key=True,
        ),
    ),
    Call(
        "add_column/primary_key_not_inline",
        lambda op: op.add_column(
            "account", sa.Column("id", sa.Integer, primary_key=True, autoincrement=False)
        ),
    ),
    Call(
        "add_column/unique",
        lambda op: op.add_column("account", sa.Column("email", sa.String(50), unique=True)),
        on=ALTERING,
    ),
    Call(
        "add_column/unique_by_convention",
        lambda op: op.add_column("account", sa.Column("email", sa.String(50), unique=True)),
        on=ALTERING,
        naming_convention=NAMING,
    ),
    Call(
        "add_column/index",
        lambda op: op.add_column("account", sa.Column("email", sa.String(50), index=True)),
    ),
    Call(
        "add_column/unique_index",
        lambda op: op.add_column(
            "account", sa.Column("email", sa.String(50), index=True, unique=True), schema="crm"
        ),
    ),
    Call(
        "add_column/index_by_convention",
        lambda op: op.add_column("account", sa.Column("email", sa.String(50), index=True)),
        naming_convention=NAMING,
    ),
    Call(
        "add_column/check",
        lambda op: op.add_column(
            "account", sa.Column("age", sa.Integer, sa.CheckConstraint("age > 0", name="ck_age"))
        ),
    ),
    Call(
        "add_column/comment",
        lambda op: op.add_column("account", sa.Column("age", sa.Integer, comment="it's in years")),
    ),
    Call(
        "add_column/comment_in_schema",
        lambda op: op.add_column("account", sa.Column("age", sa.Integer, comment="in years"), schema="crm"),
    ),
    Call(
        "add_column/boolean_check",
        lambda op: op.add_column(
            "account", sa.Column("flag", sa.Boolean(create_constraint=True, name="ck_flag"))
        ),
    ),
    Call(
        "add_column/boolean_check_by_convention",
        lambda op: op.add_column(
            "account", sa.Column("flag", sa.Boolean(create_constraint=True, name="flag"))
        ),
        naming_convention=NAMING,
    ),
    Call(
        "add_column/enum_check",
        lambda op: op.add_column(
            "account",
            sa.Column("kind", sa.Enum("a", "b", name="ck_kind", native_enum=False, create_constraint=True)),
        ),
    ),
    Call(
        "add_column/enum",
        lambda op: op.add_column("account", sa.Column("kind", sa.Enum("a", "b", name="kind"))),
    ),
    Call(
        "add_column/computed",
        lambda op: op.add_column("account", sa.Column("twice", sa.Integer, sa.Computed("age * 2"))),
    ),
    Call(
        "add_column/computed_stored",
        lambda op: op.add_column(
            "account", sa.Column("twice", sa.Integer, sa.Computed("age * 2", persisted=True))
        ),
        on=("postgresql", "sqlite", "mysql", "mariadb", "mssql"),
    ),
    Call(
        "add_column/identity",
        lambda op: op.add_column("account", sa.Column("n", sa.Integer, sa.Identity(start=3))),
    ),
    Call(
        "add_column/attached_column",
        lambda op: op.add_column(
            "account",
            sa.Table("other", sa.MetaData(), sa.Column("age", sa.Integer, index=True)).c.age,
        ),
    ),
    Call(
        "add_column/mysql_type",
        lambda op: op.add_column("account", sa.Column("n", mysql.INTEGER(unsigned=True))),
        on=MYSQL,
    ),
    Call(
        "add_column/postgresql_enum_array",
        lambda op: op.add_column(
            "account", sa.Column("kinds", postgresql.ARRAY(sa.Enum("a", "b", name="kind")))
        ),
        on=("postgresql",),
    ),
    Call(
        "add_column/postgresql_enum_not_created",
        lambda op: op.add_column(
            "account", sa.Column("kind", postgresql.ENUM("a", name="kind", create_type=False))
        ),
        on=("postgresql",),
    ),
    Call(
        "add_column/postgresql_enum_in_schema",
        lambda op: op.add_column(
            "account", sa.Column("kind", sa.Enum("a", "b", name="kind", schema="crm")), schema="crm"
        ),
        on=("postgresql",),
    ),
    Call(
        "add_column/postgresql_serial",
        lambda op: op.add_column("account", sa.Column("id", sa.BigInteger, primary_key=True)),
        on=("postgresql",),
    ),
]

DROP = [
    Call("drop_column/plain", lambda op: op.drop_column("account", "age")),
    Call("drop_column/schema", lambda op: op.drop_column("account", "age", schema="crm")),
    Call("drop_column/quoted", lambda op: op.drop_column("Order", "group", schema="a b")),
    Call("drop_column/if_exists", lambda op: op.drop_column("account", "age", if_exists=True)),
    Call("drop_column/if_exists_false", lambda op: op.drop_column("account", "age", if_exists=False)),
    Call(
        "drop_column/mssql_drop_default",
        lambda op: op.drop_column("account", "age", mssql_drop_default=True),
    ),
    Call(
        "drop_column/mssql_drop_check",
        lambda op: op.drop_column("account", "age", mssql_drop_check=True, schema="crm"),
    ),
    Call(
        "drop_column/mssql_drop_foreign_key",
        lambda op: op.drop_column("account", "age", mssql_drop_foreign_key=True),
    ),
    Call(
        "drop_column/mssql_drop_all",
        lambda op: op.drop_column(
            "account", "age", mssql_drop_default=True, mssql_drop_check=True, mssql_drop_foreign_key=True
        ),
        on=("mssql",),
    ),
]

INTEGER = {"existing_type": sa.Integer()}
STRING = {"existing_type": sa.String(50)}


def _alter(name: str, *, on: tuple[str, ...] = ALTERING, **options: object) -> Call:
    return Call(f"alter_column/{name}", lambda op: op.alter_column("account", "age", **options), on=on)


ALTER = [
    _alter("nothing"),
    _alter("nothing_sqlite", on=("sqlite",)),
    _alter("rename", new_column_name="years", **INTEGER),
    _alter("rename_not_null", new_column_name="years", existing_nullable=False, **INTEGER),
    _alter("rename_schema", new_column_name="years", schema="crm", **INTEGER),
    _alter("rename_quoted", new_column_name="Group", schema="a b", **INTEGER),
    _alter("rename_without_type", new_column_name="years"),
    _alter("rename_sqlite", on=("sqlite",), new_column_name="years"),
    _alter("rename_sqlite_quoted", on=("sqlite",), new_column_name="group", schema="main"),
    _alter("nullable", nullable=True, **INTEGER),
    _alter("not_null", nullable=False, **INTEGER),
    _alter("not_null_schema", nullable=False, schema="crm", **INTEGER),
    _alter("not_null_without_type", nullable=False),
    _alter("not_null_keeps_default", nullable=False, existing_server_default="5", **INTEGER),
    _alter("not_null_keeps_comment", nullable=False, existing_comment="in years", **INTEGER),
    _alter("not_null_datetime", nullable=False, existing_type=sa.DateTime()),
    _alter("type", type_=sa.String(50)),
    _alter("type_class", type_=sa.Text),
    _alter("type_existing", type_=sa.BigInteger(), **INTEGER),
    _alter("type_existing_nullable", type_=sa.BigInteger(), existing_nullable=False, **INTEGER),
    _alter("type_existing_not_nullable", type_=sa.BigInteger(), existing_nullable=True, **INTEGER),
    _alter("type_schema", type_=sa.String(50), existing_nullable=True, schema="crm"),
    _alter("type_and_nullable", type_=sa.String(50), nullable=False, **INTEGER),
    _alter("type_collation", type_=sa.String(50, collation="de"), existing_nullable=True),
    _alter("type_boolean_check", type_=sa.Boolean(create_constraint=True, name="ck_flag"), **INTEGER),
    _alter(
        "type_from_boolean_check",
        type_=sa.Integer(),
        existing_type=sa.Boolean(create_constraint=True, name="ck_flag"),
    ),
    _alter(
        "type_from_enum_check",
        type_=sa.String(50),
        existing_type=sa.Enum("a", "b", name="ck_kind", native_enum=False, create_constraint=True),
    ),
    _alter(
        "type_between_enum_checks",
        type_=sa.Enum("a", "c", name="ck_kind", native_enum=False, create_constraint=True),
        existing_type=sa.Enum("a", "b", name="ck_kind", native_enum=False, create_constraint=True),
        existing_nullable=True,
    ),
    _alter("type_enum", type_=sa.Enum("a", "b", name="kind"), **STRING),
    _alter("default", server_default="5"),
    _alter("default_text", server_default=sa.text("0")),
    _alter("default_quotes", server_default="it's"),
    _alter("default_function", server_default=sa.func.now()),
    _alter("default_schema", server_default="5", schema="crm"),
    _alter("default_drop", server_default=None),
    _alter("default_drop_known", server_default=None, existing_server_default="5", **INTEGER),
    _alter("default_replace", server_default="6", existing_server_default="5", **INTEGER),
    _alter("default_first", server_default="6", existing_server_default=False, **INTEGER),
    _alter("default_and_type", server_default="6", type_=sa.String(50), existing_nullable=True),
    _alter("default_and_nullable", server_default="6", nullable=False, **INTEGER),
    _alter("default_datetime", server_default=sa.func.now(), existing_type=sa.DateTime()),
    _alter("default_drop_datetime", server_default=None, existing_type=sa.DateTime()),
    _alter("comment", comment="in years", **INTEGER),
    _alter("comment_quotes", comment="it's 100%: fine", **INTEGER),
    _alter("comment_schema", comment="in years", schema="crm", **INTEGER),
    _alter("comment_drop", comment=None, **INTEGER),
    _alter("comment_drop_schema", comment=None, existing_comment="in years", schema="crm", **INTEGER),
    _alter("comment_replace", comment="new", existing_comment="old", schema="crm", **INTEGER),
    _alter("comment_sqlite", on=("sqlite",), comment="in years"),
    _alter("everything", nullable=False, server_default="x", type_=sa.String(9), new_column_name="years"),
    _alter(
        "everything_existing",
        nullable=True,
        server_default=None,
        type_=sa.BigInteger(),
        new_column_name="years",
        comment="in years",
        schema="crm",
        existing_type=sa.Integer(),
        existing_nullable=False,
        existing_server_default="5",
        existing_comment="old",
    ),
    _alter("autoincrement", on=MYSQL, autoincrement=True, **INTEGER),
    _alter("autoincrement_existing", on=MYSQL, nullable=False, existing_autoincrement=True, **INTEGER),
    _alter("autoincrement_off", on=MYSQL, autoincrement=False, existing_autoincrement=True, **INTEGER),
    _alter("autoincrement_elsewhere", on=("postgresql",), autoincrement=True, **INTEGER),
    _alter("computed", server_default=sa.Computed("a * 2"), **INTEGER),
    _alter("computed_drop", server_default=None, existing_server_default=sa.Computed("a * 2"), **INTEGER),
    _alter("identity_add", server_default=sa.Identity(), **INTEGER),
    _alter("identity_add_always", server_default=sa.Identity(always=True, start=5), schema="crm", **INTEGER),
    _alter("identity_add_explicit", server_default=sa.Identity(), existing_server_default=None, **INTEGER),
    _alter("identity_drop", server_default=None, existing_server_default=sa.Identity(), **INTEGER),
    _alter(
        "identity_change",
        server_default=sa.Identity(always=True, start=5, cycle=True, maxvalue=99),
        existing_server_default=sa.Identity(start=1, increment=2),
        **INTEGER,
    ),
    _alter(
        "identity_change_one",
        on=("postgresql", "oracle"),
        server_default=sa.Identity(increment=3),
        existing_server_default=sa.Identity(increment=2),
        **INTEGER,
    ),
    _alter("postgresql_using", on=("postgresql",), type_=sa.Integer(), postgresql_using="age::integer"),
    _alter("postgresql_using_alone", on=("postgresql",), postgresql_using="age::integer"),
    _alter("sqlite_type", on=("sqlite",), type_=sa.String(50)),
    _alter("sqlite_not_null", on=("sqlite",), nullable=False),
    _alter("sqlite_default", on=("sqlite",), server_default="5"),
]

CALLS = [*ADD, *DROP, *ALTER]
