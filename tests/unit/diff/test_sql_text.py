"""The lexer that comparison and the readers of definitions stand on."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from async_migrate.diff.sql_text import (
    Kind,
    closing,
    folded,
    split_top_level,
    strip_parentheses,
    tokenize,
    unquoted,
)


def texts(sql: str, **options: bool) -> list[str]:
    return [token.text for token in tokenize(sql, **options)]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        pytest.param("a  +\n b", ["a", "+", "b"], id="white space"),
        pytest.param("a -- b\n c", ["a", "c"], id="line comment"),
        pytest.param("a /* b ( ' */ c", ["a", "c"], id="block comment"),
        pytest.param("'it''s' x", ["'it''s'", "x"], id="string with a quote"),
        pytest.param("'-- no comment'", ["'-- no comment'"], id="comment in a string"),
        pytest.param(r"E'a\'b' x", [r"E'a\'b'", "x"], id="escape string"),
        pytest.param("X'00ff'", ["X'00ff'"], id="blob"),
        pytest.param("$$it's$$ x", ["$$it's$$", "x"], id="dollar quotes"),
        pytest.param("$a$ $b$ $a$", ["$a$ $b$ $a$"], id="tagged dollar quotes"),
        pytest.param('"a""b" `c``d`', ['"a""b"', "`c``d`"], id="quoted names"),
        pytest.param("a::text", ["a", "::", "text"], id="cast"),
        pytest.param("1.5e-3 .5 0xFF", ["1.5e-3", ".5", "0xFF"], id="numbers"),
        pytest.param("naïve $1", ["naïve", "$", "1"], id="letters of any language"),
        pytest.param("a[1]", ["a", "[", "1", "]"], id="subscript"),
    ],
)
def test_tokens(sql: str, expected: list[str]) -> None:
    assert texts(sql) == expected


def test_brackets_quote_a_name_where_they_may() -> None:
    assert texts("[a b] c", bracket_names=True) == ["[a b]", "c"]


def test_the_tag_of_a_dollar_quote_does_not_become_the_kind() -> None:
    assert [token.kind for token in tokenize("$a$x$a$")] == [Kind.STRING]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ('"a""b"', 'a"b'),
        ("`a``b`", "a`b"),
        ("[a b]", "a b"),
        ("'it''s'", "it's"),
    ],
)
def test_unquoted(text: str, expected: str) -> None:
    assert unquoted(tokenize(text, bracket_names=True)[0]) == expected


def test_closing_finds_the_partner() -> None:
    assert closing(tokenize("f(a, (b), ')')"), 1) == 9


def test_closing_of_what_never_closes_is_the_end() -> None:
    assert closing(tokenize("(a"), 0) == 2


def test_splitting_leaves_nested_commas_alone() -> None:
    runs = split_top_level(tokenize("a, f(b, c), d[1, 2], ','"))
    assert ["".join(token.text for token in run) for run in runs] == ["a", "f(b,c)", "d[1,2]", "','"]


@pytest.mark.parametrize(("sql", "left"), [("((a))", "a"), ("(a) + (b)", "(a)+(b)"), ("(a", "(a")])
def test_only_enclosing_parentheses_are_stripped(sql: str, left: str) -> None:
    assert "".join(token.text for token in strip_parentheses(tokenize(sql))) == left


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("LOWER( Name )", "lower(name)"),
        ("(a > 1)", "a>1"),
        ('"a" > 1', "a > 1"),
        ("a /* why */ > 1", "a > 1"),
    ],
)
def test_spelling_does_not_count(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(("one", "other"), [("'A'", "'a'"), ('"A"', "a"), ("'a b'", "'a  b'"), ("a b", "ab")])
def test_meaning_counts(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@given(st.text())
def test_any_text_gives_tokens_in_order_that_cover_it(sql: str) -> None:
    tokens = tokenize(sql)
    assert all(sql[token.start : token.end] == token.text for token in tokens)
    assert all(one.end <= other.start for one, other in pairwise(tokens))
