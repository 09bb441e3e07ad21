"""The directives of ``op`` for views, routines, triggers, extensions and enums, a class for each."""

from async_migrate.operations.object_directives.enums import EnumDirectives
from async_migrate.operations.object_directives.extensions import ExtensionDirectives
from async_migrate.operations.object_directives.routines import RoutineDirectives
from async_migrate.operations.object_directives.triggers import TriggerDirectives
from async_migrate.operations.object_directives.views import ViewDirectives

__all__ = ["ObjectDirectives"]


class ObjectDirectives(
    ViewDirectives, RoutineDirectives, TriggerDirectives, ExtensionDirectives, EnumDirectives
):
    """All of them."""
