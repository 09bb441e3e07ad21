"""The commands that change nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from async_migrate.history.entry import entries
from async_migrate.history.target import parse_range
from async_migrate.results import Status

if TYPE_CHECKING:
    from async_migrate.commands.project import Project
    from async_migrate.commands.workspace import Workspace
    from async_migrate.history.entry import RevisionEntry

__all__ = ["branches", "current", "heads", "history", "show", "status"]


async def status(workspace: Workspace) -> Status:
    """Return where the database stands: its revisions, the newest ones, and what is between."""
    project = await workspace.project()
    async with workspace.looked_at() as connection:
        rows = await workspace.rows(connection)
    plan = project.graph.plan_upgrade("heads", rows.heads)
    return Status(
        url=workspace.url,
        current=rows.heads,
        expected=plan.heads_after,
        pending=tuple(step.revision for step in plan.steps),
    )


async def current(workspace: Workspace) -> tuple[RevisionEntry, ...]:
    """Return the applied heads, those included that only a dependency of another one implies."""
    project = await workspace.project()
    tips = await _tips(workspace, project)
    return entries(project.graph, [project.graph[tip] for tip in tips], current=tips)


async def history(
    workspace: Workspace, revision_range: str | None, *, indicate_current: bool
) -> tuple[RevisionEntry, ...]:
    """Return a part of the history, newest first."""
    project = await workspace.project()
    chosen = parse_range(revision_range or ":")
    ask = indicate_current or "current" in (revision_range or "")
    tips = await _tips(workspace, project) if ask else None
    found = project.graph.iterate(chosen.upper or "heads", chosen.lower or "base", current=tips)
    return entries(project.graph, found, current=tips)


async def heads(workspace: Workspace, *, resolve_dependencies: bool) -> tuple[RevisionEntry, ...]:
    """Return the revisions that no other one continues."""
    graph = (await workspace.project()).graph
    names = graph.real_heads if resolve_dependencies else graph.heads
    return entries(graph, [graph[name] for name in names])


async def branches(workspace: Workspace) -> tuple[RevisionEntry, ...]:
    """Return the revisions that several others continue."""
    graph = (await workspace.project()).graph
    return entries(graph, [one for one in graph if graph.is_branch_point(one.revision)])


async def show(workspace: Workspace, identifier: str) -> tuple[RevisionEntry, ...]:
    """Return the revisions that an identifier names."""
    project = await workspace.project()
    tips = await _tips(workspace, project) if identifier == "current" else None
    return entries(project.graph, project.graph.resolve(identifier, current=tips), current=tips)


async def _tips(workspace: Workspace, project: Project) -> tuple[str, ...]:
    async with workspace.looked_at() as connection:
        rows = await workspace.rows(connection)
    return project.graph.position(rows.heads).tips
