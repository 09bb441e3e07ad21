"""The commands that change a database, or write down the SQL that would."""

from __future__ import annotations

from typing import TYPE_CHECKING

from async_migrate.cli import text
from async_migrate.cli.progress import progress_on
from async_migrate.history.plan import Direction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from async_migrate.cli.session import Session
    from async_migrate.results import MigrationResult

__all__ = ["downgrade", "ensure_version", "stamp", "upgrade"]

DONE = 0


async def upgrade(session: Session, *, target: str, sql: bool, tag: str | None) -> int:
    """Apply revisions."""
    if sql:
        return await _print_sql(session, target, Direction.UPGRADE, tag=tag)
    with progress_on(session.output) as progress:
        result = await session.migrator(progress).upgrade(target, tag=tag)
    if result.applied:
        session.output.line(f"Applied {_amount(result)}. The database is now {_place(result)}.")
    elif target in {"head", "heads"}:
        session.output.line("Already at head.")
    else:
        session.output.line(f"Nothing to apply: the database is {_place(result)}.")
    return DONE


async def downgrade(session: Session, *, target: str, sql: bool, tag: str | None) -> int:
    """Take revisions back."""
    if sql:
        return await _print_sql(session, target, Direction.DOWNGRADE, tag=tag)
    with progress_on(session.output) as progress:
        result = await session.migrator(progress).downgrade(target, tag=tag)
    if result.applied:
        session.output.line(f"Took back {_amount(result)}. The database is now {_place(result)}.")
    else:
        session.output.line(f"Nothing to take back: the database is {_place(result)}.")
    return DONE


async def stamp(session: Session, *, targets: Sequence[str], sql: bool, purge: bool, tag: str | None) -> int:
    """Record what a database is at, running nothing."""
    if sql:
        target = targets[0] if len(targets) == 1 else targets
        return await _print_sql(session, target, Direction.STAMP, tag=tag)
    with progress_on(session.output) as progress:
        result = await session.migrator(progress).stamp(targets, purge=purge, tag=tag)
    session.output.line(f"The database is stamped {_place(result)}.")
    return DONE


async def ensure_version(session: Session, *, sql: bool) -> int:
    """Create the version table."""
    if sql:
        return await _print_sql(session, "base", Direction.STAMP, tag=None)
    migrator = session.migrator()
    created = await migrator.ensure_version()
    state = "is created" if created else "is there already"
    session.output.line(f"The version table {migrator.config.version_table} {state}.")
    return DONE


async def _print_sql(
    session: Session, target: str | Sequence[str], direction: Direction, *, tag: str | None
) -> int:
    session.output.document(await session.migrator().sql(target, direction=direction, tag=tag))
    return DONE


def _amount(result: MigrationResult) -> str:
    return f"{text.number_of(len(result.applied), 'revision')} in {text.duration(result.seconds)}"


def _place(result: MigrationResult) -> str:
    return f"at {text.names(sorted(result.heads_after), none='base')}"
