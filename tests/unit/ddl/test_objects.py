"""Views, routines, triggers, extensions and enums as each database writes them.

The forms are those of the databases' own references: "CREATE VIEW", "CREATE FUNCTION", "CREATE TRIGGER" and so on
of PostgreSQL 18, SQLite, MySQL 8.4, MariaDB 11, SQL Server 2022 and Oracle 23.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from async_migrate.ddl import EnsureType
from async_migrate.errors import NotCompilableError, UnsupportedOperationError
from async_migrate.operations.recorder import Recorder
from async_migrate.ops import (
    AddEnumValueOp,
    AlterColumnOp,
    CreateEnumOp,
    CreateExtensionOp,
    CreateFunctionOp,
    CreateProcedureOp,
    CreateTableOp,
    CreateTriggerOp,
    CreateViewOp,
    DropColumnOp,
    DropEnumOp,
    DropEnumValueOp,
    DropExtensionOp,
    DropFunctionOp,
    DropProcedureOp,
    DropTableOp,
    DropTriggerOp,
    DropViewOp,
    RefreshMaterializedViewOp,
    RenameEnumOp,
    RenameEnumValueOp,
    ReplaceFunctionOp,
    ReplaceProcedureOp,
    ReplaceTriggerOp,
    ReplaceViewOp,
)

if TYPE_CHECKING:
    from async_migrate.operations.base import MigrateOperation

ACCOUNT = sa.table("account", sa.column("id", sa.Integer), sa.column("name", sa.String))
QUERY = sa.select(ACCOUNT.c.id).where(ACCOUNT.c.name == "it's")
TITLES = {
    "postgresql": "PostgreSQL",
    "sqlite": "SQLite",
    "mysql": "MySQL",
    "mariadb": "MariaDB",
    "mssql": "SQL Server",
    "oracle": "Oracle",
}
DIALECTS = tuple(TITLES)

ORACLE_TOLERANT = "; EXCEPTION WHEN OTHERS THEN IF SQLCODE != {} THEN RAISE; END IF; END;"


def tolerant(sql: str, error: int) -> str:
    return f"BEGIN EXECUTE IMMEDIATE '{sql}'" + ORACLE_TOLERANT.format(error)


def everywhere(statement: str) -> dict[str, list[str]]:
    return {dialect: [statement] for dialect in DIALECTS}


PARTS: dict[str, Any] = {
    "arguments": ["a integer", "b integer DEFAULT 1"],
    "returns": "integer",
    "characteristics": ["DETERMINISTIC", "STRICT"],
}

# Operation, and its statements on each of the databases that have it.
FORMS: dict[str, tuple[MigrateOperation, dict[str, list[str]]]] = {
    "create view": (
        CreateViewOp("v", "SELECT 1;", schema="s", columns=["a", "B"]),
        {
            "postgresql": ['CREATE VIEW s.v (a, "B") AS SELECT 1'],
            "sqlite": ['CREATE VIEW s.v (a, "B") AS SELECT 1'],
            "mysql": ["CREATE VIEW s.v (a, `B`) AS SELECT 1"],
            "mariadb": ["CREATE VIEW s.v (a, `B`) AS SELECT 1"],
            "mssql": ["CREATE VIEW s.v (a, [B]) AS SELECT 1"],
            "oracle": ['CREATE VIEW s.v (a, "B") AS SELECT 1'],
        },
    ),
    "create view of a query": (
        CreateViewOp("v", QUERY),
        everywhere("CREATE VIEW v AS SELECT account.id FROM account WHERE account.name = 'it''s'"),
    ),
    "create view unless there": (
        CreateViewOp("v", "SELECT 1", if_not_exists=True),
        {
            "sqlite": ["CREATE VIEW IF NOT EXISTS v AS SELECT 1"],
            "mariadb": ["CREATE VIEW IF NOT EXISTS v AS SELECT 1"],
            "oracle": [tolerant("CREATE VIEW v AS SELECT 1", -955)],
        },
    ),
    "create view with check": (
        CreateViewOp("v", "SELECT 1", check_option="CASCADED"),
        {
            "postgresql": ["CREATE VIEW v AS SELECT 1 WITH CASCADED CHECK OPTION"],
            "mysql": ["CREATE VIEW v AS SELECT 1 WITH CASCADED CHECK OPTION"],
            "mariadb": ["CREATE VIEW v AS SELECT 1 WITH CASCADED CHECK OPTION"],
            "mssql": ["CREATE VIEW v AS SELECT 1 WITH CHECK OPTION"],
            "oracle": ["CREATE VIEW v AS SELECT 1 WITH CHECK OPTION"],
        },
    ),
    "create view with local check": (
        ReplaceViewOp("v", "SELECT 1", check_option="LOCAL"),
        {
            "postgresql": ["CREATE OR REPLACE VIEW v AS SELECT 1 WITH LOCAL CHECK OPTION"],
            "mysql": ["CREATE OR REPLACE VIEW v AS SELECT 1 WITH LOCAL CHECK OPTION"],
            "mariadb": ["CREATE OR REPLACE VIEW v AS SELECT 1 WITH LOCAL CHECK OPTION"],
        },
    ),
    "create view with the rights of its reader": (
        CreateViewOp("v", "SELECT 1", security_invoker=True),
        {
            "postgresql": ["CREATE VIEW v WITH (security_invoker = true) AS SELECT 1"],
            "mysql": ["CREATE SQL SECURITY INVOKER VIEW v AS SELECT 1"],
            "mariadb": ["CREATE SQL SECURITY INVOKER VIEW v AS SELECT 1"],
            "oracle": ["CREATE VIEW v BEQUEATH CURRENT_USER AS SELECT 1"],
        },
    ),
    "create view with the rights of its owner": (
        ReplaceViewOp("v", "SELECT 1", security_invoker=False),
        {
            "postgresql": ["CREATE OR REPLACE VIEW v WITH (security_invoker = false) AS SELECT 1"],
            "mysql": ["CREATE OR REPLACE SQL SECURITY DEFINER VIEW v AS SELECT 1"],
            "mariadb": ["CREATE OR REPLACE SQL SECURITY DEFINER VIEW v AS SELECT 1"],
            "oracle": ["CREATE OR REPLACE VIEW v BEQUEATH DEFINER AS SELECT 1"],
        },
    ),
    "replace view": (
        ReplaceViewOp("v", "SELECT 1", schema="s"),
        {
            "postgresql": ["CREATE OR REPLACE VIEW s.v AS SELECT 1"],
            "sqlite": ["DROP VIEW IF EXISTS s.v", "CREATE VIEW s.v AS SELECT 1"],
            "mysql": ["CREATE OR REPLACE VIEW s.v AS SELECT 1"],
            "mariadb": ["CREATE OR REPLACE VIEW s.v AS SELECT 1"],
            "mssql": ["CREATE OR ALTER VIEW s.v AS SELECT 1"],
            "oracle": ["CREATE OR REPLACE VIEW s.v AS SELECT 1"],
        },
    ),
    "recreate view": (
        ReplaceViewOp("v", "SELECT 1", recreate=True),
        {
            "postgresql": ["DROP VIEW IF EXISTS v", "CREATE VIEW v AS SELECT 1"],
            "sqlite": ["DROP VIEW IF EXISTS v", "CREATE VIEW v AS SELECT 1"],
            "mysql": ["DROP VIEW IF EXISTS v", "CREATE VIEW v AS SELECT 1"],
            "mariadb": ["DROP VIEW IF EXISTS v", "CREATE VIEW v AS SELECT 1"],
            "mssql": ["DROP VIEW IF EXISTS v", "CREATE VIEW v AS SELECT 1"],
            "oracle": [tolerant("DROP VIEW v", -942), "CREATE VIEW v AS SELECT 1"],
        },
    ),
    "drop view": (
        DropViewOp("v", schema="s"),
        everywhere("DROP VIEW s.v"),
    ),
    "drop view with what depends on it": (
        DropViewOp("v", if_exists=True, cascade=True),
        {"postgresql": ["DROP VIEW IF EXISTS v CASCADE"]},
    ),
    "create materialized view": (
        CreateViewOp("v", "SELECT 1", materialized=True, columns=["a"]),
        {
            "postgresql": ["CREATE MATERIALIZED VIEW v (a) AS SELECT 1"],
            "oracle": ["CREATE MATERIALIZED VIEW v (a) AS SELECT 1"],
        },
    ),
    "create materialized view without data": (
        CreateViewOp("v", "SELECT 1", materialized=True, with_data=False, if_not_exists=True),
        {
            "postgresql": ["CREATE MATERIALIZED VIEW IF NOT EXISTS v AS SELECT 1 WITH NO DATA"],
            "oracle": [tolerant("CREATE MATERIALIZED VIEW v BUILD DEFERRED AS SELECT 1", -12006)],
        },
    ),
    "create materialized view with data": (
        CreateViewOp("v", "SELECT 1", materialized=True, with_data=True),
        {
            "postgresql": ["CREATE MATERIALIZED VIEW v AS SELECT 1 WITH DATA"],
            "oracle": ["CREATE MATERIALIZED VIEW v BUILD IMMEDIATE AS SELECT 1"],
        },
    ),
    "replace materialized view": (
        ReplaceViewOp("v", "SELECT 1", materialized=True),
        {
            "postgresql": ["DROP MATERIALIZED VIEW IF EXISTS v", "CREATE MATERIALIZED VIEW v AS SELECT 1"],
            "oracle": [
                tolerant("DROP MATERIALIZED VIEW v", -12003),
                "CREATE MATERIALIZED VIEW v AS SELECT 1",
            ],
        },
    ),
    "refresh materialized view": (
        RefreshMaterializedViewOp("v", schema="s"),
        {
            "postgresql": ["REFRESH MATERIALIZED VIEW s.v"],
            "oracle": ["BEGIN DBMS_MVIEW.REFRESH('s.v'); END;"],
        },
    ),
    "refresh materialized view concurrently": (
        RefreshMaterializedViewOp("V", concurrently=True),
        {"postgresql": ['REFRESH MATERIALIZED VIEW CONCURRENTLY "V"']},
    ),
    "empty materialized view": (
        RefreshMaterializedViewOp("v", with_data=False),
        {"postgresql": ["REFRESH MATERIALIZED VIEW v WITH NO DATA"]},
    ),
    "drop materialized view": (
        DropViewOp("v", materialized=True, if_exists=True),
        {
            "postgresql": ["DROP MATERIALIZED VIEW IF EXISTS v"],
            "oracle": [tolerant("DROP MATERIALIZED VIEW v", -12003)],
        },
    ),
    "create function": (
        CreateFunctionOp("f", schema="s", body="RETURN a;", **PARTS),
        {
            "postgresql": [
                (
                    "CREATE FUNCTION s.f(a integer, b integer DEFAULT 1) RETURNS integer LANGUAGE sql "
                    "DETERMINISTIC STRICT RETURN a"
                )
            ],
            "mysql": [
                "CREATE FUNCTION s.f(a integer, b integer DEFAULT 1) RETURNS integer DETERMINISTIC STRICT RETURN a"
            ],
            "mariadb": [
                "CREATE FUNCTION s.f(a integer, b integer DEFAULT 1) RETURNS integer DETERMINISTIC STRICT RETURN a"
            ],
            "mssql": [
                (
                    "CREATE FUNCTION s.f(a integer, b integer DEFAULT 1) RETURNS integer WITH DETERMINISTIC, STRICT "
                    "AS RETURN a;"
                )
            ],
            "oracle": [
                "CREATE FUNCTION s.f(a integer, b integer DEFAULT 1) RETURN integer DETERMINISTIC STRICT IS RETURN a;"
            ],
        },
    ),
    "create function in a language": (
        CreateFunctionOp("f", returns="integer", language="plpgsql", body="BEGIN\n    RETURN 1;\nEND;"),
        {
            "postgresql": [
                "CREATE FUNCTION f() RETURNS integer LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END; $$"
            ],
            "mysql": ["CREATE FUNCTION f() RETURNS integer LANGUAGE plpgsql BEGIN RETURN 1; END"],
            "mariadb": ["CREATE FUNCTION f() RETURNS integer LANGUAGE plpgsql BEGIN RETURN 1; END"],
        },
    ),
    "create function with quotes of its own": (
        CreateFunctionOp("f", returns="text", body="SELECT $$a$$ || '$body1$'"),
        {
            "postgresql": [
                "CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $body2$ SELECT $$a$$ || '$body1$' $body2$"
            ]
        },
    ),
    "create function whose body is parsed": (
        CreateFunctionOp("f", returns="integer", body="BEGIN ATOMIC\n  SELECT 1;\nEND;"),
        {"postgresql": ["CREATE FUNCTION f() RETURNS integer LANGUAGE sql BEGIN ATOMIC SELECT 1; END"]},
    ),
    "create function by a statement": (
        CreateFunctionOp("f", "CREATE FUNCTION f() RETURN INT IS BEGIN RETURN 1; END;"),
        {
            "postgresql": ["CREATE FUNCTION f() RETURN INT IS BEGIN RETURN 1; END"],
            "mysql": ["CREATE FUNCTION f() RETURN INT IS BEGIN RETURN 1; END"],
            "mariadb": ["CREATE FUNCTION f() RETURN INT IS BEGIN RETURN 1; END"],
            "mssql": ["CREATE FUNCTION f() RETURN INT IS BEGIN RETURN 1; END"],
            "oracle": ["CREATE FUNCTION f() RETURN INT IS BEGIN RETURN 1; END;"],
        },
    ),
    "replace function": (
        ReplaceFunctionOp("f", returns="integer", body="RETURN 1", arguments=["a integer DEFAULT 1"]),
        {
            "postgresql": [
                "CREATE OR REPLACE FUNCTION f(a integer DEFAULT 1) RETURNS integer LANGUAGE sql RETURN 1"
            ],
            "mysql": [
                "DROP FUNCTION IF EXISTS f",
                "CREATE FUNCTION f(a integer DEFAULT 1) RETURNS integer RETURN 1",
            ],
            "mariadb": ["CREATE OR REPLACE FUNCTION f(a integer DEFAULT 1) RETURNS integer RETURN 1"],
            "mssql": ["CREATE OR ALTER FUNCTION f(a integer DEFAULT 1) RETURNS integer AS RETURN 1"],
            "oracle": ["CREATE OR REPLACE FUNCTION f(a integer DEFAULT 1) RETURN integer IS RETURN 1"],
        },
    ),
    "replace function by a statement": (
        ReplaceFunctionOp("f", "/* CREATE */ -- it\nCREATE  FUNCTION f() CREATE FUNCTION g()"),
        {
            "postgresql": ["/* CREATE */ -- it CREATE OR REPLACE FUNCTION f() CREATE FUNCTION g()"],
            "mysql": [
                "DROP FUNCTION IF EXISTS f",
                "/* CREATE */ -- it CREATE FUNCTION f() CREATE FUNCTION g()",
            ],
            "mariadb": ["/* CREATE */ -- it CREATE OR REPLACE FUNCTION f() CREATE FUNCTION g()"],
            "mssql": ["/* CREATE */ -- it CREATE OR ALTER FUNCTION f() CREATE FUNCTION g()"],
            "oracle": ["/* CREATE */ -- it CREATE OR REPLACE FUNCTION f() CREATE FUNCTION g()"],
        },
    ),
    "replace function by a statement that says so": (
        ReplaceFunctionOp("f", "create or /**/ replace function f()"),
        {
            "postgresql": ["CREATE OR REPLACE function f()"],
            "mysql": ["DROP FUNCTION IF EXISTS f", "CREATE function f()"],
            "mariadb": ["CREATE OR REPLACE function f()"],
            "mssql": ["CREATE OR ALTER function f()"],
            "oracle": ["CREATE OR REPLACE function f()"],
        },
    ),
    "recreate function": (
        ReplaceFunctionOp(
            "f", "CREATE OR ALTER FUNCTION f()", schema="s", arguments=["a integer := 1"], recreate=True
        ),
        {
            "postgresql": ["DROP FUNCTION IF EXISTS s.f(a integer)", "CREATE FUNCTION f()"],
            "mysql": ["DROP FUNCTION IF EXISTS s.f", "CREATE FUNCTION f()"],
            "mariadb": ["DROP FUNCTION IF EXISTS s.f", "CREATE FUNCTION f()"],
            "mssql": ["DROP FUNCTION IF EXISTS s.f", "CREATE FUNCTION f()"],
            "oracle": [tolerant("DROP FUNCTION s.f", -4043), "CREATE FUNCTION f()"],
        },
    ),
    "drop function": (
        DropFunctionOp("f", ["IN a \"char\" default 'x=y'", "default_b text", 'VARIADIC "c = d" text[]']),
        {
            "postgresql": ['DROP FUNCTION f(IN a "char", default_b text, VARIADIC "c = d" text[])'],
            "mysql": ["DROP FUNCTION f"],
            "mariadb": ["DROP FUNCTION f"],
            "mssql": ["DROP FUNCTION f"],
            "oracle": ["DROP FUNCTION f"],
        },
    ),
    "drop function without arguments": (
        DropFunctionOp("f", [], if_exists=True),
        {
            "postgresql": ["DROP FUNCTION IF EXISTS f()"],
            "mysql": ["DROP FUNCTION IF EXISTS f"],
            "mariadb": ["DROP FUNCTION IF EXISTS f"],
            "mssql": ["DROP FUNCTION IF EXISTS f"],
            "oracle": [tolerant("DROP FUNCTION f", -4043)],
        },
    ),
    "drop the one function of that name": (
        DropFunctionOp("f", cascade=True),
        {"postgresql": ["DROP FUNCTION f CASCADE"]},
    ),
    "create procedure": (
        CreateProcedureOp("p", body="BEGIN NULL; END;"),
        {
            "postgresql": ["CREATE PROCEDURE p() LANGUAGE sql AS $$ BEGIN NULL; END; $$"],
            "mysql": ["CREATE PROCEDURE p() BEGIN NULL; END"],
            "mariadb": ["CREATE PROCEDURE p() BEGIN NULL; END"],
            "mssql": ["CREATE PROCEDURE p AS BEGIN NULL; END;"],
            "oracle": ["CREATE PROCEDURE p IS BEGIN NULL; END;"],
        },
    ),
    "replace procedure": (
        ReplaceProcedureOp("p", body="SET @a = 1", arguments=["@a int"]),
        {
            "postgresql": ["CREATE OR REPLACE PROCEDURE p(@a int) LANGUAGE sql AS $$ SET @a = 1 $$"],
            "mysql": ["DROP PROCEDURE IF EXISTS p", "CREATE PROCEDURE p(@a int) SET @a = 1"],
            "mariadb": ["CREATE OR REPLACE PROCEDURE p(@a int) SET @a = 1"],
            "mssql": ["CREATE OR ALTER PROCEDURE p(@a int) AS SET @a = 1"],
            "oracle": ["CREATE OR REPLACE PROCEDURE p(@a int) IS SET @a = 1"],
        },
    ),
    "drop procedure": (
        DropProcedureOp("p", ["INOUT a integer"], if_exists=True),
        {
            "postgresql": ["DROP PROCEDURE IF EXISTS p(INOUT a integer)"],
            "mysql": ["DROP PROCEDURE IF EXISTS p"],
            "mariadb": ["DROP PROCEDURE IF EXISTS p"],
            "mssql": ["DROP PROCEDURE IF EXISTS p"],
            "oracle": [tolerant("DROP PROCEDURE p", -4043)],
        },
    ),
    "create trigger": (
        CreateTriggerOp("r", "t", schema="s", timing="AFTER", events=["INSERT"], body="BEGIN X; END;"),
        {
            "postgresql": ["CREATE TRIGGER r AFTER INSERT ON s.t BEGIN X; END"],
            "sqlite": ["CREATE TRIGGER s.r AFTER INSERT ON t BEGIN X; END"],
            "mysql": ["CREATE TRIGGER s.r AFTER INSERT ON s.t FOR EACH ROW BEGIN X; END"],
            "mariadb": ["CREATE TRIGGER s.r AFTER INSERT ON s.t FOR EACH ROW BEGIN X; END"],
            "mssql": ["CREATE TRIGGER s.r ON s.t AFTER INSERT AS BEGIN X; END;"],
            "oracle": ["CREATE TRIGGER s.r AFTER INSERT ON s.t BEGIN X; END;"],
        },
    ),
    "create trigger for each row": (
        CreateTriggerOp("R", "t", timing="BEFORE", events=["DELETE"], for_each="ROW", body="X"),
        {
            "postgresql": ['CREATE TRIGGER "R" BEFORE DELETE ON t FOR EACH ROW X'],
            "sqlite": ['CREATE TRIGGER "R" BEFORE DELETE ON t FOR EACH ROW X'],
            "mysql": ["CREATE TRIGGER `R` BEFORE DELETE ON t FOR EACH ROW X"],
            "mariadb": ["CREATE TRIGGER `R` BEFORE DELETE ON t FOR EACH ROW X"],
            "oracle": ['CREATE TRIGGER "R" BEFORE DELETE ON t FOR EACH ROW X'],
        },
    ),
    "create trigger for some columns": (
        CreateTriggerOp("r", "t", timing="AFTER", events=["UPDATE OF a, b"], body="X", when="NEW.a > 1"),
        {
            "postgresql": ["CREATE TRIGGER r AFTER UPDATE OF a, b ON t WHEN (NEW.a > 1) X"],
            "sqlite": ["CREATE TRIGGER r AFTER UPDATE OF a, b ON t WHEN (NEW.a > 1) X"],
            "oracle": ["CREATE TRIGGER r AFTER UPDATE OF a, b ON t WHEN (NEW.a > 1) X"],
        },
    ),
    "create trigger for several events": (
        CreateTriggerOp(
            "r", "t", timing="AFTER", events=["INSERT", "DELETE"], for_each="STATEMENT", body="X"
        ),
        {
            "postgresql": ["CREATE TRIGGER r AFTER INSERT OR DELETE ON t FOR EACH STATEMENT X"],
            "mssql": ["CREATE TRIGGER r ON t AFTER INSERT, DELETE AS X"],
            "oracle": ["CREATE TRIGGER r AFTER INSERT OR DELETE ON t X"],
        },
    ),
    "create trigger instead": (
        CreateTriggerOp("r", "v", timing="INSTEAD OF", events=["INSERT"], body="X"),
        {
            "postgresql": ["CREATE TRIGGER r INSTEAD OF INSERT ON v X"],
            "sqlite": ["CREATE TRIGGER r INSTEAD OF INSERT ON v X"],
            "mssql": ["CREATE TRIGGER r ON v INSTEAD OF INSERT AS X"],
            "oracle": ["CREATE TRIGGER r INSTEAD OF INSERT ON v X"],
        },
    ),
    "replace trigger": (
        ReplaceTriggerOp("r", "t", schema="s", timing="AFTER", events=["INSERT"], body="X"),
        {
            "postgresql": ["CREATE OR REPLACE TRIGGER r AFTER INSERT ON s.t X"],
            "sqlite": ["DROP TRIGGER IF EXISTS s.r", "CREATE TRIGGER s.r AFTER INSERT ON t X"],
            "mysql": [
                "DROP TRIGGER IF EXISTS s.r",
                "CREATE TRIGGER s.r AFTER INSERT ON s.t FOR EACH ROW X",
            ],
            "mariadb": ["CREATE OR REPLACE TRIGGER s.r AFTER INSERT ON s.t FOR EACH ROW X"],
            "mssql": ["CREATE OR ALTER TRIGGER s.r ON s.t AFTER INSERT AS X"],
            "oracle": ["CREATE OR REPLACE TRIGGER s.r AFTER INSERT ON s.t X"],
        },
    ),
    "recreate trigger by a statement": (
        ReplaceTriggerOp("r", "t", "CREATE CONSTRAINT TRIGGER r;", schema="s", recreate=True),
        {
            "postgresql": ["DROP TRIGGER IF EXISTS r ON s.t", "CREATE CONSTRAINT TRIGGER r"],
            "sqlite": ["DROP TRIGGER IF EXISTS s.r", "CREATE CONSTRAINT TRIGGER r"],
            "mysql": ["DROP TRIGGER IF EXISTS s.r", "CREATE CONSTRAINT TRIGGER r"],
            "mariadb": ["DROP TRIGGER IF EXISTS s.r", "CREATE CONSTRAINT TRIGGER r"],
            "mssql": ["DROP TRIGGER IF EXISTS s.r", "CREATE CONSTRAINT TRIGGER r"],
            "oracle": [tolerant("DROP TRIGGER s.r", -4080), "CREATE CONSTRAINT TRIGGER r;"],
        },
    ),
    "drop trigger": (
        DropTriggerOp("r", "t", schema="s"),
        {
            "postgresql": ["DROP TRIGGER r ON s.t"],
            "sqlite": ["DROP TRIGGER s.r"],
            "mysql": ["DROP TRIGGER s.r"],
            "mariadb": ["DROP TRIGGER s.r"],
            "mssql": ["DROP TRIGGER s.r"],
            "oracle": ["DROP TRIGGER s.r"],
        },
    ),
    "create extension": (
        CreateExtensionOp("uuid-ossp", schema="S", version="1.1", cascade=True, if_not_exists=True),
        {"postgresql": ['CREATE EXTENSION IF NOT EXISTS "uuid-ossp" SCHEMA "S" VERSION \'1.1\' CASCADE']},
    ),
    "create plain extension": (
        CreateExtensionOp("citext"),
        {"postgresql": ["CREATE EXTENSION citext"]},
    ),
    "drop extension": (
        DropExtensionOp("citext", if_exists=True, cascade=True),
        {"postgresql": ["DROP EXTENSION IF EXISTS citext CASCADE"]},
    ),
    "create enum": (
        CreateEnumOp("e", ["a", "it's"], schema="s"),
        {"postgresql": ["CREATE TYPE s.e AS ENUM ('a', 'it''s')"]},
    ),
    "create enum unless there": (
        CreateEnumOp("e", ["a"], if_not_exists=True),
        {"postgresql": ["ENSURE e"]},
    ),
    "drop enum": (
        DropEnumOp("E", schema="s", if_exists=True),
        {"postgresql": ['DROP TYPE IF EXISTS s."E"']},
    ),
    "rename enum": (
        RenameEnumOp("e", "F", schema="s"),
        {"postgresql": ['ALTER TYPE s.e RENAME TO "F"']},
    ),
    "add enum value": (AddEnumValueOp("e", "it's"), {"postgresql": ["ALTER TYPE e ADD VALUE 'it''s'"]}),
    "add enum value before": (
        AddEnumValueOp("e", "a", before="b", if_not_exists=True, schema="s"),
        {"postgresql": ["ALTER TYPE s.e ADD VALUE IF NOT EXISTS 'a' BEFORE 'b'"]},
    ),
    "add enum value after": (
        AddEnumValueOp("e", "a", after="b"),
        {"postgresql": ["ALTER TYPE e ADD VALUE 'a' AFTER 'b'"]},
    ),
    "rename enum value": (
        RenameEnumValueOp("e", "a", "it's", schema="s"),
        {"postgresql": ["ALTER TYPE s.e RENAME VALUE 'a' TO 'it''s'"]},
    ),
}


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", FORMS)
def test_a_database_has_its_form_or_says_that_it_cannot(sql: Any, name: str, dialect: str) -> None:
    operation, forms = FORMS[name]
    if dialect in forms:
        assert sql(dialect, operation) == forms[dialect]
        return
    # Functions of PostgreSQL's own languages make sense nowhere else.
    if isinstance(operation, CreateFunctionOp) and dialect != "sqlite" and operation.language is None:
        return
    with pytest.raises(UnsupportedOperationError) as caught:
        sql(dialect, operation)
    assert caught.value.dialect == TITLES[dialect]
    assert f"is not possible on {TITLES[dialect]}: it cannot " in str(caught.value)
    assert str(caught.value).endswith(" Nothing was executed.")


LOOK_FIRST = "Use op.replace_view(), or look first, with sqlalchemy.inspect(op.get_bind())."
WORDS: dict[str, tuple[str, MigrateOperation, str]] = {
    "guard": (
        "postgresql",
        CreateViewOp("v", "SELECT 1", if_not_exists=True),
        (
            "create_view() is not possible on PostgreSQL: it cannot create a view only if it does not exist. "
            f"{LOOK_FIRST} Nothing was executed."
        ),
    ),
    "materialized": (
        "sqlite",
        CreateViewOp("v", "SELECT 1", materialized=True),
        (
            "create_materialized_view() is not possible on SQLite: it cannot keep the rows of a view. Create a "
            "plain view, or a table that is filled when it should be. Nothing was executed."
        ),
    ),
    "drop materialized": (
        "mssql",
        DropViewOp("v", materialized=True),
        (
            "drop_materialized_view() is not possible on SQL Server: it cannot keep the rows of a view. Create a "
            "plain view, or a table that is filled when it should be. Nothing was executed."
        ),
    ),
    "refresh": (
        "oracle",
        RefreshMaterializedViewOp("v", concurrently=True),
        (
            "refresh_materialized_view() is not possible on Oracle: it cannot be told to leave a materialized view "
            "readable while it is filled. Leave concurrently out. Nothing was executed."
        ),
    ),
    "local check": (
        "mssql",
        CreateViewOp("v", "SELECT 1", check_option="LOCAL"),
        (
            "create_view() is not possible on SQL Server: it cannot check the conditions of one view and not those "
            'of the views below it. Use check_option="CASCADED". Nothing was executed.'
        ),
    ),
    "cascade": (
        "mysql",
        DropViewOp("v", cascade=True),
        (
            "drop_view() is not possible on MySQL: it cannot drop what depends on the view 'v'. Drop that first, in "
            "operations of its own, and leave cascade out. Nothing was executed."
        ),
    ),
    "function": (
        "sqlite",
        CreateFunctionOp("f", body="x"),
        (
            "create_function() is not possible on SQLite: it cannot keep a function in the database. Give the "
            "application's connections the function, with create_function() of the driver, or use a trigger. "
            "Nothing was executed."
        ),
    ),
    "drop procedure": (
        "sqlite",
        DropProcedureOp("p"),
        (
            "drop_procedure() is not possible on SQLite: it cannot keep a procedure in the database. Give the "
            "application's connections the function, with create_function() of the driver, or use a trigger. "
            "Nothing was executed."
        ),
    ),
    "language": (
        "mssql",
        CreateFunctionOp("f", body="x", language="sql"),
        (
            "create_function() is not possible on SQL Server: it cannot choose the language 'sql' for a function. "
            "Leave language out, and write the body in the language of the database. Nothing was executed."
        ),
    ),
    "trigger": (
        "mysql",
        CreateTriggerOp("r", "t", timing="AFTER", events=["INSERT", "DELETE"], body="x"),
        (
            "create_trigger() is not possible on MySQL: it cannot let several events make one trigger run. Create a "
            "trigger for each of them. Nothing was executed."
        ),
    ),
    "extension": (
        "sqlite",
        CreateExtensionOp("x"),
        (
            "create_extension() is not possible on SQLite: it cannot be extended. Only PostgreSQL has extensions; "
            "run this on PostgreSQL only, behind a look at op.get_context().dialect.name. Nothing was executed."
        ),
    ),
    "enum": (
        "mysql",
        AddEnumValueOp("e", "a"),
        (
            "add_enum_value() is not possible on MySQL: it cannot give an enum a name of its own. Only PostgreSQL "
            "has enum types; elsewhere sa.Enum is part of its column, and op.alter_column(type_=sa.Enum(...)) "
            "changes it. Nothing was executed."
        ),
    ),
}


@pytest.mark.parametrize(("dialect", "operation", "words"), WORDS.values(), ids=WORDS)
def test_what_is_not_possible_is_refused_in_words(
    ddl: Any, dialect: str, operation: MigrateOperation, words: str
) -> None:
    with pytest.raises(UnsupportedOperationError) as caught:
        ddl(dialect).actions(operation)
    assert str(caught.value) == words


@pytest.mark.parametrize(
    "operation",
    [
        CreateEnumOp("e", ["a"]),
        DropEnumOp("e"),
        RenameEnumOp("e", "f"),
        AddEnumValueOp("e", "a"),
        DropEnumValueOp("e", "a", columns=[]),
        RenameEnumValueOp("e", "a", "b"),
        CreateExtensionOp("x"),
        DropExtensionOp("x"),
    ],
    ids=lambda operation: operation.visit_name,
)
@pytest.mark.parametrize("dialect", DIALECTS[1:])
def test_only_postgresql_has_enums_and_extensions(ddl: Any, dialect: str, operation: Any) -> None:
    ddl("postgresql").actions(operation)
    with pytest.raises(UnsupportedOperationError, match="Only PostgreSQL has"):
        ddl(dialect).actions(operation)


def test_what_sqlalchemy_cannot_write_is_refused_beforehand(ddl: Any) -> None:
    query = sa.select(sa.literal(object(), sa.LargeBinary))
    with pytest.raises(NotCompilableError, match=r"create_view\(\) cannot be written as SQL of PostgreSQL"):
        ddl("postgresql").actions(CreateViewOp("v", query))


def test_triggers_are_made_anew_before_postgresql_14(ddl: Any) -> None:
    generator = ddl("postgresql")
    operation = ReplaceTriggerOp("r", "t", "CREATE TRIGGER r")
    for version, count in (((13, 9), 2), ((14, 0), 1)):
        generator.dialect.server_version_info = version
        assert len(list(generator.actions(operation))) == count


def test_a_value_is_committed_at_once_and_all_else_is_not(ddl: Any) -> None:
    generator = ddl("postgresql")
    [added] = generator.actions(AddEnumValueOp("e", "a"))
    [renamed] = generator.actions(RenameEnumValueOp("e", "a", "b"))
    [dropped] = generator.actions(DropEnumValueOp("e", "a", columns=[]))
    assert (added.autocommit, renamed.autocommit, dropped.autocommit) == (True, False, False)


def test_a_script_commits_around_a_value() -> None:
    recorder = Recorder("postgresql")
    context = recorder.op.get_context()
    context.executor.begin()
    recorder.op.add_enum_value("e", "a")
    context.executor.commit()
    assert recorder.script().split("\n\n")[:-1] == [
        "BEGIN;",
        "COMMIT;",
        "ALTER TYPE e ADD VALUE 'a';",
        "BEGIN;",
        "COMMIT;",
    ]


def test_the_whole_text_of_statements_keeps_its_lines() -> None:
    recorder = Recorder("postgresql")
    recorder.op.create_view("v", "SELECT a -- the first\nFROM t -- the table", check_option="LOCAL")
    recorder.op.create_function(
        "f", returns="integer", language="plpgsql", body="BEGIN\n    RETURN 1 % 2;\nEND"
    )
    assert recorder.statements() == [
        "CREATE VIEW v AS\nSELECT a -- the first\nFROM t -- the table\nWITH LOCAL CHECK OPTION",
        "CREATE FUNCTION f()\nRETURNS integer\nLANGUAGE plpgsql\nAS $$\nBEGIN\n    RETURN 1 % 2;\nEND\n$$",
    ]
    sent = Recorder("postgresql+psycopg")
    sent.op.create_view("v", "SELECT 1 % 2")
    sent.op.create_function("f", body="RETURN 1 % 2", returns="integer")
    sent.op.create_trigger("r", "t", timing="AFTER", events=["INSERT"], when="1 % 2 = 1", body="x %")
    # This driver formats parameters into the text, so it wants percent signs doubled.
    assert [one.sql.count("%%") for one in sent.sent()] == [1, 1, 2]
    assert [one.sql.replace("%%", "").count("%") for one in sent.sent()] == [0, 0, 0]


# --- types that go with what brought them -------------------------------------------------------------------


def dropped_types(sql: Any, operation: MigrateOperation, dialect: str = "postgresql") -> list[str]:
    """Return the types in the blocks behind the drop itself."""
    statements = sql(dialect, operation)
    assert statements[0].startswith(("DROP TABLE", "ALTER TABLE"))
    assert all(block.startswith("DO $$ BEGIN IF EXISTS") for block in statements[1:])
    return [block.partition("DROP TYPE ")[2].partition(";")[0] for block in statements[1:]]


def test_types_of_a_table_go_with_it(sql: Any) -> None:
    mood = sa.Enum("a", name="mood")
    table = sa.Table(
        "t",
        sa.MetaData(),
        sa.Column("a", mood),
        sa.Column("b", postgresql.ARRAY(mood)),
        sa.Column("c", sa.Enum("a", name="other", schema="s")),
        sa.Column("d", postgresql.ENUM("a", name="shared", create_type=False)),
        sa.Column("e", postgresql.DOMAIN("positive", sa.Integer)),
        sa.Column("f", sa.Enum("a", name="check_only", native_enum=False)),
        sa.Column("g", sa.String),
        schema="s",
    )
    create = CreateTableOp.from_table(table)
    assert dropped_types(sql, create.reverse()) == ["mood", "s.other", "positive"]
    assert dropped_types(sql, DropTableOp.from_table(table)) == ["mood", "s.other", "positive"]
    assert dropped_types(sql, create.reverse(), "sqlite") == []


def test_types_that_are_listed_go_too(sql: Any) -> None:
    listed = [sa.Enum(name="mood"), sa.Enum(name="Mood", schema="s"), sa.Enum(name="mood")]
    assert dropped_types(sql, DropTableOp("t", drop_types=listed)) == ["mood", 's."Mood"']
    assert dropped_types(sql, DropColumnOp("t", "c", postgresql_drop_types=listed)) == ["mood", 's."Mood"']
    assert dropped_types(sql, DropTableOp("t")) == []
    assert dropped_types(sql, DropColumnOp("t", "c")) == []
    assert dropped_types(sql, DropColumnOp("t", "c", existing_type=sa.Enum("a", name="mood"))) == []


def test_the_type_of_a_column_goes_with_it(sql: Any) -> None:
    column = sa.Column("c", sa.Enum("a", name="mood", schema="s"))
    drop = DropColumnOp.from_column_and_tablename("s", "t", column)
    assert dropped_types(sql, drop) == ["s.mood"]
    assert column.table is None


def test_a_column_that_changes_takes_only_types_that_are_listed(sql: Any) -> None:
    mood = sa.Enum("a", name="mood")
    assert sql("postgresql", AlterColumnOp("t", "c", existing_type=mood, modify_type=sa.Text())) == [
        "ALTER TABLE t ALTER COLUMN c TYPE TEXT"
    ]
    listed = AlterColumnOp("t", "c", modify_type=sa.Text(), postgresql_drop_types=[sa.Enum(name="mood")])
    assert dropped_types(sql, listed) == ["mood"]


def test_a_script_creates_a_type_where_it_is_needed_and_not_there() -> None:
    recorder = Recorder("postgresql")
    op = recorder.op
    table = [sa.Column("c", sa.Enum("x", name="mood"))]
    op.create_enum("mood", ["x"])
    op.create_table("a", *table)
    op.rename_enum("mood", "temper")
    op.create_table("b", *table)
    op.create_table("c", sa.Column("c", sa.Enum("x", name="temper")))
    op.drop_table("b", postgresql_drop_types=[sa.Enum(name="mood")])
    op.create_table("d", *table)
    op.drop_enum("temper")
    op.create_enum("temper", ["x"], if_not_exists=True)
    kinds = [" ".join(statement.split()[:3]) for statement in recorder.statements()]
    assert kinds == [
        "CREATE TYPE mood",
        "CREATE TABLE a",
        "ALTER TYPE mood",
        "CREATE TYPE mood",
        "CREATE TABLE b",
        "CREATE TABLE c",
        "DROP TABLE b",
        "DO $$ BEGIN",
        "CREATE TYPE mood",
        "CREATE TABLE d",
        "DROP TYPE temper",
        "CREATE TYPE temper",
    ]


def test_a_script_drops_a_type_only_if_the_operation_knows_it() -> None:
    recorder = Recorder("postgresql")
    table = sa.Table("t", sa.MetaData(), sa.Column("a", sa.Enum("x", name="mood")))
    recorder.op.invoke(CreateTableOp.from_table(table))
    recorder.op.drop_table("t")
    recorder.op.invoke(CreateTableOp.from_table(table).reverse())
    kinds = [statement.split()[0:2] for statement in recorder.statements()]
    assert kinds == [
        ["CREATE", "TYPE"],
        ["CREATE", "TABLE"],
        ["DROP", "TABLE"],
        ["DROP", "TABLE"],
        ["DO", "$$"],
    ]


def test_an_enum_that_is_ensured_is_one_for_tables_too(ddl: Any) -> None:
    [action] = ddl("postgresql").actions(CreateEnumOp("e", ["a", "b"], schema="s", if_not_exists=True))
    assert isinstance(action, EnsureType)
    assert (action.type.name, action.type.schema, action.type.enums) == ("e", "s", ["a", "b"])  # type: ignore[union-attr]
