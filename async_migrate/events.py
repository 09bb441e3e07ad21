"""What a run tells while it runs: the one stream that a progress bar, a log or a metric listens to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from async_migrate.history.plan import Step

__all__ = ["Event", "Listener", "StepFinished", "StepStarted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted:
    """A revision is about to run.

    Attributes:
        step: What will be done.
        number: Its place in the plan, counted from 1.
        total: How many steps the plan has.
    """

    step: Step
    number: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFinished:
    """A revision has run and is committed.

    Attributes:
        step: What was done.
        number: Its place in the plan, counted from 1.
        total: How many steps the plan has.
        seconds: How long it took.
    """

    step: Step
    number: int
    total: int
    seconds: float


Event: TypeAlias = StepStarted | StepFinished
Listener: TypeAlias = Callable[[Event], object]
"""Called with each event, in the loop; it may be a coroutine function."""
