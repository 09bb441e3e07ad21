"""What an identifier means in a graph.

A target is an anchor and an offset. The anchor is looked up, and the offset is walked from there one
revision at a time, along lineage only. Base, before the first revision, is None where one place is meant and
the empty tuple where several may be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from async_migrate.errors import (
    AmbiguousRevisionError,
    AmbiguousWalkError,
    MultipleHeadsError,
    NoDatabaseToCountFromError,
    NotAppliedError,
    NotOnBranchError,
    SeveralCurrentHeadsError,
    UnknownRevisionError,
    WalkedTooFarError,
)
from async_migrate.history.target import RESERVED_WORDS, Anchor

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from async_migrate.history.graph import RevisionGraph
    from async_migrate.history.position import Position
    from async_migrate.history.target import Target

__all__ = [
    "branch_revision",
    "on_branch",
    "resolve",
    "resolve_one",
    "start_going_down",
    "start_going_up",
    "walk",
]


def resolve(
    graph: RevisionGraph, target: Target, position: Position | None, *, clamp: bool = False
) -> tuple[str, ...]:
    """Return the revisions that a target names.

    Args:
        graph: The revisions there are.
        target: What to look for.
        position: Where the database is, if one is looked at.
        clamp: Whether walking past an end of the history stops there, instead of being an error.
    """
    exact = graph.named(target.literal)
    if exact is not None:
        return (_ensure_on_branch(graph, exact, target.branch),)
    if target.is_relative:
        starts = _starts(graph, target, position)
    elif target.offset:
        starts = (_only(graph, target, _anchored(graph, target, position)),)
    else:
        return _anchored(graph, target, position)
    ends = (walk(graph, start, target, clamp=clamp) for start in starts)
    return tuple(dict.fromkeys(end for end in ends if end is not None))


def resolve_one(graph: RevisionGraph, target: Target, position: Position | None) -> str | None:
    """Return the one revision that a target names; several are an error."""
    return _only(graph, target, resolve(graph, target, position))


def walk(
    graph: RevisionGraph,
    start: str | None,
    target: Target,
    *,
    offset: int | None = None,
    clamp: bool = False,
) -> str | None:
    """Follow the offset of a target from a start; along its branch, if it names one.

    Args:
        graph: The revisions there are.
        start: Where to begin; None is before the first revision.
        target: Whose offset and branch to follow.
        offset: Revisions to go, where that is not the offset of the target.
        clamp: Whether going past an end of the history stops there, instead of being an error.
    """
    branch = graph.lineage(branch_revision(graph, target.branch)) if target.branch else None
    upward = target.offset > 0
    here = start
    for taken in range(abs(target.offset if offset is None else offset)):
        if not upward and here is not None and not graph.parents(here):
            here = None
            continue
        choices = _next_up(graph, here) if upward else _next_down(graph, here)
        if branch is not None:
            choices = [choice for choice in choices if choice in branch]
        if not choices:
            if clamp:
                break
            raise WalkedTooFarError(target.text, start=start, steps=target.offset, available=taken)
        if len(choices) > 1:
            example = f"{_branch_name(graph, choices[0], choices)}@{target.literal}"
            raise AmbiguousWalkError(
                target.text, revision=here, choices=choices, upward=upward, example=example
            )
        here = choices[0]
    return here


def start_going_up(graph: RevisionGraph, target: Target, position: Position) -> str | None:
    """Return where a bare ``+N`` counts from.

    That is the current head, or, with a branch, the newest applied revision of the branch, or else base.
    """
    heads: Sequence[str] = position.heads
    if target.branch:
        branch = graph.lineage(branch_revision(graph, target.branch))
        heads = [head for head in heads if head in branch]
        if not heads:
            reached = branch & position.applied
            heads = graph.in_order(name for name in reached if reached.isdisjoint(graph.required_by(name)))
    return _only_current(graph, target, heads) if heads else None


def start_going_down(graph: RevisionGraph, target: Target, position: Position) -> str | None:
    """Return where a bare ``-N`` counts from: the current head, or the newest applied one of a branch.

    A tip that has no row, because another branch depends on it, counts too if the branch is named.
    """
    heads = on_branch(graph, position.heads, target.branch) or on_branch(graph, position.tips, target.branch)
    if target.branch and not heads:
        raise NotAppliedError(target.text, heads=position.heads)
    return _only_current(graph, target, heads) if heads else None


def branch_revision(graph: RevisionGraph, branch: str) -> str:
    """Return the revision that a branch is known by: the giver of the label, or the revision named."""
    return _find(graph, branch, branch=None)


# --- anchors ---


def _anchored(graph: RevisionGraph, target: Target, position: Position | None) -> tuple[str, ...]:
    match target.anchor:
        case Anchor.HEAD:
            only = _only(graph, target, on_branch(graph, graph.heads, target.branch))
            return () if only is None else (only,)
        case Anchor.HEADS:
            return _all_heads(graph, target.branch)
        case Anchor.BASE:
            return tuple(on_branch(graph, (), target.branch))  # none, but the branch has to exist
        case Anchor.CURRENT:
            if position is None:
                raise NoDatabaseToCountFromError(target.text)
            return tuple(on_branch(graph, position.heads, target.branch))
        case _:
            return (_find(graph, target.name, branch=target.branch),)


def on_branch(graph: RevisionGraph, names: Sequence[str], branch: str | None) -> Sequence[str]:
    """Keep the revisions that are in the lineage of a branch; all, if there is no branch."""
    if branch is None:
        return names
    lineage = graph.lineage(branch_revision(graph, branch))
    return [name for name in names if name in lineage]


def _all_heads(graph: RevisionGraph, branch: str | None) -> tuple[str, ...]:
    # The head of a branch that was named counts even if another branch depends on it.
    return tuple(on_branch(graph, graph.heads, branch)) if branch else graph.real_heads


def _starts(graph: RevisionGraph, target: Target, position: Position | None) -> Sequence[str | None]:
    if position is not None:
        start = start_going_up if target.offset > 0 else start_going_down
        return (start(graph, target, position),)
    if target.offset > 0:
        raise NoDatabaseToCountFromError(target.text)
    return _all_heads(graph, target.branch)


# --- names ---


def _find(graph: RevisionGraph, name: str, *, branch: str | None) -> str:
    """Look up a name: in full first, then as the beginning of just one, on the branch if there is one."""
    exact = graph.named(name)
    if exact is not None:
        return _ensure_on_branch(graph, exact, branch)
    fitting = {other: graph.named(other) or other for other in graph.names() if other.startswith(name)}
    if not fitting:
        raise UnknownRevisionError(
            name, known=[*graph.names(), *(sorted(RESERVED_WORDS) if len(graph) else ())]
        )
    found = set(on_branch(graph, list(fitting.values()), branch))
    if len(found) > 1:
        candidates = [other for other, revision in fitting.items() if revision in found]
        raise AmbiguousRevisionError(name, candidates=candidates)
    return _ensure_on_branch(graph, next(iter(found or fitting.values())), branch)


def _ensure_on_branch(graph: RevisionGraph, revision: str, branch: str | None) -> str:
    if branch is not None and revision not in graph.lineage(branch_revision(graph, branch)):
        raise NotOnBranchError(revision, branch=branch)
    return revision


# --- walking ---


def _next_up(graph: RevisionGraph, here: str | None) -> Sequence[str]:
    return graph.bases if here is None else graph.children(here)


def _next_down(graph: RevisionGraph, here: str | None) -> Sequence[str]:
    return () if here is None else graph.parents(here)


# --- one of several ---


def _only(graph: RevisionGraph, target: Target, found: Sequence[str]) -> str | None:
    if len(found) > 1:
        example = f"{_branch_name(graph, found[0], found)}@head"
        raise MultipleHeadsError(target.text, heads=found, example=example)
    return found[0] if found else None


def _only_current(graph: RevisionGraph, target: Target, heads: Sequence[str]) -> str:
    if len(heads) > 1:
        examples = [f"{_branch_name(graph, head, heads)}@{target.literal}" for head in heads]
        raise SeveralCurrentHeadsError(target.text, heads=heads, examples=examples)
    return heads[0]


def _branch_name(graph: RevisionGraph, revision: str, among: Collection[str]) -> str:
    """Return a branch label that only this one of the revisions has, or the revision itself."""
    taken = {label for other in among if other != revision for label in graph.branch_labels(other)}
    return next((label for label in graph.branch_labels(revision) if label not in taken), revision)
