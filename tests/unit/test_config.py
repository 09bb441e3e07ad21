"""What a configuration accepts, what it becomes, and what it says when it does not."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from async_migrate.config import Config, PostWriteHook
from async_migrate.errors import (
    ConfigurationError,
    ConflictingSettingsError,
    EnvironmentVariableError,
    SettingValueError,
    UnknownSectionError,
    UnknownSettingError,
)

SETTINGS = tuple(field.name for field in dataclasses.fields(Config))
BASE = Path("/project")


def include_everything(*_: object) -> bool:
    return True


def read(mapping: dict[str, Any], **options: Any) -> Config:
    return Config.from_mapping(mapping, source="conf.toml", **options)


# --- what is accepted ---------------------------------------------------------------------------------------


def test_nothing_is_required() -> None:
    assert read({}) == Config()


def test_a_configuration_is_a_value() -> None:
    config = Config(location="m")
    assert config == Config(location="m") != Config(location="n")
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.location = Path("n")  # type: ignore[misc]
    with pytest.raises(TypeError):
        Config("m")  # type: ignore[call-arg, misc]


def test_the_url_is_not_shown() -> None:
    assert "secret" not in repr(Config(url="postgresql+asyncpg://app:secret@db/app"))


ACCEPTED = {
    "location": ({"location": "db/migrations"}, {"location": BASE / "db/migrations"}),
    "absolute location": ({"location": "/srv/m"}, {"location": Path("/srv/m")}),
    "location above": ({"location": "../m"}, {"location": Path("/project/../m")}),
    "package and folder": ({"location": "app.db:migrations"}, {"location": "app.db:migrations"}),
    "package": ({"location": "app.migrations"}, {"location": "app.migrations"}),
    "dotted folder": ({"location": "./app.migrations"}, {"location": BASE / "app.migrations"}),
    "hidden folder": ({"location": ".migrations"}, {"location": BASE / ".migrations"}),
    "drive": ({"location": "c:migrations"}, {"location": BASE / "c:migrations"}),
    "Alembic's location": ({"script_location": "m"}, {"location": BASE / "m"}),
    "metadata": ({"metadata": "app.models:Base.metadata"}, {"metadata": "app.models:Base.metadata"}),
    "several metadata": ({"metadata": ["a:b", "c:d"]}, {"metadata": ("a:b", "c:d")}),
    "Alembic's metadata": ({"target_metadata": "a:b"}, {"metadata": "a:b"}),
    "url": ({"url": "sqlite+aiosqlite://"}, {"url": "sqlite+aiosqlite://"}),
    "url of the environment": ({"url": "env:DATABASE_URL"}, {"url": "env:DATABASE_URL"}),
    "version locations": (
        {"version_locations": ["a", "/b", "pkg:c"]},
        {"version_locations": (BASE / "a", Path("/b"), "pkg:c")},
    ),
    "import path": ({"prepend_sys_path": [".", "src"]}, {"prepend_sys_path": (BASE, BASE / "src")}),
    "one import path": ({"prepend_sys_path": "src"}, {"prepend_sys_path": (BASE / "src",)}),
    "default import path": ({}, {"prepend_sys_path": (BASE,)}),
    "transaction": ({"single_transaction": True}, {"single_transaction": True}),
    "Alembic's transaction": ({"transaction_per_migration": False}, {"single_transaction": True}),
    "Alembic's transactions": ({"transaction_per_migration": True}, {"single_transaction": False}),
    "Alembic's prefix": ({"alembic_module_prefix": "x."}, {"operations_module_prefix": "x."}),
    "no prefix": ({"sqlalchemy_module_prefix": ""}, {"sqlalchemy_module_prefix": ""}),
    "type comparison off": ({"compare_type": False}, {"compare_type": False}),
    "type comparison": ({"compare_type": "app.hooks:compare"}, {"compare_type": "app.hooks:compare"}),
    "a hook": ({"include_object": "app.hooks:include"}, {"include_object": "app.hooks:include"}),
    "one listener": ({"on_version_apply": "app:note"}, {"on_version_apply": ("app:note",)}),
    "listeners": (
        {"on_version_apply": ["app:note", "app:tell"]},
        {"on_version_apply": ("app:note", "app:tell")},
    ),
    "batch": ({"render_as_batch": True}, {"render_as_batch": True}),
    "naming": ({"naming_convention": {"ix": "ix_%(x)s"}}, {"naming_convention": {"ix": "ix_%(x)s"}}),
    "folders": (
        {"file_template": "%(year)d/%(month).2d/%(rev)s", "recursive_version_locations": True},
        {"file_template": "%(year)d/%(month).2d/%(rev)s", "recursive_version_locations": True},
    ),
    "formatter": (
        {
            "post_write_hooks": [
                {"name": "f", "type": "module", "module": "ruff", "options": "format", "cwd": "src"}
            ]
        },
        {
            "post_write_hooks": (
                PostWriteHook(name="f", type="module", target="ruff", options="format", cwd=BASE / "src"),
            )
        },
    ),
    "script": (
        {
            "post_write_hooks": [
                {"name": "b", "type": "console_scripts", "entrypoint": "black", "options": ""}
            ]
        },
        {"post_write_hooks": (PostWriteHook(name="b", type="console_scripts", target="black"),)},
    ),
    "executable": (
        {"post_write_hooks": [{"name": "b", "type": "exec", "executable": "ruff"}]},
        {"post_write_hooks": (PostWriteHook(name="b", type="exec", target="ruff"),)},
    ),
    "function": (
        {"post_write_hooks": [{"name": "b", "type": "function", "function": "app:tidy"}]},
        {"post_write_hooks": (PostWriteHook(name="b", type="function", target="app:tidy"),)},
    ),
}


@pytest.mark.parametrize(("mapping", "expected"), ACCEPTED.values(), ids=ACCEPTED.keys())
def test_a_mapping_is_read(mapping: dict[str, Any], expected: dict[str, Any]) -> None:
    config = read(mapping, base=BASE)
    assert {name: getattr(config, name) for name in expected} == expected


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_is_a_key_and_accepts_its_default(name: str) -> None:
    default = getattr(Config(), name)
    assert read({name: default}) == Config()


def test_functions_are_accepted_as_they_are() -> None:
    config = Config(include_object=include_everything, on_version_apply=(include_everything,))
    assert config.include_object is include_everything
    assert config.on_version_apply == (include_everything,)
    assert Config(on_version_apply=include_everything).on_version_apply == (include_everything,)  # type: ignore[arg-type]


def test_the_defaults_differ_from_alembics_where_that_is_better() -> None:
    config = Config()
    assert config.compare_server_default is True
    assert config.render_as_batch == "auto"
    assert config.version_table == "async_migrate_version"


def test_url_objects_are_written_out() -> None:
    class SQLAlchemyURL:
        def render_as_string(self, *, hide_password: bool) -> str:
            return "x://u:***@h" if hide_password else "x://u:p@h"

    class PydanticURL:
        def unicode_string(self) -> str:
            return "x://u:p@h"

    for url in (SQLAlchemyURL(), PydanticURL()):
        assert Config(url=url).url == "x://u:p@h"  # type: ignore[arg-type]


def test_containers_are_copied() -> None:
    naming: dict[str, object] = {"ix": "a"}
    config = Config(naming_convention=naming)
    naming["ix"] = "b"
    assert config.naming_convention == {"ix": "a"}


# --- sections -----------------------------------------------------------------------------------------------

SECTIONED = {
    "url": "a://",
    "version_table": "base",
    "naming_convention": {"ix": "base"},
    "reports": {"url": "b://", "naming_convention": {"pk": "reports"}},
    "archive": {"version_table": "archived"},
}


def test_sections_are_ignored_unless_named() -> None:
    assert read(SECTIONED) == Config(url="a://", version_table="base", naming_convention={"ix": "base"})


def test_a_section_is_laid_over_the_rest() -> None:
    expected = Config(url="b://", version_table="base", naming_convention={"pk": "reports"})
    assert read(SECTIONED, section="reports") == expected
    assert read(SECTIONED, section="archive").version_table == "archived"


def test_an_unknown_section_is_refused() -> None:
    with pytest.raises(UnknownSectionError) as caught:
        read(SECTIONED, section="report")
    assert str(caught.value) == (
        "conf.toml has no section 'report'. Did you mean 'reports'? Its sections are 'reports', 'archive'."
    )
    with pytest.raises(UnknownSectionError) as caught:
        read({}, section="reports")
    assert str(caught.value) == "conf.toml has no section 'reports'. It has no sections."


def test_a_misspelt_table_is_not_taken_for_a_section() -> None:
    with pytest.raises(UnknownSettingError) as caught:
        read({"naming_convetion": {"ix": "a"}})
    assert str(caught.value).startswith("section 'naming_convetion' of conf.toml has the unknown key 'ix'.")


# --- what is refused ----------------------------------------------------------------------------------------

PATHS = "it must be a list of paths."
FUNCTION = "a function, or text of the form 'module:function'"
TOKENS = (
    "it must be a format with the tokens %(rev)s, %(slug)s, %(epoch)s, %(year)s, %(month)s, %(day)s, %(hour)s, "
    "%(minute)s, %(second)s."
)

REFUSED = {
    "location": (
        {"location": 3},
        "is the number 3; it must be a path, or text of the form 'package:directory'.",
    ),
    "empty location": (
        {"location": ""},
        "is the text ''; it must be a path, or text of the form 'package:directory'.",
    ),
    "metadata": (
        {"metadata": "app.models"},
        "is the text 'app.models'; it must be text of the form 'module:attribute', or a list of those.",
    ),
    "one metadata of several": (
        {"metadata": ["a:b", 1]},
        "is a list; it must be text of the form 'module:attribute', or a list of those.",
    ),
    "version locations": ({"version_locations": "a"}, f"is the text 'a'; {PATHS}"),
    "flag": ({"sourceless": "yes"}, "is the text 'yes'; it must be true or false."),
    "number for a flag": ({"include_schemas": 1}, "is the number 1; it must be true or false."),
    "number": ({"truncate_slug_length": "40"}, "is the text '40'; it must be a whole number above 0."),
    "flag for a number": ({"truncate_slug_length": True}, "is true; it must be a whole number above 0."),
    "too small": ({"truncate_slug_length": 0}, "is the number 0; it must be a whole number above 0."),
    "unknown token": ({"file_template": "%(revision)s"}, f"is the text '%(revision)s'; {TOKENS}"),
    "percent": ({"file_template": "100%"}, f"is the text '100%'; {TOKENS}"),
    "encoding": (
        {"output_encoding": "utf-9"},
        "is the text 'utf-9'; it must be the name of an encoding, such as 'utf-8'.",
    ),
    "table": ({"naming_convention": []}, "is a list; it must be a table of constraint kinds and formats."),
    "hook": ({"include_object": "include"}, f"is the text 'include'; it must be {FUNCTION}."),
    "comparison": ({"compare_type": "yes"}, f"is the text 'yes'; it must be true, false, {FUNCTION}."),
    "listener": ({"on_version_apply": [1]}, f"is a list; it must be {FUNCTION}, or a list of those."),
    "batch": ({"render_as_batch": "always"}, "is the text 'always'; it must be true, false or 'auto'."),
    "version table": ({"version_table": ""}, "is the text ''; it must be the name of a table."),
    "ddl": ({"transactional_ddl": "no"}, "is the text 'no'; it must be true or false."),
}


@pytest.mark.parametrize(("mapping", "expected"), REFUSED.values(), ids=REFUSED.keys())
def test_a_wrong_value_is_refused(mapping: dict[str, Any], expected: str) -> None:
    (key,) = mapping
    with pytest.raises(SettingValueError) as caught:
        read(mapping)
    assert str(caught.value) == f"{key!r} in conf.toml {expected}"
    assert (caught.value.key, caught.value.source, caught.value.exit_code) == (key, "conf.toml", 2)
    with pytest.raises(SettingValueError) as caught:
        Config(**mapping)
    assert str(caught.value) == f"{key!r} in the configuration {expected}"


HOOK_REFUSED = {
    "not a table": (
        "ruff",
        "'post_write_hooks' in conf.toml is a list; it must be a list of tables, one for each hook.",
    ),
    "no name": ({"type": "exec"}, "'post_write_hooks.name' in conf.toml is nothing; it must be text."),
    "no type": ({"name": "x"}, "'post_write_hooks.x.type' in conf.toml is nothing; it must be text."),
    "unknown type": (
        {"name": "x", "type": "shell"},
        (
            "'post_write_hooks.x.type' in conf.toml is the text 'shell'; it must be one of 'console_scripts', 'exec', "
            "'function', 'module'."
        ),
    ),
    "no target": (
        {"name": "x", "type": "exec"},
        "'post_write_hooks.x.executable' in conf.toml is nothing; it must be text.",
    ),
    "other target": (
        {"name": "x", "type": "exec", "module": "ruff"},
        (
            "'post_write_hooks.x.module' in conf.toml is the text 'ruff'; it must be left out: a hook of type "
            "'exec' has "
            "the keys name, type, executable, options, cwd."
        ),
    ),
    "options": (
        {"name": "x", "type": "exec", "executable": "e", "options": ["-q"]},
        "'post_write_hooks.x.options' in conf.toml is a list; it must be text.",
    ),
}


@pytest.mark.parametrize(("hook", "expected"), HOOK_REFUSED.values(), ids=HOOK_REFUSED.keys())
def test_a_wrong_hook_is_refused(hook: object, expected: str) -> None:
    with pytest.raises(SettingValueError) as caught:
        read({"post_write_hooks": [hook]})
    assert str(caught.value) == expected


def test_a_wrong_url_is_not_repeated() -> None:
    for url in ("", 12345, {"password": "12345"}):
        with pytest.raises(ConfigurationError) as caught:
            Config(url=url)  # type: ignore[arg-type]
        assert str(caught.value) == (
            "'url' in the configuration is unusable; it must be a database URL as text, or 'env:NAME'."
        )


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(UnknownSettingError) as caught:
        read({"version_tabel": "v"})
    assert str(caught.value) == (
        "conf.toml has the unknown key 'version_tabel'. Did you mean 'version_table', 'version_table_pk', "
        f"'version_table_schema'? The accepted keys are {', '.join(SETTINGS)}."
    )
    assert caught.value.key == "version_tabel"


def test_two_names_of_one_setting_are_refused() -> None:
    with pytest.raises(ConflictingSettingsError) as caught:
        read({"single_transaction": True, "transaction_per_migration": False})
    assert str(caught.value) == (
        "'single_transaction' and 'transaction_per_migration' in conf.toml do not go together: they are two names of "
        "one setting; keep one of them."
    )


def test_folders_need_to_be_looked_into() -> None:
    with pytest.raises(ConflictingSettingsError) as caught:
        read({"file_template": "%(year)d/%(rev)s"})
    words = (
        "do not go together: the template puts revisions into folders, where they are only found when "
        "recursive_version_locations is true."
    )
    assert str(caught.value) == f"'file_template' and 'recursive_version_locations' in conf.toml {words}"
    with pytest.raises(ConflictingSettingsError):
        Config(file_template="%(year)d/%(rev)s")


# --- copies -------------------------------------------------------------------------------------------------


def test_replace_changes_a_copy() -> None:
    config = Config(location="m", url="a://")
    changed = config.replace(version_table="v", transaction_per_migration=False)
    assert changed == Config(location="m", url="a://", version_table="v", single_transaction=True)
    assert config.version_table == "async_migrate_version"


def test_replace_refuses_what_the_constructor_refuses() -> None:
    with pytest.raises(UnknownSettingError) as unknown:
        Config().replace(urls="a://")
    assert str(unknown.value).startswith("the configuration has the unknown key 'urls'. Did you mean 'url'?")
    with pytest.raises(SettingValueError):
        Config().replace(sourceless="yes")


def test_overlaid_names_its_source() -> None:
    with pytest.raises(SettingValueError) as caught:
        Config().overlaid({"sourceless": "yes"}, source="env.py")
    assert str(caught.value) == "'sourceless' in env.py is the text 'yes'; it must be true or false."


# --- the URL ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "expected"),
    [(None, None), ("a://", "a://"), ("env:DB", "b://"), ("env: DB", "b://")],
    ids=["none", "plain", "variable", "space"],
)
def test_the_url_is_looked_up(url: str | None, expected: str | None) -> None:
    assert Config(url=url).resolved_url({"DB": "b://"}) == expected


@pytest.mark.parametrize("environ", [{}, {"DB": ""}], ids=["missing", "empty"])
def test_a_variable_without_a_value_is_named(environ: dict[str, str]) -> None:
    with pytest.raises(EnvironmentVariableError) as caught:
        Config(url="env:DB").resolved_url(environ)
    assert str(caught.value) == (
        "'url' is read from the environment variable DB, which is not set or empty. Set DB, or write the value itself "
        "into the configuration."
    )
    assert caught.value.variable == "DB"
