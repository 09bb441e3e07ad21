"""Which semicolons end a statement, and which stand inside one.

A statement with semicolons in it announces itself in its first words, its *heading*: only then is it worth to look
for the end of its body. How that end is found differs: SQLite has one for triggers that needs no counting,
PostgreSQL and MySQL need pairs of words, Oracle's clients wait for a line with a slash.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from async_migrate.ddl.script.tokens import Kind

if TYPE_CHECKING:
    from async_migrate.ddl.script.tokens import Token

__all__ = ["BOUNDARIES", "Boundaries"]

_HEADING_LENGTH = 200
_NEVER = re.compile(r"(?!)")


class Boundaries:
    """Finds the ends of statements, told one token after another: every semicolon is one.

    Attributes:
        first_words: How a statement begins in which more than a semicolon may matter.
        heading: What the first words of a statement with a body look like.
        is_plain: Whether nothing more can matter in the statement at hand.
        reads_rows: Whether the statement at hand reads rows that follow it, as ``COPY … FROM STDIN`` does.
    """

    first_words: ClassVar[frozenset[str]] = frozenset()
    heading: ClassVar[re.Pattern[str]] = _NEVER

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Forget the statement that has ended."""
        self.reads_rows = False
        self.is_plain = False
        self.has_body = False
        self.before = ""
        self._heading = ""

    def ends_at(self, token: Token) -> bool:
        """Take the next token that is not a comment, and say whether the statement ends with it."""
        self._read_heading(token)
        self.follow(token)
        self.before = token.mark
        return token.mark == ";" and not self.inside

    def follow(self, token: Token) -> None:
        """Note what opens and what closes."""

    @property
    def inside(self) -> bool:
        """Whether a semicolon here belongs to the statement."""
        return False

    def is_in_heading(self, token: Token) -> bool:
        """Whether a token counts as one of the first words."""
        return True

    def _read_heading(self, token: Token) -> None:
        decided = self.is_plain or self.has_body or len(self._heading) > _HEADING_LENGTH
        if decided or not self.is_in_heading(token):
            return
        self.is_plain = not self._heading and token.mark not in self.first_words
        self._heading += f"{token.mark} "
        self.has_body = self.heading.match(self._heading) is not None


class PostgreSQL(Boundaries):
    """Parentheses (``CREATE RULE … DO (a; b)``), and bodies in standard SQL, ``BEGIN ATOMIC … END``.

    ``CASE … END`` may stand in such a body, a second ``BEGIN`` may not.
    """

    first_words = frozenset({"CREATE", "COPY"})
    heading = re.compile(r"CREATE (OR REPLACE )?(FUNCTION|PROCEDURE) ")

    def restart(self) -> None:
        """Forget the statement that has ended."""
        super().restart()
        self._parentheses = 0
        self._blocks = 0
        self._is_copy = False

    def follow(self, token: Token) -> None:
        """Note what opens and what closes."""
        match token.mark:
            case "(":
                self._parentheses += 1
            case ")":
                self._parentheses -= 1
            case "COPY" if not self.before:
                self._is_copy = True
            case "STDIN" if self._is_copy and self.before == "FROM" and not self._parentheses:
                self.reads_rows = True
            case "ATOMIC" if self.has_body and self.before == "BEGIN":
                self._blocks += 1
            case "CASE" if self._blocks and self.before not in _BEFORE_NAMES:
                self._blocks += 1
            case "END" if self._blocks and self.before not in _BEFORE_NAMES:
                self._blocks -= 1

    @property
    def inside(self) -> bool:
        """Whether a semicolon here belongs to the statement."""
        return self._parentheses > 0 or self._blocks > 0


class SQLite(Boundaries):
    """Triggers: their last semicolon is the one behind ``END`` that stands behind a semicolon itself.

    No statement in a trigger begins with END, so ``CASE … END`` needs no counting. The rule is that of
    ``sqlite3_complete()`` (https://sqlite.org/c3ref/complete.html).
    """

    first_words = frozenset({"CREATE", "EXPLAIN"})
    heading = re.compile(r"(EXPLAIN (QUERY PLAN )?)?CREATE (TEMP |TEMPORARY )?TRIGGER ")

    def restart(self) -> None:
        """Forget the statement that has ended."""
        super().restart()
        self._body_ended = False

    def follow(self, token: Token) -> None:
        """Note what opens and what closes."""
        if token.mark != ";":
            self._body_ended = token.mark == "END" and self.before == ";"

    @property
    def inside(self) -> bool:
        """Whether a semicolon here belongs to the statement."""
        return self.has_body and not self._body_ended


@dataclass(slots=True)
class _Block:
    """Something that is closed by END.

    Attributes:
        opener: The word that opened it.
        parentheses: How many parentheses were open there.
        awaits_then: A WHEN or ELSEIF of its own has not had its THEN yet.
    """

    opener: str
    parentheses: int
    awaits_then: bool = False


class MySQL(Boundaries):
    """Bodies of procedures, functions, triggers and events: compound statements, one in another.

    IF is a function as well as a statement, so a block is opened by a THEN that no WHEN or ELSEIF was waiting
    for. BEGIN and END are no reserved words, so they count only where such a word can stand.
    """

    first_words = frozenset({"CREATE", "ALTER"})
    heading = re.compile(
        r"CREATE (OR REPLACE )?(DEFINER = [^ ]+ (@ [^ ]+ )?)?(AGGREGATE )?(PROCEDURE|FUNCTION|TRIGGER|EVENT) "
        r"|ALTER (DEFINER = [^ ]+ (@ [^ ]+ )?)?EVENT "
    )

    def restart(self) -> None:
        """Forget the statement that has ended."""
        super().restart()
        self._parentheses = 0
        self._blocks: list[_Block] = []

    def follow(self, token: Token) -> None:
        """Note what opens and what closes."""
        match token.mark:
            case "(":
                self._parentheses += 1
            case ")":
                self._parentheses -= 1
            case _ if self.has_body and token.kind is Kind.WORD and self.before not in _BEFORE_NAMES:
                self._follow_word(token)

    def is_in_heading(self, token: Token) -> bool:
        """Whether a token counts as one of the first words; executable comments and ``CURRENT_USER()`` do not."""
        return token.kind is not Kind.SYMBOL or token.mark in {"=", "@"}

    def _follow_word(self, token: Token) -> None:
        top = self._blocks[-1] if self._blocks else None
        match token.mark:
            case "END":
                if top is not None and self._closes(token, top):
                    self._blocks.pop()
            case "WHEN" | "ELSEIF" if top is not None:
                top.awaits_then = True
            case "THEN" if top is not None and top.awaits_then:
                top.awaits_then = False
            case _ if self._opens(token):
                self._blocks.append(_Block(token.mark, self._parentheses))

    def _opens(self, token: Token) -> bool:
        match token.mark:
            case "THEN":
                return True
            case "CASE" | "LOOP" | "WHILE":
                return self.before != "END"
            case "REPEAT":
                return self.before != "END" and token.following != "("
            case "FOR":
                return self.before in _BEFORE_STATEMENTS
            case "BEGIN":
                return not self._parentheses and self.before != "," and _can_begin_statement(token.following)
        return False

    def _closes(self, token: Token, block: _Block) -> bool:
        if block.parentheses != self._parentheses:
            return False
        return (
            block.opener == "CASE"
            or self.before in _BEFORE_STATEMENTS
            or (block.opener == "REPEAT" and token.following == "REPEAT")
        )

    @property
    def inside(self) -> bool:
        """Whether a semicolon here belongs to the statement."""
        return bool(self._blocks)


class Oracle(Boundaries):
    """PL/SQL: only a line with a slash ends it, as in Oracle's own clients."""

    first_words = frozenset({"CREATE", "DECLARE", "BEGIN", "<<", "WITH"})
    heading = re.compile(
        r"(DECLARE|BEGIN|<<|WITH (FUNCTION|PROCEDURE)"
        r"|CREATE (OR REPLACE )?(AND (RESOLVE |COMPILE )?(NOFORCE )?JAVA|(EDITIONABLE |NONEDITIONABLE )?"
        r"(FUNCTION|PROCEDURE|PACKAGE|TRIGGER|TYPE|LIBRARY))) "
    )

    @property
    def inside(self) -> bool:
        """Whether a semicolon here belongs to the statement."""
        return self.has_body


# What follows a point or AS is a name, whatever it reads like.
_BEFORE_NAMES = frozenset({".", "AS"})
_BEFORE_STATEMENTS = frozenset({";", ":", "BEGIN", "THEN", "ELSE", "DO", "LOOP", "REPEAT"})


def _can_begin_statement(mark: str) -> bool:
    return mark == "" or mark[0] in '(`"' or mark[0].isalnum() or mark[0] == "_"


BOUNDARIES: dict[str, type[Boundaries]] = {
    "postgresql": PostgreSQL,
    "sqlite": SQLite,
    "mysql": MySQL,
    "mariadb": MySQL,
    "mssql": Boundaries,
    "oracle": Oracle,
}
"""How the ends of statements are found in each dialect, by its name."""
