"""What the commands that change something show: the steps while they run, and how it ended."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from async_migrate.errors import RevisionFailedError
from async_migrate.events import StepFinished, StepStarted
from async_migrate.history.plan import Direction, Step
from async_migrate.history.revision import Revision
from async_migrate.results import AppliedStep, GeneratedRevision, MigrationResult

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import FakeMigrator, Outcome

    from async_migrate.events import Event


def step(before: str, after: str, direction: Direction, revision: Revision) -> Step:
    return Step(
        revision=revision,
        direction=direction,
        heads_before=frozenset(before.split()),
        heads_after=frozenset(after.split()),
    )


FIRST = Revision(revision="a1", message="create user")
SECOND = Revision(revision="b2", down_revisions=("a1",), message="add email")
UP = (step("", "a1", Direction.UPGRADE, FIRST), step("a1", "b2", Direction.UPGRADE, SECOND))
DOWN = (step("b2", "a1", Direction.DOWNGRADE, SECOND), step("a1", "", Direction.DOWNGRADE, FIRST))


def events(*steps: Step, unfinished: bool = False) -> tuple[Event, ...]:
    """Return what a run of some steps tells, the last of them perhaps cut short."""
    told: list[Event] = []
    for number, each in enumerate(steps, start=1):
        told.append(StepStarted(step=each, number=number, total=len(steps)))
        if not (unfinished and number == len(steps)):
            told.append(StepFinished(step=each, number=number, total=len(steps), seconds=0.012 * number))
    return tuple(told)


def result(*steps: Step, at: str = "") -> MigrationResult:
    applied = tuple(AppliedStep(step=each, seconds=0.012) for each in steps)
    return MigrationResult(
        applied=applied, heads_before=frozenset(), heads_after=frozenset(at.split()), seconds=0.0357
    )


# --- upgrade, downgrade, stamp ------------------------------------------------------------------------------


def test_upgrade(run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    migrator.events, migrator.answers = events(*UP), {"upgrade": result(*UP, at="b2")}
    outcome = run("upgrade", "head")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.lines == [
        "Running upgrade <base> -> a1, create user ... 12 ms",
        "Running upgrade a1 -> b2, add email ... 24 ms",
        "Applied 2 revisions in 36 ms. The database is now at b2.",
    ]


def test_downgrade(run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    migrator.events, migrator.answers = events(*DOWN), {"downgrade": result(*DOWN)}
    assert run("downgrade", "base").lines == [
        "Running downgrade b2 -> a1, add email ... 12 ms",
        "Running downgrade a1 -> <base>, create user ... 24 ms",
        "Took back 2 revisions in 36 ms. The database is now at base.",
    ]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("upgrade", "Already at head."),
        ("upgrade heads", "Already at head."),
        ("upgrade a1", "Nothing to apply: the database is at a1, b2."),
        ("downgrade a1", "Nothing to take back: the database is at a1, b2."),
        ("stamp a1 b2", "The database is stamped at a1, b2."),
    ],
)
def test_nothing_to_do(line: str, words: str, run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    command, *_ = line.split()
    migrator.answers = {command: result(at="b2 a1")}
    assert run(*line.split()).lines == [words]


def test_stamp(run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    stamped = step("", "a1", Direction.STAMP, FIRST)
    migrator.events, migrator.answers = events(stamped), {"stamp": result(stamped, at="a1")}
    assert run("stamp", "a1").lines == [
        "Running stamp <base> -> a1 ... 12 ms",
        "The database is stamped at a1.",
    ]


def test_a_step_that_fails(run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    migrator.events = events(*UP, unfinished=True)
    migrator.answers = {"upgrade": RevisionFailedError("b2", reason="no such table: x", committed=["a1"])}
    outcome = run("upgrade")
    assert outcome.code == 3
    assert outcome.lines == [
        "Running upgrade <base> -> a1, create user ... 12 ms",
        "Running upgrade a1 -> b2, add email ... failed",
    ]
    assert outcome.err.startswith("Error: The upgrade of revision 'b2' failed")
    assert outcome.err.count("\n") == 1


def test_ctrl_c_leaves_one_line(run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    migrator.events = events(*UP, unfinished=True)
    migrator.answers = {"upgrade": KeyboardInterrupt()}
    outcome = run("upgrade")
    assert outcome.code == 130
    assert outcome.lines[-1] == "Running upgrade a1 -> b2, add email ... interrupted"
    assert outcome.err == "Interrupted.\n"


def test_quiet(run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    migrator.events, migrator.answers = events(*UP), {"upgrade": result(*UP, at="b2")}
    outcome = run("-q", "upgrade")
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")


def test_quiet_on_a_terminal(run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    migrator.events, migrator.answers = events(*UP), {"upgrade": result(*UP, at="b2")}
    outcome = run("-q", "upgrade", terminal=True)
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")


@pytest.mark.parametrize(
    "line", ["upgrade --sql", "downgrade --sql b:a", "stamp --sql b2", "ensure-version --sql"]
)
@pytest.mark.parametrize("quiet", [[], ["-q"]])
def test_sql_is_all_that_is_printed(
    line: str, quiet: list[str], run: Callable[..., Outcome], migrator: FakeMigrator
) -> None:
    migrator.answers = {"sql": "BEGIN;\n\nCREATE TABLE [user] (id INT);\n"}
    for terminal in (False, True):
        outcome = run(*quiet, *line.split(), terminal=terminal)
        assert (outcome.code, outcome.err) == (0, "")
        assert outcome.out == "BEGIN;\n\nCREATE TABLE [user] (id INT);\n"


@pytest.mark.parametrize(
    ("created", "words"),
    [
        (True, "The version table async_migrate_version is created."),
        (False, "The version table async_migrate_version is there already."),
    ],
)
def test_ensure_version(
    created: bool, words: str, run: Callable[..., Outcome], migrator: FakeMigrator
) -> None:
    migrator.answers = {"ensure_version": created}
    assert run("ensure-version").lines == [words]


# --- on a terminal ------------------------------------------------------------------------------------------

CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
COLOUR = re.compile(r"\x1b\[(?:[0-9;]*;)?(?:3|9)[0-7](?:;[0-9;]*)?m")


@pytest.fixture
def colourful(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.delenv("NO_COLOR", raising=False)


@pytest.mark.usefixtures("colourful")
def test_upgrade_on_a_terminal(run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    migrator.events, migrator.answers = events(*UP), {"upgrade": result(*UP, at="b2")}
    outcome = run("upgrade", terminal=True)
    assert (outcome.code, outcome.err) == (0, "")
    shown = [line.strip() for line in CONTROL.sub("", outcome.out).replace("\r", "\n").splitlines()]
    assert "Running upgrade <base> -> a1, create user ... 12 ms" in shown
    assert "Running upgrade a1 -> b2, add email ... 24 ms" in shown
    assert shown[-1] == "Applied 2 revisions in 36 ms. The database is now at b2."
    assert any("━" in line for line in shown), "there is no bar"


@pytest.mark.usefixtures("colourful")
def test_a_step_that_fails_on_a_terminal(run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    migrator.events = events(*UP, unfinished=True)
    migrator.answers = {"upgrade": RevisionFailedError("b2", reason="no such table: x")}
    outcome = run("upgrade", terminal=True)
    assert outcome.code == 3
    assert "Running upgrade a1 -> b2, add email ... failed" in CONTROL.sub("", outcome.out)
    assert CONTROL.sub("", outcome.err).startswith("Error: The upgrade of revision 'b2' failed")
    assert outcome.out.endswith("\x1b[?25h") or "\x1b[?25h" in outcome.out, "the cursor stays hidden"


@pytest.mark.usefixtures("colourful")
def test_colours_on_a_terminal_only(run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    migrator.answers = {"upgrade": RevisionFailedError("b2", reason="[bold]no[/bold] :smile:")}
    assert COLOUR.search(run("upgrade", terminal=True).err)
    assert "\x1b" not in run("upgrade").err
    assert "[bold]no[/bold] :smile:" in CONTROL.sub("", run("upgrade", terminal=True).err)


@pytest.mark.usefixtures("colourful")
def test_no_color(
    run: Callable[..., Outcome], migrator: FakeMigrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    migrator.events, migrator.answers = events(*UP), {"upgrade": result(*UP, at="b2")}
    assert not COLOUR.search(run("upgrade", terminal=True).out)


@pytest.mark.usefixtures("colourful")
def test_a_long_line_is_not_broken(
    run: Callable[..., Outcome], migrator: FakeMigrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    migrator.answers = {"upgrade": RevisionFailedError("b2", reason="word " * 30)}
    assert run("upgrade", terminal=True).err.count("\n") == 1


# --- files that are written ---------------------------------------------------------------------------------


def test_revision(run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    written = GeneratedRevision(
        revision=SECOND, path=Path("versions/b2.py"), changes=("added table user", "added index ix on user")
    )
    migrator.answers = {"revision": (written,)}
    assert run("revision", "--autogenerate").lines == [
        "Detected added table user",
        "Detected added index ix on user",
        f"Generating {Path('versions/b2.py')} ... done",
    ]


def test_revision_without_changes(run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    migrator.answers = {"revision": ()}
    outcome = run("revision", "--autogenerate")
    assert (outcome.code, outcome.lines) == (0, ["No changes detected: no file was written."])


def test_merge(run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    migrator.answers = {"merge": GeneratedRevision(revision=SECOND, path=Path("versions/b2.py"))}
    assert run("merge").lines == [f"Generating {Path('versions/b2.py')} ... done"]
