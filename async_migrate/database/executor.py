"""Where statements go: to a connection, or into a script.

Everything above plans and renders without knowing which of the two it talks to, which is why a dry run, ``--sql``
and the real thing cannot drift apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection, CursorResult, Dialect, Executable, Table
    from sqlalchemy.engine.mock import MockConnection

    from async_migrate.ddl import Attached
    from async_migrate.ddl.statement import Action

__all__ = ["Executor"]


class Executor(Protocol):
    """What operations need of a database, or of the script that stands in for one."""

    @property
    def dialect(self) -> Dialect:
        """The dialect that statements are compiled for."""

    @property
    def offline(self) -> bool:
        """Whether statements are only written down."""

    @property
    def joined(self) -> bool:
        """Whether the transaction is the caller's, who commits it or does not."""

    @property
    def bind(self) -> Connection | MockConnection:
        """What ``op.get_bind()`` returns."""

    def execute(
        self,
        statement: Executable | str,
        parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
        *,
        execution_options: Mapping[str, Any] | None = None,
    ) -> CursorResult[Any] | None:
        """Run one statement; a recording executor returns nothing."""

    def perform(self, action: Action) -> None:
        """Carry out what a DDL generator yielded."""

    def reflect_table(self, name: str, *, schema: str | None = None) -> Table:
        """Return a table as the database has it; a recording executor refuses."""

    def attached_to(self, name: str, *, schema: str | None = None) -> Attached:
        """Return what hangs on a table besides its columns; a recording executor knows of nothing."""

    @property
    def transactional(self) -> bool:
        """Whether DDL can be rolled back on this database."""

    @property
    def committed_early(self) -> bool:
        """Whether something was committed since :meth:`begin` although the step has not ended."""

    @property
    def rolled_back(self) -> bool:
        """Whether the body has rolled back since :meth:`begin`."""

    def resume(self) -> bool:
        """Open a transaction where the body has ended the one from :meth:`begin`, and return whether it had."""

    def begin(self) -> None:
        """Open a transaction, or write down that one opens."""

    def commit(self) -> None:
        """Commit it, or write that down."""

    def rollback(self) -> None:
        """Undo what was done since :meth:`begin`."""

    def comment(self, text: str) -> None:
        """Put a comment into the script; a live executor has no use for it."""

    def autocommit_block(self) -> AbstractContextManager[None]:
        """Commit what is open, leave transactions off inside the block, begin anew after it."""
