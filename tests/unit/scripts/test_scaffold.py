"""Starting a project: nothing is overwritten, and what is made can be used at once."""

from __future__ import annotations

import compileall
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from async_migrate.config import Config
from async_migrate.errors import (
    ConfigurationFileError,
    DirectoryNotEmptyError,
    NotWritableError,
    UnknownTemplateError,
)
from async_migrate.scripts.directory import ScriptDirectory
from async_migrate.scripts.environment import load_environment
from async_migrate.scripts.scaffold import Scaffold, Template, init, list_templates
from async_migrate.scripts.settings import read_settings
from async_migrate.scripts.writer import RevisionDraft, write_revision

Write = Callable[[str, str], Path]

FILES = {
    "default": ["README.md", "env.py", "script.py.mako"],
    "package": ["README.md", "env.py", "script.py.mako", "__init__.py", "versions/__init__.py"],
    "minimal": ["README.md"],
}
NEW = """\
location = "migrations"
url = "sqlite+aiosqlite:///app.db"
# What autogenerate compares the database with:
# metadata = "app.models:Base.metadata"
"""


def contents(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_text() for path in files}


# --- what is made -------------------------------------------------------------------------------------------


def test_templates_are_listed() -> None:
    assert list_templates() == (
        Template(name="default", summary="Migrations, with an env.py for models and hooks"),
        Template(
            name="package", summary="Migrations inside a Python package, with an env.py for models and hooks"
        ),
        Template(
            name="minimal", summary="Migrations and nothing else: all settings in the configuration file"
        ),
    )


@pytest.mark.parametrize("template", FILES)
def test_a_template_is_laid_out(template: str, tmp_path: Path) -> None:
    result = init("migrations", template=template, base=tmp_path)
    location = tmp_path / "migrations"
    assert result == Scaffold(
        location=location,
        configuration=tmp_path / "async_migrate.toml",
        created=(
            location,
            location / "versions",
            *(location / name for name in FILES[template]),
            tmp_path / "async_migrate.toml",
        ),
        changed=(),
        kept=(),
    )
    assert sorted(contents(tmp_path)) == sorted(
        ["async_migrate.toml", *(f"migrations/{name}" for name in FILES[template])]
    )
    assert (tmp_path / "async_migrate.toml").read_text() == NEW


@pytest.mark.parametrize("template", FILES)
def test_what_is_made_works_at_once(template: str, tmp_path: Path) -> None:
    init("db/migrations", template=template, url="env:DB", metadata="app:m", base=tmp_path)
    config = read_settings(directory=tmp_path, environ={}).config
    location = tmp_path / "db" / "migrations"
    assert config == Config(location=location, url="env:DB", metadata="app:m", prepend_sys_path=(tmp_path,))
    assert load_environment(config) == config
    directory = ScriptDirectory(config)
    assert directory.revisions() == ()
    path = write_revision(config, RevisionDraft(revision="1a2b"), folder=directory.folder_for(()))
    assert [revision.path for revision in directory.revisions()] == [path]
    assert compileall.compile_dir(location, quiet=2)


def test_the_hooks_of_env_py_work_once_they_are_wanted(tmp_path: Path) -> None:
    init("migrations", base=tmp_path)
    env = tmp_path / "migrations" / "env.py"
    lines = env.read_text().splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("# def "))
    env.write_text("\n".join([*lines[:start], *(line[2:] for line in lines[start:])]))
    config = load_environment(read_settings(directory=tmp_path, environ={}).config)
    assert callable(config.include_object)
    assert not config.include_object(None, "spatial_ref_sys", "table", True, None)
    assert config.include_object(None, "users", "table", True, None)
    assert callable(config.process_revision_directives)


def test_any_template_can_be_a_package(tmp_path: Path) -> None:
    init("migrations", template="minimal", package=True, base=tmp_path)
    assert {"migrations/__init__.py", "migrations/versions/__init__.py"} < set(contents(tmp_path))


def test_an_empty_folder_is_used(tmp_path: Path) -> None:
    (tmp_path / "migrations").mkdir()
    assert init("migrations", base=tmp_path).created[0] == tmp_path / "migrations" / "versions"


def test_the_working_directory_is_that_of_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert init("migrations").location == tmp_path / "migrations"


# --- the configuration --------------------------------------------------------------------------------------

TABLE = f"[tool.async_migrate]\n{NEW}"
PROJECTS = {
    "other tables": ('[project]\nname = "x"\n', '[project]\nname = "x"\n\n' + TABLE),
    "no line end": ('[project]\nname = "x"', '[project]\nname = "x"\n\n' + TABLE),
    "blank lines": ("[tool.ruff]\n\n\n", "[tool.ruff]\n\n\n\n" + TABLE),
    "empty": ("", TABLE),
    "comment": ("# nothing yet", "# nothing yet\n\n" + TABLE),
    "Windows": ("[tool.ruff]\r\n", "[tool.ruff]\r\n\r\n" + TABLE.replace("\n", "\r\n")),
    "byte order mark": ("\ufeff[tool.ruff]\n", "\ufeff[tool.ruff]\n\n" + TABLE),
}


@pytest.mark.parametrize(("before", "after"), PROJECTS.values(), ids=PROJECTS.keys())
def test_a_project_file_is_added_to(before: str, after: str, tmp_path: Path) -> None:
    project = tmp_path / "pyproject.toml"
    project.write_bytes(before.encode())
    result = init("migrations", base=tmp_path)
    assert project.read_bytes().decode() == after
    assert (result.configuration, result.changed, result.kept) == (project, (project,), ())
    assert project not in result.created
    assert read_settings(directory=tmp_path, environ={}).source == project


KEPT = {
    "own file": {"async_migrate.toml": "# mine\n"},
    "own file and project": {"async_migrate.toml": "# mine\n", "pyproject.toml": "[project]\n"},
    "table": {"pyproject.toml": '[tool.async_migrate]\nurl = "mine://"\n'},
    "section only": {"pyproject.toml": '[tool.async_migrate.reports]\nurl = "mine://"\n'},
}


@pytest.mark.parametrize("files", KEPT.values(), ids=KEPT.keys())
def test_a_configuration_is_kept(files: dict[str, str], tmp_path: Path) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    result = init("migrations", base=tmp_path)
    kept = tmp_path / next(iter(files))
    assert (result.configuration, result.changed, result.kept) == (kept, (), (kept,))
    assert {name: (tmp_path / name).read_text() for name in files} == files
    assert (tmp_path / "async_migrate.toml").exists() == ("async_migrate.toml" in files)


VALUES = ["plain", 'a"b', "a\\b", "tab\tline\n", "größe", "\x7f\x00\x1f", "'''", "${x} %s"]


@pytest.mark.parametrize("value", VALUES)
def test_values_are_written_as_toml(value: str, tmp_path: Path) -> None:
    init("migrations", url=value, metadata=value, base=tmp_path)
    written = tomllib.loads((tmp_path / "async_migrate.toml").read_text())
    assert written == {"location": "migrations", "url": value, "metadata": value}


@pytest.mark.parametrize(
    ("directory", "location"),
    [("db/m", "db/m"), ("../m", "../m"), ("./m", "m"), ("{base}/m", "m"), ("{base}/../m", "../m")],
)
def test_the_location_is_relative(directory: str, location: str, tmp_path: Path) -> None:
    base = tmp_path / "project"
    base.mkdir()
    init(directory.format(base=base), base=base)
    written = tomllib.loads((base / "async_migrate.toml").read_text())
    assert written["location"] == location
    found = read_settings(directory=base, environ={}).config.location
    assert Path(found).samefile(base / location)


def test_a_location_outside_the_project_is_absolute(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    init(tmp_path / "elsewhere", base=tmp_path / "project")
    written = tomllib.loads((tmp_path / "project" / "async_migrate.toml").read_text())
    assert written["location"] == str(tmp_path / "elsewhere")


# --- what is refused ----------------------------------------------------------------------------------------


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "x").touch()
    (tmp_path / "file").touch()
    before = contents(tmp_path)
    for name in ("migrations", "file"):
        with pytest.raises(DirectoryNotEmptyError) as caught:
            init(name, base=tmp_path)
        assert str(caught.value) == (
            f"{tmp_path / name} already exists and is not an empty directory. Choose another name, or empty it first."
        )
    assert contents(tmp_path) == before


def test_an_unknown_template_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownTemplateError) as caught:
        init("migrations", template="pakage", base=tmp_path)
    assert str(caught.value) == (
        "There is no template 'pakage'. Did you mean 'package'? The templates are 'default', 'package', 'minimal'."
    )
    assert contents(tmp_path) == {}


UNUSABLE = {
    "inline": (
        "tool = {ruff = {}}\n",
        "no [tool.async_migrate] table can be added to it, because 'tool' is written inline",
    ),
    "broken": ("[tool\n", ""),
}


@pytest.mark.parametrize(("text", "reason"), UNUSABLE.values(), ids=UNUSABLE.keys())
def test_a_project_file_that_cannot_be_added_to_is_refused(text: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(ConfigurationFileError) as caught:
        init("migrations", base=tmp_path)
    assert str(caught.value).startswith(f"The configuration file {tmp_path}/pyproject.toml")
    assert reason in str(caught.value)
    assert contents(tmp_path) == {"pyproject.toml": text}
    assert not (tmp_path / "migrations").exists()


def test_a_disk_that_refuses_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotWritableError) as caught:
        init("file/migrations", base=tmp_path)
    assert str(caught.value) == f"{tmp_path}/file/migrations cannot be written: Not a directory."
