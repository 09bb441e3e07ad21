"""Which files are revisions, where they are looked for, and where a new one goes."""

from __future__ import annotations

import compileall
import py_compile
import sys
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from async_migrate.config import Config
from async_migrate.errors import (
    LocationNotFoundError,
    ReferenceNotFoundError,
    RevisionLoadError,
    VersionPathError,
)
from async_migrate.history.revision import Revision
from async_migrate.scripts.directory import ScriptDirectory

Write = Callable[[str, str], Path]


def source(revision: str, parent: str | None = None) -> str:
    return f"revision = {revision!r}\ndown_revision = {parent!r}\ndef upgrade(): ...\n"


@pytest.fixture
def versions(write: Write, tmp_path: Path) -> Path:
    """Give the version location of a project with two revisions."""
    write("migrations/versions/a_first.py", source("a"))
    write("migrations/versions/b_second.py", source("b", "a"))
    return tmp_path / "migrations" / "versions"


def names(revisions: Iterable[Revision]) -> list[str]:
    return [revision.revision for revision in revisions]


# --- which files --------------------------------------------------------------------------------------------


def test_revisions_are_read_in_the_order_of_their_files(versions: Path) -> None:
    found = ScriptDirectory(Config(location=versions.parent)).revisions()
    assert found == (
        Revision(revision="a", path=versions / "a_first.py"),
        Revision(revision="b", down_revisions=("a",), path=versions / "b_second.py"),
    )


def test_the_history_is_made(versions: Path) -> None:
    graph = ScriptDirectory(Config(location=versions.parent)).graph()
    assert (graph.bases, graph.heads) == (("a",), ("b",))


IGNORED = (
    "__init__.py",
    "__init__.old.py",
    ".#a_first.py",
    "._a_first.py",
    "README",
    "notes.txt",
    "c.py.orig",
    "c.pyi",
    "c.pyc",
    ".c.py.0a1b2c3d.tmp",
    "sub/c.py",
    "__pycache__/c.py",
    "folder.py/c.txt",
)


@pytest.mark.parametrize("name", IGNORED)
def test_other_files_are_left_alone(name: str, versions: Path, write: Write) -> None:
    write(f"migrations/versions/{name}", "raise SystemExit")
    assert names(ScriptDirectory(Config(location=versions.parent)).revisions()) == ["a", "b"]


def test_broken_links_are_left_alone(versions: Path) -> None:
    (versions / "c.py").symlink_to("nowhere.py")
    assert names(ScriptDirectory(Config(location=versions.parent)).revisions()) == ["a", "b"]


def test_folders_are_looked_into_if_wanted(versions: Path, write: Write) -> None:
    write("migrations/versions/2024/05/c.py", source("c", "b"))
    write("migrations/versions/2023/d.py", source("d", "c"))
    write("migrations/versions/2023/__pycache__/e.py", source("e"))
    directory = ScriptDirectory(Config(location=versions.parent, recursive_version_locations=True))
    assert names(directory.revisions()) == ["a", "b", "d", "c"]


def test_several_version_locations(versions: Path, write: Write, tmp_path: Path) -> None:
    write("plugin/c.py", source("c", "b"))
    config = Config(location=versions.parent, version_locations=(tmp_path / "plugin", versions))
    directory = ScriptDirectory(config)
    assert directory.version_locations == (tmp_path / "plugin", versions)
    assert names(directory.revisions()) == ["c", "a", "b"]


def test_a_file_that_is_reached_twice_counts_once(versions: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(versions)
    (versions / "a_again.py").symlink_to("a_first.py")
    config = Config(location=versions.parent, version_locations=(versions, tmp_path / "link", versions))
    assert names(ScriptDirectory(config).revisions()) == ["a", "b"]


def test_an_empty_folder_need_not_exist(tmp_path: Path) -> None:
    (tmp_path / "migrations").mkdir()
    assert ScriptDirectory(Config(location=tmp_path / "migrations")).revisions() == ()


def test_relative_locations_start_in_the_working_directory(
    versions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(versions.parent.parent)
    directory = ScriptDirectory(Config())
    assert directory.location == versions.parent
    assert names(directory.revisions()) == ["a", "b"]


def test_every_look_is_a_new_one(versions: Path, write: Write) -> None:
    directory = ScriptDirectory(Config(location=versions.parent))
    assert names(directory.revisions()) == ["a", "b"]
    write("migrations/versions/c.py", source("c", "b"))
    assert names(directory.revisions()) == ["a", "b", "c"]


# --- compiled files -----------------------------------------------------------------------------------------


def test_compiled_files_count_if_wanted(versions: Path) -> None:
    py_compile.compile(str(versions / "a_first.py"), str(versions / "a_first.pyc"))
    (versions / "a_first.py").unlink()
    config = Config(location=versions.parent)
    assert names(ScriptDirectory(config).revisions()) == ["b"]
    directory = ScriptDirectory(config.replace(sourceless=True))
    assert names(directory.revisions()) == ["a", "b"]
    body = directory.load(directory.revisions()[0])
    assert body.path == versions / "a_first.pyc"
    assert not body.upgrade.takes_op


def test_the_source_comes_before_what_was_compiled_from_it(versions: Path) -> None:
    compileall.compile_dir(versions, quiet=2)
    compileall.compile_dir(versions, quiet=2, legacy=True)
    directory = ScriptDirectory(Config(location=versions.parent, sourceless=True))
    assert [path.name for path in paths(directory)] == ["a_first.py", "b_second.py"]


def test_compiled_files_are_found_in_the_cache(versions: Path) -> None:
    compileall.compile_dir(versions, quiet=2)
    (versions / "__pycache__" / "a_first.cpython-27.pyc").write_bytes(b"another Python's")
    (versions / "a_first.py").unlink()
    directory = ScriptDirectory(Config(location=versions.parent, sourceless=True))
    assert names(directory.revisions()) == ["b", "a"]
    assert paths(directory)[1] == versions / "__pycache__" / f"a_first.{sys.implementation.cache_tag}.pyc"


def test_a_compiled_file_comes_before_an_optimised_one(versions: Path) -> None:
    py_compile.compile(str(versions / "a_first.py"), str(versions / "a_first.pyc"))
    (versions / "a_first.pyo").write_bytes((versions / "a_first.pyc").read_bytes())
    (versions / "a_first.py").unlink()
    directory = ScriptDirectory(Config(location=versions.parent, sourceless=True))
    assert [path.name for path in paths(directory)] == ["a_first.pyc", "b_second.py"]


def paths(directory: ScriptDirectory) -> list[Path]:
    return [revision.path for revision in directory.revisions() if revision.path]


# --- packages -----------------------------------------------------------------------------------------------

PACKAGED = {
    "package and folder": "pkg_with_migrations:migrations",
    "inner package and folder": "pkg_with_migrations.db:m",
    "Alembic's colons": "pkg_with_migrations:db:m",
    "dotted": "pkg_with_migrations.migrations",
}


@pytest.fixture(params=["folder", "archive", "namespace"])
def package(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Give what to import from, to have a package with migrations in it: a folder or an archive."""
    files = {f"migrations/versions/{name}.py": source(name) for name in ("a", "b")}
    files |= {f"db/m/versions/{name}.py": source(name) for name in ("a", "b")}
    files |= {"migrations/versions/sub/c.py": source("c")}
    if request.param != "namespace":
        files |= {"__init__.py": "", "db/__init__.py": "", "migrations/__init__.py": ""}
    if request.param == "archive":
        with zipfile.ZipFile(tmp_path / "app.zip", "w") as archive:
            for name, text in files.items():
                archive.writestr(f"pkg_with_migrations/{name}", text)
        return tmp_path / "app.zip"
    for name, text in files.items():
        path = tmp_path / "pkg_with_migrations" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


@pytest.mark.parametrize("location", PACKAGED.values(), ids=PACKAGED.keys())
def test_a_location_in_a_package(location: str, package: Path) -> None:
    directory = ScriptDirectory(Config(location=location, prepend_sys_path=(package,)))
    try:
        revisions = directory.revisions()
        assert names(revisions) == ["a", "b"]
        assert directory.load(revisions[1]).function("upgrade").function() is None
        assert str(package) not in sys.path
    finally:
        for name in [name for name in sys.modules if name.startswith("pkg_with_migrations")]:
            del sys.modules[name]


def test_version_locations_in_a_package(package: Path, tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    config = Config(
        location=tmp_path / "m",
        version_locations=("pkg_with_migrations:migrations/versions",),
        recursive_version_locations=True,
        prepend_sys_path=(package,),
    )
    assert names(ScriptDirectory(config).revisions()) == ["a", "b", "c"]


# --- what is refused ----------------------------------------------------------------------------------------


def test_a_missing_folder_is_reported(tmp_path: Path) -> None:
    with pytest.raises(LocationNotFoundError) as caught:
        ScriptDirectory(Config(location=tmp_path / "m"))
    assert str(caught.value) == (
        f"The migrations folder {tmp_path}/m does not exist. Run 'async-migrate init {tmp_path}/m' to create it, or "
        "correct 'location' in the configuration."
    )


@pytest.mark.parametrize("location", ["no_such_package:m", "no_such_package.m", "json.decoder:m", "json:m"])
def test_a_missing_package_is_reported(location: str) -> None:
    with pytest.raises(LocationNotFoundError) as caught:
        ScriptDirectory(Config(location=location))
    assert str(caught.value) == (
        f"The migrations folder {location!r} is in no package that can be found. Correct 'location' in the "
        "configuration, or add the package's parent directory to 'prepend_sys_path'."
    )


def test_a_package_that_fails_is_reported(write: Write, tmp_path: Path) -> None:
    write("pkg_that_fails/__init__.py", "x = 1\nraise RuntimeError('no settings')")
    with pytest.raises(ReferenceNotFoundError) as caught:
        ScriptDirectory(Config(location="pkg_that_fails.db:m", prepend_sys_path=(tmp_path,)))
    assert str(caught.value) == (
        "'location' refers to 'pkg_that_fails.db:m': importing the package around 'pkg_that_fails.db' failed with "
        f"RuntimeError: no settings ({tmp_path}/pkg_that_fails/__init__.py:2)."
    )


# --- importing from the project -----------------------------------------------------------------------------


def test_revisions_import_from_the_project(write: Write, tmp_path: Path) -> None:
    write("module_of_the_project.py", "PARENT = None")
    imported = "from module_of_the_project import PARENT\n"
    write("migrations/versions/a.py", f"{imported}revision = 'a'\ndown_revision = PARENT\ndef upgrade(): ...")
    config = Config(location=tmp_path / "migrations")
    with pytest.raises(RevisionLoadError):
        ScriptDirectory(config).revisions()
    directory = ScriptDirectory(config.replace(prepend_sys_path=(tmp_path,)))
    (revision,) = directory.revisions()
    assert revision.down_revisions == ()
    assert directory.load(revision).module.PARENT is None
    assert str(tmp_path) not in sys.path


# --- where a new revision goes ------------------------------------------------------------------------------


@pytest.fixture
def several(tmp_path: Path) -> ScriptDirectory:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    locations = (tmp_path / "one", tmp_path / "two")
    return ScriptDirectory(Config(location=tmp_path, version_locations=locations))


def test_the_only_location_is_taken(versions: Path) -> None:
    assert ScriptDirectory(Config(location=versions.parent)).folder_for(()) == versions


def test_the_location_of_the_parent_is_taken(several: ScriptDirectory, tmp_path: Path) -> None:
    parents = [Revision(revision="a"), Revision(revision="b", path=tmp_path / "two" / "2024" / "b.py")]
    assert several.folder_for(parents) == tmp_path / "two"


def test_the_wanted_location_is_taken(
    several: ScriptDirectory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path / "one")
    assert several.folder_for((), version_path="../two") == tmp_path / "two"
    assert several.folder_for((), version_path=tmp_path / "one") == tmp_path / "one"


def test_an_unclear_location_is_refused(several: ScriptDirectory, tmp_path: Path) -> None:
    with pytest.raises(VersionPathError) as caught:
        several.folder_for(())
    one, two = f"'{tmp_path}/one'", f"'{tmp_path}/two'"
    assert str(caught.value) == (
        f"A first revision could go into any of {one}, {two}. Choose one with --version-path."
    )
    with pytest.raises(VersionPathError) as caught:
        several.folder_for((), version_path="three")
    assert str(caught.value) == f"three is not one of the version locations, which are {one}, {two}."
