"""The ``CREATE TABLE`` texts that SQLite keeps in ``sqlite_master``.

SQLite has no catalogue: the text *is* the schema, read again at every start. The pragmas give back a part of it and
lose the rest (names of constraints, CHECK, COLLATE, AUTOINCREMENT, ON CONFLICT, deferrable keys, expressions of
generated columns), so the text is read here, following the grammar of
https://www.sqlite.org/lang_createtable.html; indexes are read by ``index_sql``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from async_migrate.diff.sql_text import Kind, Token, closing, split_top_level, tokenize, unquoted

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "ParsedCheck",
    "ParsedColumn",
    "ParsedForeignKey",
    "ParsedKey",
    "ParsedTable",
    "ParsedTerm",
    "SqliteTextError",
    "parse_create_table",
]


class SqliteTextError(ValueError):
    """The text is not what this module understands; callers fall back to the pragmas."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedTerm:
    """One column or expression of a key or an index.

    Attributes:
        text: The expression as written, without collation and direction.
        column: The column's name, when the term is no more than that.
        collation: What follows ``COLLATE``.
        descending: Whether ``DESC`` follows.
    """

    text: str
    column: str | None = None
    collation: str | None = None
    descending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedKey:
    """A PRIMARY KEY or UNIQUE constraint, of a column or of the table."""

    name: str | None
    terms: tuple[ParsedTerm, ...]
    on_conflict: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(term.column or term.text for term in self.terms)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedForeignKey:
    """A REFERENCES clause; ``referred_columns`` is empty when it leaves them to the parent's primary key."""

    name: str | None
    columns: tuple[str, ...]
    referred_table: str
    referred_columns: tuple[str, ...] = ()
    on_delete: str | None = None
    on_update: str | None = None
    match: str | None = None
    deferrable: bool | None = None
    initially: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedCheck:
    """A CHECK constraint and its expression as written."""

    name: str | None
    text: str
    on_conflict: str | None = None


@dataclass(slots=True, kw_only=True)
class ParsedColumn:
    """One column definition.

    Attributes:
        name: The column's name.
        declared_type: The type as written, an empty string where there is none.
        not_null: Whether ``NOT NULL`` was written (a rowid alias is never null without it).
        default: The default as written, an expression with its parentheses.
        collation: What follows ``COLLATE``.
        generated: The expression of a generated column, without parentheses.
        stored: Whether a generated column is ``STORED``.
        not_null_conflict: The conflict clause of ``NOT NULL``.
    """

    name: str
    declared_type: str = ""
    not_null: bool = False
    default: str | None = None
    collation: str | None = None
    generated: str | None = None
    stored: bool = False
    not_null_conflict: str | None = None


@dataclass(slots=True, kw_only=True)
class ParsedTable:
    """A whole table definition, constraints of columns and of the table in one list each, in order of writing."""

    name: str
    columns: list[ParsedColumn] = field(default_factory=list)
    primary_key: ParsedKey | None = None
    autoincrement: bool = False
    uniques: list[ParsedKey] = field(default_factory=list)
    foreign_keys: list[ParsedForeignKey] = field(default_factory=list)
    checks: list[ParsedCheck] = field(default_factory=list)
    without_rowid: bool = False
    strict: bool = False


def parse_create_table(sql: str) -> ParsedTable:
    """Read a table definition.

    Raises:
        SqliteTextError: It is not a plain ``CREATE TABLE … (…)``; a virtual table, for one.
    """
    return _TableReader(sql).read()


# --- reading ------------------------------------------------------------------------------------------------

_END = Token(Kind.SYMBOL, "", -1, -1)
_TYPE_ENDS = frozenset(
    {
        "CONSTRAINT",
        "PRIMARY",
        "NOT",
        "NULL",
        "UNIQUE",
        "CHECK",
        "DEFAULT",
        "COLLATE",
        "REFERENCES",
        "GENERATED",
        "AS",
    }
)
_TABLE_CONSTRAINTS = frozenset({"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"})


class _Reader:
    """A position in a token list, with the small steps that every clause is read by."""

    def __init__(self, sql: str, begin: int = 0) -> None:
        self.sql = sql
        self.tokens = tokenize(sql, begin, bracket_names=True)
        self.at = 0

    @property
    def now(self) -> Token:
        return self.tokens[self.at] if self.at < len(self.tokens) else _END

    def take(self) -> Token:
        token = self.now
        if token is _END:
            raise SqliteTextError(f"unexpected end of {self.sql!r}")
        self.at += 1
        return token

    def accept(self, *words: str) -> bool:
        """Step over a sequence of words or symbols, all of them or none."""
        at = self.at
        for word in words:
            if at >= len(self.tokens):
                return False
            token = self.tokens[at]
            if (token.word or token.text) != word:
                return False
            at += 1
        self.at += len(words)
        return True

    def expect(self, *words: str) -> None:
        if not self.accept(*words):
            raise SqliteTextError(f"expected {' '.join(words)} at offset {self.now.start} of {self.sql!r}")

    def name(self) -> str:
        token = self.take()
        if token.kind in {Kind.NAME, Kind.QUOTED, Kind.STRING}:
            return unquoted(token)
        raise SqliteTextError(f"expected a name at offset {token.start} of {self.sql!r}")

    def qualified_name(self) -> str:
        """Read ``name`` or ``schema.name`` and return the last part."""
        name = self.name()
        return self.name() if self.accept(".") else name

    def parenthesized(self) -> Sequence[Token]:
        """Step over ``( … )`` and return what is between."""
        if self.now.text != "(":
            raise SqliteTextError(f"expected '(' at offset {self.now.start} of {self.sql!r}")
        end = closing(self.tokens, self.at)
        inside = self.tokens[self.at + 1 : end]
        self.at = end + 1
        return inside

    def text_of(self, tokens: Sequence[Token]) -> str:
        return self.sql[tokens[0].start : tokens[-1].end] if tokens else ""

    def terms(self) -> tuple[ParsedTerm, ...]:
        """Read the list of a key or an index."""
        return tuple(self._term(run) for run in split_top_level(self.parenthesized()))

    def _term(self, run: Sequence[Token]) -> ParsedTerm:
        descending, collation = False, None
        if run and run[-1].word in {"ASC", "DESC"}:
            descending = run[-1].word == "DESC"
            run = run[:-1]
        if len(run) > 2 and run[-2].word == "COLLATE":
            collation = unquoted(run[-1])
            run = run[:-2]
        single = run[0] if len(run) == 1 and run[0].kind in {Kind.NAME, Kind.QUOTED} else None
        return ParsedTerm(
            text=self.text_of(run),
            column=unquoted(single) if single else None,
            collation=collation,
            descending=descending,
        )

    def names(self) -> tuple[str, ...]:
        """Read ``(a, b)``, or nothing."""
        if self.now.text != "(":
            return ()
        return tuple(unquoted(run[0]) for run in split_top_level(self.parenthesized()))


# The beginning of every table, and the columns that have nothing but a type, a simple default and NOT NULL, are
# read by regular expressions: that is most of the text, and several times as fast.
_BARE = r"[A-Za-z_][A-Za-z0-9_]*"
_QUOTED = r'"[^"]+"'
_HEAD = re.compile(
    rf"\s*CREATE\s+(?:TEMP\s+|TEMPORARY\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?"
    rf"(?:(?:{_BARE}|{_QUOTED})\s*\.\s*)?(?P<name>{_BARE}|\"(?:[^\"]|\"\")+\"|`[^`]+`|\[[^\]]+\]|'[^']+')\s*\(\s*",
    re.IGNORECASE,
)
_NOT_A_TYPE = r"(?!(?:{})\b)".format("|".join(sorted(_TYPE_ENDS)))
_SIMPLE_COLUMN = re.compile(
    rf"(?P<name>(?!(?:{'|'.join(sorted(_TABLE_CONSTRAINTS))})\b){_BARE}|{_QUOTED})"
    rf" (?P<type>{_NOT_A_TYPE}{_BARE}(?: {_NOT_A_TYPE}{_BARE})*(?: ?\(\d+(?:, ?\d+)?\))?)"
    r"(?: DEFAULT (?P<default>'[^']*'|-?[0-9.]+|CURRENT_TIMESTAMP|\([^()']*\)))?"
    r"(?P<required> NOT NULL)?\s*(?:,\s*|(?=\)))",
    re.IGNORECASE,
)


def _simple_beginning(sql: str) -> tuple[ParsedTable | None, int]:
    """Read up to the first column that is not a simple one; return where that is."""
    head = _HEAD.match(sql)
    if head is None:
        return None, 0
    table = ParsedTable(name=unquoted(tokenize(head["name"], bracket_names=True)[0]))
    at = head.end()
    while (match := _SIMPLE_COLUMN.match(sql, at)) is not None:
        table.columns.append(
            ParsedColumn(
                name=match["name"].strip('"'),
                declared_type=match["type"],
                default=match["default"],
                not_null=match["required"] is not None,
            )
        )
        at = match.end()
    return table, at


class _TableReader(_Reader):
    """Reads one ``CREATE TABLE``; what column constraints say about the table goes straight into the table."""

    def __init__(self, sql: str) -> None:
        table, begin = _simple_beginning(sql)
        super().__init__(sql, begin)
        self.table = table or ParsedTable(name=self._head())

    def read(self) -> ParsedTable:
        self._body()
        self._options()
        return self.table

    def _head(self) -> str:
        self.expect("CREATE")
        _ = self.accept("TEMP") or self.accept("TEMPORARY")
        self.expect("TABLE")
        self.accept("IF", "NOT", "EXISTS")
        name = self.qualified_name()
        self.expect("(")
        return name

    def _body(self) -> None:
        # Commas between table constraints are optional in SQLite's grammar.
        while not self.accept(")"):
            if self.now.word in _TABLE_CONSTRAINTS and self.table.columns:
                self._table_constraint()
            else:
                self._column()
            self.accept(",")

    def _options(self) -> None:
        while self.now is not _END:
            if self.accept("WITHOUT", "ROWID"):
                self.table.without_rowid = True
            elif self.accept("STRICT"):
                self.table.strict = True
            else:
                self.take()

    # columns

    def _column(self) -> None:
        column = ParsedColumn(name=self.name(), declared_type=self._declared_type())
        self.table.columns.append(column)
        while self.now.text not in {",", ")"} and self.now.word not in {"FOREIGN"}:
            name = self.name() if self.accept("CONSTRAINT") else None
            self._column_constraint(column, name)

    def _declared_type(self) -> str:
        begin = self.at
        while self.now.kind in {Kind.NAME, Kind.QUOTED, Kind.STRING} and self.now.word not in _TYPE_ENDS:
            self.at += 1
        if self.at > begin and self.now.text == "(":
            self.parenthesized()
        return self.text_of(self.tokens[begin : self.at])

    def _column_constraint(self, column: ParsedColumn, name: str | None) -> None:
        if self.accept("NOT", "NULL"):
            column.not_null = True
            column.not_null_conflict = self._on_conflict()
        elif self.accept("NULL"):
            self._on_conflict()
        elif self.accept("PRIMARY", "KEY"):
            self._column_primary_key(column, name)
        elif self.accept("UNIQUE"):
            self.table.uniques.append(
                ParsedKey(name=name, terms=(_term_of(column),), on_conflict=self._on_conflict())
            )
        elif self.accept("CHECK"):
            self._check(name)
        elif self.accept("DEFAULT"):
            column.default = self._default()
        elif self.accept("COLLATE"):
            column.collation = self.name()
        elif self.accept("REFERENCES"):
            self._references(name, (column.name,))
        elif self.accept("GENERATED", "ALWAYS", "AS") or self.accept("AS"):
            self._generated(column)
        else:
            raise SqliteTextError(f"unknown clause at offset {self.now.start} of {self.sql!r}")

    def _column_primary_key(self, column: ParsedColumn, name: str | None) -> None:
        descending = self.accept("DESC")
        self.accept("ASC")
        conflict = self._on_conflict()
        self.table.autoincrement = self.accept("AUTOINCREMENT")
        term = ParsedTerm(text=column.name, column=column.name, descending=descending)
        self.table.primary_key = ParsedKey(name=name, terms=(term,), on_conflict=conflict)

    def _default(self) -> str:
        begin = self.at
        if self.now.text == "(":
            self.parenthesized()
        else:
            _ = self.accept("+") or self.accept("-")
            self.take()
        return self.text_of(self.tokens[begin : self.at])

    def _generated(self, column: ParsedColumn) -> None:
        column.generated = self.text_of(self.parenthesized())
        column.stored = self.accept("STORED")
        self.accept("VIRTUAL")

    # constraints

    def _table_constraint(self) -> None:
        name = self.name() if self.accept("CONSTRAINT") else None
        if self.accept("PRIMARY", "KEY"):
            terms = self._key_terms()
            self.table.primary_key = ParsedKey(name=name, terms=terms, on_conflict=self._on_conflict())
        elif self.accept("UNIQUE"):
            self.table.uniques.append(
                ParsedKey(name=name, terms=self.terms(), on_conflict=self._on_conflict())
            )
        elif self.accept("CHECK"):
            self._check(name)
        elif self.accept("FOREIGN", "KEY"):
            columns = self.names()
            self.expect("REFERENCES")
            self._references(name, columns)
        else:
            raise SqliteTextError(f"unknown constraint at offset {self.now.start} of {self.sql!r}")

    def _key_terms(self) -> tuple[ParsedTerm, ...]:
        # PRIMARY KEY (id AUTOINCREMENT) is in the grammar, though not in its diagrams.
        end = closing(self.tokens, self.at)
        if self.tokens[end - 1].word == "AUTOINCREMENT":
            self.table.autoincrement = True
            del self.tokens[end - 1]
        return self.terms()

    def _check(self, name: str | None) -> None:
        text = self.text_of(self.parenthesized())
        self.table.checks.append(ParsedCheck(name=name, text=text, on_conflict=self._on_conflict()))

    def _on_conflict(self) -> str | None:
        return self.take().text.upper() if self.accept("ON", "CONFLICT") else None

    def _references(self, name: str | None, columns: tuple[str, ...]) -> None:
        referred, referred_columns = self.name(), self.names()
        rules: dict[str, str] = {}
        match = None
        while True:
            if self.accept("ON"):
                event = self.take().text.upper()
                rules[event] = self._action()
            elif self.accept("MATCH"):
                match = self.name()
            else:
                break
        deferrable, initially = self._deferrable()
        self.table.foreign_keys.append(
            ParsedForeignKey(
                name=name,
                columns=columns,
                referred_table=referred,
                referred_columns=referred_columns,
                on_delete=rules.get("DELETE"),
                on_update=rules.get("UPDATE"),
                match=match,
                deferrable=deferrable,
                initially=initially,
            )
        )

    def _action(self) -> str:
        first = self.take().text.upper()
        return f"{first} {self.take().text.upper()}" if first in {"SET", "NO"} else first

    def _deferrable(self) -> tuple[bool | None, str | None]:
        if self.accept("NOT", "DEFERRABLE"):
            deferrable = False
        elif self.accept("DEFERRABLE"):
            deferrable = True
        else:
            return None, None
        return deferrable, self.take().text.upper() if self.accept("INITIALLY") else None


def _term_of(column: ParsedColumn) -> ParsedTerm:
    return ParsedTerm(text=column.name, column=column.name)
