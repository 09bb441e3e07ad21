"""The JSON documents: this is what they are, key by key, and what a program may rely on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from async_migrate.history.entry import RevisionEntry
from async_migrate.history.plan import Direction, Plan, Step
from async_migrate.history.revision import Revision
from async_migrate.ops import AddColumnOp, DropTableOp, ModifyTableOps, UpgradeOps
from async_migrate.results import CheckResult, Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import FakeMigrator, Outcome

REVISION = Revision(
    revision="b2",
    down_revisions=("a1",),
    depends_on=("x9",),
    message="Größe",
    doc="Größe\n\nAnd more.",
    path=Path("versions/b2.py"),
)
REVISION_KEYS = {
    "revision": "b2",
    "down_revisions": ["a1"],
    "depends_on": ["x9"],
    "message": "Größe",
    "doc": "Größe\n\nAnd more.",
    "path": str(Path("versions/b2.py")),
}
ENTRY = RevisionEntry(
    revision=REVISION,
    labels=("net",),
    children=("c3",),
    is_head=False,
    is_effective_head=False,
    is_current=True,
)
ENTRY_KEYS = {
    **REVISION_KEYS,
    "branch_labels": ["net"],
    "children": ["c3"],
    "is_base": False,
    "is_head": False,
    "is_effective_head": False,
    "is_branch_point": False,
    "is_merge_point": False,
    "is_current": True,
}


@pytest.mark.parametrize("line", ["history", "heads", "branches", "show b2"])
def test_revisions(line: str, run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    migrator.answers = {line.split()[0]: (ENTRY,)}
    outcome = run(*line.split(), "--json")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.document == {"revisions": [ENTRY_KEYS]}


def test_current(run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    migrator.answers = {"current": (ENTRY,)}
    assert run("current", "--json").document == {
        "url": "sqlite+aiosqlite:///app.db",
        "revisions": [ENTRY_KEYS],
    }


def test_what_no_database_was_asked_for_is_null(run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    migrator.answers = {
        "heads": (
            RevisionEntry(
                revision=Revision(revision="a1"),
                labels=(),
                children=(),
                is_head=True,
                is_effective_head=False,
            ),
        )
    }
    (entry,) = run("heads", "--json").document["revisions"]
    assert entry["is_current"] is None
    assert entry["path"] is None
    assert entry["is_base"] is True


def test_status(run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    migrator.answers = {
        "status": Status(
            url="u", current=frozenset({"a1", "a0"}), expected=frozenset({"b2"}), pending=(REVISION,)
        )
    }
    assert run("status", "--json").document == {
        "url": "u",
        "at_head": False,
        "current": ["a0", "a1"],
        "expected": ["b2"],
        "pending": [REVISION_KEYS],
    }


def test_plan(run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    before, after = frozenset({"a1"}), frozenset({"b2"})
    step = Step(revision=REVISION, direction=Direction.UPGRADE, heads_before=before, heads_after=after)
    migrator.answers = {"plan": Plan(steps=(step,), heads_before=before, heads_after=after)}
    assert run("plan", "--json").document == {
        "heads_before": ["a1"],
        "heads_after": ["b2"],
        "steps": [{**REVISION_KEYS, "direction": "upgrade", "heads_before": ["a1"], "heads_after": ["b2"]}],
    }


def test_check(run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    email = AddColumnOp("user", sa.Column("email"), schema="app")
    operations = UpgradeOps([DropTableOp("post"), ModifyTableOps("user", [email], schema="app")])
    words = ("removed table post", "added column app.user.email")
    migrator.answers = {"check": CheckResult(operations=operations, changes=words)}
    outcome = run("check", "--json")
    assert outcome.code == 1
    assert outcome.document == {
        "up_to_date": False,
        "changes": [
            {"operation": "drop_table", "schema": None, "table": "post", "description": "removed table post"},
            {
                "operation": "add_column",
                "schema": "app",
                "table": "user",
                "description": "added column app.user.email",
            },
        ],
    }


def test_check_finds_nothing(run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    migrator.answers = {"check": CheckResult(operations=UpgradeOps(), changes=())}
    outcome = run("check", "--json")
    assert (outcome.code, outcome.document) == (0, {"up_to_date": True, "changes": []})


def test_a_document_is_printed_even_if_all_else_is_not(
    run: Callable[..., Outcome], migrator: FakeMigrator
) -> None:
    migrator.answers = {"heads": (ENTRY,)}
    assert run("-q", "heads", "--json").document == {"revisions": [ENTRY_KEYS]}


def test_a_document_has_no_colours_on_a_terminal(run: Callable[..., Outcome], migrator: FakeMigrator) -> None:
    migrator.answers = {"heads": (ENTRY,)}
    outcome = run("heads", "--json", terminal=True)
    assert "\x1b" not in outcome.out
    assert outcome.document == {"revisions": [ENTRY_KEYS]}
