"""Which editor opens a file."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from async_migrate.errors import EditorError
from async_migrate.scripts.editor import find_editor, open_in_editor

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the usual editors are others there")


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """Give a folder of programs in which vim and nano are installed."""
    for name in ("vim", "nano"):
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    return tmp_path / "bin"


CHOICES = {
    "visual first": ({"VISUAL": "emacs", "EDITOR": "ed"}, ["emacs"]),
    "editor": ({"EDITOR": "ed"}, ["ed"]),
    "arguments": ({"EDITOR": "code --wait '/a b'"}, ["code", "--wait", "/a b"]),
    "empty": ({"VISUAL": " ", "EDITOR": "ed"}, ["ed"]),
    "usual": ({}, ["{bin}/nano"]),
}


@pytest.mark.parametrize(("environ", "expected"), CHOICES.values(), ids=CHOICES.keys())
def test_an_editor_is_chosen(environ: dict[str, str], expected: list[str], programs: Path) -> None:
    found = find_editor({"PATH": str(programs), **environ})
    assert found == [part.format(bin=programs) for part in expected]


def test_no_editor_is_reported() -> None:
    with pytest.raises(EditorError) as caught:
        find_editor({"PATH": "/nowhere"})
    assert str(caught.value) == (
        "No editor was found: none of 'sensible-editor', 'editor', 'nano', 'vim', 'vi', 'code' is installed. "
        "Set VISUAL "
        "or EDITOR to the command of your editor."
    )
    assert caught.value.editor is None


def test_the_editor_gets_the_file(tmp_path: Path) -> None:
    file = tmp_path / "a b.py"
    command = f"{sys.executable} -c \"import sys; open(sys.argv[1], 'w').write('edited')\""
    open_in_editor(file, {"EDITOR": command})
    assert file.read_text() == "edited"


@pytest.mark.parametrize(
    ("command", "editor", "reason"),
    [
        ("no-such-editor -x", "no-such-editor", "No such file or directory"),
        ("sh -c 'exit 4'", "sh", "it ended with exit status 4"),
    ],
    ids=["missing", "failing"],
)
def test_an_editor_that_fails_is_reported(command: str, editor: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(EditorError) as caught:
        open_in_editor(tmp_path / "x.py", {"VISUAL": command})
    assert str(caught.value) == (
        f"The editor {editor!r} failed: {reason}. Set VISUAL or EDITOR to the command of your editor."
    )


def test_the_environment_is_that_of_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", "no-such-editor")
    with pytest.raises(EditorError, match="no-such-editor"):
        open_in_editor(tmp_path / "x.py")
