"""The command line as a part of a program: its streams, its exit codes, the loop, and what it imports."""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from async_migrate import cli
from async_migrate.errors import UnknownRevisionError

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import FakeMigrator, Outcome, SampleProject


def test_a_foreseen_error_is_one_paragraph(run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    migrator.answers = {"show": UnknownRevisionError("ae", known=["ae10"])}
    outcome = run("show", "ae")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == f"Error: {migrator.answers['show']}\n"


def test_an_unforeseen_error_is_named(run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    migrator.answers = {"heads": ZeroDivisionError("one\n  two.")}
    outcome = run("heads")
    assert (outcome.code, outcome.out) == (3, "")
    assert outcome.err == (
        "Error: ZeroDivisionError: one two. This was not foreseen; --raiseerr shows the traceback.\n"
    )


@pytest.mark.parametrize("error", [UnknownRevisionError("ae", known=[]), ZeroDivisionError()])
def test_raiseerr(error: Exception, run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    migrator.answers = {"heads": error}
    with pytest.raises(type(error)) as raised:
        run("--raiseerr", "heads")
    assert raised.value is error


def test_errors_are_printed_even_if_all_else_is_not(
    run: Callable[..., Outcome], migrator: FakeMigrator
) -> None:
    migrator.answers = {"heads": UnknownRevisionError("ae", known=[])}
    assert run("-q", "heads").err.startswith("Error: There is no revision 'ae'")


def test_nothing_goes_to_the_streams_of_the_process(
    run: Callable[..., Outcome], migrator: FakeMigrator, capfd: pytest.CaptureFixture[str]
) -> None:
    for line in ("heads", "heads --help", "--help", "--version", "nosuch", "upgrade --nosuch", ""):
        run(*line.split())
    migrator.answers = {"heads": ZeroDivisionError()}
    run("heads")
    assert capfd.readouterr() == ("", "")


def test_the_streams_of_the_process_by_default(
    migrator: FakeMigrator, capsys: pytest.CaptureFixture[str]
) -> None:
    migrator.answers = {"ensure_version": True, "heads": ZeroDivisionError()}
    assert cli.run(["ensure-version"]) == 0
    assert cli.run(["heads"]) == 3
    out, err = capsys.readouterr()
    assert out == "The version table async_migrate_version is created.\n"
    assert err.startswith("Error: ZeroDivisionError.")


# --- in a running event loop --------------------------------------------------------------------------------


async def test_inside_a_running_loop(migrator: FakeMigrator) -> None:
    out, err = io.StringIO(), io.StringIO()
    migrator.answers = {"ensure_version": False}
    assert await cli.run_async(["ensure-version"], stdout=out, stderr=err) == 0
    assert await cli.run_async(["nosuch"], stdout=out, stderr=err) == 2
    assert await cli.run_async(["--version"], stdout=out, stderr=err) == 0
    assert "is there already" in out.getvalue()
    assert "There is no command" in err.getvalue()


async def test_many_at_once_do_not_mix(migrator: FakeMigrator) -> None:
    migrator.answers = {"ensure_version": True}
    streams = [io.StringIO() for _ in range(20)]
    codes = await asyncio.gather(*(cli.run_async(["ensure-version"], stdout=one) for one in streams))
    assert set(codes) == {0}
    assert {one.getvalue() for one in streams} == {"The version table async_migrate_version is created.\n"}


async def test_run_inside_a_running_loop_says_what_to_use() -> None:
    with pytest.raises(RuntimeError) as raised:
        cli.run(["heads"])
    assert str(raised.value) == (
        "An event loop is running here. Use `await async_migrate.cli.run_async(...)` instead."
    )


async def test_cancellation_is_not_an_error(migrator: FakeMigrator) -> None:
    migrator.answers = {"heads": asyncio.CancelledError()}
    with pytest.raises(asyncio.CancelledError):
        await cli.run_async(["heads"])


# --- as a program -------------------------------------------------------------------------------------------


def test_the_console_script_is_main() -> None:
    project = Path(cli.__file__).parents[2] / "pyproject.toml"
    scripts = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["scripts"]
    assert scripts == {"async-migrate": "async_migrate.cli:main"}
    assert callable(cli.main)


def test_help_as_a_program(script: Callable[..., Outcome]) -> None:
    outcome = script("--help")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("Usage: async-migrate [OPTIONS] COMMAND [ARGS]...")


def test_no_arguments_as_a_program(script: Callable[..., Outcome]) -> None:
    outcome = script()
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("Usage: async-migrate [OPTIONS] COMMAND [ARGS]...")


def test_python_dash_m(environment: dict[str, str], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "async_migrate", "heads"],
        capture_output=True,
        check=False,
        cwd=tmp_path,
        encoding="utf-8",
        env=environment,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"Error: There is no configuration in {tmp_path}")


@pytest.mark.parametrize(
    ("shell", "words"), [("bash", "complete -o default"), ("zsh", "#compdef async-migrate")]
)
def test_completion_script(shell: str, words: str, script: Callable[..., Outcome]) -> None:
    outcome = script(_ASYNC_MIGRATE_COMPLETE=f"source_{shell}")
    assert (outcome.code, outcome.err) == (0, "")
    assert words in outcome.out


def test_completion_of_a_command(script: Callable[..., Outcome]) -> None:
    variables = {"COMP_WORDS": "async-migrate up", "COMP_CWORD": "1"}
    outcome = script(_ASYNC_MIGRATE_COMPLETE="complete_bash", **variables)
    assert (outcome.code, outcome.out) == (0, "upgrade\n")


def test_completion_of_an_option(script: Callable[..., Outcome]) -> None:
    variables = {"COMP_WORDS": "async-migrate stamp --p", "COMP_CWORD": "2"}
    outcome = script(_ASYNC_MIGRATE_COMPLETE="complete_bash", **variables)
    assert (outcome.code, outcome.out) == (0, "--purge\n")


# --- imports ------------------------------------------------------------------------------------------------

IMPORTED = """
import json, sys
from async_migrate import cli
code = cli.run(sys.argv[1:], stdout=sys.stderr)
print(json.dumps([code, sorted(sys.modules)]))
"""


@pytest.fixture
def modules_after(environment: dict[str, str], tmp_path: Path) -> Callable[..., set[str]]:
    """Give a function that returns the modules which a new process has imported for a command line."""

    def modules_after(*arguments: str) -> set[str]:
        done = subprocess.run(
            [sys.executable, "-c", IMPORTED, *arguments],
            capture_output=True,
            check=True,
            cwd=tmp_path,
            encoding="utf-8",
            env=environment,
        )
        code, modules = json.loads(done.stdout)
        assert code == 0, done.stderr
        return set(modules)

    return modules_after


HEAVY = {"sqlalchemy", "rich", "pydantic", "mako", "aiosqlite", "alembic", "asyncio"}


@pytest.mark.parametrize("line", ["--help", "--version", "upgrade --help", "revision --help"])
def test_help_imports_next_to_nothing(line: str, modules_after: Callable[..., set[str]]) -> None:
    assert modules_after(*line.split()) & HEAVY == set()


@pytest.mark.parametrize("line", ["heads", "history -v", "branches --json", "show head", "list-templates"])
def test_what_only_reads_files_does_not_import_sqlalchemy(
    line: str, project: SampleProject, modules_after: Callable[..., set[str]]
) -> None:
    project.add("d4000004", "b2000002")
    line = line.replace("head", "heads") if line.startswith("show") else line
    assert modules_after(*line.split()) & (HEAVY - {"asyncio"}) == set()
