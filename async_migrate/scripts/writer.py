"""Writing new revision files.

A file appears complete or not at all, and only if it is what was asked for: the text is compiled and its
header read back before anything is on the disk, so a template that somebody changed cannot leave a broken
history behind.
"""

from __future__ import annotations

import ast
import os
from dataclasses import dataclass, field
from importlib.util import decode_source
from typing import TYPE_CHECKING

from async_migrate.errors import (
    InvalidRevisionNameError,
    NotWritableError,
    RevisionExistsError,
    RevisionFileError,
    TemplateResultError,
)
from async_migrate.scripts.failures import reason, revision_syntax_error
from async_migrate.scripts.header import parse_header
from async_migrate.scripts.hooks import run_hooks
from async_migrate.scripts.naming import creation_date, file_name
from async_migrate.scripts.script_template import ScriptTemplate, find_script_template

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime
    from pathlib import Path

    from async_migrate.config import Config

__all__ = ["RevisionDraft", "write_revision"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionDraft:
    """A revision that is not a file yet.

    Attributes:
        revision: Its identifier.
        message: What it is about; the first words of its docstring, and the words of its file name.
        down_revisions: Its parents.
        depends_on: Revisions or branch labels that it depends on besides.
        branch_labels: Names that it gives to its branch.
        upgrade: The body of ``upgrade()``, not indented; empty for one that does nothing.
        downgrade: The body of ``downgrade()``, not indented.
        imports: Import statements that the bodies need.
        variables: Further variables for the template, over those of the configuration.
    """

    revision: str
    message: str = ""
    down_revisions: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    branch_labels: tuple[str, ...] = ()
    upgrade: str = ""
    downgrade: str = ""
    imports: Collection[str] = ()
    variables: Mapping[str, object] = field(default_factory=dict)


def write_revision(config: Config, draft: RevisionDraft, *, folder: Path) -> Path:
    """Write a revision file and run the post-write hooks on it.

    That the parents exist, and that they may be built upon, is for the caller to know.

    Args:
        config: The configuration; says how files are named and made.
        draft: What to write.
        folder: The version location to write into (see `ScriptDirectory.folder_for`); made if it does not
            exist.

    Returns:
        The file.

    Raises:
        RevisionExistsError: If there is such a file already.
        InvalidRevisionNameError: If the identifier would lead out of the version location.
        TemplateError: If the template cannot be rendered.
        TemplateResultError: If what it makes is not Python, or not this revision.
        NotWritableError: If the disk refuses.
        WriteHookError: If a post-write hook fails; the file stays.
    """
    date = creation_date(config.timezone)
    path = _path(config, draft, folder=folder, date=date)
    template = find_script_template(config)
    text = template.render(_variables(config, draft, date))
    data = _checked(text, template, draft, path, encoding=config.output_encoding)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _publish(data, path)
    except OSError as error:
        raise NotWritableError(path, reason=error.strerror or reason(error)) from error
    run_hooks(path, config)
    return path


def _path(config: Config, draft: RevisionDraft, *, folder: Path, date: datetime) -> Path:
    path = folder / file_name(config, revision_id=draft.revision, message=draft.message, date=date)
    if not path.resolve().is_relative_to(folder.resolve()):
        outside = f"its file would be {path}, outside its version location"
        raise InvalidRevisionNameError(draft.revision, kind="revision identifier", reason=outside)
    if path.exists():
        raise RevisionExistsError(path)
    return path


# --- text --------------------------------------------------------------------------------------------------


def _variables(config: Config, draft: RevisionDraft, date: datetime) -> dict[str, object]:
    """Return the variables of the template: those of Alembic's, so that its templates can be used."""
    return {
        "config": config,
        **config.template_args,
        **draft.variables,
        "message": draft.message or "empty message",
        "up_revision": draft.revision,
        "down_revision": _scalar(draft.down_revisions),
        "branch_labels": draft.branch_labels or None,
        "depends_on": _scalar(draft.depends_on),
        "create_date": date,
        "imports": "\n".join(sorted(draft.imports)),
        "upgrades": _indented(draft.upgrade),
        "downgrades": _indented(draft.downgrade),
    }


def _scalar(names: tuple[str, ...]) -> str | tuple[str, ...] | None:
    return names if len(names) > 1 else next(iter(names), None)


def _indented(body: str) -> str:
    """Return a body with all lines but the first indented, except those inside a text that spans lines."""
    body = body.strip()
    inside = _lines_inside_text(body)
    lines = [
        line if number in inside or not line.strip() else f"    {line}"
        for number, line in enumerate(body.split("\n"), start=1)
    ]
    return "\n".join(lines).removeprefix("    ")


def _lines_inside_text(body: str) -> set[int]:
    try:
        tree = ast.parse(body)
    except SyntaxError:
        return set()  # What the template makes of it is compiled, and refused, as a whole.
    return {
        line
        for node in ast.walk(tree)
        if isinstance(node, (ast.Constant, ast.JoinedStr)) and node.end_lineno is not None
        for line in range(node.lineno + 1, node.end_lineno + 1)
    }


def _checked(
    text: str, template: ScriptTemplate, draft: RevisionDraft, path: Path, *, encoding: str
) -> bytes:
    """Return the bytes of a file, having made sure that they are Python and this revision."""
    try:
        data = text.encode(encoding)
        compile(data, path, "exec", dont_inherit=True)
        found = parse_header(decode_source(data), path)
    except UnicodeEncodeError as error:
        wrong = f"it cannot be written as {encoding}: {error.reason}"
        raise TemplateResultError(template.path, reason=wrong, text=text) from None
    except UnicodeDecodeError:
        wrong = f"it is written as {encoding}, but no coding comment in its first two lines says so"
        raise TemplateResultError(template.path, reason=wrong, text=text) from None
    except (SyntaxError, ValueError) as error:
        syntax = revision_syntax_error(error, path)
        at = f" on line {syntax.line}, {syntax.text.strip()!r}" if syntax.line else ""
        wrong = f"it is not valid Python: {syntax.reason}{at}"
        raise TemplateResultError(template.path, reason=wrong, text=text) from None
    except RevisionFileError as error:
        wrong = str(error).partition(". ")[0].replace(f"The file {path}", "it")
        raise TemplateResultError(template.path, reason=wrong, text=text) from None
    if found is not None:
        for name in ("revision", "down_revisions", "branch_labels", "depends_on"):
            given, wanted = getattr(found, name), getattr(draft, name)
            if given != wanted:
                wrong = f"its {name.replace('revisions', 'revision')} is {given!r}, not {wanted!r}"
                raise TemplateResultError(template.path, reason=wrong, text=text)
    return data


# --- disk --------------------------------------------------------------------------------------------------


def _publish(data: bytes, path: Path) -> None:
    """Make a file appear with all its contents at once, without ever replacing another.

    Raises:
        RevisionExistsError: If there is such a file.
    """
    unfinished = path.with_name(f".{path.name}.{os.urandom(4).hex()}.tmp")
    try:
        with unfinished.open("xb") as file:
            file.write(data)
        try:
            path.hardlink_to(unfinished)
        except FileExistsError:
            raise RevisionExistsError(path) from None
        except OSError:
            # A file system without hard links: the gap between looking and renaming cannot be closed there.
            if path.exists():
                raise RevisionExistsError(path) from None
            unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)
