"""A revision with its place in the graph: what the reading commands list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from async_migrate.history.graph import RevisionGraph
    from async_migrate.history.revision import Revision

__all__ = ["RevisionEntry", "entries"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionEntry:
    """A revision and what only the graph, or a database, knows of it.

    Attributes:
        revision: The revision.
        labels: The branch labels it carries, its own and those it inherits.
        children: The revisions that name it as a parent.
        is_head: No revision names it as a parent.
        is_effective_head: It is a head that another revision depends on, so it has no row of its own.
        is_current: It is applied and no applied revision follows it; None where no database was asked.
    """

    revision: Revision
    labels: tuple[str, ...]
    children: tuple[str, ...]
    is_head: bool
    is_effective_head: bool
    is_current: bool | None = None

    @property
    def is_base(self) -> bool:
        """Whether it has no parent."""
        return not self.revision.down_revisions

    @property
    def is_branch_point(self) -> bool:
        """Whether several revisions follow it."""
        return len(self.children) > 1

    @property
    def is_merge_point(self) -> bool:
        """Whether it has several parents."""
        return len(set(self.revision.down_revisions)) > 1


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
