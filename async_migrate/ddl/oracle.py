"""Oracle: no transactional DDL, ``MODIFY`` for every change of a column.

``IF [NOT] EXISTS`` came with 23ai. The same is had on every version by running the statement in a block that
lets one error pass, so that is what is written here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import Identity
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import (
    CreateIndex,
    CreateTable,
    DropConstraint,
    DropIndex,
    DropTable,
    ExecutableDDLElement,
)

from async_migrate.ddl.elements import (
    AddColumn,
    AlterColumn,
    DropColumn,
    RenameColumn,
    RenameTable,
    SetColumnComment,
    SetDefault,
    SetIdentity,
    SetNullable,
    SetType,
    alter_table,
    column_definition,
    column_name,
    default_text,
    literal,
    table_name,
    type_text,
)
from async_migrate.ddl.generator import DialectDDL
from async_migrate.ddl.objects.base import DropObject, drop_text
from async_migrate.ddl.objects.views import ALL_VIEW_FEATURES, CreateView
from async_migrate.ddl.statement import Statement, TableEvent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from sqlalchemy import Column, Constraint, Executable, Index, Table
    from sqlalchemy.sql.compiler import DDLCompiler

    from async_migrate.ddl.objects.base import ObjectKind
    from async_migrate.ddl.objects.views import ViewFeature
    from async_migrate.ddl.statement import Action
    from async_migrate.operations.columns import AddColumnOp, AlterColumnOp, DropColumnOp
    from async_migrate.operations.indexes import DropIndexOp
    from async_migrate.operations.tables import DropTableOp
    from async_migrate.operations.views import CreateViewOp

__all__ = ["Oracle", "Tolerant"]

_NAME_IN_USE = -955
_NO_SUCH_TABLE = -942
_COLUMN_EXISTS = -1430
_NO_SUCH_COLUMN = -904
_NO_SUCH_INDEX = -1418
_NO_SUCH_CONSTRAINT = -2443
_MATERIALIZED_VIEW_EXISTS = -12006

_NO_SUCH_OBJECT: Mapping[str, int] = {
    "function": -4043,
    "materialized view": -12003,
    "procedure": -4043,
    "trigger": -4080,
    "view": _NO_SUCH_TABLE,
}


class Oracle(DialectDDL, dialect="oracle"):
    """What operations become on Oracle."""

    terminator: ClassVar[str] = ""
    separator: ClassVar[str] = "/"
    begin_text: ClassVar[str] = "SET TRANSACTION READ WRITE"

    @property
    def title(self) -> str:
        """The name of the database."""
        return "Oracle"

    # --- views, routines, triggers --------------------------------------------------------------------------

    @property
    def replaceable(self) -> frozenset[ObjectKind]:
        """The kinds of objects that one statement replaces."""
        return frozenset(["view", "function", "procedure", "trigger"])

    @property
    def cascades(self) -> bool:
        """Whether a drop can take with it what depends on the object: it is left invalid instead."""
        return False

    @property
    def view_features(self) -> frozenset[ViewFeature]:
        """What may be asked of a view."""
        return ALL_VIEW_FEATURES - {"local_check_option", "refresh_concurrently", "refresh_without_data"}

    @property
    def has_languages(self) -> bool:
        """Whether it can be said in which language a routine is written: it is PL/SQL."""
        return False

    def create_view(self, operation: CreateViewOp) -> Iterator[Action]:
        """Create a view."""
        self.check_view(operation)
        error = _MATERIALIZED_VIEW_EXISTS if operation.materialized else _NAME_IN_USE
        yield Statement(_tolerant(CreateView(operation), error, when=bool(operation.if_not_exists)))

    # --- tables ---------------------------------------------------------------------------------------------

    def create_table_clause(self, table: Table, *, if_not_exists: bool) -> Executable:
        """Return the CREATE TABLE itself."""
        return _tolerant(CreateTable(table), _NAME_IN_USE, when=if_not_exists)

    def drop_table(self, operation: DropTableOp) -> Iterator[Action]:
        """Drop a table."""
        table = operation.to_table(self)
        yield TableEvent("before_drop", table)
        yield Statement(_tolerant(DropTable(table), _NO_SUCH_TABLE, when=bool(operation.if_exists)))
        yield TableEvent("after_drop", table)

    def add_column_itself(
        self, operation: AddColumnOp, column: Column[Any], inline: Sequence[Constraint]
    ) -> Iterator[Action]:
        """Add a column with those of its constraints that are part of its definition."""
        clause = self.add_column_clause(operation, column, inline)
        yield Statement(_tolerant(clause, _COLUMN_EXISTS, when=clause.if_not_exists))

    def drop_column(self, operation: DropColumnOp) -> Iterator[Action]:
        """Drop a column."""
        clause = DropColumn(operation.table_name, operation.column_name, schema=operation.schema)
        yield Statement(_tolerant(clause, _NO_SUCH_COLUMN, when=bool(operation.if_exists)))

    def change_identity(self, operation: AlterColumnOp) -> Iterator[Action]:
        """Change or remove the identity of a column."""
        after = operation.modify_server_default
        identity = after if isinstance(after, Identity) else None
        yield Statement(
            SetIdentity(operation.table_name, operation.column_name, identity, schema=operation.schema)
        )
        if identity is None and after is not None:
            yield Statement(
                SetDefault(operation.table_name, operation.column_name, after, schema=operation.schema)
            )

    def drop_constraint_of(self, constraint: Constraint, *, if_exists: bool = False) -> Iterator[Action]:
        """Drop the constraint that an object stands for."""
        yield Statement(_tolerant(DropConstraint(constraint), _NO_SUCH_CONSTRAINT, when=if_exists))

    def create_index_of(self, index: Index, *, if_not_exists: bool = False) -> Iterator[Action]:
        """Create the index that an object describes."""
        yield Statement(_tolerant(CreateIndex(index), _NAME_IN_USE, when=if_not_exists))

    def drop_index(self, operation: DropIndexOp) -> Iterator[Action]:
        """Drop an index."""
        clause = DropIndex(operation.to_index(self))
        yield Statement(_tolerant(clause, _NO_SUCH_INDEX, when=bool(operation.if_exists)))


class Tolerant(ExecutableDDLElement):
    """A statement that may fail with one error: the one which says that there is nothing to do.

    Attributes:
        statement: The statement.
        error: The number of that error, as SQLCODE has it.
    """

    inherit_cache = False

    def __init__(self, statement: ExecutableDDLElement, error: int) -> None:
        self.statement = statement
        self.error = error


def _tolerant(statement: ExecutableDDLElement, error: int, *, when: bool) -> ExecutableDDLElement:
    return Tolerant(statement, error) if when else statement


def _modify(compiler: DDLCompiler, element: AlterColumn) -> str:
    return f"{alter_table(compiler, element)} MODIFY {column_name(compiler, element.column)}"


@compiles(Tolerant, "oracle")
def _tolerant_block(element: Tolerant, compiler: DDLCompiler, **_: object) -> str:
    return _tolerating(compiler.process(element.statement), element.error)


@compiles(DropObject, "oracle")
def _drop_object(element: DropObject, compiler: DDLCompiler, **_: object) -> str:
    drop = drop_text(element, compiler, guarded=False)
    return _tolerating(drop, _NO_SUCH_OBJECT[element.kind]) if element.if_exists else drop


def _tolerating(sql: str, error: int) -> str:
    statement = sql.strip().replace("'", "''")
    return (
        f"BEGIN\n    EXECUTE IMMEDIATE '{statement}';\n"
        f"EXCEPTION\n    WHEN OTHERS THEN\n        IF SQLCODE != {error} THEN RAISE; END IF;\nEND;"
    )


@compiles(RenameTable, "oracle")
def _rename_table(element: RenameTable, compiler: DDLCompiler, **_: object) -> str:
    return f"{alter_table(compiler, element)} RENAME TO {table_name(compiler, element.new_name)}"


@compiles(AddColumn, "oracle")
def _add_column(element: AddColumn, compiler: DDLCompiler, **_: object) -> str:
    return f"{alter_table(compiler, element)} ADD {column_definition(compiler, element)}"


@compiles(RenameColumn, "oracle")
def _rename_column(element: RenameColumn, compiler: DDLCompiler, **_: object) -> str:
    names = f"{column_name(compiler, element.column)} TO {column_name(compiler, element.new_name)}"
    return f"{alter_table(compiler, element)} RENAME COLUMN {names}"


@compiles(SetNullable, "oracle")
def _set_nullable(element: SetNullable, compiler: DDLCompiler, **_: object) -> str:
    return f"{_modify(compiler, element)} {'NULL' if element.nullable else 'NOT NULL'}"


@compiles(SetType, "oracle")
def _set_type(element: SetType, compiler: DDLCompiler, **_: object) -> str:
    return f"{_modify(compiler, element)} {type_text(compiler, element.type)}"


@compiles(SetDefault, "oracle")
def _set_default(element: SetDefault, compiler: DDLCompiler, **_: object) -> str:
    default = "NULL" if element.default is None else default_text(compiler, element.default)
    return f"{_modify(compiler, element)} DEFAULT {default}"


@compiles(SetIdentity, "oracle")
def _set_identity(element: SetIdentity, compiler: DDLCompiler, **_: object) -> str:
    if element.identity is None:
        return f"{_modify(compiler, element)} DROP IDENTITY"
    return f"{_modify(compiler, element)} {compiler.process(element.identity)}"


@compiles(SetColumnComment, "oracle")
def _set_column_comment(element: SetColumnComment, compiler: DDLCompiler, **_: object) -> str:
    table = table_name(compiler, element.table, schema=element.schema)
    # There is no removing a comment; an empty one is none.
    comment = literal(compiler, element.comment or "")
    return f"COMMENT ON COLUMN {table}.{column_name(compiler, element.column)} IS {comment}"
