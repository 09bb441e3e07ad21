"""Directives for views, routines, triggers, extensions and enums: their code, what it makes, and how it is laid out."""

from __future__ import annotations

import ast
import dataclasses
import re
import textwrap
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.elements import quoted_name

from async_migrate import ops
from async_migrate.errors import UnrenderableExpressionError
from async_migrate.operations.context import MigrationContext
from async_migrate.operations.facade import Operations
from async_migrate.operations.recorder import Recorder
from async_migrate.render import render
from async_migrate.render.wording import changes
from async_migrate.scripts import writer

if TYPE_CHECKING:
    from collections.abc import Callable

PG = postgresql.dialect()
SQL = "SELECT a,\n    b  -- the second\n\nFROM t\nWHERE c = 'it''s'"
FUNCTION = "CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $$\nBEGIN\n    RETURN '\\d \"x\"';\nEND\n$$"
CREATE_VIEW = ops.CreateViewOp("v", SQL, schema="s")

CASES: dict[str, ops.MigrateOperation] = {
    "create view": CREATE_VIEW,
    "create view options": ops.CreateViewOp(
        "v", "SELECT 1", columns=["a", quoted_name("b", quote=True)], if_not_exists=True, check_option="LOCAL"
    ),
    "create view of reader": ops.CreateViewOp(
        quoted_name("v", quote=True), "SELECT 1", security_invoker=False
    ),
    "replace view": ops.ReplaceViewOp("v", SQL, old_definition=SQL, recreate=True),
    "replace view plainly": ops.ReplaceViewOp("v", "SELECT 1", schema="s"),
    "drop view": ops.DropViewOp("v", schema="s", if_exists=True, cascade=True),
    "drop view known": CREATE_VIEW.reverse(),
    "create materialized view": ops.CreateViewOp(
        "v", SQL, materialized=True, with_data=False, if_not_exists=True
    ),
    "replace materialized view": ops.ReplaceViewOp(
        "v", SQL, materialized=True, with_data=True, old_definition="SELECT 1"
    ),
    "drop materialized view": ops.DropViewOp("v", materialized=True),
    "refresh materialized view": ops.RefreshMaterializedViewOp(
        "v", schema="s", concurrently=True, with_data=True
    ),
    "create function": ops.CreateFunctionOp("f", FUNCTION, schema="s", arguments=["a integer"]),
    "create function parts": ops.CreateFunctionOp(
        "f",
        arguments=[],
        returns="text",
        language="plpgsql",
        body="BEGIN\n    RETURN 1;\nEND",
        characteristics=["STRICT", "IMMUTABLE"],
    ),
    "replace function": ops.ReplaceFunctionOp(
        "f", FUNCTION, old_definition="CREATE FUNCTION f()", recreate=True
    ),
    "drop function": ops.DropFunctionOp("f", ["a integer"], if_exists=True, cascade=False),
    "drop function by name": ops.DropFunctionOp("f", schema="s"),
    "create procedure": ops.CreateProcedureOp("p", body="SELECT 1", arguments=["IN a integer"]),
    "replace procedure": ops.ReplaceProcedureOp("p", body="SELECT 2", old_definition="SELECT\n  1"),
    "drop procedure": ops.DropProcedureOp("p", []),
    "create trigger": ops.CreateTriggerOp("r", "t", "CREATE TRIGGER r\nBEGIN\n  SELECT 1;\nEND", schema="s"),
    "create trigger parts": ops.CreateTriggerOp(
        "r",
        "t",
        timing="INSTEAD OF",
        events=["INSERT", "UPDATE OF a"],
        for_each="ROW",
        when="NEW.a > '%'",
        body="EXECUTE FUNCTION f()",
    ),
    "replace trigger": ops.ReplaceTriggerOp(
        "r", "t", timing="AFTER", events=["DELETE"], body="X", old_definition="Y", recreate=True
    ),
    "drop trigger": ops.DropTriggerOp("r", "t", schema="s", if_exists=True, cascade=True),
    "create extension": ops.CreateExtensionOp("x", schema="s", version="1", cascade=True, if_not_exists=True),
    "drop extension": ops.DropExtensionOp("x", if_exists=True, cascade=True),
    "create enum": ops.CreateEnumOp("e", ("a", "it's"), schema="s", if_not_exists=True),
    "drop enum": ops.DropEnumOp("e", schema="s", if_exists=True),
    "rename enum": ops.RenameEnumOp("e", "f", schema="s"),
    "add enum value": ops.AddEnumValueOp("e", "a", after="b", columns=[("t", "c"), ("t", "c", None)]),
    "add enum value before": ops.AddEnumValueOp("e", "a", before="b", schema="s", if_not_exists=True),
    "drop enum value": ops.DropEnumValueOp("e", "a", columns=[("t", "c", "s")], schema="s"),
    "rename enum value": ops.RenameEnumValueOp("e", "a", "b", schema="s"),
    # Texts that a reader could not give back as they are, were they written on lines of their own.
    "text with triple quotes": ops.CreateViewOp("v", 'SELECT """a"""\nFROM t'),
    "text with an indented start": dataclasses.replace(CREATE_VIEW),
    "text with a carriage return": ops.CreateViewOp("v", "SELECT '\r\n'\nFROM t"),
    "text with blanks on a line": dataclasses.replace(CREATE_VIEW),
    "text with tabs": ops.CreateViewOp("v", "SELECT\n\t1\nFROM t"),
    "text with a backslash at the end": ops.CreateViewOp("v", "SELECT 'ü'\nFROM t -- \\"),
}
CASES["text with an indented start"].definition = "  SELECT 1\n  FROM t"  # type: ignore[attr-defined]
CASES["text with blanks on a line"].definition = "SELECT '\n   \n'"  # type: ignore[attr-defined]
NORMALIZED = {"text with an indented start", "text with blanks on a line"}


class Keeping(Operations):
    """Keeps what it is asked to do."""

    def __init__(self) -> None:
        super().__init__(MigrationContext(Recorder("postgresql").op.get_context().executor))
        self.kept: list[Any] = []

    def invoke(self, operation: Any) -> Any:
        self.kept.append(operation)


def made(body: str, imports: set[str]) -> list[Any]:
    op = Keeping()
    exec(compile("\n".join([*sorted(imports), body]), "rendered", "exec"), {"op": op})
    return op.kept


def state(operation: Any) -> dict[str, Any]:
    """Return what is in an operation, except what it keeps for its reverse; how a list is written says nothing."""
    fields = {field.name: getattr(operation, field.name) for field in dataclasses.fields(operation)}
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in fields.items()
        if name != "_reverse"
    }


@pytest.mark.parametrize("name", [name for name in CASES if name not in NORMALIZED])
def test_the_code_makes_the_operation(name: str) -> None:
    imports: set[str] = set()
    body = render(CASES[name], dialect=PG, imports=imports)
    [again] = made(body, imports)
    assert type(again) is type(CASES[name])
    assert state(again) == state(CASES[name])
    # A file has the code in a function.
    inside = f"def upgrade():\n{textwrap.indent(body, '    ')}\nupgrade()"
    assert state(made(inside, imports)[0]) == state(CASES[name])


@pytest.mark.parametrize("name", sorted(NORMALIZED))
def test_text_that_has_another_indentation_keeps_its_words(name: str) -> None:
    # No directive makes these; they can only be put into an operation by an assignment.
    [again] = made(render(CASES[name], dialect=PG), set())
    assert again.definition.split() == CASES[name].definition.split()  # type: ignore[attr-defined]


@pytest.mark.parametrize("line_length", [60, 88, 110])
def test_ruff_format_changes_nothing(line_length: int, format_with_ruff: Callable[..., str]) -> None:
    functions = []
    for number, operation in enumerate(CASES.values()):
        body = render(operation, dialect=PG, line_length=line_length)
        functions.append(f"def upgrade_{number}() -> None:\n{textwrap.indent(body, '    ')}\n")
    source = "\n\n".join(functions)
    assert format_with_ruff(source, line_length) == source


LAYOUT = '''\
    op.create_view(
        "v",
        """
        SELECT a,
            b  -- the second

        FROM t
        WHERE c = 'it\'\'s'
        """,
        schema="s",
    )
    op.create_function(
        "f",
        r"""
        CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $$
        BEGIN
            RETURN '\\d "x"';
        END
        $$
        """,
        schema="s",
        arguments=["a integer"],
    )
    op.create_function(
        "f",
        arguments=[],
        returns="text",
        language="plpgsql",
        characteristics=["STRICT", "IMMUTABLE"],
        body="""
        BEGIN
            RETURN 1;
        END
        """,
    )
    op.add_enum_value("e", "a", after="b", columns=[("t", "c"), ("t", "c", None)])
    op.create_trigger(
        "r",
        "t",
        timing="INSTEAD OF",
        events=["INSERT", "UPDATE OF a"],
        for_each="ROW",
        when="NEW.a > '%'",
        body="EXECUTE FUNCTION f()",
    )'''


def test_sql_of_several_lines_stands_in_a_file_as_a_person_would_write_it() -> None:
    shown = (
        "create view",
        "create function",
        "create function parts",
        "add enum value",
        "create trigger parts",
    )
    body = render([CASES[name] for name in shown], dialect=PG)
    assert "    " + writer._indented(body) == LAYOUT


def test_a_query_is_written_as_its_sql() -> None:
    account = sa.table("account", sa.column("id", sa.Integer), sa.column("name", sa.String))
    query = sa.select(account.c.id).where(account.c.name == "a:b %")
    body = render(ops.CreateViewOp("v", query), dialect=postgresql.dialect(paramstyle="pyformat"))
    [again] = made(body, set())
    assert (
        re.sub(r"\s+", " ", again.definition) == "SELECT account.id FROM account WHERE account.name = 'a:b %'"
    )
    assert made(render(ops.CreateViewOp("v", sa.text(r"SELECT '\:x'")), dialect=PG), set())[0].definition == (
        "SELECT ':x'"
    )
    with pytest.raises(UnrenderableExpressionError, match="create_view 'v'"):
        render(ops.CreateViewOp("v", sa.select(sa.literal(object(), sa.LargeBinary))), dialect=PG)


# --- types that go with what brought them -------------------------------------------------------------------

MOOD = sa.Enum("sad", "ok", name="mood")


def people() -> sa.Table:
    return sa.Table(
        "person",
        sa.MetaData(),
        sa.Column("mood", MOOD),
        sa.Column("moods", postgresql.ARRAY(MOOD)),
        sa.Column("own", postgresql.ENUM("a", name="own", create_type=False)),
        sa.Column("size", sa.Enum("big", name="Size", schema="crm")),
        sa.Column("age", postgresql.DOMAIN("positive", sa.Integer())),
    )


def test_a_drop_says_which_types_go_with_it() -> None:
    drop = ops.CreateTableOp.from_table(people()).reverse()
    assert ast.unparse(ast.parse(render(drop, dialect=PG))).startswith(
        "op.drop_table('person', postgresql_drop_types=[sa.Enum(name='mood'), "
        "sa.Enum(name='Size', schema='crm'), postgresql.DOMAIN('positive', sa.Integer()"
    )
    column = ops.AddColumnOp.from_column(people().c.moods).reverse()
    assert render(column, dialect=PG, line_length=110) == (
        'op.drop_column("person", "moods", postgresql_drop_types=[sa.Enum(name="mood")])'
    )
    within = ops.ModifyTableOps("person", [column])
    assert render(within, dialect=PG, render_as_batch=True, line_length=110) == (
        'with op.batch_alter_table("person") as batch_op:\n'
        '    batch_op.drop_column("moods", postgresql_drop_types=[sa.Enum(name="mood")])'
    )


def test_a_changed_type_says_which_it_leaves_behind() -> None:
    def altered(before: Any, after: Any, **options: Any) -> str:
        operation = ops.AlterColumnOp("t", "c", existing_type=before, modify_type=after, **options)
        return render(operation, dialect=PG, line_length=200)

    assert altered(MOOD, sa.Text()).endswith('postgresql_drop_types=[sa.Enum(name="mood")])')
    assert "postgresql_drop_types" not in altered(MOOD, sa.ARRAY(MOOD))
    assert "postgresql_drop_types" not in altered(sa.Text(), MOOD)
    assert "postgresql_drop_types" not in altered(MOOD, None, modify_nullable=True)
    listed = altered(sa.Text(), sa.String(), postgresql_drop_types=[sa.Enum("a", name="x")])
    assert listed.endswith('postgresql_drop_types=[sa.Enum(name="x")])')


def test_it_says_so_only_on_postgresql_and_where_it_knows_them() -> None:
    drop = ops.CreateTableOp.from_table(people()).reverse()
    assert render(drop, dialect=sqlite.dialect()) == 'op.drop_table("person")'
    assert render(ops.DropTableOp("person"), dialect=PG) == 'op.drop_table("person")'
    assert render(ops.DropColumnOp("t", "c"), dialect=PG) == 'op.drop_column("t", "c")'
    named = sa.Enum(name="mood")
    assert [
        render(ops.DropTableOp("t", drop_types=[named]), dialect=PG),
        render(ops.DropColumnOp("t", "c", postgresql_drop_types=[named]), dialect=PG),
    ] == [
        'op.drop_table("t", postgresql_drop_types=[sa.Enum(name="mood")])',
        'op.drop_column("t", "c", postgresql_drop_types=[sa.Enum(name="mood")])',
    ]


# --- in words -----------------------------------------------------------------------------------------------

WORDS = {
    "create view": "added view s.v",
    "create materialized view": "added materialized view v",
    "replace view": "changed view v",
    "replace materialized view": "changed materialized view v",
    "drop view": "removed view s.v",
    "drop materialized view": "removed materialized view v",
    "refresh materialized view": "refreshed materialized view s.v",
    "create function": "added function s.f",
    "replace function": "changed function f",
    "drop function by name": "removed function s.f",
    "create procedure": "added procedure p",
    "replace procedure": "changed procedure p",
    "drop procedure": "removed procedure p",
    "create trigger": "added trigger r on s.t",
    "replace trigger": "changed trigger r on t",
    "drop trigger": "removed trigger r on s.t",
    "create extension": "added extension x",
    "drop extension": "removed extension x",
    "create enum": "added enum s.e",
    "drop enum": "removed enum s.e",
    "rename enum": "renamed enum s.e to f",
    "add enum value": "added value 'a' to enum e",
    "drop enum value": "removed value 'a' from enum s.e",
    "rename enum value": "renamed value 'a' of enum s.e to 'b'",
}


@pytest.mark.parametrize("name", WORDS)
def test_the_change_in_words(name: str) -> None:
    assert list(changes(CASES[name])) == [WORDS[name]]
