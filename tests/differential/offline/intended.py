"""Where this package writes other SQL than Alembic on purpose, and why.

Every difference that is not listed here fails the test; so does one that is listed and no longer there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import TYPE_CHECKING

from differential.offline.call import DIALECTS
from differential.offline.engines import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from differential.offline.call import Call

Outcome = list[str] | Refusal


@dataclass(frozen=True)
class Difference:
    """One decision.

    Attributes:
        reason: Why.
        calls: Patterns of call names it concerns.
        on: The dialects it concerns.
        change: Makes what we write of what Alembic writes.
    """

    reason: str
    calls: tuple[str, ...]
    on: tuple[str, ...]
    change: Callable[[Outcome], Outcome]

    def concerns(self, call: Call, dialect: str) -> bool:
        """Return whether it is about this call."""
        return dialect in self.on and any(fnmatch(call.name, pattern) for pattern in self.calls)


def refused(reason: str, *calls: str, on: tuple[str, ...]) -> Difference:
    """Return the decision to refuse what Alembic writes."""
    return Difference(reason, calls, on, lambda outcome: Refusal("refused"))


def instead(reason: str, call: str, *statements: str, on: tuple[str, ...]) -> Difference:
    """Return the decision to write these statements, whatever Alembic does."""
    return Difference(reason, (call,), on, lambda outcome: list(statements))


def rewritten(reason: str, *calls: str, pattern: str, by: str, on: tuple[str, ...] = DIALECTS) -> Difference:
    """Return the decision to word statements differently; a line break in ``by`` makes several of one."""

    def change(outcome: Outcome) -> Outcome:
        if isinstance(outcome, Refusal):
            return outcome
        changed = [re.sub(pattern, by, statement) for statement in outcome]
        return [line for statement in changed for line in statement.split("\n") if line]

    return Difference(reason, calls, on, change)


MYSQL = ("mysql", "mariadb")

GUARDS = [
    refused(
        "MySQL has no IF [NOT] EXISTS here; Alembic writes it anyway, or leaves it out",
        "add_column/if_not_exists",
        "add_column/if_not_exists_schema",
        "drop_column/if_exists",
        "create_index/if_not_exists",
        "create_index/if_not_exists_schema",
        "drop_index/if_exists",
        "drop_constraint/foreignkey_if_exists",
        "drop_constraint/unique_if_exists",
        "drop_constraint/check_if_exists",
        "create_index/combined_*guarded*",
        "drop_index/if_exists_in_schema",
        "drop_column/if_exists_in_schema",
        "batch/add_column_guarded",
        "batch/create_index_guarded",
        "batch/drop_index_guarded",
        on=("mysql",),
    ),
    refused(
        "Neither MySQL nor MariaDB drops a primary key only if it exists; Alembic leaves the condition out",
        "drop_constraint/primary_if_exists",
        on=MYSQL,
    ),
    rewritten(
        "MariaDB has IF EXISTS for constraints; Alembic leaves it out",
        "drop_constraint/*_if_exists",
        pattern=r" DROP (FOREIGN KEY|INDEX|CONSTRAINT) name$",
        by=r" DROP \1 IF EXISTS name",
        on=("mariadb",),
    ),
    refused(
        "SQLite has no IF [NOT] EXISTS for columns; Alembic writes it anyway",
        "add_column/if_not_exists",
        "add_column/if_not_exists_schema",
        "drop_column/if_exists",
        "drop_column/if_exists_in_schema",
        "batch/add_column_guarded",
        on=("sqlite",),
    ),
    rewritten(
        "The indexes of a table that may exist may exist too; Alembic fails on them in the second run",
        "create_table/if_not_exists_with_index",
        pattern=r"^CREATE INDEX (?!IF)",
        by="CREATE INDEX IF NOT EXISTS ",
        on=("postgresql", "sqlite", "mariadb"),
    ),
    rewritten(
        "SQL Server has no CREATE TABLE IF NOT EXISTS",
        "create_table/if_not_exists*",
        pattern=r"^CREATE TABLE IF NOT EXISTS account ",
        by="IF OBJECT_ID(N'account') IS NULL CREATE TABLE account ",
        on=("mssql",),
    ),
    rewritten(
        "SQL Server has no CREATE INDEX IF NOT EXISTS; Alembic leaves the condition out",
        "create_index/if_not_exists",
        "create_index/if_not_exists_schema",
        "create_table/if_not_exists_with_index",
        "create_index/combined_*guarded*",
        "batch/create_index_guarded",
        pattern=r"^CREATE (?:UNIQUE )?INDEX (\w+) ON ((?:\[.*?\]|\w+)(?:\.\w+)?) ",
        by=r"IF NOT EXISTS (SELECT 1 FROM sys.indexes WHERE object_id = OBJECT_ID(N'\2') AND name = N'\1') \g<0>",
        on=("mssql",),
    ),
    rewritten(
        "SQL Server has no ADD IF NOT EXISTS; Alembic leaves the condition out",
        "add_column/if_not_exists",
        "add_column/if_not_exists_schema",
        "batch/add_column_guarded",
        pattern=r"^ALTER TABLE ([\w.]+) ADD (\w+) .*",
        by=r"IF COL_LENGTH(N'\1', N'\2') IS NULL \g<0>",
        on=("mssql",),
    ),
    *[
        rewritten(
            "Oracle before 23ai has no IF [NOT] EXISTS; a block that lets one error pass works everywhere",
            *calls,
            pattern=pattern,
            by=(
                rf"BEGIN EXECUTE IMMEDIATE '{statement}'; "
                rf"EXCEPTION WHEN OTHERS THEN IF SQLCODE != {error} THEN RAISE; END IF; END"
            ),
            on=("oracle",),
        )
        for calls, pattern, statement, error in (
            (("create_table/if_not_exists*",), r"^CREATE TABLE IF NOT EXISTS (.*)", r"CREATE TABLE \1", -955),
            (("drop_table/if_exists",), r"^DROP TABLE IF EXISTS (.*)", r"DROP TABLE \1", -942),
            (
                (
                    "create_index/if_not_exists",
                    "create_index/if_not_exists_schema",
                    "create_index/combined_*guarded*",
                    "batch/create_index_guarded",
                ),
                r"^CREATE (UNIQUE )?INDEX .*",
                r"\g<0>",
                -955,
            ),
            (("create_table/if_not_exists_with_index",), r"^CREATE INDEX .*", r"\g<0>", -955),
            (
                ("drop_index/if_exists*", "batch/drop_index_guarded"),
                r"^DROP INDEX IF EXISTS (.*)",
                r"DROP INDEX \1",
                -1418,
            ),
            (
                ("add_column/if_not_exists", "add_column/if_not_exists_schema", "batch/add_column_guarded"),
                r"^ALTER TABLE .*",
                r"\g<0>",
                -1430,
            ),
            (
                ("drop_column/if_exists", "drop_column/if_exists_in_schema"),
                r"^(.*) IF EXISTS (.*)",
                r"\1 \2",
                -904,
            ),
            (("drop_constraint/*_if_exists",), r"^(.*) IF EXISTS (.*)", r"\1 \2", -2443),
        )
    ],
]

FOREIGN_KEYS = [
    Difference(
        "Alembic forgets a foreign key with use_alter",
        ("create_table/use_alter",),
        ("postgresql", "mysql", "mariadb", "mssql", "oracle"),
        lambda outcome: [
            *(outcome if isinstance(outcome, list) else ()),
            "ALTER TABLE node ADD CONSTRAINT fk_leaf FOREIGN KEY(leaf_id) REFERENCES leaf (id)",
        ],
    ),
    rewritten(
        "A foreign key that is part of a column's definition keeps its name; Alembic loses it",
        "add_column/inline_references_named",
        pattern=r" REFERENCES ",
        by=" CONSTRAINT fk_account REFERENCES ",
        on=("postgresql",),
    ),
    rewritten(
        "Alembic loses the foreign key with inline_references",
        "add_column/inline_references",
        pattern="$",
        by=" REFERENCES account (id) ON DELETE CASCADE",
        on=("mssql", "oracle"),
    ),
    rewritten(
        "Alembic loses the foreign key with inline_references",
        "batch/add_column_inline_references",
        pattern="$",
        by=" REFERENCES p (id) ON DELETE CASCADE",
        on=("mssql", "oracle"),
    ),
    rewritten(
        "Alembic loses the foreign key with inline_references",
        "add_column/inline_references_named",
        pattern="$",
        by=" CONSTRAINT fk_account REFERENCES crm.account (id)",
        on=("mssql", "oracle"),
    ),
    rewritten(
        "MySQL before 9.0 reads REFERENCES in a column's definition and forgets it",
        "add_column/inline_references",
        pattern=r" (REFERENCES .*)",
        by=r"\nALTER TABLE contact ADD FOREIGN KEY(account_id) \1",
        on=MYSQL,
    ),
    rewritten(
        "MySQL before 9.0 reads REFERENCES in a column's definition and forgets it",
        "batch/add_column_inline_references",
        pattern=r" (REFERENCES .*)",
        by=r"\nALTER TABLE account ADD FOREIGN KEY(c) \1",
        on=MYSQL,
    ),
    rewritten(
        "MySQL before 9.0 reads REFERENCES in a column's definition and forgets it",
        "add_column/inline_references_named",
        pattern=r" (REFERENCES .*)",
        by=r"\nALTER TABLE crm.contact ADD CONSTRAINT fk_account FOREIGN KEY(account_id) \1",
        on=MYSQL,
    ),
    rewritten(
        "SQLite refers to tables of the same schema only, and takes no schema there",
        "add_column/inline_references_named",
        pattern=r" REFERENCES crm.account ",
        by=" CONSTRAINT fk_account REFERENCES account ",
        on=("sqlite",),
    ),
    *[
        instead(
            "SQLite takes a foreign key in the definition of a new column; Alembic refuses",
            f"add_column/{call}",
            *statement.split("; "),
            on=("sqlite",),
        )
        for call, statement in (
            (
                "with_foreign_key_not_null",
                "ALTER TABLE account ADD COLUMN c INTEGER NOT NULL CONSTRAINT fk REFERENCES p (id)",
            ),
            (
                "with_foreign_key_rules",
                (
                    "ALTER TABLE account ADD COLUMN c INTEGER CONSTRAINT fk REFERENCES p (id) "
                    "ON DELETE SET NULL ON UPDATE CASCADE"
                ),
            ),
            (
                "with_index_and_foreign_key",
                (
                    "ALTER TABLE account ADD COLUMN c INTEGER CONSTRAINT fk REFERENCES p (id); "
                    "CREATE INDEX ix_account_c ON account (c)"
                ),
            ),
            (
                "named_foreign_key_by_convention",
                "ALTER TABLE account ADD COLUMN p_id INTEGER CONSTRAINT fk_account_p_id_p REFERENCES p (id)",
            ),
            ("foreign_key", "ALTER TABLE contact ADD COLUMN account_id INTEGER REFERENCES account (id)"),
            (
                "named_foreign_key",
                (
                    "ALTER TABLE contact ADD COLUMN account_id INTEGER CONSTRAINT fk_account REFERENCES account (id) "
                    "ON DELETE SET NULL"
                ),
            ),
            (
                "foreign_key_schema",
                "ALTER TABLE crm.contact ADD COLUMN account_id INTEGER CONSTRAINT fk_account REFERENCES account (id)",
            ),
            (
                "self_reference",
                "ALTER TABLE node ADD COLUMN parent_id INTEGER CONSTRAINT fk_parent REFERENCES node (id)",
            ),
        )
    ],
]

COLUMNS = [
    rewritten(
        "Alembic loses the CHECK of a column to add",
        "add_column/check",
        pattern="$",
        by=" CONSTRAINT ck_age CHECK (age > 0)",
        on=("mssql", "oracle"),
    ),
    rewritten(
        "Alembic loses the CHECK of a column to add",
        "add_column/check_by_convention",
        pattern="$",
        by=" CONSTRAINT ck_account_positive CHECK (c > 0)",
        on=("mssql", "oracle"),
    ),
    rewritten(
        "Alembic ignores inline_primary_key",
        "add_column/inline_primary_key",
        "batch/add_column_inline_primary_key",
        pattern="$",
        by=" PRIMARY KEY",
        on=("mssql", "oracle"),
    ),
    refused(
        "SQLite cannot add a primary key or a stored column; Alembic writes it, or makes a plain column of the key",
        "add_column/inline_primary_key",
        "add_column/primary_key_not_inline",
        "add_column/computed_stored",
        "batch/add_column_inline_primary_key",
        on=("sqlite",),
    ),
    *[
        rewritten(
            "SQLite takes a CHECK in the definition of a new column; Alembic leaves it out",
            f"add_column/{call}",
            pattern="$",
            by=check,
            on=("sqlite",),
        )
        for call, check in (
            ("boolean_check", " CONSTRAINT ck_flag CHECK (flag IN (0, 1))"),
            ("boolean_check_by_convention", " CONSTRAINT ck_account_flag CHECK (flag IN (0, 1))"),
            ("enum_check", " CONSTRAINT ck_kind CHECK (kind IN ('a', 'b'))"),
        )
    ],
    rewritten(
        "An enum must exist before a column can have it; Alembic does not create it",
        "add_column/enum",
        "add_column/postgresql_enum_array",
        "alter_column/type_enum",
        pattern="^ALTER TABLE",
        by="CREATE TYPE kind AS ENUM ('a', 'b')\nALTER TABLE",
        on=("postgresql",),
    ),
    rewritten(
        "An enum must exist before a column can have it; Alembic does not create it",
        "add_column/postgresql_enum_in_schema",
        pattern="^ALTER TABLE",
        by="CREATE TYPE crm.kind AS ENUM ('a', 'b')\nALTER TABLE",
        on=("postgresql",),
    ),
    refused(
        "SQLite has no ALTER COLUMN; Alembic writes it anyway",
        "alter_column/sqlite_*",
        on=("sqlite",),
    ),
    instead(
        "PostgreSQL makes a plain column of a computed one since 13; Alembic refuses",
        "alter_column/computed_drop",
        "ALTER TABLE account ALTER COLUMN age DROP EXPRESSION",
        on=("postgresql",),
    ),
    rewritten(
        "All constraints of the kind are dropped, not only one; names of any form are found; none is no error",
        "drop_column/mssql_drop_*",
        "alter_column/*",
        "batch/drop_column_mssql",
        "batch/alter_*",
        pattern=(
            r"^declare @const_name varchar\(256\) select @const_name = QUOTENAME\(\[name\]\) from "
            r"sys\.(default|check)_constraints where parent_object_id = object_id\('(.+?)'\) "
            r"and col_name\(parent_object_id, parent_column_id\) = '(.+?)' .*"
        ),
        by=(
            r"DECLARE @drops nvarchar(max) = N'' "
            r"SELECT @drops = @drops + N'ALTER TABLE \2 DROP CONSTRAINT ' + QUOTENAME(k.name) + N';' "
            r"FROM sys.\1_constraints AS k WHERE k.parent_object_id = OBJECT_ID(N'\2') "
            r"AND COL_NAME(k.parent_object_id, k.parent_column_id) = N'\3' "
            r"EXEC sp_executesql @drops"
        ),
        on=("mssql",),
    ),
    rewritten(
        "All constraints of the kind are dropped, not only one; names of any form are found; none is no error",
        "drop_column/mssql_drop_*",
        pattern=(
            r"^declare .* from sys\.foreign_keys .* where fkc\.parent_object_id = object_id\('(.+?)'\) "
            r"and .* = '(.+?)' .*"
        ),
        by=(
            r"DECLARE @drops nvarchar(max) = N'' "
            r"SELECT @drops = @drops + N'ALTER TABLE \1 DROP CONSTRAINT ' + QUOTENAME(k.name) + N';' "
            r"FROM sys.foreign_key_columns AS c JOIN sys.foreign_keys AS k ON k.object_id = c.constraint_object_id "
            r"WHERE c.parent_object_id = OBJECT_ID(N'\1') "
            r"AND COL_NAME(c.parent_object_id, c.parent_column_id) = N'\2' "
            r"EXEC sp_executesql @drops"
        ),
        on=("mssql",),
    ),
]

PLACES = [
    refused(
        "Only a new table has a place to choose for a column; Alembic ignores the wish",
        "batch/alter_column_insert_before",
        "batch/alter_column_insert_after",
        on=("postgresql", *MYSQL, "mssql", "oracle"),
    ),
    Difference(
        "A column can be moved to the place it is wanted at; Alembic ignores the wish",
        ("batch_anew/alter_insert_*", "batch_anew/move_insert_*"),
        DIALECTS,
        lambda outcome: _with_age_before_name(outcome),
    ),
]


def _with_age_before_name(outcome: Outcome) -> Outcome:
    if isinstance(outcome, Refusal):
        return outcome
    swaps = (
        (r"(name VARCHAR[^,]*), (age INTEGER[^,]*), PRIMARY", r"\2, \1, PRIMARY"),
        (
            r"\(id, name, age\) (.*) account.name, account.age ",
            r"(id, age, name) \1 account.age, account.name ",
        ),
    )
    for pattern, by in swaps:
        outcome = [re.sub(pattern, by, statement) for statement in outcome]
    return outcome


VALUES = [
    rewritten(
        "MySQL takes an expression for a default in parentheses only",
        "alter_column/default_of_text",
        "alter_column/default_of_cast",
        pattern=r"SET DEFAULT (.*)",
        by=r"SET DEFAULT (\1)",
        on=MYSQL,
    ),
    *[
        instead(
            "A script cannot bind values, so they are part of it; Alembic leaves placeholders",
            f"execute/{call}",
            statement,
            on=DIALECTS,
        )
        for call, statement in {
            "insert": "INSERT INTO t (id, name) VALUES (5, 'it''s')",
            "insert_rows": "INSERT INTO t (id) VALUES (5), (6)",
            "insert_from_select": "INSERT INTO t (id) SELECT t.id FROM t WHERE t.name = 'x'",
            "update": "UPDATE t SET name='it''s 100%' WHERE t.id = 5",
            "delete": "DELETE FROM t WHERE t.id IN (1, 2) AND t.name LIKE 'a%'",
            "text_with_values": "UPDATE t SET name = 'it''s' WHERE id = 5",
        }.items()
    ],
    Difference(
        "The indexes of a table are created in an order that does not change from run to run",
        ("create_table/many_indexes",),
        DIALECTS,
        lambda outcome: (
            outcome
            if isinstance(outcome, Refusal)
            else [outcome[0], *sorted(outcome[1:], key=lambda sql: ("ix_both" not in sql, sql))]
        ),
    ),
    instead(
        "The element of an EXCLUDE constraint may be an expression; Alembic refuses",
        "create_exclude_constraint/expression",
        "ALTER TABLE booking ADD CONSTRAINT ex EXCLUDE USING gist (int4range(a, b) WITH &&, room WITH =) "
        "NOT DEFERRABLE",
        on=("postgresql",),
    ),
]

QUOTED = [
    rewritten(
        "Alembic leaves the quotes out",
        "drop_column/mssql_drop_default_in_schema",
        pattern=r"a b\.Order",
        by="[a b].[Order]",
        on=("mssql",),
    ),
    instead(
        "A unique constraint may include columns; Alembic fails on them",
        "create_unique_constraint/postgresql_include",
        "ALTER TABLE t ADD CONSTRAINT uq UNIQUE (a) INCLUDE (b)",
        on=("postgresql",),
    ),
]

_SCHEMA = "declare @schema sysname = schema_name() exec"

COMMENTS = [
    Difference(
        "SQLite has no comments; Alembic writes COMMENT ON, or fails, where create_table leaves them out",
        ("create_table_comment/*", "drop_table_comment/*", "alter_column/comment_sqlite"),
        ("sqlite",),
        lambda outcome: [],
    ),
    *[
        instead(
            "A script does not know the default schema of SQL Server, so it asks; Alembic fails",
            call,
            *statements,
            on=("mssql",),
        )
        for call, statements in {
            "create_table/comments": (
                "CREATE TABLE account ( id INTEGER NULL, name VARCHAR(10) NULL )",
                (
                    f"{_SCHEMA} sp_addextendedproperty 'MS_Description', N'who pays', 'schema', @schema, "
                    "'table', account"
                ),
                (
                    f"{_SCHEMA} sp_addextendedproperty 'MS_Description', N'it''s the key', 'schema', @schema, "
                    "'table', account, 'column', id"
                ),
            ),
            "create_table_comment/plain": (
                (
                    f"{_SCHEMA} sp_addextendedproperty 'MS_Description', N'who pays', 'schema', @schema, "
                    "'table', account"
                ),
            ),
            "create_table_comment/quotes": (
                (
                    f"{_SCHEMA} sp_addextendedproperty 'MS_Description', N'it''s 100%: fine', 'schema', @schema, "
                    "'table', account"
                ),
            ),
            "drop_table_comment/plain": (
                f"{_SCHEMA} sp_dropextendedproperty 'MS_Description', 'schema', @schema, 'table', account",
            ),
            "add_column/comment": (
                "ALTER TABLE account ADD age INTEGER NULL",
                (
                    f"{_SCHEMA} sp_addextendedproperty 'MS_Description', N'it''s in years', 'schema', @schema, "
                    "'table', account, 'column', age"
                ),
            ),
            "alter_column/comment": (
                (
                    f"{_SCHEMA} sp_addextendedproperty 'MS_Description', N'in years', 'schema', @schema, "
                    "'table', account, 'column', age"
                ),
            ),
            "alter_column/comment_quotes": (
                (
                    f"{_SCHEMA} sp_addextendedproperty 'MS_Description', N'it''s 100%: fine', 'schema', @schema, "
                    "'table', account, 'column', age"
                ),
            ),
            "alter_column/comment_drop": (
                (
                    f"{_SCHEMA} sp_dropextendedproperty 'MS_Description', 'schema', @schema, "
                    "'table', account, 'column', age"
                ),
            ),
        }.items()
    ],
    rewritten(
        "A comment that is there must be updated; Alembic adds a second one, which fails",
        "create_table_comment/existing",
        "batch/create_comment_existing",
        pattern="sp_addextendedproperty",
        by="sp_updateextendedproperty",
        on=("mssql",),
    ),
    rewritten(
        "Alembic leaves the schema out",
        "alter_column/*_schema",
        "alter_column/comment_replace",
        "alter_column/comment_of_*",
        "alter_column/everything_existing",
        "batch/alter_everything",
        pattern="^COMMENT ON COLUMN account",
        by="COMMENT ON COLUMN crm.account",
        on=("oracle",),
    ),
]


def _switched(outcome: Outcome) -> Outcome:
    """Return inserts with IDENTITY_INSERT switched, for a table that has an identity among the columns given."""
    if isinstance(outcome, Refusal):
        return outcome
    changed: list[str] = []
    for statement in outcome:
        if not statement.startswith("SET IDENTITY_INSERT "):
            changed.append(statement)
            continue
        table = statement.removeprefix("SET IDENTITY_INSERT ").rsplit(" ", 1)[0]
        changed.append(f"{_has_identity(table, outcome)} {statement}")
    return changed


def _has_identity(table: str, outcome: list[str]) -> str:
    lists = [re.match(rf"INSERT INTO {re.escape(table)} \((.*?)\)", statement) for statement in outcome]
    columns = dict.fromkeys(column for found in lists if found for column in found[1].split(", "))
    in_order = sorted(
        columns, key=lambda column: ["id", "name"].index(column) if column in {"id", "name"} else 2
    )
    names = ", ".join(f"N'{column.strip('[]')}'" for column in in_order)
    where = f"object_id = OBJECT_ID(N'{table}') AND name IN ({names})"
    return f"IF EXISTS (SELECT 1 FROM sys.identity_columns WHERE {where})"


def _switched_for_the_copy(outcome: Outcome) -> Outcome:
    if isinstance(outcome, Refusal):
        return outcome
    switch = "SET IDENTITY_INSERT _async_migrate_account"
    around = [
        [f"{switch} ON", statement, f"{switch} OFF"]
        if statement.startswith("INSERT INTO _async_migrate_account ")
        else [statement]
        for statement in outcome
    ]
    return _switched([statement for statements in around for statement in statements])


ROWS = [
    Difference(
        "IDENTITY_INSERT fails on a table without identity, so it is switched for those that have one",
        ("bulk_insert/*",),
        ("mssql",),
        _switched,
    ),
    instead(
        "Nothing is to be inserted",
        "bulk_insert/no_rows",
        on=("mssql",),
    ),
]

_RENAMED = "ALTER TABLE account RENAME COLUMN age TO years"

BATCHES = [
    Difference(
        "SQL inside a block runs in its place; Alembic runs it before everything else",
        ("batch/execute_between",),
        ("postgresql", "mysql", "mariadb", "mssql", "oracle"),
        lambda outcome: [outcome[1], outcome[0], outcome[2]] if isinstance(outcome, list) else outcome,
    ),
    instead(
        "SQLite has DROP COLUMN since 3.35",
        "batch_anew/drop_column_auto",
        "ALTER TABLE account DROP COLUMN age",
        on=("sqlite",),
    ),
    instead(
        "ALTER renames a column in views, triggers and other tables too, which a rebuild cannot",
        "batch_anew/rename_column",
        _RENAMED,
        on=("sqlite",),
    ),
    *[
        Difference(
            "ALTER renames a column in views, triggers and other tables too, so it does so after the rebuild",
            (call,),
            ("sqlite",),
            lambda outcome: (
                [*[statement.replace("years", "age") for statement in outcome], _RENAMED]
                if isinstance(outcome, list)
                else outcome
            ),
        )
        for call in (
            "batch_anew/rename_column_always",
            "batch_anew/rename_column_and_type",
            "batch_anew/alter_*_and_rename",
        )
    ],
    *[
        instead(
            "A constraint needs no name to be created; Alembic refuses",
            call,
            f"CREATE TABLE _async_migrate_account ( id INTEGER NOT NULL, name VARCHAR(50) DEFAULT 'x' NOT NULL, "
            f"age INTEGER, {more} )",
            "INSERT INTO _async_migrate_account (id, name, age) "
            "SELECT account.id, account.name, account.age FROM account",
            "DROP TABLE account",
            "ALTER TABLE _async_migrate_account RENAME TO account",
            on=("sqlite",),
        )
        for call, more in (
            ("batch_anew/create_unnamed_constraint", "PRIMARY KEY (id), UNIQUE (name)"),
            ("batch_anew/add_column_unique", "b INTEGER, PRIMARY KEY (id), UNIQUE (b)"),
        )
    ],
    instead(
        "SQL inside a block runs in its place, between what was asked before it and after it",
        "batch_anew/execute_between",
        "CREATE TABLE _async_migrate_account ( id INTEGER NOT NULL, name VARCHAR(50) DEFAULT 'x' NOT NULL, "
        "age INTEGER NOT NULL, PRIMARY KEY (id) )",
        "INSERT INTO _async_migrate_account (id, name, age) "
        "SELECT account.id, account.name, account.age FROM account",
        "DROP TABLE account",
        "ALTER TABLE _async_migrate_account RENAME TO account",
        "UPDATE account SET age = 1",
        "CREATE TABLE _async_migrate_account ( id INTEGER NOT NULL, name VARCHAR(50) DEFAULT 'x', "
        "age INTEGER NOT NULL, PRIMARY KEY (id) )",
        "INSERT INTO _async_migrate_account (id, name, age) "
        "SELECT account.id, account.name, account.age FROM account",
        "DROP TABLE account",
        "ALTER TABLE _async_migrate_account RENAME TO account",
        on=("sqlite",),
    ),
    rewritten(
        "A computed column cannot be inserted into",
        "batch_anew/computed",
        pattern=r"^(INSERT .* age), twice\) SELECT (.*), account.twice FROM",
        by=r"\1) SELECT \2 FROM",
        on=("sqlite",),
    ),
    Difference(
        "The index of a column that says index=True is an index; Alembic forgets it",
        ("batch_anew/indexed_column",),
        ("sqlite",),
        lambda outcome: [
            *(outcome if isinstance(outcome, list) else ()),
            "CREATE INDEX ix_account_email ON account (email)",
        ],
    ),
    rewritten(
        "The old table must go although others refer to it; Alembic's DROP fails then",
        "batch_anew/*",
        pattern=r"^DROP TABLE (\w+\.)?account$",
        by=r"SET STATEMENT foreign_key_checks = 0 FOR \g<0>",
        on=("mariadb",),
    ),
    rewritten(
        "The rename must not look at views and triggers, which name a table that is gone for a moment",
        "batch_anew/*",
        pattern=r"^ALTER TABLE (\w+\.)?_async_migrate_account RENAME TO account$",
        by=r"PRAGMA legacy_alter_table = ON\n\g<0>\nPRAGMA legacy_alter_table = OFF",
        on=("sqlite",),
    ),
    *[
        rewritten(
            "Two tables of a schema may not have constraints of the same name there, so the old one gives its up",
            call,
            pattern="^CREATE TABLE ",
            by=f"{drop}\nCREATE TABLE ",
            on=on,
        )
        for call, drop, on in (
            (
                "batch_anew/on_other_databases",
                "ALTER TABLE account DROP CONSTRAINT uq_name",
                ("mssql", "oracle"),
            ),
            (
                "batch_anew/foreign_key_on_other_databases",
                "ALTER TABLE account DROP CONSTRAINT fk_p",
                ("mssql", "oracle"),
            ),
            (
                "batch_anew/foreign_key_on_other_databases",
                "ALTER TABLE account DROP FOREIGN KEY fk_p",
                MYSQL,
            ),
        )
    ],
    Difference(
        "An identity column takes values only while IDENTITY_INSERT is on",
        ("batch_anew/*on_other_databases", "batch_anew/reflect_*", "batch_anew/naming_convention"),
        ("mssql",),
        _switched_for_the_copy,
    ),
    Difference(
        "Comments are made once the table has its name, in the words for a table of that name",
        ("batch_anew/*comment_on_other_databases",),
        ("postgresql", "oracle"),
        lambda outcome: _with_comments_last(outcome),
    ),
    rewritten(
        "Storing a value converts it, and CAST of MySQL knows few types",
        "batch_anew/*type*_on_other_databases",
        pattern=r"CAST\(account.age AS CHAR\(9\)\) AS age",
        by="account.age",
        on=MYSQL,
    ),
]


def _with_comments_last(outcome: Outcome) -> Outcome:
    if isinstance(outcome, Refusal):
        return outcome
    comments = [statement for statement in outcome if statement.startswith("COMMENT ON ")]
    rest = [statement for statement in outcome if statement not in comments]
    return [*rest, *(re.sub('"?_async_migrate_account"?', "account", comment) for comment in comments)]


def _leftover(*on: str) -> Difference:
    return rewritten(
        "A run that was killed may have left a table of the temporary name",
        "batch_anew/*",
        pattern=r"^CREATE TABLE ((\w+\.)?_async_migrate_account) ",
        by=r"DROP TABLE IF EXISTS \1\n\g<0>",
        on=on,
    )


# On MySQL the old table gives names of constraints up after that; on SQLite BATCHES writes whole rebuilds down.
DIFFERENCES: tuple[Difference, ...] = (
    *GUARDS,
    *FOREIGN_KEYS,
    *COLUMNS,
    *QUOTED,
    *PLACES,
    *VALUES,
    *COMMENTS,
    *ROWS,
    _leftover(*MYSQL),
    *BATCHES,
    _leftover("sqlite"),
)
