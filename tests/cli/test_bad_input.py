"""Wrong input: one paragraph, the right exit code, nothing changed, no traceback.

Each mistake meets the console script once; where other commands must refuse it too, they run in this process.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Outcome, SampleProject

    Run = Callable[..., Outcome]

USAGE, FAILED = 2, 3


@pytest.fixture
def story(empty_project: SampleProject, run: Run) -> SampleProject:
    """Give a project of three revisions, the first of which is applied."""
    empty_project.add("alpha001", None, message="create alpha")
    assert run("upgrade").code == 0
    empty_project.add("bravo002", "alpha001", message="create bravo")
    empty_project.add("charly03", "bravo002", message="create charly")
    return empty_project


def assert_refused(outcome: Outcome, *, code: int, message: str) -> None:
    assert outcome.err == f"Error: {message}\n"
    assert outcome.code == code
    assert "Traceback" not in outcome.out


# --- configuration ------------------------------------------------------------------------------------------


def test_no_configuration(tmp_path: Path, script: Run) -> None:
    assert_refused(
        script("upgrade"),
        code=USAGE,
        message=f"There is no configuration in {tmp_path}: neither async_migrate.toml nor a pyproject.toml with a "
        "[tool.async_migrate] table. Run 'async-migrate init migrations' to start, or name the file with "
        "'-c PATH'.",
    )
    assert list(tmp_path.iterdir()) == []


def test_unreadable_toml(story: SampleProject, script: Run) -> None:
    path = story.directory / "async_migrate.toml"
    path.write_text('location = "migrations"\nurl = \n', encoding="utf-8")
    before = story.files()
    assert_refused(
        script("upgrade"),
        code=USAGE,
        message=f"The configuration file {path}:2:7 cannot be used: Invalid value.",
    )
    assert story.files() == before


def test_the_named_file_is_missing(tmp_path: Path, script: Run) -> None:
    assert_refused(
        script("-c", "nosuch.toml", "upgrade"),
        code=USAGE,
        message=f"The configuration file {tmp_path / 'nosuch.toml'} cannot be used: No such file or directory.",
    )


def test_an_environment_variable_that_is_not_set(story: SampleProject, script: Run) -> None:
    story.configure('url = "env:NO_SUCH_URL"')
    assert_refused(
        script("upgrade"),
        code=USAGE,
        message="'url' is read from the environment variable NO_SUCH_URL, which is not set or empty. "
        "Set NO_SUCH_URL, or write the value itself into the configuration.",
    )


def test_an_unknown_section(story: SampleProject, script: Run) -> None:
    story.configure('url = "sqlite+aiosqlite:///app.db"', "[tenants]")
    path = story.directory / "async_migrate.toml"
    assert_refused(
        script("-n", "tenant", "upgrade"),
        code=USAGE,
        message=f"{path} has no section 'tenant'. Did you mean 'tenants'? Its sections are 'tenants'.",
    )


# --- the database -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "shown", "better"),
    [
        ("sqlite:///app.db", "sqlite:///app.db", "sqlite+aiosqlite:///app.db"),
        (
            "postgresql://me:secret@db.example/app",
            "postgresql://me:***@db.example/app",
            "postgresql+asyncpg://me:***@db.example/app",
        ),
    ],
    ids=["sqlite", "postgresql"],
)
def test_a_sync_url(url: str, shown: str, better: str, story: SampleProject, script: Run, run: Run) -> None:
    (story.directory / "models.py").write_text("import sqlalchemy\nmetadata = sqlalchemy.MetaData()\n")
    story.configure(f'url = "{url}"', 'metadata = "models:metadata"')
    before = story.files()
    message = (
        f"The URL {shown} names a blocking driver, which would stall the event loop. "
        f"Use the asynchronous one: {better}"
    )
    assert_refused(script("upgrade"), code=USAGE, message=message)
    for line in ("current", "check", "revision --autogenerate", "upgrade --sql"):
        assert_refused(run(*line.split()), code=USAGE, message=message)
    assert story.files() == before


@pytest.mark.parametrize(
    ("url", "driver", "shown", "package"),
    [
        (
            "postgresql+asyncpg://me:secret@db.example/app",
            "asyncpg",
            "postgresql+asyncpg://me:***@db.example/app",
            "async-migrate[postgresql]",
        ),
        (
            "mysql+asyncmy://db.example/app",
            "asyncmy",
            "mysql+asyncmy://db.example/app",
            "async-migrate[mysql]",
        ),
        ("mysql+aiomysql://db.example/app", "aiomysql", "mysql+aiomysql://db.example/app", "aiomysql"),
    ],
    ids=["asyncpg", "asyncmy", "aiomysql"],
)
def test_a_missing_driver(
    url: str,
    driver: str,
    shown: str,
    package: str,
    story: SampleProject,
    script: Run,
    environment: dict[str, str],
) -> None:
    hidden = story.directory / "hidden"
    hidden.mkdir()
    (hidden / f"{driver}.py").write_text(
        f"raise ModuleNotFoundError('No module named {driver}', name={driver!r})"
    )
    story.configure(f'url = "{url}"')
    before = story.files()
    assert_refused(
        script("upgrade", PYTHONPATH=f"{hidden}:{environment['PYTHONPATH']}"),
        code=USAGE,
        message=f"The driver {driver!r} of {shown} is not installed. Install it with: pip install '{package}'",
    )
    assert story.files() == before


def test_a_server_that_is_not_there(story: SampleProject, script: Run) -> None:
    story.configure('url = "postgresql+asyncpg://me:secret@127.0.0.1:1/app"')
    assert_refused(
        script("upgrade"),
        code=FAILED,
        message="Cannot connect to postgresql+asyncpg://me:***@127.0.0.1:1/app: [Errno 111] Connect call failed "
        "('127.0.0.1', 1). Check that the server runs, and the host, port, database and user in the URL.",
    )


def test_a_database_at_an_unknown_revision(story: SampleProject, script: Run, run: Run) -> None:
    assert run("upgrade").code == 0
    (story.versions / "charly03.py").unlink()
    before = story.files()
    outcomes = [run(*line.split()) for line in ("downgrade -1", "current", "status", "plan", "history -i")]
    for outcome in (script("upgrade"), *outcomes):
        assert outcome.code == FAILED
        assert outcome.out == ""
        assert outcome.err.startswith(
            "Error: The database is at revision 'charly03', which is not among the revision files in "
            f"{story.versions}."
        )
        assert "`stamp --purge`" in outcome.err
        assert outcome.err.count("\n") == 1
    assert story.files() == before


# --- identifiers --------------------------------------------------------------------------------------------

LOOKUPS = {
    "upgrade brava002": (
        "There is no revision or branch label 'brava002'. Did you mean 'bravo002'? `history` lists the revisions."
    ),
    "downgrade zulu": "There is no revision or branch label 'zulu'. `history` lists the revisions.",
    "show bravo003": (
        "There is no revision or branch label 'bravo003'. Did you mean 'bravo002'? `history` lists the revisions."
    ),
    "upgrade +5": (
        "'+5' goes too far: it asks for 5 above 'alpha001', and there are 2. To go all the way, write 'head'."
    ),
    "downgrade -3": (
        "'-3' goes too far: it asks for 3 below 'alpha001', and there is 1. To go all the way, write 'base'."
    ),
    "downgrade bravo002": (
        "Cannot downgrade to 'bravo002': it comes after where the database is (at 'alpha001'). "
        "To go there, use `upgrade bravo002`."
    ),
    "downgrade --sql bravo002": (
        "A downgrade written as SQL needs both ends, because no database is asked where it is: 'bravo002' has "
        "only one. Write FROM:TO, for example ae10:base."
    ),
}


@pytest.mark.parametrize("line", LOOKUPS)
def test_an_identifier_that_names_nothing(line: str, story: SampleProject, script: Run) -> None:
    before = story.files()
    assert_refused(script(*line.split()), code=USAGE, message=LOOKUPS[line])
    assert story.files() == before


def test_an_ambiguous_identifier(story: SampleProject, script: Run, run: Run) -> None:
    story.add("bravo999", "charly03")
    before = story.files()
    message = (
        "'bravo' is the beginning of several names: 'bravo002', 'bravo999'. Write more of the one you mean."
    )
    assert_refused(script("upgrade", "bravo"), code=USAGE, message=message)
    for line in ("show bravo", "stamp bravo", "history -r bravo:"):
        assert_refused(run(*line.split()), code=USAGE, message=message)
    assert story.files() == before


def test_several_heads(story: SampleProject, script: Run, run: Run) -> None:
    story.add("delta004", "bravo002", labels=("side",))
    before = story.files()
    for outcome in (script("upgrade"), run("upgrade", "head"), run("revision", "-m", "more")):
        assert outcome.code == USAGE
        assert outcome.err.startswith(
            "Error: 'head' should be one revision, but there are 2: 'charly03', 'delta004'. Name one of them, or "
            "its branch as in "
        )
        assert outcome.err.endswith(
            "; 'heads' means all where several are allowed, and `merge heads` joins them.\n"
        )
    assert story.files() == before


# --- revision files -----------------------------------------------------------------------------------------

ALSO_READ_REVISIONS = ("heads", "history", "revision -m more", "current")


@pytest.fixture
def refused(story: SampleProject, script: Run, run: Run) -> Callable[[str], None]:
    """Give a function that asserts that every command refuses the revision files with the same message."""

    def refused(message: str) -> None:
        before = story.files()
        assert_refused(script("upgrade"), code=USAGE, message=message)
        for line in ALSO_READ_REVISIONS:
            assert_refused(run(*line.split()), code=USAGE, message=message)
        assert story.files() == before

    return refused


def test_a_missing_parent(story: SampleProject, refused: Callable[[str], None]) -> None:
    path = story.add("delta004", "charly04")
    refused(
        f"Revision 'delta004' ({path}) has 'charly04' in its down_revision, but no revision file defines it. "
        "Did you mean 'charly03'? Restore the missing file, or correct the down_revision.",
    )


def test_a_cycle(story: SampleProject, refused: Callable[[str], None]) -> None:
    path = story.versions
    story.add("alpha001", "charly03")
    refused(
        "The revisions form a cycle, so that none of them can be the first: "
        f"'alpha001' ({path / 'alpha001.py'}) has 'charly03' in its down_revision, "
        f"'charly03' ({path / 'charly03.py'}) has 'bravo002' in its down_revision, "
        f"'bravo002' ({path / 'bravo002.py'}) has 'alpha001' in its down_revision. Correct one of these links.",
    )


def test_a_duplicate_id(story: SampleProject, refused: Callable[[str], None]) -> None:
    path = story.add("bravo002", "alpha001", file="copy_of_bravo.py")
    refused(
        f"Revision 'bravo002' is defined more than once, in {story.versions / 'bravo002.py'} and {path}. Give one "
        "of them an identifier of its own, or delete it if it is a copy.",
    )


def test_a_syntax_error(story: SampleProject, script: Run, run: Run) -> None:
    path = story.versions / "delta004.py"
    path.write_text('revision = "delta004"\ndown_revision = "charly03"\n\ndef upgrade(:\n    pass\n')
    before = story.files()
    message = f"The revision file {path}:4:13 is not valid Python: invalid syntax in 'def upgrade(:'."
    assert_refused(script("upgrade"), code=USAGE, message=message)
    assert_refused(run("upgrade", "--sql"), code=USAGE, message=message)
    assert story.files() == before


def test_an_upgrade_that_raises(story: SampleProject, script: Run) -> None:
    path = story.add(
        "charly03",
        "bravo002",
        message="create charly",
        upgrade="op.create_table('half', sa.Column('id', sa.Integer))\n    op.execute('INSERT INTO nosuch VALUES (1)')",
    )
    outcome = script("upgrade")
    assert outcome.code == FAILED
    assert outcome.lines[-1] == "Running upgrade bravo002 -> charly03, create charly ... failed"
    line = path.read_text().splitlines().index("    op.execute('INSERT INTO nosuch VALUES (1)')") + 1
    assert outcome.err == (
        f"Error: The upgrade of revision 'charly03' (create charly) failed at {path} line {line}. "
        "OperationalError: no such table: nosuch. SQL: INSERT INTO nosuch VALUES (1). Nothing of it was kept. "
        "Committed before it in this run: 'bravo002'. Mend the revision and run the same command again.\n"
    )
    assert story.recorded() == {"bravo002"}
    assert "t_bravo002" in story.tables()
    assert "half" not in story.tables()

    story.add("charly03", "bravo002", message="create charly")
    assert script("upgrade").code == 0
    assert story.recorded() == {"charly03"}


def test_raiseerr_shows_the_traceback(story: SampleProject, script: Run) -> None:
    outcome = script("--raiseerr", "upgrade", "brava002")
    assert outcome.code != 0
    assert outcome.err.startswith("Traceback (most recent call last):")
    assert "UnknownRevisionError: There is no revision or branch label 'brava002'." in outcome.err


# --- starting a project -------------------------------------------------------------------------------------


def test_init_into_a_folder_that_is_not_empty(story: SampleProject, script: Run) -> None:
    before = story.files()
    assert_refused(
        script("init", "migrations"),
        code=USAGE,
        message=f"{story.directory / 'migrations'} already exists and is not an empty directory. "
        "Choose another name, or empty it first.",
    )
    assert story.files() == before


def test_init_from_an_unknown_template(tmp_path: Path, script: Run) -> None:
    assert_refused(
        script("init", "migrations", "-t", "pakage"),
        code=USAGE,
        message="There is no template 'pakage'. Did you mean 'package'? "
        "The templates are 'default', 'package', 'minimal'.",
    )
    assert list(tmp_path.iterdir()) == []


def test_an_editor_that_fails(story: SampleProject, script: Run) -> None:
    assert_refused(
        script("edit", "head", VISUAL="false"),
        code=USAGE,
        message="The editor 'false' failed: it ended with exit status 1. "
        "Set VISUAL or EDITOR to the command of your editor.",
    )
