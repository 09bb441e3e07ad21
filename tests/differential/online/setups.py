"""What must be there before a call of the offline tables can be made on a real database."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from differential.offline.values import DEFAULTS, NAMES, ROWS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from differential.offline.call import Call

SCHEMAS = ("crm", "a b", "billing", "table")
"""Schemas besides the default one; on SQLite, attached files."""

ACCOUNT = (
    "(id INTEGER NOT NULL, name VARCHAR(50), age INTEGER, email VARCHAR(50), a INTEGER, b INTEGER, c INTEGER, "
    '"Group" INTEGER, at VARCHAR(50), x INTEGER, y INTEGER, boss INTEGER, «more»UNIQUE (id), UNIQUE (x, y))'
)
ACCOUNTS = [f"CREATE TABLE {schema}account {ACCOUNT}" for schema in ("", "crm.", '"a b".')] + [
    "INSERT INTO account (id, name, age, email, a, b, c, x, y) VALUES "
    "(1, 'it''s', 5, 'e1', 1, 1, 1, 1, 1), (2, 'b', 6, 'e2', 2, 2, 2, 2, 2)",
    "INSERT INTO crm.account (id, name, age, a, b, x, y) VALUES (1, 'c', 5, 1, 1, 1, 1)",
]
OTHERS = [
    "CREATE TABLE p (id INTEGER PRIMARY KEY, x INTEGER, y INTEGER, UNIQUE (x, y))",
    "CREATE TABLE crm.p (id INTEGER PRIMARY KEY, x INTEGER, y INTEGER, UNIQUE (x, y))",
    "CREATE TABLE q (id INTEGER PRIMARY KEY)",
    "INSERT INTO p (id, x, y) VALUES (1, 1, 1), (5, 5, 5), (6, 6, 6)",
    "INSERT INTO crm.p (id, x, y) VALUES (1, 1, 1)",
    "CREATE TABLE person (id INTEGER PRIMARY KEY)",
    "CREATE TABLE leaf (id INTEGER PRIMARY KEY)",
]
REFERRING = [
    f"CREATE TABLE {schema}contact (id INTEGER, account_id INTEGER, a_id INTEGER, a INTEGER, b INTEGER)"
    for schema in ("", "crm.")
] + [
    "CREATE TABLE billing.account (id INTEGER UNIQUE, x INTEGER, y INTEGER, UNIQUE (x, y))",
    'CREATE TABLE crm."Contact" ("a b" INTEGER, "group" INTEGER)',
    'CREATE TABLE "a b"."Order" (x INTEGER, "Y" INTEGER, "group" INTEGER, "Group" INTEGER NOT NULL, '
    '"a b" INTEGER NOT NULL, UNIQUE (x, "Y"))',
    'CREATE TABLE crm."Line" ("order" INTEGER NOT NULL, number INTEGER NOT NULL)',
    "CREATE TABLE node (id INTEGER UNIQUE, parent_id INTEGER)",
    "CREATE TABLE t (id INTEGER, a INTEGER, b INTEGER, c INTEGER, name VARCHAR(50))",
    "INSERT INTO contact (id, account_id, a_id, a, b) VALUES (1, 1, 1, 1, 1)",
    "INSERT INTO t (id, a, b, c, name) VALUES (5, 1, 1, 1, 'x'), (6, 2, 2, 2, 'it''s')",
]
RANGES = [
    "CREATE EXTENSION btree_gist",
    "CREATE TABLE booking (room INTEGER, during TSRANGE, a INTEGER, b INTEGER)",
    "CREATE TABLE crm.booking (room INTEGER, during TSRANGE)",
]
TO_ADD_TO = [
    f"CREATE TABLE {name} (k INTEGER PRIMARY KEY, v VARCHAR(50))"
    for name in ("account", "crm.account", "contact", "crm.contact", "t", '"a b"."Order"')
] + [
    "CREATE TABLE node (id INTEGER PRIMARY KEY)",
    *[f"INSERT INTO {name} (k, v) VALUES (1, 'one'), (2, 'two')" for name in ("account", "crm.account")],
]
TARGETS = [
    f"CREATE TABLE {schema}account (id INTEGER PRIMARY KEY, x INTEGER, y INTEGER, UNIQUE (x, y))"
    for schema in ("", "crm.")
]

CONSTRAINTS = {
    "foreignkey": "CONSTRAINT {} FOREIGN KEY (a) REFERENCES p (id), ",
    "primary": "CONSTRAINT {} PRIMARY KEY (id), ",
    "unique": "CONSTRAINT {} UNIQUE (a, b), ",
    "check": "CONSTRAINT {} CHECK (age > 0), ",
}


def setup_of(call: Call, dialect: str) -> list[str]:
    """Return the statements that make room for a call."""
    statements = _statements(call, dialect)
    return [
        sql.replace("«more»", "") for sql in statements if dialect == "postgresql" or "TSRANGE" not in sql
    ]


def _statements(call: Call, dialect: str) -> list[str]:
    directive, _, case = call.name.partition("/")
    match directive:
        case "create_table":
            return _for_create_table(call, case, dialect)
        case "add_column":
            return _for_add_column(case)
        case "batch" if case.startswith(("add_column", "several", "never", "execute_between")):
            return [*OTHERS, *TO_ADD_TO, *_more_columns(case)]
        case "drop_constraint":
            kind = next((kind for kind in CONSTRAINTS if case.startswith(kind)), "check")
            names = {"": "name", "crm.": '"Name"'}
            if "convention" in case:
                names[""] = "positive" if "bypassed" in case else "ck_account_positive"
            return [*OTHERS, *_constrained(kind, names)]
        case "batch" if case.startswith("drop_constraint_") or case == "drop_untyped":
            kind = case.removeprefix("drop_constraint_") if case != "drop_untyped" else "check"
            return [*OTHERS, *_constrained(kind, {"": "ck" if case == "drop_untyped" else "name"})]
        case "drop_index":
            return [*ACCOUNTS, *REFERRING, *_indexes()]
        case "batch" if case.startswith("drop_index"):
            return [*ACCOUNTS, *REFERRING, *_indexes()]
        case "bulk_insert" if case.startswith("value_"):
            return []
        case "drop_table" | "rename_table":
            return [
                *ACCOUNTS,
                *REFERRING,
                *[
                    f"CREATE TABLE {_quoted(name)} (id INTEGER)"
                    for name in NAMES
                    if case == f"named_{name}" and directive == "drop_table"
                ],
            ]
        case "drop_column":
            named = [name for name in NAMES if case == f"named_{name}"]
            return [
                *ACCOUNTS,
                *REFERRING,
                *[f"ALTER TABLE t ADD COLUMN {_quoted(name)} INTEGER" for name in named if name != "a b"],
                *['ALTER TABLE t ADD COLUMN "a b" INTEGER' for name in named if name == "a b"],
            ]
        case "bulk_insert" if case == "created_table":
            return []
        case "execute" if case == "create_table":
            return []
        case _:
            return [*OTHERS, *ACCOUNTS, *REFERRING, *(RANGES if "exclude" in call.name else [])]


def tables_of(call: Call) -> sa.MetaData:
    """Return the tables that a call needs and that SQLAlchemy can create better than text could."""
    directive, _, case = call.name.partition("/")
    if directive == "bulk_insert" and case.startswith("value_"):
        return _table("t", ROWS[case.removeprefix("value_")][0])
    if directive == "alter_column" and case.startswith("default_of_"):
        return _table("t", DEFAULTS[case.removeprefix("default_of_")][0])
    copied = _copied(call)
    return sa.MetaData() if copied is None else copied.metadata


def _table(name: str, type_: Any) -> sa.MetaData:
    metadata = sa.MetaData()
    sa.Table(name, metadata, sa.Column("c", type_))
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


def _for_create_table(call: Call, case: str, dialect: str) -> list[str]:
    statements = list(OTHERS)
    if (
        any(fnmatch(case, pattern) for pattern in ("foreign_key*", "composite_foreign_key"))
        and case != "foreign_key_match"
    ):
        statements += TARGETS
    if dialect == "postgresql":
        statements += ["CREATE TYPE zz AS ENUM ('x', 'y')", "CREATE EXTENSION btree_gist"]
    if case == "enum_in_schema":
        return statements
    return statements


def _for_add_column(case: str) -> list[str]:
    if case in {"inline_primary_key", "primary_key_not_inline", "postgresql_serial"}:
        return ["CREATE TABLE account (k INTEGER)", *OTHERS]
    more = _more_columns(case)
    if case.startswith("postgresql_enum_not_created"):
        more.append("CREATE TYPE kind AS ENUM ('a')")
    targets = ["ALTER TABLE account ADD COLUMN id INTEGER", "ALTER TABLE crm.account ADD COLUMN id INTEGER"]
    unique = [f"CREATE UNIQUE INDEX {schema}ux ON «{schema}»account (id)" for schema in ("", "crm.")]
    if "reference" in case or "foreign_key" in case:
        return [*OTHERS, *TO_ADD_TO, *more, *targets, *unique]
    return [*OTHERS, *TO_ADD_TO, *more]


def _more_columns(case: str) -> list[str]:
    if case.startswith("computed"):
        return ["ALTER TABLE account ADD COLUMN age INTEGER"]
    if case == "several":
        return ["ALTER TABLE account ADD COLUMN age INTEGER"]
    return []


def _constrained(kind: str, names: dict[str, str]) -> list[str]:
    statements = []
    for schema in ("", "crm."):
        clause = CONSTRAINTS[kind].format(names.get(schema, "name"))
        if schema and kind == "foreignkey":
            clause = clause.replace("REFERENCES p", "REFERENCES «crm.»p")
        statements.append(f"CREATE TABLE {schema}account {ACCOUNT.replace('«more»', clause)}")
    return [*statements, "INSERT INTO account (id, name, age, a, b) VALUES (1, 'a', 5, 1, 1)"]


def _indexes() -> Sequence[str]:
    return [
        "CREATE INDEX ix ON account (a)",
        'CREATE INDEX «crm.»"Ix" ON «crm.»account (a)',
        "CREATE INDEX «crm.»ix ON «crm.»account (b)",
        'CREATE INDEX «"a b".»"Ix" ON «"a b".»"Order" (x)',
    ]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
