from __future__ import annotations

import pytest

from async_migrate.ddl.sqltext import names_in, split_at_parenthesis, with_names_changed, without_qualifier


def quoted(name: str) -> str:
    return f'"{name}"' if " " in name or name == "order" else name


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("age > 5", {"age"}),
        ('"Age" > 5', {"age"}),
        ("[the age] > `x y`", {"the age", "x y"}),
        ('"say ""hi""" = 1', {'say "hi"'}),
        ("lower(name) = 'age'", {"name"}),
        ("name = 'it''s age' -- age\n", {"name"}),
        ("name /* age */ IS NULL", {"name", "is", "null"}),
        ("größe > 5", {"größe"}),
        ("x1 + 2e5", {"x1", "e5"}),
        ("", set()),
    ],
)
def test_names(sql: str, names: set[str]) -> None:
    assert names_in(sql) == names


@pytest.mark.parametrize(
    ("sql", "changed"),
    [
        ("age > 5 AND AGE < 9", "years > 5 AND years < 9"),
        ('"age" > 5', "years > 5"),
        ("ages > 5", "ages > 5"),
        ("name = 'age'", "name = 'age'"),
        ("age(x) > age", "age(x) > years"),
        ("NEW.age = 5 -- age", "NEW.age = 5 -- age".replace("NEW.age", "NEW.years")),
    ],
)
def test_names_changed(sql: str, changed: str) -> None:
    assert with_names_changed(sql, {"age": "years"}, quote=quoted) == changed


def test_two_names_are_exchanged_at_once() -> None:
    assert with_names_changed("a < b", {"a": "b", "b": "a"}, quote=quoted) == "b < a"


def test_new_names_are_quoted_where_they_must_be() -> None:
    assert with_names_changed("a < 5", {"a": "order"}, quote=quoted) == '"order" < 5'


@pytest.mark.parametrize(
    ("sql", "before", "after"),
    [
        ("CREATE INDEX ix ON t (a, lower(b))", "CREATE INDEX ix ON t ", "(a, lower(b))"),
        ('CREATE INDEX "i(x" ON t (a)', 'CREATE INDEX "i(x" ON t ', "(a)"),
        ("no parenthesis", "no parenthesis", ""),
    ],
)
def test_split(sql: str, before: str, after: str) -> None:
    assert split_at_parenthesis(sql) == (before, after)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("account.age > 0", "age > 0"),
        ('"Account".age > Account.size', "age > size"),
        ("other.age > 0", "other.age > 0"),
        ("age > 1.5", "age > 1.5"),
    ],
)
def test_without_qualifier(sql: str, expected: str) -> None:
    assert without_qualifier(sql, "account") == expected
