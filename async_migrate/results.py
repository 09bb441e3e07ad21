"""What the commands return: frozen values, for programs; the command line prints them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from async_migrate.history.plan import Direction, Step
    from async_migrate.history.revision import Revision
    from async_migrate.operations.containers import UpgradeOps

__all__ = [
    "AppliedStep",
    "CheckResult",
    "GeneratedRevision",
    "MigrationResult",
    "Status",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedStep:
    """One step that was carried out.

    Attributes:
        step: What was done.
        seconds: How long it took.
    """

    step: Step
    seconds: float

    @property
    def revision(self) -> str:
        """The identifier of the revision."""
        return self.step.revision.revision

    @property
    def direction(self) -> Direction:
        """Whether it was upgraded, downgraded or stamped."""
        return self.step.direction


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationResult:
    """What a run did; empty ``applied`` means that there was nothing to do.

    Attributes:
        applied: The steps, in the order in which they were carried out.
        heads_before: The rows of the version table before the run.
        heads_after: The rows after it, as read back from the database.
        seconds: How long the whole run took, reading the version table included.
    """

    applied: tuple[AppliedStep, ...]
    heads_before: frozenset[str]
    heads_after: frozenset[str]
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Where a database stands.

    Attributes:
        url: The database, without its password.
        current: The rows of the version table.
        expected: What the rows are when everything is applied.
        pending: The revisions still to be applied, in order.
    """

    url: str
    current: frozenset[str]
    expected: frozenset[str]
    pending: tuple[Revision, ...]

    @property
    def at_head(self) -> bool:
        """Whether there is nothing left to apply."""
        return self.current == self.expected


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedRevision:
    """A revision file that was written.

    Attributes:
        revision: The new revision.
        path: Its file.
        changes: One line for each change that autogenerate found; empty for a file without operations.
    """

    revision: Revision
    path: Path
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """How models and database differ.

    Attributes:
        operations: What would make the database equal to the models.
        changes: One line for each of them.
    """

    operations: UpgradeOps
    changes: tuple[str, ...]

    @property
    def up_to_date(self) -> bool:
        """Whether they do not differ."""
        return not self.changes
