"""Any database, through SQLAlchemy's bulk reflection (``Inspector.get_multi_*``).

A fixed number of queries where the dialect has bulk forms; otherwise as many as its reflection takes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import inspect
from sqlalchemy.exc import CompileError, UnsupportedCompilationError

from async_migrate.diff.dialects import rules_for
from async_migrate.diff.snapshot import (
    Check,
    ColumnSnapshot,
    ForeignKey,
    Generated,
    IdentityOptions,
    Index,
    IndexTerm,
    PrimaryKey,
    ServerDefault,
    Snapshot,
    SqlText,
    TableKey,
    TableSnapshot,
    Unique,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Connection, Dialect
    from sqlalchemy.engine.interfaces import (
        ReflectedCheckConstraint,
        ReflectedColumn,
        ReflectedForeignKeyConstraint,
        ReflectedIndex,
        ReflectedPrimaryKeyConstraint,
        ReflectedUniqueConstraint,
    )
    from sqlalchemy.types import TypeEngine

    from async_migrate.database.inspect.filters import Filters

__all__ = ["inspect_generic"]

_KINDS = (
    "columns",
    "pk_constraint",
    "unique_constraints",
    "foreign_keys",
    "indexes",
    "check_constraints",
    "table_comment",
    "table_options",
)


_SYSTEM_SCHEMAS = frozenset({"information_schema", "mysql", "performance_schema", "sys"})


def inspect_generic(connection: Connection, filters: Filters) -> Snapshot:
    """Return what the database has."""
    default = connection.dialect.default_schema_name
    tables: dict[TableKey, TableSnapshot] = {}
    for schema in _schemas(connection, filters):
        if filters.schema(schema):
            for table in _Reading(connection, schema, filters).tables():
                tables[table.key] = filters.filtered(table)
    return Snapshot(tables=tables, dialect=connection.dialect, origin="database", default_schema=default)


def _schemas(connection: Connection, filters: Filters) -> list[str | None]:
    if filters.only is not None:
        return list({schema for schema, _ in filters.only})
    if not filters.include_schemas:
        return [None]
    default = connection.dialect.default_schema_name
    names = inspect(connection).get_schema_names()
    return [None, *(name for name in names if name != default and name not in _SYSTEM_SCHEMAS)]


class _Reading:
    """One schema, as SQLAlchemy reflects it."""

    def __init__(self, connection: Connection, schema: str | None, filters: Filters) -> None:
        self.dialect: Dialect = connection.dialect
        self.inspector = inspect(connection)
        self.schema = schema
        self.filters = filters
        self.rules = rules_for(self.dialect.name)

    def tables(self) -> Iterator[TableSnapshot]:
        names = self.inspector.get_table_names(schema=self.schema)
        wanted = [name for name in names if self.filters.table((self.schema, name))]
        if not wanted:
            return
        everything = len(wanted) == len(names)
        found = {kind: self._multi(kind, None if everything else wanted) for kind in _KINDS}
        for name in wanted:
            yield self._table(name, {kind: _of_table(found[kind], (self.schema, name)) for kind in _KINDS})

    def _multi(self, kind: str, names: list[str] | None) -> Mapping[TableKey, Any] | None:
        """Return one kind of thing for all tables; nothing where the dialect cannot tell."""
        try:
            result = getattr(self.inspector, f"get_multi_{kind}")(schema=self.schema, filter_names=names)
        except NotImplementedError:
            return None
        return cast("Mapping[TableKey, Any]", result)

    def _table(self, name: str, found: Mapping[str, Any]) -> TableSnapshot:
        columns = [self._column(each) for each in found["columns"] or ()]
        comment = found["table_comment"]
        return TableSnapshot(
            schema=self.schema,
            name=name,
            columns={column.name: column for column in columns},
            primary_key=_primary_key(found["pk_constraint"]),
            uniques=tuple(self._unique(each) for each in found["unique_constraints"] or ()),
            foreign_keys=tuple(self._foreign_key(each) for each in found["foreign_keys"] or ()),
            checks=tuple(self._check(each) for each in found["check_constraints"] or ()),
            indexes=tuple(
                self._index(each) for each in found["indexes"] or () if not each.get("duplicates_constraint")
            ),
            comment=(comment or {}).get("text") or None,
            options=self._options(found["table_options"] or {}),
            reports_uniques=found["unique_constraints"] is not None,
            reports_checks=found["check_constraints"] is not None,
            reports_rules=all("options" in each for each in found["foreign_keys"] or ()),
        )

    def _options(self, options: Mapping[str, Any]) -> dict[str, object]:
        prefix = self.dialect.name + "_"
        return {name.removeprefix(prefix): value for name, value in options.items() if value}

    def _column(self, column: ReflectedColumn) -> ColumnSnapshot:
        default = column.get("default")
        computed = column.get("computed")
        identity = column.get("identity")
        generated = None
        if computed:
            sql = SqlText(str(computed["sqltext"]))
            generated = Generated(sql=sql, stored=computed.get("persisted"))
        return ColumnSnapshot(
            name=column["name"],
            type=column["type"],
            type_text=self._type_text(column["type"]),
            nullable=column["nullable"],
            default=ServerDefault(SqlText(default)) if default is not None and not computed else None,
            generated=generated,
            identity=_identity(identity) if identity else None,
            autoincrement=column.get("autoincrement") is True,
            comment=column.get("comment") or None,
            collation=getattr(column["type"], "collation", None),
            options=self._options(dict(column.get("dialect_options") or {})),
        )

    def _type_text(self, type_: TypeEngine[Any]) -> str:
        try:
            return self.rules.type_text(self.dialect.type_compiler_instance.process(type_))
        except (CompileError, UnsupportedCompilationError):
            return ""

    def _unique(self, unique: ReflectedUniqueConstraint) -> Unique:
        return Unique(
            name=unique["name"],
            columns=tuple(unique["column_names"]),
            comment=unique.get("comment") or None,
            options=self._options(unique.get("dialect_options") or {}),
            duplicates_index=bool(unique.get("duplicates_index")),
        )

    def _foreign_key(self, key: ReflectedForeignKeyConstraint) -> ForeignKey:
        options = key.get("options") or {}
        default = self.dialect.default_schema_name
        referred_schema = key["referred_schema"]
        return ForeignKey(
            name=key["name"],
            columns=tuple(key["constrained_columns"]),
            referred=(None if referred_schema == default else referred_schema, key["referred_table"]),
            referred_columns=tuple(key["referred_columns"]),
            on_update=_rule(options.get("onupdate")),
            on_delete=_rule(options.get("ondelete")),
            match=options.get("match"),
            deferrable=options.get("deferrable"),
            initially=options.get("initially"),
            comment=key.get("comment") or None,
        )

    def _check(self, check: ReflectedCheckConstraint) -> Check:
        return Check(
            name=check["name"],
            sql=SqlText(check["sqltext"]),
            comment=check.get("comment") or None,
            options=self._options(check.get("dialect_options") or {}),
        )

    def _index(self, index: ReflectedIndex) -> Index:
        options = self._options(index.get("dialect_options") or {})
        where = options.pop("where", None)
        return Index(
            name=index["name"],
            terms=tuple(_terms(index)),
            unique=bool(index["unique"]),
            where=SqlText(str(where)) if where is not None else None,
            options=options,
        )


def _of_table(found: Mapping[TableKey, Any] | None, key: TableKey) -> Any:
    return None if found is None else found.get(key)


def _terms(index: ReflectedIndex) -> Iterator[IndexTerm]:
    sorting = index.get("column_sorting") or {}
    expressions = index.get("expressions") or index["column_names"]
    for column, expression in zip(index["column_names"], expressions, strict=True):
        text = column or expression or ""
        modifiers = sorting.get(text, ())
        nulls_first = "nulls_first" in modifiers if {"nulls_first", "nulls_last"} & {*modifiers} else None
        yield IndexTerm(text=text, column=column, descending="desc" in modifiers, nulls_first=nulls_first)


def _primary_key(key: ReflectedPrimaryKeyConstraint | None) -> PrimaryKey | None:
    if key is None or not key["constrained_columns"]:
        return None
    return PrimaryKey(name=key["name"], columns=tuple(key["constrained_columns"]))


def _identity(identity: Mapping[str, Any]) -> IdentityOptions:
    return IdentityOptions(
        always=bool(identity.get("always")),
        start=identity.get("start"),
        increment=identity.get("increment"),
        minvalue=identity.get("minvalue"),
        maxvalue=identity.get("maxvalue"),
        cycle=identity.get("cycle"),
        cache=identity.get("cache"),
    )


def _rule(rule: str | None) -> str | None:
    upper = rule.upper() if rule else None
    return None if upper == "NO ACTION" else upper
