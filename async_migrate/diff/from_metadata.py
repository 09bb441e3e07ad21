"""What the models ask for, as a snapshot.

Everything is taken as the dialect would create it: names through naming conventions and truncation, types and
expressions as compiled DDL, and what the dialect does not emit at all (identity on SQLite, a CHECK that a native
type makes needless) is left out, since the database can never have it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    CheckConstraint,
    ColumnClause,
    Computed,
    DefaultClause,
    ForeignKeyConstraint,
    Identity,
    MetaData,
    UniqueConstraint,
)
from sqlalchemy.exc import CompileError, NoReferencedColumnError, NoReferencedTableError
from sqlalchemy.schema import CreateIndex

from async_migrate.diff.dialects import rules_for
from async_migrate.diff.index_sql import parse_index
from async_migrate.diff.snapshot import (
    NO_OPTIONS,
    Check,
    ColumnSnapshot,
    Exclude,
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
from async_migrate.diff.types import parse_type
from async_migrate.errors import DuplicateTableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Column, Dialect, Table
    from sqlalchemy import ForeignKey as SqlalchemyForeignKey
    from sqlalchemy import Index as SqlalchemyIndex
    from sqlalchemy.schema import Constraint
    from sqlalchemy.sql.compiler import DDLCompiler

__all__ = ["snapshot_of"]


def snapshot_of(
    metadata: MetaData | Sequence[MetaData], dialect: Dialect, *, default_schema: str | None = None
) -> Snapshot:
    """Return what the models ask for.

    Args:
        metadata: One ``MetaData``, or several that together describe one database.
        dialect: What to compile for; of a connection, so that the server's version counts.
        default_schema: The schema that the database uses for unqualified names; tables that name it are the same
            as tables that name none. Without it, the dialect's ``default_schema_name``.

    Raises:
        DuplicateTableError: Two of several ``MetaData`` define the same table.
    """
    default = default_schema or dialect.default_schema_name
    reader = _MetadataReader(dialect, default)
    tables: dict[TableKey, TableSnapshot] = {}
    for table in _all_tables(metadata):
        snapshot = reader.table(table)
        if snapshot.key in tables:
            raise DuplicateTableError(snapshot.full_name)
        tables[snapshot.key] = snapshot
    return Snapshot(tables=tables, dialect=dialect, origin="models", default_schema=default)


def _all_tables(metadata: MetaData | Sequence[MetaData]) -> Iterator[Table]:
    for one in [metadata] if isinstance(metadata, MetaData) else metadata:
        yield from sorted(one.tables.values(), key=lambda table: table.key)


class _MetadataReader:
    """Makes snapshots of the tables of one dialect; keeps the compiler that all of them need."""

    def __init__(self, dialect: Dialect, default_schema: str | None) -> None:
        self.dialect = dialect
        self.default_schema = default_schema
        self.rules = rules_for(dialect.name)
        self.compiler: DDLCompiler = dialect.ddl_compiler(dialect, None)  # type: ignore[arg-type]  # no statement yet
        self.types = dialect.type_compiler_instance
        self.preparer = dialect.identifier_preparer
        self.doubles_percent = dialect.paramstyle in {"format", "pyformat"}

    # tables

    def table(self, table: Table) -> TableSnapshot:
        constraints = sorted(_constraints_of(table), key=_creation_order)
        return TableSnapshot(
            schema=self._schema(table.schema),
            name=table.name,
            columns={column.name: self.column(column) for column in table.columns if not column.system},
            primary_key=self.primary_key(table),
            uniques=tuple(self.unique(each) for each in _of(UniqueConstraint, constraints) if each.columns),
            foreign_keys=tuple(self.foreign_keys(constraints)),
            checks=tuple(self.checks(constraints)),
            excludes=tuple(self.excludes(constraints)),
            indexes=tuple(
                self.index(each) for each in sorted(table.indexes, key=lambda each: str(each.name))
            ),
            comment=table.comment or None,
            options=self._options(table),
            source=table,
        )

    def _schema(self, schema: str | None) -> str | None:
        return None if schema == self.default_schema else schema

    def _options(self, item: Any) -> Mapping[str, object]:
        """Return an item's options of this dialect, without its prefix."""
        if "dialect_options" not in vars(item):  # SQLAlchemy makes it with the first option; most have none
            return NO_OPTIONS
        prefix = self.dialect.name + "_"
        return {
            name.removeprefix(prefix): _plain(value)
            for name, value in item.dialect_kwargs.items()
            if name.startswith(prefix)
        }

    # columns

    def column(self, column: Column[Any]) -> ColumnSnapshot:
        compiled = self.type_text(column)
        generated = self.generated(column.computed) if column.computed is not None else None
        return ColumnSnapshot(
            name=column.name,
            type=column.type,
            type_text=self.rules.type_text(compiled, default_schema=self.default_schema),
            nullable=bool(column.nullable),
            nullable_stated=isinstance(getattr(column, "_user_defined_nullable", None), bool),
            default=self.default(column),
            generated=generated,
            identity=self.identity(column),
            autoincrement=self._autoincrements(column),
            comment=column.comment or None,
            collation=parse_type(compiled).collation if " COLLATE " in compiled else None,
            options=self._options(column),
            source=column,
        )

    def type_text(self, column: Column[Any]) -> str:
        """Return the column's type as DDL; nothing for a type that has no DDL, such as the one still unknown."""
        try:
            return self._text(self.types.process(column.type, type_expression=column))
        except CompileError:
            return ""

    def default(self, column: Column[Any]) -> ServerDefault | None:
        clause = column.server_default
        if clause is None or isinstance(clause, (Computed, Identity)):
            return None
        if not isinstance(clause, DefaultClause):
            return ServerDefault(None, clause)
        text = self.compiler.get_column_default_string(column)
        return ServerDefault(SqlText(self._text(text or "")), clause)

    def generated(self, computed: Computed) -> Generated:
        return Generated(sql=SqlText(self.sql(computed.sqltext)), stored=computed.persisted, source=computed)

    def identity(self, column: Column[Any]) -> IdentityOptions | None:
        identity = column.identity
        if identity is None or not self.dialect.supports_identity_columns:
            return None
        return IdentityOptions(
            always=bool(identity.always),
            start=identity.start,
            increment=identity.increment,
            minvalue=None if identity.nominvalue else identity.minvalue,
            maxvalue=None if identity.nomaxvalue else identity.maxvalue,
            cycle=identity.cycle,
            cache=identity.cache,
            source=identity,
        )

    def _autoincrements(self, column: Column[Any]) -> bool:
        return (
            column.table.autoincrement_column is column
            and column.identity is None
            and column.server_default is None
        )

    # constraints

    def primary_key(self, table: Table) -> PrimaryKey | None:
        key = table.primary_key
        if not key.columns:
            return None
        return PrimaryKey(
            name=self.name(key),
            columns=tuple(column.name for column in key.columns),
            comment=key.comment,
            options=self._options(key),
            source=key,
        )

    def unique(self, constraint: UniqueConstraint) -> Unique:
        return Unique(
            name=self.name(constraint),
            columns=tuple(column.name for column in constraint.columns),
            deferrable=constraint.deferrable,
            initially=constraint.initially,
            comment=constraint.comment,
            options=self._options(constraint),
            source=constraint,
        )

    def foreign_keys(self, constraints: Iterable[Constraint]) -> Iterator[ForeignKey]:
        for constraint in _of(ForeignKeyConstraint, constraints):
            targets = [self._target(element) for element in constraint.elements]
            if not targets:
                continue
            yield ForeignKey(
                name=self.name(constraint),
                columns=tuple(element.parent.name for element in constraint.elements),
                referred=targets[0][0],
                referred_columns=tuple(column for _, column in targets),
                on_update=_rule(constraint.onupdate),
                on_delete=_rule(constraint.ondelete),
                match=constraint.match,
                deferrable=constraint.deferrable,
                initially=constraint.initially,
                use_alter=bool(constraint.use_alter),
                comment=constraint.comment,
                options=self._options(constraint),
                source=constraint,
            )

    def _target(self, foreign_key: SqlalchemyForeignKey) -> tuple[TableKey, str]:
        try:
            column = foreign_key.column
        except (NoReferencedTableError, NoReferencedColumnError):
            *schema, table, name = foreign_key.target_fullname.split(".")
            return (self._schema(".".join(schema) or None), table), name
        return (self._schema(column.table.schema), column.table.name), column.name

    def checks(self, constraints: Iterable[Constraint]) -> Iterator[Check]:
        for constraint in _of(CheckConstraint, constraints):
            if not constraint._should_create_for_compiler(self.compiler):  # noqa: SLF001  no public form
                continue
            yield Check(
                name=self.name(constraint),
                sql=SqlText(self.sql(constraint.sqltext)),
                type_bound=constraint._type_bound,  # noqa: SLF001  no public form
                comment=constraint.comment,
                options=self._options(constraint),
                source=constraint,
            )

    def excludes(self, constraints: Iterable[Constraint]) -> Iterator[Exclude]:
        for constraint in constraints:
            if constraint.__visit_name__ == "exclude_constraint" and self.dialect.name == "postgresql":
                text = self._text(self.compiler.process(constraint))
                name = self.name(constraint)
                definition = text[text.index("EXCLUDE") :]
                yield Exclude(
                    name=name, sql=SqlText(definition), comment=constraint.comment, source=constraint
                )

    # indexes

    def index(self, index: SqlalchemyIndex) -> Index:
        options = dict(self._options(index))
        options.pop("concurrently", None)
        columns = [column.name for column in index.expressions if isinstance(column, ColumnClause)]
        if len(columns) == len(index.expressions) and not options.keys() & {"ops", "where"}:
            terms = tuple(IndexTerm(text=name, column=name) for name in columns)
            return self._index(index, terms, options)
        definition = parse_index(
            self._text(self._create_index(index)), bracket_names=self.rules.bracket_names
        )
        where = SqlText(definition.where) if definition.where else None
        for name in ("ops", "where"):
            options.pop(name, None)
        return self._index(index, definition.terms, {**options, **definition.options}, where)

    def _index(
        self,
        index: SqlalchemyIndex,
        terms: tuple[IndexTerm, ...],
        options: Mapping[str, object],
        where: SqlText | None = None,
    ) -> Index:
        return Index(
            name=self.name(index),
            terms=terms,
            unique=bool(index.unique),
            where=where,
            options=options,
            source=index,
        )

    def _create_index(self, index: SqlalchemyIndex) -> str:
        return str(CreateIndex(index).compile(dialect=self.dialect))

    # text and names

    def sql(self, expression: Any) -> str:
        """Return an expression as DDL: values in it, and no table before a column."""
        compiled = self.compiler.sql_compiler.process(expression, include_table=False, literal_binds=True)
        return self._text(compiled)

    def _text(self, compiled: str) -> str:
        return compiled.replace("%%", "%") if self.doubles_percent else compiled

    def name(self, item: Constraint | SqlalchemyIndex) -> str | None:
        """Return the name that the dialect would create, by naming convention and cut to length."""
        if item.name is None:
            return None
        # The parameter is SQLAlchemy's own for a caller like this one: the name as it is, without quotes.
        return self.preparer.format_constraint(item, _alembic_quote=False)


def _of(kind: type[Any], constraints: Iterable[Constraint]) -> Iterator[Any]:
    return (constraint for constraint in constraints if isinstance(constraint, kind))


def _creation_order(constraint: Constraint) -> int:
    # Table.constraints is a set; this is the order in which SQLAlchemy itself emits them.
    return constraint._creation_order  # noqa: SLF001  no public form


def _constraints_of(table: Table) -> Iterator[Constraint]:
    yield from table.constraints
    for column in table.columns:
        yield from column.constraints


def _rule(rule: str | None) -> str | None:
    """Return ON UPDATE / ON DELETE in upper case; NO ACTION is what there is without it."""
    if rule is None:
        return None
    words, bracket, columns = rule.partition("(")
    upper = words.upper() + bracket + columns
    return None if upper == "NO ACTION" else upper


def _plain(value: Any) -> Any:
    """Return a dialect option as a plain value: columns by their names, settings as a database prints them."""
    if isinstance(value, dict):
        return {str(name).lower(): str(setting).lower() for name, setting in value.items()}
    if isinstance(value, (list, tuple)):
        return tuple(str(getattr(each, "name", each)) for each in value)
    return value
