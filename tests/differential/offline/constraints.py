"""Calls that add and drop constraints, indexes and rows."""

from __future__ import annotations

import sqlalchemy as sa
from differential.offline.call import Call
from differential.offline.tables import NAMING

CONSTRAINTS = [
    Call("create_primary_key/plain", lambda op: op.create_primary_key("pk", "account", ["id"])),
    Call(
        "create_primary_key/composite",
        lambda op: op.create_primary_key("pk", "Line", ["order", "number"], schema="crm"),
    ),
    Call("create_primary_key/unnamed", lambda op: op.create_primary_key(None, "account", ["id"])),
    Call(
        "create_primary_key/convention",
        lambda op: op.create_primary_key(None, "account", ["id"]),
        naming_convention=NAMING,
    ),
    Call(
        "create_unique_constraint/plain", lambda op: op.create_unique_constraint("uq", "account", ["email"])
    ),
    Call(
        "create_unique_constraint/schema",
        lambda op: op.create_unique_constraint("Uq", "account", ["a", "b"], schema="crm"),
    ),
    Call(
        "create_unique_constraint/deferrable",
        lambda op: op.create_unique_constraint(
            "uq", "account", ["email"], deferrable=True, initially="DEFERRED"
        ),
    ),
    Call(
        "create_unique_constraint/not_deferrable",
        lambda op: op.create_unique_constraint("uq", "account", ["email"], deferrable=False),
    ),
    Call(
        "create_unique_constraint/unnamed", lambda op: op.create_unique_constraint(None, "account", ["email"])
    ),
    Call(
        "create_unique_constraint/convention",
        lambda op: op.create_unique_constraint(None, "account", ["email"]),
        naming_convention=NAMING,
    ),
    Call(
        "create_unique_constraint/postgresql_nulls_not_distinct",
        lambda op: op.create_unique_constraint(
            "uq", "account", ["email"], postgresql_nulls_not_distinct=True
        ),
        on=("postgresql",),
    ),
    Call(
        "create_unique_constraint/mssql_clustered",
        lambda op: op.create_unique_constraint("uq", "account", ["email"], mssql_clustered=True),
        on=("mssql",),
    ),
    Call(
        "create_foreign_key/plain",
        lambda op: op.create_foreign_key("fk", "contact", "account", ["account_id"], ["id"]),
    ),
    Call(
        "create_foreign_key/unnamed",
        lambda op: op.create_foreign_key(None, "contact", "account", ["account_id"], ["id"]),
    ),
    Call(
        "create_foreign_key/convention",
        lambda op: op.create_foreign_key(None, "contact", "account", ["account_id"], ["id"]),
        naming_convention=NAMING,
    ),
    Call(
        "create_foreign_key/composite",
        lambda op: op.create_foreign_key("fk", "contact", "account", ["a", "b"], ["x", "y"]),
    ),
    Call(
        "create_foreign_key/self",
        lambda op: op.create_foreign_key("fk", "node", "node", ["parent_id"], ["id"]),
    ),
    Call(
        "create_foreign_key/actions",
        lambda op: op.create_foreign_key(
            "fk", "contact", "account", ["account_id"], ["id"], onupdate="CASCADE", ondelete="SET NULL"
        ),
    ),
    Call(
        "create_foreign_key/deferrable",
        lambda op: op.create_foreign_key(
            "fk", "contact", "account", ["account_id"], ["id"], deferrable=True, initially="DEFERRED"
        ),
    ),
    Call(
        "create_foreign_key/match",
        lambda op: op.create_foreign_key("fk", "contact", "account", ["account_id"], ["id"], match="FULL"),
    ),
    Call(
        "create_foreign_key/schemas",
        lambda op: op.create_foreign_key(
            "fk",
            "contact",
            "account",
            ["account_id"],
            ["id"],
            source_schema="crm",
            referent_schema="billing",
        ),
    ),
    Call(
        "create_foreign_key/postgresql_not_valid",
        lambda op: op.create_foreign_key(
            "fk", "contact", "account", ["account_id"], ["id"], postgresql_not_valid=True
        ),
        on=("postgresql",),
    ),
    Call("create_check_constraint/plain", lambda op: op.create_check_constraint("ck", "account", "age > 0")),
    Call(
        "create_check_constraint/expression",
        lambda op: op.create_check_constraint(
            "ck", "account", sa.func.length(sa.column("name")) > 5, schema="crm"
        ),
    ),
    Call(
        "create_check_constraint/text",
        lambda op: op.create_check_constraint("ck", "account", sa.text("age > 0 AND name LIKE '%x'")),
    ),
    Call(
        "create_check_constraint/deferrable",
        lambda op: op.create_check_constraint("ck", "account", "age > 0", deferrable=True),
        on=("postgresql", "oracle"),
    ),
    Call(
        "create_check_constraint/convention",
        lambda op: op.create_check_constraint("positive", "account", "age > 0"),
        naming_convention=NAMING,
    ),
    Call(
        "create_check_constraint/convention_bypassed",
        lambda op: op.create_check_constraint(op.f("positive"), "account", "age > 0"),
        naming_convention=NAMING,
    ),
    Call(
        "create_exclude_constraint/plain",
        lambda op: op.create_exclude_constraint("ex", "booking", ("during", "&&"), ("room", "=")),
    ),
    Call(
        "create_exclude_constraint/options",
        lambda op: op.create_exclude_constraint(
            "ex",
            "booking",
            ("during", "&&"),
            where=sa.text("room > 5"),
            using="gist",
            schema="crm",
            deferrable=True,
            initially="DEFERRED",
        ),
        on=("postgresql",),
    ),
    Call(
        "create_exclude_constraint/ops",
        lambda op: op.create_exclude_constraint(
            "ex", "booking", (sa.column("room"), "="), using="gist", ops={"room": "gist_int4_ops"}
        ),
        on=("postgresql",),
    ),
    *[
        Call(
            f"drop_constraint/{kind or 'untyped'}",
            lambda op, kind=kind: op.drop_constraint("name", "account", kind),
        )
        for kind in ("foreignkey", "primary", "unique", "check", None)
    ],
    *[
        Call(
            f"drop_constraint/{kind or 'untyped'}_schema",
            lambda op, kind=kind: op.drop_constraint("Name", "account", kind, schema="crm"),
        )
        for kind in ("foreignkey", "primary", "unique", "check", None)
    ],
    *[
        Call(
            f"drop_constraint/{kind or 'untyped'}_if_exists",
            lambda op, kind=kind: op.drop_constraint("name", "account", kind, if_exists=True),
        )
        for kind in ("foreignkey", "primary", "unique", "check", None)
    ],
    Call(
        "drop_constraint/convention",
        lambda op: op.drop_constraint("positive", "account", "check"),
        naming_convention=NAMING,
    ),
    Call(
        "drop_constraint/convention_bypassed",
        lambda op: op.drop_constraint(op.f("positive"), "account", "check"),
        naming_convention=NAMING,
    ),
    Call("drop_constraint/unknown_type", lambda op: op.drop_constraint("name", "account", "uniq")),
]

INDEXES = [
    Call("create_index/plain", lambda op: op.create_index("ix", "account", ["email"])),
    Call("create_index/two_columns", lambda op: op.create_index("ix", "account", ["a", "Group"])),
    Call("create_index/unique", lambda op: op.create_index("ix", "account", ["email"], unique=True)),
    Call("create_index/schema", lambda op: op.create_index("ix", "account", ["email"], schema="crm")),
    Call("create_index/quoted", lambda op: op.create_index("Ix", "Order", ["group"], schema="a b")),
    Call(
        "create_index/if_not_exists",
        lambda op: op.create_index("ix", "account", ["email"], if_not_exists=True),
    ),
    Call(
        "create_index/if_not_exists_schema",
        lambda op: op.create_index("ix", "account", ["email"], if_not_exists=True, schema="crm"),
    ),
    Call(
        "create_index/if_not_exists_false",
        lambda op: op.create_index("ix", "account", ["email"], if_not_exists=False),
    ),
    Call("create_index/text", lambda op: op.create_index("ix", "account", [sa.text("lower(email)")])),
    Call(
        "create_index/expression",
        lambda op: op.create_index("ix", "account", [sa.func.lower(sa.column("email"))]),
    ),
    Call(
        "create_index/mixed",
        lambda op: op.create_index("ix", "account", ["a", sa.text("lower(b)"), sa.column("c").desc()]),
    ),
    Call("create_index/descending", lambda op: op.create_index("ix", "account", [sa.desc("email")])),
    Call("create_index/quote", lambda op: op.create_index("ix", "account", ["email"], quote=True)),
    Call(
        "create_index/convention",
        lambda op: op.create_index(None, "account", ["email"]),
        naming_convention=NAMING,
    ),
    Call(
        "create_index/where",
        lambda op: op.create_index(
            "ix",
            "account",
            ["email"],
            postgresql_where=sa.text("age > 5"),
            sqlite_where=sa.text("age > 5"),
            mssql_where=sa.text("age > 5"),
        ),
    ),
    Call(
        "create_index/where_expression",
        lambda op: op.create_index(
            "ix",
            "account",
            ["email"],
            postgresql_where=sa.column("age") > 5,
            sqlite_where=sa.column("age") > 5,
            mssql_where=sa.column("age") > 5,
        ),
    ),
    Call(
        "create_index/include",
        lambda op: op.create_index(
            "ix", "account", ["email"], postgresql_include=["age"], mssql_include=["age", "Group"]
        ),
    ),
    *[
        Call(
            f"create_index/{name}",
            lambda op, options=options: op.create_index("ix", "t", ["a"], **options),
            on=on,
        )
        for name, on, options in (
            ("postgresql_using", ("postgresql",), {"postgresql_using": "gin"}),
            ("postgresql_ops", ("postgresql",), {"postgresql_ops": {"a": "text_pattern_ops"}}),
            ("postgresql_concurrently", ("postgresql",), {"postgresql_concurrently": True}),
            (
                "postgresql_concurrently_if_not_exists",
                ("postgresql",),
                {"postgresql_concurrently": True, "if_not_exists": True},
            ),
            ("postgresql_nulls_not_distinct", ("postgresql",), {"postgresql_nulls_not_distinct": True}),
            ("postgresql_with", ("postgresql",), {"postgresql_with": {"fillfactor": 50}}),
            ("postgresql_tablespace", ("postgresql",), {"postgresql_tablespace": "fast"}),
            ("mysql_length", ("mysql",), {"mysql_length": {"a": 10}}),
            ("mysql_length_all", ("mysql",), {"mysql_length": 10}),
            ("mysql_prefix", ("mysql",), {"mysql_prefix": "FULLTEXT"}),
            ("mysql_using", ("mysql",), {"mysql_using": "hash"}),
            ("mariadb_length", ("mariadb",), {"mariadb_length": {"a": 10}}),
            ("mssql_clustered", ("mssql",), {"mssql_clustered": True}),
            ("mssql_nonclustered", ("mssql",), {"mssql_clustered": False}),
            ("oracle_bitmap", ("oracle",), {"oracle_bitmap": True}),
            ("oracle_compress", ("oracle",), {"oracle_compress": 1}),
        )
    ],
    Call("drop_index/plain", lambda op: op.drop_index("ix", "account")),
    Call("drop_index/schema", lambda op: op.drop_index("Ix", "account", schema="crm")),
    Call("drop_index/without_table", lambda op: op.drop_index("ix"), on=("postgresql", "sqlite", "oracle")),
    Call("drop_index/if_exists", lambda op: op.drop_index("ix", "account", if_exists=True)),
    Call("drop_index/if_exists_false", lambda op: op.drop_index("ix", "account", if_exists=False)),
    Call(
        "drop_index/postgresql_concurrently",
        lambda op: op.drop_index("ix", "account", postgresql_concurrently=True),
        on=("postgresql",),
    ),
]

ROWS = [{"id": 1, "name": "it's"}, {"id": 2, "name": None}]


def account() -> sa.TableClause:
    return sa.table("account", sa.column("id", sa.Integer), sa.column("name", sa.String))


def full_account() -> sa.Table:
    return sa.Table(
        "account",
        sa.MetaData(),
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(50), default="unused"),
    )


ACCOUNT = account()

DATA = [
    Call("bulk_insert/ad_hoc_table", lambda op: op.bulk_insert(account(), ROWS)),
    Call("bulk_insert/table", lambda op: op.bulk_insert(full_account(), ROWS)),
    Call("bulk_insert/one_by_one", lambda op: op.bulk_insert(account(), ROWS, multiinsert=False)),
    Call("bulk_insert/no_rows", lambda op: op.bulk_insert(account(), [])),
    Call(
        "bulk_insert/inline_literal",
        lambda op: op.bulk_insert(
            account(), [{"id": 1, "name": op.inline_literal("it's 5%")}], multiinsert=False
        ),
    ),
    Call("bulk_insert/different_columns", lambda op: op.bulk_insert(account(), [{"id": 1}, {"name": "x"}])),
    Call("bulk_insert/percent_and_colon", lambda op: op.bulk_insert(account(), [{"id": 1, "name": "5%:x"}])),
    Call("execute/string", lambda op: op.execute("UPDATE account SET age = 5")),
    Call("execute/escaped_colon", lambda op: op.execute(r"UPDATE account SET at = '12\:30'")),
    Call("execute/percent", lambda op: op.execute("UPDATE account SET name = '5%'")),
    Call("execute/text", lambda op: op.execute(sa.text("SELECT 1"))),
    Call(
        "execute/update_inline_literal",
        lambda op: op.execute(
            ACCOUNT.update()
            .where(ACCOUNT.c.name == op.inline_literal("x"))
            .values({"name": op.inline_literal("y")})
        ),
    ),
    Call("execute/ddl", lambda op: op.execute(sa.DDL("CREATE VIEW v AS SELECT 1"))),
    Call(
        "execute/options", lambda op: op.execute("SELECT 1", execution_options={"schema_translate_map": {}})
    ),
    Call("get_bind/executes", lambda op: op.get_bind().execute(sa.text("SELECT 5"))),
    Call("f/name", lambda op: op.create_index(op.f("ix"), "account", ["a"]), naming_convention=NAMING),
]

CALLS = [*CONSTRAINTS, *INDEXES, *DATA]
