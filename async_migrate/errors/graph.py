"""The revision files do not form a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from async_migrate.errors.base import UsageError
from async_migrate.errors.wording import did_you_mean, in_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

__all__ = [
    "BranchLabelIsRevisionError",
    "CycleError",
    "DuplicateBranchLabelError",
    "DuplicateRevisionError",
    "GraphError",
    "InvalidRevisionNameError",
    "MissingRevisionError",
]

_LONGEST_CYCLE_SHOWN = 6


class GraphError(UsageError):
    """The revision files do not form a graph."""


class DuplicateRevisionError(GraphError):
    """Two revisions have one identifier.

    Attributes:
        revision: The identifier.
        paths: The files that define it, as far as known.
    """

    def __init__(self, revision: str, *, paths: Sequence[Path] = ()) -> None:
        self.revision = revision
        self.paths = tuple(paths)
        where = f", in {' and '.join(map(str, self.paths))}" if self.paths else ""
        super().__init__(
            f"Revision {revision!r} is defined more than once{where}. Give one of them an identifier of its "
            "own, or delete it if it is a copy."
        )


class InvalidRevisionNameError(GraphError):
    """A revision identifier or a branch label cannot be used as a name.

    Attributes:
        name: The name.
        kind: ``"revision identifier"`` or ``"branch label"``.
        reason: What is wrong with it, as a clause.
        path: The file that defines it, where known.
    """

    def __init__(self, name: str, *, kind: str, reason: str, path: Path | None = None) -> None:
        self.name = name
        self.kind = kind
        self.reason = reason
        self.path = path
        super().__init__(f"The {kind} {name!r}{in_file(path)} cannot be used: {reason}. Choose another one.")


class MissingRevisionError(GraphError):
    """A revision names another one that does not exist.

    Attributes:
        missing: The name that nothing has.
        revision: The revision that names it.
        attribute: Where it does: ``"down_revision"`` or ``"depends_on"``.
        path: The file of that revision, where known.
    """

    def __init__(
        self, missing: str, *, revision: str, attribute: str, known: Iterable[str], path: Path | None = None
    ) -> None:
        self.missing = missing
        self.revision = revision
        self.attribute = attribute
        self.path = path
        super().__init__(
            f"Revision {revision!r}{in_file(path)} has {missing!r} in its {attribute}, but no revision file "
            f"defines it.{did_you_mean(missing, known)} Restore the missing file, or correct the {attribute}."
        )


class CycleError(GraphError):
    """Some revisions can only be applied after themselves.

    Attributes:
        revisions: The cycle, each needing the next one, and the last one the first.
        attributes: How each of them names the next: in its ``"down_revision"`` or its ``"depends_on"``.
        paths: Their files, where known.
    """

    def __init__(
        self, revisions: Sequence[str], *, attributes: Sequence[str], paths: Sequence[Path | None]
    ) -> None:
        self.revisions = tuple(revisions)
        self.attributes = tuple(attributes)
        self.paths = tuple(paths)
        if len(self.revisions) == 1:
            message = (
                f"Revision {self.revisions[0]!r}{in_file(self.paths[0])} has itself in its "
                f"{self.attributes[0]}. Name the revision that comes before it."
            )
        else:
            message = (
                f"The revisions form a cycle, so that none of them can be the first: {self._links()}. "
                "Correct one of these links."
            )
        super().__init__(message)

    def _links(self) -> str:
        following = (*self.revisions[1:], self.revisions[0])
        links = [
            f"{revision!r}{in_file(path)} has {needed!r} in its {attribute}"
            for revision, path, needed, attribute in zip(
                self.revisions, self.paths, following, self.attributes, strict=True
            )
        ]
        if len(links) > _LONGEST_CYCLE_SHOWN:
            half = _LONGEST_CYCLE_SHOWN // 2
            links[half:-half] = [f"{len(links) - 2 * half} more in between"]
        return ", ".join(links)


class DuplicateBranchLabelError(GraphError):
    """Two revisions give their branches the same label.

    Attributes:
        label: The label.
        revisions: The two revisions.
        paths: Their files, where known.
    """

    def __init__(
        self, label: str, *, revisions: tuple[str, str], paths: tuple[Path | None, Path | None]
    ) -> None:
        self.label = label
        self.revisions = revisions
        self.paths = paths
        first, second = (
            f"{revision!r}{in_file(path)}" for revision, path in zip(revisions, paths, strict=True)
        )
        super().__init__(
            f"The branch label {label!r} is given twice, by revisions {first} and {second}. A label names one "
            "branch: keep it on the revision where that branch begins, and remove it from the other."
        )


class BranchLabelIsRevisionError(GraphError):
    """A branch label is also the identifier of a revision.

    Attributes:
        label: The label.
        revision: The revision that gives it.
        path: The file of that revision, where known.
    """

    def __init__(self, label: str, *, revision: str, path: Path | None = None) -> None:
        self.label = label
        self.revision = revision
        self.path = path
        super().__init__(
            f"The branch label {label!r}, given by revision {revision!r}{in_file(path)}, is the identifier of "
            "a revision too, so that it could mean either. Choose another label."
        )
