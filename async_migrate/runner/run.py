"""Everything one run needs, beside the place where its statements go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from async_migrate.database.version_table import VersionTable
    from async_migrate.events import Listener
    from async_migrate.history.graph import RevisionGraph
    from async_migrate.history.plan import Plan, Step
    from async_migrate.scripts.loader import RevisionBody

__all__ = ["Run"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A plan with all that it takes to carry it out.

    Attributes:
        plan: The steps.
        bodies: The loaded revision files, by identifier; a stamp needs none.
        graph: The history the plan was made from.
        version_table: Where the applied heads are kept.
        create_version_table: There is none yet, so the first transaction creates it.
        purge: The first transaction empties the version table.
        single_transaction: One transaction around all steps instead of one for each.
        naming_convention: For constraints and indexes that a directive leaves unnamed.
        x_arguments: The ``-x`` arguments.
        tag: The ``--tag`` argument.
        on_version_apply: Called after each step, inside its transaction.
        listener: Told about each step.
    """

    plan: Plan
    bodies: Mapping[str, RevisionBody]
    graph: RevisionGraph
    version_table: VersionTable
    create_version_table: bool
    purge: bool = False
    single_transaction: bool = False
    naming_convention: Mapping[str, Any] | None = None
    x_arguments: tuple[str, ...] = ()
    tag: str | None = None
    on_version_apply: tuple[Callable[..., Any], ...] = ()
    listener: Listener | None = None

    def transactions(self) -> list[list[tuple[int, Step]]]:
        """Return the numbered steps, grouped by the transaction they share."""
        numbered = list(enumerate(self.plan.steps, start=1))
        if self.single_transaction or not numbered:
            return [numbered]
        return [[one] for one in numbered]
