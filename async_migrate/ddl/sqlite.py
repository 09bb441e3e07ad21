"""SQLite: little ALTER, and a rebuild of the table for the rest.

What ALTER can do is in https://www.sqlite.org/lang_altertable.html: rename a table or a column, add a column
under some conditions, drop one under others.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKeyConstraint,
    Integer,
    String,
    UniqueConstraint,
    column,
    delete,
    exists,
    insert,
    literal,
    select,
    table,
    union_all,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import DropTable

from async_migrate.ddl.elements import (
    RenameColumn,
    RenameTable,
    Verbatim,
    alter_table,
    column_name,
    table_name,
)
from async_migrate.ddl.generator import DialectDDL
from async_migrate.ddl.parts import ForeignKeyPart, UniquePart, part_of
from async_migrate.ddl.schema_items import (
    compiled_default,
    compiled_expression,
    constraints_in_order,
    is_created,
)
from async_migrate.ddl.sqltext import names_in
from async_migrate.ddl.statement import Requirement, Statement
from async_migrate.errors import DependentBrokenError, ForeignKeysEnforcedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Column, ColumnElement, Constraint, Insert, Select
    from sqlalchemy.sql.compiler import DDLCompiler
    from sqlalchemy.types import TypeEngine

    from async_migrate.ddl.attached import Dependent, Reference
    from async_migrate.ddl.draft import Draft
    from async_migrate.ddl.objects.triggers import TriggerFeature
    from async_migrate.ddl.objects.views import ViewFeature
    from async_migrate.ddl.parts import ConstraintPart
    from async_migrate.ddl.statement import Action
    from async_migrate.errors import UnsupportedOperationError
    from async_migrate.operations.base import MigrateOperation
    from async_migrate.operations.columns import AddColumnOp, AlterColumnOp, DropColumnOp
    from async_migrate.operations.constraints import DropConstraintOp
    from async_migrate.operations.routines import DropRoutineOp, RoutineOp

__all__ = ["SQLite"]

_DROP_COLUMN_SINCE = (3, 35)
_CONSTANT = re.compile(r"[+-]?[\d.]+(?:e[+-]?\d+)?|x?'(?:[^']|'')*'|null|true|false", re.IGNORECASE)

_ROWID_NAMES = ("rowid", "oid", "_rowid_")

_NEVER_NATIVE = frozenset(
    {
        "create_check_constraint",
        "create_exclude_constraint",
        "create_foreign_key",
        "create_primary_key",
        "create_unique_constraint",
        "drop_constraint",
    }
)


class SQLite(DialectDDL, dialect="sqlite"):
    """What operations become on SQLite."""

    transactional: ClassVar[bool] = True
    ignores_case: ClassVar[bool] = True

    @property
    def title(self) -> str:
        """The name of the database."""
        return "SQLite"

    # --- views, routines, triggers --------------------------------------------------------------------------

    @property
    def cascades(self) -> bool:
        """Whether a drop can take with it what depends on the object: never."""
        return False

    @property
    def view_features(self) -> frozenset[ViewFeature]:
        """What may be asked of a view."""
        return frozenset(["if_not_exists"])

    @property
    def trigger_features(self) -> frozenset[TriggerFeature]:
        """What may be asked of a trigger."""
        return frozenset(["before", "columns", "for_each_row", "instead_of", "when"])

    def check_routine(self, operation: RoutineOp | DropRoutineOp) -> None:
        """Refuse: functions live in the application, and there are no procedures.

        Raises:
            UnsupportedOperationError: Always.
        """
        raise self.unsupported(
            operation.visit_name,
            reason=f"keep a {operation.kind} in the database",
            alternative="Give the application's connections the function, with create_function() of the driver, or "
            "use a trigger.",
        )

    # --- what ALTER can do ----------------------------------------------------------------------------------

    def is_native(self, operation: MigrateOperation, draft: Draft | None = None) -> bool:
        """Return whether ALTER can do an operation on an existing table."""
        match operation.visit_name:
            case "add_column":
                return self._can_add(operation)  # type: ignore[arg-type]  # told by the visit name
            case "drop_column":
                return self._can_drop(operation, draft)  # type: ignore[arg-type]  # told by the visit name
            case "alter_column":
                return _only_renames(operation)  # type: ignore[arg-type]  # told by the visit name
            case kind:
                return kind not in _NEVER_NATIVE

    def add_column(self, operation: AddColumnOp) -> Iterator[Action]:
        """Add a column; its foreign key and CHECKs are part of its definition, the only place SQLite takes them.

        Raises:
            UnsupportedOperationError: It must be unique, a primary key or stored, or it is to be added unless
                there, or a constraint of it is none that SQLite has.
        """
        obstacle = self._obstacle_to_adding(operation)
        if obstacle is not None:
            raise self._only_by_rebuild("add_column", operation.table_name, reason=obstacle)
        table_ = self._table_of_column(operation, operation.column)
        for constraint in constraints_in_order(table_):
            self.check_new(part_of(constraint, table_, self.dialect), schema=operation.schema)
        return super().add_column(operation)

    def is_inline(self, constraint: Constraint, column: Column[Any], operation: AddColumnOp) -> bool:
        """Return whether a constraint is part of the definition of a column to add: always."""
        del column, operation
        return isinstance(constraint, (CheckConstraint, ForeignKeyConstraint))

    def drop_column(self, operation: DropColumnOp) -> Iterator[Action]:
        """Drop a column.

        Raises:
            UnsupportedOperationError: It is to be dropped only if it is there.
        """
        if operation.if_exists:
            raise self._only_by_rebuild(
                "drop_column", operation.table_name, reason="drop a column only if it exists"
            )
        return super().drop_column(operation)

    def alter_column(self, operation: AlterColumnOp) -> Iterator[Action]:
        """Rename a column.

        Raises:
            UnsupportedOperationError: Something else is to be changed.
        """
        if not _only_renames(operation):
            raise self._only_by_rebuild(
                "alter_column",
                operation.table_name,
                reason="change anything but the name of the existing column "
                f"{operation.table_name}.{operation.column_name}",
            )
        return self.change_name(operation)

    def add_constraint(self, constraint: Constraint) -> Iterator[Action]:
        """Refuse: there is no ALTER for constraints.

        Raises:
            UnsupportedOperationError: Always, for a constraint that SQLite would have.
        """
        if is_created(constraint, self.dialect):
            raise self._no_constraints("create", constraint.table.name, constraint)
        return iter(())

    def drop_constraint(self, operation: DropConstraintOp) -> Iterator[Action]:
        """Refuse: there is no ALTER for constraints.

        Raises:
            UnsupportedOperationError: Always.
        """
        raise self._only_by_rebuild(
            "drop_constraint",
            operation.table_name,
            reason=f"drop a constraint of the existing table {operation.table_name!r}",
        )

    def check_new(self, part: ConstraintPart, *, schema: str | None) -> None:
        """Refuse what SQLite does not have, or would leave out without a word.

        Raises:
            UnsupportedOperationError: A foreign key refers to another database, or a unique constraint is deferred.
        """
        if isinstance(part, ForeignKeyPart) and (part.target_schema or "main") != (schema or "main"):
            target = f"{part.target_schema or 'main'}.{part.target_table}"
            raise self.unsupported(
                "create_foreign_key",
                reason=f"refer to {target} from a table of {schema or 'main'!r}, which is another database",
                alternative="Keep both tables in one file, or leave the foreign key out on SQLite.",
            )
        if isinstance(part, UniquePart) and part.options.get("deferrable") is not None:
            raise self.unsupported(
                "create_unique_constraint",
                reason=f"defer the check of UNIQUE ({', '.join(part.columns)})",
                alternative="Leave deferrable and initially out on SQLite.",
            )

    # --- the rebuild ----------------------------------------------------------------------------------------

    def frees_name(self, part: ConstraintPart) -> bool:
        """Return whether names of constraints must be freed: they are not even unique here."""
        del part
        return False

    def hidden_column(self, draft: Draft) -> str | None:
        """Return the rowid, where no column is it and where it can be written: else rows would be numbered anew."""
        if not draft.options.get("sqlite_with_rowid", True) or self._rowid_alias(draft):
            return None
        taken = {name.lower() for name in draft.columns}
        return next((name for name in _ROWID_NAMES if name not in taken), None)

    def _rowid_alias(self, draft: Draft) -> bool:
        key = draft.primary_key
        if key is None or len(key.columns) != 1:
            return False
        type_ = self.dialect.type_compiler_instance.process(draft.columns[key.columns[0]].type)
        return type_.upper() == "INTEGER"

    def before_rebuild(self, draft: Draft, temporary: str) -> Iterator[Action]:
        """Make sure that no rows go with the old table, and remove what a run that was killed has left."""
        if draft.attached.references:
            yield Requirement(
                union_all(*[_rows_that_refer(one, draft) for one in draft.attached.references]),
                refusal=lambda tables: ForeignKeysEnforcedError(draft.name, tables),
                is_empty=True,
            )
        yield Statement(DropTable(draft.build(temporary), if_exists=True))

    def after_rebuild(self, draft: Draft) -> Iterator[Action]:
        """Make sure that views and triggers still work, which SQLite would only find out when they are used.

        A statement that fires one trigger fires all of its kind, and these others. So the one to blame is asked
        about first: it names a column that is gone.
        """
        gone = {name.lower() for name in draft.dropped()}
        suspects = sorted(
            draft.attached.dependents, key=lambda each: (each.kind != "view", not gone & names_in(each.sql))
        )
        for dependent in suspects:
            yield self._still_works(dependent, draft)

    def _still_works(self, dependent: Dependent, draft: Draft) -> Requirement:
        if dependent.any_column is not None and dependent.on == draft.name:
            plain = next((name for name, c in draft.columns.items() if c.computed is None), None)
            dependent = replace(dependent, any_column=plain)
        probe = dependent.probe(self.dialect.identifier_preparer.quote, schema=draft.schema)
        return Requirement(
            Verbatim(probe),
            refusal=lambda words: DependentBrokenError(
                draft.name, kind=dependent.kind, name=dependent.name, reason=words[0]
            ),
        )

    def copy_rows(self, draft: Draft, temporary: str, insert: Insert) -> Iterator[Action]:
        """Copy the rows, and how far AUTOINCREMENT had come, which may be past the highest row that is left."""
        yield from super().copy_rows(draft, temporary, insert)
        if draft.options.get("sqlite_autoincrement"):
            yield from _copy_sequence(draft, temporary)

    def take_name(self, draft: Draft, temporary: str) -> Iterator[Action]:
        """Rename the new table without a look at views and triggers: until it is renamed they name no table."""
        yield Statement(Verbatim("PRAGMA legacy_alter_table = ON"))
        yield from super().take_name(draft, temporary)
        yield Statement(Verbatim("PRAGMA legacy_alter_table = OFF"))

    def converted(
        self, value: ColumnElement[Any], before: TypeEngine[Any], after: TypeEngine[Any]
    ) -> ColumnElement[Any]:
        """Return a value as the new type of its column; JSON is text, and a cast to it would make it a number."""
        return value if isinstance(after, JSON) else super().converted(value, before, after)

    # --- conditions -----------------------------------------------------------------------------------------

    def _can_add(self, operation: AddColumnOp) -> bool:
        if operation.insert_before is not None or operation.insert_after is not None:
            return False
        if self._obstacle_to_adding(operation) is not None:
            return False
        table_ = self._table_of_column(operation, operation.column)
        new = table_.c[operation.column.key]
        default = compiled_default(new, self.dialect)
        if default is None or default.lower() == "null":
            return True
        return not table_.foreign_keys and _CONSTANT.fullmatch(default) is not None

    def _obstacle_to_adding(self, operation: AddColumnOp) -> str | None:
        """Return why ALTER could not even add the column to an empty table, in words that follow "it cannot"."""
        table_ = self._table_of_column(operation, operation.column)
        new = table_.c[operation.column.key]
        name = f"{operation.table_name}.{new.name}"
        if operation.if_not_exists:
            return f"add the column {name} only if it does not exist"
        if new.primary_key:
            return f"add the column {name} as a primary key"
        if any(isinstance(c, UniqueConstraint) for c in constraints_in_order(table_)):
            return f"add the column {name} with a UNIQUE constraint"
        if new.computed is not None and new.computed.persisted:
            return f"add the stored computed column {name}"
        return None

    def _can_drop(self, operation: DropColumnOp, draft: Draft | None) -> bool:
        if draft is None or operation.if_exists or not self._has_drop_column():
            return False
        if not draft.has_column(operation.column_name):
            return True  # the error is the draft's to raise
        name = draft.resolve("drop_column", operation.column_name)
        return len(draft.columns) > 1 and not (
            any(part.needs(name, draft.name, draft.schema) for part in draft.all_constraints())
            or name.lower() in self._names_used(draft, besides=name)
        )

    def _names_used(self, draft: Draft, *, besides: str) -> set[str]:
        """Return the names that indexes, triggers, views and computed columns use."""
        used = {name for sql in draft.indexes.values() for name in draft.names_in_index(sql)}
        texts = [*draft.triggers.values(), *(each.sql for each in draft.attached.dependents)]
        used |= {name for sql in texts for name in names_in(sql)}
        for operation in draft.new_indexes:
            used |= {column.name.lower() for column in operation.to_index(self).columns}
        for name, other in draft.columns.items():
            if other.computed is not None and name != besides:
                used |= names_in(compiled_expression(other.computed.sqltext, self.dialect))
        return used

    def _has_drop_column(self) -> bool:
        version = self.dialect.server_version_info
        return version is None or version >= _DROP_COLUMN_SINCE

    def _no_constraints(self, verb: str, table_: str, constraint: Constraint) -> UnsupportedOperationError:
        kinds = {
            "primary_key_constraint": "create_primary_key",
            "unique_constraint": "create_unique_constraint",
            "foreign_key_constraint": "create_foreign_key",
        }
        directive = kinds.get(constraint.__visit_name__, "create_check_constraint")
        return self._only_by_rebuild(
            directive, table_, reason=f"{verb} a constraint of the existing table {table_!r}"
        )

    def _only_by_rebuild(self, directive: str, table_: str, *, reason: str) -> UnsupportedOperationError:
        return self.unsupported(
            directive,
            reason=reason,
            alternative=f"Use op.batch_alter_table({table_!r}), which makes the table anew; when SQL is only written "
            "down, give it copy_from= with the table as it is.",
        )


def _only_renames(operation: AlterColumnOp) -> bool:
    return (
        operation.modify_type is None
        and operation.modify_nullable is None
        and operation.modify_server_default is False
        and operation.insert_before is None
        and operation.insert_after is None
    )


def _rows_that_refer(reference: Reference, draft: Draft) -> Select[Any]:
    """Return a query that finds the name of the table, once, if it has rows that refer to the old table."""
    referring = table(reference.table, *map(column, reference.columns), schema=draft.schema)
    refers = [c.is_not(None) for c in referring.c]
    found = exists(select(literal(1)).select_from(referring).where(*refers))
    return select(literal(reference.table)).where(found)


def _copy_sequence(draft: Draft, temporary: str) -> Iterator[Action]:
    sequence = table("sqlite_sequence", column("name", String), column("seq", Integer), schema=draft.schema)
    old = sequence.alias("old")
    has_old = exists(select(literal(1)).select_from(old).where(old.c.name == draft.name))
    yield Statement(delete(sequence).where(sequence.c.name == temporary, has_old))
    yield Statement(
        insert(sequence).from_select(
            ["name", "seq"],
            select(literal(temporary), sequence.c.seq).where(sequence.c.name == draft.name),
        )
    )


@compiles(RenameTable, "sqlite")
def _rename_table(element: RenameTable, compiler: DDLCompiler, **_: object) -> str:
    return f"{alter_table(compiler, element)} RENAME TO {table_name(compiler, element.new_name)}"


@compiles(RenameColumn, "sqlite")
def _rename_column(element: RenameColumn, compiler: DDLCompiler, **_: object) -> str:
    names = f"{column_name(compiler, element.column)} TO {column_name(compiler, element.new_name)}"
    return f"{alter_table(compiler, element)} RENAME COLUMN {names}"
