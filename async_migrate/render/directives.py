"""Directives that change the schema, one function for each.

A directive is written with what its caller must say and what differs from its defaults, so the file reads
like one written by hand; only nullability and uniqueness are always said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from async_migrate.ddl.schema_items import instance_of
from async_migrate.render.arguments import (
    flag,
    known,
    options_of,
    quote_flag,
    schema_argument,
    schema_outside_batch,
    table_argument,
)
from async_migrate.render.columns import added_column_code, column_code, server_default_code
from async_migrate.render.constraints import constraint_codes, exclude_elements
from async_migrate.render.expressions import text_call, text_source
from async_migrate.render.indexes import index_code, index_elements, index_options
from async_migrate.render.named_types import DROP_TYPES, types_to_drop
from async_migrate.render.tree import Comment, Name, call, quoted
from async_migrate.render.types import type_code
from async_migrate.render.values import identifier, keyword_codes, name_code, names, plain_values, value_code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from async_migrate.operations.columns import AddColumnOp, AlterColumnOp, DropColumnOp
    from async_migrate.operations.constraints import (
        CreateCheckConstraintOp,
        CreateExcludeConstraintOp,
        CreateForeignKeyOp,
        CreatePrimaryKeyOp,
        CreateUniqueConstraintOp,
        DropConstraintOp,
    )
    from async_migrate.operations.indexes import CreateIndexOp, DropIndexOp
    from async_migrate.operations.tables import (
        CreateTableCommentOp,
        CreateTableOp,
        DropTableCommentOp,
        DropTableOp,
        RenameTableOp,
    )
    from async_migrate.render.context import RenderContext
    from async_migrate.render.tree import Code, Statement

__all__ = ["SCHEMA_DIRECTIVES"]

_Rendered: TypeAlias = "Iterable[Statement]"

_NAMELESS = "The constraint has no name; give its name here, or the directive cannot find it."


def _create_table(operation: CreateTableOp, context: RenderContext) -> _Rendered:
    table = operation.to_table()
    columns = (column_code(column, context) for column in table.columns)
    constraints = constraint_codes(table.constraints, context, metadata=operation.namespace_metadata)
    indexes = sorted((index_code(index, context) for index in table.indexes), key=repr)
    options = dict(schema_argument(operation.schema, context))
    if operation.comment is not None:
        options["comment"] = quoted(operation.comment)
    if operation.info and (info := plain_values(operation.info, context)).items:
        options["info"] = info
    options |= keyword_codes(dict(sorted(operation.kw.items())), context)
    if operation.prefixes:
        options["prefixes"] = value_code(list(operation.prefixes), context)
    options |= flag("if_not_exists", operation.if_not_exists)
    yield call(
        context.directive("create_table"),
        identifier(operation.table_name, context),
        *(column for column in columns if column is not None),
        *constraints,
        *indexes,
        **options,
    )


def _drop_table(operation: DropTableOp, context: RenderContext) -> _Rendered:
    yield call(
        context.directive("drop_table"),
        identifier(operation.table_name, context),
        **schema_argument(operation.schema, context),
        **flag("if_exists", operation.if_exists),
        **_types_of_table(operation, context),
    )


def _types_of_table(operation: DropTableOp, context: RenderContext) -> dict[str, Code]:
    columns = operation.to_table().columns if operation.original else ()
    return types_to_drop([*operation.drop_types, *(column.type for column in columns)], context)


def _rename_table(operation: RenameTableOp, context: RenderContext) -> _Rendered:
    yield call(
        context.directive("rename_table"),
        identifier(operation.table_name, context),
        identifier(operation.new_table_name, context),
        **schema_argument(operation.schema, context),
    )


def _create_table_comment(operation: CreateTableCommentOp, context: RenderContext) -> _Rendered:
    yield call(
        context.directive("create_table_comment"),
        *table_argument(operation.table_name, context),
        value_code(operation.comment, context),
        **known("existing_comment", operation.existing_comment, context),
        **schema_outside_batch(operation.schema, context),
    )


def _drop_table_comment(operation: DropTableCommentOp, context: RenderContext) -> _Rendered:
    yield call(
        context.directive("drop_table_comment"),
        *table_argument(operation.table_name, context),
        **known("existing_comment", operation.existing_comment, context),
        **schema_outside_batch(operation.schema, context),
    )


# --- columns ----------------------------------------------------------------------------------------------


def _add_column(operation: AddColumnOp, context: RenderContext) -> _Rendered:
    column = added_column_code(
        operation.column,
        context,
        references=bool(operation.inline_references),
        primary_key=bool(operation.inline_primary_key),
    )
    if column is None:
        return
    yield call(
        context.directive("add_column"),
        *table_argument(operation.table_name, context),
        column,
        **schema_outside_batch(operation.schema, context),
        **flag("if_not_exists", operation.if_not_exists),
        **flag("inline_references", operation.inline_references),
        **flag("inline_primary_key", operation.inline_primary_key),
        **options_of(operation.kw, context),
    )


def _drop_column(operation: DropColumnOp, context: RenderContext) -> _Rendered:
    yield call(
        context.directive("drop_column"),
        *table_argument(operation.table_name, context),
        identifier(operation.column_name, context),
        **schema_outside_batch(operation.schema, context),
        **flag("if_exists", operation.if_exists),
        **options_of(_without_types(operation.kw), context),
        **_types_of_column(operation, context),
    )


def _types_of_column(operation: DropColumnOp, context: RenderContext) -> dict[str, Code]:
    own = [operation.original.column.type] if operation.original else []
    return types_to_drop([*(operation.kw.get(DROP_TYPES) or ()), *own], context)


def _without_types(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name != DROP_TYPES}


def _alter_column(operation: AlterColumnOp, context: RenderContext) -> _Rendered:
    changes: dict[str, Code] = {}
    if operation.existing_type is not None:
        changes["existing_type"] = type_code(operation.existing_type, context)
    if operation.modify_server_default is not False:
        changes["server_default"] = _default(operation.modify_server_default, context)
    if operation.modify_name is not None:
        changes["new_column_name"] = identifier(operation.modify_name, context)
    if operation.modify_type is not None:
        changes["type_"] = type_code(operation.modify_type, context)
    if operation.modify_nullable is not None:
        changes["nullable"] = Name(repr(operation.modify_nullable))
    if operation.modify_comment is not False:
        changes["comment"] = value_code(operation.modify_comment, context)
    changes |= known("existing_comment", operation.existing_comment, context)
    if operation.modify_nullable is None:
        changes |= known("existing_nullable", operation.existing_nullable, context)
    if operation.existing_server_default is not None and operation.existing_server_default is not False:
        changes["existing_server_default"] = _default(operation.existing_server_default, context)
    yield call(
        context.directive("alter_column"),
        *table_argument(operation.table_name, context),
        identifier(operation.column_name, context),
        **changes,
        **options_of(_without_types(operation.kw), context),
        **_types_replaced(operation, context),
        **schema_outside_batch(operation.schema, context),
    )


def _types_replaced(operation: AlterColumnOp, context: RenderContext) -> dict[str, Code]:
    if operation.modify_type is None or operation.existing_type is None:
        return types_to_drop(operation.kw.get(DROP_TYPES) or (), context)
    types = [*(operation.kw.get(DROP_TYPES) or ()), instance_of(operation.existing_type)]
    return types_to_drop(types, context, kept=instance_of(operation.modify_type))


def _default(default: Any, context: RenderContext) -> Code:
    code = server_default_code(default, context)
    return Name("None") if code is None else code


# --- constraints and indexes --------------------------------------------------------------------------------


def _create_index(operation: CreateIndexOp, context: RenderContext) -> _Rendered:
    yield call(
        context.directive("create_index"),
        name_code(operation.index_name, context),
        *table_argument(operation.table_name, context),
        index_elements(operation.columns, context),
        unique=Name(repr(bool(operation.unique))),
        **schema_outside_batch(operation.schema, context),
        **flag("if_not_exists", operation.if_not_exists),
        **quote_flag(operation.kw),
        **index_options(operation.kw, operation.columns, context),
    )


def _drop_index(operation: DropIndexOp, context: RenderContext) -> _Rendered:
    columns = operation.original.columns if operation.original else ()
    table: dict[str, Code] = {}
    if operation.table_name is not None and not context.in_batch:
        table["table_name"] = identifier(operation.table_name, context)
    yield call(
        context.directive("drop_index"),
        name_code(operation.index_name, context),
        **table,
        **schema_outside_batch(operation.schema, context),
        **flag("if_exists", operation.if_exists),
        **quote_flag(operation.kw),
        **index_options(operation.kw, columns, context),
    )


def _create_primary_key(operation: CreatePrimaryKeyOp, context: RenderContext) -> _Rendered:
    yield call(
        context.directive("create_primary_key"),
        name_code(operation.constraint_name, context),
        *table_argument(operation.table_name, context),
        names(operation.columns, context),
        **schema_outside_batch(operation.schema, context),
        **options_of(operation.kw, context),
    )


def _create_unique_constraint(operation: CreateUniqueConstraintOp, context: RenderContext) -> _Rendered:
    yield call(
        context.directive("create_unique_constraint"),
        name_code(operation.constraint_name, context),
        *table_argument(operation.table_name, context),
        names(operation.columns, context),
        **schema_outside_batch(operation.schema, context),
        **options_of(operation.kw, context),
    )


def _create_foreign_key(operation: CreateForeignKeyOp, context: RenderContext) -> _Rendered:
    options = dict(operation.kw)
    if context.in_batch:
        options.pop("source_schema", None)
    first = ("source_schema", "referent_schema", "onupdate", "ondelete")
    named = {name: value_code(options.pop(name), context) for name in first if options.get(name) is not None}
    yield call(
        context.directive("create_foreign_key"),
        name_code(operation.constraint_name, context),
        *table_argument(operation.source_table, context),
        identifier(operation.referent_table, context),
        names(operation.local_cols, context),
        names(operation.remote_cols, context),
        **named,
        **options_of({name: value for name, value in options.items() if name not in first}, context),
    )


def _create_check_constraint(operation: CreateCheckConstraintOp, context: RenderContext) -> _Rendered:
    yield call(
        context.directive("create_check_constraint"),
        name_code(operation.constraint_name, context),
        *table_argument(operation.table_name, context),
        quoted(text_source(operation.condition, context)),
        **schema_outside_batch(operation.schema, context),
        **options_of(operation.kw, context),
    )


def _create_exclude_constraint(operation: CreateExcludeConstraintOp, context: RenderContext) -> _Rendered:
    where = {} if operation.where is None else {"where": text_call(operation.where, context)}
    yield call(
        context.directive("create_exclude_constraint"),
        name_code(operation.constraint_name, context),
        *table_argument(operation.table_name, context),
        *exclude_elements(operation.elements, context),
        **where,
        **schema_outside_batch(operation.schema, context),
        **options_of(operation.kw, context),
    )


def _drop_constraint(operation: DropConstraintOp, context: RenderContext) -> _Rendered:
    name = name_code(operation.constraint_name, context)
    if name == Name("None"):
        yield Comment(_NAMELESS)
    yield call(
        context.directive("drop_constraint"),
        name,
        *table_argument(operation.table_name, context),
        **schema_outside_batch(operation.schema, context),
        **known("type_", operation.constraint_type, context),
        **flag("if_exists", operation.if_exists),
    )


SCHEMA_DIRECTIVES: Mapping[str, Callable[[Any, RenderContext], _Rendered]] = {
    "add_column": _add_column,
    "alter_column": _alter_column,
    "create_check_constraint": _create_check_constraint,
    "create_exclude_constraint": _create_exclude_constraint,
    "create_foreign_key": _create_foreign_key,
    "create_index": _create_index,
    "create_primary_key": _create_primary_key,
    "create_table": _create_table,
    "create_table_comment": _create_table_comment,
    "create_unique_constraint": _create_unique_constraint,
    "drop_column": _drop_column,
    "drop_constraint": _drop_constraint,
    "drop_index": _drop_index,
    "drop_table": _drop_table,
    "drop_table_comment": _drop_table_comment,
    "rename_table": _rename_table,
}
"""The function for each ``visit_name``."""
