"""Which names a piece of SQL mentions, and the same SQL with names changed.

A database hands back CHECK conditions, index definitions and triggers as text. To know what a dropped column
takes with it, and to let the text follow a renamed column, it is enough to tell names from strings and
comments; nothing here parses SQL any further.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["is_in_parentheses", "names_in", "split_at_parenthesis", "with_names_changed", "without_qualifier"]

_TOKEN = re.compile(
    r"""
      (?P<string>   '(?:[^']|'')*' )
    | (?P<comment>  --[^\n]* | /\*.*?\*/ )
    | (?P<quoted>   "(?:[^"]|"")*" | `(?:[^`]|``)*` | \[[^\]]*\] )
    | (?P<word>     [^\W\d][\w$]* )
    | (?P<other>    . )
    """,
    re.VERBOSE | re.DOTALL,
)


def names_in(sql: str) -> frozenset[str]:
    """Return every word and quoted name of the SQL in lower case, except names of functions."""
    return frozenset(
        _unquoted(match).lower()
        for match in _TOKEN.finditer(sql)
        if match.lastgroup in {"word", "quoted"} and not _is_called(match)
    )


def with_names_changed(sql: str, names: Mapping[str, str], *, quote: Callable[[str], str]) -> str:
    """Return the SQL with names replaced, wherever they stand and however they are quoted.

    Args:
        sql: The SQL.
        names: New names by old ones, which are compared without regard to case.
        quote: Makes an identifier of a new name.
    """
    folded = {old.lower(): new for old, new in names.items()}

    def replacement(match: re.Match[str]) -> str:
        if match.lastgroup not in {"word", "quoted"} or _is_called(match):
            return match[0]
        new = folded.get(_unquoted(match).lower())
        return match[0] if new is None else quote(new)

    return _TOKEN.sub(replacement, sql)


def split_at_parenthesis(sql: str) -> tuple[str, str]:
    """Return what stands before the first opening parenthesis, and the rest, which begins with it."""
    for match in _TOKEN.finditer(sql):
        if match[0] == "(":
            return sql[: match.start()], sql[match.start() :]
    return sql, ""


def is_in_parentheses(sql: str) -> bool:
    """Return whether one pair of parentheses holds all of the SQL."""
    pieces = [match[0] for match in _TOKEN.finditer(sql)]
    depth = 0
    for position, piece in enumerate(pieces, 1):
        depth += (piece == "(") - (piece == ")")
        if depth == 0:
            return piece == ")" and position == len(pieces)
    return False


def without_qualifier(sql: str, qualifier: str) -> str:
    """Return the SQL with ``qualifier.name`` made ``name``."""
    pieces: list[str] = []
    for match in _TOKEN.finditer(sql):
        if match[0] == "." and pieces and _unquoted_text(pieces[-1]).lower() == qualifier.lower():
            pieces.pop()
        else:
            pieces.append(match[0])
    return "".join(pieces)


def _is_called(match: re.Match[str]) -> bool:
    return match.lastgroup == "word" and match.string[match.end() :].startswith("(")


def _unquoted(match: re.Match[str]) -> str:
    return _unquoted_text(match[0])


def _unquoted_text(token: str) -> str:
    if token[0] not in '"`[':
        return token
    closing = token[-1]
    return token[1:-1] if closing == "]" else token[1:-1].replace(closing * 2, closing)
