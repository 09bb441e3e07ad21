"""SQLite: what was written is what is there, so spelling is nearly all that can differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from async_migrate.diff.expressions import normalized_default
from async_migrate.diff.rules import DialectRules
from async_migrate.diff.sql_text import strip_parentheses, tokenize, unquoted
from async_migrate.diff.types import TypeText, parse_type

if TYPE_CHECKING:
    from async_migrate.diff.snapshot import ColumnSnapshot, Generated

__all__ = ["SqliteRules"]


class SqliteRules(DialectRules):
    """SQLite keeps a type as text; arguments count although it ignores them itself."""

    name: ClassVar[str] = "sqlite"
    compares_checks: ClassVar[bool] = True
    compares_match: ClassVar[bool] = True
    bracket_names: ClassVar[bool] = True

    def type_text(self, compiled: str, *, default_schema: str | None = None) -> str:
        """Return the type in upper case with one space between words."""
        parsed = parse_type(compiled)
        arguments = f"({', '.join(parsed.arguments)})" if parsed.arguments else ""
        return parsed.name.upper() + arguments

    def comparable_type(self, column: ColumnSnapshot) -> bool:
        """Every type can be compared, also the absent one."""
        return True

    def same_type(self, one: ColumnSnapshot, other: ColumnSnapshot) -> bool:
        """Compare declared types, and collations where both sides state one."""
        if one.collation and other.collation and one.collation.upper() != other.collation.upper():
            return False
        return one.type_text == other.type_text or self.same_type_text(one.type_text, other.type_text)

    def same_type_text(self, one: str, other: str) -> bool:
        """Compare declared types, synonyms included."""
        left, right = parse_type(one), parse_type(other)
        return left.arguments == right.arguments and self._same_words(left, right)

    def same_generated(self, one: Generated, other: Generated) -> bool:
        """Compare the expressions as any other."""
        return self.same_sql(one.sql, other.sql)

    def normalized_default(self, sql: str) -> str:
        """Return a default in neutral spelling; a name in double quotes is a string here, as SQLite has it."""
        tokens = strip_parentheses(tokenize(sql, bracket_names=True))
        if len(tokens) == 1 and tokens[0].text.startswith('"'):
            text = unquoted(tokens[0]).replace("'", "''")
            return normalized_default(f"'{text}'")
        return normalized_default(sql)

    def _same_words(self, one: TypeText, other: TypeText) -> bool:
        return one.words == other.words or any({one.name, other.name} <= same for same in self.synonyms)
