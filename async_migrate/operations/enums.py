"""Enum types of PostgreSQL: created, renamed, dropped, and the same for their values."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from async_migrate.errors import IrreversibleOperationError
from async_migrate.operations.base import MigrateOperation

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "AddEnumValueOp",
    "CreateEnumOp",
    "DropEnumOp",
    "DropEnumValueOp",
    "EnumColumn",
    "RenameEnumOp",
    "RenameEnumValueOp",
]

EnumColumn: TypeAlias = "tuple[str, str] | tuple[str, str, str | None]"
"""A column that uses an enum: ``(table, column)``, or ``(table, column, schema)`` in another schema than the enum's."""


@dataclass(eq=False)
class CreateEnumOp(MigrateOperation):
    """Create an enum type.

    Attributes:
        enum_name: Its name.
        values: Its values, in order.
        schema: Its schema.
        if_not_exists: Whether its presence is no error.
    """

    visit_name: ClassVar[str] = "create_enum"

    enum_name: str
    values: Sequence[str]
    schema: str | None = field(default=None, kw_only=True)
    if_not_exists: bool | None = field(default=None, kw_only=True)

    def reverse(self) -> DropEnumOp:
        """Return the drop, which remembers the values."""
        return replace(DropEnumOp.from_create(self), if_exists=self.if_not_exists)

    def to_diff_tuple(self) -> tuple[str, str | None, str, tuple[str, ...]]:
        """Return ``("add_enum", schema, name, values)``."""
        return ("add_enum", self.schema, self.enum_name, tuple(self.values))


@dataclass(eq=False)
class DropEnumOp(MigrateOperation):
    """Drop an enum type.

    Attributes:
        enum_name: Its name.
        schema: Its schema.
        if_exists: Whether its absence is no error.
    """

    visit_name: ClassVar[str] = "drop_enum"

    enum_name: str
    schema: str | None = field(default=None, kw_only=True)
    if_exists: bool | None = field(default=None, kw_only=True)
    _reverse: CreateEnumOp | None = field(default=None, kw_only=True, repr=False)

    @classmethod
    def from_create(cls, create: CreateEnumOp) -> DropEnumOp:
        """Return the operation that drops what another one creates, and knows how to create it again."""
        return cls(create.enum_name, schema=create.schema, _reverse=create)

    @property
    def original(self) -> CreateEnumOp | None:
        """The operation that made what is dropped, where known."""
        return self._reverse

    def reverse(self) -> CreateEnumOp:
        """Return the operation that creates it again.

        Raises:
            IrreversibleOperationError: Its values are not known.
        """
        if self._reverse is None:
            raise IrreversibleOperationError(
                self.visit_name,
                target=self.enum_name,
                remedy="make the operation with DropEnumOp.from_create(), which keeps it",
            )
        return replace(self._reverse, enum_name=self.enum_name, schema=self.schema)

    def to_diff_tuple(self) -> tuple[str, str | None, str, tuple[str, ...] | None]:
        """Return ``("remove_enum", schema, name, values)``."""
        values = None if self._reverse is None else tuple(self._reverse.values)
        return ("remove_enum", self.schema, self.enum_name, values)


@dataclass(eq=False)
class RenameEnumOp(MigrateOperation):
    """Rename an enum type.

    Attributes:
        enum_name: Its name so far.
        new_enum_name: Its new name, in the same schema.
        schema: Its schema.
    """

    visit_name: ClassVar[str] = "rename_enum"

    enum_name: str
    new_enum_name: str
    schema: str | None = field(default=None, kw_only=True)

    def reverse(self) -> RenameEnumOp:
        """Return the operation that gives it its old name again."""
        return replace(self, enum_name=self.new_enum_name, new_enum_name=self.enum_name)

    def to_diff_tuple(self) -> tuple[str, str | None, str, str]:
        """Return ``("rename_enum", schema, old name, new name)``."""
        return ("rename_enum", self.schema, self.enum_name, self.new_enum_name)


@dataclass(eq=False)
class AddEnumValueOp(MigrateOperation):
    """Add a value to an enum type.

    PostgreSQL does not let a transaction use a value that it has added itself. So it is committed at once, and with
    it what the revision has done before.

    Attributes:
        enum_name: The enum.
        value: The value.
        before: The value that it goes before.
        after: The value that it goes after; without either it goes to the end.
        schema: The enum's schema.
        if_not_exists: Whether its presence is no error.
        columns: The columns that use the enum, kept for the reverse.
    """

    visit_name: ClassVar[str] = "add_enum_value"

    enum_name: str
    value: str
    before: str | None = field(default=None, kw_only=True)
    after: str | None = field(default=None, kw_only=True)
    schema: str | None = field(default=None, kw_only=True)
    if_not_exists: bool | None = field(default=None, kw_only=True)
    columns: Sequence[EnumColumn] | None = field(default=None, kw_only=True)

    def reverse(self) -> DropEnumValueOp:
        """Return the operation that removes the value.

        Raises:
            IrreversibleOperationError: It is not known which columns use the enum.
        """
        if self.columns is None:
            raise IrreversibleOperationError(
                self.visit_name,
                target=f"{self.enum_name}.{self.value}",
                unknown="which columns use the enum",
                remedy="pass columns=, which keeps them",
            )
        return DropEnumValueOp(
            self.enum_name, self.value, columns=self.columns, schema=self.schema, _reverse=self
        )

    def to_diff_tuple(self) -> tuple[str, str | None, str, str]:
        """Return ``("add_enum_value", schema, enum, value)``."""
        return ("add_enum_value", self.schema, self.enum_name, self.value)


@dataclass(eq=False)
class DropEnumValueOp(MigrateOperation):
    """Remove a value from an enum type, which PostgreSQL can only do by making the type anew.

    Attributes:
        enum_name: The enum.
        value: The value; no row may hold it.
        columns: The columns that use the enum, all of them.
        schema: The enum's schema.
    """

    visit_name: ClassVar[str] = "drop_enum_value"

    enum_name: str
    value: str
    columns: Sequence[EnumColumn] = field(kw_only=True)
    schema: str | None = field(default=None, kw_only=True)
    _reverse: AddEnumValueOp | None = field(default=None, kw_only=True, repr=False)

    @property
    def original(self) -> AddEnumValueOp | None:
        """The operation that added the value, where known."""
        return self._reverse

    def reverse(self) -> AddEnumValueOp:
        """Return the operation that adds it again, in its place.

        Raises:
            IrreversibleOperationError: Its place is not known.
        """
        if self._reverse is None:
            raise IrreversibleOperationError(
                self.visit_name,
                target=f"{self.enum_name}.{self.value}",
                unknown="between which values it was",
                remedy="make the operation with AddEnumValueOp.reverse(), which keeps it",
            )
        return replace(
            self._reverse,
            enum_name=self.enum_name,
            value=self.value,
            columns=self.columns,
            schema=self.schema,
        )

    def to_diff_tuple(self) -> tuple[str, str | None, str, str]:
        """Return ``("remove_enum_value", schema, enum, value)``."""
        return ("remove_enum_value", self.schema, self.enum_name, self.value)


@dataclass(eq=False)
class RenameEnumValueOp(MigrateOperation):
    """Rename a value of an enum type; rows that hold it have the new one.

    Attributes:
        enum_name: The enum.
        old_value: The value so far.
        new_value: What it shall be.
        schema: The enum's schema.
    """

    visit_name: ClassVar[str] = "rename_enum_value"

    enum_name: str
    old_value: str
    new_value: str
    schema: str | None = field(default=None, kw_only=True)

    def reverse(self) -> RenameEnumValueOp:
        """Return the operation that gives it its old name again."""
        return replace(self, old_value=self.new_value, new_value=self.old_value)

    def to_diff_tuple(self) -> tuple[str, str | None, str, str, str]:
        """Return ``("rename_enum_value", schema, enum, old value, new value)``."""
        return ("rename_enum_value", self.schema, self.enum_name, self.old_value, self.new_value)
