"""What an exception out of somebody else's code says: in which words, and on which line."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

from async_migrate.errors import RevisionSyntaxError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["line_in", "place", "reason", "revision_syntax_error"]


def reason(error: BaseException) -> str:
    """Return an exception as Python prints it, on one line and without a full stop."""
    words = " ".join(str(error).split()).rstrip(".")
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


def line_in(error: BaseException, path: Path) -> int | None:
    """Return the last line of a file that an exception passed through, or None if it did not."""
    if isinstance(error, SyntaxError) and error.filename == str(path):
        return error.lineno
    frames = traceback.extract_tb(error.__traceback__)
    return next((frame.lineno for frame in reversed(frames) if frame.filename == str(path)), None)


def revision_syntax_error(error: SyntaxError | ValueError, path: Path) -> RevisionSyntaxError:
    """Return our error for what ``compile`` raised; older Pythons raise ValueError for a null byte."""
    if not isinstance(error, SyntaxError):
        return RevisionSyntaxError(path, reason=str(error))
    return RevisionSyntaxError(
        path,
        reason=error.msg,
        line=error.lineno,
        column=error.offset or None,
        text=(error.text or "").strip("\n"),
    )


def place(error: BaseException) -> str:
    """Return the innermost file and line that an exception came through, as `` (file:line)``."""
    if isinstance(error, SyntaxError) and error.filename:
        return f" ({error.filename}:{error.lineno})"
    frames = traceback.extract_tb(error.__traceback__)
    # The frames of the import machinery have no file that anybody could open.
    files = [frame for frame in frames if not frame.filename.startswith("<")]
    return f" ({files[-1].filename}:{files[-1].lineno})" if files else ""
