"""Operations as statements: containers here, directives in the modules beside."""

from __future__ import annotations

import ast
from textwrap import dedent
from typing import TYPE_CHECKING, Any, TypeAlias

from async_migrate.errors import NoRendererError, RenderedCodeError, UnrenderableArgumentError
from async_migrate.render.arguments import schema_argument
from async_migrate.render.data import DATA_DIRECTIVES
from async_migrate.render.destructive import loss
from async_migrate.render.directives import SCHEMA_DIRECTIVES
from async_migrate.render.objects import OBJECT_DIRECTIVES
from async_migrate.render.registry import custom_renderer
from async_migrate.render.tree import Block, Comment, Verbatim, block_body, call, parsed
from async_migrate.render.values import identifier, value_code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from async_migrate.operations.base import MigrateOperation, OpContainer
    from async_migrate.operations.containers import BatchAlterTable, ModifyTableOps
    from async_migrate.render.context import RenderContext
    from async_migrate.render.registry import OperationRenderer
    from async_migrate.render.tree import Call, Code, Statement

__all__ = ["statements"]

_Rendered: TypeAlias = "Iterable[Statement]"

_NAMES = (
    "table_name",
    "source_table",
    "index_name",
    "view_name",
    "routine_name",
    "enum_name",
    "extension_name",
)
"""The attributes that name what an operation is about."""


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
    for attribute in _NAMES:
        name = getattr(operation, attribute, None)
        if isinstance(name, str):
            return f"{operation.visit_name} {str(name)!r}"
    return operation.visit_name


def _custom(
    renderer: OperationRenderer, operation: MigrateOperation, context: RenderContext
) -> list[Statement]:
    result = renderer(context, operation)
    source = dedent(result if isinstance(result, str) else "\n".join(result)).strip("\n")
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        origin = f"the renderer of {type(operation).__name__}"
        raise RenderedCodeError(source, origin=origin, reason=error.msg) from error
    context.note_names(source)
    if not tree.body:
        return [Comment(line.strip().removeprefix("# ")) for line in source.splitlines() if line.strip()]
    if "#" not in source and all(isinstance(node, ast.Expr) for node in tree.body):
        return [parsed(ast.unparse(node)) for node in tree.body]
    return [Verbatim(tuple(source.split("\n")))]


def _container(operation: OpContainer, context: RenderContext) -> _Rendered:
    for inner in operation.ops:
        yield from statements(inner, context)


def _modify_table(operation: ModifyTableOps, context: RenderContext) -> _Rendered:
    if not context.options.render_as_batch or context.in_batch:
        yield from _container(operation, context)
        return
    body = tuple(_container(operation, context.within_batch()))
    if body:
        # Set where the block drops a constraint that has no name in the database.
        convention = operation.naming_convention
        options = {"naming_convention": value_code(dict(convention), context)} if convention else {}
        header = _batch(operation.table_name, operation.schema, options, context)
        yield Block(header, "batch_op", block_body(body))


def _batch_alter_table(operation: BatchAlterTable, context: RenderContext) -> _Rendered:
    objects = ("reflect_args", "reflect_kwargs", "table_args")
    given = [parameter for parameter in objects if getattr(operation, parameter)]
    if operation.copy_from is not None:
        given.append("copy_from")
    if given:
        raise UnrenderableArgumentError(given[0], subject=context.subject)
    options: dict[str, Any] = {}
    if operation.recreate != "auto":
        options["recreate"] = operation.recreate
    for parameter in ("partial_reordering", "table_kwargs", "naming_convention"):
        if value := getattr(operation, parameter):
            options[parameter] = value
    inside = context.within_batch()
    body = block_body(inner for each in operation.operations for inner in statements(each, inside))
    codes = {name: value_code(value, context) for name, value in options.items()}
    header = _batch(operation.table_name, operation.schema, codes, context)
    yield Block(header, "batch_op", body)


def _batch(table: str, schema: str | None, options: Mapping[str, Code], context: RenderContext) -> Call:
    return call(
        context.directive("batch_alter_table"),
        identifier(table, context),
        **schema_argument(schema, context),
        **options,
    )


_RENDERERS: Mapping[str, Callable[[Any, RenderContext], _Rendered]] = {
    **SCHEMA_DIRECTIVES,
    **DATA_DIRECTIVES,
    **OBJECT_DIRECTIVES,
    "batch_alter_table": _batch_alter_table,
    "container": _container,
    "downgrade": _container,
    "modify_table": _modify_table,
    "upgrade": _container,
}
