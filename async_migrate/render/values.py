"""Python values as code.

:func:`value_code` dispatches on the type of the value. This module knows the plain values; what SQLAlchemy
adds (types, expressions, columns) is registered by the modules that render it.
"""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import uuid
import zoneinfo
from functools import singledispatch
from typing import TYPE_CHECKING, Any

from sqlalchemy.sql.elements import conv, quoted_name

from async_migrate.errors import UnrenderableValueError
from async_migrate.render.imports import dialect_class, imported, is_importable
from async_migrate.render.tree import (
    Dictionary,
    Name,
    call,
    list_of,
    number,
    parsed,
    quoted,
    set_of,
    tuple_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from async_migrate.render.context import RenderContext
    from async_migrate.render.tree import Bracketed, Code

__all__ = ["identifier", "keyword_codes", "name_code", "names", "plain_values", "value_code"]


@singledispatch
def value_code(value: object, context: RenderContext) -> Code:
    """Return the code that makes a value.

    Raises:
        UnrenderableValueError: There is none.
    """
    raise UnrenderableValueError(value, subject=context.subject)


def keyword_codes(options: Mapping[str, Any], context: RenderContext) -> dict[str, Code]:
    """Return options as keyword arguments; Alembic reads a blank in a name as an underscore, and so do we."""
    return {name.replace(" ", "_"): value_code(value, context) for name, value in options.items()}


def plain_values(options: Mapping[Any, Any], context: RenderContext) -> Dictionary:
    """Return a dictionary of those options that code can make; what it cannot is left out."""
    items = []
    for key, value in options.items():
        try:
            items.append((value_code(key, context), value_code(value, context)))
        except UnrenderableValueError:
            continue
    return Dictionary(tuple(items))


def identifier(name: str, context: RenderContext) -> Code:
    """Return the name of a table or column, with the quoting it was told to have."""
    quote = getattr(name, "quote", None)
    if quote is None:
        return quoted(name)
    return call(context.sqlalchemy("quoted_name"), quoted(name), quote=Name(repr(quote)))


def names(identifiers: Any, context: RenderContext) -> Bracketed:
    """Return a list of names of columns."""
    return list_of(*[identifier(name, context) for name in identifiers])


def name_code(name: object, context: RenderContext) -> Code:
    """Return the name of a constraint or index, in ``op.f()`` if no naming convention shall change it.

    SQLAlchemy says "has no name on purpose" with an object that is no string.
    """
    if not isinstance(name, str):
        return Name("None")
    if isinstance(name, conv):
        return call(context.directive("f"), quoted(name))
    return identifier(name, context)


@value_code.register(type(None))
@value_code.register(bool)
def _(value: bool | None, context: RenderContext) -> Code:
    return Name(repr(value))


@value_code.register(str)
@value_code.register(bytes)
def _(value: str | bytes, context: RenderContext) -> Code:
    if isinstance(value, quoted_name) and value.quote is not None:
        return identifier(value, context)
    return quoted(value)


@value_code.register(int)
@value_code.register(float)
@value_code.register(complex)
def _(value: complex, context: RenderContext) -> Code:
    return number(value)


@value_code.register(list)
def _(value: list[Any], context: RenderContext) -> Code:
    return list_of(*[value_code(item, context) for item in value])


@value_code.register(tuple)
def _(value: tuple[Any, ...], context: RenderContext) -> Code:
    return tuple_of(*[value_code(item, context) for item in value])


@value_code.register(set)
@value_code.register(frozenset)
def _(value: set[Any] | frozenset[Any], context: RenderContext) -> Code:
    items = sorted((value_code(item, context) for item in value), key=repr)
    return call("frozenset", list_of(*items)) if isinstance(value, frozenset) else set_of(*items)


@value_code.register(dict)
def _(value: dict[Any, Any], context: RenderContext) -> Code:
    pairs = ((value_code(key, context), value_code(item, context)) for key, item in value.items())
    return Dictionary(tuple(pairs))


@value_code.register(decimal.Decimal)
def _(value: decimal.Decimal, context: RenderContext) -> Code:
    context.imports.add("import decimal")
    return call("decimal.Decimal", quoted(str(value)))


@value_code.register(uuid.UUID)
def _(value: uuid.UUID, context: RenderContext) -> Code:
    context.imports.add("import uuid")
    return call("uuid.UUID", quoted(str(value)))


@value_code.register(dt.date)
@value_code.register(dt.time)
@value_code.register(dt.timedelta)
def _(value: dt.date | dt.time | dt.timedelta, context: RenderContext) -> Code:
    context.imports.add("import datetime")
    zone = getattr(value, "tzinfo", None)
    if isinstance(zone, zoneinfo.ZoneInfo) and zone.key:
        context.imports.add("import zoneinfo")
    elif zone is not None and not isinstance(zone, dt.timezone):
        raise UnrenderableValueError(value, subject=context.subject)
    return parsed(repr(value))


@value_code.register(enum.Enum)
def _(value: enum.Enum, context: RenderContext) -> Code:
    cls = type(value)
    path = dialect_class(cls, context)
    if path is None:
        if not is_importable(cls):
            raise UnrenderableValueError(value, subject=context.subject)
        path = imported(cls, context)
    return Name(f"{path}.{value.name}")
