"""Where a database looks different after a call of this package than after the same call of Alembic, and why.

Every difference that is not listed here fails the test; so does one that is listed and no longer there.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from differential.offline.batches import account
from differential.offline.engines import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from differential.online.twins import Outcome, Twin

BOTH = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Difference:
    """One decision.

    Attributes:
        reason: Why.
        calls: Patterns of the names of calls that it concerns.
        on: The databases it concerns.
        as_if: What Alembic is asked to do instead, with the result that this package's call should have.
        change: Makes what should be there of what Alembic has made.
    """

    reason: str
    calls: tuple[str, ...]
    on: tuple[str, ...]
    as_if: Callable[[Any], object] | None = None
    change: Callable[[Outcome], Outcome] = lambda outcome: outcome

    def concerns(self, twin: Twin, dialect: str) -> bool:
        """Return whether it is about this call."""
        return dialect in self.on and any(fnmatch(twin.name, pattern) for pattern in self.calls)


def without(words: str) -> Callable[[Outcome], Outcome]:
    """Return a change that takes words out of the constraints of SQLite's tables."""

    def change(outcome: Outcome) -> Outcome:
        if isinstance(outcome, Refusal):
            return outcome
        return {
            name: {**fact, "constraints": sorted(one.replace(words, "") for one in fact["constraints"])}
            if isinstance(fact, dict) and "constraints" in fact
            else fact
            for name, fact in outcome.items()
        }

    return change


def _refused(reason: str, *calls: str, on: tuple[str, ...]) -> Difference:
    return Difference(reason, calls, on, change=lambda _: Refusal("refused"))


def _sql(*statements: str) -> Callable[[Any], object]:
    return lambda op: [op.execute(sa.text(sql)) for sql in statements]


def _block(body: Callable[[Any], object], table: str = "account", **options: Any) -> Callable[[Any], None]:
    def run(op: Any) -> None:
        with op.batch_alter_table(table, **options) as batch:
            body(batch)

    return run


def _added(
    column: Callable[[], sa.Column[Any]], table: str = "account", schema: str | None = None
) -> Callable[[Any], None]:
    """Return what adds a column by making the table anew."""
    return _block(lambda batch: batch.add_column(column()), table, schema=schema, recreate="always")


NAMELESS = without("constraint nameless ")

UNNAMED = [
    Difference(
        "A constraint needs no name to be created; Alembic refuses", (call,), ("sqlite",), as_if, NAMELESS
    )
    for call, as_if in {
        "create_primary_key/unnamed": _block(lambda batch: batch.create_primary_key("nameless", ["id"])),
        "create_unique_constraint/unnamed": _block(
            lambda batch: batch.create_unique_constraint("nameless", ["email"])
        ),
        "create_check_constraint/unnamed": _block(
            lambda batch: batch.create_check_constraint("nameless", "a > 0")
        ),
        "create_foreign_key/unnamed": _block(
            lambda batch: batch.create_foreign_key("nameless", "account", ["account_id"], ["id"]), "contact"
        ),
        "add_column/foreign_key": _added(
            lambda: sa.Column("account_id", sa.Integer, sa.ForeignKey("account.id", name="nameless")),
            "contact",
        ),
        "*/create_unnamed_constraint": _block(
            lambda batch: batch.create_unique_constraint("nameless", ["name"])
        ),
        "*/add_column_unique": _block(
            lambda batch: (
                batch.add_column(sa.Column("b", sa.Integer)),
                batch.create_unique_constraint("nameless", ["b"]),
            ),
            recreate="always",
        ),
    }.items()
]

ADDED = [
    *[
        Difference(
            "SQLite cannot add a primary key, so the table is made anew; Alembic fails, or makes a plain column",
            (call,),
            ("sqlite",),
            _added(lambda name=name: sa.Column(name, sa.Integer, primary_key=True, autoincrement=False)),
        )
        for call, name in (
            ("add_column/inline_primary_key", "id"),
            ("add_column/primary_key_not_inline", "id"),
            ("batch/add_column_inline_primary_key", "c"),
        )
    ],
    *[
        Difference(
            "SQLite takes a CHECK in the definition of a new column; Alembic leaves it out",
            (f"add_column/{call}",),
            ("sqlite",),
            _added(lambda name=name, type_=type_: sa.Column(name, type_)),
        )
        for call, name, type_ in (
            ("boolean_check", "flag", sa.Boolean(create_constraint=True, name="ck_flag")),
            ("boolean_check_by_convention", "flag", sa.Boolean(create_constraint=True, name="flag")),
            (
                "enum_check",
                "kind",
                sa.Enum("a", "b", name="ck_kind", native_enum=False, create_constraint=True),
            ),
        )
    ],
    Difference(
        "SQLite has no ADD COLUMN IF NOT EXISTS, so the table is looked at; Alembic writes it anyway",
        ("add_column/if_not_exists",),
        ("sqlite",),
        lambda op: op.add_column("account", sa.Column("age", sa.Integer)),
    ),
    Difference(
        "SQLite has no ADD COLUMN IF NOT EXISTS, so the table is looked at; Alembic writes it anyway",
        ("add_column/if_not_exists_schema",),
        ("sqlite",),
        lambda op: op.add_column("account", sa.Column("age", sa.Integer), schema="crm"),
    ),
    Difference(
        "SQLite has no ADD COLUMN IF NOT EXISTS, so the table is looked at; Alembic writes it anyway",
        ("batch/add_column_guarded",),
        ("sqlite",),
        lambda op: op.add_column("account", sa.Column("c", sa.Integer)),
    ),
    Difference(
        "SQLite refers to tables of the same schema only, and takes no schema there; Alembic writes it",
        ("add_column/inline_references_named",),
        ("sqlite",),
        _added(
            lambda: sa.Column("account_id", sa.Integer, sa.ForeignKey("crm.account.id", name="fk_account")),
            "contact",
            "crm",
        ),
    ),
    Difference(
        "A foreign key that is part of a column's definition keeps its name; Alembic loses it",
        ("add_column/inline_references_named",),
        ("postgresql",),
        lambda op: op.add_column(
            "contact",
            sa.Column("account_id", sa.Integer, sa.ForeignKey("crm.account.id", name="fk_account")),
            schema="crm",
        ),
    ),
    Difference(
        "The index of a new column is named after the table; Alembic names it after the temporary one",
        ("add_column/with_index_and_foreign_key",),
        ("sqlite",),
        lambda op: (
            _added(lambda: sa.Column("c", sa.Integer, sa.ForeignKey("p.id", name="fk")))(op),
            op.create_index("ix_account_c", "account", ["c"]),
        ),
    ),
    *[
        Difference(
            "An enum must exist before a column can have it; Alembic does not create it",
            (f"add_column/{call}",),
            ("postgresql",),
            _sql(
                f"CREATE TYPE {schema}kind AS ENUM ('a', 'b')",
                f"ALTER TABLE {schema}account ADD COLUMN {column}",
            ),
        )
        for call, schema, column in (
            ("enum", "", "kind kind"),
            ("postgresql_enum_array", "", "kinds kind[]"),
            ("postgresql_enum_in_schema", "crm.", "kind crm.kind"),
        )
    ],
]

CONSTRAINTS = [
    _refused(
        "SQLite refers to tables of the same database only; in batch mode Alembic leaves the key out without a word",
        "create_foreign_key/referent_schema_alone",
        on=("sqlite",),
    ),
    _refused(
        "SQLite has no EXCLUDE; in batch mode Alembic leaves it out without a word",
        "batch/create_exclude_everything",
        on=("sqlite",),
    ),
    Difference(
        "Alembic forgets a foreign key with use_alter",
        ("create_table/use_alter",),
        ("postgresql",),
        lambda op: (
            op.create_table(
                "node", sa.Column("id", sa.Integer, primary_key=True), sa.Column("leaf_id", sa.Integer)
            ),
            op.create_foreign_key("fk_leaf", "node", "leaf", ["leaf_id"], ["id"]),
        ),
    ),
    Difference(
        "The element of an EXCLUDE constraint may be an expression; Alembic refuses",
        ("create_exclude_constraint/expression",),
        ("postgresql",),
        _sql(
            "ALTER TABLE booking ADD CONSTRAINT ex EXCLUDE USING gist (int4range(a, b) WITH &&, room WITH =) "
            "NOT DEFERRABLE"
        ),
    ),
    Difference(
        "A unique constraint may include columns; Alembic fails on them",
        ("create_unique_constraint/postgresql_include",),
        ("postgresql",),
        _sql("ALTER TABLE t ADD CONSTRAINT uq UNIQUE (a) INCLUDE (b)"),
    ),
]

CHANGED = [
    Difference(
        "PostgreSQL makes a plain column of a computed one since 13; Alembic refuses",
        ("alter_column/computed_drop",),
        ("postgresql",),
        _sql("ALTER TABLE account ALTER COLUMN age DROP EXPRESSION"),
    ),
    Difference(
        "A column can be moved to the place it is wanted at; Alembic ignores the wish",
        ("*/alter_insert_*",),
        ("sqlite",),
        _block(
            lambda batch: batch.alter_column("age", nullable=False),
            partial_reordering=[("id", "age", "name")],
        ),
    ),
    *[
        Difference(
            "A column can be moved to the place it is wanted at; Alembic ignores the wish",
            (f"{kind}/move_insert_*",),
            ("postgresql",),
            _block(
                lambda batch: None,
                partial_reordering=[("id", "age", "name")],
                recreate="always",
                copy_from=table,
            ),
        )
        for kind, table in (("batch_anew", account()), ("reflected", None))
    ],
    _refused(
        "Only a new table has a place to choose for a column; Alembic ignores the wish",
        "batch/alter_column_insert_before",
        "batch/alter_column_insert_after",
        on=("postgresql",),
    ),
]

BATCHES = [
    Difference(
        "SQL inside a block runs in its place; Alembic runs it before everything else",
        ("batch/execute_between",),
        ("postgresql",),
        lambda op: (
            op.add_column("account", sa.Column("size", sa.Integer)),
            op.execute("UPDATE account SET size = 1"),
            op.alter_column("account", "size", nullable=False),
        ),
    ),
    Difference(
        "A computed column cannot be inserted into",
        ("batch_anew/computed", "reflected/computed"),
        ("sqlite",),
        _sql(
            "DROP TABLE account",
            "CREATE TABLE account (id INTEGER NOT NULL, name VARCHAR(50) DEFAULT 'x' NOT NULL, "
            "age INTEGER NOT NULL, twice INTEGER GENERATED ALWAYS AS (age * 2), PRIMARY KEY (id))",
        ),
    ),
    Difference(
        "The index of a column that says index=True is an index; Alembic forgets it",
        ("batch_anew/indexed_column",),
        ("sqlite",),
        _block(lambda batch: batch.alter_column("age", nullable=False)),
    ),
]

REST = [
    Difference(
        "SQLite has no comments, so nothing happens; Alembic writes COMMENT ON, or makes the table anew by this name",
        ("create_table_comment/schema",),
        ("sqlite",),
        lambda op: None,
    ),
    Difference(
        "Rows may have different columns; Alembic sends them as one statement, which fails",
        ("bulk_insert/different_columns",),
        BOTH,
        _sql("INSERT INTO account (id) VALUES (1)", "INSERT INTO account (name) VALUES ('x')"),
    ),
]

DIFFERENCES: tuple[Difference, ...] = (*UNNAMED, *ADDED, *CONSTRAINTS, *CHANGED, *BATCHES, *REST)

WRONG_CALLS = {
    "drop_constraint/unknown_type": "there is no such kind of constraint",
    "batch/unknown_recreate": "there is no such way to make a table anew",
}
"""Calls that are wrong anywhere."""

REFUSED_BY_BOTH: dict[str, dict[str, str]] = {
    "sqlite": WRONG_CALLS
    | {
        "*/drop_column_unknown": "there is no such column",
        "*/drop_unknown_constraint": "there is no such constraint",
        "*/drop_unknown_index": "there is no such index",
        "*/table_kwargs": "a STRICT table has no VARCHAR",
        "rename_table/quoted": "the new name differs in case only",
        "alter_column/rename_sqlite_quoted": "the new name differs from that of another column in case only",
        "add_column/identity": "an identity is NOT NULL, and there are rows",
        "create_unique_constraint/deferrable": "no UNIQUE can be deferred",
        "create_unique_constraint/not_deferrable": "no UNIQUE can be deferred",
        "create_unique_constraint/initially_immediate": "no UNIQUE can be deferred",
        "create_table/deferrable_unique": "no UNIQUE can be deferred",
        "create_exclude_constraint/*": "there is no EXCLUDE",
        "create_foreign_key/schemas": "the other table is in another database",
        "create_foreign_key/everything": "the other table is in another database",
        "create_foreign_key/source_schema_alone": "the other table is in another database",
        "create_index/collate": "there is no such collation",
        "create_table/type_collated": "there is no such collation",
        "create_index/nulls_last": "an index has no NULLS LAST",
    },
    "postgresql": WRONG_CALLS
    | {
        "create_table/postgresql_partition": "there is no such tablespace",
        "create_index/postgresql_tablespace": "there is no such tablespace",
        "alter_column/type_boolean_check": "an integer is no boolean without USING",
        "alter_column/type_enum": "an integer is no enum without USING",
        "alter_column/default_quotes": "the default is no integer",
        "alter_column/default_function": "the default is no integer",
        "alter_column/default_datetime": "the default is no integer",
        "alter_column/computed": "a column that exists cannot be made computed",
        "alter_column/postgresql_using_alone": "nothing is to be converted",
        "create_check_constraint/deferrable": "no CHECK can be deferred",
        "create_check_constraint/initially": "no CHECK can be deferred",
        "create_foreign_key/deferrable_False_deferred": "what is not deferrable cannot be deferred",
        "batch/insert_after_without_recreate": "only a new table has a place to choose",
        "batch/add_column_insert_before": "only a new table has a place to choose",
        **{
            f"alter_column/type_to_{name}": "an integer is nothing of the kind without USING"
            for name in (
                "date",
                "time",
                "datetime",
                "timestamp",
                "datetime_with_time_zone",
                "interval",
                "boolean",
                "binary",
                "uuid",
            )
        },
    },
}
"""Calls that end in an error whoever makes them, and why."""
