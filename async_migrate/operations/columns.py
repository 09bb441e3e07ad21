"""Columns: added, dropped, altered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from sqlalchemy import Column
from sqlalchemy.types import NULLTYPE

from async_migrate.errors import IrreversibleOperationError
from async_migrate.operations.tables import AlterTableOp

if TYPE_CHECKING:
    from async_migrate.operations.base import ColumnType, HasNamingConvention, ServerDefault

__all__ = ["AddColumnOp", "AlterColumnOp", "DropColumnOp"]


@dataclass(eq=False)
class AlterColumnOp(AlterTableOp):
    """Change a column.

    What a ``modify_*`` attribute leaves at its default is not changed: ``None`` for type, nullability and
    name, ``False`` for server default and comment, whose ``None`` means "remove it". The ``existing_*``
    attributes describe the column as it is, for the databases that must be told all of it, and for the
    reverse.

    Attributes:
        column_name: The column.
        existing_type: Its type now.
        existing_server_default: Its server default now; ``False`` if not mentioned.
        existing_nullable: Whether it may be null now.
        existing_comment: Its comment now.
        modify_nullable: Whether it shall be nullable.
        modify_comment: The comment it shall have.
        modify_server_default: The server default it shall have.
        modify_name: The name it shall have.
        modify_type: The type it shall have.
        kw: Options such as ``postgresql_using``, ``autoincrement``, ``insert_before``; ``postgresql_drop_types``, as
            :class:`DropColumnOp` has them.
    """

    visit_name: ClassVar[str] = "alter_column"

    column_name: str
    existing_type: ColumnType | None
    existing_server_default: ServerDefault
    existing_nullable: bool | None
    existing_comment: str | None
    modify_nullable: bool | None
    modify_comment: str | Literal[False] | None
    modify_server_default: ServerDefault
    modify_name: str | None
    modify_type: ColumnType | None
    kw: dict[str, Any]

    def __init__(
        self,
        table_name: str,
        column_name: str,
        *,
        schema: str | None = None,
        existing_type: ColumnType | None = None,
        existing_server_default: ServerDefault = False,
        existing_nullable: bool | None = None,
        existing_comment: str | None = None,
        modify_nullable: bool | None = None,
        modify_comment: str | Literal[False] | None = False,
        modify_server_default: ServerDefault = False,
        modify_name: str | None = None,
        modify_type: ColumnType | None = None,
        **kw: Any,
    ) -> None:
        super().__init__(table_name, schema=schema)
        self.column_name = column_name
        self.existing_type = existing_type
        self.existing_server_default = existing_server_default
        self.existing_nullable = existing_nullable
        self.existing_comment = existing_comment
        self.modify_nullable = modify_nullable
        self.modify_comment = modify_comment
        self.modify_server_default = modify_server_default
        self.modify_name = modify_name
        self.modify_type = modify_type
        self.kw = kw

    @property
    def insert_before(self) -> str | None:
        """The column it shall stand before, in batch mode."""
        return self.kw.get("insert_before")

    @property
    def insert_after(self) -> str | None:
        """The column it shall stand after, in batch mode."""
        return self.kw.get("insert_after")

    def has_changes(self) -> bool:
        """Return whether it changes anything."""
        return (
            self.modify_nullable is not None
            or self.modify_server_default is not False
            or self.modify_type is not None
            or self.modify_comment is not False
            or self.modify_name is not None
            or any(option.startswith("modify_") for option in self.kw)
        )

    def reverse(self) -> AlterColumnOp:
        """Return the operation that changes it back, as far as the ``existing_*`` attributes tell."""
        result = type(self)(
            self.table_name,
            self.column_name,
            schema=self.schema,
            existing_type=self.existing_type,
            existing_server_default=self.existing_server_default,
            existing_nullable=self.existing_nullable,
            existing_comment=self.existing_comment,
            **_swapped(self.kw),
        )
        if self.modify_name is not None:
            result.column_name, result.modify_name = self.modify_name, self.column_name
        if self.modify_type is not None:
            result.existing_type, result.modify_type = self.modify_type, self.existing_type
        if self.modify_nullable is not None:
            result.existing_nullable, result.modify_nullable = self.modify_nullable, self.existing_nullable
        if self.modify_server_default is not False:
            result.existing_server_default = self.modify_server_default
            result.modify_server_default = self.existing_server_default
        if self.modify_comment is not False:
            result.existing_comment, result.modify_comment = self.modify_comment, self.existing_comment
        return result

    def to_diff_tuple(self) -> list[tuple[Any, ...]]:
        """Return a list with a tuple for the type, nullability, default and comment, each where it changes.

        A tuple is ``(change, schema, table, column, what else is known, before, after)``.
        """
        existing = {
            "existing_type": self.existing_type,
            "existing_nullable": self.existing_nullable,
            "existing_server_default": self.existing_server_default,
            "existing_comment": self.existing_comment,
        }
        changes = (
            ("modify_type", "existing_type", self.modify_type, None),
            ("modify_nullable", "existing_nullable", self.modify_nullable, None),
            ("modify_default", "existing_server_default", self.modify_server_default, False),
            ("modify_comment", "existing_comment", self.modify_comment, False),
        )
        return [
            (
                change,
                self.schema,
                self.table_name,
                self.column_name,
                {name: value for name, value in existing.items() if name != before},
                existing[before],
                after,
            )
            for change, before, after, unchanged in changes
            if after is not unchanged
        ]


@dataclass(eq=False)
class AddColumnOp(AlterTableOp):
    """Add a column.

    Attributes:
        column: The column.
        if_not_exists: Whether its presence is no error.
        inline_references: Whether its foreign key is part of the column's own definition.
        inline_primary_key: Whether PRIMARY KEY is.
        kw: ``insert_before`` and ``insert_after``, in batch mode.
    """

    visit_name: ClassVar[str] = "add_column"

    column: Column[Any]
    if_not_exists: bool | None
    inline_references: bool | None
    inline_primary_key: bool | None
    kw: dict[str, Any]

    def __init__(
        self,
        table_name: str,
        column: Column[Any],
        *,
        schema: str | None = None,
        if_not_exists: bool | None = None,
        inline_references: bool | None = None,
        inline_primary_key: bool | None = None,
        **kw: Any,
    ) -> None:
        super().__init__(table_name, schema=schema)
        self.column = column
        self.if_not_exists = if_not_exists
        self.inline_references = inline_references
        self.inline_primary_key = inline_primary_key
        self.kw = kw

    @classmethod
    def from_column(cls, col: Column[Any]) -> AddColumnOp:
        """Return the operation that adds this column to the table it belongs to."""
        return cls(col.table.name, col, schema=col.table.schema)

    @classmethod
    def from_column_and_tablename(cls, schema: str | None, tname: str, col: Column[Any]) -> AddColumnOp:
        """Return the operation that adds this column to a named table."""
        return cls(tname, col, schema=schema)

    @property
    def insert_before(self) -> str | None:
        """The column it shall stand before, in batch mode."""
        return self.kw.get("insert_before")

    @property
    def insert_after(self) -> str | None:
        """The column it shall stand after, in batch mode."""
        return self.kw.get("insert_after")

    def to_column(self) -> Column[Any]:
        """Return the column."""
        return self.column

    def reverse(self) -> DropColumnOp:
        """Return the drop, which remembers the column."""
        result = DropColumnOp.from_column_and_tablename(self.schema, self.table_name, self.column)
        result.if_exists = self.if_not_exists
        return result

    def to_diff_tuple(self) -> tuple[str, str | None, str, Column[Any]]:
        """Return ``("add_column", schema, table, column)``."""
        return ("add_column", self.schema, self.table_name, self.column)


@dataclass(eq=False)
class DropColumnOp(AlterTableOp):
    """Drop a column.

    Attributes:
        column_name: The column.
        if_exists: Whether its absence is no error.
        kw: Options such as ``mssql_drop_default``; ``existing_type`` in batch mode; ``postgresql_drop_types``, as
            :class:`DropTableOp` has them.
    """

    visit_name: ClassVar[str] = "drop_column"

    column_name: str
    if_exists: bool | None
    kw: dict[str, Any]
    _reverse: AddColumnOp | None = field(repr=False)

    def __init__(
        self,
        table_name: str,
        column_name: str,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        _reverse: AddColumnOp | None = None,
        **kw: Any,
    ) -> None:
        super().__init__(table_name, schema=schema)
        self.column_name = column_name
        self.if_exists = if_exists
        self._reverse = _reverse
        self.kw = kw

    @classmethod
    def from_column_and_tablename(cls, schema: str | None, tname: str, col: Column[Any]) -> DropColumnOp:
        """Return the operation that drops this column from a named table and knows how to add it again."""
        return cls(
            tname,
            col.name,
            schema=schema,
            _reverse=AddColumnOp.from_column_and_tablename(schema, tname, col),
        )

    @property
    def original(self) -> AddColumnOp | None:
        """The operation that made what is dropped, where known."""
        return self._reverse

    def to_column(self, migration_context: HasNamingConvention | None = None) -> Column[Any]:
        """Return the column, without a type if only its name is known."""
        if self._reverse is not None:
            return self._reverse.column
        return Column(self.column_name, NULLTYPE)

    def reverse(self) -> AddColumnOp:
        """Return the operation that adds it again.

        Raises:
            IrreversibleOperationError: Only its name is known.
        """
        if self._reverse is None:
            raise IrreversibleOperationError(self.visit_name, target=f"{self.table_name}.{self.column_name}")
        result = AddColumnOp.from_column_and_tablename(self.schema, self.table_name, self._reverse.column)
        result.if_not_exists = self.if_exists
        return result

    def to_diff_tuple(self) -> tuple[str, str | None, str, Column[Any]]:
        """Return ``("remove_column", schema, table, column)``."""
        return ("remove_column", self.schema, self.table_name, self.to_column())


def _swapped(options: dict[str, Any]) -> dict[str, Any]:
    """Return options with each pair of ``modify_x`` and ``existing_x`` exchanged."""
    result = dict(options)
    for name in [name for name in options if name.startswith("modify_")]:
        existing = "existing_" + name.removeprefix("modify_")
        result[name], result[existing] = options.get(existing), options[name]
    return result
