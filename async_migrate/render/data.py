"""SQL of one's own and rows, as directives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, cast

from sqlalchemy import TextClause
from sqlalchemy.types import NullType

from async_migrate.render.arguments import options_of, schema_argument
from async_migrate.render.expressions import statement_source, text_source
from async_migrate.render.tree import Concatenated, Dictionary, Name, call, list_of, quoted
from async_migrate.render.types import type_code
from async_migrate.render.values import identifier, value_code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from sqlalchemy import Executable
    from sqlalchemy.sql.elements import ClauseElement

    from async_migrate.operations.data import BulkInsertOp, ExecuteSQLOp
    from async_migrate.render.context import RenderContext
    from async_migrate.render.tree import Code, Statement

__all__ = ["DATA_DIRECTIVES"]

_Rendered: TypeAlias = "Iterable[Statement]"


def _execute(operation: ExecuteSQLOp, context: RenderContext) -> _Rendered:
    yield call(
        context.directive("execute"),
        _sql_code(operation.sqltext, context),
        **options_of({"execution_options": operation.execution_options or None}, context),
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
    table: Any = operation.table
    used = {key for row in operation.rows for key in row}
    columns = [column for column in table.columns if not used or column.key in used]
    names = {column.key: column.name for column in columns}
    yield call(
        context.directive("bulk_insert"),
        call(
            context.sqlalchemy("table"),
            identifier(table.name, context),
            # The rows do not need the other columns.
            *(_lightweight_column(column, context) for column in columns),
            **schema_argument(getattr(table, "schema", None), context),
        ),
        list_of(*(Dictionary(tuple(_cells(row, names, context))) for row in operation.rows)),
        **({} if operation.multiinsert else {"multiinsert": Name("False")}),
    )


def _cells(
    row: Mapping[str, Any], names: Mapping[str, str], context: RenderContext
) -> Iterator[tuple[Code, Code]]:
    return ((quoted(names.get(key, key)), value_code(value, context)) for key, value in row.items())


def _lightweight_column(column: Any, context: RenderContext) -> Code:
    types = [] if isinstance(column.type, NullType) else [type_code(column.type, context)]
    return call(context.sqlalchemy("column"), identifier(column.name, context), *types)


DATA_DIRECTIVES: Mapping[str, Callable[[Any, RenderContext], _Rendered]] = {
    "bulk_insert": _bulk_insert,
    "execute": _execute,
}
"""The function for each ``visit_name``."""
