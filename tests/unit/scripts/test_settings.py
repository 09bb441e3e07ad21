"""Where the configuration is looked for, and how mistakes in it are reported."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from async_migrate.config import Config
from async_migrate.errors import (
    ConfigurationFileError,
    ConfigurationNotFoundError,
    ConfigurationTableMissingError,
    EnvironmentVariableError,
    UnknownSettingError,
)
from async_migrate.scripts.settings import Settings, database_url, read_settings

Write = Callable[[str, str], Path]

OWN = 'url = "own://"\n'
PROJECT = '[project]\nname = "x"\n\n[tool.async_migrate]\nurl = "project://"\n'
OTHER = '[project]\nname = "x"\n\n[tool.ruff]\n'


def find(directory: Path, path: str | None = None, **environ: str) -> Settings:
    return read_settings(path, directory=directory, environ=environ)


# --- finding ------------------------------------------------------------------------------------------------

FOUND = {
    "own file": ({"async_migrate.toml": OWN}, "async_migrate.toml", "own://"),
    "project": ({"pyproject.toml": PROJECT}, "pyproject.toml", "project://"),
    "own file first": (
        {"async_migrate.toml": OWN, "pyproject.toml": PROJECT},
        "async_migrate.toml",
        "own://",
    ),
    "above": ({"../.git/HEAD": "", "../pyproject.toml": PROJECT}, "../pyproject.toml", "project://"),
    "past another project": (
        {
            "../../.git/HEAD": "",
            "../../async_migrate.toml": OWN,
            "../pyproject.toml": OTHER,
            "pyproject.toml": OTHER,
        },
        "../../async_migrate.toml",
        "own://",
    ),
    "without version control": (
        {"../../pyproject.toml": OTHER, "../async_migrate.toml": OWN},
        "../async_migrate.toml",
        "own://",
    ),
    "worktree": ({"../.git": "gitdir: x", "../async_migrate.toml": OWN}, "../async_migrate.toml", "own://"),
    "nearest": (
        {"../.git/HEAD": "", "../async_migrate.toml": OWN, "pyproject.toml": PROJECT},
        "pyproject.toml",
        "project://",
    ),
}


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """Give a working directory with room above it."""
    directory = tmp_path / "one" / "two" / "three"
    directory.mkdir(parents=True)
    return directory


def fill(directory: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = Path(os.path.normpath(directory / name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(("files", "source", "url"), FOUND.values(), ids=FOUND.keys())
def test_the_configuration_is_found(files: dict[str, str], source: str, url: str, here: Path) -> None:
    fill(here, files)
    settings = find(here)
    expected = Path(os.path.normpath(here / source))
    assert settings.source == expected
    assert settings.config == Config(
        location=expected.parent / "migrations", url=url, prepend_sys_path=(expected.parent,)
    )


NOT_FOUND = {
    "nothing": ({}, "."),
    "above the project": ({"../async_migrate.toml": OWN, ".git/HEAD": ""}, "."),
    "above a project without version control": ({"../async_migrate.toml": OWN, "pyproject.toml": OTHER}, "."),
    "no version control at all": ({"../async_migrate.toml": OWN}, "."),
    "other projects": ({"../.git/HEAD": "", "../pyproject.toml": OTHER, "pyproject.toml": OTHER}, ".."),
}


@pytest.mark.parametrize(("files", "root"), NOT_FOUND.values(), ids=NOT_FOUND.keys())
def test_no_configuration_is_reported(files: dict[str, str], root: str, here: Path) -> None:
    fill(here, files)
    with pytest.raises(ConfigurationNotFoundError) as caught:
        find(here)
    last = Path(os.path.normpath(here / root))
    upwards = "" if root == "." else f" or above it, up to {last}"
    assert str(caught.value) == (
        f"There is no configuration in {here}{upwards}: neither async_migrate.toml nor a pyproject.toml with a "
        "[tool.async_migrate] table. Run 'async-migrate init migrations' to start, or name the file with '-c PATH'."
    )
    assert (caught.value.directory, caught.value.root) == (here, last)
    assert caught.value.exit_code == 2


NAMED = {
    "own keys": ("conf/db.toml", OWN, "own://"),
    "project": ("conf/pyproject.toml", PROJECT, "project://"),
    "project's table elsewhere": ("conf/db.toml", PROJECT, "project://"),
}


@pytest.mark.parametrize(("name", "text", "url"), NAMED.values(), ids=NAMED.keys())
def test_a_named_file_is_read(name: str, text: str, url: str, here: Path) -> None:
    fill(here, {name: text, "async_migrate.toml": "nonsense = 1"})
    for settings in (find(here, name), find(here, str(here / name)), find(here, ASYNC_MIGRATE_CONFIG=name)):
        assert settings.source == here / name
        assert (settings.config.url, settings.config.location) == (url, here / "conf" / "migrations")


def test_a_named_file_comes_before_the_variable(here: Path) -> None:
    fill(here, {"a.toml": OWN, "b.toml": PROJECT})
    assert find(here, "a.toml", ASYNC_MIGRATE_CONFIG="b.toml").source == here / "a.toml"
    assert find(here, "a.toml", ASYNC_MIGRATE_CONFIG="").source == here / "a.toml"


def test_the_process_says_where_it_is(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(here, {"async_migrate.toml": OWN, "b.toml": PROJECT})
    monkeypatch.chdir(here)
    monkeypatch.delenv("ASYNC_MIGRATE_CONFIG", raising=False)
    assert read_settings().source == here / "async_migrate.toml"
    monkeypatch.setenv("ASYNC_MIGRATE_CONFIG", "b.toml")
    assert read_settings().source == here / "b.toml"


def test_a_section_is_chosen(here: Path) -> None:
    fill(here, {"pyproject.toml": f'{PROJECT}\n[tool.async_migrate.reports]\nurl = "reports://"\n'})
    assert read_settings(directory=here, environ={}).config.url == "project://"
    assert read_settings(directory=here, environ={}, section="reports").config.url == "reports://"


# --- mistakes -----------------------------------------------------------------------------------------------

BROKEN = {
    "syntax": (b"url = \n", ":1:7", "{tomllib}"),
    "second line": (b'url = "x"\nlocation = "\xc3\xa4" 3\n', ":2:16", "{tomllib}"),
    "twice": (b'url = "x"\nurl = "y"\n', ":2:10", "{tomllib}"),
    "end": (b'url = ["x",', "", "{tomllib} at the end of the file"),
    "encoding": (b'url = "x"\n\n# \xff\n', ":3", "it is not UTF-8 text"),
}


@pytest.mark.parametrize("name", ["async_migrate.toml", "pyproject.toml"])
@pytest.mark.parametrize(("data", "place", "reason"), BROKEN.values(), ids=BROKEN.keys())
def test_unreadable_toml_is_located(name: str, data: bytes, place: str, reason: str, here: Path) -> None:
    (here / name).write_bytes(data)
    with pytest.raises(ConfigurationFileError) as caught:
        find(here)
    # The words for each mistake are the standard library's, which changes them from one version to another.
    with pytest.raises((tomllib.TOMLDecodeError, UnicodeDecodeError)) as original:
        tomllib.loads(data.decode())
    words = reason.format(tomllib=str(original.value).rpartition(" (at ")[0])
    assert str(caught.value) == f"The configuration file {here / name}{place} cannot be used: {words}."
    assert caught.value.path == here / name


def test_line_and_column_are_fields(here: Path) -> None:
    fill(here, {"async_migrate.toml": 'url = "x"\n=\n'})
    with pytest.raises(ConfigurationFileError) as caught:
        find(here)
    assert (caught.value.line, caught.value.column, caught.value.reason) == (2, 1, "Invalid statement")


def test_a_file_that_is_not_there_is_reported(here: Path) -> None:
    for name, reason in (("x.toml", "No such file or directory"), (".", "Is a directory")):
        with pytest.raises(ConfigurationFileError) as caught:
            find(here, name)
        assert str(caught.value) == f"The configuration file {here / name} cannot be used: {reason}."


def test_a_byte_order_mark_is_allowed(here: Path) -> None:
    (here / "async_migrate.toml").write_bytes(b"\xef\xbb\xbf" + OWN.encode())
    assert find(here).config.url == "own://"


def test_a_project_without_a_table_is_reported(here: Path) -> None:
    fill(here, {"pyproject.toml": OTHER})
    with pytest.raises(ConfigurationTableMissingError) as caught:
        find(here, "pyproject.toml")
    assert str(caught.value) == (
        f"{here}/pyproject.toml has no [tool.async_migrate] table. Add one, or run 'async-migrate init migrations' "
        "beside it."
    )


@pytest.mark.parametrize(
    ("name", "text", "source"),
    [
        ("async_migrate.toml", "urll = 1", "{here}/async_migrate.toml"),
        ("pyproject.toml", "[tool.async_migrate]\nurll = 1", "[tool.async_migrate] in {here}/pyproject.toml"),
    ],
    ids=["own file", "project"],
)
def test_mistakes_name_the_file(name: str, text: str, source: str, here: Path) -> None:
    fill(here, {name: text})
    with pytest.raises(UnknownSettingError) as caught:
        find(here)
    start = source.format(here=here)
    assert str(caught.value).startswith(f"{start} has the unknown key 'urll'. Did you mean 'url'?")


# --- the URL ------------------------------------------------------------------------------------------------


def test_the_url_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    config = Config(url="env:URL_OF_THIS_TEST")
    assert database_url(config, {"URL_OF_THIS_TEST": "a://"}) == "a://"
    monkeypatch.setenv("URL_OF_THIS_TEST", "b://%40")
    assert database_url(config) == "b://%40"
    monkeypatch.delenv("URL_OF_THIS_TEST")
    with pytest.raises(EnvironmentVariableError):
        database_url(config)
