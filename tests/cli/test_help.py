"""Every command and every parameter says what it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import typer

from async_migrate.cli.app import application

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Outcome

PROGRAM = typer.main.get_command(application)
COMMANDS = PROGRAM.commands

EXPECTED_OPTIONS = {
    "init": "-t --template --package --url --metadata",
    "revision": "-m --message --autogenerate --sql --head --splice --branch-label --version-path --rev-id "
    "--depends-on",
    "merge": "-m --message --branch-label --rev-id --splice",
    "edit": "",
    "upgrade": "--sql --tag",
    "downgrade": "--sql --tag",
    "stamp": "--sql --tag --purge",
    "ensure-version": "--sql",
    "status": "--exit-code --json",
    "plan": "--downgrade --exit-code --json",
    "current": "-c --check-heads -v --verbose --json",
    "history": "-r --rev-range -v --verbose -i --indicate-current --json",
    "heads": "-v --verbose --resolve-dependencies --json",
    "branches": "-v --verbose --json",
    "show": "--json",
    "check": "--json",
    "list-templates": "--json",
}
GLOBAL_OPTIONS = "-c --config -n --name -x -q --quiet --raiseerr --version -h --help --install-completion"


def test_there_are_no_other_commands() -> None:
    assert set(COMMANDS) == set(EXPECTED_OPTIONS)


@pytest.mark.parametrize("command", EXPECTED_OPTIONS)
def test_a_command_has_its_options_and_each_is_documented(command: str, run: Callable[..., Outcome]) -> None:
    parameters = COMMANDS[command].params
    options = {name for each in parameters if each.param_type_name == "option" for name in each.opts}
    assert options - {"-h", "--help"} == set(EXPECTED_OPTIONS[command].split())
    assert all(each.help for each in parameters)
    help_text = run(command, "--help").out
    assert all(name in help_text for name in options)


@pytest.mark.parametrize("command", EXPECTED_OPTIONS)
def test_a_command_says_what_it_does(command: str, run: Callable[..., Outcome]) -> None:
    outcome = run(command, "--help")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.lines[0].startswith(f"Usage: async-migrate {command} [OPTIONS]")
    assert COMMANDS[command].help in " ".join(outcome.out.split())
    assert run(command, "-h").out == outcome.out


def test_the_program_lists_its_commands_and_options(run: Callable[..., Outcome]) -> None:
    outcome = run("--help")
    assert (outcome.code, outcome.err) == (0, "")
    assert run("-h").out == outcome.out
    assert all(name in outcome.out for name in (*COMMANDS, *GLOBAL_OPTIONS.split()))
    assert "..." not in outcome.out.partition("Commands:")[2], "a summary is too long for its line"


def test_the_exit_codes_are_explained(run: Callable[..., Outcome]) -> None:
    assert (
        "Exit codes: 0 done, 1 there is something to report (check, current --check-heads, --exit-code), "
        "2 wrong usage or configuration, 3 failed."
    ) in " ".join(run("--help").out.split()).replace("check- heads", "check-heads")


def test_version(run: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.metadata.version", lambda name: {"async-migrate": "1.2.3"}[name])
    outcome = run("--version")
    assert (outcome.code, outcome.out, outcome.err) == (0, "async-migrate 1.2.3\n", "")
