"""Operations as statements: one function for each ``visit_name``.

A directive is written with what its caller must say and what differs from its defaults, so the file reads
like one written by hand; only nullability and uniqueness are always said. Inside a ``batch_alter_table``
block the block knows the table and its schema.
"""

from __future__ import annotations

import ast
from textwrap import dedent
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from sqlalchemy import TextClause
from sqlalchemy.types import NullType

from async_migrate.errors import (
    NoRendererError,
    RenderedCodeError,
    UnrenderableArgumentError,
)
from async_migrate.render.columns import added_column_code, column_code, server_default_code
from async_migrate.render.constraints import constraint_codes, exclude_elements
from async_migrate.render.destructive import loss
from async_migrate.render.expressions import statement_source, text_call, text_source
from async_migrate.render.indexes import index_code, index_elements, index_options
from async_migrate.render.registry import custom_renderer
from async_migrate.render.tree import (
    Block,
    Call,
    Comment,
    Concatenated,
    Dictionary,
    Name,
    Verbatim,
    call,
    list_of,
    parsed,
    quoted,
)
from async_migrate.render.types import type_code
from async_migrate.render.values import identifier, keyword_codes, name_code, names, plain_values, value_code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Executable
    from sqlalchemy.sql.elements import ClauseElement

    from async_migrate.operations.base import MigrateOperation, OpContainer
    from async_migrate.operations.columns import AddColumnOp, AlterColumnOp, DropColumnOp
    from async_migrate.operations.constraints import (
        CreateCheckConstraintOp,
        CreateExcludeConstraintOp,
        CreateForeignKeyOp,
        CreatePrimaryKeyOp,
        CreateUniqueConstraintOp,
        DropConstraintOp,
    )
    from async_migrate.operations.containers import BatchAlterTable, ModifyTableOps
    from async_migrate.operations.data import BulkInsertOp, ExecuteSQLOp
    from async_migrate.operations.indexes import CreateIndexOp, DropIndexOp
    from async_migrate.operations.tables import (
        CreateTableCommentOp,
        CreateTableOp,
        DropTableCommentOp,
        DropTableOp,
        RenameTableOp,
    )
    from async_migrate.render.context import RenderContext
    from async_migrate.render.registry import OperationRenderer
    from async_migrate.render.tree import Code, Statement

__all__ = ["statements"]

_Rendered: TypeAlias = "Iterable[Statement]"

_NAMELESS = "The constraint has no name; give its name here, or the directive cannot find it."


def statements(operation: MigrateOperation, context: RenderContext) -> list[Statement]:
    """Return the statements that carry out an operation; an empty container has none.

    Raises:
        NoRendererError: Nothing is known about operations of this class.
        RenderError: Something in the operation cannot be written as code.
    """
    context = context.about(_described(operation))
    custom = custom_renderer(type(operation))
    if custom is not None:
        rendered = _custom(custom, operation, context)
    elif (renderer := _RENDERERS.get(operation.visit_name)) is not None:
        rendered = list(renderer(operation, context))
    else:
        raise NoRendererError(type(operation))
    destroyed = loss(operation) if context.options.mark_destructive else None
    return rendered if destroyed is None else [Comment(f"Destroys {destroyed}."), *rendered]


def _described(operation: MigrateOperation) -> str:
    for attribute in ("table_name", "source_table", "index_name"):
        name = getattr(operation, attribute, None)
        if isinstance(name, str):
            return f"{operation.visit_name} {str(name)!r}"
    return operation.visit_name


def _custom(
    renderer: OperationRenderer, operation: MigrateOperation, context: RenderContext
) -> list[Statement]:
    result = renderer(context, operation)
    source = dedent(result if isinstance(result, str) else "\n".join(result)).strip("\n")
    if not source:
        return []
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        origin = f"the renderer of {type(operation).__name__}"
        raise RenderedCodeError(source, origin=origin, reason=error.msg) from error
    context.note_names(source)
    if "#" not in source and all(isinstance(node, ast.Expr) for node in tree.body):
        return [parsed(ast.unparse(node)) for node in tree.body]
    return [Verbatim(tuple(source.split("\n")))]


# --- containers ---------------------------------------------------------------------------------------------


def _container(operation: OpContainer, context: RenderContext) -> _Rendered:
    for inner in operation.ops:
        yield from statements(inner, context)


def _modify_table(operation: ModifyTableOps, context: RenderContext) -> _Rendered:
    if not context.options.render_as_batch or context.in_batch:
        yield from _container(operation, context)
        return
    body = tuple(_container(operation, context.within_batch()))
    if body:
        yield Block(_batch(operation.table_name, operation.schema, {}, context), "batch_op", body)


def _batch_alter_table(operation: BatchAlterTable, context: RenderContext) -> _Rendered:
    for parameter in ("copy_from", "reflect_args", "reflect_kwargs", "table_args"):
        if getattr(operation, parameter):
            raise UnrenderableArgumentError(parameter, subject=context.subject)
    options: dict[str, Any] = {}
    if operation.recreate != "auto":
        options["recreate"] = operation.recreate
    for parameter in ("partial_reordering", "table_kwargs", "naming_convention"):
        if value := getattr(operation, parameter):
            options[parameter] = value
    inside = context.within_batch()
    body = tuple(inner for each in operation.operations for inner in statements(each, inside))
    codes = {name: value_code(value, context) for name, value in options.items()}
    header = _batch(operation.table_name, operation.schema, codes, context)
    yield Block(header, "batch_op", body or (Name("pass"),))


def _batch(table: str, schema: str | None, options: Mapping[str, Code], context: RenderContext) -> Call:
    return call(
        context.directive("batch_alter_table"),
        identifier(table, context),
        **_schema(schema, context),
        **options,
    )


# --- tables -------------------------------------------------------------------------------------------------


def _create_table(operation: CreateTableOp, context: RenderContext) -> _Rendered:
    table = operation.to_table()
    columns = (column_code(column, context) for column in table.columns)
    constraints = constraint_codes(table.constraints, context, metadata=operation.namespace_metadata)
    indexes = sorted((index_code(index, context) for index in table.indexes), key=repr)
    options = dict(_schema(operation.schema, context))
    if operation.comment is not None:
        options["comment"] = quoted(operation.comment)
    if operation.info and (info := plain_values(operation.info, context)).items:
        options["info"] = info
    options |= keyword_codes(dict(sorted(operation.kw.items())), context)
    if operation.prefixes:
        options["prefixes"] = value_code(list(operation.prefixes), context)
    options |= _flag("if_not_exists", operation.if_not_exists)
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
        **_schema(operation.schema, context),
        **_flag("if_exists", operation.if_exists),
    )


def _rename_table(operation: RenameTableOp, context: RenderContext) -> _Rendered:
    yield call(
        context.directive("rename_table"),
        identifier(operation.table_name, context),
        identifier(operation.new_table_name, context),
        **_schema(operation.schema, context),
    )


def _create_table_comment(operation: CreateTableCommentOp, context: RenderContext) -> _Rendered:
    yield call(
        context.directive("create_table_comment"),
        *_table(operation.table_name, context),
        value_code(operation.comment, context),
        **_known("existing_comment", operation.existing_comment, context),
        **_schema_outside_batch(operation.schema, context),
    )


def _drop_table_comment(operation: DropTableCommentOp, context: RenderContext) -> _Rendered:
    yield call(
        context.directive("drop_table_comment"),
        *_table(operation.table_name, context),
        **_known("existing_comment", operation.existing_comment, context),
        **_schema_outside_batch(operation.schema, context),
    )


# --- columns ------------------------------------------------------------------------------------------------


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
        *_table(operation.table_name, context),
        column,
        **_schema_outside_batch(operation.schema, context),
        **_flag("if_not_exists", operation.if_not_exists),
        **_flag("inline_references", operation.inline_references),
        **_flag("inline_primary_key", operation.inline_primary_key),
        **_options(operation.kw, context),
    )


def _drop_column(operation: DropColumnOp, context: RenderContext) -> _Rendered:
    yield call(
        context.directive("drop_column"),
        *_table(operation.table_name, context),
        identifier(operation.column_name, context),
        **_schema_outside_batch(operation.schema, context),
        **_flag("if_exists", operation.if_exists),
        **_options(operation.kw, context),
    )


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
    changes |= _known("existing_comment", operation.existing_comment, context)
    if operation.modify_nullable is None:
        changes |= _known("existing_nullable", operation.existing_nullable, context)
    if operation.existing_server_default not in (None, False):
        changes["existing_server_default"] = _default(operation.existing_server_default, context)
    yield call(
        context.directive("alter_column"),
        *_table(operation.table_name, context),
        identifier(operation.column_name, context),
        **changes,
        **_options(operation.kw, context),
        **_schema_outside_batch(operation.schema, context),
    )


def _default(default: Any, context: RenderContext) -> Code:
    code = server_default_code(default, context)
    return Name("None") if code is None else code


# --- constraints and indexes --------------------------------------------------------------------------------


def _create_index(operation: CreateIndexOp, context: RenderContext) -> _Rendered:
    yield call(
        context.directive("create_index"),
        name_code(operation.index_name, context),
        *_table(operation.table_name, context),
        index_elements(operation.columns, context),
        unique=Name(repr(bool(operation.unique))),
        **_schema_outside_batch(operation.schema, context),
        **_flag("if_not_exists", operation.if_not_exists),
        **_quote(operation.kw),
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
        **_schema_outside_batch(operation.schema, context),
        **_flag("if_exists", operation.if_exists),
        **_quote(operation.kw),
        **index_options(operation.kw, columns, context),
    )


def _create_primary_key(operation: CreatePrimaryKeyOp, context: RenderContext) -> _Rendered:
    yield call(
        context.directive("create_primary_key"),
        name_code(operation.constraint_name, context),
        *_table(operation.table_name, context),
        names(operation.columns, context),
        **_schema_outside_batch(operation.schema, context),
        **_options(operation.kw, context),
    )


def _create_unique_constraint(operation: CreateUniqueConstraintOp, context: RenderContext) -> _Rendered:
    yield call(
        context.directive("create_unique_constraint"),
        name_code(operation.constraint_name, context),
        *_table(operation.table_name, context),
        names(operation.columns, context),
        **_schema_outside_batch(operation.schema, context),
        **_options(operation.kw, context),
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
        *_table(operation.source_table, context),
        identifier(operation.referent_table, context),
        names(operation.local_cols, context),
        names(operation.remote_cols, context),
        **named,
        **_options({name: value for name, value in options.items() if name not in first}, context),
    )


def _create_check_constraint(operation: CreateCheckConstraintOp, context: RenderContext) -> _Rendered:
    yield call(
        context.directive("create_check_constraint"),
        name_code(operation.constraint_name, context),
        *_table(operation.table_name, context),
        quoted(text_source(operation.condition, context)),
        **_schema_outside_batch(operation.schema, context),
        **_options(operation.kw, context),
    )


def _create_exclude_constraint(operation: CreateExcludeConstraintOp, context: RenderContext) -> _Rendered:
    where = {} if operation.where is None else {"where": text_call(operation.where, context)}
    yield call(
        context.directive("create_exclude_constraint"),
        name_code(operation.constraint_name, context),
        *_table(operation.table_name, context),
        *exclude_elements(operation.elements, context),
        **where,
        **_schema_outside_batch(operation.schema, context),
        **_options(operation.kw, context),
    )


def _drop_constraint(operation: DropConstraintOp, context: RenderContext) -> _Rendered:
    name = name_code(operation.constraint_name, context)
    if name == Name("None"):
        yield Comment(_NAMELESS)
    yield call(
        context.directive("drop_constraint"),
        name,
        *_table(operation.table_name, context),
        **_schema_outside_batch(operation.schema, context),
        **_known("type_", operation.constraint_type, context),
        **_flag("if_exists", operation.if_exists),
    )


# --- statements and rows ------------------------------------------------------------------------------------


def _execute(operation: ExecuteSQLOp, context: RenderContext) -> _Rendered:
    yield call(
        context.directive("execute"),
        _sql_code(operation.sqltext, context),
        **_options({"execution_options": operation.execution_options or None}, context),
    )


def _sql_code(statement: Executable | str, context: RenderContext) -> Code:
    if isinstance(statement, str):
        return _sql_text(statement)
    if isinstance(statement, TextClause):
        return call(context.sqlalchemy("text"), _sql_text(text_source(statement, context)))
    return _sql_text(statement_source(cast("ClauseElement", statement), context))


def _sql_text(sql: str) -> Code:
    lines = sql.splitlines(keepends=True)
    return Concatenated(tuple(lines)) if len(lines) > 1 else quoted(sql)


def _bulk_insert(operation: BulkInsertOp, context: RenderContext) -> _Rendered:
    rows = [Dictionary(tuple(_cells(row, context))) for row in operation.rows]
    yield call(
        context.directive("bulk_insert"),
        _lightweight_table(operation.table, operation.rows, context),
        list_of(*rows),
        **({} if operation.multiinsert else {"multiinsert": Name("False")}),
    )


def _cells(row: Mapping[str, Any], context: RenderContext) -> Iterator[tuple[Code, Code]]:
    return ((quoted(name), value_code(value, context)) for name, value in row.items())


def _lightweight_table(table: Any, rows: Sequence[Mapping[str, Any]], context: RenderContext) -> Code:
    """Return a ``table()`` with the columns that the rows have; it does not need the others."""
    used = {name for row in rows for name in row}
    columns = [column for column in table.columns if not used or column.key in used]
    return call(
        context.sqlalchemy("table"),
        identifier(table.name, context),
        *(_lightweight_column(column, context) for column in columns),
        **_schema(getattr(table, "schema", None), context),
    )


def _lightweight_column(column: Any, context: RenderContext) -> Code:
    types = [] if isinstance(column.type, NullType) else [type_code(column.type, context)]
    return call(context.sqlalchemy("column"), identifier(column.name, context), *types)


# --- arguments that many directives share -------------------------------------------------------------------


def _table(name: str | None, context: RenderContext) -> Iterator[Code]:
    if not context.in_batch:
        yield Name("None") if name is None else identifier(name, context)


def _schema(schema: str | None, context: RenderContext) -> dict[str, Code]:
    return {"schema": identifier(schema, context)} if schema else {}


def _schema_outside_batch(schema: str | None, context: RenderContext) -> dict[str, Code]:
    return {} if context.in_batch else _schema(schema, context)


def _flag(name: str, value: bool | None) -> dict[str, Code]:
    return {} if value is None else {name: Name(repr(bool(value)))}


def _known(name: str, value: object, context: RenderContext) -> dict[str, Code]:
    return {} if value is None else {name: value_code(value, context)}


def _options(options: Mapping[str, Any], context: RenderContext) -> dict[str, Code]:
    given = {name: value for name, value in options.items() if value is not None and name != "info"}
    return keyword_codes(given, context)


def _quote(options: Mapping[str, Any]) -> dict[str, Code]:
    return _flag("quote", options.get("quote"))


_RENDERERS: dict[str, Callable[[Any, RenderContext], _Rendered]] = {
    "add_column": _add_column,
    "alter_column": _alter_column,
    "batch_alter_table": _batch_alter_table,
    "bulk_insert": _bulk_insert,
    "container": _container,
    "create_check_constraint": _create_check_constraint,
    "create_exclude_constraint": _create_exclude_constraint,
    "create_foreign_key": _create_foreign_key,
    "create_index": _create_index,
    "create_primary_key": _create_primary_key,
    "create_table": _create_table,
    "create_table_comment": _create_table_comment,
    "create_unique_constraint": _create_unique_constraint,
    "downgrade": _container,
    "drop_column": _drop_column,
    "drop_constraint": _drop_constraint,
    "drop_index": _drop_index,
    "drop_table": _drop_table,
    "drop_table_comment": _drop_table_comment,
    "execute": _execute,
    "modify_table": _modify_table,
    "rename_table": _rename_table,
    "upgrade": _container,
}
