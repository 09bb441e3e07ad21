"""Plans: which revisions to run, in which order, and what the version table holds after each.

The version table has one row for each applied revision that no other applied revision requires. So the rows
follow from the set of applied revisions, and that is how they are computed:

* applying a revision puts its row in place of those of the revisions that it requires;
* undoing one takes its row away, and gives a row back to each revision that it required and that nothing
  applied requires any more.

Inserting, updating, merging and unmerging rows are then nothing but the difference between two sets, which is
all that whoever writes the table has to know.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from async_migrate.errors import NotAppliedError, WalkedTooFarError, WrongDirectionError
from async_migrate.history.resolve import (
    branch_revision,
    on_branch,
    resolve,
    resolve_one,
    start_going_down,
    walk,
)
from async_migrate.history.target import Anchor, parse_target

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from async_migrate.history.graph import RevisionGraph
    from async_migrate.history.position import Position
    from async_migrate.history.revision import Revision
    from async_migrate.history.target import Target

__all__ = ["Direction", "Plan", "Step", "plan_downgrade", "plan_stamp", "plan_upgrade"]


class Direction(StrEnum):
    """What a step does with its revision.

    Attributes:
        UPGRADE: Run its ``upgrade()``.
        DOWNGRADE: Run its ``downgrade()``.
        STAMP: Run nothing; only the version table changes.
    """

    UPGRADE = "upgrade"
    DOWNGRADE = "downgrade"
    STAMP = "stamp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One revision to run, or to record, and what the version table holds before and after.

    Attributes:
        revision: The revision to run. Of a stamp, the one that is recorded, or, back to base, forgotten.
        direction: What to do with it.
        heads_before: The rows of the version table before the step.
        heads_after: The rows after it.
        stamps_down: Whether a stamp moves the database down; the direction alone does not say.
    """

    revision: Revision
    direction: Direction
    heads_before: frozenset[str]
    heads_after: frozenset[str]
    stamps_down: bool = False

    @property
    def is_upgrade(self) -> bool:
        """Whether the step goes up, be it run or stamped."""
        return self.direction is not Direction.DOWNGRADE and not self.stamps_down

    @property
    def removed(self) -> frozenset[str]:
        """The rows that the step takes out of the version table."""
        return self.heads_before - self.heads_after

    @property
    def added(self) -> frozenset[str]:
        """The rows that the step puts into the version table."""
        return self.heads_after - self.heads_before


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a command is going to do, decided before anything is done; false if that is nothing.

    Attributes:
        steps: The steps, in order; each begins with the rows that the one before it ended with.
        heads_before: The rows of the version table before the first step.
        heads_after: The rows after the last one.
    """

    steps: tuple[Step, ...]
    heads_before: frozenset[str]
    heads_after: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)


def plan_upgrade(graph: RevisionGraph, targets: Sequence[Target], position: Position) -> Plan:
    """Plan to apply the targets, and all that they require, as far as the database does not have it.

    A target that the database has already passed is no mistake: a deployment that names its revision must be able
    to run again after the next one has been there.
    """
    wanted: dict[str, None] = {}
    for target in targets:
        if target.is_relative and target.offset < 0:
            raise WrongDirectionError(target.text, command="downgrade", heads=position.heads)
        found = resolve(graph, target, position)
        if not found and position.rows:
            raise WrongDirectionError(target.text, command="downgrade", heads=position.heads)
        wanted.update(dict.fromkeys(found))
    missing = graph.ancestors(wanted, outside=position.applied)
    return _plan(position, _upgrade_steps(graph, reversed(graph.newest_first(missing)), position))


def plan_downgrade(graph: RevisionGraph, target: Target, position: Position) -> Plan:
    """Plan to undo what was applied on top of the target, and whatever requires that."""
    roots_of = _root_of_last if target.is_relative else _roots_above
    doomed = graph.descendants(roots_of(graph, target, position), within=position.applied)
    return _plan(position, _downgrade_steps(graph, graph.newest_first(doomed), position))


def plan_stamp(graph: RevisionGraph, targets: Sequence[Target], position: Position) -> Plan:
    """Plan to record the targets in place of whatever they are related to."""
    forgotten: set[str] = set()
    destinations: dict[str, None] = {}
    for target in targets or [parse_target(Anchor.BASE)]:
        found = resolve(graph, target, position)
        destinations.update(dict.fromkeys(found))
        if not found:
            forgotten |= graph.kin(branch_revision(graph, target.branch)) if target.branch else position.rows
    return _plan(position, _stamp_steps(graph, forgotten, destinations, position))


# --- where to go ---


def _root_of_last(graph: RevisionGraph, target: Target, position: Position) -> Sequence[str]:
    """Return the lowest of the last N revisions, for a bare ``-N``.

    Counting to it, and not to the revision below, keeps ``-1`` clear at a merge point, with several below.
    """
    if target.offset > 0:
        raise WrongDirectionError(target.text, command="upgrade", heads=position.heads)
    if not target.offset:
        return ()
    start = start_going_down(graph, target, position)
    last = walk(graph, start, target, offset=target.offset + 1)
    if last is None:
        available = 0 if start is None else -target.offset - 1
        raise WalkedTooFarError(target.text, start=start, steps=target.offset, available=available)
    return (last,)


def _roots_above(graph: RevisionGraph, target: Target, position: Position) -> Sequence[str]:
    """Return the revisions that continue the target, of the branch that it names if it does."""
    revision = resolve_one(graph, target, position)
    if revision is not None and revision not in position.applied:
        is_ahead = not position.heads or not graph.ancestors([revision]).isdisjoint(position.heads)
        if is_ahead:
            raise WrongDirectionError(target.text, command="upgrade", heads=position.heads)
        raise NotAppliedError(target.text, heads=position.heads)
    roots = graph.bases if revision is None else graph.children(revision)
    return on_branch(graph, roots, target.branch)


# --- steps ---


def _plan(position: Position, steps: Iterable[Step]) -> Plan:
    decided = tuple(steps)
    return Plan(
        steps=decided,
        heads_before=position.rows,
        heads_after=decided[-1].heads_after if decided else position.rows,
    )


def _upgrade_steps(graph: RevisionGraph, oldest_first: Iterable[str], position: Position) -> Iterator[Step]:
    before, heads = position.rows, frozenset(position.heads)
    for revision in oldest_first:
        heads = heads.difference(graph.requires(revision)).union((revision,))
        yield Step(
            revision=graph[revision], direction=Direction.UPGRADE, heads_before=before, heads_after=heads
        )
        before = heads


def _downgrade_steps(graph: RevisionGraph, newest_first: Iterable[str], position: Position) -> Iterator[Step]:
    before, heads = position.rows, frozenset(position.heads)
    requirers: dict[str, int] = {}
    for revision in newest_first:
        released = []
        for required in graph.requires(revision):
            if required not in requirers:
                applied = (other in position.applied for other in graph.required_by(required))
                requirers[required] = sum(applied)
            requirers[required] -= 1
            if not requirers[required]:
                released.append(required)
        heads = heads.difference((revision,)).union(released)
        yield Step(
            revision=graph[revision], direction=Direction.DOWNGRADE, heads_before=before, heads_after=heads
        )
        before = heads


def _stamp_steps(
    graph: RevisionGraph, forgotten: Collection[str], destinations: Iterable[str], position: Position
) -> Iterator[Step]:
    rows = position.rows
    for row in graph.in_order(rows.intersection(forgotten)):
        after = rows.difference((row,))
        yield _stamp(graph[row], rows, after, down=True)
        rows = after
    for revision in _not_implied(graph, list(destinations)):
        above = graph.descendants([revision]) - {revision}
        after = rows.difference(above, graph.ancestors([revision])).union((revision,))
        if after != rows:
            yield _stamp(graph[revision], rows, after, down=not rows.isdisjoint(above))
        rows = after


def _stamp(revision: Revision, before: frozenset[str], after: frozenset[str], *, down: bool) -> Step:
    return Step(
        revision=revision,
        direction=Direction.STAMP,
        heads_before=before,
        heads_after=after,
        stamps_down=down,
    )


def _not_implied(graph: RevisionGraph, revisions: Sequence[str]) -> Sequence[str]:
    implied = graph.ancestors(required for revision in revisions for required in graph.requires(revision))
    return [revision for revision in revisions if revision not in implied]
