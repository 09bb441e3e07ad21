"""A table's definition while operations change it.

A draft begins as the table is. :meth:`Draft.apply` changes it, one operation after the other, with no SQL
involved; in the end :meth:`Draft.build` gives the table as it shall be, and :attr:`Draft.sources` says where
the rows of each column come from.

One change is only noted down: a column's new name. Renaming is what ALTER can do on every database, and it
takes along what a rebuild cannot reach: views, triggers, foreign keys of other tables. So until
:meth:`Draft.settle` a column goes by the name it had, and operations that come after may call it by either.
"""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, Column, Computed, MetaData, Table, column, table, text
from sqlalchemy.schema import Constraint, CreateIndex

from async_migrate.ddl.attached import Attached
from async_migrate.ddl.ordering import in_groups, placed
from async_migrate.ddl.parts import CheckPart, ConstraintPart, PrimaryKeyPart, Renaming, part_of
from async_migrate.ddl.schema_items import (
    compiled_expression,
    compiled_text,
    constraints_in_order,
    copy_column,
    indexes_in_order,
    instance_of,
    is_created,
    is_made_by_type,
    named,
    prefixes_of,
    set_server_default,
)
from async_migrate.ddl.sqltext import names_in, split_at_parenthesis
from async_migrate.errors import (
    AlreadyInTableError,
    NotInTableError,
    UnknownOperationError,
    UnnamedConstraintError,
)
from async_migrate.operations import schema_objects

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping, Sequence

    from sqlalchemy import ColumnElement, Dialect, Index
    from sqlalchemy.schema import SchemaItem
    from sqlalchemy.types import TypeEngine

    from async_migrate.ddl.generator import DialectDDL
    from async_migrate.operations.base import MigrateOperation
    from async_migrate.operations.columns import AddColumnOp, AlterColumnOp, DropColumnOp
    from async_migrate.operations.constraints import AddConstraintOp, DropConstraintOp
    from async_migrate.operations.containers import BatchAlterTable
    from async_migrate.operations.indexes import CreateIndexOp, DropIndexOp
    from async_migrate.operations.tables import CreateTableCommentOp, DropTableCommentOp

__all__ = ["Draft"]


class Draft:
    """The definition of one table.

    Args:
        ddl: The generator of the database.
        table_: The table as it is.
        batch: What the batch itself asks of the new table.

    Attributes:
        name: The table's name.
        schema: Its schema.
        comment: Its comment.
        options: Further options of ``Table``, those of dialects.
        columns: Its columns by name, in order.
        sources: What each column is filled with from the old table; a new column is not in it.
        hidden_source: What the hidden column that tells rows apart is filled with, if there is one.
        primary_key: Its primary key.
        constraints: Its other constraints.
        constraints_before: The constraints that the database has, before the batch adds to them or names them.
        indexes: Its ``CREATE INDEX`` statements by name.
        triggers: Its ``CREATE TRIGGER`` statements by name.
        attached: What else hangs on the table.
        new_indexes: Indexes to create once the columns have their new names.
        new_types: Types that columns have got.
        renames: New names of columns by the names they still go by.
    """

    def __init__(self, ddl: DialectDDL, table_: Table, batch: BatchAlterTable) -> None:
        self._ddl = ddl
        self.attached = Attached.to(table_)
        self.options: dict[str, Any] = {**table_.kwargs, **batch.table_kwargs}
        self._prefixes = prefixes_of(table_)
        self._groups: list[Sequence[str]] = [tuple(group) for group in batch.partial_reordering or ()]
        self._neighbours: list[tuple[str, str]] = []
        self.name = table_.name
        self.schema = table_.schema
        self.comment = table_.comment
        self.columns: dict[str, Column[Any]] = {c.name: copy_column(c) for c in table_.columns}
        self.primary_key = _primary_key_of(table_, ddl.dialect)
        self.constraints = self._parts_of(table_)
        self.constraints_before = tuple(self.all_constraints())
        known = self.attached.indexes
        self.indexes = {**self._index_texts(table_, besides=known), **known}
        self.triggers = dict(self.attached.triggers)
        self.new_indexes: list[CreateIndexOp] = []
        self.new_types: list[TypeEngine[Any]] = []
        self.renames: dict[str, str] = {}
        self._begin()
        if batch.naming_convention and batch.copy_from is None:
            self._name_constraints(batch.naming_convention)
        self._add_table_args(batch.table_args)

    # --- results --------------------------------------------------------------------------------------------

    def build(self, name: str) -> Table:
        """Return the table as it shall be.

        Args:
            name: What to call it; a foreign key to the table itself keeps its real name.

        Raises:
            UnsupportedOperationError: It would have no columns.
        """
        if not self.columns:
            raise self._ddl.unsupported(
                "drop_column",
                reason=f"have the table {self.name!r} without any column",
                alternative="Drop the table, or add a column in the same block.",
            )
        metadata = MetaData()
        result = Table(
            name,
            metadata,
            *[copy_column(self.columns[c]) for c in self.order()],
            *([self.primary_key.make(metadata)] if self.primary_key else []),
            schema=self.schema,
            comment=self.comment,
            prefixes=self._prefixes,
            **self.options,
        )
        for constraint in [c for c in result.constraints if is_made_by_type(c)]:
            result.constraints.discard(constraint)
        for part in self.constraints:
            result.append_constraint(part.make(metadata))
        return result

    def order(self) -> list[str]:
        """Return the names of the columns in the order they shall have."""
        names = list(self.columns)
        if not self._groups:
            return names
        # A block that is split may name columns here that only a later part of it adds.
        groups = [
            [self.resolve("batch_alter_table", c) for c in group if self.has_column(c)]
            for group in self._groups
        ]
        neighbours = [pair for pair in self._neighbours if set(pair) <= set(names)]
        return in_groups(names, [*groups, *neighbours])

    def check_order(self) -> None:
        """Look at the groups that the order was asked for in.

        Raises:
            NotInTableError: One names a column that the table does not have.
        """
        for group in self._groups:
            for name in group:
                self.resolve("batch_alter_table", name)

    def constraint_names(self) -> frozenset[str]:
        """Return the names of all constraints, the primary key included."""
        return frozenset(part.name for part in self.all_constraints() if part.name is not None)

    def all_constraints(self) -> list[ConstraintPart]:
        """Return all constraints, the primary key first."""
        return [*([self.primary_key] if self.primary_key else []), *self.constraints]

    def resolve(self, operation: str, name: str) -> str:
        """Return the name that a column goes by in this draft.

        Args:
            operation: The directive that names the column.
            name: Its name so far, or the one it has been given.

        Raises:
            NotInTableError: There is no such column.
        """
        found = self._find(name)
        if found is not None:
            return found
        known = [self.renames.get(c, c) for c in self.columns]
        raise NotInTableError(operation, table=self.name, kind="column", name=name, known=known)

    def has_column(self, name: str) -> bool:
        """Return whether there is a column of that name, old or new."""
        return self._find(name) is not None

    def _find(self, name: str) -> str | None:
        now = {self.renames.get(c, c): c for c in self.columns}
        if name in self.columns or name in now:
            return name if name in self.columns else now[name]
        if self._ddl.ignores_case:
            alike = {
                spelled.lower(): c
                for spelled, c in [*now.items(), *zip(self.columns, self.columns, strict=True)]
            }
            return alike.get(name.lower())
        return None

    def dropped(self) -> list[str]:
        """Return the names of the columns that are no more."""
        return [name for name in self._existing if name not in self.columns]

    @staticmethod
    def names_in_index(sql: str) -> frozenset[str]:
        """Return the names, in lower case, that the columns and the condition of an index mention."""
        return names_in(split_at_parenthesis(sql)[1])

    # --- operations -----------------------------------------------------------------------------------------

    def collides(self, operation: MigrateOperation) -> bool:
        """Return whether an operation uses a name that is only free once the noted renames are done."""
        if operation.visit_name == "add_column":
            new_name = operation.column.name  # type: ignore[attr-defined]  # told by the visit name
        elif operation.visit_name == "alter_column":
            new_name = operation.modify_name  # type: ignore[attr-defined]  # told by the visit name
        else:
            return False
        return new_name in self.renames

    def decided(self, operation: MigrateOperation) -> MigrateOperation | None:
        """Return an operation without its "if exists": the definition knows. ``None`` if there is nothing to do."""
        if operation.visit_name == "add_column" and operation.if_not_exists:  # type: ignore[attr-defined]
            if self.has_column(operation.column.name):  # type: ignore[attr-defined]
                return None
            return _with(operation, if_not_exists=None)
        if operation.visit_name == "drop_column" and operation.if_exists:  # type: ignore[attr-defined]
            if not self.has_column(operation.column_name):  # type: ignore[attr-defined]
                return None
            return _with(operation, if_exists=None)
        return operation

    def apply(self, operation: MigrateOperation) -> None:
        """Change the definition as an operation says.

        Raises:
            NotInTableError: The operation names what is not there.
            AlreadyInTableError: It makes what is there.
            UnnamedConstraintError: A constraint is to be dropped and it is not said which.
            UnknownOperationError: This is no change of a table.
        """
        change: Callable[[Any], None] | None = getattr(self, f"_{operation.visit_name}", None)
        if change is None:
            raise UnknownOperationError(
                type(operation).__name__,
                visit_name=operation.visit_name,
                dialect=f"{self._ddl.title}, while table {self.name!r} is rebuilt",
            )
        change(operation)

    def settle(self) -> None:
        """Take the noted renames for done, so that the draft describes the table as it is now."""
        renaming = Renaming(self.name, self.schema, self.renames, self._quote)
        for operation in self.new_indexes:
            index = operation.to_index(self._ddl)
            self.indexes[str(index.name)] = compiled_text(CreateIndex(index), self._ddl.dialect)
        if self.renames:
            self._groups = [tuple(map(renaming.column, group)) for group in self._groups]
            self.columns = {
                renaming.column(name): self._renamed_column(c, renaming) for name, c in self.columns.items()
            }
            self.primary_key = self.primary_key and self.primary_key.renamed(renaming)
            self.constraints = [part.renamed(renaming) for part in self.constraints]
            self.indexes = {name: _renamed_index(sql, renaming) for name, sql in self.indexes.items()}
            self.triggers = {name: renaming.sql(sql) for name, sql in self.triggers.items()}
        self.new_indexes = []
        self.new_types = []
        self.renames = {}
        self._begin()

    def _begin(self) -> None:
        hidden = self._ddl.hidden_column(self)
        names = [*self.columns, *([hidden] if hidden else [])]
        self._old = table(self.name, *map(column, names), schema=self.schema)
        self.hidden_source: ColumnElement[Any] | None = self._old.c[hidden] if hidden else None
        self.sources: dict[str, ColumnElement[Any]] = {
            name: self._old.c[name] for name, c in self.columns.items() if c.computed is None
        }
        self._existing = list(self.columns)

    def _add_column(self, operation: AddColumnOp) -> None:
        if self.has_column(operation.column.name):
            raise AlreadyInTableError(
                "add_column", table=self.name, kind="column", name=operation.column.name
            )
        stub = self._stub(operation.column)
        new = stub.c[operation.column.key]
        name = new.name
        self.columns[name] = copy_column(new)
        self.new_types.append(new.type)
        self._place("add_column", name, operation)
        if new.primary_key:
            self._extend_primary_key(name)
        parts = self._parts_of(stub)
        for part in parts:
            self._ddl.check_new(part, schema=self.schema)
        self.constraints += parts
        self.indexes.update(self._index_texts(stub))

    def _drop_column(self, operation: DropColumnOp) -> None:
        name = self.resolve("drop_column", operation.column_name)
        existing_type = operation.kw.get("existing_type")
        if existing_type is not None:
            self._forget_checks(self._checks_of_type(name, existing_type))
        del self.columns[name]
        self.sources.pop(name, None)
        self.renames.pop(name, None)
        if self.primary_key is not None:
            self.primary_key = self.primary_key.without(name)
        self.constraints = [part for part in self.constraints if not part.needs(name, self.name, self.schema)]
        self.indexes = {
            index: sql for index, sql in self.indexes.items() if name.lower() not in self.names_in_index(sql)
        }

    def _alter_column(self, operation: AlterColumnOp) -> None:
        name = self.resolve("alter_column", operation.column_name)
        changed = self.columns[name]
        if operation.modify_type is not None:
            self._change_type(name, operation)
        if operation.modify_nullable is not None:
            changed.nullable = operation.modify_nullable
        if operation.modify_server_default is not False:
            self._change_default(changed, operation.modify_server_default)
        if operation.modify_comment is not False:
            changed.comment = operation.modify_comment
        if operation.kw.get("autoincrement") is not None:
            changed.autoincrement = bool(operation.kw["autoincrement"])
        if operation.insert_before is not None or operation.insert_after is not None:
            self._place("alter_column", name, operation)
        if operation.modify_name is not None:
            self._note_rename(name, operation.modify_name)

    def _create_primary_key(self, operation: AddConstraintOp) -> None:
        part = self._new_part(operation)
        assert isinstance(part, PrimaryKeyPart)  # noqa: S101  a primary key's part is one
        self.primary_key = part
        for name in part.columns:
            self.columns[name].nullable = False

    def _create_constraint(self, operation: AddConstraintOp) -> None:
        part = self._new_part(operation)
        self._ddl.check_new(part, schema=self.schema)
        self.constraints = [c for c in self.constraints if part.name is None or c.name != part.name]
        self.constraints.append(part)

    _create_unique_constraint = _create_constraint
    _create_foreign_key = _create_constraint
    _create_check_constraint = _create_constraint
    _create_exclude_constraint = _create_constraint

    def _drop_constraint(self, operation: DropConstraintOp) -> None:
        wanted = named(self._ddl.constraint_to_drop(operation))
        if self._is_primary_key(wanted, operation):
            self.primary_key = None
            return
        if wanted is None:
            raise UnnamedConstraintError(self.name)
        kept = [part for part in self.constraints if part.name != wanted]
        if len(kept) == len(self.constraints) and not operation.if_exists:
            known = sorted(self.constraint_names())
            raise NotInTableError(
                "drop_constraint", table=self.name, kind="constraint", name=wanted, known=known
            )
        self.constraints = kept

    def _create_index(self, operation: CreateIndexOp) -> None:
        known = {*self.indexes, *(str(other.index_name) for other in self.new_indexes)}
        if operation.if_not_exists and operation.index_name in known:
            return
        self.new_indexes.append(operation)

    def _drop_index(self, operation: DropIndexOp) -> None:
        name = str(operation.to_index(self._ddl).name)
        kept = [new for new in self.new_indexes if str(new.to_index(self._ddl).name) != name]
        if self.indexes.pop(name, None) is None and len(kept) == len(self.new_indexes):
            if operation.if_exists:
                return
            raise NotInTableError(
                "drop_index", table=self.name, kind="index", name=name, known=sorted(self.indexes)
            )
        self.new_indexes = kept

    def _create_table_comment(self, operation: CreateTableCommentOp) -> None:
        self.comment = operation.comment

    def _drop_table_comment(self, operation: DropTableCommentOp) -> None:
        del operation
        self.comment = None

    # --- columns --------------------------------------------------------------------------------------------

    def _change_type(self, name: str, operation: AlterColumnOp) -> None:
        assert operation.modify_type is not None  # noqa: S101  the caller has looked
        changed = self.columns[name]
        self.constraints = [
            part for part in self.constraints if not (isinstance(part, CheckPart) and part.of_type == name)
        ]
        if operation.existing_type is not None:
            self._forget_checks(self._checks_of_type(name, operation.existing_type))
        new_type = instance_of(operation.modify_type)
        if name in self.sources:
            self.sources[name] = self._ddl.converted(self.sources[name], changed.type, new_type)
        changed.type = new_type
        self.new_types.append(new_type)
        self.constraints += self._checks_of_type(name, new_type)

    def _change_default(self, changed: Column[Any], default: Any) -> None:
        was_computed = changed.computed is not None
        set_server_default(changed, default)
        if changed.computed is not None:
            self.sources.pop(changed.name, None)
        elif was_computed and changed.name in self._existing:
            self.sources[changed.name] = self._old.c[changed.name]

    def _note_rename(self, name: str, new_name: str) -> None:
        self.renames.pop(name, None)
        if new_name == name:
            return
        if self._find(new_name) not in {None, name}:
            raise AlreadyInTableError("alter_column", table=self.name, kind="column", name=new_name)
        self.renames[name] = new_name

    def _renamed_column(self, old: Column[Any], renaming: Renaming) -> Column[Any]:
        new = copy_column(old)
        new.name = new.key = renaming.column(old.name)
        if new.computed is not None:
            sql = renaming.sql(compiled_expression(new.computed.sqltext, self._ddl.dialect))
            sql = sql.replace(":", r"\:")
            set_server_default(new, Computed(text(sql), persisted=new.computed.persisted))
        return new

    def _place(self, directive: str, name: str, operation: AddColumnOp | AlterColumnOp) -> None:
        before, after = operation.insert_before, operation.insert_after
        before = before if before is None else self.resolve(directive, before)
        after = after if after is None else self.resolve(directive, after)
        self._neighbours += [(name, before)] if before else []
        self._neighbours += [(after, name)] if after else []
        order = placed(name, list(self.columns), before=before, after=after, existing=self._existing)
        self.columns = {c: self.columns[c] for c in order}

    # --- constraints and indexes ----------------------------------------------------------------------------

    def _extend_primary_key(self, name: str) -> None:
        before = self.primary_key or PrimaryKeyPart(name=None, columns=())
        self.primary_key = replace(before, columns=(*before.columns, name))

    def _is_primary_key(self, wanted: str | None, operation: DropConstraintOp) -> bool:
        """Return whether the constraint to drop is the primary key: by its name, or because it is the only one."""
        if self.primary_key is None:
            return False
        if wanted is not None and wanted == self.primary_key.name:
            return True
        return operation.constraint_type == "primary" and self.primary_key.name is None

    def _new_part(self, operation: AddConstraintOp) -> ConstraintPart:
        constraint = operation.to_constraint(self._ddl)
        owner = schema_objects.table_of(constraint)
        for name in [*self.columns, *self.renames.values()]:
            # Words of a condition are recognised as columns by the columns that its table has.
            if name not in owner.c:
                owner.append_column(Column(name))
        part = part_of(constraint, owner, self._ddl.dialect)
        back = Renaming(self.name, self.schema, {new: old for old, new in self.renames.items()}, self._quote)
        part = part.renamed(back)
        spelled = {name: self.resolve(operation.visit_name, name) for name in part.columns}
        return part.renamed(Renaming(self.name, self.schema, spelled, self._quote))

    def _parts_of(self, table_: Table) -> list[ConstraintPart]:
        constraints = [*constraints_in_order(table_), *(k for c in table_.columns for k in c.constraints)]
        return [
            part_of(constraint, table_, self._ddl.dialect)
            for constraint in constraints
            if is_created(constraint, self._ddl.dialect)
        ]

    def _checks_of_type(
        self, name: str, type_: TypeEngine[Any] | type[TypeEngine[Any]]
    ) -> list[ConstraintPart]:
        return self._parts_of(self._stub(Column(name, instance_of(type_))))

    def _forget_checks(self, checks: Iterable[ConstraintPart]) -> None:
        """Forget the CHECKs that a type is said to have made: by name, or an unnamed one by what it says."""
        names = {part.name for part in checks if part.name is not None}
        words = {_words(part.sql) for part in checks if isinstance(part, CheckPart) and part.name is None}
        self.constraints = [
            part
            for part in self.constraints
            if not (
                isinstance(part, CheckPart)
                and (part.name in names if part.name is not None else _words(part.sql) in words)
            )
        ]

    def _name_constraints(self, naming_convention: Mapping[str, Any]) -> None:
        metadata = MetaData(naming_convention=naming_convention)
        scratch = Table(self.name, metadata, *map(copy_column, self.columns.values()), schema=self.schema)

        def with_name(part: ConstraintPart) -> ConstraintPart:
            if part.name is not None:
                return part
            constraint = part.make(metadata)
            scratch.append_constraint(constraint)
            return replace(part, name=named(constraint))

        self.constraints = [with_name(part) for part in self.constraints]
        if self.primary_key is not None:
            part = with_name(self.primary_key)
            assert isinstance(part, PrimaryKeyPart)  # noqa: S101  it was one before it had a name
            self.primary_key = part

    def _add_table_args(self, items: Sequence[SchemaItem]) -> None:
        columns = [item for item in items if isinstance(item, Column)]
        constraints = [item for item in items if isinstance(item, Constraint)]
        stub = self._stub(*columns)
        for c in stub.columns:
            self.columns[c.name] = copy_column(c)
        if any(isinstance(item, CheckConstraint) for item in constraints):
            # Whoever states CHECKs states the unnamed ones anew: two texts cannot be told to mean the same.
            self.constraints = [
                part for part in self.constraints if not (isinstance(part, CheckPart) and part.name is None)
            ]
        self.constraints += self._parts_of(stub)
        for part in self._parts_given(constraints):
            if isinstance(part, PrimaryKeyPart):
                self.primary_key = part
            else:
                self.constraints.append(part)

    def _parts_given(self, constraints: Sequence[Constraint]) -> list[ConstraintPart]:
        owner = Table(self.name, MetaData(), *map(copy_column, self.columns.values()), schema=self.schema)
        for constraint in constraints:
            owner.append_constraint(constraint)
        return [part_of(constraint, owner, self._ddl.dialect) for constraint in constraints]

    def _stub(self, *columns: Column[Any]) -> Table:
        return schema_objects.table(
            self.name,
            *map(schema_objects.copy_of, columns),
            schema=self.schema,
            naming_convention=self._ddl.naming_convention,
        )

    def _index_texts(self, table_: Table, *, besides: Container[str] = ()) -> dict[str, str]:
        indexes = [index for index in indexes_in_order(table_) if str(index.name) not in besides]
        return {str(index.name): self._index_text(index) for index in indexes}

    def _index_text(self, index: Index) -> str:
        return compiled_text(CreateIndex(index), self._ddl.dialect)

    def _quote(self, name: str) -> str:
        return self._ddl.dialect.identifier_preparer.quote(name)


def _with(operation: MigrateOperation, **attributes: object) -> MigrateOperation:
    changed = copy(operation)
    for name, value in attributes.items():
        setattr(changed, name, value)
    return changed


def _primary_key_of(table_: Table, dialect: Dialect) -> PrimaryKeyPart | None:
    part = part_of(table_.primary_key, table_, dialect)
    return part if isinstance(part, PrimaryKeyPart) and part.columns else None


def _renamed_index(sql: str, renaming: Renaming) -> str:
    before, columns = split_at_parenthesis(sql)
    return before + renaming.sql(columns)


def _words(sql: str) -> str:
    """Return a condition without what databases add and leave out when they hand it back."""
    return "".join(c for c in sql.lower() if c not in ' \t\n()"`[]')
