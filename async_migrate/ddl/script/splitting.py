"""Cutting a script into statements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from async_migrate.ddl.script.boundaries import BOUNDARIES
from async_migrate.ddl.script.tokens import Kind, Lexer, Place, lexical_rules
from async_migrate.errors import CopyFromStdinError

if TYPE_CHECKING:
    from async_migrate.ddl.script.boundaries import Boundaries
    from async_migrate.ddl.script.tokens import Token

__all__ = ["ScriptStatement", "split_script"]


@dataclass(frozen=True, slots=True)
class ScriptStatement:
    """One statement of a script.

    Attributes:
        sql: Its text, with the comments before and inside it, without what ends it.
        line: The line of the script on which its first word stands, counted from 1.
    """

    sql: str
    line: int


def split_script(text: str, dialect_name: str) -> list[ScriptStatement]:
    """Cut a script into its statements, as the database's own client would.

    Semicolons inside strings, quoted names, comments, parentheses and bodies (``BEGIN ATOMIC … END`` of PostgreSQL,
    triggers of SQLite, compound statements of MySQL, PL/SQL) do not cut. The commands of clients that end a
    statement do: ``GO`` on a line of its own on SQL Server, which is the only thing that cuts there, because a batch
    is one unit; ``/`` on a line of its own on Oracle, which alone ends PL/SQL; ``DELIMITER`` of MySQL. Statements
    without a word are left out, and so are comments behind the last word of a statement.

    Args:
        text: The script.
        dialect_name: SQLAlchemy's name of the dialect. A script for one that is not built in is not cut.

    Raises:
        CopyFromStdinError: A statement reads rows that stand in the script.
    """
    rules = lexical_rules(dialect_name)
    if rules is None:
        return [ScriptStatement(text, 1)] if text.strip() else []
    return _Splitter(text, Lexer(text, rules), BOUNDARIES[dialect_name]()).statements()


class _Splitter:
    def __init__(self, text: str, lexer: Lexer, boundaries: Boundaries) -> None:
        self._text = text
        self._lexer = lexer
        self._boundaries = boundaries
        self._statements: list[ScriptStatement] = []
        self._begin = 0
        self._first: Token | None = None
        self._last: Token | None = None
        self._line = 1
        self._counted_to = 0

    def statements(self) -> list[ScriptStatement]:
        for token in self._lexer:
            if token.kind is Kind.COMMENT:
                self._skip_comment(token)
            elif token.kind is Kind.BREAK or self._is_end(token):
                self._end(token)
            else:
                self._first = self._first or token
                self._last = token
                self._lexer.place = Place.PLAIN if self._boundaries.is_plain else Place.INSIDE
        self._end(None)
        return self._statements

    def _is_end(self, token: Token) -> bool:
        return self._boundaries.ends_at(token) and self._lexer.rules.semicolons

    def _skip_comment(self, comment: Token) -> None:
        # A comment on the line on which the last statement ended is about that one.
        between = self._statements and self._first is None
        if between and self._text.find("\n", self._begin, comment.start) < 0:
            self._begin = comment.end

    def _end(self, ending: Token | None) -> None:
        if self._first is not None and self._last is not None:
            if self._boundaries.reads_rows:
                raise CopyFromStdinError(len(self._statements) + 1, line=self._line_of(self._first))
            statement = ScriptStatement(
                sql=self._text[self._begin : self._last.end].lstrip(), line=self._line_of(self._first)
            )
            times = int(ending.mark) if ending is not None and ending.mark.isdigit() else 1
            self._statements += [statement] * times
        if ending is not None:
            self._begin = ending.end
        self._first = self._last = None
        self._boundaries.restart()
        self._lexer.place = Place.START

    def _line_of(self, token: Token) -> int:
        self._line += self._text.count("\n", self._counted_to, token.start)
        self._counted_to = token.start
        return self._line
