"""Running the command line: in this process on a made-up migrator, or as a program on a real project."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from async_migrate import cli
from async_migrate.cli.session import Session
from async_migrate.config import Config
from async_migrate.history.plan import Direction, Step
from async_migrate.history.revision import Revision
from async_migrate.results import AppliedStep, GeneratedRevision, MigrationResult

if TYPE_CHECKING:
    from collections.abc import Callable

    from async_migrate.events import Event, Listener


@dataclass(frozen=True)
class Outcome:
    """What a run of the command line did."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def document(self) -> Any:
        return json.loads(self.out)


# --- in this process ----------------------------------------------------------------------------------------


class FakeTerminal(io.StringIO):
    """A stream that says that a person looks at it."""

    def isatty(self) -> bool:
        return True


@dataclass
class FakeMigrator:
    """Stands in for the migrator: says what it was asked, and answers what a test told it to."""

    answers: dict[str, Any] = field(default_factory=dict)
    calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = field(default_factory=list)
    events: tuple[Event, ...] = ()
    listener: Listener | None = None
    config: Config = field(default_factory=Config)
    url: str = "sqlite+aiosqlite:///app.db"
    session: Session | None = None

    def __getattr__(self, name: str) -> Callable[..., Any]:
        async def command(*arguments: Any, **keywords: Any) -> Any:
            self.calls.append((name, arguments, keywords))
            if self.listener is not None:
                for event in self.events:
                    self.listener(event)
            answer = self.answers.get(name, ())
            if isinstance(answer, BaseException):
                raise answer
            return answer

        return command


@pytest.fixture
def migrator(monkeypatch: pytest.MonkeyPatch) -> FakeMigrator:
    """Put a made-up migrator in the place of the real one."""
    fake = FakeMigrator()

    def give(session: Session, listener: Listener | None = None) -> FakeMigrator:
        fake.session, fake.listener = session, listener
        return fake

    monkeypatch.setattr(Session, "migrator", give)
    return fake


@pytest.fixture
def run() -> Callable[..., Outcome]:
    """Give a function that runs a command line in this process, on streams of its own."""

    def run(*arguments: str, cwd: Path | None = None, terminal: bool = False) -> Outcome:
        out = FakeTerminal() if terminal else io.StringIO()
        err = FakeTerminal() if terminal else io.StringIO()
        code = cli.run(arguments, stdout=out, stderr=err, cwd=cwd)
        return Outcome(code, out.getvalue(), err.getvalue())

    return run


@pytest.fixture
def chain() -> tuple[Revision, ...]:
    """Give three revisions, each following the one before."""
    return (
        Revision(revision="a1", message="create user", doc="create user\n\nAnd more."),
        Revision(
            revision="b2", down_revisions=("a1",), message="add email", doc="add email", path=Path("b2.py")
        ),
        Revision(revision="c3", down_revisions=("b2",), depends_on=("x9",)),
    )


@pytest.fixture
def result(chain: tuple[Revision, ...]) -> MigrationResult:
    """Give the result of an upgrade by one revision."""
    step = Step(
        revision=chain[1],
        direction=Direction.UPGRADE,
        heads_before=frozenset({"a1"}),
        heads_after=frozenset({"b2"}),
    )
    return MigrationResult(
        applied=(AppliedStep(step=step, seconds=0.012),),
        heads_before=step.heads_before,
        heads_after=step.heads_after,
        seconds=0.034,
    )


@pytest.fixture
def generated(chain: tuple[Revision, ...]) -> GeneratedRevision:
    """Give a revision file that was written."""
    return GeneratedRevision(revision=chain[1], path=Path("versions/b2_add_email.py"))


# --- as a program -------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def program() -> list[str]:
    """Give the words that start the installed console script; of a checkout, those that start the package."""
    script = shutil.which("async-migrate", path=str(Path(sys.executable).parent))
    return [script] if script else [sys.executable, "-m", "async_migrate"]


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Give the environment for programs: no colours, warnings are errors, the package from this checkout.

    What they compile is kept for the session: else most of their time would go into compiling SQLAlchemy.
    """
    left_out = ("NO_COLOR", "FORCE_COLOR", "PYTHONDONTWRITEBYTECODE")
    return {
        **{name: value for name, value in os.environ.items() if name not in left_out},
        "PYTHONPATH": str(Path(cli.__file__).parents[2]),
        "PYTHONPYCACHEPREFIX": str(tmp_path_factory.mktemp("pycache")),
        "PYTHONWARNINGS": "error",
    }


@pytest.fixture
def script(program: list[str], environment: dict[str, str], tmp_path: Path) -> Callable[..., Outcome]:
    """Give a function that runs the console script in ``tmp_path``."""

    def script(*arguments: str, cwd: Path = tmp_path, **variables: str) -> Outcome:
        done = subprocess.run(
            [*program, *arguments],
            capture_output=True,
            check=False,
            cwd=cwd,
            encoding="utf-8",
            env={**environment, **variables},
            timeout=60,
        )
        return Outcome(done.returncode, done.stdout, done.stderr)

    return script


REVISION_FILE = '''\
"""{message}"""

import sqlalchemy as sa

from async_migrate import op

revision = {revision!r}
down_revision = {down!r}
branch_labels = {labels!r}
depends_on = {depends_on!r}


def upgrade():
    {upgrade}


def downgrade():
    {downgrade}
'''


@dataclass(frozen=True)
class SampleProject:
    """A project on disk, with an SQLite database beside it."""

    directory: Path

    @property
    def versions(self) -> Path:
        return self.directory / "migrations" / "versions"

    @property
    def database(self) -> Path:
        return self.directory / "app.db"

    def configure(self, *lines: str) -> None:
        text = "\n".join(['location = "migrations"', *(lines or ('url = "sqlite+aiosqlite:///app.db"',)), ""])
        (self.directory / "async_migrate.toml").write_text(text, encoding="utf-8")

    def add(
        self,
        revision: str,
        down: str | tuple[str, ...] | None,
        *,
        message: str = "",
        labels: tuple[str, ...] | None = None,
        depends_on: str | None = None,
        upgrade: str | None = None,
        downgrade: str | None = None,
        file: str | None = None,
    ) -> Path:
        """Write a revision that creates a table ``t_<revision>``, unless it is told to do something else."""
        table = f"t_{revision}"
        path = self.versions / (file or f"{revision}.py")
        path.write_text(
            REVISION_FILE.format(
                revision=revision,
                down=down,
                message=message or f"add {table}",
                labels=labels,
                depends_on=depends_on,
                upgrade=upgrade
                or f"op.create_table({table!r}, sa.Column('id', sa.Integer, primary_key=True))",
                downgrade=downgrade or f"op.drop_table({table!r})",
            ),
            encoding="utf-8",
        )
        return path

    def query(self, sql: str) -> list[Any]:
        """Return the first column of a query, asked with the standard library."""
        with contextlib.closing(sqlite3.connect(self.database)) as connection:
            return [row[0] for row in connection.execute(sql)]

    def tables(self) -> set[str]:
        return set(self.query("SELECT name FROM sqlite_master WHERE type = 'table'"))

    def recorded(self) -> set[str]:
        return set(self.query("SELECT version_num FROM async_migrate_version"))

    def files(self) -> dict[str, bytes]:
        """Return every file with its contents, to find out whether a command left all as it was."""
        found = (path for path in self.directory.rglob("*") if path.is_file())
        return {
            str(path.relative_to(self.directory)): path.read_bytes()
            for path in found
            if "__pycache__" not in path.parts
        }


@pytest.fixture
def empty_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SampleProject:
    """Give a project without revisions, in the working directory."""
    monkeypatch.chdir(tmp_path)
    project = SampleProject(tmp_path)
    project.versions.mkdir(parents=True)
    project.configure()
    return project


@pytest.fixture
def project(empty_project: SampleProject) -> SampleProject:
    """Give a project of three revisions in a row, nothing of it applied."""
    empty_project.add("a1000001", None, message="create first")
    empty_project.add("b2000002", "a1000001", message="create second")
    empty_project.add("c3000003", "b2000002", message="create third")
    return empty_project
