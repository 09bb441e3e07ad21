"""What a run shows while it runs: each step as it begins and how long it took."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Self

from async_migrate.cli.text import duration
from async_migrate.events import Event, StepFinished, StepStarted
from async_migrate.history.describe import step_line

if TYPE_CHECKING:
    from types import TracebackType

    from rich.progress import Progress, TaskID

    from async_migrate.cli.terminal import Terminal

__all__ = ["PlainProgress", "progress_on"]


class PlainProgress(AbstractContextManager["PlainProgress"]):
    """A line for each step; it begins before the step runs, so that a log shows what is waited for."""

    def __init__(self, output: Terminal) -> None:
        self._output = output
        self._is_line_open = False

    def __call__(self, event: Event) -> None:
        """Show an event."""
        match event:
            case StepStarted(step=step):
                self._output.line(f"Running {step_line(step)} ... ", end="")
                self._is_line_open = True
            case StepFinished(seconds=seconds):
                self._output.line(duration(seconds))
                self._is_line_open = False

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._is_line_open:
            self._output.line(_end(error))


class LiveProgress(AbstractContextManager["LiveProgress"]):
    """A bar that moves, below the lines of the steps that are done."""

    def __init__(self, output: Terminal) -> None:
        self._output = output
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._running: str | None = None

    def __call__(self, event: Event) -> None:
        """Show an event."""
        match event:
            case StepStarted(step=step, number=number, total=total):
                self._running = f"Running {step_line(step)}"
                self._show(self._running, done=number - 1, total=total)
            case StepFinished(step=step, number=number, total=total, seconds=seconds):
                self._output.line(f"Running {step_line(step)} ... {duration(seconds)}")
                self._running = None
                self._show("", done=number, total=total)

    def _show(self, text: str, *, done: int, total: int) -> None:
        if self._bar is None:
            self._bar = _bar(self._output)
            self._task = self._bar.add_task(text, total=total)
            self._bar.start()
        assert self._task is not None  # noqa: S101 - made together with the bar
        self._bar.update(self._task, description=text, completed=done)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
        if self._running is not None:
            self._output.line(f"{self._running} ... {_end(error)}")


def progress_on(output: Terminal) -> PlainProgress | LiveProgress:
    """Return a listener for a run that shows what it hears on a terminal."""
    if output.is_interactive and not output.quiet:
        return LiveProgress(output)
    return PlainProgress(output)


def _end(error: BaseException | None) -> str:
    return "failed" if isinstance(error, Exception) else "interrupted"


def _bar(output: Terminal) -> Progress:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=output.console,
        transient=True,
        # What a revision prints goes above the bar. It is done to the whole process, so only if that is ours.
        redirect_stdout=output.is_standard,
        redirect_stderr=output.is_standard,
    )
