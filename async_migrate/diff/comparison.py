"""The two sides of one comparison, the hooks that have a say in it, and the operations it is told in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from async_migrate.diff.dialects import rules_for
from async_migrate.diff.schema_items import SchemaItems
from async_migrate.diff.snapshot import Check, Exclude, ForeignKey, Index, PrimaryKey, TableSnapshot, Unique
from async_migrate.operations.constraints import AddConstraintOp, DropConstraintOp
from async_migrate.operations.indexes import CreateIndexOp, DropIndexOp

if TYPE_CHECKING:
    from sqlalchemy import Constraint, Dialect
    from sqlalchemy import Index as SqlalchemyIndex
    from sqlalchemy.schema import SchemaItem

    from async_migrate.diff.options import DiffOptions, ObjectKind
    from async_migrate.diff.rules import DialectRules
    from async_migrate.diff.snapshot import Snapshot

__all__ = ["Comparison", "Side", "TablePair", "TablePart"]

TablePart: TypeAlias = Index | PrimaryKey | Unique | ForeignKey | Check | Exclude
"""What belongs to a table besides its columns, and has operations of its own."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side: its snapshot's objects, and whether they come from a database."""

    items: SchemaItems
    reflected: bool

    def item(self, table: TableSnapshot, part: TablePart) -> SqlalchemyIndex | Constraint:
        """Return the object of an index or constraint."""
        if isinstance(part, Index):
            return self.items.index(table, part)
        return self.items.constraint(table, part)


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

    @property
    def has_hook(self) -> bool:
        """Whether ``include_object`` is set; without it no object need be built to ask about."""
        return self.options.include_object is not None

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

    def wants_part(
        self,
        side: Side,
        table: TableSnapshot,
        part: TablePart,
        *,
        compare_to: tuple[Side, TableSnapshot, TablePart] | None = None,
    ) -> bool:
        """Ask ``include_object`` about an index or constraint, where it is one of the kinds that it is asked about."""
        kind = _KINDS.get(type(part))
        if kind is None or not self.has_hook:
            return True
        other = None
        if compare_to is not None:
            other_side, other_table, other_part = compare_to
            other = other_side.item(other_table, other_part)
        return self.wants(side.item(table, part), part.name, kind, side=side, compare_to=other)

    def dropping(self, table: TableSnapshot, part: TablePart) -> DropIndexOp | DropConstraintOp:
        """Return the operation that drops an index or constraint of the side that is changed."""
        if isinstance(part, Index):
            return DropIndexOp.from_index(self.before.items.index(table, part))
        return DropConstraintOp.from_constraint(self.before.items.constraint(table, part))

    def creating(self, table: TableSnapshot, part: TablePart) -> CreateIndexOp | AddConstraintOp:
        """Return the operation that creates an index or constraint as the other side has it."""
        if isinstance(part, Index):
            return CreateIndexOp.from_index(self.after.items.index(table, part))
        return AddConstraintOp.from_constraint(self.after.items.constraint(table, part))


_KINDS: dict[type[TablePart], ObjectKind] = {
    Index: "index",
    Unique: "unique_constraint",
    ForeignKey: "foreign_key_constraint",
    Check: "check_constraint",
}
