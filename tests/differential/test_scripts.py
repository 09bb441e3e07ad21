"""Alembic is asked to read and name the same files."""

from __future__ import annotations

import warnings
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from alembic import util
from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory as AlembicDirectory
from hypothesis import given
from hypothesis import strategies as st

from async_migrate.config import Config
from async_migrate.scripts.directory import ScriptDirectory
from async_migrate.scripts.naming import file_name
from async_migrate.scripts.writer import RevisionDraft, write_revision

if TYPE_CHECKING:
    from collections.abc import Callable

# --- names --------------------------------------------------------------------------------------------------

DATE = datetime(2024, 5, 6, 7, 8, 9)
TEMPLATES = (
    "%(rev)s_%(slug)s",
    "%(year)d_%(month).2d_%(day).2d_%(hour).2d%(minute).2d-%(rev)s_%(slug)s",
    "%(epoch)s_%(slug)s_%(second).2d",
    "%(year)d/%(month).2d/%(rev)s_%(slug)s",
)


@given(
    message=st.one_of(st.text(max_size=80), st.from_regex(r"[A-Za-z_ ä'/.-]{0,80}", fullmatch=True)),
    length=st.integers(min_value=1, max_value=60),
    template=st.sampled_from(TEMPLATES),
)
def test_files_are_named_alike(message: str, length: int, template: str) -> None:
    theirs = AlembicDirectory(".", file_template=template, truncate_slug_length=length)
    config = Config(file_template=template, truncate_slug_length=length, recursive_version_locations=True)
    ours = file_name(config, revision_id="1a2b", message=message, date=DATE)
    assert Path(ours) == theirs._rev_path("", "1a2b", message, DATE)


def test_identifiers_look_alike() -> None:
    from async_migrate.scripts.naming import new_revision_id

    assert len(new_revision_id()) == len(util.rev_id())


# --- headers ------------------------------------------------------------------------------------------------

FILES = {
    "a_first.py": '"""first\n\nRevision ID: a\n"""\nrevision = "a"\ndown_revision = None\n',
    "b.py": '"""two words\nand a line"""\nrevision: str = "b"\ndown_revision: str = "a"\nbranch_labels = ("left",)\n',
    "c.py": 'revision = "c"\ndown_revision = ("a",)\nbranch_labels = "right"\ndepends_on = ["b"]\n',
    "d_merge.py": 'NAME = "d"\nrevision = NAME\ndown_revision = ("b", "c")\n',
    "e.py": 'if True:\n    revision = "e"\ndown_revision = "d"\n',
    "f.py": 'revision = "f"\ndown_revision = None\nbranch_labels = ""\n"""no docstring"""\n',
    "0123abcd.py": "down_revision = 'f'\n",
    "g.py": "'''\n\n  indented\n\nmore  \n'''\nfrom typing import *\nrevision, down_revision = 'g', '0123abcd'\n",
    "h.py": "# coding: latin-1\nrevision = 'h'\ndown_revision = 'g'\n",
    "i.py": "revision = 'i' 'j'\ndown_revision = {'h'}\n",
    "__init__.py": "raise SystemExit",
    ".#a_first.py": "raise SystemExit",
    "notes.txt": "",
    "sub/j.py": 'revision = "j"\ndown_revision = "ij"\n',
    "sub/__init__.py": "",
    "__pycache__/k.py": "raise SystemExit",
}
BODY = "\n\ndef upgrade():\n    pass\n\n\ndef downgrade():\n    pass\n"


@pytest.fixture
def location(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / "migrations" / "versions" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + BODY, encoding="utf-8")
    return tmp_path / "migrations"


def facts(scripts: Any) -> dict[str, tuple[Any, ...]]:
    return {
        script.revision: (
            set(util.to_tuple(script.down_revision, default=())),
            set(script.dependencies or ())
            if not isinstance(script.dependencies, str)
            else {script.dependencies},
            set(script._orig_branch_labels) - {""},
            script.doc,
            script.longdoc,
            Path(script.path),
        )
        for script in scripts
    }


@pytest.mark.parametrize("recursive", [False, True], ids=["flat", "recursive"])
def test_headers_are_read_alike(recursive: bool, location: Path) -> None:
    theirs = AlembicDirectory(location, recursive_version_locations=recursive)
    ours = ScriptDirectory(Config(location=location, recursive_version_locations=recursive))
    assert {
        revision.revision: (
            set(revision.down_revisions),
            set(revision.depends_on),
            set(revision.branch_labels),
            revision.message,
            revision.doc,
            revision.path,
        )
        for revision in ours.revisions()
    } == facts(theirs.walk_revisions())


def test_files_are_read_in_the_same_order(location: Path) -> None:
    theirs = AlembicDirectory(location, recursive_version_locations=True)
    ours = ScriptDirectory(Config(location=location, recursive_version_locations=True))
    assert [revision.revision for revision in ours.revisions()] == [
        script.revision for script in theirs._load_revisions()
    ]


def test_links_are_followed_alike(location: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(location / "versions")
    (location / "versions" / "z.py").symlink_to("a_first.py")
    both = (location / "versions", tmp_path / "link")
    ours = ScriptDirectory(Config(location=location, version_locations=both))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Alembic warns about each file that it meets again.
        theirs = list(AlembicDirectory(location, version_locations=both)._load_revisions())
    assert [revision.revision for revision in ours.revisions()] == [script.revision for script in theirs]


# --- writing ------------------------------------------------------------------------------------------------

DRAFTS = {
    "base": RevisionDraft(revision="1a2b", message="first one"),
    "child": RevisionDraft(revision="1a2b", message="m", down_revisions=("b",)),
    "merge": RevisionDraft(revision="1a2b", message="m", down_revisions=("b", "c"), branch_labels=("l", "m")),
    "dependent": RevisionDraft(revision="1a2b", down_revisions=("b",), depends_on=("c",)),
    "body": RevisionDraft(
        revision="1a2b",
        upgrade="op.execute(\n    'x'\n)\nop.y()",
        imports={"import enum", "from uuid import UUID"},
    ),
}


@pytest.fixture
def project(tmp_path: Path) -> Callable[[str], Path]:
    """Give a function that makes a project of three revisions with Alembic's own template."""

    def make(name: str) -> Path:
        generic = Path(AlembicConfig()._get_template_path()) / "generic" / "script.py.mako"
        versions = tmp_path / name / "versions"
        versions.mkdir(parents=True)
        (tmp_path / name / "script.py.mako").write_text(generic.read_text())
        for revision, parent in (("a", None), ("b", "a"), ("c", "a")):
            text = f"revision = {revision!r}\ndown_revision = {parent!r}\n"
            (versions / f"{revision}.py").write_text(text)
        return tmp_path / name

    return make


@pytest.mark.parametrize("draft", DRAFTS.values(), ids=DRAFTS.keys())
def test_alembics_template_makes_the_same_file(
    draft: RevisionDraft, project: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from async_migrate.scripts import writer

    monkeypatch.setattr(writer, "creation_date", lambda zone: DATE)
    monkeypatch.setattr(AlembicDirectory, "_generate_create_date", lambda self: DATE)
    theirs = AlembicDirectory(project("theirs"), messaging_opts={"quiet": True}).generate_revision(
        draft.revision,
        draft.message or None,
        head=list(draft.down_revisions) or "base",
        splice=True,
        branch_labels=draft.branch_labels or None,
        depends_on=list(draft.depends_on) or None,
        upgrades="op.execute(\n        'x'\n    )\n    op.y()" if draft.upgrade else "",
        downgrades="",
        imports="\n".join(sorted(draft.imports)),
    )
    config = Config(location=project("ours"))
    ours = write_revision(config, draft, folder=Path(config.location) / "versions")
    assert theirs is not None
    assert ours.name == Path(theirs.path).name
    assert ours.read_text() == Path(theirs.path).read_text()
