"""Extensions of PostgreSQL: created, and dropped."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar

from async_migrate.errors import IrreversibleOperationError
from async_migrate.operations.base import MigrateOperation

__all__ = ["CreateExtensionOp", "DropExtensionOp"]


@dataclass(eq=False)
class CreateExtensionOp(MigrateOperation):
    """Install an extension in the database.

    Attributes:
        extension_name: Its name.
        schema: Where its objects go.
        version: Which version; ``None`` for its default one.
        cascade: Whether the extensions that it needs are installed too.
        if_not_exists: Whether its presence is no error.
    """

    visit_name: ClassVar[str] = "create_extension"

    extension_name: str
    schema: str | None = field(default=None, kw_only=True)
    version: str | None = field(default=None, kw_only=True)
    cascade: bool | None = field(default=None, kw_only=True)
    if_not_exists: bool | None = field(default=None, kw_only=True)

    def reverse(self) -> DropExtensionOp:
        """Return the drop, which remembers the extension."""
        return replace(DropExtensionOp.from_create(self), if_exists=self.if_not_exists)

    def to_diff_tuple(self) -> tuple[str, str | None, str]:
        """Return ``("add_extension", schema, name)``."""
        return ("add_extension", self.schema, self.extension_name)


@dataclass(eq=False)
class DropExtensionOp(MigrateOperation):
    """Remove an extension from the database.

    Attributes:
        extension_name: Its name.
        if_exists: Whether its absence is no error.
        cascade: Whether what depends on it is dropped too.
    """

    visit_name: ClassVar[str] = "drop_extension"

    extension_name: str
    if_exists: bool | None = field(default=None, kw_only=True)
    cascade: bool | None = field(default=None, kw_only=True)
    _reverse: CreateExtensionOp | None = field(default=None, kw_only=True, repr=False)

    @classmethod
    def from_create(cls, create: CreateExtensionOp) -> DropExtensionOp:
        """Return the operation that drops what another one creates, and knows how to create it again."""
        return cls(create.extension_name, _reverse=create)

    @property
    def original(self) -> CreateExtensionOp | None:
        """The operation that made what is dropped, where known."""
        return self._reverse

    def reverse(self) -> CreateExtensionOp:
        """Return the operation that installs it again.

        Raises:
            IrreversibleOperationError: Only its name is known, not its schema and version.
        """
        if self._reverse is None:
            raise IrreversibleOperationError(
                self.visit_name,
                target=self.extension_name,
                remedy="make the operation with DropExtensionOp.from_create(), which keeps it",
            )
        return replace(self._reverse, extension_name=self.extension_name)

    def to_diff_tuple(self) -> tuple[str, str | None, str]:
        """Return ``("remove_extension", schema, name)``."""
        schema = None if self._reverse is None else self._reverse.schema
        return ("remove_extension", schema, self.extension_name)
