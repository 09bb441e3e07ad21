"""What a database keeps about a table and SQLAlchemy's ``Table`` has no place for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Table

__all__ = ["ATTACHED", "Attached"]

ATTACHED = "async_migrate"
"""The key of ``Table.info`` under which reflection leaves an :class:`Attached`."""


@dataclass(frozen=True, slots=True)
class Attached:
    """Statements that a table loses when it is dropped, word for word as the database has them.

    A rebuild runs them again. An index found here is preferred to the one in ``Table.indexes``, which knows
    nothing of descending order, expressions or conditions that reflection could not read.

    Attributes:
        indexes: ``CREATE INDEX`` statements by the name of the index.
        triggers: ``CREATE TRIGGER`` statements by the name of the trigger.
    """

    indexes: Mapping[str, str] = field(default_factory=dict)
    triggers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def to(cls, table: Table) -> Attached:
        """Return what is attached to a table; nothing if it was not reflected."""
        found = table.info.get(ATTACHED)
        return found if isinstance(found, cls) else cls()
