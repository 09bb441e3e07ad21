"""The commands that change files."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from async_migrate.cli.session import Session
    from async_migrate.results import GeneratedRevision

__all__ = ["edit", "init", "merge", "revision"]

DONE = 0


async def init(
    session: Session, *, directory: str, template: str, package: bool, url: str | None, metadata: str | None
) -> int:
    """Start a project."""
    from async_migrate.scripts.scaffold import DEFAULT_URL, init

    scaffold = init(
        directory,
        template=template,
        package=package,
        url=url or DEFAULT_URL,
        metadata=metadata,
        base=session.directory,
    )
    for done, paths in (
        ("Creating", scaffold.created),
        ("Adding to", scaffold.changed),
        ("Keeping", scaffold.kept),
    ):
        session.output.lines([f"{done} {_shown(path, session.directory)} ... done" for path in paths])
    configuration = _shown(scaffold.configuration, session.directory)
    session.output.line(f"Next: see that 'url' and 'metadata' in {configuration} are right, then run")
    session.output.line("  async-migrate revision --autogenerate -m 'first revision'")
    return DONE


async def revision(
    session: Session,
    *,
    message: str | None,
    autogenerate: bool,
    head: str,
    splice: bool,
    branch_label: str | None,
    version_path: str | None,
    rev_id: str | None,
    depends_on: Sequence[str],
) -> int:
    """Write a new revision file."""
    written = await session.migrator().revision(
        message,
        autogenerate=autogenerate,
        head=head,
        splice=splice,
        branch_label=branch_label,
        depends_on=depends_on or None,
        rev_id=rev_id,
        version_path=version_path,
    )
    if not written:
        session.output.line("No changes detected: no file was written.")
    for generated in written:
        _print_generated(session, generated)
    return DONE


async def merge(
    session: Session,
    *,
    revisions: Sequence[str],
    message: str | None,
    branch_label: str | None,
    rev_id: str | None,
    splice: bool,
) -> int:
    """Write a revision file that joins several revisions."""
    generated = await session.migrator().merge(
        revisions, message=message, branch_label=branch_label, rev_id=rev_id, splice=splice
    )
    _print_generated(session, generated)
    return DONE


async def edit(session: Session, *, revision: str) -> int:
    """Open revision files, one after the other, in an editor."""
    from anyio.to_thread import run_sync

    from async_migrate.scripts.editor import open_in_editor

    for entry in await session.migrator().show(revision):
        if entry.revision.path is not None:
            await run_sync(open_in_editor, entry.revision.path)
    return DONE


def _shown(path: Path, directory: Path) -> Path:
    return path.relative_to(directory) if path.is_relative_to(directory) else path


def _print_generated(session: Session, generated: GeneratedRevision) -> None:
    session.output.lines([f"Detected {change}" for change in generated.changes])
    session.output.line(f"Generating {generated.path} ... done")
