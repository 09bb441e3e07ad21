"""Where a database is: the rows of its version table, and what they imply."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Position"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """The state of one database, as seen from a graph; made by `RevisionGraph.position`.

    The version table stores as little as it can: a revision that an applied one was built on, or depends on,
    has no row. Hence the difference between `rows` and `applied`.

    Attributes:
        rows: What the version table holds, to the letter.
        heads: The rows that no other row implies, in the order of the graph. Only a table that somebody
            edited, or whose revisions got new dependencies since, has rows that are not heads.
        applied: Every revision that has been applied, those implied by a row included.
        tips: The applied revisions with no applied child, in the order of the graph: `heads`, and what only a
            dependency keeps out of the version table. This is what ``current`` shows.
    """

    rows: frozenset[str]
    heads: tuple[str, ...]
    applied: frozenset[str]
    tips: tuple[str, ...]
