"""What can be configured: names, defaults and validation, and nothing of where a value comes from.

A :class:`Config` is a value. It is built from keyword arguments, or by :meth:`Config.from_mapping` from the
keys of a configuration file; both go through the same table of kinds, so both refuse the same mistakes in
the same words. Finding and reading the file is the business of ``scripts/settings.py``, importing what a
``module:attribute`` reference names that of ``scripts/environment.py``.
"""

from __future__ import annotations

import codecs
import dataclasses
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias, cast

from async_migrate.errors import (
    ConflictingSettingsError,
    EnvironmentVariableError,
    SettingValueError,
    UnknownSectionError,
    UnknownSettingError,
)

if TYPE_CHECKING:
    from sqlalchemy import MetaData

__all__ = [
    "CompareServerDefault",
    "CompareType",
    "Config",
    "IncludeName",
    "IncludeObject",
    "Location",
    "MetadataSource",
    "OnVersionApply",
    "PostWriteHook",
    "ProcessRevisionDirectives",
    "RenderItem",
]

Location: TypeAlias = Path | str
"""A directory; or, as text, one inside a package: ``package:sub/directory`` or ``dotted.package``.

A directory with a dot in its name is written ``./with.dot``.
"""

MetadataSource: TypeAlias = "str | MetaData"
"""What the models say: a ``module:attribute`` reference, or the MetaData itself."""

# The arguments of these are described in the documentation of the fields: a precise parameter list would
# reject every user's function that annotates its arguments a little more narrowly than we do.
IncludeObject: TypeAlias = Callable[..., bool]
IncludeName: TypeAlias = Callable[..., bool]
CompareType: TypeAlias = Callable[..., bool | None]
CompareServerDefault: TypeAlias = Callable[..., bool | None]
RenderItem: TypeAlias = Callable[..., str | Literal[False] | None]
ProcessRevisionDirectives: TypeAlias = Callable[..., None]
OnVersionApply: TypeAlias = Callable[..., None]

HookType: TypeAlias = Literal["console_scripts", "exec", "function", "module"]

FILE_NAME_TOKENS = ("rev", "slug", "epoch", "year", "month", "day", "hour", "minute", "second")
ENVIRONMENT_PREFIX = "env:"
DEFAULT_LOCATION = Path("migrations")
DEFAULT_IMPORT_PATHS = (Path(),)


_ANYWHERE = "the configuration"
"""What messages call settings that come from no file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostWriteHook:
    """A program, usually a formatter, that runs on every new revision file.

    Attributes:
        name: What messages call it.
        type: What ``target`` is: an installed console script, an executable on the path, a
            ``module:function`` reference called as ``function(path, hook)``, or a module run with ``python
            -m``.
        target: The entry point, executable, function or module.
        options: Its arguments, in the syntax of a shell. ``REVISION_SCRIPT_FILENAME`` becomes the path of
            the file, which goes first when the token does not appear.
        cwd: The directory to run in; None for the current one.
    """

    name: str
    type: HookType
    target: str
    options: str = ""
    cwd: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Every setting of a migration project.

    Build it with keyword arguments, or let ``async_migrate.scripts.settings`` read it from
    ``pyproject.toml`` or ``async_migrate.toml``. A hook may be given as a function or as a
    ``module:attribute`` reference to one; its arguments are those of the Alembic hook of the same name.

    Attributes:
        location: The folder that holds ``versions/`` and, if wanted, ``env.py`` and ``script.py.mako``.
        url: The database; ``env:NAME`` reads it from the environment variable NAME.
        metadata: The models that autogenerate compares the database with; one, several or none.
        version_locations: Folders that hold revision files; empty for ``versions`` inside ``location``.
        recursive_version_locations: Whether folders inside those count as well.
        file_template: How a revision file is named: ``%`` format with the tokens rev, slug, epoch, year,
            month, day, hour, minute and second. A ``/`` makes folders.
        truncate_slug_length: How many characters of the message the file name keeps at most.
        timezone: The IANA zone of the dates in new files; None for local time.
        output_encoding: The encoding of new files.
        sourceless: Whether a ``.pyc`` without its ``.py`` is a revision.
        template: The packaged project template that supplies ``script.py.mako`` where the project has none.
        template_args: Further variables for ``script.py.mako``.
        post_write_hooks: Programs that run on every new revision file, in this order.
        prepend_sys_path: Directories to import the application from.
        revision_environment: Whether ``process_revision_directives`` also sees revisions made without
            autogenerate.
        version_table: The table that records the applied heads.
        version_table_schema: Its schema; None for the connection's default.
        version_table_pk: Whether that table gets a primary key when it is made.
        single_transaction: One transaction around the whole run instead of one per revision; no effect where
            DDL commits by itself (MySQL, MariaDB, Oracle). Alembic says it the other way round;
            ``transaction_per_migration`` is accepted with the inverse meaning.
        transactional_ddl: Whether DDL takes part in transactions; None for what the database does.
        include_schemas: Whether autogenerate looks at schemas besides the default one.
        include_name: ``(name, type_, parent_names) -> bool``: whether to look at something in the database.
        include_object: ``(object, name, type_, reflected, compare_to) -> bool``: whether to compare
            something.
        compare_type: Whether column types are compared, or ``(context, inspected_column, metadata_column,
            inspected_type, metadata_type) -> bool | None``; None means "compare as usual".
        compare_server_default: Whether server defaults are compared, or ``(context, inspected_column,
            metadata_column, inspected_default, metadata_default, rendered_metadata_default) -> bool | None``.
            On unless switched off, unlike in Alembic: a default that drifts is a difference.
        render_item: ``(type_, object, context) -> str | False | None``: source text for something, False
            for the usual text, None to leave it out.
        render_as_batch: Whether autogenerate writes ``batch_alter_table`` blocks; ``"auto"`` does so where
            the database cannot alter tables otherwise (SQLite).
        process_revision_directives: ``(context, revision, directives)``: edits the list of new revisions in
            place.
        on_version_apply: Each called after every step with keyword arguments ctx, step, heads and run_args.
        naming_convention: How unnamed constraints are named; None for what the metadata says.
        user_module_prefix: What rendered types of other modules start with; None for the module's own name.
        sqlalchemy_module_prefix: What rendered SQLAlchemy names start with.
        operations_module_prefix: What rendered operations start with.
        x_arguments: The ``-x`` arguments of the command line.
    """

    location: Location = DEFAULT_LOCATION
    url: str | None = field(default=None, repr=False)
    metadata: MetadataSource | tuple[MetadataSource, ...] | None = None

    version_locations: tuple[Location, ...] = ()
    recursive_version_locations: bool = False
    file_template: str = "%(rev)s_%(slug)s"
    truncate_slug_length: int = 40
    timezone: str | None = None
    output_encoding: str = "utf-8"
    sourceless: bool = False
    template: str = "default"
    template_args: Mapping[str, object] = field(default_factory=dict)
    post_write_hooks: tuple[PostWriteHook, ...] = ()
    prepend_sys_path: tuple[Path, ...] = DEFAULT_IMPORT_PATHS
    revision_environment: bool = False

    version_table: str = "async_migrate_version"
    version_table_schema: str | None = None
    version_table_pk: bool = True
    single_transaction: bool = False
    transactional_ddl: bool | None = None

    include_schemas: bool = False
    include_name: IncludeName | str | None = None
    include_object: IncludeObject | str | None = None
    compare_type: bool | CompareType | str = True
    compare_server_default: bool | CompareServerDefault | str = True
    render_item: RenderItem | str | None = None
    render_as_batch: bool | Literal["auto"] = "auto"
    process_revision_directives: ProcessRevisionDirectives | str | None = None
    on_version_apply: tuple[OnVersionApply | str, ...] = ()
    naming_convention: Mapping[str, object] | None = None
    user_module_prefix: str | None = None
    sqlalchemy_module_prefix: str = "sa."
    operations_module_prefix: str = "op."

    x_arguments: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in _KINDS:
            value = _accepted(name, getattr(self, name), source=_ANYWHERE)
            object.__setattr__(self, name, value)
        _refuse_lost_folders(self.file_template, self.recursive_version_locations, source=_ANYWHERE)

    @classmethod
    def from_mapping(
        cls,
        mapping: Mapping[str, object],
        *,
        source: str = _ANYWHERE,
        base: Path | None = None,
        section: str | None = None,
    ) -> Config:
        """Build a configuration from the keys of a file.

        Tables that are not a setting themselves are named sections. All of them are checked, so that a
        misspelt table is found rather than taken for a section that nobody asks for.

        Args:
            mapping: The keys and values.
            source: What messages call the mapping, such as ``[tool.async_migrate] in pyproject.toml``.
            base: The directory that relative paths start from; None leaves them relative.
            section: The section to lay over the keys outside any section.

        Raises:
            UnknownSettingError: For a key that is not a setting.
            SettingValueError: For a value of the wrong kind.
            ConflictingSettingsError: For two keys that contradict each other.
            UnknownSectionError: If there is no such section.
        """
        sections = {key: value for key, value in mapping.items() if _is_section(key, value)}
        settings = _read({key: value for key, value in mapping.items() if key not in sections}, source=source)
        named = {
            name: _read(cast("Mapping[str, object]", table), source=f"section {name!r} of {source}")
            for name, table in sections.items()
        }
        if section is not None:
            if section not in named:
                raise UnknownSectionError(section, source=source, known=tuple(named))
            settings |= named[section]
        _refuse_lost_folders(
            settings.get("file_template"), settings.get("recursive_version_locations"), source=source
        )
        settings = {"location": DEFAULT_LOCATION, "prepend_sys_path": DEFAULT_IMPORT_PATHS} | settings
        return _build(cls, {name: _anchored(value, base) for name, value in settings.items()})

    def replace(self, **changes: object) -> Config:
        """Return a copy with some settings changed; the names are those of a file, aliases included.

        Raises:
            UnknownSettingError: For a name that is not a setting.
            SettingValueError: For a value of the wrong kind.
        """
        return self.overlaid(changes)

    def overlaid(self, mapping: Mapping[str, object], *, source: str = _ANYWHERE) -> Config:
        """Return a copy with the settings of a mapping laid over these.

        Args:
            mapping: The settings that differ.
            source: What messages call the mapping.

        Raises:
            UnknownSettingError: For a key that is not a setting.
            SettingValueError: For a value of the wrong kind.
        """
        current = {name: getattr(self, name) for name in _KINDS}
        return _build(type(self), current | _read(mapping, source=source))

    def resolved_url(self, environ: Mapping[str, str]) -> str | None:
        """Return the URL, with ``env:NAME`` looked up in the given environment.

        Raises:
            EnvironmentVariableError: If that variable is not set, or empty.
        """
        if self.url is None or not self.url.startswith(ENVIRONMENT_PREFIX):
            return self.url
        variable = self.url.removeprefix(ENVIRONMENT_PREFIX).strip()
        if not environ.get(variable):
            raise EnvironmentVariableError(variable, key="url")
        return environ[variable]


# --- kinds of values ---------------------------------------------------------------------------------------


class _Refused(Exception):  # noqa: N818 - a signal inside this module, never seen outside it
    """A reader does not accept a value; ``part`` and ``expected`` narrow down which part of it."""

    def __init__(self, *, part: str = "", value: object = None, expected: str = "") -> None:
        self.part = part
        self.value = value
        self.expected = expected


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a setting accepts.

    Attributes:
        expected: In words, to follow "it must be".
        read: Returns the value in its stored form, or raises ``_Refused``.
        secret: Whether messages must not show the value.
    """

    expected: str
    read: Callable[[object], object]
    secret: bool = False


def _boolean(value: object) -> object:
    if not isinstance(value, bool):
        raise _Refused
    return value


def _positive(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise _Refused
    return value


def _text(value: object) -> object:
    if not isinstance(value, str):
        raise _Refused
    return value


def _name(value: object) -> object:
    if not isinstance(value, str) or not value:
        raise _Refused
    return value


def _encoding(value: object) -> object:
    try:
        codecs.lookup(cast("str", _name(value)))
    except LookupError:
        raise _Refused from None
    return value


def _file_template(value: object) -> object:
    text = cast("str", _name(value))
    sample = dict.fromkeys(FILE_NAME_TOKENS, 1)
    try:
        text % sample
    except (KeyError, TypeError, ValueError):
        raise _Refused from None
    return text


def _url(value: object) -> object:
    # A SQLAlchemy URL and a Pydantic one are at hand in many applications; str() of the first hides its
    # password.
    if hasattr(value, "render_as_string"):
        return value.render_as_string(hide_password=False)
    if hasattr(value, "unicode_string"):
        return value.unicode_string()
    return _name(value)


def _path(value: object) -> object:
    if not isinstance(value, (str, Path)) or value == "":
        raise _Refused
    return Path(value)


_DOTTED_PACKAGE = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)+")
_PACKAGE_RESOURCE = re.compile(r"[^\W\d]\w+(?:\.[^\W\d]\w*)*:[^/\\].*")


def _location(value: object) -> object:
    # A drive letter is not a package: a package in front of a colon has at least two characters.
    if isinstance(value, str) and (_PACKAGE_RESOURCE.fullmatch(value) or _DOTTED_PACKAGE.fullmatch(value)):
        return value
    return _path(value)


def _callable(value: object) -> object:
    if not callable(value) and not _is_reference(value):
        raise _Refused
    return value


def _boolean_or_callable(value: object) -> object:
    return value if isinstance(value, bool) else _callable(value)


def _batch(value: object) -> object:
    return value if value == "auto" else _boolean(value)


def _metadata(value: object) -> object:
    if isinstance(value, (list, tuple)):
        return tuple(_one_metadata(item) for item in value)
    return _one_metadata(value)


def _one_metadata(value: object) -> object:
    # Whether an object is a MetaData is found out where SQLAlchemy is imported anyway.
    if isinstance(value, str):
        return _reference(value)
    if isinstance(value, (bool, int, float, Mapping)):
        raise _Refused
    return value


def _reference(value: object) -> object:
    if not _is_reference(value):
        raise _Refused
    return value


_REFERENCE = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*:[^\W\d]\w*(?:\.[^\W\d]\w*)*")


def _is_reference(value: object) -> bool:
    return isinstance(value, str) and _REFERENCE.fullmatch(value) is not None


def _table(value: object) -> object:
    if not isinstance(value, Mapping):
        raise _Refused
    return dict(value)


def _optional(read: Callable[[object], object]) -> Callable[[object], object]:
    return lambda value: None if value is None else read(value)


def _several(read: Callable[[object], object]) -> Callable[[object], object]:
    def read_all(value: object) -> object:
        if not isinstance(value, (list, tuple)):
            raise _Refused
        return tuple(read(item) for item in value)

    return read_all


def _one_or_several(read: Callable[[object], object]) -> Callable[[object], object]:
    read_all = _several(read)
    return lambda value: read_all(value) if isinstance(value, (list, tuple)) else (read(value),)


# --- post-write hooks --------------------------------------------------------------------------------------

_HOOK_TARGETS: Mapping[str, str] = {
    "console_scripts": "entrypoint",
    "exec": "executable",
    "function": "function",
    "module": "module",
}


def _hook(value: object) -> object:
    """Read a hook from a table, whose key for the target depends on the type, as in Alembic."""
    if isinstance(value, PostWriteHook):
        return value
    if not isinstance(value, Mapping):
        raise _Refused
    name = _part(value, "name", of="")
    type_ = _part(value, "type", of=f".{name}")
    if type_ not in _HOOK_TARGETS:
        types = ", ".join(repr(known) for known in _HOOK_TARGETS)
        raise _Refused(part=f".{name}.type", value=type_, expected=f"one of {types}")
    accepted = ("name", "type", _HOOK_TARGETS[type_], "options", "cwd")
    for key in value:
        if key not in accepted:
            expected = f"left out: a hook of type {type_!r} has the keys {', '.join(accepted)}"
            raise _Refused(part=f".{name}.{key}", value=value[key], expected=expected)
    return PostWriteHook(
        name=name,
        type=cast("HookType", type_),
        target=_part(value, _HOOK_TARGETS[type_], of=f".{name}"),
        options=_part(value, "options", of=f".{name}") if "options" in value else "",
        cwd=Path(_part(value, "cwd", of=f".{name}")) if "cwd" in value else None,
    )


def _part(table: Mapping[str, object], key: str, *, of: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or (not value and key != "options"):
        raise _Refused(part=f"{of}.{key}", value=value, expected="text")
    return value


# --- the table of settings ---------------------------------------------------------------------------------

_FUNCTION = "a function, or text of the form 'module:function'"
_FLAG = _Kind("true or false", _boolean)
_HOOK_FUNCTION = _Kind(_FUNCTION, _optional(_callable))
_OPTIONAL_TEXT = _Kind("text", _optional(_name))

_KINDS: Mapping[str, _Kind] = {
    "location": _Kind("a path, or text of the form 'package:directory'", _location),
    "url": _Kind("a database URL as text, or 'env:NAME'", _optional(_url), secret=True),
    "metadata": _Kind("text of the form 'module:attribute', or a list of those", _optional(_metadata)),
    "version_locations": _Kind("a list of paths", _several(_location)),
    "recursive_version_locations": _FLAG,
    "file_template": _Kind(
        "a format with the tokens " + ", ".join(f"%({token})s" for token in FILE_NAME_TOKENS), _file_template
    ),
    "truncate_slug_length": _Kind("a whole number above 0", _positive),
    "timezone": _Kind("the name of a time zone, such as 'Europe/Berlin'", _optional(_name)),
    "output_encoding": _Kind("the name of an encoding, such as 'utf-8'", _encoding),
    "sourceless": _FLAG,
    "template": _Kind("the name of a template", _name),
    "template_args": _Kind("a table", _table),
    "post_write_hooks": _Kind("a list of tables, one for each hook", _several(_hook)),
    "prepend_sys_path": _Kind("a list of paths", _one_or_several(_path)),
    "revision_environment": _FLAG,
    "version_table": _Kind("the name of a table", _name),
    "version_table_schema": _Kind("the name of a schema", _optional(_name)),
    "version_table_pk": _FLAG,
    "single_transaction": _FLAG,
    "transactional_ddl": _Kind("true or false", _optional(_boolean)),
    "include_schemas": _FLAG,
    "include_name": _HOOK_FUNCTION,
    "include_object": _HOOK_FUNCTION,
    "compare_type": _Kind(f"true, false, {_FUNCTION}", _boolean_or_callable),
    "compare_server_default": _Kind(f"true, false, {_FUNCTION}", _boolean_or_callable),
    "render_item": _HOOK_FUNCTION,
    "render_as_batch": _Kind("true, false or 'auto'", _batch),
    "process_revision_directives": _HOOK_FUNCTION,
    "on_version_apply": _Kind(f"{_FUNCTION}, or a list of those", _one_or_several(_callable)),
    "naming_convention": _Kind("a table of constraint kinds and formats", _optional(_table)),
    "user_module_prefix": _OPTIONAL_TEXT,
    "sqlalchemy_module_prefix": _Kind("text", _text),
    "operations_module_prefix": _Kind("text", _text),
    "x_arguments": _Kind("a list of texts", _several(_text)),
}

_ALIASES: Mapping[str, str] = {
    "alembic_module_prefix": "operations_module_prefix",
    "script_location": "location",
    "target_metadata": "metadata",
    "transaction_per_migration": "single_transaction",
}
"""Alembic's names of settings that have another one here."""


def _is_section(key: str, value: object) -> bool:
    return isinstance(value, Mapping) and key not in _KINDS and key not in _ALIASES


def _read(mapping: Mapping[str, object], *, source: str) -> dict[str, object]:
    """Return the settings under their own names, each in its stored form."""
    settings: dict[str, object] = {}
    spelled: dict[str, str] = {}
    for key, value in mapping.items():
        name = _ALIASES.get(key, key)
        if name not in _KINDS:
            raise UnknownSettingError(key, source=source, known=tuple(_KINDS))
        if name in spelled:
            raise ConflictingSettingsError(
                spelled[name],
                key,
                source=source,
                reason="they are two names of one setting; keep one of them",
            )
        spelled[name] = key
        accepted = _accepted(name, value, source=source, key=key)
        settings[name] = not accepted if key == "transaction_per_migration" else accepted
    return settings


def _accepted(name: str, value: object, *, source: str, key: str | None = None) -> object:
    """Return a value in its stored form, or say in terms of the key as it was written why it cannot be."""
    kind = _KINDS[name]
    try:
        return kind.read(value)
    except _Refused as refused:
        raise SettingValueError(
            (key or name) + refused.part,
            value=refused.value if refused.part else value,
            expected=refused.expected or kind.expected,
            source=source,
            secret=kind.secret,
        ) from None


def _anchored(value: object, base: Path | None) -> object:
    """Return a value with the relative paths in it starting from a directory."""
    if base is None:
        return value
    if isinstance(value, Path):
        return base / value
    if isinstance(value, PostWriteHook) and value.cwd is not None:
        return dataclasses.replace(value, cwd=base / value.cwd)
    if isinstance(value, tuple):
        return tuple(_anchored(item, base) for item in value)
    return value


def _refuse_lost_folders(file_template: object, recursive: object, *, source: str) -> None:
    """Refuse a template that would put revisions where they are not looked for."""
    if isinstance(file_template, str) and "/" in file_template and not recursive:
        raise ConflictingSettingsError(
            "file_template",
            "recursive_version_locations",
            source=source,
            reason="the template puts revisions into folders, where they are only found when "
            "recursive_version_locations is true",
        )


def _build(cls: Callable[..., Config], settings: Mapping[str, object]) -> Config:
    """Call the constructor with settings that have been read, whose types only ``_KINDS`` knows."""
    return cls(**settings)
