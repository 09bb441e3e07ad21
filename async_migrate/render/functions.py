"""SQL functions as ``sa.func`` calls, which suit every database.

``func.now()`` is ``CURRENT_TIMESTAMP`` on SQLite and ``now()`` on PostgreSQL. Its SQL would tie a revision to the
database that the revision was written on; the call stays what the model says. Written as a call is only what
comes back the same beyond doubt: a name for which ``sa.func`` gives the same function, and plain values.
"""

from __future__ import annotations

import keyword
import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import BindParameter, func, literal
from sqlalchemy.sql.functions import Function, next_value

from async_migrate.render.tree import call
from async_migrate.render.values import value_code

if TYPE_CHECKING:
    from sqlalchemy import ClauseElement

    from async_migrate.render.context import RenderContext
    from async_migrate.render.tree import Call, Code

__all__ = ["function_code"]

_NAME = re.compile(r"[a-zA-Z](?:\w*[a-zA-Z0-9])?", re.ASCII)
"""A name that ``sa.func`` takes as it is; it drops an underscore from the end."""

_PLAIN_TYPES = (bool, float, int, str)


def function_code(clause: ClauseElement, context: RenderContext) -> Call | None:
    """Return the ``sa.func`` call that makes a function, or ``None`` if it might not come back the same."""
    if not isinstance(clause, Function) or isinstance(clause, next_value):
        return None
    path = (*clause.packagenames, clause.name)
    arguments = [_argument_code(argument, context) for argument in clause.clauses]
    known = [argument for argument in arguments if argument is not None]
    if len(known) < len(arguments) or not all(map(_is_plain, path)) or not _is_made_again(clause, path):
        return None
    return call(".".join([context.sqlalchemy("func"), *path]), *known)


def _argument_code(argument: Any, context: RenderContext) -> Code | None:
    if not isinstance(argument, BindParameter):
        return function_code(argument, context)
    value = argument.value
    is_plain = type(value) in _PLAIN_TYPES and type(argument.type) is type(literal(value).type)
    return value_code(value, context) if is_plain else None


def _is_plain(name: str) -> bool:
    is_quoted = getattr(name, "quote", None) is not None
    return bool(_NAME.fullmatch(name)) and not keyword.iskeyword(name) and not is_quoted


def _is_made_again(function: Function[Any], path: tuple[str, ...]) -> bool:
    """Return whether ``sa.func`` makes the same; a class of the application is not known where a revision runs."""
    if not type(function).__module__.startswith("sqlalchemy."):
        return False
    maker: Any = func
    for name in path:
        maker = getattr(maker, name)
    try:
        again = maker(*function.clauses)
    except Exception:  # noqa: BLE001  a class that somebody registered under the name may raise what it likes
        return False
    return type(again) is type(function) and (*again.packagenames, again.name) == path
