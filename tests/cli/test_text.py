"""What the reading commands print for people: the lines that users of Alembic know."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from async_migrate.cli.text import duration
from async_migrate.history.entry import RevisionEntry
from async_migrate.history.plan import Direction, Plan, Step
from async_migrate.history.revision import Revision
from async_migrate.ops import AddColumnOp, CreateTableOp, DropColumnOp, ModifyTableOps, UpgradeOps
from async_migrate.results import CheckResult, Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import FakeMigrator, Outcome

BASE = RevisionEntry(
    revision=Revision(revision="a1", message="create user", doc="create user\n\nThe first table.\n"),
    labels=("net",),
    children=("b2", "c3"),
    is_head=False,
    is_effective_head=False,
)
LEFT = RevisionEntry(
    revision=Revision(
        revision="b2",
        down_revisions=("a1",),
        depends_on=("x9",),
        message="add email",
        path=Path("versions/b2.py"),
    ),
    labels=("net",),
    children=("d4",),
    is_head=False,
    is_effective_head=False,
    is_current=True,
)
RIGHT = RevisionEntry(
    revision=Revision(revision="c3", down_revisions=("a1",)),
    labels=(),
    children=(),
    is_head=True,
    is_effective_head=True,
    is_current=False,
)
MERGE = RevisionEntry(
    revision=Revision(revision="d4", down_revisions=("b2", "c3"), message="join"),
    labels=(),
    children=(),
    is_head=True,
    is_effective_head=False,
    is_current=True,
)

HISTORY_LINES = [
    "b2, c3 -> d4 (head) (current) (mergepoint), join",
    "a1 -> c3 (effective head)",
    "a1 (x9) -> b2 (net) (current), add email",
    "<base> -> a1 (net) (branchpoint), create user",
]


def test_history(run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    migrator.answers = {"history": (MERGE, RIGHT, LEFT, BASE)}
    assert run("history").lines == HISTORY_LINES


def test_history_in_full(run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    migrator.answers = {"history": (MERGE, LEFT, BASE)}
    assert run("history", "-v").out == (
        "Rev: d4 (head) (mergepoint) (current)\n"
        "Merges: b2, c3\n"
        "\n"
        "    join\n"
        "\n"
        "Rev: b2 (current)\n"
        "Parent: a1\n"
        "Also depends on: x9\n"
        "Branch names: net\n"
        "Path: versions/b2.py\n"
        "\n"
        "    add email\n"
        "\n"
        "Rev: a1 (branchpoint)\n"
        "Parent: <base>\n"
        "Branches into: b2, c3\n"
        "Branch names: net\n"
        "\n"
        "    create user\n"
        "\n"
        "    The first table.\n"
        "\n"
    )


def test_heads(run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    migrator.answers = {"heads": (MERGE, RIGHT)}
    assert run("heads").lines == ["d4 (head) (current)", "c3 (effective head)"]
    assert run("heads", "-v").lines[:2] == ["Rev: d4 (head) (mergepoint) (current)", "Merges: b2, c3"]


def test_current(run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    migrator.answers = {"current": (LEFT, MERGE)}
    assert run("current").lines == ["b2", "d4 (head) (mergepoint)"]
    assert run("current", "-v").lines[:2] == ["Database: sqlite+aiosqlite:///app.db", "Rev: b2 (current)"]


def test_current_of_an_empty_database(run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    migrator.answers = {"current": ()}
    assert run("current").out == ""


def test_branches(run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    migrator.answers = {"branches": (BASE,), "history": (MERGE, RIGHT, LEFT, BASE)}
    assert run("branches").lines == [
        "a1 (net) (branchpoint)",
        "   -> b2 (net) (current)",
        "   -> c3 (effective head)",
        "",
    ]
    full = run("branches", "-v").lines
    assert full[:2] == ["Rev: a1 (branchpoint)", "Parent: <base>"]
    assert full[-3:] == ["   -> b2 (net) (current), add email", "   -> c3 (effective head)", ""]


def test_show(run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    migrator.answers = {"show": (RIGHT,)}
    assert run("show", "c3").lines == ["Rev: c3 (effective head)", "Parent: a1", ""]


# --- where a database stands --------------------------------------------------------------------------------

PENDING = Status(
    url="postgresql+asyncpg://me:***@db/app",
    current=frozenset({"a1"}),
    expected=frozenset({"d4"}),
    pending=(LEFT.revision, RIGHT.revision),
)
DONE = Status(
    url="sqlite+aiosqlite:///app.db", current=frozenset({"d4"}), expected=frozenset({"d4"}), pending=()
)


def test_status(run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    migrator.answers = {"status": PENDING}
    assert run("status").lines == [
        "Database: postgresql+asyncpg://me:***@db/app",
        "Current: a1",
        "Newest: d4",
        "Pending: 2 revisions",
        "  a1 (x9) -> b2, add email",
        "  a1 -> c3",
    ]


def test_status_of_a_database_at_head(run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    migrator.answers = {"status": DONE}
    assert run("status").lines == [
        "Database: sqlite+aiosqlite:///app.db",
        "Current: d4",
        "Pending: nothing, everything is applied.",
    ]


def test_status_of_an_empty_database(run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    migrator.answers = {
        "status": Status(url="u", current=frozenset(), expected=frozenset({"a1"}), pending=(BASE.revision,))
    }
    assert run("status").lines[1:] == [
        "Current: nothing is applied",
        "Newest: a1",
        "Pending: 1 revision",
        "  <base> -> a1, create user",
    ]


@pytest.mark.parametrize(
    ("line", "status", "code"),
    [
        ("status", PENDING, 0),
        ("status --exit-code", PENDING, 1),
        ("status --exit-code --json", PENDING, 1),
        ("status --exit-code", DONE, 0),
        ("current", PENDING, 0),
        ("current --check-heads", PENDING, 1),
        ("current -c --json", PENDING, 1),
        ("current -c", DONE, 0),
    ],
)
def test_exit_codes(
    line: str, status: Status, code: int, run: Callable[..., Outcome], migrator: FakeMigrator
) -> None:
    migrator.answers = {"status": status}
    outcome = run(*line.split())
    assert outcome.code == code
    assert outcome.err == ""


def test_check_heads_says_what_to_do(run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    migrator.answers = {"status": PENDING, "current": (LEFT,)}
    assert run("current", "--check-heads").lines == [
        "b2",
        "Not at head: 'async-migrate upgrade heads' applies the rest.",
    ]


# --- what would be done -------------------------------------------------------------------------------------


def plan_of(*steps: Step) -> Plan:
    return Plan(steps=steps, heads_before=frozenset({"a1"}), heads_after=frozenset({"b2"}))


UPGRADE = Step(
    revision=LEFT.revision,
    direction=Direction.UPGRADE,
    heads_before=frozenset({"a1"}),
    heads_after=frozenset({"b2"}),
)


def test_plan(run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    migrator.answers = {"plan": plan_of(UPGRADE)}
    assert run("plan").lines == ["Would run upgrade a1 -> b2, add email"]
    assert run("plan", "--exit-code").code == 1


def test_plan_of_nothing(run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    migrator.answers = {"plan": plan_of()}
    outcome = run("plan", "--exit-code")
    assert (outcome.code, outcome.lines) == (0, ["Nothing to do."])


# --- models and database ------------------------------------------------------------------------------------


def test_check_finds_nothing(run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    migrator.answers = {"check": CheckResult(operations=UpgradeOps(), changes=())}
    outcome = run("check")
    assert (outcome.code, outcome.lines) == (0, ["No changes: the models and the database agree."])


def test_check_finds_changes(run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    email, name = AddColumnOp("user", sa.Column("email")), DropColumnOp("user", "name")
    operations = UpgradeOps([CreateTableOp("post", []), ModifyTableOps("user", [email, name])])
    words = ("added table post", "added column user.email", "removed column user.name")
    migrator.answers = {"check": CheckResult(operations=operations, changes=words)}
    outcome = run("check")
    assert (outcome.code, outcome.err) == (1, "")
    assert outcome.lines == [
        "The models have 3 changes that the database lacks:",
        "  post",
        "    added table post",
        "  user",
        "    added column user.email",
        "    removed column user.name",
        "To write them into a revision: async-migrate revision --autogenerate -m MESSAGE",
    ]


# --- durations ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0004, "0 ms"),
        (0.0124, "12 ms"),
        (0.9994, "999 ms"),
        (1, "1.0 s"),
        (12.34, "12.3 s"),
        (125, "2 min 5 s"),
    ],
)
def test_duration(seconds: float, words: str) -> None:
    assert duration(seconds) == words
