"""The lines of the reading commands are those that Alembic prints for the same revision files."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pytest
from alembic import command
from alembic.config import Config

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Outcome, SampleProject


@pytest.fixture
def forest(empty_project: SampleProject) -> SampleProject:
    """Give two trees with a branch, a merge, labels and a dependency between them."""
    add = empty_project.add
    add("a1000001", None, message="create user", labels=("app",))
    add("b2000002", "a1000001", message="add email\n\nOn two lines,\nand more.")
    add("c3000003", "a1000001", message="add phone", labels=("phones",))
    add("d4000004", ("b2000002", "c3000003"), message="join")
    add("e5000005", None, message="create log", labels=("log",))
    add("f6000006", "e5000005", message="index log", depends_on="d4000004")
    return empty_project


@pytest.fixture
def alembic(empty_project: SampleProject) -> Callable[..., list[str]]:
    """Give a function that runs a command of Alembic and returns the lines that it prints."""

    def alembic(name: str, *arguments: str, **options: object) -> list[str]:
        stream = io.StringIO()
        config = Config(stdout=stream)
        config.set_main_option("script_location", str(empty_project.directory / "migrations"))
        config.set_main_option("path_separator", "os")
        getattr(command, name)(config, *arguments, **options)
        return [line.rstrip() for line in stream.getvalue().splitlines()]

    return alembic


@pytest.mark.parametrize(
    ("line", "name", "options"),
    [
        ("heads", "heads", {}),
        ("heads --resolve-dependencies", "heads", {"resolve_dependencies": True}),
        ("history", "history", {}),
        ("history -r a1:d4", "history", {"rev_range": "a1:d4"}),
        ("history -r log@base:", "history", {"rev_range": "log@base:"}),
        ("history -r e5:+1", "history", {"rev_range": "e5:+1"}),
        ("branches", "branches", {}),
    ],
)
def test_short_lines(
    line: str,
    name: str,
    options: dict[str, object],
    forest: SampleProject,
    run: Callable[..., Outcome],
    alembic: Callable[..., list[str]],
) -> None:
    theirs = alembic(name, **options)
    assert any(theirs)
    ours = run(*line.split()).lines
    assert sorted(map(_in_order, filter(None, ours))) == sorted(map(_in_order, filter(None, theirs)))


@pytest.mark.parametrize(
    "revision", ["a1000001", "b2000002", "c3000003", "d4000004", "e5000005", "f6000006", "phones", "log@head"]
)
def test_everything_about_a_revision(
    revision: str, forest: SampleProject, run: Callable[..., Outcome], alembic: Callable[..., list[str]]
) -> None:
    ours = run("show", revision).lines
    # Alembic calls a revision a head here even where its lines say "effective head".
    ours = [line.replace("(effective head)", "(head)") for line in ours]
    assert [_in_order(line) for line in ours if line] == [
        _in_order(line) for line in alembic("show", revision) if line
    ]


def _in_order(line: str) -> str:
    """Return a line with the names that it lists sorted; Alembic lists some of them as its sets have them."""
    line = re.sub(r"\(([\w, ]+)\)", lambda found: f"({', '.join(sorted(found[1].split(', ')))})", line)
    fact, colon, names = line.partition(": ")
    listed = fact in {"Branches into", "Branch names", "Merges"}
    return f"{fact}: {sorted(names.strip().split(', '))}" if listed and colon else line
