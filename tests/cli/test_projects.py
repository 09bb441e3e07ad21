"""The console script on real projects, from the first revision to the last."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Outcome, SampleProject

    Run = Callable[..., Outcome]


def without_times(outcome: Outcome) -> list[str]:
    return [re.sub(r"\d+(\.\d+)? (ms|s)\b", "TIME", line) for line in outcome.lines]


def test_up_and_down(project: SampleProject, script: Run) -> None:
    up = script("upgrade", "head")
    assert (up.code, up.err) == (0, "")
    assert without_times(up) == [
        "Running upgrade <base> -> a1000001, create first ... TIME",
        "Running upgrade a1000001 -> b2000002, create second ... TIME",
        "Running upgrade b2000002 -> c3000003, create third ... TIME",
        "Applied 3 revisions in TIME. The database is now at c3000003.",
    ]
    assert project.recorded() == {"c3000003"}
    assert {"t_a1000001", "t_b2000002", "t_c3000003"} < project.tables()

    again = script("upgrade", "head")
    assert (again.code, again.lines, again.err) == (0, ["Already at head."], "")

    down = script("downgrade", "-1")
    assert (down.code, down.err) == (0, "")
    assert without_times(down) == [
        "Running downgrade c3000003 -> b2000002, create third ... TIME",
        "Took back 1 revision in TIME. The database is now at b2000002.",
    ]
    assert project.recorded() == {"b2000002"}
    assert "t_c3000003" not in project.tables()

    assert script("downgrade", "--", "-1").code == 0
    assert project.recorded() == {"a1000001"}
    assert script("upgrade", "+1").code == 0
    assert project.recorded() == {"b2000002"}
    assert script("downgrade", "base").lines[-1].endswith("The database is now at base.")
    assert project.recorded() == set()


def test_where_it_stands(project: SampleProject, run: Run) -> None:
    run("upgrade", "b2")
    assert run("current").lines == ["b2000002"]
    assert run("current", "--check-heads").code == 1
    assert run("status", "--exit-code").code == 1
    status = run("status", "--json").document
    assert status["current"] == ["b2000002"]
    assert [each["revision"] for each in status["pending"]] == ["c3000003"]
    assert run("plan").lines == ["Would run upgrade b2000002 -> c3000003, create third"]
    assert run("plan", "-1", "--downgrade").lines == [
        "Would run downgrade b2000002 -> a1000001, create second"
    ]
    assert run("history", "-i").lines == [
        "b2000002 -> c3000003 (head), create third",
        "a1000001 -> b2000002 (current), create second",
        "<base> -> a1000001, create first",
    ]
    assert [
        each["revision"] for each in run("history", "-r", "current:", "--json").document["revisions"]
    ] == [
        "c3000003",
        "b2000002",
    ]
    assert run("show", "current").lines[0] == "Rev: b2000002 (current)"
    run("upgrade")
    assert run("current", "-c").code == 0
    assert run("current").lines == ["c3000003 (head)"]


def test_reading_an_untouched_database_creates_nothing(project: SampleProject, run: Run) -> None:
    for line in ("current", "status", "plan", "history -i"):
        outcome = run(*line.split())
        assert (outcome.code, outcome.err) == (0, "")
    assert project.tables() == set()


def test_branches(project: SampleProject, run: Run) -> None:
    project.add("d4000004", "b2000002", message="create fourth", labels=("side",))
    assert run("heads").lines == ["c3000003 (head)", "d4000004 (side) (head)"]
    assert run("branches").lines == [
        "b2000002 (branchpoint)",
        "         -> c3000003 (head)",
        "         -> d4000004 (side) (head)",
        "",
    ]
    assert run("upgrade", "heads").code == 0
    assert project.recorded() == {"c3000003", "d4000004"}
    assert run("downgrade", "side@-1").code == 0
    assert project.recorded() == {"c3000003"}


def test_stamp(project: SampleProject, run: Run) -> None:
    outcome = run("stamp", "b2")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.lines[-1] == "The database is stamped at b2000002."
    assert project.recorded() == {"b2000002"}
    assert project.tables() == {"async_migrate_version"}
    assert run("stamp", "base").lines[-1] == "The database is stamped at base."
    assert project.recorded() == set()


def test_stamp_purge_helps_a_database_at_an_unknown_revision(project: SampleProject, run: Run) -> None:
    run("upgrade")
    (project.versions / "c3000003.py").unlink()
    assert run("stamp", "--purge", "head").code == 0
    assert project.recorded() == {"b2000002"}


def test_ensure_version(project: SampleProject, run: Run) -> None:
    assert run("ensure-version").lines == ["The version table async_migrate_version is created."]
    assert project.tables() == {"async_migrate_version"}
    assert run("ensure_version").lines == ["The version table async_migrate_version is there already."]


@pytest.mark.parametrize(
    ("line", "has", "has_not"),
    [
        ("upgrade --sql", ["CREATE TABLE t_a1000001", "CREATE TABLE t_c3000003"], []),
        ("upgrade --sql a1:b2", ["CREATE TABLE t_b2000002"], ["t_a1000001", "t_c3000003"]),
        ("upgrade a1:head --sql", ["CREATE TABLE t_c3000003"], ["t_a1000001"]),
        ("downgrade --sql c3:b2", ["DROP TABLE t_c3000003"], ["t_b2000002"]),
        ("stamp --sql head", ["INSERT INTO async_migrate_version", "'c3000003'"], ["t_c3000003"]),
        ("ensure-version --sql", ["CREATE TABLE async_migrate_version"], ["t_a1000001"]),
    ],
)
def test_sql(line: str, has: list[str], has_not: list[str], project: SampleProject, run: Run) -> None:
    before = project.files()
    outcome = run(*line.split())
    assert (outcome.code, outcome.err) == (0, "")
    assert all(words in outcome.out for words in has)
    assert not any(words in outcome.out for words in has_not)
    assert all(re.match(r"-- |$|[A-Z]|\)|    ", line) for line in outcome.lines), "something that is not SQL"
    assert project.files() == before


def test_ids_of_over_32_characters(empty_project: SampleProject, run: Run) -> None:
    long = "create_the_table_of_all_the_users_and_their_roles"
    empty_project.add(long, None)
    assert run("upgrade").code == 0
    assert empty_project.recorded() == {long}
    assert run("current").lines == [f"{long} (head)"]


def test_x_arguments_reach_the_revision(empty_project: SampleProject, script: Run) -> None:
    empty_project.add(
        "a1000001",
        None,
        upgrade="print(op.get_context().get_x_argument(as_dictionary=True), op.get_context().tag)",
    )
    outcome = script("-x", "colour=blue", "-x", "dry", "upgrade", "--tag", "night")
    assert (outcome.code, outcome.err) == (0, "")
    assert "{'colour': 'blue', 'dry': ''} night" in outcome.out


# --- new revisions ------------------------------------------------------------------------------------------


def test_revision_and_merge(project: SampleProject, run: Run) -> None:
    outcome = run("revision", "-m", "create fourth", "--rev-id", "d4000004")
    assert (outcome.code, outcome.err) == (0, "")
    path = project.versions / "d4000004_create_fourth.py"
    assert outcome.lines == [f"Generating {path} ... done"]
    assert run("heads").lines == ["d4000004 (head)"]

    side = (
        "--head",
        "b2",
        "--splice",
        "--rev-id",
        "e5000005",
        "--branch-label",
        "side",
        "-m",
        "create fifth",
    )
    assert run("revision", *side).code == 0
    assert run("heads").lines == ["d4000004 (head)", "e5000005 (side) (head)"]

    outcome = run("merge", "heads", "-m", "join", "--rev-id", "f6000006")
    assert (outcome.code, outcome.err) == (0, "")
    assert run("heads").lines == ["f6000006 (side) (head)"]
    assert run("history", "-r", "f6:f6").lines == [
        "d4000004, e5000005 -> f6000006 (side) (head) (mergepoint), join"
    ]
    assert run("upgrade").code == 0


def test_depends_on(project: SampleProject, run: Run) -> None:
    line = ("revision", "--head", "base", "--rev-id", "d4000004", "--depends-on", "c3", "-m", "own branch")
    assert run(*line).code == 0
    assert run("history", "-r", "d4:d4").lines == ["<base> (c3000003) -> d4000004 (head), own branch"]
    assert run("heads").lines == ["c3000003 (effective head)", "d4000004 (head)"]
    assert run("heads", "--resolve-dependencies").lines == ["d4000004 (head)"]


def test_edit(project: SampleProject, script: Run) -> None:
    editor = project.directory / "editor.py"
    editor.write_text("import sys; print('editing', *sys.argv[1:])", encoding="utf-8")
    outcome = script("edit", "b2", VISUAL=f"{sys.executable} {editor}")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.lines == [f"editing {project.versions / 'b2000002.py'}"]


MODELS = """\
import sqlalchemy as sa

metadata = sa.MetaData()
sa.Table("user", metadata, sa.Column("id", sa.Integer, primary_key=True){extra})
"""


def test_autogenerate_and_check(empty_project: SampleProject, script: Run) -> None:
    project = empty_project
    models = project.directory / "models.py"
    models.write_text(MODELS.format(extra=""), encoding="utf-8")
    project.configure('url = "sqlite+aiosqlite:///app.db"', 'metadata = "models:metadata"')

    drift = script("check")
    assert (drift.code, drift.err) == (1, "")
    assert drift.lines[:3] == [
        "The models have 1 change that the database lacks:",
        "  user",
        "    added table user",
    ]

    outcome = script("revision", "--autogenerate", "-m", "create user", "--rev-id", "a1000001")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.lines[0] == "Detected added table user"
    assert outcome.lines[-1] == f"Generating {project.versions / 'a1000001_create_user.py'} ... done"

    assert script("upgrade").code == 0
    assert "user" in project.tables()
    agreed = script("check")
    assert (agreed.code, agreed.lines) == (0, ["No changes: the models and the database agree."])
    assert script("check", "--json").document == {"up_to_date": True, "changes": []}

    before = project.files()
    nothing = script("revision", "--autogenerate", "-m", "nothing")
    assert (nothing.code, nothing.lines) == (0, ["No changes detected: no file was written."])
    assert project.files() == before

    models.write_text(MODELS.format(extra=', sa.Column("email", sa.String(50))'), encoding="utf-8")
    assert script("check", "--json").document["up_to_date"] is False
    assert script("revision", "--autogenerate", "-m", "add email", "--rev-id", "b2000002").code == 0
    assert script("upgrade").code == 0
    assert "email" in project.query("SELECT name FROM pragma_table_info('user')")
    assert script("downgrade", "-1").code == 0
    assert "email" not in project.query("SELECT name FROM pragma_table_info('user')")


# --- configuration ------------------------------------------------------------------------------------------


def test_config_and_name(project: SampleProject, run: Run) -> None:
    other = project.directory / "deploy" / "other.toml"
    other.parent.mkdir()
    other.write_text(
        'location = "../migrations"\nurl = "sqlite+aiosqlite:///other.db"\n'
        '[tenant]\nurl = "sqlite+aiosqlite:///tenant.db"\n',
        encoding="utf-8",
    )
    assert (
        run("-c", "deploy/other.toml", "status", "--json").document["url"] == "sqlite+aiosqlite:///other.db"
    )
    named = run("-c", "deploy/other.toml", "-n", "tenant", "status", "--json")
    assert named.document["url"] == "sqlite+aiosqlite:///tenant.db"


def test_url_from_the_environment(project: SampleProject, script: Run) -> None:
    project.configure('url = "env:DATABASE_URL"')
    outcome = script("current", "-v", DATABASE_URL="sqlite+aiosqlite:///env.db")
    assert outcome.lines[0] == "Database: sqlite+aiosqlite:///env.db"


def test_a_reader_that_goes_away_is_no_error(
    project: SampleProject, program: list[str], environment: dict[str, str]
) -> None:
    for number in range(300):
        project.add(f"f{number:07}", f"f{number - 1:07}" if number else "c3000003", message="x" * 300)
    command = " ".join([*program, "history"])
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command} | head -1"],
        capture_output=True,
        check=False,
        cwd=project.directory,
        encoding="utf-8",
        env=environment,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("f0000298 -> f0000299 (head)")


# --- starting -----------------------------------------------------------------------------------------------


def test_init(tmp_path: Path, script: Run) -> None:
    outcome = script("init", "migrations", "--url", "env:DATABASE_URL", "--metadata", "app.models:metadata")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.lines[0] == "Creating migrations ... done"
    assert "Creating async_migrate.toml ... done" in outcome.lines
    assert (tmp_path / "migrations" / "versions").is_dir()
    assert tomllib.loads((tmp_path / "async_migrate.toml").read_text(encoding="utf-8")) == {
        "location": "migrations",
        "url": "env:DATABASE_URL",
        "metadata": "app.models:metadata",
    }
    assert script("heads").code == 0


def test_init_adds_to_pyproject(tmp_path: Path, script: Run) -> None:
    pyproject = tmp_path / "pyproject.toml"
    pyproject.write_text('[project]\nname = "app"\n', encoding="utf-8")
    outcome = script("init", "db/migrations", "--package", "-t", "minimal")
    assert (outcome.code, outcome.err) == (0, "")
    assert "Adding to pyproject.toml ... done" in outcome.lines
    assert tomllib.loads(pyproject.read_text(encoding="utf-8"))["tool"]["async_migrate"]["location"] == (
        "db/migrations"
    )
    assert (tmp_path / "db" / "migrations" / "versions" / "__init__.py").is_file()
    assert script("history").code == 0


def test_list_templates(script: Run) -> None:
    outcome = script("list-templates")
    assert (outcome.code, outcome.err) == (0, "")
    assert [line.split()[0] for line in outcome.lines] == ["default", "package", "minimal"]
    assert script("list_templates").lines == outcome.lines
    document = script("list-templates", "--json").document
    assert [each["name"] for each in document["templates"]] == ["default", "package", "minimal"]
    assert all(set(each) == {"name", "summary"} and each["summary"] for each in document["templates"])
