"""MySQL and MariaDB: no transactional DDL, and a column is changed by stating all of it.

The two share a dialect in SQLAlchemy and most of their SQL. MariaDB has ``IF [NOT] EXISTS`` nearly
everywhere; MySQL has it for tables only, so there it is refused rather than left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    CheckConstraint,
    Computed,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    PrimaryKeyConstraint,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateIndex, DropIndex, DropTable, ExecutableDDLElement

from async_migrate.ddl.elements import SetDefault, Verbatim
from async_migrate.ddl.generator import DialectDDL
from async_migrate.ddl.mysql_columns import ChangeColumn, KnownColumns
from async_migrate.ddl.mysql_indexes import KnownKeys
from async_migrate.ddl.schema_items import affinity, compiled_text, instance_of
from async_migrate.ddl.statement import Statement
from async_migrate.errors import InvalidArgumentError
from async_migrate.operations.columns import AlterColumnOp
from async_migrate.operations.indexes import DropIndexOp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Column, ColumnElement, Constraint, Index, Table
    from sqlalchemy.sql.compiler import DDLCompiler
    from sqlalchemy.types import TypeEngine

    from async_migrate.ddl.draft import Draft
    from async_migrate.ddl.objects.base import ObjectKind
    from async_migrate.ddl.objects.triggers import TriggerFeature
    from async_migrate.ddl.objects.views import ViewFeature
    from async_migrate.ddl.parts import ConstraintPart
    from async_migrate.ddl.statement import Action
    from async_migrate.operations.columns import AddColumnOp, DropColumnOp
    from async_migrate.operations.constraints import DropConstraintOp
    from async_migrate.operations.containers import BatchAlterTable

__all__ = ["MariaDB", "MySQL"]


class MySQL(DialectDDL, dialect="mysql"):
    """What operations become on MySQL, and on MariaDB where the URL says ``mysql``."""

    @property
    def is_mariadb(self) -> bool:
        """Whether the server is MariaDB, as far as the dialect knows."""
        return bool(getattr(self.dialect, "is_mariadb", False))

    @property
    def title(self) -> str:
        """The name of the database."""
        return "MariaDB" if self.is_mariadb else "MySQL"

    @property
    def guards_indexes(self) -> bool:
        """Whether an index can be created "if not exists": not on MySQL."""
        return self.is_mariadb

    # --- views, routines, triggers --------------------------------------------------------------------------

    @property
    def replaceable(self) -> frozenset[ObjectKind]:
        """The kinds of objects that one statement replaces: on MySQL only views."""
        if self.is_mariadb:
            return frozenset(["view", "function", "procedure", "trigger"])
        return frozenset(["view"])

    @property
    def cascades(self) -> bool:
        """Whether a drop can take with it what depends on the object: the word is read and forgotten."""
        return False

    @property
    def view_features(self) -> frozenset[ViewFeature]:
        """What may be asked of a view."""
        features: frozenset[ViewFeature] = frozenset(
            ["check_option", "local_check_option", "security_invoker"]
        )
        return features | {"if_not_exists"} if self.is_mariadb else features

    @property
    def trigger_features(self) -> frozenset[TriggerFeature]:
        """What may be asked of a trigger."""
        return frozenset(["before", "for_each_row"])

    # --- columns --------------------------------------------------------------------------------------------

    def add_column(self, operation: AddColumnOp) -> Iterator[Action]:
        """Add a column.

        Raises:
            UnsupportedOperationError: MySQL is to add it only if it does not exist.
        """
        if operation.if_not_exists:
            self._refuse_guard("add_column", f"add the column {operation.table_name}.{operation.column.name}")
        return super().add_column(operation)

    def is_inline(self, constraint: Constraint, column: Column[Any], operation: AddColumnOp) -> bool:
        """Return whether a constraint is part of a column's definition: never.

        MySQL before 9.0 reads REFERENCES there and forgets it.
        """
        del constraint, column, operation
        return False

    def drop_column(self, operation: DropColumnOp) -> Iterator[Action]:
        """Drop a column.

        Raises:
            UnsupportedOperationError: MySQL is to drop it only if it exists.
        """
        if operation.if_exists:
            self._refuse_guard(
                "drop_column", f"drop the column {operation.table_name}.{operation.column_name}"
            )
        return super().drop_column(operation)

    def column_changes(self, operation: AlterColumnOp) -> Iterator[Action]:
        """Change a column in one statement, which states all of it."""
        before, after = operation.existing_server_default, operation.modify_server_default
        if isinstance(after, Computed) or (isinstance(before, Computed) and after is not False):
            yield from self.change_computed(operation)
        elif isinstance(before, Identity) or isinstance(after, Identity):
            yield from self.change_identity(operation)
        elif operation.modify_name is not None or _may_have_function_default(operation):
            yield Statement(self._definition(operation, keyword="CHANGE"))
        elif _changes_definition(operation):
            yield Statement(self._definition(operation, keyword="MODIFY"))
        elif after is not False:
            yield Statement(
                SetDefault(operation.table_name, operation.column_name, after, schema=operation.schema)
            )

    def drop_type_checks(self, operation: AlterColumnOp) -> Iterator[Action]:
        """Leave the CHECK of a type alone: until 8.0.16 MySQL read it and forgot it, so it may not be there."""
        del operation
        return iter(())

    def _definition(self, operation: AlterColumnOp, *, keyword: str) -> ChangeColumn:
        type_ = operation.modify_type if operation.modify_type is not None else operation.existing_type
        if type_ is None:
            raise InvalidArgumentError(
                "alter_column",
                "existing_type",
                None,
                accepted=f"the type of {operation.table_name}.{operation.column_name} on {self.title}, where a column "
                "is changed by stating all of it",
            )
        return ChangeColumn(operation, keyword=keyword, type_=instance_of(type_))

    # --- constraints and indexes ----------------------------------------------------------------------------

    def drop_constraint(self, operation: DropConstraintOp) -> Iterator[Action]:
        """Drop a constraint.

        Raises:
            InvalidArgumentError: It is not said of which kind it is.
            UnsupportedOperationError: MySQL is to drop it only if it exists.
        """
        if operation.constraint_type is None:
            raise InvalidArgumentError(
                "drop_constraint",
                "type_",
                None,
                accepted=f"'check', 'foreignkey', 'primary' or 'unique' on {self.title}, which drops each in its "
                "own way",
            )
        if operation.constraint_type == "primary":
            if operation.if_exists:
                raise self.unsupported(
                    "drop_constraint",
                    reason="drop the primary key only if it exists",
                    alternative="Look first, with sqlalchemy.inspect(op.get_bind()), and leave if_exists out.",
                )
            # There is only one, and its name is always PRIMARY.
            return self.drop_constraint_of(self.constraint_to_drop(operation))
        if operation.if_exists:
            self._refuse_guard("drop_constraint", f"drop the constraint {operation.constraint_name!r}")
        return super().drop_constraint(operation)

    def drop_constraint_of(self, constraint: Constraint, *, if_exists: bool = False) -> Iterator[Action]:
        """Drop the constraint that an object stands for."""
        yield Statement(DropConstraintOfKind(constraint, if_exists=if_exists))

    def create_index_of(self, index: Index, *, if_not_exists: bool = False) -> Iterator[Action]:
        """Create an index.

        Raises:
            UnsupportedOperationError: MySQL is to create it only if it does not exist.
        """
        if if_not_exists:
            self._refuse_guard("create_index", f"create the index {index.name!r}")
        yield Statement(CreateIndex(index, if_not_exists=if_not_exists))

    def drop_index(self, operation: DropIndexOp) -> Iterator[Action]:
        """Drop an index.

        Raises:
            InvalidArgumentError: It is not said of which table.
            UnsupportedOperationError: MySQL is to drop it only if it exists.
        """
        if operation.table_name is None:
            raise InvalidArgumentError(
                "drop_index", "table_name", None, accepted=f"the table of the index on {self.title}"
            )
        if operation.if_exists:
            self._refuse_guard("drop_index", f"drop the index {operation.index_name!r}")
        yield Statement(DropIndex(operation.to_index(self), if_exists=bool(operation.if_exists)))

    # --- what the database knows of a table -----------------------------------------------------------------

    def uses_definition(self, batch: BatchAlterTable) -> bool:
        """Return whether a batch changes a column, of which it need not say what stays, or drops an index."""
        return not batch.partial_reordering and any(
            isinstance(operation, AlterColumnOp | DropIndexOp) for operation in batch.operations
        )

    def rebuild(self, batch: BatchAlterTable, table: Table) -> Iterator[Action]:
        """Return what makes a table anew; or else what alters it, with all that is known of its columns.

        Raises:
            NotInTableError: There is no such column.
        """
        if self.needs_rebuild(batch):
            return super().rebuild(batch, table)
        columns, keys = KnownColumns(self.dialect, table), KnownKeys(table, self)
        actions: list[Action] = []
        for operation in batch.operations:
            replacement = keys.replacement(operation) if isinstance(operation, DropIndexOp) else None
            if replacement is None:
                actions += self.actions(columns.told(operation))
            else:
                actions.append(Statement(replacement))
            keys.note(operation)
        return iter(actions)

    # --- rebuilding a table ---------------------------------------------------------------------------------

    def before_rebuild(self, draft: Draft, temporary: str) -> Iterator[Action]:
        """Remove what a run that failed has left: nothing takes a new table back here."""
        yield Statement(DropTable(draft.build(temporary), if_exists=True))

    def drop_old(self, draft: Draft) -> Iterator[Action]:
        """Drop the old table although others refer to it: they refer to the new one as soon as it has the name.

        MySQL has no such setting for one statement only; there a table that others refer to cannot be made anew.
        """
        drop = DropTable(draft.build(draft.name))
        if not self.is_mariadb:
            yield Statement(drop)
            return
        text = compiled_text(drop, self.dialect)
        yield Statement(Verbatim(f"SET STATEMENT foreign_key_checks = 0 FOR {text}"))

    def converted(
        self, value: ColumnElement[Any], before: TypeEngine[Any], after: TypeEngine[Any]
    ) -> ColumnElement[Any]:
        """Return a value as it is: storing it converts it, and CAST knows few types."""
        del before, after
        return value

    def frees_name(self, part: ConstraintPart) -> bool:
        """Return whether the name of a constraint must be freed: foreign keys and CHECKs share one namespace."""
        return part.name is not None and part.kind in {"foreignkey", "check"}

    def _refuse_guard(self, directive: str, deed: str) -> None:
        if not self.is_mariadb:
            verb = "does not exist" if deed.startswith(("add", "create")) else "exists"
            raise self.unsupported(
                directive,
                reason=f"{deed} only if it {verb}",
                alternative="MariaDB can. Look first, with sqlalchemy.inspect(op.get_bind()), and leave the "
                "condition out.",
            )


class MariaDB(MySQL, dialect="mariadb"):
    """What operations become on MariaDB."""

    @property
    def is_mariadb(self) -> bool:
        """Whether the server is MariaDB."""
        return True


class DropConstraintOfKind(ExecutableDDLElement):
    """``ALTER TABLE … DROP …`` in the words for the kind of constraint.

    Attributes:
        constraint: What stands for the constraint.
        if_exists: Whether its absence is no error; MariaDB only.
    """

    inherit_cache = False

    def __init__(self, constraint: Constraint, *, if_exists: bool) -> None:
        self.constraint = constraint
        self.if_exists = if_exists


def _may_have_function_default(operation: AlterColumnOp) -> bool:
    """Return whether a column holds points in time, whose defaults only a whole definition can state."""
    type_ = operation.modify_type if operation.modify_type is not None else operation.existing_type
    return (
        type_ is not None
        and affinity(instance_of(type_)) is DateTime
        and operation.modify_server_default is not None
    )


def _changes_definition(operation: AlterColumnOp) -> bool:
    return (
        operation.modify_nullable is not None
        or operation.modify_type is not None
        or operation.modify_comment is not False
        or operation.kw.get("autoincrement") is not None
    )


@compiles(DropConstraintOfKind, "mysql", "mariadb")
def _drop_constraint_of_kind(element: DropConstraintOfKind, compiler: DDLCompiler, **_: object) -> str:
    constraint = element.constraint
    drop = f"ALTER TABLE {compiler.preparer.format_table(constraint.table)} DROP"
    match constraint:
        case PrimaryKeyConstraint():
            return f"{drop} PRIMARY KEY"
        case ForeignKeyConstraint():
            kind = "FOREIGN KEY"
        case CheckConstraint():
            kind = "CONSTRAINT" if getattr(compiler.dialect, "is_mariadb", False) else "CHECK"
        case _:
            kind = "INDEX"
    guard = "IF EXISTS " if element.if_exists else ""
    return f"{drop} {kind} {guard}{compiler.preparer.format_constraint(constraint)}"
