"""Revisions and steps in words: the lines of ``history``, ``heads``, ``show`` and of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from async_migrate.history.plan import Direction

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from async_migrate.history.entry import RevisionEntry
    from async_migrate.history.plan import Step
    from async_migrate.history.revision import Revision

__all__ = ["BASE", "line", "predecessors", "step_line", "summary", "verbose"]

BASE = "<base>"


def summary(revision: Revision) -> str:
    """Return the first paragraph of the docstring, on one line."""
    first_paragraph = revision.doc.strip().split("\n\n", 1)[0]
    return " ".join(first_paragraph.split()) or revision.message


def line(
    entry: RevisionEntry,
    *,
    parents: bool = True,
    labels: bool = True,
    current: bool = True,
    tree: bool = True,
    doc: bool = True,
) -> str:
    """Return one line about a revision: ``parents (dependencies) -> revision (labels) (marks), summary``.

    Args:
        entry: The revision.
        parents: Whether to begin with what the revision follows.
        labels: Whether to name its branches.
        current: Whether to mark it as current if it is.
        tree: Whether to mark branch points and merge points.
        doc: Whether to end with the summary.
    """
    words = [*predecessors(entry.revision), "->"] if parents else []
    words.append(entry.revision.revision)
    if labels and entry.labels:
        words.append(f"({', '.join(entry.labels)})")
    words += _head_marks(entry)
    words += _current_marks(entry) if current else ()
    words += _tree_marks(entry) if tree else ()
    return _about(" ".join(words), entry.revision if doc else None)


def verbose(entry: RevisionEntry) -> str:
    """Return everything about a revision, in several lines without a final newline."""
    revision = entry.revision
    marks = [*_head_marks(entry), *_tree_marks(entry), *_current_marks(entry)]
    facts = {
        "Rev": " ".join([revision.revision, *marks]),
        "Merges" if entry.is_merge_point else "Parent": _names(revision.down_revisions) or BASE,
        "Also depends on": _names(revision.depends_on),
        "Branches into": _names(entry.children) if entry.is_branch_point else "",
        "Branch names": _names(entry.labels),
        "Path": str(revision.path or ""),
    }
    lines = [f"{fact}: {value}" for fact, value in facts.items() if value]
    doc = (revision.doc.strip() or revision.message).splitlines()
    if doc:
        lines += ["", *(f"    {paragraph}".rstrip() for paragraph in doc)]
    return "\n".join(lines)


def step_line(step: Step) -> str:
    """Return one line about a step of a plan: ``upgrade a, b -> c, summary``."""
    revision = step.revision
    if step.direction is Direction.STAMP:
        before, after = _names(sorted(step.removed)), _names(sorted(step.added))
    elif step.is_upgrade:
        before, after = _names(revision.down_revisions), revision.revision
    else:
        before, after = revision.revision, _names(revision.down_revisions)
    text = f"{step.direction} {before or BASE} -> {after or BASE}"
    return _about(text, None if step.direction is Direction.STAMP else revision)


def predecessors(revision: Revision) -> list[str]:
    """Return what a revision follows, and, in brackets, what it depends on."""
    words = [_names(revision.down_revisions) or BASE]
    return [*words, f"({_names(revision.depends_on)})"] if revision.depends_on else words


def _about(text: str, revision: Revision | None) -> str:
    words = "" if revision is None else summary(revision)
    return f"{text}, {words}" if words else text


def _head_marks(entry: RevisionEntry) -> Iterator[str]:
    if entry.is_head:
        yield "(effective head)" if entry.is_effective_head else "(head)"


def _current_marks(entry: RevisionEntry) -> Iterator[str]:
    if entry.is_current:
        yield "(current)"


def _tree_marks(entry: RevisionEntry) -> Iterator[str]:
    if entry.is_branch_point:
        yield "(branchpoint)"
    if entry.is_merge_point:
        yield "(mergepoint)"


def _names(names: Iterable[str]) -> str:
    return ", ".join(names)
