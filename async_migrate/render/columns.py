"""Columns and what hangs on them, as code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, Computed, DefaultClause, FetchedValue, Identity, Sequence
from sqlalchemy.sql.elements import ClauseElement

from async_migrate.render.constraints import check_code, foreign_key_code
from async_migrate.render.expressions import default_code, text_source
from async_migrate.render.tree import Name, call, quoted
from async_migrate.render.types import type_code
from async_migrate.render.values import identifier, keyword_codes, value_code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Column

    from async_migrate.operations.base import ServerDefault
    from async_migrate.render.context import RenderContext
    from async_migrate.render.tree import Code

__all__ = ["added_column_code", "column_code", "server_default_code"]

_SEQUENCE_OPTIONS = (
    "start",
    "increment",
    "minvalue",
    "maxvalue",
    "nominvalue",
    "nomaxvalue",
    "cycle",
    "cache",
)


def column_code(column: Column[Any], context: RenderContext) -> Code | None:
    """Return the code of a column of a new table, or ``None`` if the hook leaves it out.

    Keys, foreign keys and uniqueness are constraints of the table; they are not said a second time here.
    """
    return _column(column, context, items=(), flags={})


def added_column_code(
    column: Column[Any], context: RenderContext, *, references: bool, primary_key: bool
) -> Code | None:
    """Return the code of a column that is added to an existing table, or ``None`` if the hook leaves it out.

    The constraints of a column that belongs to a table of the application are compared, and added, one by
    one. A column that belongs to none was written by hand, and brings its own.

    Args:
        column: The column.
        context: Where rendering stands.
        references: Whether its foreign keys are part of it, whoever it belongs to.
        primary_key: Whether being the primary key is.
    """
    by_hand = column.table is None
    flags = {
        "primary_key": column.primary_key and (by_hand or primary_key),
        "unique": by_hand and bool(column.unique),
        "index": by_hand and bool(column.index),
    }
    keys = column.foreign_keys if by_hand or references else ()
    ordered = sorted((foreign_key_code(key, context) for key in keys), key=repr)
    return _column(column, context, items=tuple(ordered), flags=flags)


def _column(
    column: Column[Any], context: RenderContext, *, items: tuple[Code, ...], flags: dict[str, bool]
) -> Code | None:
    hooked = context.hook("column", column)
    if hooked is not False:
        return hooked
    options: dict[str, Code] = {}
    positional = [identifier(column.name, context), type_code(column.type, context), *items]
    if isinstance(column.default, Sequence):
        positional.append(_sequence_code(column.default, context))
    positional += _checks(column, context)
    if column.server_default is not None:
        default = server_default_code(column.server_default, context)
        if isinstance(column.server_default, Computed | Identity):
            positional += [default] if default is not None else []
        elif default is not None:
            options["server_default"] = default
    if column.autoincrement != "auto":
        options["autoincrement"] = value_code(column.autoincrement, context)
    options |= {name: Name("True") for name, is_set in flags.items() if is_set}
    options["nullable"] = Name(repr(bool(column.nullable)))
    if column.system:
        options["system"] = Name("True")
    if column.comment is not None:
        options["comment"] = quoted(column.comment)
    options |= keyword_codes(column.dialect_kwargs, context)
    return call(context.sqlalchemy("Column"), *positional, **options)


def server_default_code(default: ServerDefault, context: RenderContext) -> Code | None:
    """Return the code of a server default, or ``None`` where there is none or the hook leaves it out."""
    hooked = context.hook("server_default", default)
    if hooked is not False:
        return hooked
    match default:
        case None | False:
            return None
        case str():
            return quoted(default)
        case Computed():
            return _computed_code(default, context)
        case Identity():
            always = {"always": default.always}
            return call(context.sqlalchemy("Identity"), **keyword_codes_of(default, always, context))
        case DefaultClause(arg=str() as text):
            return quoted(text)
        case DefaultClause(arg=ClauseElement() as clause):
            return default_code(clause, context)
        case FetchedValue():
            return call(context.sqlalchemy("FetchedValue"))
        case _:
            return default_code(default, context)


def keyword_codes_of(
    generator: Identity | Sequence, options: dict[str, Any], context: RenderContext
) -> dict[str, Code]:
    """Return the options that an identity column and a sequence have in common, after those given."""
    return {name: value_code(value, context) for name, value in {**options, **_given(generator)}.items()}


def _given(generator: Identity | Sequence) -> dict[str, Any]:
    given = {name: getattr(generator, name) for name in _SEQUENCE_OPTIONS}
    dialect_options = getattr(generator, "dialect_kwargs", None)
    if dialect_options is None:
        # SQLAlchemy 2.0 has them as plain options of its own.
        given |= {name: getattr(generator, name, None) for name in ("order", "on_null")}
        dialect_options = {}
    return {name: value for name, value in {**given, **dialect_options}.items() if value is not None}


def _sequence_code(sequence: Sequence, context: RenderContext) -> Code:
    options: dict[str, Any] = {"schema": sequence.schema} if sequence.schema else {}
    if sequence.optional:
        options["optional"] = True
    if sequence.data_type is not None:
        options["data_type"] = sequence.data_type
    arguments = keyword_codes_of(sequence, options, context)
    return call(context.sqlalchemy("Sequence"), identifier(sequence.name, context), **arguments)


def _computed_code(computed: Computed, context: RenderContext) -> Code:
    options = {} if computed.persisted is None else {"persisted": Name(repr(computed.persisted))}
    source = quoted(text_source(computed.sqltext, context))
    return call(context.sqlalchemy("Computed"), source, **options)


def _checks(column: Column[Any], context: RenderContext) -> Iterator[Code]:
    checks = [constraint for constraint in column.constraints if isinstance(constraint, CheckConstraint)]
    codes = [check_code(check, context) for check in checks if not check._type_bound]  # noqa: SLF001
    yield from sorted((code for code in codes if code is not None), key=repr)
