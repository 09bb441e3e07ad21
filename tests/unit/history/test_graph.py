from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from async_migrate.errors import (
    InvalidIdentifierError,
    UnknownCurrentRevisionError,
    UnknownRevisionError,
    UnrelatedRangeError,
)
from async_migrate.history import Revision, RevisionGraph

if TYPE_CHECKING:
    from collections.abc import Callable

    GraphOf = Callable[[str], RevisionGraph]


@pytest.mark.parametrize(
    ("history", "heads", "effective_heads", "real_heads", "bases"),
    [
        ("empty", "", "", "", ""),
        ("linear", "d", "", "d", "a"),
        ("branches", "d1 d2", "", "d1 d2", "a"),
        ("merged", "n", "", "n", "a"),
        ("three bases", "u2 o2 i2", "", "u2 o2 i2", "u1 o1 i1"),
        ("dependent", "n2 s3", "n2", "s3", "n1 s1"),
        ("outgrown", "n3 s3", "", "n3 s3", "n1 s1"),
    ],
)
def test_ends(
    graph_of: GraphOf, history: str, heads: str, effective_heads: str, real_heads: str, bases: str
) -> None:
    graph = graph_of(history)
    assert " ".join(graph.heads) == heads
    assert " ".join(graph.effective_heads) == effective_heads
    assert " ".join(graph.real_heads) == real_heads
    assert " ".join(graph.bases) == bases


def test_as_a_collection(graph_of: GraphOf) -> None:
    graph = graph_of("linear")
    assert len(graph) == 4
    assert [revision.revision for revision in graph] == ["a", "b", "c", "d"]
    assert "c" in graph
    assert "x" not in graph
    assert graph["c"].down_revisions == ("b",)
    assert repr(graph) == "<RevisionGraph of 4 revisions, heads: d>"
    assert repr(graph_of("empty")) == "<RevisionGraph of 0 revisions, heads: none>"


def test_no_such_revision(graph_of: GraphOf) -> None:
    with pytest.raises(UnknownRevisionError):
        graph_of("linear")["x"]


def test_neighbours(graph_of: GraphOf) -> None:
    graph = graph_of("dependent")
    assert list(graph.parents("s2")) == ["s1"]
    assert list(graph.dependencies("s2")) == ["n2"]
    assert list(graph.requires("s2")) == ["s1", "n2"]
    assert list(graph.children("n1")) == ["n2"]
    assert list(graph.dependents("n1")) == ["s1"]
    assert list(graph.required_by("n1")) == ["n2", "s1"]


def test_a_label_as_a_dependency_is_the_revision_that_gives_it(graph_of: GraphOf) -> None:
    assert graph_of("outgrown").dependencies("s2") == ("n1",)


def test_a_parent_that_is_also_a_dependency_counts_once(graph_of: GraphOf) -> None:
    graph = graph_of("a\nb < a & a")
    assert list(graph.requires("b")) == ["a"]
    assert list(graph.required_by("a")) == ["b"]
    assert list(graph.dependents("a")) == []


def test_branch_and_merge_points(graph_of: GraphOf) -> None:
    graph = graph_of("merged")
    assert [one.revision for one in graph if graph.is_branch_point(one.revision)] == ["b"]
    assert [one.revision for one in graph if graph.is_merge_point(one.revision)] == ["m"]


def test_a_dependent_does_not_make_a_branch_point(graph_of: GraphOf) -> None:
    assert not graph_of("dependent").is_branch_point("n1")


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ("a\nb [x] < a\nc < b", {"a": "x", "b": "x", "c": "x"}),
        ("branches", {"a": "", "b": "", "c1": "left", "d1": "left", "c2": "right", "d2": "right"}),
        ("merged", {"d1": "left", "m": "left right", "n": "left right"}),
        ("dependent", {"n2": "net", "s1": "shop", "s2": "shop"}),
        ("a\nb [x] < a\nc [y, z] < b\nd < c", {"a": "x y z", "b": "x y z", "c": "x y z", "d": "x y z"}),
        # the branch parts above the label, so it is not known to have begun below it
        ("a\nb [x] < a\nc < b\nd < b", {"a": "", "b": "x", "c": "x", "d": "x"}),
        # up to, but not including, the merge point or branch point below
        ("a\nb\nm < a, b\nc < m\nd [x] < c", {"a": "", "b": "", "m": "", "c": "x", "d": "x"}),
        ("a\nb < a\nx1 < a\nx2 [x] < x1", {"a": "", "b": "", "x1": "x", "x2": "x"}),
        # a dependent parts a branch as far as labels go
        ("a\nb < a\nc [x] < b\nd & a", {"a": "", "b": "x", "c": "x", "d": ""}),
    ],
)
def test_where_labels_reach(graph_of: GraphOf, history: str, expected: dict[str, str]) -> None:
    graph = graph_of(history)
    assert {name: " ".join(graph.branch_labels(name)) for name in expected} == expected


def test_sets_of_revisions(graph_of: GraphOf) -> None:
    graph = graph_of("dependent")
    assert graph.ancestors(["s2"]) == {"s2", "s1", "n2", "n1"}
    assert graph.ancestors(["s3"], outside={"s1", "n1"}) == {"s3", "s2", "n2"}
    assert graph.descendants(["n2"]) == {"n2", "s2", "s3"}
    assert graph.descendants(["n1"], within={"n1", "n2", "s1"}) == {"n1", "n2", "s1"}
    assert graph.offspring(["n1"]) == {"n1", "n2"}
    assert graph.lineage("s2") == {"s1", "s2", "s3"}
    assert graph.kin("s1") == {"s1", "n1", "s2", "s3"}


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ("linear", "d c b a"),
        ("branches", "d1 c1 d2 c2 b a"),
        ("merged", "n m d1 c1 d2 c2 b a"),
        ("diamonds", "e d1 d2 c b1 b2 a"),
        ("three bases", "u2 u1 o2 o1 i2 i1"),
        ("dependent", "s3 s2 s1 n2 n1"),
        # of two revisions that are ready, the one that was entered into a lane first
        ("d2 < c2\nc2 < b\nd1 < c1\nc1 < b\nb < a\na", "d2 c2 d1 c1 b a"),
        # a lane ends at x2, so the one before it is taken up
        ("a\nx1 < a\nx2 < a\ny", "x1 x2 a y"),
        # a branch that another one depends on comes when that one has been listed
        ("x1\nx2 < x1\ny1 & x2\ny2 < y1\nx3 < x2", "y2 y1 x3 x2 x1"),
    ],
)
def test_newest_first(graph_of: GraphOf, history: str, expected: str) -> None:
    graph = graph_of(history)
    assert " ".join(graph.newest_first([revision.revision for revision in graph])) == expected


@pytest.mark.parametrize(
    ("history", "upper", "lower", "expected"),
    [
        ("empty", "heads", "base", ""),
        ("linear", "heads", "base", "d c b a"),
        ("linear", "c", "b", "c b"),
        ("linear", "c", "c", "c"),
        ("linear", "heads", "-1", "d c"),
        ("linear", "heads", "-9", "d c b a"),
        ("linear", "c", "-1", "c b"),
        ("linear", "+2", "base", "b a"),
        ("linear", "+1", "b", "c b"),
        ("linear", "+9", "c", "d c"),
        ("linear", "-2", "base", "b a"),
        ("linear", "head-2", "base", "b a"),
        ("linear", "head-9", "base", ""),
        ("branches", "left@head", "base", "d1 c1 b a"),
        ("branches", "left@head-1", "base", "c1 b a"),
        ("branches", "heads", "left@base", "d1 c1 b a"),
        ("branches", "heads", "left@-1", "d1 c1"),
        ("branches", "heads", "-1", "d1 c1 d2 c2"),
        ("branches", "heads", "b", "d1 c1 d2 c2 b"),
        ("branches", "heads", "c1", "d1 c1"),
        ("branches", "left@+1", "b", "c1 b"),
        ("dependent", "heads", "base", "s3 s2 s1 n2 n1"),
        ("dependent", "heads", "s1", "s3 s2 s1"),
        ("dependent", "net@heads", "base", "n2 n1"),
        # nothing that is asked for continues n2, but s2 depends on it
        ("dependent", "heads", "n2", "s3 s2 n2"),
    ],
)
def test_ranges(graph_of: GraphOf, history: str, upper: str, lower: str, expected: str) -> None:
    assert " ".join(one.revision for one in graph_of(history).iterate(upper, lower)) == expected


@pytest.mark.parametrize(
    ("history", "current", "upper", "lower", "expected"),
    [
        ("linear", ["c"], "current", "base", "c b a"),
        ("linear", ["c"], "heads", "current", "d c"),
        ("linear", ["c"], "current", "-1", "c b"),
        ("linear", ["c"], "heads", "-1", "d c"),
        ("linear", ["b"], "current+1", "current", "c b"),
        ("linear", ["b"], "+1", "current", "c b"),
        ("linear", ["b"], "-1", "current", "c b"),
        ("linear", [], "current", "base", ""),
        ("linear", [], "heads", "current", "d c b a"),
        ("branches", ["d1", "c2"], "current", "base", "d1 c1 c2 b a"),
        ("branches", ["d1", "c2"], "left@current", "base", "d1 c1 b a"),
    ],
)
def test_ranges_with_a_database(
    graph_of: GraphOf, history: str, current: list[str], upper: str, lower: str, expected: str
) -> None:
    found = graph_of(history).iterate(upper, lower, current=current)
    assert " ".join(one.revision for one in found) == expected


def test_iterating_without_arguments_gives_everything(graph_of: GraphOf) -> None:
    assert [one.revision for one in graph_of("linear").iterate()] == ["d", "c", "b", "a"]


@pytest.mark.parametrize(
    ("history", "upper", "lower", "message"),
    [
        ("linear", "b", "c", "'c:b' is not a range: 'c' does not lead to 'b'. Write 'b:c'."),
        (
            "branches",
            "d1",
            "c2",
            (
                "'c2:d1' is not a range: 'c2' does not lead to 'd1'. Name two ends of one branch, the older "
                "one first."
            ),
        ),
    ],
)
def test_what_is_not_a_range(graph_of: GraphOf, history: str, upper: str, lower: str, message: str) -> None:
    with pytest.raises(UnrelatedRangeError) as raised:
        graph_of(history).iterate(upper, lower)
    assert str(raised.value) == message


def test_a_range_of_which_each_end_counts_from_the_other(graph_of: GraphOf) -> None:
    with pytest.raises(InvalidIdentifierError) as raised:
        graph_of("linear").iterate("+1", "-1")
    assert str(raised.value).startswith(
        "'-1:+1' does not identify a revision: each end counts from the other one; name a revision at "
        "one end."
    )


@pytest.mark.parametrize(
    ("history", "rows", "heads", "applied", "tips"),
    [
        ("linear", "", "", "", ""),
        ("linear", "b", "b", "a b", "b"),
        ("branches", "d2 c1", "c1 d2", "a b c1 c2 d2", "c1 d2"),
        ("dependent", "s2", "s2", "n1 n2 s1 s2", "n2 s2"),
        ("dependent", "s1 n2", "n2 s1", "n1 n2 s1", "n2 s1"),
        # rows that others imply, as hand-edited tables have
        ("linear", "a c", "c", "a b c", "c"),
        ("dependent", "s2 n2", "s2", "n1 n2 s1 s2", "n2 s2"),
    ],
)
def test_positions(graph_of: GraphOf, history: str, rows: str, heads: str, applied: str, tips: str) -> None:
    position = graph_of(history).position(rows.split())
    assert position.rows == set(rows.split())
    assert " ".join(position.heads) == heads
    assert position.applied == set(applied.split())
    assert " ".join(position.tips) == tips


def test_database_at_an_unknown_revision() -> None:
    graph = RevisionGraph([Revision(revision="a", path=Path("versions/a.py"))])
    with pytest.raises(UnknownCurrentRevisionError) as raised:
        graph.plan_upgrade("head", ["z"])
    assert raised.value.exit_code == 3
    assert (raised.value.revisions, raised.value.locations) == (("z",), (Path("versions"),))
    assert str(raised.value) == (
        "The database is at revision 'z', which is not among the revision files in versions. Either this "
        "code is older than the database, or the file was removed or renamed: deploy the code that has it, "
        "or restore the file. If you know which revision the schema is really at, `stamp --purge` records "
        "it."
    )


def test_database_at_several_unknown_revisions(graph_of: GraphOf) -> None:
    with pytest.raises(UnknownCurrentRevisionError) as raised:
        graph_of("linear").position(["z", "a", "y"])
    assert str(raised.value).startswith(
        "The database is at revisions 'y', 'z', which are not among the revision files. Either this "
        "code is older "
    )
