"""What a database keeps about a table and SQLAlchemy's ``Table`` has no place for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Table

__all__ = ["ATTACHED", "KEY_SUFFIXES", "Attached", "Dependent", "Event", "Reference"]

Event: TypeAlias = Literal["SELECT", "INSERT", "UPDATE", "DELETE"]
"""What a view or a trigger runs on."""

ATTACHED = "async_migrate"
"""The key of ``Table.info`` under which reflection leaves an :class:`Attached`."""

KEY_SUFFIXES = "async_migrate_suffixes"
"""The key of a constraint's ``info`` under which reflection leaves what follows a column in the list of a key.

SQLAlchemy's keys are lists of columns; those of SQLite may add ``COLLATE`` and ``DESC`` to each.
"""


@dataclass(frozen=True, slots=True)
class Dependent:
    """A view or a trigger that uses a table, if only through another view, and works.

    Neither is looked at when the table changes; SQLite tells that one is broken only when it is used.

    Attributes:
        kind: Which of the two.
        name: Its name.
        sql: Its definition.
        event: What it runs on; of a view ``SELECT``.
        on: The table or view it runs on; of a view itself.
        columns: The columns whose update it runs on, if it names them.
        any_column: A column to update where it names none.
    """

    kind: Literal["view", "trigger"]
    name: str
    sql: str
    event: Event
    on: str
    columns: tuple[str, ...] = ()
    any_column: str | None = None

    def probe(self, quote: Callable[[str], str], *, schema: str | None) -> str:
        """Return a statement that can be prepared only as long as the view or trigger works, and changes nothing.

        Args:
            quote: Makes an identifier of a name.
            schema: The schema that it is in.
        """
        on = quote(self.on) if schema is None else f"{quote(schema)}.{quote(self.on)}"
        match self.event:
            case "SELECT":
                return f"SELECT * FROM {on} LIMIT 0"  # noqa: S608  quoted
            case "INSERT":
                return f"EXPLAIN INSERT INTO {on} DEFAULT VALUES"
            case "DELETE":
                return f"EXPLAIN DELETE FROM {on}"  # noqa: S608  quoted
            case "UPDATE":
                columns = self.columns or (self.any_column or "rowid",)
                changes = ", ".join(f"{quote(column)} = NULL" for column in columns)
                return f"EXPLAIN UPDATE {on} SET {changes}"  # noqa: S608  quoted


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key, of whichever table, that refers to a table.

    Attributes:
        table: The table it belongs to.
        columns: The columns that refer.
    """

    table: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Attached:
    """What hangs on a table besides its columns and constraints, word for word as the database has it.

    A rebuild runs the statements again, because the old table takes them along. An index found here is preferred
    to the one in ``Table.indexes``, which knows nothing of descending order, expressions or conditions that
    reflection could not read.

    Attributes:
        indexes: ``CREATE INDEX`` statements by the name of the index.
        triggers: ``CREATE TRIGGER`` statements by the name of the trigger.
        dependents: Views and triggers that must work afterwards.
        references: Foreign keys that are enforced right now, so that rows hang on those of the table.
        column_checks: CHECKs that are part of a column's definition, by the name of the column (MariaDB).
    """

    indexes: Mapping[str, str] = field(default_factory=dict)
    triggers: Mapping[str, str] = field(default_factory=dict)
    dependents: Sequence[Dependent] = ()
    references: Sequence[Reference] = ()
    column_checks: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def to(cls, table: Table) -> Attached:
        """Return what is attached to a table; nothing if it was not reflected."""
        found = table.info.get(ATTACHED)
        return found if isinstance(found, cls) else cls()
