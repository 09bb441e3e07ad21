"""Operations that only some databases have, and what the others are told."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["REFUSALS", "Refusal"]


class Refusal(TypedDict):
    """What an :class:`UnsupportedOperationError` says.

    Attributes:
        reason: What the database cannot do, in words that follow "it cannot".
        alternative: What to do instead.
    """

    reason: str
    alternative: str


_EXTENSIONS = Refusal(
    reason="be extended",
    alternative="Only PostgreSQL has extensions; run this on PostgreSQL only, behind a look at "
    "op.get_context().dialect.name.",
)

_ENUMS = Refusal(
    reason="give an enum a name of its own",
    alternative="Only PostgreSQL has enum types; elsewhere sa.Enum is part of its column, and "
    "op.alter_column(type_=sa.Enum(...)) changes it.",
)

REFUSALS: Mapping[str, Refusal] = {
    "add_enum_value": _ENUMS,
    "create_enum": _ENUMS,
    "create_extension": _EXTENSIONS,
    "drop_enum": _ENUMS,
    "drop_enum_value": _ENUMS,
    "drop_extension": _EXTENSIONS,
    "rename_enum": _ENUMS,
    "rename_enum_value": _ENUMS,
}
"""By ``visit_name``, for generators that have no method for it."""
