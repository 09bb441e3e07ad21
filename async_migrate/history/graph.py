"""The history as a graph: which revision comes after which.

Two relations, kept apart throughout:

* *lineage*: a revision and its ``down_revision``. Branches, branch labels, heads and bases are about lineage;
* *requirement*: lineage and ``depends_on`` together. What must be applied before what is about requirement.

The graph is built and checked once and never changes. Everything is plain strings and dictionaries, walked
with loops: a history of ten thousand revisions in one line must not meet the recursion limit, and each
question costs one pass over the revisions that it is about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from async_migrate.errors import UnknownCurrentRevisionError, UnknownRevisionError
from async_migrate.history import ordering, plan, resolve, selection, validation
from async_migrate.history.position import Position
from async_migrate.history.target import Target, parse_target

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from async_migrate.history.plan import Plan
    from async_migrate.history.revision import Revision
    from async_migrate.history.target import Identifier

__all__ = ["RevisionGraph"]


class RevisionGraph:
    """All revisions of one history.

    Built from plain `Revision` values, so that a test or a tool needs no files. The order in which they are
    given decides what the requirements leave open.

    Attributes:
        heads: The revisions that no other one continues.
        effective_heads: Those heads that another revision depends on; applied together with it, they have no
            row in the version table.
        real_heads: The other heads: applying them applies everything.
        bases: The revisions without a parent.
    """

    __slots__ = (
        "_branch_labels",
        "_children",
        "_label_givers",
        "_parents",
        "_place",
        "_required_by",
        "_requires",
        "_revisions",
        "bases",
        "effective_heads",
        "heads",
        "real_heads",
    )

    heads: tuple[str, ...]
    effective_heads: tuple[str, ...]
    real_heads: tuple[str, ...]
    bases: tuple[str, ...]

    def __init__(self, revisions: Iterable[Revision]) -> None:
        """Check the revisions and link them.

        Raises:
            GraphError: They do not form a graph; the subclass says why.
        """
        self._revisions = validation.index_revisions(revisions)
        self._label_givers = validation.index_labels(self._revisions)
        validation.check_links(self._revisions, self._label_givers)
        self._link()
        self._branch_labels = self._spread_labels(
            validation.oldest_first(self._revisions, self._requires, self._required_by)
        )

    def _link(self) -> None:
        self._place = {revision: place for place, revision in enumerate(self._revisions)}
        self._parents: dict[str, tuple[str, ...]] = {}
        self._requires: dict[str, tuple[str, ...]] = {}
        self._children: dict[str, list[str]] = {revision: [] for revision in self._revisions}
        self._required_by: dict[str, list[str]] = {revision: [] for revision in self._revisions}
        for name, revision in self._revisions.items():
            self._parents[name] = _without_repeats(revision.down_revisions)
            self._requires[name] = _without_repeats((*revision.down_revisions, *self.dependencies(name)))
            for parent in self._parents[name]:
                self._children[parent].append(name)
            for required in self._requires[name]:
                self._required_by[required].append(name)
        self.heads = tuple(name for name in self._revisions if not self._children[name])
        self.real_heads = tuple(name for name in self._revisions if not self._required_by[name])
        self.effective_heads = tuple(name for name in self.heads if self._required_by[name])
        self.bases = tuple(name for name, revision in self._revisions.items() if not revision.down_revisions)

    # --- one revision ---

    def __getitem__(self, revision: str) -> Revision:
        """Return the revision with exactly this identifier; `resolve` understands the other forms.

        Raises:
            UnknownRevisionError: There is none.
        """
        try:
            return self._revisions[revision]
        except KeyError:
            raise UnknownRevisionError(revision, known=list(self._revisions)) from None

    def __contains__(self, revision: object) -> bool:
        return revision in self._revisions

    def __iter__(self) -> Iterator[Revision]:
        """Iterate over the revisions in the order given."""
        return iter(self._revisions.values())

    def __len__(self) -> int:
        return len(self._revisions)

    def __repr__(self) -> str:
        return f"<RevisionGraph of {len(self)} revisions, heads: {', '.join(self.heads) or 'none'}>"

    def parents(self, revision: str) -> tuple[str, ...]:
        """Return the revisions that this one continues."""
        return self._parents[revision]

    def children(self, revision: str) -> Sequence[str]:
        """Return the revisions that continue this one."""
        return self._children[revision]

    def dependencies(self, revision: str) -> tuple[str, ...]:
        """Return what the revision depends on, a branch label replaced by the revision that gives it."""
        return tuple(self._label_givers.get(name, name) for name in self._revisions[revision].depends_on)

    def dependents(self, revision: str) -> tuple[str, ...]:
        """Return the revisions that depend on this one without continuing it."""
        children = set(self._children[revision])
        return tuple(name for name in self._required_by[revision] if name not in children)

    def requires(self, revision: str) -> Sequence[str]:
        """Return the parents and then the dependencies: what must be applied right before this one."""
        return self._requires[revision]

    def required_by(self, revision: str) -> Sequence[str]:
        """Return the children and the dependents."""
        return self._required_by[revision]

    def is_branch_point(self, revision: str) -> bool:
        """Whether several revisions continue this one."""
        return len(self._children[revision]) > 1

    def is_merge_point(self, revision: str) -> bool:
        """Whether this one continues several revisions."""
        return len(self._parents[revision]) > 1

    def branch_labels(self, revision: str) -> tuple[str, ...]:
        """Return the labels of the branches that the revision is on, sorted.

        A label covers the revision that gives it and all that continue it. If the branch never parts or
        merges above that revision, the label also covers what is below it, down to the branch point or merge
        point where the branch began.
        """
        return tuple(sorted(self._branch_labels.get(revision, ())))

    # --- names ---

    @property
    def labels(self) -> Mapping[str, str]:
        """The branch labels, each with the revision that gives it."""
        return self._label_givers

    def named(self, name: str) -> str | None:
        """Return the revision with exactly this identifier or branch label, if there is one."""
        return name if name in self._revisions else self._label_givers.get(name)

    def names(self) -> Iterator[str]:
        """Iterate over every identifier and every branch label."""
        yield from self._revisions
        yield from self._label_givers

    # --- sets of revisions ---

    def ancestors(self, revisions: Iterable[str], *, outside: AbstractSet[str] = frozenset()) -> set[str]:
        """Return the revisions and all that they require, however indirectly.

        Args:
            revisions: Where to start.
            outside: Revisions to leave out, and not to look beyond.
        """
        return _reach(revisions, self._requires, outside=outside)

    def descendants(self, revisions: Iterable[str], *, within: AbstractSet[str] | None = None) -> set[str]:
        """Return the revisions and all that require them, however indirectly.

        Args:
            revisions: Where to start.
            within: The only revisions to consider, if not all.
        """
        return _reach(revisions, self._required_by, within=within)

    def offspring(self, revisions: Iterable[str]) -> set[str]:
        """Return the revisions and all that continue them, dependencies aside."""
        return _reach(revisions, self._children)

    def lineage(self, revision: str) -> set[str]:
        """Return all that the revision continues and all that continues it: what ``revision@…`` may name."""
        return self.offspring([revision]) | _reach([revision], self._parents)

    def kin(self, revision: str) -> set[str]:
        """Return all that the revision requires and all that requires it: lineage, dependencies included."""
        return self.descendants([revision]) | self.ancestors([revision])

    def in_order(self, revisions: Iterable[str]) -> list[str]:
        """Return the revisions in the order in which the graph was given them."""
        return sorted(revisions, key=self._place.__getitem__)

    def newest_first(self, revisions: Iterable[str]) -> list[str]:
        """Return the revisions so that each comes before all that it requires; see `ordering` for ties."""
        return ordering.newest_first(
            revisions, place=self._place, requires=self._requires, required_by=self._required_by
        )

    # --- identifiers ---

    def resolve(
        self, identifier: Identifier, *, current: Iterable[str] | None = None
    ) -> tuple[Revision, ...]:
        """Return the revisions that an identifier names; none for ``base``.

        A name is a full identifier, a branch label, or the beginning of either, of any length, that fits only
        one revision. Without ``current``, a bare ``-N`` counts down from every real head.

        Args:
            identifier: Any form of the grammar in `target`, except a range.
            current: The rows of the version table, for ``current`` and for bare ``+N`` and ``-N``.

        Raises:
            RevisionLookupError: It names nothing, or not clearly; the subclass says why.
            UnknownCurrentRevisionError: A row is not in the graph.
        """
        position = None if current is None else self.position(current)
        found = resolve.resolve(self, parse_target(identifier), position)
        return tuple(self._revisions[revision] for revision in found)

    def resolve_one(self, identifier: Identifier, *, current: Iterable[str] | None = None) -> Revision | None:
        """Return the one revision that an identifier names; None for ``base``.

        Args:
            identifier: As for `resolve`.
            current: As for `resolve`.

        Raises:
            MultipleHeadsError: It names several.
            RevisionLookupError: As for `resolve`.
            UnknownCurrentRevisionError: A row is not in the graph.
        """
        position = None if current is None else self.position(current)
        found = resolve.resolve_one(self, parse_target(identifier), position)
        return None if found is None else self._revisions[found]

    def iterate(
        self,
        upper: Identifier = "heads",
        lower: Identifier = "base",
        *,
        current: Iterable[str] | None = None,
    ) -> Iterator[Revision]:
        """Iterate over a part of the history, newest first, both ends included: what ``history`` shows.

        With a named lower end, only what continues it is in, unless the upper end just depends on it; from
        ``base``, all that the upper end requires.
        A bare ``-N`` below counts from the upper end, a bare ``+N`` above from the lower one; either stops at
        the end of the history. A branch before the lower end (``label@…``) keeps to that branch.

        Args:
            upper: The newer end.
            lower: The older end.
            current: The rows of the version table, for ``current``.

        Raises:
            UnrelatedRangeError: The lower end does not lead to the upper one.
            RevisionLookupError: An end names nothing, or not clearly.
            UnknownCurrentRevisionError: A row is not in the graph.
        """
        position = None if current is None else self.position(current)
        selected = selection.select(self, parse_target(upper), parse_target(lower), position)
        return (self._revisions[revision] for revision in selected)

    # --- databases ---

    def position(self, current: Iterable[str]) -> Position:
        """Return what the rows of a version table say about a database.

        Args:
            current: The rows: full identifiers.

        Raises:
            UnknownCurrentRevisionError: A row is not in the graph.
        """
        rows = frozenset(current)
        unknown = rows.difference(self._revisions)
        if unknown:
            raise UnknownCurrentRevisionError(sorted(unknown), locations=self._locations())
        applied = self.ancestors(rows)
        return Position(
            rows=rows,
            heads=tuple(self.in_order(row for row in rows if applied.isdisjoint(self._required_by[row]))),
            applied=frozenset(applied),
            tips=tuple(self.in_order(name for name in applied if applied.isdisjoint(self._children[name]))),
        )

    def plan_upgrade(self, target: Identifier | Sequence[Identifier], current: Iterable[str]) -> Plan:
        """Plan how to apply a target, or several, and all that they require.

        Args:
            target: Where to go; a bare ``+N`` counts from where the database is.
            current: The rows of the version table.

        Returns:
            The plan; an empty one if everything is applied already.

        Raises:
            WrongDirectionError: The target says to go back: ``base``, or a bare ``-N``.
            RevisionLookupError: The target names nothing, or not clearly.
            UnknownCurrentRevisionError: A row is not in the graph.
        """
        targets = [parse_target(one) for one in _as_sequence(target)]
        return plan.plan_upgrade(self, targets, self.position(current))

    def plan_downgrade(self, target: Identifier, current: Iterable[str]) -> Plan:
        """Plan how to go back to a target: undo all applied revisions that continue it or require those.

        Args:
            target: Where to go; a bare ``-N`` counts from where the database is. With ``label@``, only that
                branch is undone.
            current: The rows of the version table.

        Returns:
            The plan; an empty one if the database is there already.

        Raises:
            WrongDirectionError: The target is ahead of the database.
            NotAppliedError: The target is on no applied branch.
            SeveralCurrentHeadsError: ``-N`` with the database at several heads.
            RevisionLookupError: The target names nothing, or not clearly.
            UnknownCurrentRevisionError: A row is not in the graph.
        """
        return plan.plan_downgrade(self, parse_target(target), self.position(current))

    def plan_stamp(self, targets: Identifier | Sequence[Identifier], current: Iterable[str]) -> Plan:
        """Plan how to record that a database is at the targets, running nothing.

        A target takes the place of the rows that it requires or that require it; ``base`` removes the rows.

        Args:
            targets: Where the database really is; one that another one requires anyway makes no difference.
            current: The rows of the version table; none if they are purged first.

        Returns:
            The plan, one step for each target that changes a row; empty if the rows are right already.

        Raises:
            RevisionLookupError: A target names nothing, or not clearly.
            UnknownCurrentRevisionError: A row is not in the graph.
        """
        parsed = [parse_target(one) for one in _as_sequence(targets)]
        return plan.plan_stamp(self, parsed, self.position(current))

    # --- construction ---

    def _locations(self) -> list[Path]:
        directories = (revision.path.parent for revision in self if revision.path is not None)
        return list(dict.fromkeys(directories))

    def _spread_labels(self, oldest_first: Sequence[str]) -> dict[str, set[str]]:
        if not self._label_givers:
            return {}
        given: dict[str, set[str]] = {revision: set() for revision in self._revisions}
        for label, giver in self._label_givers.items():
            given[giver].add(label)
        on: dict[str, set[str]] = {}
        for revision in oldest_first:
            on[revision] = given[revision].union(*(on[parent] for parent in self._parents[revision]))
        self._raise_labels(given, on, oldest_first)
        return on

    def _raise_labels(
        self, given: Mapping[str, set[str]], on: Mapping[str, set[str]], oldest_first: Sequence[str]
    ) -> None:
        """Spread labels down to where their branch began, if it never parts or merges above them."""
        passed_down: dict[str, set[str] | None] = {}
        for revision in reversed(oldest_first):
            arriving = [passed_down[child] for child in self._children[revision]]
            parts = len(self._required_by[revision]) > 1 or self.is_merge_point(revision)
            if parts or None in arriving:
                passed_down[revision] = None
                continue
            labels = given[revision].union(*(labels for labels in arriving if labels is not None))
            on[revision].update(labels)
            passed_down[revision] = labels


def _reach(
    start: Iterable[str],
    neighbours: Mapping[str, Iterable[str]],
    *,
    within: AbstractSet[str] | None = None,
    outside: AbstractSet[str] = frozenset(),
) -> set[str]:
    reached: set[str] = set()
    todo = list(start)
    while todo:
        name = todo.pop()
        if name in reached or name in outside or (within is not None and name not in within):
            continue
        reached.add(name)
        todo += neighbours[name]
    return reached


def _without_repeats(names: tuple[str, ...]) -> tuple[str, ...]:
    return names if len(names) < 2 else tuple(dict.fromkeys(names))


def _as_sequence(target: Identifier | Sequence[Identifier]) -> Sequence[Identifier]:
    return [target] if isinstance(target, (str, Target)) else target
