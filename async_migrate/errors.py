"""Every error this package raises, and its words.

The tree, with the exit code of the command line::

    AsyncMigrateError                    3
    ├── UsageError                       2   the call, the configuration or the files are wrong
    │   ├── ConfigurationError
    │   ├── GraphError                       the revision files do not form a graph
    │   ├── RevisionLookupError              an identifier does not name what it should
    │   ├── RevisionFileError                one revision file is unusable
    │   ├── OperationError                   a directive was called wrongly
    │   └── RenderError                      something cannot be written as code
    └── ExecutionError                   3   something failed while talking to a database

An error says what is wrong, where, and what to do next, in one paragraph. What a program may want to know
is a field; the words are composed here, from those fields, so that no two places word the same thing twice.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, ClassVar, Literal, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

__all__ = [
    "AlreadyInTableError",
    "AmbiguousRevisionError",
    "AmbiguousWalkError",
    "AsyncConnectionUnavailableError",
    "AsyncMigrateError",
    "BranchLabelIsRevisionError",
    "ConfigurationError",
    "ConfigurationFileError",
    "ConfigurationNotFoundError",
    "ConfigurationTableMissingError",
    "ConflictingSettingsError",
    "CopyFromStdinError",
    "CycleError",
    "DependentBrokenError",
    "DirectiveCallError",
    "DirectoryNotEmptyError",
    "DowngradeMissingError",
    "DuplicateBranchLabelError",
    "DuplicateImplementationError",
    "DuplicateRendererError",
    "DuplicateRevisionError",
    "DuplicateTableError",
    "EditorError",
    "EnvironmentFileError",
    "EnvironmentVariableError",
    "ExecutionError",
    "ForeignEnvironmentError",
    "ForeignKeysEnforcedError",
    "GraphError",
    "IndexBuildFailedError",
    "IndexMissingError",
    "IndexNameTakenError",
    "InvalidArgumentError",
    "InvalidIdentifierError",
    "InvalidRangeError",
    "InvalidRevisionNameError",
    "IrreversibleOperationError",
    "LocationNotFoundError",
    "MigrationFunctionError",
    "MissingRevisionError",
    "MultipleHeadsError",
    "NameDiffersOutsideError",
    "NoDatabaseToCountFromError",
    "NoRendererError",
    "NotAppliedError",
    "NotCompilableError",
    "NotInTableError",
    "NotMetadataError",
    "NotOnBranchError",
    "NotWritableError",
    "OutsideTransactionError",
    "PartitionedIndexError",
    "ReferenceNotFoundError",
    "RenderError",
    "RenderedCodeError",
    "RevisionExistsError",
    "RevisionHeaderError",
    "RevisionHeaderMissingError",
    "RevisionLoadError",
    "RevisionLookupError",
    "RevisionSyntaxError",
    "RevisionUnreadableError",
    "RowsDoNotFitError",
    "SettingValueError",
    "SeveralCurrentHeadsError",
    "TemplateError",
    "TemplateResultError",
    "UnboundOperationsError",
    "UnknownConstraintError",
    "UnknownCurrentRevisionError",
    "UnknownDirectiveError",
    "UnknownEnvironmentNameError",
    "UnknownOperationError",
    "UnknownRevisionError",
    "UnknownSectionError",
    "UnknownSettingError",
    "UnknownTemplateError",
    "UnnamedConstraintError",
    "UnrelatedRangeError",
    "UnrenderableArgumentError",
    "UnrenderableConstraintError",
    "UnrenderableExpressionError",
    "UnrenderableTypeError",
    "UnrenderableValueError",
    "UnsupportedOperationError",
    "UsageError",
    "VersionPathError",
    "WalkedTooFarError",
    "WriteHookError",
    "WrongDirectionError",
    "WrongTaskError",
]


class AsyncMigrateError(Exception):
    """The base of everything raised here on purpose.

    Catch it to treat any foreseen failure alike; ``exit_code`` is what the command line returns for it.
    """

    exit_code: ClassVar[int] = 3


class UsageError(AsyncMigrateError):
    """The call, the configuration or the project's files are wrong; nothing was executed."""

    exit_code: ClassVar[int] = 2


class ExecutionError(AsyncMigrateError):
    """Something failed while talking to a database."""


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


_LONGEST_CYCLE_SHOWN = 6


def _in_file(path: Path | None) -> str:
    return f" ({path})" if path else ""


def _position(heads: Sequence[str]) -> str:
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


# --- configuration -------------------------------------------------------------------------------------------


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


# --- the graph -----------------------------------------------------------------------------------------------


class GraphError(UsageError):
    """The revision files do not form a graph."""


class DuplicateRevisionError(GraphError):
    """Two revisions have one identifier.

    Attributes:
        revision: The identifier.
        paths: The files that define it, as far as known.
    """

    def __init__(self, revision: str, *, paths: Sequence[Path] = ()) -> None:
        self.revision = revision
        self.paths = tuple(paths)
        where = f", in {' and '.join(map(str, self.paths))}" if self.paths else ""
        super().__init__(
            f"Revision {revision!r} is defined more than once{where}. Give one of them an identifier of its "
            "own, or delete it if it is a copy."
        )


class InvalidRevisionNameError(GraphError):
    """A revision identifier or a branch label cannot be used as a name.

    Attributes:
        name: The name.
        kind: ``"revision identifier"`` or ``"branch label"``.
        reason: What is wrong with it, as a clause.
        path: The file that defines it, where known.
    """

    def __init__(self, name: str, *, kind: str, reason: str, path: Path | None = None) -> None:
        self.name = name
        self.kind = kind
        self.reason = reason
        self.path = path
        super().__init__(f"The {kind} {name!r}{_in_file(path)} cannot be used: {reason}. Choose another one.")


class MissingRevisionError(GraphError):
    """A revision names another one that does not exist.

    Attributes:
        missing: The name that nothing has.
        revision: The revision that names it.
        attribute: Where it does: ``"down_revision"`` or ``"depends_on"``.
        path: The file of that revision, where known.
    """

    def __init__(
        self, missing: str, *, revision: str, attribute: str, known: Iterable[str], path: Path | None = None
    ) -> None:
        self.missing = missing
        self.revision = revision
        self.attribute = attribute
        self.path = path
        super().__init__(
            f"Revision {revision!r}{_in_file(path)} has {missing!r} in its {attribute}, but no revision file "
            f"defines it.{did_you_mean(missing, known)} Restore the missing file, or correct the {attribute}."
        )


class CycleError(GraphError):
    """Some revisions can only be applied after themselves.

    Attributes:
        revisions: The cycle, each needing the next one, and the last one the first.
        attributes: How each of them names the next: in its ``"down_revision"`` or its ``"depends_on"``.
        paths: Their files, where known.
    """

    def __init__(
        self, revisions: Sequence[str], *, attributes: Sequence[str], paths: Sequence[Path | None]
    ) -> None:
        self.revisions = tuple(revisions)
        self.attributes = tuple(attributes)
        self.paths = tuple(paths)
        if len(self.revisions) == 1:
            message = (
                f"Revision {self.revisions[0]!r}{_in_file(self.paths[0])} has itself in its "
                f"{self.attributes[0]}. Name the revision that comes before it."
            )
        else:
            message = (
                f"The revisions form a cycle, so that none of them can be the first: {self._links()}. "
                "Correct one of these links."
            )
        super().__init__(message)

    def _links(self) -> str:
        following = (*self.revisions[1:], self.revisions[0])
        links = [
            f"{revision!r}{_in_file(path)} has {needed!r} in its {attribute}"
            for revision, path, needed, attribute in zip(
                self.revisions, self.paths, following, self.attributes, strict=True
            )
        ]
        if len(links) > _LONGEST_CYCLE_SHOWN:
            half = _LONGEST_CYCLE_SHOWN // 2
            links[half:-half] = [f"{len(links) - 2 * half} more in between"]
        return ", ".join(links)


class DuplicateBranchLabelError(GraphError):
    """Two revisions give their branches the same label.

    Attributes:
        label: The label.
        revisions: The two revisions.
        paths: Their files, where known.
    """

    def __init__(
        self, label: str, *, revisions: tuple[str, str], paths: tuple[Path | None, Path | None]
    ) -> None:
        self.label = label
        self.revisions = revisions
        self.paths = paths
        first, second = (
            f"{revision!r}{_in_file(path)}" for revision, path in zip(revisions, paths, strict=True)
        )
        super().__init__(
            f"The branch label {label!r} is given twice, by revisions {first} and {second}. A label names one "
            "branch: keep it on the revision where that branch begins, and remove it from the other."
        )


class BranchLabelIsRevisionError(GraphError):
    """A branch label is also the identifier of a revision.

    Attributes:
        label: The label.
        revision: The revision that gives it.
        path: The file of that revision, where known.
    """

    def __init__(self, label: str, *, revision: str, path: Path | None = None) -> None:
        self.label = label
        self.revision = revision
        self.path = path
        super().__init__(
            f"The branch label {label!r}, given by revision {revision!r}{_in_file(path)}, is the identifier of "
            "a revision too, so that it could mean either. Choose another label."
        )


class RevisionLookupError(UsageError):
    """A revision identifier does not name what it should."""


class InvalidIdentifierError(RevisionLookupError):
    """An identifier does not follow the grammar.

    Attributes:
        identifier: What was written.
        reason: What is wrong with it, as a clause.
    """

    def __init__(self, identifier: str, *, reason: str) -> None:
        self.identifier = identifier
        self.reason = reason
        super().__init__(
            f"{identifier!r} does not identify a revision: {reason}. Write an identifier or the beginning of "
            "one, a branch label, 'head', 'heads' or 'base', each with '+N' or '-N' if need be."
        )


class InvalidRangeError(RevisionLookupError):
    """A range is not written ``from:to``.

    Attributes:
        text: What was written.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(
            f"{text!r} is not a range. Write 'from:to', with one ':'; either end may be left out."
        )


class UnknownRevisionError(RevisionLookupError):
    """No revision and no branch label has this name.

    Attributes:
        name: The name, or the beginning of one, that was looked for.
    """

    def __init__(self, name: str, *, known: Sequence[str]) -> None:
        self.name = name
        same = [other for other in known if other.casefold() == name.casefold()]
        hint = did_you_mean(same[0], same) if same else did_you_mean(name, known)
        if known:
            message = f"There is no revision or branch label {name!r}.{hint} `history` lists the revisions."
        else:
            message = (
                f"There is no revision {name!r}: none has been made yet. `revision` makes the first one."
            )
        super().__init__(message)


class AmbiguousRevisionError(RevisionLookupError):
    """The beginning of a name fits several revisions.

    Attributes:
        name: The beginning that was written.
        candidates: The names that begin like that.
    """

    def __init__(self, name: str, *, candidates: Sequence[str]) -> None:
        self.name = name
        self.candidates = tuple(candidates)
        super().__init__(
            f"{name!r} is the beginning of several names: {listed(self.candidates)}. Write more of the one you "
            "mean."
        )


class MultipleHeadsError(RevisionLookupError):
    """One revision is asked for where there are several heads.

    Attributes:
        identifier: What was written.
        heads: The heads it could be.
        example: An identifier that would name one of them.
    """

    def __init__(self, identifier: str, *, heads: Sequence[str], example: str) -> None:
        self.identifier = identifier
        self.heads = tuple(heads)
        self.example = example
        super().__init__(
            f"{identifier!r} should be one revision, but there are {len(self.heads)}: {listed(self.heads)}. "
            f"Name one of them, or its branch as in {example!r}; 'heads' means all where several are allowed, "
            "and `merge heads` joins them."
        )


class NotOnBranchError(RevisionLookupError):
    """A revision is not on the branch that was named before the ``@``.

    Attributes:
        revision: The revision.
        branch: The branch label, or the revision that stands for the branch.
    """

    def __init__(self, revision: str, *, branch: str) -> None:
        self.revision = revision
        self.branch = branch
        super().__init__(
            f"Revision {revision!r} is not on branch {branch!r}: it comes neither before nor after the "
            f"revision that {branch!r} stands for. Leave out the branch, or name another one."
        )


class AmbiguousWalkError(RevisionLookupError):
    """Counting revisions up or down comes to a place where there are several ways.

    Attributes:
        identifier: What was written.
        revision: Where the ways part; None is before the first revision.
        choices: The revisions that could be next.
        upward: Whether the counting goes up.
        example: An identifier that would go one of the ways.
    """

    def __init__(
        self, identifier: str, *, revision: str | None, choices: Sequence[str], upward: bool, example: str
    ) -> None:
        self.identifier = identifier
        self.revision = revision
        self.choices = tuple(choices)
        self.upward = upward
        self.example = example
        if not upward:
            crossing = f"revision {revision!r} merges several"
        elif revision is None:
            crossing = "the history begins with several"
        else:
            crossing = f"revision {revision!r} is followed by several"
        super().__init__(
            f"{identifier!r} could mean several revisions, because {crossing}: {listed(self.choices)}. Name "
            f"the revision you mean, or put a branch in front, as in {example!r}."
        )


class WalkedTooFarError(RevisionLookupError):
    """Counting revisions up or down goes past the end of the history.

    Attributes:
        identifier: What was written.
        start: Where the counting began; None is before the first revision.
        steps: How many revisions were asked for, positive upward.
        available: How many there are.
    """

    def __init__(self, identifier: str, *, start: str | None, steps: int, available: int) -> None:
        self.identifier = identifier
        self.start = start
        self.steps = steps
        self.available = available
        place = "base" if start is None else repr(start)
        side, end = ("above", "head") if steps > 0 else ("below", "base")
        super().__init__(
            f"{identifier!r} goes too far: it asks for {abs(steps)} {side} {place}, and there "
            f"{'is' if available == 1 else 'are'} {available}. To go all the way, write {end!r}."
        )


class SeveralCurrentHeadsError(RevisionLookupError):
    """Counting from where the database is, while it is at several heads.

    Attributes:
        identifier: What was written.
        heads: Where the database is.
        examples: Identifiers that would each count from one of them.
    """

    def __init__(self, identifier: str, *, heads: Sequence[str], examples: Sequence[str]) -> None:
        self.identifier = identifier
        self.heads = tuple(heads)
        self.examples = tuple(examples)
        super().__init__(
            f"{identifier!r} counts from where the database is, but it is at {len(self.heads)} heads: "
            f"{listed(self.heads)}. Say which branch to count on: {listed(self.examples)}."
        )


class NoDatabaseToCountFromError(RevisionLookupError):
    """An identifier needs to know where a database is, where none is looked at.

    Attributes:
        identifier: What was written.
    """

    def __init__(self, identifier: str) -> None:
        self.identifier = identifier
        super().__init__(
            f"{identifier!r} depends on where the database is, and no database is looked at here. Name a "
            "revision, or count from one, as in 'head-1'."
        )


class WrongDirectionError(RevisionLookupError):
    """The destination lies the other way.

    Attributes:
        identifier: The destination, as it was written.
        command: The command that goes that way: ``"upgrade"`` or ``"downgrade"``.
        heads: Where the database is.
    """

    def __init__(self, identifier: str, *, command: str, heads: Sequence[str]) -> None:
        self.identifier = identifier
        self.command = command
        self.heads = tuple(heads)
        wrong = "upgrade" if command == "downgrade" else "downgrade"
        side = "before" if command == "downgrade" else "after"
        super().__init__(
            f"Cannot {wrong} to {identifier!r}: it comes {side} where the database is "
            f"({_position(self.heads)}). To go there, use `{command} {identifier}`."
        )


class NotAppliedError(RevisionLookupError):
    """The place to go back to is not among what the database has.

    Attributes:
        identifier: The destination, as it was written.
        heads: Where the database is.
    """

    def __init__(self, identifier: str, *, heads: Sequence[str]) -> None:
        self.identifier = identifier
        self.heads = tuple(heads)
        super().__init__(
            f"Cannot downgrade to {identifier!r}: nothing that it names is applied. The database is "
            f"{_position(self.heads)}; name a revision below that."
        )


class UnrelatedRangeError(RevisionLookupError):
    """The two ends of a range do not lie on one line.

    Attributes:
        lower: The older end, as it was written.
        upper: The newer end, as it was written.
        reversed: Whether the range would be right the other way round.
    """

    def __init__(self, lower: str, upper: str, *, reversed: bool) -> None:  # noqa: A002 - the natural word
        self.lower = lower
        self.upper = upper
        self.reversed = reversed
        hint = f"Write '{upper}:{lower}'" if reversed else "Name two ends of one branch, the older one first"
        super().__init__(f"'{lower}:{upper}' is not a range: {lower!r} does not lead to {upper!r}. {hint}.")


# --- revision files ------------------------------------------------------------------------------------------


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


# --- operations ----------------------------------------------------------------------------------------------


class OperationError(UsageError):
    """A directive was called wrongly, or asks for what the database cannot do."""


class IrreversibleOperationError(OperationError):
    """An operation was asked for its reverse and does not know what was there before.

    Attributes:
        operation: The directive, such as ``drop_column``.
        target: What it acts on, such as ``'user'``, where known.
        unknown: What the operation does not say.
        remedy: How an operation is had that says it, in words that follow "or".
    """

    def __init__(
        self,
        operation: str,
        *,
        target: str | None = None,
        unknown: str = "what was there before",
        remedy: str = "make the operation from the object itself (from_table, from_column_and_tablename, "
        "from_index, from_constraint), which keeps it",
    ) -> None:
        self.operation = operation
        self.target = target
        self.unknown = unknown
        self.remedy = remedy
        where = f" of {target!r}" if target is not None else ""
        super().__init__(
            f"{operation}{where} cannot be reversed, because it does not say {unknown}. Write that step of "
            f"downgrade() by hand, or {remedy}."
        )


class UnknownConstraintError(OperationError):
    """A constraint is of a kind for which no operation is registered.

    Attributes:
        kind: The ``__visit_name__`` of the constraint.
        known: The kinds that are registered.
    """

    def __init__(self, kind: str, *, known: Sequence[str]) -> None:
        self.kind = kind
        self.known = tuple(known)
        super().__init__(
            f"No operation adds a constraint of the kind {kind!r}; known are {listed(self.known, most=10)}. "
            f"Register one with @AddConstraintOp.register_add_constraint({kind!r})."
        )


class InvalidArgumentError(OperationError):
    """A directive was given a value that it cannot use.

    Attributes:
        directive: The directive, such as ``drop_constraint``.
        parameter: The parameter of it.
        value: What was given.
        accepted: What would be accepted, in words.
    """

    def __init__(
        self, directive: str, parameter: str, value: object, *, accepted: str, hint: str = ""
    ) -> None:
        self.directive = directive
        self.parameter = parameter
        self.value = value
        self.accepted = accepted
        super().__init__(f"{directive}() cannot take {parameter}={value!r}: it accepts {accepted}.{hint}")


class CopyFromStdinError(OperationError):
    """A script contains ``COPY … FROM STDIN``, whose rows only a client such as psql can send.

    Attributes:
        number: Which statement of the script it is, counted from 1.
        line: The line of the script on which it begins.
    """

    def __init__(self, number: int, *, line: int) -> None:
        self.number = number
        self.line = line
        super().__init__(
            f"Statement {number}, line {line} of the script, is COPY ... FROM STDIN: the rows below it are for psql "
            "to send, and are no SQL. Write them as INSERT statements (pg_dump --inserts does) or use "
            "op.bulk_insert()."
        )


class DirectiveCallError(OperationError):
    """A directive was called with arguments that it does not have, or without ones that it needs.

    Attributes:
        directive: The directive, such as ``create_index``.
        problem: What is wrong, as a clause.
        accepted: The parameters that it has.
        name: The wrong name, where the problem is one.
    """

    def __init__(
        self, directive: str, problem: str, *, accepted: Sequence[str], name: str | None = None
    ) -> None:
        self.directive = directive
        self.problem = problem
        self.accepted = tuple(accepted)
        self.name = name
        hint = did_you_mean(name, self.accepted) if name is not None else ""
        super().__init__(f"{directive}(): {problem}.{hint} It takes {listed(self.accepted, most=40)}.")


class UnknownDirectiveError(OperationError, AttributeError):
    """There is no directive of that name.

    Attributes:
        owner: ``op`` or ``batch_op``.
        directive: The name that was used.
        known: The directives there are.
    """

    def __init__(self, owner: str, directive: str, *, known: Sequence[str]) -> None:
        self.owner = owner
        self.directive = directive
        self.known = tuple(known)
        register = "Operations" if owner == "op" else "BatchOperations"
        super().__init__(
            f"{owner} has no directive {directive!r}.{did_you_mean(directive, self.known)} A directive of "
            f"your own is added with @{register}.register_operation({directive!r})."
        )


class UnboundOperationsError(OperationError):
    """A directive was used while no migration is running.

    Attributes:
        directive: The directive.
    """

    def __init__(self, directive: str) -> None:
        self.directive = directive
        super().__init__(
            f"op.{directive} was used while no migration is running. op works only inside upgrade() and "
            "downgrade(), not while a revision file is imported: move the call into one of them. To collect "
            "SQL without a database, use Recorder(dialect).op."
        )


class WrongTaskError(OperationError):
    """A directive was called from another asyncio task than the one that runs the migration.

    Attributes:
        directive: The directive.
    """

    def __init__(self, directive: str) -> None:
        self.directive = directive
        super().__init__(
            f"op.{directive} was called from another task than the one that runs the migration. Call op from "
            "upgrade() or downgrade() itself, or from coroutines that they await directly; what "
            "create_task(), gather() or a TaskGroup starts must not touch it."
        )


class AsyncConnectionUnavailableError(OperationError):
    """Something asynchronous was asked for where there is no asynchronous connection.

    Attributes:
        directive: What was used: ``run_async``, ``connection`` or ``session``.
        offline: Whether SQL is only written down.
    """

    def __init__(self, directive: str, *, offline: bool) -> None:
        self.directive = directive
        self.offline = offline
        if offline:
            guard = "if not op.get_context().as_sql:"
            why = f"SQL is only written down here. Guard the call with `{guard}`, or run online."
        else:
            remedy = "Run it on an AsyncEngine or AsyncConnection."
            why = f"the migration runs on a synchronous connection. {remedy}"
        super().__init__(f"op.{directive} needs an asynchronous connection, but {why}")


class DuplicateImplementationError(OperationError):
    """An operation that has an implementation was given another one.

    Attributes:
        operation: The class of the operation.
    """

    def __init__(self, operation: str) -> None:
        self.operation = operation
        super().__init__(
            f"{operation} is implemented already. Pass replace=True to implementation_for() to take its place."
        )


class UnsupportedOperationError(OperationError):
    """A database has no statement for what was asked; nothing was executed.

    Attributes:
        dialect: The dialect.
        operation: The directive, such as ``drop_constraint``.
        reason: What the database cannot do, in words that follow "PostgreSQL cannot".
        alternative: What to do instead, as a sentence.
    """

    def __init__(self, dialect: str, operation: str, *, reason: str, alternative: str) -> None:
        self.dialect = dialect
        self.operation = operation
        self.reason = reason
        self.alternative = alternative
        super().__init__(
            f"{operation}() is not possible on {dialect}: it cannot {reason}. {alternative} Nothing was executed."
        )


class NotCompilableError(OperationError):
    """SQLAlchemy cannot write what was asked as SQL of a database; nothing was executed.

    Attributes:
        operation: The directive, such as ``create_foreign_key``.
        dialect: The database.
        reason: What SQLAlchemy says.
    """

    def __init__(self, operation: str, *, dialect: str, reason: str) -> None:
        self.operation = operation
        self.dialect = dialect
        self.reason = reason
        super().__init__(
            f"{operation}() cannot be written as SQL of {dialect}: {reason.rstrip('.')}. Change the arguments, or run "
            f"this only on databases that have it. Nothing was executed."
        )


class NotInTableError(OperationError):
    """An operation names a part of a table that the table does not have.

    Attributes:
        operation: The directive, such as ``drop_index``.
        table: The table.
        kind: What was looked for: ``column``, ``constraint`` or ``index``.
        name: The name that is not there.
        known: The names that are.
    """

    def __init__(self, operation: str, *, table: str, kind: str, name: str, known: Sequence[str]) -> None:
        self.operation = operation
        self.table = table
        self.kind = kind
        self.name = name
        self.known = tuple(known)
        there = f"it has {listed(self.known, most=10)}" if self.known else f"it has no named {kind} at all"
        super().__init__(
            f"{operation}() found no {kind} {name!r} in table {table!r}: {there}.{did_you_mean(name, self.known)}"
        )


class AlreadyInTableError(OperationError):
    """An operation makes a part of a table that the table has already.

    Attributes:
        operation: The directive, such as ``add_column``.
        table: The table.
        kind: What it would make.
        name: The name that is taken.
    """

    def __init__(self, operation: str, *, table: str, kind: str, name: str) -> None:
        self.operation = operation
        self.table = table
        self.kind = kind
        self.name = name
        super().__init__(
            f"{operation}() cannot make a {kind} {name!r} in table {table!r}: there is one already. Choose another "
            "name, or drop or rename the one there first. Nothing was executed."
        )


class UnnamedConstraintError(OperationError):
    """A constraint without a name was to be dropped, and only a name says which.

    Attributes:
        table: The table.
        column: The column whose type made the constraint, where one did.
    """

    def __init__(self, table: str, *, column: str | None = None) -> None:
        self.table = table
        self.column = column
        if column is None:
            words = (
                f"A constraint of table {table!r} cannot be dropped without its name. Pass the name; "
                "batch_alter_table() takes a naming_convention that gives unnamed ones a name."
            )
        else:
            words = (
                f"The CHECK that the type of {table}.{column} made has no name, so it cannot be dropped with the old "
                "type. Give existing_type the name that the CHECK has in the database, as in Boolean(name='...'), or "
                "leave create_constraint=True out of it to keep the CHECK."
            )
        super().__init__(words)


class UnknownOperationError(OperationError):
    """A dialect's generator has no method for a kind of operation.

    Attributes:
        operation: The class of the operation.
        visit_name: The method it looked for.
        dialect: The dialect.
    """

    def __init__(self, operation: str, *, visit_name: str, dialect: str) -> None:
        self.operation = operation
        self.visit_name = visit_name
        self.dialect = dialect
        super().__init__(
            f"No SQL is known for {operation} on {dialect}: its generator has no method {visit_name!r}. Register an "
            f"implementation with @Operations.implementation_for({operation}), or add the method to a DialectDDL of "
            "yours."
        )


# --- comparison ----------------------------------------------------------------------------------------------


class DuplicateTableError(UsageError):
    """Several ``MetaData`` objects that describe one database define the same table.

    Attributes:
        table: The table, with its schema if it has one.
    """

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(
            f"The table {table!r} is defined by more than one of the MetaData objects that were given together. "
            "Define it once, or compare the MetaData objects one by one."
        )


# --- rendering -----------------------------------------------------------------------------------------------


class RenderError(UsageError):
    """An operation, or something in it, cannot be written as Python code.

    Attributes:
        subject: The operation, such as ``create_table 'user'``; empty where it is not known.
    """

    def __init__(self, message: str, *, subject: str = "") -> None:
        self.subject = subject
        super().__init__(f"{message[0].upper()}{message[1:]}" if not subject else f"In {subject}: {message}")


class NoRendererError(RenderError):
    """Nothing renders operations of a class.

    Attributes:
        operation: The class.
    """

    def __init__(self, operation: type) -> None:
        self.operation = operation
        super().__init__(
            f"nothing is known about how to write a {operation.__name__} as code. "
            f"Decorate a function with @register_renderer({operation.__name__}) and let it return the source."
        )


class DuplicateRendererError(RenderError):
    """A class of operations would get a second renderer.

    Attributes:
        operation: The class.
    """

    def __init__(self, operation: type) -> None:
        self.operation = operation
        super().__init__(
            f"there is a renderer for {operation.__name__} already. "
            "Pass replace=True to register_renderer to put another in its place."
        )


class RenderedCodeError(RenderError):
    """A hook or a registered renderer returned something that is not Python code.

    Attributes:
        source: What it returned.
        origin: Which one it was.
        reason: What is wrong with it.
    """

    def __init__(self, source: str, *, origin: str, reason: str) -> None:
        self.source = source
        self.origin = origin
        self.reason = reason
        super().__init__(
            f"{origin} returned {source!r}, which is not valid Python ({reason}). "
            "Return the source as it shall stand in the file."
        )


class UnrenderableTypeError(RenderError):
    """No code can be made that constructs a column type.

    Attributes:
        type_name: The type's class, with its module.
    """

    def __init__(self, type_: object, *, subject: str) -> None:
        self.type_name = f"{type(type_).__module__}.{type(type_).__qualname__}"
        super().__init__(
            f"the type {self.type_name} cannot be written as code: a file could not import its class, or the "
            "object does not keep what its constructor was given. Define the class at the top level of a module "
            "and keep each parameter as an attribute of the same name, or render it in a render_item hook.",
            subject=subject,
        )


class UnrenderableConstraintError(RenderError):
    """No code can be made for a constraint of an unknown class.

    Attributes:
        type_name: The constraint's class, with its module.
    """

    def __init__(self, constraint: object, *, subject: str) -> None:
        self.type_name = f"{type(constraint).__module__}.{type(constraint).__qualname__}"
        super().__init__(
            f"a constraint of class {self.type_name} cannot be written as code. Add it with op.execute() and keep "
            "it out of the comparison with include_object.",
            subject=subject,
        )


class UnrenderableValueError(RenderError):
    """No code can be made for a value.

    Attributes:
        type_name: The value's class, with its module.
    """

    def __init__(self, value: object, *, subject: str) -> None:
        self.type_name = f"{type(value).__module__}.{type(value).__qualname__}"
        super().__init__(
            f"a value of class {self.type_name} cannot be written as code. Use a plain value: a string, a number, "
            "a date, a UUID, an enum member, SQL, or a list, tuple, set or dict of those.",
            subject=subject,
        )


class UnrenderableExpressionError(RenderError):
    """An SQL expression cannot be written out for a dialect.

    Attributes:
        reason: What SQLAlchemy said.
        dialect: The dialect's name.
    """

    def __init__(self, reason: str, *, dialect: str, subject: str) -> None:
        self.reason = reason
        self.dialect = dialect
        super().__init__(
            f"an SQL expression cannot be written out for {dialect}: {reason.rstrip('.')}. Give it as text(), or "
            "use the dialect it is meant for.",
            subject=subject,
        )


class UnrenderableArgumentError(RenderError):
    """An argument of batch mode stands for objects that code cannot repeat.

    Attributes:
        parameter: The parameter.
    """

    def __init__(self, parameter: str, *, subject: str) -> None:
        self.parameter = parameter
        super().__init__(
            f"{parameter} of batch_alter_table cannot be written as code. Leave it out and write it into the file "
            "by hand.",
            subject=subject,
        )


# --- execution -----------------------------------------------------------------------------------------------


class UnknownCurrentRevisionError(ExecutionError):
    """The version table holds a revision that no revision file defines.

    Attributes:
        revisions: The unknown ones.
        locations: The directories that the known revisions come from.
    """

    def __init__(self, revisions: Sequence[str], *, locations: Sequence[Path] = ()) -> None:
        self.revisions = tuple(revisions)
        self.locations = tuple(locations)
        noun, verb = ("revision", "is") if len(self.revisions) == 1 else ("revisions", "are")
        where = f" in {' and '.join(map(str, self.locations))}" if self.locations else ""
        super().__init__(
            f"The database is at {noun} {listed(self.revisions)}, which {verb} not among the revision "
            f"files{where}. Either this code is older than the database, or the file was removed or renamed: "
            "deploy the code that has it, or restore the file. If you know which revision the schema is really "
            "at, `stamp --purge` records it."
        )


class InvalidURLError(ConfigurationError):
    """A database URL cannot be read.

    Attributes:
        scheme: What stands before ``://``; the rest may hold a password and is not repeated.
    """

    def __init__(self, url: str) -> None:
        self.scheme = url.partition("://")[0] if "://" in url else ""
        shown = f"{self.scheme}://…" if self.scheme else "the value given"
        super().__init__(
            f"The database URL is not one: {shown} cannot be read. "
            "Write it as dialect+driver://user:password@host:port/database, "
            "for example sqlite+aiosqlite:///app.db or postgresql+asyncpg://localhost/app."
        )


class SyncURLError(ConfigurationError):
    """A database URL names a blocking driver.

    Attributes:
        url: The URL, without its password.
        better: The same URL with an asynchronous driver.
    """

    def __init__(self, url: str, *, better: str) -> None:
        self.url = url
        self.better = better
        super().__init__(
            f"The URL {url} names a blocking driver, which would stall the event loop. "
            f"Use the asynchronous one: {better}"
        )


class MissingDriverError(ConfigurationError):
    """The driver that a URL names is not installed.

    Attributes:
        url: The URL, without its password.
        driver: The driver.
        extra: The extra of this package that installs it, where there is one.
    """

    def __init__(self, url: str, *, driver: str, extra: str | None) -> None:
        self.url = url
        self.driver = driver
        self.extra = extra
        package = f"async-migrate[{extra}]" if extra else driver
        super().__init__(
            f"The driver {driver!r} of {url} is not installed. Install it with: pip install '{package}'"
        )


class NoModelsError(ConfigurationError):
    """The database should be compared with models, and none are configured."""

    def __init__(self) -> None:
        super().__init__(
            "There are no models to compare the database with. Set metadata in the configuration "
            '(metadata = "app.models:Base.metadata"), or target_metadata in env.py.'
        )


class NotAHeadError(UsageError):
    """A new revision would continue one that another revision continues already.

    Attributes:
        revision: The one it would continue.
        children: Those that do already.
    """

    def __init__(self, revision: str, *, children: Sequence[str]) -> None:
        self.revision = revision
        self.children = tuple(children)
        super().__init__(
            f"Revision {revision!r} is not a head: {listed(self.children)} continues it. "
            "Name a head with --head, or pass --splice to begin a second branch here."
        )


class RepeatedParentError(UsageError):
    """A new revision was given the same parent twice.

    Attributes:
        revisions: The parents named more than once.
    """

    def __init__(self, revisions: Sequence[str]) -> None:
        self.revisions = tuple(revisions)
        super().__init__(
            f"{listed(self.revisions)} is named more than once as a parent of the new revision. Name each once."
        )


class NothingToMergeError(UsageError):
    """A merge was asked for of fewer than two revisions.

    Attributes:
        revisions: What was named, or found.
    """

    def __init__(self, revisions: Sequence[str]) -> None:
        self.revisions = tuple(revisions)
        found = f"only {listed(self.revisions)}" if revisions else "no revision"
        super().__init__(
            f"There is nothing to merge: {found} was found, and a merge joins two or more. "
            "`async-migrate heads` lists the heads."
        )


class NotUpToDateError(ExecutionError):
    """The database lacks revisions, so that comparing it with the models would find them all again.

    Attributes:
        url: The database, without its password.
        current: The rows of its version table.
        pending: The revisions it lacks.
    """

    def __init__(self, url: str, *, current: Sequence[str], pending: Sequence[str]) -> None:
        self.url = url
        self.current = tuple(current)
        self.pending = tuple(pending)
        at = f"at {listed(self.current)}" if current else "at no revision yet"
        super().__init__(
            f"The database {url} is not up to date: it is {at} and lacks {listed(self.pending)}. "
            "Run `async-migrate upgrade head` first, then compare."
        )


class NoTargetError(ConfigurationError):
    """A command needs a database, and none is configured."""

    def __init__(self) -> None:
        super().__init__(
            "There is no database to work on. Set url in the configuration "
            '(url = "sqlite+aiosqlite:///app.db", or url = "env:DATABASE_URL"), '
            "or pass an engine, a connection or a URL."
        )


class OfflineRangeError(UsageError):
    """SQL for a downgrade was asked for without saying where it starts.

    Attributes:
        target: What was asked for.
    """

    def __init__(self, target: str) -> None:
        self.target = target
        super().__init__(
            f"A downgrade written as SQL needs both ends, because no database is asked where it is: "
            f"{target!r} has only one. Write FROM:TO, for example ae10:base."
        )


class NotADatabaseError(UsageError):
    """What was handed over to be migrated is none of the accepted kinds.

    Attributes:
        type_name: The type of what was handed over.
    """

    def __init__(self, target: object, *, is_sync_engine: bool) -> None:
        self.type_name = type(target).__name__
        step = "Make the engine with create_async_engine()." if is_sync_engine else "Pass one of those."
        super().__init__(
            f"A {self.type_name} cannot be migrated: an AsyncEngine, an AsyncConnection or a URL can. {step}"
        )


class DatabaseUnreachableError(ExecutionError):
    """No connection could be made.

    Attributes:
        url: The URL, without its password.
        reason: What the driver said.
    """

    def __init__(self, url: str, *, reason: str, is_file: bool = False) -> None:
        self.url = url
        self.reason = reason
        look = (
            "the directory of the file exists and may be written to"
            if is_file
            else "the server runs, and the host, port, database and user in the URL"
        )
        super().__init__(f"Cannot connect to {url}: {reason.rstrip('.')}. Check that {look}.")


class TransactionEndedError(ExecutionError):
    """The transaction of a revision is not there any more, or is not the engine's to end."""

    def __init__(self) -> None:
        super().__init__(
            "The transaction around this revision cannot be ended here: it belongs to the caller, or the revision "
            "ended it itself. Leave COMMIT and ROLLBACK to the engine, use op.get_context().autocommit_block() for "
            "what must run outside a transaction, and hand over a connection that is in no transaction."
        )


class OutsideTransactionError(ExecutionError):
    """A statement must run outside any transaction, and the one that is open may not be ended for it.

    Attributes:
        statement: The SQL.
        held_by: Whose the transaction is: ``caller``, ``single_transaction`` or ``savepoint``.
    """

    _WHY: ClassVar[dict[str, str]] = {
        "caller": 'the transaction here is the caller\'s (transaction="caller"). Hand over a connection that is in '
        "no transaction and let the engine begin and commit",
        "single_transaction": "single_transaction keeps the whole run in one. Switch it off for this run (the "
        "statement may have a revision of its own, so that the others stay atomic)",
        "savepoint": "it stands inside a savepoint (begin_nested, or a session that has not committed), which "
        "would be lost. Move it out of that block",
    }

    def __init__(
        self, statement: str, *, held_by: Literal["caller", "single_transaction", "savepoint"]
    ) -> None:
        self.statement = statement
        self.held_by = held_by
        plainly = (
            ", or leave CONCURRENTLY out, if writing to the table may wait that long"
            if "CONCURRENTLY" in statement.upper()
            else ""
        )
        super().__init__(
            f"{shortened(statement, most=200)} cannot run inside a transaction, and {self._WHY[held_by]}{plainly}."
        )


class NameDiffersOutsideError(ExecutionError):
    """A name stands for something else once the transaction of the revision has ended.

    Attributes:
        name: The name of a table or an index, as written.
        index: The index that was to be built or dropped.
    """

    def __init__(self, name: str, *, index: str) -> None:
        self.name = name
        self.index = index
        super().__init__(
            f"Index {index} was left as it is: CONCURRENTLY works outside the transaction of the revision, and there "
            f"{name} is not what it is inside. SET LOCAL search_path ends with the transaction; name the schema in the "
            "directive instead."
        )


class PartitionedIndexError(ExecutionError):
    """PostgreSQL neither builds nor drops the index of a partitioned table CONCURRENTLY.

    Attributes:
        index: The index.
        table: Its table, if the index was to be built; ``None`` if it was to be dropped.
    """

    def __init__(self, index: str, *, table: str | None = None) -> None:
        self.index = index
        self.table = table
        super().__init__(
            f"PostgreSQL cannot drop {index} CONCURRENTLY, because it is the index of a partitioned table. Leave "
            "CONCURRENTLY out; its indexes on the partitions are dropped with it."
            if table is None
            else f"PostgreSQL cannot build {index} CONCURRENTLY, because {table} is partitioned. Build such an index "
            f"on each partition CONCURRENTLY, then {index} on {table} without: PostgreSQL attaches what is there and "
            "has nothing left to build."
        )


class IndexNameTakenError(ExecutionError):
    """``IF NOT EXISTS`` would be content with something that only has the name of the index.

    Attributes:
        index: The name.
        table: The table that the index was to be built on.
        owner: The table whose index has the name; ``None`` if it is no index.
    """

    def __init__(self, index: str, *, table: str, owner: str | None) -> None:
        self.index = index
        self.table = table
        self.owner = owner
        found = "something that is no index" if owner is None else f"an index on {owner}"
        super().__init__(
            f"Index {index} was not built on {table}: its name belongs to {found}, so IF NOT EXISTS would leave "
            f"{table} without. Give the index another name."
        )


class IndexMissingError(ExecutionError):
    """There is no index to drop.

    Attributes:
        index: The index.
    """

    def __init__(self, index: str) -> None:
        self.index = index
        super().__init__(
            f"There is no index {index} to drop. If an earlier run dropped it and was cut short before it could record "
            "that, pass if_exists=True; otherwise look at the name and the schema."
        )


class IndexBuildFailedError(ExecutionError):
    """Building an index CONCURRENTLY failed half-way.

    Attributes:
        index: The index.
        table: Its table.
        reason: What the server said.
        leftover: Why what had been built could not be dropped; ``None`` if it was.
    """

    def __init__(self, index: str, *, table: str, reason: str, leftover: str | None = None) -> None:
        self.index = index
        self.table = table
        self.reason = reason
        self.leftover = leftover
        left = (
            "The unfinished index was dropped. Remove the cause, in the rows or in the definition"
            if leftover is None
            else f"The unfinished index is still there ({leftover.rstrip('.')}), and the next run drops it first. "
            "Remove the cause"
        )
        super().__init__(
            f"Index {index} could not be built on {table}: {reason.rstrip('.')}. {left}, and run again."
        )


class ConnectionInTransactionError(ExecutionError):
    """A connection was handed over with a transaction open on it.

    Attributes:
        url: The URL, without its password.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        super().__init__(
            f"The connection to {url} is already in a transaction, so nothing was migrated: whether and when it "
            'commits would not be known here. Commit or roll back first, or pass transaction="caller" to run '
            "inside your transaction and commit it yourself."
        )


class ForeignKeysBrokenError(ExecutionError):
    """Rows point at rows that are not there, found before the commit (SQLite).

    Attributes:
        tables: The tables with such rows.
        rows: How many there are in all.
    """

    def __init__(self, tables: Sequence[str], *, rows: int) -> None:
        self.tables = tuple(tables)
        self.rows = rows
        super().__init__(
            f"{rows} row(s) of {listed(self.tables)} would refer to rows that do not exist. Foreign keys are "
            "switched off while a revision runs on SQLite and checked before it commits. Delete or mend those rows "
            "in the revision; PRAGMA foreign_key_check lists them."
        )


class ForeignKeysEnforcedError(ExecutionError):
    """A table cannot be made anew because rows of other tables would go with the old one (SQLite).

    Attributes:
        table: The table.
        referring: The tables with rows that refer to it.
    """

    def __init__(self, table: str, referring: Sequence[str]) -> None:
        self.table = table
        self.referring = tuple(referring)
        super().__init__(
            f"The table {table!r} cannot be made anew here: foreign keys are enforced, so with the old table would "
            f"go, or change, the rows of {listed(self.referring)} that refer to it, and a transaction that is "
            "open cannot stop enforcing them. Nothing was done. Let the engine begin the transaction, which "
            "suspends foreign keys and checks them before it commits, or execute PRAGMA foreign_keys = OFF before "
            "you begin yours."
        )


class RowsDoNotFitError(ExecutionError):
    """The rows of a table that is made anew do not fit its new definition.

    Attributes:
        table: The table.
        reason: What the database said.
    """

    def __init__(self, table: str, *, reason: str) -> None:
        self.table = table
        self.reason = reason
        super().__init__(
            f"The rows of table {table!r} do not fit its new definition: {reason.rstrip('.')}. Change or delete "
            "those that do not before this operation, in the same revision."
        )


class DependentBrokenError(ExecutionError):
    """A view or a trigger would not work any more once its table has changed (SQLite).

    Attributes:
        table: The table.
        kind: ``view`` or ``trigger``.
        name: Which one.
        reason: What the database said.
    """

    def __init__(self, table: str, *, kind: str, name: str, reason: str) -> None:
        self.table = table
        self.kind = kind
        self.name = name
        self.reason = reason
        super().__init__(
            f"The {kind} {name!r} would not work any more after this change of table {table!r}: {reason}. Drop "
            f"the {kind} before it and create it anew after it, in the same revision."
        )


class ForeignHistoryError(ExecutionError):
    """The database has no version table of ours, but was migrated by Alembic.

    Attributes:
        table: Alembic's version table.
        ours: The version table that is configured.
        heads: What Alembic's says.
    """

    def __init__(self, table: str, *, ours: str, heads: Sequence[str]) -> None:
        self.table = table
        self.ours = ours
        self.heads = tuple(heads)
        super().__init__(
            f"The database has no table {ours}, but {table} holds {listed(self.heads)}: Alembic has migrated it, so "
            f"nothing was run. Set version_table = {table!r} to go on from there, with both tools if need be, or record "
            "where it is with `async-migrate stamp`."
        )


class VersionRowMissingError(ExecutionError):
    """A row of the version table was not there to be changed.

    Attributes:
        table: The version table.
        revision: The revision whose row was expected.
        found: How many rows matched.
    """

    def __init__(self, table: str, *, revision: str, found: int) -> None:
        self.table = table
        self.revision = revision
        self.found = found
        super().__init__(
            f"Expected one row for revision {revision!r} in {table}, found {found}: something else changed the "
            "version table during the run. Nothing of this revision was kept; see what `async-migrate current` says "
            "and run again."
        )


class VersionRowUnreadableError(ExecutionError):
    """The version table holds something that is not a revision identifier.

    Attributes:
        table: The version table.
        value: What it holds.
    """

    def __init__(self, table: str, *, value: object) -> None:
        self.table = table
        self.value = value
        super().__init__(
            f"The table {table} holds {value!r}, which is not a revision identifier. Point version_table at the right "
            "table, or correct that row."
        )


class UnknownDialectError(UsageError):
    """No dialect of that name is installed.

    Attributes:
        name: The name asked for.
    """

    def __init__(self, name: str, *, known: Sequence[str]) -> None:
        self.name = name
        super().__init__(
            f"There is no dialect named {name!r}.{did_you_mean(name, known)} "
            f"Built in are {', '.join(known)}; others come with a package of their own."
        )


class NotOfflineError(UsageError):
    """Something that needs a database was asked for while SQL is only written down.

    Attributes:
        reason: What needs the database.
        step: What to do instead.
    """

    def __init__(self, reason: str, *, step: str) -> None:
        self.reason = reason
        self.step = step
        super().__init__(f"This cannot be done offline: {reason}. {step}")


class RolledBackError(ExecutionError):
    """A revision rolled back its own transaction and went on as if nothing had happened."""

    def __init__(self) -> None:
        super().__init__(
            "The revision rolled back its transaction, and with it what it had done. Use a savepoint, "
            "op.get_bind().begin_nested(), for what may fail"
        )


class RevisionFailedError(ExecutionError):
    """The body of a revision raised; its transaction was rolled back.

    Attributes:
        revision: The revision.
        direction: ``upgrade`` or ``downgrade``.
        path: Its file.
        line: The line of the file at which it failed, where known.
        statement: The SQL that failed, where it was SQL.
        details: What is known about that SQL: where it stands in a script of several statements.
        reason: What the database or the body said.
        committed: The revisions of this run that were committed before it.
        partly: Some of this revision is committed: it left its transaction, or the database has no
            transactional DDL.
        transactional: The database has transactional DDL.
        kept_by: Who decides what is kept: the ``engine``, the ``caller`` whose transaction it is, or nobody, where
            only a ``script`` was to be written.
    """

    def __init__(
        self,
        revision: str,
        *,
        message: str = "",
        direction: str = "upgrade",
        path: Path | None = None,
        line: int | None = None,
        statement: str | None = None,
        details: Sequence[str] = (),
        reason: str,
        committed: Sequence[str] = (),
        partly: bool = False,
        transactional: bool = True,
        kept_by: Literal["engine", "caller", "script"] = "engine",
    ) -> None:
        self.revision = revision
        self.direction = direction
        self.kept_by = kept_by
        self.path = path
        self.line = line
        self.statement = statement
        self.details = tuple(details)
        self.reason = reason
        self.committed = tuple(committed)
        self.partly = partly
        self.transactional = transactional
        named = f"{revision!r} ({message})" if message else repr(revision)
        where = "" if path is None else f" at {path}" + ("" if line is None else f" line {line}")
        about = f" ({'; '.join(self.details)})" if details else ""
        sql = "" if statement is None else f" SQL{about}: {shortened(statement)}."
        if not transactional:
            kept = (
                "This database commits at every statement that creates, alters or drops something; what the "
                "revision did up to the last of them is committed, the rest is not."
            )
        elif partly:
            kept = "What it did before leaving its transaction is committed, the rest is not."
        else:
            kept = "Nothing of it was kept."
        again = (
            " so that what is committed may run again (if_not_exists=True, or a revision of its own),"
            if partly
            else ""
        )
        before = (
            f"Committed before it in this run: {listed(self.committed)}."
            if committed
            else "No revision was committed in this run."
        )
        outcome = {
            "engine": f"{kept} {before}",
            "caller": "It ran inside the caller's transaction: roll that back.",
            "script": "No script was written.",
        }[kept_by]
        super().__init__(
            f"The {direction} of revision {named} failed{where}. {reason.rstrip('.')}.{sql} {outcome} "
            f"Mend the revision{again} and run the same command again."
        )


class HeadsDifferError(ExecutionError):
    """A run ended without an error, yet the version table does not say what it should.

    Attributes:
        table: The version table.
        expected: The rows there should be.
        found: The rows there are.
    """

    def __init__(self, table: str, *, expected: frozenset[str], found: frozenset[str]) -> None:
        self.table = table
        self.expected = expected
        self.found = found
        super().__init__(
            f"Every revision ran, but {table} holds {listed(sorted(found)) or 'nothing'} where it should hold "
            f"{listed(sorted(expected)) or 'nothing'}: something else changed it, or a revision rolled back. "
            "Compare the schema with the revisions before running anything else, then correct the rows with "
            "`async-migrate stamp`."
        )
