"""Where lines go: coloured where a person looks at them, plain where a program reads them."""

from __future__ import annotations

import sys
from functools import cached_property
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["Terminal"]

HIGHLIGHTS = (
    r"(?P<done>\((?:head|current)\))",
    r"(?P<note>\((?:effective head|branchpoint|mergepoint)\))",
    r"(?P<error>^Error:)",
    r"(?P<name>^[A-Z][A-Za-z ]*:(?= |$))",
    r"(?P<dim><base>| -> )",
)
"""What is coloured in a line; each group is named after its style."""

STYLES = {"done": "green", "note": "cyan", "error": "bold red", "name": "bold", "dim": "dim"}


class Terminal:
    """A text stream, as the commands use it.

    A reader that goes away (``async-migrate history | head -1``) must not break off a migration half-way, so
    from then on nothing is written any more.

    Args:
        stream: Where to write.
        quiet: Write nothing but what was asked for by name: a JSON document or a script.
    """

    def __init__(self, stream: TextIO, *, quiet: bool = False) -> None:
        self._stream = stream
        self._closed = False
        self.quiet = quiet

    @cached_property
    def is_interactive(self) -> bool:
        """Whether a person looks at it."""
        return self._stream.isatty()

    @property
    def is_standard(self) -> bool:
        """Whether it is the standard output of the process."""
        return self._stream is sys.stdout

    @cached_property
    def console(self) -> Console:
        """The terminal, for what only a terminal can show; it honours ``NO_COLOR``."""
        from rich.console import Console
        from rich.highlighter import RegexHighlighter
        from rich.theme import Theme

        class _Highlighter(RegexHighlighter):
            highlights = HIGHLIGHTS

        return Console(file=self._stream, theme=Theme(STYLES), highlighter=_Highlighter(), soft_wrap=True)

    def line(self, text: str = "", *, end: str = "\n") -> None:
        """Write a line, unless the terminal is quiet."""
        if self.quiet:
            return
        if self.is_interactive:
            self.console.print(text, end=end, markup=False, emoji=False)
        else:
            self.document(text + end)

    def lines(self, texts: list[str]) -> None:
        """Write lines, unless the terminal is quiet."""
        for text in texts:
            self.line(text)

    def document(self, text: str) -> None:
        """Write text as it is, even where the terminal is quiet."""
        if self._closed:
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except BrokenPipeError:
            self._closed = True
