"""Post-write hooks run, and their failures are seen."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from async_migrate.config import Config, PostWriteHook
from async_migrate.errors import ReferenceNotFoundError, WriteHookError
from async_migrate.scripts.hooks import run_hooks
from async_migrate.scripts.writer import RevisionDraft, write_revision

Write = Callable[[str, str], Path]

SPY = """
import json, os, pathlib, sys
arguments = sys.argv[1:]
path = pathlib.Path(__file__).with_name("seen.json")
path.write_text(json.dumps({"arguments": arguments, "cwd": os.getcwd()}))
"""


@pytest.fixture
def revision(write: Write) -> Path:
    return write("versions/1a2b with space.py", "x  =  1\n")


def hook(type_: Any, target: str, options: str = "", **kwargs: Any) -> PostWriteHook:
    return PostWriteHook(name="tidy", type=type_, target=target, options=options, **kwargs)


def run(revision: Path, *hooks: PostWriteHook, paths: tuple[Path, ...] = ()) -> None:
    run_hooks(revision, Config(post_write_hooks=hooks, prepend_sys_path=paths))


def failure(revision: Path, *hooks: PostWriteHook) -> WriteHookError:
    with pytest.raises(WriteHookError) as caught:
        run(revision, *hooks)
    assert (caught.value.hook, caught.value.path) == ("tidy", revision)
    assert revision.exists()
    return caught.value


# --- what is run --------------------------------------------------------------------------------------------

OPTIONS = {
    "none": ("", ["{path}"]),
    "flags": ("-q --fix", ["{path}", "-q", "--fix"]),
    "token": ("-q REVISION_SCRIPT_FILENAME --fix", ["-q", "{path}", "--fix"]),
    "token inside": ("--file=REVISION_SCRIPT_FILENAME", ["--file={path}"]),
    "quotes": ("-m 'two words' \"and more\"", ["{path}", "-m", "two words", "and more"]),
}


@pytest.mark.skipif(sys.platform == "win32", reason="a script is started by its first line")
@pytest.mark.parametrize(("options", "expected"), OPTIONS.values(), ids=OPTIONS.keys())
def test_options_are_split_and_filled(
    options: str, expected: list[str], revision: Path, write: Write, tmp_path: Path
) -> None:
    program = write("spy", f"#!{sys.executable}{SPY}")
    program.chmod(0o755)
    run(revision, hook("exec", str(program), options, cwd=tmp_path / "versions"))
    seen = json.loads((tmp_path / "seen.json").read_text())
    assert seen["arguments"] == [argument.format(path=revision) for argument in expected]
    assert seen["cwd"] == str(tmp_path / "versions")


def test_a_module_is_run(revision: Path) -> None:
    run(revision, hook("module", "ruff", "format --isolated REVISION_SCRIPT_FILENAME"))
    assert revision.read_text() == "x = 1\n"


def test_a_console_script_is_run(revision: Path) -> None:
    run(
        revision,
        hook(
            "console_scripts",
            "pygmentize",
            "-f html -o REVISION_SCRIPT_FILENAME.html REVISION_SCRIPT_FILENAME",
        ),
    )
    assert "highlight" in revision.with_name(f"{revision.name}.html").read_text()


def test_a_function_is_called(revision: Path, write: Write, tmp_path: Path) -> None:
    write(
        "functions_of_hooks.py",
        """
        import pathlib

        def shout(path, hook):
            pathlib.Path(path).write_text(hook.options.upper())
        """,
    )
    run(revision, hook("function", "functions_of_hooks:shout", "loud"), paths=(tmp_path,))
    assert revision.read_text() == "LOUD"
    del sys.modules["functions_of_hooks"]


def test_hooks_run_on_what_is_written(tmp_path: Path) -> None:
    (tmp_path / "migrations").mkdir()
    tidy = hook("module", "ruff", "format --isolated REVISION_SCRIPT_FILENAME")
    config = Config(location=tmp_path / "migrations", post_write_hooks=(tidy,))
    draft = RevisionDraft(revision="1a2b", upgrade="op.execute( 'x' )")
    path = write_revision(config, draft, folder=tmp_path / "migrations" / "versions")
    assert '\n    op.execute("x")\n' in path.read_text()


def test_hooks_run_in_order_until_one_fails(revision: Path) -> None:
    python = (
        "-c \"import pathlib, sys; pathlib.Path(sys.argv[1]).open('a').write('{}')\" REVISION_SCRIPT_FILENAME"
    )
    one, two = (hook("exec", sys.executable, python.format(name)) for name in ("1", "2"))
    stop = hook("exec", sys.executable, '-c "raise SystemExit(3)" REVISION_SCRIPT_FILENAME')
    failure(revision, two, one, stop, one)
    assert revision.read_text() == "x  =  1\n21"


# --- what fails ---------------------------------------------------------------------------------------------


def test_the_exit_status_counts(revision: Path) -> None:
    error = failure(
        revision,
        hook("exec", sys.executable, "-c \"print('bad'); raise SystemExit(3)\" REVISION_SCRIPT_FILENAME"),
    )
    assert error.output == "bad\n"
    assert str(error) == (
        f"The post-write hook 'tidy' failed with exit status 3. The revision file {revision} was written and stays. It "
        "printed: bad"
    )


def test_an_unknown_program_is_reported(revision: Path) -> None:
    assert str(failure(revision, hook("exec", "no-such-program-anywhere"))) == (
        "The post-write hook 'tidy' could not be started: No such file or directory. The revision file "
        f"{revision} was written and stays."
    )


def test_an_unknown_module_is_reported(revision: Path) -> None:
    error = failure(revision, hook("module", "no_such_module_anywhere"))
    assert str(error).startswith("The post-write hook 'tidy' failed with exit status 1. The revision file ")
    assert "No module named no_such_module_anywhere" in error.output


def test_an_unknown_console_script_is_reported(revision: Path) -> None:
    assert str(failure(revision, hook("console_scripts", "pygmentise"))) == (
        "The post-write hook 'tidy' names the console script 'pygmentise', which is not installed. Did you mean "
        f"'pygmentize'? The revision file {revision} was written and stays."
    )


def test_options_that_cannot_be_split_are_reported(revision: Path) -> None:
    assert str(failure(revision, hook("exec", "x", "'open"))) == (
        "The post-write hook 'tidy' has options that are not a command line: ValueError: No closing quotation. The "
        f"revision file {revision} was written and stays."
    )


def test_a_function_that_raises_is_reported(revision: Path) -> None:
    assert str(failure(revision, hook("function", "operator:truediv"))).startswith(
        "The post-write hook 'tidy' raised TypeError: unsupported operand type(s) for /: 'str' and 'PostWriteHook'. "
    )


def test_a_function_that_is_not_there_is_reported(revision: Path) -> None:
    with pytest.raises(ReferenceNotFoundError) as caught:
        run(revision, hook("function", "operator:trudiv"))
    assert str(caught.value) == (
        "'post_write_hooks.tidy' refers to 'operator:trudiv': module 'operator' has no attribute 'trudiv'. "
        "Did you mean "
        "'truediv', 'itruediv'?"
    )
