"""Arguments that many directives share.

Inside a ``batch_alter_table`` block the block knows the table and its schema, so they are not said again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from async_migrate.render.tree import Name
from async_migrate.render.values import identifier, keyword_codes, value_code

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from async_migrate.render.context import RenderContext
    from async_migrate.render.tree import Code

__all__ = [
    "flag",
    "known",
    "options_of",
    "quote_flag",
    "schema_argument",
    "schema_outside_batch",
    "table_argument",
]


def table_argument(name: str | None, context: RenderContext) -> Iterator[Code]:
    """Yield the name of the table, or nothing inside a batch block."""
    if not context.in_batch:
        yield Name("None") if name is None else identifier(name, context)


def schema_argument(schema: str | None, context: RenderContext) -> dict[str, Code]:
    """Return the schema, where there is one."""
    return {"schema": identifier(schema, context)} if schema else {}


def schema_outside_batch(schema: str | None, context: RenderContext) -> dict[str, Code]:
    """Return the schema, where there is one and no batch block knows it."""
    return {} if context.in_batch else schema_argument(schema, context)


def flag(name: str, value: bool | None) -> dict[str, Code]:
    """Return an option that is true or false, where it was given."""
    return {} if value is None else {name: Name(repr(bool(value)))}


def known(name: str, value: object, context: RenderContext) -> dict[str, Code]:
    """Return an option, where it is not ``None``."""
    return {} if value is None else {name: value_code(value, context)}


def options_of(options: Mapping[str, Any], context: RenderContext) -> dict[str, Code]:
    """Return those options that are not ``None``; ``info`` means nothing to a database."""
    given = {name: value for name, value in options.items() if value is not None and name != "info"}
    return keyword_codes(given, context)


def quote_flag(options: Mapping[str, Any]) -> dict[str, Code]:
    """Return whether a name is to be quoted, where that was said."""
    return flag("quote", options.get("quote"))
