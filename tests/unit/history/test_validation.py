from __future__ import annotations

from pathlib import Path

import pytest

from async_migrate.errors import (
    BranchLabelIsRevisionError,
    CycleError,
    DuplicateBranchLabelError,
    DuplicateRevisionError,
    GraphError,
    InvalidRevisionNameError,
    MissingRevisionError,
)
from async_migrate.history import Revision, RevisionGraph


def revision(
    name: str,
    *down_revisions: str,
    depends_on: tuple[str, ...] = (),
    labels: tuple[str, ...] = (),
    path: Path | None = None,
) -> Revision:
    return Revision(
        revision=name, down_revisions=down_revisions, depends_on=depends_on, branch_labels=labels, path=path
    )


def error_of(*revisions: Revision) -> GraphError:
    with pytest.raises(GraphError) as raised:
        RevisionGraph(revisions)
    assert raised.value.exit_code == 2
    return raised.value


def test_two_revisions_with_one_identifier() -> None:
    error = error_of(revision("a", path=Path("versions/x.py")), revision("a", path=Path("versions/y.py")))
    assert isinstance(error, DuplicateRevisionError)
    assert (error.revision, error.paths) == ("a", (Path("versions/x.py"), Path("versions/y.py")))
    assert str(error) == (
        "Revision 'a' is defined more than once, in versions/x.py and versions/y.py. Give one of them an "
        "identifier of its own, or delete it if it is a copy."
    )


def test_the_same_revision_given_twice() -> None:
    same = revision("a")
    error = error_of(same, same)
    assert isinstance(error, DuplicateRevisionError)
    assert str(error) == (
        "Revision 'a' is defined more than once. Give one of them an identifier of its own, or delete it if "
        "it is a copy."
    )


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "it is empty"),
        (" ", "it contains whitespace"),
        ("a b", "it contains whitespace"),
        ("a\n", "it contains whitespace"),
        ("a-b", "it contains '-', reserved for identifiers such as 'branch@head-1'"),
        ("a@b", "it contains '@', reserved for identifiers such as 'branch@head-1'"),
        ("a:b", "it contains ':', reserved for identifiers such as 'branch@head-1'"),
        ("+a-b", "it contains '+' and '-', reserved for identifiers such as 'branch@head-1'"),
        ("head", "it is a reserved word"),
        ("heads", "it is a reserved word"),
        ("base", "it is a reserved word"),
        ("current", "it is a reserved word"),
    ],
)
def test_unusable_identifiers(name: str, reason: str) -> None:
    error = error_of(revision(name, path=Path("versions/x.py")))
    assert isinstance(error, InvalidRevisionNameError)
    assert (error.name, error.kind, error.reason) == (name, "revision identifier", reason)
    assert str(error) == (
        f"The revision identifier {name!r} (versions/x.py) cannot be used: {reason}. Choose another one."
    )


@pytest.mark.parametrize("label", ["", "my label", "a@b", "a:b", "head"])
def test_unusable_labels(label: str) -> None:
    error = error_of(revision("a", labels=(label,)))
    assert isinstance(error, InvalidRevisionNameError)
    assert str(error) == f"The branch label {label!r} cannot be used: {error.reason}. Choose another one."


@pytest.mark.parametrize("label", ["feature-x", "c++", "feature-2"])
def test_labels_may_contain_signs_that_identifiers_may_not(label: str) -> None:
    assert RevisionGraph([revision("a", labels=(label,))]).labels == {label: "a"}


def test_long_identifiers_are_fine() -> None:
    assert RevisionGraph([revision("x" * 80)]).heads == ("x" * 80,)


def test_missing_parent() -> None:
    error = error_of(revision("ae1027"), revision("b", "ae1O27", path=Path("versions/b.py")))
    assert isinstance(error, MissingRevisionError)
    assert (error.missing, error.revision, error.attribute) == ("ae1O27", "b", "down_revision")
    assert str(error) == (
        "Revision 'b' (versions/b.py) has 'ae1O27' in its down_revision, but no revision file defines it. "
        "Did you mean 'ae1027'? Restore the missing file, or correct the down_revision."
    )


def test_missing_dependency() -> None:
    error = error_of(revision("b", depends_on=("a",)))
    assert isinstance(error, MissingRevisionError)
    assert str(error) == (
        "Revision 'b' has 'a' in its depends_on, but no revision file defines it. Restore the missing file, "
        "or correct the depends_on."
    )


def test_a_parent_cannot_be_named_by_its_label() -> None:
    error = error_of(revision("a", labels=("main",)), revision("b", "main"))
    assert isinstance(error, MissingRevisionError)


def test_duplicate_label() -> None:
    error = error_of(revision("a", labels=("main",), path=Path("a.py")), revision("b", labels=("main",)))
    assert isinstance(error, DuplicateBranchLabelError)
    assert (error.label, error.revisions, error.paths) == ("main", ("a", "b"), (Path("a.py"), None))
    assert str(error) == (
        "The branch label 'main' is given twice, by revisions 'a' (a.py) and 'b'. A label names one branch: "
        "keep it on the revision where that branch begins, and remove it from the other."
    )


def test_a_label_written_twice_in_one_revision_is_one_label() -> None:
    assert RevisionGraph([revision("a", labels=("main", "main"))]).labels == {"main": "a"}


def test_label_that_is_an_identifier() -> None:
    error = error_of(revision("a", labels=("b",)), revision("b"))
    assert isinstance(error, BranchLabelIsRevisionError)
    assert str(error) == (
        "The branch label 'b', given by revision 'a', is the identifier of a revision too, so that it could "
        "mean either. Choose another label."
    )


def test_self_loop() -> None:
    error = error_of(revision("a"), revision("b", "b", path=Path("b.py")))
    assert isinstance(error, CycleError)
    assert (error.revisions, error.attributes) == (("b",), ("down_revision",))
    assert str(error) == (
        "Revision 'b' (b.py) has itself in its down_revision. Name the revision that comes before it."
    )


def test_dependency_on_itself_by_its_label() -> None:
    error = error_of(revision("a", depends_on=("main",), labels=("main",)))
    assert str(error) == "Revision 'a' has itself in its depends_on. Name the revision that comes before it."


def test_cycle() -> None:
    error = error_of(
        revision("a", "c", path=Path("a.py")), revision("b", "a"), revision("c", "b"), revision("d", "c")
    )
    assert isinstance(error, CycleError)
    assert error.revisions == ("a", "c", "b")
    assert error.paths == (Path("a.py"), None, None)
    assert str(error) == (
        "The revisions form a cycle, so that none of them can be the first: 'a' (a.py) has 'c' in its "
        "down_revision, 'c' has 'b' in its down_revision, 'b' has 'a' in its down_revision. Correct one of "
        "these links."
    )


def test_cycle_beside_a_sound_history() -> None:
    error = error_of(revision("x"), revision("y", "x"), revision("a", "b"), revision("b", "a"))
    assert isinstance(error, CycleError)
    assert set(error.revisions) == {"a", "b"}


def test_cycle_through_a_dependency() -> None:
    error = error_of(
        revision("a"), revision("b", "a", depends_on=("y",)), revision("x"), revision("y", "x", "b")
    )
    assert isinstance(error, CycleError)
    assert (error.revisions, error.attributes) == (("b", "y"), ("depends_on", "down_revision"))
    assert str(error) == (
        "The revisions form a cycle, so that none of them can be the first: 'b' has 'y' in its depends_on, "
        "'y' has 'b' in its down_revision. Correct one of these links."
    )


def test_long_cycles_are_shortened() -> None:
    error = error_of(*(revision(f"r{number}", f"r{(number + 1) % 5000}") for number in range(5000)))
    assert isinstance(error, CycleError)
    assert len(error.revisions) == 5000
    assert str(error) == (
        "The revisions form a cycle, so that none of them can be the first: 'r0' has 'r1' in its "
        "down_revision, 'r1' has 'r2' in its down_revision, 'r2' has 'r3' in its down_revision, 4994 more "
        "in between, 'r4997' has 'r4998' in its down_revision, 'r4998' has 'r4999' in its down_revision, "
        "'r4999' has 'r0' in its down_revision. Correct one of these links."
    )
