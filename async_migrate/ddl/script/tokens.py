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
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["LEXICAL_RULES", "Kind", "LexicalRules", "Lexer", "Token"]


class Kind(Enum):
    """What a token is."""

    COMMENT = auto()
    QUOTED = auto()
    WORD = auto()
    SYMBOL = auto()
    BREAK = auto()
    """A command of the client, on a line of its own, that ends a statement."""


@dataclass(frozen=True, slots=True)
class Token:
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
        pattern: Its tokens, as named groups.
        at_start: The same where a statement may begin, if that makes a difference.
        nested_comments: Whether ``/*`` inside a comment opens another.
        semicolons: Whether a semicolon may end a statement.
    """

    pattern: re.Pattern[str]
    at_start: re.Pattern[str] | None = None
    nested_comments: bool = False
    semicolons: bool = True


class Lexer:
    """Reads tokens, one at a time.

    Attributes:
        rules: The rules for what comes next; ``DELIMITER`` changes them on the way.
        at_start: Whether a statement may begin here; the reader of the tokens knows.
    """

    def __init__(self, text: str, rules: LexicalRules) -> None:
        self.rules = rules
        self.at_start = True
        self._text = text

    def __iter__(self) -> Iterator[Token]:
        """Yield everything but white space."""
        position = 0
        while match := self._search(position):
            token = self._token(match)
            position = token.end
            yield token

    def _search(self, position: int) -> re.Match[str] | None:
        pattern = self.rules.at_start if self.at_start and self.rules.at_start else self.rules.pattern
        return pattern.search(self._text, position)

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
_WORD = rf"(?P<word>[{_LETTER}][{_LETTER}0-9$]*+)"
# A number is one token, so that no E'' begins in the middle of it.
_REST = r"\d[A-Za-z0-9_]*+ | \S"

_SINGLE = r"'(?:[^']++|'')*+(?:'|\Z)"
_DOUBLE = r'"(?:[^"]++|"")*+(?:"|\Z)'
_BACKTICK = r"`(?:[^`]++|``)*+(?:`|\Z)"
_SINGLE_ESCAPED = r"'(?:[^'\\]++|''|\\.)*+(?:'|\\?\Z)"
_DOUBLE_ESCAPED = r'"(?:[^"\\]++|""|\\.)*+(?:"|\\?\Z)'
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


def _pattern(*rules: str) -> re.Pattern[str]:
    return re.compile("|".join(rules), re.VERBOSE | re.DOTALL | re.MULTILINE)


def _comment(*rules: str) -> str:
    return f"(?P<comment>{'|'.join(rules)})"


def _quoted(*rules: str) -> str:
    return f"(?P<quoted>{'|'.join(rules)})"


_POSTGRESQL = LexicalRules(
    _pattern(
        _comment(r"--[^\r\n]*+", r"/\*"),
        _quoted(_ESCAPE_STRING, _SINGLE, _DOUBLE, _DOLLAR_QUOTED),
        _WORD,
        _REST,
    ),
    nested_comments=True,
)

_SQLITE = LexicalRules(
    _pattern(
        _comment(_LINE_COMMENT, _BLOCK_COMMENT),
        _quoted(_SINGLE, _DOUBLE, _BACKTICK, r"\[[^\]]*+(?:\]|\Z)"),
        _WORD,
        _REST,
    )
)

_SQL_SERVER = LexicalRules(
    _pattern(
        rf"(?P<go>^[ \t]*+[gG][oO](?:[ \t]++(?P<times>\d++))?[ \t]*+(?:{_LINE_COMMENT})?\r?$)",
        _comment(_LINE_COMMENT, r"/\*"),
        _quoted(_SINGLE, _DOUBLE, r"\[(?:[^\]]++|\]\])*+(?:\]|\Z)"),
        _WORD,
        _REST,
    ),
    nested_comments=True,
    semicolons=False,
)

_ORACLE = LexicalRules(
    _pattern(
        r"(?P<end>^[ \t]*+/[ \t]*+\r?$)",
        _comment(_LINE_COMMENT, _BLOCK_COMMENT),
        _quoted(_Q_QUOTED, _SINGLE, _DOUBLE),
        "<<",
        _WORD,
        _REST,
    )
)


def _mysql_rules(delimiter: str = ";") -> LexicalRules:
    """Return the rules of MySQL and MariaDB while a delimiter is in force.

    As in their client, a delimiter counts even at the end of a word (``END$$``), and ``DELIMITER`` is a command only
    where a statement may begin: it is a fine name for a column. An executable comment, ``/*! … */``, is code
    between two symbols.
    """
    custom = delimiter != ";"
    end = re.escape(delimiter)
    tokens = (
        *([f"(?P<end>{end})"] if custom else []),
        _comment(r"--(?=[\x00-\x20]|\Z)[^\n]*+", r"\#[^\n]*+", r"/\*(?!M?!).*?(?:\*/|\Z)"),
        _quoted(_SINGLE_ESCAPED, _DOUBLE_ESCAPED, _BACKTICK),
        r"/\*M?! | \*/",
        rf"(?P<word>[{_LETTER}](?:(?!{end})[{_LETTER}0-9$])*+)",
        _REST,
    )
    command = r"(?P<command>^[ \t]*+(?i:DELIMITER)[ \t]++(?P<delimiter>\S++)[^\n]*+$)"
    return LexicalRules(_pattern(*tokens), at_start=_pattern(command, *tokens), semicolons=not custom)


_MYSQL = _mysql_rules()

LEXICAL_RULES = {
    "postgresql": _POSTGRESQL,
    "sqlite": _SQLITE,
    "mysql": _MYSQL,
    "mariadb": _MYSQL,
    "mssql": _SQL_SERVER,
    "oracle": _ORACLE,
}
"""How each dialect is read, by its name."""
