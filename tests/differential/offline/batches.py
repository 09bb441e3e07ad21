"""Calls inside ``batch_alter_table``: as ALTER, and as a table made anew from ``copy_from``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from differential.offline.call import DIALECTS, Call
from differential.offline.tables import ALTERING

if TYPE_CHECKING:
    from collections.abc import Callable

    from differential.offline.call import Body


def account(*more: Any, **options: Any) -> sa.Table:
    """Return a table as it is before a batch."""
    return sa.Table(
        "account",
        sa.MetaData(),
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(50), nullable=False, server_default="x"),
        sa.Column("age", sa.Integer),
        *more,
        **options,
    )


def _native(name: str, body: Body, *, on: tuple[str, ...] = ALTERING, **options: Any) -> Call:
    """Return a batch that becomes ALTER statements."""

    def run(op: Any) -> None:
        with op.batch_alter_table("account", **options) as batch:
            body(batch)

    return Call(f"batch/{name}", run, on=on)


def _anew(
    name: str,
    body: Body,
    *,
    table: Callable[[], sa.Table] = account,
    on: tuple[str, ...] = ("sqlite",),
    **options: Any,
) -> Call:
    """Return a batch that makes the table anew."""

    def run(op: Any) -> None:
        with op.batch_alter_table("account", copy_from=table(), **options) as batch:
            body(batch)

    return Call(f"batch_anew/{name}", run, on=on)


NATIVE = [
    _native("nothing", lambda batch: None, on=DIALECTS),
    _native("add_column", lambda batch: batch.add_column(sa.Column("size", sa.Integer)), on=DIALECTS),
    _native("add_column_schema", lambda batch: batch.add_column(sa.Column("size", sa.Integer)), schema="crm"),
    _native(
        "add_column_foreign_key",
        lambda batch: batch.add_column(sa.Column("p_id", sa.Integer, sa.ForeignKey("p.id", name="fk"))),
    ),
    _native("drop_column", lambda batch: batch.drop_column("age")),
    _native(
        "alter_column", lambda batch: batch.alter_column("age", nullable=False, existing_type=sa.Integer())
    ),
    _native(
        "rename_column",
        lambda batch: batch.alter_column("age", new_column_name="years", existing_type=sa.Integer()),
    ),
    _native("create_index", lambda batch: batch.create_index("ix", ["age"]), on=DIALECTS),
    _native("create_unique_index", lambda batch: batch.create_index("ix", ["age"], unique=True), on=DIALECTS),
    _native("drop_index", lambda batch: batch.drop_index("ix"), on=DIALECTS),
    _native("create_primary_key", lambda batch: batch.create_primary_key("pk", ["id"])),
    _native("create_unique_constraint", lambda batch: batch.create_unique_constraint("uq", ["name"])),
    _native("create_check_constraint", lambda batch: batch.create_check_constraint("ck", "age > 0")),
    _native(
        "create_foreign_key",
        lambda batch: batch.create_foreign_key("fk", "p", ["age"], ["id"], ondelete="CASCADE"),
    ),
    _native(
        "create_exclude_constraint",
        lambda batch: batch.create_exclude_constraint("ex", ("name", "=")),
        on=("postgresql",),
    ),
    *[
        _native(f"drop_constraint_{kind}", lambda batch, kind=kind: batch.drop_constraint("name", kind))
        for kind in ("foreignkey", "primary", "unique", "check")
    ],
    _native("create_table_comment", lambda batch: batch.create_table_comment("who pays"), schema="crm"),
    _native("drop_table_comment", lambda batch: batch.drop_table_comment(), schema="crm"),
    _native(
        "several",
        lambda batch: (
            batch.add_column(sa.Column("size", sa.Integer)),
            batch.create_index("ix", ["size"]),
            batch.drop_column("age"),
        ),
    ),
    _native(
        "never", lambda batch: batch.add_column(sa.Column("size", sa.Integer)), on=DIALECTS, recreate="never"
    ),
    _native(
        "execute_between",
        lambda batch: (
            batch.add_column(sa.Column("size", sa.Integer)),
            batch.execute("UPDATE account SET size = 1"),
            batch.alter_column("size", nullable=False, existing_type=sa.Integer()),
        ),
    ),
    _native(
        "insert_after_without_recreate",
        lambda batch: batch.add_column(sa.Column("size", sa.Integer), insert_after="id"),
    ),
    _native("unknown_recreate", lambda batch: None, on=DIALECTS, recreate="perhaps"),
]

REFERRING = lambda: account(sa.Column("p_id", sa.Integer, sa.ForeignKey("p.id", name="fk_p")))  # noqa: E731
UNNAMED_REFERENCE = lambda: account(sa.Column("p_id", sa.Integer, sa.ForeignKey("p.id")))  # noqa: E731
SELF_REFERRING = lambda: account(  # noqa: E731
    sa.Column("boss_id", sa.Integer, sa.ForeignKey("account.id", name="fk_boss"))
)
UNIQUE = lambda: account(sa.UniqueConstraint("name", name="uq_name"))  # noqa: E731
CHECKED = lambda: account(sa.CheckConstraint("age > 0", name="ck_age"))  # noqa: E731
INDEXED = lambda: account(sa.Index("ix_name", "name", unique=True))  # noqa: E731
FLAGGED = lambda: account(  # noqa: E731
    sa.Column("flag", sa.Boolean(create_constraint=True, name="ck_flag"))
)
KINDS = sa.Enum("a", "b", name="ck_kind", native_enum=False, create_constraint=True)
KINDED = lambda: account(sa.Column("kind", KINDS))  # noqa: E731

ANEW = [
    _anew("nothing", lambda batch: None, recreate="always"),
    _anew("nothing_auto", lambda batch: None),
    _anew("not_null", lambda batch: batch.alter_column("age", nullable=False)),
    _anew("nullable", lambda batch: batch.alter_column("name", nullable=True)),
    _anew("default", lambda batch: batch.alter_column("age", server_default="5")),
    _anew("default_text", lambda batch: batch.alter_column("age", server_default=sa.text("1 + 1"))),
    _anew("default_drop", lambda batch: batch.alter_column("name", server_default=None)),
    _anew("type_same_family", lambda batch: batch.alter_column("name", type_=sa.String(90))),
    _anew("type_other_family", lambda batch: batch.alter_column("age", type_=sa.String(9))),
    _anew("type_to_text", lambda batch: batch.alter_column("name", type_=sa.Text())),
    _anew("type_to_json", lambda batch: batch.alter_column("name", type_=sa.JSON())),
    _anew(
        "type_to_boolean_check",
        lambda batch: batch.alter_column("age", type_=sa.Boolean(create_constraint=True, name="ck_age")),
    ),
    _anew(
        "type_from_boolean_check",
        lambda batch: batch.alter_column(
            "flag", type_=sa.Integer(), existing_type=sa.Boolean(create_constraint=True, name="ck_flag")
        ),
        table=FLAGGED,
    ),
    _anew(
        "type_from_enum_check",
        lambda batch: batch.alter_column("kind", type_=sa.String(9), existing_type=KINDS),
        table=KINDED,
    ),
    _anew("keeps_boolean_check", lambda batch: batch.alter_column("age", nullable=False), table=FLAGGED),
    _anew("keeps_enum_check", lambda batch: batch.alter_column("age", nullable=False), table=KINDED),
    _anew("keeps_unique", lambda batch: batch.alter_column("age", nullable=False), table=UNIQUE),
    _anew("keeps_check", lambda batch: batch.alter_column("age", nullable=False), table=CHECKED),
    _anew("keeps_foreign_key", lambda batch: batch.alter_column("age", nullable=False), table=REFERRING),
    _anew(
        "keeps_unnamed_foreign_key",
        lambda batch: batch.alter_column("age", nullable=False),
        table=UNNAMED_REFERENCE,
    ),
    _anew(
        "keeps_self_reference", lambda batch: batch.alter_column("age", nullable=False), table=SELF_REFERRING
    ),
    _anew("keeps_indexes", lambda batch: batch.alter_column("age", nullable=False), table=INDEXED),
    _anew("add_column", lambda batch: batch.add_column(sa.Column("size", sa.Integer)), recreate="always"),
    _anew(
        "add_columns",
        lambda batch: (
            batch.add_column(sa.Column("b", sa.Integer)),
            batch.add_column(sa.Column("a", sa.Integer)),
        ),
        recreate="always",
    ),
    _anew(
        "add_column_function_default",
        lambda batch: batch.add_column(sa.Column("at", sa.DateTime, server_default=sa.func.now())),
    ),
    _anew(
        "add_column_unique",
        lambda batch: batch.add_column(sa.Column("b", sa.Integer, unique=True)),
        recreate="always",
    ),
    _anew(
        "add_column_foreign_key",
        lambda batch: batch.add_column(sa.Column("p_id", sa.Integer, sa.ForeignKey("p.id", name="fk_p"))),
        recreate="always",
    ),
    _anew(
        "add_column_boolean_check",
        lambda batch: batch.add_column(sa.Column("flag", sa.Boolean(create_constraint=True, name="ck_flag"))),
        recreate="always",
    ),
    _anew(
        "add_column_insert_before",
        lambda batch: batch.add_column(sa.Column("b", sa.Integer), insert_before="name"),
        recreate="always",
    ),
    _anew(
        "add_column_insert_after",
        lambda batch: batch.add_column(sa.Column("b", sa.Integer), insert_after="id"),
        recreate="always",
    ),
    _anew(
        "add_column_insert_first",
        lambda batch: batch.add_column(sa.Column("b", sa.Integer), insert_before="id"),
        recreate="always",
    ),
    _anew(
        "add_column_insert_last",
        lambda batch: batch.add_column(sa.Column("b", sa.Integer), insert_after="age"),
        recreate="always",
    ),
    _anew(
        "add_columns_insert_same_place",
        lambda batch: (
            batch.add_column(sa.Column("b", sa.Integer), insert_after="id"),
            batch.add_column(sa.Column("a", sa.Integer), insert_after="id"),
        ),
        recreate="always",
    ),
    _anew(
        "add_columns_insert_after_new",
        lambda batch: (
            batch.add_column(sa.Column("b", sa.Integer), insert_after="id"),
            batch.add_column(sa.Column("a", sa.Integer), insert_after="b"),
        ),
        recreate="always",
    ),
    _anew(
        "add_columns_insert_before_new",
        lambda batch: (
            batch.add_column(sa.Column("b", sa.Integer), insert_after="id"),
            batch.add_column(sa.Column("a", sa.Integer), insert_before="b"),
        ),
        recreate="always",
    ),
    _anew("reorder", lambda batch: None, partial_reordering=[("age", "name")], recreate="always"),
    _anew("reorder_all", lambda batch: None, partial_reordering=[("age", "name", "id")], recreate="always"),
    _anew(
        "reorder_two_groups",
        lambda batch: None,
        partial_reordering=[("age", "id"), ("name", "id")],
        recreate="always",
    ),
    _anew(
        "reorder_with_new",
        lambda batch: batch.add_column(sa.Column("b", sa.Integer)),
        partial_reordering=[("age", "b", "name")],
        recreate="always",
    ),
    _anew("drop_column", lambda batch: batch.drop_column("age"), recreate="always"),
    _anew("drop_column_auto", lambda batch: batch.drop_column("age")),
    _anew("drop_column_of_primary_key", lambda batch: batch.drop_column("id")),
    _anew("drop_column_of_unique", lambda batch: batch.drop_column("name"), table=UNIQUE),
    _anew("drop_column_of_foreign_key", lambda batch: batch.drop_column("p_id"), table=REFERRING),
    _anew("drop_column_unknown", lambda batch: batch.drop_column("nothing"), recreate="always"),
    _anew("rename_column", lambda batch: batch.alter_column("age", new_column_name="years")),
    _anew(
        "rename_column_always",
        lambda batch: batch.alter_column("age", new_column_name="years"),
        recreate="always",
    ),
    _anew(
        "rename_column_and_type",
        lambda batch: batch.alter_column("age", new_column_name="years", type_=sa.String(9)),
    ),
    _anew("create_unique_constraint", lambda batch: batch.create_unique_constraint("uq", ["name"])),
    _anew("create_check_constraint", lambda batch: batch.create_check_constraint("ck", "age > 0")),
    _anew(
        "create_foreign_key",
        lambda batch: batch.create_foreign_key("fk", "p", ["age"], ["id"], ondelete="CASCADE"),
    ),
    _anew(
        "create_foreign_key_self", lambda batch: batch.create_foreign_key("fk", "account", ["age"], ["id"])
    ),
    _anew("create_primary_key", lambda batch: batch.create_primary_key("pk", ["id", "name"])),
    _anew("create_unnamed_constraint", lambda batch: batch.create_unique_constraint(None, ["name"])),
    _anew("drop_unique", lambda batch: batch.drop_constraint("uq_name", "unique"), table=UNIQUE),
    _anew("drop_check", lambda batch: batch.drop_constraint("ck_age", "check"), table=CHECKED),
    _anew("drop_foreign_key", lambda batch: batch.drop_constraint("fk_p", "foreignkey"), table=REFERRING),
    _anew("drop_unknown_constraint", lambda batch: batch.drop_constraint("nothing", "unique"), table=UNIQUE),
    _anew("create_index", lambda batch: batch.create_index("ix", ["age"]), recreate="always"),
    _anew("drop_index", lambda batch: batch.drop_index("ix_name"), table=INDEXED, recreate="always"),
    _anew("drop_unknown_index", lambda batch: batch.drop_index("nothing"), table=INDEXED, recreate="always"),
    _anew(
        "table_args",
        lambda batch: None,
        table_args=(sa.CheckConstraint("age < 9", name="ck_old"),),
        recreate="always",
    ),
    _anew("table_kwargs", lambda batch: None, table_kwargs={"sqlite_strict": True}, recreate="always"),
    _anew(
        "keeps_table_options",
        lambda batch: None,
        table=lambda: account(sqlite_with_rowid=False),
        recreate="always",
    ),
    _anew("comments", lambda batch: batch.create_table_comment("who pays"), recreate="always"),
    _anew(
        "execute_between",
        lambda batch: (
            batch.alter_column("age", nullable=False),
            batch.execute("UPDATE account SET age = 1"),
            batch.alter_column("name", nullable=True),
        ),
    ),
    _anew(
        "computed",
        lambda batch: batch.alter_column("age", nullable=False),
        table=lambda: account(sa.Column("twice", sa.Integer, sa.Computed("age * 2"))),
    ),
    _anew(
        "schema",
        lambda batch: batch.alter_column("age", nullable=False),
        table=lambda: account(schema="aux"),
        schema="aux",
    ),
    _anew(
        "indexed_column",
        lambda batch: batch.alter_column("age", nullable=False),
        table=lambda: account(sa.Column("email", sa.String(9), index=True)),
    ),
    _anew(
        "on_other_databases",
        lambda batch: batch.add_column(sa.Column("b", sa.Integer)),
        table=UNIQUE,
        on=ALTERING,
        recreate="always",
    ),
    _anew(
        "foreign_key_on_other_databases",
        lambda batch: batch.drop_column("age"),
        table=REFERRING,
        on=ALTERING,
        recreate="always",
    ),
    _anew(
        "index_on_other_databases",
        lambda batch: batch.alter_column("age", nullable=False, existing_type=sa.Integer()),
        table=INDEXED,
        on=ALTERING,
        recreate="always",
    ),
]

CALLS = [*NATIVE, *ANEW]
