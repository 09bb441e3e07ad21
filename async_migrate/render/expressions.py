"""SQL expressions as text, compiled for the dialect with every value written out.

Python code for an arbitrary expression would have to know all of SQLAlchemy; its SQL says the same. The text
must come back unchanged when SQLAlchemy reads it again, so what ``text()`` would take for a bind parameter is
escaped, and the doubling of percent signs that some drivers ask for is undone.

The exception is a server default that calls a function of plain values: see :mod:`async_migrate.render.functions`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, literal, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import ExecutableDDLElement
from sqlalchemy.sql.elements import (
    BinaryExpression,
    BindParameter,
    ClauseElement,
    ColumnClause,
    Grouping,
    TextClause,
    UnaryExpression,
)
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import asc_op, desc_op

from async_migrate.errors import UnrenderableExpressionError
from async_migrate.render.functions import function_code
from async_migrate.render.tree import call, quoted
from async_migrate.render.values import identifier, value_code

if TYPE_CHECKING:
    from async_migrate.render.context import RenderContext
    from async_migrate.render.tree import Call, Code

__all__ = [
    "default_code",
    "index_sql",
    "query_source",
    "sql_of",
    "statement_source",
    "text_call",
    "text_source",
]

_BIND = re.compile(r"(?<![:\w\\]):(?=\w+(?![:\w]))")
"""A colon that ``text()`` takes for the start of a bind parameter (SQLAlchemy, ``TextClause``)."""

_PARAMETER = re.compile(r"(?<![:\w\\]):(\w+)(?![:\w])")

_ESCAPED_COLON = re.compile(r"\\(?=:\w*(?![:\w]))")
"""A backslash that ``text()`` removes, because it escapes a colon."""

_COMPLETE_DEFAULT = re.compile(r"""\s*(?:\(.*|'(?:[^']|'')*'|"(?:[^"]|"")*"|\w+)\s*""", re.DOTALL)


def sql_of(clause: ClauseElement, context: RenderContext) -> str:
    """Return the SQL of an expression in DDL, values written out and columns without their table.

    Raises:
        UnrenderableExpressionError: The dialect cannot express it, or one of its values.
    """
    return _compiled(clause, context, {"literal_binds": True, "include_table": False})


def statement_source(statement: ClauseElement, context: RenderContext) -> str:
    """Return a whole statement as the string that ``op.execute()`` takes, values written out.

    Raises:
        UnrenderableExpressionError: The dialect cannot express it, or one of its values.
    """
    options = {} if isinstance(statement, ExecutableDDLElement) else {"literal_binds": True}
    return _escaped(_compiled(statement, context, options))


def query_source(query: ClauseElement, context: RenderContext) -> str:
    """Return a query as the SQL by which a view is defined, values written out.

    Raises:
        UnrenderableExpressionError: The dialect cannot express it, or one of its values.
    """
    return _compiled(query, context, {"literal_binds": True})


def text_source(clause: ClauseElement | str, context: RenderContext) -> str:
    """Return SQL in the form in which ``text()`` and whatever calls it read it."""
    if isinstance(clause, str):
        return clause
    if isinstance(clause, TextClause):
        clause = _without_accidental_parameters(clause)
        if not clause._bindparams:  # noqa: SLF001  no public way to ask
            return clause.text
    return _escaped(sql_of(clause, context))


def text_call(clause: ClauseElement | str, context: RenderContext) -> Call:
    """Return ``sa.text()`` with the SQL of an expression."""
    return call(context.sqlalchemy("text"), quoted(text_source(clause, context)))


def default_code(clause: ClauseElement, context: RenderContext) -> Call:
    """Return the code of a server default: ``sa.func.now()`` and the like, or ``sa.text()``.

    SQLite wants anything but a literal in parentheses (https://sqlite.org/lang_createtable.html#dfltval),
    which a default read back from the database has lost.
    """
    function = function_code(clause, context)
    if function is not None:
        return function
    source = text_source(clause, context)
    if context.dialect.name == "sqlite" and not _COMPLETE_DEFAULT.fullmatch(source):
        source = f"({source})"
    return call(context.sqlalchemy("text"), quoted(source))


def index_sql(expression: ClauseElement, context: RenderContext) -> str:
    """Return the SQL of an indexed expression, in the parentheses that the dialect's compiler would add.

    They must be part of it, for the compiler adds none to a ``literal_column()``.
    """
    grouped: Any = expression
    if context.dialect.name == "postgresql" and not isinstance(expression, ColumnClause):
        grouped = grouped.self_group()
    elif context.dialect.name in ("mysql", "mariadb") and _mysql_groups(expression):
        grouped = Grouping(grouped)
    return sql_of(grouped, context)


def _compiled(clause: ClauseElement, context: RenderContext, options: dict[str, bool]) -> str:
    try:
        sql = str(clause.compile(dialect=context.dialect, compile_kwargs=options))
    except (SQLAlchemyError, NotImplementedError) as error:
        raise UnrenderableExpressionError(
            str(error).partition("\n")[0], dialect=context.dialect.name, subject=context.subject
        ) from error
    if context.dialect.paramstyle in ("format", "pyformat"):
        return sql.replace("%%", "%")
    return sql


def _escaped(sql: str) -> str:
    return _BIND.sub(r"\:", _ESCAPED_COLON.sub(r"\\\\", sql))


def _without_accidental_parameters(clause: TextClause) -> TextClause:
    """Return a text in which a colon before a word is a parameter only where that has a value.

    No DDL takes parameters, so one without a value is a colon that nobody escaped, as in a default of
    ``'{"a":1}'`` that was read back from a database.
    """
    parameters = clause._bindparams  # noqa: SLF001  no public way to ask
    valued = {name for name, parameter in parameters.items() if not parameter.required}
    if len(valued) == len(parameters):
        return clause
    escaped = _PARAMETER.sub(lambda found: found[0] if found[1] in valued else f"\\{found[0]}", clause.text)
    return text(escaped).bindparams(*(parameters[name] for name in sorted(valued)))


def _mysql_groups(expression: ClauseElement) -> bool:
    if isinstance(expression, UnaryExpression):
        return expression.modifier not in (desc_op, asc_op)
    return isinstance(expression, BinaryExpression | FunctionElement)


@value_code.register(ClauseElement)
def _(value: ClauseElement, context: RenderContext) -> Code:
    return text_call(value, context)


@value_code.register(BindParameter)
def _(value: BindParameter[Any], context: RenderContext) -> Code:
    if not value.literal_execute:
        return text_call(value, context)
    # What op.inline_literal() returns.
    arguments = [value_code(value.value, context)]
    if type(literal(value.value).type) is not type(value.type):
        arguments.append(value_code(value.type, context))
    return call(context.directive("inline_literal"), *arguments)


@value_code.register(Column)
def _(value: Column[Any], context: RenderContext) -> Code:
    return identifier(value.name, context)
