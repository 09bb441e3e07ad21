"""SQL Server: transactional DDL, constraints behind defaults, comments as extended properties, ``GO`` in scripts."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from sqlalchemy import Computed, Identity, table
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement
from sqlalchemy.types import NVARCHAR

from async_migrate.ddl.elements import (
    AddColumn,
    AlterColumn,
    AlterTable,
    RenameColumn,
    RenameTable,
    SetDefault,
    SetNullable,
    SetType,
    alter_column,
    alter_table,
    column_definition,
    column_name,
    default_text,
    table_name,
    type_text,
)
from async_migrate.ddl.generator import DialectDDL
from async_migrate.ddl.schema_items import instance_of
from async_migrate.ddl.statement import Statement
from async_migrate.errors import InvalidArgumentError
from async_migrate.operations.schema_objects import index_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Column, Constraint, Executable, Index, Insert, Table
    from sqlalchemy.sql.compiler import DDLCompiler

    from async_migrate.ddl.draft import Draft
    from async_migrate.ddl.objects.base import ObjectKind
    from async_migrate.ddl.objects.triggers import TriggerFeature
    from async_migrate.ddl.objects.views import ViewFeature
    from async_migrate.ddl.statement import Action
    from async_migrate.operations.columns import AddColumnOp, AlterColumnOp, DropColumnOp
    from async_migrate.operations.data import BulkInsertOp
    from async_migrate.operations.tables import CreateTableCommentOp, DropTableCommentOp

__all__ = ["SQLServer"]


class SQLServer(DialectDDL, dialect="mssql"):
    """What operations become on SQL Server."""

    transactional: ClassVar[bool] = True
    separator: ClassVar[str] = "GO"
    begin_text: ClassVar[str] = "BEGIN TRANSACTION"

    @property
    def title(self) -> str:
        """The name of the database."""
        return "SQL Server"

    # --- views, routines, triggers --------------------------------------------------------------------------

    replacement: ClassVar[str] = "OR ALTER"

    @property
    def replaceable(self) -> frozenset[ObjectKind]:
        """The kinds of objects that one statement replaces (SQL Server 2016 SP1)."""
        return frozenset(["view", "function", "procedure", "trigger"])

    @property
    def cascades(self) -> bool:
        """Whether a drop can take with it what depends on the object: never."""
        return False

    @property
    def view_features(self) -> frozenset[ViewFeature]:
        """What may be asked of a view."""
        return frozenset(["check_option"])

    @property
    def trigger_features(self) -> frozenset[TriggerFeature]:
        """What may be asked of a trigger; all of them run once for a statement."""
        return frozenset(["for_each_statement", "instead_of", "several_events"])

    @property
    def has_languages(self) -> bool:
        """Whether it can be said in which language a routine is written: it is Transact-SQL."""
        return False

    # --- tables ---------------------------------------------------------------------------------------------

    def create_table_clause(self, table: Table, *, if_not_exists: bool) -> Executable:
        """Return the CREATE TABLE itself."""
        clause = CreateTable(table)
        return IfNoTable(clause, table.name, schema=table.schema) if if_not_exists else clause

    def create_table_comment(self, operation: CreateTableCommentOp) -> Iterator[Action]:
        """Set the comment of a table: added or updated, which are different procedures."""
        existing = operation.existing_comment
        yield from self._comment(operation.table_name, None, operation.comment, existing, operation.schema)

    def drop_table_comment(self, operation: DropTableCommentOp) -> Iterator[Action]:
        """Remove the comment of a table."""
        yield from self._comment(
            operation.table_name, None, None, operation.existing_comment, operation.schema
        )

    def comment_on_table(self, table: Table) -> Iterator[Action]:
        """Set the comment of a table that has none yet."""
        yield from self._comment(table.name, None, table.comment, None, table.schema)

    def comment_on_column(
        self, table: Table, column: str, comment: str | None, *, existing: str | None = None
    ) -> Iterator[Action]:
        """Set or remove the comment of a column."""
        yield from self._comment(table.name, column, comment, existing, table.schema)

    def _comment(
        self, table: str, column: str | None, comment: str | None, existing: str | None, schema: str | None
    ) -> Iterator[Action]:
        yield Statement(Description(table, column, comment, replaces=existing is not None, schema=schema))

    # --- columns --------------------------------------------------------------------------------------------

    def add_column_itself(
        self, operation: AddColumnOp, column: Column[Any], inline: Sequence[Constraint]
    ) -> Iterator[Action]:
        """Add a column with those of its constraints that are part of its definition."""
        clause = self.add_column_clause(operation, column, inline)
        if clause.if_not_exists:
            yield Statement(IfNoColumn(clause, column.name))
        else:
            yield Statement(clause)

    def drop_column(self, operation: DropColumnOp) -> Iterator[Action]:
        """Drop a column, and before it what hangs on it, as far as the call says so."""
        kinds: tuple[tuple[str, Literal["default", "check", "foreign key"]], ...] = (
            ("mssql_drop_default", "default"),
            ("mssql_drop_check", "check"),
            ("mssql_drop_foreign_key", "foreign key"),
        )
        for option, kind in kinds:
            if operation.kw.get(option):
                yield Statement(
                    DropColumnConstraints(
                        operation.table_name, operation.column_name, kind, schema=operation.schema
                    )
                )
        yield from super().drop_column(operation)

    def column_changes(self, operation: AlterColumnOp) -> Iterator[Action]:
        """Change a column: its default goes first, because it stands in the way of a new type."""
        before, after = operation.existing_server_default, operation.modify_server_default
        plain = not any(isinstance(default, (Computed, Identity)) for default in (before, after))
        if not plain:
            yield from self.change_default(operation)
        if plain and after is not False and (before is not False or after is None):
            yield Statement(
                DropColumnConstraints(
                    operation.table_name, operation.column_name, "default", schema=operation.schema
                )
            )
        yield from self.change_type(operation)
        yield from self.change_comment(operation)
        if plain and after is not False and after is not None:
            yield from self.change_default(operation)
        yield from self.change_name(operation)

    def change_type(self, operation: AlterColumnOp) -> Iterator[Action]:
        """Change type and nullability, which are one statement.

        Raises:
            InvalidArgumentError: The nullability is to change and the type is not known.
        """
        type_ = operation.modify_type if operation.modify_type is not None else operation.existing_type
        nullable = operation.modify_nullable
        if nullable is None and operation.modify_type is not None:
            nullable = operation.existing_nullable
        if nullable is None and operation.modify_type is None:
            return
        if type_ is None:
            raise InvalidArgumentError(
                "alter_column",
                "existing_type",
                None,
                accepted=f"the type of {operation.table_name}.{operation.column_name} on SQL Server, where a column's "
                "nullability is changed together with its type",
            )
        table, column, schema = operation.table_name, operation.column_name, operation.schema
        if nullable is None:
            warnings.warn(
                f"alter_column() gives {table}.{column} a new type and does not say whether it is nullable; SQL Server "
                "then makes it nullable. Pass existing_nullable= or nullable=.",
                stacklevel=2,
            )
            yield Statement(SetType(table, column, instance_of(type_), schema=schema))
        else:
            yield Statement(SetNullable(table, column, nullable, schema=schema, type_=instance_of(type_)))

    # --- indexes and rows -----------------------------------------------------------------------------------

    def create_index_of(self, index: Index, *, if_not_exists: bool = False) -> Iterator[Action]:
        """Create the index that an object describes."""
        clause = CreateIndex(index)
        yield Statement(IfNoIndex(clause, index) if if_not_exists else clause)

    def bulk_insert(self, operation: BulkInsertOp) -> Iterator[Action]:
        """Insert rows, with ``IDENTITY_INSERT`` on around them if they give the identity column a value."""
        if not operation.rows:
            return
        names = list(dict.fromkeys(name for row in operation.rows for name in row))
        name, schema = operation.table.name, getattr(operation.table, "schema", None)
        yield Statement(IdentityInsert(name, "ON", names, schema=schema))
        yield from super().bulk_insert(operation)
        yield Statement(IdentityInsert(name, "OFF", names, schema=schema))

    def copy_rows(self, draft: Draft, temporary: str, insert: Insert) -> Iterator[Action]:
        """Copy the rows of the old table, their identities included."""
        names = list(draft.sources)
        yield Statement(IdentityInsert(temporary, "ON", names, schema=draft.schema))
        yield Statement(insert)
        yield Statement(IdentityInsert(temporary, "OFF", names, schema=draft.schema))


class Description(AlterTable):
    """The comment of a table or column, an extended property named ``MS_Description``.

    Attributes:
        column: The column; ``None`` for the table itself.
        comment: The comment; ``None`` removes it.
        replaces: Whether there is one already.
    """

    def __init__(
        self, table: str, column: str | None, comment: str | None, *, replaces: bool, schema: str | None
    ) -> None:
        super().__init__(table, schema=schema)
        self.column = column
        self.comment = comment
        self.replaces = replaces


class DropColumnConstraints(AlterColumn):
    """The constraints of one kind that hang on a column, whose names the server made up, are dropped.

    Attributes:
        kind: Which kind.
    """

    def __init__(
        self,
        table: str,
        column: str,
        kind: Literal["default", "check", "foreign key"],
        *,
        schema: str | None = None,
    ) -> None:
        super().__init__(table, column, schema=schema)
        self.kind = kind


class IdentityInsert(AlterTable):
    """``SET IDENTITY_INSERT``, if one of the columns is the table's identity.

    Attributes:
        switch: ``ON`` or ``OFF``.
        columns: The columns that are given values.
    """

    def __init__(
        self, table: str, switch: Literal["ON", "OFF"], columns: Sequence[str], *, schema: str | None = None
    ) -> None:
        super().__init__(table, schema=schema)
        self.switch = switch
        self.columns = columns


class IfNoTable(AlterTable):
    """A statement that runs unless a table exists.

    Attributes:
        statement: The statement.
    """

    def __init__(self, statement: ExecutableDDLElement, table: str, *, schema: str | None) -> None:
        super().__init__(table, schema=schema)
        self.statement = statement


class IfNoColumn(AlterColumn):
    """A statement that runs unless a column exists.

    Attributes:
        statement: The statement.
    """

    def __init__(self, statement: AlterTable, column: str) -> None:
        super().__init__(statement.table, column, schema=statement.schema)
        self.statement = statement


class IfNoIndex(ExecutableDDLElement):
    """A statement that runs unless an index exists.

    Attributes:
        statement: The statement.
        index: The index.
    """

    inherit_cache = False

    def __init__(self, statement: ExecutableDDLElement, index: Index) -> None:
        self.statement = statement
        self.index = index


def _text(compiler: DDLCompiler, value: str) -> str:
    return compiler.sql_compiler.render_literal_value(value, NVARCHAR())


def _object_id(compiler: DDLCompiler, name: str, schema: str | None) -> str:
    return f"OBJECT_ID({_text(compiler, table_name(compiler, name, schema=schema))})"


def _schema_of(compiler: DDLCompiler, element: AlterTable) -> str | None:
    """Return the schema of a table, which a script may not know."""
    named: str | None = compiler.preparer.schema_for_object(table(element.table, schema=element.schema))
    return named or compiler.dialect.default_schema_name


@compiles(Description, "mssql")
def _description(element: Description, compiler: DDLCompiler, **_: object) -> str:
    procedure = (
        "sp_dropextendedproperty"
        if element.comment is None
        else "sp_updateextendedproperty"
        if element.replaces
        else "sp_addextendedproperty"
    )
    schema = _schema_of(compiler, element)
    arguments = ["'MS_Description'"]
    if element.comment is not None:
        arguments.append(_text(compiler, element.comment))
    arguments += ["'schema'", compiler.preparer.quote_schema(schema) if schema else "@schema"]
    arguments += ["'table'", column_name(compiler, element.table)]
    if element.column is not None:
        arguments += ["'column'", column_name(compiler, element.column)]
    # A script is written without knowing the schema that its user will have by default.
    declaration = "" if schema else "declare @schema sysname = schema_name() "
    return f"{declaration}exec {procedure} {', '.join(arguments)}"


@compiles(DropColumnConstraints, "mssql")
def _drop_column_constraints(element: DropColumnConstraints, compiler: DDLCompiler, **_: object) -> str:
    parent = _object_id(compiler, element.table, element.schema)
    column = _text(compiler, element.column)
    if element.kind == "foreign key":
        names = (
            "sys.foreign_key_columns AS c JOIN sys.foreign_keys AS k ON k.object_id = c.constraint_object_id "
            f"WHERE c.parent_object_id = {parent} AND COL_NAME(c.parent_object_id, c.parent_column_id) = {column}"
        )
    else:
        names = (
            f"sys.{element.kind}_constraints AS k "
            f"WHERE k.parent_object_id = {parent} AND COL_NAME(k.parent_object_id, k.parent_column_id) = {column}"
        )
    drop = _text(compiler, f"{alter_table(compiler, element)} DROP CONSTRAINT ")
    return "\n".join(
        [
            "DECLARE @drops nvarchar(max) = N''",
            f"SELECT @drops = @drops + {drop} + QUOTENAME(k.name) + N';' FROM {names}",  # noqa: S608  quoted
            "EXEC sp_executesql @drops",
        ]
    )


@compiles(IdentityInsert, "mssql")
def _identity_insert(element: IdentityInsert, compiler: DDLCompiler, **_: object) -> str:
    table_id = _object_id(compiler, element.table, element.schema)
    columns = ", ".join(_text(compiler, name) for name in element.columns)
    found = f"SELECT 1 FROM sys.identity_columns WHERE object_id = {table_id} AND name IN ({columns})"  # noqa: S608  quoted
    switch = f"{table_name(compiler, element.table, schema=element.schema)} {element.switch}"
    return f"IF EXISTS ({found}) SET IDENTITY_INSERT {switch}"


@compiles(IfNoTable, "mssql")
def _if_no_table(element: IfNoTable, compiler: DDLCompiler, **_: object) -> str:
    found = _object_id(compiler, element.table, element.schema)
    return f"IF {found} IS NULL\n{compiler.process(element.statement).strip()}"


@compiles(IfNoColumn, "mssql")
def _if_no_column(element: IfNoColumn, compiler: DDLCompiler, **_: object) -> str:
    table_text = _text(compiler, table_name(compiler, element.table, schema=element.schema))
    return (
        f"IF COL_LENGTH({table_text}, {_text(compiler, element.column)}) IS NULL "
        f"{compiler.process(element.statement)}"
    )


@compiles(IfNoIndex, "mssql")
def _if_no_index(element: IfNoIndex, compiler: DDLCompiler, **_: object) -> str:
    parent = _text(compiler, compiler.preparer.format_table(index_table(element.index)))
    name = _text(compiler, str(element.index.name))
    found = f"SELECT 1 FROM sys.indexes WHERE object_id = OBJECT_ID({parent}) AND name = {name}"  # noqa: S608  quoted
    return f"IF NOT EXISTS ({found}) {compiler.process(element.statement)}"


@compiles(RenameTable, "mssql")
def _rename_table(element: RenameTable, compiler: DDLCompiler, **_: object) -> str:
    old = table_name(compiler, element.table, schema=element.schema).replace("'", "''")
    return f"EXEC sp_rename '{old}', {table_name(compiler, element.new_name)}"


@compiles(RenameColumn, "mssql")
def _rename_column(element: RenameColumn, compiler: DDLCompiler, **_: object) -> str:
    table_text = table_name(compiler, element.table, schema=element.schema)
    old = f"{table_text}.{column_name(compiler, element.column)}".replace("'", "''")
    return f"EXEC sp_rename '{old}', {column_name(compiler, element.new_name)}, 'COLUMN'"


@compiles(AddColumn, "mssql")
def _add_column(element: AddColumn, compiler: DDLCompiler, **_: object) -> str:
    return f"{alter_table(compiler, element)} ADD {column_definition(compiler, element)}"


@compiles(SetNullable, "mssql")
def _set_nullable(element: SetNullable, compiler: DDLCompiler, **_: object) -> str:
    assert element.type is not None  # noqa: S101  SQLServer.change_type has seen to it
    nullability = "NULL" if element.nullable else "NOT NULL"
    return f"{alter_column(compiler, element)} {type_text(compiler, element.type)} {nullability}"


@compiles(SetType, "mssql")
def _set_type(element: SetType, compiler: DDLCompiler, **_: object) -> str:
    return f"{alter_column(compiler, element)} {type_text(compiler, element.type)}"


@compiles(SetDefault, "mssql")
def _set_default(element: SetDefault, compiler: DDLCompiler, **_: object) -> str:
    default = default_text(compiler, element.default)
    return (
        f"{alter_table(compiler, element)} ADD DEFAULT {default} FOR {column_name(compiler, element.column)}"
    )
