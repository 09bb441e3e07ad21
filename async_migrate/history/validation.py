"""What must hold before revisions are a graph: usable names, no duplicates, no gaps, no cycles.

Each function checks one thing and returns what the check had to compute anyway, so that building a graph
is these functions in a row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from async_migrate.errors import (
    BranchLabelIsRevisionError,
    CycleError,
    DuplicateBranchLabelError,
    DuplicateRevisionError,
    InvalidRevisionNameError,
    MissingRevisionError,
)
from async_migrate.history.target import BRANCH_SIGN, OPERATORS, RANGE_SIGN, RESERVED_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from async_migrate.history.revision import Revision

__all__ = ["check_links", "index_labels", "index_revisions", "oldest_first"]

# Nothing else ends a label, so it may contain "-" and "+", and in projects made with Alembic some do.
_LABEL_OPERATORS = frozenset({BRANCH_SIGN, RANGE_SIGN})


def index_revisions(revisions: Iterable[Revision]) -> dict[str, Revision]:
    """Return the revisions by identifier, in the order given.

    Raises:
        InvalidRevisionNameError: An identifier could not be written on a command line.
        DuplicateRevisionError: Two revisions have the same one.
    """
    by_id: dict[str, Revision] = {}
    for revision in revisions:
        _check_name(revision.revision, revision, kind="revision identifier", operators=OPERATORS)
        if revision.revision in by_id:
            both = (by_id[revision.revision], revision)
            paths = [one.path for one in both if one.path is not None]
            raise DuplicateRevisionError(revision.revision, paths=paths)
        by_id[revision.revision] = revision
    return by_id


def index_labels(by_id: Mapping[str, Revision]) -> dict[str, str]:
    """Return, for each branch label, the identifier of the revision that gives it.

    Raises:
        InvalidRevisionNameError: A label could not be written on a command line.
        BranchLabelIsRevisionError: A label is also the identifier of a revision.
        DuplicateBranchLabelError: Two revisions give the same label.
    """
    givers: dict[str, str] = {}
    for revision in by_id.values():
        for label in dict.fromkeys(revision.branch_labels):
            _check_name(label, revision, kind="branch label", operators=_LABEL_OPERATORS)
            if label in by_id:
                raise BranchLabelIsRevisionError(label, revision=revision.revision, path=revision.path)
            if label in givers:
                earlier = by_id[givers[label]]
                raise DuplicateBranchLabelError(
                    label,
                    revisions=(earlier.revision, revision.revision),
                    paths=(earlier.path, revision.path),
                )
            givers[label] = revision.revision
    return givers


def check_links(by_id: Mapping[str, Revision], label_givers: Mapping[str, str]) -> None:
    """Check that every parent is a revision, and every dependency a revision or a branch label.

    Raises:
        MissingRevisionError: One is neither.
    """
    for revision in by_id.values():
        for parent in revision.down_revisions:
            if parent not in by_id:
                raise MissingRevisionError(
                    parent,
                    revision=revision.revision,
                    attribute="down_revision",
                    known=by_id,
                    path=revision.path,
                )
        for dependency in revision.depends_on:
            if dependency not in by_id and dependency not in label_givers:
                raise MissingRevisionError(
                    dependency,
                    revision=revision.revision,
                    attribute="depends_on",
                    known=[*by_id, *label_givers],
                    path=revision.path,
                )


def oldest_first(
    by_id: Mapping[str, Revision],
    requires: Mapping[str, Sequence[str]],
    required_by: Mapping[str, Sequence[str]],
) -> list[str]:
    """Return the identifiers so that each comes after all that it requires (Kahn, 1962).

    Raises:
        CycleError: There is no such order.
    """
    missing = {revision: len(required) for revision, required in requires.items()}
    ordered = [revision for revision, count in missing.items() if not count]
    for revision in ordered:  # grows while it is walked
        for follower in required_by[revision]:
            missing[follower] -= 1
            if not missing[follower]:
                ordered.append(follower)
    if len(ordered) < len(requires):
        raise _cycle_among({revision for revision, count in missing.items() if count}, by_id, requires)
    return ordered


def _cycle_among(
    stuck: set[str], by_id: Mapping[str, Revision], requires: Mapping[str, Sequence[str]]
) -> CycleError:
    # Everything stuck requires something stuck, so a walk along requirements must come back to where it was.
    here = next(revision for revision in requires if revision in stuck)
    visited: dict[str, None] = {}
    while here not in visited:
        visited[here] = None
        here = next(name for name in requires[here] if name in stuck)
    walk = list(visited)
    cycle = walk[walk.index(here) :]
    following = [*cycle[1:], cycle[0]]
    return CycleError(
        cycle,
        attributes=[
            "down_revision" if needed in by_id[revision].down_revisions else "depends_on"
            for revision, needed in zip(cycle, following, strict=True)
        ],
        paths=[by_id[revision].path for revision in cycle],
    )


def _check_name(name: str, revision: Revision, *, kind: str, operators: frozenset[str]) -> None:
    reason = _why_unusable(name, operators)
    if reason is not None:
        raise InvalidRevisionNameError(name, kind=kind, reason=reason, path=revision.path)


def _why_unusable(name: str, operators: frozenset[str]) -> str | None:
    if not name:
        return "it is empty"
    if name.split() != [name]:
        return "it contains whitespace"
    if not operators.isdisjoint(name):
        characters = " and ".join(repr(character) for character in sorted(operators.intersection(name)))
        return f"it contains {characters}, reserved for identifiers such as 'branch@head-1'"
    if name in RESERVED_WORDS:
        return "it is a reserved word"
    return None
