"""The quickstart of the README, run as the README says, through the installed console script."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.ext.asyncio import create_async_engine

ROOT = Path(__file__).parents[2]


async def test_every_step_of_the_quickstart(tmp_path: Path, database_url: str) -> None:
    assert Path(sys.executable).with_name("async-migrate").exists(), "the package is not installed"
    project = tmp_path / "project"
    printed = _run_quickstart(database_url, project)
    commands = re.findall(r"^\$ async-migrate (\S+)", printed, re.MULTILINE)
    assert commands == [
        *("init", "revision", "upgrade"),
        *("check", "revision", "upgrade", "check"),
        *("downgrade", "history"),
    ]
    first, second = sorted(
        (project / "migrations" / "versions").glob("*.py"), key=lambda path: path.stat().st_mtime
    )
    assert first.name.endswith("_create_users.py")
    assert second.name.endswith("_add_email_and_posts.py")
    engine = create_async_engine(_in(project, database_url))
    try:
        async with engine.connect() as connection:
            tables = await connection.run_sync(lambda sync: set(inspect(sync).get_table_names()))
            columns = await connection.run_sync(
                lambda sync: [column["name"] for column in inspect(sync).get_columns("users")]
            )
            version = await connection.scalar(text("SELECT version_num FROM async_migrate_version"))
    finally:
        await engine.dispose()
    assert tables == {"users", "async_migrate_version"}
    assert columns == ["id", "name"]
    assert first.name.startswith(version)


def _run_quickstart(url: str, project: Path) -> str:
    done = subprocess.run(
        [sys.executable, "examples/quickstart/run.py", "--url", url, "--directory", str(project)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _in(project: Path, url: str) -> str:
    return url if "////" in url or not url.startswith("sqlite") else url.replace("///", f"///{project}/")


@pytest.mark.parametrize("mark", ["try-command", "test-command"])
def test_the_readme_has_its_two_commands(mark: str) -> None:
    readme = (ROOT / "README.md").read_text()
    found = re.search(rf"<!-- {mark} -->\n```sh\n(.+)\n```", readme)
    assert found is not None
    assert found[1].startswith("python -m pip install ")
