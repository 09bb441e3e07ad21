"""Oracle."""

from __future__ import annotations

from typing import ClassVar

from async_migrate.diff.rules import DialectRules

__all__ = ["OracleRules"]


class OracleRules(DialectRules):
    """Oracle has one number type under many names."""

    name: ClassVar[str] = "oracle"
    synonyms: ClassVar[tuple[frozenset[str], ...]] = (
        frozenset({"varchar", "varchar2"}),
        frozenset({"bigint", "integer", "smallint", "decimal", "numeric", "number"}),
        frozenset({"double", "float", "double_precision", "double precision"}),
    )
