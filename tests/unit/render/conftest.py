"""What the tests of rendering share: an ``op`` that records values, and when two operations are the same."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Column, Computed, DefaultClause, FetchedValue, Identity, MetaData, Table, literal
from sqlalchemy.schema import AddConstraint, CreateIndex, CreateTable, ExecutableDDLElement
from sqlalchemy.sql.elements import ClauseElement, conv
from sqlalchemy.types import TypeEngine, to_instance

from async_migrate import ops

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Dialect


class RecordingOp:
    """An ``op`` that turns each call into the value that stands for it, by the documented signatures."""

    def __init__(self, table: str | None = None, schema: str | None = None) -> None:
        self.recorded: list[Any] = []
        self._table = (table,) if table is not None else ()
        self._schema = {} if table is None else {"schema": schema}

    def _record(self, cls: type, *arguments: Any, **keywords: Any) -> None:
        self.recorded.append(cls(*arguments, **keywords))

    def f(self, name: str) -> conv:
        return conv(name)

    def inline_literal(self, value: object, type_: Any = None) -> Any:
        return literal(value, type_, literal_execute=True)

    @contextmanager
    def batch_alter_table(
        self, table: str, schema: str | None = None, **options: Any
    ) -> Iterator[RecordingOp]:
        inside = RecordingOp(table, schema)
        yield inside
        self._record(ops.BatchAlterTable, table, schema=schema, **options, operations=inside.recorded)

    def create_table(self, name: str, *items: Any, **options: Any) -> None:
        self._record(ops.CreateTableOp, name, list(items), **options)

    def drop_table(self, name: str, *, schema: str | None = None, if_exists: bool | None = None) -> None:
        self._record(ops.DropTableOp, name, schema=schema, if_exists=if_exists)

    def rename_table(self, old: str, new: str, *, schema: str | None = None) -> None:
        self._record(ops.RenameTableOp, old, new, schema=schema)

    def create_table_comment(
        self, *arguments: Any, existing_comment: str | None = None, **schema: Any
    ) -> None:
        self._record(
            ops.CreateTableCommentOp,
            *self._table,
            *arguments,
            existing_comment=existing_comment,
            **(self._schema or schema),
        )

    def drop_table_comment(self, *arguments: Any, existing_comment: str | None = None, **schema: Any) -> None:
        self._record(
            ops.DropTableCommentOp,
            *self._table,
            *arguments,
            existing_comment=existing_comment,
            **(self._schema or schema),
        )

    def add_column(self, *arguments: Any, **options: Any) -> None:
        self._record(ops.AddColumnOp, *self._table, *arguments, **self._schema, **options)

    def drop_column(self, *arguments: Any, **options: Any) -> None:
        self._record(ops.DropColumnOp, *self._table, *arguments, **self._schema, **options)

    def alter_column(self, *arguments: Any, **options: Any) -> None:
        names = {
            "nullable": "modify_nullable",
            "comment": "modify_comment",
            "server_default": "modify_server_default",
            "new_column_name": "modify_name",
            "type_": "modify_type",
        }
        renamed = {names.get(name, name): value for name, value in options.items()}
        self._record(ops.AlterColumnOp, *self._table, *arguments, **self._schema, **renamed)

    def create_index(self, name: str | None, *arguments: Any, **options: Any) -> None:
        self._record(ops.CreateIndexOp, name, *self._table, *arguments, **self._schema, **options)

    def drop_index(self, name: str, *arguments: Any, **options: Any) -> None:
        self._record(ops.DropIndexOp, name, *self._table, *arguments, **self._schema, **options)

    def create_primary_key(self, name: str | None, *arguments: Any, **options: Any) -> None:
        self._record(ops.CreatePrimaryKeyOp, name, *self._table, *arguments, **self._schema, **options)

    def create_unique_constraint(self, name: str | None, *arguments: Any, **options: Any) -> None:
        self._record(ops.CreateUniqueConstraintOp, name, *self._table, *arguments, **self._schema, **options)

    def create_check_constraint(self, name: str | None, *arguments: Any, **options: Any) -> None:
        self._record(ops.CreateCheckConstraintOp, name, *self._table, *arguments, **self._schema, **options)

    def create_foreign_key(self, name: str | None, *arguments: Any, **options: Any) -> None:
        schema = {"source_schema": self._schema["schema"]} if self._schema else {}
        self._record(ops.CreateForeignKeyOp, name, *self._table, *arguments, **schema, **options)

    def create_exclude_constraint(self, name: str, *arguments: Any, **options: Any) -> None:
        table, elements = (self._table, arguments) if self._table else (arguments[:1], arguments[1:])
        self._record(ops.CreateExcludeConstraintOp, name, *table, list(elements), **self._schema, **options)

    def drop_constraint(
        self, name: str | None, *arguments: Any, type_: str | None = None, **options: Any
    ) -> None:
        self._record(ops.DropConstraintOp, name, *self._table, *arguments, type_, **self._schema, **options)

    def execute(self, sqltext: Any, *, execution_options: Any = None) -> None:
        self._record(ops.ExecuteSQLOp, sqltext, execution_options=execution_options)

    def bulk_insert(self, table: Any, rows: Any, *, multiinsert: bool = True) -> None:
        self._record(ops.BulkInsertOp, table, rows, multiinsert=multiinsert)


def run_body(body: str, imports: set[str]) -> list[Any]:
    """Execute a rendered body as a module function would be, and return what it called ``op`` for."""
    op = RecordingOp()
    source = "\n".join([*sorted(imports), body])
    exec(compile(source, "rendered", "exec"), {"op": op})
    return op.recorded


def same_as(operation: Any, dialect: Dialect) -> Any:
    """Return what two operations must have in common to be the same: the SQL they stand for, and the rest."""
    return _NORMAL_FORMS[operation.visit_name](operation, dialect)


def _name(value: Any) -> Any:
    """Return a name with everything that decides what it becomes in SQL."""
    if not isinstance(value, str):
        return None
    return (str(value), isinstance(value, conv), getattr(value, "quote", None))


def _sql(value: Any, dialect: Dialect) -> Any:
    match value:
        case TypeEngine():
            return _type(value, dialect)
        case type():
            return _type(to_instance(value), dialect)
        case Column():
            return value.name
        case ClauseElement():
            options = {"literal_binds": True, "include_table": False}
            return str(value.compile(dialect=dialect, compile_kwargs=options))
        case list() | tuple():
            return [_sql(item, dialect) for item in value]
        case dict():
            return {key: _sql(item, dialect) for key, item in value.items()}
        case _:
            return value


def _type(type_: Any, dialect: Dialect) -> Any:
    variants = {name: _type(variant, dialect) for name, variant in type_._variant_mapping.items()}
    # SQLAlchemy 2.0 shows a MetaData, which is no part of the type.
    return (repr(type_).replace(", metadata=MetaData()", ""), variants)


def _options(options: dict[str, Any], dialect: Dialect) -> dict[str, Any]:
    return {
        name: _sql(value, dialect) for name, value in options.items() if value is not None and name != "info"
    }


def _table_sql(table: Table, dialect: Dialect) -> list[str]:
    lines = str(CreateTable(table).compile(dialect=dialect)).split("\n")
    # The order of constraints means nothing, nor does that of the options behind the bracket.
    return sorted(
        " ".join(sorted(line.strip(")").split())) if line[:1] == ")" else line.strip(" \t,") for line in lines
    )


def _columns(columns: Any, dialect: Dialect) -> list[Any]:
    return [
        (
            _name(column.name),
            _type(column.type, dialect),
            column.nullable,
            column.system,
            column.comment,
            column.autoincrement,
            repr(column.default) if column.default is not None else None,
            _default(column.server_default, dialect),
        )
        for column in columns
    ]


def _default(default: Any, dialect: Dialect) -> Any:
    match default:
        case Computed():
            return ("computed", _sql(default.sqltext, dialect), default.persisted)
        case Identity():
            return (
                "identity",
                default.always,
                [
                    getattr(default, name)
                    for name in ("start", "increment", "minvalue", "maxvalue", "cycle", "cache")
                ],
                [getattr(default, name) for name in ("nominvalue", "nomaxvalue", "on_null", "order")],
            )
        case DefaultClause():
            return ("default", _sql(default.arg, dialect))
        case FetchedValue():
            return ("fetched",)
        case None | False:
            return ("default", None)
        case str():
            return ("default", default)
        case _:
            return ("default", _sql(default, dialect))


def _create_table(op: Any, dialect: Dialect) -> Any:
    table = op.to_table()
    indexes = sorted(str(CreateIndex(index).compile(dialect=dialect)) for index in table.indexes)
    names = sorted(str(_name(constraint.name)) for constraint in table.constraints)
    return (
        _table_sql(table, dialect),
        _columns(table.columns, dialect),
        names,
        indexes,
        (table.comment, op.if_not_exists, _options(op.kw, dialect), list(op.prefixes or ())),
    )


def _add_column(op: Any, dialect: Dialect) -> Any:
    column = op.column if op.column.table is None else op.column._copy()
    table = Table(op.table_name, MetaData(), column, schema=op.schema)
    for key in column.foreign_keys:
        Table(
            key._column_tokens[1],
            table.metadata,
            Column(key._column_tokens[2], column.type),
            schema=key._column_tokens[0],
        )
    return (
        _table_sql(table, dialect),
        _columns(table.columns, dialect),
        op.schema,
        (op.if_not_exists, op.inline_references, op.inline_primary_key, op.kw),
        (bool(column.index), bool(column.unique)),
    )


def _alter_column(op: Any, dialect: Dialect) -> Any:
    return (
        op.table_name,
        op.column_name,
        op.schema,
        _sql(op.existing_type, dialect),
        _sql(op.modify_type, dialect),
        _default(op.modify_server_default, dialect) if op.modify_server_default is not False else "unchanged",
        _default(op.existing_server_default, dialect),
        op.modify_name,
        op.modify_nullable,
        op.existing_nullable if op.modify_nullable is None else "changed",
        op.modify_comment,
        op.existing_comment,
        _options(op.kw, dialect),
    )


def _create_index(op: Any, dialect: Dialect) -> Any:
    sql = str(CreateIndex(op.to_index()).compile(dialect=dialect))
    return (_name(op.index_name), op.table_name, op.schema, bool(op.unique), op.if_not_exists, sql)


def _drop_index(op: Any, dialect: Dialect) -> Any:
    options = {name: value for name, value in op.kw.items() if name != "unique"}
    return (_name(op.index_name), op.table_name, op.schema, op.if_exists, _options(options, dialect))


def _constraint(op: Any, dialect: Dialect) -> Any:
    constraint = op.to_constraint()
    constraint.name = constraint.name or "unnamed"
    kw = _options({name: value for name, value in op.kw.items() if name != "using"}, dialect)
    return (_name(op.constraint_name), str(AddConstraint(constraint).compile(dialect=dialect)), kw)


def _plain(*attributes: str) -> Callable[[Any, Dialect], Any]:
    return lambda op, dialect: (type(op), *(_sql(getattr(op, name), dialect) for name in attributes))


def _execute(op: Any, dialect: Dialect) -> Any:
    if isinstance(op.sqltext, str):
        sql = op.sqltext
    else:
        options = {} if isinstance(op.sqltext, ExecutableDDLElement) else {"literal_binds": True}
        sql = str(op.sqltext.compile(dialect=dialect, compile_kwargs=options))
    return (sql, op.execution_options or None)


def _bulk_insert(op: Any, dialect: Dialect) -> Any:
    used = {name for row in op.rows for name in row}
    columns = [(_name(c.name), _sql(c.type, dialect)) for c in op.table.c if not used or c.key in used]
    rows = [{name: _literal(value, dialect) for name, value in row.items()} for row in op.rows]
    return (op.table.name, getattr(op.table, "schema", None), columns, rows, op.multiinsert)


def _literal(value: Any, dialect: Dialect) -> Any:
    return (
        (repr(value.value), value.literal_execute, _sql(value.type, dialect))
        if isinstance(value, ClauseElement)
        else value
    )


def _batch(op: Any, dialect: Dialect) -> Any:
    inner = [same_as(operation, dialect) for operation in op.operations]
    return (
        op.table_name,
        op.schema,
        op.recreate,
        op.partial_reordering,
        op.table_kwargs,
        op.naming_convention,
        inner,
    )


_NORMAL_FORMS: dict[str, Callable[[Any, Dialect], Any]] = {
    "create_table": _create_table,
    "drop_table": _plain("table_name", "schema", "if_exists"),
    "rename_table": _plain("table_name", "new_table_name", "schema"),
    "create_table_comment": _plain("table_name", "comment", "existing_comment", "schema"),
    "drop_table_comment": _plain("table_name", "existing_comment", "schema"),
    "add_column": _add_column,
    "drop_column": _plain("table_name", "column_name", "schema", "if_exists", "kw"),
    "alter_column": _alter_column,
    "create_index": _create_index,
    "drop_index": _drop_index,
    "create_primary_key": _constraint,
    "create_unique_constraint": _constraint,
    "create_foreign_key": _constraint,
    "create_check_constraint": _constraint,
    "create_exclude_constraint": _constraint,
    "drop_constraint": _plain("constraint_name", "table_name", "constraint_type", "schema", "if_exists"),
    "execute": _execute,
    "bulk_insert": _bulk_insert,
    "batch_alter_table": _batch,
}


def format_with_ruff(source: str, line_length: int = 88) -> str:
    """Return what ``ruff format`` makes of a module."""
    command = [sys.executable, "-m", "ruff", "format", "--isolated", f"--line-length={line_length}", "-"]
    done = subprocess.run(command, input=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(name="run_body")
def run_body_fixture() -> Callable[[str, set[str]], list[Any]]:
    return run_body


@pytest.fixture(name="same_as")
def same_as_fixture() -> Callable[[Any, Dialect], Any]:
    return same_as


@pytest.fixture(name="format_with_ruff")
def format_with_ruff_fixture() -> Callable[..., str]:
    return format_with_ruff
