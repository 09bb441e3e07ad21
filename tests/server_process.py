"""A private database server that belongs to the tests: a free port, an account, a folder, and a sure end.

The server is the child of a *keeper*, a few lines of shell that wait for the end of a pipe: when the tests close
it, or are killed, the keeper ends the server and removes its folder. So not even ``kill -9`` leaves anything
behind.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pwd
    from collections.abc import Callable, Sequence

START_SECONDS = 60  # half a second is usual, but a busy machine with a slow disk may need far more
STOP_SECONDS = 15
PORT_ATTEMPTS = 3
MEMORY = Path("/dev/shm")
MEMORY_WANTED = 1 << 30  # containers often have 64 MB there, too little for a few databases

# Programs ignore SIGQUIT until they have installed their handlers, because a shell starts what it runs in the
# background that way: hence the loop around kill.
KEEPER = """
root=$1 serve=$2
shift 2
exec 3<&0
{ eval "$serve"; } 3<&- &
server=$!
{ read -r _; while kill -QUIT "$server"; do sleep 0.05; done; } <&3 2>/dev/null &
watch=$!
wait "$server"
kill "$watch"
rm -rf "$root"
"""


class StartError(Exception):
    """A server did not start; the text says why."""


class PortTakenError(StartError):
    """Somebody else took the port after it was found free."""


def on_a_free_port(launch: Callable[[int], None]) -> int:
    """Launch a server on a port that nobody uses, and return the port."""
    for _ in range(PORT_ATTEMPTS - 1):
        port = _free_port()
        with contextlib.suppress(PortTakenError):
            launch(port)
            return port
    port = _free_port()
    launch(port)
    return port


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def serve(
    script: str,
    root: Path,
    arguments: Sequence[str | Path],
    *,
    account: pwd.struct_passwd | None,
    is_ready: Callable[[str], bool],
    cleanup: contextlib.ExitStack,
) -> None:
    """Start a server under a keeper and wait until it can be used.

    Args:
        script: The shell commands that end in ``exec`` of the server; ``$root`` is its folder, ``$@`` are the
            arguments.
        root: The folder, which goes when the server does.
        arguments: What the script needs to know.
        account: Whom the server runs as, if not as the tests do.
        is_ready: Tells whether the server can be used, from what it has printed so far.
        cleanup: Where the end of the server is put.

    Raises:
        StartError: The server has ended, or is not ready in time.
    """
    log = tempfile.TemporaryFile()  # noqa: SIM115 (the next line closes it)
    cleanup.callback(log.close)
    keeper = subprocess.Popen(
        ["/bin/sh", "-c", KEEPER, "keeper", root, script, *arguments],
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # Ctrl-C is for the tests, which then end the server in good order
        **process_options(account),
    )
    cleanup.callback(_stop, keeper)
    deadline = time.monotonic() + START_SECONDS
    while not is_ready(_text(log)):
        if keeper.poll() is not None:
            raise _start_error(_text(log))
        if time.monotonic() > deadline:
            raise StartError(f"not ready after {START_SECONDS} s")
        time.sleep(0.01)


def account_for_server(*names: str) -> pwd.struct_passwd | None:
    """Return the first account there is of these, for servers refuse to be root; ``None`` if nobody here is root."""
    if os.geteuid() != 0:
        return None
    import pwd

    for name in names[:-1]:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    return pwd.getpwnam(names[-1])


def process_options(account: pwd.struct_passwd | None) -> dict[str, Any]:
    """Return what every process of a server is started with: no variable and no locale of the tests leaks in."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    options: dict[str, Any] = {"cwd": "/", "env": kept | {"LC_ALL": "C", "TZ": "UTC"}}
    if account is not None:
        options |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    return options


def new_folder(kind: str, cleanup: contextlib.ExitStack, *, executable: bool = False) -> Path:
    """Create the folder of a server: in memory, unless that is too small or programs must run and may not."""
    parent = None
    if MEMORY.is_dir():
        memory = os.statvfs(MEMORY)
        roomy = memory.f_bavail * memory.f_frsize >= MEMORY_WANTED
        if roomy and not (executable and memory.f_flag & os.ST_NOEXEC):
            parent = MEMORY
    root = Path(tempfile.mkdtemp(prefix=f"async_migrate_{kind}_", dir=parent))
    cleanup.callback(shutil.rmtree, root, ignore_errors=True)
    return root


def give(folder: Path, account: pwd.struct_passwd | None) -> None:
    """Make an account the owner of a folder and all that is in it."""
    if account is not None:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)


def _text(log: IO[bytes]) -> str:
    # Not seek and read: the server writes where this file stands.
    return os.pread(log.fileno(), os.fstat(log.fileno()).st_size, 0).decode(errors="replace")


def _start_error(text: str) -> StartError:
    reason = " ".join(" ".join(text.splitlines()[-4:]).split())
    return PortTakenError(reason) if "Address already in use" in text else StartError(reason)


def _stop(keeper: subprocess.Popen[bytes]) -> None:
    """Let the keeper end the server and remove its folder, or end them all if it does not."""
    keeper.stdin.close()
    try:
        keeper.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(keeper.pid, signal.SIGKILL)
        keeper.wait()
