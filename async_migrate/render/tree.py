"""Python expressions and statements as a tree, before anybody decides where the line breaks go.

Everything that renders builds these values; only :mod:`async_migrate.render.format` turns them into text. So
no renderer counts characters or indents, and code that a user's hook returns as text is laid out like ours,
because :func:`parsed` reads it into the same tree.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "Assigned",
    "Attribute",
    "Block",
    "Bracketed",
    "Call",
    "Code",
    "Comment",
    "Concatenated",
    "Dictionary",
    "Indented",
    "Name",
    "Statement",
    "Verbatim",
    "block_body",
    "call",
    "list_of",
    "number",
    "parsed",
    "quoted",
    "set_of",
    "tuple_of",
]


@dataclass(frozen=True, slots=True)
class Name:
    """Code that never breaks: a name, a dotted path, a literal.

    Attributes:
        text: The code.
    """

    text: str


@dataclass(frozen=True, slots=True)
class Concatenated:
    """A string literal in several parts, one per line where it is too long for one.

    Attributes:
        parts: The text, cut where a line may end.
    """

    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Indented:
    """A string in triple quotes whose lines stand as deep as the code around them.

    For a reader that takes that indentation away again, as the operations on views and routines do.

    Attributes:
        lines: The lines, without that indentation; none has triple quotes or unprintable characters in it.
    """

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Attribute:
    """What stands after a dot.

    Attributes:
        value: What stands before it.
        name: The attribute.
    """

    value: Code
    name: str


@dataclass(frozen=True, slots=True)
class Assigned:
    """A keyword argument.

    Attributes:
        name: The keyword.
        value: Its value.
    """

    name: str
    value: Code


@dataclass(frozen=True, slots=True)
class Call:
    """A call.

    Attributes:
        function: What is called.
        arguments: The positional ones, then the keywords.
    """

    function: Code
    arguments: tuple[Code | Assigned, ...]


@dataclass(frozen=True, slots=True)
class Bracketed:
    """A list, tuple or set.

    Attributes:
        brackets: The opening and the closing one.
        items: What stands between them.
    """

    brackets: str
    items: tuple[Code, ...]


@dataclass(frozen=True, slots=True)
class Dictionary:
    """A dictionary.

    Attributes:
        items: Its keys and values.
    """

    items: tuple[tuple[Code, Code], ...]


Code: TypeAlias = Name | Concatenated | Indented | Attribute | Call | Bracketed | Dictionary
"""Any expression."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A line that says something to the reader.

    Attributes:
        text: What it says, without the ``#``.
    """

    text: str


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Lines of somebody else's, kept as they are.

    Attributes:
        lines: The lines, without indentation of their own level.
    """

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A ``with`` block.

    Attributes:
        manager: What is entered.
        target: The name it is bound to.
        body: The statements inside, see :func:`block_body`.
    """

    manager: Code
    target: str
    body: tuple[Statement, ...]


Statement: TypeAlias = Code | Comment | Verbatim | Block
"""Any statement; an expression is one."""


def block_body(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """Return statements that may stand where Python wants at least one that is no comment."""
    found = tuple(statements)
    return (*found, Name("pass")) if all(isinstance(statement, Comment) for statement in found) else found


def call(function: str | Code, /, *arguments: Code, **keywords: Code) -> Call:
    """Return a call, with keywords in the order given."""
    callee = Name(function) if isinstance(function, str) else function
    return Call(callee, (*arguments, *(Assigned(name, value) for name, value in keywords.items())))


def list_of(*items: Code) -> Bracketed:
    """Return a list display."""
    return Bracketed("[]", items)


def tuple_of(*items: Code) -> Bracketed:
    """Return a tuple display."""
    return Bracketed("()", items)


def set_of(*items: Code) -> Code:
    """Return a set display, or a call of ``set`` where there is nothing to display."""
    return Bracketed("{}", items) if items else call("set")


def quoted(text: str | bytes) -> Name:
    """Return a string literal, in the quotes that need fewer escapes; double ones where that is equal."""
    # With a quote of either kind inside, repr() always uses single ones and escapes only those.
    both = repr(text + "\"'" if isinstance(text, str) else text + b"\"'")
    prefix, escaped = both[: both.index("'")], both[both.index("'") + 1 : -4].replace("\\'", "'")
    quote = "'" if escaped.count('"') > escaped.count("'") else '"'
    return Name(prefix + quote + escaped.replace(quote, "\\" + quote) + quote)


def number(value: complex) -> Name:
    """Return a number literal, or the call that makes a number that has none."""
    if isinstance(value, float) and value - value != 0.0:
        return Name(f'float("{value}")')
    return Name(repr(value).replace("e+", "e"))


def parsed(source: str) -> Code:
    """Return the tree of an expression written by somebody else.

    Args:
        source: One expression.

    Raises:
        SyntaxError: It is not one.
    """
    return _code_of(ast.parse(source.strip(), mode="eval").body)


def _code_of(node: ast.expr) -> Code:
    match node:
        case ast.Constant(value=str() | bytes() as text):
            return quoted(text)
        case ast.Constant(value=bool() | None as value):
            return Name(repr(value))
        case ast.Constant(value=int() | float() | complex() as value):
            return number(value)
        case ast.Attribute(value=value, attr=name):
            return _dotted(_code_of(value), name)
        case ast.Call(func=function, args=arguments, keywords=keywords) if _is_plain(arguments, keywords):
            return Call(
                _code_of(function),
                (
                    *(_code_of(argument) for argument in arguments),
                    *(Assigned(keyword.arg or "", _code_of(keyword.value)) for keyword in keywords),
                ),
            )
        case ast.List(elts=items):
            return list_of(*map(_code_of, items))
        case ast.Tuple(elts=items):
            return tuple_of(*map(_code_of, items))
        case ast.Dict(keys=keys, values=values) if all(keys):
            pairs = zip(keys, values, strict=True)
            return Dictionary(tuple((_code_of(key), _code_of(value)) for key, value in pairs if key))
        case _:
            return Name(ast.unparse(node))


def _dotted(value: Code, name: str) -> Code:
    return Name(f"{value.text}.{name}") if isinstance(value, Name) else Attribute(value, name)


def _is_plain(arguments: list[ast.expr], keywords: list[ast.keyword]) -> bool:
    starred = any(isinstance(argument, ast.Starred) for argument in arguments)
    return not starred and all(keyword.arg for keyword in keywords)
