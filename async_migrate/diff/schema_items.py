"""Snapshot values made into SQLAlchemy objects, where an operation or a hook needs one.

The models' side has its objects already and they are used as they are. The database's side has none until something
differs: a table is then built once, alone in its ``MetaData``, with stand-ins for the tables that it refers to.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    DefaultClause,
    ForeignKeyConstraint,
    Identity,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    literal_column,
)
from sqlalchemy import Index as SqlalchemyIndex
from sqlalchemy.sql.elements import conv
from sqlalchemy.types import NULLTYPE, SchemaType

from async_migrate.diff.verbatim import verbatim
from async_migrate.operations.schema_objects import copy_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sqlalchemy import ColumnElement, Constraint, FetchedValue, TextClause
    from sqlalchemy.sql.base import DialectKWArgs
    from sqlalchemy.types import TypeEngine

    from async_migrate.diff.snapshot import (
        Check,
        ColumnSnapshot,
        Exclude,
        ForeignKey,
        Generated,
        IdentityOptions,
        Index,
        IndexTerm,
        Options,
        PrimaryKey,
        ServerDefault,
        TableKey,
        TableSnapshot,
        Unique,
    )

__all__ = ["PLACEHOLDER", "SchemaItems", "column_items", "server_default_of", "table_from"]

PLACEHOLDER = "async_migrate_placeholder"
"""Set in the ``info`` of a table that only stands for one that a foreign key refers to."""


class SchemaItems:
    """The objects of one side of a comparison, each made when first asked for.

    Args:
        dialect: The dialect's name, the prefix of its options.
    """

    def __init__(self, dialect: str) -> None:
        self._dialect = dialect
        self._built: dict[TableKey, _Built] = {}

    def table(self, table: TableSnapshot) -> Table:
        """Return the table."""
        if table.source is not None:
            return table.source
        return self._build(table).table

    def column(self, table: TableSnapshot, column: ColumnSnapshot) -> Column[Any]:
        """Return a column of the table."""
        return column.source if column.source is not None else self.table(table).c[column.name]

    def lone_column(self, table: TableSnapshot, column: ColumnSnapshot) -> Column[Any]:
        """Return a copy of a column that makes nothing but itself.

        Its indexes and constraints are differences of their own; left on the column, they would be made twice.
        """
        copied = copy_of(self.column(table, column))
        copied.index = copied.unique = False
        copied.constraints.clear()
        copied.foreign_keys.clear()
        Table(table.name, MetaData(), copied, schema=table.schema)
        return copied

    def index(self, table: TableSnapshot, index: Index) -> SqlalchemyIndex:
        """Return an index of the table."""
        if index.source is not None:
            return index.source
        return next(each for each in self.table(table).indexes if each.name == index.name)

    def constraint(
        self, table: TableSnapshot, constraint: PrimaryKey | Unique | ForeignKey | Check | Exclude
    ) -> Constraint:
        """Return a constraint of the table."""
        if constraint.source is not None:
            return constraint.source
        return self._build(table).constraints[id(constraint)]

    def _build(self, table: TableSnapshot) -> _Built:
        if table.key not in self._built:
            self._built[table.key] = _Builder(table, self._dialect).build((), indexes=True)
        return self._built[table.key]


class _Built(NamedTuple):
    """A table, and its constraints by the identity of the snapshot's values: a constraint need not have a name."""

    table: Table
    constraints: dict[int, Constraint]


def table_from(
    table: TableSnapshot, dialect: str, *, without: Collection[ForeignKey] = (), indexes: bool = True
) -> Table:
    """Return a table built from its snapshot.

    Args:
        table: The snapshot.
        dialect: The dialect's name, the prefix of its options.
        without: Foreign keys that are operations of their own.
        indexes: Whether the indexes are part of it.
    """
    return _Builder(table, dialect).build(without, indexes=indexes).table


class _Builder:
    def __init__(self, table: TableSnapshot, dialect: str) -> None:
        self.snapshot = table
        self.dialect = dialect
        self.metadata = MetaData()

    def build(self, without: Collection[ForeignKey], *, indexes: bool) -> _Built:
        snapshot = self.snapshot
        self.table = Table(
            snapshot.name,
            self.metadata,
            *[self._column(column) for column in snapshot.columns.values()],
            schema=snapshot.schema,
            comment=snapshot.comment,
            **self._prefixed(snapshot.options, Table),
        )
        made: dict[int, Constraint] = {}
        for value, constraint in self._constraints(without):
            self.table.append_constraint(constraint)
            made[id(value)] = constraint
        if indexes:
            for index in snapshot.indexes:
                self._index(index)
        return _Built(self.table, made)

    # columns

    def _column(self, column: ColumnSnapshot) -> Column[Any]:
        key = self.snapshot.primary_key
        in_key = key is not None and column.name in key.columns
        return Column(
            column.name,
            _own_type(column.type),
            *column_items(column),
            server_default=server_default_of(column.default),
            nullable=column.nullable,
            primary_key=in_key,
            autoincrement=_autoincrement(column, in_key=in_key),
            comment=column.comment,
            **self._prefixed(column.options, Column),
        )

    # constraints

    def _constraints(self, without: Collection[ForeignKey]) -> Iterator[tuple[object, Constraint]]:
        from async_migrate.diff.excludes import exclude_constraint

        snapshot = self.snapshot
        if snapshot.primary_key is not None:
            yield snapshot.primary_key, self._primary_key(snapshot.primary_key)
        for unique in snapshot.uniques:
            yield unique, self._unique(unique)
        for foreign_key in snapshot.foreign_keys:
            if foreign_key not in without:
                yield foreign_key, self._foreign_key(foreign_key)
        for check in snapshot.checks:
            yield check, self._check(check)
        for exclude in snapshot.excludes:
            yield exclude, exclude_constraint(exclude.sql.text, self.table, name=_frozen(exclude.name))

    def _primary_key(self, key: PrimaryKey) -> PrimaryKeyConstraint:
        return PrimaryKeyConstraint(
            *[self.table.c[name] for name in key.columns],
            name=_frozen(key.name),
            comment=key.comment,
            **self._prefixed(key.options, PrimaryKeyConstraint),
        )

    def _unique(self, unique: Unique) -> UniqueConstraint:
        return UniqueConstraint(
            *[self.table.c[name] for name in unique.columns],
            name=_frozen(unique.name),
            deferrable=unique.deferrable,
            initially=unique.initially,
            comment=unique.comment,
            **self._prefixed(unique.options, UniqueConstraint),
        )

    def _foreign_key(self, key: ForeignKey) -> ForeignKeyConstraint:
        target = self._referred(key)
        return ForeignKeyConstraint(
            list(key.columns),
            [target.c[name] for name in key.referred_columns],
            name=_frozen(key.name),
            onupdate=key.on_update,
            ondelete=key.on_delete,
            match=key.match,
            deferrable=key.deferrable,
            initially=key.initially,
            comment=key.comment,
            **self._prefixed(key.options, ForeignKeyConstraint),
        )

    def _referred(self, key: ForeignKey) -> Table:
        schema, name = key.referred
        if key.referred == self.snapshot.key:
            return self.table
        full_name = f"{schema}.{name}" if schema else name
        target = self.metadata.tables.get(full_name)
        if target is None:
            target = Table(name, self.metadata, schema=schema, info={PLACEHOLDER: True})
        for local, referred in zip(key.columns, key.referred_columns, strict=True):
            if referred not in target.c:
                target.append_column(Column(referred, self._type_of(local)))
        return target

    def _type_of(self, column: str) -> Any:
        found = self.snapshot.columns.get(column)
        return NULLTYPE if found is None or isinstance(found.type, SchemaType) else found.type

    def _check(self, check: Check) -> CheckConstraint:
        return CheckConstraint(
            verbatim(check.sql.text),
            name=_frozen(check.name),
            comment=check.comment,
            **self._prefixed(check.options, CheckConstraint),
        )

    # indexes

    def _index(self, index: Index) -> SqlalchemyIndex:
        options = dict(index.options)
        if index.where is not None:
            options["where"] = verbatim(index.where.text)
        if classes := {
            term.column: term.operator_class for term in index.terms if term.column and term.operator_class
        }:
            options["ops"] = classes
        return SqlalchemyIndex(
            _frozen(index.name),
            *[self._term(term) for term in index.terms],
            unique=index.unique,
            _table=self.table,
            **self._prefixed(options, SqlalchemyIndex),
        )

    def _term(self, term: IndexTerm) -> ColumnElement[Any] | TextClause:
        element: ColumnElement[Any] | TextClause
        if term.column is not None and term.column in self.table.c:
            element = self.table.c[term.column]
        else:
            element = verbatim(_expression_text(term))
        if term.collation is not None:
            element = _as_column(element).collate(term.collation)
        if term.descending:
            element = _as_column(element).desc()
        if term.nulls_first is not None:
            column = _as_column(element)
            element = column.nulls_first() if term.nulls_first else column.nulls_last()
        return element

    # options

    def _prefixed(self, options: Options, class_: type[DialectKWArgs]) -> dict[str, Any]:
        """Return options with the dialect's prefix, without those that this SQLAlchemy does not know yet."""
        if not options:
            return {}
        known = class_._kw_reg_for_dialect_cls(self.dialect)  # noqa: SLF001  there is no public way to ask
        return {f"{self.dialect}_{name}": value for name, value in options.items() if name in known}


def _own_type(type_: TypeEngine[Any]) -> TypeEngine[Any]:
    """Return a type for one table only: a named type listens to the events of its table."""
    if not isinstance(type_, SchemaType):
        return type_
    copied: TypeEngine[Any] = type_.copy()
    return copied


def column_items(column: ColumnSnapshot) -> Iterator[Computed | Identity]:
    """Yield what makes the values of a column, as ``Column`` takes it."""
    if column.generated is not None:
        yield _computed(column.generated)
    if column.identity is not None:
        yield _identity(column.identity)


def _computed(generated: Generated) -> Computed:
    return Computed(verbatim(generated.sql.text), persisted=generated.stored)


def _identity(options: IdentityOptions) -> Identity:
    return Identity(
        always=options.always,
        start=options.start,
        increment=options.increment,
        minvalue=options.minvalue,
        maxvalue=options.maxvalue,
        cycle=options.cycle,
        cache=options.cache,
    )


def server_default_of(default: ServerDefault | None) -> FetchedValue | None:
    """Return the server default as ``Column`` takes it."""
    if default is None:
        return None
    if default.source is not None:
        return default.source
    return DefaultClause(verbatim(default.sql.text)) if default.sql is not None else None


def _autoincrement(column: ColumnSnapshot, *, in_key: bool) -> Any:
    if in_key and not column.autoincrement and column.identity is None:
        # Without it, SQLAlchemy would make any lone integer key SERIAL.
        return False
    return "auto"


def _frozen(name: str | None) -> conv | None:
    """Return a name that no naming convention touches."""
    return None if name is None else conv(name)


def _expression_text(term: IndexTerm) -> str:
    """Return an expression as ``CREATE INDEX`` takes it: in parentheses, unless it is a call; with its class."""
    simple = re.fullmatch(r"[\w.\"]+\(.*\)", term.text, re.DOTALL)
    body = term.text if simple else f"({term.text})"
    return f"{body} {term.operator_class}" if term.operator_class else body


def _as_column(element: Any) -> ColumnElement[Any]:
    if hasattr(element, "desc"):
        return element  # type: ignore[no-any-return]
    return literal_column(element.text)
