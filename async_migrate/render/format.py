"""Where the line breaks go: the layout that ``ruff format`` (and Black) would leave.

A formatter would be a dependency, and a file should look right without one. The algorithm is the one those
formatters share, Prettier's variant of Wadler's "A prettier printer": a tree of groups, each printed flat if
it fits in the rest of its line and broken at its soft lines otherwise. The tests hold it against the real
``ruff format``.

The style in a few words: what does not fit is broken behind its opening bracket and indented by four; the
arguments of a call may then still share one line, all other brackets take a line per item; a bracket with
more than one item broken that way ends in a comma; two or more methods called one after the other each start
a line.
"""

from __future__ import annotations

import sys
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from async_migrate.render.tree import (
    Assigned,
    Attribute,
    Block,
    Bracketed,
    Call,
    Comment,
    Concatenated,
    Dictionary,
    Indented,
    Name,
    Verbatim,
    quoted,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from async_migrate.render.tree import Code, Statement

__all__ = ["INDENT", "formatted"]

INDENT = 4
"""Columns by which each level is indented."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A place to break; printed flat it is ``flat``."""

    flat: str


@dataclass(frozen=True, slots=True)
class _Broken:
    """Text that is only there where its group is broken, or only there where it is not."""

    broken: str
    flat: str


@dataclass(frozen=True, slots=True)
class _Indented:
    content: _Doc


@dataclass(frozen=True, slots=True)
class _Text:
    """A string in triple quotes, which never fits on one line.

    Attributes:
        opening: The quotes before it.
        lines: Its lines.
    """

    opening: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Group:
    """What is broken as a whole or not at all.

    Attributes:
        content: What is in it.
        flat: Its text unbroken.
        width: How many columns that takes.
    """

    content: _Doc
    flat: str
    width: int


_Doc: TypeAlias = "str | _Line | _Broken | _Indented | _Text | _Group | tuple[_Doc, ...]"
_Pending: TypeAlias = "tuple[int, _Doc]"

_SOFT = _Line("")
_SPACE = _Line(" ")
_COLUMNS = {"W": 2, "F": 2}


def formatted(statements: Iterable[Statement], *, width: int) -> str:
    """Return the source text of statements, one line or more each, without a newline at the end.

    Args:
        statements: The statements, at one level of indentation.
        width: How many columns a line may have.
    """
    lines: list[str] = []
    after_block = False
    for statement in statements:
        is_block = isinstance(statement, Block)
        if lines and (is_block or after_block):
            lines.append("")
        lines += _lines_of(statement, width)
        after_block = is_block
    return "\n".join(lines)


def _lines_of(statement: Statement, width: int) -> Sequence[str]:
    match statement:
        case Comment(text):
            return [f"# {text}"]
        case Verbatim(lines):
            return lines
        case Block(manager, target, body):
            header = _printed(("with ", _doc(manager), f" as {target}:"), width)
            inner = formatted(body, width=width - INDENT)
            return [header, *(" " * INDENT + line if line else line for line in inner.split("\n"))]
        case _:
            return [_printed(_doc(statement), width)]


def _doc(code: Code | Assigned) -> _Doc:
    match code:
        case Name(text):
            return text
        case Concatenated(parts):
            return _string(parts)
        case Indented(lines):
            return _Text('r"""' if any("\\" in line for line in lines) else '"""', lines)
        case Assigned(name, value):
            return (f"{name}=", _doc(value))
        case Dictionary(items):
            return _items("{}", [(_doc(key), ": ", _doc(value)) for key, value in items])
        case Bracketed(brackets, items):
            return _items(brackets, [_doc(item) for item in items])
        case Attribute() | Call():
            return _chain(code)


def _chain(code: Attribute | Call) -> _Doc:
    links: list[_Doc] = []
    methods = 0
    current: Code = code
    while isinstance(current, Attribute | Call):
        if isinstance(current, Call):
            links.append(_arguments([_doc(argument) for argument in current.arguments]))
            current = current.function
        else:
            methods += isinstance(current.value, Call)
            links.append((_SOFT if isinstance(current.value, Call) else "", f".{current.name}"))
            current = current.value
    chain = (_doc(current), *reversed(links))
    if methods > 1:
        return _grouped(*chain)
    return tuple(link[1] if isinstance(link, tuple) and link[0] == _SOFT else link for link in chain)


def _arguments(arguments: list[_Doc]) -> _Doc:
    if not arguments:
        return "()"
    inner = _grouped(*_separated(arguments))
    return _grouped("(", _Indented((_SOFT, inner)), _SOFT, ")")


def _items(brackets: str, items: list[_Doc]) -> _Doc:
    if not items:
        return brackets
    if brackets == "()" and len(items) == 1:
        content: _Doc = (items[0], ",")
    else:
        content = _separated(items)
    return _grouped(brackets[0], _Indented((_SOFT, content)), _SOFT, brackets[1])


def _separated(items: list[_Doc]) -> tuple[_Doc, ...]:
    parts: list[_Doc] = []
    for item in items:
        parts += [",", _SPACE, item] if parts else [item]
    if len(items) > 1:
        parts.append(_Broken(",", ""))
    return tuple(parts)


def _string(parts: tuple[str, ...]) -> _Doc:
    """Return a literal that is one piece where that fits, and a line for each part where it does not."""
    lines: list[_Doc] = []
    for part in parts:
        lines += [_SOFT, _Broken(quoted(part).text, "")] if lines else [_Broken(quoted(part).text, "")]
    return _grouped(_Broken("", quoted("".join(parts)).text), *lines)


def _grouped(*content: _Doc) -> _Group:
    flat = _flat(content)
    return _Group(content, flat, _columns(flat))


def _flat(doc: _Doc) -> str:
    match doc:
        case str():
            return doc
        case _Group() | _Line() | _Broken():
            return doc.flat
        case _Text():
            return "\n"
        case _Indented(content):
            return _flat(content)
        case tuple():
            return "".join(map(_flat, doc))


def _printed(doc: _Doc, width: int) -> str:
    pieces: list[str] = []
    column = 0
    pending: list[_Pending] = [(0, doc)]
    while pending:
        indent, current = pending.pop()
        match current:
            case str():
                pieces.append(current)
                column += _columns(current)
            case _Line():
                pieces.append("\n" + " " * indent)
                column = indent
            case _Broken(text):
                pieces.append(text)
                column += _columns(text)
            case _Indented(content):
                pending.append((indent + INDENT, content))
            case _Text(opening, lines):
                # Code is indented once more by whoever puts it into a function, strings are not.
                margin = " " * (indent + INDENT)
                body = [margin + line if line else line for line in lines]
                pieces.append("\n".join([opening, *body, f'{margin}"""']))
                column = len(margin) + 3
            case _Group(content, flat, group_width):
                if _fits(width - column - group_width, pending):
                    pieces.append(flat)
                    column += group_width
                else:
                    pending.append((indent, content))
            case tuple():
                pending.extend((indent, part) for part in reversed(current))
    return "".join(pieces)


def _fits(room: int, following: Sequence[_Pending]) -> bool:
    """Return whether what follows, up to the next place where a line breaks, fits in the room that is left.

    What is pending belongs to groups that are broken already, so the next soft line in it is a break.
    """
    stack: list[_Doc] = []
    rest = len(following)
    while room >= 0:
        if not stack:
            if rest == 0:
                return True
            rest -= 1
            stack.append(following[rest][1])
        match stack.pop():
            case str() as text:
                room -= _columns(text)
            case _Broken(text):
                room -= _columns(text)
            case _Text(opening):
                return room >= len(opening)
            case _Line():
                return True
            case _Indented(content) | _Group(content):
                stack.append(content)
            case tuple() as parts:
                stack.extend(reversed(parts))
    return False


def _columns(text: str) -> int:
    """Return how many columns a text takes; East Asian characters take two, and what has several lines too many."""
    if "\n" in text:
        return sys.maxsize
    if text.isascii():
        return len(text)
    return sum(_COLUMNS.get(unicodedata.east_asian_width(character), 1) for character in text)
