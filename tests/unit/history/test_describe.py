from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from async_migrate.history import Revision, RevisionGraph
from async_migrate.history.describe import line, step_line, summary, verbose
from async_migrate.history.entry import RevisionEntry, entries

if TYPE_CHECKING:
    from collections.abc import Callable

    GraphOf = Callable[[str], RevisionGraph]


def listed(graph: RevisionGraph, revision: str, current: tuple[str, ...] | None = None) -> RevisionEntry:
    return entries(graph, [graph[revision]], current=current)[0]


@pytest.mark.parametrize(
    ("doc", "message", "expected"),
    [
        ("", "", ""),
        ("", "add users", "add users"),
        ("add users\n\nAll of them.", "add users", "add users"),
        ("add users\nand orders\n\nAll of them.", "add users", "add users and orders"),
        ("\n  add users  \n", "", "add users"),
    ],
)
def test_summaries(doc: str, message: str, expected: str) -> None:
    assert summary(Revision(revision="a", doc=doc, message=message)) == expected


@pytest.mark.parametrize(
    ("history", "revision", "expected"),
    [
        ("linear", "a", "<base> -> a"),
        ("linear", "b", "a -> b"),
        ("linear", "d", "c -> d (head)"),
        ("branches", "b", "a -> b (branchpoint)"),
        ("branches", "c1", "b -> c1 (left)"),
        ("branches", "d1", "c1 -> d1 (left) (head)"),
        ("merged", "m", "d1, d2 -> m (left, right) (mergepoint)"),
        ("diamonds", "c", "b1, b2 -> c (branchpoint) (mergepoint)"),
        ("dependent", "n2", "n1 -> n2 (net) (effective head)"),
        ("dependent", "s2", "s1 (n2) -> s2 (shop)"),
        ("dependent", "s1", "<base> (n1) -> s1 (shop)"),
        ("outgrown", "s2", "s1 (net) -> s2 (shop)"),
    ],
)
def test_lines(graph_of: GraphOf, history: str, revision: str, expected: str) -> None:
    graph = graph_of(history)
    assert line(listed(graph, revision)) == expected


def test_lines_with_everything_and_without() -> None:
    graph = RevisionGraph(
        [
            Revision(revision="a", branch_labels=("main",), doc="create users\n\nMore."),
            Revision(revision="b", down_revisions=("a",), message="b side"),
            Revision(revision="c", down_revisions=("a",)),
        ]
    )
    assert line(listed(graph, "a", ("a",))) == ("<base> -> a (main) (current) (branchpoint), create users")
    assert line(listed(graph, "a"), parents=False) == "a (main) (branchpoint), create users"
    assert line(listed(graph, "a"), labels=False) == "<base> -> a (branchpoint), create users"
    assert line(listed(graph, "a"), tree=False) == "<base> -> a (main), create users"
    assert line(listed(graph, "a"), doc=False) == "<base> -> a (main) (branchpoint)"
    assert line(listed(graph, "b", ("b",))) == "a -> b (main) (head) (current), b side"
    assert line(listed(graph, "c")) == "a -> c (main) (head)"


def test_everything_about_a_revision() -> None:
    graph = RevisionGraph(
        [
            Revision(revision="n1", branch_labels=("net",)),
            Revision(revision="a"),
            Revision(revision="b"),
            Revision(
                revision="c",
                down_revisions=("a", "b"),
                depends_on=("net",),
                branch_labels=("main",),
                doc="join\n\nBoth sides:\n\n  * a\n  * b\n",
                path=Path("versions/c_join.py"),
            ),
            Revision(revision="d", down_revisions=("c",)),
            Revision(revision="e", down_revisions=("c",)),
        ]
    )
    assert verbose(listed(graph, "c", ("c",))) == "\n".join(
        [
            "Rev: c (branchpoint) (mergepoint) (current)",
            "Merges: a, b",
            "Also depends on: net",
            "Branches into: d, e",
            "Branch names: main",
            "Path: versions/c_join.py",
            "",
            "    join",
            "",
            "    Both sides:",
            "",
            "      * a",
            "      * b",
        ]
    )
    assert verbose(listed(graph, "a")) == "Rev: a\nParent: <base>"
    assert verbose(listed(graph, "d")) == "Rev: d (head)\nParent: c\nBranch names: main"


def test_everything_about_a_revision_with_a_message_only() -> None:
    graph = RevisionGraph([Revision(revision="a", message="begin")])
    assert verbose(listed(graph, "a")) == "Rev: a (head)\nParent: <base>\n\n    begin"


@pytest.mark.parametrize(
    ("history", "command", "rows", "target", "expected"),
    [
        ("linear", "upgrade", "", "a", "upgrade <base> -> a"),
        ("linear", "upgrade", "a", "b", "upgrade a -> b"),
        ("linear", "downgrade", "b", "a", "downgrade b -> a"),
        ("linear", "downgrade", "a", "base", "downgrade a -> <base>"),
        ("merged", "upgrade", "d1 d2", "m", "upgrade d1, d2 -> m"),
        ("merged", "downgrade", "m", "d1", "downgrade m -> d1, d2"),
        ("dependent", "upgrade", "s1 n2", "s2", "upgrade s1 -> s2"),
        ("linear", "stamp", "", "d", "stamp <base> -> d"),
        ("linear", "stamp", "d", "b", "stamp d -> b"),
        ("linear", "stamp", "d", "base", "stamp d -> <base>"),
        ("branches", "stamp", "d1 d2", "b", "stamp d1, d2 -> b"),
    ],
)
def test_step_lines(
    graph_of: GraphOf, history: str, command: str, rows: str, target: str, expected: str
) -> None:
    graph = graph_of(history)
    plan = {
        "upgrade": graph.plan_upgrade,
        "downgrade": graph.plan_downgrade,
        "stamp": graph.plan_stamp,
    }[command](target, rows.split())
    assert [step_line(step) for step in plan] == [expected]


def test_step_lines_end_with_the_summary() -> None:
    graph = RevisionGraph([Revision(revision="a", doc="create users\n\nMore.")])
    assert step_line(graph.plan_upgrade("a", ()).steps[0]) == "upgrade <base> -> a, create users"
    assert step_line(graph.plan_stamp("a", ()).steps[0]) == "stamp <base> -> a"
