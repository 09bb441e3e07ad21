"""From calls of directives for views, routines, triggers, extensions and enums to operations."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from async_migrate import ops
from async_migrate.errors import DirectiveCallError, InvalidArgumentError
from async_migrate.operations.facade import Operations

if TYPE_CHECKING:
    from collections.abc import Callable

MOOD = sa.Enum(name="mood")

CALLS: dict[str, tuple[Callable[[Operations], Any], type, dict[str, Any]]] = {
    "create_view": (
        lambda op: op.create_view(
            "v",
            "SELECT 1",
            schema="s",
            columns=["a"],
            if_not_exists=True,
            check_option="LOCAL",
            security_invoker=True,
        ),
        ops.CreateViewOp,
        {
            "view_name": "v",
            "definition": "SELECT 1",
            "schema": "s",
            "materialized": False,
            "columns": ["a"],
            "with_data": None,
            "if_not_exists": True,
            "check_option": "LOCAL",
            "security_invoker": True,
        },
    ),
    "replace_view": (
        lambda op: op.replace_view(
            "v",
            "SELECT 2",
            schema="s",
            columns=["a"],
            check_option="CASCADED",
            security_invoker=False,
            old_definition="SELECT 1",
            recreate=True,
        ),
        ops.ReplaceViewOp,
        {
            "view_name": "v",
            "definition": "SELECT 2",
            "schema": "s",
            "materialized": False,
            "columns": ["a"],
            "with_data": None,
            "check_option": "CASCADED",
            "security_invoker": False,
            "old_definition": "SELECT 1",
            "recreate": True,
        },
    ),
    "drop_view": (
        lambda op: op.drop_view("v", schema="s", if_exists=True, cascade=True),
        ops.DropViewOp,
        {
            "view_name": "v",
            "schema": "s",
            "materialized": False,
            "if_exists": True,
            "cascade": True,
            "_reverse": None,
        },
    ),
    "create_materialized_view": (
        lambda op: op.create_materialized_view(
            "v", "SELECT 1", schema="s", columns=["a"], if_not_exists=True, with_data=False
        ),
        ops.CreateViewOp,
        {
            "view_name": "v",
            "definition": "SELECT 1",
            "schema": "s",
            "materialized": True,
            "columns": ["a"],
            "with_data": False,
            "if_not_exists": True,
            "check_option": None,
            "security_invoker": None,
        },
    ),
    "replace_materialized_view": (
        lambda op: op.replace_materialized_view(
            "v", "SELECT 2", schema="s", columns=["a"], with_data=False, old_definition="SELECT 1"
        ),
        ops.ReplaceViewOp,
        {
            "view_name": "v",
            "definition": "SELECT 2",
            "schema": "s",
            "materialized": True,
            "columns": ["a"],
            "with_data": False,
            "check_option": None,
            "security_invoker": None,
            "old_definition": "SELECT 1",
            "recreate": False,
        },
    ),
    "refresh_materialized_view": (
        lambda op: op.refresh_materialized_view("v", schema="s", concurrently=True, with_data=True),
        ops.RefreshMaterializedViewOp,
        {"view_name": "v", "schema": "s", "concurrently": True, "with_data": True},
    ),
    "drop_materialized_view": (
        lambda op: op.drop_materialized_view("v", schema="s", if_exists=True, cascade=True),
        ops.DropViewOp,
        {
            "view_name": "v",
            "schema": "s",
            "materialized": True,
            "if_exists": True,
            "cascade": True,
            "_reverse": None,
        },
    ),
    "create_function": (
        lambda op: op.create_function(
            "f",
            schema="s",
            arguments=["a integer"],
            returns="integer",
            language="plpgsql",
            body="BEGIN END",
            characteristics=["STRICT"],
        ),
        ops.CreateFunctionOp,
        {
            "routine_name": "f",
            "definition": None,
            "schema": "s",
            "arguments": ["a integer"],
            "returns": "integer",
            "language": "plpgsql",
            "body": "BEGIN END",
            "characteristics": ["STRICT"],
        },
    ),
    "replace_function": (
        lambda op: op.replace_function(
            "f", "CREATE FUNCTION f()", arguments=[], old_definition="CREATE FUNCTION 0", recreate=True
        ),
        ops.ReplaceFunctionOp,
        {
            "routine_name": "f",
            "definition": "CREATE FUNCTION f()",
            "schema": None,
            "arguments": [],
            "returns": None,
            "language": None,
            "body": None,
            "characteristics": (),
            "old_definition": "CREATE FUNCTION 0",
            "recreate": True,
        },
    ),
    "drop_function": (
        lambda op: op.drop_function("f", ["integer"], schema="s", if_exists=True, cascade=True),
        ops.DropFunctionOp,
        {
            "routine_name": "f",
            "arguments": ["integer"],
            "schema": "s",
            "if_exists": True,
            "cascade": True,
            "_reverse": None,
        },
    ),
    "create_procedure": (
        lambda op: op.create_procedure(
            "p", schema="s", arguments=["a integer"], language="sql", body="X", characteristics=["C"]
        ),
        ops.CreateProcedureOp,
        {
            "routine_name": "p",
            "definition": None,
            "schema": "s",
            "arguments": ["a integer"],
            "returns": None,
            "language": "sql",
            "body": "X",
            "characteristics": ["C"],
        },
    ),
    "replace_procedure": (
        lambda op: op.replace_procedure(
            "p", schema="s", arguments=[], language="sql", body="Y", old_definition="X", recreate=True
        ),
        ops.ReplaceProcedureOp,
        {
            "routine_name": "p",
            "definition": None,
            "schema": "s",
            "arguments": [],
            "returns": None,
            "language": "sql",
            "body": "Y",
            "characteristics": (),
            "old_definition": "X",
            "recreate": True,
        },
    ),
    "drop_procedure": (
        lambda op: op.drop_procedure("p", [], schema="s", if_exists=True, cascade=False),
        ops.DropProcedureOp,
        {
            "routine_name": "p",
            "arguments": [],
            "schema": "s",
            "if_exists": True,
            "cascade": False,
            "_reverse": None,
        },
    ),
    "create_trigger": (
        lambda op: op.create_trigger(
            "r",
            "t",
            schema="s",
            timing="BEFORE",
            events=["insert", "UPDATE OF a"],
            body="X",
            for_each="ROW",
            when="NEW.a > 1",
        ),
        ops.CreateTriggerOp,
        {
            "trigger_name": "r",
            "table_name": "t",
            "definition": None,
            "schema": "s",
            "timing": "BEFORE",
            "events": ["insert", "UPDATE OF a"],
            "body": "X",
            "for_each": "ROW",
            "when": "NEW.a > 1",
        },
    ),
    "replace_trigger": (
        lambda op: op.replace_trigger(
            "r", "t", "-- CREATE FUNCTION\nCREATE TRIGGER r", schema="s", old_definition="X", recreate=True
        ),
        ops.ReplaceTriggerOp,
        {
            "trigger_name": "r",
            "table_name": "t",
            "definition": "-- CREATE FUNCTION\nCREATE TRIGGER r",
            "schema": "s",
            "timing": None,
            "events": (),
            "body": None,
            "for_each": None,
            "when": None,
            "old_definition": "X",
            "recreate": True,
        },
    ),
    "drop_trigger": (
        lambda op: op.drop_trigger("r", "t", schema="s", if_exists=True, cascade=True),
        ops.DropTriggerOp,
        {
            "trigger_name": "r",
            "table_name": "t",
            "schema": "s",
            "if_exists": True,
            "cascade": True,
            "_reverse": None,
        },
    ),
    "create_extension": (
        lambda op: op.create_extension("x", schema="s", version="1", cascade=True, if_not_exists=True),
        ops.CreateExtensionOp,
        {"extension_name": "x", "schema": "s", "version": "1", "cascade": True, "if_not_exists": True},
    ),
    "drop_extension": (
        lambda op: op.drop_extension("x", if_exists=True, cascade=True),
        ops.DropExtensionOp,
        {"extension_name": "x", "if_exists": True, "cascade": True, "_reverse": None},
    ),
    "create_enum": (
        lambda op: op.create_enum("e", ["a", "b"], schema="s", if_not_exists=True),
        ops.CreateEnumOp,
        {"enum_name": "e", "values": ["a", "b"], "schema": "s", "if_not_exists": True},
    ),
    "drop_enum": (
        lambda op: op.drop_enum("e", schema="s", if_exists=True),
        ops.DropEnumOp,
        {"enum_name": "e", "schema": "s", "if_exists": True, "_reverse": None},
    ),
    "rename_enum": (
        lambda op: op.rename_enum("old", "new", schema="s"),
        ops.RenameEnumOp,
        {"enum_name": "old", "new_enum_name": "new", "schema": "s"},
    ),
    "add_enum_value": (
        lambda op: op.add_enum_value(
            "e", "b", before="c", schema="s", if_not_exists=True, columns=[("t", "c"), ("t", "c", "s")]
        ),
        ops.AddEnumValueOp,
        {
            "enum_name": "e",
            "value": "b",
            "before": "c",
            "after": None,
            "schema": "s",
            "if_not_exists": True,
            "columns": [("t", "c"), ("t", "c", "s")],
        },
    ),
    "drop_enum_value": (
        lambda op: op.drop_enum_value("e", "b", columns=[("t", "c", None)], schema="s"),
        ops.DropEnumValueOp,
        {"enum_name": "e", "value": "b", "columns": [("t", "c", None)], "schema": "s", "_reverse": None},
    ),
    "rename_enum_value": (
        lambda op: op.rename_enum_value("e", "old", "new", schema="s"),
        ops.RenameEnumValueOp,
        {"enum_name": "e", "old_value": "old", "new_value": "new", "schema": "s"},
    ),
    "drop_table": (
        lambda op: op.drop_table("t", postgresql_drop_types=[MOOD]),
        ops.DropTableOp,
        {
            "table_name": "t",
            "schema": None,
            "if_exists": None,
            "comment": None,
            "prefixes": None,
            "info": {},
            "table_kw": {},
            "drop_types": [MOOD],
            "_reverse": None,
        },
    ),
    "drop_column": (
        lambda op: op.drop_column("t", "c", postgresql_drop_types=[MOOD]),
        ops.DropColumnOp,
        {
            "table_name": "t",
            "column_name": "c",
            "schema": None,
            "if_exists": None,
            "kw": {"postgresql_drop_types": [MOOD]},
            "_reverse": None,
        },
    ),
}


@pytest.mark.parametrize(("call", "kind", "attributes"), CALLS.values(), ids=CALLS)
def test_a_call_becomes_an_operation(
    bench: Any, call: Callable[[Operations], Any], kind: type, attributes: dict[str, Any]
) -> None:
    assert call(bench.op) is None
    assert type(bench.only) is kind
    assert vars(bench.only) == attributes


@pytest.mark.parametrize("name", [name for name in CALLS if name not in {"drop_table", "drop_column"}])
def test_every_parameter_is_documented(name: str) -> None:
    directive = getattr(Operations, name)
    for parameter in inspect.signature(directive).parameters:
        assert parameter == "self" or f"            {parameter}: " in directive.__doc__


QUERY = "a query, as SQL or as a sqlalchemy.select()"
EITHER = "a whole CREATE statement, or else body= and the other parts, and one of the two"
PAIRS = 'a list of pairs such as ("account", "mood"), or ("account", "mood", "schema")'

WRONG: dict[str, tuple[Callable[[Operations], Any], str]] = {
    "no query": (
        lambda op: op.create_view("v", None),  # type: ignore[arg-type]
        f"create_view() cannot take definition=None: it accepts {QUERY}.",
    ),
    "empty query": (
        lambda op: op.replace_view("v", " "),
        f"replace_view() cannot take definition=' ': it accepts {QUERY}.",
    ),
    "a table for a query": (
        lambda op: op.create_materialized_view("v", sa.table("t")),  # type: ignore[arg-type]
        "create_materialized_view() cannot take definition=<sqlalchemy.sql.selectable.TableClause at",
    ),
    "a whole statement for a query": (
        lambda op: op.create_view("v", "CREATE VIEW v AS SELECT 1"),
        (
            "create_view() cannot take definition='CREATE VIEW v AS SELECT 1': it accepts the query alone, "
            "without CREATE VIEW. op.execute() takes a whole statement."
        ),
    ),
    "a string for columns": (
        lambda op: op.create_view("v", "SELECT 1", columns="ab"),
        "create_view() cannot take columns='ab': it accepts a list of strings. Write ['ab'].",
    ),
    "check option": (
        lambda op: op.create_view("v", "SELECT 1", check_option="local"),  # type: ignore[arg-type]
        (
            "create_view() cannot take check_option='local': it accepts 'LOCAL', 'CASCADED' or None. "
            "Did you mean 'LOCAL'?"
        ),
    ),
    "a flag": (
        lambda op: op.drop_view("v", cascade="yes"),  # type: ignore[arg-type]
        "drop_view() cannot take cascade='yes': it accepts True, False or None.",
    ),
    "neither statement nor body": (
        lambda op: op.create_function("f", returns="integer"),
        f"create_function() cannot take definition=None: it accepts {EITHER}.",
    ),
    "statement and body": (
        lambda op: op.create_procedure("p", "CREATE PROCEDURE p()", body="x"),
        f"create_procedure() cannot take definition='CREATE PROCEDURE p()': it accepts {EITHER}.",
    ),
    "another statement": (
        lambda op: op.replace_function("f", "CREATE PROCEDURE f()"),
        (
            "replace_function() cannot take definition='CREATE PROCEDURE f()': it accepts one statement that "
            "begins with CREATE FUNCTION."
        ),
    ),
    "a body for a statement": (
        lambda op: op.create_trigger("r", "t", "BEGIN END"),
        (
            "create_trigger() cannot take definition='BEGIN END': it accepts one statement that begins with "
            "CREATE TRIGGER."
        ),
    ),
    "no string for a body": (
        lambda op: op.create_function("f", body=sa.text("x")),  # type: ignore[arg-type]
        "create_function() cannot take body=<sqlalchemy.sql.elements.TextClause object at",
    ),
    "arguments in one string": (
        lambda op: op.create_function("f", body="x", arguments="a integer"),
        (
            "create_function() cannot take arguments='a integer': it accepts a list of strings. "
            "Write ['a integer']."
        ),
    ),
    "no timing": (
        lambda op: op.create_trigger("r", "t", events=["INSERT"], body="x"),
        "create_trigger() cannot take timing=None: it accepts 'BEFORE', 'AFTER' or 'INSTEAD OF'.",
    ),
    "timing": (
        lambda op: op.create_trigger("r", "t", timing="INSTEAD", events=["INSERT"], body="x"),  # type: ignore[arg-type]
        (
            "create_trigger() cannot take timing='INSTEAD': it accepts 'BEFORE', 'AFTER', 'INSTEAD OF' or None. "
            "Did you mean 'INSTEAD OF'?"
        ),
    ),
    "no events": (
        lambda op: op.create_trigger("r", "t", timing="AFTER", body="x"),
        (
            "create_trigger() cannot take events=(): it accepts a list of 'INSERT', 'UPDATE', 'DELETE' or "
            "'TRUNCATE', UPDATE perhaps with columns."
        ),
    ),
    "no such event": (
        lambda op: op.replace_trigger("r", "t", timing="AFTER", events=["INSERT OR UPDATE", "X"], body="x"),
        (
            "replace_trigger() cannot take events=['INSERT OR UPDATE', 'X']: it accepts a list of 'INSERT', "
            "'UPDATE', 'DELETE' or 'TRUNCATE', UPDATE perhaps with columns."
        ),
    ),
    "for each": (
        lambda op: op.create_trigger(
            "r",
            "t",
            timing="AFTER",
            events=["INSERT"],
            body="x",
            for_each="COLUMN",  # type: ignore[arg-type]
        ),
        "create_trigger() cannot take for_each='COLUMN': it accepts 'ROW', 'STATEMENT' or None.",
    ),
    "values in one string": (
        lambda op: op.create_enum("e", "a"),
        "create_enum() cannot take values='a': it accepts a list of strings. Write ['a'].",
    ),
    "before and after": (
        lambda op: op.add_enum_value("e", "b", before="a", after="c"),
        "add_enum_value() cannot take after='c': it accepts it only without before=.",
    ),
    "one column": (
        lambda op: op.drop_enum_value("e", "b", columns=("t", "c")),  # type: ignore[arg-type]
        f"drop_enum_value() cannot take columns=('t', 'c'): it accepts {PAIRS}. Write [('t', 'c')].",
    ),
    "columns without tables": (
        lambda op: op.add_enum_value("e", "b", columns=["c"]),  # type: ignore[list-item]
        f"add_enum_value() cannot take columns=['c']: it accepts {PAIRS}.",
    ),
    "names of types": (
        lambda op: op.drop_table("t", postgresql_drop_types=["mood"]),  # type: ignore[list-item]
        (
            "drop_table() cannot take postgresql_drop_types=['mood']: it accepts a list of types such as "
            'sa.Enum(name="mood").'
        ),
    ),
    "a type alone": (
        lambda op: op.drop_column("t", "c", postgresql_drop_types=MOOD),
        (
            "drop_column() cannot take postgresql_drop_types=Enum(name='mood'): it accepts a list of types such as "
            'sa.Enum(name="mood").'
        ),
    ),
}


@pytest.mark.parametrize(("call", "words"), WRONG.values(), ids=WRONG)
def test_wrong_values_are_refused_at_the_call(
    bench: Any, call: Callable[[Operations], Any], words: str
) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        call(bench.op)
    assert str(caught.value).startswith(words)
    assert words.endswith(" at") or str(caught.value) == words
    assert bench.performed == []


def test_wrong_parameters_are_refused_at_the_call(bench: Any) -> None:
    with pytest.raises(DirectiveCallError) as caught:
        bench.op.create_view("v", "SELECT 1", with_data=True)
    assert "there is no parameter 'with_data'" in str(caught.value)
    assert "check_option" in str(caught.value)


@pytest.mark.usefixtures("custom_registry")
def test_a_directive_of_the_projects_own_takes_the_place_of_ours(bench: Any, registered: Any) -> None:
    # Recipes for Alembic tell projects to register operations of these names.
    class CreateViewOp(ops.MigrateOperation):
        def __init__(self, target: Any) -> None:
            self.target = target

        @classmethod
        def create_view(cls, operations: Operations, target: Any) -> Any:
            return operations.invoke(cls(target))

    built_in = vars(Operations).get("create_view")
    assert built_in is None, "it is inherited, so that registering one does not lose it"
    registered(Operations, "create_view")
    Operations.register_operation("create_view")(CreateViewOp)
    bench.op.create_view({"name": "v"})
    assert bench.only.target == {"name": "v"}
