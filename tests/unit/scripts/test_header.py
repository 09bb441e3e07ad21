"""Headers are read as Python would understand them, mostly without asking it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from async_migrate.errors import (
    RevisionFileError,
    RevisionHeaderError,
    RevisionHeaderMissingError,
    RevisionLoadError,
    RevisionSyntaxError,
    RevisionUnreadableError,
)
from async_migrate.history.revision import Revision
from async_migrate.scripts import header
from async_migrate.scripts.header import parse_header, read_header, read_revision

PATH = Path("versions/1a2b_x.py")
Write = Callable[[str, str], Path]

GENERATED = '''\
"""add "users"

Revision ID: 1a2b
Revises: 0a1b

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '1a2b'
down_revision: Union[str, Sequence[str], None] = '0a1b'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    pass
'''


def test_a_generated_file_is_read() -> None:
    assert read_header(GENERATED, PATH) == Revision(
        revision="1a2b",
        down_revisions=("0a1b",),
        message='add "users"',
        doc='add "users"\n\nRevision ID: 1a2b\nRevises: 0a1b',
        path=PATH,
    )


# --- what headers look like ---------------------------------------------------------------------------------

HEADS: dict[str, tuple[str, dict[str, Any]]] = {
    "plain": ("revision = 'a'\ndown_revision = None", {}),
    "double quotes": ('revision = "a"\ndown_revision = "b"', {"down_revisions": ("b",)}),
    "no spaces": ("revision='a'\ndown_revision='b'", {"down_revisions": ("b",)}),
    "many spaces": ("revision   =   'a'\ndown_revision  =  'b'  # c", {"down_revisions": ("b",)}),
    "annotated": (
        "revision: str = 'a'\ndown_revision: str | None = None\nbranch_labels: Sequence[str] = ('l',)",
        {"branch_labels": ("l",)},
    ),
    "only annotated": ("revision = 'a'\ndown_revision = None\ndepends_on: str", {}),
    "tuple": ("revision = 'a'\ndown_revision = ('b', 'c')", {"down_revisions": ("b", "c")}),
    "list": ("revision = 'a'\ndown_revision = ['b', 'c']", {"down_revisions": ("b", "c")}),
    "set": ("revision = 'a'\ndown_revision = None\ndepends_on = {'c', 'b'}", {"depends_on": ("b", "c")}),
    "one in a tuple": ("revision = 'a'\ndown_revision = ('b',)", {"down_revisions": ("b",)}),
    "parentheses": ("revision = ('a')\ndown_revision = (\n  'b'\n)", {"down_revisions": ("b",)}),
    "empty tuple": ("revision = 'a'\ndown_revision = ()\nbranch_labels = []", {}),
    "empty text": ("revision = 'a'\ndown_revision = None\nbranch_labels = ''\ndepends_on = ''", {}),
    "empty texts": (
        "revision = 'a'\ndown_revision = None\nbranch_labels = ('',)\ndepends_on = ['', 'b']",
        {"depends_on": ("b",)},
    ),
    "several lines": (
        "revision = 'a'\ndown_revision = (\n    'b',  # the first\n    'c',\n)",
        {"down_revisions": ("b", "c")},
    ),
    "chained": ("revision = name = 'a'\ndown_revision = branch_labels = None", {}),
    "one line": ("revision = 'a'; down_revision = None", {}),
    "joined text": ("revision = 'a'\ndown_revision = 'b' 'c'", {"down_revisions": ("bc",)}),
    "raw text": ("revision = r'a'\ndown_revision = None", {}),
    "escapes": ("revision = 'a'\ndown_revision = '\\x62'", {"down_revisions": ("b",)}),
    "triple quotes": ("revision = '''a'''\ndown_revision = None", {}),
    "assigned twice": ("revision = 'z'\nrevision = 'a'\ndown_revision = 'z'\ndown_revision = None", {}),
    "labels and dependencies": (
        "revision = 'a'\ndown_revision = 'b'\nbranch_labels = ('l', 'm')\ndepends_on = 'c'",
        {"down_revisions": ("b",), "branch_labels": ("l", "m"), "depends_on": ("c",)},
    ),
    "other names": ("my_revision = 'z'\nrevision = 'a'\ndown_revision = None\nrevision_date = '1'", {}),
    "comparison": ("revision = 'a'\ndown_revision = None\nrevision == 'b'", {}),
    "imports": (
        "from x import (\n    revision_helper,\n)\nimport os, sys\nrevision = 'a'\ndown_revision = None",
        {},
    ),
    "after a function": (
        "def f():\n    pass\n\nrevision = 'a'\ndown_revision = 'b'",
        {"down_revisions": ("b",)},
    ),
    "on both sides of a function": (
        "revision = 'a'\ndown_revision = 'z'\ndef f(): pass\ndown_revision = 'b'",
        {"down_revisions": ("b",)},
    ),
    "in an attribute": ("revision = 'a'\ndown_revision = None\nimport os\nos.revision = 'b'", {}),
}
BODIES = {
    "body": "\n\n\ndef upgrade():\n    pass\n",
    "no body": "",
    "line end": "\n",
    "async": "\nasync def upgrade():\n    pass\n",
    "class": "\nclass Base: pass\ndef upgrade(): pass\n",
    "decorator": "\n@late\ndef upgrade(): pass\n",
    "mention": "\ndef upgrade():\n    revision = 'z'\n    # down_revision\n",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
@pytest.mark.parametrize(("head", "expected"), HEADS.values(), ids=HEADS.keys())
def test_literal_headers_are_read_without_execution(head: str, expected: dict[str, Any], body: str) -> None:
    assert parse_header(head + body, PATH) == Revision(revision="a", path=PATH, **expected)


DOCS = {
    "none": ("", ""),
    "one line": ('"""Add users."""\n', "Add users."),
    "single quotes": ("'Add users.'\n", "Add users."),
    "raw": ('r"""Add \\d."""\n', "Add \\d."),
    "wrong escape": ('"""Add \\d."""\n', "Add \\d."),
    "escape": ('"""Add \\"\\"\\"users\\"\\"\\"."""\n', 'Add """users""".'),
    "quotes inside": ('"""Add "" users"" ."""\n', 'Add "" users"" .'),
    "two paragraphs": ('"""Add users.\n\nMore.\n"""\n', "Add users.\n\nMore."),
    "definition inside": (
        '"""Add\ndef upgrade(): pass\n@revision\n"""\n',
        "Add\ndef upgrade(): pass\n@revision",
    ),
    "header inside": ('"""Add\nrevision = "z"\n"""\n', 'Add\nrevision = "z"'),
    "after comments": ('#!/usr/bin/python\n\n# x\n"""Add users."""  # y\n', "Add users."),
    "not first": ('import os\n"""Add users."""\n', ""),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
@pytest.mark.parametrize(("doc", "expected"), DOCS.values(), ids=DOCS.keys())
def test_the_docstring_is_read(doc: str, expected: str, body: str) -> None:
    revision = parse_header(f"{doc}revision = 'a'\ndown_revision = None{body}", PATH)
    message = expected.split("\n\n")[0]
    assert revision == Revision(revision="a", message=message, doc=expected, path=PATH)


LATE = {
    "after the body": "revision = 'z'\ndef upgrade(): pass\nrevision, = 'a',\ndown_revision = 'b'\n",
    "under a condition": "revision = 'a'\nif revision == 'a':\n    down_revision = 'b'\n",
    "in a try": "revision = 'a'\ntry:\n    import nothing_of_this_name\nexcept ImportError:\n    down_revision = 'b'\n",
    "in a loop": "revision = 'a'\nfor down_revision in ['b']:\n    pass\n",
    "a name": "PARENT = 'b'\nrevision = 'a'\ndown_revision = PARENT\n",
    "a call": "revision = 'a'\ndown_revision = str('b')\n",
    "formatted": "revision = f'{chr(97)}'\ndown_revision = 'b'\n",
    "unpacked": "revision, down_revision = 'a', 'b'\n",
    "imported": "from string import ascii_lowercase as revision\nrevision = revision[0]\ndown_revision = 'b'\n",
    "everything imported": "from header_of_another_file import *\n",
    "added": "revision = ''\nrevision += 'a'\ndown_revision = 'b'\n",
    "walrus": "x = (revision := 'a')\ndown_revision = 'b'\n",
    "deleted": "revision = 'a'\ndown_revision = 'b'\ndepends_on = 'c'\ndel depends_on\n",
    "frozen set": "revision = 'a'\ndown_revision = frozenset({'b'})\n",
}


@pytest.mark.parametrize("source", LATE.values(), ids=LATE.keys())
def test_what_is_not_literal_is_executed(
    source: str, write: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write("header_of_another_file.py", "revision = 'a'; down_revision = 'b'")
    monkeypatch.syspath_prepend(tmp_path)
    path = write("1a2b_x.py", source)
    assert parse_header(source, path) is None
    revision = read_revision(path)
    assert (revision.revision, revision.down_revisions, revision.depends_on) == ("a", ("b",), ())


def test_a_file_is_not_executed_without_need(write: Write) -> None:
    path = write("x.py", "raise SystemExit\n" + GENERATED.replace('"""', "'''"))
    assert read_revision(path).revision == "1a2b"


# --- the same as Python, whatever the file -------------------------------------------------------------------

values = st.one_of(
    st.sampled_from(
        ["None", "'a'", '"b"', "''", "('c',)", "['d', 'e']", "('f', \"g\")", "'''h'''", "'i' 'j'"]
    ),
    st.from_regex(r"'[^'\\\n\r\0]{0,9}'", fullmatch=True),
)
annotations = st.sampled_from(["", ": str", ": Union[str, None]", ": 'str | None'"])
assignments = st.builds(
    "{}{}{}={}{}{}".format,
    st.sampled_from(["revision", "down_revision", "branch_labels", "depends_on", "revisions", "x"]),
    annotations,
    st.sampled_from(["", " ", "  "]),
    st.sampled_from(["", " ", "  "]),
    values,
    st.sampled_from(["", " ", "  # revision = 'z'"]),
)
others = st.sampled_from(
    [
        "",
        "   ",
        "# revision = 'z'",
        "    # indented",
        "import os",
        "import os.path as revision_path, sys",
        "from typing import Union",
        "from typing import (\n    Union,\n)",
        "from os import path as revision",
        "def helper():\n    return 1",
        "def revision_of():\n    revision = 'z'",
        "class Thing:\n    revision = 'z'",
        "if True:\n    depends_on = 'k'",
        "try:\n    branch_labels = 'l'\nfinally:\n    pass",
        "@staticmethod\ndef upgrade():\n    '''revision = 'z' '''",
        "text = '''\ndef nothing():\nrevision = 'z'\n'''",
        "lambda: revision == 'z'",
        "x = [\n    'revision',\n]",
    ]
)
docstrings = st.sampled_from(
    [
        "",
        '"""Doc."""',
        '"""Doc.\n\nrevision = "z"\ndef f():\n"""',
        '# comment\n"""Doc"" ."""',
        "'''Doc.'''",
        '"""Doc \\" ."""',
        '"Doc" " joined"',
        'r"""D\\oc."""',
    ]
)


@given(doc=docstrings, lines=st.lists(st.one_of(assignments, others), max_size=9))
def test_reading_is_executing(doc: str, lines: list[str]) -> None:
    source = "\n".join([doc, "from typing import Union", *lines]) + "\n"
    scope: dict[str, Any] = {"__name__": "revision_file"}
    exec(source, scope)
    found = _outcome(source)
    assert found is None or found == (_wrong_variable(scope) or _executed(scope))


def _outcome(source: str) -> Revision | str | None:
    """Return what is read, or the name of the variable that is refused."""
    try:
        return parse_header(source, PATH)
    except (RevisionHeaderError, RevisionHeaderMissingError) as error:
        return error.name


def _wrong_variable(scope: dict[str, Any]) -> str | None:
    if not isinstance(scope.get("revision"), str) or not scope["revision"]:
        return "revision"
    parents = scope.get("down_revision", "")
    names = [parents] if isinstance(parents, str) else parents or ()
    return "down_revision" if "" in names else None


def _executed(scope: dict[str, Any]) -> Revision:
    def names(value: Any) -> tuple[str, ...]:
        return tuple(name for name in ((value,) if isinstance(value, str) else value or ()) if name)

    doc = (scope.get("__doc__") or "").strip()
    return Revision(
        revision=scope["revision"],
        down_revisions=names(scope["down_revision"]),
        branch_labels=names(scope.get("branch_labels")),
        depends_on=names(scope.get("depends_on")),
        message=re.split("\n\n", doc)[0],
        doc=doc,
        path=PATH,
    )


@given(doc=docstrings, lines=st.lists(st.one_of(assignments, others), max_size=6))
def test_the_scan_agrees_with_the_parser(doc: str, lines: list[str]) -> None:
    head = "\n".join([doc, "revision = 'a'", "down_revision: str = 'b'", *lines]) + "\n"
    scanned = header._scanned(head, PATH)
    if scanned is not None:
        assert scanned == header._parsed(head, head, PATH)


@pytest.mark.parametrize("before", ["", "# a licence\n\n#\n"], ids=["alone", "after a comment"])
def test_the_scan_reads_what_is_generated(before: str) -> None:
    head = before + GENERATED[: GENERATED.index("def upgrade")]
    assert header._scanned(head, PATH) == header._parsed(before + GENERATED, head, PATH)
    assert header._scanned(head, PATH) is not None


# --- bytes --------------------------------------------------------------------------------------------------

PLAIN = "revision = 'ä'\ndown_revision = None\n"
ENCODED = {
    "utf-8": PLAIN.encode(),
    "byte order mark": b"\xef\xbb\xbf" + PLAIN.encode(),
    "cookie": b"# -*- coding: latin-1 -*-\n" + PLAIN.encode("latin-1"),
    "cookie on the second line": b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n"
    + PLAIN.encode("cp1252"),
    "Windows": PLAIN.replace("\n", "\r\n").encode(),
    "old Macintosh": PLAIN.replace("\n", "\r").encode(),
    "cookie and Windows": b"# coding: latin-1\r\n" + PLAIN.replace("\n", "\r\n").encode("latin-1"),
}


@pytest.mark.parametrize("data", ENCODED.values(), ids=ENCODED.keys())
def test_encodings_are_those_of_python(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_bytes(data)
    assert read_revision(path) == Revision(revision="ä", path=path)


def test_a_comment_may_hold_what_python_lets_it_hold(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_bytes(b"# gr\xfc\xdfe\n" + PLAIN.encode())
    try:
        compile(path.read_bytes(), path, "exec")
    except SyntaxError:
        with pytest.raises(RevisionSyntaxError):
            read_revision(path)
    else:
        assert read_revision(path).revision == "ä"


def test_a_docstring_has_line_feeds(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_bytes(b'"""a\r\n\r\nb"""\r\nrevision = "a"\r\ndown_revision = None\r\n')
    revision = read_revision(path)
    assert (revision.message, revision.doc) == ("a", "a\n\nb")


def test_large_files_are_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_text("#" + "x" * 200_000 + "\n" + PLAIN, encoding="utf-8")
    assert read_revision(path).revision == "ä"


# --- what is refused ----------------------------------------------------------------------------------------


def refusal(source: str, path: Path = PATH) -> RevisionFileError:
    with pytest.raises(RevisionFileError) as caught:
        parse_header(source, path)
    assert caught.value.path == path
    assert caught.value.exit_code == 2
    return caught.value


SYNTAX = {
    "in the head": (
        "revision = 'a\n",
        1,
        12,
        "unterminated string literal (detected at line 1)",
        "revision = 'a",
    ),
    "in a statement": ("import os\nrevision = = 'a'\n", 2, 12, "invalid syntax", "revision = = 'a'"),
}


@pytest.mark.parametrize(("source", "line", "column", "reason", "text"), SYNTAX.values(), ids=SYNTAX.keys())
def test_a_syntax_error_is_located(source: str, line: int, column: int, reason: str, text: str) -> None:
    error = refusal(source)
    assert isinstance(error, RevisionSyntaxError)
    assert (error.line, error.column, error.reason, error.text) == (line, column, reason, text)
    assert str(error) == (
        f"The revision file versions/1a2b_x.py:{line}:{column} is not valid Python: {reason} in {text!r}."
    )


def test_a_null_byte_is_a_syntax_error() -> None:
    error = refusal("revision = 'a\0'\n")
    assert str(error) == (
        "The revision file versions/1a2b_x.py is not valid Python: source code string cannot contain null bytes."
    )


WRONG = {
    "number": (
        "revision = 3\ndown_revision = None",
        "revision",
        1,
        "the number 3",
        "text, the identifier of this revision",
    ),
    "none": (
        "\nrevision = None\ndown_revision = None",
        "revision",
        2,
        "nothing",
        "text, the identifier of this revision",
    ),
    "empty": (
        "revision = ''\ndown_revision = None",
        "revision",
        1,
        "the text ''",
        "text, the identifier of this revision",
    ),
    "number as parent": (
        "revision = 'a'\ndown_revision = 7",
        "down_revision",
        2,
        "the number 7",
        "text, a list of texts, or None",
    ),
    "empty parent": (
        "revision = 'a'\ndown_revision = ''",
        "down_revision",
        2,
        "the text ''",
        "text, a list of texts, or None",
    ),
    "none among parents": (
        "revision = 'a'\ndown_revision = ('b', None)",
        "down_revision",
        2,
        "a list",
        "text, a list of texts, or None",
    ),
    "table of labels": (
        "revision = 'a'\ndown_revision = None\nbranch_labels = {}",
        "branch_labels",
        3,
        "a table",
        "text, a list of texts, or None",
    ),
}


@pytest.mark.parametrize(("source", "name", "line", "value", "expected"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_value_is_refused(source: str, name: str, line: int, value: str, expected: str) -> None:
    error = refusal(source)
    assert isinstance(error, RevisionHeaderError)
    assert (error.name, error.line) == (name, line)
    assert str(error) == (
        f"{name!r} in the revision file versions/1a2b_x.py:{line} is {value}; it must be {expected}."
    )


@pytest.mark.parametrize(
    ("source", "name"),
    [("down_revision = None", "revision"), ("revision = 'a'", "down_revision"), ("", "revision")],
    ids=["revision", "down_revision", "both"],
)
def test_a_missing_variable_is_named(source: str, name: str) -> None:
    error = refusal(source)
    assert isinstance(error, RevisionHeaderMissingError)
    assert str(error) == (
        f"The file versions/1a2b_x.py does not assign '{name}'. Every .py file in a version location is a revision: it "
        "assigns 'revision' its own identifier and 'down_revision' the one before it (None for the first). Move other "
        "modules elsewhere."
    )


def test_an_old_file_is_named_by_its_revision() -> None:
    assert parse_header("down_revision = None", Path("3512b954651e.py")) == Revision(
        revision="3512b954651e", path=Path("3512b954651e.py")
    )


def test_an_executed_file_that_raises_is_reported(write: Write) -> None:
    path = write("x.py", "revision = undefined\ndown_revision = None")
    with pytest.raises(RevisionLoadError) as caught:
        read_revision(path)
    assert caught.value.line == 1
    assert str(caught.value) == (
        f"The revision file {path}:1 cannot be imported: NameError: name 'undefined' is not defined."
    )


def test_an_unreadable_file_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    with pytest.raises(RevisionUnreadableError) as caught:
        read_revision(path)
    assert str(caught.value) == f"The revision file {path} cannot be read: No such file or directory."


UNDECODABLE = {
    "not utf-8": (b"a = 1\nrevision = '\xff'\n", ":2", "it is not utf-8 text"),
    "unknown encoding": (b"# coding: klingon\nrevision = 'a'\n", "", "unknown encoding: klingon"),
}


@pytest.mark.parametrize(("data", "place", "reason"), UNDECODABLE.values(), ids=UNDECODABLE.keys())
def test_undecodable_bytes_are_a_syntax_error(data: bytes, place: str, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_bytes(data)
    with pytest.raises(RevisionSyntaxError) as caught:
        read_revision(path)
    assert str(caught.value) == f"The revision file {path}{place} is not valid Python: {reason}."
