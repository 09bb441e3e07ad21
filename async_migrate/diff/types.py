"""Column types as text: taken apart, and compared.

Types are compared as the DDL they compile to, because that is what a database can be asked for. Databases differ in
how much of it they give back: PostgreSQL and SQLite everything, so there the canonical spelling decides; others
answer ``INTEGER(11)`` to ``INTEGER``, so there only what both sides state is compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from async_migrate.diff.sql_text import Token, closing, fold_token, split_top_level, tokenize, unquoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["TypeText", "loosely_same", "parse_type"]


@dataclass(frozen=True, slots=True)
class TypeText:
    """A type taken apart.

    Attributes:
        words: Its words in lower case, a qualified name as one word; a quoted name keeps its quotes if it needs them.
        arguments: What stands in parentheses.
        dimensions: How many ``[]`` follow.
        collation: What follows ``COLLATE``.
        charset: What follows ``CHARACTER SET``.
    """

    words: tuple[str, ...]
    arguments: tuple[str, ...] = ()
    dimensions: int = 0
    collation: str | None = None
    charset: str | None = None

    @property
    def name(self) -> str:
        """The words with one space between."""
        return " ".join(self.words)


@lru_cache(maxsize=2048)
def parse_type(text: str) -> TypeText:
    """Take a type apart; whatever the text is, something comes back."""
    tokens = tokenize(text)
    words: list[str] = []
    arguments: tuple[str, ...] = ()
    dimensions = 0
    collation = charset = None
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.text == "(":
            end = closing(tokens, at)
            arguments = tuple(_argument(run) for run in split_top_level(tokens[at + 1 : end]))
            at = end
        elif token.text == "[":
            dimensions += 1
            at = next((i for i in range(at, len(tokens)) if tokens[i].text == "]"), len(tokens))
        elif token.word == "COLLATE" and at + 1 < len(tokens):
            collation, at = _qualified_last(tokens, at + 1)
        elif token.word == "CHARACTER" and at + 2 < len(tokens) and tokens[at + 1].word == "SET":
            charset, at = unquoted(tokens[at + 2]).lower(), at + 2
        elif token.text == "." and words and at + 1 < len(tokens):
            words[-1] += "." + fold_token(tokens[at + 1])
            at += 1
        else:
            words.append(fold_token(token))
        at += 1
    return TypeText(tuple(words), arguments, dimensions, collation, charset)


def _argument(run: Sequence[Token]) -> str:
    return " ".join(fold_token(token) for token in run)


def _qualified_last(tokens: Sequence[Token], at: int) -> tuple[str, int]:
    while at + 2 < len(tokens) and tokens[at + 1].text == ".":
        at += 2
    return unquoted(tokens[at]), at


def loosely_same(one: TypeText, other: TypeText, synonyms: Iterable[frozenset[str]]) -> bool:
    """Compare what both sides state: names or their synonyms, then arguments, words and collations given on both."""
    if not _same_name(one, other, synonyms):
        return False
    return all(
        left == right
        for left, right in (
            (one.words[1:], other.words[1:]),
            (one.arguments, other.arguments),
            ((one.collation or "",), (other.collation or "",)),
            ((one.charset or "",), (other.charset or "",)),
        )
        if len(left) == len(right) and all(left) and all(right)
    )


def _same_name(one: TypeText, other: TypeText, synonyms: Iterable[frozenset[str]]) -> bool:
    heads = {one.words[:1], other.words[:1]}
    if len(heads) == 1:
        return True
    names, firsts = {one.name, other.name}, {word for head in heads for word in head}
    return any(names <= same or firsts <= same for same in synonyms)
