"""Expressions brought into one form."""

from __future__ import annotations

import pytest

from async_migrate.diff.dialects import rules_for
from async_migrate.diff.expressions import normalized
from async_migrate.diff.snapshot import ServerDefault, SqlText


# Right: what PostgreSQL 15 prints for the left, as far as casts and parentheses are all that it adds.
@pytest.mark.parametrize(
    ("given", "printed"),
    [
        ("'abc'", "'abc'::character varying"),
        ("'it''s'", "'it''s'::text"),
        ("5", "5"),
        ("'5'", "5"),
        ("-5", "'-5'::integer"),
        ("5.50", "5.50"),
        ("'{}'", "'{}'::jsonb"),
        ("now()", "now()"),
        ("CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP"),
        ("timezone('utc', now())", "timezone('utc'::text, now())"),
        ("nextval('s')", "nextval('s'::regclass)"),
        ("ARRAY[]::text[]", "ARRAY[]::text[]"),
        ("'2020-01-01 00:00:00'", "'2020-01-01 00:00:00'::timestamp without time zone"),
        ("'1:00'", "'1:00'::time(3) with time zone"),
        ("CAST('5' AS integer)", "5"),
        ("'a'::letters", "'a'::letters"),
        ("'x'", '\'x\'::"Mixed"."Case"'),
        ("md5(random()::text)", "md5((random())::text)"),
        ("(1 + 2)", "(1 + 2)"),
        ("1.5::numeric(10, 2)", "1.5"),
    ],
)
def test_defaults_as_postgresql_prints_them(given: str, printed: str) -> None:
    rules = rules_for("postgresql")
    assert rules.normalized_default(given) == rules.normalized_default(printed)


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("sqlite", "(1 + 2)", "1 + 2"),
        ("sqlite", "'5'", "5"),
        ("sqlite", '"abc"', "'abc'"),
        ("sqlite", "(datetime('now'))", "datetime( 'now' )"),
        ("sqlite", "current_timestamp", "CURRENT_TIMESTAMP"),
        ("mysql", "CURRENT_TIMESTAMP", "current_timestamp()"),
        ("mysql", "'5'", "5"),
        ("mssql", "((5))", "5"),
        ("mssql", "('abc')", "'abc'"),
        ("mssql", "(getdate())", "getdate()"),
        ("unheard_of", "(5)", "'5'"),
    ],
)
def test_defaults_that_are_one(kind: str, one: str, other: str) -> None:
    rules = rules_for(kind)
    assert rules.normalized_default(one) == rules.normalized_default(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("'a'", "'b'"),
        ("'a'", "'A'"),
        ("'a b'", "'a  b'"),
        ("now()", "'now()'"),
        ("1", "2"),
        ("f(1)", "f(2)"),
        ("-1", "1"),
    ],
)
@pytest.mark.parametrize("kind", ["postgresql", "sqlite", "unheard_of"])
def test_defaults_that_are_two(kind: str, one: str, other: str) -> None:
    rules = rules_for(kind)
    assert rules.normalized_default(one) != rules.normalized_default(other)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (None, None, True),
        ("5", None, False),
        ("NULL", None, True),
        ("5", "5", True),
    ],
)
def test_no_default_is_null(one: str | None, other: str | None, same: bool) -> None:
    rules = rules_for("postgresql")
    left, right = (None if each is None else ServerDefault(SqlText(each)) for each in (one, other))
    assert rules.same_default(left, right) is same
    assert rules.same_default(right, left) is same


def test_a_value_that_the_database_supplies_is_the_same_as_any() -> None:
    rules = rules_for("postgresql")
    assert rules.same_default(ServerDefault(None), ServerDefault(SqlText("5")))
    assert rules.same_default(None, ServerDefault(None))


def test_the_servers_own_words_decide() -> None:
    rules = rules_for("postgresql")
    false, no = SqlText("false", "false"), SqlText("'no'", "false")
    assert rules.same_default(ServerDefault(false), ServerDefault(no))
    assert not rules.same_sql(SqlText("a", "a"), SqlText("a", "b"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("(a) = ('x'::text)", "a = 'x'"),
        ("(a)::text <> ''::text", "a != ''"),
        ("lower((name)::text)", "lower(name)"),
        ("((a > 0) AND (b))", "(a > 0) and b"),
        ("a::timestamp with time zone > b", "a > b"),
    ],
)
def test_casts_and_lone_parentheses_do_not_count(one: str, other: str) -> None:
    assert normalized(one, casts=False) == normalized(other, casts=False)


@pytest.mark.parametrize("sql", ["f(a)", "a IN (1)", "x = ANY (y)", "VALUES (1)"])
def test_parentheses_of_a_call_or_a_list_stay(sql: str) -> None:
    assert "( " in normalized(sql)
