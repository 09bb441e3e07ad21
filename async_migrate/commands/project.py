"""The revisions of a configuration, as they are on disk now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio.to_thread

from async_migrate.history.plan import Direction
from async_migrate.scripts.directory import ScriptDirectory

if TYPE_CHECKING:
    from collections.abc import Iterable

    from async_migrate.config import Config
    from async_migrate.history.graph import RevisionGraph
    from async_migrate.history.plan import Step
    from async_migrate.scripts.loader import RevisionBody

__all__ = ["Project"]


@dataclass(frozen=True, slots=True)
class Project:
    """A directory of revisions, and the graph they form.

    Attributes:
        directory: The directory.
        graph: The graph.
    """

    directory: ScriptDirectory
    graph: RevisionGraph

    @classmethod
    async def read(cls, config: Config) -> Project:
        """Read every header, in a thread: a long history must not stall the loop."""
        return await anyio.to_thread.run_sync(cls._read, config)

    @classmethod
    def _read(cls, config: Config) -> Project:
        directory = ScriptDirectory(config)
        return cls(directory, directory.graph())

    async def bodies(self, steps: Iterable[Step]) -> dict[str, RevisionBody]:
        """Load the files of a plan, all of them before any of them runs.

        Raises:
            RevisionFileError: One of them cannot be loaded, or has no function for the direction of its step.
        """
        return await anyio.to_thread.run_sync(self._bodies, tuple(steps))

    def _bodies(self, steps: tuple[Step, ...]) -> dict[str, RevisionBody]:
        bodies = {}
        for step in steps:
            if step.direction is Direction.STAMP:
                continue
            body = self.directory.load(step.revision)
            body.function(step.direction)
            bodies[step.revision.revision] = body
        return bodies
