"""Doing the steps of one transaction on an executor: body, version rows, hooks.

Plain synchronous code that runs in a greenlet, shared to the letter by the live run and the offline script.
"""

from __future__ import annotations

import logging
import time
import traceback
from typing import TYPE_CHECKING

from sqlalchemy.exc import StatementError

from async_migrate.errors import RevisionFailedError, RolledBackError
from async_migrate.events import StepFinished, StepStarted
from async_migrate.history.plan import Direction
from async_migrate.operations.bound import bind
from async_migrate.operations.context import MigrationContext
from async_migrate.operations.facade import Operations
from async_migrate.runner.body import call
from async_migrate.runner.migration_info import MigrationInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from sqlalchemy.ext.asyncio import AsyncConnection

    from async_migrate.database.executor import Executor
    from async_migrate.events import Event
    from async_migrate.history.plan import Step
    from async_migrate.runner.run import Run

__all__ = ["Stepper"]

logger = logging.getLogger("async_migrate")


class Stepper:
    """Does the steps of a run on an executor.

    Args:
        run: The run.
        executor: Where statements go.
        connection: What ``op.connection`` is; None offline.
        check: Called before each commit; it may refuse by raising.
    """

    def __init__(
        self,
        run: Run,
        executor: Executor,
        *,
        connection: AsyncConnection | None = None,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self._run = run
        self._executor = executor
        self._connection = connection
        self._check = check
        self.finished: list[StepFinished] = []

    def transaction(self, steps: Sequence[tuple[int, Step]]) -> None:
        """Do numbered steps in one transaction.

        Raises:
            RevisionFailedError: One of them raised; all of them are undone.
        """
        done: list[StepFinished] = []
        self._executor.begin()
        try:
            if not self.finished:
                self._prepare_version_table()
            for number, step in steps:
                done.append(self._timed(number, step))
            self._check()
            self._executor.commit()
        except BaseException as error:
            partly = self._executor.committed_early
            self._undo(error)
            if not steps or not isinstance(error, Exception):
                raise
            failed = steps[min(len(done), len(steps) - 1)][1]
            raise self._failure(failed, error, partly=partly) from error
        self.finished += done
        for event in done:
            self._tell(event)

    def _prepare_version_table(self) -> None:
        if self._run.create_version_table:
            self._run.version_table.create(self._executor)
        elif self._run.purge:
            self._run.version_table.clear(self._executor)

    def _timed(self, number: int, step: Step) -> StepFinished:
        total = len(self._run.plan.steps)
        self._tell(StepStarted(step=step, number=number, total=total))
        info = MigrationInfo(step=step, graph=self._run.graph)
        logger.info("Running %s", info)
        self._executor.comment(f"Running {info}")
        started = time.perf_counter()
        self._do(step, info)
        return StepFinished(step=step, number=number, total=total, seconds=time.perf_counter() - started)

    def _do(self, step: Step, info: MigrationInfo) -> None:
        context = MigrationContext(
            self._executor,
            naming_convention=self._run.naming_convention,
            x_arguments=self._run.x_arguments,
            async_connection=self._connection,
            revision=step.revision.revision,
            tag=self._run.tag,
        )
        if step.direction is not Direction.STAMP:
            operations = Operations(context)
            with bind(operations):
                self._run.bodies[step.revision.revision].run(step.direction, operations, call)
        if self._executor.rolled_back:
            raise RolledBackError
        if self._executor.resume():
            logger.warning("Revision %s committed by itself, so it is not atomic.", step.revision.revision)
        self._run.version_table.edit(self._executor, before=step.heads_before, after=step.heads_after)
        for hook in self._run.on_version_apply:
            call(hook, ctx=context, step=info, heads=set(step.heads_after), run_args={})

    def _undo(self, error: BaseException) -> None:
        try:
            self._executor.rollback()
        except Exception as cleanup:  # noqa: BLE001  # a broken connection must not hide what broke the revision
            error.add_note(f"The rollback failed too: {cleanup}")

    def _failure(self, step: Step, error: Exception, *, partly: bool) -> RevisionFailedError:
        return RevisionFailedError(
            step.revision.revision,
            message=step.revision.message,
            direction=step.direction.value,
            path=step.revision.path,
            line=_line_in(step.revision.path, error),
            statement=error.statement if isinstance(error, StatementError) else None,
            details=error.detail if isinstance(error, StatementError) else (),
            reason=_reason(error),
            kept_by="script" if self._executor.offline else "caller" if self._executor.joined else "engine",
            committed=tuple(event.step.revision.revision for event in self.finished),
            partly=partly or not self._executor.transactional,
            transactional=self._executor.transactional,
        )

    def _tell(self, event: Event) -> None:
        if self._run.listener is not None:
            call(self._run.listener, event)


def _line_in(path: Path | None, error: BaseException) -> int | None:
    """Return the line of a file at which an exception passed through it last."""
    if path is None:
        return None
    frames = traceback.extract_tb(error.__traceback__)
    return next((frame.lineno for frame in reversed(frames) if frame.filename == str(path)), None)


def _reason(error: Exception) -> str:
    cause = error.orig if isinstance(error, StatementError) and error.orig is not None else error
    # Drivers wrap: the innermost exception is the one that the database, or the author, has worded.
    while cause.__cause__ is not None and type(cause).__module__.startswith("sqlalchemy."):
        cause = cause.__cause__
    return f"{type(cause).__name__}: {cause}" if str(cause) else type(cause).__name__
