"""Column types as code.

SQLAlchemy's own are ``sa.…``, those of its dialects ``postgresql.…`` with the import, all others carry the
module they come from, which is imported. A type of the application is constructed anew to see that the code
will; a ``TypeDecorator`` for which that fails is written as the type that it wraps, which is the same in the
database.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.types import TypeDecorator, TypeEngine, to_instance

from async_migrate.errors import UnrenderableTypeError, UnrenderableValueError
from async_migrate.render.imports import imported, is_importable, sqlalchemy_class
from async_migrate.render.signatures import Arguments, arguments_in_repr, constructor_arguments
from async_migrate.render.tree import Attribute, Name, call, quoted
from async_migrate.render.values import value_code

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from async_migrate.render.context import RenderContext
    from async_migrate.render.tree import Code

__all__ = ["type_code"]


@value_code.register(TypeEngine)
def type_code(type_: TypeEngine[Any] | type[TypeEngine[Any]], context: RenderContext) -> Code:
    """Return the code that makes a type, with its variants for other dialects.

    Raises:
        UnrenderableTypeError: The object does not tell how it was made, or nothing can import its class.
    """
    instance = to_instance(type_)
    hooked = context.hook("type", instance)
    if hooked is not False:
        return Name("None") if hooked is None else hooked
    code = _base_code(instance, context)
    variants: Mapping[str, TypeEngine[Any]] = instance._variant_mapping  # noqa: SLF001  readable nowhere else
    for dialect in sorted(variants):
        variant = type_code(variants[dialect], context)
        code = call(Attribute(code, "with_variant"), variant, quoted(dialect))
    return code


@value_code.register(type)
def _(value: type, context: RenderContext) -> Code:
    if not issubclass(value, TypeEngine):
        raise UnrenderableValueError(value, subject=context.subject)
    return type_code(value, context)


def _base_code(type_: TypeEngine[Any], context: RenderContext) -> Code:
    if type(type_).__module__.startswith("sqlalchemy."):
        path = sqlalchemy_class(type(type_), context)
        arguments = constructor_arguments(type_)
        if path is None or arguments is None:
            raise UnrenderableTypeError(type_, subject=context.subject)
        return _constructed(path, arguments, context)
    return _user_code(type_, context)


def _user_code(type_: TypeEngine[Any], context: RenderContext) -> Code:
    prefix = context.options.user_module_prefix
    if prefix is not None or is_importable(type(type_)):
        for arguments in _candidates(type_, context):
            if _makes_the_same(type_, arguments, context):
                path = imported(type(type_), context) if prefix is None else prefix + type(type_).__qualname__
                return _constructed(path, arguments, context)
    if isinstance(type_, TypeDecorator):
        return type_code(type_.load_dialect_impl(context.dialect), context)
    raise UnrenderableTypeError(type_, subject=context.subject)


def _candidates(type_: TypeEngine[Any], context: RenderContext) -> Iterator[Arguments]:
    """Yield arguments that may construct the type, the likeliest first."""
    if _has_own_repr(type(type_)) and (shown := arguments_in_repr(type_)) is not None:
        yield shown
    stored = constructor_arguments(type_)
    if stored is not None and all(_is_renderable(value, context) for value in stored.positional):
        known = {name: value for name, value in stored.keywords.items() if _is_renderable(value, context)}
        yield Arguments(stored.positional, known)


def _has_own_repr(cls: type) -> bool:
    owner = next(base for base in cls.__mro__ if "__repr__" in vars(base) or "repr_struct" in vars(base))
    return not owner.__module__.startswith("sqlalchemy.")


def _is_renderable(value: object, context: RenderContext) -> bool:
    try:
        value_code(value, context)
    except (UnrenderableTypeError, UnrenderableValueError):
        return False
    return True


def _makes_the_same(type_: TypeEngine[Any], arguments: Arguments, context: RenderContext) -> bool:
    """Return whether the arguments construct a type that is the same in the database."""
    try:
        again = type(type_)(*arguments.positional, **arguments.keywords)
    except Exception:  # noqa: BLE001  somebody else's constructor may raise what it likes
        return False
    return _ddl_of(again, context) == _ddl_of(type_, context)


def _ddl_of(type_: TypeEngine[Any], context: RenderContext) -> str | None:
    try:
        return type_.compile(dialect=context.dialect)
    except Exception:  # noqa: BLE001  a type of another database cannot be compiled for this one
        return None


def _constructed(path: str, arguments: Arguments, context: RenderContext) -> Code:
    positional = [value_code(value, context) for value in arguments.positional]
    keywords = {name: value_code(value, context) for name, value in arguments.keywords.items()}
    return call(path, *positional, **keywords)
