"""Views, routines, triggers, extensions and enums, as directives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from async_migrate.operations.definitions import dedented
from async_migrate.render.arguments import flag, known, schema_argument
from async_migrate.render.expressions import query_source
from async_migrate.render.tree import Concatenated, Indented, call, list_of, quoted
from async_migrate.render.values import identifier, names, value_code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from async_migrate.operations.definitions import Query
    from async_migrate.operations.enums import (
        AddEnumValueOp,
        CreateEnumOp,
        DropEnumOp,
        DropEnumValueOp,
        RenameEnumOp,
        RenameEnumValueOp,
    )
    from async_migrate.operations.extensions import CreateExtensionOp, DropExtensionOp
    from async_migrate.operations.routines import DropRoutineOp, RoutineOp
    from async_migrate.operations.triggers import DropTriggerOp, TriggerOp
    from async_migrate.operations.views import DropViewOp, RefreshMaterializedViewOp, ViewOp
    from async_migrate.render.context import RenderContext
    from async_migrate.render.tree import Code, Statement

__all__ = ["OBJECT_DIRECTIVES", "definition_code"]

_Rendered: TypeAlias = "Iterable[Statement]"


def definition_code(definition: Query, context: RenderContext) -> Code:
    """Return the code of SQL that a directive reads without its indentation; a query is written as its SQL."""
    sql = definition if isinstance(definition, str) else dedented(query_source(definition, context))
    if "\n" not in sql:
        return quoted(sql)
    lines = tuple(sql.split("\n"))
    is_plain = '"""' not in sql and all(line.replace("\t", "").isprintable() for line in lines)
    return Indented(lines) if is_plain else Concatenated(tuple(sql.splitlines(keepends=True)))


def _definition(name: str, definition: Query | None, context: RenderContext) -> dict[str, Code]:
    return {} if definition is None else {name: definition_code(definition, context)}


def _listed(name: str, texts: Sequence[str] | None, context: RenderContext) -> dict[str, Code]:
    return {} if texts is None else {name: value_code(list(texts), context)}


def _given(name: str, texts: Sequence[str], context: RenderContext) -> dict[str, Code]:
    return _listed(name, texts or None, context)


def _replacing(operation: Any, context: RenderContext) -> dict[str, Code]:
    """Return what only operations that replace something have."""
    return {
        **_definition("old_definition", getattr(operation, "old_definition", None), context),
        **flag("recreate", getattr(operation, "recreate", False) or None),
    }


# --- views --------------------------------------------------------------------------------------------------


def _view_directive(operation: ViewOp | DropViewOp) -> str:
    kind = "materialized_view" if operation.materialized else "view"
    return operation.visit_name.replace("view", kind)


def _view(operation: ViewOp, context: RenderContext) -> _Rendered:
    yield call(
        context.directive(_view_directive(operation)),
        identifier(operation.view_name, context),
        definition_code(operation.definition, context),
        **schema_argument(operation.schema, context),
        **({} if operation.columns is None else {"columns": names(operation.columns, context)}),
        **flag("if_not_exists", getattr(operation, "if_not_exists", None)),
        **flag("with_data", operation.with_data if operation.materialized else None),
        **known("check_option", operation.check_option, context),
        **flag("security_invoker", operation.security_invoker),
        **_definition("old_definition", getattr(operation, "old_definition", None), context),
        # A materialized view is always created anew.
        **flag("recreate", (not operation.materialized and getattr(operation, "recreate", False)) or None),
    )


def _drop_view(operation: DropViewOp, context: RenderContext) -> _Rendered:
    yield call(
        context.directive(_view_directive(operation)),
        identifier(operation.view_name, context),
        **schema_argument(operation.schema, context),
        **flag("if_exists", operation.if_exists),
        **flag("cascade", operation.cascade),
    )


def _refresh_materialized_view(operation: RefreshMaterializedViewOp, context: RenderContext) -> _Rendered:
    yield call(
        context.directive("refresh_materialized_view"),
        identifier(operation.view_name, context),
        **schema_argument(operation.schema, context),
        **flag("concurrently", operation.concurrently),
        **flag("with_data", operation.with_data),
    )


# --- routines and triggers ----------------------------------------------------------------------------------


def _routine(operation: RoutineOp, context: RenderContext) -> _Rendered:
    whole = () if operation.definition is None else (definition_code(operation.definition, context),)
    yield call(
        context.directive(operation.visit_name),
        identifier(operation.routine_name, context),
        *whole,
        **schema_argument(operation.schema, context),
        **_listed("arguments", operation.arguments, context),
        **known("returns", operation.returns, context),
        **known("language", operation.language, context),
        **_given("characteristics", operation.characteristics, context),
        **_definition("body", operation.body, context),
        **_replacing(operation, context),
    )


def _drop_routine(operation: DropRoutineOp, context: RenderContext) -> _Rendered:
    arguments = () if operation.arguments is None else (value_code(list(operation.arguments), context),)
    yield call(
        context.directive(operation.visit_name),
        identifier(operation.routine_name, context),
        *arguments,
        **schema_argument(operation.schema, context),
        **flag("if_exists", operation.if_exists),
        **flag("cascade", operation.cascade),
    )


def _trigger(operation: TriggerOp, context: RenderContext) -> _Rendered:
    whole = () if operation.definition is None else (definition_code(operation.definition, context),)
    yield call(
        context.directive(operation.visit_name),
        identifier(operation.trigger_name, context),
        identifier(operation.table_name, context),
        *whole,
        **schema_argument(operation.schema, context),
        **known("timing", operation.timing, context),
        **_given("events", operation.events, context),
        **known("for_each", operation.for_each, context),
        **known("when", operation.when, context),
        **_definition("body", operation.body, context),
        **_replacing(operation, context),
    )


def _drop_trigger(operation: DropTriggerOp, context: RenderContext) -> _Rendered:
    yield call(
        context.directive("drop_trigger"),
        identifier(operation.trigger_name, context),
        identifier(operation.table_name, context),
        **schema_argument(operation.schema, context),
        **flag("if_exists", operation.if_exists),
        **flag("cascade", operation.cascade),
    )


# --- extensions and enums -----------------------------------------------------------------------------------


def _create_extension(operation: CreateExtensionOp, context: RenderContext) -> _Rendered:
    yield call(
        context.directive("create_extension"),
        identifier(operation.extension_name, context),
        **schema_argument(operation.schema, context),
        **known("version", operation.version, context),
        **flag("cascade", operation.cascade),
        **flag("if_not_exists", operation.if_not_exists),
    )


def _drop_extension(operation: DropExtensionOp, context: RenderContext) -> _Rendered:
    yield call(
        context.directive("drop_extension"),
        identifier(operation.extension_name, context),
        **flag("if_exists", operation.if_exists),
        **flag("cascade", operation.cascade),
    )


def _create_enum(operation: CreateEnumOp, context: RenderContext) -> _Rendered:
    yield call(
        context.directive("create_enum"),
        identifier(operation.enum_name, context),
        value_code(list(operation.values), context),
        **schema_argument(operation.schema, context),
        **flag("if_not_exists", operation.if_not_exists),
    )


def _drop_enum(operation: DropEnumOp, context: RenderContext) -> _Rendered:
    yield call(
        context.directive("drop_enum"),
        identifier(operation.enum_name, context),
        **schema_argument(operation.schema, context),
        **flag("if_exists", operation.if_exists),
    )


def _rename_enum(operation: RenameEnumOp, context: RenderContext) -> _Rendered:
    yield call(
        context.directive("rename_enum"),
        identifier(operation.enum_name, context),
        identifier(operation.new_enum_name, context),
        **schema_argument(operation.schema, context),
    )


def _add_enum_value(operation: AddEnumValueOp, context: RenderContext) -> _Rendered:
    columns = {} if operation.columns is None else {"columns": _enum_columns(operation.columns, context)}
    yield call(
        context.directive("add_enum_value"),
        identifier(operation.enum_name, context),
        quoted(operation.value),
        **known("before", operation.before, context),
        **known("after", operation.after, context),
        **schema_argument(operation.schema, context),
        **flag("if_not_exists", operation.if_not_exists),
        **columns,
    )


def _drop_enum_value(operation: DropEnumValueOp, context: RenderContext) -> _Rendered:
    yield call(
        context.directive("drop_enum_value"),
        identifier(operation.enum_name, context),
        quoted(operation.value),
        columns=_enum_columns(operation.columns, context),
        **schema_argument(operation.schema, context),
    )


def _rename_enum_value(operation: RenameEnumValueOp, context: RenderContext) -> _Rendered:
    yield call(
        context.directive("rename_enum_value"),
        identifier(operation.enum_name, context),
        quoted(operation.old_value),
        quoted(operation.new_value),
        **schema_argument(operation.schema, context),
    )


def _enum_columns(columns: Iterable[tuple[str | None, ...]], context: RenderContext) -> Code:
    return list_of(*(value_code(tuple(column), context) for column in columns))


OBJECT_DIRECTIVES: Mapping[str, Callable[[Any, RenderContext], _Rendered]] = {
    "add_enum_value": _add_enum_value,
    "create_enum": _create_enum,
    "create_extension": _create_extension,
    "create_function": _routine,
    "create_procedure": _routine,
    "create_trigger": _trigger,
    "create_view": _view,
    "drop_enum": _drop_enum,
    "drop_enum_value": _drop_enum_value,
    "drop_extension": _drop_extension,
    "drop_function": _drop_routine,
    "drop_procedure": _drop_routine,
    "drop_trigger": _drop_trigger,
    "drop_view": _drop_view,
    "refresh_materialized_view": _refresh_materialized_view,
    "rename_enum": _rename_enum,
    "rename_enum_value": _rename_enum_value,
    "replace_function": _routine,
    "replace_procedure": _routine,
    "replace_trigger": _trigger,
    "replace_view": _view,
}
"""The function for each ``visit_name``."""
