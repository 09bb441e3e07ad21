"""Reading SQL text just far enough to compare it: tokens, balanced parentheses, a spelling-neutral form.

Databases give expressions back in their own words: other case, other spaces, extra parentheses. Nothing here
understands SQL; it only knows where a string, a quoted name or a comment begins and ends, which is what a regular
expression over the raw text gets wrong.
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = [
    "Kind",
    "Token",
    "closing",
    "folded",
    "split_top_level",
    "strip_parentheses",
    "tokenize",
    "unquoted",
]


class Kind(IntEnum):
    """What a token is."""

    NAME = 1
    QUOTED = 2
    STRING = 3
    NUMBER = 4
    SYMBOL = 5


class Token(NamedTuple):
    """One lexical element and where it stands in the source.

    Attributes:
        kind: What it is.
        text: Its characters as written, quotes included.
        start: Offset of its first character.
        end: Offset behind its last character.
    """

    kind: Kind
    text: str
    start: int
    end: int

    @property
    def word(self) -> str:
        """The upper-case text of a bare name, an empty string for anything else."""
        return self.text.upper() if self.kind is Kind.NAME else ""


_COMMON = r"""
    (?P<skip>\s+|--[^\n]*|/\*.*?\*/)
  | (?P<STRING>(?:[eE]'(?:[^'\\]|''|\\.)*')|(?:(?:[xXbBnN]|[uU]&)?'(?:[^']|'')*')|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)
  | (?P<QUOTED>"(?:[^"]|"")*"|`(?:[^`]|``)*`%s)
  | (?P<NUMBER>0[xX][0-9a-fA-F]+|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<NAME>[^\W\d][\w$]*)
  | (?P<SYMBOL>::|.)
"""
_FLAGS = re.VERBOSE | re.DOTALL
_PLAIN = re.compile(_COMMON % "", _FLAGS)
_BRACKETS = re.compile(_COMMON % r"|\[[^\]]*\]", _FLAGS)
_KINDS = {kind.name: kind for kind in Kind}


def tokenize(sql: str, begin: int = 0, *, bracket_names: bool = False) -> list[Token]:
    """Split SQL into tokens, without white space and comments.

    Args:
        sql: Any SQL; what is not recognised becomes one-character symbols, so nothing is ever refused.
        begin: Where to begin; offsets count from the beginning of the text all the same.
        bracket_names: Whether ``[name]`` is a quoted name (SQLite, SQL Server) and not an array subscript.
    """
    scanner = _BRACKETS if bracket_names else _PLAIN
    return [
        Token(kind, match.group(), match.start(), match.end())
        for match in scanner.finditer(sql, begin)
        # A group counts as last when it closes last: STRING does, after the tag of a dollar-quoted string in it.
        if (kind := _KINDS.get(match.lastgroup or "")) is not None
    ]


def unquoted(token: Token) -> str:
    """Return the name or string a token stands for, without its quotes."""
    text = token.text
    if token.kind is Kind.NAME or len(text) < 2:
        return text
    opening, inner = text[0], text[1:-1]
    if opening == "[":
        return inner
    if opening in "\"'`":
        return inner.replace(opening * 2, opening)
    return text


def closing(tokens: Sequence[Token], opening: int) -> int:
    """Return the index of the parenthesis that closes the one at ``opening``, or ``len(tokens)``."""
    depth = 0
    for position in range(opening, len(tokens)):
        text = tokens[position].text
        if text == "(":
            depth += 1
        elif text == ")":
            depth -= 1
            if depth == 0:
                return position
    return len(tokens)


def split_top_level(tokens: Sequence[Token], separator: str = ",") -> Iterator[Sequence[Token]]:
    """Yield the runs of tokens between separators that stand outside any parenthesis or bracket."""
    depth = begin = 0
    for position, token in enumerate(tokens):
        if token.text in {"(", "["}:
            depth += 1
        elif token.text in {")", "]"}:
            depth -= 1
        elif depth == 0 and token.text == separator:
            yield tokens[begin:position]
            begin = position + 1
    if begin < len(tokens):
        yield tokens[begin:]


def strip_parentheses(tokens: Sequence[Token]) -> Sequence[Token]:
    """Drop the pairs of parentheses that enclose everything."""
    while len(tokens) > 1 and tokens[0].text == "(" and closing(tokens, 0) == len(tokens) - 1:
        tokens = tokens[1:-1]
    return tokens


_SIMPLE_NAME = re.compile(r"[a-z_][a-z0-9_$]*\Z")


def fold_token(token: Token) -> str:
    """Return a token in neutral spelling: bare names in lower case, needless quotes dropped."""
    if token.kind is Kind.NAME:
        return token.text.lower()
    if token.kind is Kind.QUOTED:
        name = unquoted(token)
        return name if _SIMPLE_NAME.match(name) else '"' + name.replace('"', '""') + '"'
    return token.text


@lru_cache(maxsize=4096)
def folded(sql: str) -> str:
    """Return an expression without what spelling leaves open: case, spaces, comments, outer parentheses."""
    return " ".join(fold_token(token) for token in strip_parentheses(tokenize(sql)))
