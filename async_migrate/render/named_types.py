"""Types that PostgreSQL keeps by a name, where they are dropped with the column or table that brought them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects.postgresql import DOMAIN, ENUM

from async_migrate.ddl.schema_items import types_within
from async_migrate.render.arguments import schema_argument
from async_migrate.render.tree import call, list_of
from async_migrate.render.types import type_code
from async_migrate.render.values import identifier

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.types import TypeEngine

    from async_migrate.render.context import RenderContext
    from async_migrate.render.tree import Code

__all__ = ["DROP_TYPES", "types_to_drop"]

DROP_TYPES = "postgresql_drop_types"
"""The option of ``drop_table`` and ``drop_column``."""


def types_to_drop(
    types: Iterable[TypeEngine[Any]], context: RenderContext, *, kept: TypeEngine[Any] | None = None
) -> dict[str, Code]:
    """Return the option that names those among the types that PostgreSQL keeps by a name; nothing elsewhere.

    An enum is known by its name; to list its values once more would say nothing.

    Args:
        types: The types.
        context: Where rendering stands.
        kept: A type that is used further on.
    """
    if context.dialect.name != "postgresql":
        return {}
    still_used = {} if kept is None else _named([kept], context)
    named = {name: part for name, part in _named(types, context).items() if name not in still_used}
    return {DROP_TYPES: list_of(*(_code(part, context) for part in named.values()))} if named else {}


def _named(
    types: Iterable[TypeEngine[Any]], context: RenderContext
) -> dict[tuple[str | None, str], ENUM | DOMAIN]:
    return {
        (part.schema, str(part.name)): part
        for type_ in types
        for part in types_within(type_, context.dialect)
        if isinstance(part, (ENUM, DOMAIN)) and part.create_type and part.name
    }


def _code(type_: ENUM | DOMAIN, context: RenderContext) -> Code:
    if isinstance(type_, DOMAIN):
        return type_code(type_, context)
    name = identifier(str(type_.name), context)
    return call(context.sqlalchemy("Enum"), name=name, **schema_argument(type_.schema, context))
