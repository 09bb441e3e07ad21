"""Ctrl-C while a revision runs, and a real terminal."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import SampleProject

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and terminals of POSIX")

WAITING = """\
revision = "b2000002"
down_revision = "a1000001"


async def upgrade(op):
    import asyncio

    op.execute("CREATE TABLE half (id INTEGER)")
    print("waiting", flush=True)
    await asyncio.sleep(60)
"""


@pytest.mark.parametrize(
    ("sent", "words", "code"),
    [(signal.SIGINT, "Interrupted.\n", 130), (signal.SIGTERM, "Terminated.\n", 143)],
    ids=["ctrl-c", "sigterm"],
)
def test_a_stop_rolls_back(
    empty_project: SampleProject,
    program: list[str],
    environment: dict[str, str],
    sent: signal.Signals,
    words: str,
    code: int,
) -> None:
    empty_project.add("a1000001", None, message="create first")
    (empty_project.versions / "b2000002.py").write_text(WAITING, encoding="utf-8")
    with subprocess.Popen(
        [*program, "upgrade"],
        cwd=empty_project.directory,
        encoding="utf-8",
        env=environment,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        while "waiting" not in process.stdout.readline():
            pass
        process.send_signal(sent)
        _, errors = process.communicate(timeout=20)
    assert errors == words
    assert process.returncode == code
    assert empty_project.recorded() == {"a1000001"}
    assert empty_project.tables() == {"t_a1000001", "async_migrate_version"}


def run_on_a_terminal(command: list[str], *, cwd: str, env: dict[str, str]) -> tuple[int, str]:
    """Run a program with its standard output on a terminal; return its exit code and what it wrote there."""
    ours, theirs = os.openpty()
    with subprocess.Popen(command, cwd=cwd, env=env, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        written = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # Linux says so when the other side is closed
                break
            if not part:
                break
            written += part
    os.close(ours)
    return process.returncode, written.decode()


@pytest.mark.parametrize("colour", [True, False], ids=["colour", "no-colour"])
def test_a_real_terminal(
    colour: bool, project: SampleProject, program: list[str], environment: dict[str, str]
) -> None:
    env = {**environment, "TERM": "xterm-256color", "COLUMNS": "120"} | ({} if colour else {"NO_COLOR": "1"})
    code, written = run_on_a_terminal([*program, "upgrade"], cwd=str(project.directory), env=env)
    assert code == 0
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", written)
    assert re.search(r"Running upgrade b2000002 -> c3000003, create third \.\.\. \d+ ms", plain)
    assert "The database is now at c3000003." in plain
    assert written.count("\x1b[?25l") == written.count("\x1b[?25h") == 1, (
        "the cursor is hidden and shown again"
    )
    _, written = run_on_a_terminal([*program, "heads"], cwd=str(project.directory), env=env)
    assert ("\x1b[32m(head)" in written) is colour
