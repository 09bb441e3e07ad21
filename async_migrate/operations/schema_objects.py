"""Names made into SQLAlchemy schema objects.

A directive names tables and columns that this process may know nothing else about. SQLAlchemy compiles DDL
from objects, so each function here builds the smallest ``Table`` that carries the object in question: its
columns have no type, and a table that a foreign key refers to stands there with nothing but the referred
columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

from sqlalchemy import (
    CheckConstraint,
    Column,
    Constraint,
    ForeignKeyConstraint,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    literal_column,
)
from sqlalchemy.exc import NoReferencedColumnError, NoReferencedTableError
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import TextClause
from sqlalchemy.types import NULLTYPE

from async_migrate.errors import InvalidArgumentError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import ColumnElement, ForeignKey
    from sqlalchemy.schema import SchemaItem

__all__ = [
    "DROPPABLE_CONSTRAINTS",
    "ForeignKeyTarget",
    "check_constraint",
    "copy_of",
    "exclude_constraint",
    "foreign_key_constraint",
    "foreign_key_target",
    "generic_constraint",
    "index",
    "index_table",
    "new_metadata",
    "options_by_name",
    "primary_key_constraint",
    "table",
    "table_of",
    "unique_constraint",
]

_Item = TypeVar("_Item", bound="SchemaItem")

DROPPABLE_CONSTRAINTS: tuple[str, ...] = ("check", "foreignkey", "primary", "unique")
"""What ``type_`` of ``drop_constraint`` may be, besides ``None``."""


class ForeignKeyTarget(NamedTuple):
    """Where a foreign key points, by name."""

    schema: str | None
    table: str
    column: str


class _MetaDataOfDirectives(MetaData):
    """Where the tables made here live, as opposed to those of the application."""


def new_metadata(naming_convention: Mapping[str, Any] | None = None) -> MetaData:
    """Return an empty ``MetaData`` that names things by the convention."""
    return _MetaDataOfDirectives(naming_convention=naming_convention)


def copy_of(item: _Item, **options: Any) -> _Item:
    """Return a copy of a column or constraint that belongs to no table yet."""
    source: Any = item
    copied: _Item = source._copy(**options)  # noqa: SLF001  no public form since SQLAlchemy 1.4
    return copied


def table_of(constraint: Constraint) -> Table:
    """Return the table of a constraint, also of a CHECK that hangs on a column."""
    parent = constraint.parent
    return parent.table if isinstance(parent, Column) else parent


def index_table(index: Index) -> Table:
    """Return the table of an index.

    Raises:
        InvalidArgumentError: It belongs to none.
    """
    if index.table is None:
        raise InvalidArgumentError("from_index", "index", index, accepted="an index that belongs to a table")
    return index.table


def options_by_name(options: Mapping[str, Any], owner: Table) -> dict[str, Any]:
    """Return options of dialects in which included columns go by the names that the database knows.

    In a model ``postgresql_include`` may also give their keys, or the columns themselves.
    """
    return {
        option: [_column_name(column, owner) for column in value] if _includes(option, value) else value
        for option, value in options.items()
    }


def foreign_key_target(foreign_key: ForeignKey) -> ForeignKeyTarget:
    """Return where a foreign key points; the table it refers to need not be known."""
    try:
        column = foreign_key.column
    except (NoReferencedTableError, NoReferencedColumnError):
        tokens: Any = foreign_key._column_tokens  # noqa: SLF001  public only since 2.1
        schema, table_name, column_name = tokens
        return ForeignKeyTarget(schema, table_name, column_name or foreign_key.parent.name)
    return ForeignKeyTarget(column.table.schema, column.table.name, column.name)


def table(
    name: str,
    *items: SchemaItem,
    schema: str | None = None,
    naming_convention: Mapping[str, Any] | None = None,
    constraints_included: bool = False,
    **options: Any,
) -> Table:
    """Return a table with these columns, constraints and indexes.

    Items of another table are copied, so that a directive may be asked for its table again, or share columns
    with another one. Tables that its foreign keys name are made as stand-ins, so that DDL for it compiles.

    Args:
        name: The table's name.
        *items: Columns, constraints and indexes.
        schema: Its schema.
        naming_convention: How to name what has no name.
        constraints_included: The items list everything that ``unique=True``, ``index=True`` and the foreign
            keys of a column stand for, so these must not make it a second time.
        **options: For ``Table``.
    """
    metadata = new_metadata(naming_convention)
    columns = [_free_column(item) for item in items if isinstance(item, Column)]
    if constraints_included:
        for column in columns:
            column.unique = column.index = False
    else:
        _write_references_again(columns, items)
    result = Table(name, metadata, *columns, schema=schema, **options)
    for item in items:
        if isinstance(item, (Constraint, Index)) and not _made_by_a_type(item):
            result.append_constraint(_constraint_for(item, result))
    _add_referred_tables(result)
    return result


def primary_key_constraint(
    name: str | None,
    table_name: str,
    columns: Sequence[str],
    *,
    schema: str | None = None,
    naming_convention: Mapping[str, Any] | None = None,
    **options: Any,
) -> PrimaryKeyConstraint:
    """Return a primary key over the named columns."""
    owner = _bare_table(table_name, columns, schema, new_metadata(naming_convention))
    _ensure_included_columns(owner, options)
    return PrimaryKeyConstraint(*[owner.c[column] for column in columns], name=name, **options)


def unique_constraint(
    name: str | None,
    table_name: str,
    columns: Sequence[str],
    *,
    schema: str | None = None,
    naming_convention: Mapping[str, Any] | None = None,
    **options: Any,
) -> UniqueConstraint:
    """Return a unique constraint over the named columns."""
    owner = _bare_table(table_name, columns, schema, new_metadata(naming_convention))
    _ensure_included_columns(owner, options)
    return UniqueConstraint(*[owner.c[column] for column in columns], name=name, **options)


def check_constraint(
    name: str | None,
    table_name: str,
    condition: str | TextClause | ColumnElement[Any],
    *,
    schema: str | None = None,
    naming_convention: Mapping[str, Any] | None = None,
    **options: Any,
) -> CheckConstraint:
    """Return a CHECK on the named table.

    The condition may refer to columns of a table of the application; SQLAlchemy would then attach the
    constraint to that table by itself, which is switched off.
    """
    owner = _bare_table(table_name, (), schema, new_metadata(naming_convention))
    constraint = CheckConstraint(condition, name=name, _autoattach=False, **options)
    owner.append_constraint(constraint)
    return constraint


def exclude_constraint(
    name: str | None,
    table_name: str,
    elements: Sequence[tuple[Any, str]],
    *,
    schema: str | None = None,
    naming_convention: Mapping[str, Any] | None = None,
    **options: Any,
) -> Constraint:
    """Return a PostgreSQL EXCLUDE constraint over ``(column or expression, operator)`` pairs."""
    from sqlalchemy.dialects.postgresql import ExcludeConstraint

    owner = _bare_table(table_name, (), schema, new_metadata(naming_convention))
    rebound = [(_rebound(expression, owner), operator) for expression, operator in elements]
    for expression, _ in rebound:
        if isinstance(expression, str) and expression not in owner.c:
            owner.append_column(Column(expression, NULLTYPE))
    constraint = ExcludeConstraint(*rebound, name=name, **options)
    owner.append_constraint(constraint)
    return constraint


def foreign_key_constraint(
    name: str | None,
    source_table: str,
    referent_table: str,
    local_cols: Sequence[str],
    remote_cols: Sequence[str],
    *,
    source_schema: str | None = None,
    referent_schema: str | None = None,
    naming_convention: Mapping[str, Any] | None = None,
    **options: Any,
) -> ForeignKeyConstraint:
    """Return a foreign key between two named tables, which may be one and the same."""
    metadata = new_metadata(naming_convention)
    if (source_schema, source_table) == (referent_schema, referent_table):
        source = _bare_table(source_table, [*local_cols, *remote_cols], source_schema, metadata)
        referent = source
    else:
        source = _bare_table(source_table, local_cols, source_schema, metadata)
        referent = _bare_table(referent_table, remote_cols, referent_schema, metadata)
    constraint = ForeignKeyConstraint(
        list(local_cols), [referent.c[column] for column in remote_cols], name=name, **options
    )
    source.append_constraint(constraint)
    return constraint


def generic_constraint(
    name: str | None,
    table_name: str,
    type_: str | None,
    *,
    schema: str | None = None,
    naming_convention: Mapping[str, Any] | None = None,
) -> Constraint:
    """Return a constraint of which only the name and the kind matter, as a DROP needs it.

    Raises:
        InvalidArgumentError: There is no such kind.
    """
    owner = _bare_table(table_name, (), schema, new_metadata(naming_convention))
    constraint: Constraint
    match type_:
        case "foreignkey":
            constraint = ForeignKeyConstraint([], [], name=name)
        case "primary":
            constraint = PrimaryKeyConstraint(name=name)
        case "unique":
            constraint = UniqueConstraint(name=name)
        case "check":
            constraint = CheckConstraint("", name=name)
        case None:
            constraint = Constraint(name=name)
        case _:
            accepted = ", ".join(repr(kind) for kind in DROPPABLE_CONSTRAINTS)
            raise InvalidArgumentError(
                "drop_constraint",
                "type_",
                type_,
                accepted=f"{accepted} or None",
                hint=did_you_mean(type_, DROPPABLE_CONSTRAINTS),
            )
    owner.append_constraint(constraint)
    return constraint


def index(
    name: str | None,
    table_name: str | None,
    columns: Sequence[str | TextClause | ColumnElement[Any]],
    *,
    schema: str | None = None,
    naming_convention: Mapping[str, Any] | None = None,
    **options: Any,
) -> Index:
    """Return an index over column names, ``text()`` and expressions."""
    owner = Table(table_name or "no_table", new_metadata(naming_convention), schema=schema)
    expressions = [_index_expression(column, owner, options) for column in columns]
    _ensure_included_columns(owner, options)
    return Index(name, *expressions, _table=owner, **options)


def _bare_table(name: str, columns: Iterable[str], schema: str | None, metadata: MetaData) -> Table:
    unique_names = dict.fromkeys(columns)
    return Table(name, metadata, *[Column(column, NULLTYPE) for column in unique_names], schema=schema)


def _ensure_columns(owner: Table, names: Iterable[str]) -> None:
    for name in names:
        if name not in owner.c:
            owner.append_column(Column(name, NULLTYPE))


def _ensure_included_columns(owner: Table, options: Mapping[str, Any]) -> None:
    """Add the columns that an option such as ``postgresql_include`` names: compilers look them up in the table."""
    for option, value in options.items():
        if _includes(option, value):
            _ensure_columns(owner, [column for column in value if isinstance(column, str)])


def _includes(option: str, value: object) -> bool:
    return option.endswith("_include") and bool(value)


def _column_name(column: str | Column[Any], owner: Table) -> str:
    if isinstance(column, str):
        return owner.c[column].name if column in owner.c else column
    return column.name


def _free_column(column: Column[Any]) -> Column[Any]:
    return copy_of(column) if column.table is not None else column


def _write_references_again(columns: Sequence[Column[Any]], items: Sequence[SchemaItem]) -> None:
    """Give columns the foreign keys that were written into them and got lost when they were copied.

    A foreign key of a column becomes a constraint of the column's table, and SQLAlchemy copies the one without
    the other. Columns of a table of the application stay without, as in Alembic: what belongs to that table
    does not go along.
    """
    listed = {id(item) for item in items}
    for column, original in zip(columns, (item for item in items if isinstance(item, Column)), strict=True):
        if column is original or not isinstance(original.table.metadata, _MetaDataOfDirectives):
            continue
        for foreign_key in original.foreign_keys:
            constraint = foreign_key.constraint
            if constraint is not None and id(constraint) not in listed and len(constraint.elements) == 1:
                column.append_foreign_key(copy_of(foreign_key))


def _made_by_a_type(item: Constraint | Index) -> bool:
    """Return whether the type of a column makes this CHECK, and would make it again on a copy."""
    return isinstance(item, Constraint) and item._type_bound  # noqa: SLF001


def _constraint_for(item: Constraint | Index, owner: Table) -> Constraint | Index:
    parent = item.table if isinstance(item, Index) else getattr(item, "parent", None)
    if parent is None or parent is owner:
        return item
    return _index_on(owner, item) if isinstance(item, Index) else copy_of(item, target_table=owner)


def _index_on(owner: Table, index: Index) -> Index:
    expressions = [_rebound(expression, owner) for expression in index.expressions]
    options = {"unique": index.unique, "info": dict(index.info), **index.kwargs}
    return Index(index.name, *expressions, _table=owner, **options)


def _add_referred_tables(owner: Table) -> None:
    for foreign_key in owner.foreign_keys:
        try:
            foreign_key.column  # noqa: B018  resolving it is the question
        except (NoReferencedTableError, NoReferencedColumnError):
            target = foreign_key_target(foreign_key)
            key = target.table if target.schema is None else f"{target.schema}.{target.table}"
            referred = owner.metadata.tables.get(key)
            if referred is None:
                referred = Table(target.table, owner.metadata, schema=target.schema)
            _ensure_columns(referred, [target.column])


def _index_expression(
    column: str | TextClause | ColumnElement[Any], owner: Table, options: Mapping[str, Any]
) -> Any:
    if isinstance(column, str):
        _ensure_columns(owner, [column])
        return owner.c[column]
    if isinstance(column, TextClause):
        return literal_column(column.text) if _has_operator_class(column.text, options) else column
    return _rebound(column, owner)


def _has_operator_class(text: str, options: Mapping[str, Any]) -> bool:
    """Return whether an option such as ``postgresql_ops`` is keyed by a ``text()``, which has no key."""
    return any(option.endswith("_ops") and value and text in value for option, value in options.items())


def _rebound(expression: Any, owner: Table) -> Any:
    """Return an expression with the columns of other tables replaced by those of this one."""
    if not isinstance(expression, visitors.Visitable):
        return expression

    def replacement(element: Any, **_: Any) -> Column[Any] | None:
        if not isinstance(element, Column) or element.table is None or element.table is owner:
            return None
        return _column_like(element, owner)

    element = cast("ColumnElement[Any]", expression)
    return visitors.replacement_traverse(element, {}, replacement)


def _column_like(column: Column[Any], owner: Table) -> Column[Any]:
    """Return the column of the same name, a copy if need be; a key may differ from the name."""
    for own in owner.c:
        if own.name == column.name:
            return own
    owner.append_column(copy_of(column))
    return owner.c[column.key]
