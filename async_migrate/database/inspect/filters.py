"""Which of the names that a database has are looked at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, MutableMapping

    from async_migrate.diff.snapshot import (
        Check,
        ColumnSnapshot,
        ForeignKey,
        Index,
        TableKey,
        TableSnapshot,
        Unique,
    )

__all__ = ["Filters", "IncludeName", "NameKind"]

NameKind: TypeAlias = Literal[
    "schema",
    "table",
    "column",
    "index",
    "unique_constraint",
    "foreign_key_constraint",
    "check_constraint",
]
"""What a name names, in Alembic's words."""

IncludeName: TypeAlias = "Callable[[str | None, NameKind, MutableMapping[str, str | None]], bool]"
"""``include_name(name, kind, parent_names)``, asked about names in the database before anything is read."""

_Named = TypeVar("_Named", "Unique", "ForeignKey", "Check", "Index", "ColumnSnapshot")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which names count.

    Attributes:
        include_schemas: Whether to look into every schema; otherwise only into the default one.
        include_name: The hook of that name.
        only: Nothing but these tables.
    """

    include_schemas: bool = False
    include_name: IncludeName | None = None
    only: frozenset[TableKey] | None = None

    def schema(self, name: str | None) -> bool:
        """Return whether a schema is looked into."""
        return self.include_name is None or self.include_name(name, "schema", {})

    def table(self, key: TableKey) -> bool:
        """Return whether a table is looked at."""
        if self.only is not None and key not in self.only:
            return False
        if self.include_name is None:
            return True
        schema, name = key
        return self.include_name(name, "table", _parents(schema, name, named_in_parents=False))

    def filtered(self, table: TableSnapshot) -> TableSnapshot:
        """Return a table without the columns, indexes and constraints whose names do not count."""
        if self.include_name is None:
            return table
        columns = self._kept("column", table, table.columns.values())
        return replace(
            table,
            columns={column.name: column for column in columns},
            uniques=self._kept("unique_constraint", table, table.uniques),
            foreign_keys=self._kept("foreign_key_constraint", table, table.foreign_keys),
            checks=self._kept("check_constraint", table, table.checks),
            indexes=self._kept("index", table, table.indexes),
        )

    def _kept(self, kind: NameKind, table: TableSnapshot, items: Iterable[_Named]) -> tuple[_Named, ...]:
        hook = self.include_name
        if hook is None:
            return tuple(items)
        parents = _parents(table.schema, table.name, named_in_parents=True)
        return tuple(item for item in items if hook(item.name, kind, dict(parents)))


def _parents(schema: str | None, table: str, *, named_in_parents: bool) -> dict[str, str | None]:
    names: dict[str, str | None] = {
        "schema_name": schema,
        "schema_qualified_table_name": f"{schema}.{table}" if schema else table,
    }
    return {**names, "table_name": table} if named_in_parents else names
