"""Tables: created, dropped, renamed, commented."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from async_migrate.errors import IrreversibleOperationError
from async_migrate.operations import schema_objects
from async_migrate.operations.base import MigrateOperation, convention_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import MetaData, Table
    from sqlalchemy.schema import SchemaItem
    from sqlalchemy.types import TypeEngine

    from async_migrate.operations.base import HasNamingConvention

__all__ = [
    "AlterTableOp",
    "CreateTableCommentOp",
    "CreateTableOp",
    "DropTableCommentOp",
    "DropTableOp",
    "RenameTableOp",
]


@dataclass(eq=False)
class CreateTableOp(MigrateOperation):
    """Create a table.

    Attributes:
        table_name: Its name.
        columns: Its columns, constraints and indexes.
        schema: Its schema.
        if_not_exists: Whether its presence is no error.
        comment: Its comment.
        prefixes: Words between CREATE and TABLE, such as ``TEMPORARY``.
        kw: Further options of ``Table``, those of dialects included.
    """

    visit_name: ClassVar[str] = "create_table"

    table_name: str
    columns: Sequence[SchemaItem]
    schema: str | None
    if_not_exists: bool | None
    comment: str | None
    prefixes: Sequence[str] | None
    kw: dict[str, Any]
    _namespace_metadata: MetaData | None = field(repr=False)
    _constraints_included: bool = field(repr=False)

    def __init__(
        self,
        table_name: str,
        columns: Sequence[SchemaItem],
        *,
        schema: str | None = None,
        if_not_exists: bool | None = None,
        _namespace_metadata: MetaData | None = None,
        _constraints_included: bool = False,
        **kw: Any,
    ) -> None:
        self.table_name = table_name
        self.columns = columns
        self.schema = schema
        self.if_not_exists = if_not_exists
        self.info = kw.pop("info", {})
        self.comment = kw.pop("comment", None)
        self.prefixes = kw.pop("prefixes", None)
        self.kw = kw
        self._namespace_metadata = _namespace_metadata
        self._constraints_included = _constraints_included

    @classmethod
    def from_table(cls, table: Table, *, _namespace_metadata: MetaData | None = None) -> CreateTableOp:
        """Return the operation that creates this table; its indexes are operations of their own."""
        return cls(
            table.name,
            # In the order of their making: ``table.constraints`` is a set, whose order is chance.
            [*table.c, *table._sorted_constraints],  # noqa: SLF001  as SQLAlchemy's own CREATE TABLE reads it
            schema=table.schema,
            _namespace_metadata=table.metadata if _namespace_metadata is None else _namespace_metadata,
            # A table has already turned ``unique=True`` and ``index=True`` of its columns into objects.
            _constraints_included=True,
            **_table_options(table),
        )

    @property
    def namespace_metadata(self) -> MetaData | None:
        """The ``MetaData`` that foreign keys are looked up in when they are rendered."""
        return self._namespace_metadata

    @property
    def constraints_included(self) -> bool:
        """Whether ``columns`` lists what ``unique=True`` and ``index=True`` of a column stand for."""
        return self._constraints_included

    def to_table(self, migration_context: HasNamingConvention | None = None) -> Table:
        """Return the table, with stand-ins for the tables that its foreign keys refer to."""
        return schema_objects.table(
            self.table_name,
            *self.columns,
            schema=self.schema,
            naming_convention=convention_of(migration_context),
            constraints_included=self._constraints_included,
            comment=self.comment,
            info=dict(self.info or {}),
            prefixes=list(self.prefixes or ()),
            **self.kw,
        )

    def reverse(self) -> DropTableOp:
        """Return the drop, which remembers the table."""
        return DropTableOp.from_table(self.to_table(), _namespace_metadata=self._namespace_metadata)

    def to_diff_tuple(self) -> tuple[str, Table]:
        """Return ``("add_table", table)``."""
        return ("add_table", self.to_table())


@dataclass(eq=False)
class DropTableOp(MigrateOperation):
    """Drop a table.

    Attributes:
        table_name: Its name.
        schema: Its schema.
        if_exists: Whether its absence is no error.
        comment: Its comment, kept for the reverse.
        prefixes: Its prefixes, kept for the reverse.
        table_kw: Further options of ``Table``, kept for the reverse.
        drop_types: Types of its columns that PostgreSQL keeps by a name, and that are dropped with it if nothing
            else uses them. Those of a table that the operation was made from need not be listed.
    """

    visit_name: ClassVar[str] = "drop_table"

    table_name: str
    schema: str | None
    if_exists: bool | None
    comment: str | None
    prefixes: Sequence[str] | None
    table_kw: dict[str, Any]
    drop_types: Sequence[TypeEngine[Any]]
    _reverse: CreateTableOp | None = field(repr=False)

    def __init__(
        self,
        table_name: str,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        table_kw: Mapping[str, Any] | None = None,
        drop_types: Sequence[TypeEngine[Any]] = (),
        _reverse: CreateTableOp | None = None,
    ) -> None:
        self.table_name = table_name
        self.schema = schema
        self.if_exists = if_exists
        self.table_kw = dict(table_kw or {})
        self.comment = self.table_kw.pop("comment", None)
        self.info = self.table_kw.pop("info", {})
        self.prefixes = self.table_kw.pop("prefixes", None)
        self.drop_types = drop_types
        self._reverse = _reverse

    @classmethod
    def from_table(cls, table: Table, *, _namespace_metadata: MetaData | None = None) -> DropTableOp:
        """Return the operation that drops this table and knows how to create it again."""
        return cls(
            table.name,
            schema=table.schema,
            table_kw=_table_options(table),
            _reverse=CreateTableOp.from_table(table, _namespace_metadata=_namespace_metadata),
        )

    @property
    def original(self) -> CreateTableOp | None:
        """The operation that made what is dropped, where known."""
        return self._reverse

    def to_table(self, migration_context: HasNamingConvention | None = None) -> Table:
        """Return the table, without columns if only its name is known."""
        return schema_objects.table(
            self.table_name,
            *(self._reverse.columns if self._reverse else ()),
            schema=self.schema,
            naming_convention=convention_of(migration_context),
            constraints_included=self._reverse is not None and self._reverse.constraints_included,
            comment=self.comment,
            info=dict(self.info or {}),
            prefixes=list(self.prefixes or ()),
            **self.table_kw,
        )

    def reverse(self) -> CreateTableOp:
        """Return the operation that creates it again.

        Raises:
            IrreversibleOperationError: Only its name is known.
        """
        if self._reverse is None:
            raise IrreversibleOperationError(self.visit_name, target=self.table_name)
        return CreateTableOp.from_table(self.to_table(), _namespace_metadata=self._reverse.namespace_metadata)

    def to_diff_tuple(self) -> tuple[str, Table]:
        """Return ``("remove_table", table)``."""
        return ("remove_table", self.to_table())


@dataclass(eq=False)
class AlterTableOp(MigrateOperation):
    """What all operations on an existing table have in common.

    Attributes:
        table_name: The table.
        schema: Its schema.
    """

    visit_name: ClassVar[str] = "alter_table"

    table_name: str
    schema: str | None = field(default=None, kw_only=True)


@dataclass(eq=False)
class RenameTableOp(AlterTableOp):
    """Rename a table.

    Attributes:
        table_name: Its name so far.
        new_table_name: Its new name, in the same schema.
    """

    visit_name: ClassVar[str] = "rename_table"

    new_table_name: str

    def __init__(self, old_table_name: str, new_table_name: str, *, schema: str | None = None) -> None:
        super().__init__(old_table_name, schema=schema)
        self.new_table_name = new_table_name

    def reverse(self) -> RenameTableOp:
        """Return the operation that gives it its old name again."""
        return RenameTableOp(self.new_table_name, self.table_name, schema=self.schema)


@dataclass(eq=False)
class CreateTableCommentOp(AlterTableOp):
    """Set the comment of a table.

    Attributes:
        comment: The comment.
        existing_comment: What it replaces, kept for the reverse.
    """

    visit_name: ClassVar[str] = "create_table_comment"

    comment: str | None
    existing_comment: str | None = field(default=None, kw_only=True)

    def to_table(self, migration_context: HasNamingConvention | None = None) -> Table:
        """Return the table, without columns and with the comment."""
        return schema_objects.table(
            self.table_name,
            schema=self.schema,
            naming_convention=convention_of(migration_context),
            comment=self.comment,
        )

    def reverse(self) -> CreateTableCommentOp | DropTableCommentOp:
        """Return the operation that puts the comment before it back."""
        if self.existing_comment is None:
            return DropTableCommentOp(self.table_name, existing_comment=self.comment, schema=self.schema)
        return CreateTableCommentOp(
            self.table_name, self.existing_comment, existing_comment=self.comment, schema=self.schema
        )

    def to_diff_tuple(self) -> tuple[str, Table, str | None]:
        """Return ``("add_table_comment", table, existing_comment)``."""
        return ("add_table_comment", self.to_table(), self.existing_comment)


@dataclass(eq=False)
class DropTableCommentOp(AlterTableOp):
    """Remove the comment of a table.

    Attributes:
        existing_comment: What is removed, kept for the reverse.
    """

    visit_name: ClassVar[str] = "drop_table_comment"

    existing_comment: str | None = field(default=None, kw_only=True)

    def to_table(self, migration_context: HasNamingConvention | None = None) -> Table:
        """Return the table, without columns."""
        return schema_objects.table(
            self.table_name,
            schema=self.schema,
            naming_convention=convention_of(migration_context),
        )

    def reverse(self) -> CreateTableCommentOp:
        """Return the operation that sets the comment again."""
        return CreateTableCommentOp(self.table_name, self.existing_comment, schema=self.schema)

    def to_diff_tuple(self) -> tuple[str, Table]:
        """Return ``("remove_table_comment", table)``."""
        return ("remove_table_comment", self.to_table())


def _table_options(table: Table) -> dict[str, Any]:
    return {
        "comment": table.comment,
        "info": dict(table.info),
        "prefixes": list(table._prefixes),  # noqa: SLF001  given in the constructor, readable nowhere else
        **table.kwargs,
    }
