"""What must be there before a call of the offline tables can be made on a real database."""

from __future__ import annotations

import re
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from differential.offline.values import DEFAULTS, NAMES, ROWS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from differential.offline.call import Call

SCHEMAS = ("crm", "a b", "billing", "table", "aux")
"""Schemas besides the default one; on SQLite, attached files."""

# An index of SQLite names its schema where PostgreSQL names that of its table, and a foreign key names none: what
# stands in [pg ...] is for PostgreSQL, in [lite ...] for SQLite.

TARGETS = (
    *[
        f"CREATE TABLE {schema}p (id INTEGER PRIMARY KEY, x INTEGER, y INTEGER, UNIQUE (x, y))"
        for schema in ("", "crm.")
    ],
    *[f"CREATE TABLE {name} (id INTEGER PRIMARY KEY)" for name in ("q", "person", "leaf")],
    "INSERT INTO p (id, x, y) VALUES (1, 1, 1), (2, 2, 2), (5, 5, 5), (6, 6, 6)",
    "INSERT INTO crm.p (id, x, y) VALUES (1, 1, 1), (5, 5, 5)",
)
ACCOUNT = (
    "(id INTEGER NOT NULL, name VARCHAR(50), age INTEGER, email VARCHAR(50), a INTEGER, b INTEGER, c INTEGER, "
    '"Group" INTEGER, at VARCHAR(50), x INTEGER, y INTEGER, boss INTEGER, {}UNIQUE (id), UNIQUE (x, y))'
)
ROWS_OF_ACCOUNT = (
    "INSERT INTO account (id, name, age, email, a, b, c, x, y) VALUES "
    "(1, 'it''s', 5, 'e1', 1, 1, 1, 1, 1), (2, 'b', 6, 'e2', 2, 2, 2, 2, 2)"
)
ACCOUNTS = (
    *[f"CREATE TABLE {schema}account {ACCOUNT.format('')}" for schema in ("", "crm.", '"a b".')],
    ROWS_OF_ACCOUNT,
    "INSERT INTO crm.account (id, name, age, a, b, x, y) VALUES (1, 'c', 5, 1, 1, 1, 1)",
)
OTHERS = (
    *[
        f"CREATE TABLE {schema}contact (id INTEGER, account_id INTEGER, a_id INTEGER, a INTEGER, b INTEGER)"
        for schema in ("", "crm.")
    ],
    "CREATE TABLE billing.account (id INTEGER UNIQUE, x INTEGER, y INTEGER, UNIQUE (x, y))",
    (
        'CREATE TABLE "a b"."Order" (x INTEGER, "Y" INTEGER, [pg "group" INTEGER, ]"Group" INTEGER NOT NULL, '
        '"a b" INTEGER NOT NULL, UNIQUE (x, "Y"))'
    ),
    '[pg CREATE TABLE crm."Account" (id INTEGER)]',
    'CREATE TABLE crm."Line" ("order" INTEGER NOT NULL, number INTEGER NOT NULL)',
    "CREATE TABLE node (id INTEGER UNIQUE, parent_id INTEGER)",
    "CREATE TABLE t (id INTEGER, a INTEGER, b INTEGER, c INTEGER, name VARCHAR(50))",
    "INSERT INTO contact (id, account_id, a_id, a, b) VALUES (1, 1, 1, 1, 1)",
    "INSERT INTO t (id, a, b, c, name) VALUES (5, 1, 1, 1, 'x'), (6, 2, 2, 2, 'it''s')",
)
EVERYTHING = (*TARGETS, *ACCOUNTS, *OTHERS)
COLLATION = ("CREATE COLLATION de (LOCALE = 'C')",)
RANGES = (
    "CREATE EXTENSION btree_gist",
    "CREATE TABLE booking (room INTEGER, during TSRANGE, a INTEGER, b INTEGER)",
    "CREATE TABLE crm.booking (room INTEGER, during TSRANGE)",
    "ALTER TABLE account ADD COLUMN room INTEGER",
)
TO_ADD_TO = (
    *[
        f"CREATE TABLE {name} (k INTEGER PRIMARY KEY, v VARCHAR(50), name VARCHAR(50))"
        for name in ("contact", "crm.contact", '"a b"."Order"')
    ],
    *[
        f"CREATE TABLE {name} (k INTEGER PRIMARY KEY, v VARCHAR(50))"
        for name in ("account", "crm.account", "t")
    ],
    "CREATE TABLE node (id INTEGER PRIMARY KEY)",
    "INSERT INTO account (k, v) VALUES (1, 'one'), (2, 'two')",
    "INSERT INTO crm.account (k, v) VALUES (1, 'one')",
)
KEYED = (
    *[
        f"CREATE TABLE {schema}account (id INTEGER PRIMARY KEY, x INTEGER, y INTEGER, UNIQUE (x, y))"
        for schema in ("", "crm.")
    ],
)
INDEXES = (
    "CREATE INDEX ix ON account (a)",
    'CREATE INDEX [lite crm.]"Ix" ON [pg crm.]account (a)',
    "[pg CREATE INDEX ix ON crm.account (b)]",
    'CREATE INDEX [lite "a b".]"Ix" ON [pg "a b".]"Order" (x)',
)
CONSTRAINTS = {
    "foreignkey": "CONSTRAINT {} FOREIGN KEY (a) REFERENCES {}p (id), ",
    "primary": "CONSTRAINT {} PRIMARY KEY (id), ",
    "unique": "CONSTRAINT {} UNIQUE (a, b), ",
    "check": "CONSTRAINT {} CHECK (age > 0), ",
}


def setup_of(call: Call, dialect: str) -> list[str]:
    """Return the statements that make room for a call."""
    only_postgresql = re.compile("TSRANGE|EXTENSION|CREATE TYPE|CREATE COLLATION|room")
    statements = [
        sql for sql in _statements(call) if dialect == "postgresql" or not only_postgresql.search(sql)
    ]
    kept, left_out = ("pg", "lite") if dialect == "postgresql" else ("lite", "pg")
    kept_only = [re.sub(rf"\[{left_out} .*?\]", "", sql) for sql in statements]
    return [re.sub(rf"\[{kept} (.*?)\]", r"\1", sql) for sql in kept_only if sql]


def _statements(call: Call) -> tuple[str, ...]:
    directive, _, case = call.name.partition("/")
    match directive:
        case "create_table":
            return (*TARGETS, *_for_create_table(case))
        case "add_column":
            return (*TARGETS, *_for_add_column(case))
        case "batch" if case == "add_column_inline_primary_key":
            return ("CREATE TABLE account (k INTEGER)",)
        case "batch" if case == "create_check_expression":
            return (*EVERYTHING, "UPDATE account SET a = 6")
        case "batch" if case.startswith(("add_column", "several", "never", "execute_between")):
            column = "ALTER TABLE account ADD COLUMN {} INTEGER"
            return (
                *TARGETS,
                *TO_ADD_TO,
                *[column.format(name) for name in ("id", "age")],
            )
        case "batch_anew":
            return TARGETS
        case "drop_constraint" | "batch" if "drop_constraint" in call.name or case == "drop_untyped":
            return (*TARGETS, *_constrained(directive, case))
        case "drop_index" | "batch" if case.startswith("drop_index") or directive == "drop_index":
            return (*EVERYTHING, *INDEXES)
        case "drop_table":
            return (*EVERYTHING, *[f"CREATE TABLE {_quoted(name)} (id INTEGER)" for name in _named(case)])
        case "drop_column":
            return (
                *EVERYTHING,
                *[f"ALTER TABLE t ADD COLUMN {_quoted(name)} INTEGER" for name in _named(case)],
            )
        case "alter_column" if "identity" in case:
            return _for_identity(case)
        case "alter_column":
            return _for_alter_column(case)
        case "bulk_insert" if case.startswith("value_") or case == "created_table":
            return ()
        case "bulk_insert":
            return (
                "CREATE TABLE account (id INTEGER, name VARCHAR(50))",
                "CREATE TABLE crm.t (c INTEGER)",
                'CREATE TABLE "a b"."Order" ("Group" INTEGER)',
            )
        case "execute" if case == "create_table":
            return ()
        case "create_index":
            return _for_create_index(case)
        case "create_check_constraint":
            fitting = [
                f"UPDATE {table} SET name = 'long enough x', age = 6, a = 6, b = 1"
                for table in ("account", "crm.account")
            ]
            return (*EVERYTHING, *fitting)
        case "create_foreign_key" if case == "everything":
            contact = 'CREATE TABLE crm."Contact" ("a b" INTEGER, "group" INTEGER)'
            return (*[sql for sql in EVERYTHING if "crm.contact" not in sql], contact)
        case _:
            return (*EVERYTHING, *(RANGES if "exclude" in call.name else ()))


def _for_create_table(case: str) -> tuple[str, ...]:
    statements = [*COLLATION, "CREATE TYPE zz AS ENUM ('x', 'y')"]
    if "exclude" in case:
        statements.append("CREATE EXTENSION btree_gist")
    if case in {"foreign_key", "foreign_key_options", "foreign_key_deferrable", "composite_foreign_key"}:
        statements += KEYED
    return tuple(statements)


def _for_add_column(case: str) -> tuple[str, ...]:
    if case in {"inline_primary_key", "primary_key_not_inline", "postgresql_serial"}:
        return ("CREATE TABLE account (k INTEGER)",)
    statements = list(TO_ADD_TO)
    if case.startswith("computed"):
        statements.append("ALTER TABLE account ADD COLUMN age INTEGER")
    if case == "with_foreign_key_not_null":
        statements.append("DELETE FROM account")
    if case == "postgresql_enum_not_created":
        statements.append("CREATE TYPE kind AS ENUM ('a')")
    if "reference" in case or "foreign_key" in case:
        for schema in ("", "crm."):
            statements.append(f"ALTER TABLE {schema}account ADD COLUMN id INTEGER")
            statements.append(f"CREATE UNIQUE INDEX [lite {schema}]ux ON [pg {schema}]account (id)")
    return tuple(statements)


def _for_alter_column(case: str) -> tuple[str, ...]:
    if case.startswith("default_of_"):
        return ()
    if case == "computed_drop":
        return ("CREATE TABLE account (a INTEGER, age INTEGER GENERATED ALWAYS AS (a * 2) STORED)",)
    statements = [*EVERYTHING, *COLLATION]
    if case == "rename_quoted":
        statements.append('ALTER TABLE "a b".account DROP COLUMN "Group"')
    if "enum_check" in case:
        statements.append("DELETE FROM account")
        statements.append("[pg ALTER TABLE account ADD CONSTRAINT ck_kind CHECK (age > 0)]")
    return tuple(statements)


def _for_create_index(case: str) -> tuple[str, ...]:
    special = {
        "percent": ('CREATE TABLE "t%b" ("c%l" INTEGER)',),
        "mixed": ("CREATE TABLE account (a INTEGER, b VARCHAR(50), c INTEGER)",),
        "collate": ("CREATE TABLE account (a VARCHAR(50))",),
        "postgresql_using": ("CREATE TABLE t (a INTEGER[])",),
        "postgresql_ops": ("CREATE TABLE t (a TEXT)",),
        "postgresql_ops_and_schema": ("CREATE TABLE crm.t (a INTEGER)",),
    }
    return special.get(case, EVERYTHING)


def _for_identity(case: str) -> tuple[str, ...]:
    identity = {
        "identity_drop": "[pg GENERATED BY DEFAULT AS IDENTITY]",
        "identity_change": "[pg GENERATED BY DEFAULT AS IDENTITY (START 1 INCREMENT 2)]",
        "identity_change_one": "[pg GENERATED BY DEFAULT AS IDENTITY (INCREMENT 2)]",
    }.get(case, "NOT NULL")
    return tuple(f"CREATE TABLE {schema}account (age INTEGER {identity})" for schema in ("", "crm."))


def _constrained(directive: str, case: str) -> list[str]:
    kind = next((kind for kind in CONSTRAINTS if kind in case), "check")
    name = "name"
    if case.startswith("convention"):
        name = "positive" if case == "convention_bypassed" else "ck_account_positive"
    elif case == "drop_untyped":
        name = "ck"
    created = [
        f"CREATE TABLE {schema}account {ACCOUNT.format(CONSTRAINTS[kind].format(chosen, f'[pg {schema}]'))}"
        for schema, chosen in (("", name), ("crm.", '"Name"'))
    ]
    return [*created, ROWS_OF_ACCOUNT]


def tables_of(call: Call) -> sa.MetaData:
    """Return the tables that a call needs and that SQLAlchemy can create better than text could."""
    directive, _, case = call.name.partition("/")
    if directive == "bulk_insert" and case.startswith("value_"):
        return _table(ROWS[case.removeprefix("value_")][0])
    if directive == "alter_column" and case.startswith("default_of_"):
        return _table(DEFAULTS[case.removeprefix("default_of_")][0])
    copied = _copied(call)
    metadata = sa.MetaData() if copied is None else copied.metadata
    if any(key.target_fullname == "p.id" for table in metadata.tables.values() for key in table.foreign_keys):
        sa.Table("p", metadata, sa.Column("id", sa.Integer, primary_key=True), extend_existing=True)
    return metadata


def _table(type_: Any) -> sa.MetaData:
    metadata = sa.MetaData()
    sa.Table("t", metadata, sa.Column("c", type_))
    return metadata


def _copied(call: Call) -> sa.Table | None:
    """Return the table that a block says it begins with."""
    found: list[sa.Table | None] = []

    class Op:
        @contextmanager
        def batch_alter_table(
            self, *args: Any, copy_from: sa.Table | None = None, **kwargs: Any
        ) -> Iterator[Any]:
            found.append(copy_from)
            raise LookupError
            yield

    with suppress(LookupError, AttributeError):
        call.run(Op())
    return found[0] if found else None


def _named(case: str) -> list[str]:
    return [name for name in NAMES if case == f"named_{name}"]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
