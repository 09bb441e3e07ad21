"""PostgreSQL's EXCLUDE constraints, from the definition that ``pg_get_constraintdef()`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects.postgresql import ExcludeConstraint

from async_migrate.diff.index_sql import index_term
from async_migrate.diff.sql_text import closing, split_top_level, strip_parentheses, tokenize, unquoted
from async_migrate.diff.verbatim import verbatim

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Table

    from async_migrate.diff.snapshot import IndexTerm
    from async_migrate.diff.sql_text import Token

__all__ = ["exclude_constraint"]


def exclude_constraint(definition: str, table: Table, *, name: str | None) -> ExcludeConstraint:
    """Return the constraint that a definition describes: ``EXCLUDE USING gist (room WITH =) WHERE (…)``.

    Args:
        definition: What follows the constraint's name.
        table: The table, whose columns the elements become.
        name: The constraint's name.
    """
    tokens = tokenize(definition)
    words = [token.word for token in tokens]
    opening = next(position for position, token in enumerate(tokens) if token.text == "(")
    end = closing(tokens, opening)
    operators: list[tuple[Any, str]] = []
    classes: dict[str, str] = {}
    for run in split_top_level(tokens[opening + 1 : end]):
        split = max(position for position, token in enumerate(run) if token.word == "WITH")
        term = index_term(definition, run[:split])
        operators.append((_element(term, table), _text(definition, run[split + 1 :])))
        if term.operator_class and term.column:
            classes[term.column] = term.operator_class
    return ExcludeConstraint(
        *operators,
        name=name,
        using=unquoted(tokens[words.index("USING") + 1]) if "USING" in words[:opening] else "gist",
        where=_predicate(definition, tokens, end),
        ops=classes,
        deferrable="DEFERRABLE" in words[end:] or None,
        initially="DEFERRED" if "DEFERRED" in words[end:] else None,
    )


def _element(term: IndexTerm, table: Table) -> Any:
    if term.column is not None and term.column in table.c:
        return table.c[term.column]
    return verbatim(f"({term.text}) {term.operator_class or ''}".rstrip())


def _predicate(definition: str, tokens: Sequence[Token], end: int) -> Any:
    rest = tokens[end + 1 :]
    if not rest or rest[0].word != "WHERE":
        return None
    inside = strip_parentheses(rest[1 : closing(rest, 1) + 1])
    return verbatim(_text(definition, inside))


def _text(sql: str, tokens: Sequence[Token]) -> str:
    return sql[tokens[0].start : tokens[-1].end] if tokens else ""
