"""Which revisions a range of the history contains: what ``history`` lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from async_migrate.errors import InvalidIdentifierError, UnrelatedRangeError
from async_migrate.history.resolve import on_branch, resolve, walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from async_migrate.history.graph import RevisionGraph
    from async_migrate.history.position import Position
    from async_migrate.history.target import Target

__all__ = ["select"]


def select(graph: RevisionGraph, upper: Target, lower: Target, position: Position | None) -> list[str]:
    """Return the revisions from one end to the other, both included, newest first.

    Args:
        graph: The revisions there are.
        upper: The newer end; a bare ``+N`` counts up from the lower one, a bare ``-N`` down from the heads.
        lower: The older end; a bare ``-N`` counts down from the upper one.
        position: Where the database is, if one is looked at.
    """
    selected: set[str] = set()
    for tops, floors in _spans(graph, upper, lower, position):
        required = graph.ancestors(tops)
        if not required.issuperset(floors):
            is_reversed = bool(tops) and graph.ancestors(floors).issuperset(tops)
            raise UnrelatedRangeError(lower.text, upper.text, reversed=is_reversed)
        selected |= required & _after(graph, floors, tops) if floors else required
    return graph.newest_first(selected)


def _spans(
    graph: RevisionGraph, upper: Target, lower: Target, position: Position | None
) -> Sequence[tuple[Sequence[str], Sequence[str]]]:
    """Return pairs of upper and lower ends, an empty lower end being base."""
    counts_up = upper.is_relative and upper.offset > 0
    counts_down = lower.is_relative and lower.offset <= 0
    if counts_up and counts_down:
        reason = "each end counts from the other one; name a revision at one end"
        raise InvalidIdentifierError(f"{lower.text}:{upper.text}", reason=reason)
    if counts_up:
        floors = resolve(graph, lower, position, clamp=True)
        tops = _walked(graph, floors or [None], upper)
    else:
        floors = () if counts_down else resolve(graph, lower, position, clamp=True)
        tops = resolve(graph, upper, None if upper.is_relative else position, clamp=True)
    tops = on_branch(graph, tops, lower.branch)
    if counts_down:
        return [([top], _walked(graph, [top], lower)) for top in tops]
    return [(tops, floors)]


def _after(graph: RevisionGraph, floors: Sequence[str], tops: Sequence[str]) -> set[str]:
    """Return what continues the lower ends or, if the upper ends only depend on them, what requires them."""
    continuing = graph.offspring(floors)
    return graph.descendants(floors) if continuing.isdisjoint(tops) else continuing


def _walked(graph: RevisionGraph, starts: Sequence[str | None], target: Target) -> Sequence[str]:
    ends = (walk(graph, start, target, clamp=True) for start in starts)
    return list(dict.fromkeys(end for end in ends if end is not None))
