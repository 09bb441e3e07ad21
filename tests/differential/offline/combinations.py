"""Calls that give several parameters at once, where the order of statements and the words of one depend on another."""

from __future__ import annotations

from inspect import isfunction
from itertools import combinations
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from differential.offline.batches import account as account_before
from differential.offline.call import DIALECTS, Call
from differential.offline.tables import ALTERING, NAMING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CHANGES: Mapping[str, Mapping[str, Any]] = {
    "nullable": {"nullable": False},
    "default": {"server_default": "6"},
    "type": {"type_": sa.String(9)},
    "comment": {"comment": "in years"},
    "rename": {"new_column_name": "years"},
}
KNOWN: Mapping[str, Any] = {"existing_type": sa.Integer(), "existing_nullable": True}
ALL_KNOWN: Mapping[str, Any] = {
    "existing_type": sa.Integer(),
    "existing_nullable": True,
    "existing_server_default": "5",
    "existing_comment": "old",
}
REMOVALS: Mapping[str, Any] = {"nullable": True, "server_default": None, "comment": None}


def _changes(*sizes: int, without: tuple[str, ...] = ()) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every combination of changes of a column with its name."""
    kinds = [kind for kind in CHANGES if kind not in without]
    for size in sizes:
        for chosen in combinations(kinds, size):
            yield "_and_".join(chosen), {k: v for kind in chosen for k, v in CHANGES[kind].items()}


def _on(options: Mapping[str, Any]) -> tuple[str, ...]:
    """Return where Alembic can do it offline: for a comment on SQL Server it must know the schema."""
    without_schema = "comment" in options and "schema" not in options
    return tuple(dialect for dialect in ALTERING if not (without_schema and dialect == "mssql"))


def _alter(name: str, *, on: tuple[str, ...] | None = None, **options: Any) -> Call:
    on = on or _on(options)
    return Call(f"alter_column/{name}", lambda op: op.alter_column("account", "age", **options), on=on)


def _batch(name: str, *, schema: str | None = None, **options: Any) -> Call:
    def run(op: Any) -> None:
        with op.batch_alter_table("account", schema=schema) as batch:
            batch.alter_column("age", **options)

    return Call(f"batch/{name}", run, on=ALTERING if schema else _on(options))


def _anew(
    name: str, on: tuple[str, ...] | None = ("sqlite",), *, recreate: str = "auto", **options: Any
) -> Call:
    on = on or _on(options)

    def run(op: Any) -> None:
        with op.batch_alter_table("account", copy_from=account_before(), recreate=recreate) as batch:
            batch.alter_column("age", **options)

    return Call(f"batch_anew/{name}", run, on=on)


def _everything_about_a_key(op: Any) -> None:
    with op.batch_alter_table("account", copy_from=account_before(schema="crm"), schema="crm") as batch:
        batch.create_foreign_key(
            "fk",
            "p",
            ["age"],
            ["id"],
            referent_schema="crm",
            onupdate="CASCADE",
            ondelete="SET NULL",
            deferrable=True,
            initially="DEFERRED",
            match="FULL",
        )


def _comments(op: Any) -> None:
    with op.batch_alter_table("account", copy_from=account_before(), recreate="always") as batch:
        batch.create_table_comment("new", existing_comment="old")
        batch.drop_table_comment(existing_comment="new")


ALTER = [
    Call("batch_anew/table_comments", _comments, on=("sqlite",)),
    *[_alter(f"both_{name}", **KNOWN, **changes) for name, changes in _changes(2, 3)],
    *[_alter(f"both_{name}_all_known", **ALL_KNOWN, **changes) for name, changes in _changes(1, 2)],
    *[
        _alter(f"both_{name}_in_schema", schema="crm", **ALL_KNOWN, **changes)
        for name, changes in _changes(2, 4)
    ],
    _alter("removals", **ALL_KNOWN, **REMOVALS),
    _alter("removals_in_schema", schema="crm", **ALL_KNOWN, **REMOVALS),
    _alter("rename_sqlite_all_known", on=("sqlite",), new_column_name="years", **ALL_KNOWN),
    *[_batch(f"alter_{name}", **KNOWN, **changes) for name, changes in _changes(1, 2)],
    *[_batch(f"alter_{name}_all_known", **ALL_KNOWN, **changes) for name, changes in _changes(1)],
    _batch("alter_removals", **ALL_KNOWN, **REMOVALS),
    _batch(
        "alter_everything", schema="crm", **ALL_KNOWN, **{k: v for _, c in _changes(1) for k, v in c.items()}
    ),
    *[_anew(f"alter_{name}", **changes) for name, changes in _changes(2, 3, without=("rename",))],
    *[
        _anew(f"alter_{name}_and_rename", **changes, new_column_name="years", **ALL_KNOWN)
        for name, changes in _changes(2, without=("rename", "type"))
    ],
    *[
        _anew(f"{name}_on_other_databases", None, recreate="always", **ALL_KNOWN, **changes)
        for name, changes in _changes(1, 2, without=("rename",))
    ],
    _anew("alter_insert_before", nullable=False, insert_before="name"),
    _anew("alter_insert_after", nullable=False, insert_after="id"),
    Call(
        "batch_anew/create_foreign_key_everything",
        _everything_about_a_key,
        on=("sqlite",),
    ),
    *[
        _anew(f"move_{where}_on_other_databases", ALTERING, recreate="always", **KNOWN, **{where: other})
        for where, other in (("insert_before", "name"), ("insert_after", "id"))
    ],
]

RULES = ("CASCADE", "SET NULL", "RESTRICT", "NO ACTION", "SET DEFAULT")
KEYS = [
    *[
        Call(
            f"create_foreign_key/on_delete_{rule.lower().replace(' ', '_')}",
            lambda op, rule=rule: op.create_foreign_key(
                "fk", "contact", "account", ["a_id"], ["id"], ondelete=rule
            ),
        )
        for rule in RULES
    ],
    *[
        Call(
            f"create_foreign_key/on_update_{rule.lower().replace(' ', '_')}",
            lambda op, rule=rule: op.create_foreign_key(
                "fk", "contact", "account", ["a_id"], ["id"], onupdate=rule
            ),
        )
        for rule in RULES
    ],
    *[
        Call(
            f"create_foreign_key/deferrable_{deferrable}_{initially.lower()}",
            lambda op, d=deferrable, i=initially: op.create_foreign_key(
                "fk", "contact", "account", ["a_id"], ["id"], deferrable=d, initially=i, ondelete="CASCADE"
            ),
        )
        for deferrable in (True, False)
        for initially in ("IMMEDIATE", "DEFERRED")
    ],
    Call(
        "create_foreign_key/everything",
        lambda op: op.create_foreign_key(
            "fk",
            "Contact",
            "Order",
            ["a b", "group"],
            ["x", "Y"],
            onupdate="CASCADE",
            ondelete="SET NULL",
            deferrable=True,
            initially="DEFERRED",
            match="FULL",
            source_schema="crm",
            referent_schema="a b",
        ),
    ),
    Call(
        "create_foreign_key/source_schema_alone",
        lambda op: op.create_foreign_key("fk", "contact", "account", ["a"], ["id"], source_schema="crm"),
    ),
    Call(
        "create_foreign_key/referent_schema_alone",
        lambda op: op.create_foreign_key("fk", "contact", "account", ["a"], ["id"], referent_schema="crm"),
    ),
    Call(
        "create_foreign_key/convention_in_schemas",
        lambda op: op.create_foreign_key(
            None, "contact", "account", ["a"], ["id"], source_schema="crm", referent_schema="crm"
        ),
        naming_convention=NAMING,
    ),
    Call(
        "create_foreign_key/composite_by_convention",
        lambda op: op.create_foreign_key(None, "contact", "account", ["a", "b"], ["x", "y"]),
        naming_convention=NAMING,
    ),
    Call(
        "create_foreign_key/convention_bypassed",
        lambda op: op.create_foreign_key(op.f("just"), "contact", "account", ["a"], ["id"]),
        naming_convention=NAMING,
    ),
    Call(
        "create_unique_constraint/three_columns",
        lambda op: op.create_unique_constraint("uq", "account", ["b", "a", "Group"]),
    ),
    Call(
        "create_unique_constraint/initially_immediate",
        lambda op: op.create_unique_constraint(
            "uq", "account", ["a"], deferrable=True, initially="IMMEDIATE"
        ),
    ),
    Call(
        "create_unique_constraint/convention_in_schema",
        lambda op: op.create_unique_constraint(None, "account", ["a", "b"], schema="crm"),
        naming_convention=NAMING,
    ),
    Call(
        "create_unique_constraint/info",
        lambda op: op.create_unique_constraint("uq", "account", ["a"], info={"any": "thing"}),
    ),
    Call(
        "create_primary_key/quoted",
        lambda op: op.create_primary_key("Pk", "Order", ["Group", "a b"], schema="a b"),
    ),
    Call(
        "create_primary_key/convention_in_schema",
        lambda op: op.create_primary_key(None, "account", ["id"], schema="crm"),
        naming_convention=NAMING,
    ),
    Call(
        "create_primary_key/convention_bypassed",
        lambda op: op.create_primary_key(op.f("just"), "account", ["id"]),
        naming_convention=NAMING,
    ),
    Call(
        "create_check_constraint/in_schema",
        lambda op: op.create_check_constraint("ck", "account", "a > 0 AND b < 5", schema="crm"),
    ),
    Call(
        "create_check_constraint/unnamed",
        lambda op: op.create_check_constraint(None, "account", "a > 0"),
    ),
    Call(
        "create_check_constraint/columns",
        lambda op: op.create_check_constraint(
            "ck",
            "account",
            sa.and_(sa.column("a") > 5, sa.column("b").in_([1, 2]), sa.column("c").is_not(None)),
        ),
    ),
    Call(
        "create_check_constraint/strings",
        lambda op: op.create_check_constraint("ck", "account", sa.column("name") != "it's 5%:x"),
    ),
    Call(
        "create_check_constraint/initially",
        lambda op: op.create_check_constraint(
            "ck", "account", "a > 0", deferrable=True, initially="DEFERRED"
        ),
        on=("postgresql", "oracle"),
    ),
    Call(
        "create_check_constraint/info",
        lambda op: op.create_check_constraint("ck", "account", "a > 0", info={"any": "thing"}),
    ),
    Call(
        "create_exclude_constraint/in_schema",
        lambda op: op.create_exclude_constraint("ex", "booking", ("during", "&&"), schema="crm"),
    ),
    Call(
        "create_exclude_constraint/where_expression",
        lambda op: op.create_exclude_constraint(
            "ex", "booking", ("during", "&&"), where=sa.column("room") > 5, using="gist", initially="DEFERRED"
        ),
    ),
    Call(
        "create_exclude_constraint/expression",
        lambda op: op.create_exclude_constraint(
            "ex", "booking", (sa.text("int4range(a, b)"), "&&"), (sa.column("room"), "="), deferrable=False
        ),
    ),
    Call(
        "create_exclude_constraint/operator_classes",
        lambda op: op.create_exclude_constraint(
            "ex",
            "booking",
            (sa.column("room"), "="),
            using="gist",
            ops={"room": "gist_int4_ops"},
            deferrable=True,
        ),
    ),
]

INDEXES = [
    Call(
        f"create_index/combined_{kind}_{name}",
        lambda op, columns=columns, unique=unique, schema=schema, guarded=guarded: op.create_index(
            "ix", "account", columns, unique=unique, schema=schema, if_not_exists=guarded or None
        ),
    )
    for name, columns in (
        ("columns", ["b", "a"]),
        ("expressions", [sa.text("lower(name)"), sa.column("age").desc()]),
    )
    for kind, unique, schema, guarded in (
        ("unique", True, None, False),
        ("unique_in_schema", True, "crm", False),
        ("guarded_in_schema", False, "a b", True),
        ("unique_guarded", True, None, True),
    )
] + [
    Call("create_index/info", lambda op: op.create_index("ix", "account", ["a"], info={"any": "thing"})),
    Call("create_index/quote_false", lambda op: op.create_index("Ix", "account", ["a"], quote=False)),
    Call(
        "create_index/function",
        lambda op: op.create_index("ix", "account", [sa.func.coalesce(sa.column("a"), 0)]),
    ),
    Call("create_index/literal", lambda op: op.create_index("ix", "account", [sa.column("a") + 1])),
    Call("create_index/collate", lambda op: op.create_index("ix", "account", [sa.column("a").collate("C")])),
    Call(
        "create_index/nulls_last",
        lambda op: op.create_index("ix", "account", [sa.column("a").desc().nulls_last()]),
    ),
    Call(
        "create_index/convention_in_schema",
        lambda op: op.create_index(None, "account", ["a", "b"], schema="crm", unique=True),
        naming_convention=NAMING,
    ),
    Call("create_index/unnamed", lambda op: op.create_index(None, "account", ["a"])),
    Call("create_index/percent", lambda op: op.create_index("i%x", "t%b", ["c%l"])),
    Call("drop_index/quoted", lambda op: op.drop_index("Ix", "Order", schema="a b")),
    Call(
        "drop_index/if_exists_in_schema",
        lambda op: op.drop_index("ix", "account", if_exists=True, schema="crm"),
    ),
    Call(
        "drop_index/convention_bypassed",
        lambda op: op.drop_index(op.f("ix"), "account"),
        naming_convention=NAMING,
    ),
]

COLUMNS: Mapping[str, Any] = {
    "not_null_text_default": lambda: sa.Column(
        "c", sa.String(5), nullable=False, server_default=sa.text("'x'")
    ),
    "numeric": lambda: sa.Column("c", sa.Numeric(10, 2), server_default="1.50"),
    "foreign_key_not_null": lambda: sa.Column(
        "c", sa.Integer, sa.ForeignKey("p.id", name="fk"), nullable=False
    ),
    "foreign_key_rules": lambda: sa.Column(
        "c", sa.Integer, sa.ForeignKey("p.id", name="fk", onupdate="CASCADE", ondelete="SET NULL")
    ),
    "index_and_foreign_key": lambda: sa.Column("c", sa.Integer, sa.ForeignKey("p.id", name="fk"), index=True),
    "index_and_comment": lambda: sa.Column("c", sa.Integer, index=True, comment="it's 5%"),
    "quoted": lambda: sa.Column("Group by", sa.Integer, nullable=False, server_default="0"),
}
ADD = [
    *[
        Call(
            f"add_column/with_{name}",
            lambda op, make=make: op.add_column("account", make()),
            on=tuple(dialect for dialect in DIALECTS if "comment" not in name or dialect != "mssql"),
        )
        for name, make in COLUMNS.items()
    ],
    *[
        Call(
            f"add_column/with_{name}_in_schema",
            lambda op, make=make: op.add_column("account", make(), schema="crm"),
        )
        for name, make in COLUMNS.items()
        if "foreign_key" not in name
    ],
    Call(
        "add_column/named_foreign_key_by_convention",
        lambda op: op.add_column("account", sa.Column("p_id", sa.Integer, sa.ForeignKey("p.id"))),
        naming_convention=NAMING,
    ),
    Call(
        "add_column/check_by_convention",
        lambda op: op.add_column(
            "account", sa.Column("c", sa.Integer, sa.CheckConstraint("c > 0", name="positive"))
        ),
        naming_convention=NAMING,
    ),
    Call(
        "add_column/inline_references_false",
        lambda op: op.add_column(
            "account", sa.Column("c", sa.Integer, sa.ForeignKey("p.id", name="fk")), inline_references=False
        ),
        on=ALTERING,
    ),
    Call(
        "add_column/inline_primary_key_false",
        lambda op: op.add_column("account", sa.Column("c", sa.Integer), inline_primary_key=False),
    ),
    Call(
        "add_column/info",
        lambda op: op.add_column(
            "account", sa.Column("c", sa.Integer, info={"any": "thing"}, doc="what it is")
        ),
    ),
    Call(
        "drop_column/existing_type", lambda op: op.drop_column("account", "age", existing_type=sa.Integer())
    ),
    Call(
        "drop_column/if_exists_in_schema",
        lambda op: op.drop_column("account", "age", schema="crm", if_exists=True),
    ),
    Call(
        "drop_column/mssql_drop_default_in_schema",
        lambda op: op.drop_column("Order", "a b", mssql_drop_default=True, schema="a b"),
    ),
]


def _in_block(name: str, directive: str, *args: Any, on: tuple[str, ...] = ALTERING, **options: Any) -> Call:
    """Return a call of one directive in a block; a function among the arguments makes one."""

    def run(op: Any) -> None:
        with op.batch_alter_table("account", schema=options.get("_schema")) as batch:
            given = {key: value for key, value in options.items() if key != "_schema"}
            getattr(batch, directive)(*[arg() if isfunction(arg) else arg for arg in args], **given)

    return Call(f"batch/{name}", run, on=on)


BLOCKS = [
    _in_block(
        "add_column_guarded",
        "add_column",
        lambda: sa.Column("c", sa.Integer),
        if_not_exists=True,
        on=DIALECTS,
    ),
    _in_block(
        "add_column_guarded_false",
        "add_column",
        lambda: sa.Column("c", sa.Integer),
        if_not_exists=False,
        on=DIALECTS,
    ),
    _in_block(
        "add_column_inline_references",
        "add_column",
        lambda: sa.Column("c", sa.Integer, sa.ForeignKey("p.id", ondelete="CASCADE")),
        inline_references=True,
        on=DIALECTS,
    ),
    _in_block(
        "add_column_inline_primary_key",
        "add_column",
        lambda: sa.Column("c", sa.Integer, primary_key=True, autoincrement=False),
        inline_primary_key=True,
        on=DIALECTS,
    ),
    _in_block("add_column_index", "add_column", lambda: sa.Column("c", sa.Integer, index=True), on=DIALECTS),
    _in_block(
        "add_column_insert_before", "add_column", lambda: sa.Column("c", sa.Integer), insert_before="name"
    ),
    _in_block(
        "alter_column_insert_before", "alter_column", "age", nullable=False, insert_before="name", **KNOWN
    ),
    _in_block("alter_column_insert_after", "alter_column", "age", nullable=False, insert_after="id", **KNOWN),
    _in_block("drop_column_existing_type", "drop_column", "age", existing_type=sa.Integer()),
    _in_block("drop_column_mssql", "drop_column", "age", mssql_drop_default=True, mssql_drop_check=True),
    _in_block(
        "create_foreign_key_everything",
        "create_foreign_key",
        "fk",
        "p",
        ["a", "b"],
        ["x", "y"],
        referent_schema="crm",
        onupdate="CASCADE",
        ondelete="SET NULL",
        deferrable=True,
        initially="DEFERRED",
        match="FULL",
        _schema="crm",
    ),
    _in_block("create_foreign_key_self", "create_foreign_key", "fk", "account", ["boss"], ["id"]),
    _in_block(
        "create_unique_deferrable",
        "create_unique_constraint",
        "uq",
        ["a"],
        deferrable=True,
        initially="DEFERRED",
    ),
    _in_block("create_check_expression", "create_check_constraint", "ck", sa.column("a") > 5),
    _in_block("create_primary_key_composite", "create_primary_key", "pk", ["a", "b"], _schema="crm"),
    _in_block(
        "create_exclude_everything",
        "create_exclude_constraint",
        "ex",
        ("room", "="),
        using="gist",
        where="room > 1",
        deferrable=True,
        on=DIALECTS,
    ),
    _in_block("create_index_guarded", "create_index", "ix", ["a"], if_not_exists=True, on=DIALECTS),
    _in_block(
        "create_index_expression", "create_index", "ix", [sa.text("lower(name)")], unique=True, on=DIALECTS
    ),
    _in_block("create_index_schema", "create_index", "ix", ["a"], _schema="crm", on=DIALECTS),
    _in_block("drop_index_guarded", "drop_index", "ix", if_exists=True, on=DIALECTS),
    _in_block("drop_index_schema", "drop_index", "ix", _schema="crm", on=DIALECTS),
    _in_block("drop_untyped", "drop_constraint", "ck"),
    _in_block(
        "create_comment_existing", "create_table_comment", "new", existing_comment="old", _schema="crm"
    ),
    _in_block("drop_comment_existing", "drop_table_comment", existing_comment="old", _schema="crm"),
    _in_block(
        "execute_options", "execute", "UPDATE account SET a = 1", execution_options={"any": 1}, on=DIALECTS
    ),
    _in_block("execute_construct", "execute", sa.table("account").delete(), on=DIALECTS),
]


def _made_anew(name: str, *, on: tuple[str, ...] = ALTERING, **options: Any) -> Call:
    """Return a block with options; a function for a value makes one, for an object must not be used twice."""

    def run(op: Any) -> None:
        given = {key: value() if isfunction(value) else value for key, value in options.items()}
        with op.batch_alter_table("account", copy_from=account_before(), recreate="always", **given):
            pass

    return Call(f"batch_anew/{name}", run, on=on)


OPTIONS = [
    _made_anew("reorder_on_other_databases", partial_reordering=[("age", "name")]),
    _made_anew(
        "table_args_on_other_databases",
        table_args=lambda: (sa.CheckConstraint("age < 9", name="ck_old"),),
    ),
    _made_anew(
        "table_kwargs_on_other_databases",
        table_kwargs={
            "mysql_engine": "InnoDB",
            "mariadb_engine": "Aria",
            "postgresql_with": {"fillfactor": 50},
        },
    ),
    # What is said about reflection is about a table that is not reflected here, and changes nothing.
    _made_anew("reflect_args", on=DIALECTS, reflect_args=lambda: (sa.Column("age", sa.BigInteger),)),
    _made_anew("reflect_kwargs", on=DIALECTS, reflect_kwargs={"listeners": []}),
    _made_anew("naming_convention", on=DIALECTS, naming_convention=NAMING),
]

CALLS = [*ALTER, *KEYS, *INDEXES, *ADD, *BLOCKS, *OPTIONS]
