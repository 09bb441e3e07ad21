"""The ALTER statements that SQLAlchemy lacks, as elements that its compilers render.

Each class says what is to change; the functions below it say how the SQL standard, or the nearest thing to it
that several databases share, writes that. Where a database differs, its module registers its own form with
``@compiles(Element, "dialect")``, and so can an external dialect.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Column, ForeignKeyConstraint, Integer, table
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import ExecutableDDLElement
from sqlalchemy.types import String

if TYPE_CHECKING:
    from sqlalchemy import CheckConstraint, Identity
    from sqlalchemy.sql.compiler import DDLCompiler
    from sqlalchemy.types import TypeEngine

    from async_migrate.operations.base import ServerDefault

__all__ = [
    "AddColumn",
    "AlterColumn",
    "AlterTable",
    "DropColumn",
    "RenameColumn",
    "RenameTable",
    "SetColumnComment",
    "SetDefault",
    "SetIdentity",
    "SetNullable",
    "SetType",
    "Verbatim",
    "alter_column",
    "alter_table",
    "as_sent",
    "column_definition",
    "column_name",
    "default_text",
    "literal",
    "table_name",
    "type_text",
]


class Verbatim(ExecutableDDLElement):
    """A statement that exists as text already.

    Unlike ``text()`` it knows no bound parameters, so a colon is a colon.

    Attributes:
        sql: The statement.
    """

    inherit_cache = False

    def __init__(self, sql: str) -> None:
        self.sql = sql


class AlterTable(ExecutableDDLElement):
    """A change of an existing table.

    Attributes:
        table: Its name.
        schema: Its schema.
    """

    inherit_cache = False

    def __init__(self, table: str, *, schema: str | None = None) -> None:
        self.table = table
        self.schema = schema


class RenameTable(AlterTable):
    """``ALTER TABLE … RENAME TO …``.

    Attributes:
        new_name: The new name, in the same schema.
    """

    def __init__(self, table: str, new_name: str, *, schema: str | None = None) -> None:
        super().__init__(table, schema=schema)
        self.new_name = new_name


class AddColumn(AlterTable):
    """``ALTER TABLE … ADD COLUMN …``.

    Attributes:
        column: The column; it belongs to a table of that name.
        if_not_exists: Whether its presence is no error.
        primary_key: Whether PRIMARY KEY is part of the definition.
        inline: The constraints that are part of the definition.
    """

    def __init__(
        self,
        table: str,
        column: Column[Any],
        *,
        schema: str | None = None,
        if_not_exists: bool = False,
        primary_key: bool = False,
        inline: tuple[CheckConstraint | ForeignKeyConstraint, ...] = (),
    ) -> None:
        super().__init__(table, schema=schema)
        self.column = column
        self.if_not_exists = if_not_exists
        self.primary_key = primary_key
        self.inline = inline


class DropColumn(AlterTable):
    """``ALTER TABLE … DROP COLUMN …``.

    Attributes:
        column: The column's name.
        if_exists: Whether its absence is no error.
    """

    def __init__(
        self, table: str, column: str, *, schema: str | None = None, if_exists: bool = False
    ) -> None:
        super().__init__(table, schema=schema)
        self.column = column
        self.if_exists = if_exists


class AlterColumn(AlterTable):
    """A change of an existing column.

    Attributes:
        column: Its name.
    """

    def __init__(self, table: str, column: str, *, schema: str | None = None) -> None:
        super().__init__(table, schema=schema)
        self.column = column


class RenameColumn(AlterColumn):
    """``ALTER TABLE … RENAME … TO …``.

    Attributes:
        new_name: The new name.
    """

    def __init__(self, table: str, column: str, new_name: str, *, schema: str | None = None) -> None:
        super().__init__(table, column, schema=schema)
        self.new_name = new_name


class SetNullable(AlterColumn):
    """``ALTER COLUMN … SET NOT NULL``, or ``DROP NOT NULL``.

    Attributes:
        nullable: Whether the column may be null from now on.
        type: The type of the column, for the databases that must be told.
    """

    def __init__(
        self,
        table: str,
        column: str,
        nullable: bool,
        *,
        schema: str | None = None,
        type_: TypeEngine[Any] | None = None,
    ) -> None:
        super().__init__(table, column, schema=schema)
        self.nullable = nullable
        self.type = type_


class SetType(AlterColumn):
    """``ALTER COLUMN … TYPE …``.

    Attributes:
        type: The new type.
        using: How PostgreSQL makes a new value of an old one, as SQL.
    """

    def __init__(
        self,
        table: str,
        column: str,
        type_: TypeEngine[Any],
        *,
        schema: str | None = None,
        using: str | None = None,
    ) -> None:
        super().__init__(table, column, schema=schema)
        self.type = type_
        self.using = using


class SetDefault(AlterColumn):
    """``ALTER COLUMN … SET DEFAULT …``, or ``DROP DEFAULT``.

    Attributes:
        default: The default; ``None`` removes it.
    """

    def __init__(self, table: str, column: str, default: ServerDefault, *, schema: str | None = None) -> None:
        super().__init__(table, column, schema=schema)
        self.default = default


class SetIdentity(AlterColumn):
    """``ALTER COLUMN … ADD GENERATED … AS IDENTITY``, a change of its options, or ``DROP IDENTITY``.

    Attributes:
        identity: The identity the column shall have; ``None`` removes it.
        existing: The identity it has.
    """

    def __init__(
        self,
        table: str,
        column: str,
        identity: Identity | None,
        *,
        schema: str | None = None,
        existing: Identity | None = None,
    ) -> None:
        super().__init__(table, column, schema=schema)
        self.identity = identity
        self.existing = existing


class SetColumnComment(AlterColumn):
    """``COMMENT ON COLUMN … IS …``.

    SQLAlchemy has such an element too, which loses the schema when a comment is removed.

    Attributes:
        comment: The comment; ``None`` removes it.
    """

    def __init__(self, table: str, column: str, comment: str | None, *, schema: str | None = None) -> None:
        super().__init__(table, column, schema=schema)
        self.comment = comment


def table_name(compiler: DDLCompiler, name: str, *, schema: str | None = None) -> str:
    """Return a table's name, quoted where needed, behind its schema."""
    return compiler.preparer.format_table(table(name, schema=schema))


def column_name(compiler: DDLCompiler, name: str) -> str:
    """Return a column's name, quoted where needed."""
    return compiler.preparer.quote(name)


def alter_table(compiler: DDLCompiler, element: AlterTable) -> str:
    """Return ``ALTER TABLE`` and the table."""
    return f"ALTER TABLE {table_name(compiler, element.table, schema=element.schema)}"


def alter_column(compiler: DDLCompiler, element: AlterColumn) -> str:
    """Return ``ALTER TABLE``, the table, ``ALTER COLUMN`` and the column."""
    return f"{alter_table(compiler, element)} ALTER COLUMN {column_name(compiler, element.column)}"


def type_text(compiler: DDLCompiler, type_: TypeEngine[Any]) -> str:
    """Return a type as the database writes it."""
    # The preparer comes along so that a named type gets its schema, translated where the connection asks for that.
    return compiler.dialect.type_compiler_instance.process(type_, identifier_preparer=compiler.preparer)


def default_text(compiler: DDLCompiler, default: ServerDefault) -> str:
    """Return the expression of a server default; empty if the database sets it by other means."""
    column = Column("x", Integer, server_default=cast("Any", default))
    return compiler.get_column_default_string(column) or ""


def literal(compiler: DDLCompiler, value: str) -> str:
    """Return a string as SQL writes it."""
    return compiler.sql_compiler.render_literal_value(value, String())


def as_sent(compiler: DDLCompiler, sql: str) -> str:
    """Return SQL that is text already as the driver wants it: some want percent signs doubled."""
    text: str = compiler.sql_compiler.post_process_text(sql)  # type: ignore[no-untyped-call]  # SQLAlchemy's own
    return text


def column_definition(compiler: DDLCompiler, element: AddColumn) -> str:
    """Return the definition of a column to add: its specification, then the constraints that are part of it."""
    parts = [compiler.get_column_specification(element.column)]
    if element.primary_key and element.column.primary_key:
        parts.append("PRIMARY KEY")
    parts += [_inline(compiler, constraint) for constraint in element.inline]
    parts += [compiler.process(constraint) for constraint in element.column.constraints]
    return " ".join(part for part in parts if part)


def _inline(compiler: DDLCompiler, constraint: CheckConstraint | ForeignKeyConstraint) -> str:
    """Return a constraint as part of a column's definition, where FOREIGN KEY and the column go without saying."""
    text: str | None = compiler.process(constraint)
    if text is None or not isinstance(constraint, ForeignKeyConstraint):
        return text or ""
    before, references, after = text.partition("REFERENCES ")
    return f"{before[: before.rindex('FOREIGN KEY')]}{references}{after}"


@compiles(Verbatim)
def _verbatim(element: Verbatim, compiler: DDLCompiler, **_: object) -> str:
    return as_sent(compiler, element.sql)


@compiles(RenameTable)
def _rename_table(element: RenameTable, compiler: DDLCompiler, **_: object) -> str:
    new_name = table_name(compiler, element.new_name, schema=element.schema)
    return f"{alter_table(compiler, element)} RENAME TO {new_name}"


@compiles(AddColumn)
def _add_column(element: AddColumn, compiler: DDLCompiler, **_: object) -> str:
    guard = "IF NOT EXISTS " if element.if_not_exists else ""
    return f"{alter_table(compiler, element)} ADD COLUMN {guard}{column_definition(compiler, element)}"


@compiles(DropColumn)
def _drop_column(element: DropColumn, compiler: DDLCompiler, **_: object) -> str:
    guard = "IF EXISTS " if element.if_exists else ""
    return f"{alter_table(compiler, element)} DROP COLUMN {guard}{column_name(compiler, element.column)}"


@compiles(RenameColumn)
def _rename_column(element: RenameColumn, compiler: DDLCompiler, **_: object) -> str:
    names = f"{column_name(compiler, element.column)} TO {column_name(compiler, element.new_name)}"
    return f"{alter_table(compiler, element)} RENAME {names}"


@compiles(SetNullable)
def _set_nullable(element: SetNullable, compiler: DDLCompiler, **_: object) -> str:
    return f"{alter_column(compiler, element)} {'DROP' if element.nullable else 'SET'} NOT NULL"


@compiles(SetType)
def _set_type(element: SetType, compiler: DDLCompiler, **_: object) -> str:
    return f"{alter_column(compiler, element)} TYPE {type_text(compiler, element.type)}"


@compiles(SetDefault)
def _set_default(element: SetDefault, compiler: DDLCompiler, **_: object) -> str:
    if element.default is None:
        return f"{alter_column(compiler, element)} DROP DEFAULT"
    return f"{alter_column(compiler, element)} SET DEFAULT {default_text(compiler, element.default)}"


@compiles(SetColumnComment)
def _set_column_comment(element: SetColumnComment, compiler: DDLCompiler, **_: object) -> str:
    column = f"{table_name(compiler, element.table, schema=element.schema)}.{column_name(compiler, element.column)}"
    comment = "NULL" if element.comment is None else literal(compiler, element.comment)
    return f"COMMENT ON COLUMN {column} IS {comment}"
