"""The commands that change nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from async_migrate.cli import documents, text
from async_migrate.history.describe import step_line
from async_migrate.history.plan import Direction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from async_migrate.cli.documents import Document
    from async_migrate.cli.session import Session
    from async_migrate.history.entry import RevisionEntry

__all__ = ["branches", "check", "current", "heads", "history", "list_templates", "plan", "show", "status"]

NOTHING_TO_REPORT = 0
SOMETHING_TO_REPORT = 1


async def current(session: Session, *, check_heads: bool, verbose: bool, as_json: bool) -> int:
    """Show the revisions that a database is at."""
    migrator = session.migrator()
    entries = await migrator.current()
    if as_json:
        _print_json(session, documents.entries_document(entries, url=migrator.url))
    elif verbose:
        session.output.line(f"Database: {migrator.url}")
        _print_entries(session, entries)
    else:
        session.output.lines([text.current_line(entry) for entry in entries])
    if not check_heads or (await migrator.status()).at_head:
        return NOTHING_TO_REPORT
    if not as_json:
        session.output.line("Not at head: 'async-migrate upgrade heads' applies the rest.")
    return SOMETHING_TO_REPORT


async def history(
    session: Session, *, revision_range: str | None, indicate_current: bool, verbose: bool, as_json: bool
) -> int:
    """List revisions, newest first."""
    entries = await session.migrator().history(revision_range, indicate_current=indicate_current)
    if as_json:
        _print_json(session, documents.entries_document(entries))
    elif verbose:
        _print_entries(session, entries)
    else:
        session.output.lines([text.short_line(entry) for entry in entries])
    return NOTHING_TO_REPORT


async def heads(session: Session, *, resolve_dependencies: bool, verbose: bool, as_json: bool) -> int:
    """List the revisions that no other one continues."""
    entries = await session.migrator().heads(resolve_dependencies=resolve_dependencies)
    if as_json:
        _print_json(session, documents.entries_document(entries))
    elif verbose:
        _print_entries(session, entries)
    else:
        session.output.lines([text.head_line(entry) for entry in entries])
    return NOTHING_TO_REPORT


async def branches(session: Session, *, verbose: bool, as_json: bool) -> int:
    """List the revisions that several others continue."""
    migrator = session.migrator()
    entries = await migrator.branches()
    if as_json:
        _print_json(session, documents.entries_document(entries))
    elif entries:
        everything = {entry.revision.revision: entry for entry in await migrator.history()}
        for entry in entries:
            session.output.lines([*text.branch_lines(entry, everything=everything, in_full=verbose), ""])
    return NOTHING_TO_REPORT


async def show(session: Session, *, revision: str, as_json: bool) -> int:
    """Show everything about a revision."""
    entries = await session.migrator().show(revision)
    if as_json:
        _print_json(session, documents.entries_document(entries))
    else:
        _print_entries(session, entries)
    return NOTHING_TO_REPORT


async def status(session: Session, *, exit_code: bool, as_json: bool) -> int:
    """Show where a database stands."""
    found = await session.migrator().status()
    if as_json:
        _print_json(session, documents.status_document(found))
    else:
        session.output.lines(text.status_lines(found))
    return SOMETHING_TO_REPORT if exit_code and not found.at_head else NOTHING_TO_REPORT


async def plan(session: Session, *, target: str, downgrade: bool, exit_code: bool, as_json: bool) -> int:
    """Show what an upgrade or a downgrade would do."""
    direction = Direction.DOWNGRADE if downgrade else Direction.UPGRADE
    planned = await session.migrator().plan(target, direction=direction)
    if as_json:
        _print_json(session, documents.plan_document(planned))
    elif planned:
        session.output.lines([f"Would run {step_line(step)}" for step in planned.steps])
    else:
        session.output.line("Nothing to do.")
    return SOMETHING_TO_REPORT if exit_code and planned else NOTHING_TO_REPORT


async def check(session: Session, *, as_json: bool) -> int:
    """Compare the models with a database."""
    result = await session.migrator().check()
    if as_json:
        _print_json(session, documents.check_document(result))
    elif result.up_to_date:
        session.output.line("No changes: the models and the database agree.")
    else:
        session.output.lines(text.check_lines(result))
    return NOTHING_TO_REPORT if result.up_to_date else SOMETHING_TO_REPORT


async def list_templates(session: Session, *, as_json: bool) -> int:
    """List what a project can be started from."""
    from async_migrate.scripts.scaffold import list_templates

    templates = list_templates()
    if as_json:
        _print_json(session, documents.templates_document(templates))
    else:
        width = max(len(each.name) for each in templates)
        session.output.lines([f"{each.name:<{width}}  {each.summary}" for each in templates])
    return NOTHING_TO_REPORT


def _print_json(session: Session, document: Document) -> None:
    session.output.document(documents.dumped(document))


def _print_entries(session: Session, entries: Sequence[RevisionEntry]) -> None:
    for entry in entries:
        session.output.lines([*text.entry_lines(entry), ""])
