"""SQLite's schema, read from the texts that are the schema.

One query gives every definition; ``diff.sqlite_sql`` reads them. A definition that is not a plain ``CREATE TABLE``
(a virtual table) is left to SQLAlchemy's reflection. The tables that a virtual table keeps for itself are left out
altogether: SQLite refuses to drop or alter them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.types import String, TypeEngine

from async_migrate.database.inspect.generic import inspect_generic
from async_migrate.diff.dialects import rules_for
from async_migrate.diff.index_sql import parse_index
from async_migrate.diff.snapshot import (
    Check,
    ColumnSnapshot,
    ForeignKey,
    Generated,
    Index,
    PrimaryKey,
    ServerDefault,
    Snapshot,
    SqlText,
    TableKey,
    TableSnapshot,
    Unique,
)
from async_migrate.diff.sqlite_sql import ParsedTable, SqliteTextError, parse_create_table
from async_migrate.diff.types import parse_type
from async_migrate.diff.verbatim_type import DeclaredType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection, Dialect

    from async_migrate.database.inspect.filters import Filters
    from async_migrate.diff.sqlite_sql import ParsedColumn, ParsedForeignKey, ParsedKey

__all__ = ["Definition", "definitions", "inspect_sqlite"]

_VIRTUAL = re.compile(r"\s*CREATE\s+VIRTUAL\s+TABLE", re.IGNORECASE)


class Definition(NamedTuple):
    """A row of ``sqlite_master``."""

    kind: str
    name: str
    table: str
    sql: str | None


def definitions(connection: Connection, schema: str | None = None) -> list[Definition]:
    """Return everything that a database (the main one, or an attached one) defines."""
    master = "sqlite_master"
    if schema is not None:
        master = f"{connection.dialect.identifier_preparer.quote_schema(schema)}.{master}"
    rows = connection.execute(text(f"SELECT type, name, tbl_name, sql FROM {master} ORDER BY rowid"))  # noqa: S608  quoted
    return [Definition(*row) for row in rows]


def inspect_sqlite(connection: Connection, filters: Filters) -> Snapshot:
    """Return what the database has; with ``include_schemas``, the attached databases too."""
    tables: dict[TableKey, TableSnapshot] = {}
    for schema in _schemas(connection, filters):
        if filters.schema(schema):
            for table in _tables(connection, filters, schema):
                tables[table.key] = table
    return Snapshot(tables=tables, dialect=connection.dialect, origin="database", default_schema="main")


def _schemas(connection: Connection, filters: Filters) -> list[str | None]:
    if not filters.include_schemas:
        return [None]
    names = connection.execute(text("SELECT name FROM pragma_database_list")).scalars()
    return [None, *(name for name in names if name not in {"main", "temp"})]


def _tables(connection: Connection, filters: Filters, schema: str | None) -> Iterable[TableSnapshot]:
    everything = definitions(connection, schema)
    indexes: defaultdict[str, list[Index]] = defaultdict(list)
    for each in everything:
        if each.kind == "index" and each.sql:
            indexes[each.table].append(index_from(each.sql))
    virtual = [each.name for each in everything if each.sql and _VIRTUAL.match(each.sql)]
    reader = _TableReader(connection.dialect, schema)
    unread: list[TableKey] = []
    result: dict[str, TableSnapshot] = {}
    for each in everything:
        if not _is_ordinary(each, virtual) or not filters.table((schema, each.name)):
            continue
        try:
            parsed = parse_create_table(each.sql or "")
        except SqliteTextError:
            unread.append((schema, each.name))
        else:
            result[each.name] = reader.table(each.name, parsed, indexes[each.table])
    for table in _reflected(connection, filters, unread):
        owner = f"virtual table {table.name}" if table.name in virtual else None
        result[table.name] = replace(table, owner=owner)
    return [filters.filtered(table) for table in _with_implied_targets(result.values(), everything)]


def _is_ordinary(definition: Definition, virtual: Iterable[str]) -> bool:
    """Return whether this is a table that somebody could have created and could drop."""
    if definition.kind != "table" or definition.name.startswith("sqlite_"):
        return False
    return not any(definition.name.startswith(f"{name}_") for name in virtual if name != definition.name)


def _reflected(connection: Connection, filters: Filters, keys: list[TableKey]) -> Iterable[TableSnapshot]:
    if not keys:
        return ()
    only = replace(filters, only=frozenset(keys), include_name=None)
    return inspect_generic(connection, only).tables.values()


def _with_implied_targets(
    tables: Iterable[TableSnapshot], everything: Iterable[Definition]
) -> Iterable[TableSnapshot]:
    """Give keys that name no columns of the table they refer to the primary key that they mean."""
    for table in tables:
        keys = tuple(
            key if key.referred_columns else replace(key, referred_columns=_implied_target(key, everything))
            for key in table.foreign_keys
        )
        yield table if keys == table.foreign_keys else replace(table, foreign_keys=keys)


def _implied_target(key: ForeignKey, everything: Iterable[Definition]) -> tuple[str, ...]:
    name = key.referred[1].lower()
    sql = next((each.sql for each in everything if each.kind == "table" and each.name.lower() == name), None)
    try:
        primary_key = parse_create_table(sql or "").primary_key
    except SqliteTextError:
        primary_key = None
    return key.columns if primary_key is None else primary_key.columns


# --- from parsed text to values -----------------------------------------------------------------------------


def index_from(sql: str) -> Index:
    """Return the index that a ``CREATE INDEX`` of SQLite makes."""
    definition = parse_index(sql, bracket_names=True)
    return Index(
        name=definition.name,
        terms=definition.terms,
        unique=definition.unique,
        where=SqlText(definition.where) if definition.where else None,
    )


class _TableReader:
    """Turns parsed definitions into snapshots; types are resolved once per spelling."""

    def __init__(self, dialect: Dialect, schema: str | None) -> None:
        self.dialect = dialect
        self.schema = schema
        self.rules = rules_for("sqlite")
        self.types: dict[tuple[str, str | None], tuple[TypeEngine[Any], str]] = {}

    def table(self, name: str, parsed: ParsedTable, indexes: list[Index]) -> TableSnapshot:
        alias = _rowid_alias(parsed)
        return TableSnapshot(
            schema=self.schema,
            name=name,
            columns={column.name: self._column(column, parsed, alias) for column in parsed.columns},
            primary_key=_primary_key(parsed.primary_key),
            uniques=tuple(_unique(key) for key in parsed.uniques),
            foreign_keys=tuple(self._foreign_key(key) for key in parsed.foreign_keys),
            checks=tuple(
                Check(name=each.name, sql=SqlText(each.text), options=_conflict(each.on_conflict))
                for each in parsed.checks
            ),
            indexes=tuple(indexes),
            options=_table_options(parsed),
        )

    def _column(self, column: ParsedColumn, table: ParsedTable, alias: str | None) -> ColumnSnapshot:
        type_, type_text = self._type(column.declared_type, column.collation)
        key = table.primary_key
        in_key = key is not None and column.name in key.columns
        never_null = column.name == alias or (in_key and table.without_rowid)
        generated = None
        if column.generated is not None:
            generated = Generated(sql=SqlText(column.generated), stored=column.stored)
        options = {"on_conflict_not_null": column.not_null_conflict} if column.not_null_conflict else {}
        return ColumnSnapshot(
            name=column.name,
            type=type_,
            type_text=type_text,
            nullable=not (column.not_null or never_null),
            default=ServerDefault(SqlText(column.default)) if column.default is not None else None,
            generated=generated,
            autoincrement=column.name == alias,
            collation=column.collation,
            declared=column.declared_type,
            options=options,
        )

    def _type(self, declared: str, collation: str | None) -> tuple[TypeEngine[Any], str]:
        """Return the type and its canonical text; ``INT`` is what SQLAlchemy calls ``INTEGER``."""
        key = (declared, collation)
        if key not in self.types:
            known = self._known_type(declared)
            if known is None:
                text = declared
                known = DeclaredType(declared + _collate(collation))
            else:
                text = self.dialect.type_compiler_instance.process(known)
                known = _collated(known, declared, collation)
            self.types[key] = (known, self.rules.type_text(text))
        return self.types[key]

    def _known_type(self, declared: str) -> TypeEngine[Any] | None:
        parsed = parse_type(declared)
        class_ = self.dialect.ischema_names.get(parsed.name.upper())  # type: ignore[attr-defined]  # of every SQLite dialect
        if class_ is None or not all(argument.isdigit() for argument in parsed.arguments):
            return None
        if len(parsed.arguments) > 1 and issubclass(class_, String):
            return None  # VARCHAR(10, 2) is allowed, but what is the 2?
        try:
            known = class_(*[int(argument) for argument in parsed.arguments])
        except TypeError:
            return None
        return known if isinstance(known, TypeEngine) else None

    def _foreign_key(self, key: ParsedForeignKey) -> ForeignKey:
        return ForeignKey(
            name=key.name,
            columns=key.columns,
            referred=(self.schema, key.referred_table),
            referred_columns=key.referred_columns,
            on_update=_rule(key.on_update),
            on_delete=_rule(key.on_delete),
            match=key.match,
            deferrable=key.deferrable,
            initially=key.initially,
        )


def _collated(type_: TypeEngine[Any], declared: str, collation: str | None) -> TypeEngine[Any]:
    if collation is None:
        return type_
    if isinstance(type_, String):
        return type(type_)(type_.length, collation=collation)
    return DeclaredType(declared + _collate(collation))


def _collate(collation: str | None) -> str:
    return f' COLLATE "{collation}"' if collation else ""


def _rowid_alias(table: ParsedTable) -> str | None:
    """Return the column that is the rowid itself: the one INTEGER column of a primary key, whose name is exactly so.

    https://www.sqlite.org/lang_createtable.html#rowid
    """
    key = table.primary_key
    if key is None or table.without_rowid or len(key.terms) != 1:
        return None
    names = {column.name: column for column in table.columns}
    column = names.get(key.columns[0])
    return column.name if column is not None and column.declared_type.upper() == "INTEGER" else None


def _primary_key(key: ParsedKey | None) -> PrimaryKey | None:
    if key is None:
        return None
    return PrimaryKey(name=key.name, columns=key.columns, options=_conflict(key.on_conflict))


def _unique(key: ParsedKey) -> Unique:
    return Unique(name=key.name, columns=key.columns, options=_conflict(key.on_conflict))


def _conflict(clause: str | None) -> dict[str, object]:
    return {"on_conflict": clause} if clause else {}


def _rule(rule: str | None) -> str | None:
    return None if rule == "NO ACTION" else rule


def _table_options(table: ParsedTable) -> dict[str, object]:
    options: dict[str, object] = {}
    if table.autoincrement:
        options["autoincrement"] = True
    if table.without_rowid:
        options["with_rowid"] = False
    if table.strict:
        options["strict"] = True
    return options
