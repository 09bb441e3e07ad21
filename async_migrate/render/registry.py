"""Renderers for operations that do not come with this package."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from async_migrate.errors import DuplicateRendererError

if TYPE_CHECKING:
    from async_migrate.operations.base import MigrateOperation

__all__ = ["OperationRenderer", "custom_renderer", "register_renderer"]

OperationRenderer: TypeAlias = Callable[[Any, Any], "str | Iterable[str]"]
"""A function ``(context, operation)`` that returns the source of one or more statements, as text or as lines.

``context.imports`` is a set to which it adds the import statements that the source needs.
"""

_Renderer = TypeVar("_Renderer", bound=OperationRenderer)
_RENDERERS: dict[type[MigrateOperation], OperationRenderer] = {}


def register_renderer(
    operation: type[MigrateOperation], *, replace: bool = False
) -> Callable[[_Renderer], _Renderer]:
    """Make the decorated function the renderer of an operation class and its subclasses.

    It takes precedence over the built-in one of that class. The arguments and the result are those of
    functions that Alembic's ``renderers.dispatch_for`` decorates.

    Args:
        operation: The class.
        replace: Whether it may take the place of a function registered earlier.

    Raises:
        DuplicateRendererError: There is one already, and ``replace`` is not set.
    """

    def register(renderer: _Renderer) -> _Renderer:
        if operation in _RENDERERS and not replace:
            raise DuplicateRendererError(operation)
        _RENDERERS[operation] = renderer
        return renderer

    return register


def custom_renderer(operation: type[MigrateOperation]) -> OperationRenderer | None:
    """Return the function registered for a class or the nearest of its bases."""
    return next((_RENDERERS[base] for base in operation.__mro__ if base in _RENDERERS), None)
