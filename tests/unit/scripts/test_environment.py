"""``env.py`` is read for the names it defines; references lead to objects, or say where they end."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import MetaData

from async_migrate.config import Config
from async_migrate.errors import (
    EnvironmentFileError,
    ForeignEnvironmentError,
    LocationNotFoundError,
    MisplacedSettingError,
    NotMetadataError,
    ReferenceNotFoundError,
    SettingValueError,
    UnknownEnvironmentNameError,
)
from async_migrate.scripts.environment import ENVIRONMENT_NAMES, load_environment, load_metadata

Write = Callable[[str, str], Path]


@pytest.fixture
def config(tmp_path: Path) -> Iterator[Config]:
    """Give the configuration of a project in ``tmp_path``, whose modules are forgotten afterwards."""
    (tmp_path / "migrations").mkdir()
    before = set(sys.modules)
    yield Config(location=tmp_path / "migrations", prepend_sys_path=(tmp_path,))
    for name in set(sys.modules) - before:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


# --- what is read -------------------------------------------------------------------------------------------


def test_there_need_be_none(config: Config) -> None:
    assert load_environment(config) == config


def test_known_names_are_taken(config: Config, write: Write) -> None:
    write(
        "migrations/env.py",
        """
        from sqlalchemy import MetaData

        target_metadata = MetaData()
        user_module_prefix = "app."
        transaction_per_migration = False
        naming_convention = {"ix": "ix_%(column_0_label)s"}
        some_constant = 3

        def include_object(object, name, type_, reflected, compare_to):
            return some_constant

        def on_version_apply(**kw):
            pass

        def helper():
            pass

        async def compare_type(*args):
            pass
        """,
    )
    loaded = load_environment(config)
    assert isinstance(loaded.metadata, MetaData)
    assert loaded.user_module_prefix == "app."
    assert loaded.single_transaction is True
    assert loaded.naming_convention == {"ix": "ix_%(column_0_label)s"}
    assert callable(loaded.include_object)
    assert loaded.include_object(None, "t", "table", False, None) == 3
    assert [getattr(hook, "__name__", None) for hook in loaded.on_version_apply] == ["on_version_apply"]
    assert loaded.location == config.location


def test_none_is_not_said(config: Config, write: Write) -> None:
    write("migrations/env.py", "target_metadata = None\nuser_module_prefix = None")
    config = config.replace(metadata="a:b", user_module_prefix="app.")
    assert load_environment(config) == config


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("version_table", ""),
        ("version_table_schema", ""),
        ("url", ' (url = "env:DATABASE_URL" reads an environment variable)'),
    ],
)
def test_what_must_be_known_before_is_refused(config: Config, write: Write, name: str, hint: str) -> None:
    path = write("migrations/env.py", f"target_metadata = None\n{name} = 'x'")
    with pytest.raises(MisplacedSettingError) as caught:
        load_environment(config)
    assert str(caught.value) == (
        f"{path}:2 sets {name!r}, which belongs into the configuration file or a keyword argument: it has to be known "
        f"before env.py is read, which happens only when there is something to do. Move it there{hint}."
    )


def test_imported_names_count(config: Config, write: Write) -> None:
    write("app_hooks.py", "def include_name(*args): return True")
    write("migrations/env.py", "from app_hooks import include_name")
    assert load_environment(config).include_name is sys.modules["app_hooks"].include_name


def test_all_names_are_settings() -> None:
    for name in ENVIRONMENT_NAMES:
        assert Config().overlaid({name: None if name == "target_metadata" else _sample(name)})
    assert list(ENVIRONMENT_NAMES) == sorted(ENVIRONMENT_NAMES)


def _sample(name: str) -> object:
    defaults = {"transaction_per_migration": True}
    return defaults[name] if name in defaults else getattr(Config(), name)


def test_an_archive_may_have_one_too(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "app.zip", "w") as archive:
        archive.writestr("pkg_in_archive/__init__.py", "")
        archive.writestr("pkg_in_archive/with/env.py", "user_module_prefix = 'archived.'")
        archive.writestr("pkg_in_archive/without/versions/a.py", "")
    paths = (tmp_path / "app.zip",)
    with_one = load_environment(Config(location="pkg_in_archive:with", prepend_sys_path=paths))
    without = load_environment(Config(location="pkg_in_archive:without", prepend_sys_path=paths))
    assert (with_one.user_module_prefix, without.user_module_prefix) == ("archived.", None)


def test_nothing_is_left_in_the_process(config: Config, write: Write) -> None:
    write("migrations/env.py", "user_module_prefix = 'v'")
    modules, path = set(sys.modules), list(sys.path)
    load_environment(config)
    assert set(sys.modules) == modules
    assert sys.path == path


@pytest.mark.parametrize("name", ["include_names", "target_metdata", "compare_types", "versions_table"])
def test_a_misspelt_name_is_refused(name: str, config: Config, write: Write) -> None:
    path = write("migrations/env.py", f"x = 1\n{name} = None")
    with pytest.raises(UnknownEnvironmentNameError) as caught:
        load_environment(config)
    meant = {
        "include_names": "include_name",
        "target_metdata": "target_metadata",
        "compare_types": "compare_type",
        "versions_table": "version_table",
    }[name]
    assert str(caught.value) == (
        f"{path}:2 defines {name!r}, which nothing reads. Did you mean {meant!r}? If not, start the name with an "
        "underscore."
    )


@pytest.mark.parametrize("source", ["_include_names = 1", "urls = 1", "from os import path as include_names"])
def test_other_names_are_left_alone(source: str, config: Config, write: Write) -> None:
    write("migrations/env.py", source)
    assert load_environment(config) == config


# --- an env.py for Alembic ----------------------------------------------------------------------------------

ALEMBIC = {
    "import": ("import os\nfrom alembic import context\n", 2),
    "configure": ("def f():\n    pass\n\ncontext.configure(url='x')\n", 4),
    "run": ("with x:\n    context.run_migrations()\n", 2),
    "function": ("async def run_migrations_online():\n    pass\n", 1),
}


@pytest.mark.parametrize(("source", "line"), ALEMBIC.values(), ids=ALEMBIC.keys())
def test_a_script_for_alembic_is_refused(source: str, line: int, config: Config, write: Write) -> None:
    path = write("migrations/env.py", f"{source}raise SystemExit\n")
    with pytest.raises(ForeignEnvironmentError) as caught:
        load_environment(config)
    assert caught.value.line == line
    assert str(caught.value) == (
        f"{path}:{line} runs migrations itself, as Alembic has it. Here env.py is a module that only says things: it "
        "assigns target_metadata and, where wanted, defines include_object and other hooks at the top level; the "
        "database URL is 'url' in the configuration. Take out what connects and configures, or rename the file."
    )


def test_talking_about_alembic_is_allowed(config: Config, write: Write) -> None:
    write(
        "migrations/env.py",
        '"""Once called context.configure(...) in run_migrations_online."""\n# from alembic import context',
    )
    assert load_environment(config) == config


# --- failures -----------------------------------------------------------------------------------------------

FAILURES = {
    "exception": ("x = 1\nint('x')", ":2", "ValueError: invalid literal for int() with base 10: 'x'"),
    "syntax": ("x = 1\nx = = 2", ":2", "SyntaxError: invalid syntax (env.py, line 2)"),
    "import": (
        "import no_such_module_at_all",
        ":1",
        "ModuleNotFoundError: No module named 'no_such_module_at_all'",
    ),
}


@pytest.mark.parametrize(("source", "place", "reason"), FAILURES.values(), ids=FAILURES.keys())
def test_a_failure_is_located(source: str, place: str, reason: str, config: Config, write: Write) -> None:
    path = write("migrations/env.py", source)
    with pytest.raises(EnvironmentFileError) as caught:
        load_environment(config)
    assert str(caught.value) == f"{path}{place} cannot be imported: {reason}."


def test_a_wrong_value_names_the_file(config: Config, write: Write) -> None:
    path = write("migrations/env.py", "include_object = 3")
    with pytest.raises(SettingValueError) as caught:
        load_environment(config)
    assert str(caught.value) == (
        f"'include_object' in {path} is the number 3; it must be a function, or text of the form 'module:function'."
    )


def test_a_missing_folder_is_reported(tmp_path: Path) -> None:
    with pytest.raises(LocationNotFoundError):
        load_environment(Config(location=tmp_path / "m"))


# --- references to hooks ------------------------------------------------------------------------------------


def test_references_are_replaced_by_what_they_name(config: Config, write: Write) -> None:
    write("app_hooks.py", "class Hooks:\n    @staticmethod\n    def include(*args): ...\ndef note(**kw): ...")
    loaded = load_environment(
        config.replace(
            include_object="app_hooks:Hooks.include",
            compare_type="app_hooks:note",
            on_version_apply=["app_hooks:note"],
        )
    )
    hooks = sys.modules["app_hooks"]
    assert loaded.include_object is hooks.Hooks.include
    assert (loaded.compare_type, loaded.on_version_apply) == (hooks.note, (hooks.note,))


REFERENCES = {
    "module": ("app_hook:f", "there is no module 'app_hook'. Did you mean 'app_hooks'?"),
    "far module": (
        "zzz_nothing:f",
        (
            "there is no module 'zzz_nothing'. It is neither installed nor in '{folder}'; 'prepend_sys_path' "
            "names further "
            "directories."
        ),
    ),
    "inner module": (
        "app_package.modles:f",
        "there is no module 'app_package.modles'. Did you mean 'models'?",
    ),
    "not a package": ("app_hooks.inner:f", "there is no module 'app_hooks.inner'."),
    "attribute": (
        "app_hooks:incluse",
        "module 'app_hooks' has no attribute 'incluse'. Did you mean 'include'?",
    ),
    "inner attribute": ("app_hooks:Hooks.incl", "'Hooks' has no attribute 'incl'. Did you mean 'include'?"),
    "broken": (
        "broken_app:f",
        "importing module 'broken_app' failed with ZeroDivisionError: division by zero ({folder}/broken_app.py:2).",
    ),
    "broken import": (
        "lost_app:f",
        (
            "importing module 'lost_app' failed with ModuleNotFoundError: No module named 'nothing_there' "
            "({folder}/lost_app.py:1)."
        ),
    ),
    "syntax": (
        "syntax_of_app:f",
        (
            "importing module 'syntax_of_app' failed with SyntaxError: invalid syntax (syntax_of_app.py, line 1) "
            "({folder}/syntax_of_app.py:1)."
        ),
    ),
}


@pytest.mark.parametrize(("reference", "expected"), REFERENCES.values(), ids=REFERENCES.keys())
def test_a_reference_that_leads_nowhere_is_reported(
    reference: str, expected: str, config: Config, write: Write, tmp_path: Path
) -> None:
    write("app_hooks.py", "def include(*args): ...\nclass Hooks:\n    include = include")
    write("app_package/__init__.py", "")
    write("app_package/models.py", "")
    write("broken_app.py", "x = 1\nx / 0")
    write("lost_app.py", "import nothing_there")
    write("syntax_of_app.py", "x = = 1")
    with pytest.raises(ReferenceNotFoundError) as caught:
        load_environment(config.replace(include_object=reference))
    assert (
        str(caught.value) == f"'include_object' refers to {reference!r}: {expected.format(folder=tmp_path)}"
    )


def test_a_reference_to_something_else_is_refused(config: Config, write: Write) -> None:
    write("app_hooks.py", "include = 3")
    with pytest.raises(SettingValueError) as caught:
        load_environment(config.replace(include_object="app_hooks:include"))
    assert (
        str(caught.value) == "'include_object' in app_hooks:include is the number 3; it must be a function."
    )


# --- metadata -----------------------------------------------------------------------------------------------

MODELS = """
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase, registry

metadata = MetaData()
mapper_registry = registry()
both = [metadata, mapper_registry]

class Base(DeclarativeBase):
    pass
"""


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("metadata", ["metadata"]),
        ("Base.metadata", ["Base.metadata"]),
        ("Base", ["Base.metadata"]),
        ("mapper_registry", ["mapper_registry.metadata"]),
        ("both", ["metadata", "mapper_registry.metadata"]),
    ],
)
def test_metadata_is_imported(reference: str, expected: list[str], config: Config, write: Write) -> None:
    write("app_models.py", MODELS)
    loaded = load_metadata(config.replace(metadata=f"app_models:{reference}"))
    module = vars(sys.modules["app_models"])
    assert list(map(id, loaded)) == [id(eval(name, module)) for name in expected]
    assert str(config.prepend_sys_path[0]) not in sys.path


def test_metadata_as_it_is(config: Config) -> None:
    one, two = MetaData(), MetaData()
    assert load_metadata(config) == ()
    assert load_metadata(config.replace(metadata=one)) == (one,)
    assert load_metadata(config.replace(metadata=[one, two])) == (one, two)


def test_sqlmodel_and_the_like_stand_for_their_metadata(config: Config) -> None:
    class Model:
        metadata = MetaData()

    assert load_metadata(config.replace(metadata=Model)) == (Model.metadata,)


def test_anything_else_is_refused(config: Config, write: Write) -> None:
    write("app_models.py", "x = 3")
    with pytest.raises(NotMetadataError) as caught:
        load_metadata(config.replace(metadata="app_models:x"))
    assert str(caught.value) == (
        "'metadata', given as 'app_models:x', is the number 3; it must be a SQLAlchemy MetaData, or a declarative base "
        "class, whose metadata is taken."
    )
    with pytest.raises(NotMetadataError) as caught:
        load_metadata(config.replace(metadata=object()))
    assert str(caught.value) == (
        "target_metadata is an object of type object; it must be a SQLAlchemy MetaData, or a declarative base class, "
        "whose metadata is taken."
    )
