"""Indexes: created, and dropped."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from async_migrate.errors import IrreversibleOperationError
from async_migrate.operations import schema_objects
from async_migrate.operations.base import MigrateOperation, convention_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Index, TextClause

    from async_migrate.operations.base import HasNamingConvention

__all__ = ["CreateIndexOp", "DropIndexOp"]


@dataclass(eq=False)
class CreateIndexOp(MigrateOperation):
    """Create an index.

    Attributes:
        index_name: Its name; ``None`` leaves it to the naming convention.
        table_name: Its table.
        columns: Column names, ``text()`` and expressions, in order.
        schema: The table's schema.
        unique: Whether no two rows may agree.
        if_not_exists: Whether its presence is no error.
        kw: ``quote``, ``info`` and options of the dialect, such as ``postgresql_where``.
    """

    visit_name: ClassVar[str] = "create_index"

    index_name: str | None
    table_name: str
    columns: Sequence[str | TextClause | ColumnElement[Any]]
    schema: str | None
    unique: bool
    if_not_exists: bool | None
    kw: dict[str, Any]

    def __init__(
        self,
        index_name: str | None,
        table_name: str,
        columns: Sequence[str | TextClause | ColumnElement[Any]],
        *,
        schema: str | None = None,
        unique: bool = False,
        if_not_exists: bool | None = None,
        **kw: Any,
    ) -> None:
        self.index_name = index_name
        self.table_name = table_name
        self.columns = columns
        self.schema = schema
        self.unique = unique
        self.if_not_exists = if_not_exists
        self.kw = kw

    @classmethod
    def from_index(cls, index: Index) -> CreateIndexOp:
        """Return the operation that creates this index."""
        owner = schema_objects.index_table(index)
        return cls(
            index.name,
            owner.name,
            list(index.expressions),
            schema=owner.schema,
            unique=index.unique,
            **schema_objects.options_by_name(index.kwargs, owner),
        )

    def to_index(self, migration_context: HasNamingConvention | None = None) -> Index:
        """Return the index, on a table made of nothing but names."""
        return schema_objects.index(
            self.index_name,
            self.table_name,
            self.columns,
            schema=self.schema,
            naming_convention=convention_of(migration_context),
            unique=self.unique,
            **self.kw,
        )

    def reverse(self) -> DropIndexOp:
        """Return the drop, which remembers the index."""
        return DropIndexOp.from_index(self.to_index())

    def to_diff_tuple(self) -> tuple[str, Index]:
        """Return ``("add_index", index)``."""
        return ("add_index", self.to_index())


@dataclass(eq=False)
class DropIndexOp(MigrateOperation):
    """Drop an index.

    Attributes:
        index_name: Its name.
        table_name: Its table, which MySQL and SQL Server need.
        schema: The table's schema.
        if_exists: Whether its absence is no error.
        kw: Options of the dialect, such as ``postgresql_concurrently``; ``unique`` if made from an index.
    """

    visit_name: ClassVar[str] = "drop_index"

    index_name: str | None
    table_name: str | None
    schema: str | None
    if_exists: bool | None
    kw: dict[str, Any]
    _reverse: CreateIndexOp | None = field(repr=False)

    def __init__(
        self,
        index_name: str | None,
        table_name: str | None = None,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        _reverse: CreateIndexOp | None = None,
        **kw: Any,
    ) -> None:
        self.index_name = index_name
        self.table_name = table_name
        self.schema = schema
        self.if_exists = if_exists
        self._reverse = _reverse
        self.kw = kw

    @classmethod
    def from_index(cls, index: Index) -> DropIndexOp:
        """Return the operation that drops this index and knows how to create it again."""
        owner = schema_objects.index_table(index)
        return cls(
            index.name,
            owner.name,
            schema=owner.schema,
            _reverse=CreateIndexOp.from_index(index),
            unique=index.unique,
            **schema_objects.options_by_name(index.kwargs, owner),
        )

    @property
    def original(self) -> CreateIndexOp | None:
        """The operation that made what is dropped, where known."""
        return self._reverse

    def to_index(self, migration_context: HasNamingConvention | None = None) -> Index:
        """Return the index; if only its name is known, over a column that stands for the unknown ones."""
        return schema_objects.index(
            self.index_name,
            self.table_name,
            self._reverse.columns if self._reverse else ["x"],
            schema=self.schema,
            naming_convention=convention_of(migration_context),
            **self.kw,
        )

    def reverse(self) -> CreateIndexOp:
        """Return the operation that creates it again.

        Raises:
            IrreversibleOperationError: Only its name is known.
        """
        if self._reverse is None:
            raise IrreversibleOperationError(self.visit_name, target=self.index_name)
        return CreateIndexOp.from_index(self.to_index())

    def to_diff_tuple(self) -> tuple[str, Index]:
        """Return ``("remove_index", index)``."""
        return ("remove_index", self.to_index())
