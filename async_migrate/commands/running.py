"""The commands that move a database along its history."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from async_migrate.database.version_table import refuse_foreign_history
from async_migrate.history.plan import Direction
from async_migrate.history.target import Target
from async_migrate.results import MigrationResult
from async_migrate.runner import Run, create_version_table, run_live
from async_migrate.scripts.environment import load_metadata
from async_migrate.scripts.imports import prepended_sys_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from async_migrate.commands.project import Project
    from async_migrate.commands.workspace import Workspace
    from async_migrate.config import Config
    from async_migrate.database.version_table import VersionRows
    from async_migrate.history.plan import Plan
    from async_migrate.history.target import Identifier

__all__ = ["ensure_version", "migrate", "plan", "planned", "run_of"]


async def plan(workspace: Workspace, direction: Direction, target: Identifier | Sequence[Identifier]) -> Plan:
    """Return what :func:`migrate` would do."""
    project = await workspace.project()
    async with workspace.looked_at() as connection:
        rows = await workspace.rows(connection)
    return planned(project, direction, target, rows.heads)


async def migrate(
    workspace: Workspace,
    direction: Direction,
    target: Identifier | Sequence[Identifier],
    *,
    tag: str | None = None,
    purge: bool = False,
) -> MigrationResult:
    """Upgrade, downgrade or stamp a database.

    Args:
        workspace: The configuration and the database.
        direction: Which of the three.
        target: Where to go.
        tag: Handed on to revisions and hooks.
        purge: Stamp only: empty the version table first, whatever is in it.
    """
    started = time.perf_counter()
    project = await workspace.project()
    if workspace.is_missing:
        planned(project, direction, target, ())  # a wrong target must not leave an empty file behind
    async with workspace.connected() as connection:
        rows = await workspace.rows(connection)
        if direction is not Direction.STAMP and not rows.table_exists:
            await connection.run_sync(refuse_foreign_history, workspace.version_table)
        steps = planned(project, direction, target, frozenset() if purge else rows.heads)
        if not steps and not purge:
            return MigrationResult(
                applied=(),
                heads_before=rows.heads,
                heads_after=rows.heads,
                seconds=time.perf_counter() - started,
            )
        run = await run_of(workspace, project, steps, rows=rows, tag=tag, purge=purge)
        with prepended_sys_path(workspace.config.prepend_sys_path):
            applied = await run_live(connection, run, joined=workspace.joined)
    return MigrationResult(
        applied=applied,
        heads_before=rows.heads,
        heads_after=steps.heads_after,
        seconds=time.perf_counter() - started,
    )


async def ensure_version(workspace: Workspace) -> bool:
    """Create the version table if there is none, and return whether it was created."""
    async with workspace.connected() as connection:
        if (await workspace.rows(connection)).table_exists:
            return False
        await create_version_table(connection, workspace.version_table, joined=workspace.joined)
        return True


def planned(
    project: Project, direction: Direction, target: Identifier | Sequence[Identifier], rows: Iterable[str]
) -> Plan:
    """Return the plan of a direction."""
    graph = project.graph
    match direction:
        case Direction.UPGRADE:
            return graph.plan_upgrade(target, rows)
        case Direction.DOWNGRADE:
            single = target if isinstance(target, str | Target) else target[0]
            return graph.plan_downgrade(single, rows)
        case Direction.STAMP:
            return graph.plan_stamp(target, rows)


async def run_of(
    workspace: Workspace,
    project: Project,
    steps: Plan,
    *,
    rows: VersionRows,
    tag: str | None,
    purge: bool = False,
) -> Run:
    """Return a plan with all that it takes to carry it out: bodies loaded, hooks found."""
    config = workspace.environment()
    return Run(
        plan=steps,
        bodies=await project.bodies(steps.steps),
        graph=project.graph,
        version_table=workspace.version_table,
        create_version_table=not rows.table_exists,
        purge=purge,
        single_transaction=config.single_transaction,
        naming_convention=_naming_convention(config),
        x_arguments=config.x_arguments,
        tag=tag,
        on_version_apply=tuple(hook for hook in config.on_version_apply if callable(hook)),
        listener=workspace.listener,
    )


def _naming_convention(config: Config) -> Mapping[str, object] | None:
    """Return how revisions name what they leave unnamed: as the models do, if there is one convention."""
    if config.naming_convention is not None:
        return config.naming_convention
    metadata = load_metadata(config)
    return metadata[0].naming_convention if len(metadata) == 1 else None
