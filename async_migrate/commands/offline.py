"""The commands that run, as SQL text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from async_migrate.commands.running import planned, run_of
from async_migrate.database.connect import dialect_of
from async_migrate.database.recording import RecordingExecutor
from async_migrate.database.version_table import VersionRows
from async_migrate.errors import OfflineRangeError
from async_migrate.history.plan import Direction
from async_migrate.history.target import RANGE_SIGN, parse_range
from async_migrate.runner import run_offline
from async_migrate.scripts.imports import prepended_sys_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from async_migrate.commands.workspace import Workspace
    from async_migrate.history.target import Identifier

__all__ = ["script"]


async def script(
    workspace: Workspace, direction: Direction, target: str | Sequence[str], *, tag: str | None = None
) -> str:
    """Return the SQL of an upgrade, a downgrade or a stamp, without connecting.

    Args:
        workspace: The configuration, and the database whose dialect is written.
        direction: Which of the three.
        target: Where to go, or ``from:to``.
        tag: Handed on to revisions and hooks.

    Raises:
        OfflineRangeError: A downgrade needs both ends, because there is no database to ask for the first.
    """
    project = await workspace.project()
    start, end = _ends(direction, target)
    rows = VersionRows()
    if start is not None:
        heads = project.graph.plan_stamp(start, ()).heads_after
        rows = VersionRows(heads, table_exists=bool(heads))
    steps = planned(project, direction, end, rows.heads)
    run = await run_of(workspace, project, steps, rows=rows, tag=tag)
    executor = RecordingExecutor(dialect_of(workspace.target), single_transaction=run.single_transaction)
    with prepended_sys_path(workspace.config.prepend_sys_path):
        await run_offline(executor, run)
    return executor.script()


def _ends(
    direction: Direction, target: str | Sequence[str]
) -> tuple[Identifier | None, Identifier | Sequence[Identifier]]:
    """Return where a script starts (None: at the base) and where it leads."""
    if isinstance(target, str) and RANGE_SIGN in target:
        chosen = parse_range(target)
        if direction is Direction.DOWNGRADE and (chosen.lower is None or chosen.upper is None):
            raise OfflineRangeError(target)
        return chosen.lower, chosen.upper or "head"
    if direction is Direction.DOWNGRADE:
        raise OfflineRangeError(target if isinstance(target, str) else ", ".join(target))
    return None, target
