"""Questions about SQLAlchemy's schema objects that it has no public answer to.

Every use of a private name of SQLAlchemy in this package stands here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, PrimaryKeyConstraint
from sqlalchemy.types import TypeDecorator, TypeEngine, to_instance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Constraint, Dialect, Index, Table
    from sqlalchemy.schema import ExecutableDDLElement
    from sqlalchemy.sql import ClauseElement
    from sqlalchemy.sql.compiler import DDLCompiler

__all__ = [
    "affinity",
    "compiled_default",
    "compiled_expression",
    "compiled_text",
    "constraint_text",
    "constraints_in_order",
    "copy_column",
    "indexes_in_order",
    "instance_of",
    "is_created",
    "is_made_by_type",
    "named",
    "prefixes_of",
    "set_server_default",
    "single_column_reference",
    "types_within",
]


def instance_of(type_: TypeEngine[Any] | type[TypeEngine[Any]]) -> TypeEngine[Any]:
    """Return a type as an object; directives take classes as well."""
    return to_instance(type_)


def affinity(type_: TypeEngine[Any]) -> type[TypeEngine[Any]] | None:
    """Return the family of a type, such as ``Integer`` for ``BIGINT``."""
    return type_._type_affinity  # noqa: SLF001


def types_within(type_: TypeEngine[Any], dialect: Dialect) -> Iterator[TypeEngine[Any]]:
    """Yield a type as a dialect uses it, and what it wraps: the items of an array, the base of a decorator."""
    own = type_.dialect_impl(dialect)
    while isinstance(own, TypeDecorator):
        own = own.impl_instance.dialect_impl(dialect)
    yield own
    items = getattr(own, "item_type", None)
    if isinstance(items, TypeEngine):
        yield from types_within(items, dialect)


def named(item: Constraint | Index) -> str | None:
    """Return the name of a constraint or index; SQLAlchemy marks "deliberately none" by an object of its own."""
    return item.name if isinstance(item.name, str) else None


def is_made_by_type(constraint: Constraint) -> bool:
    """Return whether the type of a column made this constraint, as ``Boolean`` and ``Enum`` make a CHECK."""
    return constraint._type_bound  # noqa: SLF001


def is_created(constraint: Constraint, dialect: Dialect) -> bool:
    """Return whether a dialect has this constraint at all; a CHECK for Boolean is only made where there is none."""
    return constraint._should_create_for_compiler(_ddl_compiler(dialect))  # noqa: SLF001


def constraints_in_order(table: Table) -> list[Constraint]:
    """Return the constraints of a table in the order of their definition, the primary key left out."""
    return [c for c in table._sorted_constraints if not isinstance(c, PrimaryKeyConstraint)]  # noqa: SLF001


def indexes_in_order(table: Table) -> list[Index]:
    """Return the indexes of a table by name: their definition has no order to keep."""
    return sorted(table.indexes, key=lambda index: str(index.name or ""))


def prefixes_of(table: Table) -> list[str]:
    """Return what stands between CREATE and TABLE, such as ``TEMPORARY``."""
    return list(table._prefixes)  # noqa: SLF001


def copy_column(column: Column[Any]) -> Column[Any]:
    """Return a bare copy of a column: no table, no constraint, no index, its key its name."""
    copy: Column[Any] = column._copy()  # noqa: SLF001
    copy.key = copy.name
    copy.unique = copy.index = None
    copy.primary_key = False
    copy.constraints.clear()
    copy.foreign_keys.clear()
    return copy


def single_column_reference(constraint: Constraint, column: Column[Any]) -> bool:
    """Return whether a constraint is a foreign key of this column alone, which may stand in its definition."""
    return isinstance(constraint, ForeignKeyConstraint) and list(constraint.columns) == [column]


def compiled_text(element: ExecutableDDLElement | CheckConstraint, dialect: Dialect) -> str:
    """Return the SQL of a statement, or of the condition of a CHECK, as a person would write it."""
    if isinstance(element, CheckConstraint):
        return compiled_expression(element.sqltext, dialect)
    return _as_written(str(element.compile(dialect=dialect)).strip(), dialect)


def compiled_expression(expression: ClauseElement, dialect: Dialect) -> str:
    """Return the SQL of an expression, its columns without their table, as a person would write it."""
    compiler: Any = dialect.statement_compiler(dialect, None)
    return _as_written(compiler.process(expression, include_table=False, literal_binds=True), dialect)


def constraint_text(constraint: Constraint, dialect: Dialect) -> str:
    """Return a constraint as it stands in a CREATE TABLE."""
    return _as_written(_ddl_compiler(dialect).process(constraint), dialect)


def compiled_default(column: Column[Any], dialect: Dialect) -> str | None:
    """Return the server default of a column; ``None`` if it has none, or one that is no expression."""
    text = _ddl_compiler(dialect).get_column_default_string(column)
    return None if text is None else _as_written(text, dialect)


def set_server_default(column: Column[Any], default: Any) -> None:
    """Give a column that belongs to no table another server default, computed expression or identity, or none."""
    donor = Column("x", column.type, server_default=default)
    column.server_default = donor.server_default
    column.server_onupdate = donor.server_onupdate
    column.computed = donor.computed
    column.identity = donor.identity


def _ddl_compiler(dialect: Dialect) -> DDLCompiler:
    return dialect.ddl_compiler(dialect, cast("Any", None))


def _as_written(sql: str, dialect: Dialect) -> str:
    """Return SQL with single percent signs, which drivers that format parameters into the text want doubled."""
    doubled = dialect.identifier_preparer._double_percents  # noqa: SLF001
    return sql.replace("%%", "%") if doubled else sql
