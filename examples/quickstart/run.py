"""The main job from nothing: a project, two revisions by autogenerate, up, up, and down by one.

Usage: python examples/quickstart/run.py [--url URL] [--directory DIRECTORY]

Every line that starts with a dollar sign is a command that you could have typed.
"""

import argparse
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent


def run(project: Path, command: str, expect: int = 0) -> None:
    """Show a command of the console script, then run it in the project."""
    print(f"\n$ async-migrate {command}", flush=True)
    script = Path(sys.executable).with_name("async-migrate")
    launcher = [str(script)] if script.exists() else [sys.executable, "-m", "async_migrate"]
    done = subprocess.run([*launcher, *shlex.split(command)], cwd=project, check=False)
    if done.returncode != expect:
        sys.exit(f"async-migrate {command} exited with {done.returncode}, expected {expect}")


def use_models(project: Path, name: str, what: str) -> None:
    """Put one of the two versions of the models in place."""
    print(f"\n# {what}: models.py", flush=True)
    shutil.copyfile(HERE / name, project / "models.py")


def main_job(project: Path, url: str) -> None:
    use_models(project, "models_first.py", "the models of a new project")
    run(project, f"init migrations --url {shlex.quote(url)} --metadata models:Base.metadata")
    run(project, "revision --autogenerate -m 'create users'")
    run(project, "upgrade head")

    use_models(project, "models_second.py", "the models change: a longer name, an email, a second table")
    run(project, "check", expect=1)
    run(project, "revision --autogenerate -m 'add email and posts'")
    run(project, "upgrade head")
    run(project, "check")

    run(project, "downgrade -1")
    run(project, "history --indicate-current")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--url", default="sqlite+aiosqlite:///app.db", help="the database (default: %(default)s)"
    )
    parser.add_argument("--directory", type=Path, help="an empty directory to keep the project in")
    arguments = parser.parse_args()
    if arguments.directory is not None:
        arguments.directory.mkdir(parents=True, exist_ok=True)
        main_job(arguments.directory, arguments.url)
        return
    with tempfile.TemporaryDirectory(prefix="quickstart-") as directory:
        main_job(Path(directory), arguments.url)


if __name__ == "__main__":
    main()
