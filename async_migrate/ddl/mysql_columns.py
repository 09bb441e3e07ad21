"""MySQL and MariaDB change a column by stating all of it: the statement, and what is known of a column beforehand.

What ``alter_column()`` leaves out would be lost. Where there is a database to look at it is read from there; in a
script only ``existing_type`` and its like can tell it, as with Alembic.
"""

from __future__ import annotations

import re
from copy import copy
from typing import TYPE_CHECKING, Any

from sqlalchemy import Computed
from sqlalchemy.ext.compiler import compiles

from async_migrate.ddl.attached import Attached
from async_migrate.ddl.elements import (
    AlterColumn,
    SetDefault,
    alter_column,
    alter_table,
    as_sent,
    column_name,
    default_text,
    literal,
    type_text,
)
from async_migrate.ddl.sqltext import is_in_parentheses, with_names_changed
from async_migrate.errors import NotInTableError
from async_migrate.operations.columns import AddColumnOp, AlterColumnOp, DropColumnOp

if TYPE_CHECKING:
    from sqlalchemy import Column, Dialect, Table
    from sqlalchemy.sql.compiler import DDLCompiler
    from sqlalchemy.types import TypeEngine

    from async_migrate.operations.base import MigrateOperation, ServerDefault

__all__ = ["ChangeColumn", "KnownColumns"]

_CHECK = "existing_check"
"""The option of an operation that holds the CHECK in the definition of its column; nobody but this module sets it."""


class ChangeColumn(AlterColumn):
    """``MODIFY``, or ``CHANGE`` with a name, and the whole definition of a column.

    Attributes:
        keyword: ``MODIFY`` or ``CHANGE``.
        new_name: The name the column shall have.
        type: Its type.
        nullable: Whether it may be null.
        default: Its server default, or how it is generated; ``None`` or ``False`` for neither.
        autoincrement: Whether it counts up.
        comment: Its comment.
        check: The CHECK that is part of its definition.
    """

    def __init__(self, operation: AlterColumnOp, *, keyword: str, type_: TypeEngine[Any]) -> None:
        super().__init__(operation.table_name, operation.column_name, schema=operation.schema)
        self.keyword = keyword
        self.new_name = operation.modify_name or operation.column_name
        self.type = type_
        self.nullable = _first_given(operation.modify_nullable, operation.existing_nullable, otherwise=True)
        self.default: ServerDefault = (
            operation.existing_server_default
            if operation.modify_server_default is False
            else operation.modify_server_default
        )
        self.autoincrement = _first_given(
            operation.kw.get("autoincrement"), operation.kw.get("existing_autoincrement"), otherwise=False
        )
        self.comment = (
            operation.existing_comment if operation.modify_comment is False else operation.modify_comment
        )
        self.check: str | None = operation.kw.get(_CHECK)


class KnownColumns:
    """The columns of a table while operations change them one after the other.

    Args:
        dialect: The dialect of the database.
        table: The table as it is.
    """

    def __init__(self, dialect: Dialect, table: Table) -> None:
        self._quote = dialect.identifier_preparer.quote_identifier
        self._table = table.name
        self._columns = {column.name: _described(column) for column in table.columns}
        for name, check in Attached.to(table).column_checks.items():
            self._columns[name].kw[_CHECK] = check

    def told(self, operation: MigrateOperation) -> MigrateOperation:
        """Return an operation that says all there is to say about the column it changes, and take note of it.

        Raises:
            NotInTableError: There is no such column.
        """
        match operation:
            case AddColumnOp():
                self._columns.setdefault(operation.column.name, _described(operation.column))
            case DropColumnOp():
                self._columns.pop(operation.column_name, None)
            case AlterColumnOp():
                return self._told(operation)
        return operation

    def _told(self, operation: AlterColumnOp) -> AlterColumnOp:
        name = operation.column_name
        if name not in self._columns:
            raise NotInTableError(
                "alter_column", table=self._table, kind="column", name=name, known=list(self._columns)
            )
        told = _completed(operation, self._columns.pop(name))
        new_name = told.modify_name or name
        if _CHECK in told.kw:
            told.kw[_CHECK] = with_names_changed(told.kw[_CHECK], {name: new_name}, quote=self._quote)
        self._columns[new_name] = _outcome(told)
        return told


def _described(column: Column[Any]) -> AlterColumnOp:
    """Return an operation that changes nothing and says what a column is."""
    return AlterColumnOp(
        "",
        column.name,
        existing_type=column.type,
        existing_nullable=bool(column.nullable),
        existing_server_default=column.server_default,
        existing_comment=column.comment,
        existing_autoincrement=column.autoincrement is True,
    )


def _completed(operation: AlterColumnOp, known: AlterColumnOp) -> AlterColumnOp:
    """Return an operation that says what its column is: in its own words, or else in those of the database."""
    result = copy(operation)
    if result.existing_type is None:
        result.existing_type = known.existing_type
    if result.existing_nullable is None:
        result.existing_nullable = known.existing_nullable
    if result.existing_server_default is False:
        result.existing_server_default = known.existing_server_default
    if result.existing_comment is None:
        result.existing_comment = known.existing_comment
    result.kw = {**known.kw, **operation.kw}
    return result


def _outcome(operation: AlterColumnOp) -> AlterColumnOp:
    """Return an operation that changes nothing and says what a column is after one that said everything."""
    after = operation.reverse()
    counts_up = _first_given(
        operation.kw.get("autoincrement"), operation.kw.get("existing_autoincrement"), otherwise=False
    )
    checked = {_CHECK: operation.kw[_CHECK]} if _CHECK in operation.kw else {}
    return AlterColumnOp(
        "",
        after.column_name,
        existing_type=after.existing_type,
        existing_nullable=after.existing_nullable,
        existing_server_default=after.existing_server_default,
        existing_comment=after.existing_comment,
        existing_autoincrement=counts_up,
        **checked,
    )


def _first_given(*values: bool | None, otherwise: bool) -> bool:
    return next((value for value in values if value is not None), otherwise)


# --- the SQL ------------------------------------------------------------------------------------------------


@compiles(ChangeColumn, "mysql", "mariadb")
def _change_column(element: ChangeColumn, compiler: DDLCompiler, **_: object) -> str:
    parts = [alter_table(compiler, element), element.keyword, column_name(compiler, element.column)]
    if element.keyword == "CHANGE":
        parts.append(column_name(compiler, element.new_name))
    parts.append(type_text(compiler, element.type))
    parts += _generated(compiler, element) or _stored(compiler, element)
    if element.comment is not None:
        parts.append(f"COMMENT {literal(compiler, element.comment)}")
    if element.check is not None:
        parts.append(f"CHECK ({as_sent(compiler, element.check)})")
    return " ".join(parts)


def _generated(compiler: DDLCompiler, element: ChangeColumn) -> list[str]:
    """Return how the values of a column are generated; MariaDB takes no word about nulls then."""
    if not isinstance(element.default, Computed):
        return []
    says_null = not element.nullable and not getattr(compiler.dialect, "is_mariadb", False)
    return [compiler.process(element.default), *(["NOT NULL"] if says_null else [])]


def _stored(compiler: DDLCompiler, element: ChangeColumn) -> list[str]:
    parts = ["NULL" if element.nullable else "NOT NULL"]
    if element.autoincrement:
        parts.append("AUTO_INCREMENT")
    if element.default is not None and element.default is not False:
        parts.append(f"DEFAULT {_default(compiler, element.default)}")
    return parts


_VALUE = re.compile(
    r"""
      \w* (?: '(?:[^'\\]|''|\\.)*' | "(?:[^"\\]|""|\\.)*" )
    | [+-]?[\w.]+
    | (?:now|current_timestamp|localtime|localtimestamp)\s*\(\d*\)
    | .*\bON\s+UPDATE\b.*
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
"""Defaults that need no parentheses: values and moments."""


def _default(compiler: DDLCompiler, default: ServerDefault) -> str:
    """Return a server default, an expression in parentheses, which ALTER insists on."""
    text = default_text(compiler, default)
    return text if _VALUE.fullmatch(text) or is_in_parentheses(text) else f"({text})"


@compiles(SetDefault, "mysql", "mariadb")
def _set_default(element: SetDefault, compiler: DDLCompiler, **_: object) -> str:
    if element.default is None:
        return f"{alter_column(compiler, element)} DROP DEFAULT"
    return f"{alter_column(compiler, element)} SET DEFAULT {_default(compiler, element.default)}"
