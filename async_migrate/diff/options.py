"""What a comparison looks at, and who has a say in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Column, FetchedValue
    from sqlalchemy.schema import SchemaItem
    from sqlalchemy.types import TypeEngine

    from async_migrate.diff.snapshot import TableKey

__all__ = ["CompareServerDefault", "CompareType", "DiffOptions", "IncludeObject", "ObjectKind"]

ObjectKind: TypeAlias = Literal[
    "table", "column", "index", "unique_constraint", "foreign_key_constraint", "check_constraint"
]
"""What an object is, in Alembic's words."""

IncludeObject: TypeAlias = "Callable[[SchemaItem, str | None, ObjectKind, bool, SchemaItem | None], bool]"
"""``include_object(object, name, kind, reflected, compare_to)``; what it refuses is not compared."""

CompareType: TypeAlias = (
    "Callable[[Any, Column[Any], Column[Any], TypeEngine[Any], TypeEngine[Any]], bool | None]"
)
"""``compare_type(context, database_column, model_column, database_type, model_type)``; ``None`` leaves it to us."""

CompareServerDefault: TypeAlias = (
    "Callable[[Any, Column[Any], Column[Any], str | None, FetchedValue | None, str | None], bool | None]"
)
"""``compare_server_default(context, database_column, model_column, database_sql, model_default, model_sql)``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffOptions:
    """What a comparison looks at.

    Attributes:
        compare_type: Whether types count, or a function that decides.
        compare_server_default: Whether server defaults count, or a function that decides. On, unlike Alembic's.
        compare_checks: Whether CHECKs count.
        compare_primary_keys: Whether the columns of primary keys count.
        include_object: The hook of that name.
        version_table: The table that records revisions; never compared.
        context: What the functions above receive first, a ``MigrationContext`` where there is one.
    """

    compare_type: bool | CompareType = True
    compare_server_default: bool | CompareServerDefault = True
    compare_checks: bool = True
    compare_primary_keys: bool = True
    include_object: IncludeObject | None = None
    version_table: TableKey | None = None
    context: Any = None
