"""Carrying out a plan: for each step a transaction, the body of the revision, the version rows, an event."""

from __future__ import annotations

from async_migrate.runner.loop import create_version_table, run_live, run_offline
from async_migrate.runner.run import Run

__all__ = ["Run", "create_version_table", "run_live", "run_offline"]
