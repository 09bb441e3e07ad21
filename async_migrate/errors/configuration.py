"""The configuration, ``env.py``, or the project's folders are wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from async_migrate.errors.base import UsageError
from async_migrate.errors.wording import described, did_you_mean, listed, located

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

__all__ = [
    "ConfigurationError",
    "ConfigurationFileError",
    "ConfigurationNotFoundError",
    "ConfigurationTableMissingError",
    "ConflictingSettingsError",
    "DirectoryNotEmptyError",
    "EditorError",
    "EnvironmentFileError",
    "EnvironmentVariableError",
    "ForeignEnvironmentError",
    "LocationNotFoundError",
    "MisplacedSettingError",
    "NotMetadataError",
    "NotWritableError",
    "ReferenceNotFoundError",
    "SettingValueError",
    "UnknownEnvironmentNameError",
    "UnknownSectionError",
    "UnknownSettingError",
    "UnknownTemplateError",
    "VersionPathError",
]


class ConfigurationError(UsageError):
    """The configuration is missing, unreadable or contradicts itself."""


class ConfigurationNotFoundError(ConfigurationError):
    """No configuration file was found.

    Attributes:
        directory: Where the search began.
        root: The last directory that was looked at.
    """

    def __init__(self, *, directory: Path, root: Path) -> None:
        self.directory = directory
        self.root = root
        upwards = "" if root == directory else f" or above it, up to {root}"
        super().__init__(
            f"There is no configuration in {directory}{upwards}: neither async_migrate.toml nor a "
            "pyproject.toml with a [tool.async_migrate] table. Run 'async-migrate init migrations' to start, "
            "or name the file with '-c PATH'."
        )


class ConfigurationFileError(ConfigurationError):
    """A configuration file cannot be used.

    Attributes:
        path: The file.
        reason: What is wrong with it.
        line: Where, counted from 1, when known.
        column: The column in that line, counted from 1, when known.
    """

    def __init__(
        self, path: Path, *, reason: str, line: int | None = None, column: int | None = None
    ) -> None:
        self.path = path
        self.reason = reason
        self.line = line
        self.column = column
        super().__init__(f"The configuration file {located(path, line, column)} cannot be used: {reason}.")


class ConfigurationTableMissingError(ConfigurationError):
    """The named pyproject.toml says nothing about migrations.

    Attributes:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"{path} has no [tool.async_migrate] table. "
            "Add one, or run 'async-migrate init migrations' beside it."
        )


class UnknownSettingError(ConfigurationError):
    """A key is not one of ours.

    Attributes:
        key: The key.
        source: Where it stands.
        known: The keys that are accepted.
    """

    def __init__(self, key: str, *, source: str, known: Iterable[str]) -> None:
        self.key = key
        self.source = source
        self.known = tuple(known)
        super().__init__(
            f"{source} has the unknown key {key!r}.{did_you_mean(key, self.known)} "
            f"The accepted keys are {', '.join(self.known)}."
        )


class SettingValueError(ConfigurationError):
    """The value of a key is of the wrong kind.

    A secret value is kept out of the words, but not out of the field.

    Attributes:
        key: The key.
        value: What it was given.
        expected: What it accepts, in words.
        source: Where it stands.
    """

    def __init__(self, key: str, *, value: object, expected: str, source: str, secret: bool = False) -> None:
        self.key = key
        self.value = value
        self.expected = expected
        self.source = source
        shown = "unusable" if secret else described(value)
        super().__init__(f"{key!r} in {source} is {shown}; it must be {expected}.")


class ConflictingSettingsError(ConfigurationError):
    """Two keys contradict each other.

    Attributes:
        keys: The two keys.
        source: Where they stand.
        reason: Why they do not go together, and what to do.
    """

    def __init__(self, first: str, second: str, *, source: str, reason: str) -> None:
        self.keys = (first, second)
        self.source = source
        self.reason = reason
        super().__init__(f"{first!r} and {second!r} in {source} do not go together: {reason}.")


class UnknownSectionError(ConfigurationError):
    """``-n`` names a section that the configuration does not have.

    Attributes:
        section: The name.
        source: The configuration that was looked at.
        known: The sections it has.
    """

    def __init__(self, section: str, *, source: str, known: Sequence[str]) -> None:
        self.section = section
        self.source = source
        self.known = tuple(known)
        has = f"Its sections are {listed(self.known)}" if known else "It has no sections"
        super().__init__(f"{source} has no section {section!r}.{did_you_mean(section, known)} {has}.")


class EnvironmentVariableError(ConfigurationError):
    """A setting of the form ``env:NAME`` names a variable without a value.

    Attributes:
        variable: The name of the environment variable.
        key: The setting that refers to it.
    """

    def __init__(self, variable: str, *, key: str) -> None:
        self.variable = variable
        self.key = key
        super().__init__(
            f"{key!r} is read from the environment variable {variable}, which is not set or empty. "
            f"Set {variable}, or write the value itself into the configuration."
        )


class ReferenceNotFoundError(ConfigurationError):
    """A ``module:attribute`` reference does not lead to an object.

    Attributes:
        reference: As it was written.
        key: The setting that holds it.
        reason: What was not found, and what may have been meant.
    """

    def __init__(self, reference: str, *, key: str, reason: str) -> None:
        self.reference = reference
        self.key = key
        self.reason = reason
        super().__init__(f"{key!r} refers to {reference!r}: {reason}")


class NotMetadataError(ConfigurationError):
    """What should be the application's MetaData is something else.

    Attributes:
        value: What was found.
        reference: The reference that led to it, if there was one.
    """

    def __init__(self, value: object, *, reference: str | None = None) -> None:
        self.value = value
        self.reference = reference
        where = "target_metadata" if reference is None else f"'metadata', given as {reference!r},"
        super().__init__(
            f"{where} is {described(value)}; it must be a SQLAlchemy MetaData, or a declarative base class, "
            "whose metadata is taken."
        )


class EnvironmentFileError(ConfigurationError):
    """``env.py`` cannot be used.

    Attributes:
        path: The file.
        line: Where it failed, counted from 1, when known.
        reason: What happened.
    """

    def __init__(self, path: Path, *, reason: str, line: int | None = None) -> None:
        self.path = path
        self.line = line
        self.reason = reason
        super().__init__(f"{located(path, line)} cannot be imported: {reason}")


class UnknownEnvironmentNameError(ConfigurationError):
    """``env.py`` defines a name that is almost, but not quite, one that would be read.

    Attributes:
        path: The file.
        line: The line of the definition.
        name: The name.
        meant: The name it resembles.
    """

    def __init__(self, path: Path, *, line: int, name: str, meant: str) -> None:
        self.path = path
        self.line = line
        self.name = name
        self.meant = meant
        super().__init__(
            f"{located(path, line)} defines {name!r}, which nothing reads. Did you mean {meant!r}? "
            "If not, start the name with an underscore."
        )


class MisplacedSettingError(ConfigurationError):
    """``env.py`` sets what has to be known before it is read.

    Attributes:
        path: The file.
        line: The line of the setting, counted from 1.
        name: The setting.
    """

    def __init__(self, path: Path, *, line: int, name: str) -> None:
        self.path = path
        self.line = line
        self.name = name
        hint = ' (url = "env:DATABASE_URL" reads an environment variable)' if name == "url" else ""
        super().__init__(
            f"{path}:{line} sets {name!r}, which belongs into the configuration file or a keyword argument: it has to "
            f"be known before env.py is read, which happens only when there is something to do. Move it there{hint}."
        )


class ForeignEnvironmentError(ConfigurationError):
    """``env.py`` is written for Alembic: a script to execute, not a module to read.

    Attributes:
        path: The file.
        line: The line that gives it away.
    """

    def __init__(self, path: Path, *, line: int) -> None:
        self.path = path
        self.line = line
        super().__init__(
            f"{located(path, line)} runs migrations itself, as Alembic has it. Here env.py is a module that "
            "only says things: it assigns target_metadata and, where wanted, defines include_object and "
            "other hooks at the top level; the database URL is 'url' in the configuration. Take out what "
            "connects and configures, or rename the file."
        )


class LocationNotFoundError(ConfigurationError):
    """The migrations folder does not exist.

    Attributes:
        location: The folder, or the package that should hold it.
    """

    def __init__(self, location: Path | str) -> None:
        self.location = location
        if isinstance(location, str):
            words = (
                f"The migrations folder {location!r} is in no package that can be found. Correct 'location' "
                "in the configuration, or add the package's parent directory to 'prepend_sys_path'."
            )
        else:
            words = (
                f"The migrations folder {location} does not exist. Run 'async-migrate init {location}' to "
                "create it, or correct 'location' in the configuration."
            )
        super().__init__(words)


class NotWritableError(ConfigurationError):
    """A file of the project could not be written.

    Attributes:
        path: The file.
        reason: What the operating system says.
    """

    def __init__(self, path: Path, *, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path} cannot be written: {reason}.")


class VersionPathError(ConfigurationError):
    """It is not clear in which version location a new revision belongs.

    Attributes:
        path: The directory that was asked for, if one was.
        known: The version locations there are.
    """

    def __init__(self, path: Path | None, *, known: Sequence[Path]) -> None:
        self.path = path
        self.known = tuple(known)
        directories = listed([str(directory) for directory in known])
        if path is None:
            words = f"A first revision could go into any of {directories}. Choose one with --version-path."
        else:
            words = f"{path} is not one of the version locations, which are {directories}."
        super().__init__(words)


class DirectoryNotEmptyError(ConfigurationError):
    """``init`` was pointed at a directory with something in it.

    Attributes:
        directory: The directory.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        super().__init__(
            f"{directory} already exists and is not an empty directory. "
            "Choose another name, or empty it first."
        )


class UnknownTemplateError(ConfigurationError):
    """There is no project template of that name.

    Attributes:
        template: The name.
        known: The templates there are.
    """

    def __init__(self, template: str, *, known: Sequence[str]) -> None:
        self.template = template
        self.known = tuple(known)
        super().__init__(
            f"There is no template {template!r}.{did_you_mean(template, known)} "
            f"The templates are {listed(self.known)}."
        )


class EditorError(ConfigurationError):
    """No editor could be started.

    Attributes:
        editor: The command that was tried, if there was one to try.
        reason: What happened.
    """

    def __init__(self, *, reason: str, editor: str | None = None) -> None:
        self.editor = editor
        self.reason = reason
        start = "No editor was found" if editor is None else f"The editor {editor!r} failed"
        super().__init__(f"{start}: {reason}. Set VISUAL or EDITOR to the command of your editor.")
