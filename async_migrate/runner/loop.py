"""Carrying out a plan, on a connection or into a script."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy.util import greenlet_spawn

from async_migrate.database.cancellation import until_safe
from async_migrate.database.foreign_keys import ForeignKeyGuard
from async_migrate.database.live import LiveExecutor
from async_migrate.database.prepare import begin_for_caller, prepared
from async_migrate.ddl import ddl_for
from async_migrate.errors import HeadsDifferError
from async_migrate.results import AppliedStep
from async_migrate.runner.stepper import Stepper

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import AsyncConnection

    from async_migrate.database.recording import RecordingExecutor
    from async_migrate.database.version_table import VersionTable
    from async_migrate.runner.run import Run

__all__ = ["create_version_table", "run_live", "run_offline"]

ALEMBIC_WIDTH = 32
"""Characters of the version column that Alembic creates."""


async def run_live(connection: AsyncConnection, run: Run, *, joined: bool = False) -> tuple[AppliedStep, ...]:
    """Carry out a plan on a connection.

    Args:
        connection: Where to.
        run: What.
        joined: Work inside the transaction that the caller has open, and leave its end to the caller.

    Raises:
        RevisionFailedError: A revision raised; what is committed is in its fields.
        HeadsDifferError: Everything ran, yet the version table does not say so.
    """
    run = _with_possible_transactions(run, transactional=ddl_for(connection.dialect).transactional)
    return await until_safe(connection, _run_live(connection, run, joined=joined))


def _with_possible_transactions(run: Run, *, transactional: bool) -> Run:
    """Return a run without ``single_transaction`` where DDL commits.

    There, the tables of a revision would stay when a later one fails, while its version row would not.
    """
    return run if transactional else replace(run, single_transaction=False)


async def _run_live(connection: AsyncConnection, run: Run, *, joined: bool) -> tuple[AppliedStep, ...]:
    async with _guarded(connection, joined=joined) as guard:
        sync = connection.sync_connection
        assert sync is not None  # noqa: S101  # connect() has started it
        executor = LiveExecutor(sync, joined=joined, single_transaction=run.single_transaction)
        stepper = Stepper(run, executor, connection=connection, check=lambda: guard.check(sync))
        await greenlet_spawn(_widen_if_needed, sync, executor, run)
        for steps in run.transactions():
            await greenlet_spawn(stepper.transaction, steps)
        await connection.run_sync(_verify, run)
    return tuple(AppliedStep(step=event.step, seconds=event.seconds) for event in stepper.finished)


@asynccontextmanager
async def _guarded(connection: AsyncConnection, *, joined: bool) -> AsyncIterator[ForeignKeyGuard]:
    if joined:
        await connection.run_sync(begin_for_caller)
        yield ForeignKeyGuard.absent()
        return
    async with prepared(connection) as guard:
        yield guard


def _widen_if_needed(connection: Connection, executor: LiveExecutor, run: Run) -> None:
    """Make room for the identifiers of a plan in a table that Alembic created."""
    longest = max((len(head) for step in run.plan.steps for head in step.heads_after), default=0)
    if run.create_version_table or longest <= ALEMBIC_WIDTH or run.version_table.fits(connection):
        return
    _in_transaction(executor, run.version_table.widen)


async def create_version_table(connection: AsyncConnection, table: VersionTable, *, joined: bool) -> None:
    """Create the version table, in a transaction of its own."""
    async with _guarded(connection, joined=joined):
        await connection.run_sync(
            lambda sync: _in_transaction(LiveExecutor(sync, joined=joined), table.create)
        )


def _in_transaction(executor: LiveExecutor, work: Callable[[LiveExecutor], None]) -> None:
    executor.begin()
    try:
        work(executor)
        executor.commit()
    except BaseException:
        executor.rollback()
        raise


def _verify(connection: Connection, run: Run) -> None:
    found = run.version_table.heads(connection)
    if found != run.plan.heads_after:
        raise HeadsDifferError(run.version_table.shown_name, expected=run.plan.heads_after, found=found)


async def run_offline(executor: RecordingExecutor, run: Run) -> None:
    """Write a plan down as a script, into a recording executor."""
    run = _with_possible_transactions(run, transactional=executor.transactional)
    stepper = Stepper(run, executor)

    def all_transactions() -> None:
        for steps in run.transactions():
            stepper.transaction(steps)

    await greenlet_spawn(all_transactions)
