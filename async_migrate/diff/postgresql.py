"""PostgreSQL: canonical types, casts that do not count, what ``CREATE INDEX`` leaves to defaults."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, cast

from async_migrate.diff.expressions import normalized, normalized_default
from async_migrate.diff.rules import DialectRules
from async_migrate.diff.sql_text import tokenize
from async_migrate.diff.types import TypeText, parse_type

if TYPE_CHECKING:
    from collections.abc import Iterable

    from async_migrate.diff.snapshot import (
        ColumnSnapshot,
        Generated,
        Index,
        IndexTerm,
        ServerDefault,
        SqlText,
    )

__all__ = ["PostgresqlRules", "canonical_type", "with_one_now"]


class PostgresqlRules(DialectRules):
    """PostgreSQL tells its catalogue exactly, so types are compared exactly."""

    name: ClassVar[str] = "postgresql"
    compares_checks: ClassVar[bool] = True
    compares_match: ClassVar[bool] = True

    def type_text(self, compiled: str, *, default_schema: str | None = None) -> str:
        """Return the type as ``format_type()`` spells it, without collation."""
        return canonical_type(compiled, default_schema=default_schema)

    def same_type(self, one: ColumnSnapshot, other: ColumnSnapshot) -> bool:
        """Compare canonical types, and collations where both sides state one."""
        if one.collation and other.collation and one.collation != other.collation:
            return False
        return one.type_text == other.type_text or not one.type_text or not other.type_text

    def normalized(self, sql: str) -> str:
        """Return an expression without casts."""
        return normalized(with_one_now(sql), casts=False)

    def same_generated(self, one: Generated, other: Generated) -> bool:
        """Compare the expressions as any other."""
        return self.same_sql(one.sql, other.sql)

    def normalized_default(self, sql: str) -> str:
        """Return a default without casts."""
        return normalized_default(with_one_now(sql), casts=False)

    def same_sql(self, one: SqlText | None, other: SqlText | None) -> bool:
        """Compare expressions; the server keeps the spelling of the current time that it was given."""
        return super().same_sql(_with_one_now(one), _with_one_now(other))

    def same_default(self, one: ServerDefault | None, other: ServerDefault | None) -> bool:
        """Compare defaults; the server keeps the spelling of the current time that it was given."""
        one, other = (each and replace(each, sql=_with_one_now(each.sql)) for each in (one, other))
        return super().same_default(one, other)

    def compares_default(self, database: ColumnSnapshot, models: ColumnSnapshot) -> bool:
        """Leave a key alone that one side numbers by a sequence and the other by SERIAL."""
        return not (models.autoincrement or database.autoincrement)

    def option_changed(self, option: str, one: object, other: object) -> bool:
        """``USING btree`` is what an index without USING gets."""
        if option == "using":
            return str(one or "btree").lower() != str(other or "btree").lower()
        return super().option_changed(option, one, other)

    def asks_about_type(self, text: str) -> bool:
        """Ask about the types that are not PostgreSQL's own."""
        return parse_type(text).name not in _OWN_TYPES

    def index_definition(self, index: Index) -> str:
        """Return what follows the table in a ``CREATE INDEX``."""
        options = index.options
        parts = [f"USING {options.get('using') or 'btree'}", f"({', '.join(map(_term_sql, index.terms))})"]
        if include := options.get("include"):
            parts.append(f"INCLUDE ({', '.join(map(_quoted, cast('Iterable[str]', include)))})")
        if options.get("nulls_not_distinct"):
            parts.append("NULLS NOT DISTINCT")
        if index.where is not None:
            parts.append(f"WHERE ({index.where.text})")
        return " ".join(parts)


_NOW = re.compile(r"(current|transaction)_timestamp", re.IGNORECASE)


def with_one_now(sql: str) -> str:
    """Return an expression in which the time at which the transaction began is always ``now()``.

    ``CURRENT_TIMESTAMP`` and ``transaction_timestamp()`` mean the same
    (https://www.postgresql.org/docs/current/functions-datetime.html#FUNCTIONS-DATETIME-CURRENT); with a precision
    the former does not.
    """
    if not _NOW.search(sql):
        return sql
    tokens = tokenize(sql)
    pieces, end = [], 0
    for position, token in enumerate(tokens):
        following = "".join(each.text for each in tokens[position + 1 : position + 3])
        is_bare = position == 0 or tokens[position - 1].text != "."
        is_constant = token.word == "CURRENT_TIMESTAMP" and following[:1] != "("
        if is_bare and (is_constant or (token.word == "TRANSACTION_TIMESTAMP" and following == "()")):
            pieces += [sql[end : token.start], "now()" if is_constant else "now"]
            end = token.end
    return "".join([*pieces, sql[end:]])


def _with_one_now(sql: SqlText | None) -> SqlText | None:
    if sql is None or sql.canonical is None:
        return sql
    return replace(sql, canonical=with_one_now(sql.canonical))


def _term_sql(term: IndexTerm) -> str:
    parts = [_quoted(term.column) if term.column else f"({term.text})"]
    if term.collation:
        parts.append(f"COLLATE {_quoted(term.collation)}")
    if term.operator_class:
        parts.append(term.operator_class)
    if term.descending:
        parts.append("DESC")
    if term.nulls_first is not None:
        parts.append("NULLS FIRST" if term.nulls_first else "NULLS LAST")
    return " ".join(parts)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


_ALIASES = {
    "varchar": "character varying",
    "nvarchar": "character varying",
    "char": "character",
    "nchar": "character",
    "bpchar": "character",
    "int": "integer",
    "int4": "integer",
    "int2": "smallint",
    "int8": "bigint",
    "serial": "integer",
    "bigserial": "bigint",
    "smallserial": "smallint",
    "float4": "real",
    "float8": "double precision",
    "decimal": "numeric",
    "bool": "boolean",
    "varbit": "bit varying",
    "time": "time without time zone",
    "timetz": "time with time zone",
    "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone",
}
_OWN_TYPES = frozenset(
    {*_ALIASES, *_ALIASES.values(), "real", "double precision", "numeric", "text", "date", "uuid", "bytea"}
    | {"json", "jsonb", "interval", "integer", "bigint", "smallint", "boolean", "bit", "inet", "cidr", "xml"}
)
_ONE_BY_DEFAULT = frozenset({"character", "bit"})
_REAL_DIGITS = 24  # binary digits that fit into "real"; more make it "double precision"


@lru_cache(maxsize=2048)
def canonical_type(text: str, *, default_schema: str | None = None) -> str:
    """Return the one spelling of a type: aliases resolved, implied arguments added, dimensions reduced to one.

    PostgreSQL itself forgets how many dimensions an array column was declared with.
    """
    parsed = parse_type(text)
    if not parsed.words:
        return ""
    name = _ALIASES.get(parsed.name, parsed.name)
    prefix = f"{default_schema}." if default_schema else "pg_catalog."
    name = name.removeprefix(prefix).removeprefix("pg_catalog.")
    name, arguments = _with_arguments(name, parsed)
    suffix = "[]" if parsed.dimensions else ""
    return f"{name}({','.join(arguments)}){suffix}" if arguments else name + suffix


def _with_arguments(name: str, parsed: TypeText) -> tuple[str, tuple[str, ...]]:
    arguments = parsed.arguments
    if name == "float":
        digits = int(arguments[0]) if arguments else _REAL_DIGITS + 1
        return ("real" if digits <= _REAL_DIGITS else "double precision"), ()
    if name in _ONE_BY_DEFAULT and not arguments:
        return name, ("1",)
    if name == "numeric" and len(arguments) == 1:
        return name, (arguments[0], "0")
    return name, arguments
