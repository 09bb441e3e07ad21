"""Operations into statements, as the SQL standard has them.

:class:`DialectDDL` has one method per kind of operation, named as the operation's ``visit_name``. Databases
are subclasses that override what they write differently; see :mod:`async_migrate.ddl.registry` for how one is
found.

Nothing here executes anything. What a database cannot do is refused while the statements are being worked
out, which is before the first of them runs.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import Column, Computed, Identity, cast, text
from sqlalchemy.exc import CompileError, UnsupportedCompilationError
from sqlalchemy.schema import (
    AddConstraint,
    CreateIndex,
    CreateTable,
    DropConstraint,
    DropIndex,
    DropTable,
    DropTableComment,
    ExecutableDDLElement,
    SetTableComment,
)
from sqlalchemy.sql import ClauseElement

from async_migrate.ddl.elements import (
    AddColumn,
    DropColumn,
    RenameColumn,
    RenameTable,
    SetColumnComment,
    SetDefault,
    SetNullable,
    SetType,
)
from async_migrate.ddl.objects import Routines, Triggers, Views
from async_migrate.ddl.objects.refusals import REFUSALS
from async_migrate.ddl.rebuild import Rebuild
from async_migrate.ddl.schema_items import (
    affinity,
    constraints_in_order,
    indexes_in_order,
    instance_of,
    is_created,
    named,
    single_column_reference,
)
from async_migrate.ddl.statement import Statement, TableEvent
from async_migrate.errors import (
    NotCompilableError,
    RowsDoNotFitError,
    UnknownOperationError,
    UnnamedConstraintError,
)
from async_migrate.operations import schema_objects

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import ColumnElement, Constraint, Dialect, Executable, Index, Insert, Table
    from sqlalchemy.types import TypeEngine

    from async_migrate.ddl.draft import Draft
    from async_migrate.ddl.parts import ConstraintPart
    from async_migrate.ddl.statement import Action
    from async_migrate.operations.base import MigrateOperation
    from async_migrate.operations.columns import AddColumnOp, AlterColumnOp, DropColumnOp
    from async_migrate.operations.constraints import AddConstraintOp, DropConstraintOp
    from async_migrate.operations.containers import BatchAlterTable
    from async_migrate.operations.data import BulkInsertOp, ExecuteSQLOp
    from async_migrate.operations.indexes import CreateIndexOp, DropIndexOp
    from async_migrate.operations.tables import (
        CreateTableCommentOp,
        CreateTableOp,
        DropTableCommentOp,
        DropTableOp,
        RenameTableOp,
    )

__all__ = ["DialectDDL"]


class DialectDDL(Views, Routines, Triggers):
    """What each operation becomes on one database.

    For a database of your own, subclass it with the name of its dialect, and override the methods whose SQL
    differs::

        class FrobnicateDDL(DialectDDL, dialect="frobnicate"):
            transactional = True

    Smaller differences need no method: register another form of an element of :mod:`async_migrate.ddl.elements`
    with ``@compiles(RenameColumn, "frobnicate")``.

    Args:
        dialect: The dialect that statements will be compiled for.
        naming_convention: How unnamed constraints and indexes are named; usually the application's own.

    Attributes:
        transactional: Whether DDL takes part in transactions.
        ignores_case: Whether columns whose names differ only in the case of letters are the same.
        terminator: What ends a statement in a script.
        separator: What stands on a line of its own after each statement in a script; empty for nothing.
        begin_text: What begins a transaction in a script.
        commit_text: What commits it.
    """

    transactional: ClassVar[bool] = False
    ignores_case: ClassVar[bool] = False
    separator: ClassVar[str] = ""
    begin_text: ClassVar[str] = "BEGIN"
    commit_text: ClassVar[str] = "COMMIT"

    by_dialect: ClassVar[dict[str, type[DialectDDL]]] = {}

    def __init_subclass__(cls, *, dialect: str | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if dialect is not None:
            cls.by_dialect[dialect] = cls

    def __init__(self, dialect: Dialect, naming_convention: Mapping[str, Any] | None = None) -> None:
        self.dialect = dialect
        self.naming_convention = naming_convention

    @property
    def guards_indexes(self) -> bool:
        """Whether an index can be created "if not exists"."""
        return True

    # --- the two ways in ------------------------------------------------------------------------------------

    def actions(self, operation: MigrateOperation) -> Iterator[Action]:
        """Return what an operation does, all of it worked out before the first action is handed over.

        Raises:
            UnsupportedOperationError: The database cannot do it.
            NotCompilableError: SQLAlchemy cannot write it for this database.
            UnknownOperationError: There is no method for this kind of operation.
        """
        method = getattr(self, operation.visit_name, None)
        if method is None:
            if operation.visit_name in REFUSALS:
                raise self.unsupported(operation.visit_name, **REFUSALS[operation.visit_name])
            raise UnknownOperationError(
                type(operation).__name__, visit_name=operation.visit_name, dialect=self.title
            )
        return iter(self._checked(operation.visit_name, method(operation)))

    def needs_rebuild(self, batch: BatchAlterTable) -> bool:
        """Return whether a batch may need the table's definition, because ALTER might not do for all of it.

        :meth:`rebuild` sees the table and may find that ALTER does after all.
        """
        if batch.recreate != "auto":
            return batch.recreate == "always"
        return not all(self.is_native(operation) for operation in batch.operations)

    def uses_definition(self, batch: BatchAlterTable) -> bool:
        """Return whether a batch that needs no rebuild gains from the table's definition, where it can be had.

        :meth:`rebuild` sees it then.
        """
        del batch
        return False

    def rebuild(self, batch: BatchAlterTable, table: Table) -> Iterator[Action]:
        """Return what makes a table anew with the changes of a batch, all worked out beforehand.

        Args:
            batch: The changes.
            table: The table as it is: reflected, or the batch's own ``copy_from``.

        Raises:
            OperationError: A change does not fit the table.
        """
        return iter(self._checked("batch_alter_table", Rebuild(self, batch, table).actions()))

    def _checked(self, directive: str, actions: Iterator[Action]) -> tuple[Action, ...]:
        """Return actions that SQLAlchemy can write: what it refuses, it should refuse before the first one runs."""
        try:
            checked = tuple(actions)
            for action in checked:
                if isinstance(action, Statement) and isinstance(action.clause, ExecutableDDLElement):
                    action.clause.compile(dialect=self.dialect)
        except CompileError as error:
            raise NotCompilableError(directive, dialect=self.title, reason=_reason(error)) from error
        return checked

    # --- tables ---------------------------------------------------------------------------------------------

    def create_table(self, operation: CreateTableOp) -> Iterator[Action]:
        """Create a table with its indexes, comments and, last, the foreign keys that must wait for other tables."""
        table = operation.to_table(self)
        if_not_exists = bool(operation.if_not_exists)
        yield TableEvent("before_create", table)
        yield Statement(self.create_table_clause(table, if_not_exists=if_not_exists))
        for index in indexes_in_order(table):
            yield from self.create_index_of(index, if_not_exists=if_not_exists and self.guards_indexes)
        yield from self.comments_of(table)
        yield from self._deferred_foreign_keys(table)
        yield TableEvent("after_create", table)

    def create_table_clause(self, table: Table, *, if_not_exists: bool) -> Executable:
        """Return the CREATE TABLE itself."""
        return CreateTable(table, if_not_exists=if_not_exists)

    def drop_table(self, operation: DropTableOp) -> Iterator[Action]:
        """Drop a table."""
        table = operation.to_table(self)
        yield TableEvent("before_drop", table)
        yield Statement(DropTable(table, if_exists=bool(operation.if_exists)))
        yield TableEvent("after_drop", table)

    def rename_table(self, operation: RenameTableOp) -> Iterator[Action]:
        """Rename a table."""
        yield Statement(RenameTable(operation.table_name, operation.new_table_name, schema=operation.schema))

    def create_table_comment(self, operation: CreateTableCommentOp) -> Iterator[Action]:
        """Set the comment of a table; nothing where there are no comments."""
        if self.dialect.supports_comments:
            yield Statement(SetTableComment(operation.to_table(self)))

    def drop_table_comment(self, operation: DropTableCommentOp) -> Iterator[Action]:
        """Remove the comment of a table; nothing where there are no comments."""
        if self.dialect.supports_comments:
            yield Statement(DropTableComment(operation.to_table(self)))

    def comments_of(self, table: Table) -> Iterator[Action]:
        """Set the comments of a table and its columns, unless its definition holds them already."""
        if not self.comments_stand_apart:
            return
        if table.comment is not None:
            yield from self.comment_on_table(table)
        for column in table.columns:
            if column.comment is not None:
                yield from self.comment_on_column(table, column.name, column.comment)

    @property
    def comments_stand_apart(self) -> bool:
        """Whether comments are statements of their own."""
        return self.dialect.supports_comments and not self.dialect.inline_comments

    def comment_on_table(self, table: Table) -> Iterator[Action]:
        """Set the comment of a table that has none yet."""
        yield Statement(SetTableComment(table))

    def comment_on_column(
        self, table: Table, column: str, comment: str | None, *, existing: str | None = None
    ) -> Iterator[Action]:
        """Set or remove the comment of a column.

        Args:
            table: The table.
            column: The column's name.
            comment: The comment, ``None`` to remove it.
            existing: The comment it has, where known.
        """
        del existing
        yield Statement(SetColumnComment(table.name, column, comment, schema=table.schema))

    def _deferred_foreign_keys(self, table: Table) -> Iterator[Action]:
        for constraint in constraints_in_order(table):
            if self.dialect.supports_alter and getattr(constraint, "use_alter", False):
                yield from self.add_constraint(constraint)

    # --- columns --------------------------------------------------------------------------------------------

    def add_column(self, operation: AddColumnOp) -> Iterator[Action]:
        """Add a column, and what hangs on it: its type, constraints, indexes, comment."""
        self._refuse_position("add_column", operation)
        table = self._table_of_column(operation, operation.column)
        column = table.c[operation.column.key]
        constraints = [c for c in constraints_in_order(table) if is_created(c, self.dialect)]
        inline = [c for c in constraints if self.is_inline(c, column, operation)]
        yield from self.ensure_types(column.type)
        yield from self.add_column_itself(operation, column, inline)
        for constraint in constraints:
            if constraint not in inline:
                yield from self.add_constraint(constraint)
        for index in indexes_in_order(table):
            guarded = bool(operation.if_not_exists) and self.guards_indexes
            yield from self.create_index_of(index, if_not_exists=guarded)
        if column.comment is not None and self.comments_stand_apart:
            yield from self.comment_on_column(table, column.name, column.comment)

    def add_column_itself(
        self, operation: AddColumnOp, column: Column[Any], inline: Sequence[Constraint]
    ) -> Iterator[Action]:
        """Add a column with those of its constraints that are part of its definition."""
        yield Statement(self.add_column_clause(operation, column, inline))

    def add_column_clause(
        self, operation: AddColumnOp, column: Column[Any], inline: Sequence[Constraint]
    ) -> AddColumn:
        """Return the ALTER TABLE that adds a column."""
        return AddColumn(
            operation.table_name,
            column,
            schema=operation.schema,
            if_not_exists=bool(operation.if_not_exists),
            primary_key=bool(operation.inline_primary_key),
            inline=tuple(inline),  # type: ignore[arg-type]  # is_inline admits foreign keys and CHECKs only
        )

    def is_inline(self, constraint: Constraint, column: Column[Any], operation: AddColumnOp) -> bool:
        """Return whether a constraint of a column to add is part of its definition."""
        references = [c for c in column.table.constraints if single_column_reference(c, column)]
        return bool(operation.inline_references) and references == [constraint]

    def drop_column(self, operation: DropColumnOp) -> Iterator[Action]:
        """Drop a column."""
        yield Statement(
            DropColumn(
                operation.table_name,
                operation.column_name,
                schema=operation.schema,
                if_exists=bool(operation.if_exists),
            )
        )

    def alter_column(self, operation: AlterColumnOp) -> Iterator[Action]:
        """Change a column; a CHECK that its old type made goes before, that of its new type comes after."""
        self._refuse_position("alter_column", operation)
        if operation.existing_type is not None and operation.modify_type is not None:
            yield from self.drop_type_checks(operation)
        yield from self.column_changes(operation)
        if operation.modify_type is not None:
            for constraint in self._type_checks(operation, operation.modify_type):
                yield from self.add_constraint(constraint)

    def column_changes(self, operation: AlterColumnOp) -> Iterator[Action]:
        """Change a column in steps: the name last, because the other steps go by the old one."""
        yield from self.change_nullable(operation)
        yield from self.change_default(operation)
        yield from self.change_type(operation)
        yield from self.change_comment(operation)
        yield from self.change_name(operation)

    def change_nullable(self, operation: AlterColumnOp) -> Iterator[Action]:
        """Change whether a column may be null."""
        if operation.modify_nullable is not None:
            yield Statement(
                SetNullable(
                    operation.table_name,
                    operation.column_name,
                    operation.modify_nullable,
                    schema=operation.schema,
                )
            )

    def change_default(self, operation: AlterColumnOp) -> Iterator[Action]:
        """Change the server default of a column, or how it is generated."""
        before, after = operation.existing_server_default, operation.modify_server_default
        if after is False:
            return
        if isinstance(before, Computed) or isinstance(after, Computed):
            yield from self.change_computed(operation)
        elif isinstance(before, Identity) or isinstance(after, Identity):
            yield from self.change_identity(operation)
        else:
            yield Statement(
                SetDefault(operation.table_name, operation.column_name, after, schema=operation.schema)
            )

    def change_computed(self, operation: AlterColumnOp) -> Iterator[Action]:
        """Refuse: the standard has no way to make an existing column computed, or to stop it from being so."""
        raise self.unsupported(
            "alter_column",
            reason=f"make the existing column {operation.table_name}.{operation.column_name} computed, or stop it "
            "from being so",
            alternative="Drop the column and add it again.",
        )

    def change_identity(self, operation: AlterColumnOp) -> Iterator[Action]:
        """Refuse: only some databases have identity columns that may change."""
        raise self.unsupported(
            "alter_column",
            reason=f"add, change or remove the identity of the existing column {operation.table_name}."
            f"{operation.column_name}",
            alternative="Drop the column and add it again.",
        )

    def change_type(self, operation: AlterColumnOp) -> Iterator[Action]:
        """Change the type of a column."""
        if operation.modify_type is not None:
            type_ = instance_of(operation.modify_type)
            yield Statement(
                SetType(operation.table_name, operation.column_name, type_, schema=operation.schema)
            )

    def change_comment(self, operation: AlterColumnOp) -> Iterator[Action]:
        """Change the comment of a column; nothing where there are no comments."""
        if operation.modify_comment is not False and self.dialect.supports_comments:
            yield from self.comment_on_column(
                schema_objects.table(operation.table_name, schema=operation.schema),
                operation.column_name,
                operation.modify_comment,
                existing=operation.existing_comment,
            )

    def change_name(self, operation: AlterColumnOp) -> Iterator[Action]:
        """Rename a column."""
        if operation.modify_name is not None:
            yield Statement(
                RenameColumn(
                    operation.table_name,
                    operation.column_name,
                    operation.modify_name,
                    schema=operation.schema,
                )
            )

    def drop_type_checks(self, operation: AlterColumnOp) -> Iterator[Action]:
        """Drop the CHECK that the type of a column made.

        Raises:
            UnnamedConstraintError: It has no name.
        """
        if operation.existing_type is None:
            return
        for constraint in self._type_checks(operation, operation.existing_type, renamed=False):
            if named(constraint) is None:
                raise UnnamedConstraintError(operation.table_name, column=operation.column_name)
            yield from self.drop_constraint_of(constraint)

    def ensure_types(self, type_: TypeEngine[Any]) -> Iterator[Action]:
        """Make sure that the types a column needs exist; only some databases have types with a name."""
        del type_
        return iter(())

    def _type_checks(
        self,
        operation: AlterColumnOp,
        type_: TypeEngine[Any] | type[TypeEngine[Any]],
        *,
        renamed: bool = True,
    ) -> list[Constraint]:
        name = (operation.modify_name if renamed else None) or operation.column_name
        table = self._table_of_column(operation, Column(name, type_))
        return [c for c in constraints_in_order(table) if is_created(c, self.dialect)]

    def _table_of_column(self, operation: AddColumnOp | AlterColumnOp, column: Column[Any]) -> Table:
        # A copy, because a column belongs to its first table for good, and an operation may be asked twice.
        return schema_objects.table(
            operation.table_name,
            schema_objects.copy_of(column),
            schema=operation.schema,
            naming_convention=self.naming_convention,
        )

    def _refuse_position(self, name: str, operation: AddColumnOp | AlterColumnOp) -> None:
        if operation.insert_before is not None or operation.insert_after is not None:
            raise self.unsupported(
                name,
                reason="choose the place of a column in an existing table",
                alternative='Pass recreate="always" to batch_alter_table(), which makes the table anew.',
            )

    # --- constraints ----------------------------------------------------------------------------------------

    def create_primary_key(self, operation: AddConstraintOp) -> Iterator[Action]:
        """Add a primary key."""
        yield from self.add_constraint(operation.to_constraint(self))

    def create_unique_constraint(self, operation: AddConstraintOp) -> Iterator[Action]:
        """Add a unique constraint."""
        yield from self.add_constraint(operation.to_constraint(self))

    def create_foreign_key(self, operation: AddConstraintOp) -> Iterator[Action]:
        """Add a foreign key."""
        yield from self.add_constraint(operation.to_constraint(self))

    def create_check_constraint(self, operation: AddConstraintOp) -> Iterator[Action]:
        """Add a CHECK."""
        yield from self.add_constraint(operation.to_constraint(self))

    def create_exclude_constraint(self, operation: AddConstraintOp) -> Iterator[Action]:
        """Refuse: only PostgreSQL has EXCLUDE."""
        del operation
        raise self.unsupported(
            "create_exclude_constraint",
            reason="exclude rows by an operator",
            alternative="Only PostgreSQL has EXCLUDE; run this on PostgreSQL only.",
        )

    def add_constraint(self, constraint: Constraint) -> Iterator[Action]:
        """Add a constraint, if the database has its kind."""
        if is_created(constraint, self.dialect):
            # Isolating would mark the application's own constraint, which may be what this was made from.
            yield Statement(AddConstraint(constraint, isolate_from_table=False))

    def drop_constraint(self, operation: DropConstraintOp) -> Iterator[Action]:
        """Drop a constraint.

        Raises:
            UnnamedConstraintError: It is not said which.
        """
        constraint = self.constraint_to_drop(operation)
        if named(constraint) is None:
            raise UnnamedConstraintError(operation.table_name)
        yield from self.drop_constraint_of(constraint, if_exists=bool(operation.if_exists))

    def drop_constraint_of(self, constraint: Constraint, *, if_exists: bool = False) -> Iterator[Action]:
        """Drop the constraint that an object stands for."""
        yield Statement(DropConstraint(constraint, if_exists=if_exists))

    def constraint_to_drop(self, operation: DropConstraintOp) -> Constraint:
        """Return a constraint that stands for the one to drop, its name made by the naming convention if need be."""
        return schema_objects.generic_constraint(
            operation.constraint_name,
            operation.table_name,
            operation.constraint_type,
            schema=operation.schema,
            naming_convention=self.naming_convention,
        )

    # --- indexes --------------------------------------------------------------------------------------------

    def create_index(self, operation: CreateIndexOp) -> Iterator[Action]:
        """Create an index."""
        yield from self.create_index_of(operation.to_index(self), if_not_exists=bool(operation.if_not_exists))

    def create_index_of(self, index: Index, *, if_not_exists: bool = False) -> Iterator[Action]:
        """Create the index that an object describes."""
        yield Statement(CreateIndex(index, if_not_exists=if_not_exists))

    def drop_index(self, operation: DropIndexOp) -> Iterator[Action]:
        """Drop an index."""
        yield Statement(DropIndex(operation.to_index(self), if_exists=bool(operation.if_exists)))

    # --- data -----------------------------------------------------------------------------------------------

    def execute(self, operation: ExecuteSQLOp) -> Iterator[Action]:
        """Execute SQL of the author's own."""
        sql = operation.sqltext
        yield Statement(
            text(sql) if isinstance(sql, str) else sql,
            execution_options=operation.execution_options or {},
        )

    def bulk_insert(self, operation: BulkInsertOp) -> Iterator[Action]:
        """Insert rows: neighbours with the same columns in one statement.

        A row with an SQL expression for a value, such as ``op.inline_literal()``, needs a statement of its
        own, because only plain values can be parameters.
        """
        insert = operation.table.insert().inline()
        for kind, group in groupby(operation.rows, key=_kind_of_row):
            rows = [dict(row) for row in group]
            if kind is None:
                for row in rows:
                    yield Statement(insert.values(row))
            elif operation.multiinsert:
                yield Statement(insert, rows)
            else:
                for row in rows:
                    yield Statement(insert, row)

    # --- rebuilding a table ---------------------------------------------------------------------------------

    def is_native(self, operation: MigrateOperation, draft: Draft | None = None) -> bool:
        """Return whether ALTER can do an operation on an existing table.

        Args:
            operation: The operation.
            draft: The table's definition; without it the answer must hold for every table.
        """
        del operation, draft
        return True

    def frees_name(self, part: ConstraintPart) -> bool:
        """Return whether a constraint must be dropped from the old table before the new one can use its name."""
        return part.name is not None

    def check_new(self, part: ConstraintPart, *, schema: str | None) -> None:
        """Look at a constraint that an existing table is to have.

        Raises:
            UnsupportedOperationError: The database has no such constraints.
        """
        del part, schema

    def hidden_column(self, draft: Draft) -> str | None:
        """Return the column that every table has without saying so and that tells its rows apart, if there is one."""
        del draft
        return None

    def before_rebuild(self, draft: Draft, temporary: str) -> Iterator[Action]:
        """Make sure that a table can be made anew, and that the name for the meantime is free."""
        del draft, temporary
        return iter(())

    def copy_rows(self, draft: Draft, temporary: str, insert: Insert) -> Iterator[Action]:
        """Copy the rows of the old table to the new one."""

        def refusal(reason: str) -> RowsDoNotFitError:
            return RowsDoNotFitError(draft.name, reason=reason.replace(temporary, draft.name))

        yield Statement(insert, refusal=refusal)

    def after_rebuild(self, draft: Draft) -> Iterator[Action]:
        """Make sure that what uses the table still works."""
        del draft
        return iter(())

    def drop_old(self, draft: Draft) -> Iterator[Action]:
        """Drop the old table, whose rows are all in the new one."""
        yield Statement(DropTable(draft.build(draft.name)))

    def take_name(self, draft: Draft, temporary: str) -> Iterator[Action]:
        """Give the new table the name of the old one, which is gone by now."""
        yield Statement(RenameTable(temporary, draft.name, schema=draft.schema))

    def converted(
        self, value: ColumnElement[Any], before: TypeEngine[Any], after: TypeEngine[Any]
    ) -> ColumnElement[Any]:
        """Return a value as the new type of its column: cast only between families of types."""
        return value if affinity(before) is affinity(after) else cast(value, after)


def _reason(error: CompileError) -> str:
    """Return why something cannot be written, without the address of a compiler and a link to SQLAlchemy's docs."""
    if isinstance(error, UnsupportedCompilationError):
        element = re.search(r"element of type <class '(?:\w+\.)*(\w+)'>", str(error))
        return f"it has no {element[1]}" if element else str(error)
    return str(error)


def _kind_of_row(row: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Return the columns of a row, in which rows of one statement agree; ``None`` for a row with expressions."""
    return None if any(isinstance(value, ClauseElement) for value in row.values()) else tuple(row)
