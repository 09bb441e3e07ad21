"""The ``batch_op`` object: the directives of one table, collected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, PrimaryKeyConstraint, UniqueConstraint

from async_migrate.operations.abstract import AbstractOperations
from async_migrate.operations.arguments import (
    DROP_COLUMN_OPTIONS,
    EXCLUDE_OPTIONS,
    check_alteration,
    check_column,
    check_column_names,
    check_constraint_type,
    check_flags,
    check_option_names,
    check_options,
)
from async_migrate.operations.columns import AddColumnOp, AlterColumnOp, DropColumnOp
from async_migrate.operations.constraints import (
    CreateCheckConstraintOp,
    CreateExcludeConstraintOp,
    CreateForeignKeyOp,
    CreatePrimaryKeyOp,
    CreateUniqueConstraintOp,
    DropConstraintOp,
)
from async_migrate.operations.data import ExecuteSQLOp
from async_migrate.operations.directive import directive
from async_migrate.operations.indexes import CreateIndexOp, DropIndexOp
from async_migrate.operations.tables import CreateTableCommentOp, DropTableCommentOp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Column, ColumnElement, Executable, TextClause

    from async_migrate.operations.base import ColumnType, MigrateOperation, ServerDefault
    from async_migrate.operations.containers import BatchAlterTable
    from async_migrate.operations.context import MigrationContext

__all__ = ["BatchOperations"]


class BatchOperations(AbstractOperations):
    """Collects changes of one table; ``batch_alter_table`` makes it and carries them out.

    Args:
        migration_context: The migration that runs.
        impl: Where the changes are collected.

    Attributes:
        impl: What is collected so far, with ``table_name`` and ``schema``. It has this name because that is
            where batch directives written for Alembic look for the table.
    """

    label: ClassVar[str] = "batch_op"

    def __init__(self, migration_context: MigrationContext, impl: BatchAlterTable) -> None:
        super().__init__(migration_context)
        self.impl = impl

    @directive
    def invoke(self, operation: MigrateOperation) -> None:
        """Put an operation behind those collected so far.

        Args:
            operation: An operation on the table of the block.
        """
        self.impl.operations.append(operation)

    # --- columns -----------------------------------------------------------------------------------------

    @directive
    def add_column(
        self,
        column: Column[Any],
        *,
        insert_before: str | None = None,
        insert_after: str | None = None,
        if_not_exists: bool | None = None,
        inline_references: bool | None = None,
        inline_primary_key: bool | None = None,
    ) -> None:
        """Add a column.

        Args:
            column: The column.
            insert_before: The column it shall stand before; needs a new table.
            insert_after: The column it shall stand after; needs a new table.
            if_not_exists: Do nothing if it is there.
            inline_references: Make its one foreign key part of the column's definition.
            inline_primary_key: Make PRIMARY KEY part of it.
        """
        check_column("add_column", column)
        check_flags(
            "add_column",
            if_not_exists=if_not_exists,
            inline_references=inline_references,
            inline_primary_key=inline_primary_key,
        )
        placement = {"insert_before": insert_before, "insert_after": insert_after}
        self.invoke(
            AddColumnOp(
                self.impl.table_name,
                column,
                schema=self.impl.schema,
                if_not_exists=if_not_exists,
                inline_references=inline_references,
                inline_primary_key=inline_primary_key,
                **{name: value for name, value in placement.items() if value},
            )
        )

    @directive
    def drop_column(self, column_name: str, **kw: Any) -> None:
        """Drop a column.

        Args:
            column_name: The column.
            **kw: As for ``op.drop_column``; also ``existing_type``, whose CHECK goes with the column.
        """
        check_option_names(self.drop_column, kw, accepted=DROP_COLUMN_OPTIONS)
        self.invoke(DropColumnOp(self.impl.table_name, column_name, schema=self.impl.schema, **kw))

    @directive
    def alter_column(
        self,
        column_name: str,
        *,
        nullable: bool | None = None,
        comment: str | Literal[False] | None = False,
        server_default: ServerDefault = False,
        new_column_name: str | None = None,
        type_: ColumnType | None = None,
        existing_type: ColumnType | None = None,
        existing_server_default: ServerDefault = False,
        existing_nullable: bool | None = None,
        existing_comment: str | None = None,
        insert_before: str | None = None,
        insert_after: str | None = None,
        **kw: Any,
    ) -> None:
        """Change a column: its name, type, nullability, server default, comment or place.

        Args:
            column_name: The column.
            nullable: Whether it shall be nullable.
            comment: Its new comment; ``None`` removes it.
            server_default: Its new server default; ``None`` removes it.
            new_column_name: Its new name.
            type_: Its new type.
            existing_type: Its type now; a CHECK that came with it goes.
            existing_server_default: Its server default now.
            existing_nullable: Whether it is nullable now.
            existing_comment: Its comment now.
            insert_before: The column it shall stand before; needs a new table.
            insert_after: The column it shall stand after; needs a new table.
            **kw: As for ``op.alter_column``.
        """
        check_alteration(self.alter_column, locals())
        self.invoke(
            AlterColumnOp(
                self.impl.table_name,
                column_name,
                schema=self.impl.schema,
                existing_type=existing_type,
                existing_server_default=existing_server_default,
                existing_nullable=existing_nullable,
                existing_comment=existing_comment,
                modify_nullable=nullable,
                modify_comment=comment,
                modify_server_default=server_default,
                modify_name=new_column_name,
                modify_type=type_,
                insert_before=insert_before,
                insert_after=insert_after,
                **kw,
            )
        )

    # --- indexes -----------------------------------------------------------------------------------------

    @directive
    def create_index(
        self, index_name: str, columns: Sequence[str | TextClause | ColumnElement[Any]], **kw: Any
    ) -> None:
        """Create an index.

        Args:
            index_name: Its name.
            columns: Names of columns, ``text()`` and other expressions.
            **kw: ``unique``, ``if_not_exists`` and what ``op.create_index`` takes besides.
        """
        check_column_names("create_index", columns=columns)
        options = {name: value for name, value in kw.items() if name != "if_not_exists"}
        check_options(self.create_index, Index, options, dialect=self.migration_context.dialect)
        self.invoke(CreateIndexOp(index_name, self.impl.table_name, columns, schema=self.impl.schema, **kw))

    @directive
    def drop_index(self, index_name: str, **kw: Any) -> None:
        """Drop an index.

        Args:
            index_name: The index.
            **kw: ``if_exists`` and options of the dialect.
        """
        options = {name: value for name, value in kw.items() if name != "if_exists"}
        check_options(self.drop_index, Index, options, dialect=self.migration_context.dialect)
        self.invoke(DropIndexOp(index_name, self.impl.table_name, schema=self.impl.schema, **kw))

    # --- constraints -------------------------------------------------------------------------------------

    @directive
    def create_primary_key(self, constraint_name: str | None, columns: list[str], **kw: Any) -> None:
        """Add a primary key.

        Args:
            constraint_name: Its name.
            columns: The columns.
            **kw: As for ``op.create_primary_key``.
        """
        check_column_names("create_primary_key", columns=columns)
        check_options(
            self.create_primary_key, PrimaryKeyConstraint, kw, dialect=self.migration_context.dialect
        )
        self.invoke(
            CreatePrimaryKeyOp(constraint_name, self.impl.table_name, columns, schema=self.impl.schema, **kw)
        )

    @directive
    def create_unique_constraint(self, constraint_name: str, columns: Sequence[str], **kw: Any) -> None:
        """Add a unique constraint.

        Args:
            constraint_name: Its name.
            columns: The columns.
            **kw: ``deferrable``, ``initially``, ``info`` and options of the dialect.
        """
        check_column_names("create_unique_constraint", columns=columns)
        check_options(
            self.create_unique_constraint, UniqueConstraint, kw, dialect=self.migration_context.dialect
        )
        self.invoke(
            CreateUniqueConstraintOp(
                constraint_name, self.impl.table_name, columns, schema=self.impl.schema, **kw
            )
        )

    @directive
    def create_foreign_key(
        self,
        constraint_name: str | None,
        referent_table: str,
        local_cols: list[str],
        remote_cols: list[str],
        *,
        referent_schema: str | None = None,
        onupdate: str | None = None,
        ondelete: str | None = None,
        deferrable: bool | None = None,
        initially: str | None = None,
        match: str | None = None,
        **dialect_kw: Any,
    ) -> None:
        """Add a foreign key from the table of the block.

        Args:
            constraint_name: Its name.
            referent_table: The table it refers to.
            local_cols: The columns that refer.
            remote_cols: The columns they refer to, pair by pair.
            referent_schema: The schema of the table it refers to.
            onupdate: What an update of a referred row does.
            ondelete: What its deletion does.
            deferrable: Whether the check may wait until the end of the transaction.
            initially: Whether it does: ``DEFERRED`` or ``IMMEDIATE``.
            match: How rows with nulls match.
            **dialect_kw: Options of the dialect.
        """
        check_column_names("create_foreign_key", local_cols=local_cols, remote_cols=remote_cols)
        check_options(
            self.create_foreign_key, ForeignKeyConstraint, dialect_kw, dialect=self.migration_context.dialect
        )
        self.invoke(
            CreateForeignKeyOp(
                constraint_name,
                self.impl.table_name,
                referent_table,
                local_cols,
                remote_cols,
                onupdate=onupdate,
                ondelete=ondelete,
                deferrable=deferrable,
                initially=initially,
                match=match,
                source_schema=self.impl.schema,
                referent_schema=referent_schema,
                **dialect_kw,
            )
        )

    @directive
    def create_check_constraint(
        self, constraint_name: str, condition: str | ColumnElement[bool] | TextClause, **kw: Any
    ) -> None:
        """Add a CHECK.

        Args:
            constraint_name: Its name.
            condition: What must hold, as SQL or as an expression.
            **kw: ``deferrable``, ``initially``, ``info`` and options of the dialect.
        """
        check_options(
            self.create_check_constraint, CheckConstraint, kw, dialect=self.migration_context.dialect
        )
        self.invoke(
            CreateCheckConstraintOp(
                constraint_name, self.impl.table_name, condition, schema=self.impl.schema, **kw
            )
        )

    @directive
    def create_exclude_constraint(self, constraint_name: str, *elements: Any, **kw: Any) -> None:
        """Add a PostgreSQL EXCLUDE constraint.

        Args:
            constraint_name: Its name.
            *elements: Pairs of a column (or an expression) and the operator by which no two rows may agree.
            **kw: ``where``, ``using``, ``ops``, ``deferrable``, ``initially``.
        """
        accepted = [name for name in EXCLUDE_OPTIONS if name != "schema"]
        check_option_names(self.create_exclude_constraint, kw, accepted=accepted)
        self.invoke(
            CreateExcludeConstraintOp(
                constraint_name, self.impl.table_name, elements, schema=self.impl.schema, **kw
            )
        )

    @directive
    def drop_constraint(
        self, constraint_name: str, type_: str | None = None, *, if_exists: bool | None = None
    ) -> None:
        """Drop a constraint.

        Args:
            constraint_name: The constraint.
            type_: ``foreignkey``, ``primary``, ``unique`` or ``check``; MySQL needs it.
            if_exists: Do nothing if it is not there.
        """
        check_constraint_type("drop_constraint", type_)
        check_flags("drop_constraint", if_exists=if_exists)
        self.invoke(
            DropConstraintOp(
                constraint_name, self.impl.table_name, type_, schema=self.impl.schema, if_exists=if_exists
            )
        )

    # --- the table itself, and SQL -----------------------------------------------------------------------

    @directive
    def create_table_comment(self, comment: str | None, *, existing_comment: str | None = None) -> None:
        """Set the comment of the table.

        Args:
            comment: The comment.
            existing_comment: What it replaces, for the reverse.
        """
        self.invoke(
            CreateTableCommentOp(
                self.impl.table_name, comment, existing_comment=existing_comment, schema=self.impl.schema
            )
        )

    @directive
    def drop_table_comment(self, *, existing_comment: str | None = None) -> None:
        """Remove the comment of the table.

        Args:
            existing_comment: What is removed, for the reverse.
        """
        self.invoke(
            DropTableCommentOp(
                self.impl.table_name, existing_comment=existing_comment, schema=self.impl.schema
            )
        )

    @directive
    def execute(self, sqltext: Executable | str, *, execution_options: dict[str, Any] | None = None) -> None:
        """Execute SQL of your own in its place among the other directives of the block.

        Args:
            sqltext: SQL, or a construct that compiles to it.
            execution_options: Options of the connection for this statement; no effect offline.
        """
        self.invoke(ExecuteSQLOp(sqltext, execution_options=execution_options))
