"""MySQL and MariaDB: SQLAlchemy's bulk reflection, and from the catalogue what it does not see.

SQLAlchemy reads ``SHOW CREATE TABLE`` with regular expressions. They miss defaults that are calls with arguments,
those of BIT and of invisible columns; the directions of index columns; types that it has no class for. On MariaDB they
also miss that a LONGTEXT is JSON, and the CHECKs of columns. A few queries for all tables together make up for that.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.mysql import JSON
from sqlalchemy.types import NullType

from async_migrate.database.inspect.generic import inspect_generic
from async_migrate.diff.dialects import rules_for
from async_migrate.diff.snapshot import Check, Generated, ServerDefault, SqlText
from async_migrate.diff.sql_text import closing, folded, tokenize
from async_migrate.diff.verbatim_type import VerbatimType

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from async_migrate.database.inspect.filters import Filters
    from async_migrate.diff.snapshot import ColumnSnapshot, Index, Snapshot, TableSnapshot

__all__ = ["COLUMN_CHECK", "INVISIBLE", "expression_of", "inspect_mysql"]

COLUMN_CHECK = "column"
"""The option of a CHECK that names the column whose definition it is part of."""

INVISIBLE = "invisible"
"""The option of a column that ``SELECT *`` leaves out."""

_COLUMNS = """SELECT table_schema AS "schema", table_name AS "table", column_name AS name, column_type AS type,
column_default AS default_sql, extra AS extra, generation_expression AS generated
FROM information_schema.columns WHERE table_schema IN :schemas"""

_DESCENDING = """SELECT table_schema AS "schema", table_name AS "table", index_name AS name, seq_in_index AS place
FROM information_schema.statistics WHERE table_schema IN :schemas AND collation = 'D'"""

_COLUMN_CHECKS = """SELECT constraint_schema AS "schema", table_name AS "table", constraint_name AS name,
check_clause AS clause
FROM information_schema.check_constraints WHERE constraint_schema IN :schemas AND level = 'Column'"""

_TELLS_LEVEL = (10, 5, 10)
"""The MariaDB whose catalogue is the first to tell CHECKs of columns from those of tables."""


def inspect_mysql(connection: Connection, filters: Filters) -> Snapshot:
    """Return what the database has."""
    snapshot = inspect_generic(connection, filters)
    if not snapshot.tables:
        return snapshot
    catalogue = _Catalogue(connection, snapshot)
    tables = {key: catalogue.completed(table) for key, table in snapshot.tables.items()}
    return replace(snapshot, tables=tables)


class _Catalogue:
    """What the catalogue says about all the tables of a snapshot."""

    def __init__(self, connection: Connection, snapshot: Snapshot) -> None:
        self.connection = connection
        self.default_schema = snapshot.default_schema
        self.is_mariadb = bool(getattr(connection.dialect, "is_mariadb", False))
        self.rules = rules_for(connection.dialect.name)
        self.schemas = sorted({key[0] or snapshot.default_schema or "" for key in snapshot.tables})
        self.names = sorted({key[1] for key in snapshot.tables})
        self.columns = {(row.schema, row.table, row.name): row for row in self._query(_COLUMNS)}
        self.descending = {(row.schema, row.table, row.name, row.place) for row in self._query(_DESCENDING)}
        self.checks = self._column_checks()

    def _query(self, sql: str) -> list[Row[Any]]:
        few = (
            len(self.names) == 1
        )  # batch mode looks at one table, which is no reason to read about a thousand
        statement = text(f"{sql} AND table_name IN :names" if few else sql)
        parameters = {"schemas": self.schemas, **({"names": self.names} if few else {})}
        statement = statement.bindparams(*(bindparam(name, expanding=True) for name in parameters))
        return list(self.connection.execute(statement, parameters))

    def _column_checks(self) -> dict[tuple[str, str, str], str]:
        version = self.connection.dialect.server_version_info
        if not self.is_mariadb or version is None or version < _TELLS_LEVEL:
            return {}
        return {(row.schema, row.table, row.name): row.clause for row in self._query(_COLUMN_CHECKS)}

    def completed(self, table: TableSnapshot) -> TableSnapshot:
        columns = {name: self._column(table, column) for name, column in table.columns.items()}
        return replace(
            table,
            columns=columns,
            indexes=tuple(self._index(table, index) for index in table.indexes),
            checks=(*table.checks, *self._checks_of(table)),
        )

    def _place(self, table: TableSnapshot, name: str | None) -> tuple[str, str, str]:
        return (table.schema or self.default_schema or "", table.name, name or "")

    # columns

    def _column(self, table: TableSnapshot, column: ColumnSnapshot) -> ColumnSnapshot:
        place = self._place(table, column.name)
        row = self.columns.get(place)
        if row is None:
            return column
        column = replace(
            column,
            declared=row.type,
            default=self._default(row, column),
            generated=self._generated(row, column),
            options={INVISIBLE: True} if "INVISIBLE" in row.extra.upper() else column.options,
        )
        if isinstance(column.type, NullType):
            return replace(column, type=VerbatimType(row.type), type_text=self.rules.type_text(row.type))
        if self.checks.get(place) == _json_check(column.name):
            return replace(column, type=JSON(), type_text="JSON", collation=None, declared="JSON")
        return column

    def _default(self, row: Row[Any], column: ColumnSnapshot) -> ServerDefault | None:
        sql = column.default.sql.text if column.default is not None and column.default.sql else None
        if self.is_mariadb:  # MySQL leaves the quotes of strings out
            sql = None if row.default_sql == "NULL" or column.generated is not None else row.default_sql
            if sql is not None and row.extra.lower().startswith("on update"):
                sql = f"{sql} {row.extra}"
        return None if sql is None else ServerDefault(SqlText(sql, canonical=folded(sql)))

    def _generated(self, row: Row[Any], column: ColumnSnapshot) -> Generated | None:
        if column.generated is None:
            return None
        sql = row.generated if self.is_mariadb else column.generated.sql.text
        return replace(column.generated, sql=SqlText(sql, canonical=folded(sql)))

    # indexes and CHECKs

    def _index(self, table: TableSnapshot, index: Index) -> Index:
        place = self._place(table, index.name)
        terms = tuple(
            replace(term, descending=True) if (*place, number) in self.descending else term
            for number, term in enumerate(index.terms, 1)
        )
        return replace(index, terms=terms)

    def _checks_of(self, table: TableSnapshot) -> list[Check]:
        found = [(name, self.checks.get(self._place(table, name))) for name in table.columns]
        return [
            Check(name=None, sql=SqlText(sql), options={COLUMN_CHECK: name})
            for name, sql in found
            if sql is not None and sql != _json_check(name)
        ]


def _json_check(column: str) -> str:
    """Return what makes a LONGTEXT of MariaDB a JSON column."""
    return f"json_valid(`{column.replace('`', '``')}`)"


def expression_of(definition: str) -> str | None:
    """Return the default, or the expression that generates a column, from its line in ``SHOW CREATE TABLE``.

    Args:
        definition: The line. Nothing follows the default in it, no comment and no CHECK.
    """
    tokens = tokenize(definition)
    words = [token.word for token in tokens]
    if "GENERATED" in words:
        opening = words.index("AS", words.index("GENERATED")) + 1
        return definition[tokens[opening].end : tokens[closing(tokens, opening)].start]
    if "DEFAULT" not in words:
        return None
    return definition[tokens[words.index("DEFAULT")].end :].strip().removesuffix(",")
