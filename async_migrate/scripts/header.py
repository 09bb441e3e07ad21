"""Reading what a revision file says of itself, without running it.

A history is read whenever anything is asked of it, so this is the busiest code of the package. It goes three
ways, from the quick to the certain:

1. A file whose head looks as generated files look (docstring, imports, literal assignments) is read by one
   regular expression. It accepts so little that it cannot be wrong: anything else falls through.
2. Otherwise Python's own parser reads the head of the file, up to the first ``def``, ``class`` or decorator,
   and literal values are taken from it. The whole file is parsed instead if what follows the head mentions a
   header variable, or if the head alone makes no sense, which happens when a docstring contains a ``def``.
3. If a header variable is not a literal, or is assigned under a condition, the file is executed: only this
   one.
"""

from __future__ import annotations

import ast
import contextlib
import re
import threading
import warnings
from importlib.util import decode_source
from typing import TYPE_CHECKING

from async_migrate.errors import (
    RevisionHeaderError,
    RevisionHeaderMissingError,
    RevisionLoadError,
    RevisionSyntaxError,
    RevisionUnreadableError,
)
from async_migrate.history.revision import Revision
from async_migrate.scripts.failures import line_in, reason, revision_syntax_error
from async_migrate.scripts.files import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["parse_header", "read_header", "read_revision"]

_VARIABLES = ("revision", "down_revision", "branch_labels", "depends_on")


def read_revision(path: Path) -> Revision:
    """Return the revision that a file defines, compiled files included.

    Raises:
        RevisionFileError: If the file cannot be read, is not Python, or does not define a revision.
    """
    if path.suffix != ".py":
        return _from_execution(path)
    try:
        data = read_bytes(path)
    except OSError as error:
        raise RevisionUnreadableError(path, reason=error.strerror or str(error)) from error
    return read_header(_decoded(data, path), path)


def read_header(source: str, path: Path) -> Revision:
    """Return the revision that the text of a file defines.

    Args:
        source: The text, with line feeds as line ends.
        path: The file, which is executed if the text alone does not tell.

    Raises:
        RevisionFileError: If the text is not Python, or does not define a revision.
    """
    return parse_header(source, path) or _from_execution(path)


def parse_header(source: str, path: Path) -> Revision | None:
    """Return the revision that a text defines, or None if only its execution could tell.

    Args:
        source: The text, with line feeds as line ends.
        path: The file that it is, or will be, the text of.

    Raises:
        RevisionFileError: If the text is not Python, or does not define a revision.
    """
    end = _end_of_head(source)
    head = source if end is None else source[:end]
    return _scanned(head, path) or _parsed(source, head, path)


# --- text --------------------------------------------------------------------------------------------------

_ENCODING_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=]")


def _decoded(data: bytes, path: Path) -> str:
    """Return source text as Python's tokenizer would decode it."""
    try:
        if data.startswith(b"\xef\xbb\xbf") or any(map(_ENCODING_COOKIE.match, data.split(b"\n", 2)[:2])):
            return decode_source(data)
        text = data.decode()
    except UnicodeDecodeError as error:
        # Some versions of Python do not mind what is wrong in a comment only.
        if not _is_accepted(data):
            line = data.count(b"\n", 0, error.start) + 1
            raise RevisionSyntaxError(path, reason=f"it is not {error.encoding} text", line=line) from None
        text = data.decode(errors="replace")
    except SyntaxError as error:
        raise revision_syntax_error(error, path) from None
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _is_accepted(data: bytes) -> bool:
    try:
        with _parsing:
            ast.parse(data)
    except (SyntaxError, ValueError):
        return False
    return True


_DEFINITION_MARKS = ("\ndef ", "\nasync ", "\nclass ", "\n@")
_HEADER_WORDS = ("revision", "branch_labels", "depends_on")


def _end_of_head(source: str) -> int | None:
    """Return where the first definition begins, or None if the file must be read to its end."""
    end = len(source)
    for mark in _DEFINITION_MARKS:
        found = source.find(mark, 0, end)
        if found >= 0:
            end = found + 1
    for word in _HEADER_WORDS:
        if source.find(word, end) >= 0:
            return None
    return end


# --- 1: files as they are generated ------------------------------------------------------------------------

_COMMENT = r"[ \t]*+(?:\#[^\n]*+)?(?:\n|\Z)"
_STRING = r"""(?:"[^"\\\n]*+"|'[^'\\\n]*+')"""
_HEAD = re.compile(
    rf"""
    (?:{_COMMENT})*?
    (?:\"\"\"(?P<doc>[^"\\\0]*+(?:"(?!"")[^"\\\0]*+)*+)\"\"\"{_COMMENT})?+
    (?P<statements>(?:
        \#[^\n]*+\n | [ \t]*+\n
      | (?:import|from)[ ](?![^\n]*(?:revision|branch_labels|depends_on))[\w., ]++{_COMMENT}
      | (?:down_)?revision[ ]?+(?::[^=\#\n"'\\]*+)?=[ ]?+(?:None|{_STRING}){_COMMENT}
      | (?:branch_labels|depends_on)[ ]?+(?::[^=\#\n"'\\]*+)?=[ ]?+(?:None|{_STRING}){_COMMENT}
    )*+)
    """,
    re.VERBOSE,
)
_ASSIGNMENT = re.compile(
    rf"^(revision|down_revision|branch_labels|depends_on)\b[^=\n]*+=[ ]?+(?:None|({_STRING}))", re.MULTILINE
)


def _scanned(head: str, path: Path) -> Revision | None:
    """Return the revision if the head is of the usual form, each value a plain string or None."""
    match = _HEAD.fullmatch(head)
    if match is None:
        return None
    # A value as it is written, quotes included; nothing for None.
    found: dict[str, str] = dict(_ASSIGNMENT.findall(head, *match.span("statements")))
    if len(found.get("revision", "")) < len("'x'") or found.get("down_revision", "''") in ("''", '""'):
        return None  # Whatever is wrong with it is said where it is known on which line.
    doc = (match["doc"] or "").strip()
    return Revision(
        revision=found["revision"][1:-1],
        down_revisions=_one(found["down_revision"]),
        depends_on=_one(found.get("depends_on")),
        branch_labels=_one(found.get("branch_labels")),
        message=doc.partition("\n\n")[0],
        doc=doc,
        path=path,
    )


def _one(written: str | None) -> tuple[str, ...]:
    return (written[1:-1],) if written and written[1:-1] else ()


# --- 2: any file with literal values -----------------------------------------------------------------------


def _parsed(source: str, head: str, path: Path) -> Revision | None:
    tree = _tree(source, head, path)
    values: dict[str, object] = {}
    lines: dict[str, int] = {}
    for statement in tree.body:
        for name, value in _bindings(statement):
            if value is None:
                return None
            try:
                values[name] = ast.literal_eval(value)
            except (TypeError, ValueError):
                return None
            lines[name] = statement.lineno
    if "revision" not in values and any(map(_imports_everything, tree.body)):
        return None
    return _revision(values, doc=ast.get_docstring(tree, clean=False) or "", path=path, lines=lines)


def _tree(source: str, head: str, path: Path) -> ast.Module:
    with contextlib.suppress(SyntaxError, ValueError):
        return _parse(head, path)
    try:
        return _parse(source, path)
    except (SyntaxError, ValueError) as error:
        raise revision_syntax_error(error, path) from None


_parsing = threading.Lock()
"""Held while a file is parsed: ast.parse() fails now and then where several threads call it (CPython 3.11), and the
filters that catch_warnings() puts back belong to the whole process."""


def _parse(text: str, path: Path) -> ast.Module:
    with _parsing:
        if "\\" not in text:
            return ast.parse(text, path)
        with warnings.catch_warnings():
            # An invalid escape sequence is warned about when the file is imported, which is often enough.
            warnings.simplefilter("ignore")
            return ast.parse(text, path)


def _bindings(statement: ast.stmt) -> Iterator[tuple[str, ast.expr | None]]:
    """Yield each header variable that a statement binds, with the value if it is a plain assignment."""
    assigned: set[str] = set()
    value: ast.expr | None = None
    match statement:
        case ast.AnnAssign(value=None):
            return
        case ast.AnnAssign(target=ast.Name(id=name), value=value):
            assigned = {name}
        case ast.Assign(targets=targets, value=value):
            assigned = {target.id for target in targets if isinstance(target, ast.Name)}
    for name in _bound_names(statement).intersection(_VARIABLES):
        yield name, value if name in assigned else None


def _bound_names(statement: ast.stmt) -> set[str]:
    """Return every name that a statement may bind in the module, conditions and loops included."""
    if isinstance(statement, _DEFINITIONS):
        return {statement.name}
    names = set()
    for node in ast.walk(statement):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                names.add(name)
            case ast.alias(name=name, asname=asname):
                names.add(asname or name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
    return names


_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _imports_everything(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.names[0].name == "*"


# --- 3: any file at all ------------------------------------------------------------------------------------


def _from_execution(path: Path) -> Revision:
    from async_migrate.scripts.imports import execute_file, forget

    try:
        module = execute_file(path)
    except Exception as error:
        if isinstance(error, SyntaxError) and error.filename == str(path):
            raise revision_syntax_error(error, path) from None
        raise RevisionLoadError(path, reason=reason(error), line=line_in(error, path)) from error
    forget(module.__name__)
    values = {name: getattr(module, name) for name in _VARIABLES if hasattr(module, name)}
    return _revision(values, doc=module.__doc__ or "", path=path, lines={})


# --- values ------------------------------------------------------------------------------------------------

_OLD_FILE_NAME = re.compile(r"([a-f0-9]+)\.pyc?")
"""Files of Alembic before 0.2 are named by their revision and do not assign it."""


def _revision(values: Mapping[str, object], *, doc: str, path: Path, lines: Mapping[str, int]) -> Revision:
    doc = doc.strip()
    return Revision(
        revision=_identifier(values, path, lines),
        down_revisions=_names("down_revision", values, path, lines),
        depends_on=_names("depends_on", values, path, lines),
        branch_labels=_names("branch_labels", values, path, lines),
        message=doc.partition("\n\n")[0],
        doc=doc,
        path=path,
    )


def _identifier(values: Mapping[str, object], path: Path, lines: Mapping[str, int]) -> str:
    if "revision" not in values:
        old = _OLD_FILE_NAME.fullmatch(path.name)
        if old is None:
            raise RevisionHeaderMissingError(path, name="revision")
        return old[1]
    value = values["revision"]
    if not isinstance(value, str) or not value:
        expected = "text, the identifier of this revision"
        raise RevisionHeaderError(
            path, name="revision", expected=expected, value=value, line=lines.get("revision")
        )
    return value


def _names(name: str, values: Mapping[str, object], path: Path, lines: Mapping[str, int]) -> tuple[str, ...]:
    """Return a variable that holds none, one or several names.

    Empty text is no dependency and no label, as in Alembic; it is nobody's parent, though.
    """
    if name == "down_revision" and name not in values:
        raise RevisionHeaderMissingError(path, name=name)
    value = values.get(name)
    names = _listed(value)
    if names is None or (name == "down_revision" and "" in names):
        expected = "text, a list of texts, or None"
        raise RevisionHeaderError(path, name=name, expected=expected, value=value, line=lines.get(name))
    return tuple(one for one in names if one)


def _listed(value: object) -> list[str] | None:
    """Return a name or several as a list; None if a value is anything else."""
    if value is None or isinstance(value, str):
        return [] if value is None else [value]
    if not isinstance(value, (list, tuple, set, frozenset)):
        return None
    names = [one for one in value if isinstance(one, str)]
    if len(names) < len(value):
        return None
    return sorted(names) if isinstance(value, (set, frozenset)) else names
