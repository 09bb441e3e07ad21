"""Constraints of a new table, as code.

Those of an existing table are directives of their own, see :mod:`async_migrate.render.operations`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Table
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.sql.elements import ClauseElement, ColumnClause

from async_migrate.errors import UnrenderableConstraintError
from async_migrate.operations.schema_objects import foreign_key_target, options_by_name
from async_migrate.render.expressions import text_call, text_source
from async_migrate.render.tree import call, list_of, quoted, tuple_of
from async_migrate.render.values import identifier, keyword_codes, name_code, value_code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sqlalchemy import (
        CheckConstraint,
        Constraint,
        ForeignKey,
        ForeignKeyConstraint,
        MetaData,
        PrimaryKeyConstraint,
        UniqueConstraint,
    )
    from sqlalchemy.dialects.postgresql import ExcludeConstraint

    from async_migrate.render.context import RenderContext
    from async_migrate.render.tree import Code

__all__ = ["check_code", "constraint_codes", "exclude_elements", "foreign_key_code"]

_FOREIGN_KEY_OPTIONS = ("onupdate", "ondelete", "initially", "deferrable", "use_alter", "match")


def constraint_codes(
    constraints: Iterable[Constraint], context: RenderContext, *, metadata: MetaData | None
) -> list[Code]:
    """Return the code of the constraints of a table: the primary key, then by kind, then by their text.

    A table keeps them in a set, whose order is no order.

    Args:
        constraints: The constraints; those that a column's type makes itself are left to it.
        context: Where rendering stands.
        metadata: Where a foreign key's target is looked up, for a column may be known there by another key.

    Raises:
        UnrenderableConstraintError: A constraint is of a class unknown here.
    """
    kinds = list(_RENDERERS)
    found: list[tuple[int, str, Code]] = []
    for constraint in constraints:
        kind = constraint.__visit_name__
        if kind not in _RENDERERS:
            raise UnrenderableConstraintError(constraint, subject=context.subject)
        code = _RENDERERS[kind](constraint, context, metadata)
        if code is not None:
            found.append((kinds.index(kind), repr(code), code))
    return [code for _, _, code in sorted(found, key=lambda entry: entry[:2])]


def check_code(constraint: CheckConstraint, context: RenderContext) -> Code | None:
    """Return the code of a CHECK, or ``None`` if the hook leaves it out."""
    hooked = context.hook("check", constraint)
    if hooked is not False:
        return hooked
    source = quoted(text_source(constraint.sqltext, context))
    return call(context.sqlalchemy("CheckConstraint"), source, **_common(constraint, context))


def foreign_key_code(key: ForeignKey, context: RenderContext) -> Code:
    """Return the code of a foreign key that is part of a column."""
    options: dict[str, Code] = {}
    if key.name is not None:
        options["name"] = name_code(key.name, context)
    for option in _FOREIGN_KEY_OPTIONS:
        if value := getattr(key, option):
            options[option] = value_code(value, context)
    options |= keyword_codes(key.dialect_kwargs, context)
    return call(context.sqlalchemy("ForeignKey"), _target(key, None), **options)


def exclude_elements(elements: Iterable[tuple[Any, str]], context: RenderContext) -> list[Code]:
    """Return the pairs of an EXCLUDE constraint: a column or an expression, and its operator."""
    return [tuple_of(_excluded(expression, context), quoted(operator)) for expression, operator in elements]


def _excluded(expression: Any, context: RenderContext) -> Code:
    if isinstance(expression, ColumnClause):
        function = "literal_column" if expression.is_literal else "column"
        return call(context.sqlalchemy(function), identifier(expression.name, context))
    if isinstance(expression, ClauseElement):
        return text_call(expression, context)
    return value_code(expression, context)


def _common(constraint: Constraint, context: RenderContext) -> dict[str, Code]:
    """Return the arguments that constraints of all kinds know."""
    options: dict[str, Code] = {}
    if isinstance(constraint.name, str):
        options["name"] = name_code(constraint.name, context)
    for option in ("deferrable", "initially", "comment"):
        if (value := getattr(constraint, option, None)) is not None:
            options[option] = value_code(value, context)
    return options | keyword_codes(_dialect_options(constraint), context)


def _dialect_options(constraint: Constraint) -> Mapping[str, Any]:
    owner = getattr(constraint, "parent", None)
    options: Mapping[str, Any] = constraint.dialect_kwargs
    return options_by_name(options, owner) if isinstance(owner, Table) else options


def _primary_key(constraint: Constraint, context: RenderContext, _: MetaData | None) -> Code | None:
    key = cast("PrimaryKeyConstraint", constraint)
    hooked = context.hook("primary_key", key)
    if hooked is not False:
        return hooked
    if not key.columns:
        return None
    columns = [identifier(column.name, context) for column in key.columns]
    return call(context.sqlalchemy("PrimaryKeyConstraint"), *columns, **_common(key, context))


def _unique(constraint: Constraint, context: RenderContext, _: MetaData | None) -> Code | None:
    unique = cast("UniqueConstraint", constraint)
    hooked = context.hook("unique", unique)
    if hooked is not False:
        return hooked
    columns = [identifier(column.name, context) for column in unique.columns]
    return call(context.sqlalchemy("UniqueConstraint"), *columns, **_common(unique, context))


def _check(constraint: Constraint, context: RenderContext, _: MetaData | None) -> Code | None:
    if constraint._type_bound:  # noqa: SLF001  the type makes it again
        return None
    return check_code(cast("CheckConstraint", constraint), context)


def _foreign_key(constraint: Constraint, context: RenderContext, metadata: MetaData | None) -> Code | None:
    key = cast("ForeignKeyConstraint", constraint)
    hooked = context.hook("foreign_key", key)
    if hooked is not False:
        return hooked
    options = _common(key, context)
    for option in _FOREIGN_KEY_OPTIONS:
        if option not in options and (value := getattr(key, option)):
            options[option] = value_code(value, context)
    return call(
        context.sqlalchemy("ForeignKeyConstraint"),
        list_of(*[identifier(element.parent.name, context) for element in key.elements]),
        list_of(*[_target(element, metadata) for element in key.elements]),
        **options,
    )


def _target(key: ForeignKey, metadata: MetaData | None) -> Code:
    """Return where a foreign key points, by the names that the database knows."""
    schema, table, column = _target_names(key)
    if schema is None and metadata is not None and metadata.schema is not None:
        schema = metadata.schema
    table_key = table if schema is None else f"{schema}.{table}"
    if metadata is not None and table_key in metadata.tables and not key.link_to_name:
        known = metadata.tables[table_key].c.get(column)
        column = column if known is None else known.name
    if "." in table + column and hasattr(key, "target_tokens"):
        # Only SQLAlchemy 2.1 tells such a name from one with a schema, and only where the parts come one by one.
        return tuple_of(*[quoted(part) for part in (schema, table, column) if part is not None])
    return quoted(f"{table_key}.{column}")


def _target_names(key: ForeignKey) -> tuple[str | None, str, str]:
    try:
        return foreign_key_target(key)
    except InvalidRequestError:
        # The column belongs to no table yet, so nothing could be looked up.
        tokens: Any = key._column_tokens  # noqa: SLF001  public as target_tokens only since SQLAlchemy 2.1
        schema, table, column = tokens
        return schema, table, column or key.parent.name


def _exclude(constraint: Constraint, context: RenderContext, _: MetaData | None) -> Code | None:
    exclude = cast("ExcludeConstraint", constraint)
    hooked = context.hook("exclude", exclude)
    if hooked is not False:
        return hooked
    context.imports.add("from sqlalchemy.dialects import postgresql")
    pairs = [(expression, operator) for expression, _, operator in exclude._render_exprs]  # noqa: SLF001
    options: dict[str, Code] = {}
    if exclude.where is not None:
        options["where"] = text_call(exclude.where, context)
    if exclude.using:
        options["using"] = quoted(exclude.using)
    if exclude.ops:
        options["ops"] = value_code(dict(exclude.ops), context)
    options |= _common(exclude, context)
    return call("postgresql.ExcludeConstraint", *exclude_elements(pairs, context), **options)


_RENDERERS: dict[str, Callable[[Constraint, RenderContext, MetaData | None], Code | None]] = {
    "primary_key_constraint": _primary_key,
    "foreign_key_constraint": _foreign_key,
    "unique_constraint": _unique,
    "check_constraint": _check,
    "column_check_constraint": _check,
    "table_or_column_check_constraint": _check,
    "exclude_constraint": _exclude,
}
