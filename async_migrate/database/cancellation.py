"""Stopping work on a database in an orderly way when its task is cancelled."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

import anyio

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from sqlalchemy.ext.asyncio import AsyncConnection

__all__ = ["until_safe"]

Result = TypeVar("Result")

GRACE = 0.25
"""Seconds that interrupted work gets to end by itself before it is cancelled."""


async def until_safe(connection: AsyncConnection, work: Coroutine[Any, Any, Result]) -> Result:
    """Run work on a connection; on cancellation, interrupt it and wait until it has cleaned up.

    The work runs in a task of its own, so that neither a second cancellation nor a scope that cancels at every
    await can reach its rollback. An aiosqlite statement cannot be cancelled: it runs in a thread, and a plain
    cancellation would wait for it and leave the file locked, so SQLite is asked to interrupt it first.
    """
    driver = (await connection.get_raw_connection()).driver_connection
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if not task.done():
            with anyio.CancelScope(shield=True):
                await _stop(task, driver if connection.dialect.name == "sqlite" else None)
        raise


async def _stop(task: asyncio.Future[Any], sqlite: Any) -> None:
    if sqlite is not None:
        await sqlite.interrupt()
        await _settled(task, timeout=GRACE)
    task.cancel()
    await _settled(task)
    if not task.cancelled():
        task.exception()  # seen: the cancellation is what the caller gets


async def _settled(task: asyncio.Future[Any], *, timeout: float | None = None) -> None:  # noqa: ASYNC109
    while not task.done():
        try:
            await asyncio.wait({task}, timeout=timeout)
        except asyncio.CancelledError:
            continue  # asked again to stop, which is what is being done
        if timeout is not None:
            return
