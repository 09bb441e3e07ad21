"""The three that all others descend from."""

from __future__ import annotations

from typing import ClassVar

__all__ = [
    "AsyncMigrateError",
    "ExecutionError",
    "UsageError",
]


class AsyncMigrateError(Exception):
    """The base of everything raised here on purpose.

    Catch it to treat any foreseen failure alike; ``exit_code`` is what the command line returns for it.
    """

    exit_code: ClassVar[int] = 3


class UsageError(AsyncMigrateError):
    """The call, the configuration or the project's files are wrong; nothing was executed."""

    exit_code: ClassVar[int] = 2


class ExecutionError(AsyncMigrateError):
    """Something failed while talking to a database."""
