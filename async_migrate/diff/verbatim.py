"""SQL of a database made into SQLAlchemy's ``text()`` without a change."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy import TextClause

__all__ = ["verbatim"]

# What text() would take for a parameter, and what it would take for an escaped colon.
_SPECIAL = re.compile(r"(?<![:\w]):(?=\w)|(?<=\\):(?!:)")


def verbatim(sql: str) -> TextClause:
    """Return SQL as ``text()`` that compiles to exactly itself: no colon in it starts a parameter."""
    return text(_SPECIAL.sub(r"\\:", sql))
