"""A new revision cannot be made as it was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from async_migrate.errors.base import ExecutionError, UsageError
from async_migrate.errors.configuration import ConfigurationError
from async_migrate.errors.wording import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "DuplicateTableError",
    "NoModelsError",
    "NotAHeadError",
    "NotUpToDateError",
    "NothingToMergeError",
    "RepeatedParentError",
]


class DuplicateTableError(UsageError):
    """Several ``MetaData`` objects that describe one database define the same table.

    Attributes:
        table: The table, with its schema if it has one.
    """

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(
            f"The table {table!r} is defined by more than one of the MetaData objects that were given together. "
            "Define it once, or compare the MetaData objects one by one."
        )


class NoModelsError(ConfigurationError):
    """The database should be compared with models, and none are configured."""

    def __init__(self) -> None:
        super().__init__(
            "There are no models to compare the database with. Set metadata in the configuration "
            '(metadata = "app.models:Base.metadata"), or target_metadata in env.py.'
        )


class NotAHeadError(UsageError):
    """A new revision would continue one that another revision continues already.

    Attributes:
        revision: The one it would continue.
        children: Those that do already.
    """

    def __init__(self, revision: str, *, children: Sequence[str]) -> None:
        self.revision = revision
        self.children = tuple(children)
        super().__init__(
            f"Revision {revision!r} is not a head: {listed(self.children)} continues it. "
            "Name a head with --head, or pass --splice to begin a second branch here."
        )


class RepeatedParentError(UsageError):
    """A new revision was given the same parent twice.

    Attributes:
        revisions: The parents named more than once.
    """

    def __init__(self, revisions: Sequence[str]) -> None:
        self.revisions = tuple(revisions)
        super().__init__(
            f"{listed(self.revisions)} is named more than once as a parent of the new revision. Name each once."
        )


class NothingToMergeError(UsageError):
    """A merge was asked for of fewer than two revisions.

    Attributes:
        revisions: What was named, or found.
    """

    def __init__(self, revisions: Sequence[str]) -> None:
        self.revisions = tuple(revisions)
        found = f"only {listed(self.revisions)}" if revisions else "no revision"
        super().__init__(
            f"There is nothing to merge: {found} was found, and a merge joins two or more. "
            "`async-migrate heads` lists the heads."
        )


class NotUpToDateError(ExecutionError):
    """The database lacks revisions, so that comparing it with the models would find them all again.

    Attributes:
        url: The database, without its password.
        current: The rows of its version table.
        pending: The revisions it lacks.
    """

    def __init__(self, url: str, *, current: Sequence[str], pending: Sequence[str]) -> None:
        self.url = url
        self.current = tuple(current)
        self.pending = tuple(pending)
        at = f"at {listed(self.current)}" if current else "at no revision yet"
        super().__init__(
            f"The database {url} is not up to date: it is {at} and lacks {listed(self.pending)}. "
            "Run `async-migrate upgrade head` first, then compare."
        )
