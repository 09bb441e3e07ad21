"""Looking at a history imports nothing heavy: a start at head must cost next to nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("sqlalchemy", "mako", "asyncio", "anyio", "typer", "rich", "subprocess")
LIGHT = (
    "async_migrate.config",
    "async_migrate.errors",
    "async_migrate.history.graph",
    "async_migrate.scripts.directory",
    "async_migrate.scripts.editor",
    "async_migrate.scripts.environment",
    "async_migrate.scripts.loader",
    "async_migrate.scripts.scaffold",
    "async_migrate.scripts.settings",
    "async_migrate.scripts.writer",
)
STARTS_PROGRAMS = ("async_migrate.scripts.editor", "async_migrate.scripts.writer")


@pytest.mark.parametrize("module", LIGHT)
def test_a_module_imports_nothing_heavy(module: str) -> None:
    script = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    imported = set(done.stdout.split()) & set(HEAVY)
    assert imported <= ({"subprocess"} if module in STARTS_PROGRAMS else set())


def test_a_history_is_read_without_anything_heavy(tmp_path_factory: pytest.TempPathFactory) -> None:
    project = tmp_path_factory.mktemp("project")
    versions = project / "migrations" / "versions"
    versions.mkdir(parents=True)
    (versions / "a.py").write_text("import sqlalchemy\nrevision = 'a'\ndown_revision = None\n")
    (versions / "b.py").write_text("import sqlalchemy\nrevision = 'b'\ndown_revision = ('a',)\n")
    (project / "async_migrate.toml").write_text('url = "env:DATABASE_URL"\n')
    script = (
        "import sys\n"
        "from async_migrate.scripts.settings import read_settings\n"
        "from async_migrate.scripts.directory import ScriptDirectory\n"
        "settings = read_settings(directory=sys.argv[1])\n"
        "graph = ScriptDirectory(settings.config).graph()\n"
        "print(*graph.heads, *sys.modules)\n"
    )
    command = [sys.executable, "-c", script, str(project)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    head, *modules = done.stdout.split()
    assert head == "b"
    assert set(modules) & set(HEAVY) == set()
