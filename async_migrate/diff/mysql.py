"""MySQL and MariaDB: one thing under several names, and indexes that come by themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from async_migrate.diff.expressions import normalized_default
from async_migrate.diff.rules import DialectRules
from async_migrate.diff.types import parse_type

if TYPE_CHECKING:
    from async_migrate.diff.snapshot import ColumnSnapshot, Index, TableSnapshot

__all__ = ["MariadbRules", "MysqlRules"]


class MysqlRules(DialectRules):
    """MySQL."""

    name: ClassVar[str] = "mysql"
    synonyms: ClassVar[tuple[frozenset[str], ...]] = (
        *DialectRules.synonyms,
        frozenset({"bool", "boolean", "tinyint"}),
        frozenset({"json", "longtext"}),
        frozenset({"integer", "int"}),
    )

    def same_type_text(self, one: str, other: str) -> bool:
        """Compare an ENUM by the set of its values; their order is not told apart."""
        left, right = parse_type(one), parse_type(other)
        if left.name == right.name == "enum":
            return {*left.arguments} == {*right.arguments}
        return super().same_type_text(one, other)

    def normalized_default(self, sql: str) -> str:
        """Return a default in lower case, without ``()`` of a function that needs none."""
        return normalized_default(sql).lower().replace(" ", "").replace("()", "")

    def foreign_key_rule(self, rule: str | None) -> str | None:
        """RESTRICT is what InnoDB does without any rule, and is not reported."""
        return None if rule == "RESTRICT" else rule

    def compares_default(self, database: ColumnSnapshot, models: ColumnSnapshot) -> bool:
        """AUTO_INCREMENT has no default."""
        return not (database.autoincrement or models.autoincrement)

    def reconciled(
        self, database: TableSnapshot, models: TableSnapshot
    ) -> tuple[TableSnapshot, TableSnapshot]:
        """Leave out the indexes that InnoDB makes for foreign keys, on both sides."""
        database, models = super().reconciled(database, models)
        implied = {key.name for key in (*database.foreign_keys, *models.foreign_keys)}
        return _without_implied(database, implied), _without_implied(models, implied)


class MariadbRules(MysqlRules):
    """MariaDB; SQLAlchemy's dialect of this name is MySQL's otherwise."""

    name: ClassVar[str] = "mariadb"


def _without_implied(table: TableSnapshot, names: set[str | None]) -> TableSnapshot:
    def implied(index: Index) -> bool:
        is_own_name = len(index.terms) == 1 and index.terms[0].column == index.name
        return not index.unique and (index.name in names or is_own_name)

    return replace(table, indexes=tuple(index for index in table.indexes if not implied(index)))
