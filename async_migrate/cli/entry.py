"""The ways in: parse, run, print, and turn what went wrong into an exit code."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from async_migrate.cli.parsing import PROGRAM, Answer, Request, parse
from async_migrate.cli.terminal import Terminal
from async_migrate.errors import AsyncMigrateError, shortened
from async_migrate.scripts.failures import reason

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

__all__ = ["main", "run", "run_async"]

FAILED = 3
INTERRUPTED = 130
"""What a shell reports for a program that Ctrl-C ended."""
TERMINATED = 143
"""What it reports for one that SIGTERM ended."""


def main() -> NoReturn:
    """Run the command line of this process."""
    from async_migrate.cli.app import application

    if f"_{PROGRAM}_COMPLETE".replace("-", "_").upper() in os.environ:
        application(prog_name=PROGRAM)
    code = run(sys.argv[1:])
    _give_up_closed_output()
    sys.exit(code)


def run(
    arguments: Sequence[str],
    *,
    stdout: TextIO | None = None,
    stderr: TextIO | None = None,
    cwd: str | os.PathLike[str] | None = None,
) -> int:
    """Run one command line, and return its exit code.

    Args:
        arguments: The words after the name of the program.
        stdout: Where results go; the standard output by default.
        stderr: Where errors go; the standard error by default.
        cwd: What relative paths start from; the working directory by default.

    Raises:
        RuntimeError: An event loop is running; ``await run_async(...)`` there.
        Exception: What went wrong, only with ``--raiseerr``.
    """
    errors = Terminal(stderr or sys.stderr)
    parsed = _parse(arguments)
    if isinstance(parsed, Answer):
        return _answer(parsed, stdout=Terminal(stdout or sys.stdout), stderr=errors)
    import asyncio

    _refuse_running_loop()
    try:
        return asyncio.run(_stoppable(_run(parsed, stdout=stdout, stderr=errors, cwd=cwd)))
    except KeyboardInterrupt:
        errors.line("Interrupted.")
        return INTERRUPTED
    except asyncio.CancelledError:
        errors.line("Terminated.")
        return TERMINATED


async def run_async(
    arguments: Sequence[str],
    *,
    stdout: TextIO | None = None,
    stderr: TextIO | None = None,
    cwd: str | os.PathLike[str] | None = None,
) -> int:
    """Run one command line inside a running event loop; see :func:`run`."""
    errors = Terminal(stderr or sys.stderr)
    parsed = _parse(arguments)
    if isinstance(parsed, Answer):
        return _answer(parsed, stdout=Terminal(stdout or sys.stdout), stderr=errors)
    return await _run(parsed, stdout=stdout, stderr=errors, cwd=cwd)


async def _stoppable(work: Coroutine[Any, Any, int]) -> int:
    """Let SIGTERM, which is how a container is stopped, cancel the work as Ctrl-C does."""
    import asyncio
    import contextlib

    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    with contextlib.suppress(
        NotImplementedError, RuntimeError, ValueError
    ):  # not on Windows, not in a thread
        loop.add_signal_handler(signal.SIGTERM, lambda: task is not None and task.cancel())
    return await work


def _parse(arguments: Sequence[str]) -> Request | Answer:
    from async_migrate.cli.app import application

    return parse(arguments, application)


def _answer(answer: Answer, *, stdout: Terminal, stderr: Terminal) -> int:
    (stderr if answer.exit_code else stdout).document(f"{answer.text}\n")
    return answer.exit_code


async def _run(
    request: Request, *, stdout: TextIO | None, stderr: Terminal, cwd: str | os.PathLike[str] | None
) -> int:
    from async_migrate.cli.session import Session

    session = Session(
        options=request.options,
        output=Terminal(stdout or sys.stdout, quiet=request.options.quiet),
        directory=Path(cwd) if cwd is not None else Path.cwd(),
    )
    try:
        return await request.command(session)
    except AsyncMigrateError as error:
        if request.options.raise_errors:
            raise
        stderr.line(f"Error: {error}")
        return error.exit_code
    except Exception as error:  # whatever it is, the user gets one paragraph and a way to see more
        if request.options.raise_errors:
            raise
        stderr.line(
            f"Error: {shortened(reason(error))}. This was not foreseen; --raiseerr shows the traceback."
        )
        return FAILED


def _refuse_running_loop() -> None:
    import asyncio

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise RuntimeError("An event loop is running here. Use `await async_migrate.cli.run_async(...)` instead.")


def _give_up_closed_output() -> None:
    """Keep Python from complaining at its end about a reader that went away, as in ``history | head -1``."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
