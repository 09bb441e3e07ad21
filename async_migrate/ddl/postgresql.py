"""PostgreSQL: transactional DDL, types with names, identity columns, EXCLUDE, concurrent indexes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import Column, Computed, Identity, TextClause
from sqlalchemy.dialects.postgresql import DOMAIN, ENUM
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateIndex, DropIndex

from async_migrate.ddl.concurrent import must_run_alone
from async_migrate.ddl.elements import (
    AlterColumn,
    RenameTable,
    SetDefault,
    SetIdentity,
    SetType,
    alter_column,
    alter_table,
    as_sent,
    table_name,
    type_text,
)
from async_migrate.ddl.generator import DialectDDL
from async_migrate.ddl.objects import Enums, Extensions
from async_migrate.ddl.objects.views import ALL_VIEW_FEATURES
from async_migrate.ddl.schema_items import compiled_expression, instance_of, types_within
from async_migrate.ddl.statement import EnsureType, Statement
from async_migrate.errors import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Index
    from sqlalchemy.sql.compiler import DDLCompiler
    from sqlalchemy.types import TypeEngine

    from async_migrate.ddl.objects.base import ObjectKind
    from async_migrate.ddl.objects.views import ViewFeature
    from async_migrate.ddl.statement import Action
    from async_migrate.operations.columns import AlterColumnOp, DropColumnOp
    from async_migrate.operations.constraints import AddConstraintOp
    from async_migrate.operations.data import ExecuteSQLOp
    from async_migrate.operations.indexes import DropIndexOp
    from async_migrate.operations.tables import DropTableOp

__all__ = ["PostgreSQL"]

_REPLACES_TRIGGERS_SINCE = (14,)

_IDENTITY_OPTIONS = (
    "cache",
    "cycle",
    "increment",
    "maxvalue",
    "minvalue",
    "nomaxvalue",
    "nominvalue",
    "start",
)


class PostgreSQL(Enums, Extensions, DialectDDL, dialect="postgresql"):
    """What operations become on PostgreSQL."""

    transactional: ClassVar[bool] = True

    @property
    def title(self) -> str:
        """The name of the database."""
        return "PostgreSQL"

    # --- tables and columns ---------------------------------------------------------------------------------

    def drop_table(self, operation: DropTableOp) -> Iterator[Action]:
        """Drop a table, and of its types with a name those that nothing else uses."""
        yield from super().drop_table(operation)
        columns = operation.to_table(self).columns
        yield from self.drop_unused_types([*operation.drop_types, *(column.type for column in columns)])

    def drop_column(self, operation: DropColumnOp) -> Iterator[Action]:
        """Drop a column, and its type if that has a name and nothing else uses it."""
        yield from super().drop_column(operation)
        types = list(operation.kw.get("postgresql_drop_types") or ())
        if operation.original is not None:
            column = self._table_of_column(operation.original, operation.original.column).columns[0]
            types.append(column.type)
        yield from self.drop_unused_types(types)

    def alter_column(self, operation: AlterColumnOp) -> Iterator[Action]:
        """Change a column, and drop those of the listed types that nothing uses then."""
        yield from super().alter_column(operation)
        yield from self.drop_unused_types(operation.kw.get("postgresql_drop_types") or ())

    def ensure_types(self, type_: TypeEngine[Any]) -> Iterator[Action]:
        """Make sure that enums and domains exist, unless they say that others see to it (``create_type=False``)."""
        for part in types_within(type_, self.dialect):
            if isinstance(part, (ENUM, DOMAIN)) and part.create_type and part.name:
                yield EnsureType(part)

    def column_changes(self, operation: AlterColumnOp) -> Iterator[Action]:
        """Change a column: its type first, so that a new default meets the new type.

        Raises:
            InvalidArgumentError: There is a ``postgresql_using`` and no new type.
        """
        using = operation.kw.get("postgresql_using")
        if using is not None and operation.modify_type is None:
            raise InvalidArgumentError(
                "alter_column", "postgresql_using", using, accepted="an expression only together with type_"
            )
        yield from self.change_type(operation)
        yield from self.change_nullable(operation)
        yield from self.change_default(operation)
        yield from self.change_comment(operation)
        yield from self.change_name(operation)

    def change_type(self, operation: AlterColumnOp) -> Iterator[Action]:
        """Change the type of a column, its values converted as ``postgresql_using`` says."""
        if operation.modify_type is None:
            return
        type_ = self._owned(operation, instance_of(operation.modify_type))
        yield from self.ensure_types(type_)
        yield Statement(
            SetType(
                operation.table_name,
                operation.column_name,
                type_,
                schema=operation.schema,
                using=operation.kw.get("postgresql_using"),
            )
        )

    def change_computed(self, operation: AlterColumnOp) -> Iterator[Action]:
        """Change or remove the expression of a computed column; a plain column cannot be made computed."""
        before, after = operation.existing_server_default, operation.modify_server_default
        if not isinstance(before, Computed) or not (after is None or isinstance(after, Computed)):
            yield from super().change_computed(operation)
        else:
            sql = None if after is None else compiled_expression(after.sqltext, self.dialect)
            yield Statement(
                SetExpression(operation.table_name, operation.column_name, sql, schema=operation.schema)
            )

    def change_identity(self, operation: AlterColumnOp) -> Iterator[Action]:
        """Add, change or remove the identity of a column; a default and an identity exclude each other."""
        before, after = operation.existing_server_default, operation.modify_server_default
        table, column, schema = operation.table_name, operation.column_name, operation.schema
        existing = before if isinstance(before, Identity) else None
        wanted = after if isinstance(after, Identity) else None
        if wanted is not None and before not in (None, False) and existing is None:
            yield Statement(SetDefault(table, column, None, schema=schema))
        if wanted is None or existing is None or _identity_changes(existing, wanted):
            yield Statement(SetIdentity(table, column, wanted, schema=schema, existing=existing))
        if wanted is None and after is not None:
            yield Statement(SetDefault(table, column, after, schema=schema))

    def create_exclude_constraint(self, operation: AddConstraintOp) -> Iterator[Action]:
        """Add an EXCLUDE constraint."""
        yield from self.add_constraint(operation.to_constraint(self))

    def create_index_of(self, index: Index, *, if_not_exists: bool = False) -> Iterator[Action]:
        """Create an index; ``CONCURRENTLY`` runs outside any transaction."""
        yield Statement(CreateIndex(index, if_not_exists=if_not_exists), autocommit=_is_concurrent(index))

    def execute(self, operation: ExecuteSQLOp) -> Iterator[Action]:
        """Execute SQL of the author's own; ``CONCURRENTLY`` on an index runs outside any transaction."""
        for action in super().execute(operation):
            if isinstance(action, Statement) and isinstance(action.clause, TextClause):
                yield replace(action, autocommit=must_run_alone(action.clause.text))
            else:
                yield action

    def drop_index(self, operation: DropIndexOp) -> Iterator[Action]:
        """Drop an index; ``CONCURRENTLY`` runs outside any transaction."""
        index = operation.to_index(self)
        yield Statement(
            DropIndex(index, if_exists=bool(operation.if_exists)), autocommit=_is_concurrent(index)
        )

    # --- views, routines, triggers --------------------------------------------------------------------------

    @property
    def replaceable(self) -> frozenset[ObjectKind]:
        """The kinds of objects that one statement replaces; triggers since PostgreSQL 14."""
        version = self.dialect.server_version_info
        if version is not None and version < _REPLACES_TRIGGERS_SINCE:
            return frozenset(["view", "function", "procedure"])
        return frozenset(["view", "function", "procedure", "trigger"])

    @property
    def view_features(self) -> frozenset[ViewFeature]:
        """What may be asked of a view: all, but IF NOT EXISTS is for materialized views only."""
        return ALL_VIEW_FEATURES - {"if_not_exists"}

    @property
    def drops_by_arguments(self) -> bool:
        """Whether several routines may have one name: they may."""
        return True

    @property
    def triggers_belong_to_tables(self) -> bool:
        """Whether tables may have triggers of the same name: they may."""
        return True

    def _owned(self, operation: AlterColumnOp, type_: TypeEngine[Any]) -> TypeEngine[Any]:
        """Return a type as a column of the table has it: one without a schema may get that of the table."""
        column = Column(operation.column_name, type_)
        return self._table_of_column(operation, column).c[operation.column_name].type


class SetExpression(AlterColumn):
    """``ALTER COLUMN … SET EXPRESSION AS (…)`` (PostgreSQL 17), or ``DROP EXPRESSION`` (13).

    Attributes:
        sql: The expression; ``None`` makes it a plain column that keeps its values.
    """

    def __init__(self, table: str, column: str, sql: str | None, *, schema: str | None = None) -> None:
        super().__init__(table, column, schema=schema)
        self.sql = sql


def _is_concurrent(index: Index) -> bool:
    return bool(index.dialect_options["postgresql"].get("concurrently"))


def _identity_changes(existing: Identity, wanted: Identity) -> list[str]:
    """Return the clauses that make one identity another; what the new one leaves open is left as it is."""
    changes = []
    if bool(existing.always) != bool(wanted.always):
        changes.append(f"SET GENERATED {'ALWAYS' if wanted.always else 'BY DEFAULT'}")
    for option in _IDENTITY_OPTIONS:
        value = getattr(wanted, option)
        if value is not None and value != getattr(existing, option):
            changes.append(option)
    return changes


@compiles(RenameTable, "postgresql")
def _rename_table(element: RenameTable, compiler: DDLCompiler, **_: object) -> str:
    # The new name may not name a schema: the table stays where it is.
    return f"{alter_table(compiler, element)} RENAME TO {table_name(compiler, element.new_name)}"


@compiles(SetType, "postgresql")
def _set_type(element: SetType, compiler: DDLCompiler, **_: object) -> str:
    using = f" USING {element.using}" if element.using else ""
    return f"{alter_column(compiler, element)} TYPE {type_text(compiler, element.type)}{using}"


@compiles(SetExpression, "postgresql")
def _set_expression(element: SetExpression, compiler: DDLCompiler, **_: object) -> str:
    if element.sql is None:
        return f"{alter_column(compiler, element)} DROP EXPRESSION"
    return f"{alter_column(compiler, element)} SET EXPRESSION AS ({as_sent(compiler, element.sql)})"


@compiles(SetIdentity, "postgresql")
def _set_identity(element: SetIdentity, compiler: DDLCompiler, **_: object) -> str:
    if element.identity is None:
        return f"{alter_column(compiler, element)} DROP IDENTITY"
    if element.existing is None:
        return f"{alter_column(compiler, element)} ADD {compiler.process(element.identity)}"
    clauses = (
        change if change.startswith("SET ") else f"SET {_identity_option(element.identity, change, compiler)}"
        for change in _identity_changes(element.existing, element.identity)
    )
    return f"{alter_column(compiler, element)} {' '.join(clauses)}"


def _identity_option(identity: Identity, option: str, compiler: DDLCompiler) -> str:
    return compiler.get_identity_options(Identity(**{option: getattr(identity, option)}))
