"""From what ``format_type()`` prints to SQLAlchemy types.

The texts are PostgreSQL's own and few; a type that neither SQLAlchemy nor an extension of it knows
(``dialect.ischema_names``) stays a text that compiles to itself, so that it can be compared and created again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import postgresql as pg

from async_migrate.diff.types import TypeText, parse_type
from async_migrate.diff.verbatim_type import VerbatimType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.types import TypeEngine

__all__ = ["PostgresqlTypes"]


_WITH_ZONE = {
    "timestamp with time zone": True,
    "timestamp without time zone": False,
    "time with time zone": True,
    "time without time zone": False,
}


class PostgresqlTypes:
    """Makes types, each distinct text once.

    Args:
        known: SQLAlchemy's types by name, ``dialect.ischema_names``; extensions register theirs there.
        named: The enums and domains of the database by the text that ``format_type()`` prints for them.
    """

    def __init__(
        self, known: Mapping[str, type[TypeEngine[Any]]], named: Mapping[str, TypeEngine[Any]]
    ) -> None:
        self._known = known
        self._named = named
        self._made: dict[tuple[str, str | None], TypeEngine[Any]] = {}

    def type_of(self, text: str, *, collation: str | None = None) -> TypeEngine[Any]:
        """Return the type that a text names."""
        key = (text, collation)
        if key not in self._made:
            self._made[key] = self._make(text, collation)
        return self._made[key]

    def _make(self, text: str, collation: str | None) -> TypeEngine[Any]:
        element = text.removesuffix("[]")
        if element != text:
            return pg.ARRAY(self.type_of(element, collation=collation))
        if text in self._named:
            return self._named[text]
        parsed = parse_type(text)
        class_ = self._class_of(parsed)
        if class_ is None:
            return VerbatimType(text)
        try:
            return class_(**_options(parsed, collation))
        except TypeError:
            pass
        try:
            # The type of an extension: its arguments by position, as SQLAlchemy's own reflection passes them.
            return class_(*[_number(each) for each in parsed.arguments])
        except (TypeError, ValueError):
            return VerbatimType(text)

    def _class_of(self, parsed: TypeText) -> type[TypeEngine[Any]] | None:
        if parsed.words[0] == "interval":
            return pg.INTERVAL
        return self._known.get(parsed.name) or self._known.get(parsed.name.rpartition(".")[2])


def _options(parsed: TypeText, collation: str | None = None) -> dict[str, Any]:
    """Return the constructor arguments that a type's words and arguments stand for."""
    options: dict[str, Any] = {"collation": collation} if collation else {}
    arguments = [_number(each) for each in parsed.arguments]
    name = parsed.name
    if parsed.words[0] == "interval":
        fields = " ".join(parsed.words[1:])
        options |= {"fields": fields} if fields else {}
        return options | _given("precision", arguments)
    if name in _WITH_ZONE:
        return options | {"timezone": _WITH_ZONE[name]} | _given("precision", arguments)
    if name == "numeric":
        return options | _given("precision", arguments) | _given("scale", arguments[1:])
    if name == "double precision":
        return options | {"precision": 53}
    if name == "bit varying":
        options["varying"] = True
    return options | _given("length", arguments)


def _number(argument: str) -> int | str:
    return int(argument) if argument.isdigit() else argument


def _given(option: str, arguments: list[Any]) -> dict[str, Any]:
    return {option: arguments[0]} if arguments else {}
