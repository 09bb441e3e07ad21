"""Operations on views, routines, triggers, extensions and enums as values."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
import sqlalchemy as sa

from async_migrate import ops
from async_migrate.errors import IrreversibleOperationError

VALUES: dict[str, ops.MigrateOperation] = {
    "create_view": ops.CreateViewOp("v", "SELECT 1", schema="s", check_option="LOCAL"),
    "replace_view": ops.ReplaceViewOp("v", "SELECT 2", old_definition="SELECT 1", columns=["a"]),
    "drop_view": ops.DropViewOp("v", _reverse=ops.CreateViewOp("v", "SELECT 1", columns=["a"])),
    "refresh_materialized_view": ops.RefreshMaterializedViewOp("v", schema="s", concurrently=True),
    "create_function": ops.CreateFunctionOp("f", "CREATE FUNCTION f()", arguments=["a integer"], schema="s"),
    "replace_function": ops.ReplaceFunctionOp("f", "CREATE FUNCTION f() 2", old_definition="CREATE …"),
    "drop_function": ops.DropFunctionOp("f", [], _reverse=ops.CreateFunctionOp("f", body="1", arguments=[])),
    "create_procedure": ops.CreateProcedureOp("p", body="SELECT 1", language="sql"),
    "replace_procedure": ops.ReplaceProcedureOp("p", body="SELECT 2", old_definition="SELECT 1"),
    "drop_procedure": ops.DropProcedureOp("p", _reverse=ops.CreateProcedureOp("p", body="SELECT 1")),
    "create_trigger": ops.CreateTriggerOp("r", "t", timing="AFTER", events=["INSERT"], body="X", schema="s"),
    "replace_trigger": ops.ReplaceTriggerOp("r", "t", "CREATE TRIGGER 2", old_definition="CREATE TRIGGER 1"),
    "drop_trigger": ops.DropTriggerOp("r", "t", _reverse=ops.CreateTriggerOp("r", "t", "CREATE TRIGGER")),
    "create_extension": ops.CreateExtensionOp("x", schema="s", version="1.2", if_not_exists=True),
    "drop_extension": ops.DropExtensionOp("x", _reverse=ops.CreateExtensionOp("x", schema="s")),
    "create_enum": ops.CreateEnumOp("e", ["a", "b"], schema="s"),
    "drop_enum": ops.DropEnumOp("e", _reverse=ops.CreateEnumOp("e", ["a"])),
    "rename_enum": ops.RenameEnumOp("old", "new", schema="s"),
    "add_enum_value": ops.AddEnumValueOp("e", "b", after="a", schema="s", columns=[("t", "c")]),
    "drop_enum_value": ops.AddEnumValueOp("e", "b", before="c", columns=[("t", "c")]).reverse(),
    "rename_enum_value": ops.RenameEnumValueOp("e", "old", "new", schema="s"),
}


def state(operation: Any) -> dict[str, Any]:
    """Return what is in an operation, except what it keeps for its reverse."""
    fields = {field.name: getattr(operation, field.name) for field in dataclasses.fields(operation)}
    return {name: value for name, value in fields.items() if name != "_reverse"}


@pytest.mark.parametrize(("name", "operation"), VALUES.items(), ids=VALUES)
def test_each_is_known_by_its_directive_and_shows_what_is_in_it(name: str, operation: Any) -> None:
    assert operation.visit_name == name
    assert repr(operation).startswith(f"{type(operation).__name__}(")
    assert "_reverse" not in repr(operation)
    assert type(operation).__name__ in ops.__all__


@pytest.mark.parametrize("operation", VALUES.values(), ids=VALUES)
def test_the_reverse_of_the_reverse_is_the_same(operation: ops.MigrateOperation) -> None:
    again = operation.reverse().reverse()
    assert type(again) is type(operation)
    assert state(again) == state(operation)


REVERSES: dict[str, tuple[ops.MigrateOperation, type, dict[str, Any]]] = {
    "create_view": (
        ops.CreateViewOp("v", "SELECT 1", schema="s", materialized=True, if_not_exists=True),
        ops.DropViewOp,
        {"view_name": "v", "schema": "s", "materialized": True, "if_exists": True, "cascade": None},
    ),
    "replace_view": (
        ops.ReplaceViewOp("v", "SELECT 2", old_definition="SELECT 1", columns=["a"], recreate=True),
        ops.ReplaceViewOp,
        {"definition": "SELECT 1", "old_definition": "SELECT 2", "columns": ["a"], "recreate": True},
    ),
    "create_function": (
        ops.CreateFunctionOp("f", body="SELECT 1", arguments=["a integer"], schema="s"),
        ops.DropFunctionOp,
        {"routine_name": "f", "arguments": ["a integer"], "schema": "s", "if_exists": None},
    ),
    "replace_function": (
        ops.ReplaceFunctionOp("f", "CREATE FUNCTION 2", old_definition="CREATE FUNCTION 1"),
        ops.ReplaceFunctionOp,
        {"definition": "CREATE FUNCTION 1", "old_definition": "CREATE FUNCTION 2", "body": None},
    ),
    "replace_procedure": (
        ops.ReplaceProcedureOp("p", body="SELECT 2", old_definition="SELECT 1"),
        ops.ReplaceProcedureOp,
        {"definition": None, "body": "SELECT 1", "old_definition": "SELECT 2"},
    ),
    "replace_trigger": (
        ops.ReplaceTriggerOp("r", "t", timing="AFTER", events=["INSERT"], body="2", old_definition="1"),
        ops.ReplaceTriggerOp,
        {"body": "1", "old_definition": "2", "timing": "AFTER", "events": ["INSERT"]},
    ),
    "create_trigger": (
        ops.CreateTriggerOp("r", "t", "CREATE TRIGGER", schema="s"),
        ops.DropTriggerOp,
        {"trigger_name": "r", "table_name": "t", "schema": "s"},
    ),
    "create_extension": (
        ops.CreateExtensionOp("x", if_not_exists=True, cascade=True),
        ops.DropExtensionOp,
        {"extension_name": "x", "if_exists": True, "cascade": None},
    ),
    "create_enum": (
        ops.CreateEnumOp("e", ["a"], schema="s", if_not_exists=True),
        ops.DropEnumOp,
        {"enum_name": "e", "schema": "s", "if_exists": True},
    ),
    "rename_enum": (
        ops.RenameEnumOp("old", "new", schema="s"),
        ops.RenameEnumOp,
        {"enum_name": "new", "new_enum_name": "old", "schema": "s"},
    ),
    "add_enum_value": (
        ops.AddEnumValueOp("e", "b", after="a", schema="s", columns=[("t", "c")]),
        ops.DropEnumValueOp,
        {"enum_name": "e", "value": "b", "schema": "s", "columns": [("t", "c")]},
    ),
    "rename_enum_value": (
        ops.RenameEnumValueOp("e", "old", "new"),
        ops.RenameEnumValueOp,
        {"old_value": "new", "new_value": "old"},
    ),
    "refresh_materialized_view": (
        ops.RefreshMaterializedViewOp("v", schema="s", with_data=False),
        ops.RefreshMaterializedViewOp,
        {"view_name": "v", "schema": "s", "with_data": False},
    ),
}


@pytest.mark.parametrize(("operation", "kind", "expected"), REVERSES.values(), ids=REVERSES)
def test_reverse(operation: ops.MigrateOperation, kind: type, expected: dict[str, Any]) -> None:
    reverse = operation.reverse()
    assert type(reverse) is kind
    assert {name: getattr(reverse, name) for name in expected} == expected


def test_a_drop_that_was_edited_creates_what_it_says_now() -> None:
    view = ops.CreateViewOp("v", "SELECT 1", schema="s", columns=["a"]).reverse()
    view.view_name, view.schema = "w", None
    assert state(view.reverse()) == state(ops.CreateViewOp("w", "SELECT 1", columns=["a"]))
    trigger = ops.CreateTriggerOp("r", "t", "CREATE TRIGGER").reverse()
    trigger.table_name = "u"
    assert trigger.reverse().table_name == "u"
    assert ops.CreateEnumOp("e", ["a"]).reverse().original is not None


BY_HAND = "Write that step of downgrade() by hand, or"
BEFORE = "because it does not say what was there before."
IRREVERSIBLE = {
    "drop_view": (
        ops.DropViewOp("v"),
        (
            f"drop_view of 'v' cannot be reversed, {BEFORE} {BY_HAND} make the operation with "
            "DropViewOp.from_create(), which keeps it."
        ),
    ),
    "replace_view": (
        ops.ReplaceViewOp("v", "SELECT 1"),
        f"replace_view of 'v' cannot be reversed, {BEFORE} {BY_HAND} pass old_definition=, which keeps it.",
    ),
    "drop_function": (
        ops.DropFunctionOp("f"),
        (
            f"drop_function of 'f' cannot be reversed, {BEFORE} {BY_HAND} make the operation with "
            "DropFunctionOp.from_create(), which keeps it."
        ),
    ),
    "drop_procedure": (
        ops.DropProcedureOp("p"),
        (
            f"drop_procedure of 'p' cannot be reversed, {BEFORE} {BY_HAND} make the operation with "
            "DropProcedureOp.from_create(), which keeps it."
        ),
    ),
    "replace_function": (
        ops.ReplaceFunctionOp("f", body="1"),
        f"replace_function of 'f' cannot be reversed, {BEFORE} {BY_HAND} pass old_definition=, which keeps it.",
    ),
    "drop_trigger": (
        ops.DropTriggerOp("r", "t"),
        (
            f"drop_trigger of 'r' cannot be reversed, {BEFORE} {BY_HAND} make the operation with "
            "DropTriggerOp.from_create(), which keeps it."
        ),
    ),
    "replace_trigger": (
        ops.ReplaceTriggerOp("r", "t", body="1"),
        f"replace_trigger of 'r' cannot be reversed, {BEFORE} {BY_HAND} pass old_definition=, which keeps it.",
    ),
    "drop_extension": (
        ops.DropExtensionOp("x"),
        (
            f"drop_extension of 'x' cannot be reversed, {BEFORE} {BY_HAND} make the operation with "
            "DropExtensionOp.from_create(), which keeps it."
        ),
    ),
    "drop_enum": (
        ops.DropEnumOp("e"),
        (
            f"drop_enum of 'e' cannot be reversed, {BEFORE} {BY_HAND} make the operation with "
            "DropEnumOp.from_create(), which keeps it."
        ),
    ),
    "add_enum_value": (
        ops.AddEnumValueOp("e", "a"),
        (
            "add_enum_value of 'e.a' cannot be reversed, because it does not say which columns use the enum. "
            f"{BY_HAND} pass columns=, which keeps them."
        ),
    ),
    "drop_enum_value": (
        ops.DropEnumValueOp("e", "a", columns=[]),
        (
            "drop_enum_value of 'e.a' cannot be reversed, because it does not say between which values it was. "
            f"{BY_HAND} make the operation with AddEnumValueOp.reverse(), which keeps it."
        ),
    ),
}


@pytest.mark.parametrize(("operation", "words"), IRREVERSIBLE.values(), ids=IRREVERSIBLE)
def test_what_is_not_known_cannot_be_reversed(operation: ops.MigrateOperation, words: str) -> None:
    with pytest.raises(IrreversibleOperationError) as caught:
        operation.reverse()
    assert str(caught.value) == words


DIFFS: dict[str, tuple[ops.MigrateOperation, tuple[Any, ...]]] = {
    "create_view": (ops.CreateViewOp("v", "q", schema="s"), ("add_view", "s", "v", "q")),
    "create materialized": (
        ops.CreateViewOp("v", "q", materialized=True),
        ("add_materialized_view", None, "v", "q"),
    ),
    "replace_view": (
        ops.ReplaceViewOp("v", "q", old_definition="p"),
        ("modify_view", None, "v", "p", "q"),
    ),
    "replace materialized": (
        ops.ReplaceViewOp("v", "q", materialized=True),
        ("modify_materialized_view", None, "v", None, "q"),
    ),
    "drop_view": (ops.CreateViewOp("v", "q").reverse(), ("remove_view", None, "v", "q")),
    "drop materialized": (
        ops.DropViewOp("v", materialized=True),
        ("remove_materialized_view", None, "v", None),
    ),
    "create_function": (ops.CreateFunctionOp("f", "CREATE"), ("add_function", None, "f", "CREATE")),
    "replace_function": (
        ops.ReplaceFunctionOp("f", body="b", old_definition="a", schema="s"),
        ("modify_function", "s", "f", "a", "b"),
    ),
    "drop_function": (ops.DropFunctionOp("f"), ("remove_function", None, "f", None)),
    "create_procedure": (ops.CreateProcedureOp("p", body="b"), ("add_procedure", None, "p", "b")),
    "replace_procedure": (
        ops.ReplaceProcedureOp("p", body="b"),
        ("modify_procedure", None, "p", None, "b"),
    ),
    "drop_procedure": (
        ops.CreateProcedureOp("p", body="b").reverse(),
        ("remove_procedure", None, "p", "b"),
    ),
    "create_trigger": (ops.CreateTriggerOp("r", "t", body="b"), ("add_trigger", None, "t", "r", "b")),
    "replace_trigger": (
        ops.ReplaceTriggerOp("r", "t", "c", old_definition="b", schema="s"),
        ("modify_trigger", "s", "t", "r", "b", "c"),
    ),
    "drop_trigger": (
        ops.CreateTriggerOp("r", "t", body="b").reverse(),
        ("remove_trigger", None, "t", "r", "b"),
    ),
    "create_extension": (ops.CreateExtensionOp("x", schema="s"), ("add_extension", "s", "x")),
    "drop_extension": (
        ops.CreateExtensionOp("x", schema="s").reverse(),
        ("remove_extension", "s", "x"),
    ),
    "create_enum": (ops.CreateEnumOp("e", ["a"]), ("add_enum", None, "e", ("a",))),
    "drop_enum": (ops.DropEnumOp("e"), ("remove_enum", None, "e", None)),
    "drop_enum known": (ops.CreateEnumOp("e", ["a"]).reverse(), ("remove_enum", None, "e", ("a",))),
    "rename_enum": (ops.RenameEnumOp("a", "b", schema="s"), ("rename_enum", "s", "a", "b")),
    "add_enum_value": (ops.AddEnumValueOp("e", "a"), ("add_enum_value", None, "e", "a")),
    "drop_enum_value": (
        ops.DropEnumValueOp("e", "a", columns=[]),
        ("remove_enum_value", None, "e", "a"),
    ),
    "rename_enum_value": (
        ops.RenameEnumValueOp("e", "a", "b"),
        ("rename_enum_value", None, "e", "a", "b"),
    ),
}


@pytest.mark.parametrize(("operation", "expected"), DIFFS.values(), ids=DIFFS)
def test_diff_tuple(operation: ops.MigrateOperation, expected: tuple[Any, ...]) -> None:
    assert operation.to_diff_tuple() == expected


def test_to_refresh_is_no_difference() -> None:
    with pytest.raises(NotImplementedError, match="RefreshMaterializedViewOp has no diff tuple"):
        ops.RefreshMaterializedViewOp("v").to_diff_tuple()


WRITTEN = """
        SELECT a,
            b

        FROM t
    """
MEANT = "SELECT a,\n    b\n\nFROM t"


def test_the_indentation_of_the_code_around_sql_is_left_out() -> None:
    view = ops.ReplaceViewOp("v", WRITTEN, old_definition=WRITTEN)
    assert (view.definition, view.old_definition) == (MEANT, MEANT)
    routine = ops.ReplaceFunctionOp("f", body=WRITTEN, old_definition=WRITTEN)
    assert (routine.body, routine.old_definition) == (MEANT, MEANT)
    assert ops.CreateProcedureOp("p", WRITTEN).definition == MEANT
    trigger = ops.ReplaceTriggerOp("r", "t", WRITTEN, body=WRITTEN, old_definition=WRITTEN)
    assert (trigger.definition, trigger.body, trigger.old_definition) == (MEANT, MEANT, MEANT)


def test_a_query_stays_the_object_that_it_is() -> None:
    query = sa.select(sa.column("a"))
    assert ops.CreateViewOp("v", query).definition is query
    assert ops.CreateViewOp("v", query).to_diff_tuple()[-1] is query
