"""Running programs on a new revision file: formatters, linters, whatever a project wants."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from async_migrate.errors import WriteHookError, did_you_mean
from async_migrate.scripts.failures import reason
from async_migrate.scripts.imports import import_object

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from async_migrate.config import Config, PostWriteHook

__all__ = ["FILE_NAME_TOKEN", "run_hooks"]

FILE_NAME_TOKEN = "REVISION_SCRIPT_FILENAME"  # noqa: S105 - a placeholder, not a secret


def run_hooks(path: Path, config: Config) -> None:
    """Run every post-write hook on a file, one after the other, until one fails.

    Raises:
        WriteHookError: If a hook cannot be run, or says by its exit status that it failed. The file stays.
        ReferenceNotFoundError: If a hook is a function and its reference leads nowhere.
    """
    for hook in config.post_write_hooks:
        if hook.type == "function":
            _call_function(hook, path, config)
        else:
            _run_program([*_command(hook, path), *_arguments(hook, path)], hook, path)


def _call_function(hook: PostWriteHook, path: Path, config: Config) -> None:
    key = f"post_write_hooks.{hook.name}"
    function: Any = import_object(hook.target, key=key, paths=config.prepend_sys_path)
    try:
        function(str(path), hook)
    except Exception as error:
        raise WriteHookError(path, hook=hook.name, reason=f"raised {reason(error)}") from error


def _run_program(command: list[str], hook: PostWriteHook, path: Path) -> None:
    try:
        done = subprocess.run(  # noqa: S603 - the project's own configuration names the program
            command,
            cwd=hook.cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
    except OSError as error:
        unstarted = f"could not be started: {error.strerror or reason(error)}"
        raise WriteHookError(path, hook=hook.name, reason=unstarted) from error
    if done.returncode != 0:
        output = done.stdout.decode(errors="replace")
        ended = f"failed with exit status {done.returncode}"
        raise WriteHookError(path, hook=hook.name, reason=ended, output=output)


def _arguments(hook: PostWriteHook, path: Path) -> list[str]:
    options = hook.options if FILE_NAME_TOKEN in hook.options else f"{FILE_NAME_TOKEN} {hook.options}"
    try:
        arguments = shlex.split(options, posix=os.name != "nt")
    except ValueError as error:
        wrong = f"has options that are not a command line: {reason(error)}"
        raise WriteHookError(path, hook=hook.name, reason=wrong) from None
    return [argument.replace(FILE_NAME_TOKEN, str(path)) for argument in arguments]


def _command(hook: PostWriteHook, path: Path) -> list[str]:
    match hook.type:
        case "module":
            return [sys.executable, "-m", hook.target]
        case "console_scripts":
            return [sys.executable, "-c", _console_script(hook, path)]
        case _:
            return [hook.target]


def _console_script(hook: PostWriteHook, path: Path) -> str:
    """Return what the launcher of an installed script does, which need not be on the path."""
    installed = entry_points(group="console_scripts")
    if hook.target not in installed.names:
        absent = f"names the console script {hook.target!r}, which is not installed"
        hint = did_you_mean(hook.target, installed.names)
        raise WriteHookError(path, hook=hook.name, reason=absent, hint=hint)
    entry = next(iter(installed.select(name=hook.target)))
    imported = entry.attr.partition(".")[0]
    return (
        f"import sys; from {entry.module} import {imported}; "
        f"sys.argv[0] = {entry.name!r}; sys.exit({entry.attr}())"
    )
