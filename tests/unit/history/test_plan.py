"""Plans, drawn as ``revision: rows`` for each step, the rows being what the version table holds after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from async_migrate.errors import (
    AmbiguousWalkError,
    MultipleHeadsError,
    NotAppliedError,
    NotOnBranchError,
    RevisionLookupError,
    SeveralCurrentHeadsError,
    WalkedTooFarError,
    WrongDirectionError,
)
from async_migrate.history import Direction, Plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from async_migrate.history import RevisionGraph

    GraphOf = Callable[[str], RevisionGraph]


def drawn(plan: Plan) -> str:
    return ", ".join(
        f"{step.revision.revision}: {' '.join(sorted(step.heads_after))}".strip() for step in plan
    )


def check_chained(plan: Plan, rows: str) -> None:
    """Check that each step begins with the rows that the one before it ended with."""
    before = frozenset(rows.split())
    assert plan.heads_before == before
    for step in plan.steps:
        assert step.heads_before == before
        assert (step.removed, step.added) == (before - step.heads_after, step.heads_after - before)
        before = step.heads_after
    assert plan.heads_after == before
    assert bool(plan) == bool(plan.steps)
    assert len(plan) == len(plan.steps)


UPGRADES = [
    ("empty", "", "head", ""),
    ("linear", "", "head", "a: a, b: b, c: c, d: d"),
    ("linear", "", "b", "a: a, b: b"),
    ("linear", "b", "head", "c: c, d: d"),
    ("linear", "b", "+1", "c: c"),
    ("linear", "", "+2", "a: a, b: b"),
    ("linear", "b", "head-1", "c: c"),
    ("linear", "b", "base+3", "c: c"),
    ("linear", "", "base", ""),
    # branches: a row each, the first update of the shared row being followed by an insert
    ("branches", "", "heads", "a: a, b: b, c2: c2, d2: d2, c1: c1 d2, d1: d1 d2"),
    ("branches", "b", "left@head", "c1: c1, d1: d1"),
    ("branches", "d1", "right@+1", "c2: c2 d1"),
    ("branches", "d1", "right@heads", "c2: c2 d1, d2: d1 d2"),
    ("branches", "c1 c2", "left@+1", "d1: c2 d1"),
    ("branches", "", "left@c1", "a: a, b: b, c1: c1"),
    # a merge takes the rows of all its parents
    ("merged", "d1 d2", "head", "m: m, n: n"),
    ("merged", "d1", "m", "c2: c2 d1, d2: d1 d2, m: m"),
    ("diamonds", "", "c", "a: a, b2: b2, b1: b1 b2, c: c"),
    ("three bases", "", "heads", "i1: i1, i2: i2, o1: i2 o1, o2: i2 o2, u1: i2 o2 u1, u2: i2 o2 u2"),
    ("three bases", "u1", "orders@head", "o1: o1 u1, o2: o2 u1"),
    # what is depended on loses its row
    ("dependent", "", "heads", "n1: n1, n2: n2, s1: n2 s1, s2: s2, s3: s3"),
    ("dependent", "", "s1", "n1: n1, s1: s1"),
    ("dependent", "s1", "net@head", "n2: n2 s1"),
    ("dependent", "n2", "shop@head", "s1: n2 s1, s2: s2, s3: s3"),
    # and gets it back when it goes on
    ("outgrown", "s3", "net@head", "n3: n3 s3"),
    ("outgrown", "", "shop@head", "n1: n1, n2: n2, s1: n2 s1, s2: n2 s2, s3: s3"),
]


@pytest.mark.parametrize(("history", "rows", "target", "expected"), UPGRADES)
def test_upgrade(graph_of: GraphOf, history: str, rows: str, target: str, expected: str) -> None:
    plan = graph_of(history).plan_upgrade(target, rows.split())
    assert drawn(plan) == expected
    check_chained(plan, rows)
    assert all(step.direction is Direction.UPGRADE and step.is_upgrade for step in plan)


@pytest.mark.parametrize(
    ("history", "rows", "targets", "expected"),
    [
        ("branches", "b", ["d1", "c2"], "c2: c2, c1: c1 c2, d1: c2 d1"),
        ("branches", "b", ["left@head", "right@+1"], "c2: c2, c1: c1 c2, d1: c2 d1"),
        ("three bases", "", ["users@head", "orders@o1"], "o1: o1, u1: o1 u1, u2: o1 u2"),
        # one that another one requires makes no difference
        ("linear", "", ["b", "c"], "a: a, b: b, c: c"),
        ("linear", "b", ["b", "c"], "c: c"),
        ("linear", "b", ["a", "c"], "c: c"),
        ("linear", "b", [], ""),
    ],
)
def test_upgrade_to_several(
    graph_of: GraphOf, history: str, rows: str, targets: list[str], expected: str
) -> None:
    plan = graph_of(history).plan_upgrade(targets, rows.split())
    assert drawn(plan) == expected
    check_chained(plan, rows)


@pytest.mark.parametrize(
    ("history", "rows", "target"),
    [
        ("linear", "d", "head"),
        ("linear", "d", "heads"),
        ("linear", "b", "b"),
        ("linear", "b", "+0"),
        ("branches", "d1 d2", "heads"),
        ("branches", "d1", "left@head"),
        # an effective head, which is applied but has no row
        ("dependent", "s3", "heads"),
        ("dependent", "s3", "net@head"),
        ("dependent", "s3", "n2"),
    ],
)
def test_upgrade_to_where_it_is(graph_of: GraphOf, history: str, rows: str, target: str) -> None:
    plan = graph_of(history).plan_upgrade(target, rows.split())
    assert not plan
    check_chained(plan, rows)


def test_rows_that_others_imply_are_dropped_by_the_first_step(graph_of: GraphOf) -> None:
    plan = graph_of("linear").plan_upgrade("head", ["a", "c"])
    assert drawn(plan) == "d: d"
    check_chained(plan, "a c")
    assert plan.steps[0].removed == {"a", "c"}


DOWNGRADES = [
    ("empty", "", "base", ""),
    ("linear", "d", "base", "d: c, c: b, b: a, a:"),
    ("linear", "d", "b", "d: c, c: b"),
    ("linear", "d", "-1", "d: c"),
    ("linear", "d", "-4", "d: c, c: b, b: a, a:"),
    ("linear", "d", "head-3", "d: c, c: b, b: a"),
    ("linear", "d", "base+1", "d: c, c: b, b: a"),
    ("linear", "d", "d-2", "d: c, c: b"),
    ("linear", "c", "a+1", "c: b"),
    ("branches", "d1 d2", "base", "d1: c1 d2, c1: d2, d2: c2, c2: b, b: a, a:"),
    ("branches", "d1 d2", "b", "d1: c1 d2, c1: d2, d2: c2, c2: b"),
    ("branches", "d1 d2", "left@b", "d1: c1 d2, c1: d2"),
    ("branches", "d1 d2", "left@-1", "d1: c1 d2"),
    ("branches", "d1 d2", "d2@-2", "d2: c2 d1, c2: d1"),
    ("branches", "d1 d2", "left@base", "d1: c1 d2, c1: d2, d2: c2, c2: b, b: a, a:"),
    ("branches", "d1 d2", "right@c2", "d2: c2 d1"),
    ("branches", "d1 d2", "right@head-1", "d2: c2 d1"),
    ("branches", "d1", "-1", "d1: c1"),
    # undoing a merge gives each parent its row back
    ("merged", "n", "m", "n: m"),
    ("merged", "m", "d1", "m: d1 d2"),
    ("merged", "m", "-1", "m: d1 d2"),
    ("merged", "n", "-2", "n: m, m: d1 d2"),
    ("merged", "n", "left@-3", "n: m, m: d1 d2, d1: c1 d2"),
    ("merged", "n", "left@c1", "n: m, m: d1 d2, d1: c1 d2"),
    ("merged", "m", "b", "m: d1 d2, d1: c1 d2, c1: d2, d2: c2, c2: b"),
    ("three bases", "u2 o2 i1", "orders@base", "o2: i1 o1 u2, o1: i1 u2"),
    # dependencies stay, dependents go
    ("dependent", "s3", "shop@base", "s3: s2, s2: n2 s1, s1: n2"),
    ("dependent", "s3", "net@base", "s3: s2, s2: n2 s1, s1: n2, n2: n1, n1:"),
    ("dependent", "s3", "n1", "s3: s2, s2: n2 s1, n2: s1"),
    ("dependent", "s3", "net@-1", "s3: s2, s2: n2 s1, n2: s1"),
    ("dependent", "s2", "s1", "s2: n2 s1"),
    ("outgrown", "n3 s3", "net@n1", "n3: s3, s3: n2 s2, n2: s2"),
]


@pytest.mark.parametrize(("history", "rows", "target", "expected"), DOWNGRADES)
def test_downgrade(graph_of: GraphOf, history: str, rows: str, target: str, expected: str) -> None:
    plan = graph_of(history).plan_downgrade(target, rows.split())
    assert drawn(plan) == expected
    check_chained(plan, rows)
    assert all(step.direction is Direction.DOWNGRADE and not step.is_upgrade for step in plan)


@pytest.mark.parametrize(
    ("history", "rows", "target"),
    [
        ("linear", "", "base"),
        ("linear", "c", "c"),
        ("linear", "c", "current"),
        ("linear", "d", "head"),
        ("linear", "d", "-0"),
        ("branches", "d1", "right@b"),
        ("branches", "d1", "left@head"),
        ("dependent", "s3", "n2"),
        ("three bases", "u2", "orders@base"),
    ],
)
def test_downgrade_to_where_it_is(graph_of: GraphOf, history: str, rows: str, target: str) -> None:
    plan = graph_of(history).plan_downgrade(target, rows.split())
    assert not plan
    check_chained(plan, rows)


STAMPS = [
    ("empty", "", ["heads"], ""),
    ("linear", "", ["head"], "d: d"),
    ("linear", "b", ["head"], "d: d"),
    ("linear", "d", ["b"], "b: b"),
    ("linear", "d", ["base"], "d:"),
    ("linear", "d", [], "d:"),
    ("linear", "d", ["d-1"], "c: c"),
    ("linear", "b", ["+1"], "c: c"),
    ("linear", "d", ["d-4"], "d:"),
    ("branches", "b", ["heads"], "d1: d1, d2: d1 d2"),
    ("branches", "", ["d1", "c2"], "d1: d1, c2: c2 d1"),
    ("branches", "d1", ["right@head"], "d2: d1 d2"),
    ("branches", "d1 d2", ["b"], "b: b"),
    ("branches", "d1 d2", ["left@c1"], "c1: c1 d2"),
    ("branches", "d1 d2", ["c1", "c2"], "c1: c1 d2, c2: c1 c2"),
    ("branches", "d1 d2", ["base"], "d1: d2, d2:"),
    ("branches", "d1 d2", ["left@base"], "d1: d2"),
    ("branches", "d1 d2", ["base", "a"], "d1: d2, d2:, a: a"),
    ("merged", "d1 d2", ["m"], "m: m"),
    ("merged", "d1", ["m"], "m: m"),
    ("merged", "m", ["d1"], "d1: d1"),
    ("merged", "m", ["d1", "d2"], "d1: d1, d2: d1 d2"),
    ("three bases", "u2 o1", ["orders@head"], "o2: o2 u2"),
    ("three bases", "u2 o1", ["users@base"], "u2: o1"),
    ("dependent", "", ["heads"], "s3: s3"),
    ("dependent", "n2 s1", ["s2"], "s2: s2"),
    ("dependent", "s2", ["n2"], "n2: n2"),
    # one that another one requires makes no difference, in either order
    ("linear", "", ["b", "c"], "c: c"),
    ("linear", "", ["c", "b"], "c: c"),
    ("dependent", "", ["n2", "s2"], "s2: s2"),
    # rows that others imply are cleared away
    ("linear", "a c", ["c"], "c: c"),
]


@pytest.mark.parametrize(("history", "rows", "targets", "expected"), STAMPS)
def test_stamp(graph_of: GraphOf, history: str, rows: str, targets: list[str], expected: str) -> None:
    plan = graph_of(history).plan_stamp(targets, rows.split())
    assert drawn(plan) == expected
    check_chained(plan, rows)
    assert all(step.direction is Direction.STAMP for step in plan)


@pytest.mark.parametrize(
    ("history", "rows", "target"),
    [
        ("linear", "d", "head"),
        ("linear", "", "base"),
        ("branches", "d1 d2", "heads"),
        ("linear", "c", "current"),
    ],
)
def test_stamp_where_it_is(graph_of: GraphOf, history: str, rows: str, target: str) -> None:
    assert not graph_of(history).plan_stamp(target, rows.split())


@pytest.mark.parametrize(
    ("history", "rows", "target", "ups"),
    [
        ("linear", "b", "head", [True]),
        ("linear", "", "head", [True]),
        ("linear", "d", "b", [False]),
        ("branches", "d1", "d2", [True]),
        ("branches", "d1 d2", "base", [False, False]),
        ("dependent", "s2", "n2", [False]),
        ("linear", "a c", "c", [True]),
    ],
)
def test_which_way_a_stamp_goes(
    graph_of: GraphOf, history: str, rows: str, target: str, ups: list[bool]
) -> None:
    plan = graph_of(history).plan_stamp(target, rows.split())
    assert [step.is_upgrade for step in plan] == ups


@pytest.mark.parametrize(
    ("history", "command", "rows", "target", "error", "message"),
    [
        (
            "linear",
            "upgrade",
            "c",
            "base",
            WrongDirectionError,
            (
                "Cannot upgrade to 'base': it comes before where the database is (at 'c'). To go there, use "
                "`downgrade base`."
            ),
        ),
        (
            "linear",
            "upgrade",
            "c",
            "-1",
            WrongDirectionError,
            (
                "Cannot upgrade to '-1': it comes before where the database is (at 'c'). To go there, use "
                "`downgrade -1`."
            ),
        ),
        (
            "linear",
            "downgrade",
            "a",
            "c",
            WrongDirectionError,
            (
                "Cannot downgrade to 'c': it comes after where the database is (at 'a'). To go there, use "
                "`upgrade c`."
            ),
        ),
        (
            "linear",
            "downgrade",
            "",
            "a",
            WrongDirectionError,
            (
                "Cannot downgrade to 'a': it comes after where the database is (at base, with nothing "
                "applied). To go there, use `upgrade a`."
            ),
        ),
        (
            "linear",
            "downgrade",
            "a",
            "+1",
            WrongDirectionError,
            (
                "Cannot downgrade to '+1': it comes after where the database is (at 'a'). To go there, use "
                "`upgrade +1`."
            ),
        ),
        (
            "branches",
            "downgrade",
            "d1",
            "c2",
            NotAppliedError,
            (
                "Cannot downgrade to 'c2': nothing that it names is applied. The database is at 'd1'; name "
                "a revision below that."
            ),
        ),
        (
            "three bases",
            "downgrade",
            "u2",
            "orders@-1",
            NotAppliedError,
            (
                "Cannot downgrade to 'orders@-1': nothing that it names is applied. The database is at "
                "'u2'; name a revision below that."
            ),
        ),
        (
            "branches",
            "downgrade",
            "d1 d2",
            "-1",
            SeveralCurrentHeadsError,
            (
                "'-1' counts from where the database is, but it is at 2 heads: 'd1', 'd2'. Say which branch "
                "to count on: 'left@-1', 'right@-1'."
            ),
        ),
        (
            "branches",
            "upgrade",
            "c1 c2",
            "+1",
            SeveralCurrentHeadsError,
            (
                "'+1' counts from where the database is, but it is at 2 heads: 'c1', 'c2'. Say which branch "
                "to count on: 'left@+1', 'right@+1'."
            ),
        ),
        (
            "branches",
            "upgrade",
            "b",
            "head",
            MultipleHeadsError,
            (
                "'head' should be one revision, but there are 2: 'd1', 'd2'. Name one of them, or its "
                "branch as in 'left@head'; 'heads' means all where several are allowed, and `merge heads` "
                "joins them."
            ),
        ),
        (
            "branches",
            "downgrade",
            "d1 d2",
            "heads",
            MultipleHeadsError,
            (
                "'heads' should be one revision, but there are 2: 'd1', 'd2'. Name one of them, or its "
                "branch as in 'left@head'; 'heads' means all where several are allowed, and `merge heads` "
                "joins them."
            ),
        ),
        (
            "linear",
            "upgrade",
            "d",
            "+1",
            WalkedTooFarError,
            "'+1' goes too far: it asks for 1 above 'd', and there are 0. To go all the way, write 'head'.",
        ),
        (
            "linear",
            "downgrade",
            "b",
            "-3",
            WalkedTooFarError,
            "'-3' goes too far: it asks for 3 below 'b', and there are 2. To go all the way, write 'base'.",
        ),
        (
            "linear",
            "downgrade",
            "b",
            "-9",
            WalkedTooFarError,
            "'-9' goes too far: it asks for 9 below 'b', and there are 2. To go all the way, write 'base'.",
        ),
        (
            "linear",
            "downgrade",
            "",
            "-1",
            WalkedTooFarError,
            "'-1' goes too far: it asks for 1 below base, and there are 0. To go all the way, write 'base'.",
        ),
        (
            "merged",
            "downgrade",
            "n",
            "-3",
            AmbiguousWalkError,
            (
                "'-3' could mean several revisions, because revision 'm' merges several: 'd1', 'd2'. Name "
                "the revision you mean, or put a branch in front, as in 'left@-3'."
            ),
        ),
        (
            "branches",
            "downgrade",
            "d1 d2",
            "left@c2",
            NotOnBranchError,
            (
                "Revision 'c2' is not on branch 'left': it comes neither before nor after the revision that "
                "'left' stands for. Leave out the branch, or name another one."
            ),
        ),
    ],
)
def test_errors(
    graph_of: GraphOf,
    history: str,
    command: str,
    rows: str,
    target: str,
    error: type[RevisionLookupError],
    message: str,
) -> None:
    graph = graph_of(history)
    plan = {"upgrade": graph.plan_upgrade, "downgrade": graph.plan_downgrade}[command]
    with pytest.raises(error) as raised:
        plan(target, rows.split())
    assert type(raised.value) is error
    assert str(raised.value) == message


def test_the_command_of_a_wrong_direction_works(graph_of: GraphOf) -> None:
    graph = graph_of("linear")
    with pytest.raises(WrongDirectionError) as raised:
        graph.plan_upgrade("base", ["c"])
    assert (raised.value.command, raised.value.heads) == ("downgrade", ("c",))
    assert drawn(graph.plan_downgrade(raised.value.identifier, ["c"])) == "c: b, b: a, a:"


@pytest.mark.parametrize("target", ["a", "b", "head-1"])
def test_a_target_that_was_passed_already_needs_nothing(graph_of: GraphOf, target: str) -> None:
    assert not graph_of("linear").plan_upgrade(target, ["d"])


def test_every_suggestion_for_several_heads_works(graph_of: GraphOf) -> None:
    graph = graph_of("branches")
    with pytest.raises(SeveralCurrentHeadsError) as raised:
        graph.plan_downgrade("-1", ["d1", "d2"])
    plans = [graph.plan_downgrade(example, ["d1", "d2"]) for example in raised.value.examples]
    assert [drawn(plan) for plan in plans] == ["d1: c1 d2", "d2: c2 d1"]


def test_up_and_down_again(graph_of: GraphOf) -> None:
    graph = graph_of("merged")
    up = graph.plan_upgrade("head", ())
    down = graph.plan_downgrade("base", up.heads_after)
    assert [step.revision for step in down] == [step.revision for step in reversed(up.steps)]
    assert [(step.heads_after, step.heads_before) for step in reversed(down.steps)] == [
        (step.heads_before, step.heads_after) for step in up
    ]
