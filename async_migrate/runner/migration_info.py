"""What an ``on_version_apply`` hook is told about the step that was made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from async_migrate.history.describe import step_line
from async_migrate.history.plan import Direction

if TYPE_CHECKING:
    from async_migrate.history.graph import RevisionGraph
    from async_migrate.history.plan import Step
    from async_migrate.history.revision import Revision

__all__ = ["MigrationInfo"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationInfo:
    """A step, under the names that Alembic's hook has for it.

    Attributes:
        step: The step.
        graph: The history it belongs to.
    """

    step: Step
    graph: RevisionGraph

    def __str__(self) -> str:
        return step_line(self.step)

    @property
    def is_stamp(self) -> bool:
        """Whether only the version table was changed."""
        return self.step.direction is Direction.STAMP

    @property
    def is_migration(self) -> bool:
        """Whether the body of a revision ran."""
        return not self.is_stamp

    @property
    def is_upgrade(self) -> bool:
        """Whether the database moved towards a head."""
        return self.step.is_upgrade

    @property
    def is_downgrade(self) -> bool:
        """Whether it moved towards the base."""
        return not self.is_upgrade

    @property
    def revision_map(self) -> RevisionGraph:
        """The history."""
        return self.graph

    @property
    def up_revision_id(self) -> str:
        """The revision that was applied or taken back."""
        return self.step.revision.revision

    @property
    def up_revision_ids(self) -> tuple[str, ...]:
        """The same, as a tuple; a stamp may have several."""
        if self.is_stamp:
            return tuple(sorted(self.step.heads_after if self.is_upgrade else self.step.heads_before))
        return (self.up_revision_id,)

    @property
    def up_revision(self) -> Revision:
        """The revision that was applied or taken back."""
        return self.step.revision

    @property
    def up_revisions(self) -> tuple[Revision, ...]:
        """The same, as a tuple."""
        return tuple(self.graph[one] for one in self.up_revision_ids)

    @property
    def down_revision_ids(self) -> tuple[str, ...]:
        """What is below it."""
        if self.is_stamp:
            return tuple(sorted(self.step.heads_before if self.is_upgrade else self.step.heads_after))
        return tuple(self.graph.requires(self.up_revision_id))

    @property
    def down_revisions(self) -> tuple[Revision, ...]:
        """What is below it."""
        return tuple(self.graph[one] for one in self.down_revision_ids)

    @property
    def source_revision_ids(self) -> tuple[str, ...]:
        """Where the step started."""
        return self.down_revision_ids if self.is_upgrade else self.up_revision_ids

    @property
    def source_revisions(self) -> tuple[Revision, ...]:
        """Where the step started."""
        return tuple(self.graph[one] for one in self.source_revision_ids)

    @property
    def destination_revision_ids(self) -> tuple[str, ...]:
        """Where it ended."""
        return self.up_revision_ids if self.is_upgrade else self.down_revision_ids

    @property
    def destination_revisions(self) -> tuple[Revision, ...]:
        """Where it ended."""
        return tuple(self.graph[one] for one in self.destination_revision_ids)
