"""New revision files: complete, importable and what was asked for, or not there at all."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from async_migrate.config import Config
from async_migrate.errors import (
    AsyncMigrateError,
    InvalidRevisionNameError,
    NotWritableError,
    RevisionExistsError,
    TemplateError,
    TemplateResultError,
)
from async_migrate.history.revision import Revision
from async_migrate.scripts import naming, writer
from async_migrate.scripts.header import read_revision
from async_migrate.scripts.writer import RevisionDraft, write_revision

Write = Callable[[str, str], Path]

DRAFT = RevisionDraft(revision="1a2b", message="Add users")


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "migrations").mkdir()
    return Config(location=tmp_path / "migrations")


@pytest.fixture
def folder(config: Config) -> Path:
    return Path(config.location) / "versions"


@pytest.fixture(autouse=True)
def date(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make it always the same time."""
    monkeypatch.setattr(writer, "creation_date", lambda zone: datetime(2024, 5, 6, 7, 8, 9))


# --- what is written ----------------------------------------------------------------------------------------

EMPTY = '''\
"""Add users

Revision ID: 1a2b
Revises: <base>
Create Date: 2024-05-06 07:08:09
"""

import sqlalchemy as sa
from async_migrate import op

revision: str = "1a2b"
down_revision: str | tuple[str, ...] | None = None
branch_labels: str | tuple[str, ...] | None = None
depends_on: str | tuple[str, ...] | None = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
'''

FULL = '''\
"""merge

Revision ID: 1a2b
Revises: 0a1b0a1b0a1b, 0c1d0c1d0c1d, 0e1f0e1f0e1f
Create Date: 2024-05-06 07:08:09
"""

import enum
import uuid
from decimal import Decimal

import geoalchemy2
import sqlalchemy as sa
from async_migrate import op
from sqlalchemy.dialects import postgresql

revision: str = "1a2b"
down_revision: str | tuple[str, ...] | None = (
    "0a1b0a1b0a1b",
    "0c1d0c1d0c1d",
    "0e1f0e1f0e1f",
)
branch_labels: str | tuple[str, ...] | None = ("reports",)
depends_on: str | tuple[str, ...] | None = ("0f", "0g")


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("id", postgresql.UUID()),
    )

    op.execute("""
update users
    set id = null
""")


def downgrade() -> None:
    op.drop_table("users")
'''

FULL_DRAFT = RevisionDraft(
    revision="1a2b",
    message="merge",
    down_revisions=("0a1b0a1b0a1b", "0c1d0c1d0c1d", "0e1f0e1f0e1f"),
    depends_on=("0f", "0g"),
    branch_labels=("reports",),
    upgrade='''
op.create_table(
    "users",
    sa.Column("id", postgresql.UUID()),
)

op.execute("""
update users
    set id = null
""")
''',
    downgrade='op.drop_table("users")\n',
    imports={
        "from sqlalchemy.dialects import postgresql",
        "import geoalchemy2",
        "import uuid\nimport enum",
        "from decimal import Decimal",
    },
)


@pytest.mark.parametrize(("draft", "expected"), [(DRAFT, EMPTY), (FULL_DRAFT, FULL)], ids=["empty", "full"])
def test_the_packaged_template(draft: RevisionDraft, expected: str, config: Config, folder: Path) -> None:
    path = write_revision(config, draft, folder=folder)
    assert path.read_text() == expected
    assert path == folder / f"1a2b_{draft.message.lower().replace(' ', '_')}.py"


@pytest.mark.parametrize("draft", [DRAFT, FULL_DRAFT], ids=["empty", "full"])
def test_formatters_find_nothing_to_do(draft: RevisionDraft, config: Config, folder: Path) -> None:
    path = write_revision(config, draft, folder=folder)
    ruff = [sys.executable, "-m", "ruff"]
    for command in (["format", "--check"], ["check", "--select", "E,W,I,UP"]):
        command = [*ruff, *command, "--isolated", str(path)]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout


def test_what_is_written_is_read_again(config: Config, folder: Path) -> None:
    path = write_revision(config, FULL_DRAFT, folder=folder)
    assert read_revision(path) == Revision(
        revision="1a2b",
        down_revisions=FULL_DRAFT.down_revisions,
        depends_on=("0f", "0g"),
        branch_labels=("reports",),
        message="merge",
        doc=FULL[3 : FULL.index('"""', 3)].strip(),
        path=path,
    )


MESSAGES = [
    'say "hi"',
    '"quoted"',
    'three """ quotes',
    "C:\\new\\x",
    "ends in \\",
    "'",
    "größer",
    "two\nlines",
    "${x}",
    "% if x:",
]


@pytest.mark.parametrize("message", MESSAGES)
def test_any_message_survives(message: str, config: Config, folder: Path) -> None:
    draft = RevisionDraft(revision="1a2b", message=message)
    assert read_revision(write_revision(config, draft, folder=folder)).message == message


def test_no_message_is_called_so(config: Config, folder: Path) -> None:
    path = write_revision(config, RevisionDraft(revision="1a2b"), folder=folder)
    assert (path.name, read_revision(path).message) == ("1a2b_.py", "empty message")


def test_names_with_quotes_are_written_as_python(config: Config, folder: Path) -> None:
    draft = RevisionDraft(revision="1a2b", branch_labels=('a"b', "c'd", "e\\f"))
    assert read_revision(write_revision(config, draft, folder=folder)).branch_labels == ('a"b', "c'd", "e\\f")


def test_folders_are_made(config: Config, folder: Path) -> None:
    config = config.replace(file_template="%(year)d/%(month).2d/%(rev)s", recursive_version_locations=True)
    assert write_revision(config, DRAFT, folder=folder) == folder / "2024" / "05" / "1a2b.py"


def test_the_encoding_is_a_setting(config: Config, folder: Path, write: Write) -> None:
    write(
        "migrations/script.py.mako",
        "## coding of the template, which Mako takes out: utf-8\n# coding: latin-1\n"
        'revision = "${up_revision}"; down_revision = None # ${message}\n',
    )
    config = config.replace(output_encoding="latin-1")
    path = write_revision(config, RevisionDraft(revision="1a2b", message="größer"), folder=folder)
    assert "größer".encode("latin-1") in path.read_bytes()
    assert read_revision(path).revision == "1a2b"


@pytest.mark.skipif(os.name == "nt", reason="permissions are POSIX's")
def test_files_are_as_readable_as_others(config: Config, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "other").touch()
    path = write_revision(config, DRAFT, folder=folder)
    assert path.stat().st_mode == (tmp_path / "other").stat().st_mode


# --- templates of the project -------------------------------------------------------------------------------

ALEMBIC_STYLE = '''\
"""${message}

Revises: ${down_revision | comma,n}
Date: ${create_date}
"""
from alembic import op
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade():
    ${upgrades if upgrades else "pass"}


def downgrade():
    ${downgrades if downgrades else "pass"}
'''


@pytest.mark.parametrize(
    ("changes", "header"),
    [
        ({}, "None\nbranch_labels = None\ndepends_on = None"),
        ({"down_revisions": ("a",), "depends_on": ("d",)}, "'a'\nbranch_labels = None\ndepends_on = 'd'"),
        (
            {"down_revisions": ("a", "b"), "branch_labels": ("l",), "depends_on": ("d", "e")},
            "('a', 'b')\nbranch_labels = ('l',)\ndepends_on = ('d', 'e')",
        ),
    ],
    ids=["base", "one of each", "several"],
)
def test_templates_have_the_variables_of_alembics(
    changes: dict[str, Any], header: str, config: Config, folder: Path, write: Write
) -> None:
    write("migrations/script.py.mako", ALEMBIC_STYLE)
    draft = RevisionDraft(
        revision="1a2b", message="m", upgrade="a()\nb()", imports={"import y", "import x"}, **changes
    )
    assert write_revision(config, draft, folder=folder).read_text() == (
        f'"""m\n\nRevises: {", ".join(draft.down_revisions)}\nDate: 2024-05-06 07:08:09\n"""\n'
        f"from alembic import op\nimport x\nimport y\n\nrevision = '1a2b'\ndown_revision = {header}\n\n\n"
        "def upgrade():\n    a()\n    b()\n\n\ndef downgrade():\n    pass\n"
    )


def test_templates_have_the_variables_of_the_project(config: Config, folder: Path, write: Write) -> None:
    write(
        "migrations/script.py.mako",
        "# ${one} ${two} ${config.version_table}\nrevision = '1a2b'; down_revision = None\n",
    )
    config = config.replace(template_args={"one": 1, "two": 1, "up_revision": "no"})
    draft = RevisionDraft(revision="1a2b", variables={"two": 2})
    assert (
        write_revision(config, draft, folder=folder).read_text().startswith("# 1 2 async_migrate_version\n")
    )


FAILING = {
    "syntax": ("x\n${oh no}\n", ":2", "SyntaxException: (SyntaxError) invalid syntax"),
    "control": ("% if x:\n", ":1", "SyntaxException: Unterminated control keyword: 'if'"),
    "undefined": (
        "x\n\n${nothing_here.x}\n",
        ":3",
        "AttributeError: 'Undefined' object has no attribute 'x'",
    ),
    "in python": ("a\n<%\n    raise ValueError('bad')\n%>\n", ":3", "ValueError: bad"),
}


@pytest.mark.parametrize(("template", "place", "reason"), FAILING.values(), ids=FAILING.keys())
def test_a_template_that_fails_is_located(
    template: str, place: str, reason: str, config: Config, folder: Path, write: Write
) -> None:
    path = write("migrations/script.py.mako", template)
    with pytest.raises(TemplateError) as caught:
        write_revision(config, DRAFT, folder=folder)
    assert str(caught.value).startswith(f"The template {path}{place} cannot be rendered: {reason}")
    assert not folder.exists()


def test_the_failing_line_is_shown(config: Config, folder: Path, write: Write) -> None:
    path = write("migrations/script.py.mako", "x\n  ${nothing_here}\n")
    with pytest.raises(TemplateError) as caught:
        write_revision(config, DRAFT, folder=folder)
    assert str(caught.value) == (
        f"The template {path}:2 cannot be rendered: NameError: Undefined in '${{nothing_here}}'."
    )
    assert caught.value.line == 2


HEADER = "revision = '1a2b'; down_revision = None\n"
RESULTS = {
    "not Python": (
        f"{HEADER}x = = 3\n",
        DRAFT,
        "it is not valid Python: invalid syntax on line 2, 'x = = 3'",
    ),
    "no revision": (
        "down_revision = None\n",
        DRAFT,
        "it does not assign 'revision'",
    ),
    "another revision": (
        "revision = 'x'; down_revision = None\n",
        DRAFT,
        "its revision is 'x', not '1a2b'",
    ),
    "another parent": (
        HEADER,
        RevisionDraft(revision="1a2b", down_revisions=("0a",)),
        "its down_revision is (), not ('0a',)",
    ),
    "no labels": (
        HEADER,
        RevisionDraft(revision="1a2b", branch_labels=("l",)),
        "its branch_labels is (), not ('l',)",
    ),
    "no dependency": (
        HEADER,
        RevisionDraft(revision="1a2b", depends_on=("d",)),
        "its depends_on is (), not ('d',)",
    ),
    "silent encoding": (
        f"{HEADER}x = 1  # \N{LATIN SMALL LETTER O WITH DIAERESIS}",
        DRAFT,
        "it is written as latin-1, but no coding comment in its first two lines says so",
    ),
    "unknown characters": (
        f"{HEADER}# \N{GREEK SMALL LETTER ALPHA}",
        DRAFT,
        "it cannot be written as ascii: ordinal not in range(128)",
    ),
}


@pytest.mark.parametrize(("template", "draft", "reason"), RESULTS.values(), ids=RESULTS.keys())
def test_a_wrong_result_is_not_written(
    template: str, draft: RevisionDraft, reason: str, config: Config, folder: Path, write: Write
) -> None:
    path = write("migrations/script.py.mako", template)
    for encoding in ("ascii", "latin-1"):
        if encoding in reason:
            config = config.replace(output_encoding=encoding)
    with pytest.raises(TemplateResultError) as caught:
        write_revision(config, draft, folder=folder)
    assert (
        str(caught.value) == f"What the template {path} makes is not usable: {reason}. Nothing was written."
    )
    assert caught.value.text == template
    assert not folder.exists()


def test_a_body_that_is_not_python_is_not_written(config: Config, folder: Path) -> None:
    with pytest.raises(TemplateResultError, match=r"it is not valid Python: .*op.execute\("):
        write_revision(config, RevisionDraft(revision="1a2b", upgrade="op.execute("), folder=folder)
    assert not folder.exists()


def test_a_header_that_only_execution_tells_is_accepted(config: Config, folder: Path, write: Write) -> None:
    write("migrations/script.py.mako", "revision = str('${up_revision}')\ndown_revision = None\n")
    path = write_revision(config, DRAFT, folder=folder)
    assert read_revision(path).revision == "1a2b"


# --- files that are there -----------------------------------------------------------------------------------


def test_nothing_is_overwritten(config: Config, folder: Path) -> None:
    path = write_revision(config, DRAFT, folder=folder)
    path.write_text("mine")
    with pytest.raises(RevisionExistsError) as caught:
        write_revision(config, DRAFT, folder=folder)
    assert str(caught.value) == (
        f"The file {path} already exists and is left as it is. Choose another message or revision identifier."
    )
    assert path.read_text() == "mine"


@pytest.mark.parametrize("links", [True, False], ids=["links", "no links"])
def test_a_file_that_appears_meanwhile_is_not_overwritten(
    links: bool, config: Config, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "1a2b_add_users.py"

    def compete(*_: object) -> None:
        path.write_text("mine")
        if not links:
            raise PermissionError
        raise FileExistsError

    monkeypatch.setattr(Path, "hardlink_to", compete)
    with pytest.raises(RevisionExistsError):
        write_revision(config, DRAFT, folder=folder)
    assert [(entry.name, entry.read_text()) for entry in folder.iterdir()] == [(path.name, "mine")]


def test_a_file_system_without_links(config: Config, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    path = write_revision(config, DRAFT, folder=folder)
    assert path.read_text() == EMPTY
    assert list(folder.iterdir()) == [path]


def test_nothing_half_written_stays(config: Config, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "hardlink_to", fail)
    with pytest.raises(KeyboardInterrupt):
        write_revision(config, DRAFT, folder=folder)
    assert list(folder.iterdir()) == []


def test_a_disk_that_refuses_is_reported(config: Config, folder: Path) -> None:
    folder.touch()
    with pytest.raises(NotWritableError) as caught:
        write_revision(config, DRAFT, folder=folder)
    assert str(caught.value) == f"{folder}/1a2b_add_users.py cannot be written: File exists."


@pytest.mark.parametrize("revision", ["../1a2b", "../../1a2b", "/elsewhere/1a2b"])
def test_an_identifier_does_not_lead_elsewhere(revision: str, config: Config, folder: Path) -> None:
    with pytest.raises(InvalidRevisionNameError) as caught:
        write_revision(config, RevisionDraft(revision=revision), folder=folder)
    assert str(caught.value) == (
        f"The revision identifier {revision!r} cannot be used: its file would be {folder / revision}_.py, outside its "
        "version location. Choose another one."
    )
    assert not folder.exists()


def test_a_wrong_zone_is_found_before_anything_is_written(
    config: Config, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "creation_date", naming.creation_date)
    with pytest.raises(AsyncMigrateError, match="'timezone'"):
        write_revision(config.replace(timezone="Nowhere"), DRAFT, folder=folder)
    assert not folder.exists()
