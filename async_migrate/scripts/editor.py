"""Opening a file in the editor that its user prefers."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from typing import TYPE_CHECKING

from async_migrate.errors import EditorError, listed
from async_migrate.scripts.failures import reason

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["find_editor", "open_in_editor"]

_USUAL = ("sensible-editor", "editor", "nano", "vim", "vi", "code")
_USUAL_ON_WINDOWS = ("code", "notepad++", "notepad")


def open_in_editor(path: Path, environ: Mapping[str, str] | None = None) -> None:
    """Open a file and wait until the editor ends.

    Args:
        path: The file.
        environ: The environment; None for that of the process.

    Raises:
        EditorError: If no editor is found, or it cannot be started, or it fails.
    """
    command = find_editor(os.environ if environ is None else environ)
    try:
        done = subprocess.run([*command, str(path)], check=False)  # noqa: S603 - the user's own editor
    except OSError as error:
        raise EditorError(editor=command[0], reason=error.strerror or reason(error)) from error
    if done.returncode != 0:
        raise EditorError(editor=command[0], reason=f"it ended with exit status {done.returncode}")


def find_editor(environ: Mapping[str, str]) -> list[str]:
    """Return the command of an editor: ``$VISUAL``, else ``$EDITOR``, else a usual one that is installed.

    The variables may hold arguments too, as in ``code --wait``.

    Raises:
        EditorError: If there is none.
    """
    for variable in ("VISUAL", "EDITOR"):
        chosen = environ.get(variable, "").strip()
        if chosen:
            return shlex.split(chosen, posix=os.name != "nt")
    usual = _USUAL_ON_WINDOWS if os.name == "nt" else _USUAL
    for name in usual:
        found = shutil.which(name, path=environ.get("PATH", ""))
        if found is not None:
            return [found]
    raise EditorError(reason=f"none of {listed(usual, most=len(usual))} is installed")
