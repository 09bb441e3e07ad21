"""Asking the server how it words what the models say.

PostgreSQL stores expressions parsed and prints them in words of its own. So each undecided expression is attached to
a temporary twin of its table, read back from the catalogue, and the twin is gone before anybody could see it: all in
one ``DO`` block that undoes itself, so nothing is left behind even where the caller's connection commits by itself.
Two round trips for any number of expressions, and none if there is no question.

MySQL and MariaDB do the same to defaults and generated columns. There a temporary table is made for each of them,
because creating one is all that can be done to it without committing the caller's transaction.
"""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Computed, MetaData, Table, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateTable

from async_migrate.database.inspect.mysql import expression_of
from async_migrate.ddl.elements import Verbatim
from async_migrate.ddl.schema_items import compiled_text
from async_migrate.diff.sql_text import folded
from async_migrate.diff.undecided import Question, answered, questions
from async_migrate.diff.verbatim import verbatim
from async_migrate.diff.verbatim_type import VerbatimType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from async_migrate.diff.snapshot import Snapshot, TableKey
    from async_migrate.diff.undecided import Answers

__all__ = ["canonicalize"]


def canonicalize(connection: Connection, database: Snapshot, models: Snapshot) -> Snapshot:
    """Return the models' snapshot in the server's words, where text alone could not decide.

    Args:
        connection: The connection that ``database`` was read from. Nothing in the database changes.
        database: What is there.
        models: What the models ask for.
    """
    ask = _SERVERS.get(connection.dialect.name)
    if ask is None:
        return models
    undecided = questions(database, models)
    return answered(models, ask(connection, undecided)) if undecided else models


# --- PostgreSQL ---------------------------------------------------------------------------------------------

_SETTING = "async_migrate.answers"

# Every expression has a block of its own, because one that the server refuses must not spoil the others. The
# exception at the end undoes what was created; the variable keeps its value.
_FRAME = """DO {quote}
DECLARE
    answers jsonb := '{{}}';
    answer text;
BEGIN
{blocks}
    PERFORM set_config('{setting}', answers::text, false);
END {quote}"""

_TABLE_BLOCK = """    BEGIN
        EXECUTE {create};
{statements}
        RAISE EXCEPTION 'undo';
    EXCEPTION WHEN OTHERS THEN NULL;
    END;"""

_STATEMENT_BLOCK = """        BEGIN
            EXECUTE {statement};
            EXECUTE {look} INTO answer;
            answers := answers || jsonb_build_object('{number}', answer);
        EXCEPTION WHEN OTHERS THEN NULL;
        END;"""

_LOOK_AT_DEFAULT = """SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d
JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
WHERE d.adrelid = {twin}::regclass AND a.attname = {name}"""
_LOOK_AT_TYPE = """SELECT format_type(atttypid, atttypmod) FROM pg_attribute
WHERE attrelid = {twin}::regclass AND attname = {name}"""
_LOOK_AT_CONSTRAINT = """SELECT pg_get_constraintdef(oid, true) FROM pg_constraint
WHERE conrelid = {twin}::regclass AND conname = {name}"""
_LOOK_AT_INDEX = """SELECT substring(pg_get_indexdef(i.oid, 0, true) FROM ' USING .*') FROM pg_class i
JOIN pg_index ix ON ix.indexrelid = i.oid
WHERE ix.indrelid = {twin}::regclass AND i.relname = {name}"""


def _ask_postgresql(connection: Connection, undecided: Sequence[Question]) -> Answers:
    connection.exec_driver_sql(_Script(connection, undecided).text())
    taken = text("SELECT current_setting(:name, true), set_config(:name, '', false)")
    found = connection.execute(taken, {"name": _SETTING}).scalar_one()
    answers = json.loads(found or "{}")
    return {
        question: answers[str(number)].strip()
        for number, question in enumerate(undecided)
        if answers.get(str(number)) is not None
    }


class _Script:
    """The ``DO`` block."""

    def __init__(self, connection: Connection, undecided: Sequence[Question]) -> None:
        self.undecided = undecided
        self.quote = connection.dialect.identifier_preparer.quote_identifier

    def text(self) -> str:
        numbered = sorted(
            enumerate(self.undecided), key=lambda each: (each[1].table[0] or "", each[1].table[1])
        )
        blocks = [
            self._table(key, [*group]) for key, group in groupby(numbered, key=lambda each: each[1].table)
        ]
        body = "\n".join(blocks)
        return _FRAME.format(quote=_dollar_quote(body), blocks=body, setting=_SETTING)

    def _table(self, key: TableKey, numbered: Iterable[tuple[int, Question]]) -> str:
        schema, name = key
        original = f"{self.quote(schema)}.{self.quote(name)}" if schema else self.quote(name)
        # The twin has the table's own name, because an expression may say "table.column".
        create = f"CREATE TEMPORARY TABLE {self.quote(name)} (LIKE {original})"
        return _TABLE_BLOCK.format(
            create=_quoted(create),
            statements="\n".join(self._statement(number, question) for number, question in numbered),
        )

    def _statement(self, number: int, question: Question) -> str:
        twin = f"pg_temp.{self.quote(question.table[1])}"
        name = f"async_migrate_{number}"
        statement, look = _WAYS[question.kind](twin, name, question)
        return _STATEMENT_BLOCK.format(
            statement=_quoted(statement),
            look=_quoted(look.format(twin=_literal(twin), name=_literal(name))),
            number=number,
        )


def _default(twin: str, name: str, question: Question) -> tuple[str, str]:
    statement = f"ALTER TABLE {twin} ADD COLUMN {name} {question.type} DEFAULT {question.sql}"
    return statement, _LOOK_AT_DEFAULT


def _generated(twin: str, name: str, question: Question) -> tuple[str, str]:
    statement = (
        f"ALTER TABLE {twin} ADD COLUMN {name} {question.type} GENERATED ALWAYS AS ({question.sql}) STORED"
    )
    return statement, _LOOK_AT_DEFAULT


def _type(twin: str, name: str, question: Question) -> tuple[str, str]:
    return f"ALTER TABLE {twin} ADD COLUMN {name} {question.sql}", _LOOK_AT_TYPE


def _check(twin: str, name: str, question: Question) -> tuple[str, str]:
    statement = f"ALTER TABLE {twin} ADD CONSTRAINT {name} CHECK ({question.sql})"
    return statement, _LOOK_AT_CONSTRAINT


def _exclude(twin: str, name: str, question: Question) -> tuple[str, str]:
    return f"ALTER TABLE {twin} ADD CONSTRAINT {name} {question.sql}", _LOOK_AT_CONSTRAINT


def _index(twin: str, name: str, question: Question) -> tuple[str, str]:
    return f"CREATE INDEX {name} ON {twin} {question.sql}", _LOOK_AT_INDEX


_WAYS: Mapping[str, Callable[[str, str, Question], tuple[str, str]]] = {
    "type": _type,
    "default": _default,
    "generated": _generated,
    "check": _check,
    "exclude": _exclude,
    "index": _index,
}


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _quoted(sql: str) -> str:
    quote = _dollar_quote(sql)
    return f"{quote}{sql}{quote}"


def _dollar_quote(body: str) -> str:
    """Return a dollar quote that does not occur in a text."""
    number = 0
    while f"$async_migrate_{number}$" in body:
        number += 1
    return f"$async_migrate_{number}$"


# --- MySQL and MariaDB --------------------------------------------------------------------------------------

_TWIN = "async_migrate_twin"
_ANSWER = "async_migrate_answer"


def _ask_mysql(connection: Connection, undecided: Sequence[Question]) -> Answers:
    found = {question: _asked_of_mysql(connection, question) for question in undecided}
    return {question: answer for question, answer in found.items() if answer is not None}


def _asked_of_mysql(connection: Connection, question: Question) -> str | None:
    """Return the server's wording; nothing if it refuses the expression, or to make temporary tables."""
    column = _column_in_question(question)
    if column is None:
        return None
    twin = Table(_TWIN, MetaData(), column, prefixes=["TEMPORARY"])
    create = compiled_text(CreateTable(twin), connection.dialect)
    quote = connection.dialect.identifier_preparer.quote_identifier
    original = ".".join(quote(name) for name in question.table if name is not None)
    try:
        # With the columns of the table itself, because an expression may use them.
        connection.execute(Verbatim(f"{create} SELECT * FROM {original} WHERE FALSE"))  # noqa: S608  quoted
    except DBAPIError:
        return None
    try:
        definition = connection.exec_driver_sql(f"SHOW CREATE TABLE {_TWIN}").one()[1]
    finally:
        connection.execute(Verbatim(f"DROP TEMPORARY TABLE {_TWIN}"))
    lines = (line.strip() for line in definition.splitlines())
    wording = expression_of(next(line for line in lines if line.startswith(f"`{_ANSWER}`")))
    return None if wording is None else folded(wording)


def _column_in_question(question: Question) -> Column[Any] | None:
    match question.kind:
        case "default":
            return Column(_ANSWER, VerbatimType(question.type), server_default=verbatim(question.sql))
        case "generated":
            return Column(_ANSWER, VerbatimType(question.type), Computed(verbatim(question.sql)))
        case _:
            return None  # left to comparing texts


_SERVERS: Mapping[str, Callable[[Connection, Sequence[Question]], Answers]] = {
    "postgresql": _ask_postgresql,
    "mysql": _ask_mysql,
    "mariadb": _ask_mysql,
}
