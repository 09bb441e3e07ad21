"""What the directives of views, routines, triggers and enums accept; see :mod:`async_migrate.operations.arguments`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import SelectBase, TextClause

from async_migrate.errors import InvalidArgumentError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "check_choice",
    "check_enum_columns",
    "check_events",
    "check_query",
    "check_source",
    "check_texts",
]

_STATEMENT = re.compile(
    r"(?:\s|--[^\n]*\n|/\*.*?\*/)*CREATE\b.*?\b(FUNCTION|PROCEDURE|TRIGGER)\b", re.IGNORECASE | re.DOTALL
)
_EVENTS = ("INSERT", "UPDATE", "DELETE", "TRUNCATE")


def check_query(name: str, parameter: str, value: object) -> None:
    """Check that the definition of a view is a query.

    Raises:
        InvalidArgumentError: It is something else, or a whole statement.
    """
    if isinstance(value, (SelectBase, TextClause)):
        return
    if not isinstance(value, str) or not value.strip():
        raise InvalidArgumentError(
            name, parameter, value, accepted="a query, as SQL or as a sqlalchemy.select()"
        )
    if value.split(None, 1)[0].upper() in {"CREATE", "ALTER", "DROP"}:
        accepted = "the query alone, without CREATE VIEW"
        raise InvalidArgumentError(
            name, parameter, value, accepted=accepted, hint=" op.execute() takes a whole statement."
        )


def check_source(name: str, *, kind: str, definition: object, body: object) -> None:
    """Check that a routine or trigger is given either as a whole statement or in parts.

    Raises:
        InvalidArgumentError: It is given in both ways, in neither, or as a statement that creates something else.
    """
    if (definition is None) == (body is None):
        accepted = "a whole CREATE statement, or else body= and the other parts, and one of the two"
        raise InvalidArgumentError(name, "definition", definition, accepted=accepted)
    for parameter, value in (("definition", definition), ("body", body)):
        if value is not None and not isinstance(value, str):
            raise InvalidArgumentError(name, parameter, value, accepted="SQL, as a string")
    found = None if definition is None else _STATEMENT.match(str(definition))
    if definition is not None and (found is None or found[1].lower() != kind):
        accepted = f"one statement that begins with CREATE {kind.upper()}"
        raise InvalidArgumentError(name, "definition", definition, accepted=accepted)


def check_texts(name: str, **lists: object) -> None:
    """Check that lists of names, values or arguments are that: a lone string would be taken for a list of letters.

    Raises:
        InvalidArgumentError: One is a string, or holds something else than strings.
    """
    for parameter, value in lists.items():
        if value is None:
            continue
        is_list = isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value)
        if not is_list:
            hint = f" Write [{value!r}]." if isinstance(value, str) else ""
            raise InvalidArgumentError(name, parameter, value, accepted="a list of strings", hint=hint)


def check_choice(name: str, parameter: str, value: object, *, choices: Sequence[str]) -> None:
    """Check that a word is one of a few.

    Raises:
        InvalidArgumentError: It is another.
    """
    if value is not None and value not in choices:
        accepted = f"{', '.join(map(repr, choices))} or None"
        hint = did_you_mean(str(value).upper(), choices)
        raise InvalidArgumentError(name, parameter, value, accepted=accepted, hint=hint)


def check_events(name: str, *, timing: object, events: Sequence[str]) -> None:
    """Check when a trigger that is given in parts runs.

    Raises:
        InvalidArgumentError: That is not said, or there is no such event.
    """
    if timing is None:
        raise InvalidArgumentError(name, "timing", timing, accepted="'BEFORE', 'AFTER' or 'INSTEAD OF'")
    for event in events or [""]:
        if event.split(None, 1)[:1] == [] or event.split(None, 1)[0].upper() not in _EVENTS:
            accepted = f"a list of {', '.join(map(repr, _EVENTS[:-1]))} or {_EVENTS[-1]!r}, UPDATE perhaps with columns"
            hint = " Write ['UPDATE OF name']." if event.upper().startswith("UPDATE") else ""
            raise InvalidArgumentError(name, "events", events, accepted=accepted, hint=hint)


def check_enum_columns(name: str, value: object) -> None:
    """Check that the columns of an enum are pairs of a table and a column, a schema perhaps behind them.

    Raises:
        InvalidArgumentError: They are something else.
    """
    is_list = isinstance(value, (list, tuple)) and not isinstance(value, str)
    if value is None or (is_list and all(_is_column(item) for item in value)):  # type: ignore[attr-defined]  # a list
        return
    hint = f" Write [{value!r}]." if _is_column(value) else ""
    accepted = 'a list of pairs such as ("account", "mood"), or ("account", "mood", "schema")'
    raise InvalidArgumentError(name, "columns", value, accepted=accepted, hint=hint)


def _is_column(value: object) -> bool:
    if not isinstance(value, (list, tuple)) or len(value) not in (2, 3):
        return False
    table, column, *schema = value
    return (
        isinstance(table, str) and isinstance(column, str) and all(isinstance(s, str | None) for s in schema)
    )
