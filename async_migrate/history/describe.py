"""Revisions and steps in words: the lines of ``history``, ``heads``, ``show`` and of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from async_migrate.history.plan import Direction

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from async_migrate.history.graph import RevisionGraph
    from async_migrate.history.plan import Step
    from async_migrate.history.revision import Revision

__all__ = ["entry", "line", "step_line", "summary"]

BASE = "<base>"


def summary(revision: Revision) -> str:
    """Return the first paragraph of the docstring, on one line."""
    first_paragraph = revision.doc.strip().split("\n\n", 1)[0]
    return " ".join(first_paragraph.split()) or revision.message


def line(
    graph: RevisionGraph,
    revision: Revision,
    *,
    current: Collection[str] = (),
    parents: bool = True,
    labels: bool = True,
    tree: bool = True,
    doc: bool = True,
) -> str:
    """Return one line about a revision: ``parents (dependencies) -> revision (labels) (marks), summary``.

    Args:
        graph: The history that the revision is part of.
        revision: The revision.
        current: The revisions to mark as current.
        parents: Whether to begin with what the revision follows.
        labels: Whether to name its branches.
        tree: Whether to mark branch points and merge points.
        doc: Whether to end with the summary.
    """
    name = revision.revision
    words = [*_predecessors(revision), "->", name] if parents else [name]
    branches = graph.branch_labels(name) if labels else ()
    if branches:
        words.append(f"({', '.join(branches)})")
    words += _marks(*_head_marks(graph, name), *_current_marks(name, current))
    if tree:
        words += _marks(*_tree_marks(graph, name))
    text = " ".join(words)
    return f"{text}, {summary(revision)}" if doc and summary(revision) else text


def entry(graph: RevisionGraph, revision: Revision, *, current: Collection[str] = ()) -> str:
    """Return everything about a revision, in several lines without a final newline.

    Args:
        graph: The history that the revision is part of.
        revision: The revision.
        current: The revisions to mark as current.
    """
    name = revision.revision
    marks = _marks(*_head_marks(graph, name), *_tree_marks(graph, name), *_current_marks(name, current))
    facts = {
        "Rev": " ".join([name, *marks]),
        "Merges" if graph.is_merge_point(name) else "Parent": _names(revision.down_revisions) or BASE,
        "Also depends on": _names(revision.depends_on),
        "Branches into": _names(graph.children(name)) if graph.is_branch_point(name) else "",
        "Branch names": _names(graph.branch_labels(name)),
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
    return (
        f"{text}, {summary(revision)}"
        if summary(revision) and step.direction is not Direction.STAMP
        else text
    )


def _predecessors(revision: Revision) -> Iterable[str]:
    yield _names(revision.down_revisions) or BASE
    if revision.depends_on:
        yield f"({_names(revision.depends_on)})"


def _head_marks(graph: RevisionGraph, name: str) -> Iterable[str]:
    if not graph.children(name):
        yield "effective head" if graph.required_by(name) else "head"


def _current_marks(name: str, current: Collection[str]) -> Iterable[str]:
    if name in current:
        yield "current"


def _tree_marks(graph: RevisionGraph, name: str) -> Iterable[str]:
    if graph.is_branch_point(name):
        yield "branchpoint"
    if graph.is_merge_point(name):
        yield "mergepoint"


def _marks(*words: str) -> list[str]:
    return [f"({word})" for word in words]


def _names(names: Iterable[str]) -> str:
    return ", ".join(names)
