"""What is written on a command line, and what the migrator is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from async_migrate.history.plan import Direction

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import FakeMigrator, Outcome

NO_TAG = {"tag": None}
NEW_REVISION: dict[str, Any] = {
    "autogenerate": False,
    "head": "head",
    "splice": False,
    "branch_label": None,
    "depends_on": None,
    "rev_id": None,
    "version_path": None,
}
NEW_MERGE: dict[str, Any] = {"message": None, "branch_label": None, "rev_id": None, "splice": False}

READING = {
    "current": ("current", (), {}),
    "history": ("history", (None,), {"indicate_current": False}),
    "history -r ae10:current": ("history", ("ae10:current",), {"indicate_current": False}),
    "history -r -3:current": ("history", ("-3:current",), {"indicate_current": False}),
    "history -r-3:": ("history", ("-3:",), {"indicate_current": False}),
    "history --rev-range=-3: -i": ("history", ("-3:",), {"indicate_current": True}),
    "history --indicate-current": ("history", (None,), {"indicate_current": True}),
    "heads": ("heads", (), {"resolve_dependencies": False}),
    "heads --resolve-dependencies": ("heads", (), {"resolve_dependencies": True}),
    "branches": ("branches", (), {}),
    "show head": ("show", ("head",), {}),
    "show -1": ("show", ("-1",), {}),
    "show -2 --json": ("show", ("-2",), {}),
}


@pytest.mark.parametrize("line", READING)
def test_reading_commands(line: str, run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    assert run(*line.split()).code == 0
    assert migrator.calls == [READING[line]]


WRITING = {
    "revision": ("revision", (None,), NEW_REVISION),
    "revision -m words": ("revision", ("words",), NEW_REVISION),
    "revision --message=words": ("revision", ("words",), NEW_REVISION),
    "revision -m -1": ("revision", ("-1",), NEW_REVISION),
    "revision --autogenerate": ("revision", (None,), {**NEW_REVISION, "autogenerate": True}),
    "revision --head base --splice": ("revision", (None,), {**NEW_REVISION, "head": "base", "splice": True}),
    "revision --head -1": ("revision", (None,), {**NEW_REVISION, "head": "-1"}),
    "revision --branch-label net": ("revision", (None,), {**NEW_REVISION, "branch_label": "net"}),
    "revision --version-path a/b": ("revision", (None,), {**NEW_REVISION, "version_path": "a/b"}),
    "revision --rev-id 0001": ("revision", (None,), {**NEW_REVISION, "rev_id": "0001"}),
    "revision --depends-on a --depends-on b": (
        "revision",
        (None,),
        {**NEW_REVISION, "depends_on": ("a", "b")},
    ),
    "revision --sql": ("revision", (None,), NEW_REVISION),
    "upgrade": ("upgrade", ("head",), NO_TAG),
    "upgrade heads": ("upgrade", ("heads",), NO_TAG),
    "upgrade +2": ("upgrade", ("+2",), NO_TAG),
    "upgrade net@+2 --tag blue": ("upgrade", ("net@+2",), {"tag": "blue"}),
    "upgrade -1": ("upgrade", ("-1",), NO_TAG),
    "upgrade --sql a:b": ("sql", ("a:b",), {"direction": Direction.UPGRADE, "tag": None}),
    "downgrade base": ("downgrade", ("base",), NO_TAG),
    "downgrade -1": ("downgrade", ("-1",), NO_TAG),
    "downgrade -12 --tag blue": ("downgrade", ("-12",), {"tag": "blue"}),
    "downgrade --tag blue -1": ("downgrade", ("-1",), {"tag": "blue"}),
    "downgrade --tag -2 -1": ("downgrade", ("-1",), {"tag": "-2"}),
    "downgrade -- -1": ("downgrade", ("-1",), NO_TAG),
    "downgrade net@-1": ("downgrade", ("net@-1",), NO_TAG),
    "downgrade b:a --sql": ("sql", ("b:a",), {"direction": Direction.DOWNGRADE, "tag": None}),
    "stamp a b": ("stamp", (("a", "b"),), {"purge": False, "tag": None}),
    "stamp a -1 --purge": ("stamp", (("a", "-1"),), {"purge": True, "tag": None}),
    "stamp a b --sql": ("sql", (("a", "b"),), {"direction": Direction.STAMP, "tag": None}),
    "stamp a:b --sql": ("sql", ("a:b",), {"direction": Direction.STAMP, "tag": None}),
    "stamp base --sql": ("sql", ("base",), {"direction": Direction.STAMP, "tag": None}),
    "ensure-version": ("ensure_version", (), {}),
    "ensure_version": ("ensure_version", (), {}),
}


@pytest.mark.parametrize("line", WRITING)
def test_commands_that_change_something(
    line: str, run: Callable[..., Outcome], migrator: FakeMigrator, result: object
) -> None:
    migrator.answers = {"upgrade": result, "downgrade": result, "stamp": result, "sql": "SELECT 1;\n"}
    assert run(*line.split()).code == 0
    assert migrator.calls == [WRITING[line]]


MERGING = {
    "merge": ("merge", (("heads",),), NEW_MERGE),
    "merge a b -m words": ("merge", (("a", "b"),), {**NEW_MERGE, "message": "words"}),
    "merge a b --branch-label net --rev-id 7 --splice": (
        "merge",
        (("a", "b"),),
        {"message": None, "branch_label": "net", "rev_id": "7", "splice": True},
    ),
}


@pytest.mark.parametrize("line", MERGING)
def test_merge(line: str, run: Callable[..., Outcome], migrator: FakeMigrator, generated: object) -> None:
    migrator.answers = {"merge": generated}
    assert run(*line.split()).code == 0
    assert migrator.calls == [MERGING[line]]


PLANNING = {
    "plan": (("head",), {"direction": Direction.UPGRADE}),
    "plan +1": (("+1",), {"direction": Direction.UPGRADE}),
    "plan --downgrade -1": (("-1",), {"direction": Direction.DOWNGRADE}),
    "plan -1 --downgrade": (("-1",), {"direction": Direction.DOWNGRADE}),
}


@pytest.mark.parametrize("line", PLANNING)
def test_plan(line: str, run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    assert run(*line.split()).code == 0
    assert migrator.calls == [("plan", *PLANNING[line])]


# --- global options -----------------------------------------------------------------------------------------


def test_global_options_come_before_the_command(
    run: Callable[..., Outcome], migrator: FakeMigrator, tmp_path: Path
) -> None:
    line = "-c other.toml -n tenants -x colour=blue -x dry -q --raiseerr heads"
    assert run(*line.split(), cwd=tmp_path).code == 0
    assert migrator.session is not None
    options = migrator.session.options
    assert options.config == "other.toml"
    assert options.name == "tenants"
    assert options.x_arguments == ("colour=blue", "dry")
    assert options.quiet
    assert options.raise_errors
    assert migrator.session.directory == tmp_path


def test_long_global_options(run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    assert run("--config=a.toml", "--name=b", "--quiet", "heads").code == 0
    assert migrator.session is not None
    options = migrator.session.options
    assert (options.config, options.name, options.quiet) == ("a.toml", "b", True)


def test_nothing_is_remembered_from_one_run_to_the_next(
    run: Callable[..., Outcome], migrator: FakeMigrator
) -> None:
    run("-x", "a=1", "history", "-r", "a:b")
    run("history")
    assert migrator.session is not None
    assert migrator.session.options.x_arguments == ()
    assert migrator.calls[-1] == ("history", (None,), {"indicate_current": False})


# --- wrong usage --------------------------------------------------------------------------------------------

WRONG = {
    "upgrad": ["There is no command 'upgrad'. Did you mean 'upgrade'?"],
    "ensure_versio": ["There is no command 'ensure_versio'. Did you mean 'ensure-version'?"],
    "xyzzy": ["There is no command 'xyzzy'."],
    "upgrade --sqll": ["No such option: --sqll", "--sql"],
    "upgrade a b": ["unexpected extra argument", "(b)"],
    "downgrade": ["Missing argument 'REVISION'"],
    "downgrade --tag": ["'--tag' requires an argument"],
    "stamp": ["Missing argument 'REVISIONS...'"],
    "-c": ["'-c' requires an argument"],
    "--nosuch heads": ["No such option: --nosuch"],
    "revision --autogenerate --sql": [
        "--autogenerate reads a database, which --sql forbids. Leave out one of them."
    ],
}


@pytest.mark.parametrize("line", WRONG)
def test_wrong_usage(line: str, run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    outcome = run(*line.split())
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err.startswith("Usage: async-migrate ")
    error = outcome.err.splitlines()[-1]
    assert error.startswith("Error: ")
    assert all(words in error for words in WRONG[line])
    assert migrator.calls == []


def test_no_arguments_at_all_show_the_help(run: Callable[..., Outcome]) -> None:
    outcome = run()
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err == run("--help").out
