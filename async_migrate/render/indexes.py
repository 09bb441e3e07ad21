"""Indexes as code: what they are over, and their options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, TextClause
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import ClauseElement, Label

from async_migrate.render.expressions import index_sql, text_call
from async_migrate.render.tree import Attribute, Name, call, list_of, quoted
from async_migrate.render.values import identifier, keyword_codes, name_code

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Index

    from async_migrate.render.context import RenderContext
    from async_migrate.render.tree import Bracketed, Code

__all__ = ["index_code", "index_elements", "index_options"]


_NO_DIALECTS = ("unique", "quote", "info")
"""Options of an index that are not given to it by a dialect."""


def index_code(index: Index, context: RenderContext) -> Code:
    """Return the code of an index that is made together with its table."""
    return call(
        context.sqlalchemy("Index"),
        name_code(index.name, context),
        *index_elements(index.expressions, context).items,
        unique=Name(repr(bool(index.unique))),
        **index_options(index.dialect_kwargs, index.expressions, context),
    )


def index_elements(expressions: Sequence[Any], context: RenderContext) -> Bracketed:
    """Return what an index is over: columns by name, all else as SQL."""
    return list_of(*[_element(expression, context) for expression in expressions])


def index_options(
    options: Mapping[str, Any], expressions: Sequence[Any], context: RenderContext
) -> dict[str, Code]:
    """Return the options that dialects give an index, with columns by the names that the database knows.

    In a model an option may name a column by its key, but a directive only has names.

    Args:
        options: The options; those that are no dialect's are left out.
        expressions: What the index is over, which leads to the table of the model.
        context: Where rendering stands.
    """
    names = {column.key: column.name for column in _known_columns(expressions)}
    return keyword_codes(
        {name: _by_name(value, names) for name, value in options.items() if name not in _NO_DIALECTS}, context
    )


def _known_columns(expressions: Sequence[Any]) -> Iterator[Column[Any]]:
    for expression in expressions:
        if isinstance(expression, ClauseElement):
            for element in visitors.iterate(expression):
                if isinstance(element, Column):
                    yield from [element] if element.table is None else element.table.c


def _element(expression: Any, context: RenderContext) -> Code:
    if isinstance(expression, str):
        return identifier(expression, context)
    if isinstance(expression, Column):
        return identifier(expression.name, context)
    if isinstance(expression, TextClause):
        return text_call(expression, context)
    code = call(context.sqlalchemy("literal_column"), quoted(index_sql(expression, context)))
    if isinstance(expression, Label) and type(expression.name) is str:
        return call(Attribute(code, "label"), quoted(expression.name))
    return code


def _by_name(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {names.get(key, key): item for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [names.get(item, item) if isinstance(item, str) else item for item in value]
    return value
