"""Reading ``CREATE INDEX``, whoever wrote it: SQLAlchemy, SQLite's ``sqlite_master`` or ``pg_get_indexdef()``.

One reader for both sides of a comparison means that an expression, a direction or an operator class ends up in the
same place whatever it was called on the way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from async_migrate.diff.snapshot import IndexTerm
from async_migrate.diff.sql_text import (
    Kind,
    Token,
    closing,
    split_top_level,
    strip_parentheses,
    tokenize,
    unquoted,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["IndexDefinition", "index_term", "parse_index"]


@dataclass(slots=True, kw_only=True)
class IndexDefinition:
    """What a ``CREATE INDEX`` says.

    Attributes:
        name: The index's name.
        unique: Whether it is unique.
        terms: Its columns and expressions.
        where: The predicate of a partial index.
        options: ``using``, ``include``, ``nulls_not_distinct``, ``with`` and ``tablespace``, where given.
    """

    name: str | None = None
    unique: bool = False
    terms: tuple[IndexTerm, ...] = ()
    where: str | None = None
    options: dict[str, object] = field(default_factory=dict)


def parse_index(sql: str, *, bracket_names: bool = False) -> IndexDefinition:
    """Read an index definition.

    Args:
        sql: The whole statement.
        bracket_names: Whether ``[name]`` is a quoted name.

    Raises:
        ValueError: It is not a ``CREATE INDEX``.
    """
    plain = _PLAIN.match(sql)
    if plain is not None:
        return _plain_index(plain)
    tokens = tokenize(sql, bracket_names=bracket_names)
    words = [token.word for token in tokens]
    if "INDEX" not in words[:3] or "ON" not in words:
        raise ValueError(f"not an index definition: {sql!r}")
    on = words.index("ON")
    opening = next((i for i in range(on, len(tokens)) if tokens[i].text == "("), len(tokens))
    end = closing(tokens, opening)
    result = IndexDefinition(
        name=_name_before(tokens, on),
        unique="UNIQUE" in words[:2],
        terms=tuple(index_term(sql, run) for run in split_top_level(tokens[opening + 1 : end])),
    )
    if "USING" in words[on:opening]:
        result.options["using"] = unquoted(tokens[words.index("USING", on) + 1]).lower()
    _read_tail(sql, tokens[end + 1 :], result)
    return result


# Most indexes are nothing but columns. They are recognised at a glance, which is ten times as fast.
_NAME = r'(?:"[^"]+"|[a-z_][a-z0-9_]*)'
_PLAIN = re.compile(
    rf"CREATE (?P<unique>UNIQUE )?INDEX (?P<name>{_NAME}) ON (?:{_NAME}\.)?{_NAME}(?: USING (?P<using>[a-z]+))?"
    rf" \((?P<columns>{_NAME}(?:, {_NAME})*)\)\Z"
)


def _plain_index(match: re.Match[str]) -> IndexDefinition:
    columns = [column.strip('"') for column in _COLUMN.findall(match["columns"])]
    return IndexDefinition(
        name=match["name"].strip('"'),
        unique=match["unique"] is not None,
        terms=tuple(IndexTerm(text=column, column=column) for column in columns),
        options={"using": match["using"]} if match["using"] else {},
    )


_COLUMN = re.compile(_NAME)


def _name_before(tokens: Sequence[Token], on: int) -> str | None:
    token = tokens[on - 1]
    return None if token.word in {"INDEX", "EXISTS", "CONCURRENTLY"} else unquoted(token)


def _read_tail(sql: str, tokens: Sequence[Token], into: IndexDefinition) -> None:
    at = 0
    while at < len(tokens):
        word = tokens[at].word
        if word == "WHERE":
            predicate = strip_parentheses(tokens[at + 1 :])
            into.where = _text(sql, predicate)
            return
        if word in {"INCLUDE", "WITH"} and at + 1 < len(tokens):
            end = closing(tokens, at + 1)
            runs = list(split_top_level(tokens[at + 2 : end]))
            into.options[word.lower()] = _names(runs) if word == "INCLUDE" else _settings(runs)
            at = end
        elif word == "NULLS":
            into.options["nulls_not_distinct"] = tokens[at + 1].word == "NOT"
        elif word == "TABLESPACE":
            into.options["tablespace"] = unquoted(tokens[at + 1])
        at += 1


def _names(runs: Sequence[Sequence[Token]]) -> tuple[str, ...]:
    return tuple(unquoted(run[0]) for run in runs)


def _settings(runs: Sequence[Sequence[Token]]) -> dict[str, str]:
    """Read ``fillfactor = 70, fastupdate='off'``."""
    return {unquoted(run[0]).lower(): unquoted(run[-1]).lower() if len(run) > 1 else "true" for run in runs}


def index_term(sql: str, run: Sequence[Token]) -> IndexTerm:
    """Read one element: ``expression [COLLATE name] [operator class] [ASC | DESC] [NULLS FIRST | LAST]``."""
    run, nulls_first = _without_nulls(run)
    descending = bool(run) and run[-1].word == "DESC"
    if run and run[-1].word in {"ASC", "DESC"}:
        run = run[:-1]
    run, rest = _split_expression(run)
    collation = None
    if rest and rest[0].word == "COLLATE":
        collation, rest = _collation(rest[1:])
    expression = strip_parentheses(run)
    single = (
        expression[0] if len(expression) == 1 and expression[0].kind in {Kind.NAME, Kind.QUOTED} else None
    )
    if nulls_first is descending:
        nulls_first = None  # NULLS FIRST is what DESC does anyway, NULLS LAST what ASC does
    return IndexTerm(
        text=unquoted(single) if single else _text(sql, expression),
        column=unquoted(single) if single else None,
        descending=descending,
        nulls_first=nulls_first,
        operator_class=_text(sql, rest) or None,
        collation=collation,
    )


def _without_nulls(run: Sequence[Token]) -> tuple[Sequence[Token], bool | None]:
    if len(run) > 2 and run[-2].word == "NULLS" and run[-1].word in {"FIRST", "LAST"}:
        return run[:-2], run[-1].word == "FIRST"
    return run, None


def _split_expression(run: Sequence[Token]) -> tuple[Sequence[Token], Sequence[Token]]:
    """Split into the column, call or parenthesized expression that begins the element, and what follows it."""
    if not run:
        return run, run
    at = 0
    if run[0].text != "(":
        at = 1
        while at + 1 < len(run) and run[at].text == ".":
            at += 2
    if at < len(run) and run[at].text == "(":
        at = closing(run, at) + 1
    # Only an operator class or a collation may follow; anything else belongs to an expression without parentheses.
    if at < len(run) and run[at].kind not in {Kind.NAME, Kind.QUOTED}:
        return run, ()
    return run[:at], run[at:]


def _collation(rest: Sequence[Token]) -> tuple[str, Sequence[Token]]:
    if len(rest) > 2 and rest[1].text == ".":
        return unquoted(rest[2]), rest[3:]
    return unquoted(rest[0]), rest[1:]


def _text(sql: str, tokens: Sequence[Token]) -> str:
    return sql[tokens[0].start : tokens[-1].end] if tokens else ""
