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
        pattern=r"^CREATE INDEX (\w+) ON ([\w.]+) ",
        by=r"IF NOT EXISTS (SELECT 1 FROM sys.indexes WHERE object_id = OBJECT_ID(N'\2') AND name = N'\1') \g<0>",
        on=("mssql",),
    ),
    rewritten(
        "SQL Server has no ADD IF NOT EXISTS; Alembic leaves the condition out",
        "add_column/if_not_exists",
        "add_column/if_not_exists_schema",
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
                ("create_index/if_not_exists", "create_index/if_not_exists_schema"),
                r"^CREATE INDEX .*",
                r"\g<0>",
                -955,
            ),
            (("create_table/if_not_exists_with_index",), r"^CREATE INDEX .*", r"\g<0>", -955),
            (("drop_index/if_exists",), r"^DROP INDEX IF EXISTS (.*)", r"DROP INDEX \1", -1418),
            (
                ("add_column/if_not_exists", "add_column/if_not_exists_schema"),
                r"^ALTER TABLE .*",
                r"\g<0>",
                -1430,
            ),
            (("drop_column/if_exists",), r"^(.*) IF EXISTS (.*)", r"\1 \2", -904),
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
            statement,
            on=("sqlite",),
        )
        for call, statement in (
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
        "Alembic ignores inline_primary_key",
        "add_column/inline_primary_key",
        pattern="$",
        by=" PRIMARY KEY",
        on=("mssql", "oracle"),
    ),
    refused(
        "SQLite cannot add a primary key or a stored column; Alembic writes it, or makes a plain column of the key",
        "add_column/inline_primary_key",
        "add_column/primary_key_not_inline",
        "add_column/computed_stored",
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
        pattern="sp_addextendedproperty",
        by="sp_updateextendedproperty",
        on=("mssql",),
    ),
    rewritten(
        "Alembic leaves the schema out",
        "alter_column/*_schema",
        "alter_column/comment_replace",
        "alter_column/everything_existing",
        pattern="^COMMENT ON COLUMN account",
        by="COMMENT ON COLUMN crm.account",
        on=("oracle",),
    ),
]

_IDENTITY_INSERT = (
    r"IF EXISTS (SELECT 1 FROM sys.identity_columns WHERE object_id = OBJECT_ID(N'account') "
    r"AND name IN (N'id', N'name')) \g<0>"
)

ROWS = [
    rewritten(
        "IDENTITY_INSERT fails on a table without identity, so it is switched for those that have one",
        "bulk_insert/*",
        pattern="^SET IDENTITY_INSERT .*",
        by=_IDENTITY_INSERT,
        on=("mssql",),
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
        for call in ("batch_anew/rename_column_always", "batch_anew/rename_column_and_type")
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
    *[
        rewritten(
            "An identity column takes values only while IDENTITY_INSERT is on",
            call,
            pattern=r"^INSERT INTO _async_migrate_account .*",
            by=(
                r"IF EXISTS (SELECT 1 FROM sys.identity_columns WHERE "
                rf"object_id = OBJECT_ID(N'_async_migrate_account') AND name IN ({names})) "
                r"SET IDENTITY_INSERT _async_migrate_account ON\n\g<0>\n"
                r"IF EXISTS (SELECT 1 FROM sys.identity_columns WHERE "
                rf"object_id = OBJECT_ID(N'_async_migrate_account') AND name IN ({names})) "
                r"SET IDENTITY_INSERT _async_migrate_account OFF"
            ),
            on=("mssql",),
        )
        for call, names in (
            ("batch_anew/on_other_databases", "N'id', N'name', N'age'"),
            ("batch_anew/index_on_other_databases", "N'id', N'name', N'age'"),
            ("batch_anew/foreign_key_on_other_databases", "N'id', N'name', N'p_id'"),
        )
    ],
]


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
    *COMMENTS,
    *ROWS,
    _leftover(*MYSQL),
    *BATCHES,
    _leftover("sqlite"),
)
