"""A schema as plain values: what a database has, or what models ask for.

Both sides of a comparison are brought into this one form, so that the comparison itself needs no connection, no
SQLAlchemy ``Table`` and no question to the server. A value remembers the SQLAlchemy object it was made from
(``source``), where there is one; for a database there is none until an operation needs it (``schema_items``).

Schemas are normalised: the default schema is ``None`` everywhere, as an unqualified table is in the models.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import (
        CheckConstraint,
        Column,
        Computed,
        Constraint,
        Dialect,
        FetchedValue,
        ForeignKeyConstraint,
        Identity,
        PrimaryKeyConstraint,
        Table,
        UniqueConstraint,
    )
    from sqlalchemy import Index as SqlalchemyIndex
    from sqlalchemy.types import TypeEngine

__all__ = [
    "NO_OPTIONS",
    "Check",
    "ColumnSnapshot",
    "Exclude",
    "ForeignKey",
    "Generated",
    "IdentityOptions",
    "Index",
    "IndexTerm",
    "Options",
    "PrimaryKey",
    "ServerDefault",
    "Snapshot",
    "SqlText",
    "TableKey",
    "TableSnapshot",
    "Unique",
]

TableKey: TypeAlias = tuple[str | None, str]
"""A table's schema (``None`` for the default one) and its name."""

Options: TypeAlias = "Mapping[str, object]"
"""Options of one dialect, without its prefix: ``{"where": …}`` and not ``{"postgresql_where": …}``."""

NO_OPTIONS: Options = MappingProxyType({})


def _no_options() -> Options:
    return NO_OPTIONS


@dataclass(frozen=True, slots=True)
class SqlText:
    """A piece of SQL.

    Attributes:
        text: As SQLAlchemy compiles it, or as the database reports it.
        canonical: In the server's own words, when it was asked (``database.inspect.canonical``). Two pieces that
            both have this are compared by it; otherwise what spelling leaves open is normalised away.
    """

    text: str
    canonical: str | None = None


@dataclass(frozen=True, slots=True)
class ServerDefault:
    """A column's DEFAULT.

    Attributes:
        sql: Its expression; ``None`` where the models only say that the database supplies a value
            (``FetchedValue()``), which no comparison can tell from anything.
        source: The object in the models.
    """

    sql: SqlText | None
    source: FetchedValue | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """A generated column's expression.

    Attributes:
        sql: The expression.
        stored: Whether it is stored; ``None`` if not said.
    """

    sql: SqlText
    stored: bool | None = None
    source: Computed | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityOptions:
    """``GENERATED … AS IDENTITY``; ``None`` is "not said" and equals whatever the other side says."""

    always: bool = False
    start: int | None = None
    increment: int | None = None
    minvalue: int | None = None
    maxvalue: int | None = None
    cycle: bool | None = None
    cache: int | None = None
    source: Identity | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSnapshot:
    """One column.

    Attributes:
        name: Its name (not its key).
        type: Its type.
        type_text: The type as DDL in the dialect's canonical spelling; empty where it has none to compare.
        nullable: Whether it may be null.
        nullable_stated: Whether anybody said so; a generated column's nullability is then left alone.
        default: Its server default.
        generated: Its expression, if generated.
        identity: Its identity options, if any.
        autoincrement: Whether the database numbers its rows without a default that one could see: SERIAL,
            AUTO_INCREMENT, an SQLite rowid.
        comment: Its comment.
        collation: Its collation, where it differs from the type's.
        declared: The type as written in the definition, where a database keeps that (SQLite).
        options: Options of the dialect.
        source: The column in the models.
    """

    name: str
    type: TypeEngine[Any] = field(compare=False)
    type_text: str
    nullable: bool = True
    nullable_stated: bool = True
    default: ServerDefault | None = None
    generated: Generated | None = None
    identity: IdentityOptions | None = None
    autoincrement: bool = False
    comment: str | None = None
    collation: str | None = None
    declared: str | None = None
    options: Options = field(default_factory=_no_options)
    source: Column[Any] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrimaryKey:
    """A primary key; ``name`` is ``None`` where it has none or the database chose it."""

    name: str | None
    columns: tuple[str, ...]
    comment: str | None = None
    options: Options = field(default_factory=_no_options)
    source: PrimaryKeyConstraint | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unique:
    """A unique constraint.

    Attributes:
        name: Its name; ``None`` where it has none.
        columns: The columns, in order.
        deferrable: Whether its check can be put off.
        initially: ``DEFERRED`` or ``IMMEDIATE``.
        duplicates_index: The database reports the same thing as an index of this name too (MySQL).
    """

    name: str | None
    columns: tuple[str, ...]
    deferrable: bool | None = None
    initially: str | None = None
    comment: str | None = None
    options: Options = field(default_factory=_no_options)
    duplicates_index: bool = False
    source: UniqueConstraint | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignKey:
    """A foreign key; ``referred_columns`` is never left out, also where SQLite's text does."""

    name: str | None
    columns: tuple[str, ...]
    referred: TableKey
    referred_columns: tuple[str, ...]
    on_update: str | None = None
    on_delete: str | None = None
    match: str | None = None
    deferrable: bool | None = None
    initially: str | None = None
    use_alter: bool = False
    comment: str | None = None
    options: Options = field(default_factory=_no_options)
    source: ForeignKeyConstraint | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A CHECK; ``type_bound`` if a Boolean or Enum type brought it along."""

    name: str | None
    sql: SqlText
    type_bound: bool = False
    comment: str | None = None
    options: Options = field(default_factory=_no_options)
    source: CheckConstraint | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclude:
    """A PostgreSQL EXCLUDE constraint, as the definition that follows its name."""

    name: str | None
    sql: SqlText
    comment: str | None = None
    source: Constraint | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexTerm:
    """One column or expression of an index.

    Attributes:
        text: The column's name or the expression, without what the other attributes say.
        column: The column's name, when it is no more than that.
        descending: Whether ``DESC``.
        nulls_first: Where nulls sort; ``None`` for the default of the direction.
        operator_class: ``jsonb_path_ops`` and the like, with its parameters; ``None`` for the type's default.
        collation: What follows ``COLLATE``.
    """

    text: str
    column: str | None = None
    descending: bool = False
    nulls_first: bool | None = None
    operator_class: str | None = None
    collation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """An index.

    Attributes:
        name: Its name.
        terms: Its columns and expressions, in order.
        unique: Whether no two rows may agree.
        where: The predicate of a partial index.
        options: Options of the dialect, ``using`` and ``include`` among them.
        canonical: The whole definition in the server's words, without name and table.
    """

    name: str | None
    terms: tuple[IndexTerm, ...]
    unique: bool = False
    where: SqlText | None = None
    options: Options = field(default_factory=_no_options)
    canonical: str | None = None
    comment: str | None = None
    source: SqlalchemyIndex | None = field(default=None, compare=False, repr=False)

    @property
    def column_names(self) -> tuple[str | None, ...]:
        """The column of each term, ``None`` for an expression."""
        return tuple(term.column for term in self.terms)

    @property
    def has_expressions(self) -> bool:
        """Whether any term is more than a column."""
        return None in self.column_names


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSnapshot:
    """One table.

    Attributes:
        schema: Its schema, ``None`` for the default one.
        name: Its name.
        columns: Its columns by name, in order.
        primary_key: Its primary key.
        uniques: Its unique constraints.
        foreign_keys: Its foreign keys.
        checks: Its CHECKs.
        excludes: Its EXCLUDE constraints.
        indexes: Its indexes, without those that a constraint keeps for itself.
        comment: Its comment.
        options: Options of the dialect, as ``Table`` takes them.
        owner: What brought this table about when it was not a ``CREATE TABLE`` of its own:
            ``extension postgis``, ``partition of events``, ``virtual table``.
        parents: Tables that this one inherits from or is a partition of.
        reports_uniques: Whether the database can tell unique constraints at all.
        reports_checks: Whether the database can tell CHECKs at all.
        reports_rules: Whether the database can tell ON UPDATE, ON DELETE and DEFERRABLE of foreign keys.
        source: The table in the models.
    """

    schema: str | None
    name: str
    columns: Mapping[str, ColumnSnapshot]
    primary_key: PrimaryKey | None = None
    uniques: tuple[Unique, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    checks: tuple[Check, ...] = ()
    excludes: tuple[Exclude, ...] = ()
    indexes: tuple[Index, ...] = ()
    comment: str | None = None
    options: Options = field(default_factory=_no_options)
    owner: str | None = None
    parents: tuple[TableKey, ...] = ()
    reports_uniques: bool = True
    reports_checks: bool = True
    reports_rules: bool = True
    source: Table | None = field(default=None, compare=False, repr=False)

    @property
    def key(self) -> TableKey:
        """What the table is found by."""
        return (self.schema, self.name)

    @property
    def full_name(self) -> str:
        """The name for messages: ``schema.table``."""
        return f"{self.schema}.{self.name}" if self.schema else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A whole schema.

    Attributes:
        tables: The tables by schema and name.
        dialect: What the texts are written in.
        origin: Whether this is what a database has or what models ask for; hooks are told so.
        default_schema: The name that ``None`` stands for.
    """

    tables: Mapping[TableKey, TableSnapshot]
    dialect: Dialect = field(compare=False, repr=False)
    origin: Literal["database", "models"] = "database"
    default_schema: str | None = None

    def only(self, wanted: Callable[[TableSnapshot], bool]) -> Snapshot:
        """Return the snapshot with the tables that the function wants."""
        return replace(self, tables={key: table for key, table in self.tables.items() if wanted(table)})
