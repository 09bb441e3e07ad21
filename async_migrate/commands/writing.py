"""The commands that write revision files, and ``check``, which only says what would be written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio.to_thread

from async_migrate.autogenerate import compare_sync
from async_migrate.database.connect import dialect_of
from async_migrate.database.live import LiveExecutor
from async_migrate.database.recording import RecordingExecutor
from async_migrate.diff.naming import name_constraints
from async_migrate.errors import (
    NoModelsError,
    NotAHeadError,
    NothingToMergeError,
    NotUpToDateError,
    RepeatedParentError,
)
from async_migrate.history.graph import RevisionGraph
from async_migrate.history.revision import Revision
from async_migrate.operations.containers import DowngradeOps, MigrationScript, UpgradeOps
from async_migrate.operations.context import MigrationContext
from async_migrate.render import Renderer, RenderOptions
from async_migrate.render.wording import changes
from async_migrate.results import CheckResult, GeneratedRevision
from async_migrate.scripts.environment import load_metadata
from async_migrate.scripts.naming import new_revision_id
from async_migrate.scripts.writer import RevisionDraft, write_revision

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Dialect, MetaData

    from async_migrate.commands.project import Project
    from async_migrate.commands.workspace import Workspace
    from async_migrate.config import Config

__all__ = ["Request", "check", "merge", "revision"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A revision that somebody asks for.

    Attributes:
        message: What it is about.
        head: The revisions it continues, as identifiers.
        splice: It may continue a revision that others continue already.
        branch_labels: Names for its branch.
        depends_on: Revisions or labels it depends on, as identifiers.
        rev_id: Its identifier; a new one if None.
        version_path: The directory for its file, where there are several.
    """

    message: str | None = None
    head: str | Sequence[str] = "head"
    splice: bool = False
    branch_labels: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    rev_id: str | None = None
    version_path: str | None = None


async def revision(
    workspace: Workspace, request: Request, *, autogenerate: bool
) -> tuple[GeneratedRevision, ...]:
    """Write a revision file: empty, or with what makes the database equal to the models.

    Raises:
        NotAHeadError: It would begin a branch without having been told to.
        NoModelsError: There is nothing to compare the database with.
        NotUpToDateError: The database lacks revisions, which would be found again as differences.
    """
    project = await workspace.project()
    _planned(project, request)
    config = workspace.environment()
    script = _script(request)
    if autogenerate:
        metadata = _models(config)
        async with workspace.looked_at() as connection:
            await _require_up_to_date(workspace, project, connection)
            fill = partial(_fill, script=script, config=config, metadata=metadata, graph=project.graph)
            directives = await connection.run_sync(fill)
            dialect = connection.dialect
        directives = [one for one in directives if not _is_empty(one)]
    else:
        dialect = _script_dialect(workspace)
        context = MigrationContext(RecordingExecutor(dialect), config=config)
        hooked = config.revision_environment
        directives = _directed(config, context, project.graph, script) if hooked else [script]
    return tuple(
        [await _write(workspace, config, one, request=request, dialect=dialect) for one in directives]
    )


async def merge(workspace: Workspace, request: Request) -> GeneratedRevision:
    """Write a revision file that continues several revisions.

    Raises:
        NothingToMergeError: There are not several.
    """
    project = await workspace.project()
    parents = _planned(project, request).down_revisions
    if len(parents) < 2:
        raise NothingToMergeError(parents)
    config = workspace.environment()
    message = request.message or f"merge {' and '.join(parents)}"
    script = _script(replace(request, message=message))
    return await _write(workspace, config, script, request=request, dialect=_script_dialect(workspace))


async def check(workspace: Workspace) -> CheckResult:
    """Compare the models with the database.

    Raises:
        NoModelsError: There is nothing to compare the database with.
        NotUpToDateError: The database lacks revisions, which would be found again as differences.
    """
    project = await workspace.project()
    config = workspace.environment()
    metadata = _models(config)
    async with workspace.looked_at() as connection:
        await _require_up_to_date(workspace, project, connection)
        found = await connection.run_sync(partial(_differences, config=config, metadata=metadata))
    return CheckResult(operations=found, changes=tuple(changes(found)))


# --- what to write ------------------------------------------------------------------------------------------


def _planned(project: Project, request: Request) -> Revision:
    """Return the revision asked for, checked against the graph it will join.

    Raises:
        GraphError: It would not fit: its identifier or a label is taken, or malformed.
        RevisionLookupError: A parent or a dependency is not there.
    """
    graph = project.graph
    parents = _parents(graph, request)
    new = Revision(
        revision=request.rev_id or new_revision_id(),
        down_revisions=parents,
        depends_on=tuple(_dependency(graph, one) for one in request.depends_on),
        branch_labels=request.branch_labels,
        message=request.message or "",
    )
    RevisionGraph([*graph, new])
    return new


def _parents(graph: RevisionGraph, request: Request) -> tuple[str, ...]:
    asked = (request.head,) if isinstance(request.head, str) else tuple(request.head)
    found: list[str] = []
    for identifier in asked:
        if identifier == "head":
            one = graph.resolve_one(identifier)
            found += [] if one is None else [one.revision]
        else:
            found += [one.revision for one in graph.resolve(identifier)]
    repeated = {name for name in found if found.count(name) > 1}
    if repeated:
        raise RepeatedParentError(sorted(repeated))
    taken = [name for name in found if graph.children(name)]
    if taken and not request.splice:
        raise NotAHeadError(taken[0], children=tuple(graph.children(taken[0])))
    return tuple(found)


def _dependency(graph: RevisionGraph, identifier: str) -> str:
    """Return a dependency as it is written down: a label stays one, a beginning becomes the whole."""
    if identifier in graph.labels:
        return identifier
    found = graph.resolve_one(identifier)
    return identifier if found is None else found.revision


def _script(request: Request) -> MigrationScript:
    return MigrationScript(
        request.rev_id or new_revision_id(),
        UpgradeOps(),
        DowngradeOps(),
        message=request.message,
        head=request.head,  # type: ignore[arg-type]  # several where the request has several
        splice=request.splice,
        branch_label=list(request.branch_labels) or None,
        version_path=request.version_path,
        depends_on=list(request.depends_on) or None,
    )


def _asked_by(script: MigrationScript, request: Request) -> Request:
    """Return the request as ``process_revision_directives`` left it."""
    return replace(
        request,
        message=script.message,
        head=script.head or request.head,
        splice=bool(script.splice),
        branch_labels=_several(script.branch_label),
        depends_on=_several(script.depends_on),
        rev_id=script.rev_id,
        version_path=script.version_path,
    )


def _several(given: str | Sequence[str] | None) -> tuple[str, ...]:
    return () if given is None else (given,) if isinstance(given, str) else tuple(given)


# --- what to fill it with -----------------------------------------------------------------------------------


def _models(config: Config) -> tuple[MetaData, ...]:
    metadata = load_metadata(config)
    if not metadata:
        raise NoModelsError
    return metadata


async def _require_up_to_date(workspace: Workspace, project: Project, connection: Any) -> None:
    rows = await workspace.rows(connection)
    missing = project.graph.plan_upgrade("heads", rows.heads)
    if missing:
        raise NotUpToDateError(
            workspace.url,
            current=sorted(rows.heads),
            pending=[step.revision.revision for step in missing],
        )


def _fill(
    connection: Connection,
    *,
    script: MigrationScript,
    config: Config,
    metadata: Sequence[MetaData],
    graph: RevisionGraph,
) -> list[MigrationScript]:
    """Put the differences into a script and let the configured hook change it."""
    found = _differences(connection, config=config, metadata=metadata)
    name_constraints(found, connection.dialect)
    downgrade = found.reverse()
    script.upgrade_ops = found
    script.downgrade_ops = downgrade
    return _directed(config, MigrationContext(LiveExecutor(connection), config=config), graph, script)


def _differences(connection: Connection, *, config: Config, metadata: Sequence[MetaData]) -> UpgradeOps:
    return compare_sync(
        connection,
        metadata,
        include_schemas=config.include_schemas,
        include_name=_hook(config.include_name),
        include_object=_hook(config.include_object),
        compare_type=_hook(config.compare_type),
        compare_server_default=_hook(config.compare_server_default),
        version_table=config.version_table,
        version_table_schema=config.version_table_schema,
        context=MigrationContext(LiveExecutor(connection), config=config),
    )


def _hook(hook: Any) -> Any:
    """Return a hook that load_environment() has resolved; until then it may be a reference, by its type."""
    return hook


def _directed(
    config: Config, context: MigrationContext, graph: RevisionGraph, script: MigrationScript
) -> list[MigrationScript]:
    directives = [script]
    hook = config.process_revision_directives
    if callable(hook):
        hook(context, graph.heads, directives)
    return directives


def _is_empty(script: MigrationScript) -> bool:
    return all(ops.is_empty() for ops in script.upgrade_ops_list)


# --- writing it ---------------------------------------------------------------------------------------------


def _script_dialect(workspace: Workspace) -> Dialect:
    """Return the dialect for a file that compares nothing, for which no database need be configured."""
    configured = workspace.given is not None or workspace.config.url is not None
    return dialect_of(workspace.target if configured else "sqlite+aiosqlite://")


async def _write(
    workspace: Workspace, config: Config, script: MigrationScript, *, request: Request, dialect: Dialect
) -> GeneratedRevision:
    project = (
        await workspace.project()
    )  # read again: an earlier file of the same request is part of it by now
    new = _planned(project, _asked_by(script, request))
    folder = project.directory.folder_for(
        [project.graph[parent] for parent in new.down_revisions], script.version_path
    )
    draft = _draft(new, script, _renderer(config, dialect))
    path = await anyio.to_thread.run_sync(partial(write_revision, config, draft, folder=folder))
    return GeneratedRevision(
        revision=replace(new, path=path),
        path=path,
        changes=tuple(line for ops in script.upgrade_ops_list for line in changes(ops)),
    )


def _renderer(config: Config, dialect: Dialect) -> Renderer:
    as_batch = dialect.name == "sqlite" if config.render_as_batch == "auto" else config.render_as_batch
    return Renderer(
        RenderOptions(
            dialect=dialect,
            render_as_batch=as_batch,
            render_item=config.render_item if callable(config.render_item) else None,
            alembic_module_prefix=config.operations_module_prefix,
            sqlalchemy_module_prefix=config.sqlalchemy_module_prefix,
            user_module_prefix=config.user_module_prefix,
            mark_destructive=True,
        )
    )


def _draft(new: Revision, script: MigrationScript, renderer: Renderer) -> RevisionDraft:
    upgrade = "\n".join(renderer.body(ops) for ops in script.upgrade_ops_list)
    downgrade = "\n".join(renderer.body(ops) for ops in script.downgrade_ops_list)
    return RevisionDraft(
        revision=new.revision,
        message=new.message,
        down_revisions=new.down_revisions,
        depends_on=new.depends_on,
        branch_labels=new.branch_labels,
        upgrade=upgrade,
        downgrade=downgrade,
        imports={*renderer.imports, *script.imports},
    )
