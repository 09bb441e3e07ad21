"""MySQL and MariaDB: one thing under several names, and indexes that come by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from async_migrate.diff.expressions import normalized, normalized_default
from async_migrate.diff.rules import DialectRules
from async_migrate.diff.sql_text import Kind, fold_token, tokenize
from async_migrate.diff.types import parse_type

if TYPE_CHECKING:
    from collections.abc import Iterable

    from async_migrate.diff.snapshot import ColumnSnapshot, ForeignKey, Generated, Index, TableSnapshot

__all__ = ["MariadbRules", "MysqlRules"]

_SINGLE_DIGITS = 24
"""Binary digits that fit into FLOAT; more make it DOUBLE."""

_ONE_NAME = {
    "true": "1",
    "false": "0",
    "now": "current_timestamp",
    "localtime": "current_timestamp",
    "localtimestamp": "current_timestamp",
    "curdate": "current_date",
    "curtime": "current_time",
    "lcase": "lower",
    "ucase": "upper",
}
"""Names of one thing, each by one of them; which one does not matter."""

_MOMENTS = frozenset({"current_timestamp", "current_date", "current_time"})
"""What may be written with ``()`` behind it or without."""


class MysqlRules(DialectRules):
    """MySQL."""

    name: ClassVar[str] = "mysql"
    synonyms: ClassVar[tuple[frozenset[str], ...]] = (
        *DialectRules.synonyms,
        frozenset({"bool", "boolean", "tinyint"}),
        frozenset({"json", "longtext"}),
        frozenset({"integer", "int"}),
        frozenset({"double", "double precision", "real"}),
    )

    def type_text(self, compiled: str, *, default_schema: str | None = None) -> str:
        """Return the type, and ``FLOAT`` with a number of digits as what the server makes of it."""
        parsed = parse_type(compiled)
        if parsed.name != "float" or len(parsed.arguments) != 1:
            return compiled
        return "FLOAT" if int(parsed.arguments[0]) <= _SINGLE_DIGITS else "DOUBLE"

    def same_type_text(self, one: str, other: str) -> bool:
        """Compare an ENUM by the set of its values; their order is not told apart."""
        left, right = parse_type(one), parse_type(other)
        if left.name == right.name == "enum":
            return {*left.arguments} == {*right.arguments}
        return super().same_type_text(one, other)

    def normalized(self, sql: str) -> str:
        """Return an expression with one name for what has several, and no ``()`` behind a moment."""
        words: list[str] = []
        for token in tokenize(normalized(sql)):
            word = fold_token(token)
            words.append(_ONE_NAME.get(word, word) if token.kind is Kind.NAME else word)
            if words[-2:] == ["(", ")"] and len(words) > 2 and words[-3] in _MOMENTS:
                del words[-2:]
        return " ".join(words)

    def normalized_default(self, sql: str) -> str:
        """Return a default likewise; a string is only a string."""
        text = normalized_default(sql)
        return text if text.startswith("'") else self.normalized(text)

    def same_generated(self, one: Generated, other: Generated) -> bool:
        """Compare in the server's words, too: it can be asked."""
        return self.same_sql(one.sql, other.sql) or super().same_generated(one, other)

    def option_changed(self, option: str, one: object, other: object) -> bool:
        """Compare lengths as numbers, words without regard to case; ``USING BTREE`` is what InnoDB does anyway."""
        if option == "length":
            return not _same_lengths(one, other)
        default = "BTREE" if option == "using" else ""
        if isinstance(one or default, str) and isinstance(other or default, str):
            return str(one or default).upper() != str(other or default).upper()
        return super().option_changed(option, one, other)

    def foreign_key_rule(self, rule: str | None) -> str | None:
        """RESTRICT is what InnoDB does without any rule, and is not reported."""
        return None if rule == "RESTRICT" else rule

    def compares_default(self, database: ColumnSnapshot, models: ColumnSnapshot) -> bool:
        """AUTO_INCREMENT has no default."""
        return not (database.autoincrement or models.autoincrement)

    def reconciled(
        self, database: TableSnapshot, models: TableSnapshot
    ) -> tuple[TableSnapshot, TableSnapshot]:
        """Leave out the indexes that InnoDB made for foreign keys, and will not be without while they are there."""
        database, models = super().reconciled(database, models)
        return _without_needed(database, models), _without_needed(models, database)

    def alone(self, table: TableSnapshot) -> TableSnapshot:
        """Leave out the indexes that a foreign key made, which have its name and come back with it.

        A unique index is a constraint as long as that says all of it.
        """
        special = {
            index.name
            for index in table.indexes
            if index.options or any(term.descending for term in index.terms)
        }
        uniques = (each for each in table.uniques if not (each.duplicates_index and each.name in special))
        table = super().alone(replace(table, uniques=tuple(uniques)))
        keys = {key.name for key in table.foreign_keys if key.name is not None}
        return replace(
            table,
            indexes=tuple(
                index for index in table.indexes if index.source is not None or index.name not in keys
            ),
        )

    def keys_before_indexes(self, table: TableSnapshot) -> tuple[ForeignKey, ...]:
        """Return the foreign keys that are based on one of the indexes."""
        return tuple(
            key
            for key in table.foreign_keys
            if key.name is not None and any(_begins_with(index, key) for index in table.indexes)
        )


class MariadbRules(MysqlRules):
    """MariaDB; SQLAlchemy's dialect of this name is MySQL's otherwise."""

    name: ClassVar[str] = "mariadb"


def _without_needed(table: TableSnapshot, other: TableSnapshot) -> TableSnapshot:
    """Leave out the indexes that only a database has, and that foreign keys of both sides are based on."""
    stated = {index.name for index in other.indexes}
    kept = [key for key in table.foreign_keys if _has(other, key)]

    def needed(index: Index) -> bool:
        return not index.unique and any(_begins_with(index, key) for key in kept)

    indexes = tuple(
        index
        for index in table.indexes
        if index.source is not None or index.name in stated or not needed(index)
    )
    return replace(table, indexes=indexes)


def _same_lengths(one: object, other: object) -> bool:
    """Return whether index columns are cut to the same lengths, stated by column or once for all of them."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return _by_column(one) == _by_column(other)
    return {*_lengths(one)} == {*_lengths(other)}


def _lengths(stated: object) -> Iterable[str]:
    if stated is None:
        return ()
    return _by_column(stated).values() if isinstance(stated, Mapping) else (str(stated),)


def _by_column(lengths: Mapping[str, object]) -> dict[str, str]:
    return {name: str(length) for name, length in lengths.items()}


def _begins_with(index: Index, key: ForeignKey) -> bool:
    return index.column_names[: len(key.columns)] == key.columns


def _has(table: TableSnapshot, key: ForeignKey) -> bool:
    return any((key.columns, key.referred) == (each.columns, each.referred) for each in table.foreign_keys)
