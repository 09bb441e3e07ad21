"""Expressions brought into one form before they are compared as text.

A comparison may err on one side only: two texts that come out equal mean the same. That two texts stay different
proves nothing, and where a server is at hand it is asked (``database.inspect.canonical``).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from async_migrate.diff.sql_text import (
    Kind,
    Token,
    closing,
    fold_token,
    strip_parentheses,
    tokenize,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["normalized", "normalized_default", "without_casts"]

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?\Z")
_CONNECTIVES = frozenset({"AND", "OR", "NOT", "THEN", "ELSE", "WHEN", "BETWEEN", "LIKE", "IS"})


@lru_cache(maxsize=8192)
def normalized(sql: str, *, casts: bool = True) -> str:
    """Return an expression without what spelling leaves open.

    Args:
        sql: The expression.
        casts: Whether casts count; PostgreSQL adds its own to nearly everything.
    """
    tokens = tokenize(sql)
    if not casts:
        tokens = without_casts(tokens)
    tokens = list(strip_parentheses(_without_lone_parentheses(tokens)))
    return " ".join(fold_token(token) for token in tokens).replace("! =", "< >")


def normalized_default(sql: str, *, casts: bool = True) -> str:
    """Return a default in neutral form: as :func:`normalized`, and ``'5'`` is ``5``."""
    text = normalized(sql, casts=casts)
    if len(text) > 1 and text[0] in "'\"" and text[-1] == text[0]:
        inner = text[1:-1]
        return inner if _NUMBER.match(inner) else f"'{inner}'"
    return (
        text.removeprefix("+ ") if text.startswith("+ ") else text.replace("- ", "-", text.startswith("- "))
    )


def _without_lone_parentheses(tokens: Sequence[Token]) -> list[Token]:
    """Drop parentheses around a single token, unless they are those of a call or a list, and doubled ones."""
    result = list(tokens)
    at = 0
    while at < len(result):
        end = closing(result, at) if result[at].text == "(" else len(result)
        if end < len(result) and (_is_lone(result, at, end) or _is_doubled(result, at, end)):
            del result[end], result[at]
            at = max(at - 2, 0)
        else:
            at += 1
    return result


def _is_lone(tokens: Sequence[Token], opening: int, end: int) -> bool:
    if end - opening != 2:
        return False
    before = tokens[opening - 1] if opening else None
    return before is None or before.kind not in {Kind.NAME, Kind.QUOTED} or before.word in _CONNECTIVES


def _is_doubled(tokens: Sequence[Token], opening: int, end: int) -> bool:
    """Return whether the pair stands directly inside another pair, with nothing else in it."""
    return opening > 0 and tokens[opening - 1].text == "(" and closing(tokens, opening - 1) == end + 1


# --- casts --------------------------------------------------------------------------------------------------

_TYPE_CONTINUES = {
    "CHARACTER": ("VARYING",),
    "BIT": ("VARYING",),
    "DOUBLE": ("PRECISION",),
    "TIMESTAMP": ("WITH", "TIME", "ZONE"),
    "TIME": ("WITH", "TIME", "ZONE"),
}


def without_casts(tokens: Sequence[Token]) -> list[Token]:
    """Drop ``::type`` behind an expression, and turn ``CAST(x AS type)`` into ``(x)``."""
    result: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.text == "::":
            at = _behind_type(tokens, at + 1)
        elif token.word == "CAST" and at + 1 < len(tokens) and tokens[at + 1].text == "(":
            end = closing(tokens, at + 1)
            inner = tokens[at + 2 : end]
            result += [
                tokens[at + 1],
                *without_casts(inner[: _as_of(inner)]),
                tokens[min(end, len(tokens) - 1)],
            ]
            at = end + 1
        else:
            result.append(token)
            at += 1
    return result


def _as_of(tokens: Sequence[Token]) -> int:
    depth = 0
    for position, token in enumerate(tokens):
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0 and token.word == "AS":
            return position
    return len(tokens)


def _behind_type(tokens: Sequence[Token], at: int) -> int:
    """Return the index of the first token behind the type name that begins at ``at``."""
    while at + 2 < len(tokens) and tokens[at + 1].text == ".":
        at += 2
    continues = _TYPE_CONTINUES.get(tokens[at].word if at < len(tokens) else "", ())
    at += 1
    at = _behind_arguments(tokens, at)
    for word in continues:
        if at < len(tokens) and tokens[at].word in {word, word + "OUT"}:
            at += 1
    at = _behind_arguments(tokens, at)
    while at + 1 < len(tokens) and tokens[at].text == "[" and tokens[at + 1].text == "]":
        at += 2
    return at


def _behind_arguments(tokens: Sequence[Token], at: int) -> int:
    if at < len(tokens) and tokens[at].text == "(" and at + 1 < len(tokens):
        end = closing(tokens, at)
        if all(token.kind is Kind.NUMBER or token.text == "," for token in tokens[at + 1 : end]):
            return end + 1
    return at
