"""Where a class can be imported from, and the import statement for it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import sqlalchemy
import sqlalchemy.types

if TYPE_CHECKING:
    from types import ModuleType

    from async_migrate.render.context import RenderContext

__all__ = ["dialect_class", "imported", "is_importable", "sqlalchemy_class"]


def sqlalchemy_class(cls: type, context: RenderContext) -> str | None:
    """Return the path of the public SQLAlchemy class that this one is or derives from.

    Drivers specialise types under private names (``AsyncpgInteger``), and a few public ones are exported only
    by ``sqlalchemy.types`` (``NullType``).
    """
    for base in cls.__mro__:
        if getattr(sqlalchemy, base.__name__, None) is base:
            return context.sqlalchemy(base.__name__)
        if getattr(sqlalchemy.types, base.__name__, None) is base:
            return context.sqlalchemy(f"types.{base.__name__}")
        if (path := dialect_class(base, context)) is not None:
            return path
    return None


def dialect_class(cls: type, context: RenderContext) -> str | None:
    """Return the path of a class that one of SQLAlchemy's dialects exports, and note the import."""
    package, _, rest = cls.__module__.partition("sqlalchemy.dialects.")
    dialect = rest.partition(".")[0]
    if package or not dialect or not _exports(sys.modules.get(f"sqlalchemy.dialects.{dialect}"), cls):
        return None
    context.imports.add(f"from sqlalchemy.dialects import {dialect}")
    return f"{dialect}.{cls.__name__}"


def is_importable(cls: type) -> bool:
    """Return whether a file can import the class: not one made inside a function, nor in ``__main__``."""
    found: object = sys.modules.get(cls.__module__)
    for name in cls.__qualname__.split("."):
        found = getattr(found, name, None)
    return found is cls and cls.__module__ != "__main__"


def imported(cls: type, context: RenderContext) -> str:
    """Return the path of a class of the application or another library, and note the import of its module."""
    module = _public_module(cls)
    if module != "builtins":
        context.imports.add(f"import {module}")
    return f"{module}.{cls.__qualname__}"


def _public_module(cls: type) -> str:
    """Return the shortest package that declares the class in its ``__all__``, or the module that defines it.

    ``pgvector.sqlalchemy`` is promised by its authors, ``pgvector.sqlalchemy.vector`` is where it lies today.
    """
    parts = cls.__module__.split(".")
    for length in range(1, len(parts)):
        package = sys.modules.get(".".join(parts[:length]))
        if cls.__name__ in getattr(package, "__all__", ()) and _exports(package, cls):
            return ".".join(parts[:length])
    return cls.__module__


def _exports(module: ModuleType | None, cls: type) -> bool:
    return getattr(module, cls.__name__, None) is cls
