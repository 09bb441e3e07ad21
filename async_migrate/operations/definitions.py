"""The SQL by which a view, routine or trigger is defined, as it stands in a migration."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from sqlalchemy import SelectBase, TextClause

__all__ = ["Query", "dedented"]

Query: TypeAlias = "str | SelectBase | TextClause"
"""What a view selects: SQL, or a ``select()``."""


def dedented(sql: str) -> str:
    """Return SQL without the indentation of the code around it, and without blank lines at its ends.

    A text in triple quotes stands as deep as the call it is part of; what the database keeps of it should not.
    """
    return dedent(sql).lstrip("\n").rstrip()
