"""Which questions text leaves open, and what the answers change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, Computed, Index, Integer, MetaData, Table, Text
from sqlalchemy.dialects import postgresql as pg

from async_migrate.diff.compare import diff
from async_migrate.diff.from_metadata import snapshot_of
from async_migrate.diff.snapshot import Snapshot, SqlText
from async_migrate.diff.undecided import Question, answered, questions

KEY = (None, "t")


def schema(*items: Any) -> Snapshot:
    metadata = MetaData()
    Table("t", metadata, Column("id", Integer, primary_key=True), *items)
    return snapshot_of(metadata, pg.dialect())


def in_server_words(snapshot: Snapshot) -> Snapshot:
    """Return a snapshot whose defaults and CHECKs are marked as worded by a server."""
    table = snapshot.tables[KEY]
    columns = {}
    for name, column in table.columns.items():
        default = column.default
        if default is not None and default.sql is not None:
            default = replace(default, sql=SqlText(default.sql.text, default.sql.text))
        columns[name] = replace(column, default=default)
    checks = tuple(
        replace(each, sql=SqlText(each.sql.text, f"CHECK ({each.sql.text})")) for each in table.checks
    )
    return replace(snapshot, tables={KEY: replace(table, columns=columns, checks=checks)}, origin="database")


def default(text: str) -> Column[Any]:
    return Column("a", sa.Boolean, server_default=sa.text(text))


@pytest.mark.parametrize(
    ("database", "models", "expected"),
    [
        ([default("false")], [default("false")], []),
        (
            [default("false")],
            [default("'false'::boolean")],
            [Question("default", KEY, "a", "'false'::boolean", "boolean")],
        ),
        ([default("false")], [Column("a", sa.Boolean)], []),
        ([Column("a", sa.Boolean)], [default("false")], []),
        (
            [Column("a", Text, Computed("lower(b)"))],
            [Column("a", Text, Computed("LOWER( b || '' )"))],
            [Question("generated", KEY, "a", "LOWER( b || '' )", "text")],
        ),
        (
            [CheckConstraint("a = ANY (ARRAY[1, 2])", name="ck")],
            [CheckConstraint("a IN (1, 2)", name="ck")],
            [Question("check", KEY, 0, "a IN (1, 2)")],
        ),
        ([CheckConstraint("a > 0", name="ck")], [CheckConstraint("(a > 0)", name="ck")], []),
        ([CheckConstraint("a > 0", name="ck")], [CheckConstraint("a > 1", name="kc")], []),
        (
            [Column("a", Integer), Index("ix", sa.text("abs(a)"))],
            [Column("a", Integer), Index("ix", sa.text("abs(a) DESC"), postgresql_where=sa.text("a > 1"))],
            [Question("index", KEY, 0, "USING btree ((abs(a)) DESC) WHERE (a > 1)")],
        ),
        ([Column("a", Integer), Index("ix", "a")], [Column("a", Integer), Index("ix", "a", unique=True)], []),
        ([Column("a", Integer)], [Column("a", Text)], []),
    ],
    ids=[
        "same default",
        "other default",
        "default gone",
        "default new",
        "generated",
        "check",
        "same check",
        "check of another name",
        "index with an expression",
        "index of columns",
        "type that PostgreSQL brings",
    ],
)
def test_questions(database: list[Any], models: list[Any], expected: list[Question]) -> None:
    assert questions(schema(*database), schema(*models)) == expected


def test_a_new_table_raises_no_question() -> None:
    empty = snapshot_of(MetaData(), pg.dialect())
    assert questions(empty, schema(default("false"))) == []


def test_an_answer_decides() -> None:
    database, models = in_server_words(schema(default("false"))), schema(default("'false'"))
    (question,) = questions(database, models)
    assert not diff(database, models).is_empty()
    assert diff(database, answered(models, {question: "false"})).is_empty()
    assert not diff(database, answered(models, {question: "true"})).is_empty()


def test_a_question_that_the_server_refused_stays_open() -> None:
    database, models = in_server_words(schema(default("false"))), schema(default("'false'"))
    assert answered(models, {}) is models
    assert not diff(database, models).is_empty()


def test_the_answer_about_an_index_is_read_like_any_definition() -> None:
    column = lambda: Column("a", Integer)  # noqa: E731
    database = schema(column(), Index("ix", sa.text("((a * 2))"), postgresql_where=sa.text("((a > 1))")))
    models = schema(column(), Index("ix", sa.text("(2 * a)"), postgresql_where=sa.text("1 < a")))
    (question,) = questions(database, models)
    reworded = answered(models, {question: "USING btree ((a * 2)) WHERE a > 1"})
    assert diff(database, reworded).is_empty()
