"""The rules of each dialect, by its name."""

from __future__ import annotations

from async_migrate.diff import mssql, mysql, oracle, postgresql, sqlite
from async_migrate.diff.rules import DialectRules

__all__ = ["BUILT_IN", "rules_for"]

BUILT_IN = (mssql, mysql, oracle, postgresql, sqlite)
"""The modules whose rules are always known; those of an external dialect are known once its module is imported."""


def rules_for(dialect_name: str) -> DialectRules:
    """Return the rules of a dialect; one that nobody wrote rules for gets the common ones."""
    return DialectRules.registry.get(dialect_name, DialectRules)()
