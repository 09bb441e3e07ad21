"""Ten thousand revisions: no recursion, and work in proportion to the number of revisions.

Work is counted, not timed: each look at what a revision requires, or is required by, is one.
"""

from __future__ import annotations

import random
from collections import UserDict
from collections.abc import Callable, Sequence

import pytest

from async_migrate.history import Revision, RevisionGraph

SIZE = 10_000


def linear() -> list[Revision]:
    return [
        Revision(revision=f"r{number}", down_revisions=(f"r{number - 1}",) if number else ())
        for number in range(SIZE)
    ]


def ladder() -> list[Revision]:
    """Part in two and merge again, over and over."""
    revisions = [Revision(revision="m0")]
    for number in range(1, SIZE // 3):
        below = (f"m{number - 1}",)
        revisions += [
            Revision(revision=f"x{number}", down_revisions=below),
            Revision(revision=f"y{number}", down_revisions=below),
            Revision(revision=f"m{number}", down_revisions=(f"x{number}", f"y{number}")),
        ]
    return revisions


def comb() -> list[Revision]:
    """A hundred long branches of one base, given in no order."""
    branches = [
        Revision(
            revision=f"r{branch}_{number}", down_revisions=(f"r{branch}_{number - 1}",) if number else ("a",)
        )
        for branch in range(100)
        for number in range(SIZE // 100)
    ]
    random.Random(1).shuffle(branches)
    return [Revision(revision="a"), *branches]


def star() -> list[Revision]:
    """A thousand heads of one base."""
    return [
        Revision(revision="a"),
        *(Revision(revision=f"r{number}", down_revisions=("a",)) for number in range(1000)),
    ]


def bushy() -> list[Revision]:
    """Branches, merges and dependencies at random, with up to a hundred heads."""
    rng = random.Random(1)
    revisions: list[Revision] = []
    heads: list[str] = []
    for number in range(SIZE):
        if len(heads) > 1 and (len(heads) > 100 or rng.random() < 0.3):
            parents = rng.sample(heads, 2)
        else:
            parents = [rng.choice(revisions[-200:]).revision] if revisions else []
        depends_on = (rng.choice(heads),) if len(heads) > 3 and rng.random() < 0.1 else ()
        revisions.append(
            Revision(revision=f"r{number}", down_revisions=tuple(parents), depends_on=depends_on)
        )
        heads = [*(head for head in heads if head not in parents), f"r{number}"]
    return revisions


class Counted(UserDict[str, Sequence[str]]):
    """A mapping that counts how often something is looked up."""

    looks = 0

    def __getitem__(self, key: str) -> Sequence[str]:
        type(self).looks += 1
        return super().__getitem__(key)


def counted(graph: RevisionGraph, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Return what returns the number of looks since it was called last."""
    for relation in ("_parents", "_children", "_requires", "_required_by"):
        monkeypatch.setattr(graph, relation, Counted(getattr(graph, relation)))

    def looks() -> int:
        count, Counted.looks = Counted.looks, 0
        return count

    looks()
    return looks


@pytest.mark.parametrize("shape", [linear, ladder, comb, star, bushy])
def test_work_is_in_proportion(shape: Callable[[], list[Revision]], monkeypatch: pytest.MonkeyPatch) -> None:
    revisions = shape()
    graph = RevisionGraph(revisions)
    looks = counted(graph, monkeypatch)

    up = graph.plan_upgrade("heads", ())
    assert len(up) == len(revisions)
    assert looks() <= 6 * len(revisions)

    almost = up.steps[-3].heads_after
    assert len(graph.plan_upgrade("heads", almost)) == 2
    assert looks() <= 4 * len(revisions)

    down = graph.plan_downgrade("base", up.heads_after)
    assert len(down) == len(revisions)
    assert looks() <= 10 * len(revisions)

    assert sum(1 for _ in graph.iterate()) == len(revisions)
    assert looks() <= 6 * len(revisions)


def test_a_long_walk() -> None:
    graph = RevisionGraph(linear())
    assert [one.revision for one in graph.resolve(f"head-{SIZE - 1}")] == ["r0"]
    assert [one.revision for one in graph.resolve(f"base+{SIZE}")] == [f"r{SIZE - 1}"]
