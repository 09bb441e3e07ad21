"""Line breaks go where ``ruff format`` puts them, and literals are what ``ast`` reads back."""

from __future__ import annotations

import ast
import random
import textwrap
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from async_migrate.render.format import formatted
from async_migrate.render.tree import (
    Attribute,
    Block,
    Call,
    Comment,
    Concatenated,
    Dictionary,
    Name,
    Verbatim,
    block_body,
    call,
    list_of,
    number,
    parsed,
    quoted,
    set_of,
    tuple_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from async_migrate.render.tree import Code, Statement

LENGTHS = [1, 3, 8, 20, 40]


class Author:
    """Writes code at random, always the same for a seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self.line_length = self._random.choice([60, 88, 110])

    def word(self) -> str:
        return "x" + "".join(self._random.choices("abcdefghij_", k=self._random.choice(LENGTHS)))

    def leaf(self) -> Code:
        word = self.word()
        texts = [word, f"it's {word}", f'"q" {word}', f"a\\b\n{word}", f"größe {word} 値"]
        leaves = [quoted(text) for text in texts]
        return self._random.choice([*leaves, Name("True"), Name(f"sa.{word}"), number(1e22), number(-3)])

    def several(self, depth: int, most: int) -> list[Code]:
        return [self.expression(depth + 1) for _ in range(self._random.randint(0, most))]

    def expression(self, depth: int = 0) -> Code:
        if depth > 3:
            return self.leaf()
        kind = self._random.random()
        if kind < 0.4:
            return self.leaf()
        if kind < 0.7:
            return self.call(depth)
        if kind < 0.8:
            return list_of(*self.several(depth, 3))
        if kind < 0.9:
            return tuple_of(*self.several(depth, 3))
        if kind < 0.95:
            return Dictionary(tuple((quoted(self.word()), value) for value in self.several(depth, 2)))
        return set_of(*self.several(depth, 2))

    def call(self, depth: int) -> Call:
        keywords = {f"{self.word()}_{number}": code for number, code in enumerate(self.several(depth, 2))}
        result = call(f"sa.{self.word()}", *self.several(depth, 3), **keywords)
        for _ in range(self._random.choice([0, 0, 0, 1, 2, 3])):
            result = call(Attribute(result, self.word()), *self.several(depth + 1, 2))
        return result

    def statement(self) -> Statement:
        kind = self._random.random()
        if kind < 0.15:
            manager = call(f"op.{self.word()}", self.leaf(), *self.several(2, 2))
            return Block(manager, "batch_op", block_body([self.statement(), self.statement()]))
        if kind < 0.3:
            lines = tuple(f"{self.word()}\n" for _ in range(self._random.randint(1, 6)))
            return call("op.execute", Concatenated(lines))
        if kind < 0.4:
            return Comment(self.word())
        return call(f"op.{self.word()}", *self.several(0, 3), **{self.word(): self.expression(1)})


@pytest.mark.parametrize("seed", range(40))
def test_the_layout_is_that_of_ruff_format(seed: int, format_with_ruff: Callable[..., str]) -> None:
    author = Author(seed)
    statements = [author.statement() for _ in range(6)]
    body = formatted([*statements, Name("pass")], width=author.line_length - 4)
    source = f"def upgrade() -> None:\n{textwrap.indent(body, '    ')}\n"
    assert format_with_ruff(source, author.line_length) == source


@given(st.text() | st.binary())
def test_a_literal_is_read_back(value: str | bytes) -> None:
    assert ast.literal_eval(quoted(value).text) == value


@given(st.floats(allow_nan=False) | st.integers() | st.complex_numbers(allow_nan=False, allow_infinity=False))
def test_a_number_is_read_back(value: complex) -> None:
    assert eval(number(value).text) == value


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), min_size=1, max_size=5))
def test_a_text_in_parts_is_one_text(parts: list[str]) -> None:
    source = formatted([call("f", Concatenated(tuple(parts)))], width=20)
    node = ast.parse(source, mode="eval").body
    assert isinstance(node, ast.Call)
    assert ast.literal_eval(node.args[0]) == "".join(parts)


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("plain", '"plain"'),
        ("it's", '"it\'s"'),
        ('say "no"', "'say \"no\"'"),
        ('it\'s "both"', "'it\\'s \"both\"'"),
        ("'\"", '"\'\\""'),
        ("back\\slash", '"back\\\\slash"'),
        ("line\nbreak", '"line\\nbreak"'),
        ("größe", '"größe"'),
        (b"\x00'", 'b"\\x00\'"'),
    ],
)
def test_quotes_are_double_unless_that_needs_more_escapes(text: str | bytes, literal: str) -> None:
    assert quoted(text).text == literal


@pytest.mark.parametrize(
    ("source", "layout"),
    [
        ("sa.String( 5 )", "sa.String(5)"),
        ("f('a', b = [1,2,], c={'d':(1,)})", 'f("a", b=[1, 2], c={"d": (1,)})'),
        ("a.b('x').c(1)", 'a.b("x").c(1)'),
        ("lambda x: x+1", "lambda x: x + 1"),
        ("f(*a, **b)", "f(*a, **b)"),
        ("-1", "-1"),
        ("b'x'", 'b"x"'),
        ("None", "None"),
    ],
)
def test_code_of_others_is_laid_out_as_ours(source: str, layout: str) -> None:
    assert formatted([parsed(source)], width=88) == layout


def test_a_block_stands_alone_and_lines_of_others_stay() -> None:
    inner = Block(call("op.batch"), "batch_op", (Verbatim(("if x:", "", "    y()")), Comment("why")))
    body = formatted([call("before"), inner, call("after")], width=88)
    assert body.split("\n") == [
        "before()",
        "",
        "with op.batch() as batch_op:",
        "    if x:",
        "",
        "        y()",
        "    # why",
        "",
        "after()",
    ]
