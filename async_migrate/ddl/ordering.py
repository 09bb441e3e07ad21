"""The order of columns in a table that is made anew."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from async_migrate.errors import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["in_groups", "placed"]


def placed(
    name: str, names: Sequence[str], *, before: str | None, after: str | None, existing: Sequence[str]
) -> list[str]:
    """Return the columns with one of them put in its place.

    Several columns placed after the same old one stand there in the order in which they were added, so
    "after" means before the next column that was there from the start.

    Args:
        name: The column to place.
        names: All columns, this one included.
        before: The column it shall stand before.
        after: The column it shall stand after; ``before`` decides where both are given.
        existing: The columns the table had from the start, in their order.
    """
    others = [other for other in names if other != name]
    if before is None and after is not None and after in existing:
        following = [other for other in others[others.index(after) + 1 :] if other in existing]
        before = following[0] if following else None
        after = None if before is None else after
    if before is not None:
        position = others.index(before)
    elif after is not None:
        position = others.index(after) + 1
    else:
        position = len(others)
    return [*others[:position], name, *others[position:]]


def in_groups(names: Sequence[str], groups: Iterable[Sequence[str]]) -> list[str]:
    """Return the columns with those of each group in its order.

    What no group mentions comes as early as it can, in the order it had.

    Raises:
        InvalidArgumentError: Two groups contradict each other.
    """
    groups = [list(group) for group in groups]
    predecessors: dict[str, set[str]] = {name: set() for name in names}
    for group in groups:
        for earlier, later in pairwise(group):
            predecessors[later].add(earlier)
    result: list[str] = []
    left = list(names)
    while left:
        free = [name for name in left if predecessors[name].isdisjoint(left)]
        if not free:
            raise InvalidArgumentError(
                "batch_alter_table", "partial_reordering", groups, accepted="groups that agree on one order"
            )
        result += free
        left = [name for name in left if name not in free]
    return result
