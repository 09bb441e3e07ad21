"""PostgreSQL's catalogue, read whole: a fixed number of queries however many tables and schemas there are.

SQLAlchemy's own bulk reflection takes twice the time, once per schema, and leaves out what this comparison needs:
which sequence belongs to which column, EXCLUDE constraints, operator classes and directions of index columns, which
tables belong to an extension or are partitions. The texts of definitions come from the server's ``pg_get_*def``
functions and are taken apart by the same reader as the models' own.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, text
from sqlalchemy.dialects import postgresql as pg

from async_migrate.database.inspect import postgresql_catalogue as catalogue
from async_migrate.diff.index_sql import parse_index
from async_migrate.diff.postgresql import canonical_type
from async_migrate.diff.postgresql_types import PostgresqlTypes
from async_migrate.diff.snapshot import (
    Check,
    ColumnSnapshot,
    Exclude,
    ForeignKey,
    Generated,
    IdentityOptions,
    Index,
    PrimaryKey,
    ServerDefault,
    Snapshot,
    SqlText,
    TableKey,
    TableSnapshot,
    Unique,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection, Row
    from sqlalchemy.types import TypeEngine

    from async_migrate.database.inspect.filters import Filters

__all__ = ["inspect_postgresql"]

_RULES = {"c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT", "r": "RESTRICT", "a": None}
_MATCHES = {"f": "FULL", "p": "PARTIAL", "s": None}


def inspect_postgresql(connection: Connection, filters: Filters) -> Snapshot:
    """Return what the database has."""
    return _Reading(connection, filters).snapshot()


class _Relation(NamedTuple):
    oid: int
    schema: str
    key: TableKey
    row: Row[Any]


class _Reading:
    """One look at the catalogue; queries first, then the values are put together without any further one."""

    def __init__(self, connection: Connection, filters: Filters) -> None:
        self.connection = connection
        self.filters = filters
        version = connection.dialect.server_version_info or (0,)
        self.version = int(version[0])
        self.schemas: list[str] = []

    def snapshot(self) -> Snapshot:
        self.default_schema: str | None = self.connection.scalar(text("SELECT current_schema()"))
        relations = self._relations()
        self.wanted = {relation.oid: relation for relation in relations}
        self.types = self._types()
        columns = self._columns()
        constraints = self._by_table(self._query(catalogue.CONSTRAINTS))
        indexes = self._by_table(self._query(catalogue.INDEXES))
        tables = [
            self._table(relation, columns[relation.oid], constraints[relation.oid], indexes[relation.oid])
            for relation in relations
        ]
        return Snapshot(
            tables={table.key: table for table in tables},
            dialect=self.connection.dialect,
            origin="database",
            default_schema=self.default_schema,
        )

    # queries

    def _relations(self) -> list[_Relation]:
        if self.filters.include_schemas:
            names = self.connection.scalars(text(catalogue.SCHEMAS)).all()
            self.schemas = [name for name in names if self.filters.schema(self._normal(name))]
        elif not self.filters.schema(None):
            return []
        rows = self._query(catalogue.RELATIONS)
        relations = [
            _Relation(row.oid, row.nspname, (self._key_schema(row.nspname, row.visible), row.relname), row)
            for row in rows
        ]
        return [relation for relation in relations if self.filters.table(relation.key)]

    def _query(self, sql: str) -> Sequence[Row[Any]]:
        scope = catalogue.OF_SCHEMAS if self.filters.include_schemas else catalogue.VISIBLE
        statement = text(catalogue.for_server(sql, version=self.version, scope=scope))
        if self.filters.include_schemas and "/*scope*/" in sql:
            statement = statement.bindparams(bindparam("schemas", self.schemas, expanding=True))
        return self.connection.execute(statement).all()

    def _by_table(self, rows: Iterable[Row[Any]]) -> Mapping[int, list[Row[Any]]]:
        result: defaultdict[int, list[Row[Any]]] = defaultdict(list)
        for row in rows:
            result[row.relid].append(row)
        return result

    def _normal(self, schema: str) -> str | None:
        return None if schema == self.default_schema else schema

    def _key_schema(self, schema: str, visible: bool) -> str | None:
        """Return the schema of a table's key; without ``include_schemas`` the whole search path is the default."""
        return None if visible and not self.filters.include_schemas else self._normal(schema)

    # types

    def _types(self) -> PostgresqlTypes:
        named: dict[str, TypeEngine[Any]] = {}
        types = PostgresqlTypes(self.connection.dialect.ischema_names, named)  # type: ignore[attr-defined]  # of every PG dialect
        for row in self._query(catalogue.NAMED_TYPES):
            schema = None if row.visible else row.nspname
            if row.labels is not None:
                named[row.spelling] = pg.ENUM(*row.labels, name=row.typname, schema=schema)
        for row in self._query(catalogue.DOMAINS):
            named[row.spelling] = pg.DOMAIN(
                row.typname,
                types.type_of(row.base),
                schema=None if row.visible else row.nspname,
                not_null=row.typnotnull,
                default=row.typdefault,
                constraint_name=row.conname,
                check=_check_body(row.definition) if row.definition else None,
                create_type=False,
            )
        return types

    # columns

    def _columns(self) -> Mapping[int, dict[int, ColumnSnapshot]]:
        result: defaultdict[int, dict[int, ColumnSnapshot]] = defaultdict(dict)
        sequences = {(row.relid, row.attnum): row for row in self._query(catalogue.OWNED_SEQUENCES)}
        for row in self._query(catalogue.COLUMNS):
            if row.relid in self.wanted:
                result[row.relid][row.attnum] = self._column(row, sequences.get((row.relid, row.attnum)))
        return result

    def _column(self, row: Row[Any], sequence: Row[Any] | None) -> ColumnSnapshot:
        expression = row.expression
        is_serial = sequence is not None and not row.attidentity and expression == sequence.nextval
        generated = None
        if row.attgenerated:
            generated = Generated(sql=_canonical(expression), stored=row.attgenerated == "s")
        has_default = expression is not None and not row.attgenerated and not is_serial
        return ColumnSnapshot(
            name=row.attname,
            type=self.types.type_of(row.spelling, collation=row.collname),
            type_text=canonical_type(row.spelling, default_schema=self.default_schema),
            nullable=not row.attnotnull,
            default=ServerDefault(_canonical(expression)) if has_default else None,
            generated=generated,
            identity=_identity(row.attidentity, sequence)
            if row.attidentity and sequence is not None
            else None,
            autoincrement=is_serial,
            comment=row.comment or None,
            collation=row.collname,
            declared=row.spelling,
        )

    # tables

    def _table(
        self,
        relation: _Relation,
        columns: dict[int, ColumnSnapshot],
        constraints: list[Row[Any]],
        indexes: list[Row[Any]],
    ) -> TableSnapshot:
        schema, name = relation.key
        names = {number: column.name for number, column in columns.items()}
        own_indexes = {row.indexrelid: row for row in indexes}
        of_kind: defaultdict[str, list[Row[Any]]] = defaultdict(list)
        for row in constraints:
            of_kind[row.contype].append(row)
            own_indexes.pop(row.conindid if row.contype != "f" else None, None)
        by_id = {row.indexrelid: row for row in indexes}
        keys = [_primary_key(row, names, by_id.get(row.conindid)) for row in of_kind["p"]]
        return self.filters.filtered(
            TableSnapshot(
                schema=schema,
                name=name,
                columns={column.name: column for column in columns.values()},
                primary_key=keys[0] if keys else None,
                uniques=tuple(_unique(row, names, by_id.get(row.conindid)) for row in of_kind["u"]),
                foreign_keys=tuple(self._foreign_key(row, names) for row in of_kind["f"]),
                checks=tuple(_check(row) for row in of_kind["c"]),
                excludes=tuple(_exclude(row) for row in of_kind["x"]),
                indexes=tuple(_index(row) for row in own_indexes.values()),
                comment=relation.row.comment or None,
                options=self._options(relation.row),
                owner=self._owner(relation.row),
                parents=self._parents(relation.row),
            )
        )

    def _foreign_key(self, row: Row[Any], names: Mapping[int, str]) -> ForeignKey:
        return ForeignKey(
            name=row.conname,
            columns=tuple(names[number] for number in row.conkey),
            referred=(self._key_schema(row.referred_schema, row.referred_visible), row.referred_table),
            referred_columns=tuple(row.referred_columns),
            on_update=_RULES[row.confupdtype],
            on_delete=_on_delete(row, names),
            match=_MATCHES[row.confmatchtype],
            comment=row.comment or None,
            options={} if row.convalidated else {"not_valid": True},
            **_timing(row),
        )

    def _parents(self, row: Row[Any]) -> tuple[TableKey, ...]:
        return tuple(self.wanted[oid].key for oid in row.parents or () if oid in self.wanted)

    def _options(self, row: Row[Any]) -> dict[str, object]:
        options: dict[str, object] = {}
        if row.reloptions:
            options["with"] = dict(option.split("=", 1) for option in row.reloptions)
        if row.partition_by:
            options["partition_by"] = row.partition_by
        if row.parents and not row.relispartition:
            options["inherits"] = tuple(name for _, name in self._parents(row))
        return options

    def _owner(self, row: Row[Any]) -> str | None:
        if row.extension:
            return f"extension {row.extension}"
        if row.relispartition:
            return "partition of " + ", ".join(name for _, name in self._parents(row))
        return None


# --- values from rows ---------------------------------------------------------------------------------------


def _canonical(expression: str) -> SqlText:
    """Return an expression that the server itself has worded."""
    return SqlText(expression, canonical=expression)


def _on_delete(row: Row[Any], names: Mapping[int, str]) -> str | None:
    rule = _RULES[row.confdeltype]
    return f"{rule} ({', '.join(names[number] for number in row.set_columns)})" if row.set_columns else rule


def _timing(row: Row[Any]) -> dict[str, Any]:
    if not row.condeferrable:
        return {"deferrable": None, "initially": None}
    return {"deferrable": True, "initially": "DEFERRED" if row.condeferred else None}


def _identity(kind: str, sequence: Row[Any]) -> IdentityOptions:
    return IdentityOptions(
        always=kind == "a",
        start=sequence.seqstart,
        increment=sequence.seqincrement,
        minvalue=sequence.seqmin,
        maxvalue=sequence.seqmax,
        cycle=sequence.seqcycle,
        cache=sequence.seqcache,
    )


def _primary_key(row: Row[Any], names: Mapping[int, str], index: Row[Any] | None) -> PrimaryKey:
    return PrimaryKey(
        name=row.conname,
        columns=tuple(names[number] for number in row.conkey),
        comment=row.comment or None,
        options=_key_options(index),
    )


def _unique(row: Row[Any], names: Mapping[int, str], index: Row[Any] | None) -> Unique:
    return Unique(
        name=row.conname,
        columns=tuple(names[number] for number in row.conkey),
        comment=row.comment or None,
        options=_key_options(index),
        **_timing(row),
    )


def _key_options(index: Row[Any] | None) -> dict[str, object]:
    """Return the options of a key, which are kept with its index."""
    if index is None or (" INCLUDE (" not in index.definition and " NULLS NOT " not in index.definition):
        return {}
    options = parse_index(index.definition).options
    return {name: options[name] for name in ("include", "nulls_not_distinct") if name in options}


def _check(row: Row[Any]) -> Check:
    return Check(
        name=row.conname,
        sql=SqlText(_check_body(row.definition), canonical=_without_suffix(row.definition)),
        comment=row.comment or None,
        options={} if row.convalidated else {"not_valid": True},
    )


def _check_body(definition: str) -> str:
    """Return what ``CHECK (…)`` demands, without what follows it (NO INHERIT, NOT VALID)."""
    return definition[definition.index("(") + 1 : definition.rindex(")")]


def _without_suffix(definition: str) -> str:
    return definition[: definition.rindex(")") + 1]


def _exclude(row: Row[Any]) -> Exclude:
    return Exclude(name=row.conname, sql=_canonical(row.definition), comment=row.comment or None)


def _index(row: Row[Any]) -> Index:
    definition = parse_index(row.definition)
    where = None if definition.where is None else SqlText(definition.where)
    return Index(
        name=row.relname,
        terms=definition.terms,
        unique=definition.unique,
        where=where,
        options=definition.options,
        comment=row.comment or None,
    )
