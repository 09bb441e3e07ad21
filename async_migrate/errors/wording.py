"""How messages list, shorten and suggest."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

__all__ = [
    "described",
    "did_you_mean",
    "in_file",
    "listed",
    "located",
    "position_of",
    "shortened",
]


def did_you_mean(wrong: str, known: Iterable[str]) -> str:
    """Return `` Did you mean …?`` for the names closest to a wrong one, or an empty string."""
    close = difflib.get_close_matches(wrong, list(known), n=3, cutoff=0.6)
    if not close:
        return ""
    return f" Did you mean {', '.join(repr(name) for name in close)}?"


def listed(names: Sequence[str], *, most: int = 5) -> str:
    """Return names as prose: ``'a', 'b' and 3 more``."""
    shown = ", ".join(repr(name) for name in names[:most])
    if len(names) <= most:
        return shown
    return f"{shown} and {len(names) - most} more"


def shortened(text: str, *, most: int = 500) -> str:
    """Return text on one line, cut off where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def in_file(path: Path | None) -> str:
    """Return `` (path)`` where there is one."""
    return f" ({path})" if path else ""


def position_of(heads: Sequence[str]) -> str:
    """Return where a database is, to follow "is"."""
    return f"at {listed(heads)}" if heads else "at base, with nothing applied"


def located(path: Path, line: int | None = None, column: int | None = None) -> str:
    """Return ``path``, ``path:line`` or ``path:line:column``, which terminals and editors make a link of."""
    return ":".join(str(part) for part in (path, line, column) if part is not None)


def described(value: object) -> str:
    """Return a value in words, without the contents of containers, which may be secret or long."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case str():
            return f"the text {value!r}"
        case int() | float():
            return f"the number {value}"
        case dict():
            return "a table"
        case list() | tuple() | set() | frozenset():
            return "a list"
        case _:
            return f"an object of type {type(value).__name__}"
