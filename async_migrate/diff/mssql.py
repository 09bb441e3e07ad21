"""SQL Server."""

from __future__ import annotations

from typing import ClassVar

from async_migrate.diff.expressions import normalized
from async_migrate.diff.rules import DialectRules

__all__ = ["MssqlRules"]

_DECORATION = str.maketrans("", "", "()\"' ")


class MssqlRules(DialectRules):
    """SQL Server wraps a default in parentheses, often twice, and reports every identity option."""

    name: ClassVar[str] = "mssql"
    bracket_names: ClassVar[bool] = True
    synonyms: ClassVar[tuple[frozenset[str], ...]] = (
        *DialectRules.synonyms,
        frozenset({"varchar", "nvarchar"}),
    )
    identity_options: ClassVar[tuple[str, ...]] = ("start", "increment")

    def normalized_default(self, sql: str) -> str:
        """Return a default without parentheses, quotes and spaces."""
        return normalized(sql).translate(_DECORATION)
