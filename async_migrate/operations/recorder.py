"""The SQL of ``op`` calls, collected without a database: for tests, tools and curiosity."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from async_migrate.database.recording import RecordingExecutor
from async_migrate.operations.bound import bind
from async_migrate.operations.context import MigrationContext
from async_migrate.operations.facade import Operations

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from sqlalchemy import Dialect

    from async_migrate.database.recording import Sent

__all__ = ["Recorder"]


class Recorder:
    """Collects the SQL of ``op`` calls.

    Call the directives on :attr:`op`; or run code that imports ``op`` inside ``with recorder:``.

    Example::

        recorder = Recorder("postgresql")
        recorder.op.add_column("account", sa.Column("email", sa.Text()))
        assert recorder.statements() == ["ALTER TABLE account ADD COLUMN email TEXT"]

    Args:
        dialect: The dialect, or its name.
        naming_convention: How constraints without a name are named.

    Attributes:
        op: The directives.
    """

    def __init__(self, dialect: str | Dialect, *, naming_convention: Mapping[str, Any] | None = None) -> None:
        self._executor = RecordingExecutor(dialect)
        self._bound = ExitStack()
        self.op = Operations(MigrationContext(self._executor, naming_convention=naming_convention))

    def statements(self) -> list[str]:
        """Return the SQL so far, statement by statement, with literal values and without terminators."""
        return self._executor.statements()

    def sent(self) -> list[Sent]:
        """Return the statements so far as a driver would get them: text with placeholders, and parameters."""
        return self._executor.sent()

    def script(self) -> str:
        """Return the SQL so far as a script for the database's own client."""
        return self._executor.script()

    def __enter__(self) -> Operations:
        """Let the imported ``op`` stand for :attr:`op` inside the block."""
        return self._bound.enter_context(bind(self.op))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Put what ``op`` stood for before back."""
        self._bound.close()
