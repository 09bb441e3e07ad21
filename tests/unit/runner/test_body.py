"""Driving a coroutine inside a greenlet."""

import asyncio
import contextvars

import pytest
from sqlalchemy.util import await_only, greenlet_spawn

from async_migrate.runner.body import call


async def _blocking_looking() -> str:
    await asyncio.sleep(0)
    return "from the loop"


async def test_a_plain_function_is_called() -> None:
    assert await greenlet_spawn(call, lambda a, *, b: (a, b), 1, b=2) == (1, 2)


async def test_a_coroutine_may_await_and_call_blocking_looking_code_in_turn() -> None:
    async def body() -> list[str]:
        await asyncio.sleep(0)
        first = await_only(_blocking_looking())
        second = await _blocking_looking()
        return [first, second]

    assert await greenlet_spawn(call, body) == ["from the loop", "from the loop"]


async def test_an_exception_reaches_the_place_that_awaits() -> None:
    seen = []

    async def fails() -> None:
        await asyncio.sleep(0)
        raise LookupError("here")

    async def body() -> str:
        try:
            await asyncio.gather(fails())
        except LookupError as error:
            seen.append(str(error))
        return "went on"

    assert await greenlet_spawn(call, body) == "went on"
    assert seen == ["here"]


async def test_an_exception_of_the_body_arrives_at_the_caller() -> None:
    async def body() -> None:
        await asyncio.sleep(0)
        raise ValueError("no")

    with pytest.raises(ValueError, match=r"^no$"):
        await greenlet_spawn(call, body)


async def test_a_cancellation_runs_the_finally_block_where_the_body_waits() -> None:
    ended: list[str] = []
    waiting = asyncio.Event()

    async def body() -> None:
        try:
            waiting.set()
            await asyncio.sleep(3600)
        finally:
            ended.append(await _blocking_looking())

    task = asyncio.create_task(greenlet_spawn(call, body))
    await waiting.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended == ["from the loop"]


async def test_a_timeout_inside_the_body_is_the_bodys_own_affair() -> None:
    async def body() -> str:
        try:
            async with asyncio.timeout(0.01):
                await asyncio.sleep(3600)
        except TimeoutError:
            return "timed out"
        return "slept"

    assert await greenlet_spawn(call, body) == "timed out"


async def test_context_variables_pass_both_ways() -> None:
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="unset")
    variable.set("outside")
    seen = []

    async def body() -> None:
        seen.append(variable.get())
        variable.set("inside")

    await greenlet_spawn(call, body)
    assert (seen, variable.get()) == (["outside"], "inside")
