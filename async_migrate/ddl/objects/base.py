"""What the generators of this package share: how objects are dropped, replaced and refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import ExecutableDDLElement

from async_migrate.ddl.elements import Verbatim, as_sent, table_name
from async_migrate.ddl.statement import Statement
from async_migrate.errors import UnsupportedOperationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Dialect
    from sqlalchemy.sql.compiler import DDLCompiler

    from async_migrate.ddl.statement import Action

__all__ = [
    "DropObject",
    "ObjectDDL",
    "ObjectKind",
    "dollar_quoted",
    "drop_text",
    "unterminated",
]

ObjectKind: TypeAlias = Literal[
    "extension", "function", "materialized view", "procedure", "trigger", "type", "view"
]
"""What can be dropped, in the words that follow DROP."""

_GAP = r"(?:\s|--[^\n]*\n|/\*.*?\*/)"
_OR_REPLACE = rf"(?:OR{_GAP}+(?:REPLACE|ALTER){_GAP}+)?"
_CREATE = re.compile(rf"\A({_GAP}*)CREATE{_GAP}+{_OR_REPLACE}", re.IGNORECASE | re.DOTALL)


class ObjectDDL:
    """The part of a generator that its other parts build on.

    Attributes:
        dialect: The dialect that statements will be compiled for.
        terminator: What ends a statement in a script.
        replacement: The words behind CREATE that replace what is there.
    """

    dialect: Dialect
    terminator: ClassVar[str] = ";"
    replacement: ClassVar[str] = "OR REPLACE"

    @property
    def title(self) -> str:
        """The name of the database, as people write it."""
        return self.dialect.name

    @property
    def replaceable(self) -> frozenset[ObjectKind]:
        """The kinds of objects that one statement replaces; the others are dropped and created."""
        return frozenset()

    @property
    def cascades(self) -> bool:
        """Whether a drop can take with it what depends on the object."""
        return True

    def unsupported(self, operation: str, *, reason: str, alternative: str) -> UnsupportedOperationError:
        """Return the error for what the database cannot do."""
        return UnsupportedOperationError(self.title, operation, reason=reason, alternative=alternative)

    def whole_statement(self, sql: str, *, replaces: bool | None = None) -> Statement:
        """Return the statement that an author has written.

        Args:
            sql: It.
            replaces: Whether it says that it replaces what is there; ``None`` leaves that as it is.
        """
        if replaces is not None:
            words = f"{self.replacement} " if replaces else ""
            sql = _CREATE.sub(rf"\1CREATE {words}", sql, count=1)
        # Where nothing ends a statement of a script, as on Oracle, a semicolon is part of it.
        return Statement(Verbatim(unterminated(sql) if self.terminator else sql))

    def drop_object(self, directive: str, drop: DropObject) -> Iterator[Action]:
        """Drop something.

        Raises:
            UnsupportedOperationError: What depends on it is to be dropped too, and the database cannot.
        """
        if drop.cascade and not self.cascades:
            raise self.unsupported(
                directive,
                reason=f"drop what depends on the {drop.kind} {drop.name!r}",
                alternative="Drop that first, in operations of its own, and leave cascade out.",
            )
        yield Statement(drop)


class DropObject(ExecutableDDLElement):
    """``DROP`` of anything but tables and what belongs to them.

    Attributes:
        kind: What it is.
        name: Its name.
        schema: Its schema.
        if_exists: Whether its absence is no error.
        cascade: Whether what depends on it is dropped too.
        arguments: The types of its arguments, where they are needed to tell which it is.
        table: The table and its schema, where the name is only one among those of the table.
    """

    inherit_cache = False

    def __init__(
        self,
        kind: ObjectKind,
        name: str,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        cascade: bool | None = None,
        arguments: Sequence[str] | None = None,
        table: tuple[str, str | None] | None = None,
    ) -> None:
        self.kind = kind
        self.name = name
        self.schema = schema
        self.if_exists = bool(if_exists)
        self.cascade = bool(cascade)
        self.arguments = arguments
        self.table = table


def unterminated(sql: str) -> str:
    """Return a statement without the semicolon at its end."""
    return sql.rstrip().removesuffix(";").rstrip()


def dollar_quoted(text: str) -> str:
    """Return a text as PostgreSQL takes it with nothing escaped, between marks that do not occur in it."""
    mark, number = "$$", 0
    while mark in text:
        number += 1
        mark = f"$body{number}$"
    return f"{mark}\n{text}\n{mark}"


def drop_text(element: DropObject, compiler: DDLCompiler, *, guarded: bool) -> str:
    """Return a drop as the standard has it, with or without IF EXISTS."""
    words = ["DROP", element.kind.upper()]
    if guarded:
        words.append("IF EXISTS")
    name = table_name(compiler, element.name, schema=element.schema)
    if element.arguments is not None:
        name += f"({as_sent(compiler, ', '.join(element.arguments))})"
    words.append(name)
    if element.table is not None:
        words += ["ON", table_name(compiler, element.table[0], schema=element.table[1])]
    if element.cascade:
        words.append("CASCADE")
    return " ".join(words)


@compiles(DropObject)
def _drop_object(element: DropObject, compiler: DDLCompiler, **_: object) -> str:
    return drop_text(element, compiler, guarded=element.if_exists)
