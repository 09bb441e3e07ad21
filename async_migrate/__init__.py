"""Asyncio-native schema migrations for SQLAlchemy.

Names are imported when they are first used, so that ``import async_migrate`` costs next to nothing and the command
line loads only what a command needs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from async_migrate.autogenerate import compare, compare_sync
    from async_migrate.config import Config
    from async_migrate.errors import AsyncMigrateError, ExecutionError, UsageError
    from async_migrate.events import StepFinished, StepStarted
    from async_migrate.history import Direction, Plan, Revision, RevisionEntry, RevisionGraph, Step
    from async_migrate.migrator import Migrator, migrate_to_head
    from async_migrate.operations.batch import BatchOperations
    from async_migrate.operations.bound import op
    from async_migrate.operations.facade import Operations
    from async_migrate.operations.recorder import Recorder
    from async_migrate.operations.rewriter import Rewriter
    from async_migrate.render import render
    from async_migrate.results import (
        AppliedStep,
        CheckResult,
        GeneratedRevision,
        MigrationResult,
        Status,
    )

__all__ = [
    "AppliedStep",
    "AsyncMigrateError",
    "BatchOperations",
    "CheckResult",
    "Config",
    "Direction",
    "ExecutionError",
    "GeneratedRevision",
    "MigrationResult",
    "Migrator",
    "Operations",
    "Plan",
    "Recorder",
    "Revision",
    "RevisionEntry",
    "RevisionGraph",
    "Rewriter",
    "Status",
    "Step",
    "StepFinished",
    "StepStarted",
    "UsageError",
    "compare",
    "compare_sync",
    "migrate_to_head",
    "op",
    "render",
]

_HOMES = {
    "AppliedStep": "results",
    "AsyncMigrateError": "errors",
    "BatchOperations": "operations.batch",
    "CheckResult": "results",
    "Config": "config",
    "Direction": "history",
    "ExecutionError": "errors",
    "GeneratedRevision": "results",
    "MigrationResult": "results",
    "Migrator": "migrator",
    "Operations": "operations.facade",
    "Plan": "history",
    "Recorder": "operations.recorder",
    "Revision": "history",
    "RevisionEntry": "history",
    "RevisionGraph": "history",
    "Rewriter": "operations.rewriter",
    "Status": "results",
    "Step": "history",
    "StepFinished": "events",
    "StepStarted": "events",
    "UsageError": "errors",
    "compare": "autogenerate",
    "compare_sync": "autogenerate",
    "migrate_to_head": "migrator",
    "op": "operations.bound",
    "render": "render",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
