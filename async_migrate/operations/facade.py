"""The ``op`` object: every directive a migration can use.

Each directive builds an operation and invokes it. Names, parameters and defaults are Alembic's, so that
existing migrations run as they are.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any, ClassVar, Literal, overload

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)
from sqlalchemy.util import immutabledict

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
    check_recreate,
    check_reordering,
    check_rows,
    check_schema_items,
    check_types,
)
from async_migrate.operations.base import MigrateOperation, OpContainer
from async_migrate.operations.batch import BatchOperations
from async_migrate.operations.columns import AddColumnOp, AlterColumnOp, DropColumnOp
from async_migrate.operations.constraints import (
    AddConstraintOp,
    CreateCheckConstraintOp,
    CreateExcludeConstraintOp,
    CreateForeignKeyOp,
    CreatePrimaryKeyOp,
    CreateUniqueConstraintOp,
    DropConstraintOp,
)
from async_migrate.operations.containers import BatchAlterTable, ModifyTableOps
from async_migrate.operations.data import BulkInsertOp, ExecuteSQLOp
from async_migrate.operations.directive import directive
from async_migrate.operations.existing_table import table_to_rebuild
from async_migrate.operations.indexes import CreateIndexOp, DropIndexOp
from async_migrate.operations.object_directives import ObjectDirectives
from async_migrate.operations.tables import (
    CreateTableCommentOp,
    CreateTableOp,
    DropTableCommentOp,
    DropTableOp,
    RenameTableOp,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Column, ColumnElement, Executable, TableClause, TextClause
    from sqlalchemy.schema import SchemaItem
    from sqlalchemy.types import TypeEngine

    from async_migrate.operations.base import ColumnType, ServerDefault
    from async_migrate.operations.containers import Recreate

__all__ = ["Operations"]

_NOTHING: Mapping[str, Any] = immutabledict()


class Operations(ObjectDirectives):
    """Carries out operations in one migration.

    Args:
        migration_context: The migration.
    """

    label: ClassVar[str] = "op"

    # --- carrying out ------------------------------------------------------------------------------------

    @overload
    def invoke(self, operation: CreateTableOp) -> Table: ...
    @overload
    def invoke(self, operation: MigrateOperation) -> Any: ...

    @directive
    def invoke(self, operation: MigrateOperation) -> Any:
        """Carry out an operation.

        Args:
            operation: Any operation, also one that holds others, such as ``UpgradeOps``.

        Returns:
            The table for a ``CreateTableOp``; else ``None``, or what a custom implementation returns.
        """
        custom = self.custom_implementation(operation)
        return self.perform(operation) if custom is None else custom(self, operation)

    def perform(self, operation: MigrateOperation) -> Table | None:
        """Carry out an operation as if nothing had been registered for it.

        A custom implementation calls it to do what it wraps.
        """
        match operation:
            case BatchAlterTable():
                self._perform_batch(operation)
            case ModifyTableOps():
                self._perform_batch(
                    BatchAlterTable(
                        operation.table_name,
                        operation.schema,
                        naming_convention=operation.naming_convention,
                        operations=list(operation.ops),
                    )
                )
            case OpContainer():
                for part in operation.ops:
                    self.invoke(part)
            case AddColumnOp() | AlterColumnOp() | DropColumnOp():
                self._perform_alter(operation)
            case AddConstraintOp() | DropConstraintOp() | DropIndexOp():
                self._perform_alter(operation)
            case _:
                self._perform_plainly(operation)
        if isinstance(operation, CreateTableOp):
            return operation.to_table(self.migration_context)
        return None

    def _perform_plainly(self, *operations: MigrateOperation) -> None:
        """Carry out operations as they are, all of them worked out before the first one begins."""
        ddl = self.migration_context.ddl
        actions = [action for operation in operations for action in ddl.actions(operation)]
        for action in actions:
            self.migration_context.executor.perform(action)

    def _perform_alter(self, operation: MigrateOperation) -> None:
        """Alter a table; where the database cannot, and there is one to look at, make the table anew."""
        table_name = getattr(operation, "table_name", None)
        if self.migration_context.as_sql or table_name is None:
            self._perform_plainly(operation)
            return
        alone = BatchAlterTable(table_name, getattr(operation, "schema", None), operations=[operation])
        if self._looks_at_table(alone):
            self._rebuild(alone)
        else:
            self._perform_plainly(operation)

    def _perform_batch(self, batch: BatchAlterTable) -> None:
        """Alter or rebuild a table; what has a custom implementation runs in its place between the rest."""
        runs = groupby(batch.operations, key=lambda operation: self.custom_implementation(operation) is None)
        if not batch.operations and self._looks_at_table(batch):
            self._rebuild(batch)
        for is_plain, run in runs:
            part = replace(batch, operations=list(run))
            if is_plain and self._looks_at_table(part):
                self._rebuild(part)
            elif is_plain:
                check_reordering(part.partial_reordering)
                self._perform_plainly(*part.operations)
            else:
                for operation in part.operations:
                    self.invoke(operation)

    def _looks_at_table(self, batch: BatchAlterTable) -> bool:
        """Return whether the definition of the table comes first: it is needed, or of use and to be had."""
        ddl = self.migration_context.ddl
        to_be_had = batch.copy_from is not None or not self.migration_context.as_sql
        return ddl.needs_rebuild(batch) or (to_be_had and ddl.uses_definition(batch))

    def _rebuild(self, batch: BatchAlterTable) -> None:
        table = table_to_rebuild(batch, self.migration_context.executor)
        for action in self.migration_context.ddl.rebuild(batch, table):
            self.migration_context.executor.perform(action)

    # --- tables ------------------------------------------------------------------------------------------

    @directive
    def create_table(
        self, table_name: str, *columns: SchemaItem, if_not_exists: bool | None = None, **kw: Any
    ) -> Table:
        """Create a table, then its indexes and comments.

        Named types of PostgreSQL that its columns use are created with it.

        Example::

            op.create_table(
                "account",
                sa.Column("id", sa.Integer, primary_key=True),
                sa.Column("name", sa.String(50), nullable=False),
                comment="who may log in",
            )

        Args:
            table_name: Its name.
            *columns: Its columns, constraints and indexes.
            if_not_exists: Do nothing if it is there.
            **kw: ``schema``, ``comment``, ``prefixes``, ``info`` and options of the dialect.

        Returns:
            The table, to be used in ``bulk_insert`` or a query.
        """
        check_schema_items("create_table", columns)
        check_flags("create_table", if_not_exists=if_not_exists)
        check_options(self.create_table, Table, kw, dialect=self.migration_context.dialect)
        operation = CreateTableOp(table_name, columns, if_not_exists=if_not_exists, **kw)
        return self.invoke(operation)

    @directive
    def drop_table(
        self,
        table_name: str,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        postgresql_drop_types: Sequence[TypeEngine[Any]] | None = None,
        **kw: Any,
    ) -> None:
        """Drop a table.

        Args:
            table_name: The table.
            schema: Its schema.
            if_exists: Do nothing if it is not there.
            postgresql_drop_types: Enums and domains of its columns, such as ``[sa.Enum(name="mood")]``, that are
                dropped with it, unless something else uses them. ``create_table`` has created them with it.
            **kw: What ``Table`` takes, for listeners of the drop.
        """
        check_flags("drop_table", if_exists=if_exists)
        check_types("drop_table", postgresql_drop_types=postgresql_drop_types)
        check_options(self.drop_table, Table, kw, dialect=self.migration_context.dialect)
        self.invoke(
            DropTableOp(
                table_name,
                schema=schema,
                if_exists=if_exists,
                table_kw=kw,
                drop_types=postgresql_drop_types or (),
            )
        )

    @directive
    def rename_table(self, old_table_name: str, new_table_name: str, *, schema: str | None = None) -> None:
        """Rename a table within its schema.

        Args:
            old_table_name: Its name so far.
            new_table_name: Its new name.
            schema: Its schema.
        """
        self.invoke(RenameTableOp(old_table_name, new_table_name, schema=schema))

    @directive
    def create_table_comment(
        self,
        table_name: str,
        comment: str | None,
        *,
        existing_comment: str | None = None,
        schema: str | None = None,
    ) -> None:
        """Set the comment of a table.

        Args:
            table_name: The table.
            comment: The comment.
            existing_comment: What it replaces, for the reverse.
            schema: The table's schema.
        """
        self.invoke(
            CreateTableCommentOp(table_name, comment, existing_comment=existing_comment, schema=schema)
        )

    @directive
    def drop_table_comment(
        self, table_name: str, *, existing_comment: str | None = None, schema: str | None = None
    ) -> None:
        """Remove the comment of a table.

        Args:
            table_name: The table.
            existing_comment: What is removed, for the reverse.
            schema: The table's schema.
        """
        self.invoke(DropTableCommentOp(table_name, existing_comment=existing_comment, schema=schema))

    # --- columns -----------------------------------------------------------------------------------------

    @directive
    def add_column(
        self,
        table_name: str,
        column: Column[Any],
        *,
        schema: str | None = None,
        if_not_exists: bool | None = None,
        inline_references: bool | None = None,
        inline_primary_key: bool | None = None,
    ) -> None:
        """Add a column, then its foreign keys, unique constraint, index and comment.

        Example::

            op.add_column("account", sa.Column("email", sa.String(254), sa.ForeignKey("address.email")))

        Args:
            table_name: The table.
            column: The column.
            schema: The table's schema.
            if_not_exists: Do nothing if it is there.
            inline_references: Make its one foreign key part of the column's definition.
            inline_primary_key: Make PRIMARY KEY part of it; otherwise ``primary_key=True`` is left out.
        """
        check_column("add_column", column)
        check_flags(
            "add_column",
            if_not_exists=if_not_exists,
            inline_references=inline_references,
            inline_primary_key=inline_primary_key,
        )
        self.invoke(
            AddColumnOp(
                table_name,
                column,
                schema=schema,
                if_not_exists=if_not_exists,
                inline_references=inline_references,
                inline_primary_key=inline_primary_key,
            )
        )

    @directive
    def drop_column(self, table_name: str, column_name: str, *, schema: str | None = None, **kw: Any) -> None:
        """Drop a column.

        Args:
            table_name: The table.
            column_name: The column.
            schema: The table's schema.
            **kw: ``if_exists``; ``existing_type``; ``mssql_drop_check``, ``mssql_drop_default`` and
                ``mssql_drop_foreign_key``, which on SQL Server drop first what hangs on the column;
                ``postgresql_drop_types``, such as ``[sa.Enum(name="mood")]``, types that PostgreSQL drops with it
                unless something else uses them.
        """
        check_option_names(self.drop_column, kw, accepted=DROP_COLUMN_OPTIONS)
        check_types("drop_column", postgresql_drop_types=kw.get("postgresql_drop_types"))
        self.invoke(DropColumnOp(table_name, column_name, schema=schema, **kw))

    @directive
    def alter_column(
        self,
        table_name: str,
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
        schema: str | None = None,
        **kw: Any,
    ) -> None:
        """Change a column: its name, type, nullability, server default or comment.

        What is not given is not changed. MySQL and SQL Server want to be told all of a column in order to
        change part of it; the ``existing_*`` parameters say what it is like now. On a MySQL or MariaDB that is
        there to be asked, what they leave out is read from it; a script has only what they say.

        Example::

            op.alter_column("account", "name", type_=sa.Text(), existing_type=sa.String(50), nullable=False)

        Args:
            table_name: The table.
            column_name: The column.
            nullable: Whether it shall be nullable.
            comment: Its new comment; ``None`` removes it.
            server_default: Its new server default, also ``Identity()`` or ``Computed()``; ``None`` removes
                it.
            new_column_name: Its new name.
            type_: Its new type.
            existing_type: Its type now.
            existing_server_default: Its server default now.
            existing_nullable: Whether it is nullable now.
            existing_comment: Its comment now.
            schema: The table's schema.
            **kw: ``postgresql_using``, an expression to convert with; ``postgresql_drop_types``, as for
                ``drop_column``; ``autoincrement`` and ``existing_autoincrement`` for MySQL.
        """
        check_alteration(self.alter_column, locals())
        self.invoke(
            AlterColumnOp(
                table_name,
                column_name,
                schema=schema,
                existing_type=existing_type,
                existing_server_default=existing_server_default,
                existing_nullable=existing_nullable,
                existing_comment=existing_comment,
                modify_nullable=nullable,
                modify_comment=comment,
                modify_server_default=server_default,
                modify_name=new_column_name,
                modify_type=type_,
                **kw,
            )
        )

    # --- indexes -----------------------------------------------------------------------------------------

    @directive
    def create_index(
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
        """Create an index.

        Example::

            op.create_index("ix_account_name", "account", [sa.text("lower(name)")], postgresql_where="active")

        With ``postgresql_concurrently=True`` it is built outside the transaction: what the revision did before is
        committed, and the rest of it has a transaction of its own. An invalid index of that name, left by a build that
        ended early, is replaced; one that is there, valid and the same counts as built.

        Args:
            index_name: Its name; ``None`` leaves it to the naming convention.
            table_name: The table.
            columns: Names of columns, ``text()`` and other expressions.
            schema: The table's schema.
            unique: Whether no two rows may agree.
            if_not_exists: Do nothing if it is there.
            **kw: ``quote``, ``info`` and options of the dialect, such as ``postgresql_using``.
        """
        check_column_names("create_index", columns=columns)
        check_flags("create_index", if_not_exists=if_not_exists)
        check_options(self.create_index, Index, kw, dialect=self.migration_context.dialect)
        self.invoke(
            CreateIndexOp(
                index_name,
                table_name,
                columns,
                schema=schema,
                unique=unique,
                if_not_exists=if_not_exists,
                **kw,
            )
        )

    @directive
    def drop_index(
        self,
        index_name: str,
        table_name: str | None = None,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        **kw: Any,
    ) -> None:
        """Drop an index.

        With ``postgresql_concurrently=True`` it is dropped outside the transaction, as :meth:`create_index` builds it.

        MySQL and MariaDB do not drop the last index below a foreign key. Online it is exchanged for one that has the
        name of the key, which is what they make themselves where there is no other.

        Args:
            index_name: The index.
            table_name: Its table, which MySQL and SQL Server need.
            schema: The table's schema.
            if_exists: Do nothing if it is not there.
            **kw: Options of the dialect, such as ``postgresql_concurrently``.
        """
        check_flags("drop_index", if_exists=if_exists)
        check_options(self.drop_index, Index, kw, dialect=self.migration_context.dialect)
        self.invoke(DropIndexOp(index_name, table_name, schema=schema, if_exists=if_exists, **kw))

    # --- constraints -------------------------------------------------------------------------------------

    @directive
    def create_primary_key(
        self,
        constraint_name: str | None,
        table_name: str,
        columns: list[str],
        *,
        schema: str | None = None,
        **kw: Any,
    ) -> None:
        """Add a primary key.

        Args:
            constraint_name: Its name; ``None`` leaves it to the naming convention or the database.
            table_name: The table.
            columns: The columns.
            schema: The table's schema.
            **kw: ``deferrable``, ``initially``, ``info`` and options of the dialect, such as
                ``mssql_clustered``.
        """
        check_column_names("create_primary_key", columns=columns)
        check_options(
            self.create_primary_key, PrimaryKeyConstraint, kw, dialect=self.migration_context.dialect
        )
        self.invoke(CreatePrimaryKeyOp(constraint_name, table_name, columns, schema=schema, **kw))

    @directive
    def create_unique_constraint(
        self,
        constraint_name: str | None,
        table_name: str,
        columns: Sequence[str],
        *,
        schema: str | None = None,
        **kw: Any,
    ) -> None:
        """Add a unique constraint.

        Args:
            constraint_name: Its name; ``None`` leaves it to the naming convention or the database.
            table_name: The table.
            columns: The columns.
            schema: The table's schema.
            **kw: ``deferrable``, ``initially``, ``info`` and options of the dialect.
        """
        check_column_names("create_unique_constraint", columns=columns)
        check_options(
            self.create_unique_constraint, UniqueConstraint, kw, dialect=self.migration_context.dialect
        )
        self.invoke(CreateUniqueConstraintOp(constraint_name, table_name, columns, schema=schema, **kw))

    @directive
    def create_foreign_key(
        self,
        constraint_name: str | None,
        source_table: str,
        referent_table: str,
        local_cols: list[str],
        remote_cols: list[str],
        *,
        onupdate: str | None = None,
        ondelete: str | None = None,
        deferrable: bool | None = None,
        initially: str | None = None,
        match: str | None = None,
        source_schema: str | None = None,
        referent_schema: str | None = None,
        **dialect_kw: Any,
    ) -> None:
        """Add a foreign key.

        Example::

            op.create_foreign_key("fk_owner", "item", "account", ["owner_id"], ["id"], ondelete="CASCADE")

        Args:
            constraint_name: Its name; ``None`` leaves it to the naming convention or the database.
            source_table: The table that refers.
            referent_table: The table it refers to.
            local_cols: The columns that refer.
            remote_cols: The columns they refer to, pair by pair.
            onupdate: What an update of a referred row does, such as ``CASCADE``.
            ondelete: What its deletion does.
            deferrable: Whether the check may wait until the end of the transaction.
            initially: Whether it does: ``DEFERRED`` or ``IMMEDIATE``.
            match: How rows with nulls match: ``FULL``, ``SIMPLE`` or ``PARTIAL``.
            source_schema: The schema of the table that refers.
            referent_schema: The schema of the table it refers to.
            **dialect_kw: Options of the dialect, such as ``postgresql_not_valid``.
        """
        check_column_names("create_foreign_key", local_cols=local_cols, remote_cols=remote_cols)
        check_options(
            self.create_foreign_key, ForeignKeyConstraint, dialect_kw, dialect=self.migration_context.dialect
        )
        self.invoke(
            CreateForeignKeyOp(
                constraint_name,
                source_table,
                referent_table,
                local_cols,
                remote_cols,
                onupdate=onupdate,
                ondelete=ondelete,
                deferrable=deferrable,
                initially=initially,
                match=match,
                source_schema=source_schema,
                referent_schema=referent_schema,
                **dialect_kw,
            )
        )

    @directive
    def create_check_constraint(
        self,
        constraint_name: str | None,
        table_name: str,
        condition: str | ColumnElement[bool] | TextClause,
        *,
        schema: str | None = None,
        **kw: Any,
    ) -> None:
        """Add a CHECK.

        Example::

            op.create_check_constraint("ck_account_age", "account", sa.column("age") >= 18)

        Args:
            constraint_name: Its name; ``None`` leaves it to the naming convention or the database.
            table_name: The table.
            condition: What must hold, as SQL or as an expression.
            schema: The table's schema.
            **kw: ``deferrable``, ``initially``, ``info`` and options of the dialect.
        """
        check_options(
            self.create_check_constraint, CheckConstraint, kw, dialect=self.migration_context.dialect
        )
        self.invoke(CreateCheckConstraintOp(constraint_name, table_name, condition, schema=schema, **kw))

    @directive
    def create_exclude_constraint(
        self, constraint_name: str, table_name: str, *elements: Any, **kw: Any
    ) -> Table | None:
        """Add a PostgreSQL EXCLUDE constraint.

        Example::

            op.create_exclude_constraint("no_overlap", "booking", ("room", "="), ("during", "&&"))

        Args:
            constraint_name: Its name.
            table_name: The table.
            *elements: Pairs of a column (or an expression) and the operator by which no two rows may agree.
            **kw: ``where``, ``schema``, ``using``, ``ops``, ``deferrable``, ``initially``.
        """
        check_option_names(self.create_exclude_constraint, kw, accepted=EXCLUDE_OPTIONS)
        self.invoke(CreateExcludeConstraintOp(constraint_name, table_name, elements, **kw))
        return None

    @directive
    def drop_constraint(
        self,
        constraint_name: str,
        table_name: str,
        type_: str | None = None,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
    ) -> None:
        """Drop a constraint.

        Args:
            constraint_name: The constraint. A naming convention applies to it, unless ``op.f()`` marks it as
                final.
            table_name: The table.
            type_: ``foreignkey``, ``primary``, ``unique`` or ``check``; MySQL needs it.
            schema: The table's schema.
            if_exists: Do nothing if it is not there.
        """
        check_constraint_type("drop_constraint", type_)
        check_flags("drop_constraint", if_exists=if_exists)
        self.invoke(DropConstraintOp(constraint_name, table_name, type_, schema=schema, if_exists=if_exists))

    # --- data and SQL ------------------------------------------------------------------------------------

    @directive
    def execute(self, sqltext: Executable | str, *, execution_options: dict[str, Any] | None = None) -> None:
        r"""Execute SQL of your own: one statement, or a script of several.

        A string, or a ``sa.text()`` without values, may hold any number of statements. It is cut as the database's
        own client would, at semicolons outside strings, comments and bodies (``GO`` on SQL Server, ``/`` for PL/SQL,
        ``DELIMITER`` on MySQL), and they run one after another in the transaction of the revision. An error says
        which of them it was, and on which line of the script. ``COPY … FROM STDIN`` is refused.

        In a string, ``:name`` is a parameter; write ``\:`` for a colon. Inside literals, quoted names, dollar-quoted
        bodies and comments a colon is a colon anyway. The result is thrown away: for a query use
        ``op.get_bind().execute()``.

        Args:
            sqltext: SQL, or a construct such as ``sa.update(...)``.
            execution_options: Options of the connection for these statements; no effect offline.
        """
        self.invoke(ExecuteSQLOp(sqltext, execution_options=execution_options))

    @directive
    def bulk_insert(
        self, table: Table | TableClause, rows: list[dict[str, Any]], *, multiinsert: bool = True
    ) -> None:
        """Insert rows.

        Args:
            table: The table, from ``create_table`` or ``sa.table()`` with typed columns.
            rows: A dictionary for each row.
            multiinsert: Insert all rows with one statement; otherwise each row has its own, and may have
                other columns than the one before.
        """
        check_rows("bulk_insert", rows)
        self.invoke(BulkInsertOp(table, rows, multiinsert=multiinsert))

    # --- batch mode --------------------------------------------------------------------------------------

    @directive
    @contextmanager
    def batch_alter_table(
        self,
        table_name: str,
        schema: str | None = None,
        recreate: Recreate = "auto",
        partial_reordering: list[tuple[str, ...]] | None = None,
        copy_from: Table | None = None,
        table_args: tuple[Any, ...] = (),
        table_kwargs: Mapping[str, Any] = _NOTHING,
        reflect_args: tuple[Any, ...] = (),
        reflect_kwargs: Mapping[str, Any] = _NOTHING,
        naming_convention: dict[str, str] | None = None,
    ) -> Iterator[BatchOperations]:
        """Collect changes of one table and carry them out together when the block ends.

        Where the database cannot alter a table as asked (SQLite most of all), the table is made anew once,
        with its rows, for all changes of the block. If the block raises, nothing is done.

        Example::

            with op.batch_alter_table("account") as batch_op:
                batch_op.add_column(sa.Column("email", sa.String(254)))
                batch_op.drop_column("phone")

        Args:
            table_name: The table.
            schema: Its schema.
            recreate: Make the table anew ``"always"``, ``"never"``, or only where needed (``"auto"``).
            partial_reordering: Groups of column names in the order they shall have; needs a new table.
            copy_from: The table as it is now, in place of asking the database; offline a new table needs it.
            table_args: Further columns and constraints of the new table.
            table_kwargs: Further options of the new table.
            reflect_args: Columns and constraints that take the place of what the database reports.
            reflect_kwargs: Further options of the table as reported; ``listeners`` may correct its columns.
            naming_convention: How to name what the database reports without a name, so that it can be
                dropped.
        """
        check_recreate(recreate)
        batch_op = BatchOperations(
            self.migration_context,
            BatchAlterTable(
                table_name,
                schema,
                recreate,
                partial_reordering,
                copy_from,
                table_args,
                table_kwargs,
                reflect_args,
                reflect_kwargs,
                naming_convention,
            ),
        )
        with batch_op.claimed():
            yield batch_op
        self.invoke(batch_op.impl)
