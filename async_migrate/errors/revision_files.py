"""One revision file is unusable, or cannot be written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from async_migrate.errors.base import UsageError
from async_migrate.errors.wording import described, located

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "DowngradeMissingError",
    "MigrationFunctionError",
    "RevisionExistsError",
    "RevisionFileError",
    "RevisionHeaderError",
    "RevisionHeaderMissingError",
    "RevisionLoadError",
    "RevisionSyntaxError",
    "RevisionUnreadableError",
    "TemplateError",
    "TemplateResultError",
    "WriteHookError",
]


class RevisionFileError(UsageError):
    """One revision file is unusable.

    Attributes:
        path: The file.
        line: The line in it, counted from 1, where known.
    """

    def __init__(self, message: str, *, path: Path, line: int | None = None) -> None:
        self.path = path
        self.line = line
        super().__init__(message)


class RevisionUnreadableError(RevisionFileError):
    """A revision file could not be read from the disk.

    Attributes:
        reason: What the operating system says.
    """

    def __init__(self, path: Path, *, reason: str) -> None:
        self.reason = reason
        super().__init__(f"The revision file {path} cannot be read: {reason}.", path=path)


class RevisionSyntaxError(RevisionFileError):
    """A revision file is not Python.

    Attributes:
        column: The column, counted from 1, where known.
        text: The offending line, without its line end.
        reason: What the Python compiler says.
    """

    def __init__(
        self, path: Path, *, reason: str, line: int | None = None, column: int | None = None, text: str = ""
    ) -> None:
        self.column = column
        self.text = text
        self.reason = reason
        offending = f" in {text.strip()!r}" if text.strip() else ""
        super().__init__(
            f"The revision file {located(path, line, column)} is not valid Python: {reason}{offending}.",
            path=path,
            line=line,
        )


class RevisionHeaderError(RevisionFileError):
    """A header variable of a revision file is missing or of the wrong kind.

    Attributes:
        name: The variable.
        expected: What it must be, in words.
        value: What it is; None when it is missing.
    """

    def __init__(
        self, path: Path, *, name: str, expected: str, value: object, line: int | None = None
    ) -> None:
        self.name = name
        self.expected = expected
        self.value = value
        super().__init__(
            f"{name!r} in the revision file {located(path, line)} is {described(value)}; "
            f"it must be {expected}.",
            path=path,
            line=line,
        )


class RevisionHeaderMissingError(RevisionFileError):
    """A revision file does not say which revision it is, or which one it follows.

    Attributes:
        name: The variable that is missing.
    """

    def __init__(self, path: Path, *, name: str) -> None:
        self.name = name
        super().__init__(
            f"The file {path} does not assign {name!r}. Every .py file in a version location is a revision: "
            "it assigns 'revision' its own identifier and 'down_revision' the one before it (None for the "
            "first). Move other modules elsewhere.",
            path=path,
        )


class RevisionLoadError(RevisionFileError):
    """A revision file raised an exception while it was imported.

    Attributes:
        reason: The exception, as its type and message.
    """

    def __init__(self, path: Path, *, reason: str, line: int | None = None) -> None:
        self.reason = reason
        super().__init__(
            f"The revision file {located(path, line)} cannot be imported: {reason}.", path=path, line=line
        )


class MigrationFunctionError(RevisionFileError):
    """``upgrade`` or ``downgrade`` is missing or cannot be called.

    Attributes:
        function: ``upgrade`` or ``downgrade``.
        reason: What is wrong with it.
    """

    def __init__(self, path: Path, *, function: str, reason: str, line: int | None = None) -> None:
        self.function = function
        self.reason = reason
        super().__init__(
            f"{function}() in the revision file {located(path, line)} {reason}", path=path, line=line
        )


class DowngradeMissingError(RevisionFileError):
    """A revision that has no way back was asked to go back."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"The revision file {path} defines no downgrade(), so this revision cannot be undone. "
            "Write one, or restore a backup.",
            path=path,
        )


class RevisionExistsError(RevisionFileError):
    """A new revision would overwrite a file."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"The file {path} already exists and is left as it is. "
            "Choose another message or revision identifier.",
            path=path,
        )


class TemplateError(RevisionFileError):
    """The template of revision files cannot be rendered.

    Attributes:
        reason: What happened.
    """

    def __init__(self, path: Path, *, reason: str, line: int | None = None) -> None:
        self.reason = reason
        super().__init__(
            f"The template {located(path, line)} cannot be rendered: {reason}.", path=path, line=line
        )


class TemplateResultError(RevisionFileError):
    """The template renders something that is not the revision it was asked for; nothing was written.

    Attributes:
        reason: What is wrong with the result.
        text: What the template made.
    """

    def __init__(self, path: Path, *, reason: str, text: str) -> None:
        self.reason = reason
        self.text = text
        super().__init__(
            f"What the template {path} makes is not usable: {reason}. Nothing was written.", path=path
        )


class WriteHookError(RevisionFileError):
    """A post-write hook could not be run or failed; the revision file stays.

    Attributes:
        hook: The name of the hook.
        reason: What happened.
        output: What the hook printed.
    """

    def __init__(self, path: Path, *, hook: str, reason: str, output: str = "", hint: str = "") -> None:
        self.hook = hook
        self.reason = reason
        self.output = output
        printed = f" It printed: {output.strip()}" if output.strip() else ""
        super().__init__(
            f"The post-write hook {hook!r} {reason}.{hint} "
            f"The revision file {path} was written and stays.{printed}",
            path=path,
        )
