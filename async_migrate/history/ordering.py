"""In which order revisions are listed, and, the other way round, applied.

Requirements leave much open when a history has branches, and projects come to rely on what they got,
knowingly or not. So this is the order that Alembic gives, described anew:

There is a *lane* for each head, in the order in which the graph was given them. The first lane is followed
down, listing as it goes. Where a revision has several requirements, the lane goes on with the first, and
each of the others gets a new lane behind the last one; what is in a lane already is not entered again. A
revision that something unlisted still requires has to wait, and the first lane above it is taken up. Where a
lane ends, the one before it is taken up.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

__all__ = ["newest_first"]


def newest_first(
    revisions: Iterable[str],
    *,
    place: Mapping[str, int],
    requires: Mapping[str, Sequence[str]],
    required_by: Mapping[str, Sequence[str]],
) -> list[str]:
    """Return revisions so that each comes before all that it requires.

    Args:
        revisions: What to put in order.
        place: Where the graph was given each revision.
        requires: What each revision requires.
        required_by: What requires each revision.
    """
    return list(_Lanes(revisions, place=place, requires=requires, required_by=required_by))


class _Lanes:
    """The lanes, while they are followed down; iterating lists every revision once.

    Attributes:
        waiting: The revisions still to be listed, each with those of them that require it: a set that keeps
            its order, hence a dictionary.
        next_in: The revision that each lane comes to next; a lane is known by its index here.
        lane_of: The lane that each revision was entered into.
        live: The lanes that have not ended, ascending.
        at_least: For a revision that had to wait, the first lane above it then. Later ones are never before
            that, because new lanes come last.
    """

    def __init__(
        self,
        revisions: Iterable[str],
        *,
        place: Mapping[str, int],
        requires: Mapping[str, Sequence[str]],
        required_by: Mapping[str, Sequence[str]],
    ) -> None:
        members = set(revisions)
        heads = (revision for revision in members if members.isdisjoint(required_by[revision]))
        self.requires = requires
        self.next_in = sorted(heads, key=place.__getitem__)
        self.lane_of = {revision: lane for lane, revision in enumerate(self.next_in)}
        self.live = list(range(len(self.next_in)))
        self.at_least: dict[str, int] = {}
        self.waiting: dict[str, dict[str, None]] = {revision: {} for revision in members}
        for head in self.next_in:
            self._wait_below(head)

    def __iter__(self) -> Iterator[str]:
        lane = 0
        while self.live:
            revision = self.next_in[lane]
            if self.waiting[revision]:
                lane = self._first_above(revision)
            else:
                yield revision
                lane = self._advance(lane, revision)

    def _wait_below(self, head: str) -> None:
        # Lane by lane, so that what belongs to an early lane comes first, where `_first_above` finds it soon.
        todo = [head]
        while todo:
            revision = todo.pop()
            for required in self.requires[revision]:
                if required in self.waiting:
                    if not self.waiting[required]:
                        todo.append(required)
                    self.waiting[required][revision] = None

    def _advance(self, lane: int, revision: str) -> int:
        """Take a revision off its lane, put its requirements into lanes, and return the lane to follow."""
        del self.waiting[revision]
        unlisted = [required for required in self.requires[revision] if required in self.waiting]
        for required in unlisted:
            del self.waiting[required][revision]
        entering = [required for required in unlisted if required not in self.lane_of]
        if not entering:
            return self._end(lane)
        self.next_in[lane] = entering[0]
        self.lane_of[entering[0]] = lane
        for required in entering[1:]:
            self.lane_of[required] = len(self.next_in)
            self.live.append(len(self.next_in))
            self.next_in.append(required)
        return lane

    def _end(self, lane: int) -> int:
        index = bisect_left(self.live, lane)
        del self.live[index]
        return self.live[max(index - 1, 0)] if self.live else lane

    def _first_above(self, revision: str) -> int:
        """Return the first lane that comes to a revision which requires this one, however indirectly."""
        earliest = self._earliest_above(revision)
        first = len(self.next_in)
        seen = {revision}
        path = [iter(self.waiting[revision])]
        while path and first != earliest:
            above = next(path[-1], None)
            if above is None:
                path.pop()
            elif above not in seen:
                seen.add(above)
                first = min(first, self.lane_of.get(above, first))
                path.append(iter(self.waiting[above]))
        self.at_least[revision] = first
        return first

    def _earliest_above(self, revision: str) -> int:
        """Return a lane that `_first_above` need not look before, so that it can stop there."""
        index = bisect_left(self.live, self.at_least.get(revision, 0))
        return self.live[index + (self.live[index] == self.lane_of[revision])]
