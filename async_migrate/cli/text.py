"""Results in words, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from async_migrate.history.describe import BASE, summary

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from async_migrate.history.revision import Revision
    from async_migrate.operations.base import MigrateOperation
    from async_migrate.results import CheckResult, RevisionEntry, Status

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

TREE_MARKS = ("branchpoint", "mergepoint")


def short_line(entry: RevisionEntry) -> str:
    """Return one line about a revision: ``parents (dependencies) -> revision (labels) (marks), summary``."""
    text = " ".join([*_predecessors(entry.revision), "->", *_named(entry), *_marks(entry)])
    about = summary(entry.revision)
    return f"{text}, {about}" if about else text


def head_line(entry: RevisionEntry) -> str:
    """Return a head in one line: ``revision (labels) (head)``."""
    return " ".join([*_named(entry), *_marks(entry, without=TREE_MARKS)])


def current_line(entry: RevisionEntry) -> str:
    """Return where a database is, in one line: ``revision (head)``; that it is current need not be said."""
    return " ".join([entry.revision.revision, *_marks(entry, without=("current",))])


def entry_lines(entry: RevisionEntry) -> list[str]:
    """Return everything about a revision, in several lines."""
    revision = entry.revision
    facts = {
        "Rev": " ".join([revision.revision, *_marks(entry)]),
        "Merges" if entry.is_merge_point else "Parent": names(revision.down_revisions, none=BASE),
        "Also depends on": names(revision.depends_on),
        "Branches into": names(entry.children) if entry.is_branch_point else "",
        "Branch names": names(entry.labels),
        "Path": str(revision.path or ""),
    }
    lines = [f"{fact}: {value}" for fact, value in facts.items() if value]
    doc = (revision.doc.strip() or revision.message).splitlines()
    return [*lines, "", *(f"    {each}".rstrip() for each in doc)] if doc else lines


def branch_lines(
    entry: RevisionEntry, *, everything: Mapping[str, RevisionEntry], verbose: bool
) -> list[str]:
    """Return a branch point and below it, indented, the revisions that continue it."""
    indent = " " * len(entry.revision.revision)
    head = entry_lines(entry) if verbose else [_bare_line(entry)]
    children = [everything[child] for child in entry.children]
    return [*head, *(f"{indent} -> {_bare_line(child, doc=verbose)}" for child in children)]


def _bare_line(entry: RevisionEntry, *, doc: bool = False) -> str:
    text = " ".join([*_named(entry), *_marks(entry)])
    about = summary(entry.revision) if doc else ""
    return f"{text}, {about}" if about else text


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
    text = f"{names(revision.down_revisions, none=BASE)} -> {revision.revision}"
    about = summary(revision)
    return f"{text}, {about}" if about else text


def _predecessors(revision: Revision) -> Iterable[str]:
    yield names(revision.down_revisions, none=BASE)
    if revision.depends_on:
        yield f"({names(revision.depends_on)})"


def _named(entry: RevisionEntry) -> Iterable[str]:
    yield entry.revision.revision
    if entry.labels:
        yield f"({', '.join(entry.labels)})"


def _marks(entry: RevisionEntry, *, without: Collection[str] = ()) -> list[str]:
    marks = {
        "effective head": entry.is_effective_head,
        "head": entry.is_head and not entry.is_effective_head,
        "current": bool(entry.is_current),
        "branchpoint": entry.is_branch_point,
        "mergepoint": entry.is_merge_point,
    }
    return [f"({mark})" for mark, holds in marks.items() if holds and mark not in without]


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
