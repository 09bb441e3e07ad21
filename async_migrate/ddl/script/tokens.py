r"""Scripts as tokens: what is a comment, a string, a word or a symbol in each dialect.

The patterns follow the lexical rules of the servers, and of the clients where those have rules of their own
(``GO``, ``/``, ``DELIMITER``):

* PostgreSQL: https://www.postgresql.org/docs/current/sql-syntax-lexical.html
* SQLite: https://sqlite.org/lang_keywords.html and https://sqlite.org/lang_comment.html
* MySQL: https://dev.mysql.com/doc/refman/8.4/en/language-structure.html
* SQL Server: https://learn.microsoft.com/sql/t-sql/language-elements/sql-server-utilities-statements-go
* Oracle: https://docs.oracle.com/en/database/oracle/oracle-database/23/sqpug/ (entering and executing commands)

Loops are possessive (``++``, ``*+``) and what is never closed runs to the end of the text. So no pattern ever goes
back over what it has read, and reading takes time in proportion to the length of the script.

Settings of a server that change its lexical rules are not known here: ``standard_conforming_strings = off``
(PostgreSQL), ``NO_BACKSLASH_ESCAPES`` and ``ANSI_QUOTES`` (MySQL).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["Kind", "Lexer", "LexicalRules", "Place", "Token", "lexical_rules"]


class Kind(Enum):
    """What a token is."""

    COMMENT = auto()
    QUOTED = auto()
    WORD = auto()
    SYMBOL = auto()
    PLAIN = auto()
    """Many of the above that need no looking at, up to the next one that does."""
    BREAK = auto()
    """A command of the client that ends a statement."""


class Place(Enum):
    """Where a token is read, which decides what to look for."""

    START = auto()
    """Where a statement may begin."""
    INSIDE = auto()
    """In a statement of which every word may matter."""
    PLAIN = auto()
    """In a statement of which nothing matters but its end."""


class Token(NamedTuple):
    """One lexical element.

    Attributes:
        kind: What it is.
        start: Offset of its first character in the source.
        end: Offset behind its last character.
        mark: What rules look at: a word in upper case, the characters of a symbol, how many times ``GO`` says, an
            apostrophe for anything quoted.
        source: The script.
    """

    kind: Kind
    start: int
    end: int
    mark: str
    source: str

    @property
    def following(self) -> str:
        """The word, in upper case, or the character that comes next; empty at the end and before a comment."""
        match = _FOLLOWING.match(self.source, self.end)
        return match[1].upper() if match and match[1] else ""


@dataclass(frozen=True, slots=True)
class LexicalRules:
    """How a dialect is read.

    Attributes:
        patterns: Its tokens, as named groups, by place.
        nested_comments: Whether ``/*`` inside a comment opens another.
        semicolons: Whether a semicolon may end a statement.
    """

    patterns: Mapping[Place, re.Pattern[str]]
    nested_comments: bool = False
    semicolons: bool = True


class Lexer:
    """Reads tokens, one at a time.

    Attributes:
        rules: The rules for what comes next; ``DELIMITER`` changes them on the way.
        place: Where we are; the reader of the tokens knows, and says so.
    """

    def __init__(self, text: str, rules: LexicalRules, *, place: Place = Place.START) -> None:
        self.rules = rules
        self.place = place
        self._text = text

    def __iter__(self) -> Iterator[Token]:
        """Yield everything but white space."""
        position = 0
        while match := self.rules.patterns[self.place].search(self._text, position):
            token = self._token(match)
            position = token.end
            yield token

    def _token(self, match: re.Match[str]) -> Token:
        kind, end, mark = Kind.SYMBOL, match.end(), match[0]
        match match.lastgroup:
            case "comment":
                kind = Kind.COMMENT
                if self.rules.nested_comments and mark == "/*":
                    end = _end_of_comment(self._text, end)
            case "quoted":
                kind, mark = Kind.QUOTED, "'"
            case "word":
                kind, mark = Kind.WORD, mark.upper()
            case "plain":
                kind, mark, end = Kind.PLAIN, "", match.start() + len(mark.rstrip())
            case "end":
                kind, mark = Kind.BREAK, ""
            case "go":
                kind, mark = Kind.BREAK, match["times"] or "1"
            case "command":
                kind = Kind.BREAK
                self.rules = _mysql_rules(match["delimiter"])
        return Token(kind, match.start(), end, mark, self._text)


def _end_of_comment(text: str, position: int) -> int:
    depth = 1
    for edge in _COMMENT_EDGE.finditer(text, position):
        depth += 1 if edge[0] == "/*" else -1
        if depth == 0:
            return edge.end()
    return len(text)


_FOLLOWING = re.compile(r"\s*+((?!--|/\*|\#)(?:\w++|.))?", re.DOTALL)
_COMMENT_EDGE = re.compile(r"/\*|\*/")

_LETTER = r"A-Za-z_\x80-\U0010ffff"
_WORD = rf"[{_LETTER}][{_LETTER}0-9$]*+"
# A number is one token, so that no E'' begins in the middle of it.
_NUMBER = r"\d[A-Za-z0-9_]*+"

# A doubled quote is read as the end of one string and the beginning of another, which comes to the same.
_SINGLE = r"'[^']*+(?:'|\Z)"
_DOUBLE = r'"[^"]*+(?:"|\Z)'
_BACKTICK = r"`[^`]*+(?:`|\Z)"
_SINGLE_ESCAPED = r"'(?:[^'\\]++|\\.)*+(?:'|\\?\Z)"
_DOUBLE_ESCAPED = r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)'
_LINE_COMMENT = r"--[^\n]*+"
_BLOCK_COMMENT = r"/\*.*?(?:\*/|\Z)"

# E'' goes on behind a line break, and its backslashes with it: E'a'
#                                                                '\'b'
_GAP = r"(?:[ \t\f\v]++|--[^\r\n]*+)*+[\r\n](?:\s++|--[^\r\n]*+[\r\n])*+"
_ESCAPE_STRING = rf"[eE]'(?:[^'\\]++|''|\\.|'{_GAP}')*+(?:'|\\?\Z)"
_DOLLAR_QUOTED = rf"\$(?P<tag>(?:[{_LETTER}][{_LETTER}0-9]*+)?)\$.*?(?:\$(?P=tag)\$|\Z)"
_Q_QUOTED = (
    r"[nN]?[qQ]'(?:\[.*?(?:\]'|\Z) | \{.*?(?:\}'|\Z) | \(.*?(?:\)'|\Z) | <.*?(?:>'|\Z)"
    r" | (?P<q>[^\s\[{(<]).*?(?:(?P=q)'|\Z))"
)


def _patterns(
    comments: str,
    strings: str,
    *,
    commands: str = "",
    symbols: str = "",
    word: str = _WORD,
    gap: str = r"\s*+",
) -> dict[Place, re.Pattern[str]]:
    """Return the patterns of a dialect.

    Args:
        comments: Comments; ``/*`` alone where they nest.
        strings: Strings and quoted names.
        commands: Commands of the client.
        symbols: Symbols of more than one character.
        word: A word.
        gap: White space that nothing can happen in.
    """
    inside = [commands, f"(?P<comment>{comments})", f"(?P<quoted>{strings})"]
    inside += [symbols, f"(?P<word>{word})", _NUMBER, r"\S"]
    plain = rf"(?P<plain>(?:(?!{comments})(?:{strings}|{word}|{_NUMBER}|[^\s;]){gap})++)"
    return {
        Place.START: _compiled(*inside),
        Place.INSIDE: _compiled(*inside),
        Place.PLAIN: _compiled(commands, f"(?P<comment>{comments})", plain, r"\S"),
    }


def _compiled(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(filter(None, alternatives)), re.VERBOSE | re.DOTALL | re.MULTILINE)


def _any(*alternatives: str) -> str:
    return "|".join(alternatives)


def _postgresql_rules() -> LexicalRules:
    return LexicalRules(
        _patterns(r"--[^\r\n]*+ | /\*", _any(_ESCAPE_STRING, _SINGLE, _DOUBLE, _DOLLAR_QUOTED)),
        nested_comments=True,
    )


def _sqlite_rules() -> LexicalRules:
    names = _any(_DOUBLE, _BACKTICK, r"\[[^\]]*+(?:\]|\Z)")
    return LexicalRules(_patterns(_any(_LINE_COMMENT, _BLOCK_COMMENT), _any(_SINGLE, names)))


def _sql_server_rules() -> LexicalRules:
    patterns = _patterns(
        rf"{_LINE_COMMENT} | /\*",
        _any(_SINGLE, _DOUBLE, r"\[(?:[^\]]++|\]\])*+(?:\]|\Z)"),
        commands=rf"(?P<go>^[ \t]*+[gG][oO](?:[ \t]++(?P<times>\d++))?[ \t]*+(?:{_LINE_COMMENT})?\r?$)",
        gap=r"[^\S\n]*+",
    )
    return LexicalRules(patterns, nested_comments=True, semicolons=False)


def _oracle_rules() -> LexicalRules:
    patterns = _patterns(
        _any(_LINE_COMMENT, _BLOCK_COMMENT),
        _any(_Q_QUOTED, _SINGLE, _DOUBLE),
        commands=r"(?P<end>^[ \t]*+/[ \t]*+\r?$)",
        symbols="<<",
        gap=r"[^\S\n]*+",
    )
    return LexicalRules(patterns)


def _mysql_rules(delimiter: str = ";") -> LexicalRules:
    """Return the rules of MySQL and MariaDB while a delimiter is in force.

    As in their client, a delimiter counts even at the end of a word (``END$$``), and ``DELIMITER`` is a command only
    where a statement may begin: it is a fine name for a column. An executable comment, ``/*! … */``, is code
    between symbols.
    """
    custom = delimiter != ";"
    end = re.escape(delimiter)
    patterns = _patterns(
        _any(r"--(?=[\x00-\x20]|\Z)[^\n]*+", r"\#[^\n]*+", r"/\*(?!M?!).*?(?:\*/|\Z)"),
        _any(_SINGLE_ESCAPED, _DOUBLE_ESCAPED, _BACKTICK),
        commands=f"(?P<end>{end})" if custom else "",
        symbols=r"/\*M?!",
        word=rf"[{_LETTER}](?:(?!{end})[{_LETTER}0-9$])*+",
    )
    command = r"(?P<command>^[ \t]*+(?i:DELIMITER)[ \t]++(?P<delimiter>\S++)[^\n]*+$)"
    patterns[Place.START] = _compiled(command, patterns[Place.START].pattern)
    if custom:
        patterns[Place.PLAIN] = patterns[Place.INSIDE]
    return LexicalRules(patterns, semicolons=not custom)


_RULES: dict[str, Callable[[], LexicalRules]] = {
    "postgresql": _postgresql_rules,
    "sqlite": _sqlite_rules,
    "mysql": _mysql_rules,
    "mariadb": _mysql_rules,
    "mssql": _sql_server_rules,
    "oracle": _oracle_rules,
}


@cache
def lexical_rules(dialect_name: str) -> LexicalRules | None:
    """Return how a dialect is read, or None where that is not known."""
    rules = _RULES.get(dialect_name)
    return rules() if rules is not None else None
