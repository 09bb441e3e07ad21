"""Constraints as values, free of any table.

A SQLAlchemy constraint belongs to one table for good. While a table is rebuilt its constraints must be looked
at, renamed, left out and put on another table; so they are taken apart into these values first.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

from sqlalchemy import (
    CheckConstraint,
    Column,
    Constraint,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import NULLTYPE

from async_migrate.ddl.attached import KEY_SUFFIXES
from async_migrate.ddl.elements import as_sent
from async_migrate.ddl.schema_items import compiled_text, constraint_text, is_made_by_type, named
from async_migrate.ddl.sqltext import names_in, with_names_changed, without_qualifier
from async_migrate.operations.schema_objects import foreign_key_target, options_by_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sqlalchemy import Dialect, MetaData
    from sqlalchemy.sql.compiler import DDLCompiler

__all__ = [
    "CheckPart",
    "ConstraintPart",
    "ForeignKeyPart",
    "OtherPart",
    "PrimaryKeyPart",
    "Renaming",
    "UniquePart",
    "part_of",
]


@dataclass(frozen=True, slots=True)
class Renaming:
    """Columns of one table that have new names.

    Attributes:
        table: The table.
        schema: Its schema.
        names: New names by old ones.
        quote: Makes an identifier of a name.
    """

    table: str
    schema: str | None
    names: Mapping[str, str]
    quote: Callable[[str], str]

    def column(self, name: str) -> str:
        """Return the name a column has now."""
        return self.names.get(name, name)

    def sql(self, sql: str) -> str:
        """Return SQL that goes by the new names."""
        return with_names_changed(sql, self.names, quote=self.quote)


@dataclass(frozen=True, kw_only=True)
class ConstraintPart:
    """A constraint.

    Attributes:
        name: Its name, if it has one.
        columns: The columns it needs; it goes when one of them does.
        options: What else SQLAlchemy's constructor takes.
    """

    kind: ClassVar[str | None] = None
    """What ``drop_constraint`` calls it."""

    name: str | None
    columns: tuple[str, ...]
    options: Mapping[str, Any] = field(default_factory=dict)

    def needs(self, column: str, table: str, schema: str | None) -> bool:
        """Return whether the constraint cannot be without a column of its table, be it one it only includes."""
        del table, schema
        return column in self.columns or any(column in included for _, included in self._included())

    def renamed(self, renaming: Renaming) -> Self:
        """Return the constraint with the new names of columns."""
        included = {option: list(map(renaming.column, names)) for option, names in self._included()}
        columns = tuple(map(renaming.column, self.columns))
        return replace(self, columns=columns, options={**self.options, **included})

    def _included(self) -> Iterator[tuple[str, Sequence[str]]]:
        """Yield the options that name columns, such as ``postgresql_include``."""
        for option, value in self.options.items():
            if option.endswith("_include") and value:
                yield option, value

    def make(self, metadata: MetaData) -> Constraint:
        """Return a new constraint that belongs to no table yet.

        Args:
            metadata: Where the table will be; a table that a foreign key refers to is made there.
        """
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class _KeyPart(ConstraintPart):
    """A primary key or a unique constraint.

    Attributes:
        suffixes: What follows a column in the list of the key, by the column: on SQLite ``COLLATE`` and ``DESC``.
    """

    suffixes: Mapping[str, str] = field(default_factory=dict)

    def renamed(self, renaming: Renaming) -> Self:
        """Return the key with the new names of columns."""
        suffixes = {renaming.column(name): suffix for name, suffix in self.suffixes.items()}
        return replace(super().renamed(renaming), suffixes=suffixes)


@dataclass(frozen=True, kw_only=True)
class PrimaryKeyPart(_KeyPart):
    """A primary key."""

    kind = "primary"

    def make(self, metadata: MetaData) -> Constraint:
        """Return a new primary key."""
        del metadata
        if not self.suffixes:
            return PrimaryKeyConstraint(*self.columns, name=self.name, **self.options)
        key = _SuffixedPrimaryKey(*self.columns, name=self.name, **self.options)
        key.suffixes = self.suffixes
        return key

    def without(self, column: str) -> PrimaryKeyPart | None:
        """Return the key of the columns that are left, ``None`` where there are none."""
        left = tuple(name for name in self.columns if name != column)
        included = {
            option: [name for name in names if name != column] or None for option, names in self._included()
        }
        return replace(self, columns=left, options={**self.options, **included}) if left else None


@dataclass(frozen=True, kw_only=True)
class UniquePart(_KeyPart):
    """A unique constraint."""

    kind = "unique"

    def make(self, metadata: MetaData) -> Constraint:
        """Return a new unique constraint."""
        del metadata
        if not self.suffixes:
            return UniqueConstraint(*self.columns, name=self.name, **self.options)
        key = _SuffixedUnique(*self.columns, name=self.name, **self.options)
        key.suffixes = self.suffixes
        return key


@dataclass(frozen=True, kw_only=True)
class CheckPart(ConstraintPart):
    """A CHECK.

    Attributes:
        sql: What must hold.
        of_type: The column whose type made it, if one did.
    """

    kind = "check"

    sql: str
    of_type: str | None = None

    def renamed(self, renaming: Renaming) -> Self:
        """Return the CHECK with the new names of columns."""
        return replace(
            self,
            columns=tuple(map(renaming.column, self.columns)),
            sql=renaming.sql(self.sql),
            of_type=None if self.of_type is None else renaming.column(self.of_type),
        )

    def make(self, metadata: MetaData) -> Constraint:
        """Return a new CHECK."""
        del metadata
        return CheckConstraint(text(self.sql.replace(":", r"\:")), name=self.name, **self.options)


@dataclass(frozen=True, kw_only=True)
class ForeignKeyPart(ConstraintPart):
    """A foreign key.

    Attributes:
        target_schema: The schema of the table it refers to.
        target_table: That table.
        target_columns: The columns it refers to.
    """

    kind = "foreignkey"

    target_schema: str | None
    target_table: str
    target_columns: tuple[str, ...]

    def needs(self, column: str, table: str, schema: str | None) -> bool:
        """Return whether the foreign key cannot be without a column, on either side if its table refers to itself."""
        own = (self.target_schema, self.target_table) == (schema, table)
        return column in self.columns or (own and column in self.target_columns)

    def renamed(self, renaming: Renaming) -> Self:
        """Return the foreign key with the new names of columns, on both sides if it refers to its own table."""
        own = (self.target_schema, self.target_table) == (renaming.schema, renaming.table)
        return replace(
            self,
            columns=tuple(map(renaming.column, self.columns)),
            target_columns=tuple(map(renaming.column, self.target_columns)) if own else self.target_columns,
        )

    def make(self, metadata: MetaData) -> Constraint:
        """Return a new foreign key, and a stand-in for the table it refers to."""
        target = _stand_in(metadata, self.target_table, self.target_schema, self.target_columns)
        return ForeignKeyConstraint(
            self.columns, [target.c[name] for name in self.target_columns], name=self.name, **self.options
        )


@dataclass(frozen=True, kw_only=True)
class OtherPart(ConstraintPart):
    """A constraint of a kind that only its dialect knows, such as EXCLUDE.

    Attributes:
        sql: The whole of it, its name included.
    """

    sql: str

    def renamed(self, renaming: Renaming) -> Self:
        """Return the constraint with the new names of columns."""
        return replace(self, columns=tuple(map(renaming.column, self.columns)), sql=renaming.sql(self.sql))

    def make(self, metadata: MetaData) -> Constraint:
        """Return a constraint that is written as the text says."""
        del metadata
        return _VerbatimConstraint(self.sql, name=self.name)


class _VerbatimConstraint(Constraint):
    __visit_name__ = "verbatim_constraint"

    def __init__(self, sql: str, *, name: str | None) -> None:
        super().__init__(name=name)
        self.sql = sql


@compiles(_VerbatimConstraint)
def _verbatim_constraint(element: _VerbatimConstraint, compiler: DDLCompiler, **_: object) -> str:
    return as_sent(compiler, element.sql)


class _SuffixedPrimaryKey(PrimaryKeyConstraint):
    suffixes: Mapping[str, str]


class _SuffixedUnique(UniqueConstraint):
    suffixes: Mapping[str, str]


@compiles(_SuffixedPrimaryKey, "sqlite")
def _suffixed_primary_key(element: _SuffixedPrimaryKey, compiler: DDLCompiler, **_: object) -> str | None:
    return _with_suffixes(compiler.visit_primary_key_constraint(element), element, compiler)


@compiles(_SuffixedUnique, "sqlite")
def _suffixed_unique(element: _SuffixedUnique, compiler: DDLCompiler, **_: object) -> str | None:
    return _with_suffixes(compiler.visit_unique_constraint(element), element, compiler)


def _with_suffixes(
    sql: str | None, key: _SuffixedPrimaryKey | _SuffixedUnique, compiler: DDLCompiler
) -> str | None:
    if sql is None:  # AUTOINCREMENT has made the key part of its column
        return None
    quoted = {column.name: compiler.preparer.quote(column.name) for column in key.columns}
    terms = [f"{name} {key.suffixes.get(column, '')}".rstrip() for column, name in quoted.items()]
    return sql.replace(f"({', '.join(quoted.values())})", f"({', '.join(terms)})")


def part_of(constraint: Constraint, table: Table, dialect: Dialect) -> ConstraintPart:
    """Return what a constraint says.

    Args:
        constraint: The constraint.
        table: Its table.
        dialect: The dialect that words conditions.
    """
    name = named(constraint)
    match constraint:
        case PrimaryKeyConstraint():
            return PrimaryKeyPart(name=name, **_key(constraint))
        case UniqueConstraint():
            return UniquePart(name=name, **_key(constraint))
        case ForeignKeyConstraint():
            return _foreign_key(constraint, name)
        case CheckConstraint():
            return _check(constraint, name, table, dialect)
        case _:
            sql = constraint_text(constraint, dialect)
            return OtherPart(name=name, columns=_columns_named_in(sql, table), sql=sql)


def _key(constraint: PrimaryKeyConstraint | UniqueConstraint) -> dict[str, Any]:
    return {
        "columns": tuple(column.name for column in constraint.columns),
        "options": _options(constraint),
        "suffixes": constraint.info.get(KEY_SUFFIXES, {}),
    }


def _check(constraint: CheckConstraint, name: str | None, table: Table, dialect: Dialect) -> CheckPart:
    sql = without_qualifier(compiled_text(constraint, dialect), table.name)
    columns = _columns_named_in(sql, table)
    return CheckPart(
        name=name,
        columns=columns,
        options=_options(constraint),
        sql=sql,
        of_type=columns[0] if is_made_by_type(constraint) and columns else None,
    )


def _foreign_key(constraint: ForeignKeyConstraint, name: str | None) -> ForeignKeyPart:
    targets = [foreign_key_target(element) for element in constraint.elements]
    options = {key: getattr(constraint, key) for key in ("onupdate", "ondelete", "match")}
    return ForeignKeyPart(
        name=name,
        columns=tuple(element.parent.name for element in constraint.elements),
        options={**_options(constraint), **options},
        target_schema=targets[0].schema,
        target_table=targets[0].table,
        target_columns=tuple(target.column for target in targets),
    )


def _options(constraint: Constraint) -> dict[str, Any]:
    return {
        "deferrable": constraint.deferrable,
        "initially": constraint.initially,
        "comment": constraint.comment,
        "info": constraint.info,
        **_dialect_options(constraint),
    }


def _dialect_options(constraint: Constraint) -> Mapping[str, Any]:
    owner = constraint.parent
    options: Mapping[str, Any] = constraint.dialect_kwargs
    return options_by_name(options, owner) if isinstance(owner, Table) else options


def _columns_named_in(sql: str, table: Table) -> tuple[str, ...]:
    words = names_in(sql)
    return tuple(column.name for column in table.columns if column.name.lower() in words)


def _stand_in(metadata: MetaData, name: str, schema: str | None, columns: tuple[str, ...]) -> Table:
    found = metadata.tables.get(name if schema is None else f"{schema}.{name}")
    table = Table(name, metadata, schema=schema) if found is None else found
    for column in columns:
        if column not in table.c:
            table.append_column(Column(column, NULLTYPE))
    return table
