"""Revisions as the reading commands list them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from async_migrate.results import RevisionEntry

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from async_migrate.history.graph import RevisionGraph
    from async_migrate.history.revision import Revision

__all__ = ["entries"]


def entries(
    graph: RevisionGraph, revisions: Iterable[Revision], *, current: Collection[str] | None = None
) -> tuple[RevisionEntry, ...]:
    """Return revisions with their place in the graph.

    Args:
        graph: The graph.
        revisions: Some of its revisions, in the order in which they are to be listed.
        current: The applied revisions that nothing applied follows; None if no database was asked.
    """
    heads, effective = frozenset(graph.heads), frozenset(graph.effective_heads)
    return tuple(
        RevisionEntry(
            revision=revision,
            labels=graph.branch_labels(revision.revision),
            children=tuple(graph.children(revision.revision)),
            is_head=revision.revision in heads,
            is_effective_head=revision.revision in effective,
            is_current=None if current is None else revision.revision in current,
        )
        for revision in revisions
    )
