"""Directives of PostgreSQL's extensions."""

from __future__ import annotations

from async_migrate.operations.abstract import AbstractOperations
from async_migrate.operations.arguments import check_flags
from async_migrate.operations.directive import directive
from async_migrate.operations.extensions import CreateExtensionOp, DropExtensionOp

__all__ = ["ExtensionDirectives"]


class ExtensionDirectives(AbstractOperations):
    """What ``op`` does with extensions."""

    @directive
    def create_extension(
        self,
        extension_name: str,
        *,
        schema: str | None = None,
        version: str | None = None,
        cascade: bool | None = None,
        if_not_exists: bool | None = None,
    ) -> None:
        """Install an extension in the database (PostgreSQL).

        Example::

            op.create_extension("pg_trgm", if_not_exists=True)

        Args:
            extension_name: Its name.
            schema: Where its objects go, if it lets one choose.
            version: Which version; otherwise its default one.
            cascade: Install the extensions that it needs too.
            if_not_exists: Do nothing if it is there.
        """
        check_flags("create_extension", cascade=cascade, if_not_exists=if_not_exists)
        self.invoke(
            CreateExtensionOp(
                extension_name, schema=schema, version=version, cascade=cascade, if_not_exists=if_not_exists
            )
        )

    @directive
    def drop_extension(
        self, extension_name: str, *, if_exists: bool | None = None, cascade: bool | None = None
    ) -> None:
        """Remove an extension from the database (PostgreSQL).

        Args:
            extension_name: The extension.
            if_exists: Do nothing if it is not there.
            cascade: Drop what depends on it too, such as columns of its types.
        """
        check_flags("drop_extension", if_exists=if_exists, cascade=cascade)
        self.invoke(DropExtensionOp(extension_name, if_exists=if_exists, cascade=cascade))
