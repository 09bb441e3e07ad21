"""Directives of PostgreSQL's enum types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from async_migrate.errors import InvalidArgumentError
from async_migrate.operations.abstract import AbstractOperations
from async_migrate.operations.arguments import check_flags
from async_migrate.operations.directive import directive
from async_migrate.operations.enums import (
    AddEnumValueOp,
    CreateEnumOp,
    DropEnumOp,
    DropEnumValueOp,
    RenameEnumOp,
    RenameEnumValueOp,
)
from async_migrate.operations.object_arguments import check_enum_columns, check_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from async_migrate.operations.enums import EnumColumn

__all__ = ["EnumDirectives"]


class EnumDirectives(AbstractOperations):
    """What ``op`` does with enums that are types with a name."""

    @directive
    def create_enum(
        self,
        enum_name: str,
        values: Sequence[str],
        *,
        schema: str | None = None,
        if_not_exists: bool | None = None,
    ) -> None:
        """Create an enum type (PostgreSQL).

        ``create_table`` and ``add_column`` create the enums of their columns themselves. Create one by itself if it
        is to outlive them, and write ``postgresql.ENUM(..., create_type=False)`` for their columns.

        Args:
            enum_name: Its name.
            values: Its values, in the order by which they compare.
            schema: Its schema.
            if_not_exists: Do nothing if it is there, whatever its values.
        """
        check_texts("create_enum", values=values)
        check_flags("create_enum", if_not_exists=if_not_exists)
        self.invoke(CreateEnumOp(enum_name, values, schema=schema, if_not_exists=if_not_exists))

    @directive
    def drop_enum(self, enum_name: str, *, schema: str | None = None, if_exists: bool | None = None) -> None:
        """Drop an enum type (PostgreSQL); columns that use it stand in the way.

        Args:
            enum_name: The enum.
            schema: Its schema.
            if_exists: Do nothing if it is not there.
        """
        check_flags("drop_enum", if_exists=if_exists)
        self.invoke(DropEnumOp(enum_name, schema=schema, if_exists=if_exists))

    @directive
    def rename_enum(self, old_enum_name: str, new_enum_name: str, *, schema: str | None = None) -> None:
        """Rename an enum type within its schema (PostgreSQL).

        Args:
            old_enum_name: Its name so far.
            new_enum_name: Its new name.
            schema: Its schema.
        """
        self.invoke(RenameEnumOp(old_enum_name, new_enum_name, schema=schema))

    @directive
    def add_enum_value(
        self,
        enum_name: str,
        value: str,
        *,
        before: str | None = None,
        after: str | None = None,
        schema: str | None = None,
        if_not_exists: bool | None = None,
        columns: Sequence[EnumColumn] | None = None,
    ) -> None:
        """Add a value to an enum type (PostgreSQL 12); no row is touched.

        PostgreSQL does not let a transaction use a value that it has added itself. So the value is committed at
        once, and with it what the revision has done before; the rest of the revision, which may use the value, runs
        in a transaction of its own. Best give it a revision of its own, and ``if_not_exists=True``, so that the
        revision can run again if what follows fails.

        Example::

            op.add_enum_value("mood", "grumpy", after="sad", if_not_exists=True)

        Args:
            enum_name: The enum.
            value: The value.
            before: The value that it goes before.
            after: The value that it goes after; without either it goes to the end.
            schema: The enum's schema.
            if_not_exists: Do nothing if it is there.
            columns: The columns that use the enum, as for ``drop_enum_value``, for the reverse.
        """
        check_flags("add_enum_value", if_not_exists=if_not_exists)
        check_enum_columns("add_enum_value", columns)
        if before is not None and after is not None:
            raise InvalidArgumentError("add_enum_value", "after", after, accepted="it only without before=")
        self.invoke(
            AddEnumValueOp(
                enum_name,
                value,
                before=before,
                after=after,
                schema=schema,
                if_not_exists=if_not_exists,
                columns=columns,
            )
        )

    @directive
    def rename_enum_value(
        self, enum_name: str, old_value: str, new_value: str, *, schema: str | None = None
    ) -> None:
        """Rename a value of an enum type (PostgreSQL); rows that hold it have the new one.

        Args:
            enum_name: The enum.
            old_value: The value so far.
            new_value: What it shall be.
            schema: The enum's schema.
        """
        self.invoke(RenameEnumValueOp(enum_name, old_value, new_value, schema=schema))

    @directive
    def drop_enum_value(
        self, enum_name: str, value: str, *, columns: Sequence[EnumColumn], schema: str | None = None
    ) -> None:
        """Remove a value from an enum type (PostgreSQL).

        PostgreSQL has no statement for it. The type is made anew without the value, and each column that uses it is
        given the new one, its default kept; arrays of it too. That rewrites the tables, which cannot be read
        meanwhile. Before anything is changed it is made sure that no row holds the value and that no column that
        uses the enum was forgotten. What compares the columns with values of the enum (CHECKs, partial indexes,
        views) must be dropped before. The rights and the comment of the type are lost.

        Example::

            op.execute("UPDATE account SET mood = 'sad' WHERE mood = 'grumpy'")
            op.drop_enum_value("mood", "grumpy", columns=[("account", "mood")])

        Args:
            enum_name: The enum.
            value: The value.
            columns: The columns that use the enum, all of them: ``(table, column)``, or ``(table, column, schema)``
                where the table is in another schema than the enum.
            schema: The enum's schema.
        """
        check_enum_columns("drop_enum_value", columns)
        self.invoke(DropEnumValueOp(enum_name, value, columns=columns, schema=schema))
