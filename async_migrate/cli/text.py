"""Results in words, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from async_migrate.history.describe import line, predecessors, summary, verbose

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from async_migrate.history.entry import RevisionEntry
    from async_migrate.history.revision import Revision
    from async_migrate.operations.base import MigrateOperation
    from async_migrate.results import CheckResult, Status

__all__ = [
    "branch_lines",
    "check_lines",
    "current_line",
    "duration",
    "entry_lines",
    "head_line",
    "leaves",
    "names",
    "number_of",
    "short_line",
    "status_lines",
]


def short_line(entry: RevisionEntry) -> str:
    """Return one line about a revision: ``parents (dependencies) -> revision (labels) (marks), summary``."""
    return line(entry)


def head_line(entry: RevisionEntry) -> str:
    """Return a head in one line: ``revision (labels) (head)``."""
    return line(entry, parents=False, tree=False, doc=False)


def current_line(entry: RevisionEntry) -> str:
    """Return where a database is, in one line: ``revision (head)``; that it is current need not be said."""
    return line(entry, parents=False, labels=False, current=False, doc=False)


def entry_lines(entry: RevisionEntry) -> list[str]:
    """Return everything about a revision, in several lines."""
    return verbose(entry).splitlines()


def branch_lines(
    entry: RevisionEntry, *, everything: Mapping[str, RevisionEntry], in_full: bool
) -> list[str]:
    """Return a branch point and below it, indented, the revisions that continue it."""
    indent = " " * len(entry.revision.revision)
    head = entry_lines(entry) if in_full else [_bare_line(entry)]
    children = [everything[child] for child in entry.children]
    return [*head, *(f"{indent} -> {_bare_line(child, doc=in_full)}" for child in children)]


def _bare_line(entry: RevisionEntry, *, doc: bool = False) -> str:
    return line(entry, parents=False, doc=doc)


def status_lines(status: Status) -> list[str]:
    """Return where a database stands."""
    lines = [
        f"Database: {status.url}",
        f"Current: {names(sorted(status.current), none='nothing is applied')}",
    ]
    if status.at_head:
        return [*lines, "Pending: nothing, everything is applied."]
    lines.append(f"Newest: {names(sorted(status.expected), none='there are no revisions')}")
    if not status.pending:
        return lines
    lines.append(f"Pending: {number_of(len(status.pending), 'revision')}")
    return lines + [f"  {_pending_line(revision)}" for revision in status.pending]


def check_lines(result: CheckResult) -> list[str]:
    """Return how models and database differ, table by table."""
    lines = [f"The models have {number_of(len(result.changes), 'change')} that the database lacks:"]
    table = None
    for operation, words in zip(leaves(result.operations), result.changes, strict=True):
        if table != (table := getattr(operation, "table_name", None)):
            lines.append(f"  {table}")
        lines.append(f"    {words}")
    return [*lines, "To write them into a revision: async-migrate revision --autogenerate -m MESSAGE"]


def leaves(operation: MigrateOperation) -> Iterator[MigrateOperation]:
    """Yield the operations inside containers, one by one, in the order in which their words are listed."""
    if not hasattr(operation, "ops"):
        yield operation
        return
    for part in operation.ops:
        yield from leaves(part)


def _pending_line(revision: Revision) -> str:
    text = " ".join([*predecessors(revision), "->", revision.revision])
    about = summary(revision)
    return f"{text}, {about}" if about else text


# --- parts of sentences ------------------------------------------------------------------------------------


def names(each: Collection[str] | Sequence[str], *, none: str = "") -> str:
    """Return names with commas between them, or other words if there are none."""
    return ", ".join(each) or none


def number_of(number: int, noun: str) -> str:
    """Return ``1 revision`` or ``3 revisions``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def duration(seconds: float) -> str:
    """Return a duration in the unit that a person would use."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"
