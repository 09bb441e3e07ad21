"""Directives of views and materialized views."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from async_migrate.operations.abstract import AbstractOperations
from async_migrate.operations.arguments import check_flags
from async_migrate.operations.directive import directive
from async_migrate.operations.object_arguments import check_choice, check_query, check_texts
from async_migrate.operations.views import (
    CheckOption,
    CreateViewOp,
    DropViewOp,
    RefreshMaterializedViewOp,
    ReplaceViewOp,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from async_migrate.operations.definitions import Query

__all__ = ["ViewDirectives"]


class ViewDirectives(AbstractOperations):
    """What ``op`` does with views."""

    @directive
    def create_view(
        self,
        view_name: str,
        definition: Query,
        *,
        schema: str | None = None,
        columns: Sequence[str] | None = None,
        if_not_exists: bool | None = None,
        check_option: CheckOption | None = None,
        security_invoker: bool | None = None,
    ) -> None:
        """Create a view.

        Example::

            op.create_view(
                "active_account",
                \"\"\"
                SELECT id, name
                FROM account
                WHERE active
                \"\"\",
            )

        Args:
            view_name: Its name.
            definition: What it selects, as SQL or as a ``sa.select()``. The indentation that a text in triple quotes
                has in your code is left out.
            schema: Its schema.
            columns: The names of its columns; otherwise they are those of the query.
            if_not_exists: Do nothing if it is there; not on PostgreSQL, where ``replace_view`` serves.
            check_option: Let a row be written through the view only if the view shows it: by its own condition
                (``"LOCAL"``), or also by those of views below it (``"CASCADED"``).
            security_invoker: Read its tables with the rights of who reads the view, not of who owns it
                (PostgreSQL 15, MySQL, Oracle).
        """
        check_query("create_view", "definition", definition)
        check_texts("create_view", columns=columns)
        check_flags("create_view", if_not_exists=if_not_exists, security_invoker=security_invoker)
        check_choice("create_view", "check_option", check_option, choices=get_args(CheckOption))
        self.invoke(
            CreateViewOp(
                view_name,
                definition,
                schema=schema,
                columns=columns,
                if_not_exists=if_not_exists,
                check_option=check_option,
                security_invoker=security_invoker,
            )
        )

    @directive
    def replace_view(
        self,
        view_name: str,
        definition: Query,
        *,
        schema: str | None = None,
        columns: Sequence[str] | None = None,
        check_option: CheckOption | None = None,
        security_invoker: bool | None = None,
        old_definition: Query | None = None,
        recreate: bool = False,
    ) -> None:
        """Give a view another query, or create it.

        Where the database can, it is replaced in place, with its rights and all that depends on it. PostgreSQL can
        as long as the new query has the columns of the old one, and perhaps more behind them; for other columns say
        ``recreate=True``. SQLite never can: there the view is dropped and created, and its triggers are lost.

        Args:
            view_name: Its name.
            definition: What it selects from now on.
            schema: Its schema.
            columns: The names of its columns; otherwise they are those of the query.
            check_option: As for ``create_view``.
            security_invoker: As for ``create_view``.
            old_definition: What it selects now, for the reverse.
            recreate: Drop it and create it, in one transaction where the database has that. What depends on it stands
                in the way; the rights on it are lost.
        """
        check_query("replace_view", "definition", definition)
        check_texts("replace_view", columns=columns)
        check_flags("replace_view", security_invoker=security_invoker, recreate=recreate)
        check_choice("replace_view", "check_option", check_option, choices=get_args(CheckOption))
        self.invoke(
            ReplaceViewOp(
                view_name,
                definition,
                schema=schema,
                columns=columns,
                check_option=check_option,
                security_invoker=security_invoker,
                old_definition=old_definition,
                recreate=recreate,
            )
        )

    @directive
    def drop_view(
        self,
        view_name: str,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        cascade: bool | None = None,
    ) -> None:
        """Drop a view.

        Args:
            view_name: The view.
            schema: Its schema.
            if_exists: Do nothing if it is not there.
            cascade: Drop what depends on it too (PostgreSQL).
        """
        check_flags("drop_view", if_exists=if_exists, cascade=cascade)
        self.invoke(DropViewOp(view_name, schema=schema, if_exists=if_exists, cascade=cascade))

    @directive
    def create_materialized_view(
        self,
        view_name: str,
        definition: Query,
        *,
        schema: str | None = None,
        columns: Sequence[str] | None = None,
        if_not_exists: bool | None = None,
        with_data: bool | None = None,
    ) -> None:
        """Create a materialized view, which keeps its rows (PostgreSQL, Oracle).

        It can have indexes: ``create_index`` takes its name for that of a table.

        Args:
            view_name: Its name.
            definition: What it selects, as for ``create_view``.
            schema: Its schema.
            columns: The names of its columns; otherwise they are those of the query.
            if_not_exists: Do nothing if it is there.
            with_data: ``False`` leaves it empty and unreadable until ``refresh_materialized_view``.
        """
        check_query("create_materialized_view", "definition", definition)
        check_texts("create_materialized_view", columns=columns)
        check_flags("create_materialized_view", if_not_exists=if_not_exists, with_data=with_data)
        self.invoke(
            CreateViewOp(
                view_name,
                definition,
                schema=schema,
                materialized=True,
                columns=columns,
                if_not_exists=if_not_exists,
                with_data=with_data,
            )
        )

    @directive
    def replace_materialized_view(
        self,
        view_name: str,
        definition: Query,
        *,
        schema: str | None = None,
        columns: Sequence[str] | None = None,
        with_data: bool | None = None,
        old_definition: Query | None = None,
    ) -> None:
        """Give a materialized view another query, or create it.

        It is dropped and created: what depends on it stands in the way, and its indexes and the rights on it are
        lost.

        Args:
            view_name: Its name.
            definition: What it selects from now on.
            schema: Its schema.
            columns: The names of its columns; otherwise they are those of the query.
            with_data: ``False`` leaves it empty and unreadable until ``refresh_materialized_view``.
            old_definition: What it selects now, for the reverse.
        """
        check_query("replace_materialized_view", "definition", definition)
        check_texts("replace_materialized_view", columns=columns)
        check_flags("replace_materialized_view", with_data=with_data)
        self.invoke(
            ReplaceViewOp(
                view_name,
                definition,
                schema=schema,
                materialized=True,
                columns=columns,
                with_data=with_data,
                old_definition=old_definition,
            )
        )

    @directive
    def refresh_materialized_view(
        self,
        view_name: str,
        *,
        schema: str | None = None,
        concurrently: bool | None = None,
        with_data: bool | None = None,
    ) -> None:
        """Fill a materialized view anew.

        Args:
            view_name: The view.
            schema: Its schema.
            concurrently: Let it be read meanwhile (PostgreSQL); it must be filled, and have a unique index on columns.
            with_data: ``False`` empties it instead.
        """
        check_flags("refresh_materialized_view", concurrently=concurrently, with_data=with_data)
        self.invoke(
            RefreshMaterializedViewOp(
                view_name, schema=schema, concurrently=concurrently, with_data=with_data
            )
        )

    @directive
    def drop_materialized_view(
        self,
        view_name: str,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        cascade: bool | None = None,
    ) -> None:
        """Drop a materialized view.

        Args:
            view_name: The view.
            schema: Its schema.
            if_exists: Do nothing if it is not there.
            cascade: Drop what depends on it too (PostgreSQL).
        """
        check_flags("drop_materialized_view", if_exists=if_exists, cascade=cascade)
        self.invoke(
            DropViewOp(view_name, schema=schema, materialized=True, if_exists=if_exists, cascade=cascade)
        )
