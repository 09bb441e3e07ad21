"""Changes of views, routines, triggers, extensions and enums in words, for :mod:`async_migrate.render.wording`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from async_migrate.operations.enums import (
    AddEnumValueOp,
    CreateEnumOp,
    DropEnumOp,
    DropEnumValueOp,
    RenameEnumOp,
    RenameEnumValueOp,
)
from async_migrate.operations.extensions import CreateExtensionOp, DropExtensionOp
from async_migrate.operations.routines import DropRoutineOp, RoutineOp
from async_migrate.operations.triggers import DropTriggerOp, TriggerOp
from async_migrate.operations.views import DropViewOp, RefreshMaterializedViewOp, ViewOp

if TYPE_CHECKING:
    from async_migrate.operations.base import MigrateOperation

__all__ = ["object_words"]

_VERBS = {"create": "added", "drop": "removed", "refresh": "refreshed", "replace": "changed"}


def object_words(operation: MigrateOperation) -> str | None:
    """Return the change that an operation makes, or ``None`` if it is about none of these objects."""
    match operation:
        case ViewOp() | DropViewOp() | RefreshMaterializedViewOp():
            return f"{_verb(operation)} {_view(operation)}"
        case RoutineOp() | DropRoutineOp():
            name = _name(operation.routine_name, operation.schema)
            return f"{_verb(operation)} {operation.kind} {name}"
        case TriggerOp() | DropTriggerOp():
            table = _name(operation.table_name, operation.schema)
            return f"{_verb(operation)} trigger {operation.trigger_name} on {table}"
        case CreateExtensionOp() | DropExtensionOp():
            return f"{_verb(operation)} extension {operation.extension_name}"
        case _:
            return _enum(operation)


def _enum(operation: MigrateOperation) -> str | None:
    match operation:
        case CreateEnumOp() | DropEnumOp():
            return f"{_verb(operation)} enum {_name(operation.enum_name, operation.schema)}"
        case RenameEnumOp():
            old = _name(operation.enum_name, operation.schema)
            return f"renamed enum {old} to {operation.new_enum_name}"
        case AddEnumValueOp():
            return f"added value {operation.value!r} to enum {_name(operation.enum_name, operation.schema)}"
        case DropEnumValueOp():
            enum = _name(operation.enum_name, operation.schema)
            return f"removed value {operation.value!r} from enum {enum}"
        case RenameEnumValueOp():
            enum = _name(operation.enum_name, operation.schema)
            return f"renamed value {operation.old_value!r} of enum {enum} to {operation.new_value!r}"
        case _:
            return None


def _verb(operation: MigrateOperation) -> str:
    return _VERBS[operation.visit_name.partition("_")[0]]


def _view(operation: ViewOp | DropViewOp | RefreshMaterializedViewOp) -> str:
    materialized = getattr(operation, "materialized", True)
    return f"{'materialized view' if materialized else 'view'} {_name(operation.view_name, operation.schema)}"


def _name(name: str, schema: str | None) -> str:
    return name if schema is None else f"{schema}.{name}"
