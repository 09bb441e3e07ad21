"""Pieces of a script as clauses that a connection can execute."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import BindParameter, TextClause, text
from sqlalchemy.sql.visitors import iterate

from async_migrate.ddl.script.splitting import split_script
from async_migrate.ddl.script.tokens import Kind, Lexer, Place, lexical_rules

if TYPE_CHECKING:
    from sqlalchemy import Executable

__all__ = ["Part", "parts_of"]


@dataclass(frozen=True, slots=True)
class Part:
    """A statement to execute, and where it stands.

    Attributes:
        clause: The statement.
        position: ``statement 2 of 3, line 4 of the script``; empty where there is but one.
    """

    clause: Executable
    position: str = ""


def parts_of(statement: Executable | str, dialect_name: str) -> list[Part]:
    r"""Return the statements in a string or ``text()``, of which most have one; any other construct is one.

    In each of them ``:name`` is a parameter and ``\:`` is a colon, as everywhere in SQLAlchemy. But a string has no
    values for parameters, so that a colon inside a literal, a quoted name, a dollar-quoted body or a comment can only
    be meant as what it is: ``INSERT INTO t VALUES ('see :this')`` needs no escape. A ``text()`` that was given values
    is executed as it is.

    Args:
        statement: What to execute, without parameters.
        dialect_name: SQLAlchemy's name of the dialect.

    Raises:
        CopyFromStdinError: A statement reads rows that stand in the script.
    """
    clause = text(statement) if isinstance(statement, str) else statement
    if not isinstance(clause, TextClause) or _has_values(clause):
        return [Part(clause)]
    statements = split_script(clause.text, dialect_name)
    if len(statements) == 1:
        sql = _with_plain_colons(statements[0].sql, dialect_name)
        return [Part(clause if sql == clause.text.strip() else _with_text(clause, sql))]
    return [
        Part(
            _with_text(clause, _with_plain_colons(one.sql, dialect_name)),
            f"statement {number} of {len(statements)}, line {one.line} of the script",
        )
        for number, one in enumerate(statements, 1)
    ]


def _has_values(clause: TextClause) -> bool:
    return any(isinstance(one, BindParameter) and not one.required for one in iterate(clause))


def _with_text(clause: TextClause, sql: str) -> TextClause:
    return text(sql).execution_options(**clause.get_execution_options())


# What text() takes for a parameter.
_PARAMETER = re.compile(r"(?<![:\w\\]):\w+(?![:\w])")


def _with_plain_colons(sql: str, dialect_name: str) -> str:
    """Return SQL in which ``text()`` finds no parameters inside literals and comments."""
    rules = lexical_rules(dialect_name)
    if rules is None or not _PARAMETER.search(sql):
        return sql
    pieces: list[str] = []
    position = 0
    for token in Lexer(sql, rules, place=Place.INSIDE):
        if token.kind in {Kind.QUOTED, Kind.COMMENT}:
            for parameter in _PARAMETER.finditer(sql, token.start, token.end):
                pieces += sql[position : parameter.start()], "\\"
                position = parameter.start()
    return "".join([*pieces, sql[position:]])
