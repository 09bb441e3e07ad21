"""Another pytest with the fixtures of this suite, in a process of its own: what it says, and what it leaves behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import mariadb_server
import postgres_server

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = 60
INI = """
[pytest]
asyncio_mode = auto
asyncio_default_fixture_loop_scope = function
filterwarnings = error
"""
SERVERS = frozenset({mariadb_server.SERVER_VARIABLE, postgres_server.SERVER_VARIABLE})


@dataclass(frozen=True)
class OtherPytest:
    """Runs a test file in a folder."""

    folder: Path

    def start(self, test_file: str, *options: str, **environment: str) -> subprocess.Popen[str]:
        (self.folder / "pytest.ini").write_text(INI)
        (self.folder / "test_other.py").write_text(test_file)
        inherited = {name: value for name, value in os.environ.items() if name not in SERVERS}
        python_path = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
        return subprocess.Popen(
            [sys.executable, "-m", "pytest", "-p", "conftest", "-p", "no:cacheprovider", *options],
            cwd=self.folder,
            env=inherited | {"PYTHONPATH": python_path} | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, test_file: str, *options: str, **environment: str) -> tuple[int, str]:
        with self.start(test_file, *options, **environment) as process:
            output, _ = process.communicate(timeout=SECONDS)
        return process.returncode, output


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for something that another process does."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, "this takes too long"
        time.sleep(0.05)


def runs(process: int) -> bool:
    """Tell whether there is a process."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
