"""``CREATE TABLE`` texts of SQLite, spelled in one way, so that two of them can be compared.

Written for tests, and apart from what the package itself reads such texts with: what that overlooks, this must not.
A constraint of a column counts as one of the table, which is what SQLite makes of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"""
      (?P<skip>   \s+ | --[^\n]* | /\*.*?\*/ )
    | (?P<string> [xX]?'(?:[^']|'')*' )
    | (?P<quoted> "(?:[^"]|"")*" | `(?:[^`]|``)*` | \[[^\]]*\] )
    | (?P<number> (?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)? )
    | (?P<word>   [^\W\d][\w$]* )
    | (?P<symbol> \|\||<>|<=|>=|==|!=|<<|>>|. )
    """,
    re.VERBOSE | re.DOTALL,
)
_CONSTRAINTS = {"constraint", "primary", "unique", "check", "foreign"}
_CLAUSES = {"constraint", "primary", "unique", "not", "null", "check", "default", "collate", "references"} | {
    "generated",
    "as",
}


def words(sql: str) -> list[str]:
    """Return the tokens: bare and quoted names in lower case and without quotes, unless they need them."""
    return [_word(match) for match in _TOKEN.finditer(sql) if match.lastgroup != "skip"]


def _word(match: re.Match[str]) -> str:
    text = match[0]
    if match.lastgroup == "quoted":
        closing = text[-1]
        name = text[1:-1] if closing == "]" else text[1:-1].replace(closing * 2, closing)
        return name.lower() if re.fullmatch(r"[^\W\d]\w*", name) else f'"{name}"'
    return text.lower() if match.lastgroup == "word" else text


def spelled(sql: str) -> str:
    """Return SQL in one spelling."""
    return " ".join(words(sql))


@dataclass
class Definition:
    """A table as its text says it is.

    Attributes:
        columns: What is said of each column, its constraints apart.
        constraints: The constraints, sorted, each in one spelling.
        options: ``strict``, ``without rowid``, ``autoincrement``.
    """

    columns: dict[str, str] = field(default_factory=dict)
    constraints: list[str] = field(default_factory=list)
    options: set[str] = field(default_factory=set)


def definition(sql: str) -> Definition:
    """Return what a ``CREATE TABLE`` says."""
    tokens = words(sql)
    begin = tokens.index("(")
    end = _closing(tokens, begin)
    result = Definition(
        options={option.strip() for option in " ".join(tokens[end + 1 :]).split(",") if option}
    )
    for item in _items(tokens[begin + 1 : end]):
        _Item(item, result).read()
    result.constraints.sort()
    return result


def _closing(tokens: list[str], begin: int) -> int:
    depth = 0
    for at in range(begin, len(tokens)):
        depth += {"(": 1, ")": -1}.get(tokens[at], 0)
        if depth == 0:
            return at
    raise AssertionError(tokens)


def _items(tokens: list[str]) -> list[list[str]]:
    items: list[list[str]] = [[]]
    depth = 0
    for token in tokens:
        depth += {"(": 1, ")": -1}.get(token, 0)
        if token == "," and depth == 0:
            items.append([])
        else:
            items[-1].append(token)
    return items


class _Item:
    """A position in one item between the commas."""

    def __init__(self, tokens: list[str], result: Definition) -> None:
        self.tokens = tokens
        self.result = result
        self.at = 0

    def read(self) -> None:
        if self.tokens[0] in _CONSTRAINTS:
            while self.at < len(self.tokens):
                self._table_constraint()
        else:
            self._column()

    def _table_constraint(self) -> None:
        name = f"constraint {self._next(2)[1]} " if self._is("constraint") else ""
        begin = self.at
        self.at += 1
        while self.at < len(self.tokens) and self.tokens[self.at] not in _CONSTRAINTS:
            self.at = self._after(self.at)
        tokens = self.tokens[begin : self.at]
        if "autoincrement" in tokens:
            self.result.options.add("autoincrement")
            tokens.remove("autoincrement")
        self.result.constraints.append(name + " ".join(tokens))

    def _column(self) -> None:
        column = self._next(1)[0]
        begin = self.at
        while self.at < len(self.tokens) and self.tokens[self.at] not in _CLAUSES:
            self.at = self._after(self.at)
        said = [" ".join(self.tokens[begin : self.at])]
        while self.at < len(self.tokens):
            self._clause(column, said)
        self.result.columns[column] = " ".join([said[0], *sorted(said[1:])]).strip()

    def _clause(self, column: str, said: list[str]) -> None:
        name = f"constraint {self._next(2)[1]} " if self._is("constraint") else ""
        kind = self.tokens[self.at]
        if kind == "primary":
            self.at += 2
            direction = f" {self._next(1)[0]}" if self._is("desc") else ""
            self._accept("asc")
            conflict = self._conflict()
            if self._accept("autoincrement"):
                self.result.options.add("autoincrement")
            self.result.constraints.append(f"{name}primary key ( {column}{direction} ){conflict}")
        elif kind == "unique":
            self.at += 1
            self.result.constraints.append(f"{name}unique ( {column} ){self._conflict()}")
        elif kind == "check":
            begin, self.at = self.at, self._after(self.at + 1)
            self.result.constraints.append(name + " ".join(self.tokens[begin : self.at]) + self._conflict())
        elif kind == "references":
            begin = self.at
            while self.at < len(self.tokens) and self._in_reference():
                self.at = self._after(self.at)
            sql = " ".join(self.tokens[begin : self.at])
            self.result.constraints.append(f"{name}foreign key ( {column} ) {sql}")
        elif kind == "not":
            self.at += 2
            said.append(f"not null{self._conflict()}")
        elif kind == "null":
            self.at += 1
        elif kind == "default":
            self.at += 1
            begin = self.at
            self.at = self._after(self.at) + (self.tokens[self.at] in {"+", "-"})
            said.append(f"default {_bare(self.tokens[begin : self.at])}")
        elif kind == "collate":
            said.append(" ".join(self._next(2)))
        else:
            self.at = self.tokens.index("as", self.at) + 1
            begin, self.at = self.at, self._after(self.at)
            sql = " ".join(self.tokens[begin : self.at])
            stored = self._accept("stored")
            self._accept("virtual")
            said.append(f"as {sql} {'stored' if stored else 'virtual'}")

    def _in_reference(self) -> bool:
        token = self.tokens[self.at]
        if token in {"not", "null", "default"}:
            before, after = self.tokens[self.at - 1], self.tokens[self.at + 1 : self.at + 2]
            return before == "set" or after == ["deferrable"]
        return token == "references" or token not in _CLAUSES

    def _conflict(self) -> str:
        return f" {' '.join(self._next(3))}" if self._is("on") else ""

    def _after(self, at: int) -> int:
        return _closing(self.tokens, at) + 1 if self.tokens[at] == "(" else at + 1

    def _next(self, count: int) -> list[str]:
        self.at += count
        return self.tokens[self.at - count : self.at]

    def _is(self, word: str) -> bool:
        return self.tokens[self.at : self.at + 1] == [word]

    def _accept(self, word: str) -> bool:
        found = self._is(word)
        self.at += found
        return found


def _bare(tokens: list[str]) -> str:
    while tokens[0] == "(" and _closing(tokens, 0) == len(tokens) - 1:
        tokens = tokens[1:-1]
    return " ".join(tokens)
