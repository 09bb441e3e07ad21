"""What differs between dialects when two snapshots are compared.

The comparison is one algorithm; a dialect contributes spelling (canonical types, defaults, expressions) and what its
catalogue cannot tell or adds by itself. An external dialect subclasses :class:`DialectRules` and sets ``name``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy.types import Boolean, Enum, NullType

from async_migrate.diff.expressions import normalized, normalized_default
from async_migrate.diff.types import loosely_same, parse_type

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from async_migrate.diff.snapshot import (
        Check,
        ColumnSnapshot,
        ForeignKey,
        Generated,
        IdentityOptions,
        Index,
        IndexTerm,
        ServerDefault,
        SqlText,
        TableSnapshot,
        Unique,
    )

__all__ = ["DialectRules", "timing", "without_doubles"]

_DECORATION = str.maketrans("", "", " ()'\"`[]")
_UNSTATED: tuple[object, ...] = (None, False, "", (), {})


class DialectRules:
    """The rules of a dialect that has none of its own; subclasses refine them.

    Attributes:
        name: The dialect's name in SQLAlchemy.
        synonyms: Names of types that are the same thing.
        identity_options: The identity options that the catalogue tells.
        unstated_index_options: Index options that count only where the models state them; a database
            administrator may have set them.
        bracket_names: Whether ``[name]`` is a quoted name.
        compares_checks: Whether the catalogue gives CHECKs back well enough to compare what they demand.
        compares_match: Whether the catalogue tells MATCH of a foreign key.
    """

    name: ClassVar[str] = "default"
    synonyms: ClassVar[tuple[frozenset[str], ...]] = (frozenset({"numeric", "decimal"}),)
    identity_options: ClassVar[tuple[str, ...]] = (
        "start",
        "increment",
        "minvalue",
        "maxvalue",
        "cycle",
        "cache",
    )
    unstated_index_options: ClassVar[frozenset[str]] = frozenset({"with", "tablespace"})
    bracket_names: ClassVar[bool] = False
    compares_checks: ClassVar[bool] = False
    compares_match: ClassVar[bool] = False
    registry: ClassVar[dict[str, type[DialectRules]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        DialectRules.registry[cls.name] = cls

    # types

    def type_text(self, compiled: str, *, default_schema: str | None = None) -> str:
        """Return a compiled or reported type in the dialect's canonical spelling."""
        return compiled

    def same_type(self, one: ColumnSnapshot, other: ColumnSnapshot) -> bool:
        """Return whether two columns have the same type; a type unknown to SQLAlchemy is the same as any."""
        if one.type_text == other.type_text and one.collation == other.collation:
            return True
        if not self.comparable_type(one) or not self.comparable_type(other):
            return True
        return self.same_type_text(one.type_text, other.type_text)

    def comparable_type(self, column: ColumnSnapshot) -> bool:
        """Return whether a column's type can be compared at all."""
        return bool(column.type_text) and not isinstance(column.type, NullType)

    def same_type_text(self, one: str, other: str) -> bool:
        """Compare two types that are not spelled alike."""
        return loosely_same(parse_type(one), parse_type(other), self.synonyms)

    def asks_about_type(self, text: str) -> bool:
        """Return whether the server may know two spellings of a type to be one (the type of an extension)."""
        return False

    # expressions

    def normalized(self, sql: str) -> str:
        """Return an expression in neutral spelling."""
        return normalized(sql)

    def normalized_default(self, sql: str) -> str:
        """Return a server default in neutral spelling."""
        return normalized_default(sql)

    def same_sql(self, one: SqlText | None, other: SqlText | None) -> bool:
        """Return whether two expressions are the same, as far as text can tell."""
        if one is None or other is None:
            return one is other
        if one.canonical is not None and other.canonical is not None:
            return one.canonical == other.canonical
        return self.normalized(one.text) == self.normalized(other.text)

    def same_default(self, one: ServerDefault | None, other: ServerDefault | None) -> bool:
        """Return whether two server defaults are the same, as far as text can tell.

        ``DEFAULT NULL`` is no default, and "the database supplies a value" is the same as any.
        """
        if (one is not None and one.sql is None) or (other is not None and other.sql is None):
            return True
        one, other = self._unless_null(one), self._unless_null(other)
        if one is None or other is None or one.sql is None or other.sql is None:
            return one is other
        if one.sql.canonical is not None and other.sql.canonical is not None:
            return one.sql.canonical == other.sql.canonical
        return self.normalized_default(one.sql.text) == self.normalized_default(other.sql.text)

    def _unless_null(self, default: ServerDefault | None) -> ServerDefault | None:
        if default is None or default.sql is None or self.normalized(default.sql.text) == "null":
            return None
        return default

    def compares_default(self, database: ColumnSnapshot, models: ColumnSnapshot) -> bool:
        """Return whether the defaults of these columns are to be compared at all."""
        return True

    def same_generated(self, one: Generated, other: Generated) -> bool:
        """Return whether two generated columns have the same expression, give or take all that decorates it."""
        left, right = (self.normalized(each.sql.text).translate(_DECORATION).lower() for each in (one, other))
        return left == right

    # identity

    def changed_identity_options(self, one: IdentityOptions, other: IdentityOptions) -> set[str]:
        """Return the names of the options that both sides state differently."""
        changed = {"always"} if one.always != other.always else set()
        for option in self.identity_options:
            left, right = getattr(one, option), getattr(other, option)
            if left is not None and right is not None and left != right:
                changed.add(option)
        return changed

    # indexes and constraints

    def index_changes(self, one: Index, other: Index) -> list[str]:
        """Return what differs between two indexes of the same name, in words; empty if nothing does."""
        if one.unique != other.unique:
            return [f"unique={one.unique} to unique={other.unique}"]
        if self._same_definition(one, other):
            return []
        changes = self._term_changes(one, other)
        if not self.same_sql(one.where, other.where):
            changes.append("where")
        changes += [
            option
            for option in sorted({*one.options, *other.options})
            if self.option_changed(option, one.options.get(option), other.options.get(option))
        ]
        return changes

    def _same_definition(self, one: Index, other: Index) -> bool:
        """Compare whole definitions where the server has reworded one; the other is the server's own then."""
        if one.canonical is None and other.canonical is None:
            return False
        return (one.canonical or self.index_definition(one)) == (
            other.canonical or self.index_definition(other)
        )

    def _term_changes(self, one: Index, other: Index) -> list[str]:
        if len(one.terms) != len(other.terms):
            return [f"{len(one.terms)} to {len(other.terms)} expressions"]
        return [
            f"expression {position}: {left.text!r} to {right.text!r}"
            for position, (left, right) in enumerate(zip(one.terms, other.terms, strict=True), 1)
            if not self.same_term(left, right)
        ]

    def same_term(self, one: IndexTerm, other: IndexTerm) -> bool:
        """Return whether two index elements are the same."""
        if one == other:
            return True
        if one.descending != other.descending or one.nulls_first != other.nulls_first:
            return False
        if (one.operator_class or "").lower() != (other.operator_class or "").lower():
            return False
        if one.collation != other.collation:
            return False
        if one.column is not None and other.column is not None:
            return one.column == other.column
        return self.normalized(one.text) == self.normalized(other.text)

    def option_changed(self, option: str, one: object, other: object) -> bool:
        """Return whether an index option differs; unset and switched off are the same."""
        if option in self.unstated_index_options and (one in _UNSTATED or other in _UNSTATED):
            return False
        return (one or None) != (other or None)

    def index_definition(self, index: Index) -> str:
        """Return what follows the name of the table in a ``CREATE INDEX``, for a server to reword."""
        raise NotImplementedError

    def unique_changes(self, one: Unique, other: Unique) -> list[str]:
        """Return what differs between two unique constraints of the same name; empty if nothing does."""
        changes = []
        if sorted(one.columns) != sorted(other.columns):
            changes.append(f"columns {one.columns} to {other.columns}")
        if timing(one.deferrable, one.initially) != timing(other.deferrable, other.initially):
            changes.append("deferrable")
        changes += [
            option
            for option in sorted({*one.options, *other.options})
            if self.option_changed(option, one.options.get(option), other.options.get(option))
        ]
        return changes

    def checks_of_types(self, table: TableSnapshot) -> set[str]:
        """Return the CHECKs, in neutral spelling, that Boolean and Enum columns of a table may have brought along.

        SQLAlchemy before 1.4 made them without being asked; a database from then still has them.
        """
        found = set()
        for column in table.columns.values():
            if isinstance(column.type, Boolean):
                found.add(self.normalized(f'"{column.name}" IN (0, 1)'))
            elif isinstance(column.type, Enum):
                values = ", ".join("'" + value.replace("'", "''") + "'" for value in column.type.enums)
                found.add(self.normalized(f'"{column.name}" IN ({values})'))
        return found

    def foreign_key_signature(self, key: ForeignKey, *, with_rules: bool) -> Hashable:
        """Return what two foreign keys must have in common to be the same; a name is no part of it."""
        columns = (key.columns, key.referred, key.referred_columns)
        if not with_rules:
            return columns
        match = (key.match or "SIMPLE").upper() if self.compares_match else None
        rules = (self.foreign_key_rule(key.on_update), self.foreign_key_rule(key.on_delete))
        return (*columns, *rules, match, timing(key.deferrable, key.initially))

    def foreign_key_rule(self, rule: str | None) -> str | None:
        """Return ON UPDATE or ON DELETE as it compares."""
        return rule

    def same_check(self, one: Check, other: Check) -> bool:
        """Return whether two CHECKs demand the same."""
        return self.same_sql(one.sql, other.sql)

    # whole tables

    def reconciled(
        self, database: TableSnapshot, models: TableSnapshot
    ) -> tuple[TableSnapshot, TableSnapshot]:
        """Return both tables without what the database adds by itself or reports twice."""
        return without_doubles(database, models), without_doubles(models, database)

    def alone(self, table: TableSnapshot) -> TableSnapshot:
        """Return a table that only one side has, without what the database adds by itself or reports twice."""
        return without_doubles(table, table)

    def keys_before_indexes(self, table: TableSnapshot) -> tuple[ForeignKey, ...]:
        """Return the foreign keys that must be dropped before the indexes of a table can be."""
        return ()

    def table_option_changes(self, database: TableSnapshot, models: TableSnapshot) -> Mapping[str, object]:
        """Return the table options that differ and that an operation could change; none by default."""
        return {}


def timing(deferrable: bool | None, initially: str | None) -> str:
    """Return how a constraint is deferred, as one of three words; nothing said means not at all."""
    if initially and initially.upper() == "DEFERRED":
        return "deferred"
    return "deferrable" if deferrable else "immediate"


def without_doubles(table: TableSnapshot, other: TableSnapshot) -> TableSnapshot:
    """Leave one of an index and a unique constraint that are the same thing (MySQL, Oracle).

    What remains is what the other side calls it: by name, then by its columns; otherwise the index, which is what
    these databases can drop.
    """
    indexes = {index.name for index in table.indexes}
    doubled = [unique for unique in table.uniques if unique.duplicates_index and unique.name in indexes]
    if not doubled:
        return table
    unnamed = [sorted(unique.columns) for unique in other.uniques if unique.name is None]
    named = {unique.name for unique in other.uniques}
    kept = [unique for unique in doubled if unique.name in named or sorted(unique.columns) in unnamed]
    names = {unique.name for unique in kept}
    return replace(
        table,
        uniques=tuple(unique for unique in table.uniques if unique not in doubled or unique in kept),
        indexes=tuple(index for index in table.indexes if index.name not in names),
    )
