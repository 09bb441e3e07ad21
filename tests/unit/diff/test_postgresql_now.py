"""The spellings of the time at which a transaction began, which PostgreSQL keeps as they were written.

https://www.postgresql.org/docs/current/functions-datetime.html#FUNCTIONS-DATETIME-CURRENT
"""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from async_migrate.diff.compare import diff
from async_migrate.diff.dialects import rules_for
from async_migrate.diff.from_metadata import snapshot_of
from async_migrate.diff.postgresql import with_one_now
from async_migrate.diff.snapshot import ServerDefault, SqlText

SAME = [
    ("CURRENT_TIMESTAMP", "now()"),
    ("now()", "transaction_timestamp()"),
    ("current_timestamp", "Transaction_Timestamp ( )"),
    ("(CURRENT_TIMESTAMP)::date", "now()::date"),
    ("timezone('utc'::text, CURRENT_TIMESTAMP)", "timezone('utc', now())"),
    ("(CURRENT_TIMESTAMP AT TIME ZONE 'utc'::text)", "now() AT TIME ZONE 'utc'"),
    ("CURRENT_TIMESTAMP + '1 day'::interval", "transaction_timestamp() + '1 day'"),
]

IN_THE_SERVERS_WORDS = [
    ("CURRENT_TIMESTAMP", "now()"),
    ("CURRENT_TIMESTAMP", "transaction_timestamp()"),
    ("timezone('utc'::text, CURRENT_TIMESTAMP)", "timezone('utc'::text, now())"),
]

DIFFERENT = [
    ("CURRENT_TIMESTAMP(3)", "now()"),
    ("CURRENT_TIMESTAMP", "LOCALTIMESTAMP"),
    ("CURRENT_TIMESTAMP", "statement_timestamp()"),
    ("CURRENT_TIMESTAMP", "clock_timestamp()"),
    ("'CURRENT_TIMESTAMP'", "'now()'"),
    ("CURRENT_TIMESTAMP", "'now()'"),
    ('"CURRENT_TIMESTAMP"', "now()"),
    ("mine.transaction_timestamp()", "mine.now()"),
    ("transaction_timestamp(1)", "now()"),
    ("f(CURRENT_TIMESTAMP)", "g(now())"),
]


def default(sql: str, *, is_canonical: bool) -> ServerDefault:
    return ServerDefault(SqlText(sql, canonical=sql if is_canonical else None))


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_time_has_several_names(one: str, other: str) -> None:
    rules = rules_for("postgresql")
    left, right = default(one, is_canonical=True), default(other, is_canonical=False)
    assert rules.same_default(left, right)
    assert rules.same_default(right, left)
    assert rules.same_sql(left.sql, right.sql)


@pytest.mark.parametrize(("one", "other"), IN_THE_SERVERS_WORDS)
def test_the_server_keeps_the_name_it_was_given(one: str, other: str) -> None:
    rules = rules_for("postgresql")
    left, right = default(one, is_canonical=True), default(other, is_canonical=True)
    assert rules.same_default(left, right)
    assert rules.same_sql(left.sql, right.sql)


@pytest.mark.parametrize("is_canonical", [False, True])
@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_other_times_and_other_things_of_the_name(one: str, other: str, is_canonical: bool) -> None:
    rules = rules_for("postgresql")
    left, right = default(one, is_canonical=is_canonical), default(other, is_canonical=is_canonical)
    assert not rules.same_default(left, right)
    assert not rules.same_sql(left.sql, right.sql)


@pytest.mark.parametrize(
    "sql", ["CURRENT_TIMESTAMP(3)", "'CURRENT_TIMESTAMP'", "(a > transaction_timestamp)"]
)
def test_everything_else_is_left_as_it_is(sql: str) -> None:
    assert with_one_now(sql) == sql


def test_a_comparison_is_quiet() -> None:
    def snapshot(value: Any) -> Any:
        metadata = sa.MetaData()
        sa.Table("t", metadata, sa.Column("at", sa.DateTime(timezone=True), server_default=value))
        return snapshot_of(metadata, postgresql.dialect())

    now, constant = snapshot(sa.func.now()), snapshot(sa.text("CURRENT_TIMESTAMP"))
    assert diff(now, constant).is_empty()
    assert diff(constant, now).is_empty()
    assert not diff(now, snapshot(sa.text("CURRENT_TIMESTAMP(3)"))).is_empty()
