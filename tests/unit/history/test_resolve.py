from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from async_migrate.errors import (
    AmbiguousRevisionError,
    AmbiguousWalkError,
    MultipleHeadsError,
    NoDatabaseToCountFromError,
    NotAppliedError,
    NotOnBranchError,
    RevisionLookupError,
    SeveralCurrentHeadsError,
    UnknownRevisionError,
    WalkedTooFarError,
)
from async_migrate.history import parse_target

if TYPE_CHECKING:
    from collections.abc import Callable

    from async_migrate.history import RevisionGraph

    GraphOf = Callable[[str], RevisionGraph]


@pytest.mark.parametrize(
    ("history", "identifier", "expected"),
    [
        # in full, and the beginning
        ("hexadecimal", "ae1027a6acf", "ae1027a6acf"),
        ("hexadecimal", "ae102", "ae1027a6acf"),
        ("hexadecimal", "1", "1975ea83b712"),
        ("hexadecimal", "payments", "1975ea83b712"),
        ("hexadecimal", "paym", "1975ea83b712"),
        ("hexadecimal", "payroll-2", "27c6a30d7c24"),
        ("hexadecimal", "payroll-2-1", "1975ea83b712"),
        ("hexadecimal", "payroll-2@-1", "1975ea83b712"),
        ("aa\nab < aa\na < ab", "a", "a"),
        ("ae1 [ae2]", "ae", "ae1"),
        # heads
        ("empty", "head", ""),
        ("empty", "heads", ""),
        ("linear", "head", "d"),
        ("linear", "heads", "d"),
        ("branches", "heads", "d1 d2"),
        ("branches", "left@head", "d1"),
        ("branches", "c2@head", "d2"),
        ("branches", "left@heads", "d1"),
        ("branches", "b@heads", "d1 d2"),
        ("dependent", "heads", "s3"),
        ("dependent", "net@head", "n2"),
        ("dependent", "net@heads", "n2"),
        # base
        ("linear", "base", ""),
        ("branches", "left@base", ""),
        # revisions of a branch
        ("branches", "left@c1", "c1"),
        ("branches", "left@a", "a"),
        ("branches", "left@d", "d1"),
        ("branches", "left", "c1"),
        # counting from a revision
        ("linear", "a+2", "c"),
        ("linear", "d-1", "c"),
        ("linear", "d-4", ""),
        ("linear", "d+0", "d"),
        ("linear", "head-1", "c"),
        ("linear", "heads-1", "c"),
        ("linear", "base+2", "b"),
        ("branches", "left@b+1", "c1"),
        ("branches", "left@base+3", "c1"),
        ("branches", "left@head-1", "c1"),
        ("merged", "left@m-1", "d1"),
        ("merged", "right@head-3", "c2"),
        # bare, with no database: down from the heads
        ("linear", "-1", "c"),
        ("branches", "-1", "c1 c2"),
        ("branches", "left@-1", "c1"),
        ("branches", "-3", "a"),
    ],
)
def test_identifiers(graph_of: GraphOf, history: str, identifier: str, expected: str) -> None:
    assert " ".join(one.revision for one in graph_of(history).resolve(identifier)) == expected
    assert " ".join(one.revision for one in graph_of(history).resolve(parse_target(identifier))) == expected


@pytest.mark.parametrize(
    ("history", "current", "identifier", "expected"),
    [
        ("linear", "b", "current", "b"),
        ("linear", "", "current", ""),
        ("linear", "b", "current+1", "c"),
        ("linear", "b", "+1", "c"),
        ("linear", "b", "-1", "a"),
        ("linear", "a", "-1", ""),
        ("linear", "", "+2", "b"),
        ("branches", "d1 c2", "current", "d1 c2"),
        ("branches", "d1 c2", "right@current", "c2"),
        ("branches", "d1 c2", "right@+1", "d2"),
        ("branches", "d1 c2", "right@-1", "b"),
        # nothing of the branch is applied beyond where it begins
        ("branches", "d1", "right@+1", "c2"),
        ("branches", "", "right@+3", "c2"),
        ("three bases", "u2", "orders@+1", "o1"),
        # n2 has no row, because s2 depends on it
        ("dependent", "s2", "net@-1", "n1"),
        ("outgrown", "s3", "net@+1", "n3"),
        # a row that another one implies is not a place to count from
        ("linear", "a c", "+1", "d"),
    ],
)
def test_identifiers_with_a_database(
    graph_of: GraphOf, history: str, current: str, identifier: str, expected: str
) -> None:
    found = graph_of(history).resolve(identifier, current=current.split())
    assert " ".join(one.revision for one in found) == expected


def test_one_revision(graph_of: GraphOf) -> None:
    graph = graph_of("branches")
    found = graph.resolve_one("left@head")
    assert found is not None
    assert found.revision == "d1"
    assert graph.resolve_one("base") is None
    with pytest.raises(MultipleHeadsError):
        graph.resolve_one("heads")


@pytest.mark.parametrize(
    ("history", "identifier", "error", "message"),
    [
        (
            "hexadecimal",
            "ae1027a6acg",
            UnknownRevisionError,
            (
                "There is no revision or branch label 'ae1027a6acg'. Did you mean 'ae1027a6acf'? `history` "
                "lists the revisions."
            ),
        ),
        (
            "hexadecimal",
            "PAYMENTS",
            UnknownRevisionError,
            (
                "There is no revision or branch label 'PAYMENTS'. Did you mean 'payments'? `history` lists "
                "the revisions."
            ),
        ),
        (
            "hexadecimal",
            "haed-1",
            UnknownRevisionError,
            (
                "There is no revision or branch label 'haed'. Did you mean 'head', 'heads'? `history` lists "
                "the revisions."
            ),
        ),
        (
            "hexadecimal",
            "head^",
            UnknownRevisionError,
            (
                "There is no revision or branch label 'head^'. Did you mean 'head', 'heads'? `history` "
                "lists the revisions."
            ),
        ),
        (
            "linear",
            "zzz@head",
            UnknownRevisionError,
            "There is no revision or branch label 'zzz'. `history` lists the revisions.",
        ),
        (
            "linear",
            "zzz@base",
            UnknownRevisionError,
            "There is no revision or branch label 'zzz'. `history` lists the revisions.",
        ),
        (
            "empty",
            "ae10",
            UnknownRevisionError,
            "There is no revision 'ae10': none has been made yet. `revision` makes the first one.",
        ),
        (
            "hexadecimal",
            "ae10",
            AmbiguousRevisionError,
            (
                "'ae10' is the beginning of several names: 'ae1027a6acf', 'ae1099f3b21'. Write more of the "
                "one you mean."
            ),
        ),
        (
            "hexadecimal",
            "pay",
            AmbiguousRevisionError,
            (
                "'pay' is the beginning of several names: 'payments', 'payroll-2'. Write more of the one "
                "you mean."
            ),
        ),
        (
            "branches",
            "head",
            MultipleHeadsError,
            (
                "'head' should be one revision, but there are 2: 'd1', 'd2'. Name one of them, or its "
                "branch as in 'left@head'; 'heads' means all where several are allowed, and `merge heads` "
                "joins them."
            ),
        ),
        (
            "a\nb < a\nc < a",
            "head-1",
            MultipleHeadsError,
            (
                "'head-1' should be one revision, but there are 2: 'b', 'c'. Name one of them, or its "
                "branch as in 'b@head'; 'heads' means all where several are allowed, and `merge heads` "
                "joins them."
            ),
        ),
        (
            "dependent",
            "head",
            MultipleHeadsError,
            (
                "'head' should be one revision, but there are 2: 'n2', 's3'. Name one of them, or its "
                "branch as in 'net@head'; 'heads' means all where several are allowed, and `merge heads` "
                "joins them."
            ),
        ),
        (
            "branches",
            "left@d2",
            NotOnBranchError,
            (
                "Revision 'd2' is not on branch 'left': it comes neither before nor after the revision that "
                "'left' stands for. Leave out the branch, or name another one."
            ),
        ),
        (
            "branches",
            "left@c2+1",
            NotOnBranchError,
            (
                "Revision 'c2' is not on branch 'left': it comes neither before nor after the revision that "
                "'left' stands for. Leave out the branch, or name another one."
            ),
        ),
        (
            "branches",
            "b+1",
            AmbiguousWalkError,
            (
                "'b+1' could mean several revisions, because revision 'b' is followed by several: 'c1', "
                "'c2'. Name the revision you mean, or put a branch in front, as in 'left@b+1'."
            ),
        ),
        (
            "three bases",
            "base+1",
            AmbiguousWalkError,
            (
                "'base+1' could mean several revisions, because the history begins with several: 'u1', 'o1', "
                "'i1'. Name the revision you mean, or put a branch in front, as in 'users@base+1'."
            ),
        ),
        (
            "diamonds",
            "e-1",
            AmbiguousWalkError,
            (
                "'e-1' could mean several revisions, because revision 'e' merges several: 'd1', 'd2'. Name "
                "the revision you mean, or put a branch in front, as in 'd1@e-1'."
            ),
        ),
        (
            "linear",
            "c+2",
            WalkedTooFarError,
            "'c+2' goes too far: it asks for 2 above 'c', and there is 1. To go all the way, write 'head'.",
        ),
        (
            "linear",
            "b-4",
            WalkedTooFarError,
            "'b-4' goes too far: it asks for 4 below 'b', and there are 2. To go all the way, write 'base'.",
        ),
        (
            "linear",
            "base-1",
            WalkedTooFarError,
            (
                "'base-1' goes too far: it asks for 1 below base, and there are 0. To go all the way, write "
                "'base'."
            ),
        ),
        (
            "linear",
            "current",
            NoDatabaseToCountFromError,
            (
                "'current' depends on where the database is, and no database is looked at here. Name a "
                "revision, or count from one, as in 'head-1'."
            ),
        ),
        (
            "linear",
            "+1",
            NoDatabaseToCountFromError,
            (
                "'+1' depends on where the database is, and no database is looked at here. Name a revision, "
                "or count from one, as in 'head-1'."
            ),
        ),
    ],
)
def test_errors(
    graph_of: GraphOf, history: str, identifier: str, error: type[RevisionLookupError], message: str
) -> None:
    with pytest.raises(error) as raised:
        graph_of(history).resolve(identifier)
    assert type(raised.value) is error
    assert str(raised.value) == message
    assert raised.value.exit_code == 2


@pytest.mark.parametrize(
    ("history", "current", "identifier", "error", "message"),
    [
        (
            "branches",
            "d1 c2",
            "+1",
            SeveralCurrentHeadsError,
            (
                "'+1' counts from where the database is, but it is at 2 heads: 'd1', 'c2'. Say which branch "
                "to count on: 'left@+1', 'right@+1'."
            ),
        ),
        (
            "a\nb [x] < a\nc < b\nd < b",
            "c d",
            "-1",
            SeveralCurrentHeadsError,
            (
                "'-1' counts from where the database is, but it is at 2 heads: 'c', 'd'. Say which branch to "
                "count on: 'c@-1', 'd@-1'."
            ),
        ),
        (
            "branches",
            "d1 c2",
            "b@-1",
            SeveralCurrentHeadsError,
            (
                "'b@-1' counts from where the database is, but it is at 2 heads: 'd1', 'c2'. Say which "
                "branch to count on: 'left@-1', 'right@-1'."
            ),
        ),
        (
            "three bases",
            "u2",
            "orders@-1",
            NotAppliedError,
            (
                "Cannot downgrade to 'orders@-1': nothing that it names is applied. The database is at 'u2'; "
                "name a revision below that."
            ),
        ),
        (
            "branches",
            "b",
            "+1",
            AmbiguousWalkError,
            (
                "'+1' could mean several revisions, because revision 'b' is followed by several: 'c1', 'c2'. "
                "Name the revision you mean, or put a branch in front, as in 'left@+1'."
            ),
        ),
        (
            "linear",
            "d",
            "+1",
            WalkedTooFarError,
            "'+1' goes too far: it asks for 1 above 'd', and there are 0. To go all the way, write 'head'.",
        ),
        (
            "linear",
            "",
            "-1",
            WalkedTooFarError,
            "'-1' goes too far: it asks for 1 below base, and there are 0. To go all the way, write 'base'.",
        ),
    ],
)
def test_errors_with_a_database(
    graph_of: GraphOf,
    history: str,
    current: str,
    identifier: str,
    error: type[RevisionLookupError],
    message: str,
) -> None:
    with pytest.raises(error) as raised:
        graph_of(history).resolve(identifier, current=current.split())
    assert type(raised.value) is error
    assert str(raised.value) == message


def test_every_suggestion_resolves(graph_of: GraphOf) -> None:
    graph = graph_of("branches")
    with pytest.raises(SeveralCurrentHeadsError) as raised:
        graph.resolve("-1", current=["d1", "c2"])
    found = [graph.resolve(example, current=["d1", "c2"]) for example in raised.value.examples]
    assert found == [(graph["c1"],), (graph["b"],)]
