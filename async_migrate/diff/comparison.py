"""The two sides of one comparison, and the hooks that have a say in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from async_migrate.diff.dialects import rules_for
from async_migrate.diff.schema_items import SchemaItems

if TYPE_CHECKING:
    from sqlalchemy import Dialect
    from sqlalchemy.schema import SchemaItem

    from async_migrate.diff.options import DiffOptions, ObjectKind
    from async_migrate.diff.rules import DialectRules
    from async_migrate.diff.snapshot import Snapshot, TableSnapshot

__all__ = ["Comparison", "Side", "TablePair"]


@dataclass(frozen=True, slots=True)
class Side:
    """One side: its snapshot's objects, and whether they come from a database."""

    items: SchemaItems
    reflected: bool


@dataclass(frozen=True, slots=True)
class TablePair:
    """The same table on both sides."""

    before: TableSnapshot
    after: TableSnapshot

    @property
    def schema(self) -> str | None:
        """The schema that operations name."""
        return self.after.schema

    @property
    def name(self) -> str:
        """The table's name."""
        return self.after.name


class Comparison:
    """What every part of a comparison needs.

    Attributes:
        dialect: The dialect of both snapshots.
        rules: Its rules.
        options: What to look at.
        before: The side that is to be changed.
        after: The side that it is to become.
    """

    def __init__(self, before: Snapshot, after: Snapshot, options: DiffOptions) -> None:
        self.dialect: Dialect = after.dialect
        self.rules: DialectRules = rules_for(after.dialect.name)
        self.options = options
        self.before = Side(SchemaItems(self.dialect.name), before.origin == "database")
        self.after = Side(SchemaItems(self.dialect.name), after.origin == "database")

    @property
    def can_alter_constraints(self) -> bool:
        """Whether a constraint can be added to a table that exists, without making the table anew."""
        return self.dialect.supports_alter

    def wants(
        self,
        item: SchemaItem,
        name: str | None,
        kind: ObjectKind,
        *,
        side: Side,
        compare_to: SchemaItem | None = None,
    ) -> bool:
        """Ask ``include_object`` about an object."""
        hook = self.options.include_object
        return hook is None or hook(item, name, kind, side.reflected, compare_to)
