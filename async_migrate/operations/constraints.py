"""Constraints: added, and dropped."""

from __future__ import annotations

from abc import abstractmethod
from copy import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar, cast

from async_migrate.errors import IrreversibleOperationError, UnknownConstraintError
from async_migrate.operations import schema_objects
from async_migrate.operations.base import MigrateOperation, convention_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import (
        CheckConstraint,
        ColumnElement,
        Constraint,
        ForeignKeyConstraint,
        PrimaryKeyConstraint,
        TextClause,
        UniqueConstraint,
    )
    from sqlalchemy.dialects.postgresql import ExcludeConstraint

    from async_migrate.operations.base import HasNamingConvention

__all__ = [
    "AddConstraintOp",
    "CreateCheckConstraintOp",
    "CreateExcludeConstraintOp",
    "CreateForeignKeyOp",
    "CreatePrimaryKeyOp",
    "CreateUniqueConstraintOp",
    "DropConstraintOp",
]

_AddConstraint = TypeVar("_AddConstraint", bound="type[AddConstraintOp]")

_DROP_TYPES = {
    "unique_constraint": "unique",
    "foreign_key_constraint": "foreignkey",
    "primary_key_constraint": "primary",
    "check_constraint": "check",
    "column_check_constraint": "check",
    "table_or_column_check_constraint": "check",
}


def _name_of(constraint: Constraint) -> str | None:
    """Return the name; SQLAlchemy marks "deliberately none" by an object that is not a string."""
    return constraint.name if isinstance(constraint.name, str) else None


def _timing_of(constraint: Constraint) -> dict[str, Any]:
    options = {"deferrable": constraint.deferrable, "initially": constraint.initially}
    return {name: value for name, value in options.items() if value}


class AddConstraintOp(MigrateOperation):
    """What all operations that add a constraint have in common.

    Attributes:
        constraint_type: ``primarykey``, ``unique``, ``foreignkey``, ``check`` or ``exclude``.
        add_constraint_ops: The class for each ``__visit_name__`` of a constraint.
    """

    constraint_type: ClassVar[str] = "constraint"
    add_constraint_ops: ClassVar[dict[str, type[AddConstraintOp]]] = {}
    constraint_name: str | None

    @classmethod
    def register_add_constraint(cls, type_: str) -> Callable[[_AddConstraint], _AddConstraint]:
        """Register the decorated class as what adds constraints of a kind, by their ``__visit_name__``."""

        def register(operation: _AddConstraint) -> _AddConstraint:
            cls.add_constraint_ops[type_] = operation
            return operation

        return register

    @classmethod
    def from_constraint(cls, constraint: Constraint) -> AddConstraintOp:
        """Return the operation that adds this constraint, of the class registered for its kind.

        Raises:
            UnknownConstraintError: No class is.
        """
        kind = constraint.__visit_name__
        if kind not in cls.add_constraint_ops:
            raise UnknownConstraintError(kind, known=sorted(cls.add_constraint_ops))
        return cls.add_constraint_ops[kind].from_constraint(constraint)

    @abstractmethod
    def to_constraint(self, migration_context: HasNamingConvention | None = None) -> Constraint:
        """Return the constraint, on a table made of nothing but names."""

    def relocated(self, *, constraint_name: str | None, table_name: str, schema: str | None) -> Self:
        """Return a copy under another name or on another table."""
        result = copy(self)
        vars(result).update(constraint_name=constraint_name, table_name=table_name, schema=schema)
        return result

    def reverse(self) -> DropConstraintOp:
        """Return the drop, which remembers the constraint."""
        return DropConstraintOp.from_constraint(self.to_constraint())

    def to_diff_tuple(self) -> tuple[str, Constraint]:
        """Return ``("add_constraint", constraint)``."""
        return ("add_constraint", self.to_constraint())


@dataclass(eq=False)
class DropConstraintOp(MigrateOperation):
    """Drop a constraint.

    Attributes:
        constraint_name: Its name.
        table_name: Its table.
        constraint_type: ``foreignkey``, ``primary``, ``unique``, ``check``, or ``None``; MySQL needs it.
        schema: The table's schema.
        if_exists: Whether its absence is no error.
    """

    visit_name: ClassVar[str] = "drop_constraint"

    constraint_name: str | None
    table_name: str
    constraint_type: str | None
    schema: str | None
    if_exists: bool | None
    _reverse: AddConstraintOp | None = field(repr=False)

    def __init__(
        self,
        constraint_name: str | None,
        table_name: str,
        type_: str | None = None,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        _reverse: AddConstraintOp | None = None,
    ) -> None:
        self.constraint_name = constraint_name
        self.table_name = table_name
        self.constraint_type = type_
        self.schema = schema
        self.if_exists = if_exists
        self._reverse = _reverse

    @classmethod
    def from_constraint(cls, constraint: Constraint) -> DropConstraintOp:
        """Return the operation that drops this constraint and knows how to add it again."""
        owner = schema_objects.table_of(constraint)
        return cls(
            _name_of(constraint),
            owner.name,
            _DROP_TYPES.get(constraint.__visit_name__),
            schema=owner.schema,
            _reverse=AddConstraintOp.from_constraint(constraint),
        )

    @property
    def original(self) -> AddConstraintOp | None:
        """The operation that made what is dropped, where known."""
        return self._reverse

    def to_constraint(self) -> Constraint:
        """Return the constraint that is dropped.

        Raises:
            IrreversibleOperationError: Only its name is known.
        """
        return self._known_original().to_constraint()

    def reverse(self) -> AddConstraintOp:
        """Return the operation that adds it again."""
        return AddConstraintOp.from_constraint(self.to_constraint())

    def to_diff_tuple(self) -> tuple[str, Constraint]:
        """Return ``("remove_constraint", constraint)``, or ``remove_fk`` for a foreign key."""
        name = "remove_fk" if self.constraint_type == "foreignkey" else "remove_constraint"
        return (name, self.to_constraint())

    def _known_original(self) -> AddConstraintOp:
        if self._reverse is None:
            raise IrreversibleOperationError(self.visit_name, target=self.constraint_name)
        return self._reverse.relocated(
            constraint_name=self.constraint_name, table_name=self.table_name, schema=self.schema
        )


@AddConstraintOp.register_add_constraint("primary_key_constraint")
@dataclass(eq=False)
class CreatePrimaryKeyOp(AddConstraintOp):
    """Add a primary key.

    Attributes:
        constraint_name: Its name; ``None`` leaves it to the naming convention or the database.
        table_name: Its table.
        columns: The columns, in order.
        schema: The table's schema.
        kw: ``deferrable``, ``initially``, ``info`` and options of the dialect.
    """

    visit_name: ClassVar[str] = "create_primary_key"
    constraint_type: ClassVar[str] = "primarykey"

    constraint_name: str | None
    table_name: str
    columns: Sequence[str]
    schema: str | None
    kw: dict[str, Any]

    def __init__(
        self,
        constraint_name: str | None,
        table_name: str,
        columns: Sequence[str],
        *,
        schema: str | None = None,
        **kw: Any,
    ) -> None:
        self.constraint_name = constraint_name
        self.table_name = table_name
        self.columns = columns
        self.schema = schema
        self.kw = kw

    @classmethod
    def from_constraint(cls, constraint: Constraint) -> CreatePrimaryKeyOp:
        """Return the operation that adds this primary key."""
        primary_key = cast("PrimaryKeyConstraint", constraint)
        return cls(
            _name_of(primary_key),
            primary_key.table.name,
            [column.name for column in primary_key.columns],
            schema=primary_key.table.schema,
            **_timing_of(primary_key),
            **schema_objects.options_by_name(primary_key.dialect_kwargs, primary_key.table),
        )

    def to_constraint(self, migration_context: HasNamingConvention | None = None) -> PrimaryKeyConstraint:
        """Return the primary key, on a table made of nothing but names."""
        return schema_objects.primary_key_constraint(
            self.constraint_name,
            self.table_name,
            self.columns,
            schema=self.schema,
            naming_convention=convention_of(migration_context),
            **self.kw,
        )


@AddConstraintOp.register_add_constraint("unique_constraint")
@dataclass(eq=False)
class CreateUniqueConstraintOp(AddConstraintOp):
    """Add a unique constraint.

    Attributes:
        constraint_name: Its name; ``None`` leaves it to the naming convention or the database.
        table_name: Its table.
        columns: The columns, in order.
        schema: The table's schema.
        kw: ``deferrable``, ``initially``, ``info`` and options of the dialect.
    """

    visit_name: ClassVar[str] = "create_unique_constraint"
    constraint_type: ClassVar[str] = "unique"

    constraint_name: str | None
    table_name: str
    columns: Sequence[str]
    schema: str | None
    kw: dict[str, Any]

    def __init__(
        self,
        constraint_name: str | None,
        table_name: str,
        columns: Sequence[str],
        *,
        schema: str | None = None,
        **kw: Any,
    ) -> None:
        self.constraint_name = constraint_name
        self.table_name = table_name
        self.columns = columns
        self.schema = schema
        self.kw = kw

    @classmethod
    def from_constraint(cls, constraint: Constraint) -> CreateUniqueConstraintOp:
        """Return the operation that adds this unique constraint."""
        unique = cast("UniqueConstraint", constraint)
        return cls(
            _name_of(unique),
            unique.table.name,
            [column.name for column in unique.columns],
            schema=unique.table.schema,
            **_timing_of(unique),
            **schema_objects.options_by_name(unique.dialect_kwargs, unique.table),
        )

    def to_constraint(self, migration_context: HasNamingConvention | None = None) -> UniqueConstraint:
        """Return the unique constraint, on a table made of nothing but names."""
        return schema_objects.unique_constraint(
            self.constraint_name,
            self.table_name,
            self.columns,
            schema=self.schema,
            naming_convention=convention_of(migration_context),
            **self.kw,
        )


@AddConstraintOp.register_add_constraint("foreign_key_constraint")
@dataclass(eq=False)
class CreateForeignKeyOp(AddConstraintOp):
    """Add a foreign key.

    Attributes:
        constraint_name: Its name; ``None`` leaves it to the naming convention or the database.
        source_table: The table that refers.
        referent_table: The table it refers to.
        local_cols: The columns that refer.
        remote_cols: The columns they refer to, pair by pair.
        kw: ``source_schema``, ``referent_schema``, ``onupdate``, ``ondelete``, ``deferrable``, ``initially``,
            ``match``, ``use_alter`` and options of the dialect.
    """

    visit_name: ClassVar[str] = "create_foreign_key"
    constraint_type: ClassVar[str] = "foreignkey"

    constraint_name: str | None
    source_table: str
    referent_table: str
    local_cols: list[str]
    remote_cols: list[str]
    kw: dict[str, Any]

    def __init__(
        self,
        constraint_name: str | None,
        source_table: str,
        referent_table: str,
        local_cols: list[str],
        remote_cols: list[str],
        **kw: Any,
    ) -> None:
        self.constraint_name = constraint_name
        self.source_table = source_table
        self.referent_table = referent_table
        self.local_cols = local_cols
        self.remote_cols = remote_cols
        self.kw = kw

    @classmethod
    def from_constraint(cls, constraint: Constraint) -> CreateForeignKeyOp:
        """Return the operation that adds this foreign key."""
        foreign_key = cast("ForeignKeyConstraint", constraint)
        owner = schema_objects.table_of(foreign_key)
        targets = [schema_objects.foreign_key_target(element) for element in foreign_key.elements]
        options = {
            name: value
            for name in ("onupdate", "ondelete", "initially", "deferrable", "use_alter", "match")
            if (value := getattr(foreign_key, name))
        }
        return cls(
            _name_of(foreign_key),
            owner.name,
            targets[0].table,
            [element.parent.name for element in foreign_key.elements],
            [target.column for target in targets],
            **options,
            source_schema=owner.schema,
            referent_schema=targets[0].schema,
            **foreign_key.dialect_kwargs,
        )

    @property
    def table_name(self) -> str:
        """The table that is altered: the one that refers."""
        return self.source_table

    @property
    def schema(self) -> str | None:
        """Its schema."""
        return self.kw.get("source_schema")

    def to_constraint(self, migration_context: HasNamingConvention | None = None) -> ForeignKeyConstraint:
        """Return the foreign key, between two tables made of nothing but names."""
        return schema_objects.foreign_key_constraint(
            self.constraint_name,
            self.source_table,
            self.referent_table,
            self.local_cols,
            self.remote_cols,
            naming_convention=convention_of(migration_context),
            **self.kw,
        )

    def relocated(self, *, constraint_name: str | None, table_name: str, schema: str | None) -> Self:
        """Return a copy under another name or with another source table."""
        result = copy(self)
        result.constraint_name = constraint_name
        result.source_table = table_name
        result.kw = {**self.kw, "source_schema": schema}
        return result

    def to_diff_tuple(self) -> tuple[str, ForeignKeyConstraint]:
        """Return ``("add_fk", constraint)``."""
        return ("add_fk", self.to_constraint())


@AddConstraintOp.register_add_constraint("check_constraint")
@AddConstraintOp.register_add_constraint("column_check_constraint")
@AddConstraintOp.register_add_constraint("table_or_column_check_constraint")
@dataclass(eq=False)
class CreateCheckConstraintOp(AddConstraintOp):
    """Add a CHECK.

    Attributes:
        constraint_name: Its name; ``None`` leaves it to the naming convention or the database.
        table_name: Its table.
        condition: What must hold, as SQL or as an expression.
        schema: The table's schema.
        kw: ``deferrable``, ``initially``, ``info`` and options of the dialect.
    """

    visit_name: ClassVar[str] = "create_check_constraint"
    constraint_type: ClassVar[str] = "check"

    constraint_name: str | None
    table_name: str
    condition: str | TextClause | ColumnElement[Any]
    schema: str | None
    kw: dict[str, Any]

    def __init__(
        self,
        constraint_name: str | None,
        table_name: str,
        condition: str | TextClause | ColumnElement[Any],
        *,
        schema: str | None = None,
        **kw: Any,
    ) -> None:
        self.constraint_name = constraint_name
        self.table_name = table_name
        self.condition = condition
        self.schema = schema
        self.kw = kw

    @classmethod
    def from_constraint(cls, constraint: Constraint) -> CreateCheckConstraintOp:
        """Return the operation that adds this CHECK."""
        check = cast("CheckConstraint", constraint)
        owner = schema_objects.table_of(check)
        return cls(
            _name_of(check),
            owner.name,
            cast("ColumnElement[Any]", check.sqltext),
            schema=owner.schema,
            **_timing_of(check),
            **check.dialect_kwargs,
        )

    def to_constraint(self, migration_context: HasNamingConvention | None = None) -> CheckConstraint:
        """Return the CHECK, on a table made of nothing but its name."""
        return schema_objects.check_constraint(
            self.constraint_name,
            self.table_name,
            self.condition,
            schema=self.schema,
            naming_convention=convention_of(migration_context),
            **self.kw,
        )


@AddConstraintOp.register_add_constraint("exclude_constraint")
@dataclass(eq=False)
class CreateExcludeConstraintOp(AddConstraintOp):
    """Add a PostgreSQL EXCLUDE constraint.

    Attributes:
        constraint_name: Its name.
        table_name: Its table.
        elements: Pairs of a column (or an expression) and the operator by which no two rows may agree.
        where: The rows it holds for.
        schema: The table's schema.
        kw: ``using``, ``ops``, ``deferrable``, ``initially``.
    """

    visit_name: ClassVar[str] = "create_exclude_constraint"
    constraint_type: ClassVar[str] = "exclude"

    constraint_name: str | None
    table_name: str
    elements: Sequence[tuple[Any, str]]
    where: ColumnElement[bool] | str | None
    schema: str | None
    kw: dict[str, Any]

    def __init__(
        self,
        constraint_name: str | None,
        table_name: str,
        elements: Sequence[tuple[Any, str]],
        where: ColumnElement[bool] | str | None = None,
        schema: str | None = None,
        **kw: Any,
    ) -> None:
        self.constraint_name = constraint_name
        self.table_name = table_name
        self.elements = elements
        self.where = where
        self.schema = schema
        self.kw = kw

    @classmethod
    def from_constraint(cls, constraint: Constraint) -> CreateExcludeConstraintOp:
        """Return the operation that adds this EXCLUDE constraint."""
        exclude = cast("ExcludeConstraint", constraint)
        elements = exclude._render_exprs  # noqa: SLF001  the operators are kept nowhere else
        return cls(
            _name_of(exclude),
            exclude.table.name,
            [(expression, operator) for expression, _, operator in elements],
            where=cast("ColumnElement[bool] | None", exclude.where),
            schema=exclude.table.schema,
            using=exclude.using,
            ops=dict(exclude.ops),
            deferrable=exclude.deferrable,
            initially=exclude.initially,
        )

    def to_constraint(self, migration_context: HasNamingConvention | None = None) -> ExcludeConstraint:
        """Return the EXCLUDE constraint, on a table made of nothing but names."""
        constraint = schema_objects.exclude_constraint(
            self.constraint_name,
            self.table_name,
            self.elements,
            schema=self.schema,
            naming_convention=convention_of(migration_context),
            where=self.where,
            **self.kw,
        )
        return cast("ExcludeConstraint", constraint)
