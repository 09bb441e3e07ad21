"""Views and materialized views: created, replaced, dropped, refreshed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

from async_migrate.errors import IrreversibleOperationError
from async_migrate.operations.base import MigrateOperation
from async_migrate.operations.definitions import dedented

if TYPE_CHECKING:
    from collections.abc import Sequence

    from async_migrate.operations.definitions import Query

__all__ = [
    "CheckOption",
    "CreateViewOp",
    "DropViewOp",
    "RefreshMaterializedViewOp",
    "ReplaceViewOp",
    "ViewOp",
]

CheckOption: TypeAlias = Literal["LOCAL", "CASCADED"]
"""Which conditions a row written through a view must meet: those of the view itself, or of views below it too."""


@dataclass(eq=False)
class ViewOp(MigrateOperation):
    """What the operations that say what a view is have in common.

    Attributes:
        view_name: Its name.
        definition: What it selects, as SQL or as a ``select()``.
        schema: Its schema.
        materialized: Whether it keeps its rows.
        columns: The names of its columns; ``None`` takes those of the query.
        with_data: Whether a materialized view is filled at once; ``None`` leaves it to the database, which does.
        check_option: Which conditions a row written through it must meet.
        security_invoker: Whether its tables are read with the rights of who reads the view, not of its owner.
    """

    view_name: str
    definition: Query
    schema: str | None = field(default=None, kw_only=True)
    materialized: bool = field(default=False, kw_only=True)
    columns: Sequence[str] | None = field(default=None, kw_only=True)
    with_data: bool | None = field(default=None, kw_only=True)
    check_option: CheckOption | None = field(default=None, kw_only=True)
    security_invoker: bool | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        if isinstance(self.definition, str):
            self.definition = dedented(self.definition)

    @property
    def kind(self) -> Literal["view", "materialized_view"]:
        """What it is about, as diff tuples say it."""
        return "materialized_view" if self.materialized else "view"


@dataclass(eq=False)
class CreateViewOp(ViewOp):
    """Create a view.

    Attributes:
        if_not_exists: Whether its presence is no error.
    """

    visit_name: ClassVar[str] = "create_view"

    if_not_exists: bool | None = field(default=None, kw_only=True)

    def reverse(self) -> DropViewOp:
        """Return the drop, which remembers the view."""
        return replace(DropViewOp.from_create(self), if_exists=self.if_not_exists)

    def to_diff_tuple(self) -> tuple[str, str | None, str, Query]:
        """Return ``("add_view", schema, name, definition)``, or ``"add_materialized_view"``."""
        return (f"add_{self.kind}", self.schema, self.view_name, self.definition)


@dataclass(eq=False)
class ReplaceViewOp(ViewOp):
    """Give a view another query; everything else about it is as before.

    Attributes:
        old_definition: The query it replaces, kept for the reverse.
        recreate: Whether the view is dropped and created, also where it could be replaced in place.
    """

    visit_name: ClassVar[str] = "replace_view"

    old_definition: Query | None = field(default=None, kw_only=True)
    recreate: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if isinstance(self.old_definition, str):
            self.old_definition = dedented(self.old_definition)

    def reverse(self) -> ReplaceViewOp:
        """Return the operation that gives it its old query again.

        Raises:
            IrreversibleOperationError: That is not known.
        """
        if self.old_definition is None:
            raise IrreversibleOperationError(
                self.visit_name, target=self.view_name, remedy="pass old_definition=, which keeps it"
            )
        return replace(self, definition=self.old_definition, old_definition=self.definition)

    def to_diff_tuple(self) -> tuple[str, str | None, str, Query | None, Query]:
        """Return ``("modify_view", schema, name, old_definition, definition)``, or ``"modify_materialized_view"``."""
        return (f"modify_{self.kind}", self.schema, self.view_name, self.old_definition, self.definition)


@dataclass(eq=False)
class DropViewOp(MigrateOperation):
    """Drop a view.

    Attributes:
        view_name: Its name.
        schema: Its schema.
        materialized: Whether it keeps its rows.
        if_exists: Whether its absence is no error.
        cascade: Whether what depends on it is dropped too.
    """

    visit_name: ClassVar[str] = "drop_view"

    view_name: str
    schema: str | None = field(default=None, kw_only=True)
    materialized: bool = field(default=False, kw_only=True)
    if_exists: bool | None = field(default=None, kw_only=True)
    cascade: bool | None = field(default=None, kw_only=True)
    _reverse: CreateViewOp | None = field(default=None, kw_only=True, repr=False)

    @classmethod
    def from_create(cls, create: CreateViewOp) -> DropViewOp:
        """Return the operation that drops what another one creates, and knows how to create it again."""
        return cls(create.view_name, schema=create.schema, materialized=create.materialized, _reverse=create)

    @property
    def original(self) -> CreateViewOp | None:
        """The operation that made what is dropped, where known."""
        return self._reverse

    def reverse(self) -> CreateViewOp:
        """Return the operation that creates it again.

        Raises:
            IrreversibleOperationError: Only its name is known.
        """
        if self._reverse is None:
            raise IrreversibleOperationError(
                self.visit_name,
                target=self.view_name,
                remedy="make the operation with DropViewOp.from_create(), which keeps it",
            )
        return replace(
            self._reverse, view_name=self.view_name, schema=self.schema, materialized=self.materialized
        )

    def to_diff_tuple(self) -> tuple[str, str | None, str, Query | None]:
        """Return ``("remove_view", schema, name, definition)``, or ``"remove_materialized_view"``."""
        kind = "materialized_view" if self.materialized else "view"
        definition = None if self._reverse is None else self._reverse.definition
        return (f"remove_{kind}", self.schema, self.view_name, definition)


@dataclass(eq=False)
class RefreshMaterializedViewOp(MigrateOperation):
    """Fill a materialized view anew.

    Attributes:
        view_name: Its name.
        schema: Its schema.
        concurrently: Whether it can be read meanwhile.
        with_data: ``False`` empties it.
    """

    visit_name: ClassVar[str] = "refresh_materialized_view"

    view_name: str
    schema: str | None = field(default=None, kw_only=True)
    concurrently: bool | None = field(default=None, kw_only=True)
    with_data: bool | None = field(default=None, kw_only=True)

    def reverse(self) -> RefreshMaterializedViewOp:
        """Return the same: on the way back the view is filled from what its tables hold then."""
        return replace(self)
