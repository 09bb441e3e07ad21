"""A column type of which nothing is known but its DDL.

A database may hold types that SQLAlchemy has no class for: those of an extension whose package is not installed, or
what SQLite lets anyone write. They must still compare, render and be created again exactly as they are.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.types import BLOB, INTEGER, NUMERIC, REAL, TEXT, TypeEngine, UserDefinedType

__all__ = ["DeclaredType", "VerbatimType", "affinity_of"]


class VerbatimType(UserDefinedType[Any]):
    """A type that compiles to the text it was made from.

    Attributes:
        ddl: That text.
    """

    cache_ok = True

    def __init__(self, ddl: str) -> None:
        self.ddl = ddl

    def get_col_spec(self, **_: Any) -> str:
        """Return the type as DDL."""
        return self.ddl


class DeclaredType(VerbatimType):
    """A type as written in an SQLite table, which may be any words at all, or none."""

    @property
    def _type_affinity(self) -> type[TypeEngine[Any]]:
        return affinity_of(self.ddl)


def affinity_of(declared: str) -> type[TypeEngine[Any]]:
    """Return the type that stands for a declared type's affinity, by https://www.sqlite.org/datatype3.html §3.1."""
    upper = declared.upper()
    if "INT" in upper:
        return INTEGER
    if any(word in upper for word in ("CHAR", "CLOB", "TEXT")):
        return TEXT
    if not upper or "BLOB" in upper:
        return BLOB
    if any(word in upper for word in ("REAL", "FLOA", "DOUB")):
        return REAL
    return NUMERIC
